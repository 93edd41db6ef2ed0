//! Normalised gain in its own labelled panel: customary, never a headline.

use super::build::{group_row, note, part, table};
use super::classical_tests::Entry;
use super::writer::{DASH, Writer};
use crate::analysis::findings::{Claim, GainFindings, HakeBand, PercentBand};
use crate::doc::{Block, Column, Row, Tone};

/// The panel; nothing where no outcome has a maximum score.
pub fn compose(w: &Writer, all: &[Entry]) -> Vec<Block> {
    let Some(gains) = gains(w, all) else { return Vec::new() };
    vec![
        part(2, w.say("gain.title"), "classical-gain"),
        gains,
        note(Tone::Caution, w.say("gain.caution.title"), vec![w.say("gain.caution"), percent_caution(w)]),
    ]
}

fn gains(w: &Writer, all: &[Entry]) -> Option<Block> {
    let first = if w.compares() { "column.group" } else { "column.outcome" };
    let mut columns = vec![Column::wide(w.say(first), 2)];
    let title = |name: &str| w.fill(&format!("gain.column.{name}"), &[("level", &w.level())]);
    columns.extend(["class", "ci"].map(|name| Column::numbers(title(name))));
    columns.push(Column::numbers(w.say("column.df")));
    columns.extend(["band", "percent"].map(|name| Column::words(title(name))));
    columns.extend(["individual", "shares", "change", "excluded"].map(|name| Column::numbers(title(name))));
    columns.extend(["n", "schools"].map(|name| Column::numbers(w.say(&format!("column.{name}")))));
    let mut rows = Vec::new();
    for entry in all {
        if w.compares() && !entry.tests.gain.is_empty() {
            rows.push(group_row(entry.label(w), columns.len()));
        }
        rows.extend(entry.tests.gain.iter().map(|gain| {
            // An outcome whose roster names no arm has one nameless group.
            let name = if w.compares() && !gain.arm.is_empty() { w.arm(&gain.arm) } else { entry.label(w) };
            let mut cells = vec![name];
            cells.extend(self::cells(w, gain));
            Row::body(cells)
        }));
    }
    table(w.say("gain.caption"), columns, rows, vec![w.say("gain.note")])
}

fn cells(w: &Writer, gain: &GainFindings) -> Vec<String> {
    let with_gain: usize = gain.individual_bands.iter().sum();
    let shares = gain.individual_bands.map(|n| w.rate(n, with_gain));
    vec![
        w.number(gain.class_average, 3),
        w.bracket(gain.ci, 3),
        w.df(gain.df),
        band(w, gain.band),
        percent_band(w, gain.percent_band),
        w.maybe(gain.mean_individual, 3),
        shares.join(" / "),
        w.maybe(gain.mean_change, 3),
        format!("{}; {}", w.count(gain.excluded_at_maximum), w.count(gain.excluded_from_change)),
        w.count(gain.n),
        w.maybe_count(gain.clusters),
    ]
}

fn band(w: &Writer, band: HakeBand) -> String {
    w.say(match band {
        HakeBand::Low => "gain.band.low",
        HakeBand::Medium => "gain.band.medium",
        HakeBand::High => "gain.band.high",
    })
}

/// The place on the percent scale. Its customary words judge the programme, so they stand only where the design
/// carries such a judgement; elsewhere the range stands alone.
fn percent_band(w: &Writer, band: PercentBand) -> String {
    let key = match band {
        PercentBand::Lowest => "lowest",
        PercentBand::Second => "second",
        PercentBand::Third => "third",
        PercentBand::Highest => "highest",
        PercentBand::Gap => return DASH.to_owned(),
    };
    let range = w.say(&format!("gain.percent.{key}"));
    if judges(w) { format!("{range}: {}", w.say(&format!("gain.word.{key}"))) } else { range }
}

fn judges(w: &Writer) -> bool {
    w.findings.plan.claim == Claim::Effect
}

fn percent_caution(w: &Writer) -> String {
    w.say(if judges(w) { "gain.percent.caution" } else { "gain.percent.caution.no_words" })
}
