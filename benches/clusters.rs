//! Time of cluster inference: CR2 with Satterthwaite's df, the same under a working covariance, the wild cluster
//! bootstrap, permutation of schools (their means, and the coefficient of a regression) and a family of 200 outcomes.
//! Stops with an error when the wild bootstrap of 1,000,000 rows in 500 schools takes a second or more.
//!
//! `cargo bench --bench clusters`; repeats may follow: `-- 5`. Times are the *fastest* of the repeats. The data of
//! the peers are read when they are at hand (`../shared/data/peers/sim`), else a set of the same design is drawn.
//! Peers, medians in seconds on 2 cores from `reference/timings.md`, run on the *same* size unless said: clubSandwich's
//! CR2 with Satterthwaite 15.5 (100,000 students, 5,000 schools); fwildclusterboot 13.7 and wildboottest 44.2 at
//! 100,000 students in 2,000 schools, 0.65 with interval at 10,000 students in 200 schools.

use std::fs;
use std::path::Path;
use std::time::Instant;

use dampak::impact::Arm;
use dampak::impact::cluster_mean::{linked_changes, test_mean_change};
use dampak::impact::did::did_schools;
use dampak::impact::multiplicity::{benjamini_hochberg, holm};
use dampak::impact::ols::{Design, fit_ols};
use dampak::impact::permutation::{
    ArmPermutation, PermutationStatistic, permutation_of_coefficient, permutation_test,
};
use dampak::impact::resampling::ResamplingOptions;
use dampak::impact::vcov::{Adjustment, ClusterVariance};
use dampak::impact::wild::{WildOptions, wild_bootstrap};
use dampak::impact::working::fit_exchangeable;
use dampak::num::rng::Stream;

const SEED: u64 = 20_261_123;

/// Standard errors of clubSandwich on the peers' data: intercept, treat, pre, female.
const CLUB_SANDWICH: [f64; 3] = [9.372920280e-3, 1.272291502e-2, 3.369368240e-3];

fn main() {
    let repeats = std::env::args().filter_map(|a| a.parse().ok()).next().unwrap_or(3);
    println!("| what | rows | schools | seconds | peer | times faster |\n|---|---|---|---|---|---|");
    cr2(repeats);
    working(repeats);
    for (rows, schools, peer) in [
        (10_000, 200, Some(("fwildclusterboot with interval", 0.65))),
        (100_000, 2_000, Some(("fwildclusterboot without interval", 13.7))),
        (1_000_000, 500, None),
    ] {
        wild(repeats, rows, schools, peer);
    }
    permutation(repeats);
    permutation_of_rows(repeats);
    family(repeats);
}

fn line(what: &str, rows: usize, schools: usize, seconds: f64, peer: Option<(&str, f64)>) {
    let (name, ratio) = peer
        .map_or((String::new(), String::new()), |(n, s)| (format!("{n} {s}"), format!("{:.0}", s / seconds)));
    println!("| {what} | {rows} | {schools} | {seconds:.4} | {name} | {ratio} |");
}

fn fastest<T>(repeats: usize, run: impl Fn() -> T) -> (f64, T) {
    let timed = || {
        let start = Instant::now();
        let result = run();
        (start.elapsed().as_secs_f64(), result)
    };
    let mut best = timed();
    for _ in 1..repeats {
        let next = timed();
        if next.0 < best.0 {
            best = next;
        }
    }
    best
}

fn cr2(repeats: usize) {
    let (rows, schools) = (100_000, 5_000);
    let shared = read(rows, schools);
    let known = shared.is_some();
    let design = shared.unwrap_or_else(|| draw(rows, schools));
    let run = || {
        let fit = fit_ols(&design).expect("the columns are independent");
        let variance = ClusterVariance::new(&fit, Adjustment::Cr2).expect("many schools");
        (0..4)
            .map(|j| {
                let mut contrast = [0.0; 4];
                contrast[j] = 1.0;
                variance.test(&contrast, 0.05).expect("schools vary")
            })
            .collect::<Vec<_>>()
    };
    let (seconds, tests) = fastest(repeats, run);
    if known {
        for (test, expected) in tests.iter().zip(CLUB_SANDWICH) {
            assert!((test.se / expected - 1.0).abs() < 1e-9, "{} for {expected}", test.se);
        }
    }
    let what = "least squares, CR2 and Satterthwaite df of 4 coefficients";
    line(what, rows, schools, seconds, Some(("clubSandwich", 15.5)));
}

fn wild(repeats: usize, rows: usize, schools: usize, peer: Option<(&str, f64)>) {
    let design = draw(rows, schools);
    let (seconds, fit) = fastest(repeats, || fit_ols(&design).expect("the columns are independent"));
    line("least squares before the bootstrap", rows, schools, seconds, None);
    let contrast = fit.contrast(&[("treat", 1.0)]).expect("treat is kept");
    let options = WildOptions { seed: SEED, ..WildOptions::default() };
    let (seconds, test) =
        fastest(repeats, || wild_bootstrap(&fit, &contrast, &options).expect("schools vary"));
    assert!(test.draws == 9_999 && test.ci.low.is_some());
    line("wild bootstrap, 9,999 draws, with interval", rows, schools, seconds, peer);
    // What the issue asks for; the fit before it is a line of its own.
    assert!(rows < 1_000_000 || seconds < 1.0, "{seconds} s for {rows} rows in {schools} schools");
}

/// CR2 under a working covariance with a given correlation, so that the search for it is not part of the time.
fn working(repeats: usize) {
    let (rows, schools) = (100_000, 5_000);
    let design = draw(rows, schools);
    let run = || {
        let fit = fit_exchangeable(&design, 0.2).expect("the columns are independent").fit;
        let variance = ClusterVariance::new(&fit, Adjustment::Cr2).expect("many schools");
        variance.test(&[0.0, 1.0, 0.0, 0.0], 0.05).expect("schools vary")
    };
    let (seconds, test) = fastest(repeats, run);
    assert!(test.se > 0.0);
    line("the same under a working covariance, one coefficient", rows, schools, seconds, None);
}

/// The coefficient of the arm in a regression on students; an assignment does not touch the rows.
fn permutation_of_rows(repeats: usize) {
    let (rows, schools) = (1_000_000, 500);
    let design = draw(rows, schools);
    for (what, statistic) in [
        ("permutation of the arm's coefficient, 10,000 draws", PermutationStatistic::Coefficient),
        ("the same, studentised", PermutationStatistic::Studentised),
    ] {
        let data = ArmPermutation { design: &design, column: "treat", strata: None, icc: 0.1, statistic };
        let options = ResamplingOptions { draws: 10_000, seed: SEED };
        let (seconds, found) =
            fastest(repeats, || permutation_of_coefficient(&data, options).expect("both arms are there"));
        assert_eq!(found.test.total, 10_000);
        line(what, rows, schools, seconds, None);
    }
}

fn permutation(repeats: usize) {
    let schools = 500;
    let mut stream = Stream::new(SEED, "permutation bench");
    let means: Vec<f64> = (0..schools).map(|_| stream.normal()).collect();
    let arms = alternating(schools);
    let options = ResamplingOptions { draws: 10_000, seed: SEED };
    let (seconds, test) =
        fastest(repeats, || permutation_test(&means, &arms, options).expect("both arms are there"));
    assert_eq!(test.total, 10_000);
    line("permutation of schools, 10,000 draws", schools, schools, seconds, None);
}

/// 200 outcomes of 10,000 students in 200 schools: change of schools, difference of changes, corrected p.
fn family(repeats: usize) {
    let (rows, schools, outcomes) = (10_000, 200, 200);
    let mut stream = Stream::new(SEED, "family bench");
    let school: Vec<usize> = (0..rows).map(|i| i % schools).collect();
    let arm: Vec<Arm> = school.iter().map(|s| alternating(schools)[*s]).collect();
    let waves: Vec<[Vec<f64>; 2]> =
        (0..outcomes).map(|_| [0, 1].map(|_| (0..rows).map(|_| stream.normal()).collect())).collect();
    let run = || {
        let mut p: Vec<f64> = Vec::with_capacity(outcomes);
        for [pre, post] in &waves {
            let changes = linked_changes(pre, post, &school, 0.05).expect("both waves");
            test_mean_change(&changes, 0.05).expect("schools vary");
            let change: Vec<f64> = pre.iter().zip(post).map(|(a, b)| b - a).collect();
            p.push(did_schools(&change, &arm, &school, 0.05).expect("both arms").cr2.p);
        }
        (holm(&p).expect("p are p"), benjamini_hochberg(&p).expect("p are p"))
    };
    let (seconds, (holm, _)) = fastest(repeats, run);
    assert_eq!(holm.len(), outcomes);
    line("family of 200 outcomes: change, DiD, Holm, BH", rows, schools, seconds, None);
}

fn alternating(schools: usize) -> Vec<Arm> {
    (0..schools).map(|s| [Arm::Comparison, Arm::Program][s % 2]).collect()
}

/// The peers' file: school, treat, pre, female, post by name.
fn read(rows: usize, schools: usize) -> Option<Design> {
    let name = format!("../shared/data/peers/sim/ml_{rows}x{schools}.csv");
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).ok()?;
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next()?.split(',').map(|c| c.trim_matches('"')).collect();
    let places: Option<Vec<usize>> = ["school", "treat", "pre", "female", "post"]
        .iter()
        .map(|name| header.iter().position(|h| h == name))
        .collect();
    let places = places?;
    let mut columns = vec![Vec::with_capacity(rows); places.len()];
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        for (column, &place) in columns.iter_mut().zip(&places) {
            column.push(cells.get(place)?.trim_matches('"').parse::<f64>().ok()?);
        }
    }
    let school: Vec<usize> = columns[0].iter().map(|s| *s as usize).collect();
    let design = Design::new(&columns[4], &school);
    Some(design.with("treat", &columns[1]).with("pre", &columns[2]).with("female", &columns[3]))
}

fn draw(rows: usize, schools: usize) -> Design {
    let mut stream = Stream::new(SEED, "cluster bench");
    let effects: Vec<f64> = (0..schools).map(|_| 0.4 * stream.normal()).collect();
    let school: Vec<usize> = (0..rows).map(|i| i % schools).collect();
    let treat: Vec<f64> = school.iter().map(|s| (s % 2) as f64).collect();
    let pre: Vec<f64> = (0..rows).map(|_| stream.normal()).collect();
    let female: Vec<f64> = (0..rows).map(|i| ((i / schools) % 2) as f64).collect();
    let post: Vec<f64> = (0..rows)
        .map(|i| 0.15 * treat[i] + 0.6 * pre[i] + effects[school[i]] + 0.8 * stream.normal())
        .collect();
    Design::new(&post, &school).with("treat", &treat).with("pre", &pre).with("female", &female)
}
