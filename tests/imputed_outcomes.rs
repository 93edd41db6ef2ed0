//! Missing scores and the error of measurement in the findings of the demonstration study with a comparison group.

mod pipeline;

use std::path::Path;

use dampak::analysis::findings::{Method, OutcomeFindings};
use dampak::io::Disk;

fn primary_beside(outcome: &OutcomeFindings) {
    let primary = outcome.estimates.iter().find(|estimate| estimate.primary).expect("a primary estimate");
    let imputed = outcome.imputed.as_ref().expect("somebody lacks a score");
    assert_eq!(imputed.complete_case.estimate, primary.estimate);
    assert_eq!(imputed.estimate.n, imputed.persons);
    assert_eq!(imputed.persons - imputed.persons_imputed, primary.n);
    assert_eq!(imputed.cells.iter().sum::<usize>(), imputed.persons_imputed);
    assert!(imputed.convergence.reached && imputed.imputations >= 20);
    assert!(imputed.complete_df <= (primary.clusters.unwrap() - 2) as f64);
    assert!(imputed.share > 0.0 && imputed.share < 0.5);
}

#[test]
fn beside_the_primary_estimate() {
    let findings = pipeline::findings(Path::new("datasets/pop-smp-comparison/study.json"), &Disk);
    let outcome = findings.outcomes.iter().find(|own| own.id == "numeracy").expect("the outcome");
    primary_beside(outcome);
    let error = outcome.measurement_error.as_ref().expect("scores with a known reliability");
    let plain = error.corrected.iter().find(|own| own.reliability == 1.0).expect("the plain analysis");
    let ancova = outcome.estimates.iter().find(|own| own.method == Method::AncovaCr2).expect("planned");
    assert!((plain.estimate - ancova.estimate).abs() < 1e-9);
    assert_eq!(error.corrected.iter().filter(|own| own.own).count(), 1);
    assert_eq!(error.reliable_change.iter().map(|own| own.n).sum::<usize>(), ancova.n);
    assert!(error.plausible.is_none(), "percent scores have no plausible values");
}
