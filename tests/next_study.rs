//! The next study in findings, report and chart.

mod pipeline;
mod small_study;
mod study_test;

use std::collections::BTreeMap;
use std::path::Path;

use dampak::analysis::findings::{Findings, PlanningFindings};
use dampak::analysis::planning::{self, Known, PlannedDesign, Quantity, Source};
use dampak::chart::{Chart, describe, draw};
use dampak::doc::Block;
use dampak::i18n::Lang;
use dampak::impact::power::minimum_detectable_effect;
use dampak::report::{compose, figures, power_curve};
use small_study::{Small, numbers, reference};
use study_test::StudyTest;

fn study(small: Small) -> Findings {
    pipeline::findings(Path::new(small_study::PATH), &small_study::files(small))
}

fn changes() -> Vec<f64> {
    numbers(&reference()["school_changes"])
}

fn planned(small: Small) -> PlanningFindings {
    let findings = study(small);
    assert_eq!(findings.planning.len(), 1);
    findings.planning[0].clone()
}

#[test]
fn the_next_study_is_planned_from_this_one() {
    let changes = changes();
    let plan =
        planned(Small { changes: &changes, smallest_effect: Some(0.2), varied: true, ..Small::default() });
    assert_eq!((plan.design, plan.outcome.as_deref()), (PlannedDesign::OneGroup, Some("test")));
    let value = |quantity: Quantity| {
        let found = plan.assumptions.iter().find(|entry| entry.quantity == quantity).unwrap();
        (found.value, found.source)
    };
    assert_eq!(value(Quantity::Schools), (13.0, Source::Scores));
    assert_eq!(value(Quantity::Effect), (0.2, Source::StudyFile));
    assert!(plan.rows.len() <= 8 && plan.rows.iter().any(|row| row.units == 13.0));
    for row in &plan.rows {
        let mdes = minimum_detectable_effect(row.se, row.df, 0.05, 0.8).unwrap().value;
        assert!((row.mdes - mdes).abs() < 1e-12);
    }
    let effects: Vec<f64> = plan.curves.iter().map(|curve| curve.effect).collect();
    assert_eq!(effects, [0.15, 0.2, 0.3]);
    for curve in &plan.curves {
        assert!(
            curve.points.is_sorted_by(|one, next| one.units < next.units && one.power <= next.power + 1e-12)
        );
        // Where the curve first holds the wanted power stands the needed number, to the unit by which the
        // multiplier and the noncentral t differ.
        assert!(curve.points[0].units == 6.0 && curve.needed.is_none_or(|needed| needed >= 6));
        let reached = curve.points.iter().find(|point| point.power >= 0.8);
        if let (Some(reached), Some(needed)) = (reached, curve.needed) {
            assert!((reached.units - f64::from(needed)).abs() <= 1.0, "{} {needed}", reached.units);
        }
    }
    let interest = plan.curves.iter().find(|curve| curve.of_interest).unwrap();
    let at = |units: f64| interest.points.iter().find(|point| point.units == units).unwrap().power;
    assert!((at(13.0) - plan.planned.power).abs() < 1e-12);
}

#[test]
fn pairs_arms_and_schools_that_are_not_known() {
    let changes = changes();
    let bare = Small { changes: &changes, varied: true, ..Small::default() };
    assert_eq!(planned(Small { without_schools: true, ..bare }).design, PlannedDesign::Pairs);
    assert_eq!(planned(Small { compares: true, ..bare }).design, PlannedDesign::Comparison);
    let unknown = Small { without_schools: true, compares: true, ..bare };
    assert_eq!(planned(unknown).design, PlannedDesign::IndependentComparison);
    // Students who all change as their school does, in schools that do not differ: no error to plan with.
    let whole: Vec<f64> = (0..13).map(f64::from).collect();
    let unknown = study(Small { changes: &whole, ..Small::default() });
    assert!(unknown.planning.is_empty());
    let notice = unknown.notices.iter().find(|notice| notice.code == "A-PLANNING-001").unwrap();
    assert_eq!(notice.about, "test");
    let ids: Vec<String> = figures(&unknown, Lang::En).into_iter().map(|figure| figure.id).collect();
    assert!(!ids.iter().any(|id| id.contains("power-curve")), "{ids:?}");
}

#[test]
fn the_report_has_one_table_and_one_chart_for_it() {
    let changes = changes();
    let findings =
        study(Small { changes: &changes, smallest_effect: Some(0.2), varied: true, ..Small::default() });
    let mut kinds = Vec::new();
    for (lang, title) in [
        (Lang::Id, "Jumlah sekolah untuk studi berikutnya"),
        (Lang::En, "Number of schools for the next study"),
    ] {
        let document = compose(&findings, lang);
        let is_title = |block: &Block| matches!(block, Block::Heading { text, .. } if text == title);
        let start = document.blocks.iter().position(is_title).expect(title);
        let section: Vec<&Block> = document.blocks[start + 1..]
            .iter()
            .take_while(|block| !matches!(block, Block::Heading { level: 1, .. }))
            .collect();
        let tables = section.iter().filter(|block| matches!(block, Block::Table(_))).count();
        let charts = section.iter().filter(|block| matches!(block, Block::Figure(_))).count();
        kinds.push((section.len(), tables, charts));
    }
    assert_eq!(kinds, [(4, 1, 1), (4, 1, 1)]);
    let again: Findings = serde_json::from_str(&serde_json::to_string(&findings).unwrap()).unwrap();
    assert_eq!(again.planning[0].curves.len(), findings.planning[0].curves.len());
}

#[test]
fn curves_are_labelled_where_they_end() {
    let asked: BTreeMap<Quantity, f64> =
        [(Quantity::Schools, 20.0), (Quantity::Students, 25.0), (Quantity::Effect, 0.3)].into();
    let plan = planning::plan(PlannedDesign::Randomised, &asked, &Known::default()).unwrap();
    let found = planning::findings_of(&plan);
    let figure = power_curve::figure(&found, "Trial", "trial", Lang::Id);
    assert_eq!(figure.id, "trial-power-curve");
    let Chart::PowerCurves(data) = &figure.chart else { panic!("power is drawn as curves") };
    assert_eq!(data.lines.iter().filter(|line| line.leading).count(), 1);
    assert!(data.lines[1].label.starts_with("0,30 SD: ") && data.present_label.contains("20 sekolah"));
    let natural = draw::natural_size(&figure.chart);
    let narrow = draw::size_for_width(&figure.chart, 340);
    for size in [natural, narrow] {
        let svg = draw::svg(&figure.chart, Lang::Id, size).unwrap();
        for words in ["Daya uji", "Jumlah sekolah", "80%", "20 sekolah", "0,30 SD:"] {
            assert!(svg.contains(words), "{words}");
        }
        // Grey print: at least two of the curves are told apart by their dashes.
        assert!(!svg.contains("NaN") && svg.matches("<polyline").count() > 10);
    }
    let words = describe::describe(&figure.chart, Lang::En);
    assert!(words.contains("0,30 SD") && words.contains('%'), "{words}");
    let empty = Chart::PowerCurves(dampak::chart::PowerCurves { lines: Vec::new(), ..data.clone() });
    assert!(draw::svg(&empty, Lang::En, draw::natural_size(&empty)).is_ok());
}

#[test]
fn the_command_writes_the_chart() {
    let study = StudyTest::mini();
    let args = "power --design one_group --schools 13 --students 25 --lang en --out charts";
    let args: Vec<&str> = args.split(' ').collect();
    study
        .run(&args)
        .exits(0)
        .makes(&["charts/one-group-power-curve-en.png", "charts/one-group-power-curve-en.svg"]);
}
