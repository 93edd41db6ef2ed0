//! The verdict per item with its reasons and advice, over the waves of its instrument.

use super::build::table;
use super::items::ItemRow;
use super::writer::{DASH, Writer};
use crate::analysis::findings::{InstrumentFindings, ItemFindings, ItemVerdict, Verdict};
use crate::doc::{Block, Column, Row};

/// One row per item that is not simply kept; the others are named in the note.
pub fn verdicts(w: &Writer, waves: &[&InstrumentFindings], rows: &[ItemRow]) -> Option<Block> {
    let with = |wanted: &dyn Fn(Verdict) -> bool| -> Vec<&ItemRow> {
        rows.iter().filter(|row| gravest(w, row).is_some_and(|found| wanted(found.verdict))).collect()
    };
    let kept = with(&|verdict| verdict == Verdict::Keep);
    let others = with(&|verdict| verdict != Verdict::Keep);
    if others.is_empty() {
        let fewest = w.count(w.findings.rules.item_thresholds.fewest_persons);
        return Some(Block::paragraph(match kept.len() {
            0 => w.fill("classical.verdicts.none", &[("n", &fewest)]),
            n => w.fill("classical.verdicts.all_kept", &[("n", &w.count(n))]),
        }));
    }
    let columns = vec![
        Column::words(w.say("column.item")),
        Column::words(w.say("classical.column.verdict")),
        Column::wide(w.say("column.reason"), 4),
        Column::wide(w.say("classical.column.advice"), 5),
    ];
    let body = others.iter().map(|row| {
        let advice = gravest(w, row).map_or("", |found| w.text(&found.advice)).to_owned();
        Row::body(vec![row.id.to_owned(), verdict(w, row), reasons(w, waves, row), advice])
    });
    let ids = |rows: &[&ItemRow]| rows.iter().map(|row| row.id).collect::<Vec<_>>().join(", ");
    let mut notes = vec![w.say("classical.verdicts.note")];
    if !kept.is_empty() {
        notes.push(w.fill("classical.verdicts.kept", &[("items", &ids(&kept))]));
    }
    let open: Vec<&ItemRow> = rows.iter().filter(|row| gravest(w, row).is_none()).collect();
    if !open.is_empty() {
        let fewest = w.count(w.findings.rules.item_thresholds.fewest_persons);
        notes.push(w.fill("classical.verdicts.open", &[("n", &fewest), ("items", &ids(&open))]));
    }
    let caption =
        w.fill("classical.verdicts", &[("instrument", waves.first().map_or("", |i| w.text(&i.title)))]);
    table(caption, columns, body.collect(), notes)
}

/// The gravest verdict over the waves with enough persons, in a word.
pub fn verdict(w: &Writer, row: &ItemRow) -> String {
    gravest(w, row).map_or_else(|| DASH.to_owned(), |found| verdict_word(w, found.verdict))
}

fn verdict_word(w: &Writer, verdict: Verdict) -> String {
    w.say(match verdict {
        Verdict::Keep => "classical.verdict.keep",
        Verdict::Review => "classical.verdict.review",
        Verdict::Revise => "classical.verdict.revise",
        Verdict::Drop => "classical.verdict.drop",
    })
}

/// Verdicts of the waves with enough persons, in wave order; none where the wave has none.
fn found<'a>(w: &Writer, row: &ItemRow<'a>) -> Vec<Option<&'a ItemVerdict>> {
    let enough = |item: &&ItemFindings| item.n >= w.small();
    row.waves.iter().map(|item| item.filter(enough).and_then(|item| item.verdict.as_ref())).collect()
}

/// The first of the gravest.
fn gravest<'a>(w: &Writer, row: &ItemRow<'a>) -> Option<&'a ItemVerdict> {
    let all = found(w, row);
    let worst = all.iter().flatten().map(|found| found.verdict).max()?;
    all.into_iter().flatten().find(|found| found.verdict == worst)
}

/// Reasons by name, gravest first; with the wave where they do not hold at all.
fn reasons(w: &Writer, waves: &[&InstrumentFindings], row: &ItemRow) -> String {
    let all = found(w, row);
    let given = |kind: &str| -> Vec<usize> {
        let has = |found: &ItemVerdict| found.reasons.iter().any(|reason| reason.kind == kind);
        (0..all.len()).filter(|place| all[*place].is_some_and(has)).collect()
    };
    let mut kinds: Vec<(&str, Verdict)> = Vec::new();
    for reason in all.iter().flatten().flat_map(|found| &found.reasons) {
        if !kinds.iter().any(|(kind, _)| *kind == reason.kind) {
            kinds.push((&reason.kind, reason.calls_for));
        }
    }
    kinds.sort_by_key(|(_, calls_for)| std::cmp::Reverse(*calls_for));
    let judged = all.iter().flatten().count();
    let worded = kinds.into_iter().map(|(kind, _)| {
        let name = w.say_or(&format!("flag.{kind}"), kind);
        let places = given(kind);
        if places.len() == judged {
            return name;
        }
        let named: Vec<String> = places.iter().map(|place| w.wave(&waves[*place].wave)).collect();
        w.fill("classical.in_wave", &[("reason", &name), ("wave", &named.join(", "))])
    });
    worded.collect::<Vec<_>>().join("; ")
}
