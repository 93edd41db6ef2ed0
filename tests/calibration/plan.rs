//! What the calibration calls the primary method of a design is what the program does with such a study.

use std::path::Path;

use dampak::analysis::Findings;
use dampak::analysis::findings::Method;
use dampak::impact::Arm;
use dampak::io::Memory;
use serde_json::{Value, json};

use crate::calibration::design::{Cell, DesignKind, Study, draw};
use crate::calibration::methods::{Analysed, Role, methods};
use crate::pipeline;

fn text(words: &str) -> Value {
    json!({ "id": words, "en": words })
}

/// The simulated study as files: roster and scores.
fn files(design: DesignKind, study: &Study) -> Memory {
    let mut roster = "id,school,arm,pair\n".to_owned();
    let mut scores = "id,before,after\n".to_owned();
    let arm = |row: usize| if study.arm[row] == Arm::Program { "p" } else { "c" };
    let mut person = |row: usize, before: Option<f64>, after: Option<f64>| {
        let id = format!("{row:05}{}{}", before.is_some(), after.is_some());
        let school = study.school[row];
        roster += &format!("{id},S{school:02},{},P{:02}\n", arm(row), school / 2);
        let cell = |score: Option<f64>| score.map(|score| score.to_string()).unwrap_or_default();
        scores += &format!("{id},{},{}\n", cell(before), cell(after));
    };
    for row in 0..study.pre.len() {
        let (before, after) = (Some(study.pre[row]), Some(study.post[row]));
        if design.unlinked() {
            person(row, before, None);
            person(row, None, after);
        } else {
            person(row, before, after);
        }
    }
    let mut files = Memory::default();
    files.insert("study.json", declared(design).to_string());
    files.insert("roster.csv", roster);
    files.insert("scores.csv", scores);
    files
}

fn declared(design: DesignKind) -> Value {
    let wave = |id: &str, date: &str| json!({ "id": id, "label": text(id), "date": date });
    let mut study = json!({
        "format": "dampak.study/1", "id": "calibration", "title": text("Calibration"),
        "waves": [wave("before", "2025-07-01"), wave("after", "2026-05-01")],
        "roster": [{ "respondent": "student", "file": "roster.csv",
            "columns": { "person": "id", "school": "school" } }],
        "score_files": [{ "id": "tests", "file": "scores.csv", "person": "id" }],
        "outcomes": [{ "id": "score", "label": text("Score"), "role": "primary", "range": [-100, 100],
            "from": { "score_file": "tests", "columns": { "before": "before", "after": "after" } } }],
        "analysis": { "permutations": 99 }
    });
    if design.compares() {
        let arm = |id: &str, role: &str| json!({ "id": id, "label": text(id), "role": role });
        study["arms"] = json!([arm("p", "programme"), arm("c", "comparison")]);
        study["roster"][0]["columns"]["arm"] = json!("arm");
        study["assignment"] = json!(match design {
            DesignKind::Randomised => "random_school",
            DesignKind::StudentsRandomised => "random_student",
            _ => "school",
        });
    }
    if design == DesignKind::Paired {
        study["roster"][0]["columns"]["pair"] = json!("pair");
    }
    if design.unlinked() {
        study["analysis"]["persons"] = json!("cross_sections");
    }
    study
}

/// The method of the plan, and its p-value and interval to the last digits that text files keep.
#[test]
fn primary_methods_are_those_of_the_plan() {
    for design in DesignKind::ALL {
        let schools = if design == DesignKind::Paired { 12 } else { 13 };
        let cell = Cell { design, schools, equal: false, icc: 0.15, effect: 0.25 };
        let study = draw(&cell, 0);
        let findings: Findings = pipeline::findings(Path::new("study.json"), &files(design, &study));
        let (planned, named) = match design {
            DesignKind::OneGroup | DesignKind::CrossSections => (Method::ClusterMeanT, "cluster_mean_t"),
            DesignKind::Comparison | DesignKind::CrossSectionsComparison => {
                (Method::DidClusterCr2, "did_cluster_cr2")
            }
            DesignKind::Paired => (Method::DidClusterCr2, "did_pairs_cr2"),
            DesignKind::Randomised => (Method::AncovaWorking, "ancova_working_cr2"),
            DesignKind::StudentsRandomised => (Method::AncovaWithin, "ancova_within"),
        };
        let own: Vec<&str> =
            methods(design).iter().filter(|m| m.role == Role::Primary).map(|m| m.name).collect();
        assert_eq!((findings.plan.primary, own.as_slice()), (Some(planned), [named].as_slice()));
        let estimate = &findings.outcomes[0].estimates[0];
        assert!(estimate.primary && estimate.method == planned, "{}", design.name());
        let expected = Analysed::new(&study).answer(design, named).unwrap();
        let close = |found: f64, expected: f64| (found - expected).abs() < 1e-9;
        assert!(close(estimate.p.unwrap(), expected.p), "{}: {estimate:?} {expected:?}", design.name());
        let (ci, ends) = (estimate.ci.unwrap(), expected.interval.unwrap());
        assert!(close(ci[0], ends[0]) && close(ci[1], ends[1]), "{}", design.name());
    }
}
