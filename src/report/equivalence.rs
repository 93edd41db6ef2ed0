//! What an open result leaves open: the smallest detectable change, and whether the change is small enough not
//! to matter.
//!
//! An interval around zero is no finding of "nothing": that is said only where two one-sided tests place the
//! change within the smallest effect of interest that the study declared.

use super::build::table;
use super::lookup::{is_open, is_small, primary};
use super::methods::method_key;
use super::writer::{DASH, Writer, decimals};
use crate::analysis::findings::{EquivalenceFindings, EquivalenceVerdict, OutcomeFindings};
use crate::doc::{Block, Column, Row};
use crate::i18n::format;

/// The test of equivalence of an open result in a sentence; none where the result is not open.
pub fn line(w: &Writer, outcome: &OutcomeFindings) -> Option<String> {
    let found = outcome.equivalence.as_ref().filter(|_| is_null(outcome))?;
    let digits = decimals(outcome);
    let margin = w.with_unit(&w.number(found.margin, digits), outcome);
    let ci = format::bracket(w.lang, found.ci, digits);
    let schools = found.clusters.map_or_else(String::new, |n| format!(", {}", w.schools(n)));
    let basis = format!("{}{schools}", w.people(outcome.respondent, found.n));
    Some(w.fill(
        "equivalence.line",
        &[
            ("sd", &w.number(found.margin_sd, 2)),
            ("margin", &margin),
            ("method", &w.say(&format!("method.{}.name", method_key(found.method)))),
            ("p", &w.p_value(found.p)),
            ("df", &w.df(Some(found.df))),
            ("level", &level(w, found)),
            ("ci", &ci),
            ("basis", &basis),
            ("verdict", &w.say(&format!("equivalence.{}", key(found.verdict)))),
        ],
    ))
}

/// The open results of a compact table: what could have been seen, and whether the change is too small to matter.
pub fn open_table(w: &Writer, outcomes: &[&OutcomeFindings]) -> Option<Block> {
    let open: Vec<&&OutcomeFindings> =
        outcomes.iter().filter(|outcome| is_null(outcome) && !is_small(w, outcome)).collect();
    let first = open.iter().find_map(|outcome| outcome.equivalence.as_ref());
    let level = first.map_or_else(String::new, |found| level(w, found));
    let mut columns = vec![Column::wide(w.say("column.outcome"), 3)];
    columns
        .extend(["mdes", "mdes_sd", "margin", "ci", "df", "p"].map(|name| {
            Column::numbers(w.fill(&format!("equivalence.column.{name}"), &[("level", &level)]))
        }));
    columns.push(Column::wide(w.say("equivalence.column.verdict"), 2));
    let rows = open.into_iter().map(|outcome| Row::body(cells(w, outcome)));
    let power = outcomes.iter().find_map(|outcome| outcome.mdes).map_or(0.8, |mdes| mdes.power);
    let note = w.fill("equivalence.note", &[("power", &format::percent(w.lang, power, 0))]);
    table(w.say("equivalence.caption"), columns, rows.collect(), vec![note])
}

fn cells(w: &Writer, outcome: &OutcomeFindings) -> Vec<String> {
    let digits = decimals(outcome);
    let found = outcome.equivalence.as_ref();
    let verdict =
        found.map_or(DASH.to_owned(), |found| w.say(&format!("equivalence.short.{}", key(found.verdict))));
    vec![
        w.text(&outcome.label).to_owned(),
        w.maybe(outcome.mdes.map(|mdes| mdes.score), digits),
        w.maybe(outcome.mdes.map(|mdes| mdes.sd), 2),
        found.map_or(DASH.to_owned(), |found| format!("±{}", w.number(found.margin, digits))),
        w.bracket(found.map(|found| found.ci), digits),
        w.df(found.map(|found| found.df)),
        w.p(found.map(|found| found.p)),
        w.maybe_count(primary(outcome).map(|estimate| estimate.n)),
        w.maybe_count(primary(outcome).and_then(|estimate| estimate.clusters)),
        verdict,
    ]
}

/// The level of the interval that goes with the test, such as `90%`.
pub fn level(w: &Writer, found: &EquivalenceFindings) -> String {
    format::percent(w.lang, found.level, 0)
}

/// Whether the primary estimate has an interval that holds no change.
fn is_null(outcome: &OutcomeFindings) -> bool {
    primary(outcome).is_some_and(|estimate| estimate.ci.is_some() && is_open(estimate))
}

fn key(verdict: EquivalenceVerdict) -> &'static str {
    match verdict {
        EquivalenceVerdict::Equivalent => "equivalent",
        EquivalenceVerdict::LargerThanMargin => "larger_than_margin",
        EquivalenceVerdict::Inconclusive => "inconclusive",
    }
}
