//! Outputs appear whole or not at all.
//!
//! A single file is written under a temporary name in its own folder, flushed to the disk and renamed.
//! A folder of outputs is written into a temporary sibling first; only when the last file is safe are the
//! files moved into place, so that a full disk leaves the old outputs as they were.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::IoError;

/// A file to be written: its path within the output folder and its bytes.
#[derive(Clone, Debug)]
pub struct Output {
    /// Path relative to the output folder.
    pub path: PathBuf,
    /// Content.
    pub bytes: Vec<u8>,
}

impl Output {
    /// A file with its content.
    pub fn new(path: impl Into<PathBuf>, bytes: impl Into<Vec<u8>>) -> Self {
        Output { path: path.into(), bytes: bytes.into() }
    }
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> IoError {
    let path = path.to_owned();
    move |source| IoError { action, path, source }
}

/// Writes one file, whole or not at all; its folder is made if need be.
///
/// # Errors
/// The folder or the file cannot be written; nothing is left behind then.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), IoError> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    std::fs::create_dir_all(&folder).map_err(failed("create", &folder))?;
    let mut file = tempfile::Builder::new()
        .prefix(".dampak-")
        .permissions(ordinary_permissions())
        .tempfile_in(&folder)
        .map_err(failed("write", path))?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(failed("write", path))?;
    file.persist(path).map_err(|error| IoError {
        action: "write",
        path: path.to_owned(),
        source: error.error,
    })?;
    Ok(())
}

/// Writes a set of files into `folder`: all of them are safe on the disk before the first is moved into
/// place. Files in the folder that are not among the outputs stay as they are.
///
/// # Errors
/// The folder or a file cannot be written; earlier outputs are untouched and nothing is left behind then.
pub fn write_all(folder: &Path, outputs: &[Output]) -> Result<(), IoError> {
    let made_folder = !folder.exists();
    std::fs::create_dir_all(folder).map_err(failed("create", folder))?;
    let result = stage(folder, outputs).and_then(|staging| move_into_place(folder, staging.path(), outputs));
    if result.is_err() && made_folder {
        // Only an empty folder of our own making is taken away; the first error is the one to report.
        let _ = std::fs::remove_dir(folder);
    }
    result
}

fn stage(folder: &Path, outputs: &[Output]) -> Result<tempfile::TempDir, IoError> {
    let staging = tempfile::Builder::new()
        .prefix(".dampak-")
        .tempdir_in(folder)
        .map_err(failed("write into", folder))?;
    for output in outputs {
        let path = staging.path().join(&output.path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(failed("create", &folder.join(&output.path)))?;
        }
        let written = std::fs::File::create(&path)
            .and_then(|mut file| file.write_all(&output.bytes).and_then(|()| file.sync_all()));
        written.map_err(failed("write", &folder.join(&output.path)))?;
    }
    Ok(staging)
}

fn move_into_place(folder: &Path, staging: &Path, outputs: &[Output]) -> Result<(), IoError> {
    for output in outputs {
        let target = folder.join(&output.path);
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent).map_err(failed("create", parent))?;
        }
        std::fs::rename(staging.join(&output.path), &target).map_err(failed("write", &target))?;
    }
    Ok(())
}

#[cfg(unix)]
fn ordinary_permissions() -> std::fs::Permissions {
    use std::os::unix::fs::PermissionsExt as _;
    // Temporary files are private by default; a result is meant to be read by colleagues. The umask
    // still applies.
    std::fs::Permissions::from_mode(0o666)
}

#[cfg(not(unix))]
fn ordinary_permissions() -> std::fs::Permissions {
    // Windows keeps no mode bits; any file's default permissions will do.
    std::fs::metadata(".")
        .map(|metadata| metadata.permissions())
        .unwrap_or_else(|_| unreachable!("the current folder has permissions"))
}
