//! Scores held against a second scorer that shares no code with dampak: slow, plain, written from the
//! definition of the file formats. Then the rules for what is missing, one by one.

mod study_test;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use study_test::{StudyTest, root};

/// Rows of a CSV file as maps from column to cell; quotation marks only around whole cells.
fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let split = |line: &str| {
        let (mut cells, mut in_quotes) = (vec![String::new()], false);
        for letter in line.chars() {
            match letter {
                '"' => in_quotes = !in_quotes,
                ',' if !in_quotes => cells.push(String::new()),
                _ => cells.last_mut().unwrap().push(letter),
            }
        }
        cells
    };
    let mut lines = text.lines();
    let header = split(lines.next().unwrap());
    lines.map(|line| header.iter().cloned().zip(split(line)).collect()).collect()
}

fn read_json(path: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(root().join(path)).unwrap()).unwrap()
}

fn texts(value: &Value) -> Vec<String> {
    value
        .as_array()
        .map(|list| list.iter().map(|text| text.as_str().unwrap().to_owned()).collect())
        .unwrap_or_default()
}

/// Points of one cell; none where there is no usable answer.
fn points(item: &Value, cell: &str) -> Option<f64> {
    let worth = item["points"].as_f64().unwrap_or(1.0);
    let per_part = item["scoring"] == "per_statement";
    let by_place = |keys: &[String]| {
        let answers: Vec<&str> = cell.split(';').collect();
        assert_eq!(answers.len(), keys.len(), "{cell}");
        let hits = answers.iter().zip(keys).filter(|(answer, key)| *answer == key).count();
        let nothing = answers.iter().all(|answer| answer.is_empty());
        let share = if per_part { hits as f64 / keys.len() as f64 } else { f64::from(hits == keys.len()) };
        (!nothing).then_some(worth * share)
    };
    if cell.is_empty() {
        return None;
    }
    match item["type"].as_str().unwrap() {
        "single_choice" => (cell.len() == 1).then(|| if item["key"] == cell { worth } else { 0.0 }),
        "multiple_choice" => {
            let (key, marked) = (texts(&item["key"]), cell.split(';').map(str::to_owned).collect::<Vec<_>>());
            let hits = key.iter().filter(|code| marked.contains(code)).count() as f64;
            let wrong = marked.len() as f64 - hits;
            let all = item["options"].as_array().unwrap().len() as f64;
            Some(
                worth
                    * match item["scoring"].as_str().unwrap() {
                        "right_minus_wrong" => ((hits - wrong) / key.len() as f64).max(0.0),
                        "per_option" => (all - (key.len() as f64 - hits) - wrong) / all,
                        _ => f64::from(hits == key.len() as f64 && wrong == 0.0),
                    },
            )
        }
        "statement_grid" => {
            let keys: Vec<String> = item["statements"]
                .as_array()
                .unwrap()
                .iter()
                .map(|s| s["key"].as_str().unwrap().to_owned())
                .collect();
            by_place(&keys)
        }
        "matching" => {
            let keys: Vec<String> = item["left"]
                .as_array()
                .unwrap()
                .iter()
                .map(|left| item["key"][left["code"].as_str().unwrap()].as_str().unwrap().to_owned())
                .collect();
            by_place(&keys)
        }
        "short_answer" => {
            let accept = &item["accept"];
            let right = match accept["number"].as_f64() {
                Some(number) => cell.parse::<f64>().is_ok_and(|given| {
                    (given - number).abs() <= accept["tolerance"].as_f64().unwrap_or(0.0) + 1e-9
                }),
                None => texts(&accept["spellings"]).iter().any(|s| s.to_lowercase() == cell.to_lowercase()),
            };
            Some(if right { worth } else { 0.0 })
        }
        "likert" => (cell.len() == 1).then(|| cell.parse().unwrap()),
        "essay" | "rating" => Some(cell.parse().unwrap()),
        other => panic!("{other} has no points"),
    }
}

fn highest(item: &Value) -> f64 {
    let levels = item["rubric"]
        .as_array()
        .map(|levels| levels.iter().map(|l| l["points"].as_f64().unwrap()).fold(0.0, f64::max));
    levels.unwrap_or_else(|| item["points"].as_f64().unwrap_or(1.0))
}

fn mean(numbers: &[f64]) -> Option<f64> {
    (!numbers.is_empty()).then(|| numbers.iter().sum::<f64>() / numbers.len() as f64)
}

/// The score of one person, from all rows they have in a file.
fn scale_score(instrument: &Value, scale: &Value, own: &[&BTreeMap<String, String>]) -> Option<f64> {
    let items: Vec<&Value> = instrument["sections"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|s| s["items"].as_array().unwrap())
        .collect();
    let booklet = own[0].get("booklet").map(|id| {
        let booklets = instrument["booklets"].as_array().unwrap();
        texts(&booklets.iter().find(|b| b["id"] == id.as_str()).unwrap()["items"])
    });
    let (mut got, mut possible, mut valid, mut given) = (0.0, 0.0, 0.0, 0.0);
    for id in texts(&scale["items"]).iter().filter(|id| booklet.as_ref().is_none_or(|held| held.contains(id)))
    {
        let item = items.iter().find(|item| item["id"] == id.as_str()).unwrap();
        let cells = own.iter().flat_map(|row| {
            let names = [id.clone(), format!("{id}.r1"), format!("{id}.r2")];
            names.into_iter().filter_map(|name| row.get(&name))
        });
        let marks: Vec<f64> = cells.filter_map(|cell| points(item, cell)).collect();
        let is_test = !["likert", "rating"].contains(&item["type"].as_str().unwrap());
        given += 1.0;
        let Some(mut worth) = mean(&marks).or(is_test.then_some(0.0)) else { continue };
        if texts(&scale["reverse"]).contains(id) {
            worth = 6.0 - worth;
        }
        got += worth;
        valid += 1.0;
        possible += highest(item);
    }
    if valid == 0.0 || valid / given < scale["min_valid"].as_f64().unwrap() - 0.005 {
        return None;
    }
    Some(if scale["method"] == "percent" { 100.0 * got / possible } else { got / valid })
}

#[test]
fn every_score_is_the_one_of_a_scorer_written_apart() {
    let study = StudyTest::dataset("pop-smp");
    study.run(&["score", "datasets/pop-smp", "--out", "scores.csv"]).exits(0);
    let text = std::fs::read_to_string(study.place().join("scores.csv")).unwrap();
    let mut scores: BTreeMap<(String, String), BTreeMap<String, String>> = BTreeMap::new();
    for row in rows(&text) {
        scores.insert((row["person"].clone(), row["wave"].clone()), row);
    }
    let definition = read_json("datasets/pop-smp/study.json");
    let (mut compared, mut missing) = (0, 0);
    for file in definition["responses"].as_array().unwrap() {
        let name = file["instrument"].as_str().unwrap();
        let instrument = read_json(&format!("instruments/{name}.json"));
        let text = std::fs::read_to_string(study.path(file["file"].as_str().unwrap())).unwrap();
        let answers = rows(&text);
        let mut persons: BTreeMap<&str, Vec<&BTreeMap<String, String>>> = BTreeMap::new();
        for row in &answers {
            persons.entry(&row[file["columns"]["person"].as_str().unwrap()]).or_default().push(row);
        }
        for (person, own) in &persons {
            let Some(row) = scores.get(&((*person).to_owned(), file["wave"].as_str().unwrap().to_owned()))
            else {
                panic!("{person} has no row");
            };
            // Measures rest on the answers of everybody; tests/measurement.rs holds them.
            let of_points = |scale: &&Value| scale["method"] != "irt";
            for scale in instrument["scales"].as_array().unwrap().iter().filter(of_points) {
                let column = format!("{name}/{}", scale["id"].as_str().unwrap());
                let theirs: Option<f64> = row[&column].parse().ok();
                match (scale_score(&instrument, scale, own), theirs) {
                    (Some(ours), Some(theirs)) => {
                        assert!(
                            (ours - theirs).abs() <= 1e-12 * ours.abs().max(1.0),
                            "{person} {column}: {ours} {theirs}"
                        );
                        compared += 1;
                    }
                    (None, None) => missing += 1,
                    other => panic!("{person} {column}: {other:?}"),
                }
            }
        }
    }
    assert!(compared > 8_000, "only {compared} scores compared, {missing} missing");
}

// -- what is missing, one rule at a time

/// A test of four single-choice items, key A, with the study's own rules; one person per line of answers.
fn four(
    lines: &[&str],
    change: impl FnOnce(&mut Value),
    study_change: impl FnOnce(&mut Value),
) -> Vec<Option<f64>> {
    let header = "id,booklet,N1,N2,N3,N4\n";
    let answers =
        lines.iter().enumerate().map(|(place, line)| format!("{place:03},{line}\n")).collect::<String>();
    let roster = (0..lines.len()).map(|place| format!("{place:03},S1\n")).collect::<String>();
    let text = |words: &str| json!({ "id": words, "en": words });
    let options = ["A", "B", "C"].map(|code| json!({ "code": code, "label": text(code) }));
    let items: Vec<Value> = ["N1", "N2", "N3", "N4"]
        .iter()
        .map(|id| {
            json!({ "id": id, "type": "single_choice", "prompt": text("Soal"), "key": "A",
            "options": options })
        })
        .collect();
    let study = StudyTest::mini()
        .file("roster.csv", format!("id,school\n{roster}"))
        .file("pre.csv", format!("{header}{answers}"))
        .file("post.csv", format!("{header}{answers}"))
        .json("mini.json", |instrument| {
            instrument["choice_sets"] = json!({});
            instrument["sections"] = json!([{ "id": "s", "title": text("Tes"), "items": items }]);
            instrument["scales"] = json!([{ "id": "total", "title": text("Tes"), "items": ["N1", "N2", "N3", "N4"], "method": "percent", "min_valid": 0.5 }]);
            change(instrument);
        })
        .json("study.json", |study| {
            study["outcomes"].as_array_mut().unwrap().pop();
            for wave in study["responses"].as_array_mut().unwrap() {
                wave["missing_codes"] = json!({ "X": "omitted", "R": "not_reached", "G": "not_administered" });
            }
            study_change(study);
        });
    let table = study.scores();
    let column = table[0].iter().position(|name| name == "mini/total").unwrap();
    table[1..].iter().filter(|row| row[6] == "pre").map(|row| row[column].parse().ok()).collect()
}

fn with_booklets(instrument: &mut Value) {
    instrument["booklets"] =
        json!([{ "id": "A", "items": ["N1", "N2", "N3"] }, { "id": "B", "items": ["N4", "N3", "N1"] }]);
}

fn name_booklets(study: &mut Value) {
    for wave in study["responses"].as_array_mut().unwrap() {
        wave["columns"]["booklet"] = json!("booklet");
    }
}

const NOTHING: fn(&mut Value) = |_| {};

#[test]
fn blanks_count_as_wrong_by_default_and_what_was_not_given_never() {
    let lines = ["-,A,A,A,A", "-,A,,A,A", "-,A,A,,", "-,A,G,A,G", "-,A,X,R,R", "-,AB,A,A,A", "-,G,G,G,A"];
    let scores = four(&lines, NOTHING, NOTHING);
    assert_eq!(scores[..3], [Some(100.0), Some(75.0), Some(50.0)]);
    assert_eq!(scores[3..], [Some(100.0), Some(25.0), Some(75.0), Some(100.0)]);
}

#[test]
fn omitted_and_not_reached_are_told_apart_by_the_last_answer() {
    // A blank before the last answer, two blanks after it, and both.
    let lines = ["-,A,,A,A", "-,A,A,,", "-,A,,A,", "-,B,,,"];
    let rule = |name: &'static str| move |study: &mut Value| study["analysis"][name] = json!("missing");
    assert_eq!(
        four(&lines, NOTHING, rule("omitted")),
        [Some(100.0), Some(50.0), Some(200.0 / 3.0), Some(0.0)]
    );
    assert_eq!(
        four(&lines, NOTHING, rule("not_reached")),
        [Some(75.0), Some(100.0), Some(200.0 / 3.0), None]
    );
}

#[test]
fn the_order_of_the_booklet_decides_what_was_not_reached() {
    // Booklet B begins with N4 and ends with N1: a blank N1 is not reached there, omitted in booklet A.
    let lines = ["A,,A,A,", "B,,,A,A"];
    let missing = |study: &mut Value| {
        name_booklets(study);
        study["analysis"]["not_reached"] = json!("missing");
    };
    let scores = four(&lines, with_booklets, missing);
    assert!((scores[0].unwrap() - 200.0 / 3.0).abs() < 1e-12);
    assert_eq!(scores[1], Some(100.0));
}

#[test]
fn items_of_the_other_booklet_are_not_counted_and_blanks_around_its_name_do_not_matter() {
    let lines = ["A,A,A,A,", " A ,A,A,B,", "B,A,,A,B", "A,A,A,A,B"];
    let scores = four(&lines, with_booklets, name_booklets);
    let two_thirds = Some(100.0 * 2.0 / 3.0);
    assert_eq!(scores, [Some(100.0), two_thirds, two_thirds, Some(100.0)]);
}

#[test]
fn too_few_valid_answers_give_no_score() {
    let lines = ["-,A,A,G,G", "-,A,X,X,X", "-,A,A,X,X", "-,A,A,A,X"];
    let rules = |share: f64| {
        four(
            &lines,
            |instrument| instrument["scales"][0]["min_valid"] = json!(share),
            |study| {
                study["analysis"]["omitted"] = json!("missing");
                study["analysis"]["not_reached"] = json!("missing");
            },
        )
    };
    // The share is one of the items that were given: two of two are all.
    assert_eq!(rules(0.5), [Some(100.0), None, Some(100.0), Some(100.0)]);
    assert_eq!(rules(0.75), [Some(100.0), None, None, Some(100.0)]);
}

#[test]
fn sums_are_put_on_the_whole_scale_and_means_are_not() {
    let lines = ["-,A,A,B,B", "-,A,A,B,G"];
    let method =
        |name: &'static str| move |instrument: &mut Value| instrument["scales"][0]["method"] = json!(name);
    assert_eq!(four(&lines, method("sum"), NOTHING), [Some(2.0), Some(2.0)]);
    assert_eq!(four(&lines, method("mean"), NOTHING), [Some(0.5), Some(2.0 / 3.0)]);
}

#[test]
fn a_score_at_the_cut_stands_in_the_upper_level() {
    let study = StudyTest::mini();
    let table = study.scores();
    for row in &table[1..] {
        let score: f64 = row[7].parse().unwrap();
        let level = if score >= 80.0 - 1e-9 {
            "high"
        } else if score >= 50.0 - 1e-9 {
            "mid"
        } else {
            "low"
        };
        assert_eq!(row[8], level, "{score}");
    }
    // 8 of 10 points are 80 percent, whatever binary fractions make of it.
    let cut = study
        .cell("pre.csv", 1, "L01", "B")
        .cell("pre.csv", 1, "L02", "A;C")
        .cell("pre.csv", 1, "L03", "B;S;B");
    let cut = cut
        .cell("pre.csv", 1, "L04", "Y;X")
        .cell("pre.csv", 1, "L05", "12.5")
        .cell("pre.csv", 1, "L06.r1", "0")
        .cell("pre.csv", 1, "L06.r2", "1");
    let row = &cut.scores()[1];
    assert!((row[7].parse::<f64>().unwrap() - 100.0 * 9.5 / 12.0).abs() < 1e-12);
    assert_eq!(row[8], "mid");
    assert_eq!(cut.cell("pre.csv", 1, "L06.r2", "2").scores()[1][8], "high");
}

#[test]
fn reversed_items_are_turned_round_before_the_mean() {
    let study = StudyTest::mini()
        .cell("pre.csv", 1, "Q01", "5")
        .cell("pre.csv", 1, "Q02", "1")
        .cell("pre.csv", 1, "Q03", "5");
    assert_eq!(study.scores()[1][10], "5.0");
}

#[test]
fn persons_are_counted_from_the_roster_to_linked() {
    use dampak::io::Disk;
    use dampak::response::{self, link};
    use dampak::study;
    let test = StudyTest::mini()
        .edit("pre.csv", |text| {
            text.lines()
                .filter(|line| !line.starts_with("0001") && !line.starts_with("0007"))
                .map(|line| format!("{line}\n"))
                .collect()
        })
        .edit("post.csv", |text| {
            text.lines()
                .filter(|line| !line.starts_with("0002") && !line.starts_with("0007"))
                .map(|line| format!("{line}\n"))
                .collect()
        });
    let file = test.path("study.json");
    let parsed = study::parse("study.json", &std::fs::read(&file).unwrap()).value.unwrap();
    let bound = study::bind(parsed, &file, &Disk).value.unwrap();
    let responses = response::read(&bound, &Disk).value;
    let roster = &responses.rosters[0];
    let presence = link::presence(&bound, &responses, roster.respondent);
    let all = link::count(roster, &presence, 0..roster.persons.len());
    assert_eq!(
        (all.roster, all.tested, all.linked, all.only_first, all.only_last),
        (36, vec![34, 34], 33, 1, 1)
    );
    let schools = link::count_by_school(roster, &presence);
    let school = &schools["S1"];
    assert_eq!((school.roster, school.linked, school.only_first, school.only_last), (6, 4, 0, 1));
    assert_eq!(schools.values().map(|counts| counts.linked).sum::<usize>(), all.linked);
}
