//! Designs beyond two linked waves: cohorts, more waves, strata and pairs, arms within schools, weights; and the
//! agreement of the methods. Expected values are written out here or come from the textbook formula.

mod pipeline;
#[path = "designs/waves.rs"]
mod waves;

#[path = "designs/agreement.rs"]
mod agreement;

use std::path::Path;

use dampak::analysis::Findings;
use dampak::analysis::findings::{AgreementRow, InferenceMethod, Method, TimeUnit};
use dampak::analysis::planning::{PlannedDesign, Quantity, Source};
use dampak::i18n::Lang;
use dampak::impact::Arm;
use dampak::impact::icc::anova_icc;
use dampak::impact::ols::{Design, fit_ols};
use dampak::impact::vcov::{Adjustment, cluster_test};
use dampak::io::Memory;
use dampak::num::rng::Stream;
use dampak::report::claim::{overclaims, passages};
use dampak::report::compose;
use serde_json::{Value, json};

#[track_caller]
fn close(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance * expected.abs().max(1.0), "{found} is not {expected}");
}

/// A row of the roster with its scores by wave.
#[derive(Clone, Debug)]
struct Row {
    school: usize,
    arm: &'static str,
    block: usize,
    weight: f64,
    scores: Vec<Option<f64>>,
}

fn text(word: &str) -> Value {
    json!({ "id": word, "en": word })
}

/// A study of `rows` with waves w0, w1, ... a year apart.
fn study_json(rows: &[Row], change: impl FnOnce(&mut Value)) -> Value {
    let waves = rows[0].scores.len();
    let wave = |at: usize| json!({ "id": format!("w{at}"), "label": text(&format!("W{at}")), "date": format!("{}-07-01", 2021 + at) });
    let columns: serde_json::Map<String, Value> =
        (0..waves).map(|at| (format!("w{at}"), json!(format!("w{at}")))).collect();
    let mut study = json!({
        "format": "dampak.study/1", "id": "designs", "title": text("Designs"),
        "waves": (0..waves).map(wave).collect::<Vec<_>>(),
        "roster": [{ "respondent": "student", "file": "roster.csv",
            "columns": { "person": "id", "school": "school" } }],
        "score_files": [{ "id": "tests", "file": "scores.csv", "person": "id" }],
        "outcomes": [{ "id": "score", "label": text("Score"), "role": "primary", "range": [0, 100],
            "from": { "score_file": "tests", "columns": columns } }],
        "analysis": { "permutations": 99 }
    });
    if rows.iter().any(|row| !row.arm.is_empty()) {
        study["arms"] = json!([{ "id": "p", "label": text("P"), "role": "programme" },
            { "id": "c", "label": text("C"), "role": "comparison" }]);
        study["assignment"] = json!("random_school");
        study["roster"][0]["columns"]["arm"] = json!("arm");
    }
    change(&mut study);
    study
}

fn analysed(rows: &[Row], change: impl FnOnce(&mut Value)) -> Findings {
    let cell = |score: &Option<f64>| score.map(|score| score.to_string()).unwrap_or_default();
    let waves = rows[0].scores.len();
    let header: Vec<String> = (0..waves).map(|at| format!("w{at}")).collect();
    let mut roster = "id,school,arm,block,weight\n".to_owned();
    let mut scores = format!("id,{}\n", header.join(","));
    for (index, row) in rows.iter().enumerate() {
        roster += &format!("P{index:05},S{:02},{},B{},{}\n", row.school, row.arm, row.block, row.weight);
        let cells: Vec<String> = row.scores.iter().map(cell).collect();
        scores += &format!("P{index:05},{}\n", cells.join(","));
    }
    let mut files = Memory::default();
    files.insert("study.json", study_json(rows, change).to_string());
    files.insert("roster.csv", roster);
    files.insert("scores.csv", scores);
    let findings = pipeline::findings(Path::new("study.json"), &files);
    assert!(!serde_json::to_string(&findings).unwrap().contains("NaN"));
    for lang in Lang::ALL {
        let document = compose(&findings, lang);
        assert!(overclaims(&document, findings.plan.claim, "dampak").is_empty());
        let raw: Vec<String> = passages(&document)
            .into_iter()
            .filter(|words| words.contains("report.") || words.contains('{'))
            .collect();
        assert!(raw.is_empty(), "{raw:?}");
    }
    findings
}

fn codes(findings: &Findings) -> Vec<&str> {
    findings.plan.reasons.iter().map(|notice| notice.code.as_str()).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// t of school values by hand: estimate and standard error.
fn by_hand(values: &[f64]) -> [f64; 2] {
    let centre = mean(values);
    let squares: f64 = values.iter().map(|value| (value - centre).powi(2)).sum();
    let j = values.len() as f64;
    [centre, (squares / (j - 1.0) / j).sqrt()]
}

/// Students of `schools` schools; the arm alternates where there are arms.
fn drawn(schools: usize, students: usize, waves: usize, arms: bool) -> Vec<Row> {
    let mut stream = Stream::new(11, "designs");
    let mut rows = Vec::new();
    for school in 0..schools {
        let own: Vec<f64> = (0..waves).map(|wave| 50.0 + 3.0 * wave as f64 + 4.0 * stream.normal()).collect();
        for _ in 0..students + school % 3 {
            let ability = 8.0 * stream.normal();
            let scores = own.iter().map(|own| Some(own + ability + 5.0 * stream.normal())).collect();
            let arm = match (arms, school % 2) {
                (false, _) => "",
                (true, 0) => "p",
                (true, _) => "c",
            };
            rows.push(Row { school, arm, block: school / 2, weight: 1.0, scores });
        }
    }
    rows
}

fn school_means(rows: &[Row], wave: usize) -> Vec<f64> {
    let last = rows.iter().map(|row| row.school).max().unwrap();
    (0..=last)
        .map(|school| {
            let own: Vec<f64> =
                rows.iter().filter(|row| row.school == school).filter_map(|row| row.scores[wave]).collect();
            mean(&own)
        })
        .collect()
}

#[test]
fn three_waves_have_every_contrast_and_a_trend() {
    let rows = drawn(9, 8, 3, false);
    let findings = analysed(&rows, |study| study["analysis"]["compare"] = json!(["w0", "w1"]));
    assert!(codes(&findings).contains(&"A-DESIGN-005"));
    let outcome = &findings.outcomes[0];
    let growth = outcome.growth.as_ref().unwrap();
    let named: Vec<(&str, &str, bool)> =
        growth.contrasts.iter().map(|c| (c.from.as_str(), c.to.as_str(), c.primary)).collect();
    assert_eq!(named, [("w0", "w1", true), ("w0", "w2", false), ("w1", "w2", false)]);
    let means: Vec<Vec<f64>> = (0..3).map(|wave| school_means(&rows, wave)).collect();
    let change = |from: usize, to: usize| -> Vec<f64> {
        means[to].iter().zip(&means[from]).map(|(after, before)| after - before).collect()
    };
    for (contrast, (from, to)) in growth.contrasts.iter().zip([(0, 1), (0, 2), (1, 2)]) {
        let [estimate, se] = by_hand(&change(from, to));
        close(contrast.estimate.estimate, estimate, 1e-12);
        close(contrast.estimate.se.unwrap(), se, 1e-12);
        assert!(contrast.adjusted.unwrap() >= contrast.estimate.p.unwrap());
    }
    // The primary estimate is the declared pair, not first against last.
    close(outcome.estimates[0].estimate, by_hand(&change(0, 1))[0], 1e-12);
    // Equal steps of a year: the slope is half the change from first to last.
    let trend = growth.trend.as_ref().unwrap();
    assert_eq!(growth.unit, TimeUnit::Year);
    close(trend.estimate, by_hand(&change(0, 2))[0] / 2.0, 1e-3);
}

#[test]
fn cohorts_compare_school_means() {
    let mut rows = drawn(8, 40, 2, false);
    for (index, row) in rows.iter_mut().enumerate() {
        row.scores[index % 2] = None;
    }
    let findings = analysed(&rows, |study| study["analysis"]["persons"] = json!("cross_sections"));
    assert!(findings.plan.cross_sections && codes(&findings).contains(&"A-DESIGN-006"));
    let outcome = &findings.outcomes[0];
    let (before, after) = (school_means(&rows, 0), school_means(&rows, 1));
    let changes: Vec<f64> = after.iter().zip(&before).map(|(after, before)| after - before).collect();
    let [estimate, se] = by_hand(&changes);
    let primary = &outcome.estimates[0];
    assert_eq!((primary.method, primary.primary, primary.n), (Method::ClusterMeanT, true, rows.len()));
    close(primary.estimate, estimate, 1e-12);
    close(primary.se.unwrap(), se, 1e-12);
    assert_eq!(primary.df, Some(7.0));
    let methods: Vec<Method> = outcome.estimates.iter().map(|estimate| estimate.method).collect();
    assert_eq!(methods, [Method::ClusterMeanT, Method::StudentCr2, Method::SignFlip]);
    assert_eq!(outcome.effect_sizes[0].kind, "cohort_delta");
    assert_eq!(outcome.schools.len(), 8);
    assert!(outcome.notices.iter().all(|notice| notice.code != "A-MATCH-001"));
    // The next study meets as many per wave as this one did, not as many as the roster lists.
    let plan = &findings.planning[0];
    let value = |quantity: Quantity| {
        let found = plan.assumptions.iter().find(|entry| entry.quantity == quantity).unwrap();
        (found.value, found.source)
    };
    assert_eq!(
        (plan.design, value(Quantity::Schools)),
        (PlannedDesign::CrossSections, (8.0, Source::Scores))
    );
    let sizes = (0..2).flat_map(|wave| (0..8).map(move |school| (wave, school))).map(|(wave, school)| {
        rows.iter().filter(|row| row.school == school && row.scores[wave].is_some()).count() as f64
    });
    let harmonic = 16.0 / sizes.map(f64::recip).sum::<f64>();
    close(value(Quantity::Students).0, harmonic, 1e-12);
    let first: Vec<f64> = rows.iter().filter_map(|row| row.scores[0]).collect();
    let sd =
        (first.iter().map(|own| (own - mean(&first)).powi(2)).sum::<f64>() / (first.len() - 1) as f64).sqrt();
    close(value(Quantity::Sd).0, sd, 1e-12);
    let schools: Vec<usize> =
        rows.iter().filter(|row| row.scores[0].is_some()).map(|row| row.school).collect();
    let icc = anova_icc(&first, &schools, 0.05).unwrap();
    close(value(Quantity::Icc).0, icc.value, 1e-12);
    let icc_after = {
        let last: Vec<f64> = rows.iter().filter_map(|row| row.scores[1]).collect();
        let schools: Vec<usize> =
            rows.iter().filter(|row| row.scores[1].is_some()).map(|row| row.school).collect();
        anova_icc(&last, &schools, 0.05).unwrap()
    };
    let tau = |icc: dampak::impact::icc::Icc| (icc.ms_between - icc.ms_within) / icc.n0;
    let (m0, m1) = (mean(&before), mean(&after));
    let covariance = before.iter().zip(&after).map(|(x, y)| (x - m0) * (y - m1)).sum::<f64>() / 7.0;
    let r = covariance / (tau(icc) * tau(icc_after)).sqrt();
    let (r_between, source) = value(Quantity::RBetween);
    close(r_between, r.min(0.9), 1e-9);
    assert_eq!(source == Source::Capped, r > 0.9);
    let words = passages(&compose(&findings, Lang::Id)).join(" ");
    assert!(words.contains("potong lintang berulang"));
}

/// Those met after are another kind of student, and one school is gone.
#[test]
fn cohorts_show_who_was_met_and_which_schools_are_gone() {
    let mut rows = drawn(8, 12, 2, false);
    for (index, row) in rows.iter_mut().enumerate() {
        row.scores[index % 2] = None;
        row.block = usize::from(index % 2 == 1 && index % 10 != 1 || index % 10 == 0);
        if row.school == 7 {
            row.scores[1] = None;
        }
    }
    let findings = analysed(&rows, |study| {
        study["analysis"]["persons"] = json!("cross_sections");
        study["analysis"]["smallest_effect_of_interest"] = json!(0.3);
        study["covariates"] = json!([{ "id": "block", "label": text("Block"), "column": "block" }]);
    });
    let row = &findings.baseline.composition[0];
    let share = |wave: usize| {
        let met: Vec<&Row> = rows.iter().filter(|row| row.scores[wave].is_some()).collect();
        met.iter().filter(|row| row.block == 1).count() as f64 / met.len() as f64
    };
    close(row.before.mean, share(0), 1e-12);
    close(row.after.mean, share(1), 1e-12);
    assert!(row.value < -0.25 && row.missing == 0);
    assert!(findings.notices.iter().any(|notice| notice.code == "A-COHORT-001"));
    let level = &findings.attrition[0].levels[0];
    assert_eq!(
        (findings.attrition[0].levels.len(), level.groups[0].assigned, level.groups[0].analysed),
        (1, 8, 7)
    );
    let outcome = &findings.outcomes[0];
    let equivalence = outcome.equivalence.as_ref().unwrap();
    let first: Vec<f64> = rows.iter().filter_map(|row| row.scores[0]).collect();
    let sd =
        (first.iter().map(|own| (own - mean(&first)).powi(2)).sum::<f64>() / (first.len() - 1) as f64).sqrt();
    close(equivalence.margin, 0.3 * sd, 1e-12);
    close(outcome.mdes.as_ref().unwrap().score / outcome.mdes.as_ref().unwrap().sd, sd, 1e-12);
    let words = passages(&compose(&findings, Lang::En)).join(" ");
    assert!(words.contains("Who was met before and after"));
}

#[test]
fn cohorts_of_two_arms_compare_differences() {
    let mut rows = drawn(10, 12, 2, true);
    for (index, row) in rows.iter_mut().enumerate() {
        row.scores[index % 2] = None;
    }
    let findings = analysed(&rows, |study| {
        study["analysis"]["persons"] = json!("cross_sections");
        study["assignment"] = json!("school");
    });
    let primary = &findings.outcomes[0].estimates[0];
    let (before, after) = (school_means(&rows, 0), school_means(&rows, 1));
    let of = |arm: usize| -> Vec<f64> {
        (0..10).filter(|school| school % 2 == arm).map(|school| after[school] - before[school]).collect()
    };
    let ([program, se_program], [comparison, se_comparison]) = (by_hand(&of(0)), by_hand(&of(1)));
    assert_eq!(primary.method, Method::DidClusterCr2);
    close(primary.estimate, program - comparison, 1e-12);
    close(primary.se.unwrap(), se_program.hypot(se_comparison), 1e-12);
}

#[test]
fn pairs_are_kept_to() {
    let mut rows = drawn(12, 8, 2, true);
    let findings = analysed(&rows, |study| study["roster"][0]["columns"]["pair"] = json!("block"));
    let strata = findings.plan.strata.unwrap();
    assert_eq!((strata.pairs, strata.count, strata.one_sided), (true, 6, 0));
    assert!(codes(&findings).contains(&"A-STRATA-001") && !codes(&findings).contains(&"A-STRATA-002"));
    assert_eq!(findings.plan.primary, Some(Method::AncovaWorking));
    let estimates = &findings.outcomes[0].estimates;
    let of = |method: Method| estimates.iter().find(|estimate| estimate.method == method).unwrap();
    // Six pairs have 2^6 assignments, twelve schools without pairs 924.
    assert_eq!(of(Method::SchoolPermutation).draws.unwrap().count, 64);
    // Pairs' differences by hand.
    let (before, after) = (school_means(&rows, 0), school_means(&rows, 1));
    let change = |school: usize| after[school] - before[school];
    let pairs: Vec<f64> = (0..6).map(|pair| change(2 * pair) - change(2 * pair + 1)).collect();
    let [estimate, se] = by_hand(&pairs);
    close(of(Method::DidClusterCr2).estimate, estimate, 1e-12);
    close(of(Method::DidClusterCr2).se.unwrap(), se, 1e-10);
    close(of(Method::DidClusterCr2).df.unwrap(), 5.0, 1e-8);
    // Corrected for a reliability of one it is the study's own adjusted analysis, pairs and all.
    let corrected = &findings.outcomes[0].measurement_error.as_ref().unwrap().corrected;
    let plain = corrected.iter().find(|own| own.reliability == 1.0).unwrap();
    close(plain.estimate, of(Method::AncovaCr2).estimate, 1e-9);
    assert_eq!((plain.draws.enumerated, plain.clusters), (true, 12));
    // The next study has pairs too, on as many degrees of freedom as pairs less one.
    let plan = &findings.planning[0];
    assert_eq!(
        (plan.design, plan.planned.units, plan.planned.df),
        (PlannedDesign::PairedRandomised, 6.0, 5.0)
    );
    // A pair that lost its comparison school tells nothing, and the plan says so.
    rows.retain(|row| row.school != 11);
    let findings = analysed(&rows, |study| study["roster"][0]["columns"]["pair"] = json!("block"));
    assert_eq!(findings.plan.strata.unwrap().one_sided, 1);
    assert!(codes(&findings).contains(&"A-STRATA-002"));
}

#[test]
fn arms_within_schools_are_compared_within() {
    let mut rows = drawn(8, 14, 2, true);
    for (index, row) in rows.iter_mut().enumerate() {
        row.arm = if (index * 7 + row.school) % 3 == 0 { "p" } else { "c" };
    }
    let findings = analysed(&rows, |study| study["assignment"] = json!("random_student"));
    assert!(findings.plan.arms_within_schools && codes(&findings).contains(&"A-DESIGN-007"));
    let estimates = &findings.outcomes[0].estimates;
    assert_eq!((estimates[0].method, estimates[0].primary), (Method::AncovaWithin, true));
    assert!(estimates.iter().any(|estimate| estimate.method == Method::Multisite));
    // The same coefficient with an indicator for every school.
    let column = |wave: usize| rows.iter().map(|row| row.scores[wave].unwrap()).collect::<Vec<f64>>();
    let cluster: Vec<usize> = rows.iter().map(|row| row.school).collect();
    let program: Vec<f64> = rows
        .iter()
        .map(|row| if row.arm == "p" { Arm::Program.indicator() } else { Arm::Comparison.indicator() })
        .collect();
    let mut design = Design::new(&column(1), &cluster).with("arm", &program).with("pre", &column(0));
    for school in 1..8 {
        let own: Vec<f64> = cluster.iter().map(|c| f64::from(u8::from(*c == school))).collect();
        design = design.with(&format!("school {school}"), &own);
    }
    let fit = fit_ols(&design).unwrap();
    let test = cluster_test(&fit, &fit.contrast(&[("arm", 1.0)]).unwrap(), Adjustment::Cr2, 0.05).unwrap();
    close(estimates[0].estimate, test.estimate, 1e-10);
    close(estimates[0].se.unwrap(), test.se, 1e-2);
    let corrected = &findings.outcomes[0].measurement_error.as_ref().unwrap().corrected;
    let plain = corrected.iter().find(|own| own.reliability == 1.0).unwrap();
    close(plain.estimate, estimates[0].estimate, 1e-9);
    // Persons, not schools, are in the programme; chosen or drawn, schools are the blocks of the next study.
    let share = rows.iter().filter(|row| row.arm == "p").count() as f64 / rows.len() as f64;
    let chosen = analysed(&rows, |study| study["assignment"] = json!("self_selected"));
    for planned in [&findings.planning[0], &chosen.planning[0]] {
        let value = |quantity: Quantity| {
            planned.assumptions.iter().find(|entry| entry.quantity == quantity).unwrap().value
        };
        assert_eq!(planned.design, PlannedDesign::Multisite);
        close(value(Quantity::ProgramShare), share, 1e-12);
    }
    // The slope of the pretest in one, the plain change in the other.
    let explained = |findings: &Findings| {
        let all = &findings.planning[0].assumptions;
        all.iter().find(|entry| entry.quantity == Quantity::R2Students).unwrap().value
    };
    let r = explained(&findings).sqrt();
    close(explained(&chosen), 2.0 * r - 1.0, 1e-9);
}

#[test]
fn three_arms_have_classical_tests_within_each_only() {
    let mut rows = drawn(9, 12, 2, true);
    for row in &mut rows {
        row.arm = ["p", "c", "q"][row.school % 3];
    }
    let findings = analysed(&rows, |study| {
        let third = json!({ "id": "q", "label": text("Q"), "role": "programme" });
        study["arms"].as_array_mut().unwrap().push(third);
    });
    let classical = &findings.classical[0];
    assert!(classical.independent_t.is_empty() && classical.paired_t.len() == 3);
    assert!(classical.notices.iter().any(|notice| notice.code == "A-CLASSIC-006"));
}

#[test]
fn weights_count_persons_as_often_as_they_say() {
    let mut rows = drawn(9, 8, 2, false);
    for (index, row) in rows.iter_mut().enumerate() {
        row.weight = 1.0 + (index % 4) as f64;
    }
    let findings = analysed(&rows, |study| study["roster"][0]["columns"]["weight"] = json!("weight"));
    assert!(codes(&findings).contains(&"A-WEIGHT-001"));
    let found = findings.outcomes[0].estimates.iter().find(|e| e.method == Method::WeightedCr2).unwrap();
    let total: f64 = rows.iter().map(|row| row.weight).sum();
    let change = |row: &Row| row.scores[1].unwrap() - row.scores[0].unwrap();
    let by_hand: f64 = rows.iter().map(|row| row.weight * change(row)).sum::<f64>() / total;
    close(found.estimate, by_hand, 1e-12);
    // CR0 by hand is what CR2 corrects upward, by some ten percent with nine schools.
    let score = |school: usize| -> f64 {
        let own = rows.iter().filter(|row| row.school == school);
        own.map(|row| row.weight * (change(row) - by_hand)).sum::<f64>() / total
    };
    let cr0 = (0..9).map(|school| score(school).powi(2)).sum::<f64>().sqrt();
    let ratio = found.se.unwrap() / cr0;
    assert!(ratio > 1.02 && ratio < 1.15, "{ratio}");
}

#[test]
fn methods_agree_where_schools_are_equal() {
    // Without unequal schools the school means, CR2 and the mixed model are the same t-test (standards 0).
    let mut rows = drawn(13, 10, 2, false);
    let mut kept = [0usize; 13];
    rows.retain(|row| {
        kept[row.school] += 1;
        kept[row.school] <= 10
    });
    let findings = analysed(&rows, |_| {});
    let outcome = &findings.outcomes[0];
    let agreement = outcome.agreement.as_ref().unwrap();
    let of = |method: InferenceMethod| -> &AgreementRow {
        agreement.rows.iter().find(|row| row.method == method).unwrap()
    };
    let primary = &agreement.rows[0];
    assert!(primary.primary && primary.method == InferenceMethod::SchoolMeans);
    assert_eq!(primary.estimate, Some(outcome.estimates[0].estimate));
    // With schools of one size all of them are the same numbers; CR2 through a matrix root, the mixed model at the end
    // of a search whose last step is below 1e-8 of the variances.
    for (method, tolerance) in [
        (InferenceMethod::Cr2, 1e-11),
        (InferenceMethod::MixedSatterthwaite, 1e-8),
        (InferenceMethod::MixedKenwardRoger, 1e-8),
    ] {
        close(of(method).estimate.unwrap(), primary.estimate.unwrap(), tolerance);
        close(of(method).se.unwrap(), primary.se.unwrap(), tolerance);
        close(of(method).df.unwrap(), 12.0, 100.0 * tolerance);
    }
    assert!(of(InferenceMethod::Cr0).se < of(InferenceMethod::Cr2).se);
    assert!(of(InferenceMethod::Cr2).se < of(InferenceMethod::Cr3).se);
    let draws = of(InferenceMethod::WildRestricted).draws.unwrap();
    assert_eq!((draws.count, draws.enumerated), (8192, true));
    let range = agreement.leave_one_out.as_ref().unwrap();
    assert!(range.low < primary.estimate.unwrap() && primary.estimate.unwrap() < range.high);
}

#[test]
fn schools_of_very_unequal_size_are_named() {
    let mut rows = drawn(9, 6, 2, false);
    let many = rows.iter().filter(|row| row.school == 0).cloned().collect::<Vec<_>>();
    rows.extend((0..12).flat_map(|_| many.clone()));
    let findings = analysed(&rows, |_| {});
    let sizes = findings.plan.sizes.unwrap();
    assert_eq!((sizes.smallest, sizes.largest), (6, 78));
    assert!(codes(&findings).contains(&"A-SIZE-001"));
}
