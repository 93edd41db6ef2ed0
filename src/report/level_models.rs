//! Who reached the level that is expected of everybody, odds of standing higher, movement between levels.

use super::build::{bullets, group_row, table};
use super::estimates::{number_cells, number_columns};
use super::writer::{DASH, Writer, decimals};
use crate::analysis::findings::{
    CutFindings, EstimateFindings, LevelModels, MovementFindings, OddsFindings, OddsModel, OutcomeFindings,
    ReachedFindings, ReachedShare, TableTestFindings,
};
use crate::doc::{Block, Column, Row};
use crate::i18n::format;
use crate::study::OutcomeRole;

/// Digits of percentage points.
const POINTS: usize = 1;
/// Digits of odds ratios, of changes in levels, and of Cox's index.
const RATIO: usize = 2;

/// The sentences, the table of estimates and, for primary outcomes, the sensitivity to the cut.
pub fn compose(w: &Writer, outcome: &OutcomeFindings) -> Vec<Block> {
    let Some(found) = &outcome.level_models else { return Vec::new() };
    let mut blocks = Vec::new();
    if let Some(reached) = &found.reached {
        let lines = sentences(w, outcome, reached);
        blocks.extend((!lines.is_empty()).then(|| bullets(lines)));
    }
    blocks.extend(estimates(w, outcome, found));
    if let Some(reached) = found.reached.as_ref().filter(|_| outcome.role == OutcomeRole::Primary) {
        blocks.extend(cuts(w, outcome, reached));
    }
    blocks
}

/// The name of a level of the outcome.
fn level_name(w: &Writer, outcome: &OutcomeFindings, id: &str) -> String {
    let levels = outcome.levels.as_ref().map(|own| own.levels.as_slice()).unwrap_or_default();
    levels.iter().find(|own| own.id == id).map_or(id, |own| w.text(&own.label)).to_owned()
}

/// "Programme 38.1% → 46.3%", one part per arm that is large enough.
fn shares(w: &Writer, rows: &[ReachedShare]) -> Vec<String> {
    let arms = w.arm_ids(rows.iter().map(|row| row.arm.as_str()));
    let of_arm = |arm: &&str| {
        let own: Vec<&ReachedShare> =
            rows.iter().filter(|row| row.arm == **arm && row.n >= w.small()).collect();
        let [first, .., last] = own.as_slice() else { return None };
        let ends = [first, last].map(|row| w.percent(row.share, row.n));
        let words = w.fill("level_models.from_to", &[("first", &ends[0]), ("last", &ends[1])]);
        let name = w.arm(arm);
        Some(if name.is_empty() { words } else { format!("{name} {words}") })
    };
    arms.iter().filter_map(of_arm).collect()
}

fn sentences(w: &Writer, outcome: &OutcomeFindings, reached: &ReachedFindings) -> Vec<String> {
    let shares = shares(w, &reached.shares);
    if shares.is_empty() {
        return Vec::new();
    }
    let level = level_name(w, outcome, &reached.level);
    let mut line =
        w.fill("level_models.shares", &[("level", level.as_str()), ("shares", &shares.join("; "))]);
    if let Some(main) = reached.estimates.first() {
        line.push(' ');
        line.push_str(&main_sentence(w, outcome, main));
    }
    let mut lines = vec![line];
    lines.extend(reached.effect_sizes.iter().filter(|size| size.leading).map(|size| {
        let df = w.df(size.df);
        let (value, ci) = (w.number(size.value, RATIO), w.bracket(size.ci, RATIO));
        let level = w.level();
        w.fill("level_models.cox", &[("value", &value), ("level", &level), ("ci", &ci), ("df", &df)])
    }));
    lines
}

/// The change (or the difference in it) with what stands behind it.
fn main_sentence(w: &Writer, outcome: &OutcomeFindings, main: &EstimateFindings) -> String {
    let key = if main.estimand == "mean_change" { "change" } else { "difference" };
    let p = main.p.map_or_else(|| DASH.to_owned(), |p| w.p_value(p));
    let certain = match main.ci {
        Some(ci) => w.fill(
            "level_models.interval",
            &[
                ("level", &w.level()),
                ("ci", &format::bracket(w.lang, ci, POINTS)),
                ("df", &w.df(main.df)),
                ("p", &p),
            ],
        ),
        None => p,
    };
    w.fill(
        &format!("level_models.{key}"),
        &[
            ("value", &w.signed(main.estimate, POINTS)),
            ("certain", &certain),
            ("people", &w.people(outcome.respondent, main.n)),
            ("schools", &w.clusters(main.clusters)),
        ],
    )
}

fn estimates(w: &Writer, outcome: &OutcomeFindings, found: &LevelModels) -> Option<Block> {
    let mut columns = vec![Column::wide(w.say("level_models.what"), 3)];
    columns.extend(number_columns(w));
    let width = columns.len();
    let mut rows = Vec::new();
    if let Some(reached) = found.reached.as_ref().filter(|own| !own.estimates.is_empty()) {
        let level = level_name(w, outcome, &reached.level);
        rows.push(group_row(w.fill("level_models.points", &[("level", &level)]), width));
        for (place, own) in reached.estimates.iter().enumerate() {
            let mut cells = vec![w.method(own.method)];
            cells.extend(number_cells(w, own, POINTS));
            rows.push(if place == 0 { Row::strong(cells) } else { Row::body(cells) });
        }
    }
    let odds = found.reached.iter().flat_map(|own| &own.odds).map(|own| ("reached", own));
    let odds: Vec<_> = odds.chain(found.ordinal.iter().map(|own| ("ordinal", own))).collect();
    if !odds.is_empty() {
        rows.push(group_row(w.say("level_models.odds"), width));
        rows.extend(odds.into_iter().map(|(kind, own)| odds_row(w, kind, own)));
    }
    let moved: Vec<Row> = found
        .movement
        .iter()
        .filter(|own| own.n >= w.small())
        .flat_map(|own| movement_rows(w, own))
        .collect();
    if !moved.is_empty() {
        rows.push(group_row(w.say("level_models.movement"), width));
        rows.extend(moved);
    }
    let caption = w.fill("level_models.caption", &[("outcome", w.text(&outcome.label))]);
    table(caption, columns, rows, notes(w, outcome, found))
}

fn odds_row(w: &Writer, kind: &str, own: &OddsFindings) -> Row {
    let model = match own.model {
        OddsModel::Wave => "wave",
        OddsModel::Adjusted => "adjusted",
        OddsModel::Unadjusted => "unadjusted",
        OddsModel::ArmByWave => "arm_by_wave",
    };
    Row::body(vec![
        w.say(&format!("level_models.odds.{kind}.{model}")),
        w.number(own.odds_ratio, RATIO),
        w.number(own.se, RATIO),
        w.df(Some(own.df)),
        w.bracket(Some(own.ci), RATIO),
        w.p(Some(own.p)),
        w.count(own.n),
        w.maybe_count(own.clusters),
    ])
}

fn movement_rows(w: &Writer, own: &MovementFindings) -> Vec<Row> {
    let arm = if own.difference { w.say("level_models.between") } else { w.arm(&own.arm) };
    let named = |key: &str| {
        let name = w.say(&format!("level_models.moved.{key}"));
        if arm.is_empty() { name } else { format!("{arm}: {name}") }
    };
    let mut parts = vec![("levels", &own.levels, RATIO), ("net", &own.net, POINTS)];
    // Within an arm of a comparison the change is background; the test beside it would only lengthen the table.
    if own.difference || arm.is_empty() {
        parts.push(("assigned", &own.net_by_assignment, POINTS));
    }
    let row = |(key, estimate, digits): (&str, &Option<EstimateFindings>, usize)| {
        let mut cells = vec![named(key)];
        cells.extend(number_cells(w, estimate.as_ref()?, digits));
        Some(Row::body(cells))
    };
    parts.into_iter().filter_map(row).collect()
}

fn notes(w: &Writer, outcome: &OutcomeFindings, found: &LevelModels) -> Vec<String> {
    let mut notes = vec![w.say("level_models.note")];
    if !w.knows_schools() {
        notes.push(w.say("unclustered.note"));
    }
    notes.extend(found.ordinal.first().and_then(|own| parallel(w, outcome, own)));
    let described = || found.movement.iter().filter(|own| own.n >= w.small());
    let tests: Vec<String> = described().filter_map(|own| table_tests(w, own)).collect();
    if !tests.is_empty() {
        let mut tables = described().flat_map(|own| [own.stuart_maxwell, own.bowker]).flatten();
        let ignores = tables.any(|test| test.ignores_schools);
        let key = if ignores { "level_models.classical" } else { "level_models.classical.unclustered" };
        notes.push(w.fill(key, &[("tests", &tests.join("; "))]));
    }
    notes
}

/// The odds ratio at each cut, and whether they differ.
fn parallel(w: &Writer, outcome: &OutcomeFindings, odds: &OddsFindings) -> Option<String> {
    let own = odds.parallel.as_ref()?;
    let cuts = own.cuts.iter().map(|cut| {
        let level = level_name(w, outcome, &cut.level);
        let (ratio, ci) = (w.number(cut.odds_ratio, RATIO), w.bracket(Some(cut.ci), RATIO));
        w.fill("level_models.at_cut", &[("level", level.as_str()), ("ratio", &ratio), ("ci", &ci)])
    });
    let cuts = cuts.collect::<Vec<_>>().join("; ");
    let mut words = w.fill("level_models.cuts", &[("cuts", &cuts)]);
    if let (Some(f), Some([df1, df2]), Some(p)) = (own.f, own.df, own.p) {
        let values = [w.number(f, 2), w.df(Some(df1)), w.df(Some(df2)), w.p_value(p)];
        let filled = [("f", &values[0]), ("df1", &values[1]), ("df2", &values[2]), ("p", &values[3])];
        words.push(' ');
        words.push_str(&w.fill("level_models.equal", &filled.map(|(key, value)| (key, value.as_str()))));
    }
    Some(words)
}

/// The classical tests of one arm's table; the note that holds them says what they leave out.
fn table_tests(w: &Writer, own: &MovementFindings) -> Option<String> {
    let told = |key: &str, test: &Option<TableTestFindings>| {
        let test = test.as_ref()?;
        let values = [w.number(test.chi2, 1), w.df(Some(test.df)), w.p_value(test.p)];
        let filled = [("chi2", values[0].as_str()), ("df", &values[1]), ("p", &values[2])];
        Some(w.fill(&format!("level_models.{key}"), &filled))
    };
    let both = [told("stuart_maxwell", &own.stuart_maxwell), told("bowker", &own.bowker)];
    let tests = both.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let arm = w.arm(&own.arm);
    (!tests.is_empty()).then_some(if arm.is_empty() { tests } else { format!("{arm}: {tests}") })
}

/// The main estimate with the cut moved by the standard error of measurement.
fn cuts(w: &Writer, outcome: &OutcomeFindings, reached: &ReachedFindings) -> Option<Block> {
    let digits = decimals(outcome);
    let mut columns = vec![Column::wide(w.say("level_models.cut"), 2)];
    let arms = w.arm_ids(reached.shares.iter().map(|row| row.arm.as_str()));
    columns.extend(arms.iter().map(|arm| {
        let name = w.arm(arm);
        let share = w.say("column.share");
        Column::numbers(if name.is_empty() { share } else { format!("{name}\n{share}") })
    }));
    let kind = if arms.len() > 1 { "difference" } else { "change" };
    columns.push(Column::numbers(w.say(&format!("level_models.column.{kind}"))));
    let heads = ["df", "ci", "p"];
    columns.extend(
        heads.map(|name| Column::numbers(w.fill(&format!("column.{name}"), &[("level", &w.level())]))),
    );
    let row = |cut: &CutFindings| {
        let key = match cut.shift {
            shift if shift < 0.0 => "lower",
            shift if shift > 0.0 => "higher",
            _ => "declared",
        };
        let from = w.number(cut.from, digits);
        let mut cells = vec![w.fill(&format!("level_models.cut.{key}"), &[("from", &from)])];
        for arm in &arms {
            let own: Vec<ReachedShare> = cut.shares.iter().filter(|row| row.arm == *arm).cloned().collect();
            let plain: Vec<ReachedShare> =
                own.into_iter().map(|row| ReachedShare { arm: String::new(), ..row }).collect();
            cells.push(shares(w, &plain).pop().unwrap_or_else(|| DASH.to_owned()));
        }
        let estimate = cut.estimate.as_ref();
        cells.push(estimate.map_or_else(|| DASH.to_owned(), |own| w.signed(own.estimate, POINTS)));
        cells.extend([
            w.df(estimate.and_then(|own| own.df)),
            w.bracket(estimate.and_then(|own| own.ci), POINTS),
            w.p(estimate.and_then(|own| own.p)),
        ]);
        if cut.shift == 0.0 { Row::strong(cells) } else { Row::body(cells) }
    };
    let sem = reached.cuts.first()?.sem;
    let level = level_name(w, outcome, &reached.level);
    let method = reached.estimates.first().map_or_else(String::new, |own| w.method(own.method));
    let caption =
        w.fill("level_models.cut.caption", &[("outcome", w.text(&outcome.label)), ("level", &level)]);
    let sem = w.number(sem, digits);
    let note = w.fill("level_models.cut.note", &[("sem", sem.as_str()), ("method", &method)]);
    table(caption, columns, reached.cuts.iter().map(row).collect(), vec![note])
}
