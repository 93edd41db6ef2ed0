//! The shipped instruments are without a slip, and the committed schemas are the generated ones.

use std::path::{Path, PathBuf};

use dampak::diag::{has_errors, render};
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
