//! Items: parameters and fit, the models compared, residual correlations.

use super::{Scale, model_key};
use crate::analysis::findings::ItemMeasure;
use crate::doc::{Block, Column, Row};
use crate::report::build::table;
use crate::report::writer::DASH;

/// What the items say, in a few sentences.
pub fn words(own: &Scale) -> String {
    let w = own.w;
    let named = |flag: &str| -> Vec<&str> {
        let items = own.found.items.iter().filter(|item| item.flags.iter().any(|own| own == flag));
        items.map(|item| item.item.as_str()).collect()
    };
    let mut sentences = Vec::new();
    let underfit = named("underfit");
    sentences.push(if underfit.is_empty() {
        w.say("measurement.items.fit")
    } else {
        w.fill("measurement.items.underfit", &[("items", &underfit.join(", "))])
    });
    let overfit = named("overfit");
    if !overfit.is_empty() {
        sentences.push(w.fill("measurement.items.overfit", &[("items", &overfit.join(", "))]));
    }
    let reversed = named("reversed_steps");
    if !reversed.is_empty() {
        sentences.push(w.fill("measurement.items.reversed", &[("items", &reversed.join(", "))]));
    }
    if let Some(found) = &own.found.dependence {
        let values = [("mean", w.number(found.mean, 2)), ("largest", w.number(found.largest, 2))];
        let pairs: Vec<String> = found
            .pairs
            .iter()
            .map(|pair| format!("{}–{} ({})", pair.first, pair.second, w.number(pair.correlation, 2)))
            .collect();
        let pairs = pairs.join("; ");
        let key = if found.count == 0 { "measurement.q3.none" } else { "measurement.q3.some" };
        sentences.push(w.fill(key, &[("mean", &values[0].1), ("largest", &values[1].1), ("pairs", &pairs)]));
    }
    for found in &own.found.andersen {
        let test = &found.test;
        sentences.push(w.fill(
            "measurement.andersen",
            &[
                ("wave", &w.wave(&found.wave)),
                ("chi2", &w.number(test.chi2, 1)),
                ("df", &w.number(test.df, 0)),
                ("p", &w.p_value(test.p)),
                ("items", &w.count(found.items)),
            ],
        ));
    }
    sentences.join(" ")
}

/// Parameters and fit of every item.
pub fn table_of(own: &Scale) -> Vec<Block> {
    let w = own.w;
    let slopes = own.found.items.iter().any(|item| item.slope_se.is_some());
    let mut columns = vec![Column::words(w.say("column.item")), Column::numbers("n")];
    if slopes {
        columns.push(Column::numbers(w.say("measurement.column.slope")));
    }
    columns.extend([
        Column::numbers(w.say("measurement.column.location")),
        Column::wide(w.say("measurement.column.steps"), 2),
        Column::numbers("infit (z)"),
        Column::numbers("outfit (z)"),
        Column::numbers("S-X² p"),
        Column::wide(w.say("measurement.column.flags"), 2),
    ]);
    let rows = own.found.items.iter().map(|item| Row::body(cells(own, item, slopes))).collect();
    let caption = w.fill("measurement.items", &[("scale", &own.title())]);
    table(caption, columns, rows, vec![w.say("measurement.items.note")]).into_iter().collect()
}

fn cells(own: &Scale, item: &ItemMeasure, slopes: bool) -> Vec<String> {
    let w = own.w;
    let with_se = |value: Option<f64>, se: Option<f64>| match (value, se) {
        (Some(value), Some(se)) => format!("{} ({})", w.number(value, 2), w.number(se, 2)),
        (value, _) => w.maybe(value, 2),
    };
    let mean_square = |pick: fn(&crate::analysis::findings::MeanSquareFindings) -> [f64; 2]| {
        item.fit.as_ref().map(pick).map_or_else(
            || DASH.to_owned(),
            |[square, z]| format!("{} ({})", w.number(square, 2), w.signed(z, 1)),
        )
    };
    let steps: Vec<String> = item.steps.iter().map(|step| w.maybe(*step, 2)).collect();
    let flags: Vec<String> = item.flags.iter().map(|flag| w.worded("measurement.flag", flag)).collect();
    let mut cells = vec![format!("{}{}", item.item, if item.anchor { "*" } else { "" }), w.count(item.n)];
    if slopes {
        cells.push(with_se(Some(item.slope), item.slope_se));
    }
    cells.extend([
        with_se(item.location, item.location_se),
        if steps.len() > 1 { steps.join("; ") } else { DASH.to_owned() },
        mean_square(|fit| [fit.infit, fit.infit_z]),
        mean_square(|fit| [fit.outfit, fit.outfit_z]),
        w.p(item.score_fit.map(|test| test.p)),
        if flags.is_empty() { DASH.to_owned() } else { flags.join(", ") },
    ]);
    cells
}

/// The models compared on the same answers.
pub fn models(own: &Scale) -> Option<Block> {
    let w = own.w;
    if own.found.models.len() < 2 {
        return None;
    }
    let columns = vec![
        Column::wide(w.say("measurement.column.model"), 2),
        Column::numbers(w.say("measurement.column.parameters")),
        Column::numbers("log L"),
        Column::numbers("AIC"),
        Column::numbers("BIC"),
        Column::numbers("χ² (df)"),
        Column::numbers("p"),
    ];
    let row = |model: &crate::analysis::findings::ModelFindings| {
        let name = w.say(&format!("measurement.model.{}.short", model_key(model.model)));
        let test = model.ratio.map(|test| format!("{} ({})", w.number(test.chi2, 1), w.number(test.df, 0)));
        let cells = vec![
            if model.used { format!("{name} †") } else { name },
            w.count(model.parameters),
            w.number(model.log_likelihood, 1),
            w.number(model.aic, 1),
            w.number(model.bic, 1),
            test.unwrap_or_else(|| DASH.to_owned()),
            w.p(model.ratio.map(|test| test.p)),
        ];
        if model.used { Row::strong(cells) } else { Row::body(cells) }
    };
    let caption = w.fill("measurement.models", &[("scale", &own.title())]);
    let rows = own.found.models.iter().map(row).collect();
    table(caption, columns, rows, vec![w.say("measurement.models.note")])
}
