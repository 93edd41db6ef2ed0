//! From a file of answers to item statistics: students x 40 multiple choice items.
//!
//! Two ways in the same run, each in a process of its own so that peak memory is its own: dampak (checks the
//! file, scores it with states and scales, analyses items, options and reliability) and the least that a user
//! of polars would write (read, compare with the key, totals, difficulty, item-rest, alpha). Both must find the
//! same alpha. `cargo bench --bench items`; sizes and repeats may follow: `-- 10000,100000 5`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use dampak::analysis::{self, Material};
use dampak::io::{Disk, Files as _, Memory};
use dampak::response::{Responses, set, table};
use dampak::score::{self, MissingPolicy, Scores};
use dampak::study::{self, BoundStudy};
use polars::prelude::*;
use rand::RngExt as _;
use rand_pcg::Pcg64;

const ITEMS: usize = 40;
const SEED: u128 = 20_261_123;

fn shared(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/peers/sim").join(name)
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [way, file] = arguments.as_slice()
        && Path::new(file).exists()
    {
        return once(way, Path::new(file));
    }
    if !shared("key.csv").exists() {
        eprintln!("SKIPPED: the answers in ../shared/data/peers/sim are not here");
        return;
    }
    let sizes = arguments.first().map_or("10000,100000,1000000", String::as_str);
    let runs: usize = arguments.get(1).and_then(|text| text.parse().ok()).unwrap_or(3);
    println!("| persons x {ITEMS} | way | median s | fastest | slowest | peak MB | alpha | against polars |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for size in sizes.split(',').filter_map(|text| text.parse().ok()) {
        compare(size, runs);
    }
}

/// What one process reports.
#[derive(Clone, Copy)]
struct Run {
    seconds: f64,
    peak_mb: f64,
    alpha: f64,
}

fn compare(size: usize, runs: usize) {
    let file = answers(size);
    let (mut polars, mut dampak) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        polars.push(child("polars", &file));
        dampak.push(child("dampak", &file));
    }
    let base = median(&polars);
    for (way, found) in [("polars, eager", &polars), ("dampak", &dampak)] {
        let seconds = || found.iter().map(|run| run.seconds);
        println!(
            "| {size} | {way} | {:.3} | {:.3} | {:.3} | {:.0} | {:.10} | {:.2} |",
            median(found),
            seconds().fold(f64::INFINITY, f64::min),
            seconds().fold(0.0, f64::max),
            found.iter().map(|run| run.peak_mb).fold(0.0, f64::max),
            found[0].alpha,
            median(found) / base
        );
    }
    assert!((polars[0].alpha - dampak[0].alpha).abs() < 1e-9, "the two ways disagree on alpha");
}

fn median(runs: &[Run]) -> f64 {
    let mut seconds: Vec<f64> = runs.iter().map(|run| run.seconds).collect();
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

fn child(way: &str, file: &Path) -> Run {
    let own = std::env::current_exe().expect("the bench knows itself");
    let output = Command::new(own).arg(way).arg(file).output().expect("the bench starts itself");
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|part| part.parse().ok()).collect();
    let [seconds, peak_mb, alpha] = numbers[..] else { panic!("{way} failed: {text}") };
    Run { seconds, peak_mb, alpha }
}

/// The shared file of 10,000 students, or more of them drawn from it with a seed.
fn answers(size: usize) -> PathBuf {
    let source = shared("mc_10000x40.csv");
    if size == 10_000 {
        return source;
    }
    let file = std::env::temp_dir().join(format!("dampak-bench-{size}x{ITEMS}.csv"));
    if file.exists() {
        return file;
    }
    let text = std::fs::read_to_string(source).expect("the answers are text");
    let mut lines = text.lines();
    let header = lines.next().expect("a header");
    let rows: Vec<&str> = lines.filter_map(|line| line.split_once(',').map(|(_, rest)| rest)).collect();
    let mut random = Pcg64::new(SEED, SEED);
    let mut out = format!("{header}\n");
    for person in 1..=size {
        let row = rows[random.random_range(0..rows.len())];
        writeln!(out, "{person},{row}").expect("strings take everything");
    }
    std::fs::write(&file, out).expect("the temporary folder can be written to");
    file
}

fn once(way: &str, file: &Path) {
    let key = std::fs::read_to_string(shared("key.csv")).expect("the key is text");
    let key: Vec<(String, String)> = key
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(',').map(|(item, key)| (item.to_owned(), key.to_owned())))
        .collect();
    let study = definitions(&key);
    let start = Instant::now();
    let alpha = if way == "polars" {
        by_polars(file, &key).expect("polars reads it")
    } else {
        by_dampak(file, &study)
    };
    println!("{} {} {alpha}", start.elapsed().as_secs_f64(), peak_mb());
}

/// Highest resident memory of this process so far; 0 where the system does not say.
fn peak_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    let kb = line.and_then(|line| line.split_whitespace().nth(1)).and_then(|kb| kb.parse::<f64>().ok());
    kb.unwrap_or(0.0) / 1024.0
}

/// What a user of polars would write.
fn by_polars(file: &Path, key: &[(String, String)]) -> PolarsResult<f64> {
    let frame = CsvReadOptions::default().try_into_reader_with_file_path(Some(file.to_owned()))?.finish()?;
    let right: Vec<Expr> = key
        .iter()
        .map(|(item, key)| {
            col(item.as_str()).eq(lit(key.as_str())).fill_null(lit(false)).cast(DataType::Float64)
        })
        .collect();
    let total = polars::lazy::dsl::sum_horizontal(
        key.iter().map(|(item, _)| col(item.as_str())).collect::<Vec<_>>(),
        true,
    )?;
    let scored = frame.lazy().select(right).with_columns([total.alias("total")]).collect()?;
    let total = scored.column("total")?.f64()?.clone();
    let (mut variances, mut shown) = (0.0, 0.0);
    for (item, _) in key {
        let points = scored.column(item)?.f64()?;
        let rest = &total - points;
        let n = points.len() as f64;
        let (difficulty, rest_mean) = (points.mean().unwrap_or(0.0), rest.mean().unwrap_or(0.0));
        let joint = (points * &rest).sum().unwrap_or(0.0) / n - difficulty * rest_mean;
        let spread = points.std(0).unwrap_or(0.0) * rest.std(0).unwrap_or(0.0);
        shown += difficulty + joint / spread;
        variances += points.var(1).unwrap_or(0.0);
    }
    // The statistics are used, so that none of them is optimised away.
    assert!(shown.is_finite());
    let k = key.len() as f64;
    Ok(k / (k - 1.0) * (1.0 - variances / total.var(1).unwrap_or(1.0)))
}

/// The whole way of dampak from bytes to item findings.
fn by_dampak(file: &Path, study: &BoundStudy) -> f64 {
    let entry = &study.study.responses[0];
    let mut at = Instant::now();
    let mut phase = |name: &str| {
        if std::env::var("DAMPAK_PHASES").is_ok() {
            eprintln!("  {name}: {:.3} s, {:.0} MB", at.elapsed().as_secs_f64(), peak_mb());
        }
        at = Instant::now();
    };
    let bytes = Disk.read(file).expect("the file is there");
    phase("file");
    let table = table::read(&entry.file, &bytes, &entry.format).value.expect("a sound table");
    drop(bytes);
    phase("table");
    let set =
        set::resolve(entry, &study.instruments[0].instrument, table, None).value.expect("sound answers");
    phase("set");
    let responses = Responses { sets: vec![set], ..Responses::default() };
    let policy = MissingPolicy::of(&study.study.analysis);
    let scores: Scores = score::score(study, &responses, policy).expect("polars runs the plan").value;
    phase("score");
    let measures = dampak::measure::Measures::default();
    let material =
        Material { study, responses: &responses, scores: &scores, measures: &measures, alternative: None };
    let evidence = analysis::instruments::ModelEvidence::default();
    let findings = analysis::instruments::analyze(material, &evidence).expect("polars hands out columns");
    phase("items");
    assert_eq!(
        (findings[0].items.len(), findings[0].items[0].options.len()),
        (ITEMS, 5.min(findings[0].items[0].options.len()))
    );
    findings[0].scales[0].alpha.expect("an alpha").value
}

/// A study of one test with the items of the key.
fn definitions(key: &[(String, String)]) -> BoundStudy {
    let text = |words: &str| serde_json::json!({ "id": words, "en": words });
    let options: Vec<_> =
        ["A", "B", "C", "D"].map(|code| serde_json::json!({ "code": code, "label": text(code) })).into();
    let items: Vec<_> = key
        .iter()
        .map(|(item, key)| {
            serde_json::json!({
                "id": item, "type": "single_choice", "prompt": text(item), "options": options, "key": key
            })
        })
        .collect();
    let ids: Vec<&str> = key.iter().map(|(item, _)| item.as_str()).collect();
    let instrument = serde_json::json!({
        "format": "dampak.instrument/1", "id": "bench", "version": "1.0.0", "respondent": "student",
        "languages": ["id", "en"], "title": text("bench"),
        "sections": [{ "id": "all", "title": text("all"), "items": items }],
        "scales": [{ "id": "total", "title": text("total"), "items": ids, "method": "sum" }]
    });
    let study = serde_json::json!({
        "format": "dampak.study/1", "id": "bench", "title": text("bench"),
        "waves": [{ "id": "pre", "label": text("pre") }],
        "instruments": ["instrument.json"],
        "roster": [{ "respondent": "student", "file": "roster.csv", "columns": { "person": "student_id", "school": "school" } }],
        "responses": [{ "instrument": "bench", "wave": "pre", "file": "answers.csv", "columns": { "person": "student_id" } }],
        "outcomes": [{ "id": "total", "label": text("total"), "role": "primary", "from": { "instrument": "bench", "scale": "total" } }]
    });
    let mut files = Memory::default();
    files.insert("instrument.json", instrument.to_string());
    files.insert("study.json", study.to_string());
    let parsed = study::parse("study.json", study.to_string().as_bytes());
    let parsed = parsed.value.unwrap_or_else(|| panic!("{:#?}", parsed.diagnostics));
    let bound = study::bind_definitions(parsed, Path::new("study.json"), &files);
    bound.value.unwrap_or_else(|| panic!("{:#?}", bound.diagnostics))
}
