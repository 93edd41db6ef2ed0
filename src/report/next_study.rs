//! The next study: how many schools would detect what, if it were like this one.

use super::build::{bullets, group_row, section, table};
use super::planning::{number, percent, source_key, unit};
use super::power_curve;
use super::writer::{DASH, Writer, decimals};
use crate::analysis::findings::{OutcomeFindings, PlanningFindings};
use crate::analysis::planning::{PlanRow, Quantity, Source};
use crate::doc::{Block, Column, Row};
use crate::i18n::format;

/// The section; nothing where no outcome could be planned for.
pub fn compose(w: &Writer) -> Vec<Block> {
    let plans: Vec<(&PlanningFindings, &OutcomeFindings)> =
        w.findings.planning.iter().filter_map(|plan| Some((plan, outcome_of(w, plan)?))).collect();
    let Some((first, _)) = plans.first() else { return Vec::new() };
    let mut blocks = vec![section(w.say("next_study.title"), "next-study")];
    blocks.push(Block::paragraph(w.say("next_study.intro")));
    blocks.push(bullets(plans.iter().map(|(plan, outcome)| sentence(w, plan, outcome)).collect()));
    blocks.extend(numbers(w, first, &plans));
    let figures: Vec<_> = plans
        .iter()
        .map(|(plan, outcome)| power_curve::figure(plan, w.text(&outcome.label), &outcome.id, w.lang))
        .collect();
    blocks.extend(figures.chunks(2).map(|pair| match pair {
        [one] => Block::Figure(one.clone()),
        several => Block::Beside(several.to_vec()),
    }));
    blocks
}

fn outcome_of<'a>(w: &Writer<'a>, plan: &PlanningFindings) -> Option<&'a OutcomeFindings> {
    w.findings.outcomes.iter().find(|outcome| Some(&outcome.id) == plan.outcome.as_ref())
}

/// What is needed for the change of interest, and from which values that follows.
fn sentence(w: &Writer, plan: &PlanningFindings, outcome: &OutcomeFindings) -> String {
    let units = unit(plan.design, w.lang);
    let power = format::percent(w.lang, plan.power, 0);
    let curve = plan.curves.iter().find(|curve| curve.of_interest);
    let effect = w.maybe(curve.map(|curve| curve.effect), 2);
    let present = number(w.lang, plan.planned.units, 1);
    let needed = curve.and_then(|curve| curve.needed).map(f64::from);
    let key = if needed.is_some() { "next_study.needed" } else { "next_study.never" };
    let needed = needed.map_or_else(|| DASH.to_owned(), |needed| w.number(needed, 0));
    let lead = w.fill(
        key,
        &[
            ("outcome", w.text(&outcome.label)),
            ("effect", &effect),
            ("power", &power),
            ("n", &needed),
            ("units", &units),
            ("present", &present),
            ("mdes", &w.number(plan.planned.mdes, 2)),
        ],
    );
    format!("{lead} {}", assumed(w, plan))
}

/// The values behind the plan, by where they come from.
fn assumed(w: &Writer, plan: &PlanningFindings) -> String {
    let shown = [
        (Quantity::Students, 1),
        (Quantity::SizeVariation, 2),
        (Quantity::ProgramShare, 2),
        (Quantity::Strata, 0),
        (Quantity::Icc, 2),
        (Quantity::RBetween, 2),
        (Quantity::RWithin, 2),
        (Quantity::Correlation, 2),
        (Quantity::EffectHeterogeneity, 2),
        (Quantity::R2Schools, 2),
        (Quantity::R2Students, 2),
        (Quantity::R2Strata, 2),
        (Quantity::LinkError, 3),
        (Quantity::LinkItems, 0),
    ];
    let sources =
        [Source::Scores, Source::Capped, Source::Roster, Source::StudyFile, Source::Option, Source::Default];
    let of = |quantity: Quantity| plan.assumptions.iter().find(|entry| entry.quantity == quantity);
    let parts = sources.into_iter().filter_map(|source| {
        let own = shown.into_iter().filter_map(|(quantity, digits)| {
            let found = of(quantity).filter(|found| found.source == source)?;
            let name = crate::i18n::phrase(w.lang, &format!("power.quantity.{}", quantity.option()));
            Some(format!("{name} {}", w.number(found.value, digits)))
        });
        let values = own.collect::<Vec<_>>().join(", ");
        let name = crate::i18n::phrase(w.lang, &format!("power.source.{}", source_key(source)));
        (!values.is_empty()).then(|| format!("{name}: {values}"))
    });
    let parts: Vec<String> = parts.collect();
    let mut words = w.fill("next_study.assumed", &[("values", &parts.join("; "))]);
    let capped = plan.assumptions.iter().any(|entry| entry.source == Source::Capped);
    let linked = of(Quantity::LinkError).is_some_and(|entry| entry.value > 0.0);
    for key in [(capped, "power.note.capped"), (linked, "power.note.link")].iter().filter(|(holds, _)| *holds)
    {
        words.push(' ');
        words.push_str(&crate::i18n::phrase(w.lang, key.1));
    }
    words
}

fn numbers(
    w: &Writer,
    first: &PlanningFindings,
    plans: &[(&PlanningFindings, &OutcomeFindings)],
) -> Option<Block> {
    let mut columns = vec![Column::wide(super::build::sentence_case(&unit(first.design, w.lang)), 2)];
    columns.extend(
        ["df", "mdes", "points", "power"]
            .map(|name| Column::numbers(w.say(&format!("next_study.column.{name}")))),
    );
    let mut rows = Vec::new();
    for (plan, outcome) in plans {
        rows.push(group_row(heading(w, plan, outcome), columns.len()));
        rows.extend(plan.rows.iter().map(|row| body(w, plan, outcome, row)));
    }
    let power = format::percent(w.lang, first.power, 0);
    let note = w.fill("next_study.note", &[("power", &power)]);
    table(w.say("next_study.caption"), columns, rows, vec![note])
}

fn heading(w: &Writer, plan: &PlanningFindings, outcome: &OutcomeFindings) -> String {
    let effect = w.maybe(plan.curves.iter().find(|curve| curve.of_interest).map(|curve| curve.effect), 2);
    w.fill("next_study.group", &[("outcome", w.text(&outcome.label)), ("effect", &effect)])
}

fn body(w: &Writer, plan: &PlanningFindings, outcome: &OutcomeFindings, row: &PlanRow) -> Row {
    let is_present = row.units == plan.planned.units;
    let count = number(w.lang, row.units, 1);
    let cells = vec![
        if is_present { w.fill("next_study.present", &[("n", &count)]) } else { count },
        w.df(Some(row.df)),
        w.number(row.mdes, 2),
        w.maybe(row.mdes_points, decimals(outcome)),
        percent(w.lang, row.power),
    ];
    if is_present { Row::strong(cells) } else { Row::body(cells) }
}
