//! How alike groups were before the programme: the arms, and those who stayed and were lost.

use super::build::{bullets, section, slug, table};
use super::writer::{DASH, Writer, decimals};
use crate::analysis::findings::{
    Balance, BalanceSize, BaselineRow, BaselineSubject, BaselineVerdict, CompositionRow, GroupScore, LostRow,
};
use crate::chart::{Chart, LovePlot, LoveRow};
use crate::doc::{Block, Column, Figure, Row};
use crate::i18n::format;
use crate::study::ArmRole;

/// Limits of the bands of the What Works Clearinghouse.
const BANDS: [f64; 2] = [0.05, 0.25];

/// The section; nothing where groups were not compared. Cohorts have a section on who was met instead.
pub fn compose(w: &Writer) -> Vec<Block> {
    let found = &w.findings.baseline;
    if !found.composition.is_empty() {
        let mut blocks = vec![section(w.say("composition.title"), "composition")];
        blocks.push(Block::paragraph(w.say("composition.intro")));
        blocks.extend(composition(w));
        return blocks;
    }
    if found.arms.is_empty() && found.lost.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![section(w.say("baseline.title"), "baseline")];
    if !found.arms.is_empty() {
        blocks.push(Block::paragraph(w.say("baseline.intro")));
        blocks.extend(verdicts(w));
        blocks.extend(arms(w));
        blocks.extend(love_plot(w).map(Block::Figure));
    }
    blocks.extend(lost(w));
    blocks
}

/// What a row is about, in words.
fn subject(w: &Writer, subject: &BaselineSubject) -> String {
    if subject.covariate.is_none() {
        return w.fill("baseline.first_score", &[("outcome", &w.outcome_label(&subject.outcome))]);
    }
    let label = w.text(&subject.label);
    match &subject.value {
        Some(value) => format!("{label}: {}", w.text(value)),
        None => label.to_owned(),
    }
}

/// Digits of the values of a row: those of the outcome, two for a measured covariate.
fn digits(w: &Writer, subject: &BaselineSubject) -> usize {
    let outcome = w.findings.outcomes.iter().find(|outcome| outcome.id == subject.outcome);
    outcome.filter(|_| subject.covariate.is_none()).map_or(2, decimals)
}

/// "48.2 (15.1)", or a share.
fn score(w: &Writer, subject: &BaselineSubject, group: &GroupScore) -> String {
    match group.sd {
        Some(sd) => {
            let digits = digits(w, subject);
            format!("{} ({})", w.number(group.mean, digits), w.number(sd, digits))
        }
        None => format::percent(w.lang, group.mean, 1),
    }
}

/// The verdict on each leading outcome.
fn verdicts(w: &Writer) -> Option<Block> {
    let leading = w.leading();
    let rows = w.findings.baseline.arms.iter().filter(|row| row.subject.covariate.is_none());
    let judged = rows.filter(|row| leading.iter().any(|outcome| outcome.id == row.subject.outcome));
    let lines: Vec<String> = judged
        .filter_map(|row| {
            let (balance, verdict) = (row.analysed.as_ref()?, row.verdict?);
            let size = w.number(balance.size, 2);
            let outcome = w.outcome_label(&row.subject.outcome);
            let key = format!("baseline.verdict.{}", verdict_key(verdict));
            Some(w.fill(&key, &[("outcome", &outcome), ("g", &size)]))
        })
        .collect();
    (!lines.is_empty()).then(|| bullets(lines))
}

fn verdict_key(verdict: BaselineVerdict) -> &'static str {
    match verdict {
        BaselineVerdict::NotRequired => "not_required",
        BaselineVerdict::Satisfied => "satisfied",
        BaselineVerdict::SatisfiedByAdjustment => "adjusted",
        BaselineVerdict::NeedsAdjustment => "needs",
        BaselineVerdict::NotEquivalent => "fails",
    }
}

fn band_word(w: &Writer, balance: &Balance) -> String {
    use crate::analysis::findings::BaselineBand::{NeedsAdjustment, NotEquivalent, Satisfied};
    let key = match balance.band {
        Satisfied => "satisfied",
        NeedsAdjustment => "needs",
        NotEquivalent => "fails",
    };
    w.say(&format!("baseline.band.{key}"))
}

fn arms(w: &Writer) -> Option<Block> {
    let arm = |role| w.arm_of(role).map(|arm| w.arm(&arm.id)).unwrap_or_default();
    let mut columns = vec![Column::wide(w.say("baseline.column.what"), 3)];
    columns.extend([ArmRole::Programme, ArmRole::Comparison].map(|role| Column::numbers(arm(role))));
    columns.extend(
        ["n", "size", "band", "everybody"]
            .map(|name| Column::numbers(w.say(&format!("baseline.column.{name}")))),
    );
    let rows: Vec<Row> = w.findings.baseline.arms.iter().map(|row| Row::body(arm_cells(w, row))).collect();
    let mut notes = vec![w.say("baseline.note")];
    if w.findings.baseline.arms.iter().any(|row| row.size == BalanceSize::CoxIndex) {
        notes.push(w.say("baseline.note.cox"));
    }
    table(w.say("baseline.caption"), columns, rows, notes)
}

fn arm_cells(w: &Writer, row: &BaselineRow) -> Vec<String> {
    let mut cells = vec![subject(w, &row.subject)];
    let shown = row.analysed.as_ref();
    let of = |group: fn(&Balance) -> &GroupScore| {
        shown.map_or_else(|| DASH.to_owned(), |balance| score(w, &row.subject, group(balance)))
    };
    cells.extend([of(|balance| &balance.programme), of(|balance| &balance.comparison)]);
    cells.push(shown.map_or_else(
        || DASH.to_owned(),
        |balance| format!("{}; {}", w.count(balance.programme.n), w.count(balance.comparison.n)),
    ));
    cells.push(shown.map_or_else(|| DASH.to_owned(), |balance| w.signed(balance.size, 2)));
    cells.push(shown.map_or_else(|| DASH.to_owned(), |balance| band_word(w, balance)));
    let everybody = row.everybody.as_ref();
    cells.push(everybody.map_or_else(|| DASH.to_owned(), |balance| w.signed(balance.size, 2)));
    cells
}

fn love_plot(w: &Writer) -> Option<Figure> {
    let rows: Vec<LoveRow> = w
        .findings
        .baseline
        .arms
        .iter()
        .map(|row| LoveRow {
            label: subject(w, &row.subject),
            analysed: row.analysed.as_ref().map(|balance| balance.size),
            everybody: row.everybody.as_ref().map(|balance| balance.size),
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let samples = ["baseline.analysed", "baseline.everybody"].map(|key| w.say(key));
    let chart = LovePlot { axis: w.say("baseline.axis"), samples, limits: BANDS, rows };
    Some(Figure { id: slug("baseline"), chart: Chart::LovePlot(chart), caption: w.say("baseline.figure") })
}

/// Those met before and those met after, where the waves meet other students.
fn composition(w: &Writer) -> Option<Block> {
    let all = &w.findings.baseline.composition;
    let by_arm = all.iter().any(|row| !row.arm.is_empty());
    let mut columns = vec![Column::wide(w.say("baseline.column.what"), 3)];
    if by_arm {
        columns.push(Column::words(w.say("column.group")));
    }
    columns.extend(
        ["before", "after", "n", "size", "missing"]
            .map(|name| Column::numbers(w.say(&format!("composition.column.{name}")))),
    );
    let cells = |row: &CompositionRow| {
        let mut cells = vec![subject(w, &row.subject)];
        if by_arm {
            cells.push(w.arm(&row.arm));
        }
        cells.extend([&row.before, &row.after].map(|group| score(w, &row.subject, group)));
        cells.push(format!("{}; {}", w.count(row.before.n), w.count(row.after.n)));
        cells.push(w.signed(row.value, 2));
        cells.push(w.count(row.missing));
        cells
    };
    let rows: Vec<Row> = all.iter().map(|row| Row::body(cells(row))).collect();
    let mut notes = vec![w.fill("composition.note", &[("small", &w.count(w.small()))])];
    if all.iter().any(|row| row.size == BalanceSize::CoxIndex) {
        notes.push(w.say("baseline.note.cox"));
    }
    table(w.say("composition.caption"), columns, rows, notes)
}

/// Those who stayed and were lost.
fn lost(w: &Writer) -> Option<Block> {
    let all = &w.findings.baseline.lost;
    let by_arm = all.iter().any(|row| !row.arm.is_empty());
    let mut columns = vec![Column::wide(w.say("baseline.column.what"), 3)];
    if by_arm {
        columns.push(Column::words(w.say("column.group")));
    }
    columns.extend(
        ["stayed", "lost", "n_lost", "size"]
            .map(|name| Column::numbers(w.say(&format!("baseline.column.{name}")))),
    );
    columns.push(Column::numbers(w.fill("column.ci", &[("level", &w.level())])));
    columns.push(Column::numbers(w.say("column.df")));
    let rows: Vec<Row> = all.iter().map(|row| Row::body(lost_cells(w, row, by_arm))).collect();
    let small = w.count(w.small());
    let mut notes = vec![w.fill("baseline.lost.note", &[("small", &small)])];
    if all.iter().any(|row| row.size == BalanceSize::CoxIndex) {
        notes.push(w.say("baseline.note.cox"));
    }
    table(w.say("baseline.lost"), columns, rows, notes)
}

fn lost_cells(w: &Writer, row: &LostRow, by_arm: bool) -> Vec<String> {
    let mut cells = vec![subject(w, &row.subject)];
    if by_arm {
        cells.push(w.arm(&row.arm));
    }
    cells.extend([&row.stayed, &row.lost].map(|group| score(w, &row.subject, group)));
    cells.push(format!("{}; {}", w.count(row.stayed.n), w.count(row.lost.n)));
    cells.push(w.signed(row.value, 2));
    cells.push(w.bracket(row.ci, 2));
    cells.push(w.df(row.df));
    cells
}
