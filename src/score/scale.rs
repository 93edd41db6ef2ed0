//! Item points to scale scores to levels.

use polars::lazy::dsl::sum_horizontal;
use polars::prelude::*;

use super::answer::State;
use super::plan::{points_column, state_column};
use crate::instrument::{Instrument, Item, Scale, ScaleMethod};

/// Share of the administered items that must have points where the scale does not say.
pub const DEFAULT_MIN_VALID: f64 = 0.5;

/// Slack on that share, so that an author who writes 0.67 gets two thirds.
const SHARE_SLACK: f64 = 0.005;

/// Slack on cut scores, so that 80 percent computed in binary reaches a cut of 80.
const CUT_SLACK: f64 = 1e-9;

/// Name of the column with a scale's score.
pub fn score_column(scale: &str) -> String {
    format!("scale:{scale}")
}

/// Name of the column with a scale's level.
pub fn level_column(scale: &str) -> String {
    format!("level:{scale}")
}

/// Plausible values per person of a measured scale.
pub const PLAUSIBLE_VALUES: usize = 10;

/// Name of a further column of a measured scale, such as `wle_se` or `pv1`.
pub fn measure_column(scale: &str, what: &str) -> String {
    format!("measure:{scale}:{what}")
}

/// Adds the score and the level of every scale.
///
/// # Errors
/// polars refuses an expression, which is a defect of dampak.
pub fn add_scales(plan: LazyFrame, instrument: &Instrument) -> PolarsResult<LazyFrame> {
    let mut scores = Vec::new();
    let mut levels = Vec::new();
    for scale in &instrument.scales {
        let items: Vec<&Item> = scale.items.iter().filter_map(|id| instrument.item(id)).collect();
        // Measures need the answers of every wave at once; the room `measure` adds them.
        if items.is_empty() || scale.method == ScaleMethod::Irt {
            continue;
        }
        let column = score_column(&scale.id);
        scores.push(score_expr(scale, &items)?.alias(column.as_str()));
        levels.extend(level_expr(scale, &column).map(|level| level.alias(level_column(&scale.id))));
    }
    Ok(plan.with_columns(scores).with_columns(levels))
}

/// Lowest and highest score of a scale; none for measures, whose ends follow from the data.
pub fn score_range(instrument: &Instrument, scale: &Scale) -> Option<[f64; 2]> {
    let ranges: Vec<(f64, f64)> =
        scale.items.iter().filter_map(|id| instrument.item(id)).map(Item::point_range).collect();
    Some(match scale.method {
        ScaleMethod::Irt => return None,
        ScaleMethod::Percent => [0.0, 100.0],
        ScaleMethod::Sum => [ranges.iter().map(|r| r.0).sum(), ranges.iter().map(|r| r.1).sum()],
        ScaleMethod::Mean => {
            let count = ranges.len().max(1) as f64;
            let (low, high) = ranges.iter().fold((0.0, 0.0), |sum, r| (sum.0 + r.0, sum.1 + r.1));
            [low / count, high / count]
        }
    })
}

/// An item's points as the scale counts them: turned round where the scale says so.
fn counted(scale: &Scale, item: &Item) -> Expr {
    let points = col(points_column(&item.id));
    if scale.reverse.contains(&item.id) {
        let (low, high) = item.point_range();
        lit(low + high) - points
    } else {
        points
    }
}

/// Sum of columns, blanks counting nothing, always in the same order. Polars adds the columns of `sum_horizontal` in
/// parallel, in an order of the moment, and sums of fractions then differ in their last digit from run to run. Halves
/// are added to each other, so that a long scale makes no deep expression.
fn sum_in_order(mut terms: Vec<Expr>) -> Expr {
    match terms.len() {
        0 => lit(0.0),
        1 => terms.remove(0).fill_null(lit(0.0)),
        count => {
            let later = terms.split_off(count / 2);
            sum_in_order(terms) + sum_in_order(later)
        }
    }
}

fn score_expr(scale: &Scale, items: &[&Item]) -> PolarsResult<Expr> {
    let one_if = |condition: Expr| when(condition).then(lit(1.0)).otherwise(lit(0.0));
    let points: Vec<Expr> = items.iter().map(|item| counted(scale, item)).collect();
    let has_points = |item: &&Item| col(points_column(&item.id)).is_not_null();
    let given = |item: &&Item| col(state_column(&item.id)).neq(lit(State::NotAdministered as i32));
    let most =
        |item: &&Item, condition: Expr| when(condition).then(lit(item.point_range().1)).otherwise(lit(0.0));

    let sum = sum_in_order(points);
    let valid = sum_horizontal(items.iter().map(|item| one_if(has_points(item))).collect::<Vec<_>>(), true)?;
    let administered =
        sum_horizontal(items.iter().map(|item| one_if(given(item))).collect::<Vec<_>>(), true)?;
    let possible = sum_in_order(items.iter().map(|item| most(item, has_points(item))).collect());
    let score = match scale.method {
        ScaleMethod::Percent | ScaleMethod::Irt => lit(100.0) * sum / possible,
        ScaleMethod::Mean => sum / valid.clone(),
        ScaleMethod::Sum => {
            let whole = sum_in_order(items.iter().map(|item| most(item, given(item))).collect());
            sum * whole / possible
        }
    };
    let enough = lit(scale.min_valid.unwrap_or(DEFAULT_MIN_VALID) - SHARE_SLACK);
    let complete = valid.clone().gt(lit(0.0)).and((valid / administered).gt_eq(enough));
    Ok(when(complete).then(score).otherwise(lit(NULL)))
}

/// The place of the level a score stands in.
fn level_expr(scale: &Scale, column: &str) -> Option<Expr> {
    let above = scale
        .levels
        .iter()
        .skip(1)
        .map(|level| when(col(column).gt_eq(lit(level.from - CUT_SLACK))).then(lit(1)).otherwise(lit(0)))
        .reduce(|sum, step| sum + step)?;
    Some(when(col(column).is_not_null()).then(above).otherwise(lit(NULL)))
}
