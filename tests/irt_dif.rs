//! Likelihood-ratio tests of differential item functioning against mirt, against the Wald test, and against
//! the truth of simulated answers.

#[allow(dead_code, reason = "shared by several test binaries, each of which uses a part")]
mod shared_files;

use dampak::num::rng::Stream;
use dampak::psych::dif::{PurifyOptions, PurifyStop};
use dampak::psych::irt::dif::{DifTest, IrtDif, IrtDifOptions, ItemOutcome, NotTested, likelihood_ratio_dif};
use dampak::psych::irt::{Family, IrtError, ItemCurve, Quadrature, Responses};
use shared_files::shared;

const SEED: u64 = 20_261_123;

/// The 14 mathematics items of FIMS with the country, Australia first.
fn fims() -> Option<(Responses, Vec<usize>)> {
    let text = shared("data/peers/fims_AusJpn_scored.csv")?;
    let rows: Vec<Vec<u8>> = text
        .lines()
        .skip(1)
        .map(|l| l.split(',').map(|c| c.trim_matches('"').parse().expect("a digit")).collect())
        .collect();
    let points = rows.iter().flat_map(|r| r[1..15].to_vec()).collect();
    let groups = rows.iter().map(|r| usize::from(r[15] != 1)).collect();
    Some((Responses::complete(rows.len(), 14, points, vec![1; 14]).expect("responses"), groups))
}

fn entry(name: &str) -> Option<serde_json::Value> {
    let all: serde_json::Value =
        serde_json::from_str(&shared("reference/17_irt_mirt.json")?).expect("valid JSON");
    Some(all["entries"][name]["result"].clone())
}

fn numbers(value: &serde_json::Value) -> Vec<f64> {
    value.as_array().expect("an array").iter().filter_map(serde_json::Value::as_f64).collect()
}

fn tests(scan: &IrtDif) -> Vec<&DifTest> {
    scan.outcomes.iter().map(|o| o.test().expect("a test")).collect()
}

#[test]
fn chi_squares_agree_with_mirt() {
    let (Some((responses, groups)), Some(theirs)) = (fims(), entry("DIF_LR_fims_rasch")) else { return };
    let options = IrtDifOptions {
        purify: None,
        quadrature: Quadrature::TIGHT,
        tolerance: 1e-9,
        ..IrtDifOptions::new(Family::PartialCredit)
    };
    let scan = likelihood_ratio_dif(&responses, &groups, None, None, &options).expect("tests");
    let worst = tests(&scan)
        .iter()
        .zip(numbers(&theirs["X2"]))
        .map(|(t, x2)| (t.chi2 - x2).abs())
        .fold(0.0, f64::max);
    eprintln!("AGREE LR-DIF chi2 of fims, mirt: {worst:.2e}");
    assert!(worst < 2e-5, "{worst:e}");
    for (test, p) in tests(&scan).into_iter().zip(numbers(&theirs["p"])) {
        assert!(test.df == 1.0 && (test.p - p).abs() < 1e-10 && test.p > 0.0, "{test:?} {p}");
        let contrast = test.contrasts[0];
        let z = contrast.difference.expect("a difference") / contrast.difference_se.expect("an error");
        // Wald and likelihood ratio agree where the difference is not huge.
        assert!(test.chi2 > 60.0 || (z * z / test.chi2 - 1.0).abs() < 0.1, "{z} {}", test.chi2);
        assert!(contrast.difference.is_some_and(|d| d * contrast.expected_difference < 0.0));
    }
    let purified = IrtDifOptions { purify: Some(PurifyOptions::default()), ..options };
    let scan = likelihood_ratio_dif(&responses, &groups, None, None, &purified).expect("tests");
    eprintln!("anchors after {} rounds ({:?}): {:?}", scan.rounds, scan.stop, scan.anchors);
    assert!(scan.stop.is_some());
}

#[test]
fn the_base_fit_with_free_slopes_is_mirts_scalar_model() {
    let (Some((responses, groups)), Some(theirs)) = (fims(), entry("multigroup_fims_2pl")) else { return };
    let options = IrtDifOptions {
        purify: None,
        quadrature: Quadrature::TIGHT,
        tolerance: 1e-8,
        ..IrtDifOptions::new(Family::GeneralisedPartialCredit)
    };
    let scan = likelihood_ratio_dif(&responses, &groups, None, Some(&[3, 4]), &options).expect("tests");
    let difference = (scan.log_likelihood - theirs["scalar_logLik"].as_f64().expect("a number")).abs();
    eprintln!("AGREE scalar 2PL logLik of fims, mirt: {difference:.2e}");
    // mirt stopped 0.002 below the maximum.
    assert!(difference < 5e-3 && scan.log_likelihood > theirs["scalar_logLik"].as_f64().expect("a number"));
    assert!((scan.population.coefficients[0] - 1.281_856_188_155).abs() < 5e-3);
    assert!((scan.population.variances[1] - 2.211_620_895_245).abs() < 2e-2);
    assert!(tests(&scan).iter().all(|t| t.df == 2.0 && t.contrasts[0].slope_difference_se.is_some()));
}

/// Answers of two groups, the second with mean 0.5 and standard deviation 1.2; `shift[i]` is added to the
/// difficulty of item i in the second.
fn simulate(
    name: &str,
    persons: usize,
    slopes: &[f64],
    steps: &[Vec<f64>],
    shift: &[f64],
) -> (Responses, Vec<usize>) {
    let mut stream = Stream::new(SEED, name);
    let (mut points, mut groups) = (vec![], vec![]);
    for person in 0..persons {
        let group = person % 2;
        groups.push(group);
        let theta = stream.normal() * if group == 1 { 1.2 } else { 1.0 } + 0.5 * group as f64;
        for ((a, steps), shift) in slopes.iter().zip(steps).zip(shift) {
            let own: Vec<f64> = steps.iter().map(|b| b + shift * group as f64).collect();
            let p = ItemCurve::from_steps(*a, &own).probabilities(theta);
            let (u, mut sum) = (stream.uniform(), 0.0);
            let place = p.iter().position(|p| {
                sum += p;
                u < sum
            });
            points.push(place.unwrap_or(p.len() - 1) as u8);
        }
    }
    let max = steps.iter().map(|s| s.len() as u8).collect();
    (Responses::complete(persons, steps.len(), points, max).expect("responses"), groups)
}

#[test]
fn planted_differences_are_found_and_measured() {
    let steps: Vec<Vec<f64>> = (0..12)
        .map(|i| {
            if i % 3 == 0 {
                vec![-0.8, 0.2 + 0.05 * f64::from(i), 0.9]
            } else {
                vec![0.2 * f64::from(i) - 1.1]
            }
        })
        .collect();
    let mut shift = vec![0.0; 12];
    (shift[3], shift[7]) = (0.5, -0.6);
    let slopes: Vec<f64> = (0..12).map(|i| 0.8 + 0.1 * f64::from(i % 5)).collect();
    for (family, slopes) in
        [(Family::PartialCredit, &vec![1.0; 12]), (Family::GeneralisedPartialCredit, &slopes)]
    {
        let (responses, groups) = simulate("planted differences", 4000, slopes, &steps, &shift);
        let options = IrtDifOptions::new(family);
        let scan = likelihood_ratio_dif(&responses, &groups, None, None, &options).expect("tests");
        let flagged: Vec<usize> =
            (0..12).filter(|i| scan.outcomes[*i].test().expect("a test").flagged).collect();
        assert_eq!((flagged, scan.stop), (vec![3, 7], Some(PurifyStop::Stable)), "{family:?}");
        assert_eq!(scan.anchors, [0, 1, 2, 4, 5, 6, 8, 9, 10, 11]);
        for item in [3, 7] {
            let test = scan.outcomes[item].test().expect("a test");
            let c = test.contrasts[0];
            let (d, se) = (c.difference.expect("a difference"), c.difference_se.expect("an error"));
            assert!((d - shift[item]).abs() < 3.5 * se && se < 0.15, "{family:?} {item}: {d} {se}");
            let points = steps[item].len() as f64;
            assert!((c.signed_area.expect("an area") - points * d).abs() < 1e-12);
            assert!(c.absolute_difference >= c.expected_difference.abs() - 1e-12);
            assert!(c.essd.is_some_and(|e| e * d < 0.0));
            let slope = if family.has_unit_slopes() { 0.0 } else { 1.0 };
            assert_eq!(test.df, points + slope);
        }
        // The adjusted p is the definition: the smallest m p_(k) / k over larger p.
        let mut p: Vec<f64> = tests(&scan).iter().map(|t| t.p).collect();
        p.sort_by(f64::total_cmp);
        for test in tests(&scan) {
            let ranked = p.iter().enumerate().filter(|(_, x)| **x >= test.p);
            let least = ranked.map(|(k, x)| 12.0 * x / (k + 1) as f64).fold(1.0, f64::min);
            assert!((test.adjusted_p - least).abs() < 1e-14);
        }
    }
}

#[test]
fn without_difference_p_values_keep_the_level() {
    let steps: Vec<Vec<f64>> = (0..8).map(|i| vec![0.3 * f64::from(i) - 1.0]).collect();
    for (family, slopes) in [
        (Family::PartialCredit, [1.0; 8]),
        (Family::GeneralisedPartialCredit, [0.7, 0.9, 1.0, 1.1, 1.3, 1.5, 0.8, 1.2]),
    ] {
        let options = IrtDifOptions { purify: None, ..IrtDifOptions::new(family) };
        let (mut below, mut all) = (0, 0);
        for run in 0..50 {
            let (responses, groups) = simulate(&format!("level {run}"), 800, &slopes, &steps, &[0.0; 8]);
            let scan = likelihood_ratio_dif(&responses, &groups, None, None, &options).expect("tests");
            all += scan.outcomes.len();
            below += tests(&scan).iter().filter(|t| t.p < 0.05).count();
        }
        // 400 tests at 5 percent: 20 expected, standard deviation about 4.4.
        eprintln!("{family:?}: {below} of {all} below 0.05");
        assert!(all == 400 && (7..=33).contains(&below), "{below}");
    }
}

#[test]
fn a_rating_scale_and_three_groups_are_tested() {
    let steps: Vec<Vec<f64>> =
        (0..6).map(|i| [-0.9, 0.1, 0.8].map(|t| t + 0.2 * f64::from(i) - 0.5).to_vec()).collect();
    let mut shift = vec![0.0; 6];
    shift[2] = 0.6;
    let (responses, halves) = simulate("rating scale", 3000, &[1.0; 6], &steps, &shift);
    // The reference group parted at random: no difference between groups 0 and 2.
    let groups: Vec<usize> =
        halves.iter().enumerate().map(|(p, g)| if *g == 0 && p % 4 == 0 { 2 } else { *g }).collect();
    let options = IrtDifOptions::new(Family::RatingScale);
    let scan = likelihood_ratio_dif(&responses, &groups, None, Some(&[1, 2]), &options).expect("tests");
    let [clean, moved] = tests(&scan)[..] else { panic!("two tests") };
    assert!(!clean.flagged && moved.flagged && moved.df == 2.0 && moved.contrasts.len() == 2);
    let [first, second] = moved.contrasts[..] else { panic!("two contrasts") };
    assert!(
        (first.difference.expect("a difference") - 0.6).abs() < 0.2 && (first.group, second.group) == (1, 2)
    );
    assert!(second.difference.expect("a difference").abs() < 0.25);
}

#[test]
fn what_cannot_be_tested_says_why() {
    let (responses, groups) = simulate("quiet", 300, &[1.0; 4], &vec![vec![0.0]; 4], &[0.0; 4]);
    let mut points: Vec<u8> = vec![];
    for (person, group) in groups.iter().enumerate() {
        for item in 0..4 {
            let own = responses.get(person, item).expect("an answer");
            points.push(if item == 1 && *group == 1 { 1 } else { own });
        }
    }
    let responses = Responses::complete(300, 4, points, vec![1; 4]).expect("responses");
    let options = IrtDifOptions::new(Family::PartialCredit);
    let scan = likelihood_ratio_dif(&responses, &groups, None, None, &options).expect("tests");
    assert_eq!(scan.outcomes[1], ItemOutcome::NotTested(NotTested::NoVariationInGroup { group: 1 }));
    assert!(scan.outcomes[0].test().is_some());
    let one = likelihood_ratio_dif(&responses, &[0; 300], None, None, &options);
    assert_eq!(one.unwrap_err(), IrtError::TooFewGroups { needed: 2, found: 1 });
    let outside = likelihood_ratio_dif(&responses, &groups, None, Some(&[4]), &options);
    assert!(matches!(outside, Err(IrtError::TooFewItems { .. })));
}
