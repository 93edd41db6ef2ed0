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

/// Writes one file, whole or not at all; its folder is made if need be. A device or pipe, such as
/// `/dev/stdout`, is written to as it is: renaming a file over it would take it away from everybody.
///
/// # Errors
/// The folder or the file cannot be written; nothing is left behind then.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), IoError> {
    match std::fs::metadata(path) {
        Ok(known) if known.is_dir() => return Err(taken(path, "it is a folder")),
        Ok(known) if !known.is_file() => {
            let written =
                std::fs::OpenOptions::new().write(true).open(path).and_then(|mut file| file.write_all(bytes));
            return written.map_err(failed("write", path));
        }
        _ => {}
    }
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    let made = make_folder(&folder)?;
    let result = write_and_rename(&folder, path, bytes);
    if result.is_err() {
        made.take_away();
    }
    result
}

fn write_and_rename(folder: &Path, path: &Path, bytes: &[u8]) -> Result<(), IoError> {
    let mut file = tempfile::Builder::new()
        .prefix(".dampak-")
        .permissions(ordinary_permissions())
        .tempfile_in(folder)
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
    let made = make_folder(folder)?;
    let result = stage(folder, outputs).and_then(|staging| move_into_place(folder, staging.path(), outputs));
    if result.is_err() {
        made.take_away();
    }
    result
}

/// Whether two paths lead to the same file, links followed.
pub fn is_same_file(one: &Path, other: &Path) -> bool {
    match (std::fs::canonicalize(one), std::fs::canonicalize(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

fn taken(path: &Path, why: &'static str) -> IoError {
    IoError { action: "write", path: path.to_owned(), source: std::io::Error::other(why) }
}

/// The folders that were made for an output, innermost first.
struct MadeFolders(Vec<PathBuf>);

impl MadeFolders {
    /// Takes away what is still empty; the failure before it is the one to report.
    fn take_away(self) {
        for folder in self.0 {
            let _ = std::fs::remove_dir(folder);
        }
    }
}

fn make_folder(folder: &Path) -> Result<MadeFolders, IoError> {
    if let Some(file) = folder.ancestors().find(|part| part.is_file()) {
        return Err(IoError {
            action: "create",
            path: folder.to_owned(),
            source: not_a_folder(folder, file),
        });
    }
    let missing = folder.ancestors().take_while(|part| !part.as_os_str().is_empty() && !part.exists());
    let made = MadeFolders(missing.map(Path::to_owned).collect());
    match std::fs::create_dir_all(folder) {
        Ok(()) => Ok(made),
        Err(source) => {
            made.take_away();
            Err(IoError { action: "create", path: folder.to_owned(), source })
        }
    }
}

fn not_a_folder(folder: &Path, file: &Path) -> std::io::Error {
    std::io::Error::other(match folder == file {
        true => "a file of that name is in the way".to_owned(),
        false => format!("{} is a file, not a folder", file.display()),
    })
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
    let targets: Vec<PathBuf> = outputs.iter().map(|output| folder.join(&output.path)).collect();
    // Whatever could stand in the way is found before the first file is moved.
    let mut made = Vec::new();
    let ready = targets.iter().try_for_each(|target| {
        if target.is_dir() {
            return Err(taken(target, "it is a folder"));
        }
        made.push(make_folder(target.parent().unwrap_or(folder))?);
        Ok(())
    });
    if let Err(error) = ready {
        made.into_iter().for_each(MadeFolders::take_away);
        return Err(error);
    }
    for (output, target) in outputs.iter().zip(&targets) {
        std::fs::rename(staging.join(&output.path), target).map_err(failed("write", target))?;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .expect("a folder")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn a_folder_in_the_way_of_one_output_keeps_all_of_them_back() {
        let place = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(place.path().join("b.txt")).expect("a folder");
        let outputs =
            [Output::new("a.txt", "new"), Output::new("b.txt", "new"), Output::new("c/d.txt", "new")];
        let error = write_all(place.path(), &outputs).expect_err("b.txt is a folder").to_string();
        assert!(error.ends_with("b.txt: it is a folder"), "{error}");
        assert_eq!(names(place.path()), ["b.txt"]);
    }

    #[test]
    fn folders_made_for_nothing_are_taken_away_again() {
        let place = tempfile::tempdir().expect("a folder");
        let outputs = [Output::new("c/d.txt", "new"), Output::new("c/d.txt/e.txt", "new")];
        write_all(&place.path().join("x/y"), &outputs).expect_err("d.txt cannot be a file and a folder");
        assert!(names(place.path()).is_empty());
        std::fs::write(place.path().join("f"), "a file").expect("a file");
        let error = write_file(&place.path().join("f/g.csv"), b"x").expect_err("f is a file").to_string();
        assert!(error.contains("is in the way") || error.contains("not a folder"), "{error}");
        assert_eq!(names(place.path()), ["f"]);
    }

    #[test]
    fn a_file_is_replaced_whole() {
        let place = tempfile::tempdir().expect("a folder");
        let path = place.path().join("deep/er/a.txt");
        write_file(&path, b"one").expect("written");
        write_file(&path, b"two").expect("written");
        assert_eq!(std::fs::read(&path).expect("read"), b"two");
        assert_eq!(names(path.parent().expect("a folder")), ["a.txt"]);
    }
}
