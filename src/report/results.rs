//! Results, one part per declared outcome: the sentence first, then tables, then charts.

use super::build::{group_row, note, part, section, table};
use super::change::sentences;
use super::lookup::is_small;
use super::writer::{Writer, decimals};
use super::{drawings, estimates, level_models, levels, quantiles};
use crate::analysis::findings::{BaselineVerdict, Descriptive, NoticeKind, OutcomeFindings};
use crate::doc::{Block, Column, Figure, Row, Tone};
use crate::i18n::format;
use crate::instrument::Respondent;
use crate::study::OutcomeRole;

/// The section: primary outcomes first, then the secondary ones of students.
pub fn compose(w: &Writer) -> Vec<Block> {
    let mut blocks = vec![section(w.say("results.title"), "results")];
    let outcomes = in_full(w);
    if outcomes.is_empty() {
        blocks.push(Block::paragraph(w.say("results.none")));
    }
    for outcome in outcomes {
        blocks.extend(one(w, outcome));
    }
    blocks
}

/// Outcomes told in full. Secondary outcomes of the staff stand in the section on the staff.
pub fn in_full<'a>(w: &Writer<'a>) -> Vec<&'a OutcomeFindings> {
    let of = |role: OutcomeRole| w.findings.outcomes.iter().filter(move |outcome| outcome.role == role);
    let secondary = of(OutcomeRole::Secondary).filter(|outcome| outcome.respondent == Respondent::Student);
    of(OutcomeRole::Primary).chain(secondary).collect()
}

fn one(w: &Writer, outcome: &OutcomeFindings) -> Vec<Block> {
    let role = w.say(&format!("role.{}", super::design::role_key(outcome.role)));
    let title = format!("{} ({role})", w.text(&outcome.label));
    let mut blocks = vec![part(2, title, &format!("result-{}", outcome.id))];
    if is_small(w, outcome) {
        blocks.push(Block::paragraph(w.say("results.too_small")));
        blocks.extend(cautions(w, outcome));
        return blocks;
    }
    blocks.push(Block::paragraph(sentences(w, outcome).join(" ")));
    blocks.extend(scores(w, outcome));
    blocks.extend(estimates::compose(w, outcome));
    blocks.extend(super::bounds::compose(w, outcome));
    blocks.extend(super::growth::compose(w, outcome));
    // The report would double its length if every outcome had every table; findings.json has them all.
    let in_depth = outcome.role == OutcomeRole::Primary;
    if in_depth {
        blocks.extend(super::imputed::compose(w, outcome));
        blocks.extend(super::measurement_error::compose(w, outcome));
    }
    blocks.extend(precision(w, outcome));
    blocks.extend(pair([drawings::distribution(w, outcome), drawings::school_slopes(w, outcome)]));
    blocks.extend(drawings::school_forest(w, outcome).map(Block::Figure));
    blocks.extend(drawings::levels(w, outcome).map(Block::Figure));
    blocks.extend(levels::compose(w, outcome));
    if in_depth {
        blocks.extend(level_models::compose(w, outcome));
        blocks.extend(quantiles::compose(w, outcome));
    }
    blocks.extend(super::subgroups::compose(w, outcome));
    if !in_depth {
        blocks.push(Block::paragraph(w.say("results.in_findings")));
    }
    blocks.extend(cautions(w, outcome));
    blocks
}

/// Scores by wave and arm: everybody measured, then those behind the estimates.
pub fn scores(w: &Writer, outcome: &OutcomeFindings) -> Option<Block> {
    let mut columns = vec![Column::wide(w.say("column.wave"), 2)];
    columns.extend(
        ["n", "schools", "mean", "sd", "min", "q1", "median", "q3", "max"]
            .map(|name| Column::numbers(w.say(&format!("column.{name}")))),
    );
    let mut rows = Vec::new();
    for (key, described) in
        [("results.scores.all", &outcome.descriptives), ("results.scores.linked", &outcome.linked)]
    {
        if described.is_empty() {
            continue;
        }
        rows.push(group_row(w.say(key), columns.len()));
        rows.extend(described.iter().map(|row| score_row(w, row, decimals(outcome))));
    }
    let label = w.text(&outcome.label).to_owned();
    let caption = w.fill("results.scores", &[("outcome", &label), ("unit", &w.unit(outcome))]);
    table(caption, columns, rows, Vec::new())
}

fn score_row(w: &Writer, row: &Descriptive, digits: usize) -> Row {
    let mut cells = vec![w.place(&row.arm, &row.wave)];
    cells.extend([w.count(row.n), w.maybe_count(row.clusters)]);
    if row.n < w.small() {
        cells.extend(vec![super::writer::DASH.to_owned(); 7]);
    } else {
        cells.extend([w.number(row.mean, digits), w.maybe(row.sd, digits)]);
        cells.extend(row.five.iter().map(|value| w.number(*value, digits)));
    }
    Row::body(cells)
}

/// Charts side by side; one alone fills the width.
fn pair(figures: [Option<Figure>; 2]) -> Option<Block> {
    let mut figures: Vec<Figure> = figures.into_iter().flatten().collect();
    match figures.len() {
        0 => None,
        1 => figures.pop().map(Block::Figure),
        _ => Some(Block::Beside(figures)),
    }
}

/// Who rose, stayed, fell, one sentence per arm.
fn movement(w: &Writer, outcome: &OutcomeFindings) -> Vec<String> {
    let enough = outcome.direction.iter().filter(|row| row.n >= w.small());
    enough
        .map(|row| {
            let arm = w.arm(&row.arm);
            let arm = if arm.is_empty() { arm } else { format!(" ({arm})") };
            let shares = [row.rose, row.same, row.fell].map(|share| w.percent(share, row.n));
            w.fill(
                "results.movement",
                &[
                    ("arm", &arm),
                    ("people", &w.people(outcome.respondent, row.n)),
                    ("rose", &shares[0]),
                    ("same", &shares[1]),
                    ("fell", &shares[2]),
                ],
            )
        })
        .collect()
}

/// Effect sizes, movement, correlation, ICC, baseline difference and what the study could have seen.
fn precision(w: &Writer, outcome: &OutcomeFindings) -> Vec<Block> {
    let mut lines = estimates::effect_sizes(w, outcome);
    lines.extend(movement(w, outcome));
    lines.extend(super::translation::lines(w, outcome));
    if let Some(mdes) = outcome.mdes {
        let score = w.with_unit(&w.number(mdes.score, decimals(outcome)), outcome);
        let power = format::percent(w.lang, mdes.power, 0);
        lines.push(
            w.fill("results.mdes", &[("score", &score), ("sd", &w.number(mdes.sd, 2)), ("power", &power)]),
        );
    }
    lines.extend(super::equivalence::line(w, outcome));
    for icc in &outcome.icc {
        let words = [w.wave(&icc.wave), w.number(icc.value, 2), w.bracket(icc.ci, 2)];
        lines.push(w.fill(
            if icc.ci.is_some() { "results.icc" } else { "results.icc_bare" },
            &[("wave", &words[0]), ("value", &words[1]), ("ci", &words[2]), ("level", &w.level())],
        ));
    }
    let several = outcome.correlation.len() > 1;
    for (place, r) in outcome.correlation.iter().enumerate() {
        let Some(r) = r else { continue };
        let arm = w.findings.study.arms.get(place).filter(|_| several).map(|arm| w.arm(&arm.id));
        let arm = arm.map_or_else(String::new, |arm| format!(" ({arm})"));
        lines.push(w.fill("results.correlation", &[("r", &w.number(*r, 2)), ("arm", &arm)]));
    }
    if let Some(g) = outcome.baseline_g {
        let free = super::strength::baseline_verdict(w, outcome) == Some(BaselineVerdict::NotRequired);
        let band = match g.abs() {
            _ if free => "drawn",
            g if g <= 0.05 => "close",
            g if g <= 0.25 => "adjust",
            _ => "far",
        };
        lines.push(w.fill(&format!("results.baseline.{band}"), &[("g", &w.number(g, 2))]));
    }
    if lines.is_empty() { Vec::new() } else { vec![super::build::bullets(lines)] }
}

/// What could not be computed, and what must be known.
fn cautions(w: &Writer, outcome: &OutcomeFindings) -> Option<Block> {
    let kinds = [NoticeKind::Caution, NoticeKind::Refusal, NoticeKind::Reason];
    let of_kind = |kind: NoticeKind| outcome.notices.iter().filter(move |notice| notice.kind == kind);
    let words: Vec<String> =
        kinds.into_iter().flat_map(of_kind).map(|notice| super::design::coded(w, notice)).collect();
    (!words.is_empty()).then(|| note(Tone::Caution, w.say("results.cautions"), words))
}
