//! Agreement of raters, for every instrument whose data hold ratings by several people.
//!
//! `marks` takes the ratings out of the files: persons x raters, for every item and every scale. The
//! `gate` decides whether enough was rated twice; only then `items` and `scores` are given. `people`
//! sets every rater against the others, `severity` tells how strict each is by the model that the room
//! `measure` fitted.

mod gate;
mod items;
mod marks;
mod notices;
mod people;
mod scores;
pub mod severity;

use polars::prelude::PolarsResult;

use super::Material;
use super::findings::{IccKind, Notice, RaterDesign, RaterFindings, RaterLayout};
use gate::Gate;
use marks::Marks;

/// The raters of a study.
#[derive(Clone, Debug, Default)]
pub struct Rated {
    /// One entry per instrument and wave with raters.
    pub findings: Vec<RaterFindings>,
    /// What was refused, and what must be known.
    pub notices: Vec<Notice>,
}

/// Analyses the raters of every instrument at every wave.
///
/// # Errors
/// polars cannot hand out a column.
pub fn analyze(material: Material<'_>) -> PolarsResult<Rated> {
    let mut rated = Rated::default();
    for set in &material.responses.sets {
        let Some(instrument) = material.study.instrument(&set.instrument) else { continue };
        let Some(marks) = marks::read(material, instrument, set)? else { continue };
        let found = one(material, &marks);
        rated.notices.extend(notices::of(material.study, &found));
        rated.findings.push(found);
    }
    Ok(rated)
}

fn one(material: Material<'_>, marks: &Marks<'_>) -> RaterFindings {
    let rules = &material.study.study.analysis;
    let gate = Gate::of(marks, rules.smallest_cell);
    let design = design(marks);
    let (mut items, mut scores) = (Vec::new(), Vec::new());
    if let Some(design) = design.filter(|_| gate.passes()) {
        items = items::all(marks, design, rules.alpha);
        scores = scores::all(marks, design, rules.alpha);
    }
    RaterFindings {
        instrument: marks.instrument.id.clone(),
        wave: marks.wave.to_owned(),
        respondent: marks.instrument.respondent,
        layout: marks.layout,
        rated: gate.rated,
        double: gate.double,
        share: gate.share(),
        needed: gate.needed,
        passes: gate.passes(),
        unnamed: marks.unnamed,
        design,
        raters: people::raters(material, marks, rules.alpha),
        pairs: people::pairs(marks),
        items,
        scores,
    }
}

/// Whether everybody rated twice had the same raters. Columns are numbered, not named, so that the people
/// behind them may change from person to person.
fn design(marks: &Marks<'_>) -> Option<RaterDesign> {
    let mut sets = (0..marks.persons).map(|person| marks.raters_of(person)).filter(|own| own.len() > 1);
    let first = sets.next()?;
    if marks.layout == RaterLayout::Columns {
        return Some(RaterDesign::DifferentRaters);
    }
    Some(if sets.all(|own| own == first) { RaterDesign::SameRaters } else { RaterDesign::DifferentRaters })
}

/// The form a design calls for: one rating, because most persons are rated once.
fn leading(design: RaterDesign) -> IccKind {
    match design {
        RaterDesign::SameRaters => IccKind::AgreementSingle,
        RaterDesign::DifferentRaters => IccKind::OneWaySingle,
    }
}
