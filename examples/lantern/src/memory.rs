//! What Lantern remembers of a folder: one line a file.

use std::path::Path;

use crate::compare::Change;

pub struct Memory {
    lines: Vec<String>,
}

impl Memory {
    /// Read what is remembered of `folder`; nothing when it was never seen.
    pub fn of(folder: &Path) -> Self {
        let file = folder.with_extension("lantern");
        let text = std::fs::read_to_string(file).unwrap_or_default();
        Memory { lines: text.lines().map(str::to_owned).collect() }
    }

    /// Return how `folder` differs from this memory, in path order.
    pub fn difference(&self, folder: &Path) -> Vec<Change> {
        self.lines
            .iter()
            .filter(|line| !folder.join(line).exists())
            .map(|line| Change::Gone(line.into()))
            .collect()
    }
}
