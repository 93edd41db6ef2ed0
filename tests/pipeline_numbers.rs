//! Numbers that only the pipeline puts together, recomputed from the raw scores: the smallest detectable change, the
//! pooled estimates, reliabilities within arms, Lee's interval, what the next study is planned from.

mod pipeline;

use std::collections::BTreeMap;
use std::path::Path;

use dampak::analysis::Findings;
use dampak::analysis::findings::{EstimateFindings, OutcomeFindings};
use dampak::analysis::planning::{Quantity, Source};
use dampak::impact::imputation::{ImputationOptions, MissingScores, imputations_needed, impute};
use dampak::impact::lee_resampling::{LeeResampling, SchoolOutcomes, lee_interval};
use dampak::io::{Disk, Memory};
use dampak::num::dist;
use dampak::num::rng::Stream;
use dampak::score::{self, MissingPolicy};
use dampak::{measure, response, study};
use serde_json::json;

const SEED: u64 = 4_711;
/// Sums in another order.
const SUMS: f64 = 1e-11;

#[track_caller]
fn close(found: f64, expected: f64, tolerance: f64) {
    assert!((found / expected - 1.0).abs() <= tolerance, "{found} is not {expected}");
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn variance(values: &[f64]) -> f64 {
    let centre = mean(values);
    values.iter().map(|value| (value - centre).powi(2)).sum::<f64>() / (values.len() as f64 - 1.0)
}

/// A student: school and both scores.
#[derive(Clone, Copy)]
struct Student {
    school: usize,
    before: Option<f64>,
    after: Option<f64>,
}

/// Schools of 7 to 19 students, every ninth without a last score and every thirteenth without a first.
fn students(schools: usize, lost: bool) -> Vec<Student> {
    let mut stream = Stream::new(20_261_123, "students");
    let mut out = Vec::new();
    for school in 0..schools {
        let (level, gain) = (6.0 * stream.normal(), 4.0 + 2.0 * stream.normal());
        for _ in 0..7 + (school * 5) % 13 {
            let ability = level + 8.0 * stream.normal();
            let score = |noise: f64| ((50.0 + ability + noise) * 10.0).round() / 10.0;
            let (before, after) = (score(4.0 * stream.normal()), score(gain + 4.0 * stream.normal()));
            let place = out.len();
            out.push(Student {
                school,
                before: Some(before).filter(|_| !lost || place % 13 != 5),
                after: Some(after).filter(|_| !lost || place % 9 != 4),
            });
        }
    }
    out
}

fn analysed(students: &[Student], arms: bool) -> Findings {
    let text = |words: &str| json!({ "id": words, "en": words });
    let mut study = json!({
        "format": "dampak.study/1", "id": "numbers", "title": text("Numbers"), "source": text("Made up"),
        "waves": [{ "id": "pre", "label": text("Pre") }, { "id": "post", "label": text("Post") }],
        "roster": [{ "respondent": "student", "file": "roster.csv",
            "columns": { "person": "id", "school": "school" } }],
        "score_files": [{ "id": "marks", "file": "marks.csv", "person": "id" }],
        "outcomes": [{ "id": "score", "label": text("Score"), "role": "primary",
            "from": { "score_file": "marks", "columns": { "pre": "pre", "post": "post" } } }],
        "analysis": { "permutations": 99, "seed": SEED }
    });
    if arms {
        let arm = |id: &str, role: &str| json!({ "id": id, "label": text(id), "role": role });
        study["assignment"] = json!("school");
        study["arms"] = json!([arm("taught", "programme"), arm("other", "comparison")]);
        study["roster"][0]["columns"]["arm"] = json!("arm");
    }
    let (mut roster, mut marks) = ("id,school,arm\n".to_owned(), "id,pre,post\n".to_owned());
    let cell = |score: Option<f64>| score.map(|score| score.to_string()).unwrap_or_default();
    for (place, own) in students.iter().enumerate() {
        let arm = ["taught", "other"][own.school % 2];
        roster += &format!("P{place:04},S{:02},{arm}\n", own.school);
        marks += &format!("P{place:04},{},{}\n", cell(own.before), cell(own.after));
    }
    let mut files = Memory::default();
    files.insert("study.json", study.to_string());
    files.insert("roster.csv", roster);
    files.insert("marks.csv", marks);
    pipeline::findings(Path::new("study.json"), &files)
}

/// Schools and both scores of those who have both.
fn linked(students: &[Student]) -> (Vec<usize>, Vec<f64>, Vec<f64>) {
    let mut out = (Vec::new(), Vec::new(), Vec::new());
    for own in students {
        if let (Some(before), Some(after)) = (own.before, own.after) {
            out.0.push(own.school);
            out.1.push(before);
            out.2.push(after);
        }
    }
    out
}

/// Mean over schools of their mean change, with the variance of that mean and the number of schools.
fn school_means(school: &[usize], before: &[f64], after: &[f64]) -> (f64, f64, usize) {
    let mut changes: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for (place, school) in school.iter().enumerate() {
        changes.entry(*school).or_default().push(after[place] - before[place]);
    }
    let means: Vec<f64> = changes.values().map(|own| mean(own)).collect();
    (mean(&means), variance(&means) / means.len() as f64, means.len())
}

fn primary(outcome: &OutcomeFindings) -> &EstimateFindings {
    outcome.estimates.iter().find(|estimate| estimate.primary).expect("a primary estimate")
}

#[test]
fn the_smallest_detectable_change() {
    let students = students(13, false);
    let found = analysed(&students, false);
    let (school, before, after) = linked(&students);
    let (estimate, squared, schools) = school_means(&school, &before, &after);
    let own = primary(&found.outcomes[0]);
    close(own.estimate, estimate, SUMS);
    close(own.se.unwrap(), squared.sqrt(), SUMS);
    let df = schools as f64 - 1.0;
    let multiplier = dist::t_quantile(0.975, df).unwrap() + dist::t_quantile(0.8, df).unwrap();
    let mdes = found.outcomes[0].mdes.expect("a smallest detectable change");
    close(mdes.score, multiplier * squared.sqrt(), SUMS);
    close(mdes.sd, multiplier * squared.sqrt() / variance(&before).sqrt(), SUMS);
    assert_eq!(mdes.power, 0.8);
}

/// Rubin's rules and the degrees of freedom of Barnard and Rubin, written out.
struct Pooled {
    estimate: f64,
    se: f64,
    df: f64,
    share: f64,
}

fn pooled(sets: &[(f64, f64)], complete_df: f64) -> Pooled {
    let m = sets.len() as f64;
    let estimates: Vec<f64> = sets.iter().map(|(estimate, _)| *estimate).collect();
    let within = mean(&sets.iter().map(|(_, squared)| *squared).collect::<Vec<_>>());
    let between = (1.0 + 1.0 / m) * variance(&estimates);
    let share = between / (within + between);
    let old = (m - 1.0) / (share * share);
    let observed = (complete_df + 1.0) / (complete_df + 3.0) * complete_df * (1.0 - share);
    Pooled {
        estimate: mean(&estimates),
        se: (within + between).sqrt(),
        df: old * observed / (old + observed),
        share,
    }
}

#[test]
fn the_estimate_with_missing_scores_imputed() {
    let students = students(13, true);
    let found = analysed(&students, false);
    let imputed = found.outcomes[0].imputed.as_ref().expect("somebody lacks a score");
    let started: Vec<Student> =
        students.iter().copied().filter(|own| own.before.is_some() || own.after.is_some()).collect();
    let school: Vec<usize> = started.iter().map(|own| own.school).collect();
    let (pre, post): (Vec<_>, Vec<_>) = started.iter().map(|own| (own.before, own.after)).unzip();
    let lacking = started.iter().filter(|own| own.before.is_none() || own.after.is_none()).count();
    assert_eq!((imputed.persons, imputed.persons_imputed), (started.len(), lacking));
    let zeros = vec![0; started.len()];
    let data = MissingScores { pre: &pre, post: &post, cluster: &school, group: &zeros, covariates: &[] };
    let imputations = imputations_needed(lacking, started.len());
    let drawn = impute(&data, &ImputationOptions { imputations, seed: SEED, ..Default::default() }).unwrap();
    let sets: Vec<(f64, f64)> = (0..drawn.len())
        .map(|k| {
            let scores = drawn.completed(k).unwrap();
            let (estimate, squared, _) = school_means(&school, &scores.pre, &scores.post);
            (estimate, squared)
        })
        .collect();
    let expected = pooled(&sets, 12.0);
    assert_eq!(imputed.imputations, imputations);
    close(imputed.estimate.estimate, expected.estimate, SUMS);
    close(imputed.estimate.se.unwrap(), expected.se, SUMS);
    close(imputed.estimate.df.unwrap(), expected.df, SUMS);
    close(imputed.share, expected.share, 1e-9);
}

#[test]
fn the_estimate_on_plausible_values() {
    let path = Path::new("datasets/pop-smp/study.json");
    let bound = study::bind(pipeline::study(path, &Disk), path, &Disk).value.expect("a sound study");
    let responses = response::read(&bound, &Disk).value;
    let policy = MissingPolicy::of(&bound.study.analysis);
    let mut scores = score::score(&bound, &responses, policy).expect("polars runs the plan").value;
    let measures = measure::add(&bound, &responses, &mut scores).expect("polars hands out columns");
    let found = pipeline::analyze(&bound, &Disk);
    let outcome = found.outcomes.iter().find(|own| own.id == "numeracy-measure").expect("the outcome");
    let own = outcome.measurement_error.as_ref().and_then(|own| own.plausible.as_ref()).expect("drawn");
    let measure = measures.of("numeracy-smp", "measure").expect("a measure");
    let calibrated = measure.result.as_ref().expect("measured");
    let drawn = [0, 1].map(|wave| -> BTreeMap<&str, &[f64]> {
        let persons = measure.waves[wave].persons.iter().zip(&calibrated.persons[wave]);
        persons
            .filter(|(_, own)| own.enough && !own.plausible.is_empty())
            .map(|(id, own)| (id.as_str(), own.plausible.as_slice()))
            .collect()
    });
    let roster = std::fs::read_to_string("datasets/pop-smp/roster-students.csv").expect("shipped");
    let mut schools: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut school, mut pairs) = (Vec::new(), Vec::new());
    for row in roster.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        let next = schools.len();
        let place = *schools.entry(cells[1]).or_insert(next);
        if let (Some(before), Some(after)) = (drawn[0].get(cells[0]), drawn[1].get(cells[0])) {
            school.push(place);
            pairs.push((*before, *after));
        }
    }
    assert_eq!((own.estimate.n, own.sets), (pairs.len(), pairs[0].0.len()));
    let score = |theta: f64| calibrated.unit.score(theta);
    let sets: Vec<(f64, f64)> = (0..own.sets)
        .map(|k| {
            let (before, after): (Vec<f64>, Vec<f64>) =
                pairs.iter().map(|(before, after)| (score(before[k]), score(after[k]))).unzip();
            let (estimate, squared, _) = school_means(&school, &before, &after);
            (estimate, squared)
        })
        .collect();
    let expected = pooled(&sets, schools.len() as f64 - 1.0);
    close(own.estimate.estimate, expected.estimate, SUMS);
    close(own.share, expected.share, 1e-9);
    // The error of linking is common to all sets and added once.
    let link = own.estimate.link_se.expect("two waves are linked");
    close(own.estimate.se.unwrap(), expected.se.hypot(link), SUMS);
}

/// Reliability over everybody, brought into the arms: the error is the same, the variance is smaller.
#[test]
fn the_reliability_within_arms_and_the_reliable_change() {
    let found = pipeline::findings(Path::new("datasets/pop-smp-comparison/study.json"), &Disk);
    let outcome = found.outcomes.iter().find(|own| own.id == "numeracy").expect("the outcome");
    let error = outcome.measurement_error.as_ref().expect("scores with a known reliability");
    let reliability = error.reliability.as_ref().and_then(|own| own.before).expect("alpha before");
    let first = &found.study.waves[0].id;
    let before: Vec<_> = outcome.linked.iter().filter(|row| row.wave == *first).collect();
    assert_eq!(before.len(), 2);
    let n: f64 = before.iter().map(|row| row.n as f64).sum();
    let grand = before.iter().map(|row| row.n as f64 * row.mean).sum::<f64>() / n;
    let within: f64 = before.iter().map(|row| (row.n as f64 - 1.0) * row.sd.unwrap().powi(2)).sum();
    let between: f64 = before.iter().map(|row| row.n as f64 * (row.mean - grand).powi(2)).sum();
    let total = (within + between) / (n - 1.0);
    let expected = 1.0 - (1.0 - reliability) * total / (within / (n - 2.0));
    let own = error.corrected.iter().find(|own| own.own).expect("the study's own reliability");
    close(own.reliability, expected, SUMS);
    assert!((own.reliability - reliability).abs() > 1e-4, "the arms differ, so the two are not the same");
    for row in &before {
        let change = error.reliable_change.iter().find(|own| own.arm == row.arm).expect("every arm");
        let z = dist::normal_quantile(0.975).unwrap();
        close(change.threshold, z * row.sd.unwrap() * (2.0 * (1.0 - reliability)).sqrt(), SUMS);
        assert_eq!(change.n, row.n);
    }
}

#[test]
fn the_interval_of_lee_at_a_seed() {
    let students = students(14, true);
    let found = analysed(&students, true);
    let lee = found.outcomes[0].bounds.as_ref().and_then(|own| own.lee).expect("Lee's bounds");
    let mut sides = [BTreeMap::<usize, SchoolOutcomes>::new(), BTreeMap::new()];
    for own in &students {
        let Some(before) = own.before else { continue };
        let school = sides[own.school % 2].entry(own.school).or_default();
        match own.after {
            Some(after) => school.observed.push(after - before),
            None => school.lost += 1,
        }
    }
    let [program, comparison] = sides.map(|side| side.into_values().collect::<Vec<_>>());
    let options = LeeResampling { seed: SEED, ..LeeResampling::default() };
    let expected = lee_interval(&program, &comparison, options, "lee-score").unwrap();
    let [low, high] = lee.ci.expect("seven schools in each arm");
    close(low, expected.low, SUMS);
    close(high, expected.high, SUMS);
    assert_eq!(lee.draws, 999);
    // The draws of this seed, as they were when the interval was written: a change of the stream would change it.
    close(low, LOW, 1e-9);
    close(high, HIGH, 1e-9);
}

const LOW: f64 = -2.996_279_583_324_642_7;
const HIGH: f64 = 7.080_176_401_009_584_5;

/// Between and within components of variance of schools of unequal size.
fn components(school: &[usize], values: &[f64]) -> [f64; 2] {
    let mut schools: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    school.iter().zip(values).for_each(|(school, value)| schools.entry(*school).or_default().push(*value));
    let (n, j) = (values.len() as f64, schools.len() as f64);
    let grand = mean(values);
    let between: f64 =
        schools.values().map(|own| own.len() as f64 * (mean(own) - grand).powi(2)).sum::<f64>() / (j - 1.0);
    let within: f64 =
        schools.values().map(|own| (own.len() as f64 - 1.0) * variance(own)).sum::<f64>() / (n - j);
    let typical = (n - schools.values().map(|own| (own.len() as f64).powi(2)).sum::<f64>() / n) / (j - 1.0);
    [(between - within) / typical, within]
}

#[test]
fn what_the_next_study_is_planned_from() {
    let students = students(13, false);
    let found = analysed(&students, false);
    let (school, before, after) = linked(&students);
    let sums: Vec<f64> = before.iter().zip(&after).map(|(before, after)| before + after).collect();
    let [first, last, both] = [&before, &after, &sums].map(|scores| components(&school, scores));
    let correlation = |at: usize| (both[at] - first[at] - last[at]) / 2.0 / (first[at] * last[at]).sqrt();
    let value = |quantity: Quantity| {
        let plan = &found.planning[0].assumptions;
        let own = plan.iter().find(|own| own.quantity == quantity).expect("a quantity of the design");
        assert_eq!(own.source, Source::Scores);
        own.value
    };
    close(value(Quantity::Icc), first[0] / (first[0] + first[1]), SUMS);
    close(value(Quantity::RWithin), correlation(1), SUMS);
    close(value(Quantity::RBetween), correlation(0), SUMS);
    close(value(Quantity::Sd), variance(&before).sqrt(), SUMS);
}
