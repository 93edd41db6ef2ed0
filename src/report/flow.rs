//! The way of schools and participants from the roster to the analysis, and schools where it breaks off.

use super::build::slug;
use super::writer::Writer;
use crate::analysis::findings::{ArmFlowFindings, LinkRates};
use crate::chart::{Chart, Flow, FlowArm, FlowBox};
use crate::doc::{Block, Figure};
use crate::i18n::format;
use crate::instrument::Respondent;

/// The figure and the sentence on schools; nothing where there is no declared outcome.
pub fn compose(w: &Writer) -> Vec<Block> {
    let found = &w.findings.flow;
    if found.arms.is_empty() || w.ends().is_none() {
        return Vec::new();
    }
    let arms =
        found.arms.iter().map(|arm| FlowArm { label: w.arm(&arm.arm), boxes: boxes(w, arm) }).collect();
    let figure =
        Figure { id: slug("flow"), chart: Chart::Flow(Flow { arms }), caption: w.say("flow.figure") };
    let mut blocks = vec![Block::Figure(figure)];
    blocks.extend(found.links.as_ref().map(|links| Block::paragraph(rates(w, links))));
    blocks
}

/// Whom the flow is about: the respondents of the first outcome that has one.
fn respondent(w: &Writer) -> Respondent {
    let analysed = w.findings.flow.arms.iter().flat_map(|arm| &arm.analysed).next();
    let outcome = analysed.and_then(|own| w.findings.outcomes.iter().find(|other| other.id == own.outcome));
    outcome.map_or(Respondent::Student, |outcome| outcome.respondent)
}

fn boxes(w: &Writer, arm: &ArmFlowFindings) -> Vec<FlowBox> {
    let people = |n: usize| w.people(respondent(w), n);
    let schools = |n: Option<usize>| n.map(|n| w.schools(n));
    let own = |title: String, count: Option<usize>, n: usize, before: Vec<String>| FlowBox {
        before,
        title,
        lines: schools(count).into_iter().chain([people(n)]).collect(),
    };
    let left = |key: &str, n: usize| (n > 0).then(|| w.fill(key, &[("n", &w.count(n))]));
    let [first, last] = w.ends().unwrap_or_default();
    let of = |count: fn(&crate::analysis::findings::SchoolFlow) -> usize| arm.schools.as_ref().map(count);
    let mut found = vec![
        own(w.say("flow.roster"), of(|schools| schools.roster), arm.roster, Vec::new()),
        own(
            w.fill("flow.first", &[("wave", &w.wave(first))]),
            of(|schools| schools.first),
            arm.first,
            left("flow.absent", arm.roster - arm.first).into_iter().collect(),
        ),
        own(
            w.fill("flow.last", &[("wave", &w.wave(last))]),
            of(|schools| schools.last),
            arm.last,
            [left("flow.lost", arm.first_only), left("flow.joined", arm.last_only)]
                .into_iter()
                .flatten()
                .collect(),
        ),
        own(
            w.say("flow.linked"),
            of(|schools| schools.linked),
            arm.linked,
            left("flow.not_linked", arm.last_only).into_iter().collect(),
        ),
    ];
    let lines: Vec<String> = arm
        .analysed
        .iter()
        .map(|own| {
            let behind = match own.schools {
                Some(n) => {
                    let values = [people(own.persons), w.schools(n)];
                    w.fill("flow.people_in_schools", &[("people", &values[0]), ("schools", &values[1])])
                }
                None => people(own.persons),
            };
            w.fill("flow.outcome", &[("outcome", &w.outcome_label(&own.outcome)), ("people", &behind)])
        })
        .collect();
    if !lines.is_empty() {
        found.push(FlowBox { before: Vec::new(), title: w.say("flow.analysed"), lines });
    }
    found
}

fn rates(w: &Writer, links: &LinkRates) -> String {
    let percent = |rate: f64| format::percent(w.lang, rate, 0);
    let mut sentences = Vec::new();
    if let Some([low, high]) = links.range {
        let values = [percent(links.overall), percent(low), percent(high)];
        sentences
            .push(w.fill("flow.links", &[("rate", &values[0]), ("low", &values[1]), ("high", &values[2])]));
    }
    let named: Vec<String> = links
        .far_below
        .iter()
        .map(|school| {
            let counts = [w.count(school.linked), w.count(school.first)];
            w.fill("flow.school", &[("name", &school.name), ("linked", &counts[0]), ("first", &counts[1])])
        })
        .collect();
    sentences.push(if named.is_empty() {
        w.say("flow.even")
    } else {
        w.fill("flow.far_below", &[("schools", &named.join("; "))])
    });
    sentences.join(" ")
}
