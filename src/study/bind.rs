//! Study + files -> BoundStudy: the instruments a study names, read and checked against it.

use std::path::{Component, Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::raw::{Outcome, Study};
use super::rules::{self, files::missing_file_hint};
use crate::definition::{Notes, Source};
use crate::diag::{Checked, has_errors, tidy};
use crate::instrument::{self, Instrument};
use crate::io::Files;

/// A study with its instruments, checked against each other.
#[derive(Clone, Debug)]
pub struct BoundStudy {
    /// The study.
    pub study: Study,
    /// The folder that holds the study file; paths of the study are relative to it.
    pub folder: PathBuf,
    /// The study file, as the user named it.
    pub file: String,
    /// SHA-256 of the study file, in hexadecimal.
    pub sha256: String,
    /// The instruments, in the order the study names them.
    pub instruments: Vec<BoundInstrument>,
}

/// An instrument of a study.
#[derive(Clone, Debug)]
pub struct BoundInstrument {
    /// Path as the study names it.
    pub path: String,
    /// SHA-256 of the instrument file, in hexadecimal.
    pub sha256: String,
    /// The instrument.
    pub instrument: Instrument,
}

impl BoundStudy {
    /// The instrument of that id.
    pub fn instrument(&self, id: &str) -> Option<&Instrument> {
        self.instruments.iter().map(|bound| &bound.instrument).find(|instrument| instrument.id == id)
    }

    /// The instrument whose scale is the outcome; none for scores that a file already has.
    pub fn instrument_of(&self, outcome: &Outcome) -> Option<&Instrument> {
        outcome.from.instrument.as_deref().and_then(|id| self.instrument(id))
    }

    /// Where a file that the study names lies.
    pub fn path_of(&self, file: &str) -> PathBuf {
        join(&self.folder, file)
    }
}

/// A checked instrument file at its place in the study's list.
pub(super) struct Named<'a> {
    /// Place in `instruments` of the study.
    pub index: usize,
    /// The instrument.
    pub instrument: &'a Instrument,
}

/// Reads the instruments of a study and checks the two against each other; data files must be there, their
/// content is looked at later. Findings about an instrument are places in its own file.
pub fn bind(study: Study, study_path: &Path, files: &dyn Files) -> Checked<Option<BoundStudy>> {
    bind_with(study, study_path, files, true)
}

/// As [`bind`], for a study whose data files need not be there yet, such as one about to be simulated.
pub fn bind_definitions(study: Study, study_path: &Path, files: &dyn Files) -> Checked<Option<BoundStudy>> {
    bind_with(study, study_path, files, false)
}

fn bind_with(
    study: Study,
    study_path: &Path,
    files: &dyn Files,
    needs_data: bool,
) -> Checked<Option<BoundStudy>> {
    let file = study_path.display().to_string();
    let folder = study_path.parent().unwrap_or(Path::new("")).to_owned();
    // The study came from this file; its bytes give the places and the hash. A study that was made in
    // memory is written out instead, and its findings name the file alone.
    let bytes = match files.read(study_path) {
        Ok(bytes) => bytes,
        Err(_) => serde_json::to_vec(&study).unwrap_or_default(),
    };
    let source = match Source::from_bytes(&file, &bytes) {
        Ok(source) => source,
        Err(diagnostics) => return Checked { value: None, diagnostics },
    };
    let mut notes = Notes::new(&source);
    let mut diagnostics = Vec::new();
    let read: Vec<Option<BoundInstrument>> = study
        .instruments
        .iter()
        .enumerate()
        .map(|(index, path)| {
            read_instrument(index, path, &folder, files, &mut notes).drain_into(&mut diagnostics)
        })
        .collect();
    let named: Vec<Named> = read
        .iter()
        .enumerate()
        .filter_map(|(index, bound)| {
            bound.as_ref().map(|bound| Named { index, instrument: &bound.instrument })
        })
        .collect();
    // With an unreadable instrument, what is said about it cannot be judged: its own findings come first.
    if named.len() == study.instruments.len() {
        rules::check_bound(&study, &named, &mut notes);
    }
    if needs_data {
        rules::files::check_presence(&study, &folder, files, &mut notes);
    }
    diagnostics.extend(notes.found);
    tidy(&mut diagnostics);
    if has_errors(&diagnostics) {
        return Checked { value: None, diagnostics };
    }
    let instruments = read.into_iter().flatten().collect();
    let value = Some(BoundStudy { study, folder, file, sha256: sha256(&bytes), instruments });
    Checked { value, diagnostics }
}

fn read_instrument(
    index: usize,
    path: &str,
    folder: &Path,
    files: &dyn Files,
    notes: &mut Notes,
) -> Checked<Option<BoundInstrument>> {
    let full = join(folder, path);
    let bytes = match files.read(&full) {
        Ok(bytes) => bytes,
        Err(error) => {
            let message = match error.source.kind() {
                std::io::ErrorKind::NotFound => format!("instrument file \"{path}\" is not there"),
                _ => format!("instrument file \"{path}\" cannot be read: {}", error.source),
            };
            notes.say(
                &rules::files::NOT_THERE,
                &format!("/instruments/{index}"),
                message,
                missing_file_hint(&full, files),
            );
            return Checked::clean(None);
        }
    };
    let Checked { value, diagnostics } = instrument::parse(&full.display().to_string(), &bytes);
    let value =
        value.map(|instrument| BoundInstrument { path: path.to_owned(), sha256: sha256(&bytes), instrument });
    Checked { value, diagnostics }
}

/// `folder/file` with `.` and `x/..` taken out, so that findings name files the short way.
pub(super) fn join(folder: &Path, file: &str) -> PathBuf {
    let mut out = PathBuf::new();
    for part in folder.join(file).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// The hash of a file, in lower-case hexadecimal.
fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_the_short_way() {
        assert_eq!(
            join(Path::new("datasets/a"), "../../instruments/x.json"),
            Path::new("instruments/x.json")
        );
        assert_eq!(join(Path::new(""), "./x.json"), Path::new("x.json"));
        assert_eq!(join(Path::new(""), "../x.json"), Path::new("../x.json"));
    }

    #[test]
    fn the_hash_of_nothing_is_the_known_one() {
        assert_eq!(sha256(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
