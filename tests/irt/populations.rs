//! Groups, latent regression, weights, anchors and links, against TAM and mirt.

use dampak::psych::irt::linking::{MomentMethod, Wave, moment_link, stack};
use dampak::psych::irt::posterior::eap_reliability;
use dampak::psych::irt::{Anchor, Family, FitOptions, ItemCurve, Population, Responses, fit_marginal};

use crate::peers::*;

struct Fims {
    responses: Responses,
    /// 0 for the first country, 1 for the second.
    japan: Vec<f64>,
    female: Vec<f64>,
}

fn fims() -> Option<Fims> {
    let table = table("fims_AusJpn_scored.csv")?;
    let top = |name: &str| -> Vec<f64> {
        let column = table.column(name);
        let largest = column.iter().copied().fold(f64::MIN, f64::max);
        column.iter().map(|c| f64::from(u8::from(*c == largest))).collect()
    };
    Some(Fims {
        responses: table.responses(|n| n.starts_with("M1"), 0.0),
        japan: top("country"),
        female: top("SEX"),
    })
}

fn negative(values: &[f64]) -> Vec<f64> {
    values.iter().map(|v| -v).collect()
}

#[test]
fn latent_regression_agrees_with_tam() {
    let _open = Comparison;
    let Some(Fims { responses: r, japan, female }) = fims() else { return };
    let Some(theirs) = entry("16_irt_mml_tam", "rasch_latreg_fims") else { return };
    let covariates = [&japan[..], &female[..]];
    let population = Population { covariates: &covariates, ..Population::default() };
    let ours = fit_marginal(&r, &population, &tight(Family::PartialCredit)).expect("a fit");
    let tam = Peer::on("TAM", "latent regression fims");
    tam.agree("log-likelihood", &[ours.log_likelihood], &[number(&theirs["logLik"])], 1e-5);
    let rows =
        |key: &str, j: usize| -> Vec<f64> { (1..3).map(|i| number(&theirs[key]["values"][i][j])).collect() };
    tam.agree("regression coefficients", &ours.population.coefficients, &rows("beta", 0), 1e-5);
    tam.agree("variance", &ours.population.variances, &[number(&theirs["variance"])], 1e-5);
    tam.agree("intercepts", &intercepts(&ours), &negative(&numbers(&theirs["xsi"])), 1e-5);
    let reliability = eap_reliability(&ours.posterior, None).expect("variance");
    tam.agree("EAP reliability", &[reliability], &[number(&theirs["EAP_rel"])], 1e-5);
    // TAM's are "quick" standard errors and too small; ours are held against brute force in
    // irt_oracles.rs.
    for (own, quick) in ours.population.coefficient_se.iter().zip(rows("beta_se", 1)) {
        let ratio = own.expect("a standard error") / quick;
        eprintln!("latent regression standard error, ours over TAM's quick one: {ratio:.4}");
        assert!((1.0..1.6).contains(&ratio), "{ratio}");
    }
}

#[test]
fn groups_agree_with_tam_and_mirt() {
    let _open = Comparison;
    let Some(Fims { responses: r, japan, .. }) = fims() else { return };
    let Some(theirs) = entry("16_irt_mml_tam", "rasch_groups_fims") else { return };
    let groups: Vec<usize> = japan.iter().map(|c| usize::from(*c > 0.0)).collect();
    let population = Population { groups: Some(&groups), ..Population::default() };
    let options = tight(Family::PartialCredit);
    let ours = fit_marginal(&r, &population, &options).expect("a fit");
    let tam = Peer::on("TAM", "two groups fims");
    tam.agree("log-likelihood", &[ours.log_likelihood], &[number(&theirs["logLik"])], 1e-4);
    let mean = number(&theirs["beta"]["values"][1][0]);
    tam.agree("group mean", &ours.population.coefficients, &[mean], 1e-4);
    tam.agree("variance", &ours.population.variances, &numbers(&theirs["variance"]), 1e-4);
    tam.agree("intercepts", &intercepts(&ours), &negative(&numbers(&theirs["xsi"])), 1e-4);

    let Some(theirs) = entry("17_irt_mirt", "multigroup_fims_2pl") else { return };
    let two = FitOptions { family: Family::GeneralisedPartialCredit, ..options };
    let ours = fit_marginal(&r, &population, &two).expect("a fit");
    // mirt stopped at its default tolerance here: its likelihood is the lower one, and parameters are
    // as far from ours as that likelihood is flat.
    assert!(ours.log_likelihood > number(&theirs["scalar_logLik"]));
    let mirt = Peer::on("mirt, default tolerance", "2pl two groups fims");
    mirt.agree("log-likelihood", &[ours.log_likelihood], &[number(&theirs["scalar_logLik"])], 5e-3);
    mirt.agree("group mean", &ours.population.coefficients, &[number(&theirs["means"]["Jpn"]["F1"])], 1e-2);
    mirt.agree("variance", &ours.population.variances[1..], &[number(&theirs["cov"]["Jpn"])], 3e-2);
    let column = |j: usize| -> Vec<f64> {
        let rows = theirs["scalar_items"]["values"].as_array().expect("rows");
        rows.iter().map(|row| number(&row[j])).collect()
    };
    mirt.agree("slopes", &slopes(&ours), &column(0), 1e-2);
    mirt.agree("intercepts", &intercepts(&ours), &column(1), 1e-2);
    // Parameters free in each group: two fits.
    let of = |group: usize| -> Responses {
        let persons: Vec<usize> = (0..groups.len()).filter(|p| groups[*p] == group).collect();
        r.select(&persons, &(0..r.items()).collect::<Vec<_>>())
    };
    let apart: f64 = (0..2).map(|g| fit(&of(g), Family::GeneralisedPartialCredit).log_likelihood).sum();
    assert!(apart > number(&theirs["configural_logLik"]) - 1e-6);
    mirt.agree("log-likelihood", &[apart], &[number(&theirs["configural_logLik"])], 5e-3);
}

#[test]
fn weights_agree_with_tam() {
    let _open = Comparison;
    let Some(Fims { responses: r, japan, .. }) = fims() else { return };
    let Some(theirs) = entry("16_irt_mml_tam", "rasch_weights_fims") else { return };
    let raw: Vec<f64> = japan.iter().map(|c| if *c > 0.0 { 2.0 } else { 0.5 }).collect();
    // TAM rescales weights to sum to the number of persons.
    let scale = raw.len() as f64 / raw.iter().sum::<f64>();
    let weights: Vec<f64> = raw.iter().map(|w| w * scale).collect();
    let population = Population { weights: Some(&weights), ..Population::default() };
    let ours = fit_marginal(&r, &population, &tight(Family::PartialCredit)).expect("a fit");
    let tam = Peer::on("TAM", "weights fims");
    tam.agree("variance", &ours.population.variances, &[number(&theirs["variance"])], 1e-5);
    tam.agree("intercepts", &intercepts(&ours), &negative(&numbers(&theirs["xsi"])), 1e-5);
    tam.agree("log-likelihood", &[ours.log_likelihood], &[number(&theirs["logLik"])], 1e-4);
}

#[test]
fn anchored_and_linked_fits_agree_with_tam() {
    let _open = Comparison;
    let Some(r) = responses("numeracy_scored.csv", 0.0) else { return };
    let Some(theirs) = entry("16_irt_mml_tam", "rasch_anchored_numeracy") else { return };
    let at = [-1.0, -0.5, 0.0, 0.5, 1.0];
    let anchor = |(item, b): (usize, &f64)| Anchor { item, curve: ItemCurve::from_steps(1.0, &[*b]) };
    let anchors = at.iter().enumerate().map(anchor).collect();
    let options = FitOptions { anchors, ..tight(Family::PartialCredit) };
    let ours = fit_marginal(&r, &Population::default(), &options).expect("a fit");
    let tam = Peer::on("TAM", "five anchors numeracy");
    tam.agree("log-likelihood", &[ours.log_likelihood], &[number(&theirs["logLik"])], 1e-6);
    tam.agree("mean", &ours.population.coefficients, &[number(&theirs["mean"])], 1e-5);
    tam.agree("variance", &ours.population.variances, &[number(&theirs["variance"])], 1e-5);
    tam.agree("intercepts", &intercepts(&ours), &negative(&numbers(&theirs["xsi"])), 1e-5);
    // The scale with items summing to 0 is the usual one moved by the mean difficulty.
    let Some(theirs) = entry("16_irt_mml_tam", "rasch_items_constraint_numeracy") else { return };
    let ours = fit(&r, Family::PartialCredit);
    let b = negative(&intercepts(&ours));
    let mean = b.iter().sum::<f64>() / b.len() as f64;
    let centred: Vec<f64> = b[..b.len() - 1].iter().map(|b| b - mean).collect();
    let tam = Peer::on("TAM", "items sum to zero numeracy");
    tam.agree("difficulties", &centred, &numbers(&theirs["xsi"]), 1e-5);
    tam.agree("mean", &[-mean], &[number(&theirs["mean"])], 1e-5);
    tam.agree("log-likelihood", &[ours.log_likelihood], &[number(&theirs["logLik"])], 1e-6);
    compare_waves();
}

fn compare_waves() {
    let Some(long) = table("sirt_long.csv") else { return };
    let Some(theirs) = entry("16_irt_mml_tam", "linking_long") else { return };
    let (one, two) = (long.responses(|n| n.ends_with("T1"), 0.0), long.responses(|n| n.ends_with("T2"), 0.0));
    let (x, y) = (fit(&two, Family::PartialCredit), fit(&one, Family::PartialCredit));
    let tam = Peer::on("TAM", "two waves sirt_long");
    tam.agree("intercepts", &intercepts(&y), &negative(&numbers(&theirs["xsi_t1"])), 1e-5);
    tam.agree("intercepts", &intercepts(&x), &negative(&numbers(&theirs["xsi_t2"])), 1e-5);
    tam.agree("variance", &y.population.variances, &[number(&theirs["var_t1"])], 1e-4);
    tam.agree("variance", &x.population.variances, &[number(&theirs["var_t2"])], 1e-4);
    let (new, old) = (x.curves(), y.curves());
    // I3..I6 are the last four of wave 1 and the first four of wave 2.
    let pairs: Vec<_> = (0..4).map(|i| (new[i].expect("active"), old[2 + i].expect("active"))).collect();
    let link = moment_link(&pairs, MomentMethod::Mean).expect("a link");
    tam.agree("gain, mean-mean link", &[link.shift], &[number(&theirs["gain_meanmean"])], 1e-5);
    let waves = [
        Wave { responses: &one, items: &[0, 1, 2, 3, 4, 5] },
        Wave { responses: &two, items: &[2, 3, 4, 5, 6, 7] },
    ];
    let stacked = stack(&waves, 8).expect("waves fit");
    let population = Population { groups: Some(&stacked.waves), ..Population::default() };
    let ours = fit_marginal(&stacked.responses, &population, &tight(Family::PartialCredit)).expect("a fit");
    tam.agree("log-likelihood", &[ours.log_likelihood], &[number(&theirs["logLik"])], 1e-3);
    let gain = number(&theirs["concurrent_beta"]["values"][1][0]);
    tam.agree("gain, concurrent", &ours.population.coefficients, &[gain], 1e-3);
    tam.agree("variance", &ours.population.variances, &numbers(&theirs["concurrent_var"]), 1e-3);
    tam.agree("intercepts", &intercepts(&ours), &negative(&numbers(&theirs["concurrent_xsi"])), 1e-3);
}
