//! Time of REML with a random intercept, with Satterthwaite's and Kenward-Roger's tests, and of the three-term model
//! of two waves.
//!
//! `cargo bench --bench mixed`; repeats may follow: `-- 5`. Times are the *fastest* of the repeats: other work on the
//! machine only ever adds to a time. The data are those on which the peers were timed, when they are at hand
//! (`../shared/data/peers/sim`), and the estimates are then held against lme4's; otherwise sets of the same
//! design are drawn here. Peers, medians in seconds on 2 cores, from `reference/timings.md`: lme4 0.966 (100,000 rows)
//! and 9.89 (1,000,000 rows), with lmerTest's Satterthwaite 2.1 and 20.2; Kenward-Roger 3.49 at 10,000 rows and not
//! tried above.

use std::fs;
use std::path::Path;
use std::time::Instant;

use dampak::impact::mixed::{
    Ddf, FittedMixed, Likelihood, MixedError, RESIDUAL, RandomTerm, SCHOOL, fit_mixed,
};
use dampak::impact::ols::Design;
use dampak::num::rng::Stream;

const SEED: u64 = 20_261_123;

/// One size with the variances of lme4 (school, residual) on the peers' data.
struct Case {
    rows: usize,
    schools: usize,
    lme4: [f64; 2],
    seconds: f64,
}

const CASES: [Case; 2] = [
    Case { rows: 100_000, schools: 5_000, lme4: [0.16217747268521743, 0.634742047261365], seconds: 0.966 },
    Case { rows: 1_000_000, schools: 5_000, lme4: [0.15986692420217263, 0.6421470406631126], seconds: 9.89 },
];

/// Largest relative distance from lme4's variances.
const AGREEMENT: f64 = 1e-6;

fn main() {
    let repeats = std::env::args().filter_map(|a| a.parse().ok()).next().unwrap_or(3);
    println!("| what | rows | schools | seconds | lme4 | largest difference |");
    println!("|---|---|---|---|---|---|");
    for case in &CASES {
        let (design, shared) = read(case).map_or_else(|| (draw(case), false), |d| (d, true));
        let run = || fit_mixed(&design, &[RandomTerm::School], Likelihood::Restricted);
        let (seconds, fit) = fastest(repeats, run);
        let difference =
            if shared { format!("{:.1e}", agreement(&fit, case)) } else { "own data".to_owned() };
        println!(
            "| REML, random intercept | {} | {} | {seconds:.3} | {} | {difference} |",
            case.rows, case.schools, case.seconds
        );
        for ddf in [Ddf::Satterthwaite, Ddf::KenwardRoger] {
            let (more, _) = fastest(repeats, || {
                let fit = run()?;
                for j in 0..4 {
                    let mut contrast = [0.0; 4];
                    contrast[j] = 1.0;
                    fit.test(&contrast, ddf, 0.05)?;
                }
                Ok(fit)
            });
            println!("| with tests, {ddf:?} | {} | {} | {more:.3} | | |", case.rows, case.schools);
        }
    }
    let (design, terms) = waves(500_000, 5_000);
    let (seconds, fit) = fastest(repeats, || fit_mixed(&design, &terms, Likelihood::Restricted));
    println!(
        "| three terms, {} steps | {} | {} | {seconds:.3} | | |",
        fit.log.iterations, fit.n, fit.schools
    );
}

fn fastest(repeats: usize, run: impl Fn() -> Result<FittedMixed, MixedError>) -> (f64, FittedMixed) {
    let mut best: Option<(f64, FittedMixed)> = None;
    for _ in 0..repeats.max(1) {
        let start = Instant::now();
        let fit = run().expect("the bench's data have an answer");
        let seconds = start.elapsed().as_secs_f64();
        if best.as_ref().is_none_or(|(least, _)| seconds < *least) {
            best = Some((seconds, fit));
        }
    }
    best.expect("at least one repeat")
}

fn agreement(fit: &FittedMixed, case: &Case) -> f64 {
    let of = |name: &str| fit.component(name).expect("fitted terms").estimate;
    let found = [of(SCHOOL), of(RESIDUAL)];
    let worst = found.iter().zip(case.lme4).map(|(a, b)| (a / b - 1.0).abs()).fold(0.0, f64::max);
    assert!(worst < AGREEMENT, "{found:?} for {:?}", case.lme4);
    worst
}

/// The peers' file: school, treat, pre, female, post by name.
fn read(case: &Case) -> Option<Design> {
    let name = format!("../shared/data/peers/sim/ml_{}x{}.csv", case.rows, case.schools);
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).ok()?;
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next()?.split(',').map(|c| c.trim_matches('"')).collect();
    let places: Option<Vec<usize>> = ["school", "treat", "pre", "female", "post"]
        .iter()
        .map(|name| header.iter().position(|h| h == name))
        .collect();
    let places = places?;
    let mut columns = vec![Vec::with_capacity(case.rows); places.len()];
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        for (column, &place) in columns.iter_mut().zip(&places) {
            column.push(cells.get(place)?.trim_matches('"').parse::<f64>().ok()?);
        }
    }
    let school: Vec<usize> = columns[0].iter().map(|s| *s as usize).collect();
    Some(
        Design::new(&columns[4], &school)
            .with("treat", &columns[1])
            .with("pre", &columns[2])
            .with("female", &columns[3]),
    )
}

fn draw(case: &Case) -> Design {
    let mut stream = Stream::new(SEED, "intercepts");
    let effects: Vec<f64> = (0..case.schools).map(|_| 0.4 * stream.normal()).collect();
    let school: Vec<usize> = (0..case.rows).map(|i| i % case.schools).collect();
    let treat: Vec<f64> = school.iter().map(|s| (s % 2) as f64).collect();
    let pre: Vec<f64> = (0..case.rows).map(|_| stream.normal()).collect();
    let female: Vec<f64> = (0..case.rows).map(|i| ((i / case.schools) % 2) as f64).collect();
    let post: Vec<f64> = (0..case.rows)
        .map(|i| {
            0.15 * treat[i] + 0.6 * pre[i] + 0.05 * female[i] + effects[school[i]] + 0.8 * stream.normal()
        })
        .collect();
    Design::new(&post, &school).with("treat", &treat).with("pre", &pre).with("female", &female)
}

/// Students with two waves each, schools half in the program: the model of pre and post rows.
fn waves(students: usize, schools: usize) -> (Design, Vec<RandomTerm>) {
    let mut stream = Stream::new(SEED, "waves");
    let person: Vec<usize> = (0..2 * students).map(|i| i / 2).collect();
    let wave: Vec<usize> = (0..2 * students).map(|i| i % 2).collect();
    let school: Vec<usize> = person.iter().map(|p| p % schools).collect();
    let of_school: Vec<f64> = (0..schools).map(|_| 0.4 * stream.normal()).collect();
    let of_wave: Vec<f64> = (0..2 * schools).map(|_| 0.2 * stream.normal()).collect();
    let of_person: Vec<f64> = (0..students).map(|_| 0.7 * stream.normal()).collect();
    let treat: Vec<f64> = school.iter().map(|s| (s % 2) as f64).collect();
    let post: Vec<f64> = wave.iter().map(|w| *w as f64).collect();
    let both: Vec<f64> = post.iter().zip(&treat).map(|(w, t)| w * t).collect();
    let y: Vec<f64> = (0..2 * students)
        .map(|i| {
            of_school[school[i]]
                + of_wave[2 * school[i] + wave[i]]
                + of_person[person[i]]
                + 0.3 * post[i]
                + 0.2 * both[i]
                + 0.5 * stream.normal()
        })
        .collect();
    let design = Design::new(&y, &school).with("post", &post).with("treat", &treat).with("post:treat", &both);
    let terms = vec![
        RandomTerm::School,
        RandomTerm::WithinSchool { name: "school:wave".to_owned(), unit: wave },
        RandomTerm::Student { person },
    ];
    (design, terms)
}
