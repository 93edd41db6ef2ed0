//! One outcome: scores, change, effect sizes, schools, levels, subgroups.

mod agreement;
mod bounds;
mod describe;
mod distribution;
mod effect_scales;
mod effects;
mod equivalence;
mod estimate;
mod imputed;
mod item_changes;
mod level_models;
mod levels;
mod likeness;
mod link;
pub(super) mod measurement_error;
mod over_time;
mod plausible;
mod pooled;
mod reassigned;
mod regression;
mod schools;
mod severity;
pub(super) mod spread;
mod strata;
mod subgroups;
mod translation;

use std::collections::BTreeSet;

pub(super) use likeness::enough_schools;
use polars::prelude::PolarsResult;

use super::Material;
use super::answer_quality::Judged;
use super::findings::{Claim, Design, GrowthFindings, Mdes, Notice, OutcomeFindings, Plan};
use super::frame::{self, Linked, Measured};
use super::measurement::{self, LinkError};
use super::notices;
use super::plan::FEW_SCHOOLS;
use crate::i18n::Text;
use crate::impact::{Arm, effect, power};
use crate::instrument::Respondent;
use crate::study::OutcomeRole;
use crate::study::{ArmRole, BoundStudy, Outcome};

/// Power behind the smallest detectable change, the custom of the field.
const POWER: f64 = 0.8;

/// What the parts of one outcome's analysis share.
pub(super) struct Sample<'a> {
    /// The study.
    pub study: &'a BoundStudy,
    /// The plan.
    pub plan: &'a Plan,
    /// Scores of everybody.
    pub measured: &'a Measured<'a>,
    /// Persons with both scores.
    pub linked: &'a Linked,
    /// Ids of the arms in play; a single blank one where there is one group.
    pub arms: Vec<&'a str>,
    /// What linking adds to the uncertainty of a change; none where scores are not measures.
    pub link_error: Option<LinkError>,
}

impl Sample<'_> {
    /// The linked persons of one arm; everybody where there is one group.
    pub fn of_arm(&self, arm: usize) -> Linked {
        if self.arms.len() == 1 { self.linked.clone() } else { self.linked.of_arm(self.measured.roster, arm) }
    }

    /// Whether the design compares arms.
    pub fn compares(&self) -> bool {
        self.arms.len() > 1
    }

    /// The role of every linked person's arm.
    pub fn roles(&self, linked: &Linked) -> Vec<Arm> {
        linked.arm.iter().map(|arm| self.role(*arm)).collect()
    }

    /// The role of an arm by its place.
    pub fn role(&self, arm: usize) -> Arm {
        match self.study.study.arms.get(arm).map(|arm| arm.role) {
            Some(ArmRole::Comparison) => Arm::Comparison,
            _ => Arm::Program,
        }
    }

    /// Error rate of the study.
    pub fn alpha(&self) -> f64 {
        self.plan.alpha
    }

    /// Whether intervals and t-based tests may be given for these persons: where their schools are unknown, or where
    /// there are at least [`FEW_SCHOOLS`] of them and, in a comparison of schools, at least two in each arm. Arms that
    /// share schools are compared within schools, so that none of them needs schools of its own. Where this does not
    /// hold, only description, sign flips and re-assignments are left (standards 5.4).
    pub fn infers(&self, linked: &Linked) -> bool {
        let (Some(cluster), Some(schools)) = (&linked.cluster, linked.clusters()) else { return true };
        if schools < FEW_SCHOOLS {
            return false;
        }
        if !self.compares() {
            return true;
        }
        let schools_of = |wanted: Arm| {
            let own = self.roles(linked).into_iter().zip(cluster).filter(|(role, _)| *role == wanted);
            own.map(|(_, school)| *school).collect::<BTreeSet<usize>>().len()
        };
        self.arms_share_schools(linked)
            || [Arm::Program, Arm::Comparison].into_iter().all(|arm| schools_of(arm) >= 2)
    }

    /// Whether arms are compared and some school has persons of both.
    pub fn arms_share_schools(&self, linked: &Linked) -> bool {
        let Some(cluster) = linked.cluster.as_deref().filter(|_| self.compares()) else { return false };
        let mut role_of = vec![None; linked.schools.len()];
        self.roles(linked)
            .into_iter()
            .zip(cluster)
            .any(|(role, school)| *role_of[*school].get_or_insert(role) != role)
    }
}

/// Analyses one outcome by the plan.
///
/// # Errors
/// polars cannot hand out a column.
pub fn analyze(
    material: Material<'_>,
    plan: &Plan,
    judged: &Judged,
    outcome: &Outcome,
) -> PolarsResult<OutcomeFindings> {
    let study = material.study;
    let respondent = frame::respondent_of(study, outcome).unwrap_or(Respondent::Student);
    let mut findings = blank(study, outcome, respondent);
    let Some(measured) = frame::measured(material, material.scores, outcome)? else { return Ok(findings) };
    findings.range = measured.range;
    let linked = measured.linked(study);
    let sample = Sample {
        study,
        plan,
        measured: &measured,
        linked: &linked,
        arms: arms(study, plan, &measured),
        link_error: measurement::error_of(&material, outcome, false),
    };
    findings.descriptives = describe::everybody(&sample);
    if plan.cross_sections {
        estimate_cohorts(material, outcome, &sample, &mut findings);
        return Ok(findings);
    }
    findings.notices = refusals(material, outcome, &sample);
    let refused = findings.notices.iter().any(|notice| notice.kind == super::findings::NoticeKind::Refusal);
    if !refused {
        estimate_all(material, outcome, &sample, &mut findings)?;
        estimate_without_flagged(judged, outcome, &sample, &mut findings);
        if outcome.role != OutcomeRole::Exploratory {
            let mut words = Vec::new();
            findings.imputed = imputed::analyze(&sample, &findings, &mut words);
            findings.notices.extend(words);
        }
    }
    for notice in &mut findings.notices {
        notice.about.clone_from(&outcome.id);
    }
    Ok(findings)
}

fn blank(study: &BoundStudy, outcome: &Outcome, respondent: Respondent) -> OutcomeFindings {
    let source = &outcome.from;
    let scale = match (&source.instrument, &source.scale, &source.score_file) {
        (Some(instrument), Some(scale), _) => format!("{instrument}/{scale}"),
        (_, _, Some(file)) => file.clone(),
        _ => String::new(),
    };
    let title =
        study.instrument_of(outcome).and_then(|i| i.scale(source.scale.as_deref()?)).map(|s| &s.title);
    OutcomeFindings {
        id: outcome.id.clone(),
        label: if outcome.label.is_empty() {
            title.cloned().unwrap_or_default()
        } else {
            outcome.label.clone()
        },
        unit: outcome.unit.clone(),
        role: outcome.role,
        family: outcome.family().to_owned(),
        respondent,
        scale,
        range: outcome.range,
        descriptives: Vec::new(),
        linked: Vec::new(),
        correlation: Vec::new(),
        icc: Vec::new(),
        estimates: Vec::new(),
        agreement: None,
        growth: None,
        arm_changes: Vec::new(),
        effect_sizes: Vec::new(),
        effect_scales: Vec::new(),
        translation: None,
        adjusted: None,
        mdes: None,
        equivalence: None,
        direction: Vec::new(),
        schools: Vec::new(),
        levels: None,
        level_models: None,
        quantiles: None,
        superiority: Vec::new(),
        histogram: Vec::new(),
        baseline_g: None,
        bounds: None,
        subgroups: Vec::new(),
        item_changes: Vec::new(),
        flagged: None,
        imputed: None,
        measurement_error: None,
        notices: Vec::new(),
    }
}

/// The arms of an outcome: those of the study where its roster has them, one blank arm otherwise.
pub(super) fn arms<'a>(study: &'a BoundStudy, plan: &Plan, measured: &Measured<'_>) -> Vec<&'a str> {
    let compares = matches!(plan.design, Design::ComparisonClustered | Design::ComparisonUnclustered);
    let has_arms = measured.roster.persons.iter().any(|person| person.arm.is_some());
    if compares && has_arms { study.study.arms.iter().map(|arm| arm.id.as_str()).collect() } else { vec![""] }
}

/// Why no change is estimated, where that is so; other notices come later.
fn refusals(material: Material<'_>, outcome: &Outcome, sample: &Sample<'_>) -> Vec<Notice> {
    let waves = &sample.study.study.waves;
    let Some([first, last]) = sample.study.study.compared_waves().map(|pair| pair.map(|at| &waves[at]))
    else {
        return vec![notices::one_wave()];
    };
    if let (Some(instrument), Some(scale)) = (sample.study.instrument_of(outcome), &outcome.from.scale) {
        let before = frame::items_given(material.scores, instrument, &first.id);
        let after = frame::items_given(material.scores, instrument, &last.id);
        let items = instrument.scale(scale).map(|scale| scale.items.as_slice()).unwrap_or_default();
        let common = items.iter().any(|item| before.contains(item) && after.contains(item));
        if !common && !before.is_empty() && !after.is_empty() {
            return vec![notices::no_common_items()];
        }
    }
    if measurement::refused(&material, outcome) {
        return vec![measurement::no_link()];
    }
    if sample.linked.is_empty() {
        return vec![notices::nobody_linked()];
    }
    if let Some(arm) = arm_without_scores(sample) {
        return vec![notices::arm_without_scores(arm)];
    }
    let smallest = sample.study.study.analysis.smallest_cell;
    if sample.linked.len() < smallest {
        return vec![notices::small_group(sample.linked.len(), smallest)];
    }
    Vec::new()
}

/// An outcome whose waves meet other students: nobody is linked, and schools carry the comparison.
fn estimate_cohorts(
    material: Material<'_>,
    outcome: &Outcome,
    sample: &Sample<'_>,
    findings: &mut OutcomeFindings,
) {
    let linked_only = |notice: &Notice| ["A-MATCH-001", "A-SMALL-001"].contains(&notice.code.as_str());
    findings.notices = refusals(material, outcome, sample);
    findings.notices.retain(|notice| !linked_only(notice));
    if findings.notices.is_empty() {
        over_time::of_cohorts(sample, findings);
        findings.growth = growth(material, outcome, sample, findings);
        findings.mdes = mdes(sample, findings);
        findings.equivalence = equivalence::of(sample, &findings.estimates);
    }
    for notice in &mut findings.notices {
        notice.about.clone_from(&outcome.id);
    }
}

/// Changes between all waves of a study with more than two, beside the primary estimate.
fn growth(
    material: Material<'_>,
    outcome: &Outcome,
    sample: &Sample<'_>,
    findings: &mut OutcomeFindings,
) -> Option<GrowthFindings> {
    let link_error = |waves: &[usize], weights: &[f64]| {
        measurement::error_of_contrast(&material, outcome, waves, weights, false)
    };
    let primary = findings.estimates.iter().find(|estimate| estimate.primary);
    let beside = over_time::Beside { primary, link_error: &link_error };
    over_time::growth(sample, &beside, &mut findings.notices)
}

/// The first arm in which nobody has both scores, where arms are compared.
fn arm_without_scores<'a>(sample: &Sample<'a>) -> Option<&'a Text> {
    let mut arms = sample.study.study.arms.iter().enumerate().filter(|_| sample.compares());
    arms.find(|(place, _)| !sample.linked.arm.contains(place)).map(|(_, arm)| &arm.label)
}

fn estimate_all(
    material: Material<'_>,
    outcome: &Outcome,
    sample: &Sample<'_>,
    findings: &mut OutcomeFindings,
) -> PolarsResult<()> {
    findings.linked = describe::linked(sample);
    findings.correlation = describe::correlations(sample);
    findings.icc = describe::icc(sample, &mut findings.notices);
    findings.histogram = describe::histograms(sample);
    findings.direction = describe::directions(sample);
    findings.estimates = estimate::all(sample, &mut findings.notices);
    if let Some(estimate) = estimate::not_reached_missing(material, outcome, sample)? {
        findings.estimates.push(estimate);
    }
    if let Some(estimate) = link::drift_free(material, outcome, sample)? {
        findings.estimates.push(estimate);
    }
    if let Some(estimate) = severity::adjusted(material, outcome, sample)? {
        findings.estimates.push(estimate);
    }
    findings.agreement = agreement::all(sample, outcome.role);
    findings.growth = growth(material, outcome, sample, findings);
    findings.arm_changes = effects::arm_changes(sample);
    findings.effect_sizes = effects::all(sample, &findings.estimates);
    findings.translation = translation::all(sample, &findings.effect_sizes, &mut findings.notices);
    if outcome.role != OutcomeRole::Exploratory {
        findings.effect_scales = effect_scales::all(sample, &findings.estimates, &mut findings.notices);
    }
    findings.mdes = mdes(sample, findings);
    findings.equivalence = equivalence::of(sample, &findings.estimates);
    if outcome.role != OutcomeRole::Exploratory {
        findings.bounds = bounds::all(sample, outcome, &findings.estimates, &mut findings.notices);
    }
    findings.schools = schools::changes(sample);
    findings.levels = levels::all(sample, outcome);
    findings.level_models = level_models::all(material, outcome, sample, &mut findings.notices)?;
    findings.quantiles = distribution::quantiles(sample);
    findings.superiority = distribution::superiority(sample);
    findings.baseline_g = baseline(sample, outcome.role, &mut findings.notices);
    findings.subgroups = subgroups::all(sample);
    findings.item_changes = item_changes::all(material, outcome, sample)?;
    // A scale that could not be measured is scored in percent, like any other.
    let measured = material.measures.of_outcome(outcome).is_some_and(|measure| measure.result.is_ok());
    if booklets_differ(sample) && !measured {
        findings.notices.push(notices::booklets_differ());
    }
    Ok(())
}

/// The primary estimate without persons whose answers look careless, where there are any.
fn estimate_without_flagged(
    judged: &Judged,
    outcome: &Outcome,
    sample: &Sample<'_>,
    findings: &mut OutcomeFindings,
) {
    let Some(flagged) = judged.of(outcome) else { return };
    let kept = estimate::unflagged(sample, flagged);
    findings.flagged = Some(sample.linked.len() - kept.len());
    findings.estimates.extend(estimate::without_flagged(sample, &kept, &mut findings.notices));
}

/// The smallest change the study could have found with [`POWER`].
fn mdes(sample: &Sample<'_>, findings: &OutcomeFindings) -> Option<Mdes> {
    let primary = findings.estimates.iter().find(|estimate| estimate.primary)?;
    let found = power::minimum_detectable_effect(primary.se?, primary.df?, sample.alpha(), POWER).ok()?;
    let sd = sample.spread()?;
    Some(Mdes { score: found.value, sd: found.value / sd, power: POWER })
}

fn baseline(sample: &Sample<'_>, role: OutcomeRole, notices: &mut Vec<Notice>) -> Option<f64> {
    if !sample.compares() {
        return None;
    }
    let of = |role: Arm| {
        let roles = sample.roles(sample.linked);
        let chosen = sample.linked.before.iter().zip(roles).filter(|(_, own)| *own == role);
        effect::GroupSummary::new(&chosen.map(|(before, _)| *before).collect::<Vec<_>>())
    };
    let (program, comparison) = (of(Arm::Program).ok()?, of(Arm::Comparison).ok()?);
    let g = effect::baseline_g(&program, &comparison, sample.alpha()).ok()?.g.value;
    // The band ends at 0.25 (What Works Clearinghouse): beyond it adjustment is not trusted. Declared outcomes are judged
    // together with their loss, of which nothing is asked where few of those drawn by lot were lost.
    let judged_here = role == OutcomeRole::Exploratory && sample.plan.claim != Claim::Effect;
    if judged_here && g.abs() > 0.25 {
        notices.push(notices::baseline_differs(g));
    }
    Some(g)
}

fn booklets_differ(sample: &Sample<'_>) -> bool {
    let Some([before, after]) = sample.study.study.compared_waves() else { return false };
    let (first, last) = (&sample.measured.booklets[before], &sample.measured.booklets[after]);
    sample.linked.places.iter().any(|place| match (&first[*place], &last[*place]) {
        (Some(before), Some(after)) => before != after,
        _ => false,
    })
}

/// A wording that is the same in both languages.
fn same(words: &str) -> Text {
    Text::new(words, words)
}
