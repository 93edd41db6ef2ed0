//! The primary estimate with missing scores imputed, beside that of persons with both scores.

use super::build::table;
use super::estimates::{number_cells, number_columns};
use super::writer::{Writer, decimals};
use crate::analysis::findings::{ImputedFindings, OutcomeFindings};
use crate::doc::{Block, Column, Row};

/// One table; nothing where nobody lacks a score.
pub fn compose(w: &Writer, outcome: &OutcomeFindings) -> Option<Block> {
    let found = outcome.imputed.as_ref()?;
    let digits = decimals(outcome);
    let mut columns = vec![Column::wide(w.say("imputed.column"), 3)];
    columns.extend(number_columns(w));
    let row = |key: &str, estimate| {
        let mut cells = vec![w.say(key)];
        cells.extend(number_cells(w, estimate, digits));
        cells
    };
    let rows = vec![
        Row::strong(row("imputed.complete", &found.complete_case)),
        Row::body(row("imputed.all", &found.estimate)),
    ];
    let label = w.text(&outcome.label).to_owned();
    let caption = w.fill("imputed.caption", &[("outcome", &label), ("unit", &w.unit(outcome))]);
    table(caption, columns, rows, notes(w, found))
}

fn notes(w: &Writer, found: &ImputedFindings) -> Vec<String> {
    let names: Vec<&str> = found.covariates.iter().map(|label| w.text(label)).collect();
    let covariates = if names.is_empty() {
        String::new()
    } else {
        w.fill("imputed.covariates", &[("names", &names.join(", "))])
    };
    let main = w.fill(
        "imputed.note",
        &[
            ("imputed", &w.count(found.persons_imputed)),
            ("persons", &w.count(found.persons)),
            ("before", &w.count(found.cells[0])),
            ("after", &w.count(found.cells[1])),
            ("covariates", &covariates),
            ("m", &w.count(found.imputations)),
            ("df", &w.df(Some(found.complete_df))),
            ("share", &w.percent(found.share, found.persons)),
        ],
    );
    let chains = w.fill(
        "imputed.chains",
        &[
            ("r_hat", &w.number(found.convergence.r_hat, 2)),
            ("chains", &w.count(found.convergence.chains)),
            ("burn_in", &w.count(found.convergence.burn_in)),
            ("thin", &w.count(found.convergence.thin)),
        ],
    );
    let mut notes = vec![main, chains];
    if found.cells[0] > 0 {
        notes.push(w.fill("imputed.joiners", &[("before", &w.count(found.cells[0]))]));
    }
    if !found.left_out.is_empty() {
        let named = found.left_out.iter().map(|own| {
            let label = if own.label.is_empty() { own.id.clone() } else { w.text(&own.label).to_owned() };
            w.fill("imputed.left_out.one", &[("name", &label), ("blank", &w.count(own.blank))])
        });
        let names = named.collect::<Vec<_>>().join(", ");
        notes.push(w.fill("imputed.left_out", &[("names", &names)]));
    }
    if let Some(share) = found.outside.filter(|share| *share > 0.0) {
        let drawn = found.cells.iter().sum::<usize>() * found.imputations;
        notes.push(w.fill("imputed.outside", &[("share", &w.percent(share, drawn))]));
    }
    notes
}
