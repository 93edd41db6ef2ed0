//! The only door to files, clock and environment.
//!
//! The rooms of the program read through [`Files`], so that a study in memory (a test, a simulation of
//! hundreds of seeds) runs the same way as one on disk. [`whole`] writes outputs: whole or not at all.

#![expect(clippy::disallowed_methods, reason = "this room is the door to files")]

mod disk;
mod memory;
pub mod whole;

pub use disk::Disk;
pub use memory::Memory;

use std::path::{Path, PathBuf};

/// A file that cannot be read or written, with its path.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} {}: {source}", path.display())]
pub struct IoError {
    /// What was tried: `read`, `write`, `create`.
    pub action: &'static str,
    /// The file or folder.
    pub path: PathBuf,
    /// What the system said.
    pub source: std::io::Error,
}

/// Where definitions and data are read from.
pub trait Files: Sync {
    /// The bytes of a file.
    ///
    /// # Errors
    /// The file is not there or cannot be read.
    fn read(&self, path: &Path) -> Result<Vec<u8>, IoError>;

    /// Names of the files in the same folder, for "did you mean" hints; empty where it cannot be listed.
    fn siblings(&self, path: &Path) -> Vec<String>;
}
