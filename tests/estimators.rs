//! What the plan lists is what is run, and its numbers are those of R: `reference/estimators.R` made
//! `reference/estimators.json` (clubSandwich, lme4, pbkrtest; versions stand in the file).

mod pipeline;

use std::path::Path;

use dampak::analysis::findings::{
    AgreementRow, DeviationKind, EstimateFindings, InferenceMethod, Method, NoticeKind,
};
use dampak::analysis::lock::{self, PlanLock};
use dampak::analysis::{Findings, plan};
use dampak::i18n::Lang;
use dampak::io::Memory;
use dampak::num::rng::Stream;
use dampak::report::claim::{overclaims, passages};
use dampak::report::compose;
use dampak::{response, study};
use serde_json::{Value, json};

/// Sums in another order, and roots of matrices by other routes.
const CLOSED: f64 = 1e-8;
/// The optimum of lme4 is good to about the root of the precision of its criterion, and the degrees of freedom of
/// Kenward and Roger take second derivatives there.
const OPTIMUM: f64 = 2e-5;

#[track_caller]
fn close(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance * expected.abs().max(1.0), "{found} is not {expected}");
}

/// A row of the roster with its scores before and after.
#[derive(Clone, Debug)]
struct Row {
    school: usize,
    arm: &'static str,
    pair: usize,
    weight: f64,
    scores: [Option<f64>; 2],
}

fn text(word: &str) -> Value {
    json!({ "id": word, "en": word })
}

fn files(rows: &[Row], change: impl FnOnce(&mut Value)) -> Memory {
    let arm = |id: &str, role: &str| json!({ "id": id, "label": text(id), "role": role });
    let mut study = json!({
        "format": "dampak.study/1", "id": "estimators", "title": text("Estimators"),
        "waves": [{ "id": "pre", "label": text("Pre") }, { "id": "post", "label": text("Post") }],
        "arms": [arm("p", "programme"), arm("c", "comparison")], "assignment": "random_school",
        "roster": [{ "respondent": "student", "file": "roster.csv",
            "columns": { "person": "id", "school": "school", "arm": "arm" } }],
        "score_files": [{ "id": "tests", "file": "scores.csv", "person": "id" }],
        "outcomes": [{ "id": "score", "label": text("Score"), "role": "primary",
            "from": { "score_file": "tests", "columns": { "pre": "pre", "post": "post" } } }],
        "analysis": { "permutations": 99 }
    });
    change(&mut study);
    let cell = |score: &Option<f64>| score.map(|score| score.to_string()).unwrap_or_default();
    let mut roster = "id,school,arm,pair,weight\n".to_owned();
    let mut scores = "id,pre,post\n".to_owned();
    for (index, row) in rows.iter().enumerate() {
        roster += &format!("P{index:05},S{:02},{},B{},{}\n", row.school, row.arm, row.pair, row.weight);
        scores += &format!("P{index:05},{},{}\n", cell(&row.scores[0]), cell(&row.scores[1]));
    }
    let mut files = Memory::default();
    files.insert("study.json", study.to_string());
    files.insert("roster.csv", roster);
    files.insert("scores.csv", scores);
    files
}

fn analysed(rows: &[Row], change: impl FnOnce(&mut Value)) -> Findings {
    let findings = pipeline::findings(Path::new("study.json"), &files(rows, change));
    for lang in Lang::ALL {
        let document = compose(&findings, lang);
        assert!(overclaims(&document, findings.plan.claim, "dampak").is_empty());
        let raw: Vec<String> = passages(&document)
            .into_iter()
            .filter(|words| words.contains("report.") || words.contains('{') || words.contains("NaN"))
            .collect();
        assert!(raw.is_empty(), "{raw:?}");
    }
    findings
}

fn reference() -> Value {
    serde_json::from_str(include_str!("reference/estimators.json")).unwrap()
}

/// The students of a data set of the reference.
fn students(name: &str) -> Vec<Row> {
    let reference = reference();
    let data = &reference[name];
    let column = |name: &str| -> Option<Vec<f64>> {
        data[name].as_array().map(|list| list.iter().map(|value| value.as_f64().unwrap()).collect())
    };
    let [school, arm, before, after, weight] =
        ["school", "arm", "before", "after", "weight"].map(|name| column(name).unwrap());
    let pair = column("pair").unwrap_or_else(|| vec![0.0; school.len()]);
    (0..school.len())
        .map(|row| Row {
            school: school[row] as usize,
            arm: if arm[row] > 0.5 { "p" } else { "c" },
            pair: pair[row] as usize,
            weight: weight[row],
            scores: [Some(before[row]), Some(after[row])],
        })
        .collect()
}

fn of(findings: &Findings, method: Method) -> Option<&EstimateFindings> {
    findings.outcomes[0].estimates.iter().find(|estimate| estimate.method == method)
}

fn methods(findings: &Findings) -> Vec<Method> {
    findings.outcomes[0].estimates.iter().map(|estimate| estimate.method).collect()
}

fn codes(findings: &Findings) -> Vec<&str> {
    findings.notices.iter().map(|notice| notice.code.as_str()).collect()
}

/// Estimate, standard error and degrees of freedom against the reference.
#[track_caller]
fn agrees(found: Option<&EstimateFindings>, expected: &Value, tolerance: f64) {
    let found = found.expect("an estimate by the method");
    close(found.estimate, expected["estimate"].as_f64().unwrap(), tolerance);
    close(found.se.unwrap(), expected["se"].as_f64().unwrap(), tolerance);
    close(found.df.unwrap(), expected["df"].as_f64().unwrap(), tolerance);
}

#[track_caller]
fn row_agrees(findings: &Findings, method: InferenceMethod, expected: &Value, tolerance: f64) {
    let rows = &findings.outcomes[0].agreement.as_ref().unwrap().rows;
    let row: &AgreementRow = rows.iter().find(|row| row.method == method).unwrap();
    close(row.estimate.unwrap(), expected["estimate"].as_f64().unwrap(), tolerance);
    close(row.se.unwrap(), expected["se"].as_f64().unwrap(), tolerance);
    close(row.df.unwrap(), expected["df"].as_f64().unwrap(), tolerance);
}

fn weighted(study: &mut Value) {
    study["roster"][0]["columns"]["weight"] = json!("weight");
}

fn paired(study: &mut Value) {
    study["roster"][0]["columns"]["pair"] = json!("pair");
}

#[test]
fn schools_without_pairs_have_the_numbers_of_r() {
    let (rows, expected) = (students("schools"), &reference()["plain"]);
    let findings = analysed(&rows, weighted);
    assert_eq!(findings.plan.primary, Some(Method::AncovaWorking));
    assert_eq!(
        methods(&findings),
        [
            Method::AncovaWorking,
            Method::AncovaCr2,
            Method::AncovaContextual,
            Method::AncovaSchoolMeans,
            Method::DidClusterCr2,
            Method::DidStudentCr2,
            Method::SchoolPermutation,
            Method::WeightedCr2,
        ]
    );
    agrees(of(&findings, Method::AncovaWorking), &expected["ancova_working"], OPTIMUM);
    agrees(of(&findings, Method::AncovaCr2), &expected["ancova_cr2"], CLOSED);
    agrees(of(&findings, Method::AncovaContextual), &expected["ancova_contextual"], CLOSED);
    agrees(of(&findings, Method::AncovaSchoolMeans), &expected["ancova_school_means"], CLOSED);
    agrees(of(&findings, Method::DidStudentCr2), &expected["did_student_cr2"], CLOSED);
    agrees(of(&findings, Method::WeightedCr2), &expected["weighted_cr2"], CLOSED);
    // The other root of the same adjustment, and equal variances, are one percent away at most.
    for other in ["weighted_target", "weighted_default"] {
        let other = expected[other]["se"].as_f64().unwrap();
        let distance = of(&findings, Method::WeightedCr2).unwrap().se.unwrap() / other - 1.0;
        assert!(distance.abs() > 1e-3 && distance.abs() < 1e-2, "{distance}");
    }
    row_agrees(&findings, InferenceMethod::MixedKenwardRoger, &expected["mixed"], OPTIMUM);
    assert!(codes(&findings).contains(&"A-METHOD-004") && !codes(&findings).contains(&"A-METHOD-003"));
}

#[test]
fn pairs_enter_every_method() {
    let (rows, expected) = (students("schools"), &reference()["pairs"]);
    let drawn = analysed(&rows, |study| {
        weighted(study);
        paired(study);
    });
    agrees(of(&drawn, Method::AncovaWorking), &expected["ancova_working"], OPTIMUM);
    agrees(of(&drawn, Method::AncovaCr2), &expected["ancova_cr2"], CLOSED);
    agrees(of(&drawn, Method::DidStudentCr2), &expected["did_student_cr2"], CLOSED);
    agrees(of(&drawn, Method::DidClusterCr2), &expected["did_cluster_cr2"], CLOSED);
    agrees(of(&drawn, Method::WeightedCr2), &expected["weighted_cr2"], CLOSED);
    row_agrees(&drawn, InferenceMethod::MixedKenwardRoger, &expected["mixed"], OPTIMUM);
    // Six pairs leave five degrees of freedom: nothing to spend on the schools' mean pretest.
    assert!(of(&drawn, Method::AncovaContextual).is_none());
    let not_drawn = analysed(&rows, |study| {
        study["assignment"] = json!("school");
        paired(study);
    });
    assert_eq!(not_drawn.plan.primary, Some(Method::DidClusterCr2));
    // One pooled variance knows of no pairs.
    let listed = [Method::DidStudentCr2, Method::AncovaCr2, Method::SchoolPermutation];
    assert_eq!(not_drawn.plan.sensitivity[..3], listed);
    row_agrees(&not_drawn, InferenceMethod::MixedKenwardRoger, &expected["mixed_change"], OPTIMUM);
}

#[test]
fn arms_within_schools_have_effects_of_schools() {
    let (rows, expected) = (students("split"), &reference()["within"]);
    let drawn = analysed(&rows, |study| {
        study["assignment"] = json!("random_student");
        weighted(study);
    });
    assert_eq!(
        methods(&drawn),
        [
            Method::AncovaWithin,
            Method::Multisite,
            Method::DidStudentCr2,
            Method::StudentPermutation,
            Method::WeightedCr2,
        ]
    );
    agrees(of(&drawn, Method::AncovaWithin), &expected["ancova_within"], CLOSED);
    agrees(of(&drawn, Method::DidStudentCr2), &expected["did_student_cr2"], CLOSED);
    agrees(of(&drawn, Method::WeightedCr2), &expected["weighted_cr2"], CLOSED);
    agrees(of(&drawn, Method::Multisite), &expected["multisite"], OPTIMUM);
    assert!(of(&drawn, Method::Multisite).unwrap().notes.is_empty());
    row_agrees(&drawn, InferenceMethod::MixedKenwardRoger, &expected["multisite"], OPTIMUM);
    let permuted = of(&drawn, Method::StudentPermutation).unwrap();
    close(permuted.estimate, expected["did_student_cr2"]["estimate"].as_f64().unwrap(), CLOSED);
    assert_eq!((permuted.n, permuted.clusters), (rows.len(), Some(10)));
    assert!(codes(&drawn).contains(&"A-METHOD-005"));
    // Ten schools with both arms are ten schools, not twenty.
    let units = drawn.notices.iter().find(|notice| notice.code == "A-UNIT-001").unwrap();
    assert!(units.text.get(Lang::En).contains("the 10 schools"));

    let chosen = analysed(&rows, |study| study["assignment"] = json!("self_selected"));
    assert_eq!(methods(&chosen), [Method::DidStudentCr2, Method::AncovaWithin]);
    let primary = of(&chosen, Method::DidStudentCr2).unwrap();
    assert!(primary.primary);
    agrees(Some(primary), &expected["did_student_cr2"], CLOSED);
    // The row of the regression on students is the primary estimate.
    row_agrees(&chosen, InferenceMethod::Cr2, &expected["did_student_cr2"], CLOSED);
    row_agrees(&chosen, InferenceMethod::MixedKenwardRoger, &expected["mixed_change"], OPTIMUM);
}

/// Six students in each of `schools`, three with the programme.
fn few_split(schools: usize) -> Vec<Row> {
    let mut stream = Stream::new(5, "few split");
    let mut rows = Vec::new();
    for school in 0..schools {
        for student in 0..6 {
            let before = (50.0 + 8.0 * stream.normal()).round();
            let after = before + 4.0 + (5.0 * stream.normal()).round();
            let arm = if student < 3 { "p" } else { "c" };
            rows.push(Row { school, arm, pair: 0, weight: 2.0, scores: [Some(before), Some(after)] });
        }
    }
    rows
}

/// Triples of 0..6 with their sums over `values`.
fn sums_of_three(values: &[f64]) -> Vec<f64> {
    let mut sums = Vec::new();
    for a in 0..6 {
        for b in a + 1..6 {
            for c in b + 1..6 {
                sums.push(values[a] + values[b] + values[c]);
            }
        }
    }
    sums
}

#[test]
fn few_schools_with_both_arms_permute_students_where_lots_were_drawn() {
    let rows = few_split(4);
    let findings = analysed(&rows, |study| {
        study["assignment"] = json!("random_student");
        weighted(study);
    });
    assert_eq!(methods(&findings), [Method::StudentPermutation]);
    let primary = of(&findings, Method::StudentPermutation).unwrap();
    assert!(primary.primary && primary.ci.is_none() && primary.se.is_none());
    // All 20^4 lots that could have been drawn, by hand: three of six in each school.
    let change = |row: &Row| row.scores[1].unwrap() - row.scores[0].unwrap();
    let schools: Vec<Vec<f64>> = (0..4)
        .map(|school| {
            let own: Vec<f64> = rows.iter().filter(|row| row.school == school).map(change).collect();
            let mean = own.iter().sum::<f64>() / 6.0;
            own.iter().map(|value| value - mean).collect()
        })
        .collect();
    let observed: f64 = schools.iter().map(|own| own[0] + own[1] + own[2]).sum();
    let sums: Vec<Vec<f64>> = schools.iter().map(|own| sums_of_three(own)).collect();
    let two: Vec<f64> = sums[0].iter().flat_map(|a| sums[1].iter().map(move |b| a + b)).collect();
    let others: Vec<f64> = sums[2].iter().flat_map(|a| sums[3].iter().map(move |b| a + b)).collect();
    let is_extreme = |sum: f64| sum.abs() >= observed.abs() - 1e-9;
    let extreme: usize = two.iter().map(|a| others.iter().filter(|b| is_extreme(a + **b)).count()).sum();
    close(primary.p.unwrap(), extreme as f64 / 160_000.0, 1e-12);
    assert_eq!(primary.draws.unwrap().count, 160_000);
    // Each school weighs 6 * 1/2 * 1/2 = 3/2.
    close(primary.estimate, observed / 6.0, 1e-12);
    assert!(codes(&findings).contains(&"A-FEW-004") && !codes(&findings).contains(&"A-FEW-001"));
    assert!(codes(&findings).contains(&"A-WEIGHT-002") && !codes(&findings).contains(&"A-WEIGHT-001"));

    let chosen = analysed(&rows, |study| study["assignment"] = json!("self_selected"));
    assert_eq!((chosen.plan.primary, methods(&chosen)), (None, Vec::new()));
    assert!(codes(&chosen).contains(&"A-FEW-005"));
    let words = passages(&compose(&chosen, Lang::En)).join(" ");
    assert!(words.contains("The primary estimate of this outcome could not be computed"), "{words}");
}

/// Students of `schools` schools, every other one with the programme.
fn drawn(schools: usize, students: usize) -> Vec<Row> {
    let mut stream = Stream::new(17, "estimators");
    let mut rows = Vec::new();
    for school in 0..schools {
        let (level, gain) = (50.0 + 4.0 * stream.normal(), 3.0 + 2.0 * stream.normal());
        for _ in 0..students + school % 3 {
            let before = level + 8.0 * stream.normal();
            let scores = [Some(before), Some(before + gain + 5.0 * stream.normal())];
            let arm = if school % 2 == 0 { "p" } else { "c" };
            rows.push(Row { school, arm, pair: school / 2, weight: 1.0, scores });
        }
    }
    rows
}

#[test]
fn cross_sections_drawn_by_lot_are_done_as_planned_and_locked() {
    let mut rows = drawn(12, 10);
    for (index, row) in rows.iter_mut().enumerate() {
        row.scores[index % 2] = None;
    }
    let change = |study: &mut Value| {
        study["analysis"]["persons"] = json!("cross_sections");
        weighted(study);
    };
    let mut findings = analysed(&rows, change);
    let planned: Vec<Method> =
        findings.plan.primary.into_iter().chain(findings.plan.sensitivity.clone()).collect();
    assert_eq!(planned, methods(&findings));
    assert_eq!(planned[0], Method::DidClusterCr2);
    for code in ["A-METHOD-001", "A-METHOD-003", "A-METHOD-004", "A-WEIGHT-001"] {
        assert!(!codes(&findings).contains(&code), "{code}");
    }
    assert!(codes(&findings).contains(&"A-METHOD-002") && codes(&findings).contains(&"A-WEIGHT-002"));
    let memory = files(&rows, change);
    let path = Path::new("study.json");
    let bound = study::bind(pipeline::study(path, &memory), path, &memory).value.unwrap();
    let responses = response::read(&bound, &memory).value;
    let state = lock::state(&bound, &responses);
    let locked = PlanLock::new("estimators", state.clone(), None, None, Vec::new());
    let found = lock::compare(&locked, &state, &findings);
    assert!(found.deviations.is_empty(), "{:?}", found.deviations);
    // The comparison would tell another method.
    findings.outcomes[0].estimates[0].method = Method::SchoolPermutation;
    let found = lock::compare(&locked, &state, &findings);
    assert_eq!(found.deviations[0].kind, DeviationKind::MethodNotUsed);
    assert_eq!(plan::read(&bound, &responses), findings.plan);
}

#[test]
fn cross_sections_of_arms_that_share_schools_are_compared_within_them() {
    let mut rows = few_split(8);
    for (index, row) in rows.iter_mut().enumerate() {
        row.scores[index % 2] = None;
    }
    let findings = analysed(&rows, |study| {
        study["assignment"] = json!("random_student");
        study["analysis"]["persons"] = json!("cross_sections");
    });
    let planned: Vec<Method> =
        findings.plan.primary.into_iter().chain(findings.plan.sensitivity.clone()).collect();
    assert_eq!(planned, [Method::WithinSchoolT, Method::DidStudentCr2, Method::SignFlip]);
    assert_eq!(planned, methods(&findings));
    assert_eq!(findings.outcomes[0].estimates[0].df, Some(7.0));
}

#[test]
fn few_linked_schools_are_only_permuted_however_many_the_roster_names() {
    let mut rows = drawn(12, 10);
    rows.iter_mut().filter(|row| row.school >= 5).for_each(|row| row.scores[1] = None);
    let findings = analysed(&rows, weighted);
    assert_eq!(findings.plan.primary, Some(Method::AncovaWorking));
    assert_eq!(methods(&findings), [Method::SchoolPermutation]);
    assert!(codes(&findings).contains(&"A-FEW-001"));
    // Many linked schools, but one of the comparison.
    let mut rows = drawn(14, 10);
    rows.iter_mut().filter(|row| row.arm == "c" && row.school > 1).for_each(|row| row.scores[1] = None);
    let findings = analysed(&rows, |_| {});
    assert!(methods(&findings).is_empty() && codes(&findings).contains(&"A-FEW-002"));
    assert!(!codes(&findings).contains(&"A-FEW-001"));
    for (lang, words) in [
        (Lang::Id, "Taksiran utama untuk hasil ini tidak dapat dihitung"),
        (Lang::En, "could not be computed"),
    ] {
        assert!(passages(&compose(&findings, lang)).join(" ").contains(words));
    }
}

#[test]
fn an_arm_that_strata_span_has_no_estimate() {
    let mut rows = drawn(12, 8);
    // Each stratum holds schools of one arm only.
    rows.iter_mut().for_each(|row| row.pair = row.school % 4);
    let findings = analysed(&rows, |study| study["roster"][0]["columns"]["stratum"] = json!("pair"));
    assert!(codes(&findings).contains(&"A-STRATA-002"));
    assert!(findings.outcomes[0].estimates.is_empty(), "{:#?}", findings.outcomes[0].estimates);
}

#[test]
fn a_mixed_model_at_its_limit_says_so() {
    let mut stream = Stream::new(23, "no slope");
    let mut rows = Vec::new();
    for school in 0..8 {
        for student in 0..12 {
            let before = 50.0 + 3.0 * f64::from(school % 3) + 8.0 * stream.normal();
            // Schools differ in their gain. The gains within them are the same in all, so that the difference
            // between the arms varies less than chance would make it.
            let own = 3.0 * f64::from(school % 4) + 2.0 * f64::from(student / 2);
            let gain = own + if student % 2 == 0 { 4.0 } else { 0.0 };
            let arm = if student % 2 == 0 { "p" } else { "c" };
            let scores = [Some(before), Some(before + gain)];
            rows.push(Row { school: school as usize, arm, pair: 0, weight: 1.0, scores });
        }
    }
    let findings = analysed(&rows, |study| study["assignment"] = json!("random_student"));
    let notes = &of(&findings, Method::Multisite).unwrap().notes;
    for (lang, words) in [(Lang::Id, "berkorelasi sempurna"), (Lang::En, "perfectly correlated")] {
        let said = notes
            .iter()
            .any(|note| note.get(lang).contains(words) && note.get(lang).contains("(A-MODEL-003)"));
        assert!(said, "{notes:?}");
    }
    let page = passages(&compose(&findings, Lang::Id)).join(" ");
    assert!(page.contains("A-MODEL-003"));
}

#[test]
fn arms_without_a_comparison_and_pairs_that_are_none_are_said() {
    let mut rows = drawn(12, 8);
    let none = analysed(&rows, |study| study["arms"][1]["role"] = json!("programme"));
    assert!(codes(&none).contains(&"A-DESIGN-009") && !codes(&none).contains(&"A-DESIGN-008"));
    // School 3 moves from pair 1 into pair 2.
    rows.iter_mut().filter(|row| row.school == 3).for_each(|row| row.pair = 2);
    let odd = analysed(&rows, paired);
    let notice = odd.notices.iter().find(|notice| notice.code == "A-STRATA-003").unwrap();
    assert_eq!(notice.kind, NoticeKind::Caution);
    assert!(notice.text.get(Lang::En).contains("\"B1\" (1 school), \"B2\" (3 schools)"), "{notice:?}");
    // Strata may hold any number.
    let strata = analysed(&rows, |study| study["roster"][0]["columns"]["stratum"] = json!("pair"));
    assert!(!codes(&strata).contains(&"A-STRATA-003"));
}

#[test]
fn a_plan_is_about_the_respondents_of_its_first_primary_outcome() {
    let rows = drawn(12, 8);
    let mut memory = files(&rows, |study| {
        let roster = json!({ "respondent": "teacher", "file": "teachers.csv",
            "columns": { "person": "id", "arm": "arm" } });
        let marks =
            json!({ "id": "practice", "file": "practice.csv", "person": "id", "respondent": "teacher" });
        let outcome = json!({ "id": "teaching", "label": text("Teaching"), "role": "secondary",
            "from": { "score_file": "practice", "columns": { "pre": "pre", "post": "post" } } });
        study["roster"].as_array_mut().unwrap().push(roster);
        study["score_files"].as_array_mut().unwrap().push(marks);
        study["outcomes"].as_array_mut().unwrap().insert(0, outcome);
    });
    let rows = |row: &dyn Fn(usize) -> String| (0..20).map(row).collect::<String>();
    memory.insert(
        "teachers.csv",
        "id,arm\n".to_owned() + &rows(&|at| format!("T{at:02},{}\n", if at < 10 { "p" } else { "c" })),
    );
    memory.insert(
        "practice.csv",
        "id,pre,post\n".to_owned() + &rows(&|at| format!("T{at:02},{},{}\n", 10 + at % 4, 12 + at % 5)),
    );
    let findings = pipeline::findings(Path::new("study.json"), &memory);
    assert_eq!(findings.plan.primary, Some(Method::AncovaWorking));
    let teaching = findings.outcomes.iter().find(|outcome| outcome.id == "teaching").unwrap();
    assert!(!teaching.estimates.is_empty());
}
