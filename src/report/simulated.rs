//! Simulated power in words and a table, for the terminal.

use super::methods::method_key;
use super::planning::{columns, number, percent, unit};
use crate::analysis::findings::Method;
use crate::analysis::planning::simulated::{MonteCarlo, Share, SimulatedRow, Simulation};
use crate::analysis::planning::{Planning, StudySimulation};
use crate::i18n::{Lang, format, phrase, phrase_with};

/// What the simulations of a plan found; blank without any.
pub(super) fn text(planning: &Planning, lang: Lang) -> String {
    let mut out = String::new();
    if let Some(simulation) = &planning.simulation {
        out.push_str(&of_design(planning, simulation, lang));
    }
    if let Some(simulation) = &planning.study_simulation {
        out.push_str(&of_study(simulation, lang));
    }
    out
}

fn say(lang: Lang, key: &str) -> String {
    phrase(lang, &format!("power.simulated.{key}"))
}

fn method(lang: Lang, method: Method) -> String {
    phrase(lang, &format!("report.method.{}.name", method_key(method)))
}

fn of_design(planning: &Planning, simulation: &Simulation, lang: Lang) -> String {
    let values = [("n", format::count(lang, simulation.studies)), ("seed", simulation.seed.to_string())];
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let title = phrase_with(lang, "power.simulated.title", &values);
    let mut head = vec![unit(planning.design, lang)];
    head.extend(
        ["power", "ci", "formula", "bias", "se", "se_formula", "coverage", "ci", "method"]
            .map(|name| say(lang, &format!("column.{name}"))),
    );
    let mut right = vec![true; head.len()];
    right[head.len() - 1] = false;
    let rows: Vec<Vec<String>> =
        std::iter::once(head).chain(simulation.rows.iter().map(|row| cells(row, lang))).collect();
    let mut out = format!("\n{title}\n{}", columns(&rows, &right));
    let failed: usize = simulation.rows.iter().map(|row| row.found.failed).sum();
    if failed > 0 {
        let n = format::count(lang, failed);
        out.push_str(&format!("{}\n", phrase_with(lang, "power.simulated.failed", &[("n", &n)])));
    }
    out.push_str(&format!("{}\n", say(lang, "note")));
    out
}

fn cells(row: &SimulatedRow, lang: Lang) -> Vec<String> {
    let found = &row.found;
    let dash = || "–".to_owned();
    vec![
        number(lang, row.units, 1),
        percent(lang, found.power.value),
        bracket(lang, found.power),
        percent(lang, row.planned_power),
        bias(lang, found, 3).unwrap_or_else(dash),
        found.sd.map_or_else(dash, |sd| format::number(lang, sd, 3)),
        format::number(lang, row.planned_se, 3),
        found.coverage.map_or_else(dash, |share| format::percent(lang, share.value, 1)),
        found.coverage.map_or_else(dash, |share| bracket(lang, share)),
        method(lang, row.method),
    ]
}

/// The bias with its Monte Carlo error behind it.
fn bias(lang: Lang, found: &MonteCarlo, digits: usize) -> Option<String> {
    let bias = format::signed(lang, found.bias?, digits);
    Some(format!("{bias} (±{})", format::number(lang, found.bias_se?, digits)))
}

fn bracket(lang: Lang, share: Share) -> String {
    format::bracket(lang, share.ci.map(|end| 100.0 * end), 1)
}

fn of_study(simulation: &StudySimulation, lang: Lang) -> String {
    let found = &simulation.found;
    let fill = |key: &str, values: &[(&str, String)]| {
        let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        phrase_with(lang, &format!("power.simulated.study.{key}"), &values)
    };
    let drawn = format::count(lang, simulation.drawn);
    let title =
        [("n", drawn), ("seed", simulation.seed.to_string()), ("method", method(lang, simulation.method))];
    let power = [("power", format::percent(lang, found.power.value, 1)), ("ci", bracket(lang, found.power))];
    let mut lines = vec![fill("power", &power)];
    if let (Some(truth), Some(bias)) = (found.truth, bias(lang, found, 2)) {
        let mean = format::number(lang, found.mean, 2);
        let values = [("truth", format::number(lang, truth, 2)), ("mean", mean), ("bias", bias)];
        lines.push(fill("bias", &values));
    }
    if let (Some(sd), Some(mean_se)) = (found.sd, found.mean_se) {
        let [sd, se] = [sd, mean_se].map(|value| format::number(lang, value, 2));
        lines.push(fill("se", &[("sd", sd), ("se", se)]));
    }
    lines.push(match found.coverage {
        Some(share) => {
            let value = format::percent(lang, share.value, 1);
            fill("coverage", &[("coverage", value), ("ci", bracket(lang, share))])
        }
        None => fill("no_truth", &[]),
    });
    if found.failed > 0 {
        lines.push(fill("failed", &[("n", format::count(lang, found.failed))]));
    }
    let lines: Vec<String> = lines.into_iter().map(|line| format!("  {line}\n")).collect();
    format!("\n{}\n{}", fill("title", &title), lines.concat())
}
