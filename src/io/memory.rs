use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Files, IoError};

/// Files held in memory: a simulated study, or a test.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl Memory {
    /// Adds or replaces a file.
    pub fn insert(&mut self, path: impl Into<PathBuf>, bytes: impl Into<Vec<u8>>) {
        self.files.insert(path.into(), bytes.into());
    }
}

impl Files for Memory {
    fn read(&self, path: &Path) -> Result<Vec<u8>, IoError> {
        self.files.get(path).cloned().ok_or_else(|| IoError {
            action: "read",
            path: path.to_owned(),
            source: std::io::ErrorKind::NotFound.into(),
        })
    }

    fn siblings(&self, path: &Path) -> Vec<String> {
        self.files
            .keys()
            .filter(|other| other.parent() == path.parent())
            .filter_map(|other| other.file_name())
            .map(|name| name.to_string_lossy().into_owned())
            .collect()
    }
}
