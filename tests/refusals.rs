//! Designs and data that the analysis of impact cannot answer in full: each has a minimal study here, which is met
//! with its code, told in both languages without a gap, and still reported.

mod pipeline;
mod study_test;

use std::path::Path;

use dampak::analysis::Findings;
use dampak::analysis::findings::{Claim, Method, NoticeKind};
use dampak::diag::{Diagnostic, has_errors};
use dampak::i18n::Lang;
use dampak::io::Memory;
use dampak::num::rng::Stream;
use dampak::render::{Format, render};
use dampak::report::claim::{overclaims, passages};
use dampak::report::compose;
use dampak::{response, study};
use serde_json::{Value, json};

/// Score of a student: school, place in the school, wave.
type Score<'a> = &'a dyn Fn(usize, usize, usize) -> f64;

/// A study of one score column, ten students to a school.
struct Small<'a> {
    schools: usize,
    /// Schools with the programme; none for one group.
    program: Option<usize>,
    waves: usize,
    /// Strata of the schools in their order; none where the roster has no such column.
    strata: Option<&'a [&'a str]>,
    /// Weight of everybody but the first; none where the roster has no weights.
    first_weight: Option<&'a str>,
    score: Score<'a>,
}

const SIZE: usize = 10;

fn text(words: &str) -> Value {
    json!({ "id": words, "en": words })
}

/// Scores around 50, a little higher after, with differences between students and schools by chance.
fn usual(school: usize, student: usize, wave: usize) -> f64 {
    let mut own = Stream::new((wave * 10_000 + school * 100 + student) as u64, "scores");
    let start = 40.0 + 3.0 * (school % 4) as f64 + 1.5 * student as f64;
    start + wave as f64 * (4.0 + (school % 3) as f64) + (3.0 * own.normal()).round()
}

fn small(score: Score<'_>) -> Small<'_> {
    Small { schools: 8, program: None, waves: 2, strata: None, first_weight: None, score }
}

impl Small<'_> {
    fn study(&self) -> Value {
        let waves = &["before", "after"][..self.waves];
        let columns: serde_json::Map<String, Value> =
            waves.iter().map(|wave| ((*wave).to_owned(), json!(wave))).collect();
        let mut roster = json!({ "person": "id", "school": "school" });
        let mut study = json!({
            "format": "dampak.study/1", "id": "small", "title": text("Small"), "source": text("Made up"),
            "simulated": true,
            "waves": waves.iter().map(|wave| json!({ "id": wave, "label": text(wave) })).collect::<Vec<_>>(),
            "score_files": [{ "id": "marks", "file": "marks.csv", "person": "id" }],
            "outcomes": [{ "id": "score", "label": text("Score"), "role": "primary", "range": [0, 100],
                "from": { "score_file": "marks", "columns": columns } }],
            "analysis": { "permutations": 199 }
        });
        if self.program.is_some() {
            let arm = |id: &str, role: &str| json!({ "id": id, "label": text(id), "role": role });
            study["assignment"] = json!("school");
            study["arms"] = json!([arm("taught", "programme"), arm("other", "comparison")]);
            roster["arm"] = json!("arm");
        }
        if self.strata.is_some() {
            roster["stratum"] = json!("stratum");
        }
        if self.first_weight.is_some() {
            roster["weight"] = json!("weight");
        }
        study["roster"] = json!([{ "respondent": "student", "file": "roster.csv", "columns": roster }]);
        study
    }

    /// The files of the study, its roster and its marks changed as a case needs it.
    fn files(&self, roster: impl FnOnce(String) -> String, marks: impl FnOnce(String) -> String) -> Memory {
        let mut rows = "id,school,arm,stratum,weight\n".to_owned();
        let mut cells = format!("id,{}\n", ["before", "after"][..self.waves].join(","));
        for school in 0..self.schools {
            let arm = if school < self.program.unwrap_or(0) { "taught" } else { "other" };
            let stratum = self.strata.map_or("", |strata| strata[school]);
            for student in 0..SIZE {
                let id = format!("P{school:02}{student:02}");
                let weight = self.first_weight.filter(|_| school + student == 0).unwrap_or("2");
                rows.push_str(&format!("{id},S{school:02},{arm},{stratum},{weight}\n"));
                let scores: Vec<String> =
                    (0..self.waves).map(|wave| (self.score)(school, student, wave).to_string()).collect();
                cells.push_str(&format!("{id},{}\n", scores.join(",")));
            }
        }
        let mut files = Memory::default();
        files.insert("study.json", self.study().to_string());
        files.insert("roster.csv", roster(rows));
        files.insert("marks.csv", marks(cells));
        files
    }

    fn findings(&self) -> Findings {
        told(&self.files(same, same))
    }
}

fn same(text: String) -> String {
    text
}

/// The findings of a study whose report is written and says them without a gap in both languages.
#[track_caller]
fn told(files: &Memory) -> Findings {
    let findings = pipeline::findings(Path::new("study.json"), files);
    // JSON has no word for what is not a number and writes null; the findings themselves do not hide it.
    let numbers = format!("{findings:?}");
    let mut words = numbers.split(|sign: char| !sign.is_alphanumeric());
    assert!(!words.any(|word| word == "NaN" || word == "inf"), "not a number in the findings");
    let json = serde_json::to_string(&findings).expect("findings serialise");
    assert!(serde_json::from_str::<Findings>(&json).is_ok(), "no number became null on the way");
    for lang in Lang::ALL {
        let document = compose(&findings, lang);
        for passage in passages(&document) {
            let unknown = ["NaN", "inf ", "report.", "{"].into_iter().find(|sign| passage.contains(sign));
            assert!(unknown.is_none(), "{passage}");
        }
        let found = overclaims(&document, findings.plan.claim, "dampak 0.1.0");
        assert!(found.is_empty(), "{found:?}");
        assert!(!render(&document, Format::Html).expect("a report").is_empty());
    }
    findings
}

fn codes(findings: &Findings) -> Vec<&str> {
    findings.notices.iter().map(|notice| notice.code.as_str()).collect()
}

#[track_caller]
fn says(findings: &Findings, code: &str) {
    assert!(codes(findings).contains(&code), "not said: {code}, but {:?}", codes(findings));
}

#[track_caller]
fn keeps_silent(findings: &Findings, code: &str) {
    assert!(!codes(findings).contains(&code), "said: {code}, among {:?}", codes(findings));
}

/// No estimate of the outcome has a standard error, an interval or a p-value.
#[track_caller]
fn infers_nothing(findings: &Findings) {
    let estimates = &findings.outcomes[0].estimates;
    assert!(
        estimates.iter().all(|own| own.se.is_none() && own.ci.is_none() && own.p.is_none()),
        "{estimates:#?}"
    );
}

/// What is said about files that cannot be analysed.
fn faults(files: &Memory) -> Vec<Diagnostic> {
    let path = Path::new("study.json");
    let bound = study::bind(pipeline::study(path, files), path, files);
    assert!(!has_errors(&bound.diagnostics), "{:#?}", bound.diagnostics);
    response::read(&bound.value.expect("a bound study"), files).diagnostics
}

#[track_caller]
fn is_refused(files: &Memory, code: &str) {
    let found = faults(files);
    assert!(has_errors(&found) && found.iter().any(|own| own.code == code), "{code}: {found:#?}");
}

#[test]
fn one_wave_is_described() {
    let findings = Small { waves: 1, ..small(&usual) }.findings();
    says(&findings, "A-DESIGN-001");
    assert_eq!((findings.plan.claim, findings.plan.primary), (Claim::Description, None));
    infers_nothing(&findings);
}

#[test]
fn one_school_is_described() {
    let findings = Small { schools: 1, ..small(&usual) }.findings();
    keeps_silent(&findings, "A-FEW-001");
    says(&findings, "A-FEW-003");
    infers_nothing(&findings);
}

#[test]
fn fewer_than_six_schools_are_only_permuted() {
    let one_group = Small { schools: 5, ..small(&usual) }.findings();
    says(&one_group, "A-FEW-001");
    keeps_silent(&one_group, "A-FEW-003");
    let methods = |findings: &Findings| -> Vec<Method> {
        findings.outcomes[0].estimates.iter().map(|own| own.method).collect()
    };
    assert!(methods(&one_group).starts_with(&[Method::SignFlip]));
    let compared = Small { schools: 5, program: Some(2), ..small(&usual) }.findings();
    says(&compared, "A-FEW-001");
    keeps_silent(&compared, "A-FEW-002");
    assert!(methods(&compared).starts_with(&[Method::SchoolPermutation]));
    for findings in [&one_group, &compared] {
        let primary =
            findings.outcomes[0].estimates.iter().find(|own| own.primary).expect("a permutation test");
        assert!(primary.ci.is_none() && primary.p.is_some_and(|p| p > 0.0));
    }
}

#[test]
fn one_school_in_an_arm_is_not_the_programme() {
    let each = Small { schools: 2, program: Some(1), ..small(&usual) }.findings();
    says(&each, "A-FEW-002");
    let one_sided = Small { schools: 8, program: Some(1), ..small(&usual) }.findings();
    says(&one_sided, "A-FEW-002");
    for findings in [&each, &one_sided] {
        infers_nothing(findings);
    }
}

#[test]
fn an_empty_arm_leaves_one_group() {
    let study = Small { program: Some(8), ..small(&usual) };
    let files = study.files(same, same);
    assert!(faults(&files).iter().any(|own| own.code == "R-ROSTER-009"));
    let findings = told(&files);
    says(&findings, "A-DESIGN-008");
    says(&findings, "A-DESIGN-002");
    keeps_silent(&findings, "A-FEW-002");
    assert_eq!((findings.plan.claim, findings.plan.primary), (Claim::Change, Some(Method::ClusterMeanT)));
}

#[test]
fn teachers_of_one_arm_are_not_compared_beside_students_of_two() {
    let study = Small { program: Some(4), ..small(&usual) };
    let mut files = study.files(same, same);
    let mut json = study.study();
    let teachers = json!({ "respondent": "teacher", "file": "teachers.csv",
        "columns": { "person": "id", "school": "school", "arm": "arm" } });
    let marks = json!({ "id": "practice", "file": "practice.csv", "person": "id", "respondent": "teacher" });
    let outcome = json!({ "id": "teaching", "label": text("Teaching"), "role": "secondary", "range": [0, 100],
        "from": { "score_file": "practice", "columns": { "before": "before", "after": "after" } } });
    for (list, entry) in [("roster", teachers), ("score_files", marks), ("outcomes", outcome)] {
        json[list].as_array_mut().expect("a list").push(entry);
    }
    let rows = |row: &dyn Fn(usize) -> String| (0..16).map(row).collect::<String>();
    files.insert("study.json", json.to_string());
    files.insert(
        "teachers.csv",
        "id,school,arm\n".to_owned() + &rows(&|at| format!("T{at:02},S{:02},taught\n", at % 4)),
    );
    files.insert(
        "practice.csv",
        "id,before,after\n".to_owned()
            + &rows(&|at| format!("T{at:02},{},{}\n", usual(at % 4, at, 0), usual(at % 4, at, 1))),
    );
    let findings = told(&files);
    let of_teachers =
        |code: &str| findings.notices.iter().any(|own| own.code == code && own.about == "teaching");
    assert!(of_teachers("A-ARM-001") && of_teachers("A-ATTRITION-004"), "{:?}", codes(&findings));
    assert!(findings.outcomes[1].estimates.is_empty() && !findings.outcomes[0].estimates.is_empty());
}

#[test]
fn an_arm_that_nobody_was_measured_twice_in_is_not_compared() {
    let study = Small { program: Some(4), ..small(&usual) };
    // The last four schools, those of the comparison, are not there afterwards.
    let left = |marks: String| -> String {
        let cut = |line: &str| match line {
            line if line >= "P04" && line.starts_with('P') => {
                line.rsplit_once(',').map_or(String::new(), |(kept, _)| format!("{kept},\n"))
            }
            line => format!("{line}\n"),
        };
        marks.lines().map(cut).collect()
    };
    let findings = told(&study.files(same, left));
    says(&findings, "A-ARM-001");
    infers_nothing(&findings);
}

#[test]
fn scores_that_do_not_vary_have_no_standard_error() {
    let equal = small(&|_, _, _| 50.0).findings();
    says(&equal, "A-ESTIMATE-001");
    // Everybody gains the same: before and after are perfectly correlated.
    let parallel = small(&|school, student, wave| 40.0 + (school + 2 * student + 5 * wave) as f64).findings();
    says(&parallel, "A-ESTIMATE-001");
    for findings in [&equal, &parallel] {
        let estimates = &findings.outcomes[0].estimates;
        assert!(estimates.iter().all(|own| own.se.is_none_or(|se| se > 0.0)), "{estimates:#?}");
    }
    let compared = Small {
        program: Some(4),
        ..small(&|school, student, wave| 40.0 + (school + student + 5 * wave) as f64)
    };
    says(&compared.findings(), "A-ESTIMATE-001");
}

#[test]
fn perfect_correlation_with_unequal_gains_is_estimated() {
    let stretched = small(&|school, student, wave| {
        let before = 20.0 + (school + 2 * student) as f64;
        if wave == 0 { before } else { 1.5 * before }
    });
    let findings = stretched.findings();
    assert!(findings.outcomes[0].correlation[0].is_some_and(|r| (r - 1.0).abs() < 1e-9));
    assert!(findings.outcomes[0].estimates[0].se.is_some_and(|se| se > 0.0));
}

#[test]
fn schools_that_do_not_differ_are_said() {
    let alike = |school: usize, student: usize, wave: usize| {
        40.0 + 2.0 * student as f64 + if wave == 1 { 5.0 + ((school + student) % 3) as f64 } else { 0.0 }
    };
    says(&small(&alike).findings(), "A-ICC-001");
}

#[test]
fn nobody_linked_is_said_before_and_in_the_findings() {
    let study = small(&usual);
    let other_persons = |marks: String| -> String {
        let keep = |(place, line): (usize, &str)| {
            let cells: Vec<&str> = line.split(',').collect();
            match place {
                0 => format!("{line}\n"),
                place if place % 2 == 0 => format!("{},{},\n", cells[0], cells[1]),
                _ => format!("{},,{}\n", cells[0], cells[2]),
            }
        };
        marks.lines().enumerate().map(keep).collect()
    };
    let files = study.files(same, other_persons);
    let findings = told(&files);
    says(&findings, "A-MATCH-001");
    infers_nothing(&findings);
}

#[test]
fn a_school_stands_in_one_arm_and_a_person_in_one_row() {
    let study = Small { program: Some(4), ..small(&usual) };
    let moved = |rows: String| rows.replace("P0009,S00,taught", "P0009,S00,other");
    is_refused(&study.files(moved, same), "R-ROSTER-007");
    let again = |rows: String| rows + "P0000,S00,taught,,2\n";
    is_refused(&study.files(again, same), "R-ROSTER-001");
    let elsewhere = |rows: String| rows + "P0000,S07,other,,2\n";
    is_refused(&study.files(elsewhere, same), "R-ROSTER-002");
    let in_both_arms = |rows: String| rows + "P0000,S00,other,,2\n";
    is_refused(&study.files(in_both_arms, same), "R-ROSTER-001");
    is_refused(&study.files(in_both_arms, same), "R-ROSTER-007");
    let twice_marked = |marks: String| marks + "P0000,10,20\n";
    is_refused(&study.files(same, twice_marked), "R-PERSON-002");
}

#[test]
fn weights_are_above_zero() {
    for weight in ["0", "-1", "inf", ""] {
        let study = Small { first_weight: Some(weight), ..small(&usual) };
        is_refused(&study.files(same, same), "R-ROSTER-010");
    }
    says(&Small { first_weight: Some("0.5"), ..small(&usual) }.findings(), "A-WEIGHT-001");
}

#[test]
fn strata_are_made_of_whole_schools_and_of_both_arms() {
    let halves = ["n", "n", "s", "s", "n", "n", "s", "s"];
    let study = Small { program: Some(4), strata: Some(&halves), ..small(&usual) };
    let moved = |rows: String| rows.replace("P0009,S00,taught,n", "P0009,S00,taught,s");
    is_refused(&study.files(moved, same), "R-ROSTER-011");
    let balanced = study.findings();
    says(&balanced, "A-STRATA-001");
    keeps_silent(&balanced, "A-STRATA-002");
    // The last school is a stratum by itself.
    let alone = ["n", "n", "s", "s", "n", "n", "s", "x"];
    let with_one = Small { program: Some(4), strata: Some(&alone), ..small(&usual) }.findings();
    says(&with_one, "A-STRATA-002");
    assert!(with_one.outcomes[0].estimates[0].se.is_some_and(|se| se > 0.0));
    // Every school is: nothing is left to compare within.
    let all_alone = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let nothing = Small { program: Some(4), strata: Some(&all_alone), ..small(&usual) }.findings();
    says(&nothing, "A-STRATA-002");
    says(&nothing, "A-ESTIMATE-001");
}

#[test]
fn a_refusal_is_worded_in_both_languages_and_says_what_about() {
    let cases = [
        Small { schools: 1, ..small(&usual) }.findings(),
        Small { schools: 2, program: Some(1), ..small(&usual) }.findings(),
        small(&|_, _, _| 50.0).findings(),
    ];
    for notice in cases.iter().flat_map(|findings| &findings.notices) {
        let (id, en) = (notice.text.get(Lang::Id), notice.text.get(Lang::En));
        assert!(!id.is_empty() && !en.is_empty() && id != en, "{notice:?}");
        assert!(notice.kind != NoticeKind::Refusal || notice.code.starts_with("A-"), "{notice:?}");
    }
}

#[test]
fn the_program_writes_the_report_of_a_study_it_refuses_to_test() {
    let one_school = study_test::StudyTest::mini().edit("roster.csv", |roster| {
        let row = |line: &str| line.split_once(',').map_or(String::new(), |(id, _)| format!("{id},S1\n"));
        let rows: String = roster.lines().skip(1).map(row).collect();
        format!("id,school\n{rows}")
    });
    let made = one_school.run(&["report", "study", "--out", "out"]).exits(0).made;
    assert!(made.iter().any(|file| file.ends_with("report-en.pdf")), "{made:?}");
    let findings = std::fs::read_to_string(one_school.place().join("out/findings.json")).expect("findings");
    assert!(findings.contains("A-FEW-003"));
}
