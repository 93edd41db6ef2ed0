//! The layers of the house: dependencies point down only, and no file grows out of hand.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What each room may use besides itself. A room that is not named here may use nothing of ours.
const ALLOWED: &[(&str, &[&str])] = &[
    ("num", &[]),
    ("diag", &[]),
    ("i18n", &[]),
    ("psych", &["num"]),
    ("impact", &["num"]),
    ("definition", &["diag", "i18n"]),
    ("io", &[]),
    ("instrument", &["definition", "diag", "i18n"]),
    ("study", &["definition", "diag", "i18n", "instrument", "io"]),
    ("response", &["diag", "instrument", "io", "study"]),
    ("score", &["diag", "instrument", "response", "study"]),
    ("measure", &["instrument", "num", "psych", "response", "score", "study"]),
    ("simulate", &["definition", "diag", "i18n", "instrument", "io", "num", "study"]),
    (
        "analysis",
        &["diag", "i18n", "impact", "instrument", "measure", "num", "psych", "response", "score", "study"],
    ),
    ("chart", &["i18n"]),
    ("doc", &["chart", "i18n"]),
    ("form", &["doc", "i18n", "instrument"]),
    // Findings carry the ids and roles of study and instrument, so the report names those types too.
    ("report", &["analysis", "chart", "doc", "i18n", "instrument", "study"]),
    ("render", &["chart", "doc", "i18n"]),
];

/// Only these rooms may name polars: the kernels, the report and the renderers never see a frame.
const SEES_POLARS: &[&str] = &["response", "score", "measure", "analysis", "cli"];

/// Hard limit on the length of a source file.
const LONGEST_FILE: usize = 600;

fn source_files() -> Vec<PathBuf> {
    fn walk(folder: &Path, out: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("the source folder can be listed") {
            let path = entry.expect("a folder entry").path();
            if path.is_dir() {
                walk(&path, out);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                out.push(path);
            }
        }
    }
    let mut files = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    files.sort();
    files
}

fn room(path: &Path) -> Option<String> {
    let inside = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).ok()?;
    let first = inside.components().next()?.as_os_str().to_string_lossy().into_owned();
    inside.components().nth(1).map(|_| first)
}

/// Rooms named after `crate::` on a line, comments left out.
fn rooms_used(line: &str) -> Vec<String> {
    let code = line.split("//").next().unwrap_or_default();
    code.match_indices("crate::")
        .flat_map(|(at, _)| {
            let rest = &code[at + "crate::".len()..];
            match rest.strip_prefix('{') {
                Some(list) => list.split('}').next().unwrap_or_default().split(',').map(first_word).collect(),
                None => vec![first_word(rest)],
            }
        })
        .filter(|room| !room.is_empty())
        .collect()
}

fn first_word(text: &str) -> String {
    text.trim().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
}

#[test]
fn dependencies_point_down_only() {
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    let mut offences = Vec::new();
    for file in source_files() {
        let Some(room) = room(&file) else { continue };
        if room == "cli" {
            continue;
        }
        let Some(may_use) = allowed.get(room.as_str()) else {
            offences.push(format!("{}: the room \"{room}\" has no place in the table", file.display()));
            continue;
        };
        let text = std::fs::read_to_string(&file).expect("a source file is UTF-8");
        // Tests at the foot of a file may reach further up for an example.
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (line, words) in code.lines().enumerate() {
            for used in rooms_used(words) {
                let known = allowed.contains_key(used.as_str()) || used == "cli";
                if known && used != room && !may_use.contains(&used.as_str()) {
                    offences.push(format!("{}:{}: {room} uses {used}", file.display(), line + 1));
                }
            }
            if words.contains("polars::") && !SEES_POLARS.contains(&room.as_str()) {
                offences.push(format!("{}:{}: {room} sees polars", file.display(), line + 1));
            }
        }
    }
    assert!(offences.is_empty(), "arrows that point up:\n{}", offences.join("\n"));
}

#[test]
fn the_table_has_no_circle() {
    // A room may only use rooms that stand above it in the table.
    let mut seen: Vec<&str> = Vec::new();
    for (room, uses) in ALLOWED {
        for used in *uses {
            assert!(seen.contains(used), "{room} uses {used}, which stands below it");
        }
        seen.push(room);
    }
}

#[test]
fn no_file_grows_out_of_hand() {
    let long: Vec<String> = source_files()
        .into_iter()
        .filter_map(|file| {
            let lines = std::fs::read_to_string(&file).expect("a source file is UTF-8").lines().count();
            (lines > LONGEST_FILE).then(|| format!("{} has {lines} lines", file.display()))
        })
        .collect();
    assert!(long.is_empty(), "split these:\n{}", long.join("\n"));
}
