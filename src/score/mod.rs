//! `Responses -> Scores`: answers to points to scale scores to levels.
//!
//! What one answer is worth is decided by one pure function, [`answer::score_cell`]; a trace for one person
//! and the polars plan both use it. [`codebook`] asks it once per distinct cell of a column, and [`plan`]
//! compiles an instrument and its codebooks into polars expressions over a LazyFrame, so that a million
//! rows cost a million look-ups and not a million parses.

pub mod answer;
pub mod codebook;
pub mod plan;
pub mod rules;
pub mod scale;
pub mod table;
pub mod trace;

use std::collections::BTreeMap;

use polars::prelude::*;

use crate::diag::Checked;
use crate::instrument::{Instrument, Scale};
use crate::response::{ResponseSet, Responses};
use crate::study::{AnalysisRules, BoundStudy, MissingRule};

pub use answer::State;

/// What a missing test answer counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingPolicy {
    /// A blank before the last answer.
    pub omitted: MissingRule,
    /// Blanks after the last answer.
    pub not_reached: MissingRule,
}

impl MissingPolicy {
    /// The policy a study declares.
    pub fn of(rules: &AnalysisRules) -> Self {
        MissingPolicy { omitted: rules.omitted, not_reached: rules.not_reached }
    }
}

/// The scores of one instrument at one wave: one row per person.
///
/// Columns of the frame: `person`, `booklet` (where there are booklets), and per item `points:ID` (null
/// where missing) and `state:ID` (a [`State`] as a number), per scale `scale:ID` and, where it has cuts,
/// `level:ID` (place of the level).
#[derive(Clone, Debug)]
pub struct ScoredSet {
    /// Instrument id.
    pub instrument: String,
    /// Wave id.
    pub wave: String,
    /// File the answers came from.
    pub file: String,
    /// Rows of the file that were used.
    pub answer_rows: usize,
    /// The scores.
    pub frame: DataFrame,
}

/// Instrument and scale.
pub type ScaleKey = (String, String);

/// Every scored set of a study, in the order of its response files.
#[derive(Clone, Debug, Default)]
pub struct Scores {
    /// The sets.
    pub sets: Vec<ScoredSet>,
    /// Lowest and highest score of measured scales, whose ends follow from the data.
    pub ranges: BTreeMap<ScaleKey, [f64; 2]>,
}

impl Scores {
    /// The scores of an instrument at a wave.
    pub fn set(&self, instrument: &str, wave: &str) -> Option<&ScoredSet> {
        self.sets.iter().find(|set| set.instrument == instrument && set.wave == wave)
    }

    /// Lowest and highest score of a scale; none for a measure that was not made.
    pub fn range(&self, instrument: &Instrument, scale: &Scale) -> Option<[f64; 2]> {
        let known = self.ranges.get(&(instrument.id.clone(), scale.id.clone())).copied();
        known.or_else(|| scale::score_range(instrument, scale))
    }
}

/// Rows from which a plan runs in polars' streaming engine.
const STREAMED_ROWS: usize = 200_000;

/// Scores every response set of a study.
///
/// # Errors
/// polars could not run the plan, which is a defect of dampak and not of the data.
pub fn score(
    study: &BoundStudy,
    responses: &Responses,
    policy: MissingPolicy,
) -> PolarsResult<Checked<Scores>> {
    let mut diagnostics = Vec::new();
    let mut scores = Scores::default();
    for set in &responses.sets {
        let Some(instrument) = study.instrument(&set.instrument) else { continue };
        let scored = score_set(instrument, set, policy)?.drain_into(&mut diagnostics);
        scores.sets.push(scored);
    }
    crate::diag::tidy(&mut diagnostics);
    Ok(Checked { value: scores, diagnostics })
}

/// Scores one response set.
///
/// # Errors
/// polars could not run the plan.
pub fn score_set(
    instrument: &Instrument,
    set: &ResponseSet,
    policy: MissingPolicy,
) -> PolarsResult<Checked<ScoredSet>> {
    let books = codebook::build(instrument, set);
    // The streaming engine spends more on its hundreds of small expressions than they cost, until the
    // answers of a census would not fit into memory beside their intermediate columns.
    let engine = if set.rows.len() < STREAMED_ROWS { Engine::InMemory } else { Engine::Streaming };
    let frame = plan::compile(instrument, set, &books.value, policy)?.collect_with_engine(engine)?;
    let frame = frame.unwrap_single();
    let mut diagnostics = books.diagnostics;
    diagnostics.extend(plan::check_booklets(instrument, set));
    let value = ScoredSet {
        instrument: set.instrument.clone(),
        wave: set.wave.clone(),
        file: set.table.file.clone(),
        answer_rows: set.rows.len(),
        frame,
    };
    Ok(Checked { value, diagnostics })
}
