//! Careless answers planted in a questionnaire are found, and nobody else; the outcome without them is the
//! one that the files give without them.

mod pipeline;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use dampak::analysis::findings::{Method, QualityFindings, QualityIndexKind, UnusedIndex};
use dampak::analysis::{Findings, Material, answer_quality};
use dampak::i18n::Lang;
use dampak::io::{Disk, Memory};
use dampak::num::rng::Stream;
use dampak::report::claim::{overclaims, passages};
use dampak::report::compose;
use dampak::score::{self, MissingPolicy};
use dampak::{response, study};
use serde_json::{Value, json};

const PERSONS: usize = 96;
const SCALES: usize = 6;
const ITEMS: usize = 24;

/// The answers of one wave, persons x items, with the seconds each took.
#[derive(Clone)]
struct Answers {
    cells: Vec<[u32; ITEMS]>,
    seconds: Vec<String>,
}

/// The third item of every scale is worded the other way round.
fn is_reversed(item: usize) -> bool {
    item % 4 == 2
}

/// People who read: a level per scale, a step of noise now and then.
fn attentive(wave: u64) -> Answers {
    let mut stream = Stream::new(wave, "answers");
    let mut cells = Vec::new();
    for _ in 0..PERSONS {
        let start = stream.below(3);
        let mut row = [0; ITEMS];
        for (item, cell) in row.iter_mut().enumerate() {
            // Levels 2, 3, 4 in turn, so that the scales of a person differ.
            let level = 2 + (start + item / 4 * 2) % 3;
            let noise = if stream.below(4) == 0 { stream.below(3) as i64 - 1 } else { 0 };
            let answer = (level as i64 + noise) as u32;
            *cell = if is_reversed(item) { 6 - answer } else { answer };
        }
        cells.push(row);
    }
    let seconds = (0..PERSONS).map(|_| (90 + stream.below(200)).to_string()).collect();
    Answers { cells, seconds }
}

/// Before: three straight lines in half a minute. After: two copies in half a minute, one straight line, and
/// one who is merely fast.
fn planted() -> [Answers; 2] {
    let (mut before, mut after) = (attentive(1), attentive(2));
    for (person, answer) in [(3, 4), (40, 5), (77, 1)] {
        before.cells[person] = [answer; ITEMS];
        before.seconds[person] = "30".to_owned();
    }
    for (person, source) in [(10, 5), (60, 8)] {
        after.cells[person] = after.cells[source];
        after.seconds[person] = "31.5".to_owned();
    }
    after.cells[40] = [2; ITEMS];
    after.seconds[40] = "20".to_owned();
    after.seconds[50] = "25".to_owned();
    after.seconds[51] = String::new();
    [before, after]
}

const CARELESS: [[usize; 3]; 2] = [[3, 40, 77], [10, 40, 60]];

fn name(person: usize) -> String {
    format!("S{person:03}")
}

fn text(words: &str) -> Value {
    json!({ "id": words, "en": words })
}

fn files(waves: &[Answers; 2], quality: &Value) -> Memory {
    let choice = |code: u32| json!({ "code": code.to_string(), "label": text(&format!("answer {code}")) });
    let choices: Vec<Value> = (1..=5).map(choice).collect();
    let ids: Vec<String> = (0..ITEMS).map(|item| format!("Q{item:02}")).collect();
    let item = |id: &String| json!({ "id": id, "type": "likert", "prompt": text(id), "choice_set": "five" });
    let reverse = |own: &[String], first: usize| -> Vec<String> {
        own.iter().enumerate().filter(|(at, _)| is_reversed(first + at)).map(|(_, id)| id.clone()).collect()
    };
    let scale = |place: usize| {
        let own = &ids[place * 4..place * 4 + 4];
        json!({ "id": format!("s{place}"), "title": text("Part"), "items": own,
            "reverse": reverse(own, place * 4), "method": "mean" })
    };
    let mut scales: Vec<Value> = (0..SCALES).map(scale).collect();
    scales.push(json!({ "id": "total", "title": text("Total"), "items": ids, "reverse": reverse(&ids, 0),
        "method": "mean" }));
    let instrument = json!({
        "format": "dampak.instrument/1", "id": "attitude", "version": "1", "respondent": "student",
        "languages": ["id", "en"], "title": text("Attitude"), "choice_sets": { "five": choices },
        "sections": [{ "id": "s", "title": text("Part"), "items": ids.iter().map(item).collect::<Vec<_>>() }],
        "scales": scales
    });
    let responses: Vec<Value> = ["pre", "post"]
        .iter()
        .map(|wave| {
            json!({ "instrument": "attitude", "wave": wave, "file": format!("{wave}.csv"),
            "columns": { "person": "id", "duration": "seconds" } })
        })
        .collect();
    let study = json!({
        "format": "dampak.study/1", "id": "planted", "title": text("Planted"), "source": text("Made up"),
        "waves": [{ "id": "pre", "label": text("Before") }, { "id": "post", "label": text("After") }],
        "instruments": ["attitude.json"],
        "roster": [{ "respondent": "student", "file": "roster.csv",
            "columns": { "person": "id", "school": "school" } }],
        "responses": responses,
        "outcomes": [{ "id": "attitude", "label": text("Attitude"), "role": "primary",
            "from": { "instrument": "attitude", "scale": "total" } }],
        "analysis": { "answer_quality": quality }
    });
    let mut files = Memory::default();
    files.insert("study.json", study.to_string());
    files.insert("attitude.json", instrument.to_string());
    let roster: String = (0..PERSONS).map(|person| format!("{},K{}\n", name(person), person % 8)).collect();
    files.insert("roster.csv", format!("id,school\n{roster}"));
    for (wave, answers) in ["pre", "post"].iter().zip(waves) {
        let mut table = format!("id,seconds,{}\n", ids.join(","));
        for person in 0..PERSONS {
            let cells: Vec<String> = answers.cells[person].iter().map(u32::to_string).collect();
            table += &format!("{},{},{}\n", name(person), answers.seconds[person], cells.join(","));
        }
        files.insert(format!("{wave}.csv"), table);
    }
    files
}

fn analyzed(waves: &[Answers; 2], quality: &Value) -> Findings {
    pipeline::findings(Path::new("study.json"), &files(waves, quality))
}

/// Ids of the flagged persons.
fn flagged(files: &Memory) -> BTreeSet<String> {
    let path = Path::new("study.json");
    let bound = study::bind(pipeline::study(path, files), path, files).value.expect("a sound study");
    let responses = response::read(&bound, files).value;
    let policy = MissingPolicy::of(&bound.study.analysis);
    let scores = score::score(&bound, &responses, policy).expect("polars runs the plan").value;
    let measures = dampak::measure::Measures::default();
    let material = Material {
        study: &bound,
        responses: &responses,
        scores: &scores,
        measures: &measures,
        alternative: None,
    };
    let judged = answer_quality::judge(material).expect("polars hands out columns");
    judged.flagged.into_values().flatten().collect()
}

fn over(set: &QualityFindings, index: QualityIndexKind) -> Option<usize> {
    set.indices.iter().find(|found| found.index == index).expect("every index is listed").over
}

#[test]
fn the_planted_persons_are_flagged_and_nobody_else() {
    let waves = planted();
    let found = flagged(&files(&waves, &json!({})));
    let expected: BTreeSet<String> = CARELESS.iter().flatten().map(|person| name(*person)).collect();
    assert_eq!(found, expected);
    let findings = analyzed(&waves, &json!({}));
    let [before, after] = findings.answer_quality.sets.as_slice() else { panic!("two waves") };
    assert_eq!((before.n, before.items, before.reversed, before.flagged), (PERSONS, ITEMS, 6, 3));
    assert_eq!((after.n, after.flagged), (PERSONS, 3));
    assert_eq!(over(before, QualityIndexKind::LongString), Some(3));
    assert_eq!(over(before, QualityIndexKind::LowVariability), Some(3));
    assert_eq!(over(before, QualityIndexKind::Speed), Some(3));
    assert_eq!(over(after, QualityIndexKind::Duplicate), Some(2));
    // Two copies, one line, one who is merely fast; a time that is not known speaks against nobody.
    assert_eq!(over(after, QualityIndexKind::Speed), Some(4));
    let pace = |wave: &Answers| {
        let mut own: Vec<f64> = wave
            .seconds
            .iter()
            .filter_map(|cell| cell.parse::<f64>().ok())
            .map(|s| s / ITEMS as f64)
            .collect();
        own.sort_by(f64::total_cmp);
        let (low, high) = ((own.len() - 1) / 2, own.len() / 2);
        (own[low] + own[high]) / 2.0
    };
    assert!((after.median_seconds.expect("times are known") - pace(&waves[1])).abs() < 1e-12);
}

/// Score of a person on the total scale.
fn total(cells: &[u32; ITEMS]) -> f64 {
    let counted =
        cells.iter().enumerate().map(|(item, cell)| if is_reversed(item) { 6 - cell } else { *cell });
    f64::from(counted.sum::<u32>()) / ITEMS as f64
}

/// Mean over the schools of their mean change.
fn change(waves: &[Answers; 2], keep: impl Fn(usize) -> bool) -> f64 {
    let mut schools: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for person in (0..PERSONS).filter(|person| keep(*person)) {
        let change = total(&waves[1].cells[person]) - total(&waves[0].cells[person]);
        schools.entry(person % 8).or_default().push(change);
    }
    let means = schools.values().map(|own| own.iter().sum::<f64>() / own.len() as f64);
    means.sum::<f64>() / schools.len() as f64
}

#[test]
fn the_outcome_without_flagged_persons_stands_beside_the_primary_one() {
    let waves = planted();
    let findings = analyzed(&waves, &json!({}));
    let careless: BTreeSet<usize> = CARELESS.into_iter().flatten().collect();
    let outcome = &findings.outcomes[0];
    assert_eq!(outcome.flagged, Some(careless.len()));
    let primary = outcome.estimates.iter().find(|estimate| estimate.primary).expect("a primary estimate");
    assert_eq!((primary.method, primary.n), (Method::ClusterMeanT, PERSONS));
    assert!((primary.estimate - change(&waves, |_| true)).abs() < 1e-12);
    let without = outcome.estimates.iter().find(|estimate| estimate.method == Method::WithoutFlagged);
    let without = without.expect("an estimate without them");
    assert_eq!((without.n, without.clusters, without.primary), (PERSONS - careless.len(), Some(8), false));
    let expected = change(&waves, |person| !careless.contains(&person));
    assert!((without.estimate - expected).abs() < 1e-12);
    let [entry] = findings.answer_quality.sensitivity.as_slice() else { panic!("one outcome") };
    assert_eq!((entry.linked, entry.flagged, entry.without_n), (PERSONS, 5, Some(PERSONS - 5)));
    assert_eq!(entry.difference, Some(without.estimate - primary.estimate));
    assert!(findings.plan.sensitivity.contains(&Method::WithoutFlagged));
}

#[test]
fn limits_are_the_study_s_own() {
    let waves = planted();
    let strict = analyzed(&waves, &json!({ "indices_needed": 6 }));
    assert!(strict.answer_quality.sets.iter().all(|set| set.flagged == 0));
    assert!(strict.answer_quality.sensitivity.is_empty() && strict.outcomes[0].flagged.is_none());
    assert!(!strict.outcomes[0].estimates.iter().any(|estimate| estimate.method == Method::WithoutFlagged));
    let slow = analyzed(&waves, &json!({ "seconds_per_item": 100.0 }));
    assert_eq!(over(&slow.answer_quality.sets[0], QualityIndexKind::Speed), Some(PERSONS));
}

#[test]
fn the_report_says_how_many_and_what_changed() {
    let findings = analyzed(&planted(), &json!({}));
    let bytes = |findings: &Findings| serde_json::to_string(findings).expect("findings are plain data");
    assert_eq!(bytes(&findings), bytes(&analyzed(&planted(), &json!({}))));
    let [id, en] = Lang::ALL.map(|lang| compose(&findings, lang));
    assert_eq!(id.blocks.len(), en.blocks.len());
    for document in [&id, &en] {
        assert!(overclaims(document, findings.plan.claim, "dampak").is_empty());
        for words in passages(document) {
            assert!(!words.contains("report.") && !words.contains('{') && !words.contains("NaN"), "{words}");
        }
    }
    let whole = passages(&en).join("\n");
    assert!(
        whole.contains("of 96 students measured twice, 5 flagged; without them the estimate is"),
        "{whole}"
    );
    assert!(passages(&id).join("\n").contains("5 ditandai; tanpa mereka taksirannya"));
}

#[test]
fn the_shipped_questionnaires_have_no_careless_answers_planted() {
    let findings = pipeline::findings(Path::new("datasets/pop-smp/study.json"), &Disk);
    let sets = &findings.answer_quality.sets;
    assert_eq!(sets.len(), 6);
    assert!(sets.iter().all(|set| set.flagged == 0));
    let unused = |set: &QualityFindings, index: QualityIndexKind| {
        set.indices.iter().find(|found| found.index == index).and_then(|found| found.unused)
    };
    assert!(sets.iter().all(|s| unused(s, QualityIndexKind::Speed) == Some(UnusedIndex::NoTimes)));
    // 13 principals cannot span 20 items.
    let principals = sets.iter().filter(|set| set.instrument == "principal-smp");
    assert!(
        principals.clone().count() == 2
            && principals
                .clone()
                .all(|s| unused(s, QualityIndexKind::Mahalanobis) == Some(UnusedIndex::NoDistances))
    );
}
