//! Names by id, and the parts of the findings a section asks for.

use super::writer::Writer;
use crate::analysis::findings::{
    ArmSummary, Descriptive, Direction, EffectSize, EstimateFindings, OutcomeFindings, ParticipantGroup,
};
use crate::instrument::Respondent;
use crate::study::{ArmRole, OutcomeRole};

impl<'a> Writer<'a> {
    /// The name of a wave; its id where the study has no such wave.
    pub fn wave(&self, id: &str) -> String {
        let found = self.findings.study.waves.iter().find(|wave| wave.id == id);
        let label = found.map_or("", |wave| self.text(&wave.label));
        if label.is_empty() { id.to_owned() } else { label.to_owned() }
    }

    /// The name of an arm; blank for one group without a name.
    pub fn arm(&self, id: &str) -> String {
        let found = self.findings.study.arms.iter().find(|arm| arm.id == id);
        let label = found.map_or("", |arm| self.text(&arm.label));
        if label.is_empty() { id.to_owned() } else { label.to_owned() }
    }

    /// Ids of the two waves between which the primary change is counted; none where there is one wave or none.
    pub fn ends(&self) -> Option<[&'a str; 2]> {
        let study = &self.findings.study;
        study.compared_waves().map(|pair| pair.map(|at| study.waves[at].id.as_str()))
    }

    /// The first arm of a role.
    pub fn arm_of(&self, role: ArmRole) -> Option<&'a ArmSummary> {
        self.findings.study.arms.iter().find(|arm| arm.role == role)
    }

    /// Arm ids in study order; one blank id where there is one group without a name.
    pub fn arm_ids(&self, rows: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
        let seen: Vec<&str> = rows.collect();
        let order = self.findings.study.arms.iter().map(|arm| arm.id.as_str());
        let mut ids: Vec<&str> = order.filter(|id| seen.contains(id)).collect();
        for id in seen {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }

    /// Whether the design has a comparison group.
    pub fn compares(&self) -> bool {
        use crate::analysis::findings::Design::{ComparisonClustered, ComparisonUnclustered};
        matches!(self.findings.plan.design, ComparisonClustered | ComparisonUnclustered)
    }

    /// Groups smaller than this are counted, not described: a share of so few persons points at persons, and
    /// their mean carries next to no information.
    pub fn small(&self) -> usize {
        self.findings.rules.smallest_cell
    }

    /// Whether the roster names schools.
    pub fn knows_schools(&self) -> bool {
        self.findings.plan.schools.is_some()
    }

    /// The outcome of that id, worded; the id where there is none.
    pub fn outcome_label(&self, id: &str) -> String {
        let found = self.findings.outcomes.iter().find(|outcome| outcome.id == id);
        let label = found.map_or("", |outcome| self.text(&outcome.label));
        if label.is_empty() { id.to_owned() } else { label.to_owned() }
    }

    /// The instrument of that id, worded; the id where there is none.
    pub fn instrument_label(&self, id: &str) -> String {
        let found = self.findings.instruments.iter().find(|instrument| instrument.id == id);
        let label = found.map_or("", |instrument| self.text(&instrument.title));
        if label.is_empty() { id.to_owned() } else { label.to_owned() }
    }

    /// What a notice is about: an outcome or an instrument; the id where it is neither.
    pub fn subject_label(&self, id: &str) -> String {
        let is_outcome = self.findings.outcomes.iter().any(|outcome| outcome.id == id);
        if is_outcome { self.outcome_label(id) } else { self.instrument_label(id) }
    }

    /// The arm and the wave of a row of scores; the wave alone where there is one group.
    pub fn place(&self, arm: &str, wave: &str) -> String {
        let (arm, wave) = (self.arm(arm), self.wave(wave));
        if arm.is_empty() { wave } else { format!("{arm}, {wave}") }
    }

    /// A blueprint label, a family of tests or the like in words: the known ones are phrases, a scale of the
    /// same name lends its title, anything else loses its underscores.
    pub fn worded(&self, group: &str, id: &str) -> String {
        let title = self.scale_title(id);
        self.say_or(&format!("{group}.{id}"), if title.is_empty() { id } else { title })
    }

    /// A family of tests in words; families without a name of their own are called by the role.
    pub fn family(&self, id: &str) -> String {
        let role = self.say_or(&format!("role.{id}"), "");
        if role.is_empty() { self.say_or(&format!("family.{id}"), id) } else { role }
    }

    /// The title of the first scale of that id; blank where there is none.
    fn scale_title(&self, id: &str) -> &'a str {
        let mut scales = self.findings.instruments.iter().flat_map(|instrument| &instrument.scales);
        scales.find(|scale| scale.id == id).map_or("", |scale| self.text(&scale.title))
    }

    /// The participants of one kind.
    pub fn participants(&self, respondent: Respondent) -> Option<&'a ParticipantGroup> {
        self.findings.participants.groups.iter().find(|group| group.respondent == respondent)
    }

    /// Outcomes that lead the report: the primary ones, else the declared ones, else all of them.
    pub fn leading(&self) -> Vec<&'a OutcomeFindings> {
        let of = |wanted: &[OutcomeRole]| -> Vec<&'a OutcomeFindings> {
            self.findings.outcomes.iter().filter(|outcome| wanted.contains(&outcome.role)).collect()
        };
        let candidates =
            [of(&[OutcomeRole::Primary]), of(&[OutcomeRole::Secondary]), of(&[OutcomeRole::Exploratory])];
        candidates.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
    }
}

/// Linked scores of one wave and arm.
pub fn linked<'a>(outcome: &'a OutcomeFindings, wave: &str, arm: &str) -> Option<&'a Descriptive> {
    outcome.linked.iter().find(|row| row.wave == wave && row.arm == arm)
}

/// The estimate that answers the question; none where the declared method has no answer, whatever others have.
pub fn primary(outcome: &OutcomeFindings) -> Option<&EstimateFindings> {
    outcome.estimates.iter().find(|estimate| estimate.primary)
}

/// The effect size that leads.
pub fn leading_effect(outcome: &OutcomeFindings) -> Option<&EffectSize> {
    outcome.effect_sizes.iter().find(|size| size.leading).or_else(|| outcome.effect_sizes.first())
}

/// The movement of the arm that had the programme.
pub fn direction<'a>(w: &Writer<'a>, outcome: &'a OutcomeFindings) -> Option<&'a Direction> {
    let arm = w.arm_of(ArmRole::Programme).map_or("", |arm| arm.id.as_str());
    let found = outcome.direction.iter().find(|row| row.arm == arm).or_else(|| outcome.direction.first());
    found.filter(|row| row.n >= w.small())
}

/// Whether the outcome rests on so few persons that only counts are printed.
pub fn is_small(w: &Writer, outcome: &OutcomeFindings) -> bool {
    let estimated = primary(outcome).map(|estimate| estimate.n);
    let described = outcome.descriptives.iter().map(|row| row.n).max();
    estimated.or(described).unwrap_or(0) < w.small()
}

/// Whether the interval holds no change.
pub fn is_open(estimate: &EstimateFindings) -> bool {
    estimate.ci.is_none_or(|[low, high]| low <= 0.0 && high >= 0.0)
}
