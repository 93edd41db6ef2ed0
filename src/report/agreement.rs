//! Annex: every outcome by every method that answers the same question, the declared primary one first.

use super::build::{part, section, table};
use super::results::in_full;
use super::writer::{DASH, Writer, decimals};
use crate::analysis::findings::{AgreementFindings, AgreementRow, InferenceMethod, OutcomeFindings};
use crate::doc::{Block, Column, Row};
use crate::study::OutcomeRole;

/// The annex; nothing where no outcome has such a table.
pub fn compose(w: &Writer) -> Vec<Block> {
    let outcomes: Vec<&OutcomeFindings> =
        in_full(w).into_iter().filter(|o| o.role == OutcomeRole::Primary && o.agreement.is_some()).collect();
    if outcomes.is_empty() {
        return Vec::new();
    }
    let mut blocks =
        vec![section(w.say("agreement.title"), "agreement"), Block::paragraph(w.say("agreement.intro"))];
    for outcome in outcomes {
        let Some(agreement) = &outcome.agreement else { continue };
        blocks.push(part(2, w.text(&outcome.label).to_owned(), &format!("agreement-{}", outcome.id)));
        blocks.extend(methods(w, outcome, agreement));
        blocks.extend(left_out(w, outcome, agreement));
        blocks.extend(super::effect_scales::compose(w, outcome));
    }
    blocks
}

fn methods(w: &Writer, outcome: &OutcomeFindings, agreement: &AgreementFindings) -> Option<Block> {
    let mut columns = vec![Column::wide(w.say("column.method"), 4)];
    columns.extend(
        ["estimate", "se", "df", "ci", "p"]
            .map(|name| Column::numbers(w.fill(&format!("column.{name}"), &[("level", &w.level())]))),
    );
    let rows = agreement.rows.iter().map(|row| cells(w, row, decimals(outcome))).collect();
    let estimand = w.say_or(&format!("estimand.{}", agreement.estimand), &agreement.estimand);
    let caption = w.fill("agreement.caption", &[("estimand", &estimand), ("unit", &w.unit(outcome))]);
    table(caption, columns, rows, notes(w, outcome, agreement))
}

fn cells(w: &Writer, row: &AgreementRow, digits: usize) -> Row {
    let name = w.say(&format!("agreement.method.{}", key(row.method)));
    let name = if row.primary { w.fill("estimates.primary", &[("method", &name)]) } else { name };
    let cells = vec![
        name,
        row.estimate.map_or_else(|| DASH.to_owned(), |estimate| w.signed(estimate, digits)),
        w.maybe(row.se, digits + 1),
        w.df(row.df),
        w.bracket(row.ci, digits),
        w.p(row.p),
    ];
    if row.primary { Row::strong(cells) } else { Row::body(cells) }
}

fn notes(w: &Writer, outcome: &OutcomeFindings, agreement: &AgreementFindings) -> Vec<String> {
    let mut notes = Vec::new();
    for row in &agreement.rows {
        let name = w.say(&format!("agreement.method.{}", key(row.method)));
        if let Some(draws) = row.draws {
            let count = w.number(draws.count as f64, 0);
            let key = if draws.enumerated { "agreement.draws.all" } else { "agreement.draws.some" };
            notes.push(w.fill(key, &[("method", &name), ("count", &count)]));
        }
        notes.extend(row.note.as_ref().map(|note| {
            let key = if row.estimate.is_some() { "agreement.caution" } else { "agreement.unanswered" };
            w.fill(key, &[("method", &name), ("why", w.text(&note.text)), ("code", &note.code)])
        }));
    }
    if agreement.rows.iter().any(|row| row.method == InferenceMethod::Working && row.primary) {
        notes.push(w.say("agreement.working_note"));
    }
    if outcome.estimates.iter().any(|estimate| estimate.link_se.is_some()) {
        notes.push(w.say("agreement.link_note"));
    }
    notes
}

/// How far the primary estimate moves when a school is left out.
fn left_out(w: &Writer, outcome: &OutcomeFindings, agreement: &AgreementFindings) -> Option<Block> {
    let range = agreement.leave_one_out.as_ref()?;
    let digits = decimals(outcome);
    Some(Block::paragraph(w.fill(
        "agreement.left_out",
        &[
            ("low", &w.signed(range.low, digits)),
            ("low_school", &range.low_without),
            ("high", &w.signed(range.high, digits)),
            ("high_school", &range.high_without),
        ],
    )))
}

fn key(method: InferenceMethod) -> &'static str {
    match method {
        InferenceMethod::SchoolMeans => "school_means",
        InferenceMethod::SchoolMeansPooled => "school_means_pooled",
        InferenceMethod::SchoolMeansWelch => "school_means_welch",
        InferenceMethod::Working => "working",
        InferenceMethod::Cr0 => "cr0",
        InferenceMethod::Cr1 => "cr1",
        InferenceMethod::Cr2 => "cr2",
        InferenceMethod::Cr3 => "cr3",
        InferenceMethod::Jackknife => "jackknife",
        InferenceMethod::MixedSatterthwaite => "mixed_satterthwaite",
        InferenceMethod::MixedKenwardRoger => "mixed_kenward_roger",
        InferenceMethod::WildRestricted => "wild_restricted",
        InferenceMethod::WildJackknife => "wild_jackknife",
        InferenceMethod::WildUnrestricted => "wild_unrestricted",
        InferenceMethod::WildUnrestrictedJackknife => "wild_unrestricted_jackknife",
        InferenceMethod::WildWebb => "wild_webb",
        InferenceMethod::WildUnrestrictedWebb => "wild_unrestricted_webb",
        InferenceMethod::SchoolBootstrap => "school_bootstrap",
        InferenceMethod::SchoolBootstrapPercentile => "school_bootstrap_percentile",
        InferenceMethod::SignFlip => "sign_flip",
        InferenceMethod::Permutation => "permutation",
        InferenceMethod::PermutationStudentised => "permutation_studentised",
    }
}
