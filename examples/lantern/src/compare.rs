//! Compares a remembered folder with the same folder now.

use crate::memory::Memory;
use std::path::{Path, PathBuf};

pub enum Change {
    New(PathBuf),
    Changed(PathBuf),
    Moved { from: PathBuf, to: PathBuf },
    Gone(PathBuf),
}

impl Change {
    pub fn line(&self) -> String {
        match self {
            Change::New(path) => format!("+ {}", path.display()),
            Change::Changed(path) => format!("~ {}", path.display()),
            Change::Moved { from, to } => format!("> {} → {}", from.display(), to.display()),
            Change::Gone(path) => format!("- {}", path.display()),
        }
    }

    pub fn json(&self) -> String {
        serde_json::json!({ "change": self.line() }).to_string()
    }
}

/// Return what changed in `folder`, in path order.
pub fn changes(folder: &Path) -> Vec<Change> {
    Memory::of(folder).difference(folder)
}
