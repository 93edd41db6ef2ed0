//! Quality of questionnaire answers, for every instrument with rating scales at every wave.
//!
//! A `block` is the rating-scale items of one questionnaire at one wave as a matrix. [`judge`] computes the
//! indices and marks the persons on whom enough of them speak; nobody is left out of a primary estimate.
//! `sensitivity` sets each affected outcome beside its estimate without the flagged persons.

mod block;
mod notices;
mod sensitivity;

pub(super) use sensitivity::same_reading;

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::PolarsResult;

use super::Material;
use super::findings::{
    AnswerQuality, IndexFindings, Notice, OutcomeFindings, QualityFindings, QualityIndexKind, UnusedIndex,
};
use crate::num::moments;
use crate::psych::quality::{
    QualityIndex, QualityLimits, RespondentFlags, flag_respondents, seconds_per_item,
};
use crate::study::{AnalysisRules, AnswerQualityRules, Outcome};
use block::Block;

/// The answers of a study, judged.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    /// One entry per questionnaire and wave.
    pub sets: Vec<QualityFindings>,
    /// Ids of the flagged persons by instrument, over all waves that outcomes compare.
    pub flagged: BTreeMap<String, BTreeSet<String>>,
}

/// Judges the answers to every questionnaire.
///
/// # Errors
/// polars cannot hand out a column.
pub fn judge(material: Material<'_>) -> PolarsResult<Judged> {
    let study = &material.study.study;
    let compared = study.compared().map(|pair| pair.map(|wave| wave.id.as_str())).unwrap_or_default();
    let mut judged = Judged::default();
    for scored in &material.scores.sets {
        let Some(block) = block::read(material, scored)? else { continue };
        let flags = block.flags(&study.analysis.answer_quality);
        if compared.contains(&scored.wave.as_str()) {
            let own = judged.flagged.entry(scored.instrument.clone()).or_default();
            own.extend(flags.iter().filter(|f| f.flagged).map(|f| block.persons[f.person].clone()));
        }
        judged.sets.push(one(&block, &flags, &study.analysis.answer_quality));
    }
    Ok(judged)
}

impl Judged {
    /// Flagged persons of an outcome's questionnaire.
    pub(super) fn of(&self, outcome: &Outcome) -> Option<&BTreeSet<String>> {
        self.flagged.get(outcome.from.instrument.as_ref()?).filter(|persons| !persons.is_empty())
    }

    /// The findings, with the outcomes that flagged persons belong to.
    pub(super) fn findings(self, rules: &AnalysisRules, outcomes: &[OutcomeFindings]) -> AnswerQuality {
        let sensitivity = sensitivity::of(outcomes, rules.alpha);
        AnswerQuality { indices_needed: rules.answer_quality.indices_needed, sets: self.sets, sensitivity }
    }

    /// What must be known of the answers.
    pub(super) fn notices(&self, material: Material<'_>) -> Vec<Notice> {
        self.sets.iter().filter_map(|set| notices::of(material.study, set)).collect()
    }
}

/// The study's limits as the kernel takes them.
fn limits(rules: &AnswerQualityRules) -> QualityLimits {
    QualityLimits {
        long_string_share: rules.long_string_share,
        low_irv_share: rules.low_variability_share,
        high_irv_share: rules.high_variability_share,
        even_odd: rules.even_odd,
        mahalanobis_p: rules.mahalanobis_p,
        duplicate_answers: rules.duplicate_answers,
        seconds_per_item: rules.seconds_per_item,
        indices_needed: rules.indices_needed,
    }
}

impl Block<'_> {
    /// The kernel's flags; nobody where it refuses the block, which [`block::read`] rules out.
    fn flags(&self, rules: &AnswerQualityRules) -> Vec<RespondentFlags> {
        flag_respondents(&self.matrix, &self.input(), &limits(rules)).unwrap_or_default()
    }
}

fn one(block: &Block<'_>, flags: &[RespondentFlags], rules: &AnswerQualityRules) -> QualityFindings {
    let n = block.persons.len();
    let flagged = flags.iter().filter(|flags| flags.flagged).count();
    QualityFindings {
        instrument: block.instrument.id.clone(),
        wave: block.wave.to_owned(),
        respondent: block.instrument.respondent,
        n,
        items: block.matrix.items(),
        reversed: block.reversed.iter().filter(|reversed| **reversed).count(),
        indices: indices(block, flags, rules),
        one_index: flags.iter().filter(|flags| flags.indices.len() == 1).count(),
        flagged,
        share: (n > 0).then(|| flagged as f64 / n as f64),
        median_seconds: median_pace(block),
    }
}

fn indices(block: &Block<'_>, flags: &[RespondentFlags], rules: &AnswerQualityRules) -> Vec<IndexFindings> {
    use QualityIndexKind::{
        Duplicate, EvenOdd, HighVariability, LongString, LowVariability, Mahalanobis, Speed,
    };
    let one = |index: QualityIndexKind, limit: f64, unused: Option<UnusedIndex>| {
        let count =
            flags.iter().filter(|flags| flags.indices.iter().any(|found| kind(found) == index)).count();
        IndexFindings { index, limit, over: unused.is_none().then_some(count), unused }
    };
    let line = (!block.reversed.contains(&true)).then_some(UnusedIndex::NoReversedItems);
    let halves = (!block.has_halves()).then_some(UnusedIndex::TooFewScales);
    let distances = (!block.has_distances()).then_some(UnusedIndex::NoDistances);
    let copies = (block.matrix.items() < rules.duplicate_answers).then_some(UnusedIndex::TooFewItems);
    let times = block.seconds.is_none().then_some(UnusedIndex::NoTimes);
    vec![
        one(LongString, rules.long_string_share, line),
        one(LowVariability, rules.low_variability_share, line),
        one(HighVariability, rules.high_variability_share, None),
        one(EvenOdd, rules.even_odd, halves),
        one(Mahalanobis, rules.mahalanobis_p, distances),
        one(Duplicate, rules.duplicate_answers as f64, copies),
        one(Speed, rules.seconds_per_item, times),
    ]
}

fn kind(index: &QualityIndex) -> QualityIndexKind {
    match index {
        QualityIndex::LongString { .. } => QualityIndexKind::LongString,
        QualityIndex::LowVariability { .. } => QualityIndexKind::LowVariability,
        QualityIndex::HighVariability { .. } => QualityIndexKind::HighVariability,
        QualityIndex::EvenOdd { .. } => QualityIndexKind::EvenOdd,
        QualityIndex::Mahalanobis { .. } => QualityIndexKind::Mahalanobis,
        QualityIndex::Duplicate { .. } => QualityIndexKind::Duplicate,
        QualityIndex::Speed { .. } => QualityIndexKind::Speed,
    }
}

fn median_pace(block: &Block<'_>) -> Option<f64> {
    let paces = seconds_per_item(&block.matrix, block.seconds.as_deref()?).ok()?;
    moments::quantile(&paces.into_iter().flatten().collect::<Vec<_>>(), 0.5).ok()
}
