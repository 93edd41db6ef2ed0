//! Studies of a test or a questionnaire, each met with the codes of levels, booklets, measures and careless answers.

use dampak::analysis::Findings;
use dampak::io::Memory;
use dampak::num::rng::Stream;
use serde_json::{Value, json};

use crate::Case;
use crate::scored::text;

const WAVES: [&str; 2] = ["before", "after"];

/// A sheet of answers: whose it is and what was asked.
#[derive(Clone, Copy)]
struct Cell {
    school: usize,
    /// Place in the school.
    student: usize,
    person: usize,
    wave: usize,
    item: usize,
}

/// A test of two-choice items (`A` is right), answered by students of schools of one size.
struct Test<'a> {
    items: usize,
    schools: usize,
    size: usize,
    /// Schools with the programme, where there are arms.
    taught: usize,
    /// The scale without its items.
    scale: Value,
    /// Booklets as lists of items; one for everybody where there are none.
    booklets: &'a [std::ops::Range<usize>],
    /// Booklet of a person at a wave.
    booklet: fn(usize, usize) -> usize,
    answer: &'a dyn Fn(Cell) -> bool,
}

fn test<'a>(scale: Value, answer: &'a dyn Fn(Cell) -> bool) -> Test<'a> {
    Test { items: 10, schools: 12, size: 15, taught: 6, scale, booklets: &[], booklet: |_, _| 0, answer }
}

fn item(place: usize) -> String {
    format!("Q{:02}", place + 1)
}

impl Test<'_> {
    fn instrument(&self) -> Value {
        let ids: Vec<String> = (0..self.items).map(item).collect();
        let option = |code: &str| json!({ "code": code, "label": text(code) });
        let question = |id: &String| {
            json!({ "id": id, "type": "single_choice", "prompt": text(id), "key": "A",
                "options": [option("A"), option("B")] })
        };
        let mut scale = self.scale.clone();
        scale["id"] = json!("total");
        scale["title"] = text("Total");
        scale["items"] = json!(ids);
        let mut instrument = json!({
            "format": "dampak.instrument/1", "id": "test", "version": "1", "respondent": "student",
            "languages": ["id", "en"], "title": text("Test"),
            "sections": [{ "id": "s", "title": text("Part"),
                "items": ids.iter().map(question).collect::<Vec<_>>() }],
            "scales": [scale]
        });
        if !self.booklets.is_empty() {
            let booklet = |(place, items): (usize, &std::ops::Range<usize>)| {
                json!({ "id": format!("B{place}"), "title": text("Booklet"),
                    "items": items.clone().map(item).collect::<Vec<_>>() })
            };
            instrument["booklets"] = self.booklets.iter().enumerate().map(booklet).collect();
        }
        instrument
    }

    fn study(&self) -> Value {
        let response = |wave: &str| {
            let mut columns = json!({ "person": "id" });
            if !self.booklets.is_empty() {
                columns["booklet"] = json!("booklet");
            }
            json!({ "instrument": "test", "wave": wave, "file": format!("{wave}.csv"), "columns": columns })
        };
        json!({
            "format": "dampak.study/1", "id": "made", "title": text("Made"), "source": text("Made up"),
            "waves": WAVES.map(|wave| json!({ "id": wave, "label": text(wave) })),
            "instruments": ["test.json"],
            "roster": [{ "respondent": "student", "file": "roster.csv",
                "columns": { "person": "id", "school": "school" } }],
            "responses": WAVES.map(response),
            "outcomes": [{ "id": "score", "label": text("Score"), "role": "primary",
                "from": { "instrument": "test", "scale": "total" } }],
            "analysis": { "permutations": 99 }
        })
    }

    fn findings(&self, change: impl FnOnce(&mut Value)) -> Findings {
        let mut study = self.study();
        change(&mut study);
        let mut files = Memory::default();
        files.insert("study.json", study.to_string());
        files.insert("test.json", self.instrument().to_string());
        let mut roster = "id,school,arm,sex\n".to_owned();
        let ids: Vec<String> = (0..self.items).map(item).collect();
        let mut sheets = [0, 1].map(|_| format!("id,booklet,{}\n", ids.join(",")));
        for person in 0..self.schools * self.size {
            let (school, student) = (person / self.size, person % self.size);
            let arm = if school < self.taught { "taught" } else { "other" };
            roster += &format!("P{person:06},S{school:02},{arm},{}\n", ["girl", "boy"][person % 2]);
            for (wave, sheet) in sheets.iter_mut().enumerate() {
                let booklet = (self.booklet)(person, wave);
                let given = self.booklets.get(booklet).cloned().unwrap_or(0..self.items);
                *sheet += &format!("P{person:06},B{booklet}");
                for item in 0..self.items {
                    let right = given
                        .contains(&item)
                        .then(|| (self.answer)(Cell { school, student, person, wave, item }));
                    sheet.push_str(right.map_or(",", |right| if right { ",A" } else { ",B" }));
                }
                sheet.push('\n');
            }
        }
        files.insert("roster.csv", roster);
        for (wave, sheet) in WAVES.iter().zip(sheets) {
            files.insert(format!("{wave}.csv"), sheet);
        }
        crate::told(&files)
    }
}

fn same(_: &mut Value) {}

fn with_arms(study: &mut Value) {
    let arm = |id: &str, role: &str| json!({ "id": id, "label": text(id), "role": role });
    study["assignment"] = json!("school");
    study["arms"] = json!([arm("taught", "programme"), arm("other", "comparison")]);
    study["roster"][0]["columns"]["arm"] = json!("arm");
}

fn with_sex(study: &mut Value) {
    study["subgroups"] = json!([{ "id": "sex", "label": text("Sex"), "column": "sex" }]);
}

fn without_schools(study: &mut Value) {
    study["roster"][0]["columns"].as_object_mut().expect("columns").remove("school");
}

/// Sum scale with levels from 0, 4 and 7, of which those from `reached` on are reached.
fn levels(cuts: &[i32], reached: usize) -> Value {
    let level = |(place, from): (usize, &i32)| {
        let id = ["low", "middle", "high"][place];
        json!({ "id": id, "label": text(id), "from": from, "reached": place >= reached })
    };
    json!({ "method": "sum", "levels": cuts.iter().enumerate().map(level).collect::<Vec<_>>() })
}

/// A number of right answers around the middle, a little more after.
fn usual(cell: Cell) -> usize {
    let own = (cell.student * 7 + cell.school * 3) % 7 + (cell.school % 3);
    (own + cell.wave * (1 + (cell.student + cell.school) % 2)).min(9)
}

/// Other items are right for other students, so that items do not stand in one order.
fn of_right(cell: Cell, right: usize) -> bool {
    (cell.item + cell.student + 3 * cell.wave) % 10 < right
}

/// Ability and chance by the Rasch model, slope 1 but for `slope`.
fn rasch(cell: Cell, shift: f64, slope: f64) -> bool {
    let ability = Stream::new(cell.person as u64, "ability").normal();
    let place = (cell.person * 2 + cell.wave) as u64 * 100 + cell.item as u64;
    let difficulty = -1.6 + 3.2 * (cell.item % 14) as f64 / 13.0 + shift;
    let logit = slope * (ability + 0.4 * cell.wave as f64 - difficulty);
    Stream::new(place, "answer").chance(1.0 / (1.0 + (-logit).exp()))
}

fn measured<'a>(answer: &'a dyn Fn(Cell) -> bool, model: &str) -> Test<'a> {
    let scale = json!({ "method": "irt", "irt": { "model": model } });
    Test { items: 14, schools: 16, size: 20, ..test(scale, answer) }
}

/// A questionnaire of 24 statements, every sixth person drawing a line through it.
fn careless() -> Findings {
    let ids: Vec<String> = (0..24).map(item).collect();
    let choices: Vec<Value> = (1..=5)
        .map(|code| json!({ "code": code.to_string(), "label": text(&format!("answer {code}")) }))
        .collect();
    let statement =
        |id: &String| json!({ "id": id, "type": "likert", "prompt": text(id), "choice_set": "five" });
    let instrument = json!({
        "format": "dampak.instrument/1", "id": "test", "version": "1", "respondent": "student",
        "languages": ["id", "en"], "title": text("Attitude"), "choice_sets": { "five": choices },
        "sections": [{ "id": "s", "title": text("Part"),
            "items": ids.iter().map(statement).collect::<Vec<_>>() }],
        "scales": [{ "id": "total", "title": text("Total"), "items": ids, "reverse": [ids[2], ids[6]],
            "method": "mean" }]
    });
    let mut study = test(json!({}), &|_| true).study();
    // A straight line is one sign, of which two are asked for by default.
    study["analysis"]["answer_quality"] = json!({ "indices_needed": 1 });
    let mut files = Memory::default();
    files.insert("study.json", study.to_string());
    files.insert("test.json", instrument.to_string());
    let mut roster = "id,school\n".to_owned();
    for person in 0..96 {
        roster += &format!("P{person:06},S{:02}\n", person % 8);
    }
    files.insert("roster.csv", roster);
    for (wave, name) in WAVES.iter().enumerate() {
        let mut sheet = format!("id,{}\n", ids.join(","));
        for person in 0..96usize {
            let mut own = Stream::new((person * 2 + wave) as u64, "statements");
            let cells: Vec<String> =
                (0..24).map(|_| if person % 6 == 0 { 4 } else { 1 + own.below(5) }.to_string()).collect();
            sheet += &format!("P{person:06},{}\n", cells.join(","));
        }
        files.insert(format!("{name}.csv"), sheet);
    }
    crate::told(&files)
}

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "hardly anybody reached the level",
        codes: &["A-LEVEL-001", "A-DIF-002", "A-DIF-003"],
        findings: || {
            let right = |cell: Cell| {
                let few = cell.school == 3 && cell.student < 4;
                of_right(cell, if few { 4 + cell.wave } else { usual(cell).min(3) })
            };
            test(levels(&[0, 4, 7], 1), &right).findings(same)
        },
    },
    Case {
        name: "the programme separates",
        codes: &["A-LEVEL-002"],
        findings: || {
            let right = |cell: Cell| {
                let taught = cell.school < 6 && cell.wave == 1;
                let more = if taught { 4 + (cell.school + cell.student) % 2 } else { 0 };
                of_right(cell, usual(Cell { wave: 0, ..cell }).min(3) + more)
            };
            test(levels(&[0, 4, 7], 1), &right).findings(with_arms)
        },
    },
    Case {
        name: "nobody reached the level",
        codes: &["A-LEVEL-003"],
        findings: || test(levels(&[0, 4, 7], 1), &|cell| of_right(cell, usual(cell).min(3))).findings(same),
    },
    Case {
        name: "one school with the programme, levels",
        codes: &["A-LEVEL-005", "A-LEVEL-006"],
        findings: || {
            let right = |cell: Cell| of_right(cell, usual(cell));
            Test { taught: 1, size: 25, ..test(levels(&[0, 4, 7], 1), &right) }.findings(with_arms)
        },
    },
    Case {
        name: "a test of one item",
        codes: &["A-LEVEL-007"],
        findings: || {
            let own = test(levels(&[0, 1], 1), &|cell| usual(cell) > 4);
            Test { items: 1, ..own }.findings(same)
        },
    },
    Case {
        name: "only the lower cut is passed by more",
        codes: &["A-LEVEL-008"],
        findings: || {
            let right = |cell: Cell| {
                let own = usual(Cell { wave: 0, ..cell });
                let passed = cell.wave == 1 && own < 4 && !cell.student.is_multiple_of(4);
                of_right(cell, if passed { 4 } else { own })
            };
            test(levels(&[0, 4, 7], 1), &right).findings(same)
        },
    },
    Case {
        name: "more than 200,000 students",
        codes: &["A-LEVEL-009"],
        findings: || {
            let own = test(levels(&[0, 1], 1), &|cell| usual(cell) > 4);
            Test { items: 1, schools: 9, size: 22_223, ..own }.findings(|study| {
                study["outcomes"][0]["role"] = json!("exploratory");
            })
        },
    },
    Case {
        name: "other booklets after",
        codes: &["A-BOOKLET-001"],
        findings: || {
            let own = test(json!({ "method": "percent" }), &|cell| of_right(cell, usual(cell)));
            Test { booklets: &[0..7, 3..10], booklet: |person, wave| (person + wave) % 2, ..own }
                .findings(same)
        },
    },
    Case {
        name: "no item in common",
        codes: &["A-MATCH-002"],
        findings: || {
            let own = test(json!({ "method": "percent" }), &|cell| of_right(cell, usual(cell)));
            Test { booklets: &[0..5, 5..10], booklet: |_, wave| wave, ..own }.findings(same)
        },
    },
    Case { name: "straight lines", codes: &["A-QUALITY-001"], findings: careless },
    Case {
        name: "a measure of few",
        codes: &["A-IRT-001", "A-DIF-001"],
        findings: || {
            let own = measured(&|cell| rasch(cell, 0.0, 1.0), "rasch");
            Test { schools: 8, size: 8, ..own }.findings(with_sex)
        },
    },
    Case {
        name: "slopes for few, an item for all, a thin category, drift, schools unknown",
        codes: &["A-IRT-002", "A-IRT-003", "A-IRT-004", "A-IRT-005", "A-LINK-003"],
        findings: || {
            let answer = |cell: Cell| match cell.item {
                0 => true,
                1 => cell.person > 4,
                5 if cell.wave == 1 => rasch(cell, 1.8, 1.0),
                _ => rasch(cell, 0.0, 1.0),
            };
            measured(&answer, "two_parameter").findings(|study| {
                without_schools(study);
                with_sex(study);
            })
        },
    },
    Case {
        name: "booklets without a common item",
        codes: &["A-IRT-006"],
        findings: || {
            let own = measured(&|cell| rasch(cell, 0.0, 1.0), "rasch");
            Test { booklets: &[0..7, 7..14], booklet: |person, _| person % 2, ..own }.findings(same)
        },
    },
    Case {
        name: "everybody has half of the items right",
        codes: &["A-IRT-008"],
        findings: || {
            let answer =
                |cell: Cell| (cell.item + cell.person / 7 + cell.wave * cell.school).is_multiple_of(2);
            measured(&answer, "rasch").findings(same)
        },
    },
    Case {
        name: "a wrong key",
        codes: &["A-IRT-009"],
        findings: || {
            let answer = |cell: Cell| rasch(cell, 0.0, 1.4) != (cell.item == 9);
            let own = measured(&answer, "two_parameter");
            Test { size: 34, ..own }.findings(same)
        },
    },
    Case {
        name: "every item is the same item, waves calibrated apart",
        codes: &["A-IRT-007"],
        findings: || {
            let own = measured(&|cell| rasch(Cell { item: 6, ..cell }, 0.0, 1.0), "rasch");
            Test { items: 4, ..own }
                .findings(|study| study["analysis"]["linking"] = json!({ "method": "mean_mean" }))
        },
    },
    Case {
        name: "the only common item is solved by all but one",
        codes: &["A-LINK-001"],
        findings: || {
            let answer = |cell: Cell| if cell.item == 7 { cell.person != 3 } else { rasch(cell, 0.0, 1.0) };
            let own = measured(&answer, "rasch");
            Test { booklets: &[0..8, 7..14], booklet: |_, wave| wave, ..own }.findings(same)
        },
    },
    Case {
        name: "two common items",
        codes: &["A-LINK-002"],
        findings: || {
            let own = measured(&|cell| rasch(cell, 0.0, 1.0), "rasch");
            Test { booklets: &[0..8, 6..14], booklet: |_, wave| wave, ..own }.findings(same)
        },
    },
    Case {
        name: "three of fourteen items drift, of which two may be set aside",
        codes: &["A-LINK-004", "A-LINK-005"],
        findings: || {
            let shift =
                |cell: Cell| if cell.wave == 1 && [2, 6, 10].contains(&cell.item) { 2.0 } else { 0.0 };
            measured(&|cell| rasch(cell, shift(cell), 1.0), "rasch").findings(same)
        },
    },
];
