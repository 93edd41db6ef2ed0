//! Reading a study with everything it names, stopping at the first stage that has errors.

use std::path::{Path, PathBuf};

use super::CliError;
use crate::analysis::lock::{self, PlanLock};
use crate::diag::{Checked, Diagnostic, Place, condense, has_errors, tidy};
use crate::instrument::{self, Instrument};
use crate::io::{Disk, Files, whole};
use crate::measure::{self, Measures};
use crate::response::{self, Responses};
use crate::score::{self, MissingPolicy, Scores};
use crate::study::{self, BoundStudy};

/// A study with its answers and scores.
pub struct Loaded {
    /// The study.
    pub study: BoundStudy,
    /// Its data files.
    pub responses: Responses,
    /// Scores under the study's missing rule, measures among them.
    pub scores: Scores,
    /// How the measures were made.
    pub measures: Measures,
    /// Warnings, in file order.
    pub warnings: Vec<Diagnostic>,
}

/// The study file a path means: a folder means the `study.json` in it.
pub fn study_file(path: &Path) -> PathBuf {
    if path.is_dir() { path.join("study.json") } else { path.to_owned() }
}

fn read(path: &Path) -> Result<Vec<u8>, CliError> {
    Disk.read(path).map_err(|error| {
        let siblings = Disk.siblings(path);
        let wanted = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let close = crate::diag::nearest(&wanted, siblings.iter().map(String::as_str));
        match close {
            Some(close) if close != wanted => CliError::Asked(format!("{error}; did you mean \"{close}\"?")),
            _ => CliError::Asked(error.to_string()),
        }
    })
}

/// Reads a study and the instruments it names.
pub fn study(path: &Path, warnings: &mut Vec<Diagnostic>) -> Result<BoundStudy, CliError> {
    bound(path, warnings, study::bind)
}

/// Reads a study whose data files need not exist yet, such as one that is about to be simulated.
pub fn study_without_data(path: &Path, warnings: &mut Vec<Diagnostic>) -> Result<BoundStudy, CliError> {
    bound(path, warnings, study::bind_definitions)
}

/// How a parsed study is tied to its files.
type Binder = fn(study::Study, &Path, &dyn Files) -> Checked<Option<BoundStudy>>;

fn bound(path: &Path, warnings: &mut Vec<Diagnostic>, bind: Binder) -> Result<BoundStudy, CliError> {
    let file = study_file(path);
    let bytes = read(&file)?;
    let name = file.display().to_string();
    let mut diagnostics = Vec::new();
    let parsed = study::parse(&name, &bytes).drain_into(&mut diagnostics);
    let bound = match parsed {
        Some(parsed) if !has_errors(&diagnostics) => bind(parsed, &file, &Disk).drain_into(&mut diagnostics),
        _ => None,
    };
    finish(bound, diagnostics, warnings)
}

/// Reads an instrument.
pub fn instrument(path: &Path, warnings: &mut Vec<Diagnostic>) -> Result<Instrument, CliError> {
    let bytes = read(path)?;
    let mut diagnostics = Vec::new();
    let parsed = instrument::parse(&path.display().to_string(), &bytes).drain_into(&mut diagnostics);
    finish(parsed, diagnostics, warnings)
}

fn finish<T>(
    value: Option<T>,
    mut diagnostics: Vec<Diagnostic>,
    warnings: &mut Vec<Diagnostic>,
) -> Result<T, CliError> {
    tidy(&mut diagnostics);
    match value {
        Some(value) if !has_errors(&diagnostics) => {
            warnings.extend(diagnostics);
            Ok(value)
        }
        _ => Err(CliError::Input(diagnostics)),
    }
}

/// Reads a study, its answers, and scores them.
pub fn scored(path: &Path) -> Result<Loaded, CliError> {
    let mut warnings = Vec::new();
    let study = study(path, &mut warnings)?;
    let mut diagnostics = Vec::new();
    let responses = response::read(&study, &Disk).drain_into(&mut diagnostics);
    let policy = MissingPolicy::of(&study.study.analysis);
    let mut scores = score::score(&study, &responses, policy)
        .map_err(|error| CliError::Defect(error.to_string()))?
        .drain_into(&mut diagnostics);
    let folder = study.folder.clone();
    for diagnostic in &mut diagnostics {
        diagnostic.place = from_here(&diagnostic.place, &folder);
    }
    tidy(&mut diagnostics);
    condense(&mut diagnostics);
    if has_errors(&diagnostics) {
        return Err(CliError::Input(diagnostics));
    }
    warnings.extend(diagnostics);
    let measures =
        measure::add(&study, &responses, &mut scores).map_err(|error| CliError::Defect(error.to_string()))?;
    Ok(Loaded { study, responses, scores, measures, warnings })
}

/// Reads a study and its rosters; there need not be answers yet.
pub fn rostered(path: &Path, warnings: &mut Vec<Diagnostic>) -> Result<(BoundStudy, Responses), CliError> {
    let study = study_without_data(path, warnings)?;
    let Checked { value: rosters, mut diagnostics } = response::read_rosters(&study, &Disk);
    for diagnostic in &mut diagnostics {
        diagnostic.place = from_here(&diagnostic.place, &study.folder);
    }
    finish(Some((study, rosters)), diagnostics, warnings)
}

/// Where the lock of a study's plan lies: beside the study file, named after it where that is not `study.json`.
pub fn lock_file(study: &BoundStudy) -> PathBuf {
    let stem = Path::new(&study.file).file_stem().map(|stem| stem.to_string_lossy().into_owned());
    match stem.filter(|stem| stem != "study") {
        Some(stem) => study.folder.join(format!("{stem}.plan.lock.json")),
        None => study.folder.join("plan.lock.json"),
    }
}

/// The lock of a study's plan; none where the plan was not locked.
pub fn lock(study: &BoundStudy) -> Result<Option<PlanLock>, CliError> {
    let path = lock_file(study);
    let bytes = match Disk.read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.source.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(CliError::Asked(error.to_string())),
    };
    let Checked { value, diagnostics } = lock::parse(&path.display().to_string(), &bytes, &study.study.id);
    finish(value, diagnostics, &mut Vec::new()).map(Some)
}

/// A data file as the user would open it: the study names it relative to its own folder.
fn from_here(place: &Place, folder: &Path) -> Place {
    Place { file: folder.join(&place.file).display().to_string(), ..place.clone() }
}

/// Refuses to write over a file that the study is made of: input files are never written to.
pub fn spare_inputs(study: &BoundStudy, targets: impl IntoIterator<Item = PathBuf>) -> Result<(), CliError> {
    let named = &study.study;
    let files = (named.instruments.iter())
        .chain(named.roster.iter().map(|entry| &entry.file))
        .chain(named.responses.iter().map(|entry| &entry.file))
        .chain(named.score_files.iter().map(|entry| &entry.file));
    let inputs: Vec<PathBuf> =
        files.map(|file| study.path_of(file)).chain([PathBuf::from(&study.file), lock_file(study)]).collect();
    match targets.into_iter().find(|target| inputs.iter().any(|input| whole::is_same_file(input, target))) {
        Some(target) => Err(CliError::Asked(format!(
            "{} belongs to the study; choose another --out, input files are never written to",
            target.display()
        ))),
        None => Ok(()),
    }
}
