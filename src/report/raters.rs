//! Agreement of raters: how much was rated twice, whether two raters agree, on which items, and who is strict.

use super::build::{group_row, part, section, shorten, table};
use super::instruments::instrument_ids;
use super::writer::{DASH, Writer, decimals_of_range};
use crate::analysis::findings::{
    AgreementBand, AgreementVerdict, Coefficient, CoefficientOutcome, IccKind, ItemAgreement, KappaKind,
    RaterFindings, RaterIcc, RaterLayout, RaterRow, ScoreAgreement,
};
use crate::doc::{Block, Column, Row};
use crate::i18n::format;
use crate::instrument::Respondent;

/// Characters of a question that identify it in a table.
const PROMPT: usize = 70;

/// The forms in the order of their columns.
const FORMS: [IccKind; 6] = [
    IccKind::OneWaySingle,
    IccKind::AgreementSingle,
    IccKind::ConsistencySingle,
    IccKind::OneWayMean,
    IccKind::AgreementMean,
    IccKind::ConsistencyMean,
];

/// The section; nothing where no data hold ratings by several people.
pub fn compose(w: &Writer) -> Vec<Block> {
    if w.findings.raters.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![section(w.say("raters.title"), "raters"), Block::paragraph(w.say("raters.intro"))];
    blocks.extend(overview(w));
    // What a table means is said under the first of its kind.
    let mut said = Said::default();
    for id in rated_instruments(w) {
        blocks.push(part(2, w.instrument_label(id), &format!("raters-{id}")));
        let waves = waves_of(w, id);
        blocks.extend(verdicts(w, id, &waves).into_iter().map(Block::paragraph));
        // The correlation of an item with a column per rater stands in its verdict.
        if waves.iter().any(|found| found.layout == RaterLayout::Rows) {
            blocks.extend(scores(w, &waves, &mut said));
        }
        blocks.extend(items(w, &waves, &mut said));
        blocks.extend(people(w, &waves, &mut said));
        blocks.extend(super::severity::compose(w, id, &mut said));
    }
    blocks
}

/// Notes that have been given.
#[derive(Default)]
pub(super) struct Said(Vec<String>);

impl Said {
    /// The notes that have not been given yet.
    pub(super) fn fresh(&mut self, notes: Vec<String>) -> Vec<String> {
        let fresh: Vec<String> = notes.into_iter().filter(|note| !self.0.contains(note)).collect();
        self.0.extend(fresh.iter().cloned());
        fresh
    }
}

fn rated_instruments<'a>(w: &Writer<'a>) -> Vec<&'a str> {
    let rated = |id: &str| w.findings.raters.iter().any(|found| found.instrument == id);
    instrument_ids(w, |instrument| rated(&instrument.id))
}

fn waves_of<'a>(w: &Writer<'a>, id: &str) -> Vec<&'a RaterFindings> {
    let place = |wave: &str| w.findings.study.waves.iter().position(|known| known.id == wave);
    let mut found: Vec<&RaterFindings> =
        w.findings.raters.iter().filter(|found| found.instrument == id).collect();
    found.sort_by_key(|found| place(&found.wave));
    found
}

/// What was rated, and how much of it twice.
fn overview(w: &Writer) -> Option<Block> {
    let mut columns = vec![Column::wide(w.say("column.wave"), 2)];
    columns.extend(
        ["rated", "rated_twice", "raters", "pairs"]
            .map(|name| Column::numbers(w.say(&format!("raters.column.{name}")))),
    );
    columns.push(Column::words(w.say("raters.column.design")));
    let mut rows = Vec::new();
    for id in rated_instruments(w) {
        rows.push(group_row(w.instrument_label(id), columns.len()));
        for found in waves_of(w, id) {
            let twice = format!("{} ({})", w.count(found.double), w.rate(found.double, found.rated));
            rows.push(Row::body(vec![
                w.wave(&found.wave),
                w.count(found.rated),
                twice,
                w.count(found.raters.len()),
                w.count(found.pairs.len()),
                design(w, found),
            ]));
        }
    }
    table(w.say("raters.overview"), columns, rows, vec![w.say("raters.overview.note")])
}

fn design(w: &Writer, found: &RaterFindings) -> String {
    use crate::analysis::findings::RaterDesign::{DifferentRaters, SameRaters};
    match (found.layout, found.design) {
        (_, None) => DASH.to_owned(),
        (RaterLayout::Columns, Some(_)) => w.say("raters.design.columns"),
        (RaterLayout::Rows, Some(SameRaters)) => w.say("raters.design.same"),
        (RaterLayout::Rows, Some(DifferentRaters)) => w.say("raters.design.different"),
    }
}

/// The verdict of every wave, or why there is none.
fn verdicts(w: &Writer, id: &str, waves: &[&RaterFindings]) -> Vec<String> {
    let notices = w.findings.notices.iter();
    let own = notices.filter(|notice| notice.about == id && notice.code.starts_with("A-RATER"));
    let mut lines: Vec<String> = own.map(|notice| super::design::coded(w, notice)).collect();
    for found in waves {
        let judged = |score: &&ScoreAgreement| score.main || found.layout == RaterLayout::Columns;
        lines.extend(found.scores.iter().filter(judged).map(|score| verdict(w, found, score)));
    }
    lines
}

fn verdict(w: &Writer, found: &RaterFindings, score: &ScoreAgreement) -> String {
    let wave = match found.layout {
        RaterLayout::Rows => w.wave(&found.wave),
        RaterLayout::Columns => format!("{}, {}", w.wave(&found.wave), score.id),
    };
    // Observers watch persons; raters of a test read answers.
    let watched = found.respondent == Respondent::Observer;
    let raters = w.say(if watched { "raters.who.observers" } else { "raters.who.raters" });
    let same = w.say(if watched { "raters.same.person" } else { "raters.same.answer" });
    let key = score.verdict.map_or("none", |verdict| match verdict {
        AgreementVerdict::NearlySame => "nearly_same",
        AgreementVerdict::Close => "close",
        AgreementVerdict::Rough => "rough",
        AgreementVerdict::Unclear => "unclear",
        AgreementVerdict::Apart => "apart",
    });
    let said =
        w.fill(&format!("raters.verdict.{key}"), &[("wave", &wave), ("raters", &raters), ("same", &same)]);
    let digits = decimals_of_range(Some(score.range));
    let ends = score.range.map(|end| w.number(end, 0));
    let behind = w.fill(
        "raters.behind",
        &[
            ("distance", &w.number(score.distance, digits)),
            ("low", &ends[0]),
            ("high", &ends[1]),
            ("n", &w.count(score.n)),
            ("same", &same),
        ],
    );
    match score.icc.iter().find(|icc| icc.leading).and_then(|icc| estimate(w, icc)) {
        Some(icc) => format!("{said} {icc} {behind}"),
        None => format!("{said} {behind}"),
    }
}

/// The leading correlation in words.
fn estimate(w: &Writer, icc: &RaterIcc) -> Option<String> {
    let value = w.number(icc.coefficient.value?, 2);
    let form = w.say(&format!("raters.form.{}", form_key(icc.form)));
    let (Some(ci), Some([low, high])) = (icc.coefficient.ci, icc.bands) else {
        return Some(w.fill("raters.icc.bare", &[("form", &form), ("value", &value)]));
    };
    let band = |band| w.say(&format!("raters.band.{}", band_key(band)));
    let bands = if low == high {
        band(low)
    } else {
        w.fill("raters.band.from_to", &[("low", &band(low)), ("high", &band(high))])
    };
    let ci = format::bracket(w.lang, ci, 2);
    Some(w.fill(
        "raters.icc",
        &[("form", &form), ("value", &value), ("level", &w.level()), ("ci", &ci), ("bands", &bands)],
    ))
}

fn form_key(form: IccKind) -> &'static str {
    match form {
        IccKind::OneWaySingle => "one_way_single",
        IccKind::AgreementSingle => "agreement_single",
        IccKind::ConsistencySingle => "consistency_single",
        IccKind::OneWayMean => "one_way_mean",
        IccKind::AgreementMean => "agreement_mean",
        IccKind::ConsistencyMean => "consistency_mean",
    }
}

fn band_key(band: AgreementBand) -> &'static str {
    match band {
        AgreementBand::Poor => "poor",
        AgreementBand::Moderate => "moderate",
        AgreementBand::Good => "good",
        AgreementBand::Excellent => "excellent",
    }
}

/// Intraclass correlations: one row per score and wave, one column per form.
fn scores(w: &Writer, waves: &[&RaterFindings], said: &mut Said) -> Option<Block> {
    let all = || waves.iter().flat_map(|found| &found.scores);
    let forms: Vec<IccKind> = FORMS
        .into_iter()
        .filter(|form| all().any(|score| score.icc.iter().any(|icc| icc.form == *form)))
        .collect();
    let mut columns = vec![
        Column::wide(w.say("raters.column.score"), 3),
        Column::words(w.say("column.wave")),
        Column::numbers(w.say("column.n")),
        Column::numbers(w.say("raters.column.distance")),
    ];
    columns
        .extend(forms.iter().map(|form| Column::numbers(w.say(&format!("raters.form.{}", form_key(*form))))));
    let first = waves.iter().find(|found| !found.scores.is_empty())?;
    let mut rows = Vec::new();
    for own in &first.scores {
        for found in waves {
            let Some(score) = found.scores.iter().find(|score| score.id == own.id) else { continue };
            let mut cells = vec![
                title(w, found.layout, score),
                w.wave(&found.wave),
                w.count(score.n),
                w.number(score.distance, decimals_of_range(Some(score.range))),
            ];
            cells.extend(forms.iter().map(|form| {
                let icc = score.icc.iter().find(|icc| icc.form == *form);
                icc.map_or_else(|| DASH.to_owned(), |icc| with_interval(w, &icc.coefficient))
            }));
            rows.push(if score.main { Row::strong(cells) } else { Row::body(cells) });
        }
    }
    let caption = w.fill("raters.scores", &[("level", &w.level())]);
    table(caption, columns, rows, said.fresh(vec![w.say("raters.scores.note")]))
}

fn title(w: &Writer, layout: RaterLayout, score: &ScoreAgreement) -> String {
    match layout {
        RaterLayout::Rows => w.text(&score.title).to_owned(),
        RaterLayout::Columns => format!("{}: {}", score.id, shorten(w.text(&score.title), PROMPT)),
    }
}

fn with_interval(w: &Writer, coefficient: &Coefficient) -> String {
    let value = value(w, coefficient);
    coefficient.ci.map_or(value.clone(), |ci| format!("{value} {}", format::bracket(w.lang, ci, 2)))
}

fn value(w: &Writer, coefficient: &Coefficient) -> String {
    w.maybe(coefficient.value, 2)
}

/// Agreement on the items, waves side by side.
fn items(w: &Writer, waves: &[&RaterFindings], said: &mut Said) -> Option<Block> {
    let with_items: Vec<&RaterFindings> =
        waves.iter().copied().filter(|found| !found.items.is_empty()).collect();
    let both = with_items.iter().map(|found| w.wave(&found.wave)).collect::<Vec<_>>().join("; ");
    let mut columns = vec![Column::wide(w.say("column.item"), 3)];
    columns.extend(
        ["pairs_of_ratings", "exact", "adjacent", "kappa", "ac2", "alpha"]
            .map(|name| Column::numbers(format!("{}\n{both}", w.say(&format!("raters.column.{name}"))))),
    );
    let first = with_items.first()?;
    let rows = first.items.iter().map(|own| {
        let found: Vec<Option<&ItemAgreement>> =
            with_items.iter().map(|found| found.items.iter().find(|item| item.item == own.item)).collect();
        let paired = |show: &dyn Fn(&ItemAgreement) -> String| {
            let shown = found.iter().map(|item| item.map_or_else(|| DASH.to_owned(), show));
            shown.collect::<Vec<_>>().join("; ")
        };
        Row::body(vec![
            format!("{}: {}", own.item, shorten(w.text(&own.prompt), PROMPT)),
            paired(&|item| w.count(item.pairs)),
            paired(&|item| format::percent(w.lang, item.exact.value, 0)),
            paired(&|item| format::percent(w.lang, item.adjacent.value, 0)),
            paired(&|item| value(w, &item.kappa)),
            paired(&|item| value(w, &item.ac2)),
            paired(&|item| value(w, &item.alpha)),
        ])
    });
    table(w.say("raters.items"), columns, rows.collect(), said.fresh(item_notes(w, &with_items)))
}

fn item_notes(w: &Writer, waves: &[&RaterFindings]) -> Vec<String> {
    let all = || waves.iter().flat_map(|found| &found.items);
    let mut notes = vec![w.say("raters.items.note")];
    let kinds: [(KappaKind, &str); 2] =
        [(KappaKind::Cohen, "raters.kappa.cohen"), (KappaKind::Fleiss, "raters.kappa.fleiss")];
    for (kind, key) in kinds {
        if all().any(|item| item.kappa_kind == kind) {
            notes.push(w.say(key));
        }
    }
    let flat = |item: &ItemAgreement| {
        [item.kappa, item.ac2, item.alpha].iter().any(|c| c.outcome == CoefficientOutcome::NoVariation)
    };
    if all().any(flat) {
        notes.push(w.say("raters.no_variation"));
    }
    notes
}

/// Every rater against the others, waves side by side.
fn people(w: &Writer, waves: &[&RaterFindings], said: &mut Said) -> Option<Block> {
    let mut names: Vec<&str> =
        waves.iter().flat_map(|found| &found.raters).map(|rater| rater.rater.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let mut columns = vec![Column::words(w.say("raters.column.rater"))];
    for found in waves {
        let wave = w.wave(&found.wave);
        let head =
            |name: &str| Column::numbers(format!("{}\n{wave}", w.say(&format!("raters.column.{name}"))));
        columns.extend(["persons", "mean", "against"].map(head));
    }
    let rows = names.iter().map(|name| {
        let mut cells = vec![(*name).to_owned()];
        for found in waves {
            let rater = found.raters.iter().find(|rater| rater.rater == *name);
            let main = found.scores.iter().find(|score| score.main);
            cells.extend(rater_cells(w, rater, decimals_of_range(main.map(|score| score.range))));
        }
        Row::body(cells)
    });
    let mut notes = vec![w.fill("raters.people.note", &[("level", &w.level())])];
    if waves.iter().any(|found| found.layout == RaterLayout::Columns) {
        notes.push(w.say("raters.people.columns"));
    }
    table(w.say("raters.people"), columns, rows.collect(), said.fresh(notes))
}

fn rater_cells(w: &Writer, rater: Option<&RaterRow>, digits: usize) -> Vec<String> {
    let against = rater.and_then(|rater| rater.against_others).map(|found| {
        let interval = found.ci.map(|ci| format!(" {}", format::bracket(w.lang, ci, digits)));
        format!("{}{}", w.signed(found.value, digits), interval.unwrap_or_default())
    });
    vec![
        w.maybe_count(rater.map(|rater| rater.n)),
        w.maybe(rater.and_then(|rater| rater.mean), digits),
        against.unwrap_or_else(|| DASH.to_owned()),
    ]
}
