//! Subgroups and associations from study file to findings: the numbers of R, and a minimal study for every
//! refusal.

mod pipeline;

use std::fmt::Write as _;
use std::path::Path;

use dampak::analysis::Findings;
use dampak::analysis::findings::{AssociationKind, InteractionMethod, Method, Notice, SubgroupFindings};
use dampak::i18n::Lang;
use dampak::impact::multiplicity::{benjamini_hochberg, hochberg, holm};
use dampak::io::Memory;
use dampak::report::claim::passages;
use dampak::report::compose;
use dampak::study::Correction;
use serde_json::{Value, json};

/// One student.
#[derive(Clone)]
struct Student {
    school: usize,
    before: f64,
    change: f64,
    group: String,
    arm: &'static str,
    hours: Option<f64>,
}

/// Findings of a study of these students; `change` alters the study file.
fn findings(students: &[Student], change: impl Fn(&mut Value)) -> Findings {
    let mut study = json!({
        "format": "dampak.study/1", "id": "demo", "title": {"en": "Demo"}, "simulated": true,
        "waves": [{"id": "pre", "label": {"en": "Before"}}, {"id": "post", "label": {"en": "After"}}],
        "roster": [{"respondent": "student", "file": "roster.csv",
            "columns": {"person": "id", "school": "school"}}],
        "score_files": [{"id": "marks", "file": "marks.csv", "person": "id"}],
        "outcomes": [{"id": "maths", "label": {"en": "Maths"}, "role": "primary", "range": [-1000, 1000],
            "from": {"score_file": "marks", "columns": {"pre": "pre", "post": "post"}}}],
        "subgroups": [{"id": "group", "label": {"en": "Group"}, "column": "group", "declared": true}],
        "analysis": {"dose": [
            {"id": "hours", "label": {"en": "Hours"}, "respondent": "student", "column": "hours"}]},
        "report": {"languages": ["en"]}});
    change(&mut study);
    let (mut roster, mut marks) = ("id,school,group,arm,hours\n".to_owned(), "id,pre,post\n".to_owned());
    for (place, student) in students.iter().enumerate() {
        let hours = student.hours.map(|hours| hours.to_string()).unwrap_or_default();
        let Student { school, before, change, group, arm, .. } = student;
        writeln!(roster, "P{place:04},S{school:02},{group},{arm},{hours}").unwrap();
        writeln!(marks, "P{place:04},{before},{}", before + change).unwrap();
    }
    let mut files = Memory::default();
    files.insert("study.json", study.to_string());
    files.insert("roster.csv", roster);
    files.insert("marks.csv", marks);
    pipeline::findings(Path::new("study.json"), &files)
}

/// The study of `tests/reference/relations.json`, groups from one of its columns.
fn reference(group: &str) -> (Value, Vec<Student>) {
    let root: Value = serde_json::from_str(include_str!("reference/relations.json")).unwrap();
    let number = |name: &str, row: usize| root["data"][name][row].as_f64().unwrap();
    let rows = root["data"]["change"].as_array().unwrap().len();
    let student = |row: usize| Student {
        school: number("school", row) as usize,
        before: 40.0 + (row % 17) as f64,
        change: number("change", row),
        group: number(group, row).to_string(),
        arm: if number("arm", row) == 1.0 { "T" } else { "C" },
        hours: Some(number("hours", row)),
    };
    let students = (0..rows).map(student).collect();
    (root, students)
}

/// `per_school` students in each of `schools`, their changes scattered without a random number.
fn plain(schools: usize, per_school: usize) -> Vec<Student> {
    let of = |place: usize| {
        let (school, own) = (place / per_school, place % per_school);
        Student {
            school,
            before: 50.0 + ((place * 7) % 23) as f64,
            change: 5.0 + ((place * 13) % 11) as f64 / 2.0 + ((school * 5) % 7) as f64,
            group: if own % 2 == 0 { "a" } else { "b" }.to_owned(),
            arm: if school % 2 == 0 { "T" } else { "C" },
            hours: Some(60.0 + ((school * 5) % 8) as f64 * 4.0 + own as f64),
        }
    };
    (0..schools * per_school).map(of).collect()
}

fn with_arms(study: &mut Value) {
    study["arms"] = json!([{"id": "T", "label": {"en": "Programme"}, "role": "programme"},
        {"id": "C", "label": {"en": "Comparison"}, "role": "comparison"}]);
    study["assignment"] = json!("school");
    study["roster"][0]["columns"]["arm"] = json!("arm");
}

fn subgroup(found: &Findings) -> &SubgroupFindings {
    &found.outcomes[0].subgroups[0]
}

fn codes(notices: &[Notice]) -> Vec<&str> {
    notices.iter().map(|notice| notice.code.as_str()).collect()
}

#[track_caller]
fn close(found: f64, expected: &Value, factor: f64) {
    let expected = expected.as_f64().unwrap() * factor;
    assert!((found - expected).abs() < 1e-6 * expected.abs().max(1.0), "{found} against {expected}");
}

#[test]
fn findings_hold_the_numbers_of_r() {
    let (root, students) = reference("sex");
    let found = findings(&students, |_| {});
    let own = subgroup(&found);
    let test = own.interaction.as_ref().unwrap();
    let expected = &root["one_group"]["sex"];
    close(test.estimate.unwrap(), &expected["estimate"], 1.0);
    close(test.se.unwrap(), &expected["se"], 1.0);
    close(test.df, &expected["df"], 1.0);
    close(test.p, &expected["p"], 1.0);
    assert_eq!((test.method, test.clusters, own.declared), (InteractionMethod::PersonsCr2, Some(14), true));
    // The changes within the two groups differ by the interaction.
    let within: Vec<f64> = own.groups.iter().map(|group| group.estimate.estimate).collect();
    assert!((within[1] - within[0] - test.estimate.unwrap()).abs() < 1e-9);
    let schools = found.associations.iter().find(|a| a.kind == AssociationKind::DoseSchools).unwrap();
    let persons = found.associations.iter().find(|a| a.kind == AssociationKind::DosePersons).unwrap();
    for (association, expected) in
        [(schools, &root["association"]["schools"]), (persons, &root["association"]["persons"])]
    {
        let slope = association.slope.unwrap();
        close(slope.estimate, &expected["estimate"], 10.0);
        close(slope.se, &expected["se"], 10.0);
        close(slope.df, &expected["df"], 1.0);
        close(slope.p, &expected["p"], 1.0);
    }
    let beside = schools.schoolwise.as_ref().unwrap();
    close(beside.spearman, &root["association"]["schools"]["spearman"], 1.0);
    close(beside.leave_one_out.unwrap()[0], &root["association"]["schools"]["leave_one_out"][0], 10.0);
    // One school has ten students and no other has more than nine: it alone may be shown as a point.
    assert_eq!((beside.points.len(), beside.hidden), (1, 13));
    assert!(persons.schoolwise.is_none());
}

#[test]
fn arms_and_groups_of_schools_have_tests_of_their_own() {
    let (root, students) = reference("sex");
    let found = findings(&students, |study| {
        with_arms(study);
        study["analysis"]["smallest_cell"] = json!(5);
    });
    let test = subgroup(&found).interaction.as_ref().unwrap();
    close(test.estimate.unwrap(), &root["two_arms"]["sex"]["estimate"], 1.0);
    close(test.p, &root["two_arms"]["sex"]["p"], 1.0);
    assert_eq!(test.estimand, "difference_of_differences");
    // Programme schools alone are related to hours.
    assert_eq!(found.associations[0].schools, 7);
    let (root, students) = reference("district");
    let found = findings(&students, |_| {});
    let own = subgroup(&found);
    let test = own.interaction.as_ref().unwrap();
    close(test.statistic, &root["schools"]["district"]["f"], 1.0);
    close(test.df, &root["schools"]["district"]["df2"], 1.0);
    assert_eq!((test.method, own.of_schools), (InteractionMethod::SchoolsHc2, true));
    assert_eq!((test.tests, test.adjusted), (1, Some(test.p)));
}

#[test]
fn small_groups_are_not_shown_nor_given_away() {
    let mut students = plain(8, 8);
    for student in &mut students {
        student.group = "a".to_owned();
    }
    for school in 0..8 {
        students[8 * school].group = "b".to_owned();
    }
    let found = findings(&students, |_| {});
    let own = subgroup(&found);
    assert_eq!((own.groups.len(), own.suppressed, own.withheld), (0, 1, 1));
    assert_eq!(codes(&own.notices), ["A-SUB-001"]);
    assert!(own.interaction.is_none());
}

#[test]
fn a_draw_by_lot_has_its_interaction_given_the_first_score() {
    let (root, mut students) = reference("sex");
    let number = |name: &str, row: usize| root["data"][name][row].as_f64().unwrap();
    for (row, student) in students.iter_mut().enumerate() {
        assert_eq!(student.before, number("before", row));
        // The block travels in the column of hours.
        student.hours = Some(number("block", row));
    }
    let found = findings(&students, |study| {
        with_arms(study);
        study["assignment"] = json!("random_school");
        study["roster"][0]["columns"]["stratum"] = json!("hours");
        study["analysis"] = json!({"smallest_cell": 5});
    });
    let test = subgroup(&found).interaction.as_ref().unwrap();
    assert_eq!(test.method, InteractionMethod::AdjustedWorking);
    assert_eq!(test.estimand, "difference_of_adjusted_differences");
    let expected = &root["adjusted"]["working"]["sex"];
    // The share of the schools' variance is found by REML, to some six digits.
    let near = |found: f64, field: &str| {
        let expected = expected[field].as_f64().unwrap();
        assert!((found - expected).abs() < 1e-5 * expected.abs().max(1.0), "{found} against {expected}");
    };
    near(test.estimate.unwrap(), "estimate");
    near(test.se.unwrap(), "se");
    near(test.df, "df");
    near(test.p, "p");
    let methods: Vec<Method> = subgroup(&found).groups.iter().map(|group| group.estimate.method).collect();
    assert_eq!(methods, [Method::AncovaWorking; 2]);
    assert!(codes(&found.notices).contains(&"A-CELL-001"));
}

#[test]
fn a_group_of_schools_is_compared_where_schools_hold_both_arms() {
    let (root, mut students) = reference("district");
    for (row, student) in students.iter_mut().enumerate() {
        student.arm = if root["data"]["inside"][row] == 1 { "T" } else { "C" };
    }
    let drawn = |students: &[Student], assignment: &str| {
        findings(students, |study| {
            with_arms(study);
            study["assignment"] = json!(assignment);
            study["analysis"] = json!({"smallest_cell": 5});
        })
    };
    let found = drawn(&students, "random_student");
    let own = subgroup(&found);
    let test = own.interaction.as_ref().unwrap();
    assert_eq!((test.method, own.of_schools), (InteractionMethod::AdjustedWithin, true));
    close(test.statistic, &root["adjusted"]["within"]["district"]["f"], 1.0);
    close(test.p, &root["adjusted"]["within"]["district"]["p"], 1.0);
    // Districts of five schools are too few for an estimate of their own; two groups of seven schools have one.
    assert!(own.groups.is_empty() && codes(&own.notices).contains(&"A-SUB-007"));
    for student in &mut students {
        student.group = if student.school <= 7 { "a" } else { "b" }.to_owned();
    }
    let found = drawn(&students, "self_selected");
    let own = subgroup(&found);
    assert_eq!(own.interaction.as_ref().unwrap().method, InteractionMethod::PersonsCr2);
    assert_eq!(own.groups.len(), 2);
    assert!(own.groups.iter().all(|group| group.estimate.method == Method::DidStudentCr2));
    assert!(!codes(&own.notices).contains(&"A-SUB-006"));
}

#[test]
fn interactions_are_corrected_as_their_family_is() {
    let students = plain(10, 12);
    let with = |families: Value| {
        let found = findings(&students, |study| {
            study["outcomes"][0]["family"] = json!("tests");
            let mut other = study["outcomes"][0].clone();
            other["id"] = json!("science");
            other["from"]["columns"] = json!({"pre": "post", "post": "pre"});
            study["outcomes"].as_array_mut().unwrap().push(other);
            study["subgroups"].as_array_mut().unwrap().push(json!(
                {"id": "hours", "label": {"en": "Hours"}, "column": "school", "declared": true}));
            study["analysis"]["families"] = families.clone();
        });
        let outcomes = found.outcomes.iter();
        let tests = outcomes.flat_map(|outcome| &outcome.subgroups).filter_map(|own| own.interaction.clone());
        tests.collect::<Vec<_>>()
    };
    for (families, correction) in [
        (json!({}), Correction::Holm),
        (json!({"tests": "benjamini_hochberg"}), Correction::BenjaminiHochberg),
        (json!({"tests": "hochberg"}), Correction::Hochberg),
    ] {
        let tests = with(families);
        let p: Vec<f64> = tests.iter().map(|test| test.p).collect();
        assert!(p.len() > 1, "{p:?}");
        let expected = match correction {
            Correction::Holm => holm(&p),
            Correction::Hochberg => hochberg(&p),
            Correction::BenjaminiHochberg => benjamini_hochberg(&p),
        };
        for (test, expected) in tests.iter().zip(expected.unwrap()) {
            assert_eq!((test.correction, test.adjusted), (correction, Some(expected)));
        }
    }
}

#[test]
fn blanks_and_small_groups_give_nobody_away() {
    let mut students = plain(8, 12);
    for (place, student) in students.iter_mut().enumerate() {
        student.group = match place {
            0..3 => "b",
            3..5 => "c",
            5..45 => "a",
            _ => "d",
        }
        .to_owned();
    }
    // Five children are hidden between the total and the groups of 40 and 51, so the 40 go too.
    let found = findings(&students, |_| {});
    let own = subgroup(&found);
    assert_eq!((own.groups.len(), own.suppressed, own.withheld), (1, 2, 1));
    for student in &mut students[0..5] {
        student.group = String::new();
    }
    let found = findings(&students, |_| {});
    let own = subgroup(&found);
    assert_eq!((own.groups.len(), own.suppressed, own.withheld), (1, 0, 1));
    assert_eq!(own.groups[0].estimate.n, 51);
    let words = passages(&compose(&found, Lang::En)).join(" ");
    assert!(words.contains("with a blank entry"));
    assert!(!codes(&found.notices).contains(&"A-CELL-001"));
}

#[test]
fn every_refusal_of_subgroups_has_a_study() {
    let refused = |students: &[Student], change: fn(&mut Value)| {
        let found = findings(students, change);
        let own = found.outcomes[0].subgroups.last().unwrap().clone();
        assert!(own.interaction.is_none());
        own.notices.iter().map(|notice| notice.code.clone()).collect::<Vec<_>>()
    };
    assert_eq!(refused(&plain(5, 20), |_| {}), ["A-SUB-002"]);
    let mut two_schools = plain(8, 12);
    for student in &mut two_schools {
        student.group = if student.school < 2 { "a" } else { "b" }.to_owned();
    }
    assert_eq!(refused(&two_schools, |_| {}), ["A-SUB-003"]);
    let thirds = |study: &mut Value| study["analysis"]["baseline_thirds"] = json!(true);
    assert_eq!(refused(&plain(8, 12), thirds), ["A-SUB-005"]);
    let mut stiff = plain(8, 12);
    for student in &mut stiff {
        student.change = if student.group == "a" { 4.0 } else { 6.0 };
    }
    assert_eq!(refused(&stiff, |_| {}), ["A-SUB-006", "A-SUB-007", "A-SUB-007"]);
}

#[test]
fn thirds_of_the_first_score_are_compared_between_arms_only() {
    let found = findings(&plain(12, 12), |study| {
        with_arms(study);
        study["analysis"]["baseline_thirds"] = json!(true);
    });
    let own = found.outcomes[0].subgroups.last().unwrap();
    assert_eq!((own.id.as_str(), own.groups.len(), own.declared), ("baseline", 3, false));
    assert_eq!(own.interaction.as_ref().unwrap().contrasts, 2.0);
    assert!(codes(&own.notices).contains(&"A-SUB-004"));
}

#[test]
fn every_refusal_of_associations_has_a_study() {
    let code = |students: &[Student], kind: AssociationKind, change: fn(&mut Value)| {
        let found = findings(students, change);
        let own = found.associations.iter().find(|association| association.kind == kind).unwrap().clone();
        assert!(own.slope.is_none());
        own.notices.iter().map(|notice| notice.code.clone()).collect::<Vec<_>>().join(" ")
    };
    let (schools, persons) = (AssociationKind::DoseSchools, AssociationKind::DosePersons);
    assert_eq!(code(&plain(5, 20), schools, |_| {}), "A-ASSOC-001");
    assert_eq!(code(&plain(5, 20), persons, |_| {}), "A-ASSOC-001");
    let with = |hours: fn(&Student, usize) -> Option<f64>| {
        let mut students = plain(8, 12);
        for (place, student) in students.iter_mut().enumerate() {
            student.hours = hours(student, place);
        }
        students
    };
    assert_eq!(code(&with(|_, _| Some(64.0)), schools, |_| {}), "A-ASSOC-002");
    let one = with(|student, _| Some(if student.school == 3 { 80.0 } else { 64.0 }));
    assert_eq!(code(&one, schools, |_| {}), "A-ASSOC-003");
    let no_school = |study: &mut Value| study["roster"][0]["columns"] = json!({"person": "id"});
    assert_eq!(code(&plain(8, 12), schools, no_school), "A-ASSOC-004");
    assert_eq!(code(&plain(1, 8), schools, |_| {}), "A-ASSOC-005");
    let few = with(|_, place| (place % 12 == 0).then_some(60.0 + place as f64));
    assert_eq!(code(&few, persons, |_| {}), "A-ASSOC-006");
}

#[test]
fn teachers_are_linked_to_the_students_of_their_school() {
    let students = plain(9, 12);
    let mut files = Memory::default();
    let (mut teachers, mut practice) = ("id,school\n".to_owned(), "id,pre,post\n".to_owned());
    for place in 0..9 * 5 {
        let school = place / 5;
        writeln!(teachers, "T{place:02},S{school:02}").unwrap();
        writeln!(practice, "T{place:02},3,{}", 3.0 + school as f64 / 10.0 + (place % 5) as f64 / 20.0)
            .unwrap();
    }
    let (mut roster, mut marks) = ("id,school\n".to_owned(), "id,pre,post\n".to_owned());
    for (place, student) in students.iter().enumerate() {
        writeln!(roster, "P{place:04},S{:02}", student.school).unwrap();
        let gain = 2.0 + student.school as f64 * 0.5 + [0.3, -0.2, 0.1][student.school % 3];
        writeln!(marks, "P{place:04},{},{}", student.before, student.before + gain + (place % 12) as f64)
            .unwrap();
    }
    let columns = json!({"pre": "pre", "post": "post"});
    let study = json!({
        "format": "dampak.study/1", "id": "demo", "title": {"en": "Demo"}, "simulated": true,
        "waves": [{"id": "pre", "label": {"en": "Before"}}, {"id": "post", "label": {"en": "After"}}],
        "roster": [
            {"respondent": "student", "file": "roster.csv", "columns": {"person": "id", "school": "school"}},
            {"respondent": "teacher", "file": "teachers.csv", "columns": {"person": "id", "school": "school"}}],
        "score_files": [{"id": "marks", "file": "marks.csv", "person": "id"},
            {"id": "practice", "file": "practice.csv", "person": "id", "respondent": "teacher"}],
        "outcomes": [
            {"id": "maths", "label": {"en": "Maths"}, "role": "primary",
                "from": {"score_file": "marks", "columns": columns}},
            {"id": "teaching", "label": {"en": "Teaching"}, "role": "secondary",
                "from": {"score_file": "practice", "columns": columns}}],
        "analysis": {"linkages": [{"from": "teaching", "to": "maths"}]},
        "report": {"languages": ["en"]}});
    files.insert("study.json", study.to_string());
    files.insert("roster.csv", roster);
    files.insert("teachers.csv", teachers);
    files.insert("marks.csv", marks);
    files.insert("practice.csv", practice);
    let found = pipeline::findings(Path::new("study.json"), &files);
    let [linkage] = found.associations.as_slice() else { panic!("{:#?}", found.associations) };
    assert_eq!((linkage.kind, linkage.schools), (AssociationKind::Linkage, 9));
    assert_eq!((linkage.n, linkage.staff), (108, 45));
    // School gains are 7.5 + 0.5 j plus a scatter of 0.3, -0.2, 0.1 over j mod 3; teachers' are 0.1 + 0.1 j.
    let scatter: Vec<f64> = (0..9).map(|j| [0.3, -0.2, 0.1][j % 3]).collect();
    let slope: f64 = scatter.iter().enumerate().map(|(j, e)| (j as f64 - 4.0) * e).sum::<f64>() / 60.0;
    assert!((linkage.slope.unwrap().estimate - 10.0 * (0.5 + slope)).abs() < 1e-9);
    let beside = linkage.schoolwise.as_ref().unwrap();
    assert_eq!((beside.points.len(), beside.hidden), (9, 0));
    assert!(beside.points.windows(2).all(|pair| pair[0].x <= pair[1].x));
}
