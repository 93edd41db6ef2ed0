//! How strong the evidence is: a verdict with its grounds, and the caveats that go with it.

use super::writer::Writer;
use crate::analysis::findings::{BaselineVerdict, Claim, Design, Flow, OutcomeFindings, Plan};
use crate::instrument::Respondent;

/// Schools per arm below which few-cluster inference loses its footing (rule of thumb: a sign-flip test over
/// five schools cannot reach p < 0.05).
const FEW_SCHOOLS: usize = 6;
/// Share of the earlier wave that must be linked before loss stops being the first worry.
const LINKED_ENOUGH: f64 = 0.8;
/// Reliability under which group comparisons become questionable (customary lower bound 0.7).
const RELIABLE: f64 = 0.7;
/// Baseline difference in SDs beyond which groups are not comparable (WWC, Handbook 4.1).
const BASELINE_LIMIT: f64 = 0.25;

/// The rungs of evidence, from the lowest.
const RUNGS: [&str; 5] = ["description", "very_limited", "limited", "moderate", "strong"];

/// The verdict as part of a phrase key.
pub fn verdict(w: &Writer) -> &'static str {
    if w.findings.study.simulated {
        return "simulated";
    }
    let plan = &w.findings.plan;
    let by_design = match plan.design {
        Design::SingleWave => 0,
        Design::OneGroupUnclustered => 1,
        Design::OneGroupClustered | Design::ComparisonUnclustered => 2,
        Design::ComparisonClustered => 3,
    };
    let drawn = plan.claim == Claim::Effect;
    let rung = if drawn { by_design + 1 } else { by_design };
    let weak = [few_schools(plan), lost_many(w), unreliable(w), unbalanced(w)];
    let lowered = usize::from(rung > 1 && weak.contains(&true));
    RUNGS[(rung - lowered).min(4)]
}

/// The grounds that decide the verdict: design and schools.
pub fn main_grounds(w: &Writer) -> Vec<String> {
    let plan = &w.findings.plan;
    let mut out = vec![w.say(&format!("strength.design.{}", super::design::design_key(w)))];
    match &plan.schools {
        None => out.push(w.say("strength.schools.unknown")),
        Some(_) if few_schools(plan) => out.push(w.say("strength.schools.few")),
        Some(_) => out.push(w.say("strength.schools.known")),
    }
    out
}

/// All grounds of the verdict, one sentence each.
pub fn grounds(w: &Writer) -> Vec<String> {
    let plan = &w.findings.plan;
    let mut out = Vec::new();
    if w.findings.study.simulated {
        out.push(w.say("summary.simulated"));
    }
    out.extend(main_grounds(w));
    if plan.design != Design::SingleWave {
        out.extend(student_flows(w).map(|flow| linked_share(w, flow)));
    }
    for outcome in w.leading() {
        if let Some(alpha) = reliability(w, outcome) {
            let key = if alpha < RELIABLE { "strength.reliability.low" } else { "strength.reliability.good" };
            let label = w.text(&outcome.label).to_owned();
            out.push(w.fill(key, &[("outcome", &label), ("alpha", &w.number(alpha, 2))]));
        }
    }
    if unbalanced(w) {
        out.push(w.say("strength.baseline"));
    }
    out
}

/// The three caveats that matter most, from the most to the least pressing.
pub fn caveats(w: &Writer) -> Vec<String> {
    let plan = &w.findings.plan;
    let single = plan.design == Design::SingleWave;
    let drawn = plan.claim == Claim::Effect;
    let candidates = [
        (single, "caveat.single_wave"),
        (!single && !w.compares(), "caveat.no_comparison"),
        (w.compares() && !drawn, "caveat.not_drawn"),
        (plan.schools.is_none(), "caveat.schools_unknown"),
        (unbalanced(w), "caveat.baseline"),
        (few_schools(plan), "caveat.few_schools"),
        (!single && lost_many(w), "caveat.lost"),
        (unreliable(w), "caveat.reliability"),
        (true, "caveat.local_test"),
        (true, "caveat.these_schools"),
        (!single, "caveat.duration"),
        (true, "caveat.measured_only"),
    ];
    let holding = candidates.into_iter().filter(|(holds, _)| *holds);
    holding.map(|(_, key)| w.say(key)).take(3).collect()
}

fn few_schools(plan: &Plan) -> bool {
    plan.schools.as_ref().is_some_and(|schools| schools.iter().any(|&n| n < FEW_SCHOOLS))
}

/// The flow of students, one entry per arm.
fn student_flows<'a>(w: &Writer<'a>) -> impl Iterator<Item = &'a Flow> {
    w.participants(Respondent::Student).into_iter().flat_map(|group| &group.flow)
}

/// Persons met at the earlier of the two waves that are compared.
fn met_first(w: &Writer, flow: &Flow) -> usize {
    let first = w.findings.study.compared_waves().map_or(0, |[before, _]| before);
    flow.tested.get(first).copied().unwrap_or(0)
}

fn linked_share(w: &Writer, flow: &Flow) -> String {
    let first = met_first(w, flow);
    let arm = if flow.group.is_empty() { String::new() } else { format!("{}: ", w.text(&flow.label)) };
    let [before, after] = w.ends().unwrap_or_default().map(|wave| w.wave(wave));
    // Where a study has more waves than the two compared, "first" and "last" would be other waves.
    let several = w.findings.study.waves.len() > 2;
    w.fill(
        if several { "strength.linked.waves" } else { "strength.linked" },
        &[
            ("arm", &arm),
            ("linked", &w.count(flow.linked)),
            ("first", &w.people(Respondent::Student, first)),
            ("rate", &w.rate(flow.linked, first)),
            ("before", &before),
            ("after", &after),
        ],
    )
}

fn lost_many(w: &Writer) -> bool {
    student_flows(w).any(|flow| {
        let first = met_first(w, flow);
        first > 0 && (flow.linked as f64) < LINKED_ENOUGH * first as f64
    })
}

fn unreliable(w: &Writer) -> bool {
    w.leading().into_iter().filter_map(|outcome| reliability(w, outcome)).any(|alpha| alpha < RELIABLE)
}

/// Whether a leading outcome starts out too far apart to be compared, and the lot does not answer for it.
pub fn unbalanced(w: &Writer) -> bool {
    w.leading().into_iter().any(|outcome| {
        let far = outcome.baseline_g.is_some_and(|g| g.abs() > BASELINE_LIMIT);
        far && baseline_verdict(w, outcome) != Some(BaselineVerdict::NotRequired)
    })
}

/// The verdict on the first scores of an outcome, where the groups were compared.
pub fn baseline_verdict(w: &Writer, outcome: &OutcomeFindings) -> Option<BaselineVerdict> {
    let mut rows = w.findings.baseline.arms.iter().filter(|row| row.subject.covariate.is_none());
    rows.find(|row| row.subject.outcome == outcome.id)?.verdict
}

/// The lowest alpha of the outcome's scale over waves and booklets: a chain is as strong as its weakest link.
pub fn reliability(w: &Writer, outcome: &OutcomeFindings) -> Option<f64> {
    let (instrument, scale) = outcome.scale.split_once('/')?;
    let instruments = w.findings.instruments.iter().filter(|found| found.id == instrument);
    let scales = instruments.flat_map(|found| &found.scales).filter(|found| found.id == scale);
    scales.filter_map(|found| found.alpha).map(|alpha| alpha.value).reduce(f64::min)
}
