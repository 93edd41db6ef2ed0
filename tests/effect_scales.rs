//! Effect sizes with schools against R: `tests/reference/effect_scales.json` holds a small data set with schools of
//! unequal size and every size written out from its formula by the script beside it. First the kernels, then the same
//! numbers out of a whole study.

mod pipeline;

use std::path::Path;

use dampak::analysis::Findings;
use dampak::analysis::findings::{ComparedScore, EffectSize as Told, OutcomeFindings, RhoSource};
use dampak::impact::ancova::{AncovaData, ancova};
use dampak::impact::effect::{
    self, ClusteredSd, EffectSize, GroupSummary, PairedSummary, SchoolArms, Standardizer,
    clearinghouse_factor, clustered_sd, clustered_sd_of_arms, scaled_effect,
};
use dampak::impact::icc::{Icc, anova_icc, anova_icc_within};
use dampak::impact::{Arm, CoefTest, anova, cluster_mean, did};
use dampak::io::Memory;
use serde_json::{Value, json};

/// Closed forms of the same double-precision moments; t and F quantiles agree with R's to about 1e-12.
const CLOSED: f64 = 1e-10;
/// What a maximum of the restricted likelihood leaves: lme4 and this crate stop within about 1e-6 of each other.
const FITTED: f64 = 2e-5;

fn reference() -> Value {
    serde_json::from_str(include_str!("reference/effect_scales.json")).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("no number: {value}"))
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

#[track_caller]
fn close(what: &str, found: f64, expected: &Value, tolerance: f64) {
    let expected = number(expected);
    let off = (found - expected).abs() / expected.abs().max(1e-3);
    assert!(off <= tolerance, "{what}: {found} is not {expected} ({off:e})");
}

/// Value, standard error and limits.
#[track_caller]
fn same(what: &str, found: EffectSize, expected: &Value) {
    for (name, found) in
        [("value", found.value), ("se", found.se), ("low", found.ci.low), ("high", found.ci.high)]
    {
        close(&format!("{what} {name}"), found, &expected[name], CLOSED);
    }
}

/// The students of the data set.
struct Data {
    school: Vec<usize>,
    program: Vec<usize>,
    arm: Vec<Arm>,
    pre: Vec<f64>,
    post: Vec<f64>,
}

impl Data {
    fn of(reference: &Value) -> Self {
        let whole = |name: &str| -> Vec<usize> {
            numbers(&reference["data"][name]).iter().map(|value| *value as usize).collect()
        };
        let program = whole("program");
        Data {
            school: whole("school"),
            arm: program.iter().map(|t| if *t == 1 { Arm::Program } else { Arm::Comparison }).collect(),
            program,
            pre: numbers(&reference["data"]["pre"]),
            post: numbers(&reference["data"]["post"]),
        }
    }

    fn changes(&self) -> Vec<f64> {
        self.post.iter().zip(&self.pre).map(|(after, before)| after - before).collect()
    }

    /// Students by arm and school, for any arms.
    fn counts(&self, arm: &[usize]) -> Vec<Vec<usize>> {
        let mut counts = vec![vec![0; 12]; arm.iter().max().unwrap() + 1];
        self.school.iter().zip(arm).for_each(|(school, arm)| counts[*arm][school - 1] += 1);
        counts
    }

    fn sizes(&self, wanted: usize) -> Vec<usize> {
        self.counts(&self.program)[wanted].iter().copied().filter(|n| *n > 0).collect()
    }

    fn summary(&self, values: &[f64], wanted: Arm) -> GroupSummary {
        let own = values.iter().zip(&self.arm).filter(|(_, arm)| **arm == wanted);
        GroupSummary::new(&own.map(|(value, _)| *value).collect::<Vec<_>>()).unwrap()
    }

    fn both(&self, values: &[f64]) -> [GroupSummary; 2] {
        [Arm::Program, Arm::Comparison].map(|arm| self.summary(values, arm))
    }

    fn did(&self) -> CoefTest {
        did::did_students(&self.changes(), &self.arm, &self.school, 0.05).unwrap()
    }

    fn ancova(&self) -> CoefTest {
        let data = AncovaData {
            post: &self.post,
            pre: &self.pre,
            arm: &self.arm,
            cluster: &self.school,
            covariates: &[],
        };
        ancova(&data, 0.05).unwrap().effect
    }
}

#[test]
fn likeness_within_arms() {
    let reference = reference();
    let data = Data::of(&reference);
    let inside: Vec<usize> = numbers(&reference["icc"]["inside"]).iter().map(|v| *v as usize).collect();
    let shifted: Vec<f64> = data.post.iter().zip(&inside).map(|(y, t)| y + 9.0 * *t as f64).collect();
    let hold = |what: &str, found: Icc, expected: &Value| {
        for (name, found) in [
            ("value", found.value),
            ("low", found.ci.low),
            ("high", found.ci.high),
            ("n0", found.n0),
            ("df1", found.df[0]),
            ("df2", found.df[1]),
            ("ms_between", found.ms_between),
            ("ms_within", found.ms_within),
        ] {
            close(&format!("{what} {name}"), found, &expected[name], CLOSED);
        }
    };
    let nested = anova_icc_within(&data.post, &data.school, &data.program, 0.05).unwrap();
    hold("nested", nested, &reference["icc"]["nested"]);
    let crossed = anova_icc_within(&shifted, &data.school, &inside, 0.05).unwrap();
    hold("crossed", crossed, &reference["icc"]["crossed"]);
    close(
        "one group",
        anova_icc(&data.pre, &data.school, 0.05).unwrap().value,
        &reference["one"]["rho"],
        CLOSED,
    );
    let balanced = &reference["balanced"];
    let whole = |name: &str| numbers(&balanced[name]).iter().map(|v| *v as usize).collect::<Vec<_>>();
    let found =
        anova_icc_within(&numbers(&balanced["y"]), &whole("school"), &whole("program"), 0.05).unwrap();
    close("REML on balanced schools", found.value, &balanced["reml"], FITTED);
}

#[test]
fn spread_of_a_pooled_sd() {
    let reference = reference();
    let data = Data::of(&reference);
    let inside: Vec<usize> = numbers(&reference["icc"]["inside"]).iter().map(|v| *v as usize).collect();
    let alone = vec![0; data.school.len()];
    for (name, arm, rho) in [
        ("pre", &data.program, number(&reference["rho"]["pre"])),
        ("post", &data.program, number(&reference["rho"]["post"])),
        ("strong", &data.program, 0.4),
        ("crossed", &inside, 0.3),
        ("one", &alone, 0.3),
    ] {
        let found = clustered_sd_of_arms(&data.counts(arm), rho).unwrap();
        close(&format!("{name} factor"), found.factor, &reference["sd"][name]["factor"], CLOSED);
        close(&format!("{name} df"), found.df, &reference["sd"][name]["df"], CLOSED);
    }
}

#[test]
fn sizes_of_two_arms() {
    let reference = reference();
    let data = Data::of(&reference);
    let [did, ancova] = [data.did(), data.ancova()];
    for (name, test) in [("did", did), ("ancova", ancova)] {
        let expected = &reference["tests"][name];
        close(name, test.estimate, &expected["b"], CLOSED);
        close(name, test.se, &expected["se"], CLOSED);
        close(name, test.df, &expected["df"], CLOSED);
    }
    let icc = |y: &[f64]| anova_icc_within(y, &data.school, &data.program, 0.05).unwrap();
    let sd = |y: &[f64]| clustered_sd_of_arms(&data.counts(&data.program), icc(y).value).unwrap();
    let ([pre1, pre0], [post1, post0]) = (data.both(&data.pre), data.both(&data.post));
    let alpha = 0.05;
    let of_did = |sd| effect::did_g(&did, &pre1, &pre0, sd, alpha).unwrap();
    same("DiD g", of_did(sd(&data.pre)), &reference["did_g"]);
    same("DiD g of independent SDs", of_did(ClusteredSd::plain(84.0)), &reference["plain_g"]);
    let found = effect::ancova_g(&ancova, &post1, &post0, sd(&data.post), alpha).unwrap();
    same("ANCOVA g", found, &reference["ancova_g"]);
    let rho = icc(&data.post).value;
    let glass = clustered_sd(&data.sizes(0), rho, 1).unwrap();
    let found = effect::glass_delta_clustered(&ancova, &post0, glass, alpha).unwrap();
    same("Glass", found, &reference["glass"]);
    let scaled = |by: &Standardizer| scaled_effect(&ancova, by, alpha).unwrap();
    let within = Standardizer::within_schools(icc(&data.post).ms_within.sqrt(), icc(&data.post).df[1]);
    same("Hedges within", scaled(&within), &reference["hedges_within"]);
    // The mean square within schools does not know the arms.
    let plain = anova::one_way(&data.post, &data.school).unwrap().ms_within();
    close("within SD", plain.sqrt(), &json!(icc(&data.post).ms_within.sqrt()), CLOSED);
    let pooled = effect::pooled_sd(&post1, &post0).unwrap();
    let total = Standardizer::all_students(pooled, sd(&data.post));
    same("Hedges total", scaled(&total), &reference["hedges_total"]);
    let (program, comparison) = (data.sizes(1), data.sizes(0));
    let arms = SchoolArms { program: &program, comparison: &comparison, icc: rho };
    let means = sd_of_means(&data);
    let between = Standardizer::between_schools(means, &arms).unwrap();
    same("Hedges between", scaled(&between), &reference["hedges_between"]);
    let all = [program.as_slice(), &comparison].concat();
    let handbook = clustered_sd(&all, rho, 2).unwrap();
    let wwc = Standardizer::all_students(pooled, handbook).times(clearinghouse_factor(86).unwrap());
    same("Clearinghouse", scaled(&wwc), &reference["wwc_g"]);
}

/// Pooled SD of the school means within the arms, by hand.
fn sd_of_means(data: &Data) -> f64 {
    let mut squares = 0.0;
    for wanted in [0, 1] {
        let means: Vec<f64> = (1..=12)
            .filter_map(|school| {
                let rows: Vec<usize> = (0..data.school.len())
                    .filter(|row| data.school[*row] == school && data.program[*row] == wanted)
                    .collect();
                (!rows.is_empty())
                    .then(|| rows.iter().map(|row| data.post[*row]).sum::<f64>() / rows.len() as f64)
            })
            .collect();
        let centre = means.iter().sum::<f64>() / means.len() as f64;
        squares += means.iter().map(|mean| (mean - centre).powi(2)).sum::<f64>();
    }
    (squares / 10.0).sqrt()
}

#[test]
fn sizes_of_one_group() {
    let reference = reference();
    let data = Data::of(&reference);
    let expected = &reference["one"];
    let schools = cluster_mean::linked_changes(&data.pre, &data.post, &data.school, 0.05).unwrap();
    let change = cluster_mean::test_mean_change(&schools, 0.05).unwrap();
    close("mean change", change.estimate, &expected["test"]["b"], CLOSED);
    close("its error", change.se, &expected["test"]["se"], CLOSED);
    let sizes: Vec<usize> = schools.iter().map(|school| school.n_pre).collect();
    let sd = clustered_sd(&sizes, number(&expected["rho"]), 1).unwrap();
    close("factor", sd.factor, &expected["sd"]["factor"], CLOSED);
    close("h", sd.df, &expected["sd"]["df"], CLOSED);
    let summary = PairedSummary::new(&data.pre, &data.post).unwrap();
    let becker = effect::clustered_becker_g(&change, &summary, sd, 0.05).unwrap();
    same("Becker", becker, &expected["becker"]);
    same("d_av", effect::clustered_d_av(&change, &summary, sd, 0.05).unwrap(), &expected["d_av"]);
    let share = effect::share_improved(&data.pre, &data.post, Some(&data.school), 0.05).unwrap().share;
    close("share improved", share.value, &reference["improved"]["value"], CLOSED);
    close("its lower end", share.ci.low, &reference["improved"]["low"], CLOSED);
    close("its upper end", share.ci.high, &reference["improved"]["high"], CLOSED);
    let gain = effect::normalised_gain(&data.pre, &data.post, &data.school, 100.0, 0.05).unwrap();
    close("normalised gain", gain.class_average, &reference["gain"]["value"], CLOSED);
    let test = gain.test.unwrap();
    close("its error", test.se, &reference["gain"]["se"], CLOSED);
    close("its df", test.df, &reference["gain"]["df"], CLOSED);
    close("its lower end", test.ci.low, &reference["gain"]["low"], CLOSED);
    close("its upper end", test.ci.high, &reference["gain"]["high"], CLOSED);
}

/// The students as a study of two arms or of one group; `inside` puts every third student of each school into the
/// comparison instead.
fn study(data: &Data, compares: bool, inside: bool) -> Findings {
    let text = |words: &str| json!({ "id": words, "en": words });
    let mut study = json!({
        "format": "dampak.study/1", "id": "scales", "title": text("Scales"), "source": text("Made for a test."),
        "waves": [{ "id": "pre", "label": text("Before") }, { "id": "post", "label": text("After") }],
        "roster": [{ "respondent": "student", "file": "roster.csv",
            "columns": { "person": "id", "school": "school" } }],
        "score_files": [{ "id": "scores", "file": "scores.csv", "person": "id" }],
        "outcomes": [{ "id": "test", "label": text("Test"), "role": "primary", "range": [0, 100],
            "from": { "score_file": "scores", "columns": { "pre": "before", "post": "after" } } }],
        "analysis": { "permutations": 99 }
    });
    if compares {
        study["roster"][0]["columns"]["arm"] = json!("arm");
        study["assignment"] = json!(if inside { "self_selected" } else { "school" });
        study["arms"] = json!([{ "id": "p", "label": text("P"), "role": "programme" },
            { "id": "c", "label": text("C"), "role": "comparison" }]);
    }
    let (mut roster, mut scores) = ("id,school,arm\n".to_owned(), "id,before,after\n".to_owned());
    for (row, school) in data.school.iter().enumerate() {
        let program = if inside { row % 3 != 0 } else { data.program[row] == 1 };
        let arm = if program { "p" } else { "c" };
        roster += &format!("P{row:03},S{school:02},{arm}\n");
        scores += &format!("P{row:03},{},{}\n", data.pre[row], data.post[row]);
    }
    let mut files = Memory::default();
    files.insert("study.json", study.to_string());
    files.insert("roster.csv", roster);
    files.insert("scores.csv", scores);
    pipeline::findings(Path::new("study.json"), &files)
}

fn sizes(outcome: &OutcomeFindings) -> Vec<&Told> {
    outcome.effect_sizes.iter().chain(&outcome.effect_scales).collect()
}

/// Every size of the reference with its interval, and no other.
#[track_caller]
fn told(outcome: &OutcomeFindings, expected: &Value) {
    let expected = expected.as_object().unwrap();
    for size in sizes(outcome) {
        let known = expected.get(&size.kind).unwrap_or_else(|| panic!("{} has no reference", size.kind));
        let tolerance = if size.kind.starts_with("mixed") { FITTED } else { CLOSED };
        close(&size.kind, size.value, &known["value"], tolerance);
        if let Some(df) = known.get("df") {
            let [low, high] = size.ci.unwrap();
            close(&format!("{} low", size.kind), low, &known["low"], tolerance);
            close(&format!("{} high", size.kind), high, &known["high"], tolerance);
            close(&format!("{} df", size.kind), size.df.unwrap(), df, CLOSED);
            assert!(size.cluster_robust, "{} allows for schools", size.kind);
        }
    }
    let kinds: Vec<&str> = sizes(outcome).iter().map(|size| size.kind.as_str()).collect();
    expected.keys().for_each(|kind| assert!(kinds.contains(&kind.as_str()), "{kind} is missing"));
}

#[test]
fn a_study_of_two_arms_tells_them() {
    let reference = reference();
    let findings = study(&Data::of(&reference), true, false);
    let outcome = &findings.outcomes[0];
    close("primary", outcome.estimates[0].estimate, &reference["study"]["primary"]["b"], CLOSED);
    close("its error", outcome.estimates[0].se.unwrap(), &reference["study"]["primary"]["se"], CLOSED);
    told(outcome, &reference["study"]["two"]);
    for (found, name) in outcome.icc.iter().zip(["two_pre", "two_post"]) {
        close(name, found.value, &reference["study"]["icc"][name]["value"], CLOSED);
        close(name, found.ci.unwrap()[1], &reference["study"]["icc"][name]["high"], CLOSED);
    }
    // No scale contradicts the test: all of them start from its error.
    let primary = &outcome.estimates[0];
    let crosses = |[low, high]: [f64; 2]| low < 0.0 && high > 0.0;
    let scales = outcome.effect_scales.iter().filter(|size| size.cluster_robust);
    assert!(scales.filter_map(|size| size.ci).all(|ci| crosses(ci) == crosses(primary.ci.unwrap())));
    let corrected: Vec<_> =
        findings.classical[0].corrected_t.iter().filter(|own| own.score == ComparedScore::Post).collect();
    assert_eq!(corrected.len(), 2);
    for own in corrected {
        let name = if own.source == RhoSource::Estimated { "estimated" } else { "convention" };
        let expected = &reference["corrected"][name];
        close(name, own.rho, &expected["rho"], CLOSED);
        close(name, own.factor, &expected["factor"], CLOSED);
        close(name, own.t, &expected["t"], CLOSED);
        close(name, own.df, &expected["df"], CLOSED);
        close(name, own.p, &expected["p"], CLOSED);
    }
}

#[test]
fn a_study_of_one_group_tells_them() {
    let reference = reference();
    let findings = study(&Data::of(&reference), false, false);
    let outcome = &findings.outcomes[0];
    told(outcome, &reference["study"]["one"]);
    close("ICC", outcome.icc[0].value, &reference["study"]["icc"]["one_pre"], CLOSED);
    let share = &outcome.superiority[0];
    close("share improved", share.probability, &reference["improved"]["value"], CLOSED);
    close("its lower end", share.ci.unwrap()[0], &reference["improved"]["low"], CLOSED);
    close("its df", share.df.unwrap(), &reference["improved"]["df"], CLOSED);
    let gain = &findings.classical[0].gain[0];
    close("normalised gain", gain.class_average, &reference["gain"]["value"], CLOSED);
    close("its upper end", gain.ci.unwrap()[1], &reference["gain"]["high"], CLOSED);
    assert!(findings.classical[0].corrected_t.is_empty());
}

/// A variance of zero ends the test of the mixed model, not its standard deviations.
#[test]
fn schools_that_change_alike_keep_the_scales_of_the_model() {
    let reference = reference();
    let data = Data { post: numbers(&reference["flat"]["post"]), ..Data::of(&reference) };
    assert!(number(&reference["flat"]["full_unit"]) < 1e-6, "R finds none either");
    let findings = study(&data, false, false);
    let outcome = &findings.outcomes[0];
    for (kind, name) in [("mixed_total", "total"), ("mixed_within", "within")] {
        let size = outcome.effect_scales.iter().find(|size| size.kind == kind).expect(kind);
        let expected = &reference["flat"]["sizes"][name];
        close(kind, size.value, &expected["value"], FITTED);
        close(kind, size.ci.unwrap()[0], &expected["low"], FITTED);
    }
    assert!(outcome.notices.iter().all(|notice| notice.code != "A-SCALE-001"));
}

/// Students of a school who all score the same leave the model no spread within schools, and that is said.
#[test]
fn a_model_without_variances_is_named() {
    let data = Data::of(&reference());
    let pre: Vec<f64> = data.school.iter().map(|school| 40.0 + 3.0 * (school % 5) as f64).collect();
    let post: Vec<f64> =
        pre.iter().zip(&data.school).map(|(before, school)| before + (school % 4) as f64).collect();
    let findings = study(&Data { pre, post, ..data }, false, false);
    let outcome = &findings.outcomes[0];
    assert!(outcome.estimates[0].se.is_some());
    let said: Vec<&str> = outcome.notices.iter().map(|notice| notice.code.as_str()).collect();
    assert!(said.contains(&"A-SCALE-001"), "{said:?}");
    assert!(!sizes(outcome).iter().any(|size| size.kind.starts_with("mixed")));
}

/// Formulas of schools given to arms do not hold where both arms sit in a school.
#[test]
fn arms_inside_schools_have_their_own_scales() {
    let findings = study(&Data::of(&reference()), true, true);
    let outcome = &findings.outcomes[0];
    let kinds: Vec<&str> = sizes(outcome).iter().map(|size| size.kind.as_str()).collect();
    assert!(kinds.contains(&"g_within_schools") && kinds.contains(&"wwc_g"), "{kinds:?}");
    assert!(!kinds.iter().any(|kind| kind.starts_with("hedges")), "{kinds:?}");
    assert!(findings.classical[0].corrected_t.is_empty());
    // Without a factor for schools the leading size is J(N - 2) b / S.
    let leading = outcome.effect_sizes.iter().find(|size| size.leading).unwrap();
    let primary = &outcome.estimates[0];
    let data = Data::of(&reference());
    let arm = |wanted: bool| {
        let rows = (0..data.pre.len()).filter(|row| (row % 3 != 0) == wanted);
        GroupSummary::new(&rows.map(|row| data.pre[row]).collect::<Vec<_>>()).unwrap()
    };
    let pooled = effect::pooled_sd(&arm(true), &arm(false)).unwrap();
    let expected = effect::small_sample_factor(84.0).unwrap() * primary.estimate / pooled;
    assert_eq!(leading.kind, "d_ppc");
    close("leading size", leading.value, &json!(expected), CLOSED);
}
