//! Associations with the change: training hours, and the change of the staff, school by school.
//!
//! Neither was assigned, so nothing here says what caused what; schools with more hours, or whose teachers
//! changed more, may differ in many other ways. Where arms are compared, programme schools alone are used:
//! between the arms, hours and programme are the same thing. [`units`] collects what is related, [`relate`]
//! tests it or says why not.

mod notices;
mod relate;
mod units;

use polars::prelude::PolarsResult;

use super::Material;
use super::findings::{AssociationFindings, AssociationKind, Notice, OutcomeFindings};
use super::frame::{self, Linked};
use crate::i18n::Text;
use crate::instrument::Respondent;
use crate::response::Roster;
use crate::study::{ArmRole, Dose, Outcome, OutcomeRole};

/// Everything the study asks for, in its order: doses over schools, doses over persons, linkages.
///
/// # Errors
/// polars cannot hand out a column.
pub fn analyze(
    material: Material<'_>,
    outcomes: &[OutcomeFindings],
) -> PolarsResult<Vec<AssociationFindings>> {
    let study = &material.study.study;
    let mut found = Vec::new();
    for dose in &study.analysis.dose {
        let Some(roster) = material.responses.roster_of(material.study, dose.respondent()) else { continue };
        for outcome in &study.outcomes {
            found.extend(dose_over_schools(material, outcomes, dose, roster, outcome)?);
        }
        for outcome in &study.outcomes {
            found.extend(dose_over_persons(material, outcomes, dose, roster, outcome)?);
        }
    }
    for linkage in &study.analysis.linkages {
        let of = |id: &str| study.outcomes.iter().find(|outcome| outcome.id == id);
        if let (Some(from), Some(to)) = (of(&linkage.from), of(&linkage.to)) {
            found.push(linked(material, outcomes, from, to)?);
        }
    }
    Ok(found)
}

fn blank(kind: AssociationKind, predictor: &str, label: &Text, outcome: &Outcome) -> AssociationFindings {
    AssociationFindings {
        kind,
        predictor: predictor.to_owned(),
        predictor_label: label.clone(),
        predictor_unit: Text::default(),
        outcome: outcome.id.clone(),
        per: 1.0,
        slope: None,
        schoolwise: None,
        n: 0,
        staff: 0,
        unknown: 0,
        schools: 0,
        notices: Vec::new(),
    }
}

fn of_dose(kind: AssociationKind, dose: &Dose, outcome: &Outcome) -> AssociationFindings {
    AssociationFindings {
        predictor_unit: dose.unit.clone(),
        per: dose.per,
        ..blank(kind, &dose.id, &dose.label, outcome)
    }
}

/// The mean dose of a school against the mean change of its students, for primary outcomes.
fn dose_over_schools(
    material: Material<'_>,
    outcomes: &[OutcomeFindings],
    dose: &Dose,
    roster: &Roster,
    outcome: &Outcome,
) -> PolarsResult<Option<AssociationFindings>> {
    let students = frame::respondent_of(material.study, outcome) == Some(Respondent::Student);
    if outcome.role != OutcomeRole::Primary || !students {
        return Ok(None);
    }
    let mut findings = of_dose(AssociationKind::DoseSchools, dose, outcome);
    let changed = match changed(material, outcomes, outcome)? {
        Ok(changed) => changed,
        Err(refusal) => return Ok(Some(refused(findings, refusal))),
    };
    let doses = units::doses(roster, &dose.id);
    let pairs = units::matched(&doses.schools, &units::gains(&changed));
    findings.n = pairs.iter().map(|pair| pair.gain.n).sum();
    findings.staff = pairs.iter().map(|pair| pair.predictor.n).sum();
    findings.unknown = doses.unknown;
    relate::schools(material, &mut findings, &pairs);
    Ok(Some(findings))
}

/// A person's own dose against the own change, for primary and secondary outcomes of that roster.
fn dose_over_persons(
    material: Material<'_>,
    outcomes: &[OutcomeFindings],
    dose: &Dose,
    roster: &Roster,
    outcome: &Outcome,
) -> PolarsResult<Option<AssociationFindings>> {
    let own = frame::respondent_of(material.study, outcome)
        .and_then(|respondent| material.responses.roster_of(material.study, respondent));
    let belongs = own.is_some_and(|own| own.respondent == roster.respondent);
    if outcome.role == OutcomeRole::Exploratory || !belongs {
        return Ok(None);
    }
    let mut findings = of_dose(AssociationKind::DosePersons, dose, outcome);
    let changed = match changed(material, outcomes, outcome)? {
        Ok(changed) => changed,
        Err(refusal) => return Ok(Some(refused(findings, refusal))),
    };
    let known = roster.doses.get(&dose.id);
    let dose_of = |place: usize| known.and_then(|known| known[place]);
    let kept = changed.subset(roster, |row| dose_of(changed.places[row]).is_some());
    let received: Vec<f64> = kept.places.iter().filter_map(|place| dose_of(*place)).collect();
    findings.unknown = changed.len() - kept.len();
    relate::persons(material, &mut findings, &kept, &received);
    Ok(Some(findings))
}

/// The mean change of the staff of a school against that of its students.
fn linked(
    material: Material<'_>,
    outcomes: &[OutcomeFindings],
    from: &Outcome,
    to: &Outcome,
) -> PolarsResult<AssociationFindings> {
    let label = outcomes.iter().find(|outcome| outcome.id == from.id).map_or(&from.label, |o| &o.label);
    let mut findings = blank(AssociationKind::Linkage, &from.id, label, to);
    findings.predictor_unit = from.unit.clone();
    let (staff, students) = (changed(material, outcomes, from)?, changed(material, outcomes, to)?);
    let (staff, students) = match (staff, students) {
        (Ok(staff), Ok(students)) => (staff, students),
        (Err(refusal), _) | (_, Err(refusal)) => return Ok(refused(findings, refusal)),
    };
    let pairs = units::matched(&units::gains(&staff), &units::gains(&students));
    findings.n = pairs.iter().map(|pair| pair.gain.n).sum();
    findings.staff = pairs.iter().map(|pair| pair.predictor.n).sum();
    relate::schools(material, &mut findings, &pairs);
    Ok(findings)
}

fn refused(mut findings: AssociationFindings, refusal: Notice) -> AssociationFindings {
    findings.notices.push(refusal);
    findings
}

/// The persons of an outcome who were measured twice, of programme arms; why there are none otherwise.
fn changed(
    material: Material<'_>,
    outcomes: &[OutcomeFindings],
    outcome: &Outcome,
) -> PolarsResult<Result<Linked, Notice>> {
    let estimated =
        outcomes.iter().any(|findings| findings.id == outcome.id && !findings.estimates.is_empty());
    let measured = if estimated { frame::measured(material, material.scores, outcome)? } else { None };
    let Some(measured) = measured else { return Ok(Err(notices::no_change(&outcome.label))) };
    let arms = &material.study.study.arms;
    let all = measured.linked(material.study);
    let has_arms = measured.roster.persons.iter().any(|person| person.arm.is_some());
    let programme = |arm: usize| arms.get(arm).is_none_or(|arm| arm.role == ArmRole::Programme);
    let linked = all.subset(measured.roster, |row| !has_arms || programme(all.arm[row]));
    Ok(if linked.cluster.is_none() { Err(notices::schools_unknown(&outcome.label)) } else { Ok(linked) })
}
