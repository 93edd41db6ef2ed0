//! Two public studies through the whole chain, held against what R and its packages find in the same data.
//!
//! The data and the reference numbers stay outside the project (`../shared`); where they are absent the
//! tests say so and pass. Every number of a reference file is either compared here or listed as one that
//! dampak does not print, so that none is passed over in silence. `--nocapture` shows the table.

mod pipeline;
mod shared_files;

use std::collections::BTreeSet;
use std::path::Path;

use dampak::analysis::Findings;
use dampak::analysis::findings::{
    AgreementRow, Design, EffectSize, EstimateFindings, InferenceMethod, Method, OutcomeFindings,
};
use dampak::impact::mixed::{Ddf, FittedMixed, Likelihood, RESIDUAL, RandomTerm, SCHOOL, STUDENT, fit_mixed};
use dampak::impact::ols::Design as Regression;
use dampak::io::Disk;
use serde_json::Value;
use shared_files::{place, shared};

/// Means, SDs, correlations, shares right, and CR2 standard errors: closed forms or a symmetric root on both sides.
const CLOSED: f64 = 1e-9;
/// p-values and intervals, which pass through a distribution, and Satterthwaite's df, a quotient of sums that
/// nearly cancel. The reference files carry 15 digits.
const DERIVED: f64 = 1e-6;

/// The reference numbers of a study, where they and its data are at hand.
fn reference(study: &str, data: &str) -> Option<Value> {
    shared(&format!("data/{study}/{data}"))?;
    let text = shared(&format!("reference/{study}.json"))?;
    Some(serde_json::from_str(&text).expect("reference files are valid JSON"))
}

/// A reference file with what was held against it.
struct Agreement {
    study: &'static str,
    reference: Value,
    seen: BTreeSet<String>,
    rows: Vec<Row>,
}

struct Row {
    pointer: String,
    dampak: f64,
    reference: f64,
    difference: f64,
    tolerance: f64,
}

impl Agreement {
    fn new(study: &'static str, reference: Value) -> Self {
        Agreement { study, reference, seen: BTreeSet::new(), rows: Vec::new() }
    }

    /// Holds a number against the one at a JSON pointer. Differences are relative, whatever the size: standard
    /// errors lie below one, and p-values may be as small as 1e-264.
    fn hold(&mut self, pointer: &str, dampak: impl Into<Option<f64>>, tolerance: f64) {
        let dampak = dampak.into().unwrap_or_else(|| panic!("{pointer}: dampak found nothing"));
        let reference = self.reference.pointer(pointer).and_then(Value::as_f64);
        let reference = reference.unwrap_or_else(|| panic!("{pointer}: not in the reference file"));
        let difference = if dampak == reference { 0.0 } else { (dampak / reference - 1.0).abs() };
        self.seen.insert(pointer.to_owned());
        self.rows.push(Row { pointer: pointer.to_owned(), dampak, reference, difference, tolerance });
    }

    fn hold_interval(&mut self, pointer: &str, ci: Option<[f64; 2]>) {
        let [low, high] = ci.unwrap_or_else(|| panic!("{pointer}: no interval"));
        self.hold(&format!("{pointer}/0"), low, DERIVED);
        self.hold(&format!("{pointer}/1"), high, DERIVED);
    }

    /// Prints the table, and fails on a difference or on a number of the file that nobody looked at.
    fn close(self, not_printed: &[&str]) {
        println!(
            "\n| {} | dampak | reference | difference | tolerance |\n| --- | --- | --- | --- | --- |",
            self.study
        );
        for row in &self.rows {
            let Row { pointer, dampak, reference, difference, tolerance } = row;
            println!(
                "| {} | {dampak} | {reference} | {difference:.1e} | {tolerance:e} |",
                pointer[1..].replace('|', "\\|")
            );
        }
        let off: Vec<&str> = self
            .rows
            .iter()
            .filter(|row| row.difference.is_nan() || row.difference > row.tolerance)
            .map(|row| row.pointer.as_str())
            .collect();
        assert!(off.is_empty(), "{}: beyond tolerance: {off:?}", self.study);
        let mut leaves = Vec::new();
        collect_numbers(&self.reference, String::new(), &mut leaves);
        let is_set_aside = |leaf: &String| not_printed.iter().any(|prefix| leaf.contains(prefix));
        let unseen: Vec<&String> =
            leaves.iter().filter(|leaf| !self.seen.contains(*leaf) && !is_set_aside(leaf)).collect();
        assert!(unseen.is_empty(), "{}: not compared: {unseen:?}", self.study);
        let set_aside = leaves.iter().filter(|leaf| !self.seen.contains(*leaf)).count();
        println!(
            "\n{} numbers agree; {set_aside} are not printed by dampak: {not_printed:?}",
            self.rows.len()
        );
    }
}

fn collect_numbers(value: &Value, pointer: String, into: &mut Vec<String>) {
    match value {
        Value::Number(_) => into.push(pointer),
        Value::Array(entries) => {
            entries
                .iter()
                .enumerate()
                .for_each(|(place, entry)| collect_numbers(entry, format!("{pointer}/{place}"), into));
        }
        Value::Object(fields) => {
            fields.iter().for_each(|(name, field)| collect_numbers(field, format!("{pointer}/{name}"), into));
        }
        _ => {}
    }
}

fn outcome<'a>(findings: &'a Findings, id: &str) -> &'a OutcomeFindings {
    findings.outcomes.iter().find(|outcome| outcome.id == id).expect("a declared outcome")
}

fn estimate(outcome: &OutcomeFindings, method: Method) -> &EstimateFindings {
    outcome.estimates.iter().find(|estimate| estimate.method == method).expect("an estimate by that method")
}

fn size(sizes: &[EffectSize], kind: &str) -> Option<f64> {
    sizes.iter().find(|size| size.kind == kind).map(|size| size.value)
}

/// Means and SDs of linked persons of one arm, first and last wave.
fn hold_scores(agreement: &mut Agreement, block: &str, outcome: &OutcomeFindings, arm: &str) {
    let rows: Vec<_> = outcome.linked.iter().filter(|row| row.arm == arm).collect();
    for (row, name) in rows.iter().zip(["pre", "post"]) {
        agreement.hold(&format!("{block}/mean_{name}"), row.mean, CLOSED);
        agreement.hold(&format!("{block}/sd_{name}"), row.sd, CLOSED);
    }
    agreement.hold(&format!("{block}/n"), rows[0].n as f64, 0.0);
}

/// The paired t test of one group with its effect sizes.
fn hold_paired(agreement: &mut Agreement, block: &str, test: &EstimateFindings, sizes: &[EffectSize]) {
    assert_eq!(test.method, Method::PairedT);
    agreement.hold(&format!("{block}/mean_change"), test.estimate, CLOSED);
    for (name, value) in [("se", test.se), ("t", test.t), ("df", test.df), ("p", test.p)] {
        agreement.hold(&format!("{block}/{name}"), value, DERIVED);
    }
    agreement.hold_interval(&format!("{block}/ci"), test.ci);
    for kind in ["d_z", "d_av"] {
        agreement.hold(&format!("{block}/{kind}"), size(sizes, kind), DERIVED);
    }
}

/// A row of R's coefficient table.
fn hold_coefficient(agreement: &mut Agreement, block: &str, test: &EstimateFindings) {
    agreement.hold(&format!("{block}/Estimate"), test.estimate, DERIVED);
    for (name, value) in [("Std. Error", test.se), ("t value", test.t), ("Pr(>|t|)", test.p)] {
        agreement.hold(&format!("{block}/{name}"), value, DERIVED);
    }
}

#[test]
fn learning_to_learn_agrees_with_r() {
    let Some(reference) = reference("learning-to-learn", "grade6.csv") else { return };
    let tracks = pipeline::findings(Path::new("tests/studies/learning-to-learn/study.json"), &Disk);
    let everybody = pipeline::findings(Path::new("tests/studies/learning-to-learn/study-all.json"), &Disk);
    let mut agreement = Agreement::new("learning-to-learn", reference);

    let total = outcome(&everybody, "total");
    agreement.hold("/n", total.linked[0].n as f64, 0.0);
    hold_scores(&mut agreement, "/all", total, "");
    agreement.hold("/all/r", total.correlation[0], CLOSED);
    hold_paired(&mut agreement, "/all", estimate(total, Method::PairedT), &total.effect_sizes);

    let total = outcome(&tracks, "total");
    for (place, change) in total.arm_changes.iter().enumerate() {
        let block = format!("/{}", change.arm);
        hold_scores(&mut agreement, &block, total, &change.arm);
        agreement.hold(&format!("{block}/r"), total.correlation[place], CLOSED);
        hold_paired(&mut agreement, &block, &change.estimate, &change.effect_sizes);
    }
    let welch = estimate(total, Method::DidWelch);
    assert!(welch.primary);
    agreement.hold("/did_welch/estimate", welch.estimate, DERIVED);
    for (name, value) in [("t", welch.t), ("df", welch.df), ("p", welch.p)] {
        agreement.hold(&format!("/did_welch/{name}"), value, DERIVED);
    }
    agreement.hold_interval("/did_welch/ci", welch.ci);
    hold_coefficient(&mut agreement, "/did_ols", estimate(total, Method::DidPooled));
    hold_coefficient(&mut agreement, "/ancova", estimate(total, Method::AncovaOls));

    hold_items(&mut agreement, &everybody);
    agreement.close(&["/ancova_pretest_slope"]);
}

/// Reliability and items of both waves, and the items' change.
fn hold_items(agreement: &mut Agreement, everybody: &Findings) {
    for instrument in &everybody.instruments {
        let wave = &instrument.wave;
        let total = instrument.scales.iter().find(|scale| scale.id == "total").expect("the total scale");
        agreement.hold(&format!("/{wave}/alpha"), total.alpha.map(|alpha| alpha.value), DERIVED);
        assert_eq!(instrument.items.len(), 41);
        for item in &instrument.items {
            agreement.hold(&format!("/{wave}/difficulty/{}", item.id), item.difficulty, CLOSED);
            agreement.hold(&format!("/{wave}/item_rest/{}", item.id), item.item_rest, DERIVED);
        }
    }
    for (place, change) in outcome(everybody, "total").item_changes.iter().enumerate() {
        let at = |name: &str| format!("/mcnemar/{place}/{name}");
        assert_eq!(
            agreement.reference.pointer(&at("item")).and_then(Value::as_str),
            Some(change.item.as_str())
        );
        agreement.hold(&at("improved"), change.improved as f64, 0.0);
        agreement.hold(&at("declined"), change.declined as f64, 0.0);
        agreement.hold(&at("chisq"), change.chi2, DERIVED);
        agreement.hold(&at("p_exact"), change.p_exact, DERIVED);
    }
}

#[test]
fn a_study_without_schools_says_what_follows() {
    if reference("learning-to-learn", "grade6.csv").is_none() {
        return;
    }
    for (file, design) in
        [("study.json", Design::ComparisonUnclustered), ("study-all.json", Design::OneGroupUnclustered)]
    {
        let findings = pipeline::findings(&Path::new("tests/studies/learning-to-learn").join(file), &Disk);
        assert_eq!((findings.plan.design, findings.plan.schools.clone()), (design, None));
        assert!(outcome(&findings, "total").icc.is_empty());
        for (lang, unknown, narrow) in [
            (dampak::i18n::Lang::En, "schools unknown", "too narrow"),
            (dampak::i18n::Lang::Id, "asal sekolah tidak diketahui", "terlalu sempit"),
        ] {
            let html =
                dampak::render::html::render(&dampak::report::compose(&findings, lang)).expect("a page");
            let html = String::from_utf8_lossy(html.as_ref()).into_owned();
            assert!(html.contains(unknown), "{file}, {lang}: does not say that schools are unknown");
            assert!(html.contains(narrow), "{file}, {lang}: does not say what follows");
        }
    }
}

#[test]
fn dutch_primary_agrees_with_r() {
    let Some(reference) = reference("dutch-primary", "pupils.csv") else { return };
    let findings = pipeline::findings(Path::new("tests/studies/dutch-primary/study.json"), &Disk);
    let mut agreement = Agreement::new("dutch-primary", reference);
    for outcome in &findings.outcomes {
        let block = format!("/{}", outcome.id);
        hold_scores(&mut agreement, &block, outcome, "");
        agreement.hold(&format!("{block}/r"), outcome.correlation[0], CLOSED);
        let schools = outcome.linked[0].clusters.map(|schools| schools as f64);
        agreement.hold(&format!("{block}/schools"), schools, 0.0);
        let students = estimate(outcome, Method::StudentCr2);
        agreement.hold(&format!("{block}/mean_change"), students.estimate, CLOSED);
        for (name, method) in [("cr2", Method::StudentCr2), ("school_mean_t", Method::ClusterMeanT)] {
            let test = estimate(outcome, method);
            agreement.hold(&format!("{block}/{name}/estimate"), test.estimate, CLOSED);
            agreement.hold(&format!("{block}/{name}/se"), test.se, CLOSED);
            for (field, value) in [("df", test.df), ("p", test.p)] {
                agreement.hold(&format!("{block}/{name}/{field}"), value, DERIVED);
            }
            agreement.hold_interval(&format!("{block}/{name}/ci"), test.ci);
        }
        assert!(estimate(outcome, Method::ClusterMeanT).primary);
        hold_mixed(&mut agreement, &Pupils::of(&outcome.id), outcome);
    }
    // Students taken for independent: that standard error is never printed where schools are known.
    agreement.close(&["/student_level_se"]);
}

/// lme4 found the models of one random term where its optimum is flat to 3e-7 of the variances, its stopping rule.
const LME4: f64 = 1e-6;
/// The models of three terms it left earlier: twice its variance of schools' waves (and of the residual) should be
/// the variance of schools' changes (and of pupils'), and is 1.8e-6 (language) and 1.2e-5 (arithmetic) away from
/// it. Standard errors are off by half as much, the estimate of the change by far less than its standard error.
const LME4_THREE: f64 = 1.5e-5;
/// The same at the optimum that `dutch.R` seeks: the criterion of some 30,000 has 1e-11 to spare, which leaves
/// 2e-6 of the variances open to a search without derivatives.
const TIGHT_THREE: f64 = 3e-6;
/// -2 log likelihood: second order in the distance to the optimum.
const CRITERION: f64 = 1e-10;
/// lmerTest's Hessian is numerical.
const LMER_DF: f64 = 1e-4;

/// One test of the pupils, before and after, with their schools.
struct Pupils {
    school: Vec<usize>,
    before: Vec<f64>,
    after: Vec<f64>,
}

impl Pupils {
    fn of(test: &str) -> Self {
        let text = std::fs::read_to_string(place("data/dutch-primary/pupils.csv")).expect("read before");
        let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
        let at = |name: &str| rows[0].iter().position(|known| *known == name).expect("a column");
        let numbers = |name: &str| -> Vec<f64> {
            rows[1..].iter().map(|row| row[at(name)].parse().expect("a number")).collect()
        };
        let school = numbers("school_id").into_iter().map(|school| school as usize).collect();
        Pupils { school, before: numbers(&format!("{test}_pre")), after: numbers(&format!("{test}_post")) }
    }

    fn null_model(&self, y: &[f64]) -> FittedMixed {
        fit_mixed(&Regression::new(y, &self.school), &[RandomTerm::School], Likelihood::Restricted)
            .expect("a fit")
    }

    fn changes(&self) -> FittedMixed {
        let changes: Vec<f64> =
            self.after.iter().zip(&self.before).map(|(after, before)| after - before).collect();
        self.null_model(&changes)
    }

    /// Both waves: school, school and wave, pupil.
    fn both_waves(&self) -> FittedMixed {
        let n = self.school.len();
        let wave = [vec![0.0; n], vec![1.0; n]].concat();
        let school = [self.school.as_slice(), &self.school].concat();
        let unit = (0..2 * n).map(|row| usize::from(row >= n)).collect();
        let scores = [self.before.as_slice(), &self.after].concat();
        let terms = [
            RandomTerm::School,
            RandomTerm::WithinSchool { name: "wave".to_owned(), unit },
            RandomTerm::Student { person: (0..n).chain(0..n).collect() },
        ];
        let design = Regression::new(&scores, &school).with("wave", &wave);
        fit_mixed(&design, &terms, Likelihood::Restricted).expect("a fit")
    }
}

fn variance(fit: &FittedMixed, name: &str) -> f64 {
    fit.component(name).expect("a component").estimate
}

/// The mixed models: the kernel, the two rows of the agreement table, and the intraclass correlations.
fn hold_mixed(agreement: &mut Agreement, pupils: &Pupils, outcome: &OutcomeFindings) {
    let block = format!("/{}", outcome.id);
    let changes = pupils.changes();
    let test = changes.test(&[1.0], Ddf::Satterthwaite, 0.05).expect("a test").coef;
    for (name, value, tolerance) in [
        ("estimate", test.estimate, LME4),
        ("se", test.se, LME4),
        ("df", test.df, LMER_DF),
        ("var_school", variance(&changes, SCHOOL), LME4),
        ("var_resid", variance(&changes, RESIDUAL), LME4),
        ("reml", changes.criterion, CRITERION),
    ] {
        agreement.hold(&format!("{block}/lmm_change/{name}"), value, tolerance);
    }
    let both = pupils.both_waves();
    for (theirs, own) in [("id", STUDENT), ("st", "wave"), ("s", SCHOOL), ("Residual", RESIDUAL)] {
        agreement.hold(
            &format!("{block}/lmm_three_level/varcomp/{theirs}"),
            variance(&both, own),
            LME4_THREE,
        );
    }
    for (name, scores) in [("icc_pre", &pupils.before), ("icc_post", &pupils.after)] {
        let icc = pupils.null_model(scores).icc(0.05).expect("an ICC").estimate;
        agreement.hold(&format!("{block}/{name}"), icc, LME4);
    }
    let row = mixed_row(outcome, InferenceMethod::MixedSatterthwaite);
    agreement.hold(&format!("{block}/lmm_three_level/estimate"), row.estimate, LME4);
    agreement.hold(&format!("{block}/lmm_three_level/se"), row.se, LME4_THREE);
    agreement.hold(&format!("{block}/lmm_three_level/df"), row.df, LMER_DF);
    hold_tight(pupils, outcome, [&changes, &both]);
}

fn mixed_row(outcome: &OutcomeFindings, method: InferenceMethod) -> &AgreementRow {
    let table = outcome.agreement.as_ref().expect("an agreement table");
    table.rows.iter().find(|row| row.method == method).expect("a row of the mixed model")
}

#[track_caller]
fn close(what: &str, found: f64, expected: f64, tolerance: f64) {
    let difference = (found / expected - 1.0).abs();
    assert!(difference <= tolerance, "{what}: {found} for {expected} ({difference:.1e})");
}

/// The same models at the optimum of `tests/reference/dutch.R`, and both against each other.
fn hold_tight(pupils: &Pupils, outcome: &OutcomeFindings, [changes, both]: [&FittedMixed; 2]) {
    let tight: Value = serde_json::from_str(include_str!("reference/dutch.json")).expect("valid JSON");
    let number = |pointer: &str| {
        let found = tight.pointer(&format!("/{}{pointer}", outcome.id)).and_then(Value::as_f64);
        found.unwrap_or_else(|| panic!("{pointer} is not in dutch.json"))
    };
    for (model, fit, tolerance) in [("change", changes, LME4), ("three", both, TIGHT_THREE)] {
        close("criterion", fit.criterion, number(&format!("/{model}/criterion")), CRITERION);
        let names = [("school", SCHOOL), ("Residual", RESIDUAL), ("school_wave", "wave"), ("id", STUDENT)];
        let has = if model == "change" { 2 } else { 4 };
        for (theirs, own) in &names[..has] {
            close(theirs, variance(fit, own), number(&format!("/{model}/variance/{theirs}")), tolerance);
        }
        let contrast = if model == "change" { vec![1.0] } else { vec![0.0, 1.0] };
        for (ddf, se, df) in [(Ddf::Satterthwaite, "se", "df"), (Ddf::KenwardRoger, "kr_se", "kr_df")] {
            let test = fit.test(&contrast, ddf, 0.05).expect("a test").coef;
            close("estimate", test.estimate, number(&format!("/{model}/estimate")), LME4);
            close(se, test.se, number(&format!("/{model}/{se}")), tolerance);
            close(df, test.df, number(&format!("/{model}/{df}")), LMER_DF);
        }
    }
    let row = mixed_row(outcome, InferenceMethod::MixedKenwardRoger);
    close("KR se", row.se.expect("an se"), number("/three/kr_se"), TIGHT_THREE);
    close("KR df", row.df.expect("df"), number("/three/kr_df"), LMER_DF);
    for (scores, place) in [(&pupils.before, 0), (&pupils.after, 1)] {
        let icc = pupils.null_model(scores).icc(0.05).expect("an ICC").estimate;
        close("icc", icc, number(&format!("/icc/{place}")), LME4);
    }
    // Every pupil has both scores, so that the change is estimated alike by both models, exactly.
    close("twice the waves", 2.0 * variance(both, "wave"), variance(changes, SCHOOL), 1e-8);
    close("twice the residual", 2.0 * variance(both, RESIDUAL), variance(changes, RESIDUAL), 1e-8);
    let se = |fit: &FittedMixed, contrast: &[f64]| {
        fit.test(contrast, Ddf::Satterthwaite, 0.05).expect("a test").coef.se
    };
    close("standard errors", se(both, &[0.0, 1.0]), se(changes, &[1.0]), 1e-8);
}
