//! A study small enough to write down: schools whose students all change as their school does.

use std::path::Path;

use dampak::io::Memory;
use serde_json::{Value, json};

/// The school changes of the worked example, as they stand beside their reference values.
pub fn reference() -> Value {
    serde_json::from_str(include_str!("../reference/equivalence.json")).unwrap()
}

/// The numbers of a JSON list.
pub fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

/// What a small study is like.
#[derive(Clone, Copy, Debug, Default)]
pub struct Small<'a> {
    /// Change of each school, in points.
    pub changes: &'a [f64],
    /// Smallest effect of interest.
    pub smallest_effect: Option<f64>,
    /// Whether schools differ at the start and students change differently; otherwise all is alike.
    pub varied: bool,
    /// Whether the roster leaves the schools out.
    pub without_schools: bool,
    /// Whether every other school is a comparison school.
    pub compares: bool,
}

/// Where the study file lies.
pub const PATH: &str = "small/study.json";

/// Two students in each of the schools, with 40 and 60 points before.
pub fn files(small: Small) -> Memory {
    let (mut roster, mut scores) = ("id,school,arm\n".to_owned(), "id,before,after\n".to_owned());
    for (place, change) in small.changes.iter().enumerate() {
        for (pupil, level) in [40.0, 60.0].into_iter().enumerate() {
            // Schools that differ, and students who do not all change alike; school changes stay as they are.
            let before = if small.varied { level + (place * 7 % 13) as f64 } else { level };
            let noise = if small.varied { (level - 50.0) * (place % 4) as f64 / 2.0 } else { 0.0 };
            let change = change + if place % 3 == 0 { -noise } else { noise };
            let id = format!("S{place:02}P{pupil}");
            let arm = if place % 2 == 0 { "programme" } else { "comparison" };
            roster.push_str(&format!("{id},School {place:02},{arm}\n"));
            scores.push_str(&format!("{id},{before},{}\n", before + change));
        }
    }
    let mut files = Memory::default();
    let path = Path::new(PATH);
    files.insert(path, study(small).to_string().into_bytes());
    files.insert(path.with_file_name("roster.csv"), roster.into_bytes());
    files.insert(path.with_file_name("scores.csv"), scores.into_bytes());
    files
}

fn study(small: Small) -> Value {
    let text = |words: &str| json!({ "id": words, "en": words });
    let mut study = json!({
        "format": "dampak.study/1", "id": "small", "title": text("Small"), "source": text("Made for a test."),
        "waves": [{ "id": "pre", "label": text("Before") }, { "id": "post", "label": text("After") }],
        "roster": [{
            "respondent": "student", "file": "roster.csv", "columns": { "person": "id", "school": "school" }
        }],
        "score_files": [{ "id": "scores", "file": "scores.csv", "person": "id" }],
        "outcomes": [{
            "id": "test", "label": text("Test"), "role": "primary", "unit": text("points"),
            "from": { "score_file": "scores", "columns": { "pre": "before", "post": "after" } }
        }],
        "analysis": { "alpha": 0.05, "seed": 1 },
        "report": { "languages": ["id", "en"], "authors": ["dampak"], "date": "2026-11-23" }
    });
    if let Some(effect) = small.smallest_effect {
        study["analysis"]["smallest_effect_of_interest"] = json!(effect);
    }
    let columns = &mut study["roster"][0]["columns"];
    if small.without_schools {
        *columns = json!({ "person": "id" });
    }
    if small.compares {
        columns["arm"] = json!("arm");
        study["assignment"] = json!("school");
        study["arms"] = json!([
            { "id": "programme", "label": text("Programme"), "role": "programme" },
            { "id": "comparison", "label": text("Comparison"), "role": "comparison" }
        ]);
    }
    study
}
