//! The classical appendix, the corrections of families and the count of tests, from a study file to findings,
//! held against R (`tests/reference/appendix.R`, which stores its data beside its results).

mod pipeline;

use std::collections::BTreeMap;
use std::path::Path;

use dampak::analysis::Findings;
use dampak::analysis::findings::{
    ClassicalFindings, ClassicalT, ComparedScore, Method, PercentBand, RankP, TestKind, Translation,
};
use dampak::io::Memory;
use dampak::report::compose;
use dampak::study::Correction;
use serde_json::{Value, json};

/// R writes 15 digits, and its sums are of another order.
const CLOSE: f64 = 1e-9;
const ARMS: [&str; 2] = ["program", "pembanding"];

fn reference() -> Value {
    serde_json::from_str(include_str!("reference/appendix.json")).expect("the reference is valid JSON")
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn near(what: &str, found: f64, expected: &Value) {
    let expected = number(expected);
    assert!((found - expected).abs() <= CLOSE * expected.abs().max(1.0), "{what}: {found} for {expected}");
}

fn text(word: &str) -> Value {
    json!({ "id": word, "en": word })
}

fn outcome(id: &str, role: &str) -> Value {
    json!({ "id": id, "label": text(id), "role": role, "from": { "score_file": "marks",
        "columns": { "pre": format!("{id}_pre"), "post": format!("{id}_post") } } })
}

fn study(outcomes: Vec<Value>, columns: Value, extra: &[(&str, Value)]) -> Value {
    let mut study = json!({ "format": "dampak.study/1", "id": "t", "title": text("Study"),
        "source": text("Reference"),
        "waves": [{ "id": "pre", "label": text("Before") }, { "id": "post", "label": text("After") }],
        "roster": [{ "respondent": "student", "file": "roster.csv", "columns": columns }],
        "score_files": [{ "id": "marks", "file": "marks.csv", "person": "id" }], "outcomes": outcomes });
    for (field, value) in extra {
        study[*field] = value.clone();
    }
    study
}

/// The findings of the reference data: `numeracy` of everybody, `small` of 24 persons without ties.
fn comparison(extra: &[(&str, Value)]) -> Findings {
    let reference = reference();
    let mut roster = String::from("id,school,arm\n");
    let mut marks: BTreeMap<String, [String; 4]> = BTreeMap::new();
    for (place, source) in ["numeracy", "small"].into_iter().enumerate() {
        let data = &reference[source]["data"];
        for (row, person) in data["person"].as_array().unwrap().iter().enumerate() {
            let id = person.as_str().unwrap().to_owned();
            if place == 0 {
                let of = |field: &str| data[field][row].as_str().unwrap().to_owned();
                roster.push_str(&format!("{id},{},{}\n", of("school"), of("arm")));
            }
            let own = marks.entry(id).or_default();
            own[2 * place] = data["pre"][row].to_string();
            own[2 * place + 1] = data["post"][row].to_string();
        }
    }
    let rows: String = marks.iter().map(|(id, cells)| format!("{id},{}\n", cells.join(","))).collect();
    let mut numeracy = outcome("numeracy", "primary");
    numeracy["range"] = json!([0, 100]);
    let arm = |id: &str, role: &str| json!({ "id": id, "label": text(id), "role": role });
    let mut all = vec![
        ("arms", json!([arm("program", "programme"), arm("pembanding", "comparison")])),
        ("assignment", json!("school")),
    ];
    all.extend(extra.iter().cloned());
    let columns = json!({ "person": "id", "school": "school", "arm": "arm" });
    let study = study(vec![numeracy, outcome("small", "secondary")], columns, &all);
    let mut files = Memory::default();
    files.insert("study.json", study.to_string());
    files.insert("roster.csv", roster);
    files.insert("marks.csv", format!("id,numeracy_pre,numeracy_post,small_pre,small_post\n{rows}"));
    pipeline::findings(Path::new("study.json"), &files)
}

fn of<'a>(findings: &'a Findings, outcome: &str) -> &'a ClassicalFindings {
    findings.classical.iter().find(|own| own.outcome == outcome).expect("the outcome has its appendix")
}

fn same_t(what: &str, found: &ClassicalT, expected: &Value) {
    near(&format!("{what} estimate"), found.estimate, &expected["estimate"]);
    near(&format!("{what} se"), found.se, &expected["se"]);
    near(&format!("{what} t"), found.t, &expected["t"]);
    near(&format!("{what} df"), found.df, &expected["df"]);
    near(&format!("{what} p"), found.p, &expected["p"]);
    near(&format!("{what} low"), found.ci[0], &expected["low"]);
    near(&format!("{what} high"), found.ci[1], &expected["high"]);
}

fn same_method(found: RankP, exact: &Value) {
    assert_eq!(found == RankP::Exact, exact.as_bool().unwrap());
}

#[test]
fn tests_within_an_arm_are_those_of_r() {
    let (findings, reference) = (comparison(&[]), reference());
    for outcome in ["numeracy", "small"] {
        let found = of(&findings, outcome);
        for (place, arm) in ARMS.into_iter().enumerate() {
            let expected = &reference[outcome]["arms"][arm];
            let normal = &found.normality[place];
            assert_eq!(normal.arm, arm);
            let shapiro = normal.shapiro_wilk.unwrap();
            near("W", shapiro.statistic, &expected["shapiro"]["statistic"]);
            near("p of W", shapiro.p, &expected["shapiro"]["p"]);
            let lilliefors = normal.lilliefors.unwrap();
            near("D", lilliefors.statistic, &expected["lilliefors"]["statistic"]);
            // Above .10 R has a polynomial of its own and no end; here p ends at .20, as in SPSS.
            let p = number(&expected["lilliefors"]["p"]);
            assert_eq!(lilliefors.at_least, p > 0.2);
            assert!(lilliefors.at_least || (lilliefors.p - p).abs() < 0.01 * p, "{} {p}", lilliefors.p);
            same_t("paired", &found.paired_t[place].test, &expected["paired"]);
            near("sd", found.paired_t[place].sd, &expected["paired"]["sd"]);
            let (ranks, wilcoxon) = (&found.signed_ranks[place], &expected["wilcoxon"]);
            near("V", ranks.statistic, &wilcoxon["statistic"]);
            near("Z of V", ranks.z, &wilcoxon["z"]);
            near("p of V", ranks.p, &wilcoxon["p"]);
            near("negative rank", ranks.negative_rank.unwrap(), &wilcoxon["negative_rank"]);
            near("positive rank", ranks.positive_rank.unwrap(), &wilcoxon["positive_rank"]);
            let counts = [ranks.negative, ranks.positive, ranks.equal];
            assert_eq!(json!(counts), json!([wilcoxon["negative"], wilcoxon["positive"], wilcoxon["equal"]]));
            same_method(ranks.method, &wilcoxon["exact"]);
        }
    }
}

#[test]
fn tests_between_arms_are_those_of_r() {
    let (findings, reference) = (comparison(&[]), reference());
    for outcome in ["numeracy", "small"] {
        let (found, expected) = (of(&findings, outcome), &reference[outcome]["between"]);
        let levene = found.equal_variances.unwrap();
        for (own, of_r) in [(levene.mean_centred, "levene_mean"), (levene.median_centred, "levene_median")] {
            near("F", own.f, &expected[of_r]["f"]);
            near("p of F", own.p, &expected[of_r]["p"]);
            near("df", own.df_within, &expected[of_r]["df"][1]);
        }
        for (t, u) in found.independent_t.iter().zip(&found.rank_sums) {
            assert_eq!(t.score, u.score);
            let expected = &expected[if t.score == ComparedScore::Gain { "gain" } else { "post" }];
            same_t("Welch", &t.welch, &expected["welch"]);
            same_t("pooled", &t.pooled, &expected["pooled"]);
            let mann_whitney = &expected["mann_whitney"];
            near("U", u.u, &mann_whitney["u"]);
            near("Z of U", u.z, &mann_whitney["z"]);
            near("p of U", u.p, &mann_whitney["p"]);
            near("mean rank", u.mean_rank[0], &mann_whitney["mean_rank"][0]);
            near("mean rank", u.mean_rank[1], &mann_whitney["mean_rank"][1]);
            same_method(u.method, &mann_whitney["exact"]);
        }
        assert_eq!((found.independent_t.len(), found.rank_sums.len()), (2, 2));
    }
}

#[test]
fn normalised_gain_is_that_of_r() {
    let (findings, reference) = (comparison(&[]), reference());
    for (place, arm) in ARMS.into_iter().enumerate() {
        let (found, expected) =
            (&of(&findings, "numeracy").gain[place], &reference["numeracy"]["arms"][arm]["gain"]);
        near("<g>", found.class_average, &expected["class_average"]);
        near("low", found.ci.unwrap()[0], &expected["low"]);
        near("high", found.ci.unwrap()[1], &expected["high"]);
        near("df", found.df.unwrap(), &expected["df"]);
        near("mean g", found.mean_individual.unwrap(), &expected["mean_individual"]);
        near("c", found.mean_change.unwrap(), &expected["mean_change"]);
        assert_eq!(json!(found.individual_bands), expected["bands"]);
        let excluded = [found.excluded_at_maximum, found.excluded_from_change];
        assert_eq!(json!(excluded), json!([expected["at_maximum"], expected["no_change"]]));
    }
    // A score without a maximum has no gain, and says so.
    let small = of(&findings, "small");
    assert!(small.gain.is_empty() && small.notices.iter().any(|notice| notice.code == "A-CLASSIC-004"));
    let bands = [0.399, 0.4, 0.55, 0.555, 0.56, 0.75, 0.755, 0.77].map(PercentBand::of);
    use PercentBand::{Gap, Highest, Lowest, Second, Third};
    assert_eq!(bands, [Lowest, Second, Second, Gap, Third, Third, Gap, Highest]);
}

#[test]
fn the_error_by_schools_stands_beside_that_of_students() {
    let findings = comparison(&[]);
    let numeracy = findings.outcomes.iter().find(|outcome| outcome.id == "numeracy").unwrap();
    let primary = numeracy.estimates.iter().find(|estimate| estimate.primary).unwrap();
    let error = of(&findings, "numeracy").school_error.unwrap();
    assert_eq!((error.method, primary.method), (Method::DidClusterCr2, Method::DidClusterCr2));
    assert_eq!(Some(error.schools), primary.se);
    near("persons", error.persons, &reference()["numeracy"]["between"]["gain"]["welch"]["se"]);
    assert!((error.ratio - error.schools / error.persons).abs() < 1e-14);
}

#[test]
fn every_test_is_counted_by_its_kind() {
    let findings = comparison(&[]);
    let of = |kind| findings.tests_run.kinds.iter().find(|count| count.kind == kind).map_or(0, |own| own.n);
    assert_eq!(of(TestKind::Primary), 2);
    // Two outcomes, each with 2 arms x (2 normality + paired t + Wilcoxon) + 4 Levene + 4 t + 2 Mann-Whitney.
    assert_eq!(of(TestKind::Classical), 2 * (2 * 4 + 4 + 4 + 2));
    let estimates: usize = findings.outcomes.iter().map(|outcome| outcome.estimates.len()).sum();
    assert_eq!(of(TestKind::Primary) + of(TestKind::Sensitivity), estimates);
    let total: usize = findings.tests_run.kinds.iter().map(|count| count.n).sum();
    assert_eq!(findings.tests_run.total, total);
    assert!((findings.tests_run.expected_by_chance - 0.05 * total as f64).abs() < 1e-12);
}

/// Seven outcomes of twenty persons without schools: the first four one family, the others exploratory.
fn families(analysis: Value) -> Findings {
    let families = &reference()["families"];
    let (mut roster, mut marks) = (String::from("id\n"), String::from("id"));
    let mut outcomes = Vec::new();
    for place in 0..7 {
        let mut one = outcome(&format!("o{place}"), if place < 4 { "primary" } else { "exploratory" });
        if place < 4 {
            one["family"] = json!("achievement");
        }
        outcomes.push(one);
        marks.push_str(&format!(",o{place}_pre,o{place}_post"));
    }
    for person in 0..20 {
        roster.push_str(&format!("p{person}\n"));
        let score = |wave: &str, place: usize| families[wave][place][person].to_string();
        let cells: Vec<String> =
            (0..7).flat_map(|place| [score("pre", place), score("post", place)]).collect();
        marks.push_str(&format!("\np{person},{}", cells.join(",")));
    }
    let mut files = Memory::default();
    let study = study(outcomes, json!({ "person": "id" }), &[("analysis", analysis)]);
    files.insert("study.json", study.to_string());
    files.insert("roster.csv", roster);
    files.insert("marks.csv", marks + "\n");
    pipeline::findings(Path::new("study.json"), &files)
}

#[test]
fn families_are_corrected_as_by_r_and_the_declared_correction_is_marked() {
    let expected = &reference()["families"];
    let declared = families(json!({ "families": { "achievement": "hochberg" } }));
    let customary = families(json!({}));
    for place in 0..7 {
        let own = &declared.outcomes[place];
        near("p", own.estimates[0].p.unwrap(), &expected["p"][place]);
        let adjusted = own.adjusted.as_ref().unwrap();
        let (family, at) = if place < 4 { ("achievement", place) } else { ("exploratory", place - 4) };
        assert_eq!((adjusted.family.as_str(), adjusted.tests), (family, if place < 4 { 4 } else { 3 }));
        near("Holm", adjusted.holm, &expected[family]["holm"][at]);
        near("Hochberg", adjusted.hochberg, &expected[family]["hochberg"][at]);
        near("Benjamini-Hochberg", adjusted.benjamini_hochberg, &expected[family]["bh"][at]);
        let by_custom = customary.outcomes[place].adjusted.as_ref().unwrap().declared;
        if place < 4 {
            assert_eq!((adjusted.declared, by_custom), (Correction::Hochberg, Correction::Holm));
            assert_eq!(adjusted.by(adjusted.declared), adjusted.hochberg);
        } else {
            assert_eq!(by_custom, Correction::BenjaminiHochberg);
        }
    }
}

fn translation<'a>(findings: &'a Findings, id: &str) -> &'a Translation {
    let outcome = findings.outcomes.iter().find(|outcome| outcome.id == id).expect("the outcome is there");
    outcome.translation.as_ref().expect("it is translated")
}

#[test]
fn plain_units_are_those_of_r_and_of_the_closed_forms() {
    let (findings, reference) = (comparison(&[]), reference());
    let found = translation(&findings, "numeracy");
    for (improved, arm) in found.improved.iter().zip(ARMS) {
        let expected = &reference["numeracy"]["arms"][arm]["improved"];
        assert_eq!(
            (improved.arm.as_str(), improved.higher + improved.equal + improved.lower),
            (arm, improved.n)
        );
        near("share", improved.share, &expected["share"]);
        near("low", improved.ci[0], &expected["low"]);
        near("high", improved.ci[1], &expected["high"]);
        near("df", improved.df.unwrap(), &expected["df"]);
    }
    let between = found.between.as_ref().unwrap();
    let normal = |x: f64| 0.5 * libm::erfc(-x / std::f64::consts::SQRT_2);
    near("superiority", between.superiority.value, &json!(normal(between.g / std::f64::consts::SQRT_2)));
    near("index", between.improvement_index.value, &json!(100.0 * (normal(between.g) - 0.5)));
    let [low, high] = between.superiority.ci.unwrap();
    assert!(low < between.superiority.value && between.superiority.value < high && between.months.is_none());
    // The programme wins all pairs but U of the comparison.
    let (observed, u) =
        (between.observed.unwrap(), &reference["numeracy"]["between"]["gain"]["mann_whitney"]["u"]);
    let pairs = found.improved.iter().map(|own| own.n as f64).product::<f64>();
    near("A", observed.probability, &json!(1.0 - number(u) / pairs));
    near("Cliff", observed.cliffs_delta, &json!(1.0 - 2.0 * number(u) / pairs));
}

#[test]
fn months_are_told_only_where_asked_for() {
    let asked = |table: &str| comparison(&[("report", json!({ "months_of_progress": table }))]);
    for (table, none) in [("toolkit", 0.015), ("eef_reports", 0.045)] {
        let findings = asked(table);
        let between = translation(&findings, "small").between.as_ref().unwrap();
        let months = between.months.unwrap();
        // The small outcome has an effect of some hundredths, where the two tables differ.
        assert!(between.g.abs() < 0.095, "{}", between.g);
        assert_eq!(months.months.abs(), i32::from(between.g.abs() >= none), "{table} {}", between.g);
        let report = dampak::report::claim::passages(&compose(&findings, dampak::i18n::Lang::En)).join(" ");
        assert!(report.contains("calibrated to pupils in England"));
    }
}

#[test]
fn the_report_has_the_same_blocks_in_both_languages_and_claims_no_more_than_the_design() {
    use dampak::i18n::Lang;
    use dampak::report::claim::overclaims;
    let findings = comparison(&[]);
    let [id, en] = [Lang::Id, Lang::En].map(|lang| compose(&findings, lang));
    assert_eq!(id.blocks.len(), en.blocks.len());
    for document in [&id, &en] {
        let found = overclaims(document, findings.plan.claim, "dampak");
        assert!(found.is_empty(), "{found:?}");
    }
}
