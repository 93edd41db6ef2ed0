//! Severity of raters: how strict each is, and what outcomes would be without it.

use super::build::{bullets, part, slug, table};
use super::raters::Said;
use super::writer::{DASH, Writer, decimals, decimals_of_range};
use crate::analysis::findings::{
    OutcomeFindings, RaterSeverity, SeverityFindings, SeverityModel, SeverityRow, SeveritySensitivity,
};
use crate::chart::{Chart, Forest, ForestKind, ForestRow};
use crate::doc::{Block, Column, Figure, Row};
use crate::i18n::format;
use crate::instrument::Respondent;

/// Raters told in a sentence of their own; the others stand in the table.
const MOST_SENTENCES: usize = 5;

/// What stands about one instrument; nothing where no severities were estimated.
pub fn compose(w: &Writer, id: &str, said: &mut Said) -> Vec<Block> {
    let Some(found) = w.findings.severity.iter().find(|found| found.instrument == id) else {
        return Vec::new();
    };
    let Some(model) = &found.model else { return Vec::new() };
    let rows = by_severity(found);
    let mut blocks = vec![
        part(3, w.say("severity.title"), &format!("severity-{id}")),
        Block::paragraph(introduced(w, found, model)),
        bullets(told(w, found, &rows)),
    ];
    blocks.extend(forest(w, found, &rows).map(Block::Figure));
    blocks.extend(people(w, (found, model), &rows, said));
    if found.outcomes.is_empty() {
        blocks.push(Block::paragraph(w.say("severity.no_outcome")));
        return blocks;
    }
    blocks.extend(outcomes(w, &found.outcomes, said));
    blocks.push(bullets(found.outcomes.iter().filter_map(|entry| worded(w, entry)).collect()));
    blocks
}

/// The mildest first; raters without a severity last.
fn by_severity(found: &SeverityFindings) -> Vec<&SeverityRow> {
    let mut rows: Vec<&SeverityRow> = found.raters.iter().collect();
    let value = |row: &SeverityRow| row.severity.map_or(f64::INFINITY, |own| own.value);
    rows.sort_by(|a, b| value(a).total_cmp(&value(b)));
    rows
}

fn name(w: &Writer, found: &SeverityFindings, rater: &str) -> String {
    if found.columns { w.fill("severity.column_number", &[("number", rater)]) } else { rater.to_owned() }
}

/// What the model says of all raters together.
fn introduced(w: &Writer, found: &SeverityFindings, model: &SeverityModel) -> String {
    let mut words = vec![w.fill(
        "severity.intro",
        &[
            ("raters", &w.count(found.raters.len())),
            ("ratings", &w.count(model.ratings)),
            ("persons", &w.count(model.persons)),
            ("items", &w.count(found.items.len())),
        ],
    )];
    if let Some(test) = model.equal {
        words.push(w.fill(
            "severity.equal",
            &[
                ("chi2", &w.number(test.chi2, 2)),
                ("df", &format::degrees(w.lang, test.df)),
                ("p", &w.p_value(test.p)),
                ("reliability", &w.maybe(model.reliability, 2)),
            ],
        ));
    }
    if found.columns {
        words.push(w.say("severity.columns"));
    }
    words.join(" ")
}

/// A sentence for each rater who can be told from the mean of the raters.
fn told(w: &Writer, found: &SeverityFindings, rows: &[&SeverityRow]) -> Vec<String> {
    let mut clear: Vec<&SeverityRow> = rows.iter().filter(|row| row.differs).copied().collect();
    if clear.is_empty() {
        return vec![w.fill("severity.none_differs", &[("level", &w.level())])];
    }
    clear.sort_by(|a, b| size(b).total_cmp(&size(a)));
    let mut lines: Vec<String> =
        clear.iter().take(MOST_SENTENCES).filter_map(|row| one_told(w, found, row)).collect();
    if clear.len() > MOST_SENTENCES {
        let rest = w.count(clear.len() - MOST_SENTENCES);
        lines.push(w.fill("severity.more_differ", &[("count", &rest)]));
    }
    lines
}

fn size(row: &SeverityRow) -> f64 {
    row.difference.map_or(0.0, f64::abs)
}

fn one_told(w: &Writer, found: &SeverityFindings, row: &SeverityRow) -> Option<String> {
    let (severity, difference) = (row.severity?, row.difference?);
    let key = match (found.columns, found.respondent == Respondent::Observer) {
        (true, _) => "severity.column_rater",
        (false, true) => "severity.observer",
        (false, false) => "severity.rater",
    };
    let direction = if difference < 0.0 { "severity.less" } else { "severity.more" };
    let digits = decimals_of_range(Some(found.range));
    let ends = found.range.map(|end| w.number(end, 0));
    Some(w.fill(
        direction,
        &[
            ("who", &w.fill(key, &[("rater", &row.rater)])),
            ("points", &w.number(difference.abs(), digits)),
            ("low", &ends[0]),
            ("high", &ends[1]),
            ("severity", &w.signed(severity.value, 2)),
            ("level", &w.level()),
            ("ci", &w.bracket(row.ci, 2)),
        ],
    ))
}

fn forest(w: &Writer, found: &SeverityFindings, rows: &[&SeverityRow]) -> Option<Figure> {
    let row = |row: &&SeverityRow| {
        Some(ForestRow {
            label: name(w, found, &row.rater),
            n: Some(row.ratings),
            estimate: row.severity?.value,
            ci: row.ci,
            kind: ForestKind::Unit,
        })
    };
    let rows: Vec<ForestRow> = rows.iter().filter_map(row).collect();
    if rows.is_empty() {
        return None;
    }
    let chart = Forest { axis: w.say("axis.severity"), reference: 0.0, rows, decimals: 2 };
    let instrument = w.instrument_label(&found.instrument);
    let caption = w.fill("figure.severity", &[("instrument", &instrument), ("level", &w.level())]);
    Some(Figure { id: slug(&format!("{}-severity", found.instrument)), chart: Chart::Forest(chart), caption })
}

fn people(
    w: &Writer,
    (found, model): (&SeverityFindings, &SeverityModel),
    rows: &[&SeverityRow],
    said: &mut Said,
) -> Option<Block> {
    let mut columns = vec![Column::words(w.say("raters.column.rater"))];
    columns.extend(
        ["persons", "ratings", "severity", "difference", "infit", "outfit"]
            .map(|name| Column::numbers(w.say(&format!("severity.column.{name}")))),
    );
    let digits = decimals_of_range(Some(found.range));
    let with_error = |own: RaterSeverity| format!("{} ({})", w.signed(own.value, 2), w.number(own.se, 2));
    let mut body: Vec<Row> = rows
        .iter()
        .map(|row| {
            Row::body(vec![
                name(w, found, &row.rater),
                w.count(row.persons),
                w.count(row.ratings),
                row.severity.map_or_else(|| DASH.to_owned(), with_error),
                row.difference.map_or_else(|| DASH.to_owned(), |points| w.signed(points, digits)),
                w.maybe(row.infit, 2),
                w.maybe(row.outfit, 2),
            ])
        })
        .collect();
    body.push(Row::body(vec![
        w.say("severity.all"),
        w.count(model.persons),
        w.count(model.ratings),
        DASH.to_owned(),
        DASH.to_owned(),
        w.maybe(model.infit, 2),
        w.maybe(model.outfit, 2),
    ]));
    table(w.say("severity.people"), columns, body, said.fresh(vec![w.say("severity.people.note")]))
}

/// The primary estimates beside those with adjusted scores.
fn outcomes(w: &Writer, entries: &[SeveritySensitivity], said: &mut Said) -> Option<Block> {
    let mut columns = vec![Column::wide(w.say("column.outcome"), 3)];
    let ci = w.fill("column.ci", &[("level", &w.level())]);
    for whose in ["raw", "adjusted"] {
        let whose = w.say(&format!("severity.column.{whose}"));
        columns.push(Column::numbers(format!("{}\n{whose}", w.say("column.estimate"))));
        columns.push(Column::numbers(format!("{ci}\n{whose}")));
        columns.push(Column::numbers(format!("{}\n{whose}", w.say("column.n"))));
    }
    columns.push(Column::numbers(w.say("quality.column.difference")));
    let or_dash = |value: Option<f64>, digits: usize| {
        value.map_or_else(|| DASH.to_owned(), |value| w.signed(value, digits))
    };
    let rows = entries.iter().filter_map(|entry| {
        let digits = decimals(outcome(w, entry)?);
        Some(Row::body(vec![
            w.outcome_label(&entry.outcome),
            w.signed(entry.primary, digits),
            w.bracket(entry.primary_ci, digits),
            w.count(entry.n),
            or_dash(entry.adjusted, digits),
            w.bracket(entry.adjusted_ci, digits),
            w.maybe_count(entry.adjusted_n),
            or_dash(entry.difference, digits + 1),
        ]))
    });
    table(
        w.say("severity.outcomes"),
        columns,
        rows.collect(),
        said.fresh(vec![w.say("severity.outcomes.note")]),
    )
}

fn outcome<'a>(w: &Writer<'a>, entry: &SeveritySensitivity) -> Option<&'a OutcomeFindings> {
    w.findings.outcomes.iter().find(|outcome| outcome.id == entry.outcome)
}

fn worded(w: &Writer, entry: &SeveritySensitivity) -> Option<String> {
    let (adjusted, changed) = (entry.adjusted?, entry.changed?);
    let digits = decimals(outcome(w, entry)?);
    let (primary, adjusted) = (w.signed(entry.primary, digits), w.signed(adjusted, digits));
    let key = match (changed, primary == adjusted) {
        (true, _) => "severity.worded.changed",
        (false, true) => "severity.worded.equal",
        (false, false) => "severity.worded.same",
    };
    let label = w.outcome_label(&entry.outcome);
    Some(w.fill(key, &[("outcome", &*label), ("primary", &primary), ("adjusted", &adjusted)]))
}
