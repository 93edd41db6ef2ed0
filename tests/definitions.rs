//! The shipped instruments are without a slip, and the committed schemas are the generated ones.

use std::path::{Path, PathBuf};

use dampak::diag::{has_errors, render};
use dampak::io::Disk;
use dampak::{instrument, study};
use serde_json::Value;

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[test]
fn the_shipped_instruments_are_read_without_errors() {
    let mut seen = 0;
    for entry in std::fs::read_dir(project("instruments")).unwrap().map(Result::unwrap) {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.ends_with(".json") || name == "schema.json" {
            continue;
        }
        let checked = instrument::parse(&name, &std::fs::read(entry.path()).unwrap());
        assert!(!has_errors(&checked.diagnostics), "{}", render::text(&checked.diagnostics));
        assert!(checked.value.is_some());
        seen += 1;
    }
    assert!(seen > 0, "no instrument is shipped");
}

#[test]
fn the_shipped_studies_are_read_without_errors() {
    for entry in std::fs::read_dir(project("datasets")).unwrap().map(Result::unwrap) {
        let file = entry.path().join("study.json");
        let Ok(bytes) = std::fs::read(&file) else { continue };
        let mut found = Vec::new();
        let parsed = study::parse(&file.display().to_string(), &bytes).drain_into(&mut found);
        let bound = parsed.and_then(|study| study::bind(study, &file, &Disk).drain_into(&mut found));
        assert!(bound.is_some() && !has_errors(&found), "{}", render::text(&found));
    }
}

/// Resolving takes for granted what the rules make sure of; a gap between the two would stop the program.
#[test]
fn an_item_without_a_field_or_of_another_type_never_stops_the_program() {
    const TYPES: [&str; 12] = [
        "single_choice",
        "multiple_choice",
        "statement_grid",
        "matching",
        "short_answer",
        "essay",
        "rating",
        "likert",
        "number",
        "text",
        "date",
        "choice",
    ];
    let parse = |value: &Value| instrument::parse("bad.json", &serde_json::to_vec(value).unwrap());
    let whole: Value =
        serde_json::from_slice(&std::fs::read(project("instruments/numeracy-smp.json")).unwrap()).unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for (s, section) in whole["sections"].as_array().unwrap().iter().enumerate() {
        for (i, item) in section["items"].as_array().unwrap().iter().enumerate() {
            // One item of each type is enough.
            if !seen.insert(item["type"].as_str().unwrap().to_owned()) {
                continue;
            }
            for field in item.as_object().unwrap().keys() {
                let mut bad = whole.clone();
                bad["sections"][s]["items"][i].as_object_mut().unwrap().remove(field);
                let checked = parse(&bad);
                assert_eq!(checked.value.is_none(), has_errors(&checked.diagnostics));
            }
            for kind in TYPES {
                let mut bad = whole.clone();
                bad["sections"][s]["items"][i]["type"] = kind.into();
                let checked = parse(&bad);
                assert_eq!(checked.value.is_none(), has_errors(&checked.diagnostics));
            }
        }
    }
}

fn assert_committed(path: &str, schema: &Value) {
    let text = format!("{}\n", serde_json::to_string_pretty(schema).unwrap());
    let path = project(path);
    if std::env::var_os("DAMPAK_BLESS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == text, "{} is out of date: DAMPAK_BLESS=1 writes it anew", path.display());
}

#[test]
fn the_committed_schemas_are_the_generated_ones() {
    assert_committed("instruments/schema.json", &instrument::parse::schema());
    assert_committed("datasets/schema.json", &study::parse::schema());
}
