//! More than two waves, cohorts, and schools that hold both arms: every number by hand from the scores of the rows.

use dampak::analysis::findings::{GrowthFindings, Notice, TestKind};
use dampak::num::dist;

use super::*;

/// Both arms in every school: the programme adds `effect` points a wave, and the school moves by its own course.
fn shared_schools(schools: usize, waves: usize, effect: f64) -> Vec<Row> {
    let mut rows = drawn(schools, 12, waves, true);
    for (index, row) in rows.iter_mut().enumerate() {
        row.arm = if (index * 7 + row.school) % 5 < 2 { "p" } else { "c" };
        for (wave, score) in row.scores.iter_mut().enumerate() {
            let own = ((row.school * 5) % 7) as f64 * wave as f64;
            let gain =
                if row.arm == "p" { (effect + 0.2 * (row.school % 3) as f64) * wave as f64 } else { 0.0 };
            *score = score.map(|score| score + own + gain);
        }
    }
    rows
}

/// Mean of one arm of one school at a wave.
fn cell(rows: &[Row], school: usize, arm: &str, wave: usize) -> Option<f64> {
    let own = rows.iter().filter(|row| row.school == school && row.arm == arm);
    let scores: Vec<f64> = own.filter_map(|row| row.scores[wave]).collect();
    (!scores.is_empty()).then(|| mean(&scores))
}

/// Contrasts of waves within each school, programme less comparison; schools that lack a cell are left out.
fn within(rows: &[Row], weights: &[(usize, f64)]) -> Vec<f64> {
    let last = rows.iter().map(|row| row.school).max().unwrap();
    let contrast = |school: usize, arm: &str| -> Option<f64> {
        weights.iter().map(|(wave, weight)| Some(weight * cell(rows, school, arm, *wave)?)).sum()
    };
    (0..=last).filter_map(|school| Some(contrast(school, "p")? - contrast(school, "c")?)).collect()
}

fn growth(findings: &Findings) -> &GrowthFindings {
    findings.outcomes[0].growth.as_ref().unwrap()
}

fn said<'a>(findings: &'a Findings, code: &str) -> Option<&'a Notice> {
    findings.outcomes[0].notices.iter().find(|notice| notice.code == code)
}

#[test]
fn growth_keeps_arms_apart_within_schools() {
    let mut rows = shared_schools(8, 3, 4.0);
    // A ninth school with programme students only tells nothing.
    let mut alone: Vec<Row> = rows.iter().filter(|row| row.school == 0).cloned().collect();
    alone.iter_mut().for_each(|row| {
        row.school = 8;
        row.arm = "p";
    });
    rows.extend(alone);
    let findings = analysed(&rows, |study| study["assignment"] = json!("self_selected"));
    assert!(findings.plan.arms_within_schools);
    let counted = rows.iter().filter(|row| row.school < 8).count();
    let pairs = [(0, 1), (0, 2), (1, 2)];
    assert_eq!(growth(&findings).contrasts.len(), 3);
    for (contrast, (from, to)) in growth(&findings).contrasts.iter().zip(pairs) {
        let [estimate, se] = by_hand(&within(&rows, &[(from, -1.0), (to, 1.0)]));
        let found = &contrast.estimate;
        assert_eq!((found.method, found.estimand.as_str()), (Method::WithinSchoolT, "difference_in_change"));
        close(found.estimate, estimate, 1e-12);
        close(found.se.unwrap(), se, 1e-12);
        close(found.p.unwrap(), dist::t_two_sided_p(estimate / se, 7.0).unwrap(), 1e-10);
        assert_eq!((found.df, found.n, found.clusters), (Some(7.0), counted, Some(8)));
        // Four points and some a wave were planted; a school's own course is no part of it.
        let planted = 4.2 * (to - from) as f64;
        assert!((estimate - planted).abs() < 4.0 * se, "{estimate} for {planted}");
        // The primary estimate weighs students alike, so no row repeats it.
        assert!(!contrast.primary);
    }
    assert_eq!(findings.outcomes[0].estimates[0].method, Method::DidStudentCr2);
    assert!(said(&findings, "A-SCHOOL-002").unwrap().text.get(Lang::En).contains("1 schools"));
    let words = passages(&compose(&findings, Lang::En)).join(" ");
    assert!(words.contains("was made by another method"));
    // A school with both arms has no arm of its own.
    let arms: Vec<&str> = findings.outcomes[0].schools.iter().map(|school| school.arm.as_str()).collect();
    assert_eq!(arms, ["", "", "", "", "", "", "", "", "p"]);
}

#[test]
fn cohorts_of_both_arms_in_a_school_are_compared_within_it() {
    let mut rows = shared_schools(7, 2, 5.0);
    for (index, row) in rows.iter_mut().enumerate() {
        row.scores[index / 2 % 2] = None;
    }
    let cohorts = |rows: &[Row]| {
        analysed(rows, |study| {
            study["assignment"] = json!("self_selected");
            study["analysis"]["persons"] = json!("cross_sections");
        })
    };
    let findings = cohorts(&rows);
    let estimates = &findings.outcomes[0].estimates;
    let values = within(&rows, &[(0, -1.0), (1, 1.0)]);
    let [estimate, se] = by_hand(&values);
    let primary = &estimates[0];
    assert_eq!((primary.method, primary.primary), (Method::WithinSchoolT, true));
    close(primary.estimate, estimate, 1e-12);
    close(primary.se.unwrap(), se, 1e-12);
    assert_eq!((primary.df, primary.n, primary.clusters), (Some(6.0), rows.len(), Some(7)));
    let methods: Vec<Method> = estimates.iter().map(|estimate| estimate.method).collect();
    assert_eq!(methods, [Method::WithinSchoolT, Method::DidStudentCr2, Method::SignFlip]);
    // All signs of the seven differences, by hand.
    let total: f64 = values.iter().sum::<f64>().abs();
    let extreme = (0u32..128)
        .filter(|signs| {
            let flipped = values.iter().enumerate();
            let sum: f64 = flipped.map(|(j, v)| if signs >> j & 1 == 1 { -v } else { *v }).sum();
            sum.abs() >= total - 1e-9
        })
        .count();
    close(estimates[2].p.unwrap(), extreme as f64 / 128.0, 1e-12);
    assert!(estimates.iter().all(|own| own.estimand == "difference_in_change"));
    // Five schools are too few for t: signs only.
    rows.retain(|row| row.school < 5);
    let few = cohorts(&rows);
    let only: Vec<Method> = few.outcomes[0].estimates.iter().map(|estimate| estimate.method).collect();
    assert_eq!((only, few.outcomes[0].estimates[0].primary), (vec![Method::SignFlip], true));
    let words = passages(&compose(&findings, Lang::En)).join(" ");
    assert!(words.contains("The difference between the cohorts in the mean score"), "{words}");
    assert!(words.contains("differential change"));
}

/// Cohorts: every student is met at one wave only.
fn cohorts(rows: &mut [Row]) {
    let waves = rows[0].scores.len();
    for (index, row) in rows.iter_mut().enumerate() {
        for wave in (0..waves).filter(|wave| *wave != index % waves) {
            row.scores[wave] = None;
        }
    }
}

#[test]
fn schools_without_a_cohort_are_named_and_not_counted() {
    let mut rows = drawn(9, 12, 2, false);
    cohorts(&mut rows);
    for row in rows.iter_mut().filter(|row| row.school == 4) {
        row.scores[1] = None;
    }
    let findings = analysed(&rows, |study| study["analysis"]["persons"] = json!("cross_sections"));
    let kept: Vec<Row> = rows.iter().filter(|row| row.school != 4).cloned().collect();
    let met = |row: &&Row| row.scores.iter().any(Option::is_some);
    let n = kept.iter().filter(met).count();
    let outcome = &findings.outcomes[0];
    assert!(outcome.estimates.iter().all(|own| (own.n, own.clusters) == (n, Some(8))));
    let notice = said(&findings, "A-SCHOOL-001").unwrap();
    assert!(notice.text.get(Lang::En).contains("S04") && notice.text.get(Lang::Id).contains("S04"));
    // Students with errors by school: the same estimate as without the school in the files.
    let without = analysed(&kept, |study| study["analysis"]["persons"] = json!("cross_sections"));
    assert!(said(&without, "A-SCHOOL-001").is_none());
    for (own, other) in outcome.estimates.iter().zip(&without.outcomes[0].estimates) {
        assert_eq!((own.method, own.estimate, own.se), (other.method, other.estimate, other.se));
    }
    let all = |wave: usize| mean(&kept.iter().filter_map(|row| row.scores[wave]).collect::<Vec<f64>>());
    close(outcome.estimates[1].estimate, all(1) - all(0), 1e-12);
}

#[test]
fn three_yearly_cohorts_have_every_difference_and_a_trend() {
    for arms in [false, true] {
        let mut rows = drawn(10, 15, 3, arms);
        cohorts(&mut rows);
        let findings = analysed(&rows, |study| {
            study["analysis"]["persons"] = json!("cross_sections");
            study["assignment"] = json!(if arms { "school" } else { "none" });
        });
        let means: Vec<Vec<f64>> = (0..3).map(|wave| school_means(&rows, wave)).collect();
        // Estimate and standard error of a value per school: of one group, or of the difference between the arms.
        let expected = |value: &dyn Fn(usize) -> f64| -> [f64; 2] {
            let of = |keep: &dyn Fn(usize) -> bool| {
                by_hand(&(0..10).filter(|school| keep(*school)).map(value).collect::<Vec<f64>>())
            };
            if !arms {
                return of(&|_| true);
            }
            let ([program, se_program], [other, se_other]) = (of(&|s| s % 2 == 0), of(&|s| s % 2 == 1));
            [program - other, se_program.hypot(se_other)]
        };
        let df = if arms { 8.0 } else { 9.0 };
        let method = if arms { Method::DidClusterCr2 } else { Method::ClusterMeanT };
        let growth = growth(&findings);
        let met = |waves: &[usize]| {
            rows.iter().filter(|row| waves.iter().any(|wave| row.scores[*wave].is_some())).count()
        };
        for (contrast, (from, to)) in growth.contrasts.iter().zip([(0, 1), (0, 2), (1, 2)]) {
            let [estimate, se] = expected(&|school| means[to][school] - means[from][school]);
            let found = &contrast.estimate;
            close(found.estimate, estimate, 1e-12);
            close(found.se.unwrap(), se, 1e-12);
            close(found.df.unwrap(), df, 1e-9);
            assert_eq!((found.method, found.n, found.clusters), (method, met(&[from, to]), Some(10)));
            // The first and the last cohort are compared, by the same method: that row is the primary estimate.
            assert_eq!(contrast.primary, (from, to) == (0, 2));
        }
        let primary = &findings.outcomes[0].estimates[0];
        close(growth.contrasts[1].estimate.p.unwrap(), primary.p.unwrap(), 1e-12);
        // Years of 365 days between the first of July 2021, 2022 and 2023.
        let years = [0.0, 365.0 / 365.25, 730.0 / 365.25];
        let centre = mean(&years);
        let squares: f64 = years.iter().map(|year| (year - centre).powi(2)).sum();
        let slope = |school: usize| -> f64 {
            (0..3).map(|wave| (years[wave] - centre) / squares * means[wave][school]).sum()
        };
        let trend = growth.trend.as_ref().unwrap();
        let [estimate, se] = expected(&slope);
        close(trend.estimate, estimate, 1e-10);
        close(trend.se.unwrap(), se, 1e-10);
        close(trend.df.unwrap(), df, 1e-9);
        assert_eq!(trend.n, met(&[0, 1, 2]));
        let words = passages(&compose(&findings, Lang::En)).join(" ");
        assert!(!words.contains("The mean score of students rose"));
        let headline =
            if arms { "The difference between the cohorts in the mean" } else { "in the later cohort" };
        assert!(words.contains(headline), "{words}");
        let words = passages(&compose(&findings, Lang::Id)).join(" ");
        assert!(words.contains(if arms { "perubahan diferensial" } else { "selisih antarangkatan" }));
    }
}

#[test]
fn a_row_of_growth_is_primary_only_by_the_primary_method() {
    // Drawn by lot the primary estimate is an ANCOVA, which no contrast of school means repeats.
    let rows = drawn(10, 10, 3, true);
    let compare = |study: &mut Value| study["analysis"]["compare"] = json!(["w0", "w1"]);
    let findings = analysed(&rows, compare);
    assert_eq!(findings.outcomes[0].estimates[0].method, Method::AncovaWorking);
    assert!(growth(&findings).contrasts.iter().all(|contrast| !contrast.primary));
    let findings = analysed(&rows, |study| {
        compare(study);
        study["assignment"] = json!("school");
    });
    let own = &growth(&findings).contrasts[0];
    let primary = &findings.outcomes[0].estimates[0];
    assert!(own.primary && own.estimate.method == Method::DidClusterCr2);
    close(own.estimate.estimate, primary.estimate, 1e-12);
    close(own.estimate.p.unwrap(), primary.p.unwrap(), 1e-12);
}

#[test]
fn a_school_that_lacks_a_wave_is_named_beside_the_changes() {
    let mut rows = drawn(9, 8, 3, false);
    rows.iter_mut().filter(|row| row.school == 6).for_each(|row| row.scores[2] = None);
    let findings = analysed(&rows, |study| study["analysis"]["compare"] = json!(["w0", "w1"]));
    let schools: Vec<Option<usize>> =
        growth(&findings).contrasts.iter().map(|contrast| contrast.estimate.clusters).collect();
    assert_eq!(schools, [Some(9), Some(8), Some(8)]);
    let all_but = rows.iter().filter(|row| row.school != 6).count();
    assert_eq!(growth(&findings).contrasts[1].estimate.n, all_but);
    assert!(said(&findings, "A-SCHOOL-003").unwrap().text.get(Lang::En).contains("S06"));
    // A wave with nobody has no change, and each gap is said.
    rows.iter_mut().for_each(|row| row.scores[2] = None);
    let findings = analysed(&rows, |study| study["analysis"]["compare"] = json!(["w0", "w1"]));
    let gaps = findings.outcomes[0].notices.iter().filter(|notice| notice.code == "A-WAVE-001").count();
    assert_eq!((gaps, growth(&findings).contrasts.len()), (2, 1));
    assert!(said(&findings, "A-WAVE-002").is_some());
}

#[test]
fn the_report_names_the_waves_that_are_compared() {
    let mut rows = drawn(9, 10, 3, false);
    // Half of the students miss the first wave or the last.
    for (index, row) in rows.iter_mut().enumerate() {
        match index % 4 {
            0 => row.scores[0] = None,
            1 => row.scores[2] = None,
            _ => {}
        }
    }
    for pair in [[0, 1], [1, 2]] {
        let names = pair.map(|wave| format!("w{wave}"));
        let findings = analysed(&rows, |study| study["analysis"]["compare"] = json!(names));
        assert_eq!(findings.study.compared, Some(names.clone()));
        assert_eq!(findings.study.compared_waves(), Some(pair));
        let met = |wave: usize| rows.iter().filter(|row| row.scores[wave].is_some()).count();
        let linked = rows.iter().filter(|row| pair.iter().all(|wave| row.scores[*wave].is_some())).count();
        let flow = &findings.flow.arms[0];
        assert_eq!((flow.first, flow.last, flow.linked), (met(pair[0]), met(pair[1]), linked));
        assert_eq!(flow.first_only + flow.linked, flow.first);
        let document = compose(&findings, Lang::En);
        let words = passages(&document).join("\n");
        let [first, last] = pair.map(|wave| format!("W{wave}"));
        let share = format!("{linked} of {} students at the measurement \"{first}\"", met(pair[0]));
        assert!(words.contains(&share), "{words}");
        assert!(words.contains(&format!("had a higher score at the measurement \"{last}\"")), "{words}");
        // The percentiles go from the one to the other.
        assert!(words.contains(&format!("{first} → {last}")), "{words}");
        // Means of the linked, from and to, stand in the headline.
        let both = |wave: usize| {
            let linked = rows.iter().filter(|row| pair.iter().all(|wave| row.scores[*wave].is_some()));
            mean(&linked.map(|row| row.scores[wave].unwrap()).collect::<Vec<f64>>())
        };
        let ends = pair.map(|wave| format!("{:.1}", both(wave)));
        assert!(words.contains(&format!("from {} to {}", ends[0], ends[1])), "{ends:?}");
    }
    // Findings that do not say which waves were compared mean the first and the last.
    let findings = analysed(&rows, |_| {});
    let mut old = serde_json::to_value(&findings).unwrap();
    old["study"].as_object_mut().unwrap().remove("compared");
    let old: Findings = serde_json::from_value(old).unwrap();
    assert_eq!(old.study.compared_waves(), Some([0, 2]));
}

#[test]
fn every_test_is_counted_once() {
    let rows = drawn(9, 8, 3, false);
    let findings = analysed(&rows, |study| study["analysis"]["compare"] = json!(["w0", "w1"]));
    let of = |kind: TestKind| {
        findings.tests_run.kinds.iter().find(|count| count.kind == kind).map_or(0, |count| count.n)
    };
    // One group, one outcome: t on schools; students by CR2 and signs of schools beside it, imputation none.
    let outcome = &findings.outcomes[0];
    let methods: Vec<Method> = outcome.estimates.iter().map(|estimate| estimate.method).collect();
    assert_eq!(methods, [Method::ClusterMeanT, Method::StudentCr2, Method::SignFlip]);
    assert_eq!((of(TestKind::Primary), of(TestKind::Sensitivity)), (1, 2));
    // The table of methods: school means, signs and CR2 stand among the estimates. New are CR0, CR1, CR3 and the
    // jackknife, two mixed models unless they have no answer, six wild bootstraps (Webb below twelve schools) and
    // schools resampled.
    let answered = |method: InferenceMethod| {
        let rows = &outcome.agreement.as_ref().unwrap().rows;
        usize::from(rows.iter().any(|row| row.method == method && row.p.is_some()))
    };
    use InferenceMethod::{MixedKenwardRoger, MixedSatterthwaite, SchoolBootstrap};
    let mixed = answered(MixedSatterthwaite) + answered(MixedKenwardRoger);
    assert_eq!(of(TestKind::Agreement), 4 + mixed + 6 + answered(SchoolBootstrap));
    // Three contrasts, of which the first is the primary estimate, and the trend.
    assert_eq!(of(TestKind::Growth), 3);
    // Quantiles are at levels .1 to .9, which are no p-values; one group has no other test of its distribution.
    assert_eq!(of(TestKind::Distribution), 0);
    let quantiles = &outcome.quantiles.as_ref().unwrap().arms[0].quantiles;
    let levels: Vec<f64> = quantiles.iter().map(|own| own.level).collect();
    assert_eq!(levels, [0.1, 0.25, 0.5, 0.75, 0.9]);
    // Shapiro-Wilk, Lilliefors, paired t, Wilcoxon.
    assert_eq!(of(TestKind::Classical), 4);
    let kinds: Vec<TestKind> = findings.tests_run.kinds.iter().map(|count| count.kind).collect();
    use TestKind::{Agreement, Classical, Growth, Primary, Sensitivity};
    assert_eq!(kinds, [Primary, Sensitivity, Agreement, Growth, Classical]);
    assert_eq!(findings.tests_run.total, 1 + 2 + of(Agreement) + 3 + 4);
}
