//! `dampak lock`: the plan with its hashes, fixed beside the study before the answers come.

use std::process::ExitCode;

use super::args::LockArgs;
use super::{CliError, VerbResult, load, print_result, print_warnings};
use crate::analysis::lock::{self, LockState, PlanLock, Signature};
use crate::io::whole;
use crate::study::BoundStudy;

pub fn run(args: &LockArgs) -> VerbResult {
    let mut warnings = Vec::new();
    let (study, rosters) = load::rostered(&args.study, &mut warnings)?;
    print_warnings(&warnings);
    let path = load::lock_file(&study);
    let state = lock::state(&study, &rosters);
    let lock = match &args.amend {
        Some(reason) => amended(args, reason, &study, state)?,
        None if path.exists() => {
            return Err(CliError::Asked(format!(
                "{} exists already, and a lock is never replaced; declare a change with --amend \"reason\" --by \"name\" --date 2025-07-12",
                path.display()
            )));
        }
        None => {
            let signed = args.by.clone().filter(|by| !by.trim().is_empty());
            // A lock without name and day cannot say who planned what before which data.
            let (Some(by), Some(date)) = (signed, args.date.clone()) else {
                return Err(CliError::Asked(
                    "a lock needs a name and a day: --by \"name\" --date 2025-07-12".to_owned(),
                ));
            };
            PlanLock::new(&study.study.id, state, Some(by), Some(date), answers_present(&study))
        }
    };
    let text = serde_json::to_string_pretty(&lock).map_err(|error| CliError::Defect(error.to_string()))?;
    whole::write_file(&path, (text + "\n").as_bytes())?;
    print_result(&said(&lock, &path.display().to_string()))?;
    Ok(ExitCode::SUCCESS)
}

fn amended(
    args: &LockArgs,
    reason: &str,
    study: &BoundStudy,
    state: LockState,
) -> Result<PlanLock, CliError> {
    let Some(lock) = load::lock(study)? else {
        let path = load::lock_file(study);
        return Err(CliError::Asked(format!("{} is not there: the plan is not locked yet", path.display())));
    };
    let by = args.by.as_deref().unwrap_or_default();
    let date = args.date.as_deref().unwrap_or_default();
    if reason.trim().is_empty() || by.trim().is_empty() {
        return Err(CliError::Asked("an amendment needs a reason and a name".to_owned()));
    }
    // ISO days sort as text; a log that runs backwards in time is a slip.
    let last = lock.amendments.last().map(|entry| entry.date.as_str()).or(lock.date.as_deref());
    if let Some(last) = last.filter(|last| *last > date) {
        return Err(CliError::Asked(format!("{date} is before the last entry of the lock, {last}")));
    }
    Ok(lock.amended(state, Signature { by, date, reason }, answers_present(study)))
}

/// Files of answers and scores that are there at this time: a plan locked after them was not locked blindly.
fn answers_present(study: &BoundStudy) -> Vec<String> {
    let named = &study.study;
    let files = named.responses.iter().map(|entry| &entry.file);
    let files = files.chain(named.score_files.iter().map(|entry| &entry.file));
    let mut present: Vec<String> = files.filter(|file| study.path_of(file).exists()).cloned().collect();
    present.sort_unstable();
    present.dedup();
    present
}

fn said(lock: &PlanLock, path: &str) -> String {
    let mut text = match lock.amendments.last() {
        Some(entry) => format!("{path}: amendment {} with {} changes\n", entry.number, entry.changes.len()),
        None => format!("{path}: plan locked\n"),
    };
    text.push_str(&format!("seal {}\n", lock.last_seal()));
    let present = lock.amendments.last().map_or(&lock.answers_present, |entry| &entry.answers_present);
    if !present.is_empty() {
        text.push_str(&format!("answers already there: {}\n", present.join(", ")));
    }
    text
}
