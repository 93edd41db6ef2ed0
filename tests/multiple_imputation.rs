//! Multilevel multiple imputation against pan (Schafer) and against maximum likelihood of the same model,
//! each within what the number of imputations lets agree; properties; and, when asked for, coverage.

use dampak::impact::cluster_mean::{linked_changes, test_mean_change};
use dampak::impact::imputation::{
    Completed, ImputationOptions, Imputations, MissingScores, PoolOptions, Pooled, imputations_needed,
    impute, pool,
};
use dampak::impact::{CoefTest, ImpactError};
use dampak::num::rng::Stream;
use serde_json::Value;

struct Study {
    pre: Vec<Option<f64>>,
    post: Vec<Option<f64>>,
    school: Vec<usize>,
}

impl Study {
    fn scores(&self) -> MissingScores<'_> {
        MissingScores {
            pre: &self.pre,
            post: &self.post,
            cluster: &self.school,
            group: &ZEROS[..self.pre.len()],
            covariates: &[],
        }
    }
}

const ZEROS: [usize; 2000] = [0; 2000];

fn reference() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/imputation.json");
    serde_json::from_str(&std::fs::read_to_string(path).expect("imputation.json")).expect("JSON")
}

fn study(of: &Value) -> Study {
    let scores = |key: &str| of[key].as_array().expect("scores").iter().map(Value::as_f64).collect();
    let school = of["school"].as_array().expect("schools").iter();
    Study {
        pre: scores("pre"),
        post: scores("post"),
        school: school.map(|s| s.as_u64().expect("a school") as usize).collect(),
    }
}

fn by_schools(completed: &Completed, school: &[usize]) -> CoefTest {
    test_mean_change(&linked_changes(&completed.pre, &completed.post, school, 0.05).unwrap(), 0.05).unwrap()
}

fn pooled(found: &Imputations, school: &[usize]) -> Pooled {
    let tests: Vec<CoefTest> =
        (0..found.len()).map(|k| by_schools(&found.completed(k).unwrap(), school)).collect();
    let estimates: Vec<f64> = tests.iter().map(|t| t.estimate).collect();
    let variances: Vec<f64> = tests.iter().map(|t| t.se * t.se).collect();
    let options =
        PoolOptions { complete_df: tests[0].df, alpha: 0.05, n: school.len(), clusters: tests[0].clusters };
    pool(&estimates, &variances, &options).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

/// Both sides are means of m draws: they differ by sqrt(2 B / m) at random; the variances between imputations
/// by the factor sqrt(2 * 2 / (m - 1)). Four such standard errors are allowed.
#[test]
fn agrees_with_pan() {
    for name in ["balanced", "unequal"] {
        let expected = &reference()[name];
        let data = study(expected);
        let options = ImputationOptions { imputations: 1000, thin: 25, ..ImputationOptions::default() };
        let found = impute(&data.scores(), &options).unwrap();
        assert!(found.converged(), "{:?}", found.models[0].convergence);
        let own = pooled(&found, &data.school);
        let pan = &expected["pan"];
        let m = 1000.0f64;
        let slack = 4.0 * (2.0 * number(&pan["between"]) / m).sqrt();
        println!("{name}: estimate {} for {} (slack {slack})", own.test.estimate, pan["estimate"]);
        assert!((own.test.estimate - number(&pan["estimate"])).abs() < slack);
        let ratio = own.between / number(&pan["between"]);
        println!("{name}: between ratio {ratio}, within {} for {}", own.within, pan["within"]);
        assert!((ratio - 1.0).abs() < 4.0 * (4.0 / (m - 1.0)).sqrt());
        assert!((own.within / number(&pan["within"]) - 1.0).abs() < 0.03);
        println!("{name}: df {} for {}", own.test.df, pan["df"]);
        assert!((own.test.df / number(&pan["df"]) - 1.0).abs() < 0.03);
        let sd = (0..found.len())
            .map(|k| dampak::num::moments::sd(&found.completed(k).unwrap().post).unwrap())
            .sum::<f64>()
            / m;
        assert!(
            (sd - number(&pan["sd_post"])).abs() < 4.0 * (2.0 * number(&pan["sd_post_between"]) / m).sqrt()
        );
    }
}

/// With equal schools the mean change after imputation is the likelihood estimate, up to the uncertainty of
/// the variances (a tenth of its standard error) and the number of imputations; complete cases are off by
/// more.
#[test]
fn agrees_with_likelihood() {
    let expected = &reference()["balanced"];
    let data = study(expected);
    let options = ImputationOptions { imputations: 400, thin: 25, ..ImputationOptions::default() };
    let found = impute(&data.scores(), &options).unwrap();
    let own = pooled(&found, &data.school);
    let means = &expected["likelihood"]["means"];
    let change = number(&means[1]) - number(&means[0]);
    let slack = 0.1 * own.test.se + 4.0 * (own.between / 400.0).sqrt();
    println!("{} for {change}, slack {slack}", own.test.estimate);
    assert!((own.test.estimate - change).abs() < slack);
    let complete = number(&expected["complete_case"][0]);
    assert!((complete - change).abs() > 2.0 * slack, "data missing at random bias complete cases");
    let model = &found.models[0];
    assert!((model.means[1] - model.means[0] - change).abs() < slack);
    let within = &expected["likelihood"]["within"];
    for (place, value) in model.within.iter().enumerate() {
        assert!((value / number(&within[place]) - 1.0).abs() < 0.05, "{value} for {}", within[place]);
    }
    let vcov = &expected["likelihood"]["vcov"];
    let se = (number(&vcov[0]) + number(&vcov[3]) - 2.0 * number(&vcov[1])).sqrt();
    assert!((own.test.se / se - 1.0).abs() < 0.15, "{} for {se}", own.test.se);
}

/// Complete students of a school, with a difference between schools.
fn simulated(schools: usize, size: usize, stream: &mut Stream) -> Study {
    let mut study = Study { pre: Vec::new(), post: Vec::new(), school: Vec::new() };
    for school in 0..schools {
        let (level, change) = (4.0 * stream.normal(), 3.0 * stream.normal());
        for _ in 0..size {
            let ability = 9.0 * stream.normal();
            study.pre.push(Some(50.0 + level + ability + 6.0 * stream.normal()));
            study.post.push(Some(54.0 + level + change + ability + 6.0 * stream.normal()));
            study.school.push(school);
        }
    }
    study
}

/// Scores after the programme go missing the more often the lower the score before was.
fn lose(study: &mut Study, stream: &mut Stream) {
    for (pre, post) in study.pre.iter().zip(&mut study.post) {
        let chance = 1.0 / (1.0 + ((pre.unwrap_or(50.0) - 42.0) / 6.0).exp());
        if stream.chance(chance) {
            *post = None;
        }
    }
}

#[test]
fn nothing_missing_changes_nothing() {
    let data = simulated(8, 10, &mut Stream::new(5, "complete"));
    let found = impute(&data.scores(), &ImputationOptions::default()).unwrap();
    assert!(found.models.is_empty() && found.missing() == [0, 0]);
    let complete = Completed {
        pre: data.pre.iter().flatten().copied().collect(),
        post: data.post.iter().flatten().copied().collect(),
    };
    assert_eq!(found.completed(19), Some(complete.clone()));
    assert_eq!(found.completed(20), None);
    let (own, plain) = (pooled(&found, &data.school), by_schools(&complete, &data.school));
    assert_eq!((own.test.estimate, own.between, own.fraction_missing), (plain.estimate, 0.0, 0.0));
    assert!((own.test.se / plain.se - 1.0).abs() < 1e-14);
}

#[test]
fn repeats_and_keeps_what_was_observed() {
    let mut stream = Stream::new(6, "holes");
    let mut data = simulated(8, 12, &mut stream);
    lose(&mut data, &mut stream);
    data.pre[3] = None;
    data.post[4] = None;
    data.pre[4] = None;
    let options = ImputationOptions { burn_in: 100, thin: 10, ..ImputationOptions::default() };
    let found = impute(&data.scores(), &options).unwrap();
    assert_eq!(impute(&data.scores(), &options).unwrap(), found);
    assert_ne!(impute(&data.scores(), &ImputationOptions { seed: 2, ..options }).unwrap(), found);
    assert_eq!(found.len(), 20);
    assert_eq!(found.missing(), [2, data.post.iter().filter(|p| p.is_none()).count()]);
    for k in 0..20 {
        let completed = found.completed(k).unwrap();
        assert_eq!(completed.post.len(), data.post.len());
        for (own, given) in completed.post.iter().zip(&data.post).filter(|(_, given)| given.is_some()) {
            assert_eq!(Some(*own), *given);
        }
    }
}

/// Arms have models of their own; another unit of the scores gives the same draws in it.
#[test]
fn groups_and_units() {
    let mut stream = Stream::new(7, "arms");
    let mut data = simulated(10, 15, &mut stream);
    lose(&mut data, &mut stream);
    let group: Vec<usize> = data.school.iter().map(|school| usize::from(*school >= 5)).collect();
    // Arms thirty points apart: draws lie with their own arm.
    for (row, arm) in group.iter().enumerate() {
        data.pre[row] = data.pre[row].map(|pre| pre + 300.0 * *arm as f64);
        data.post[row] = data.post[row].map(|post| post + 300.0 * *arm as f64);
    }
    let options = ImputationOptions { burn_in: 200, thin: 20, ..ImputationOptions::default() };
    let scores = MissingScores { group: &group, ..data.scores() };
    let found = impute(&scores, &options).unwrap();
    assert_eq!(
        found.models.iter().map(|m| (m.group, m.clusters, m.n)).collect::<Vec<_>>(),
        [(0, 5, 75), (1, 5, 75)]
    );
    let first = found.completed(0).unwrap();
    assert!(
        first.post.iter().zip(&group).all(|(post, arm)| (post - 54.0 - 300.0 * *arm as f64).abs() < 100.0)
    );
    let scaled: Vec<Option<f64>> = data.post.iter().map(|post| post.map(|p| 4.0 * p - 8.0)).collect();
    let other = impute(&MissingScores { post: &scaled, ..scores }, &options).unwrap().completed(0).unwrap();
    assert!(first.post.iter().zip(&other.post).all(|(a, b)| (4.0 * a - 8.0 - b).abs() < 1e-6));
}

/// A covariate that explains the scores narrows what is drawn; one that repeats another is named and left
/// out.
#[test]
fn covariates_predict() {
    use dampak::impact::ancova::Covariate;
    let mut stream = Stream::new(8, "covariate");
    let mut data = simulated(10, 20, &mut stream);
    let x: Vec<f64> = data.post.iter().map(|post| post.unwrap_or_default() + 2.0 * stream.normal()).collect();
    lose(&mut data, &mut stream);
    let twice: Vec<f64> = x.iter().map(|x| 3.0 - 2.0 * x).collect();
    let covariates = [Covariate { name: "x", values: &x }, Covariate { name: "twice", values: &twice }];
    let options = ImputationOptions { burn_in: 200, thin: 20, ..ImputationOptions::default() };
    let without = impute(&data.scores(), &options).unwrap();
    let with = impute(&MissingScores { covariates: &covariates, ..data.scores() }, &options).unwrap();
    assert_eq!(with.models[0].dropped, ["twice"]);
    let spread = |found: &Imputations| pooled(found, &data.school).between;
    assert!(spread(&with) < 0.5 * spread(&without));
}

#[test]
fn named_outcomes() {
    let mut data = simulated(8, 10, &mut Stream::new(9, "errors"));
    data.post[0] = None;
    let options = ImputationOptions::default();
    let run = |data: &Study| impute(&data.scores(), &options).map(|found| found.len());
    let mut two = simulated(2, 20, &mut Stream::new(9, "two"));
    two.post[0] = None;
    assert_eq!(run(&two), Err(ImpactError::TooFewClusters { needed: 3, found: 2 }));
    let mut flat = simulated(8, 10, &mut Stream::new(9, "flat"));
    flat.pre.iter_mut().for_each(|pre| *pre = Some(1.0));
    flat.post[0] = None;
    assert_eq!(run(&flat), Err(ImpactError::NoVariation));
    let mut same = simulated(8, 10, &mut Stream::new(9, "same"));
    same.post = same.pre.iter().map(|pre| pre.map(|p| p + 2.0)).collect();
    same.post[0] = None;
    assert_eq!(run(&same), Err(ImpactError::NoVariation));
    let mut none = simulated(8, 10, &mut Stream::new(9, "none"));
    none.post.iter_mut().skip(3).for_each(|post| *post = None);
    assert!(run(&none).is_err());
    let wrong = ImputationOptions { imputations: 1, ..options };
    assert!(impute(&data.scores(), &wrong).is_err());
    assert!(impute(&MissingScores { pre: &data.pre[1..], ..data.scores() }, &options).is_err());
    assert_eq!([imputations_needed(3, 600), imputations_needed(181, 600)], [20, 31]);
}

/// Coverage of the pooled 95 percent interval with 13 schools of 25, three in ten scores after lost at random
/// given the score before. Last run: 974 of 1,000 covered (the degrees of freedom of Barnard and Rubin are
/// cautious), bias .002; complete cases 813 of 1,000, bias -1.2. Takes two minutes:
/// `cargo test --release --test multiple_imputation -- --ignored --nocapture`.
#[test]
#[ignore = "a simulation of minutes; run by name"]
fn coverage() {
    let (mut inside, mut complete, runs) = (0, 0, 1000);
    let (mut bias, mut bias_complete, mut missing) = (0.0, 0.0, 0.0);
    for run in 0..runs {
        let mut stream = Stream::new(run, "coverage");
        let mut data = simulated(13, 25, &mut stream);
        lose(&mut data, &mut stream);
        let options = ImputationOptions { burn_in: 200, thin: 40, seed: run, ..ImputationOptions::default() };
        let found = impute(&data.scores(), &options).unwrap();
        let own = pooled(&found, &data.school);
        let kept: Vec<usize> = (0..data.post.len()).filter(|row| data.post[*row].is_some()).collect();
        let cases = Completed {
            pre: kept.iter().filter_map(|row| data.pre[*row]).collect(),
            post: kept.iter().filter_map(|row| data.post[*row]).collect(),
        };
        let schools: Vec<usize> = kept.iter().map(|row| data.school[*row]).collect();
        let plain = by_schools(&cases, &schools);
        inside += usize::from(own.test.ci.contains(4.0));
        complete += usize::from(plain.ci.contains(4.0));
        bias += (own.test.estimate - 4.0) / f64::from(runs as u32);
        bias_complete += (plain.estimate - 4.0) / f64::from(runs as u32);
        missing += own.fraction_missing / f64::from(runs as u32);
    }
    println!("imputed: coverage {inside} of {runs}, bias {bias:.3}; fraction missing {missing:.3}");
    println!("complete cases: coverage {complete}, bias {bias_complete:.3}");
    // Three standard errors of 1,000 studies about 95 percent.
    assert!((929..=985).contains(&inside));
}
