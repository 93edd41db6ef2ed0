//! Training hours and the change of the staff against the change: associations, worded as such.

use super::build::{group_row, section, table};
use super::drawings::figure;
use super::writer::{DASH, Writer, decimals};
use crate::analysis::findings::{AssociationFindings, AssociationKind, Design, OutcomeFindings};
use crate::chart::{Chart, SchoolScatter};
use crate::doc::{Block, Column, Figure, Row};

/// The section; nothing where the study asks for no association.
pub fn compose(w: &Writer) -> Vec<Block> {
    if w.findings.associations.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![section(w.say("associations.title"), "associations")];
    let mut intro = w.say("associations.intro");
    if matches!(w.findings.plan.design, Design::ComparisonClustered | Design::ComparisonUnclustered) {
        intro = format!("{intro} {}", w.say("associations.programme_only"));
    }
    blocks.push(Block::paragraph(intro));
    blocks.extend(one_table(w, true));
    blocks.extend(figures(w));
    blocks.extend(one_table(w, false));
    blocks
}

/// Associations over schools, or those over persons.
fn of<'a>(w: &Writer<'a>, schools: bool) -> Vec<(&'a AssociationFindings, &'a OutcomeFindings)> {
    let all = w.findings.associations.iter();
    let wanted = all.filter(|found| (found.kind != AssociationKind::DosePersons) == schools);
    wanted.filter_map(|found| Some((found, outcome(w, &found.outcome)?))).collect()
}

fn outcome<'a>(w: &Writer<'a>, id: &str) -> Option<&'a OutcomeFindings> {
    w.findings.outcomes.iter().find(|outcome| outcome.id == id)
}

fn one_table(w: &Writer, schools: bool) -> Option<Block> {
    let mut columns = vec![Column::wide(w.say("column.outcome"), 3)];
    let filled = |key: &str| Column::numbers(w.fill(key, &[("level", &w.level())]));
    columns
        .extend(["associations.column.slope", "column.se", "column.df", "column.ci", "column.p"].map(filled));
    if schools {
        let beside = ["associations.column.range", "associations.column.r", "associations.column.rho"];
        columns.extend(beside.map(filled));
    } else {
        columns.push(filled("column.n"));
    }
    columns.push(filled("column.schools"));
    let (mut rows, mut notes, mut last) = (Vec::new(), Vec::new(), String::new());
    for (found, outcome) in of(w, schools) {
        let heading = heading(w, found);
        if heading != last {
            rows.push(group_row(heading.clone(), columns.len()));
            last = heading;
        }
        rows.push(Row::body(cells(w, found, outcome, schools)));
        add_notes(w, found, outcome, &mut notes);
    }
    notes.insert(0, w.say(if schools { "associations.note.schools" } else { "associations.note.persons" }));
    if schools {
        notes.insert(1, behind(w));
    }
    let key = if schools { "associations.caption.schools" } else { "associations.caption.persons" };
    table(w.say(key), columns, rows, notes)
}

/// The unit of the predictor: of its outcome, or hours where the study names none.
fn unit(w: &Writer, found: &AssociationFindings) -> String {
    let own = w.text(&found.predictor_unit);
    match (own.is_empty(), found.kind) {
        (false, _) => own.to_owned(),
        (true, AssociationKind::Linkage) => w.say("unit.default"),
        (true, _) => w.say("associations.unit.hours"),
    }
}

fn heading(w: &Writer, found: &AssociationFindings) -> String {
    let label = w.text(&found.predictor_label);
    if found.kind == AssociationKind::Linkage {
        return w.fill("associations.linkage", &[("label", label)]);
    }
    let digits = if found.per.fract() == 0.0 { 0 } else { 1 };
    let per = w.number(found.per, digits);
    w.fill("associations.dose", &[("label", label), ("per", &per), ("unit", &unit(w, found))])
}

fn cells(w: &Writer, found: &AssociationFindings, outcome: &OutcomeFindings, schools: bool) -> Vec<String> {
    // A slope is smaller than the scores it is made of.
    let digits = decimals(outcome) + 1;
    let slope = found.slope;
    let mut cells = vec![
        w.text(&outcome.label).to_owned(),
        slope.map_or_else(|| DASH.to_owned(), |slope| w.signed(slope.estimate, digits)),
        w.maybe(slope.map(|slope| slope.se), digits),
        w.df(slope.map(|slope| slope.df)),
        w.bracket(slope.map(|slope| slope.ci), digits),
        w.p(slope.map(|slope| slope.p)),
    ];
    if schools {
        let beside = found.schoolwise.as_ref();
        let r = beside.map_or_else(
            || DASH.to_owned(),
            |beside| format!("{} {}", w.number(beside.pearson, 2), w.bracket(beside.pearson_ci, 2)),
        );
        cells.push(w.bracket(beside.and_then(|beside| beside.leave_one_out), digits));
        cells.push(r);
        cells.push(w.maybe(beside.map(|beside| beside.spearman), 2));
    } else {
        cells.push(w.count(found.n));
    }
    cells.push(w.count(found.schools));
    cells
}

/// How many persons stand behind the means of each association.
fn behind(w: &Writer) -> String {
    let one = |(found, outcome): (&AssociationFindings, &OutcomeFindings)| {
        let values = [w.people(outcome.respondent, found.n), w.count(found.staff)];
        let (predictor, label) = (w.text(&found.predictor_label), w.text(&outcome.label));
        w.fill(
            "associations.note.behind.one",
            &[("predictor", predictor), ("outcome", label), ("people", &values[0]), ("staff", &values[1])],
        )
    };
    let list: Vec<String> = of(w, true).into_iter().map(one).collect();
    w.fill("associations.note.behind", &[("list", &list.join("; "))])
}

fn add_notes(w: &Writer, found: &AssociationFindings, outcome: &OutcomeFindings, notes: &mut Vec<String>) {
    let mut add = |words: String| {
        if !notes.contains(&words) {
            notes.push(words);
        }
    };
    let label = w.text(&outcome.label);
    if found.unknown > 0 {
        let predictor = w.text(&found.predictor_label);
        add(w.fill("associations.note.unknown", &[("label", predictor), ("n", &w.count(found.unknown))]));
    }
    for notice in &found.notices {
        add(format!("{label}: {}", super::design::coded(w, notice)));
    }
}

/// One chart per association over schools, side by side where there are two of one kind.
fn figures(w: &Writer) -> Vec<Block> {
    let mut blocks = Vec::new();
    for kind in [AssociationKind::DoseSchools, AssociationKind::Linkage] {
        let own = of(w, true).into_iter().filter(|(found, _)| found.kind == kind);
        let drawn: Vec<Figure> = own.filter_map(|(found, outcome)| scatter(w, found, outcome)).collect();
        for pair in drawn.chunks(2) {
            blocks.push(match pair {
                [one] => Block::Figure(one.clone()),
                several => Block::Beside(several.to_vec()),
            });
        }
    }
    blocks
}

fn scatter(w: &Writer, found: &AssociationFindings, outcome: &OutcomeFindings) -> Option<Figure> {
    let (slope, beside) = (found.slope?, found.schoolwise.as_ref()?);
    // Few points show no more than the table, and hardly hide which school is which.
    if beside.points.len() < 3 {
        return None;
    }
    let (label, predictor) = (w.text(&outcome.label), w.text(&found.predictor_label));
    let across = if found.kind == AssociationKind::Linkage { "linkage" } else { "dose" };
    let across = format!("associations.axis.{across}");
    let axes = [
        w.fill(&across, &[("label", predictor), ("unit", &unit(w, found))]),
        w.fill("associations.axis.outcome", &[("outcome", label), ("unit", &w.unit(outcome))]),
    ];
    let chart = SchoolScatter {
        axes,
        points: beside.points.iter().map(|point| [point.x, point.y]).collect(),
        line: Some([beside.intercept, slope.estimate / found.per]),
        schools: found.schools,
    };
    let values = [w.count(found.schools), w.number(beside.pearson, 2)];
    let told = match found.kind {
        AssociationKind::Linkage => w.fill("associations.change_of", &[("label", predictor)]),
        _ => predictor.to_owned(),
    };
    let mut caption = w.fill(
        "associations.figure",
        &[("predictor", &told), ("outcome", label), ("schools", &values[0]), ("r", &values[1])],
    );
    if beside.hidden > 0 {
        let hidden = w.fill("associations.figure.hidden", &[("n", &w.count(beside.hidden))]);
        caption = format!("{caption} {hidden}");
    }
    let id = format!("{}-{}-association", found.predictor, outcome.id);
    Some(figure(id, Chart::SchoolScatter(chart), caption))
}
