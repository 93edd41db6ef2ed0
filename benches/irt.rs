//! Time and memory of marginal fits: Rasch and 2PL with 40 items, generalised partial credit with 20 items of
//! five categories.
//!
//! `cargo bench --bench irt`; sizes and repeats may follow: `-- 2000,20000 5`. Every model and size runs in a
//! process of its own so that peak memory is its own. Times are the *fastest* of the repeats: other work on
//! the machine only ever adds to a time. CPU time (user, all threads) stands beside it where the system
//! tells. The answers of 2,000 and 20,000 persons are those on which the peers were timed, when they are at
//! hand (`../shared/data/peers/sim`); larger sets are drawn here from the same design.
//!
//! Convergence: the peers stop when a step of EM changes no parameter by more than 1e-4; `fit` and `with se`
//! use that criterion, `fit 1e-6` is dampak's default. The log-likelihood is held against the converged
//! maximum of `20_sim_ml.json`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use dampak::num::rng::Stream;
use dampak::psych::irt::ability::weighted_likelihood_all;
use dampak::psych::irt::{Family, FitOptions, FittedIrt, ItemCurve, Population, Responses, fit_marginal};

const SEED: u64 = 20_261_123;
/// EM change at which TAM (conv) and mirt (TOL) stop by default.
const PEER_TOLERANCE: f64 = 1e-4;
/// Largest distance from the converged maximum.
const LIKELIHOOD: f64 = 1e-3;
/// Bound on memory for 1,000,000 persons, answers included.
const MOST_MB: f64 = 2048.0;

/// Seconds of the peers on a 2-core machine, medians, from `reference/timings.md`: TAM 4.4.2 with 61 nodes
/// (21 nodes, its default, where no row with 61 exists) and mirt 1.47, for 200,000 too although the answers
/// there are others of the same design; converged log-likelihoods from `reference/20_sim_ml.json`.
struct Peer {
    model: &'static str,
    persons: usize,
    tam: Option<f64>,
    mirt: Option<f64>,
    mirt_with_se: Option<f64>,
    log_likelihood: Option<f64>,
}

const fn peer(model: &'static str, persons: usize, tam: f64, mirt: f64) -> Peer {
    Peer { model, persons, tam: Some(tam), mirt: Some(mirt), mirt_with_se: None, log_likelihood: None }
}

const PEERS: [Peer; 8] = [
    Peer { log_likelihood: Some(-45_122.497_725), ..peer("rasch", 2_000, 0.118, 0.252) },
    Peer { log_likelihood: Some(-452_304.975_078), ..peer("rasch", 20_000, 3.87, 1.3) },
    peer("rasch", 200_000, 24.4, 10.8),
    Peer {
        mirt_with_se: Some(2.15),
        log_likelihood: Some(-44_545.015_455),
        ..peer("2pl", 2_000, 0.38, 0.546)
    },
    Peer {
        mirt_with_se: Some(17.0),
        log_likelihood: Some(-446_743.472_862),
        ..peer("2pl", 20_000, 4.22, 2.62)
    },
    peer("2pl", 200_000, 68.7, 21.1),
    Peer { log_likelihood: Some(-50_022.456_834), ..peer("gpcm", 2_000, 0.27, 4.84) },
    Peer { log_likelihood: Some(-477_426.008_209), ..peer("gpcm", 20_000, 5.88, 3.82) },
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [child, model, persons, runs] = arguments.as_slice()
        && child == "child"
    {
        let number = |text: &String| text.parse().expect("a number");
        return once(model, number(persons), number(runs));
    }
    let sizes = arguments.first().map_or("2000,20000,200000,1000000", String::as_str);
    let runs: usize = arguments.get(1).and_then(|text| text.parse().ok()).unwrap_or(5);
    let sizes: Vec<usize> = sizes.split(',').filter_map(|text| text.parse().ok()).collect();
    println!(
        "| model | persons | fit s | cpu s | fit 1e-6 s | with se s | wle s | evaluations | rows x nodes | \
         peak MB | logLik - maximum | TAM / fit | mirt / fit | mirt with se / with se | time per person |"
    );
    println!("|{}", " --- |".repeat(15));
    let mut sound = true;
    for model in ["rasch", "2pl", "gpcm"] {
        let mut base = None;
        for persons in sizes.iter().copied().filter(|n| model != "gpcm" || *n <= 20_000) {
            // The largest sets take long enough for three repeats to be steady.
            let repeats = if persons > 100_000 { runs.min(3) } else { runs };
            let run = child(model, persons, repeats);
            sound &= print(model, persons, &run, &mut base);
        }
    }
    assert!(sound, "a fit missed the converged maximum or the bound on memory");
}

/// What one process reports.
struct Run {
    fit: f64,
    cpu: Option<f64>,
    default: f64,
    with_se: f64,
    wle: f64,
    evaluations: f64,
    rows: f64,
    nodes: f64,
    peak_mb: Option<f64>,
    log_likelihood: f64,
}

/// Prints a row; false when a bound is broken. `base` is the time per person of the smallest size.
fn print(model: &str, persons: usize, run: &Run, base: &mut Option<f64>) -> bool {
    let peer = PEERS.iter().find(|p| (p.model, p.persons) == (model, persons));
    let shown = |value: Option<f64>, digits: usize| {
        value.map_or("not available".to_owned(), |v| format!("{v:.digits$}"))
    };
    let ratio =
        |theirs: Option<f64>, ours: f64| theirs.map_or("-".to_owned(), |t| format!("{:.0}", t / ours));
    let off = peer.and_then(|p| p.log_likelihood).filter(|_| shared(model, persons).exists());
    let off = off.map(|maximum| run.log_likelihood - maximum);
    let per_person = run.fit / persons as f64;
    let growth = per_person / *base.get_or_insert(per_person);
    println!(
        "| {model} | {persons} | {:.4} | {} | {:.4} | {:.4} | {:.4} | {} | {} x {} | {} | {} | {} | {} | {} | {growth:.2} |",
        run.fit,
        shown(run.cpu, 4),
        run.default,
        run.with_se,
        run.wle,
        run.evaluations,
        run.rows,
        run.nodes,
        shown(run.peak_mb, 0),
        off.map_or("-".to_owned(), |d| format!("{d:.1e}")),
        ratio(peer.and_then(|p| p.tam), run.fit),
        ratio(peer.and_then(|p| p.mirt), run.fit),
        ratio(peer.and_then(|p| p.mirt_with_se), run.with_se),
    );
    off.is_none_or(|d| d.abs() < LIKELIHOOD) && run.peak_mb.is_none_or(|mb| mb < MOST_MB)
}

fn child(model: &str, persons: usize, runs: usize) -> Run {
    let own = std::env::current_exe().expect("the bench knows itself");
    let arguments = ["child".to_owned(), model.to_owned(), persons.to_string(), runs.to_string()];
    let output = Command::new(own).args(arguments).output().expect("the bench starts itself");
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|part| part.parse().ok()).collect();
    let [fit, cpu, default, with_se, wle, evaluations, rows, nodes, peak, log_likelihood] = numbers[..]
    else {
        panic!("{model} with {persons} persons failed: {text}")
    };
    let known = |value: f64| (value >= 0.0).then_some(value);
    let (cpu, peak_mb) = (known(cpu), known(peak));
    Run { fit, cpu, default, with_se, wle, evaluations, rows, nodes, peak_mb, log_likelihood }
}

/// Fits one set in this process and prints the numbers of [`Run`] in their order, -1 for what is not known.
fn once(model: &str, persons: usize, runs: usize) {
    let responses = answers(model, persons);
    let family = if model == "rasch" { Family::PartialCredit } else { Family::GeneralisedPartialCredit };
    let plain = FitOptions { standard_errors: false, ..FitOptions::new(family) };
    let peers = FitOptions { tolerance: PEER_TOLERANCE, ..plain.clone() };
    let with_se = FitOptions { standard_errors: true, ..peers.clone() };
    let fit = |options: &FitOptions| {
        let fitted = fit_marginal(&responses, &Population::default(), options).expect("a fit");
        assert!(fitted.converged(), "{:?}", fitted.stop());
        fitted
    };
    let first = fastest(runs, || fit(&peers));
    let default = fastest(runs, || fit(&plain));
    let errors = fastest(runs, || fit(&with_se));
    assert!(errors.value.covariance.is_some(), "no standard errors");
    let fitted: &FittedIrt = &first.value;
    let wle = fastest(runs, || weighted_likelihood_all(&fitted.curves(), &responses));
    assert!(wle.value.iter().all(Option::is_some), "a person without an estimate");
    let dampak::psych::irt::Quadrature::Grid { nodes, .. } = fitted.quadrature else { panic!("a grid") };
    println!(
        "{} {} {} {} {} {} {} {nodes} {} {}",
        first.seconds,
        first.cpu.unwrap_or(-1.0),
        default.seconds,
        errors.seconds,
        wle.seconds,
        fitted.log.evaluations,
        fitted.rows,
        peak_mb().unwrap_or(-1.0),
        fitted.log_likelihood
    );
}

/// The last value with the fastest time and the mean CPU time of the repeats.
struct Timed<T> {
    value: T,
    seconds: f64,
    cpu: Option<f64>,
}

fn fastest<T>(runs: usize, mut work: impl FnMut() -> T) -> Timed<T> {
    let (mut seconds, mut value) = (f64::INFINITY, None);
    let before = user_seconds();
    for _ in 0..runs {
        let start = Instant::now();
        value = Some(work());
        seconds = seconds.min(start.elapsed().as_secs_f64());
    }
    let cpu = user_seconds().zip(before).map(|(after, before)| (after - before) / runs as f64);
    Timed { value: value.expect("at least one run"), seconds, cpu }
}

fn proc_text(name: &str) -> Option<String> {
    std::fs::read_to_string(Path::new("/proc/self").join(name)).ok()
}

/// User time of all threads; the kernel counts in hundredths of a second.
fn user_seconds() -> Option<f64> {
    let text = proc_text("stat")?;
    // The name of the program may hold blanks and ends with a bracket; user time is the 12th field after it.
    let (_, rest) = text.rsplit_once(')')?;
    rest.split_whitespace().nth(11)?.parse::<f64>().ok().map(|ticks| ticks / 100.0)
}

/// Highest resident memory of this process so far.
fn peak_mb() -> Option<f64> {
    let status = proc_text("status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kb| kb / 1024.0)
}

fn shared(model: &str, persons: usize) -> PathBuf {
    let shape = if model == "gpcm" { "20x5" } else { "40" };
    let name = format!("../shared/data/peers/sim/{model}_{persons}x{shape}.csv");
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn answers(model: &str, persons: usize) -> Responses {
    let (items, most) = if model == "gpcm" { (20, 4) } else { (40, 1) };
    let points = match std::fs::read_to_string(shared(model, persons)) {
        Ok(text) => text.lines().skip(1).flat_map(|l| l.split(',')).map(|c| c.as_bytes()[0] - b'0').collect(),
        Err(_) => simulated(model, persons, items, most),
    };
    Responses::complete(persons, items, points, vec![most; items]).expect("sound answers")
}

/// Ability and difficulties standard normal, log slopes N(0, 0.25), as the shared sets were drawn.
fn simulated(model: &str, persons: usize, items: usize, most: u8) -> Vec<u8> {
    let mut stream = Stream::new(SEED, model);
    let curves: Vec<ItemCurve> = (0..items)
        .map(|_| {
            let slope = if model == "rasch" { 1.0 } else { (0.25 * stream.normal()).exp() };
            let mut steps: Vec<f64> = (0..most).map(|_| stream.normal()).collect();
            steps.sort_by(f64::total_cmp);
            ItemCurve::from_steps(slope, &steps)
        })
        .collect();
    let mut points = Vec::with_capacity(persons * items);
    for _ in 0..persons {
        let theta = stream.normal();
        for curve in &curves {
            let (u, mut total) = (stream.uniform(), 0.0);
            let p = curve.probabilities(theta);
            let at = p.iter().position(|p| {
                total += p;
                u < total
            });
            points.push(at.unwrap_or(p.len() - 1) as u8);
        }
    }
    points
}
