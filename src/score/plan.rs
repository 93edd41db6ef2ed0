//! The polars plan: an instrument and its codebooks become expressions over a LazyFrame.
//!
//! The steps are columns that build on each other: `points:` and `state:` per slot, per item (with booklet,
//! condition, not-reached and missing rule), one row per person where raters gave several, then scales.

// Named one by one: two of polars' glob exports hold functions of these names.
use polars::lazy::dsl::{max_horizontal, mean_horizontal, min_horizontal, sum_horizontal};
use polars::prelude::*;

use super::answer::{State, means_any_of};
use super::codebook::Codebook;
use super::{MissingPolicy, rules, scale};
use crate::diag::{Diagnostic, Place};
use crate::instrument::{Booklet, Instrument, Item, ItemKind, ScoringRule};
use crate::response::slot::Part;
use crate::response::{ResponseSet, Slot};
use crate::study::MissingRule;

/// Name of the column with an item's points.
pub fn points_column(item: &str) -> String {
    format!("points:{item}")
}

/// Name of the column with an item's state.
pub fn state_column(item: &str) -> String {
    format!("state:{item}")
}

const PERSON: &str = "person";
const BOOKLET: &str = "booklet";

fn state(state: State) -> Expr {
    lit(state as i32)
}

/// Compiles the plan of one response set.
///
/// # Errors
/// polars refuses an expression, which is a defect of dampak.
pub fn compile(
    instrument: &Instrument,
    set: &ResponseSet,
    books: &[Codebook],
    policy: MissingPolicy,
) -> PolarsResult<LazyFrame> {
    // The file's own names stay outside: polars would take "*" or "^L.*$" for a pattern, and a column that is
    // called "person" or "points:L01" would stand in the way.
    let mut columns = vec![Column::new(PERSON.into(), &set.persons)];
    for (place, slot) in set.slots.iter().enumerate() {
        columns.push(set.table.frame.column(&slot.column)?.clone().with_name(cell_column(place).into()));
    }
    if let Some(column) = &set.booklet {
        columns.push(set.table.frame.column(column)?.clone().with_name(BOOKLET.into()));
    }
    let frame = DataFrame::new(set.persons.len(), columns)?;
    let booklet = set.booklet.as_ref().map(|_| col(BOOKLET));
    let mut plan = frame.lazy().with_columns(slot_exprs(books));
    plan = plan.with_columns(item_exprs(instrument, set)?);
    plan = plan.with_columns(administration_exprs(instrument, set, books, booklet.as_ref()));
    plan = plan.with_columns(not_reached_exprs(instrument, booklet.as_ref())?);
    plan = plan.with_columns(missing_rule_exprs(instrument, policy));
    plan = plan.select(kept_columns(instrument, booklet));
    if set.has_raters() {
        plan = plan.group_by_stable([col(PERSON)]).agg(per_person(instrument, set.booklet.is_some()));
    }
    scale::add_scales(plan, instrument)
}

/// Name of the column with the raw cells of a slot.
fn cell_column(slot: usize) -> String {
    format!("cell:{slot}")
}

/// Points and state of every slot, looked up in its codebook.
fn slot_exprs(books: &[Codebook]) -> Vec<Expr> {
    let mut exprs = Vec::with_capacity(books.len() * 2);
    for (place, book) in books.iter().enumerate() {
        let points = format!("slot-points:{place}");
        let states = format!("slot-state:{place}");
        if book.cells.is_empty() {
            exprs.push(lit(NULL).cast(DataType::Float64).alias(points.as_str()));
            exprs.push(state(State::Omitted).alias(states.as_str()));
            continue;
        }
        let raw = col(cell_column(place));
        let numbers: Vec<i32> = book.states.iter().map(|state| i32::from(*state)).collect();
        let worth = match grouped(&raw, &book.cells, &book.points, |points| match points {
            Some(points) => lit(*points),
            None => lit(NULL).cast(DataType::Float64),
        }) {
            Some(worth) => worth,
            None => replaced(&raw, book, Series::new("points".into(), &book.points), DataType::Float64),
        };
        let kind = match grouped(&raw, &book.cells, &numbers, |state| lit(*state)) {
            Some(kind) => kind,
            None => replaced(&raw, book, Series::new("states".into(), numbers), DataType::Int32),
        };
        exprs.push(worth.alias(points.as_str()));
        exprs.push(kind.fill_null(state(State::Omitted)).alias(states.as_str()));
    }
    exprs
}

/// Comparisons up to which a chain of them is cheaper than a look-up by hash.
const MOST_COMPARISONS: usize = 6;

/// The values of cells as comparisons with those that differ from the commonest value. A codebook holds every
/// cell of its column, so the commonest value may stand for all that are left. None where it takes too many.
fn grouped<T: PartialEq>(
    raw: &Expr,
    cells: &[String],
    values: &[T],
    value: impl Fn(&T) -> Expr,
) -> Option<Expr> {
    let uses = |wanted: &T| values.iter().filter(|value| *value == wanted).count();
    let commonest = values.iter().max_by_key(|value| uses(value))?;
    let others: Vec<(&String, &T)> =
        cells.iter().zip(values).filter(|(_, value)| *value != commonest).collect();
    if others.len() > MOST_COMPARISONS {
        return None;
    }
    let known = when(raw.clone().is_not_null()).then(value(commonest)).otherwise(lit(NULL));
    Some(others.into_iter().fold(known, |rest, (cell, other)| {
        when(raw.clone().eq(lit(cell.as_str()))).then(value(other)).otherwise(rest)
    }))
}

/// The values of cells by a look-up in the codebook.
fn replaced(raw: &Expr, book: &Codebook, values: Series, kind: DataType) -> Expr {
    let nothing: Option<Expr> = Some(lit(NULL));
    raw.clone().replace_strict(
        lit(Series::new("cells".into(), &book.cells)),
        lit(values),
        nothing,
        Some(kind),
    )
}

/// Points and state of every item, from its slots.
fn item_exprs(instrument: &Instrument, set: &ResponseSet) -> PolarsResult<Vec<Expr>> {
    let mut exprs = Vec::with_capacity(instrument.items.len() * 2);
    for (place, item) in instrument.items.iter().enumerate() {
        let slots: Vec<(usize, &Slot)> =
            set.slots.iter().enumerate().filter(|(_, slot)| slot.item == place).collect();
        let points: Vec<Expr> = slots.iter().map(|(slot, _)| col(format!("slot-points:{slot}"))).collect();
        let states: Vec<Expr> = slots.iter().map(|(slot, _)| col(format!("slot-state:{slot}"))).collect();
        let (worth, kind) = match slots.first().map(|(_, slot)| slot.part) {
            None => (lit(NULL).cast(DataType::Float64), state(State::NotAdministered)),
            Some(Part::Whole) => (points[0].clone(), states[0].clone()),
            Some(Part::Rater(_)) => (mean_horizontal(points, true)?, min_horizontal(states)?),
            Some(Part::Statement(_)) => (statements_worth(item, points)?, min_horizontal(states)?),
        };
        exprs.push(worth.alias(points_column(&item.id)));
        exprs.push(kind.alias(state_column(&item.id)));
    }
    Ok(exprs)
}

/// A grid or matching item whose parts stand in columns of their own.
fn statements_worth(item: &Item, parts: Vec<Expr>) -> PolarsResult<Expr> {
    let (count, rule) = match &item.kind {
        ItemKind::StatementGrid { statements, rule, .. } => (statements.len(), *rule),
        ItemKind::Matching { left, rule, .. } => (left.len(), *rule),
        _ => (parts.len(), ScoringRule::Exact),
    };
    let answered = max_horizontal(parts.iter().map(|part| part.clone().is_not_null()).collect::<Vec<_>>())?;
    let right = sum_horizontal(parts, true)?;
    let worth = match rule {
        ScoringRule::PerStatement => right * lit(item.points / count as f64),
        _ => when(right.eq(lit(count as f64))).then(lit(item.points)).otherwise(lit(0.0)),
    };
    Ok(when(answered).then(worth).otherwise(lit(NULL)))
}

/// Takes away what was not given: items outside the booklet, items hidden by their condition.
fn administration_exprs(
    instrument: &Instrument,
    set: &ResponseSet,
    books: &[Codebook],
    booklet: Option<&Expr>,
) -> Vec<Expr> {
    let mut exprs = Vec::new();
    for item in &instrument.items {
        let in_booklet = booklet.filter(|_| !instrument.booklets.is_empty()).map(|booklet| {
            any_of(
                booklet,
                instrument.booklets.iter().filter(|b| b.items.contains(&item.id)).map(|b| b.id.as_str()),
            )
        });
        let shown = item.show_if.as_ref().and_then(|condition| {
            let place = instrument.items.iter().position(|other| other.id == condition.item)?;
            let slot = set.slots.iter().position(|slot| slot.item == place && slot.part == Part::Whole)?;
            let meant = |cell: &&String| means_any_of(&instrument.items[place], cell, &condition.any_of);
            let cells = books[slot].cells.iter().filter(meant);
            Some(any_of(&col(cell_column(slot)), cells.map(String::as_str)))
        });
        let Some(given) = [in_booklet, shown].into_iter().flatten().reduce(Expr::and) else { continue };
        let (points, states) = (points_column(&item.id), state_column(&item.id));
        exprs
            .push(when(given.clone()).then(col(points.as_str())).otherwise(lit(NULL)).alias(points.as_str()));
        exprs.push(
            when(given)
                .then(col(states.as_str()))
                .otherwise(state(State::NotAdministered))
                .alias(states.as_str()),
        );
    }
    exprs
}

fn any_of<'a>(expr: &Expr, codes: impl Iterator<Item = &'a str>) -> Expr {
    codes
        .map(|code| expr.clone().eq(lit(code.to_owned())))
        .reduce(Expr::or)
        .unwrap_or_else(|| lit(false))
        .fill_null(lit(false))
}

/// Blanks after the last answer of a test were not reached. The order is the one of the person's booklet.
fn not_reached_exprs(instrument: &Instrument, booklet: Option<&Expr>) -> PolarsResult<Vec<Expr>> {
    let whole = [Booklet {
        id: String::new(),
        title: Default::default(),
        items: instrument.items.iter().map(|item| item.id.clone()).collect(),
    }];
    let booklets =
        if booklet.is_some() && !instrument.booklets.is_empty() { &instrument.booklets[..] } else { &whole };
    let mut chains: Vec<(String, Expr)> = Vec::new();
    for form in booklets {
        let tested: Vec<&str> = form
            .items
            .iter()
            .map(String::as_str)
            .filter(|id| instrument.item(id).is_some_and(Item::has_key))
            .collect();
        if tested.is_empty() {
            continue;
        }
        let last = max_horizontal(
            tested
                .iter()
                .enumerate()
                .map(|(place, id)| {
                    let reached = col(state_column(id))
                        .eq(state(State::Answered))
                        .or(col(state_column(id)).eq(state(State::Invalid)));
                    when(reached).then(lit(place as i32)).otherwise(lit(-1))
                })
                .collect::<Vec<_>>(),
        )?;
        for (place, id) in tested.iter().enumerate() {
            let mut beyond =
                col(state_column(id)).eq(state(State::Omitted)).and(last.clone().lt(lit(place as i32)));
            if let (Some(booklet), false) = (booklet, form.id.is_empty()) {
                beyond = beyond.and(any_of(booklet, std::iter::once(form.id.as_str())));
            }
            match chains.iter_mut().find(|(item, _)| item == id) {
                Some((_, condition)) => *condition = condition.clone().or(beyond),
                None => chains.push(((*id).to_owned(), beyond)),
            }
        }
    }
    Ok(chains
        .into_iter()
        .map(|(item, beyond)| {
            let column = state_column(&item);
            when(beyond).then(state(State::NotReached)).otherwise(col(column.as_str())).alias(column.as_str())
        })
        .collect())
}

/// Test items: missing answers that count as wrong get no points, and so do unusable ones.
fn missing_rule_exprs(instrument: &Instrument, policy: MissingPolicy) -> Vec<Expr> {
    let mut wrong = vec![State::Invalid];
    if policy.omitted == MissingRule::Wrong {
        wrong.push(State::Omitted);
    }
    if policy.not_reached == MissingRule::Wrong {
        wrong.push(State::NotReached);
    }
    instrument
        .items
        .iter()
        .filter(|item| item.has_key())
        .map(|item| {
            let (points, states) = (points_column(&item.id), state_column(&item.id));
            let counts_as_wrong = wrong
                .iter()
                .map(|wrong| col(states.as_str()).eq(state(*wrong)))
                .reduce(Expr::or)
                .unwrap_or_else(|| lit(false));
            when(counts_as_wrong).then(lit(0.0)).otherwise(col(points.as_str())).alias(points.as_str())
        })
        .collect()
}

fn kept_columns(instrument: &Instrument, booklet: Option<Expr>) -> Vec<Expr> {
    let mut columns = vec![col(PERSON)];
    columns.extend(booklet.map(|booklet| booklet.alias(BOOKLET)));
    for item in &instrument.items {
        columns.push(col(points_column(&item.id)));
        columns.push(col(state_column(&item.id)));
    }
    columns
}

/// Several rows of a person become one: the mean of the raters' points.
fn per_person(instrument: &Instrument, has_booklet: bool) -> Vec<Expr> {
    let mut exprs = Vec::new();
    if has_booklet {
        exprs.push(col(BOOKLET).first());
    }
    for item in &instrument.items {
        exprs.push(col(points_column(&item.id)).mean());
        exprs.push(col(state_column(&item.id)).min());
    }
    exprs
}

/// Reports unknown booklets, and answers to items that the person's booklet does not hold.
pub fn check_booklets(instrument: &Instrument, set: &ResponseSet) -> Vec<Diagnostic> {
    let (Some(column), false) = (&set.booklet, instrument.booklets.is_empty()) else { return Vec::new() };
    let Ok(booklets) = set.table.texts(column) else { return Vec::new() };
    let known: Vec<&str> = instrument.booklets.iter().map(|booklet| booklet.id.as_str()).collect();
    let mut diagnostics = Vec::new();
    for (booklet, row) in booklets.iter().zip(&set.rows) {
        let id = booklet.as_deref().unwrap_or_default();
        if !known.contains(&id) {
            let message = format!("booklet \"{id}\" is not one of {}", known.join(", "));
            let place = Place::cell(&set.table.file, *row, column);
            diagnostics.push(
                Diagnostic::new(&rules::UNKNOWN_BOOKLET, place, message)
                    .hint("look at the booklet itself: its items tell which one it is"),
            );
        }
    }
    diagnostics.extend(answers_outside(instrument, set, &booklets));
    diagnostics
}

fn answers_outside(
    instrument: &Instrument,
    set: &ResponseSet,
    booklets: &[Option<String>],
) -> Option<Diagnostic> {
    let mut cells = 0;
    let mut first: Option<(usize, &str)> = None;
    for slot in &set.slots {
        let item = &instrument.items[slot.item].id;
        let holders: Vec<&str> =
            instrument.booklets.iter().filter(|b| b.items.contains(item)).map(|b| b.id.as_str()).collect();
        if holders.len() == instrument.booklets.len() {
            continue;
        }
        let Ok(answers) = set.table.texts(&slot.column) else { continue };
        for ((answer, booklet), row) in answers.iter().zip(booklets).zip(&set.rows) {
            let outside = booklet.as_deref().is_some_and(|booklet| !holders.contains(&booklet));
            if outside && answer.as_deref().is_some_and(|answer| !answer.is_empty()) {
                cells += 1;
                first = first.or(Some((*row, slot.column.as_str())));
            }
        }
    }
    let (row, column) = first?;
    let message = format!(
        "{cells} answers belong to items that are not in the booklet of their row; they are not used"
    );
    Some(
        Diagnostic::new(&rules::OUTSIDE_BOOKLET, Place::cell(&set.table.file, row, column), message)
            .hint("check the booklet of these rows: it may be the other one"),
    )
}
