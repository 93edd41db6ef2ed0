//! Conditional maximum likelihood, against eRm and psychotools.

use dampak::psych::irt::ability::{self, Ability};
use dampak::psych::irt::conditional::{self, ConditionalFamily, FittedConditional, fit_conditional};
use dampak::psych::irt::itemfit::{MeanSquares, item_fit};
use dampak::psych::irt::{ItemCurve, Responses};
use serde_json::Value;

use crate::peers::*;

fn cml_locations(fitted: &FittedConditional) -> Vec<f64> {
    fitted.curves().into_iter().flatten().map(|c| c.location().expect("finite")).collect()
}

#[test]
fn conditional_fits_agree_with_erm_and_psychotools() {
    let _open = Comparison;
    let sets = [
        ("numeracy", "numeracy_scored.csv"),
        ("LSAT7", "LSAT7.csv"),
        ("fims", "fims_AusJpn_scored.csv"),
        ("raschdat1", "eRm_raschdat1.csv"),
        ("pisaMath", "sirt_pisaMath_data.csv"),
        ("raschdat4_missing", "eRm_raschdat4.csv"),
    ];
    let Some(tools) = entry("17_irt_mirt", "psychotools_rasch_cml") else { return };
    for (name, file) in sets {
        let Some(t) = table(file) else { return };
        let r = t.responses(|n| n.starts_with('I') || n.starts_with('M'), 0.0);
        let Some(theirs) = entry("15_irt_cml_erm", &format!("rasch_cml_{name}")) else { return };
        let ours = fit_conditional(&r, None, ConditionalFamily::PartialCredit).expect("a fit");
        let erm = Peer::on("eRm", format!("rasch {name}"));
        erm.agree("conditional log-likelihood", &[ours.log_likelihood], &[number(&theirs["cloglik"])], 1e-6);
        let b = cml_locations(&ours);
        erm.agree("difficulties, CML", &b, &numbers(&theirs["difficulty_sum0"]), 1e-4);
        let se: Vec<f64> = ours.items.iter().flatten().map(|i| i.location_se.expect("se")).collect();
        erm.agree("standard errors, CML", &se, &numbers(&theirs["se"]), 1e-4);
        if let Some(tool) = tools.get(name) {
            let from_first: Vec<f64> = b.iter().map(|x| x - b[0]).collect();
            let peer = Peer::on("psychotools", format!("rasch {name}"));
            peer.agree("difficulties, CML", &from_first, &numbers(&tool["coef_item1_zero"]), 1e-5);
            let value = number(&tool["logLik"]);
            peer.agree("conditional log-likelihood", &[ours.log_likelihood], &[value], 1e-7);
        }
        if !name.ends_with("missing") {
            compare_andersen(&erm, &r, &theirs["LR_mean"], &conditional::score_split(&r));
            compare_andersen(&erm, &r, &theirs["LR_median"], &median_split(&r));
            compare_persons(&erm, &r, &ours, &theirs);
        }
    }
}

fn score(r: &Responses, p: usize) -> usize {
    r.answers(p).map(|(_, x)| usize::from(x)).sum()
}

/// eRm's split at the median leaves a score equal to it in the lower group.
fn median_split(r: &Responses) -> Vec<Option<usize>> {
    let mut scores: Vec<usize> = (0..r.persons()).map(|p| score(r, p)).collect();
    scores.sort_unstable();
    let n = scores.len();
    let twice = scores[(n - 1) / 2] + scores[n / 2];
    (0..n).map(|p| Some(usize::from(2 * score(r, p) > twice))).collect()
}

fn compare_andersen(erm: &Peer, r: &Responses, theirs: &Value, split: &[Option<usize>]) {
    if theirs["LR"].is_null() {
        return;
    }
    let test = conditional::andersen(r, split, ConditionalFamily::PartialCredit).expect("two groups").ratio;
    erm.agree("Andersen's test", &[test.chi2], &[number(&theirs["LR"])], 1e-3);
    erm.agree("Andersen's degrees of freedom", &[test.df], &[number(&theirs["df"])], 0.0);
    erm.agree("Andersen's p", &[test.p], &[number(&theirs["p"])], 1e-5);
}

/// Maximum likelihood at the conditional estimates; eRm leaves persons with extreme scores out.
fn compare_persons(erm: &Peer, r: &Responses, ours: &FittedConditional, theirs: &Value) {
    let ml: Vec<Option<Ability>> =
        ability::maximum_likelihood_all(&ours.curves(), r).into_iter().map(|a| a.finite()).collect();
    let with = |raw: &f64| (0..r.persons()).find(|p| score(r, *p) as f64 == *raw).and_then(|p| ml[p]);
    let column = |key: &str, value: &str| -> (Vec<f64>, Vec<f64>) {
        (numbers(&theirs[key]["raw"]), numbers(&theirs[key][value]))
    };
    let pairs = |(raw, value): (Vec<f64>, Vec<f64>), f: fn(Ability) -> f64| -> (Vec<f64>, Vec<f64>) {
        raw.iter().zip(value).filter_map(|(raw, v)| Some((f(with(raw)?), v))).unzip()
    };
    let (own, par) = pairs(column("theta_by_raw", "theta"), |a| a.theta);
    erm.agree("ML by score", &own, &par, 1e-4);
    let (own, par) = pairs(column("theta_se_unique", "se"), |a| a.se);
    // eRm's come from the numerical Hessian of nlm.
    erm.agree("ML standard error by score", &own, &par, 1e-3);
    let reliability = ability::separation_reliability(&ml).expect("variance");
    let theirs_value = number(&theirs["sep_reliability"]["sep.rel"]);
    erm.agree("separation reliability", &[reliability], &[theirs_value], 1e-4);
    let theta: Vec<Option<f64>> = ml.iter().map(|a| a.map(|a| a.theta)).collect();
    let fit: Vec<MeanSquares> =
        item_fit(&ours.curves(), r, &theta).expect("shapes").into_iter().flatten().collect();
    let own = |f: fn(&MeanSquares) -> f64| fit.iter().map(f).collect::<Vec<f64>>();
    let par = |key: &str| numbers(&theirs["itemfit"][key]);
    erm.agree("outfit at ML", &own(|f| f.outfit), &par("outfitMSQ"), 1e-4);
    erm.agree("infit at ML", &own(|f| f.infit), &par("infitMSQ"), 1e-4);
    erm.agree("standardised outfit at ML", &own(|f| f.outfit_z), &par("outfitZ"), 1e-2);
    erm.agree("standardised infit at ML", &own(|f| f.infit_z), &par("infitZ"), 1e-2);
}

#[test]
fn conditional_partial_credit_agrees_with_erm_and_psychotools() {
    let _open = Comparison;
    for (name, file, less) in [("science4", "mirt_Science.csv", 1.0), ("pcmdat2", "eRm_pcmdat2.csv", 0.0)] {
        let Some(r) = responses(file, less) else { return };
        let models = [("pcm", ConditionalFamily::PartialCredit), ("rsm", ConditionalFamily::RatingScale)];
        for (model, family) in models {
            let Some(theirs) = entry("15_irt_cml_erm", &format!("{model}_cml_{name}")) else { return };
            let ours = fit_conditional(&r, None, family).expect("a fit");
            let erm = Peer::on("eRm", format!("{model} {name}"));
            let value = number(&theirs["cloglik"]);
            erm.agree("conditional log-likelihood", &[ours.log_likelihood], &[value], 1e-5);
            let steps: Vec<f64> = ours
                .curves()
                .into_iter()
                .flatten()
                .flat_map(ItemCurve::steps)
                .map(|b| b.expect("finite"))
                .collect();
            let rows = theirs["thresholds"]["values"].as_array().expect("rows");
            let reference: Vec<f64> = rows.iter().flat_map(|row| numbers(row)[1..].to_vec()).collect();
            // eRm centres all cumulative parameters, we centre the steps: compare about the mean.
            let centred = |v: &[f64]| {
                let mean = v.iter().sum::<f64>() / v.len() as f64;
                v.iter().map(|x| x - mean).collect::<Vec<f64>>()
            };
            erm.agree("steps, CML", &centred(&steps), &centred(&reference), 1e-4);
        }
    }
    let Some(theirs) = entry("17_irt_mirt", "psychotools_pcm_cml") else { return };
    let Some(r) = responses("mirt_Science.csv", 1.0) else { return };
    let ours = fit_conditional(&r, None, ConditionalFamily::PartialCredit).expect("a fit");
    let tools = Peer::on("psychotools", "pcm science4");
    tools.agree("conditional log-likelihood", &[ours.log_likelihood], &[number(&theirs["logLik"])], 1e-8);
    // Cumulative parameters with the first step of the first item at 0.
    let curves: Vec<&ItemCurve> = ours.curves().into_iter().flatten().collect();
    let first = -curves[0].intercepts[1];
    let own: Vec<f64> = curves
        .iter()
        .flat_map(|c| c.intercepts.iter().enumerate().skip(1).map(|(k, c)| -c - k as f64 * first))
        .skip(1)
        .collect();
    let named = theirs["coef"].as_object().expect("coefficients");
    let order = ["Comfort", "Work", "Future", "Benefit"];
    let par: Vec<f64> = order
        .iter()
        .flat_map(|i| (1..4).map(move |k| format!("{i}-C{k}")))
        .skip(1)
        .map(|n| number(&named[&n]))
        .collect();
    tools.agree("cumulative steps, CML", &own, &par, 1e-4);
}
