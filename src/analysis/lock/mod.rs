//! The plan, fixed before the answers come: format `dampak.plan-lock/1`.
//!
//! A lock holds the plan in readable form with the SHA-256 of everything it follows from. Changes after
//! locking are entries of an amendment log, each signed with name, date and reason. Every entry carries a
//! seal over its own content and the seal before it, so that a lock edited by hand does not open again.
//! The seal tells an honest mistake from a declared change; it is no proof against somebody who computes it
//! anew. For that, publish the seal or the file where its date can be seen (a registry, a journal, e-mail).

mod compare;
mod items;
mod parse;
pub mod rules;
mod state;
mod undone;

use serde::{Deserialize, Serialize};

pub use compare::compare;
pub use parse::parse;
pub use state::{HashedFile, Hashes, LockState, PlannedAnalysis, PlannedOutcome, state};

use super::findings::Deviation;
use crate::response::table::sha256;

/// The version tag of a plan lock.
pub const FORMAT: &str = "dampak.plan-lock/1";

/// A locked plan with its amendments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanLock {
    /// Always `dampak.plan-lock/1`.
    pub format: String,
    /// Id of the study.
    pub study: String,
    /// Version of dampak.
    pub dampak: String,
    /// Who locked the plan.
    pub by: Option<String>,
    /// Day, as it was given.
    pub date: Option<String>,
    /// Files of answers that were there already.
    pub answers_present: Vec<String>,
    /// SHA-256 of what the plan follows from.
    pub hashes: Hashes,
    /// The plan.
    pub plan: PlannedAnalysis,
    /// SHA-256 over all of the above.
    pub seal: String,
    /// Declared changes, oldest first.
    pub amendments: Vec<Amendment>,
}

/// A declared change of a locked plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amendment {
    /// Number, from 1.
    pub number: usize,
    /// Day, as it was given.
    pub date: String,
    /// Who signed it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Version of dampak.
    pub dampak: String,
    /// Files of answers that were there at the time.
    pub answers_present: Vec<String>,
    /// What it changed against the entry before.
    pub changes: Vec<Deviation>,
    /// SHA-256 of what the plan follows from.
    pub hashes: Hashes,
    /// The plan from here on.
    pub plan: PlannedAnalysis,
    /// SHA-256 over all of the above and the seal before it.
    pub seal: String,
}

/// Who changes a lock, when and why.
#[derive(Clone, Copy, Debug)]
pub struct Signature<'a> {
    /// Name.
    pub by: &'a str,
    /// Day, as `2025-07-12`.
    pub date: &'a str,
    /// Reason.
    pub reason: &'a str,
}

impl PlanLock {
    /// Locks a plan.
    pub fn new(
        study: &str,
        state: LockState,
        by: Option<String>,
        date: Option<String>,
        answers_present: Vec<String>,
    ) -> Self {
        let mut lock = PlanLock {
            format: FORMAT.to_owned(),
            study: study.to_owned(),
            dampak: env!("CARGO_PKG_VERSION").to_owned(),
            by,
            date,
            answers_present,
            hashes: state.hashes,
            plan: state.plan,
            seal: String::new(),
            amendments: Vec::new(),
        };
        lock.seal = lock.expected_seal();
        lock
    }

    /// The same lock with one more entry in its log.
    #[must_use]
    pub fn amended(mut self, state: LockState, signed: Signature<'_>, answers_present: Vec<String>) -> Self {
        let changes = compare::states(&self.latest(), &state);
        let mut entry = Amendment {
            number: self.amendments.len() + 1,
            date: signed.date.to_owned(),
            by: signed.by.to_owned(),
            reason: signed.reason.to_owned(),
            dampak: env!("CARGO_PKG_VERSION").to_owned(),
            answers_present,
            changes,
            hashes: state.hashes,
            plan: state.plan,
            seal: String::new(),
        };
        entry.seal = entry.expected_seal(self.last_seal());
        self.amendments.push(entry);
        self
    }

    /// The plan as it was first locked.
    pub fn original(&self) -> LockState {
        LockState { hashes: self.hashes.clone(), plan: self.plan.clone(), dampak: self.dampak.clone() }
    }

    /// The plan after the last amendment.
    pub fn latest(&self) -> LockState {
        self.amendments.last().map_or_else(|| self.original(), Amendment::state)
    }

    /// The seal of the last entry.
    pub fn last_seal(&self) -> &str {
        self.amendments.last().map_or(&self.seal, |entry| &entry.seal)
    }

    /// Whether every seal fits what it seals.
    pub fn is_intact(&self) -> bool {
        let mut before = &self.seal;
        self.seal == self.expected_seal()
            && self.amendments.iter().enumerate().all(|(place, entry)| {
                let fits = entry.number == place + 1 && entry.seal == entry.expected_seal(before);
                before = &entry.seal;
                fits
            })
    }

    fn expected_seal(&self) -> String {
        sealed("", &PlanLock { seal: String::new(), amendments: Vec::new(), ..self.clone() })
    }
}

impl Amendment {
    fn state(&self) -> LockState {
        LockState { hashes: self.hashes.clone(), plan: self.plan.clone(), dampak: self.dampak.clone() }
    }

    fn expected_seal(&self, before: &str) -> String {
        sealed(before, &Amendment { seal: String::new(), ..self.clone() })
    }
}

fn sealed(before: &str, entry: &impl Serialize) -> String {
    // Entries hold only strings, whole numbers and lists, so they are written the same way every time.
    let mut bytes = before.as_bytes().to_vec();
    bytes.extend(serde_json::to_vec(entry).unwrap_or_default());
    sha256(&bytes)
}
