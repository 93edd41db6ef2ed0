//! A result in sentences: natural units first, then the interval, then people, effect size last.

use super::equivalence;
use super::lookup::{direction, is_open, leading_effect, linked, primary};
use super::writer::{Writer, decimals};
use crate::analysis::findings::{Design, EquivalenceVerdict, EstimateFindings, OutcomeFindings};
use crate::i18n::format;
use crate::study::ArmRole;

/// The sentences on one outcome, in the order they are read.
pub fn sentences(w: &Writer, outcome: &OutcomeFindings) -> Vec<String> {
    let Some(estimate) = primary(outcome) else { return unestimated(w, outcome) };
    // Where the direction is open, that comes before any number that looks like a direction.
    let parts = [
        openness(w, outcome, estimate),
        Some(headline(w, outcome, estimate)),
        Some(interval(w, outcome, estimate)),
        detectable(w, outcome, estimate),
        people(w, outcome),
        effect(w, outcome),
        of_interest(w, outcome, estimate),
        Some(basis(w, outcome, estimate)),
    ];
    parts.into_iter().flatten().collect()
}

/// The sentences of the summary page; with large figures above them, people and effect size stand there.
pub fn brief(w: &Writer, outcome: &OutcomeFindings, with_figures: bool) -> Vec<String> {
    let Some(estimate) = primary(outcome) else { return unestimated(w, outcome) };
    let parts = [
        openness(w, outcome, estimate),
        Some(headline(w, outcome, estimate)),
        Some(interval(w, outcome, estimate)),
        detectable(w, outcome, estimate),
        people(w, outcome).filter(|_| !with_figures),
        Some(basis(w, outcome, estimate)).filter(|_| !with_figures),
    ];
    parts.into_iter().flatten().collect()
}

/// Which way an estimate points once it is rounded as it is printed.
pub fn way(w: &Writer, estimate: f64, decimals: usize) -> &'static str {
    let shown = w.number(estimate.abs(), decimals);
    if !shown.chars().any(|c| c.is_ascii_digit() && c != '0') {
        "flat"
    } else if estimate > 0.0 {
        "up"
    } else {
        "down"
    }
}

/// The change in score units, worded on the rung the design allows.
pub fn headline(w: &Writer, outcome: &OutcomeFindings, estimate: &EstimateFindings) -> String {
    let digits = decimals(outcome);
    let value = w.with_unit(&w.number(estimate.estimate.abs(), digits), outcome);
    let people = w.group(outcome.respondent);
    let key = format!("headline.{}.{}", w.rung(estimate), way(w, estimate.estimate, digits));
    let lead = w.fill(&key, &[("people", &people), ("value", &value)]);
    let path = from_to(w, outcome, estimate).unwrap_or_default();
    // A change of one group is never printed without the words that keep it a change.
    let note = match (estimate.estimand.as_str(), w.rung(estimate)) {
        ("mean_change", rung) => format!(" {}", w.say(&format!("headline.{rung}.note"))),
        (_, "differential") => format!(" {}", w.say("headline.differential.note")),
        _ => String::new(),
    };
    // A path that opens with a stop leans on the word before it.
    let gap = if path.is_empty() || path.starts_with([',', ':']) { "" } else { " " };
    format!("{lead}{gap}{path}{note}.")
}

/// From where to where, per arm where there are two. The means are of persons; where the estimate weighs
/// schools alike the two need not agree, so the sentence then says which is which.
fn from_to(w: &Writer, outcome: &OutcomeFindings, estimate: &EstimateFindings) -> Option<String> {
    let [first, last] = w.ends()?;
    let digits = decimals(outcome);
    let means = |arm: &str| Some([first, last].map(|wave| wave_mean(w, outcome, wave, arm))).and_then(both);
    if estimate.estimand == "mean_change" {
        let arm = w.arm_of(ArmRole::Programme).map_or("", |arm| arm.id.as_str());
        let [before, after] = means(arm).or_else(|| means(""))?;
        let agrees = w.number(after - before, digits) == w.number(estimate.estimate, digits);
        let key = match (w.findings.plan.cross_sections, agrees) {
            (true, _) => "headline.cohorts.means",
            (false, true) => "headline.from_to",
            (false, false) => "headline.from_to_persons",
        };
        let people = w.group(outcome.respondent);
        let [before, after] = [before, after].map(|mean| w.number(mean, digits));
        return Some(w.fill(key, &[("before", &before), ("after", &after), ("people", &people)]));
    }
    let [before, after] = means(&w.arm_of(ArmRole::Programme)?.id)?;
    let [other_before, other_after] = means(&w.arm_of(ArmRole::Comparison)?.id)?;
    let show = |value: f64| w.number(value, digits);
    Some(w.fill(
        "headline.from_to_arms",
        &[
            ("before", &show(before)),
            ("after", &show(after)),
            ("other_before", &show(other_before)),
            ("other_after", &show(other_after)),
        ],
    ))
}

fn both([before, after]: [Option<f64>; 2]) -> Option<[f64; 2]> {
    Some([before?, after?])
}

/// Mean of an arm at a wave: of linked persons, or of everybody where every wave meets others.
pub fn wave_mean(w: &Writer, outcome: &OutcomeFindings, wave: &str, arm: &str) -> Option<f64> {
    if !w.findings.plan.cross_sections {
        return linked(outcome, wave, arm).map(|row| row.mean);
    }
    let mut rows = outcome.descriptives.iter().filter(|row| row.n >= w.small());
    rows.find(|row| row.wave == wave && row.arm == arm).map(|row| row.mean)
}

/// The interval in words.
pub fn interval(w: &Writer, outcome: &OutcomeFindings, estimate: &EstimateFindings) -> String {
    let Some([low, high]) = estimate.ci else { return w.say("headline.no_interval") };
    let digits = decimals(outcome);
    let kind =
        if w.rung(estimate) == "change" { "headline.interval" } else { "headline.interval_difference" };
    w.fill(kind, &[("low", &w.number(low, digits)), ("high", &w.number(high, digits)), ("level", &w.level())])
}

/// What an interval around zero means: practically nothing where all of it is too small to matter, nothing
/// that can be said otherwise.
fn openness(w: &Writer, outcome: &OutcomeFindings, estimate: &EstimateFindings) -> Option<String> {
    if !is_open(estimate) || estimate.ci.is_none() {
        return None;
    }
    let Some(found) = outcome.equivalence.as_ref().filter(|_| is_equivalent(outcome)) else {
        return Some(w.say("headline.open"));
    };
    let kind = if estimate.estimand == "mean_change" { "change" } else { "difference" };
    let (limit, level) = (w.number(found.margin_sd, 2), equivalence::level(w, found));
    Some(w.fill(&format!("headline.negligible.{kind}"), &[("limit", &limit), ("level", &level)]))
}

fn is_equivalent(outcome: &OutcomeFindings) -> bool {
    outcome.equivalence.is_some_and(|found| found.verdict == EquivalenceVerdict::Equivalent)
}

/// Whether a clear change is large enough to matter. An open one has been judged before.
fn of_interest(w: &Writer, outcome: &OutcomeFindings, estimate: &EstimateFindings) -> Option<String> {
    if is_open(estimate) {
        return None;
    }
    let found = outcome.equivalence.as_ref()?;
    let key = match found.verdict {
        EquivalenceVerdict::Equivalent => "headline.interest.inside",
        EquivalenceVerdict::LargerThanMargin => "headline.interest.beyond",
        EquivalenceVerdict::Inconclusive => "headline.interest.across",
    };
    let (limit, level) = (w.number(found.margin_sd, 2), equivalence::level(w, found));
    Some(w.fill(key, &[("limit", &limit), ("level", &level)]))
}

/// What the study could have seen, where the question stays open.
fn detectable(w: &Writer, outcome: &OutcomeFindings, estimate: &EstimateFindings) -> Option<String> {
    if !is_open(estimate) || estimate.ci.is_none() || is_equivalent(outcome) {
        return None;
    }
    let mdes = outcome.mdes?;
    let score = w.with_unit(&w.number(mdes.score, decimals(outcome)), outcome);
    let power = format::percent(w.lang, mdes.power, 0);
    let key = match (w.findings.plan.cross_sections, estimate.clusters) {
        (true, _) => "headline.open_mdes.cohorts",
        (false, Some(_)) => "headline.open_mdes",
        (false, None) => "headline.open_mdes.persons",
    };
    Some(w.fill(key, &[("score", &score), ("power", &power)]))
}

/// Who rose, as persons of ten.
fn people(w: &Writer, outcome: &OutcomeFindings) -> Option<String> {
    let moved = direction(w, outcome)?;
    let group = w.group(outcome.respondent);
    let arms = if outcome.direction.len() > 1 { ".programme" } else { "" };
    let ten = w.number(moved.rose * 10.0, 0);
    let key = match ten.as_str() {
        "10" => "headline.people.nearly_all",
        "0" => "headline.people.hardly_any",
        _ => "headline.people.some",
    };
    Some(w.fill(&format!("{key}{arms}"), &[("ten", &ten), ("people", &group), ("at", &at_later(w))]))
}

/// "at the last measurement"; by its name where the study has more waves than the two compared.
fn at_later(w: &Writer) -> String {
    match w.ends() {
        Some([_, after]) if w.findings.study.waves.len() > 2 => {
            w.fill("headline.at.wave", &[("wave", &w.wave(after))])
        }
        _ => w.say("headline.at.last"),
    }
}

/// The leading effect size.
fn effect(w: &Writer, outcome: &OutcomeFindings) -> Option<String> {
    let size = leading_effect(outcome)?;
    let name = w.say_or(&format!("effect.kind.{}", size.kind), &size.kind);
    let standardizer = w.say_or(&format!("effect.sd.{}", size.standardizer), &size.standardizer);
    let value = w.number(size.value, 2);
    let Some([low, high]) = size.ci else {
        return Some(w.fill(
            "headline.effect_bare",
            &[("name", &name), ("value", &value), ("standardizer", &standardizer)],
        ));
    };
    let bounds = [w.number(low, 2), w.number(high, 2)];
    Some(w.fill(
        "headline.effect",
        &[
            ("name", &name),
            ("value", &value),
            ("standardizer", &standardizer),
            ("low", &bounds[0]),
            ("high", &bounds[1]),
        ],
    ))
}

/// How many persons and schools stand behind it.
pub fn basis(w: &Writer, outcome: &OutcomeFindings, estimate: &EstimateFindings) -> String {
    let people = w.people(outcome.respondent, estimate.n);
    match estimate.clusters {
        Some(n) => w.fill("headline.basis", &[("people", &people), ("schools", &w.schools(n))]),
        None => w.fill("headline.basis_unclustered", &[("people", &people)]),
    }
}

/// Without a primary estimate: that there is none, where one was planned, and where the scores stand. A sensitivity
/// method never takes its place.
fn unestimated(w: &Writer, outcome: &OutcomeFindings) -> Vec<String> {
    let planned = w.findings.plan.design != Design::SingleWave;
    let missing = planned.then(|| w.say("headline.no_primary"));
    missing.into_iter().chain(description(w, outcome)).collect()
}

/// One measurement: where the scores stand, without any change.
fn description(w: &Writer, outcome: &OutcomeFindings) -> Vec<String> {
    let digits = decimals(outcome);
    let rows = outcome.descriptives.iter().filter(|row| row.n >= w.small());
    let worded: Vec<String> = rows
        .map(|row| {
            w.fill(
                "headline.description",
                &[
                    ("place", &w.place(&row.arm, &row.wave)),
                    ("people", &w.people(outcome.respondent, row.n)),
                    ("schools", &w.clusters(row.clusters)),
                    ("mean", &w.with_unit(&w.number(row.mean, digits), outcome)),
                    ("sd", &w.maybe(row.sd, digits)),
                ],
            )
        })
        .collect();
    if worded.is_empty() { vec![w.say("results.too_small")] } else { worded }
}
