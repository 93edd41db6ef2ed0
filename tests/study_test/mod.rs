//! A study in a folder of its own, changed as a test needs it, and the program run on it.
//!
//! Every run checks what no run may break: input files stay as they are, nothing temporary is left behind,
//! nothing panics. `DAMPAK_BLESS=1` writes pinned words anew.

#![allow(dead_code, reason = "every test file uses its part")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// A temporary folder with the small study `study/` in it.
pub struct StudyTest {
    place: tempfile::TempDir,
    /// Path of the study within the folder.
    study: String,
}

/// What a run of the program left.
pub struct Ran {
    /// Exit code; 128 and more where a signal ended it.
    pub code: i32,
    /// Standard output, the temporary folder written as `<place>`.
    pub stdout: String,
    /// Standard error, likewise.
    pub stderr: String,
    /// Files that were not there before, sorted.
    pub made: Vec<String>,
}

impl StudyTest {
    /// The small study: 36 students of six schools, one instrument with every kind of answer.
    pub fn mini() -> Self {
        Self::mini_in("study")
    }

    /// The small study in a folder of that name.
    pub fn mini_in(name: &str) -> Self {
        let place = tempfile::tempdir().unwrap();
        copy(&root().join("tests/cli/mini"), &place.path().join(name));
        StudyTest { place, study: name.to_owned() }
    }

    /// A study of `datasets/` with the instruments beside it.
    pub fn dataset(name: &str) -> Self {
        let place = tempfile::tempdir().unwrap();
        copy(&root().join("datasets").join(name), &place.path().join("datasets").join(name));
        copy(&root().join("instruments"), &place.path().join("instruments"));
        StudyTest { place, study: format!("datasets/{name}") }
    }

    /// The folder around the study.
    pub fn place(&self) -> &Path {
        self.place.path()
    }

    /// A file of the study.
    pub fn path(&self, file: &str) -> PathBuf {
        self.place.path().join(&self.study).join(file)
    }

    /// Replaces a file of the study.
    pub fn file(self, file: &str, bytes: impl AsRef<[u8]>) -> Self {
        std::fs::write(self.path(file), bytes).unwrap();
        self
    }

    /// Changes a text file of the study.
    pub fn edit(self, file: &str, change: impl FnOnce(String) -> String) -> Self {
        let text = std::fs::read_to_string(self.path(file)).unwrap();
        self.file(file, change(text))
    }

    /// Replaces words in a file of the study, which must stand there.
    pub fn swap(self, file: &str, old: &str, new: &str) -> Self {
        self.edit(file, |text| {
            assert!(text.contains(old), "{file} does not hold {old:?}");
            text.replacen(old, new, 1)
        })
    }

    /// Writes into a cell: row counted from 1 below the header.
    pub fn cell(self, file: &str, row: usize, column: &str, value: &str) -> Self {
        self.edit(file, |text| {
            let mut lines: Vec<Vec<String>> =
                text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect();
            let at = lines[0].iter().position(|name| name == column).unwrap();
            lines[row][at] = value.to_owned();
            lines.iter().map(|line| line.join(",") + "\n").collect()
        })
    }

    /// Changes a definition.
    pub fn json(self, file: &str, change: impl FnOnce(&mut Value)) -> Self {
        self.edit(file, |text| {
            let mut value = serde_json::from_str(&text).unwrap();
            change(&mut value);
            serde_json::to_string_pretty(&value).unwrap()
        })
    }

    /// Runs the program in the folder around the study.
    pub fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, |command| {
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
        })
    }

    /// As [`StudyTest::run`], with other ends of the pipes.
    pub fn run_with(&self, args: &[&str], pipes: impl FnOnce(&mut Command)) -> Ran {
        let before = snapshot(self.place());
        let mut command = Command::new(env!("CARGO_BIN_EXE_dampak"));
        command.args(args).current_dir(self.place());
        pipes(&mut command);
        let output = command.spawn().unwrap().wait_with_output().unwrap();
        let after = snapshot(self.place());
        // A lock is the output of its own verb; to every other it is an input.
        let is_output = |path: &str| args.first() == Some(&"lock") && path.ends_with("plan.lock.json");
        for (path, bytes) in
            before.iter().filter(|(path, _)| path.starts_with(&self.study) && !is_output(path))
        {
            assert!(after.get(path) == Some(bytes), "the run changed the input {path}");
        }
        let made: Vec<String> = after.keys().filter(|path| !before.contains_key(*path)).cloned().collect();
        assert!(!made.iter().any(|path| path.contains(".dampak-")), "left behind: {made:?}");
        let words = |bytes: &[u8]| {
            String::from_utf8_lossy(bytes).replace(&self.place().display().to_string(), "<place>")
        };
        let ran = Ran {
            code: output.status.code().unwrap_or(128),
            stdout: words(&output.stdout),
            stderr: words(&output.stderr),
            made,
        };
        assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
        ran
    }

    /// Scores the study into `out/scores.csv`.
    pub fn score(&self) -> Ran {
        self.run(&["score", &self.study, "--out", "out/scores.csv"])
    }

    /// The scores of a clean run as rows of cells.
    pub fn scores(&self) -> Vec<Vec<String>> {
        self.score().exits(0);
        let text = std::fs::read_to_string(self.place().join("out/scores.csv")).unwrap();
        text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
    }
}

impl Ran {
    /// The exit code is this one.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stderr: {}\nstdout: {}", self.stderr, self.stdout);
        self
    }

    /// Standard error holds the words.
    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        assert!(self.stderr.contains(words), "not said: {words}\nbut: {}", self.stderr);
        self
    }

    /// Standard output holds the words.
    #[track_caller]
    pub fn prints(self, words: &str) -> Self {
        assert!(self.stdout.contains(words), "not printed: {words}\nbut: {}", self.stdout);
        self
    }

    /// Nothing is said on standard error.
    #[track_caller]
    pub fn stays_silent(self) -> Self {
        assert_eq!(self.stderr, "");
        self
    }

    /// These files are new, and no others.
    #[track_caller]
    pub fn makes(self, files: &[&str]) -> Self {
        assert_eq!(self.made, files);
        self
    }

    /// Code and words are the ones of `tests/cli/expected/<name>.txt`.
    #[track_caller]
    pub fn pinned(self, name: &str) -> Self {
        let now = format!("exit {}\n-- stderr\n{}-- stdout\n{}", self.code, self.stderr, self.stdout);
        let path = root().join("tests/cli/expected").join(format!("{name}.txt"));
        if std::env::var_os("DAMPAK_BLESS").is_some() {
            std::fs::write(&path, &now).unwrap();
        }
        let then = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(then == now, "{name} is now worded (DAMPAK_BLESS=1 keeps it):\n{now}");
        self
    }
}

/// The folder of the project.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)
        } else {
            std::fs::copy(entry.path(), target).map(drop).unwrap()
        }
    }
}

/// Every file below a folder with its bytes.
fn snapshot(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(folder: &Path, root: &Path, out: &mut BTreeMap<String, Vec<u8>>) {
        let Ok(entries) = std::fs::read_dir(folder) else { return };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                walk(&path, root, out);
            } else {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
                out.insert(name, std::fs::read(&path).unwrap_or_default());
            }
        }
    }
    let mut out = BTreeMap::new();
    walk(folder, folder, &mut out);
    out
}
