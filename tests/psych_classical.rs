//! Classical test theory, dimensionality, questionnaire quality and polytomous DIF against R: reference file 13
//! outside the project, and `reference/classical.R`, which made `reference/classical.json`.

mod psych_shared;

use dampak::num::rng::Stream;
use dampak::psych::ItemMatrix;
use dampak::psych::ctt::{self, ItemCovariance, SplitOptions};
use dampak::psych::dif::{self, DifOptions, Groups, LogisticTest, scan_dif};
use dampak::psych::dimension::{
    FactorMethod, ParallelOptions, item_correlations, parallel_analysis, polychoric,
};
use dampak::psych::{options, quality};
use psych_shared::{Worst, csv, entries, number, numbers};
use serde_json::Value;

/// Closed forms: the same double arithmetic in another order.
const CLOSED: f64 = 1e-11;

/// Factor loadings: psych's optimiser stops at 1e-4 to 1e-6.
const FACTOR: f64 = 1e-4;

/// Tests with the data behind `<quantity>_<name>` of the reference file.
fn tests() -> Vec<(&'static str, ItemMatrix)> {
    let mut found = Vec::new();
    for (name, file, prefix, max) in [
        ("numeracy", "numeracy_scored.csv", "", 1.0),
        ("mc_complete", "mc_scored.csv", "", 1.0),
        ("ability_complete", "ability.csv", "", 1.0),
        ("LSAT7", "LSAT7.csv", "", 1.0),
        ("fims", "fims_AusJpn_scored.csv", "M1", 1.0),
        ("science7", "ltm_Science.csv", "", 4.0),
        ("simrasch", "TAM_sim.rasch.csv", "", 1.0),
    ] {
        let Some(data) = csv(file) else { continue };
        let items: Vec<&str> =
            data.names.iter().map(String::as_str).filter(|n| n.starts_with(prefix) && *n != "id").collect();
        let matrix = data.matrix(&items, max);
        found.push((name, if name.ends_with("complete") { complete(&matrix) } else { matrix }));
    }
    found
}

fn complete(matrix: &ItemMatrix) -> ItemMatrix {
    let totals = matrix.total_scores();
    let rows: Vec<usize> = (0..matrix.persons()).filter(|p| totals[*p].is_some()).collect();
    let cells = rows.iter().flat_map(|p| (0..matrix.items()).filter_map(|i| matrix.get(*p, i)));
    ItemMatrix::complete(rows.len(), matrix.items(), cells.collect(), matrix.max_points().to_vec()).unwrap()
}

fn is_binary(matrix: &ItemMatrix) -> bool {
    matrix.max_points().iter().all(|m| *m == 1.0)
}

#[test]
fn alpha_and_items_follow_psych() {
    let Some(reference) = entries("13_ctt") else { return };
    let mut worst = Worst::default();
    for (name, matrix) in tests() {
        compare_alpha(&mut worst, &matrix, &reference[format!("alpha_{name}")]["result"], true);
        let expected = &reference[format!("scores_{name}")]["result"];
        let totals: Vec<f64> = matrix.total_scores().into_iter().flatten().collect();
        let alpha = ctt::alpha(&matrix, &ctt::item_covariance(&matrix).unwrap(), 0.05).unwrap();
        worst.compare("standard error of measurement", alpha.sem, number(&expected["sem_alpha"]), CLOSED);
        let mean = dampak::num::moments::mean(&totals).unwrap();
        worst.compare("mean of totals", mean, number(&expected["mean"]), CLOSED);
    }
    worst.settle();
}

/// Ten thousand answer sheets of forty multiple choice items; a blank is wrong.
#[test]
fn answer_sheets_scored_by_their_key() {
    let (Some(reference), Some(sheets), Some(key)) =
        (entries("20_sim_ml"), csv("sim/mc_10000x40.csv"), csv("sim/key.csv"))
    else {
        return;
    };
    let expected = &reference["mc_10000"]["result"];
    let right: Vec<Vec<f64>> = (key.column("item").into_iter().zip(key.column("key")))
        .map(|(item, key)| sheets.column(item).iter().map(|cell| f64::from(u8::from(*cell == key))).collect())
        .collect();
    let persons = right[0].len();
    let cells = (0..persons).flat_map(|person| right.iter().map(move |item| item[person])).collect();
    let matrix = ItemMatrix::complete(persons, right.len(), cells, vec![1.0; right.len()]).unwrap();
    let c = ctt::item_covariance(&matrix).unwrap();
    let totals: Vec<f64> = matrix.total_scores().into_iter().flatten().collect();
    let mut worst = Worst::default();
    worst.compare("alpha", ctt::alpha(&matrix, &c, 0.05).unwrap().value, number(&expected["alpha"]), CLOSED);
    worst.compare("mean", dampak::num::moments::mean(&totals).unwrap(), number(&expected["mean"]), CLOSED);
    worst.compare("SD", dampak::num::moments::sd(&totals).unwrap(), number(&expected["sd"]), CLOSED);
    for (place, item) in ctt::item_statistics(&matrix, &c).unwrap().iter().enumerate() {
        worst.compare("p", item.mean, numbers(&expected["p"])[place], CLOSED);
        worst.compare("item-rest", item.item_rest.unwrap(), numbers(&expected["item_rest"])[place], CLOSED);
    }
    worst.settle();
}

/// psych takes `r_raw` with the row mean when points are missing, another definition than ours.
fn compare_alpha(worst: &mut Worst, matrix: &ItemMatrix, expected: &Value, is_complete: bool) {
    let c = ctt::item_covariance(matrix).unwrap();
    let alpha = ctt::alpha(matrix, &c, 0.05).unwrap();
    let forms = ctt::alpha_forms(&c, alpha.n).unwrap();
    let correlations = item_correlations(&c).unwrap();
    let of = |name: &str| number(&expected[name]);
    worst.compare("alpha", alpha.value, of("raw_alpha"), CLOSED);
    worst.compare("alpha, standardised items", forms.standardised, of("std_alpha"), CLOSED);
    worst.compare("lambda 6, standardised items", forms.lambda6_standardised.unwrap(), of("G6_smc"), CLOSED);
    worst.compare("standard error of alpha", forms.standard_error, of("ase"), CLOSED);
    worst.compare("mean inter-item correlation", correlations.mean, of("average_r"), CLOSED);
    worst.compare("median inter-item correlation", correlations.median, of("median_r"), CLOSED);
    let limits = &expected["feldt_ci"];
    worst.compare("Feldt interval", alpha.ci.low, number(&limits["lower.ci.raw_alpha"]), 1e-10);
    worst.compare("Feldt interval", alpha.ci.high, number(&limits["upper.ci.raw_alpha"]), 1e-10);
    let statistics = ctt::item_statistics(matrix, &c).unwrap();
    for (place, item) in statistics.iter().enumerate() {
        let column = |name: &str| numbers(&expected["item"][name])[place];
        worst.compare("item mean", item.mean, column("mean"), CLOSED);
        worst.compare("item SD", item.sd.unwrap(), column("sd"), CLOSED);
        worst.compare("item-rest", item.item_rest.unwrap(), column("r_drop_itemrest"), CLOSED);
        worst.compare("alpha if dropped", alpha.if_dropped[place].value, column("alpha_if_deleted"), CLOSED);
        if is_complete {
            worst.compare("item-total", item.item_total.unwrap(), column("r_raw_itemtotal"), CLOSED);
        }
    }
}

#[test]
fn reversed_items_and_missing_points_follow_psych() {
    let (Some(reference), Some(bfi), Some(keys)) = (entries("13_ctt"), csv("bfi.csv"), csv("bfi_keys.csv"))
    else {
        return;
    };
    let mut worst = Worst::default();
    for scale in ["agree", "conscientious", "extraversion", "neuroticism", "openness"] {
        let of = |column: &str| -> Vec<&str> {
            let rows = keys.column("scale").into_iter().zip(keys.column(column));
            rows.filter(|(s, _)| *s == scale).map(|(_, v)| v).collect()
        };
        let reversed: Vec<bool> = of("sign").iter().map(|s| s.starts_with('-')).collect();
        let raw = bfi.matrix(&of("item"), 6.0);
        let keyed = |p: usize, i: usize| raw.get(p, i).map(|v| if reversed[i] { 7.0 - v } else { v });
        let cells: Vec<Option<f64>> = (0..raw.persons())
            .flat_map(|p| (0..raw.items()).map(move |i| (p, i)))
            .map(|(p, i)| keyed(p, i))
            .collect();
        let missing: Vec<bool> = cells.iter().map(Option::is_none).collect();
        let points = cells.iter().map(|c| c.unwrap_or(0.0)).collect();
        let matrix =
            ItemMatrix::new(raw.persons(), raw.items(), points, missing, vec![6.0; raw.items()]).unwrap();
        compare_alpha(
            &mut worst,
            &matrix,
            &reference[format!("alpha_bfi_{scale}_pairwise")]["result"],
            false,
        );
        let whole = complete(&matrix);
        compare_alpha(&mut worst, &whole, &reference[format!("alpha_bfi_{scale}_complete")]["result"], true);
    }
    let Some(mc) = csv("mc_scored.csv") else { return };
    let items: Vec<&str> = mc.names.iter().map(String::as_str).collect();
    let matrix = mc.matrix(&items, 1.0);
    let alpha = |m: &ItemMatrix| ctt::alpha(m, &ctt::item_covariance(m).unwrap(), 0.05).unwrap().value;
    let expected = &reference["alpha_mc_missing_policies"]["result"];
    let places = (0..matrix.persons()).flat_map(|p| (0..matrix.items()).map(move |i| (p, i)));
    let wrong = places.map(|(p, i)| matrix.get(p, i).unwrap_or(0.0)).collect();
    let wrong =
        ItemMatrix::complete(matrix.persons(), matrix.items(), wrong, vec![1.0; matrix.items()]).unwrap();
    for (name, matrix) in [("pairwise", &matrix), ("complete", &complete(&matrix)), ("na_as_wrong", &wrong)] {
        worst.compare("alpha by policy for missing", alpha(matrix), number(&expected[name]), CLOSED);
    }
    worst.settle();
}

#[test]
fn lambdas_and_halves_follow_psych() {
    let Some(reference) = entries("13_ctt") else { return };
    let mut worst = Worst::default();
    for (name, matrix) in tests() {
        let expected = &reference[format!("guttman_{name}")]["result"];
        let of = |name: &str| number(&expected[name]);
        let c = ctt::item_covariance(&matrix).unwrap();
        let found = ctt::guttman(&c, &SplitOptions::default(), &mut Stream::new(1, "splits")).unwrap();
        for (quantity, value, key) in [
            ("lambda 1", found.lambda1, "lambda1"),
            ("lambda 2", found.lambda2, "lambda2"),
            ("lambda 3", found.lambda3, "lambda3"),
            ("lambda 5", found.lambda5, "lambda5"),
            ("lambda 6", found.lambda6.unwrap(), "lambda6_cov"),
        ] {
            worst.compare(quantity, value, of(key), CLOSED);
        }
        // psych splits standardised items and searches heuristically: its best split is never better than ours.
        let correlations = item_correlations(&c).unwrap();
        let standardised =
            ItemCovariance { matrix: correlations.matrix, varying: correlations.items, constant: Vec::new() };
        let best =
            ctt::guttman(&standardised, &SplitOptions::default(), &mut Stream::new(1, "splits")).unwrap();
        let theirs = of("lambda4_max_split_psych");
        assert!(best.lambda4 > theirs - 1e-12, "{name}: {} {theirs}", best.lambda4);
        if matrix.items() < 10 {
            worst.compare("lambda 4, standardised items", best.lambda4, theirs, CLOSED);
        }
        let halves = ctt::odd_even(&c).unwrap();
        worst.compare("odd-even r", halves.r, of("oddeven_r"), CLOSED);
        worst.compare("odd-even, Spearman-Brown", halves.spearman_brown.unwrap(), of("oddeven_SB"), CLOSED);
        worst.compare("odd-even, Flanagan", halves.flanagan, of("oddeven_guttman_flanagan"), CLOSED);
        let k = matrix.items();
        let first: Vec<usize> = (0..k / 2).collect();
        let halves = ctt::split_half(&c, &first).unwrap();
        worst.compare("first against second half r", halves.r, of("firsthalf_r"), CLOSED);
        let stepped = halves.spearman_brown.unwrap();
        worst.compare("first against second half, Spearman-Brown", stepped, of("firsthalf_SB"), CLOSED);
    }
    worst.settle();
}

#[test]
fn kuder_richardson_in_three_conventions() {
    let Some(reference) = entries("13_ctt") else { return };
    let mut worst = Worst::default();
    for (name, matrix) in tests().into_iter().filter(|(_, m)| is_binary(m)) {
        let expected = &reference[format!("kr20_{name}")]["result"];
        let of = |name: &str| number(&expected[name]);
        let found = ctt::kuder_richardson(&matrix).unwrap();
        worst.compare("KR-20", found.kr20, of("KR20_pop_var"), CLOSED);
        // With n - 1 in both variances it is the same number.
        worst.compare("KR-20", found.kr20, of("KR20_unbiased_total_var"), CLOSED);
        worst.compare("KR-20, mixed divisors", found.kr20_mixed, of("KR20_mixed_pq_over_samplevar"), CLOSED);
        worst.compare("KR-21", found.kr21, of("KR21_samplevar"), CLOSED);
    }
    worst.settle();
}

#[test]
fn omega_follows_psych_and_lavaan() {
    let Some(reference) = entries("13_ctt") else { return };
    let mut worst = Worst::default();
    for (name, matrix) in tests() {
        let expected = &reference[format!("omega_{name}")]["result"];
        let c = ctt::item_covariance(&matrix).unwrap();
        for (method, short) in [(FactorMethod::Minres, "minres"), (FactorMethod::MaximumLikelihood, "ml")] {
            let found = ctt::omega(&c, method).unwrap();
            let value = number(&expected[format!("omega_1f_{short}_cor")]);
            worst.compare(&format!("omega, {short}"), found.standardised, value, FACTOR);
            for (ours, theirs) in
                found.factor.loadings.iter().zip(numbers(&expected[format!("loadings_{short}")]))
            {
                worst.compare(&format!("loading, {short}"), *ours, theirs, FACTOR);
            }
            let lavaan = &reference[format!("omega_cfa_lavaan_{name}")]["result"]["omega_u"];
            if short == "ml" && !lavaan.is_null() {
                worst.compare("omega of points (lavaan)", found.value, number(lavaan), FACTOR);
            }
        }
    }
    worst.settle();
}

#[test]
fn item_analysis_follows_formulas_and_ctt() {
    let Some(reference) = entries("13_ctt") else { return };
    let mut worst = Worst::default();
    for (name, matrix) in tests() {
        let statistics = ctt::item_statistics(&matrix, &ctt::item_covariance(&matrix).unwrap()).unwrap();
        let biserial = ctt::biserial(&matrix, &statistics);
        let expected = &reference[format!("itemanal_{name}")]["result"];
        if !expected.is_null() {
            let groups = ctt::upper_lower(&matrix, 0.27).unwrap();
            for (place, item) in statistics.iter().enumerate() {
                let column = |name: &str| numbers(&expected[name])[place];
                worst.compare("p", item.difficulty, column("p"), CLOSED);
                worst.compare("D of 27 percent groups", groups[place].d, column("D_27_with_ties"), CLOSED);
                worst.compare(
                    "point-biserial with total",
                    item.item_total.unwrap(),
                    column("pbis_total"),
                    CLOSED,
                );
                worst.compare(
                    "point-biserial with rest",
                    item.item_rest.unwrap(),
                    column("pbis_rest"),
                    CLOSED,
                );
                worst.compare(
                    "biserial with total",
                    biserial[place].total.unwrap(),
                    column("biserial_total"),
                    1e-10,
                );
                assert_eq!(groups[place].n_lower as f64, number(&expected["n_lo"]));
                assert_eq!(groups[place].n_upper as f64, number(&expected["n_hi"]));
            }
        }
        let report =
            &reference[format!("CTT_itemAnalysis_{}", name.trim_end_matches('7'))]["result"]["itemReport"];
        if !report.is_null() {
            for (place, found) in biserial.iter().enumerate() {
                let item = &statistics[place];
                worst.compare("CTT pBis", item.item_rest.unwrap(), numbers(&report["pBis"])[place], CLOSED);
                worst.compare(
                    "CTT bis (polyserial)",
                    found.rest.unwrap(),
                    numbers(&report["bis"])[place],
                    1e-10,
                );
            }
        }
    }
    worst.settle();
}

#[test]
fn polychoric_correlations_follow_psych() {
    let Some(reference) = entries("13_ctt") else { return };
    let mut worst = Worst::default();
    for (name, kind) in [("LSAT7", "tetrachoric"), ("science7", "polychoric")] {
        let Some((_, matrix)) = tests().into_iter().find(|(n, _)| *n == name) else { return };
        let expected = &reference[format!("{kind}_{name}")]["result"];
        let found = polychoric(&matrix, 0.0).unwrap();
        for i in 0..matrix.items() {
            for j in 0..i {
                let theirs = numbers(&expected["rho"]["values"][i])[j];
                worst.compare(kind, found.get(i, j).unwrap().rho().unwrap(), theirs, 1e-3);
            }
        }
        if kind == "polychoric" {
            worst.compare(
                "ordinal alpha",
                found.ordinal_alpha().unwrap(),
                number(&expected["ordinal_alpha"]),
                1e-3,
            );
        }
    }
    worst.settle();
}

#[test]
fn eigenvalues_follow_r() {
    let Some(reference) = entries("13_ctt") else { return };
    let mut worst = Worst::default();
    for (name, matrix) in tests() {
        let expected = &reference[format!("eigen_{name}")]["result"];
        if expected.is_null() {
            continue;
        }
        let correlations = item_correlations(&ctt::item_covariance(&matrix).unwrap()).unwrap();
        let options = ParallelOptions { replicates: 20, ..ParallelOptions::default() };
        let stream = &mut Stream::new(1, "parallel");
        let found = parallel_analysis(&correlations.matrix, matrix.persons(), &options, stream).unwrap();
        for (ours, theirs) in found.observed.iter().zip(numbers(expected)) {
            worst.compare("eigenvalue", *ours, theirs, CLOSED);
        }
    }
    worst.settle();
}

/// With two items the largest eigenvalue is 1 + |r|, and r of unrelated normal items has a known distribution:
/// t = r sqrt((n - 2) / (1 - r^2)) with n - 2 df.
#[test]
fn random_eigenvalues_of_two_items_have_their_exact_distribution() {
    use dampak::num::dist;
    use dampak::num::linalg::SmallMatrix;
    for n in [12, 60, 800] {
        let options = ParallelOptions { replicates: 20_000, percentile: 0.95 };
        let stream = &mut Stream::new(4, "two items");
        let found = parallel_analysis(&SmallMatrix::identity(2), n, &options, stream).unwrap();
        let df = n as f64 - 2.0;
        let t = dist::t_quantile(0.975, df).unwrap();
        let exact = 1.0 + t / (df + t * t).sqrt();
        // Four Monte Carlo standard errors of a 95th percentile: the spread of r is about 1 / sqrt(n).
        let allowed = 4.0 * (0.05f64 * 0.95 / 20_000.0).sqrt() / 0.1 / (n as f64).sqrt();
        assert!(
            (found.random_percentile[0] - exact).abs() < allowed,
            "{n}: {:?} {exact}",
            found.random_percentile
        );
    }
}

/// Of many items and persons the largest random eigenvalue tends to the edge of Marchenko and Pastur's law,
/// (1 + sqrt(k / n))^2, from below by a Tracy-Widom step of the size n^(-2/3).
#[test]
fn random_eigenvalues_of_many_items_reach_their_limit() {
    use dampak::num::linalg::SmallMatrix;
    let (k, n) = (60, 600);
    let options = ParallelOptions { replicates: 100, percentile: 0.95 };
    let found =
        parallel_analysis(&SmallMatrix::identity(k), n, &options, &mut Stream::new(4, "many")).unwrap();
    let ratio = (k as f64 / n as f64).sqrt();
    let step = (1.0 + ratio) * (1.0 / (n as f64).sqrt() + 1.0 / (k as f64).sqrt()).cbrt() / (n as f64).sqrt();
    // Mean of the Tracy-Widom law of order 1 is -1.2065.
    let expected = (1.0 + ratio).powi(2) - 1.2065 * step;
    assert!((found.random_mean[0] - expected).abs() < 0.02, "{} {expected}", found.random_mean[0]);
    assert_eq!(found.retained, 0);
}

#[test]
fn distractors_follow_r() {
    let Some(reference) = entries("13_ctt") else { return };
    let (Some(raw), Some(keys)) = (csv("mirt_SAT12.csv"), csv("mirt_SAT12_key.csv")) else { return };
    let mut worst = Worst::default();
    let items: Vec<&str> = raw.names.iter().map(String::as_str).collect();
    let key: Vec<f64> = keys.numbers("key").into_iter().flatten().collect();
    let answers = raw.matrix(&items, 9.0);
    let places = (0..answers.persons()).flat_map(|p| (0..items.len()).map(move |i| (p, i)));
    let points = places.map(|(p, i)| f64::from(u8::from(answers.get(p, i) == Some(key[i])))).collect();
    let scored =
        ItemMatrix::complete(answers.persons(), items.len(), points, vec![1.0; items.len()]).unwrap();
    let score = &reference["score_SAT12"]["result"];
    let c = ctt::item_covariance(&scored).unwrap();
    worst.compare(
        "alpha of the key",
        ctt::alpha(&scored, &c, 0.05).unwrap().value,
        number(&score["alpha"]),
        CLOSED,
    );
    let totals = scored.total_scores();
    for name in ["Item.1", "Item.7", "Item.12", "Item.32"] {
        let item = items.iter().position(|i| *i == name).unwrap();
        let expected = &reference["distractor_SAT12_item1"]["result"][name];
        let codes: Vec<Option<usize>> =
            answers.item(item).iter().map(|v| v.filter(|v| *v < 8.0).map(|v| v as usize - 1)).collect();
        let rest = scored.rest_scores(item);
        let table = options::option_table(&codes, &rest, 5).unwrap();
        for (place, row) in table.iter().enumerate() {
            let column = |name: &str| numbers(&expected[name])[place];
            worst.compare("option n", row.n as f64, column("n"), 0.0);
            worst.compare("option-rest", row.option_rest.unwrap(), column("r_opt_rest"), CLOSED);
            let chose = |p: &usize| codes[*p] == row.option;
            let members: Vec<f64> = (0..codes.len()).filter(chose).filter_map(|p| totals[p]).collect();
            let mean = dampak::num::moments::mean(&members).unwrap();
            worst.compare("mean total by option", mean, column("mean_total"), CLOSED);
        }
        // The curve adds up to the table.
        let curve = ctt::option_curves(&codes, &rest, 5, 5).unwrap();
        for (option, row) in table.iter().take(5).enumerate() {
            let n: f64 = curve.iter().map(|band| band.shares[option] * band.n as f64).sum();
            worst.compare("option curve adds up", n, row.n as f64, CLOSED);
        }
    }
    worst.settle();
}

fn classical() -> Value {
    let text = include_str!("reference/classical.json");
    let mut file: Value = serde_json::from_str(text).expect("classical.json is valid JSON");
    file["entries"].take()
}

fn matrix_of(cells: &Value, persons: usize, items: usize, max: f64) -> ItemMatrix {
    let cells: Vec<Option<f64>> = cells.as_array().unwrap().iter().map(Value::as_f64).collect();
    let missing = cells.iter().map(Option::is_none).collect();
    let points = cells.iter().map(|c| c.unwrap_or(0.0)).collect();
    ItemMatrix::new(persons, items, points, missing, vec![max; items]).unwrap()
}

#[test]
fn quality_indices_follow_plain_formulas() {
    let expected = &classical()["quality"];
    let mut worst = Worst::default();
    let matrix = matrix_of(&expected["answers"], 80, 15, 5.0);
    let runs = quality::long_string(&matrix);
    let irv = quality::individual_variability(&matrix);
    let scales: Vec<Vec<usize>> = (0..5).map(|s| (3 * s..3 * s + 3).collect()).collect();
    let halves = quality::even_odd(&matrix, &scales).unwrap();
    let distances = quality::mahalanobis(&matrix).unwrap().persons;
    for person in 0..80 {
        let of = |name: &str| expected[name][person].as_f64();
        worst.compare("long string", runs[person].longest as f64, of("long_string").unwrap(), 0.0);
        // R keeps digits of equal halves that cancel to a correlation; none is no answer in both.
        for (name, found) in [
            ("irv", irv[person]),
            ("even_odd", halves[person].consistency),
            ("d2", distances[person].map(|d| d.d2)),
            ("d2_p", distances[person].map(|d| d.p)),
            ("d2_items", distances[person].map(|d| d.items as f64).or(Some(0.0))),
        ] {
            assert_eq!(found.is_some(), of(name).is_some(), "{name} of person {person}");
            if let (Some(found), Some(theirs)) = (found, of(name)) {
                worst.compare(name, found, theirs, CLOSED);
            }
        }
    }
    let copies = quality::duplicate_rows(&matrix, 10);
    let persons: Vec<f64> = copies.iter().map(|c| c.person as f64).collect();
    let firsts: Vec<f64> = copies.iter().map(|c| c.first as f64).collect();
    assert_eq!((persons, firsts), (numbers(&expected["duplicates"]), numbers(&expected["duplicate_of"])));
    let whole = matrix_of(&expected["complete"], 79, 15, 5.0);
    for (found, theirs) in
        quality::mahalanobis(&whole).unwrap().persons.iter().zip(numbers(&expected["d2_complete"]))
    {
        worst.compare("Mahalanobis distance, complete (R's own)", found.unwrap().d2, theirs, CLOSED);
    }
    worst.settle();
}

#[test]
fn mantel_tests_of_several_points_follow_r() {
    let expected = &classical()["ordinal_dif"];
    let mut worst = Worst::default();
    let matrix = matrix_of(&expected["points"], 600, 6, 3.0);
    let membership: Vec<Option<usize>> =
        numbers(&expected["group"]).iter().map(|g| Some(*g as usize)).collect();
    let groups = Groups { membership: &membership, compared: &[0, 1] };
    for item in 0..6 {
        let theirs = &expected["mantel"][item];
        let of = |field: &str| number(&theirs[field]);
        let scores = dif::matching_scores(&matrix, item, &[0, 1, 2, 3, 4, 5]);
        let tables = dif::matched_tables(&matrix, item, &groups, &scores).unwrap();
        let found = dif::mantel(&tables).unwrap();
        worst.compare("Mantel chi2", found.chi2, of("chi2"), 1e-10);
        worst.compare("Mantel p", found.p, of("p"), 1e-10);
        worst.compare("standardised mean difference", found.smd, of("smd"), 1e-10);
        worst.compare("standardised mean difference over SD", found.smd_sd, of("smd_sd"), 1e-10);
        let found = dif::generalised_mantel_haenszel(&tables).unwrap();
        let of = |field: &str| number(&theirs["general"][field]);
        worst.compare("generalised MH chi2", found.chi2, of("chi2"), 1e-8);
        worst.compare("generalised MH df", found.df as f64, of("df"), 0.0);
        worst.compare("generalised MH p", found.p, of("p"), 1e-8);
    }
    worst.settle();
}

#[test]
fn polytomous_logistic_dif_follows_polr() {
    let expected = &classical()["ordinal_dif"];
    let mut worst = Worst::default();
    let matrix = matrix_of(&expected["points"], 600, 6, 3.0);
    let membership: Vec<Option<usize>> =
        numbers(&expected["group"]).iter().map(|g| Some(*g as usize)).collect();
    let groups = Groups { membership: &membership, compared: &[0, 1] };
    let options = DifOptions { purify: None, ..DifOptions::default() };
    for (item, found) in scan_dif(&matrix, &groups, &options).unwrap().result.iter().enumerate() {
        let (found, theirs) = (found.ordinal.as_ref().unwrap(), &expected["dif"][item]);
        let mut test = |name: &str, test: &LogisticTest| {
            let of = |field: &str| number(&theirs[name][field]);
            worst.compare("proportional odds LRT", test.chi2, of("chi2"), 1e-6);
            worst.compare("proportional odds p", test.p, of("p"), 1e-6);
            worst.compare("delta R2 Nagelkerke", test.delta_r2, of("nagelkerke"), 1e-8);
            worst.compare("delta R2 McFadden", test.delta_mcfadden, of("mcfadden"), 1e-8);
        };
        test("both", &found.both);
        test("uniform", &found.uniform);
        test("nonuniform", &found.nonuniform);
        // polr's quasi-Newton leaves 1e-5 in the coefficients.
        for (name, values) in
            [("thresholds", found.thresholds.as_slice()), ("main", &found.main), ("full", &found.full)]
        {
            for (ours, theirs) in values.iter().zip(numbers(&theirs[name])) {
                worst.compare(&format!("proportional odds {name}"), *ours, theirs, 1e-4);
            }
        }
        worst.compare("proportional odds SE of group", found.group_se, number(&theirs["group_se"]), 1e-4);
    }
    worst.settle();
}
