//! Observations by raters, each met with the codes of agreement and severity.

use dampak::analysis::Findings;
use dampak::io::Memory;
use serde_json::{Value, json};

use crate::Case;
use crate::scored::text;

/// A rating: person, rater (blank where nobody is named), marks.
type Rating = (usize, &'static str, [usize; 3]);

fn observed(ratings: &[Rating]) -> Findings {
    let level = |points: u32| json!({ "points": points, "description": text(&format!("level {points}")) });
    let rubric: Vec<Value> = (0..4).map(level).collect();
    let ids = ["O1", "O2", "O3"];
    let item =
        |id: &str| json!({ "id": id, "type": "rating", "prompt": text(id), "rubric": rubric, "raters": 2 });
    let instrument = json!({
        "format": "dampak.instrument/1", "id": "watch", "version": "1", "respondent": "observer",
        "languages": ["id", "en"], "title": text("Sheet"),
        "sections": [{ "id": "s", "title": text("Part"), "items": ids.map(item) }],
        "scales": [{ "id": "total", "title": text("Total"), "items": ids, "method": "mean" }]
    });
    let study = json!({
        "format": "dampak.study/1", "id": "watched", "title": text("Watched"), "source": text("Made up"),
        "waves": [{ "id": "once", "label": text("Visit") }], "instruments": ["watch.json"],
        "roster": [{ "respondent": "teacher", "file": "roster.csv", "columns": { "person": "id" } }],
        "responses": [{ "instrument": "watch", "wave": "once", "file": "marks.csv",
            "columns": { "person": "teacher", "rater": "observer" } }],
        "outcomes": [{ "id": "practice", "label": text("Practice"), "role": "primary",
            "from": { "instrument": "watch", "scale": "total" } }]
    });
    let last = ratings.iter().map(|(person, ..)| *person).max().unwrap_or(0);
    let roster: String = (0..=last).map(|person| format!("T{person:02}\n")).collect();
    let marks: String = ratings
        .iter()
        .map(|(person, rater, [a, b, c])| format!("T{person:02},{rater},{a},{b},{c}\n"))
        .collect();
    let mut files = Memory::default();
    files.insert("study.json", study.to_string());
    files.insert("watch.json", instrument.to_string());
    files.insert("roster.csv", format!("id\n{roster}"));
    files.insert("marks.csv", format!("teacher,observer,O1,O2,O3\n{marks}"));
    crate::told(&files)
}

/// Marks of a person that differ from person to person.
fn marks(person: usize, shift: usize) -> [usize; 3] {
    [1, 2, 3].map(|step| (person * step + person / 3 + shift * usize::from(person.is_multiple_of(4))) % 4)
}

/// `n` persons rated by `A`, the first `double` of them by `B` as well.
fn watched(n: usize, double: usize) -> Vec<Rating> {
    let first = (0..n).map(|person| (person, "A", marks(person, 0)));
    first.chain((0..double).map(|person| (person, "B", marks(person, 1)))).collect()
}

pub(crate) const CASES: &[Case] = &[
    Case { name: "one rater", codes: &["A-RATER-001"], findings: || observed(&watched(20, 0)) },
    Case {
        name: "nobody rated twice, twenty ratings",
        codes: &["A-RATER-002", "A-RATER-007"],
        findings: || {
            let apart = |place: usize| (place, ["A", "B"][place % 2], marks(place, 0));
            observed(&(0..20).map(apart).collect::<Vec<_>>())
        },
    },
    Case {
        name: "three of forty rated twice",
        codes: &["A-RATER-003"],
        findings: || observed(&watched(40, 3)),
    },
    Case {
        name: "a rater of one person, a row without a rater",
        codes: &["A-RATER-004", "A-RATER-005"],
        findings: || {
            let mut ratings = watched(20, 12);
            ratings.extend([(19, "C", [1, 1, 1]), (18, "", [1, 1, 1])]);
            observed(&ratings)
        },
    },
    Case {
        name: "pairs of raters who never meet",
        codes: &["A-RATER-006"],
        findings: || {
            let pairs = [["A", "B"], ["C", "D"]];
            let both = |person: usize| [0, 1].map(|at| (person, pairs[person % 2][at], marks(person, at)));
            observed(&(0..40).flat_map(both).collect::<Vec<_>>())
        },
    },
    Case {
        name: "every mark the same",
        codes: &["A-RATER-008"],
        findings: || {
            let same: Vec<Rating> =
                watched(40, 30).into_iter().map(|(person, rater, _)| (person, rater, [2; 3])).collect();
            observed(&same)
        },
    },
    Case {
        name: "a rater who gives the highest mark to all",
        codes: &["A-RATER-009"],
        findings: || {
            let mut ratings = watched(40, 20);
            ratings.extend((20..26).map(|person| (person, "C", [3; 3])));
            observed(&ratings)
        },
    },
];
