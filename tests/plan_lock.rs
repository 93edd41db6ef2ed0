//! The plan lock from end to end: locked before the answers, held against what was done, amended in the open.

mod study_test;

use dampak::analysis::Findings;
use dampak::analysis::findings::{BalanceSize, BaselineRow, BaselineSubject, DeviationKind, Method};
use dampak::i18n::Text;
use serde_json::{Value, json};
use study_test::{Ran, StudyTest};

fn lock(study: &StudyTest) -> Ran {
    study.run(&["lock", "study", "--by", "A. Peneliti", "--date", "2026-07-01"])
}

fn amend(study: &StudyTest, reason: &str, date: &str) -> Ran {
    study.run(&["lock", "study", "--amend", reason, "--by", "B. Ketua", "--date", date])
}

fn findings(study: &StudyTest) -> Value {
    serde_json::from_str(&study.run(&["analyze", "study"]).exits(0).stdout).unwrap()
}

/// Deviations as `kind about planned -> done #amendment`.
fn deviations(findings: &Value) -> Vec<String> {
    let word = |value: &Value| value.as_str().unwrap_or("none").to_owned();
    let list = findings["plan_lock"]["deviations"].as_array().unwrap().iter();
    list.filter(|entry| entry["kind"] != "study_file")
        .map(|entry| {
            let about = entry["about"].as_str().unwrap_or_default();
            let declared = entry["amendment"].as_u64().map_or(String::new(), |n| format!(" #{n}"));
            let kind = word(&entry["kind"]);
            format!("{kind} {about}: {} -> {}{declared}", word(&entry["planned"]), word(&entry["done"]))
        })
        .collect()
}

fn alpha(study: StudyTest, alpha: f64) -> StudyTest {
    study.json("study.json", |study| study["analysis"]["alpha"] = json!(alpha))
}

#[test]
fn a_plan_locked_before_the_answers_and_kept_has_no_deviations() {
    let study = StudyTest::mini();
    let answers: Vec<(&str, Vec<u8>)> =
        ["pre.csv", "post.csv"].map(|file| (file, std::fs::read(study.path(file)).unwrap())).into();
    for (file, _) in &answers {
        std::fs::remove_file(study.path(file)).unwrap();
    }
    let ran = lock(&study).exits(0).stays_silent().prints("plan locked").makes(&["study/plan.lock.json"]);
    assert!(!ran.stdout.contains("already there"));
    let mut study = study;
    for (file, bytes) in answers {
        study = study.file(file, bytes);
    }
    let found = findings(&study);
    assert_eq!(found["plan_lock"]["deviations"], json!([]));
    assert_eq!(found["plan_lock"]["answers_present"], json!([]));
    assert_eq!(found["plan_lock"]["plan_sha256"], found["provenance"]["plan_sha256"]);
    assert_eq!(found["plan_lock"]["date"], "2026-07-01");
    let items = found["plan_lock"]["items"].as_array().unwrap();
    assert!(items.len() > 10 && items.iter().all(|item| item["same"] == true), "{items:#?}");
    study.run(&["report", "study", "--out", "out"]).exits(0);
    let page = std::fs::read_to_string(study.place().join("out/report-en.html")).unwrap();
    assert!(
        page.contains("What was planned and what was done") && page.contains("agrees with the locked plan")
    );
}

#[test]
fn without_a_lock_the_findings_and_the_report_say_so() {
    let study = StudyTest::mini();
    assert_eq!(findings(&study)["plan_lock"], Value::Null);
    study.run(&["report", "study", "--out", "out"]).exits(0);
    let page = std::fs::read_to_string(study.place().join("out/report-en.html")).unwrap();
    assert!(page.contains("The plan was not locked"));
}

#[test]
fn a_lock_is_never_replaced_and_an_amendment_is_signed() {
    let study = StudyTest::mini();
    amend(&study, "too early", "2026-07-02").exits(1).says("is not locked yet").makes(&[]);
    for unsigned in
        [&[][..], &["--by", "A."], &["--date", "2026-07-01"], &["--by", " ", "--date", "2026-07-01"]]
    {
        let args = [&["lock", "study"], unsigned].concat();
        study.run(&args).exits(1).says("a lock needs a name and a day").makes(&[]);
    }
    lock(&study).exits(0).prints("answers already there: post.csv, pre.csv");
    let first = std::fs::read(study.path("plan.lock.json")).unwrap();
    lock(&study).exits(1).says("a lock is never replaced").makes(&[]);
    for missing in [&["--by", "B."][..], &["--date", "2026-07-02"]] {
        study.run(&[&["lock", "study", "--amend", "why"], missing].concat()).exits(1).makes(&[]);
    }
    amend(&study, " ", "2026-07-02").exits(1).says("needs a reason and a name");
    amend(&study, "why", "2026-06-30").exits(1).says("2026-06-30 is before the last entry");
    amend(&study, "why", "30/06/2026").exits(1).says("is no day such as 2025-07-12");
    assert_eq!(std::fs::read(study.path("plan.lock.json")).unwrap(), first);
    let other = StudyTest::mini();
    lock(&other).exits(0);
    assert_eq!(std::fs::read(other.path("plan.lock.json")).unwrap(), first, "the clock or the place shows");
}

#[test]
fn every_change_is_a_deviation() {
    let study = StudyTest::mini();
    lock(&study).exits(0);
    let study = alpha(study, 0.1)
        .json("study.json", |study| {
            let mut copy = study["outcomes"][1].clone();
            study["outcomes"][0]["role"] = json!("exploratory");
            study["outcomes"][0]["family"] = json!("tests");
            copy["id"] = json!("third");
            study["outcomes"][1] = copy;
            study["analysis"]["not_reached"] = json!("missing");
            study["subgroups"] = json!([]);
        })
        .swap("mini.json", "\"en\": \"", "\"en\": \"So: ")
        .edit("roster.csv", |text| text.replace(",S1", ",S2"));
    let found = deviations(&findings(&study));
    for wanted in [
        "schools : 6 -> 5",
        "primary_method : cluster_mean_t -> sign_flip",
        "outcome_role test: primary -> exploratory",
        "outcome_family test: primary -> tests",
        "outcome_removed view: secondary -> none",
        "outcome_added third: none -> secondary",
        "rule alpha: 0.05 -> 0.1",
        "rule not_reached: wrong -> missing",
    ] {
        assert!(found.iter().any(|entry| entry == wanted), "{wanted} is not among {found:#?}");
    }
    for wanted in ["instrument mini: ", "roster student: "] {
        assert!(found.iter().any(|entry| entry.starts_with(wanted)), "{wanted} is not among {found:#?}");
    }
}

/// The plan is the same; what was done with the answers is not.
#[test]
fn what_was_planned_and_not_done_is_a_deviation() {
    /// Takes the answers about views of the students for whom `gone` holds.
    fn without_views(text: String, gone: impl Fn(&str) -> bool) -> String {
        let lines = text.lines().enumerate().map(|(row, line)| {
            let mut cells: Vec<&str> = line.split(',').collect();
            if row > 0 && gone(cells[0]) {
                cells[8..11].fill("");
            }
            cells.join(",") + "\n"
        });
        lines.collect()
    }
    let study = StudyTest::mini();
    lock(&study).exits(0);
    let none = study.edit("post.csv", |text| without_views(text, |_| true));
    assert_eq!(deviations(&findings(&none)), ["not_estimated view: cluster_mean_t -> none"]);
    let items = findings(&none)["plan_lock"]["items"].clone();
    let of = |kind: &str, about: &str| {
        let all = items.as_array().unwrap().iter();
        all.filter(|item| item["kind"] == kind && item["about"] == about).cloned().collect::<Vec<_>>()
    };
    let view = &of("method_not_used", "view")[0];
    assert_eq!(
        (&view["planned"], &view["done"], &view["same"]),
        (&json!("cluster_mean_t"), &Value::Null, &json!(false))
    );
    assert_eq!(of("method_not_used", "test")[0]["same"], json!(true));

    // One school of six has no views: five are too few for the planned method.
    let study = StudyTest::mini();
    lock(&study).exits(0);
    let roster = std::fs::read_to_string(study.path("roster.csv")).unwrap();
    let gone: Vec<String> =
        roster.lines().filter(|line| line.ends_with(",S1")).map(|line| line[..4].to_owned()).collect();
    let fewer = study.edit("post.csv", |text| without_views(text, |id| gone.iter().any(|own| own == id)));
    let found = deviations(&findings(&fewer));
    assert!(found.contains(&"method_not_used view: cluster_mean_t -> sign_flip".to_owned()), "{found:#?}");
}

/// Sensitivity estimates, groups and covariates of the plan that are not in the findings.
#[test]
fn what_failed_beside_the_primary_estimate_is_a_deviation_too() {
    let study = StudyTest::mini().json("study.json", |study| {
        study["covariates"] =
            json!([{ "id": "house", "label": { "id": "Rumah", "en": "House" }, "column": "school" }]);
        study["subgroups"] =
            json!([{ "id": "place", "label": { "id": "Tempat", "en": "Place" }, "column": "school" }]);
    });
    lock(&study).exits(0);
    let bytes = std::fs::read(study.path("plan.lock.json")).unwrap();
    let locked = dampak::analysis::lock::parse("plan.lock.json", &bytes, "mini").value.unwrap();
    let mut found: Findings = serde_json::from_value(findings(&study)).unwrap();
    let compared = |found: &Findings| -> Vec<(DeviationKind, String, Option<String>, Option<String>)> {
        let all = dampak::analysis::lock::compare(&locked, &locked.original(), found).deviations;
        all.into_iter().map(|own| (own.kind, own.about, own.planned, own.done)).collect()
    };
    let some = |word: &str| Some(word.to_owned());
    let before = compared(&found);
    let test = found.outcomes.iter_mut().find(|outcome| outcome.id == "test").unwrap();
    test.estimates.retain(|estimate| estimate.method != Method::StudentCr2);
    let method = (DeviationKind::SensitivityNotEstimated, "test".to_owned(), some("student_cr2"), None);
    assert!(!before.contains(&method) && compared(&found).contains(&method));
    let test = found.outcomes.iter_mut().find(|outcome| outcome.id == "test").unwrap();
    let group = test.subgroups.iter_mut().find(|subgroup| subgroup.id == "place").unwrap();
    let shown = group.groups.len();
    (group.suppressed, group.withheld) = (1, 1);
    let groups = (
        DeviationKind::SubgroupSuppressed,
        "test/place".to_owned(),
        Some((shown + 2).to_string()),
        Some(shown.to_string()),
    );
    assert!(!before.contains(&groups) && compared(&found).contains(&groups));
    // A baseline table without the planned covariate.
    let subject =
        BaselineSubject { outcome: "test".to_owned(), covariate: None, label: Text::default(), value: None };
    found.baseline.arms.push(BaselineRow {
        subject,
        size: BalanceSize::HedgesG,
        analysed: None,
        everybody: None,
        verdict: None,
        missing: 0,
    });
    let covariate = (DeviationKind::CovariateDropped, "house".to_owned(), some("house"), None);
    assert!(!before.contains(&covariate) && compared(&found).contains(&covariate));
}

#[test]
fn an_amendment_declares_a_change_until_it_is_undone_in_silence() {
    let study = StudyTest::mini();
    lock(&study).exits(0);
    let study = alpha(study, 0.1);
    assert_eq!(deviations(&findings(&study)), ["rule alpha: 0.05 -> 0.1"]);
    amend(&study, "Few schools.", "2026-07-15").exits(0).prints("amendment 1 with 2 changes");
    assert_eq!(deviations(&findings(&study)), ["rule alpha: 0.05 -> 0.1 #1"]);
    let entry = &findings(&study)["plan_lock"]["amendments"][0];
    assert_eq!((&entry["by"], &entry["reason"]), (&json!("B. Ketua"), &json!("Few schools.")));
    // Another change that nobody declared stands beside the declared one.
    let study = study.json("study.json", |study| study["analysis"]["seed"] = json!(3));
    let seed = "rule seed: 20250712 -> 3";
    assert_eq!(deviations(&findings(&study)), ["rule alpha: 0.05 -> 0.1 #1", seed]);
    amend(&study, "Another seed", "2026-07-16").exits(0);
    assert_eq!(
        deviations(&findings(&study)),
        ["rule alpha: 0.05 -> 0.1 #1".to_owned(), format!("{seed} #2")]
    );
    // Going back to the first plan is a deviation from the last word.
    let study = alpha(study, 0.05);
    let back = deviations(&findings(&study));
    assert!(back.contains(&"rule alpha: 0.1 -> 0.05".to_owned()), "{back:#?}");
}

#[test]
fn a_broken_lock_stops_analysis_and_report() {
    let study = StudyTest::mini();
    lock(&study).exits(0);
    let study = study.swap("plan.lock.json", "\"alpha\": \"0.05\"", "\"alpha\": \"0.01\"");
    study.run(&["check", "study"]).exits(1).prints("R-LOCK-005");
    study.run(&["analyze", "study", "--out", "f.json"]).exits(1).says("R-LOCK-005").makes(&[]);
    study.run(&["report", "study", "--out", "out"]).exits(1).says("R-LOCK-005").makes(&[]);
    amend(&study, "why", "2026-07-02").exits(1).says("R-LOCK-005").makes(&[]);
    study.run(&["explain", "r-lock-005"]).exits(0).prints("was changed after it was written");
}

#[test]
fn every_word_of_the_log_is_sealed() {
    let study = StudyTest::mini();
    lock(&study).exits(0);
    amend(&study, "Few schools", "2026-07-15").exits(0);
    let study = study.swap("plan.lock.json", "Few schools", "Many schools");
    study.run(&["check", "study"]).exits(1).prints("R-LOCK-005");
    let study = study.swap("plan.lock.json", "Many schools", "Few schools");
    study.run(&["check", "study"]).exits(0);
    let study = study.json("plan.lock.json", |lock| lock["amendments"] = json!([]));
    // Cutting off the end leaves a sound lock: the seal printed when it was written tells.
    study.run(&["check", "study"]).exits(0);
}

#[test]
fn the_lock_is_an_input_of_every_other_verb() {
    let study = StudyTest::mini();
    lock(&study).exits(0);
    study
        .run(&["analyze", "study", "--out", "study/plan.lock.json"])
        .exits(1)
        .says("input files are never written to");
}

#[test]
fn the_report_tells_deviations_and_amendments_in_both_languages() {
    let study = StudyTest::mini();
    lock(&study).exits(0);
    let study =
        alpha(study, 0.1).json("study.json", |study| study["report"]["languages"] = json!(["id", "en"]));
    amend(&study, "Sekolah sedikit", "2026-07-15").exits(0);
    let study = study.json("study.json", |study| study["outcomes"][1]["role"] = json!("exploratory"));
    study.run(&["report", "study", "--out", "out"]).exits(0);
    let page = |lang: &str| {
        let text = std::fs::read_to_string(study.place().join(format!("out/report-{lang}.html"))).unwrap();
        let text = text.replace("&#x2f;", "/");
        assert!(!text.contains("report.lock."), "a phrase is missing");
        text
    };
    let (id, en) = (page("id"), page("en"));
    for words in [
        "The plan was locked (1 July 2026; A. Peneliti)",
        "Amendment 1, 15 July 2026, signed B. Ketua: Sekolah sedikit. Changes: rule of the analysis (alpha): 0.05 → 0.1",
        "role of an outcome",
        "differs from the plan: 3; not declared in the amendment log: 2",
        "amendment 1",
    ] {
        assert!(en.contains(words), "{words}");
    }
    for words in [
        "Rencana dikunci (1 Juli 2026; A. Peneliti)",
        "Perubahan 1, 15 Juli 2026, ditandatangani B. Ketua: Sekolah sedikit. Yang berubah: aturan analisis (alpha): 0,05 → 0,1",
        "peran hasil",
        "perubahan 1",
    ] {
        assert!(id.contains(words), "{words}");
    }
}
