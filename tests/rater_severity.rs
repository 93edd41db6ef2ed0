//! Severity of raters through the whole pipeline: a simulated study in which one observer is planted one logit
//! stricter than the others.

mod pipeline;

use std::path::Path;

use dampak::analysis::Findings;
use dampak::analysis::findings::{Method, SeverityFindings};
use dampak::doc::Block;
use dampak::i18n::Lang;
use dampak::io::{Files, Memory};
use dampak::measure;
use dampak::num::rng::Stream;
use dampak::report::claim::{overclaims, passages};
use dampak::report::compose;
use dampak::response;
use dampak::score::{self, MissingPolicy, table};
use dampak::study;
use polars::prelude::DataFrame;
use serde_json::{Value, json};

const ITEMS: usize = 6;
const TEACHERS: usize = 90;
const RATERS: [&str; 4] = ["OB1", "OB2", "OB3", "OB4"];
/// OB4 is one logit stricter than each of the others; severities add up to 0.
const SEVERITY: [f64; 4] = [-0.25, -0.25, -0.25, 0.75];
/// Steps of every indicator, shifted by its own difficulty.
const STEPS: [f64; 3] = [-1.2, 0.0, 1.2];

fn text(words: &str) -> Value {
    json!({ "id": words, "en": words })
}

/// Probabilities of 0..=3 points.
fn levels(theta: f64, item: usize, severity: f64) -> [f64; 4] {
    let shift = 0.3 * (item as f64 - 2.5) + severity;
    let mut logs = [0.0; 4];
    for k in 1..4 {
        logs[k] = logs[k - 1] + theta - STEPS[k - 1] - shift;
    }
    let total: f64 = logs.iter().map(|l| l.exp()).sum();
    logs.map(|l| l.exp() / total)
}

fn mark(stream: &mut Stream, theta: f64, item: usize, severity: f64) -> usize {
    let draw = stream.uniform();
    let mut sum = 0.0;
    let mut below = |p: &f64| {
        sum += p;
        sum < draw
    };
    levels(theta, item, severity).iter().take_while(|p| below(p)).count().min(3)
}

/// What raters of average severity would give on average, with infinitely many ratings.
fn truth(theta: f64) -> f64 {
    let item = |item| levels(theta, item, 0.0).iter().enumerate().map(|(k, p)| k as f64 * p).sum::<f64>();
    (0..ITEMS).map(item).sum::<f64>() / ITEMS as f64
}

struct Simulated {
    files: Memory,
    /// Ability of each teacher before and after.
    theta: Vec<[f64; 2]>,
}

/// Who rates a teacher at a wave: the one who rates alone, or two.
type Who = fn(usize, usize) -> Vec<usize>;

/// OB4 rates few teachers before and many after; every third teacher is rated twice.
fn connected(teacher: usize, wave: usize) -> Vec<usize> {
    let first =
        if wave == 0 { teacher % 4 } else { [3, teacher % 4][usize::from(teacher.is_multiple_of(2))] };
    if teacher.is_multiple_of(3) { vec![first, (first + 1 + teacher / 3 % 3) % 4] } else { vec![first] }
}

/// Two pairs of observers who never meet.
fn apart(teacher: usize, _: usize) -> Vec<usize> {
    let pair = [[0, 1], [2, 3]][teacher % 2];
    if teacher.is_multiple_of(3) { pair.to_vec() } else { vec![pair[teacher / 2 % 2]] }
}

fn simulated(who: Who, seed: u64) -> Simulated {
    let level = |points: u32| json!({ "points": points, "description": text(&format!("level {points}")) });
    let rubric: Vec<Value> = (0..4).map(level).collect();
    let ids: Vec<String> = (1..=ITEMS).map(|item| format!("O{item}")).collect();
    let item = |id: &String| json!({ "id": id, "type": "rating", "prompt": text(id), "rubric": rubric, "raters": 2 });
    let instrument = json!({
        "format": "dampak.instrument/1", "id": "watch", "version": "1", "respondent": "observer",
        "languages": ["id", "en"], "title": text("Sheet"),
        "sections": [{ "id": "s", "title": text("Part"), "items": ids.iter().map(item).collect::<Vec<_>>() }],
        "scales": [{ "id": "total", "title": text("Total"), "items": ids, "method": "mean" }]
    });
    let response = |wave: &str| {
        json!({ "instrument": "watch", "wave": wave, "file": format!("{wave}.csv"),
            "columns": { "person": "teacher", "rater": "observer" } })
    };
    let study = json!({
        "format": "dampak.study/1", "id": "watched", "title": text("Watched"), "source": text("Made up"),
        "waves": [{ "id": "before", "label": text("Before") }, { "id": "after", "label": text("After") }],
        "instruments": ["watch.json"],
        "roster": [{ "respondent": "teacher", "file": "roster.csv",
            "columns": { "person": "id", "school": "school" } }],
        "responses": [response("before"), response("after")],
        "outcomes": [{ "id": "practice", "label": text("Practice"), "role": "primary",
            "from": { "instrument": "watch", "scale": "total" } }]
    });
    let mut files = Memory::default();
    files.insert("study.json", study.to_string());
    files.insert("watch.json", instrument.to_string());
    let mut roster = "id,school\n".to_owned();
    let mut sheets = [format!("teacher,observer,{}\n", ids.join(",")), String::new()];
    sheets[1] = sheets[0].clone();
    let mut stream = Stream::new(seed, "severity");
    let mut theta = Vec::new();
    for teacher in 0..TEACHERS {
        roster.push_str(&format!("T{teacher:02},S{:02}\n", teacher % 15));
        let before = stream.normal();
        let own = [before, before + 0.5 + 0.3 * stream.normal()];
        for wave in 0..2 {
            for rater in who(teacher, wave) {
                let marks: Vec<String> = (0..ITEMS)
                    .map(|item| mark(&mut stream, own[wave], item, SEVERITY[rater]).to_string())
                    .collect();
                sheets[wave].push_str(&format!("T{teacher:02},{},{}\n", RATERS[rater], marks.join(",")));
            }
        }
        theta.push(own);
    }
    files.insert("roster.csv", roster);
    files.insert("before.csv", sheets[0].clone());
    files.insert("after.csv", sheets[1].clone());
    Simulated { files, theta }
}

fn findings(who: Who) -> Findings {
    let made = simulated(who, 0);
    pipeline::findings(Path::new("study.json"), &made.files)
}

/// The exported table.
fn exported(made: &Simulated) -> DataFrame {
    let path = Path::new("study.json");
    let bound = study::bind(pipeline::study(path, &made.files), path, &made.files).value.expect("it binds");
    let responses = response::read(&bound, &made.files).value;
    let policy = MissingPolicy::of(&bound.study.analysis);
    let mut scores = score::score(&bound, &responses, policy).expect("polars runs").value;
    measure::add(&bound, &responses, &mut scores).expect("polars hands out columns");
    table::build(&bound, &responses, &scores).expect("a table")
}

fn severity(findings: &Findings) -> &SeverityFindings {
    let [found] = findings.severity.as_slice() else { panic!("one instrument with raters") };
    found
}

#[test]
fn the_planted_severities_are_recovered() {
    let findings = findings(connected);
    let found = severity(&findings);
    assert_eq!(found.items.len(), ITEMS);
    for (row, planted) in found.raters.iter().zip(SEVERITY) {
        let [low, high] = row.ci.expect("an interval");
        assert!(low <= planted && planted <= high, "{}: {planted} is not in [{low}; {high}]", row.rater);
    }
    let strict = found.raters.iter().find(|row| row.rater == "OB4").expect("OB4");
    assert!(strict.differs);
    let difference = strict.difference.expect("a difference");
    let planted: f64 = {
        let made = simulated(connected, 0);
        let gap = |theta: f64| truth(theta - 0.75) - truth(theta + 0.25);
        made.theta.iter().flatten().map(|theta| gap(*theta)).sum::<f64>() / (2 * TEACHERS) as f64
    };
    assert!((difference - planted).abs() < 0.15, "{difference} is far from {planted}");
    let model = found.model.expect("a fit");
    assert!(model.reliability.expect("four raters") > 0.7);
    assert!(model.equal.expect("a test").p < 0.01);
    // The same severity stands with the rater at both waves.
    for set in &findings.raters {
        let own = set.raters.iter().find(|rater| rater.rater == "OB4").and_then(|rater| rater.severity);
        assert_eq!(own, strict.severity);
    }
}

#[test]
fn severities_are_unbiased_and_their_intervals_hold_what_was_planted() {
    const STUDIES: u64 = 8;
    let (mut held, mut sums) = (0, [0.0; 4]);
    for seed in 0..STUDIES {
        let made = simulated(connected, seed);
        let findings = pipeline::findings(Path::new("study.json"), &made.files);
        for ((row, planted), sum) in severity(&findings).raters.iter().zip(SEVERITY).zip(&mut sums) {
            let [low, high] = row.ci.expect("an interval");
            held += u32::from(low <= planted && planted <= high);
            *sum += row.severity.expect("a severity").value;
        }
    }
    // 32 intervals of 95%: 26 or fewer would come about in fewer than 1 of 100 such tests.
    assert!(held >= 27, "{held} of 32");
    for (sum, planted) in sums.into_iter().zip(SEVERITY) {
        let mean = sum / STUDIES as f64;
        // The standard error of a mean of eight is 0.035.
        assert!((mean - planted).abs() < 0.1, "{mean} is far from {planted}");
    }
}

#[test]
fn adjusted_scores_are_nearer_to_the_truth_than_raw_ones() {
    let made = simulated(connected, 0);
    let table = exported(&made);
    let column = |name: &str| table.column(name).expect("the column").clone();
    let (raw, fair) = (column("watch/total"), column("watch/total/fair"));
    let (raw, fair) = (raw.f64().expect("numbers"), fair.f64().expect("numbers"));
    let (persons, waves) = (column("person"), column("wave"));
    let (persons, waves) = (persons.str().expect("ids"), waves.str().expect("ids"));
    let (mut of_raw, mut of_fair, mut means) = (0.0, 0.0, [[0.0; 3]; 2]);
    for row in 0..table.height() {
        let teacher: usize = persons.get(row).expect("an id")[1..].parse().expect("a number");
        let wave = usize::from(waves.get(row) == Some("after"));
        let truth = truth(made.theta[teacher][wave]);
        let (raw, fair) = (raw.get(row).expect("a score"), fair.get(row).expect("an adjusted score"));
        assert!((0.0..=3.0).contains(&fair));
        of_raw += (raw - truth).powi(2);
        of_fair += (fair - truth).powi(2);
        for (mean, value) in means[wave].iter_mut().zip([raw, fair, truth]) {
            *mean += value / TEACHERS as f64;
        }
    }
    assert!(of_fair < 0.9 * of_raw, "adjusted {of_fair}, raw {of_raw}");
    // OB4 rates more teachers after than before, so the raw change is too small.
    let [raw, fair, truth] = [0, 1, 2].map(|what| means[1][what] - means[0][what]);
    assert!((fair - truth).abs() < (raw - truth).abs(), "raw {raw}, adjusted {fair}, true {truth}");
    let findings = pipeline::findings(Path::new("study.json"), &made.files);
    assert!(findings.plan.sensitivity.contains(&Method::SeverityAdjusted));
    let estimates = &findings.outcomes[0].estimates;
    let adjusted = estimates.iter().find(|one| one.method == Method::SeverityAdjusted).expect("an estimate");
    let primary = estimates.iter().find(|one| one.primary).expect("a primary estimate");
    assert!(adjusted.estimate > primary.estimate + 0.02 && adjusted.n == primary.n && !adjusted.primary);
    // Fifteen schools of six teachers: means over schools and over teachers are the same.
    assert!((adjusted.estimate - fair).abs() < 1e-9 && (primary.estimate - raw).abs() < 1e-9);
    let [entry] = severity(&findings).outcomes.as_slice() else { panic!("one outcome") };
    assert_eq!(entry.difference, Some(adjusted.estimate - primary.estimate));
}

#[test]
fn observers_who_never_meet_are_named_and_nothing_is_adjusted() {
    let findings = findings(apart);
    let notice = findings.notices.iter().find(|notice| notice.code == "A-RATER-006").expect("a refusal");
    for lang in Lang::ALL {
        assert!(notice.text.get(lang).contains("(OB1, OB2 | OB3, OB4)"), "{}", notice.text.get(lang));
    }
    let found = severity(&findings);
    assert!(found.model.is_none() && found.raters.is_empty() && found.outcomes.is_empty());
    assert!(findings.outcomes[0].estimates.iter().all(|one| one.method != Method::SeverityAdjusted));
    assert!(findings.raters.iter().flat_map(|set| &set.raters).all(|rater| rater.severity.is_none()));
    let table = exported(&simulated(apart, 0));
    assert!(table.column("watch/total").is_ok() && table.column("watch/total/fair").is_err());
}

#[test]
fn a_rater_without_a_severity_and_rows_without_a_rater_leave_persons_unadjusted() {
    let mut made = simulated(connected, 0);
    let sheet = made.files.read(Path::new("after.csv")).expect("it was written");
    let mut sheet = String::from_utf8(sheet).expect("text");
    for teacher in 0..3 {
        sheet.push_str(&format!("T{teacher:02},OB9{}\n", ",3".repeat(ITEMS)));
    }
    sheet.push_str(&format!("T04,{}\n", ",2".repeat(ITEMS)));
    made.files.insert("after.csv", sheet);
    let findings = pipeline::findings(Path::new("study.json"), &made.files);
    let notice = findings.notices.iter().find(|notice| notice.code == "A-RATER-009").expect("a caution");
    assert!(Lang::ALL.into_iter().all(|lang| notice.text.get(lang).contains("OB9")));
    let found = severity(&findings);
    let extreme = found.raters.last().expect("raters");
    assert_eq!((extreme.rater.as_str(), extreme.severity, extreme.difference), ("OB9", None, None));
    let total: f64 = found.raters.iter().filter_map(|row| row.severity).map(|own| own.value).sum();
    assert!(total.abs() < 1e-6);
    let table = exported(&made);
    let fair = table.column("watch/total/fair").expect("adjusted scores").f64().expect("numbers").clone();
    let (persons, waves) = (table.column("person").expect("ids"), table.column("wave").expect("waves"));
    let (persons, waves) = (persons.str().expect("ids"), waves.str().expect("ids"));
    for row in 0..table.height() {
        let left_out = waves.get(row) == Some("after")
            && persons.get(row).is_some_and(|id| ["T00", "T01", "T02", "T04"].contains(&id));
        assert_eq!(fair.get(row).is_none(), left_out, "{:?} {:?}", persons.get(row), waves.get(row));
    }
    assert_eq!(found.outcomes[0].adjusted_n, Some(TEACHERS - 4));
    assert_eq!(found.outcomes[0].n, TEACHERS);
}

/// The kinds of blocks, with the size of tables.
fn shape(blocks: &[Block]) -> Vec<String> {
    let one = |block: &Block| match block {
        Block::Heading { level, anchor, .. } => format!("heading {level} {anchor}"),
        Block::List { items, .. } => format!("list {}", items.len()),
        Block::Table(table) => format!("table {} {}", table.columns.len(), table.rows.len()),
        Block::Figure(figure) => format!("figure {}", figure.id),
        _ => "other".to_owned(),
    };
    blocks.iter().map(one).collect()
}

#[test]
fn the_report_tells_it_alike_in_both_languages() {
    let (found, again) = (findings(connected), findings(connected));
    let bytes = |findings: &Findings| serde_json::to_string(findings).expect("findings are plain data");
    assert_eq!(bytes(&found), bytes(&again));
    let documents = Lang::ALL.map(|lang| compose(&found, lang));
    let [id, en] = documents.each_ref().map(|document| shape(&document.blocks));
    assert_eq!(id, en);
    for wanted in ["heading 3 severity-watch", "figure watch-severity"] {
        assert!(id.iter().any(|block| block == wanted), "no {wanted}");
    }
    for document in &documents {
        assert!(overclaims(document, found.plan.claim, "dampak").is_empty());
        let passages = passages(document);
        assert!(!passages.iter().any(|words| words.contains("report.") || words.contains('{')));
        let told = ["observer OB4 gives 0.", "pengamat OB4 memberi 0,"];
        assert!(passages.iter().any(|words| told.iter().any(|start| words.contains(start))));
    }
}
