//! Studies of one score column, each met with the codes of designs, loss, subgroups and estimates.

use dampak::analysis::Findings;
use dampak::io::Memory;
use dampak::num::rng::Stream;
use serde_json::{Value, json};

use crate::Case;

/// A person of the roster with the scores of all waves.
#[derive(Clone)]
struct Person {
    school: String,
    arm: &'static str,
    stratum: String,
    weight: &'static str,
    group: String,
    hours: Option<f64>,
    scores: Vec<Option<f64>>,
}

pub(crate) fn text(words: &str) -> Value {
    json!({ "id": words, "en": words })
}

/// `size` persons in each of `schools`: scores between 40 and 80, changes of 5 to 16 points by a rule.
fn persons(schools: usize, size: usize) -> Vec<Person> {
    let one = |place: usize| {
        let (school, own) = (place / size, place % size);
        let before = 45.0 + ((place * 7) % 23) as f64;
        let change = 5.0 + ((place * 13) % 11) as f64 / 2.0 + ((school * 5) % 7) as f64;
        Person {
            school: format!("S{school:02}"),
            arm: "",
            stratum: String::new(),
            weight: "1",
            group: if own % 2 == 0 { "a" } else { "b" }.to_owned(),
            hours: Some(60.0 + ((school * 5) % 8) as f64 * 4.0 + own as f64),
            scores: vec![Some(before), Some(before + change)],
        }
    };
    (0..schools * size).map(one).collect()
}

fn number(person: &Person) -> usize {
    person.school[1..].parse().expect("schools are numbered")
}

/// The first `program` schools are taught, the others are not.
fn split(mut persons: Vec<Person>, program: usize) -> Vec<Person> {
    for person in &mut persons {
        person.arm = if number(person) < program { "taught" } else { "other" };
    }
    persons
}

/// The same persons, each changed.
fn each(mut persons: Vec<Person>, change: impl Fn(usize, &mut Person)) -> Vec<Person> {
    persons.iter_mut().enumerate().for_each(|(place, person)| change(place, person));
    persons
}

fn study(persons: &[Person]) -> Value {
    let waves: Vec<String> = (0..persons[0].scores.len()).map(|wave| format!("w{wave}")).collect();
    let columns: serde_json::Map<String, Value> =
        waves.iter().map(|wave| (wave.clone(), json!(wave))).collect();
    let mut study = json!({
        "format": "dampak.study/1", "id": "small", "title": text("Small"), "source": text("Made up"),
        "simulated": true,
        "waves": waves.iter().map(|wave| json!({ "id": wave, "label": text(wave) })).collect::<Vec<_>>(),
        "roster": [{ "respondent": "student", "file": "roster.csv",
            "columns": { "person": "id", "school": "school" } }],
        "score_files": [{ "id": "marks", "file": "marks.csv", "person": "id" }],
        "outcomes": [{ "id": "score", "label": text("Score"), "role": "primary", "range": [0, 100],
            "from": { "score_file": "marks", "columns": columns } }],
        "analysis": { "permutations": 99 }
    });
    if persons.iter().any(|person| !person.arm.is_empty()) {
        let arm = |id: &str, role: &str| json!({ "id": id, "label": text(id), "role": role });
        study["assignment"] = json!("school");
        study["arms"] = json!([arm("taught", "programme"), arm("other", "comparison")]);
        study["roster"][0]["columns"]["arm"] = json!("arm");
    }
    study
}

fn findings(persons: &[Person], change: impl FnOnce(&mut Value)) -> Findings {
    let mut study = study(persons);
    change(&mut study);
    let waves: Vec<String> = (0..persons[0].scores.len()).map(|wave| format!("w{wave}")).collect();
    let mut roster = "id,school,arm,stratum,weight,group,hours\n".to_owned();
    let mut marks = format!("id,{}\n", waves.join(","));
    let cell = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    for (place, person) in persons.iter().enumerate() {
        let Person { school, arm, stratum, weight, group, hours, scores } = person;
        roster += &format!("P{place:04},{school},{arm},{stratum},{weight},{group},{}\n", cell(*hours));
        let scores: Vec<String> = scores.iter().map(|score| cell(*score)).collect();
        marks += &format!("P{place:04},{}\n", scores.join(","));
    }
    let mut files = Memory::default();
    files.insert("study.json", study.to_string());
    files.insert("roster.csv", roster);
    files.insert("marks.csv", marks);
    crate::told(&files)
}

fn same(_: &mut Value) {}

fn without_schools(study: &mut Value) {
    study["roster"][0]["columns"].as_object_mut().expect("columns").remove("school");
}

fn with_group(study: &mut Value) {
    study["subgroups"] = json!([{ "id": "group", "label": text("Group"), "column": "group" }]);
}

fn with_thirds(study: &mut Value) {
    study["analysis"]["baseline_thirds"] = json!(true);
}

fn with_hours(study: &mut Value) {
    study["analysis"]["dose"] =
        json!([{ "id": "hours", "label": text("Hours"), "respondent": "student", "column": "hours" }]);
}

/// Two arms of schools that are not alike at all, with strata, weights and covariates.
fn everything_unlike() -> Findings {
    let people = each(split(persons(8, 12), 4), |place, person| {
        let school = number(person);
        person.stratum = if school == 7 { "alone" } else { ["n", "s"][school % 2] }.to_owned();
        person.weight = if place == 0 { "2" } else { "1" };
        person.group = if person.arm == "taught" || place % 3 == 0 { "a" } else { "b" }.to_owned();
        if person.arm == "taught" {
            person.scores = person.scores.iter().map(|score| score.map(|score| score + 8.0)).collect();
        }
    });
    // One school is nine times as large.
    let large: Vec<Person> = people.iter().filter(|person| number(person) == 1).cloned().collect();
    let people: Vec<Person> = people.into_iter().chain((0..8).flat_map(|_| large.clone())).collect();
    findings(&people, |study| {
        study["roster"][0]["columns"]["stratum"] = json!("stratum");
        study["roster"][0]["columns"]["weight"] = json!("weight");
        study["covariates"] = json!([{ "id": "group", "label": text("Group"), "column": "group" }]);
        with_thirds(study);
    })
}

/// Two arms of six schools each; covariates of which one is a name and one everybody's.
fn lost(people: Vec<Person>) -> Findings {
    let people = each(people, |place, person| {
        person.group = format!("Jalan {place}");
        person.hours = Some(1.0);
    });
    findings(&people, |study| {
        study["outcomes"][0].as_object_mut().expect("an outcome").remove("range");
        let covariate = |id: &str| json!({ "id": id, "label": text(id), "column": id });
        study["covariates"] = json!([covariate("group"), covariate("hours")]);
    })
}

/// More lost in one arm, most of them in one school; too few schools there to draw anew.
fn unevenly_lost() -> Findings {
    lost(each(split(persons(9, 40), 6), |place, person| {
        let gone = match number(person) {
            8 => place % 40 < 30,
            school if school > 5 => place % 40 < 4,
            _ => place % 40 < 1,
        };
        person.scores[1] = person.scores[1].filter(|_| !gone);
    }))
}

/// Some of the comparison were there at the last test only.
fn joined() -> Findings {
    lost(each(split(persons(12, 40), 6), |place, person| {
        let late = person.arm == "other" && place % 40 < 3;
        person.scores[0] = person.scores[0].filter(|_| !late);
    }))
}

fn teachers_of_one_arm() -> Findings {
    let people = split(persons(8, 10), 4);
    let mut json = study(&people);
    json["roster"].as_array_mut().expect("a list").push(json!({ "respondent": "teacher",
        "file": "teachers.csv", "columns": { "person": "id", "school": "school", "arm": "arm" } }));
    json["score_files"]
        .as_array_mut()
        .expect("a list")
        .push(json!({ "id": "practice", "file": "practice.csv", "person": "id", "respondent": "teacher" }));
    json["outcomes"].as_array_mut().expect("a list").push(json!({ "id": "teaching",
        "label": text("Teaching"), "role": "secondary", "range": [0, 100],
        "from": { "score_file": "practice", "columns": { "w0": "before", "w1": "after" } } }));
    let mut files = Memory::default();
    let (mut roster, mut marks) = ("id,school,arm\n".to_owned(), "id,w0,w1\n".to_owned());
    for (place, person) in people.iter().enumerate() {
        let score = |wave: usize| person.scores[wave].expect("a score");
        roster += &format!("P{place:04},{},{}\n", person.school, person.arm);
        marks += &format!("P{place:04},{},{}\n", score(0), score(1));
    }
    let rows = |row: &dyn Fn(usize) -> String| (0..16).map(row).collect::<String>();
    let teachers = rows(&|at| format!("T{at:02},S{:02},taught\n", at % 4));
    let practice = rows(&|at| format!("T{at:02},{},{}\n", 40 + at, 43 + at + at % 5));
    files.insert("study.json", json.to_string());
    files.insert("roster.csv", roster);
    files.insert("marks.csv", marks);
    files.insert("teachers.csv", format!("id,school,arm\n{teachers}"));
    files.insert("practice.csv", format!("id,before,after\n{practice}"));
    crate::told(&files)
}

/// Everybody has one of two scores but a few, who have both.
fn few_complete() -> Findings {
    let mut noise = Stream::new(1, "few complete");
    let mut people = persons(6, 160);
    for (place, person) in people.iter_mut().enumerate() {
        let school = number(person) as f64;
        let ability = noise.normal();
        person.scores = vec![
            Some(50.0 + 8.0 * ability + 3.0 * noise.normal()),
            Some(55.0 + school + 8.0 * ability + 3.0 * noise.normal()),
        ];
        if place % 160 >= 2 {
            person.scores[place % 2] = None;
        }
    }
    findings(&people, same)
}

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "one group, before and after",
        codes: &[
            "A-DESIGN-002",
            "A-UNIT-001",
            "A-UNIT-002",
            "A-METHOD-002",
            "A-INTEREST-001",
            "A-ATTRITION-001",
            "A-BOUND-001",
        ],
        findings: || findings(&persons(8, 10), same),
    },
    Case {
        name: "one wave",
        codes: &["A-DESIGN-001"],
        findings: || findings(&each(persons(8, 10), |_, own| own.scores.truncate(1)), same),
    },
    Case {
        name: "two arms, schools unknown, hours",
        codes: &["A-DESIGN-004", "A-UNIT-003", "A-METHOD-001", "A-METHOD-003", "A-ASSOC-004"],
        findings: || {
            findings(&split(persons(8, 12), 4), |study| {
                without_schools(study);
                with_hours(study);
            })
        },
    },
    Case {
        name: "schools by lot",
        codes: &["A-DESIGN-003"],
        findings: || {
            findings(&split(persons(8, 10), 4), |study| study["assignment"] = json!("random_school"))
        },
    },
    Case {
        name: "three waves",
        codes: &["A-DESIGN-005"],
        findings: || {
            findings(
                &each(persons(8, 10), |place, own| own.scores.push(Some(60.0 + (place % 17) as f64))),
                same,
            )
        },
    },
    Case {
        name: "other students at every wave",
        codes: &["A-DESIGN-006"],
        findings: || {
            let people = each(persons(8, 20), |place, own| own.scores[place % 2] = None);
            findings(&people, |study| study["analysis"]["persons"] = json!("cross_sections"))
        },
    },
    Case {
        name: "both arms in every school",
        codes: &["A-DESIGN-007"],
        findings: || {
            findings(&each(persons(8, 12), |place, own| own.arm = ["taught", "other"][place % 2]), |study| {
                study["assignment"] = json!("random_student")
            })
        },
    },
    Case {
        name: "an arm without persons, months of progress",
        codes: &["A-DESIGN-008", "A-MONTHS-001"],
        findings: || {
            findings(&split(persons(8, 10), 8), |study| {
                study["report"] = json!({ "months_of_progress": "toolkit" });
            })
        },
    },
    Case {
        name: "five schools, somebody lost, hours, a subgroup",
        codes: &["A-FEW-001", "A-IMPUTE-001", "A-ASSOC-001", "A-SUB-002"],
        findings: || {
            let people = each(persons(5, 24), |place, own| {
                own.scores[1] = own.scores[1].filter(|_| place != 7);
            });
            findings(&people, |study| {
                with_hours(study);
                with_group(study);
            })
        },
    },
    Case {
        name: "one school with the programme",
        codes: &["A-FEW-002"],
        findings: || findings(&split(persons(8, 12), 1), same),
    },
    Case { name: "one school", codes: &["A-FEW-003"], findings: || findings(&persons(1, 30), same) },
    Case {
        name: "one school of eight, hours",
        codes: &["A-SMALL-001", "A-ASSOC-005"],
        findings: || findings(&persons(1, 8), with_hours),
    },
    Case {
        name: "teachers of one arm",
        codes: &["A-ARM-001", "A-ATTRITION-004"],
        findings: teachers_of_one_arm,
    },
    Case {
        name: "all changes equal, schools alike",
        codes: &["A-ESTIMATE-001", "A-CLASSIC-002", "A-CLASSIC-003", "A-ICC-001"],
        findings: || {
            let alike = |place: usize, own: &mut Person| {
                let before = 40.0 + 2.0 * (place % 10) as f64;
                own.scores = vec![Some(before), Some(before + 5.0)];
            };
            findings(&each(persons(8, 10), alike), same)
        },
    },
    Case {
        name: "two schools against four",
        codes: &["A-DF-001"],
        findings: || findings(&split(persons(6, 12), 2), same),
    },
    Case {
        name: "nobody twice",
        codes: &["A-MATCH-001"],
        findings: || findings(&each(persons(8, 10), |place, own| own.scores[place % 2] = None), same),
    },
    Case {
        name: "an arm of eight",
        codes: &["A-CLASSIC-001"],
        findings: || {
            let people = split(persons(10, 8), 2);
            let kept = |own: &Person| own.arm == "taught" || own.hours.is_some_and(|hours| hours < 70.0);
            let few: Vec<Person> = people.into_iter().filter(kept).collect();
            findings(&few, |study| study["analysis"]["smallest_cell"] = json!(20))
        },
    },
    Case {
        name: "everybody at the maximum first",
        codes: &["A-CLASSIC-005"],
        findings: || {
            findings(
                &each(persons(8, 10), |place, own| {
                    own.scores = vec![Some(100.0), Some(80.0 + (place % 17) as f64)]
                }),
                same,
            )
        },
    },
    Case {
        name: "arms that are unlike",
        codes: &[
            "A-STRATA-001",
            "A-STRATA-002",
            "A-SIZE-001",
            "A-WEIGHT-001",
            "A-BASE-001",
            "A-BASE-004",
            "A-SUB-004",
        ],
        findings: everything_unlike,
    },
    Case {
        name: "unevenly lost",
        codes: &[
            "A-ATTRITION-002",
            "A-FLOW-001",
            "A-BOUND-002",
            "A-BOUND-003",
            "A-BASE-003",
            "A-CLASSIC-004",
        ],
        findings: unevenly_lost,
    },
    Case {
        name: "first scores all equal, two arms",
        codes: &["A-BASE-002"],
        findings: || findings(&each(split(persons(8, 12), 4), |_, own| own.scores[0] = Some(50.0)), same),
    },
    Case {
        name: "joined later",
        codes: &["A-ATTRITION-003", "A-ATTRITION-005", "A-BOUND-004"],
        findings: joined,
    },
    Case {
        name: "first scores all equal, some lost",
        codes: &["A-IMPUTE-002"],
        findings: || {
            let people = each(persons(8, 12), |place, own| {
                own.scores = vec![Some(50.0), own.scores[1].filter(|_| place % 11 != 0)];
            });
            findings(&people, same)
        },
    },
    Case { name: "hardly anybody has both scores", codes: &["A-IMPUTE-003"], findings: few_complete },
    Case {
        name: "a group of eight",
        codes: &["A-SUB-001"],
        findings: || {
            let people = each(persons(8, 8), |place, own| {
                own.group = if place % 8 == 0 { "b" } else { "a" }.to_owned();
            });
            findings(&people, with_group)
        },
    },
    Case {
        name: "a group of two schools",
        codes: &["A-SUB-003"],
        findings: || {
            let people = each(persons(8, 12), |_, own| {
                own.group = if number(own) < 2 { "a" } else { "b" }.to_owned();
            });
            findings(&people, with_group)
        },
    },
    Case {
        name: "thirds of the first score, one group",
        codes: &["A-SUB-005"],
        findings: || findings(&persons(8, 12), with_thirds),
    },
    Case {
        name: "groups whose changes do not vary",
        codes: &["A-SUB-006", "A-SUB-007"],
        findings: || {
            let people = each(persons(8, 12), |_, own| {
                let change = if own.group == "a" { 4.0 } else { 6.0 };
                own.scores[1] = own.scores[0].map(|before| before + change);
            });
            findings(&people, with_group)
        },
    },
    Case {
        name: "everybody had the same hours",
        codes: &["A-ASSOC-002"],
        findings: || findings(&each(persons(8, 12), |_, own| own.hours = Some(64.0)), with_hours),
    },
    Case {
        name: "one school had other hours",
        codes: &["A-ASSOC-003"],
        findings: || {
            let people = each(persons(8, 12), |_, own| {
                own.hours = Some(if number(own) == 3 { 80.0 } else { 64.0 });
            });
            findings(&people, with_hours)
        },
    },
    Case {
        name: "hours of eight persons",
        codes: &["A-ASSOC-006"],
        findings: || {
            let people = each(persons(8, 12), |place, own| {
                own.hours = (place % 12 == 0).then_some(60.0 + place as f64);
            });
            findings(&people, with_hours)
        },
    },
];
