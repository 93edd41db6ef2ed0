//! The simulated studies: stable bytes, ids as text, and answers whose scores are worth what the truth says.

use std::collections::BTreeMap;
use std::path::Path;

use dampak::instrument::{Instrument, Item, ItemKind, ScaleMethod, ScoringRule};
use dampak::io::Disk;
use dampak::io::whole::Output;
use dampak::simulate::{self, Model, OutcomeTruth, TRUTH_FILE, simulate, truth};
use dampak::study::{self, BoundStudy};

const SEEDS: u64 = 60;

fn load(name: &str) -> (BoundStudy, Model) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets").join(name);
    let path = folder.join("study.json");
    let bytes = std::fs::read(&path).expect("the study is shipped");
    let parsed = study::parse("study.json", &bytes);
    let study = parsed.value.unwrap_or_else(|| panic!("{name}: {:#?}", parsed.diagnostics));
    let bound = study::bind(study, &path, &Disk);
    let bound = bound.value.unwrap_or_else(|| panic!("{name}: {:#?}", bound.diagnostics));
    let bytes = std::fs::read(folder.join("model.json")).expect("the model is shipped");
    let model = simulate::parse("model.json", &bytes);
    (bound, model.value.unwrap_or_else(|| panic!("{name}: {:#?}", model.diagnostics)))
}

fn text(outputs: &[Output], file: &str) -> String {
    let output = outputs.iter().find(|output| output.path == Path::new(file)).expect("the file is written");
    // Windows-1252 letters outside ASCII stand in no cell that is scored as right.
    String::from_utf8_lossy(&output.bytes).into_owned()
}

/// Cells by column name; quoted cells may hold the delimiter, no cell holds a line break.
fn rows(csv: &str, delimiter: char) -> Vec<BTreeMap<String, String>> {
    let split = |line: &str| {
        let mut cells = vec![String::new()];
        let mut quoted = false;
        for sign in line.chars() {
            match sign {
                '"' => quoted = !quoted,
                _ if sign == delimiter && !quoted => cells.push(String::new()),
                _ => cells.last_mut().expect("there is a cell").push(sign),
            }
        }
        cells
    };
    let mut lines = csv.lines();
    let header = split(lines.next().expect("there is a header"));
    lines.map(|line| header.iter().cloned().zip(split(line)).collect()).collect()
}

/// Points of one item, written apart from the generator; `None` where a questionnaire answer is missing.
fn points(item: &Item, row: &BTreeMap<String, String>) -> Option<f64> {
    let cell = row.get(&item.id).map_or("", String::as_str);
    let parts: Vec<&str> = cell.split(';').collect();
    let right = |keys: Vec<&str>| parts.iter().zip(&keys).filter(|(part, key)| part == key).count();
    let graded = |rule: ScoringRule, right: usize, all: usize| match rule {
        ScoringRule::PerStatement => item.points * right as f64 / all as f64,
        _ if right == all => item.points,
        _ => 0.0,
    };
    let either = |is_right: bool| if is_right { item.points } else { 0.0 };
    Some(match &item.kind {
        ItemKind::Likert { options } => options.iter().find(|option| option.code == cell)?.value?,
        ItemKind::SingleChoice { key, .. } => either(cell == key),
        ItemKind::ShortNumber { number, tolerance, .. } => {
            let value = cell.replace(',', ".").parse::<f64>();
            either(value.is_ok_and(|value| (value - number).abs() <= tolerance + 1e-9))
        }
        ItemKind::ShortText { spellings } => {
            either(spellings.iter().any(|spelling| spelling.to_lowercase() == cell.to_lowercase()))
        }
        ItemKind::StatementGrid { statements, rule, .. } => {
            let keys: Vec<&str> = statements.iter().map(|statement| statement.key.as_str()).collect();
            graded(*rule, right(keys), statements.len())
        }
        ItemKind::Matching { left, key, rule, .. } => {
            let keys = left.iter().map(|entry| key[&entry.code].as_str()).collect();
            graded(*rule, right(keys), left.len())
        }
        ItemKind::MultipleChoice { options, key, rule } => {
            let hits = key.iter().filter(|code| parts.contains(&code.as_str())).count() as f64;
            let marks = parts.iter().filter(|part| !part.is_empty()).count() as f64;
            let false_marks = marks - hits;
            match rule {
                _ if marks == 0.0 => 0.0,
                ScoringRule::RightMinusWrong => {
                    item.points * ((hits - false_marks) / key.len() as f64).max(0.0)
                }
                ScoringRule::PerOption => {
                    let wrong = false_marks + key.len() as f64 - hits;
                    item.points * (1.0 - wrong / options.len() as f64)
                }
                _ => either(false_marks == 0.0 && hits == key.len() as f64),
            }
        }
        _ => {
            let columns = (1..=item.raters()).map(|rater| format!("{}.r{rater}", item.id));
            // A second rater stands in a column of their own or in a row of their own.
            let columns: Vec<String> =
                if row.contains_key(&item.id) { vec![item.id.clone()] } else { columns.collect() };
            let sum: f64 = columns.iter().filter_map(|name| row[name].parse::<f64>().ok()).sum();
            sum / columns.len() as f64
        }
    })
}

fn score(instrument: &Instrument, scale: &str, booklet: Option<&str>, row: &BTreeMap<String, String>) -> f64 {
    let scale = instrument.scale(scale).expect("the scale is there");
    let given = booklet.map(|id| &instrument.booklet(id).expect("the booklet is there").items);
    let (mut sum, mut most, mut count) = (0.0, 0.0, 0.0);
    for id in scale.items.iter().filter(|id| given.is_none_or(|given| given.contains(id))) {
        let item = instrument.item(id).expect("the item is there");
        let Some(points) = points(item, row) else { continue };
        let (low, high) = item.point_range();
        sum += if scale.reverse.contains(id) { low + high - points } else { points };
        most += high;
        count += 1.0;
    }
    if scale.method == ScaleMethod::Percent { 100.0 * sum / most } else { sum / count }
}

/// Mean change of the persons with both waves, by arm (`""` where there is none).
fn observed_change(bound: &BoundStudy, outputs: &[Output], outcome: &OutcomeTruth) -> BTreeMap<String, f64> {
    let study = &bound.study;
    let instrument = bound.instrument(&outcome.instrument).expect("the instrument is bound");
    let roster = &study.roster[0];
    let mark =
        |format: &study::FileFormat| format.delimiter.as_deref().unwrap_or(",").chars().next().unwrap();
    let arms: BTreeMap<String, String> = rows(&text(outputs, &roster.file), mark(&roster.format))
        .into_iter()
        .map(|row| {
            let arm = roster.columns.arm.as_ref().map_or(String::new(), |column| row[column].clone());
            (row[&roster.columns.person].clone(), arm)
        })
        .collect();
    let wave = |id: &str| -> BTreeMap<String, f64> {
        let file =
            study.responses.iter().find(|file| file.instrument == outcome.instrument && file.wave == id);
        let file = file.expect("the wave has a file");
        rows(&text(outputs, &file.file), mark(&file.format))
            .iter()
            .map(|row| {
                let booklet = file.columns.booklet.as_ref().map(|column| row[column].as_str());
                (row[&file.columns.person].clone(), score(instrument, &outcome.scale, booklet, row))
            })
            .collect()
    };
    let (pre, post) = (wave("pre"), wave("post"));
    let mut changes: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for (person, first) in pre {
        if let Some(last) = post.get(&person) {
            changes.entry(arms.get(&person).cloned().unwrap_or_default()).or_default().push(last - first);
        }
    }
    changes.into_iter().map(|(arm, list)| (arm, list.iter().sum::<f64>() / list.len() as f64)).collect()
}

/// Holds the mean over seeds against the truth, in Monte-Carlo standard errors.
fn check_recovery(name: &str, outcomes: &[&str]) {
    let (bound, model) = load(name);
    let truth = truth(&bound, &model).expect("the model fits the study");
    let runs: Vec<Vec<Output>> =
        (1..=SEEDS).map(|seed| simulate(&bound, &model, seed).expect("the study can be simulated")).collect();
    for id in outcomes {
        let outcome =
            truth.outcomes.iter().find(|outcome| &outcome.id == id).expect("the outcome is a scale");
        let observed: Vec<_> = runs.iter().map(|outputs| observed_change(&bound, outputs, outcome)).collect();
        for arm in &outcome.arms {
            let key = arm.arm.clone().unwrap_or_default();
            let changes: Vec<f64> = observed.iter().map(|by_arm| by_arm[&key]).collect();
            let mean = changes.iter().sum::<f64>() / SEEDS as f64;
            let variance = changes.iter().map(|c| (c - mean).powi(2)).sum::<f64>() / (SEEDS - 1) as f64;
            let se = (variance / SEEDS as f64).sqrt();
            let distance = (mean - arm.change) / se;
            println!(
                "{name} {id} {key}: mean {mean:.4} truth {:.4} se {se:.4} distance {distance:.2}",
                arm.change
            );
            assert!(distance.abs() < 3.0, "{name}/{id}/{key}: {mean} against {} (SE {se})", arm.change);
        }
    }
}

#[test]
fn one_group_recovers_its_truth() {
    check_recovery(
        "pop-smp",
        &["literacy", "numeracy", "literacy-evaluate-reflect", "numeracy-data-uncertainty"],
    );
    check_recovery(
        "pop-smp",
        &["character", "teacher-literacy-pedagogy", "principal-culture", "observation-total"],
    );
}

#[test]
fn two_arms_recover_their_truth_in_spite_of_attrition() {
    check_recovery("pop-smp-comparison", &["literacy", "numeracy", "character"]);
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_does_not() {
    let (bound, model) = load("pop-smp");
    let run = |seed| simulate(&bound, &model, seed).expect("the study can be simulated");
    let (first, again, other) = (run(7), run(7), run(8));
    assert_eq!(first.len(), bound.study.roster.len() + bound.study.responses.len() + 1);
    for ((first, again), other) in first.iter().zip(&again).zip(&other) {
        assert_eq!(first.bytes, again.bytes, "{}", first.path.display());
        let is_truth = first.path == Path::new(TRUTH_FILE);
        assert_eq!(first.bytes == other.bytes, is_truth, "{}", first.path.display());
    }
}

#[test]
fn the_shipped_files_are_those_of_the_seed_in_the_study() {
    for name in ["pop-smp", "pop-smp-comparison"] {
        let (bound, model) = load(name);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets").join(name);
        for output in simulate(&bound, &model, bound.study.analysis.seed).expect("the study can be simulated")
        {
            let shipped = std::fs::read(folder.join(&output.path)).expect("the file is shipped");
            assert!(shipped == output.bytes, "{name}/{} is not what its seed gives", output.path.display());
        }
    }
}

#[test]
fn student_ids_are_ten_digits_and_keep_their_zeros() {
    let (bound, model) = load("pop-smp");
    let outputs = simulate(&bound, &model, 1).expect("the study can be simulated");
    let roster = rows(&text(&outputs, "roster-students.csv"), ',');
    let ids: std::collections::BTreeSet<&str> = roster.iter().map(|row| row["id"].as_str()).collect();
    assert_eq!(ids.len(), 380);
    assert!(
        ids.iter()
            .all(|id| id.len() == 10 && id.starts_with("0087") && id.bytes().all(|b| b.is_ascii_digit()))
    );
    assert_eq!(rows(&text(&outputs, "roster-teachers.csv"), ',').len(), 156);
    assert_eq!(rows(&text(&outputs, "roster-principals.csv"), ',').len(), 13);
}

#[test]
fn a_misspelt_key_of_a_model_is_found() {
    let checked = simulate::parse("model.json", br#"{ "format": "dampak.model/1", "item_sed": 1 }"#);
    assert!(checked.value.is_none());
    assert!(checked.diagnostics.iter().any(|finding| finding.message.contains("item_sed")));
}
