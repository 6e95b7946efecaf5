//! Lantern: what changed in a folder since you last looked.

mod compare;
mod memory;

use std::path::PathBuf;

use clap::Parser;

/// Show what changed in a folder since it was last seen.
#[derive(Parser)]
struct Arguments {
    /// The folder to look at.
    folder: PathBuf,

    /// Print one JSON object a line.
    #[arg(long)]
    json: bool,
}

fn main() {
    let arguments = Arguments::parse();
    let changes = compare::changes(&arguments.folder);
    for change in &changes {
        println!("{}", if arguments.json { change.json() } else { change.line() });
    }
    std::process::exit(i32::from(!changes.is_empty()));
}
