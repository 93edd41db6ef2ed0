//! Item response models against the reference values of R packages (TAM, mirt, eRm, psychotools) on real
//! data. The files stay outside the project (`../shared`); every test says so loudly and passes when they
//! are absent.

use std::fs;
use std::path::PathBuf;

use dampak::psych::irt::{
    Anchor, Family, FitOptions, FittedIrt, ItemCurve, Population, Quadrature, Responses, fit_marginal,
};
use serde_json::Value;

/// Reads a shared file, or says that it is absent.
fn shared(path: &str) -> Option<String> {
    let full = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    let text = fs::read_to_string(&full).ok();
    if text.is_none() {
        eprintln!("SKIPPED: the shared file {path} is not here; nothing was compared");
    }
    text
}

/// One entry of a reference file.
fn entry(file: &str, name: &str) -> Option<Value> {
    let all: Value = serde_json::from_str(&shared(&format!("reference/{file}.json"))?).expect("valid JSON");
    Some(all["entries"][name]["result"].clone())
}

/// A table of cells as text, with its header.
struct Table {
    names: Vec<String>,
    rows: Vec<Vec<String>>,
}

fn table(path: &str) -> Option<Table> {
    let text = shared(&format!("data/peers/{path}"))?;
    let cells = |line: &str| line.split(',').map(|c| c.trim_matches('"').to_owned()).collect::<Vec<_>>();
    let mut lines = text.lines();
    Some(Table { names: cells(lines.next()?), rows: lines.map(cells).collect() })
}

impl Table {
    fn column(&self, name: &str) -> Vec<f64> {
        let at = self.names.iter().position(|n| n == name).expect("a column");
        self.rows.iter().map(|r| r[at].parse().unwrap_or(f64::NAN)).collect()
    }

    /// The columns that `keep` names as responses, lowered by `less`.
    fn responses(&self, keep: impl Fn(&str) -> bool, less: f64) -> Responses {
        let at: Vec<usize> = (0..self.names.len()).filter(|i| keep(&self.names[*i])).collect();
        let value = |r: &Vec<String>, i: usize| r[i].parse::<f64>().ok().map(|v| v - less);
        let cells: Vec<Option<f64>> =
            self.rows.iter().flat_map(|r| at.iter().map(move |i| value(r, *i))).collect();
        let max = (0..at.len())
            .map(|j| cells.iter().skip(j).step_by(at.len()).flatten().fold(0.0_f64, |m, v| m.max(*v)) as u8)
            .collect();
        let answered = cells.iter().map(Option::is_some).collect();
        let points = cells.iter().map(|c| c.unwrap_or(0.0) as u8).collect();
        Responses::new(self.rows.len(), at.len(), points, answered, max).expect("valid responses")
    }
}

fn responses(path: &str, less: f64) -> Option<Responses> {
    Some(table(path)?.responses(|n| !["SEX", "country", "idstud", "id", ""].contains(&n), less))
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("an array").iter().map(|v| v.as_f64().unwrap_or(f64::NAN)).collect()
}

fn tight(family: Family) -> FitOptions {
    FitOptions { quadrature: Quadrature::TIGHT, tolerance: 1e-9, ..FitOptions::new(family) }
}

fn fit(responses: &Responses, family: Family) -> FittedIrt {
    let fitted = fit_marginal(responses, &Population::default(), &tight(family)).expect("a fit");
    assert!(fitted.converged(), "{:?} {:?}", fitted.stop(), fitted.log.trace.last());
    fitted
}

/// Largest absolute difference, printed for the agreement table and held against `tolerance`.
fn agree(what: &str, ours: &[f64], theirs: &[f64], tolerance: f64) {
    assert_eq!(ours.len(), theirs.len(), "{what}");
    let worst = ours.iter().zip(theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    eprintln!("AGREE {what}: {worst:.2e} ({tolerance:.0e})");
    assert!(worst <= tolerance && !worst.is_nan(), "{what}: {worst:e}\n{ours:?}\n{theirs:?}");
}

fn intercepts(fitted: &FittedIrt) -> Vec<f64> {
    fitted.items.iter().flatten().flat_map(|i| i.curve.intercepts[1..].to_vec()).collect()
}

fn slopes(fitted: &FittedIrt) -> Vec<f64> {
    fitted.items.iter().flatten().map(|i| i.curve.slope).collect()
}

/// Intercepts of an entry of TAM: minus the columns AXsi_.Cat1, AXsi_.Cat2, ...
fn tam_intercepts(result: &Value, items: usize) -> Vec<f64> {
    let item = &result["item"];
    let columns: Vec<Vec<f64>> =
        (1..).map_while(|k| item.get(format!("AXsi_.Cat{k}"))).map(numbers).collect();
    (0..items).flat_map(|i| columns.iter().map(move |c| -c[i])).filter(|v| !v.is_nan()).collect()
}

fn tam_slopes(result: &Value) -> Vec<f64> {
    numbers(&result["item"]["B.Cat1.Dim1"])
}

#[test]
fn marginal_fits_agree_with_tam() {
    let sets = [
        ("numeracy", "numeracy_scored.csv", 0.0),
        ("LSAT7", "LSAT7.csv", 0.0),
        ("fims", "fims_AusJpn_scored.csv", 0.0),
        ("simrasch", "TAM_sim.rasch.csv", 0.0),
        ("simrasch_missing", "TAM_sim.rasch.missing.csv", 0.0),
        ("ability_missing", "ability.csv", 0.0),
        ("mc_missing", "mc_scored.csv", 0.0),
        ("science4", "mirt_Science.csv", 1.0),
        ("gpcm3", "TAM_gpcm.csv", 0.0),
        ("cqc01", "TAM_cqc01.csv", 0.0),
    ];
    for (name, file, less) in sets {
        let Some(r) = responses(file, less) else { return };
        let binary = r.max().iter().all(|m| *m == 1);
        let models = if binary {
            vec![("rasch", Family::PartialCredit), ("2pl", Family::GeneralisedPartialCredit)]
        } else {
            vec![
                ("pcm", Family::PartialCredit),
                ("gpcm", Family::GeneralisedPartialCredit),
                ("rsm", Family::RatingScale),
            ]
        };
        for (model, family) in models {
            let Some(theirs) = entry("16_irt_mml_tam", &format!("{model}_tight_{name}")) else { return };
            if theirs.is_null() {
                continue;
            }
            let clock = std::time::Instant::now();
            let ours = fit(&r, family);
            let label = format!("tam {model} {name}");
            eprintln!(
                "{label}: {:?} {} it {} ev",
                clock.elapsed(),
                ours.log.iterations,
                ours.log.evaluations
            );
            agree(
                &format!("{label} logLik"),
                &[ours.log_likelihood],
                &[theirs["logLik"].as_f64().unwrap()],
                1e-3,
            );
            agree(
                &format!("{label} intercepts"),
                &intercepts(&ours),
                &tam_intercepts(&theirs, r.items()),
                1e-3,
            );
            agree(&format!("{label} slopes"), &slopes(&ours), &tam_slopes(&theirs), 1e-3);
            agree(
                &format!("{label} variance"),
                &ours.population.variances,
                &[theirs["variance"].as_f64().unwrap()],
                1e-3,
            );
        }
    }
    let _ = (Anchor { item: 0, curve: ItemCurve { slope: 1.0, intercepts: vec![] } },);
}
