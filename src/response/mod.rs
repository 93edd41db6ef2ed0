//! Files of answers, checked: `bytes -> Table -> Roster, ResponseSet`.
//!
//! [`text`] decodes a delimited file, [`records`] splits it and looks at its shape, [`table`] makes it a frame
//! of strings (ids stay text, leading zeros stay), [`roster`] says who belongs to the study, [`set`] holds one
//! instrument at one wave with a column per answer slot, and [`link`] counts who was met at which wave.
//! Everything wrong with a file is collected with its row and column.

pub mod dose;
pub mod duration;
pub mod ids;
pub mod link;
pub mod missing;
pub mod number;
pub mod records;
pub mod roster;
pub mod rules;
pub mod score_file;
pub mod set;
pub mod slot;
pub mod table;
pub mod text;

pub use missing::MissingCodes;
pub use roster::{Person, Roster};
pub use score_file::GivenScores;
pub use set::ResponseSet;
pub use slot::Slot;
pub use table::Table;

use crate::diag::Checked;
use crate::io::Files;
use crate::study::BoundStudy;

/// Every data file of a study, read and checked.
#[derive(Clone, Debug, Default)]
pub struct Responses {
    /// Rosters, one per kind of respondent that has one.
    pub rosters: Vec<Roster>,
    /// Answers, in the order of the study file.
    pub sets: Vec<ResponseSet>,
    /// Scores that files already have, by outcome.
    pub given: Vec<GivenScores>,
    /// Score files as they were read, for their provenance.
    pub score_tables: Vec<Table>,
}

impl Responses {
    /// The roster in which a kind of respondent stands.
    pub fn roster_of(
        &self,
        study: &BoundStudy,
        respondent: crate::instrument::Respondent,
    ) -> Option<&Roster> {
        let wanted = study.study.roster_of(respondent)?.respondent;
        self.rosters.iter().find(|roster| roster.respondent == wanted)
    }
}

/// Reads the rosters alone, for what can be said before there are answers.
pub fn read_rosters(study: &BoundStudy, files: &dyn Files) -> Checked<Responses> {
    let mut diagnostics = Vec::new();
    let mut responses = Responses::default();
    for entry in &study.study.roster {
        let table = table::open(study, &entry.file, &entry.format, files).drain_into(&mut diagnostics);
        let Some(table) = table else { continue };
        let roster = roster::resolve(entry, table, &study.study).drain_into(&mut diagnostics);
        responses.rosters.extend(roster);
    }
    diagnostics.extend(roster::check_together(&responses.rosters));
    Checked { value: responses, diagnostics }
}

/// Reads every data file that the study names. Files that cannot be used are left out of the value and
/// stand among the diagnostics.
pub fn read(study: &BoundStudy, files: &dyn Files) -> Checked<Responses> {
    let mut diagnostics = Vec::new();
    let mut responses = read_rosters(study, files).drain_into(&mut diagnostics);
    for entry in &study.study.responses {
        let Some(instrument) = study.instrument(&entry.instrument) else { continue };
        let table = table::open(study, &entry.file, &entry.format, files).drain_into(&mut diagnostics);
        let Some(table) = table else { continue };
        let roster = responses.roster_of(study, instrument.respondent);
        let set = set::resolve(entry, instrument, table, roster).drain_into(&mut diagnostics);
        responses.sets.extend(set);
    }
    for entry in &study.study.score_files {
        let table = table::open(study, &entry.file, &entry.format, files).drain_into(&mut diagnostics);
        let Some(table) = table else { continue };
        let respondent = entry.respondent.unwrap_or(crate::instrument::Respondent::Student);
        let roster = responses.roster_of(study, respondent);
        let given = score_file::resolve(entry, &table, &study.study, roster).drain_into(&mut diagnostics);
        responses.given.extend(given);
        responses.score_tables.push(table);
    }
    diagnostics.extend(link::check_links(study, &responses));
    crate::diag::tidy(&mut diagnostics);
    Checked { value: responses, diagnostics }
}
