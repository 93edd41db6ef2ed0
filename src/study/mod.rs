//! The design of a study: waves, arms, schools, roster, outcomes and the rules of the analysis.
//!
//! `text -> Study`: `parse` reads a study file and collects everything that is wrong within it;
//! `bind` reads the instruments it names and checks the two against each other. Files with data are
//! opened later, by `response`.

mod attrition;
pub mod bind;
mod correction;
mod item_thresholds;
pub mod parse;
mod progress_table;
pub mod raw;
mod relations;
pub mod rules;

pub use attrition::AttritionBoundary;
pub use bind::{BoundInstrument, BoundStudy, bind, bind_definitions};
pub use correction::Correction;
pub use item_thresholds::ItemThresholds;
pub use parse::parse;
pub use progress_table::ProgressTable;
pub use raw::{
    AnalysisRules, AnswerQualityRules, Arm, ArmRole, Assignment, Covariate, FileFormat, LinkMethod,
    LinkingRules, MissingReason, MissingRule, Outcome, OutcomeRole, OutcomeSource, PersonsRule, Programme,
    ReportRules, ResponseColumns, ResponseFile, RosterColumns, RosterFile, ScoreFile, Study, Wave,
};
pub use relations::{Dose, Linkage};

/// The version tag every study definition carries.
pub const FORMAT: &str = "dampak.study/1";

impl Outcome {
    /// The family within which its test is corrected: the declared one, else its role.
    pub fn family(&self) -> &str {
        self.family.as_deref().unwrap_or(match self.role {
            OutcomeRole::Primary => "primary",
            OutcomeRole::Secondary => "secondary",
            OutcomeRole::Exploratory => "exploratory",
        })
    }
}

impl Study {
    /// The wave of that id with its place in time.
    pub fn wave_index(&self, id: &str) -> Option<usize> {
        self.waves.iter().position(|wave| wave.id == id)
    }

    /// Places of the two waves between which the primary change is counted: those of `analysis.compare`, the
    /// first and the last where it is left out; none with fewer than two waves.
    pub fn compared_waves(&self) -> Option<[usize; 2]> {
        if self.waves.len() < 2 {
            return None;
        }
        let declared = self.analysis.compare.as_ref();
        let place = |side: usize| declared.and_then(|ids| self.wave_index(&ids[side]));
        match (place(0), place(1)) {
            (Some(before), Some(after)) => Some([before, after]),
            _ => Some([0, self.waves.len() - 1]),
        }
    }

    /// The two waves between which the primary change is counted.
    pub fn compared(&self) -> Option<[&Wave; 2]> {
        self.compared_waves().map(|pair| pair.map(|at| &self.waves[at]))
    }

    /// The roster file of a kind of respondent. Observers report on teachers, so they share that roster;
    /// a principal without a roster of their own is looked for among the teachers.
    pub fn roster_of(&self, respondent: crate::instrument::Respondent) -> Option<&RosterFile> {
        use crate::instrument::Respondent::{Observer, Principal, Student, Teacher};
        let own = |wanted| self.roster.iter().find(|file| file.respondent == wanted);
        match respondent {
            Student => own(Student),
            Teacher => own(Teacher),
            Principal => own(Principal).or_else(|| own(Teacher)),
            Observer => own(Observer).or_else(|| own(Teacher)),
        }
    }
}
