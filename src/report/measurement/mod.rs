//! Measurement: the ruler behind the scores, for scales measured by item response theory.

mod dif;
mod figures;
mod items;
mod link;
mod persons;

use super::build::{bullets, part, section};
use super::writer::Writer;
use crate::analysis::findings::{Calibrated, MeasurementFindings};
use crate::doc::Block;
use crate::instrument::IrtModel;

/// What a part of the section needs: the scale and what was found about it.
pub(super) struct Scale<'a> {
    /// The writer.
    pub w: &'a Writer<'a>,
    /// The scale.
    pub scale: &'a MeasurementFindings,
    /// What was found.
    pub found: &'a Calibrated,
}

impl Scale<'_> {
    /// The name of the scale.
    pub fn title(&self) -> String {
        self.w.text(&self.scale.title).to_owned()
    }

    /// The anchor of the scale in ids.
    pub fn id(&self) -> String {
        format!("{}-{}", self.scale.instrument, self.scale.scale)
    }

    /// Digits of scores.
    pub fn decimals(&self) -> usize {
        if self.found.logits { 2 } else { 1 }
    }

    /// A score or a distance of scores.
    pub fn score(&self, value: f64) -> String {
        self.w.number(value, self.decimals())
    }
}

/// The section; nothing where no scale is measured.
pub fn compose(w: &Writer) -> Vec<Block> {
    let mut blocks = Vec::new();
    for scale in &w.findings.measurement {
        blocks.extend(one(w, scale));
    }
    blocks.extend(dif::compose(w));
    if blocks.is_empty() {
        return blocks;
    }
    let head =
        [section(w.say("measurement.title"), "measurement"), Block::paragraph(w.say("measurement.intro"))];
    head.into_iter().chain(blocks).collect()
}

/// The annex: score tables and the parameters of every item.
pub fn annex(w: &Writer) -> Vec<Block> {
    let mut blocks = Vec::new();
    for scale in &w.findings.measurement {
        let Some(found) = &scale.found else { continue };
        let own = Scale { w, scale, found };
        let mut parts = items::table_of(&own);
        parts.extend(figures::curves(&own));
        parts.extend(persons::score_table(&own));
        if !parts.is_empty() {
            blocks.push(part(2, own.title(), &format!("measurement-annex-{}", own.id())));
            blocks.extend(parts);
        }
    }
    if blocks.is_empty() {
        return blocks;
    }
    let head = [
        section(w.say("measurement.annex.title"), "measurement-annex"),
        Block::paragraph(w.say("measurement.annex.intro")),
    ];
    head.into_iter().chain(blocks).collect()
}

fn one(w: &Writer, scale: &MeasurementFindings) -> Vec<Block> {
    let title = w.text(&scale.title).to_owned();
    let mut blocks = vec![part(2, title, &format!("measurement-{}-{}", scale.instrument, scale.scale))];
    if let Some(found) = &scale.found {
        let own = Scale { w, scale, found };
        blocks.push(Block::paragraph(model_words(&own)));
        blocks.extend(persons::table_of(&own));
        blocks.extend(figures::wright(&own));
        blocks.push(Block::paragraph(items::words(&own)));
        blocks.extend(link::compose(&own));
        blocks.extend(figures::information(&own));
        blocks.extend(items::models(&own));
    }
    let notices: Vec<String> = scale.notices.iter().map(|notice| w.text(&notice.text).to_owned()).collect();
    if !notices.is_empty() {
        blocks.push(bullets(notices));
    }
    blocks
}

/// The model, the persons and how the fit went.
fn model_words(own: &Scale) -> String {
    let (w, found) = (own.w, own.found);
    let persons: usize = found.fits.iter().map(|fit| fit.persons).sum();
    let iterations: usize = found.fits.iter().map(|fit| fit.iterations).sum();
    let likelihood: f64 = found.fits.iter().map(|fit| fit.log_likelihood).sum();
    let polytomous = found.items.iter().any(|item| item.points.len() > 2);
    let key =
        format!("measurement.model.{}.{}", model_key(found.model), if polytomous { "many" } else { "two" });
    let mut words = w.fill(
        "measurement.fit",
        &[
            ("model", &w.say(&key)),
            ("items", &w.count(found.items.len())),
            ("persons", &w.count(persons)),
            ("iterations", &w.count(iterations)),
            ("likelihood", &w.number(likelihood, 2)),
        ],
    );
    let unit = if found.logits {
        w.say("measurement.unit.logits")
    } else {
        let first = found.populations.first();
        let mean = first.map_or(found.origin, |own| own.mean);
        w.fill("measurement.unit.points", &[("mean", &w.number(mean, 0)), ("unit", &w.number(found.unit, 1))])
    };
    words.push(' ');
    words.push_str(&unit);
    if own.scale.waves.len() > 1 {
        words.push(' ');
        words.push_str(&w.worded("measurement.link_method", &serialised(&found.link_method)));
    }
    words
}

/// The name of a model in phrase keys.
pub(super) fn model_key(model: IrtModel) -> &'static str {
    match model {
        IrtModel::Rasch => "rasch",
        IrtModel::RatingScale => "rating_scale",
        IrtModel::TwoParameter => "two_parameter",
    }
}

fn serialised(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}
