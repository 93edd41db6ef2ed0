//! Power against the number of schools as a figure, for the report and for `dampak power --out`.

use super::build::slug;
use super::planning::{number, unit};
use crate::analysis::findings::{PlanningFindings, PowerCurve};
use crate::analysis::planning::Source;
use crate::chart::{Chart, CurvePoint, PowerCurves, PowerLine};
use crate::doc::Figure;
use crate::i18n::{Lang, format, phrase, phrase_with};

/// The power curves of one plan; `name` becomes part of the file name.
pub fn figure(plan: &PlanningFindings, title: &str, name: &str, lang: Lang) -> Figure {
    let units = unit(plan.design, lang);
    let present = number(lang, plan.planned.units, 1);
    let chart = PowerCurves {
        axis: phrase_with(lang, "report.power_curve.axis", &[("units", &units)]),
        wanted: plan.power,
        present: plan.planned.units,
        present_label: phrase_with(lang, present_key(plan), &[("n", &present), ("units", &units)]),
        lines: plan.curves.iter().map(|curve| line(curve, &units, lang)).collect(),
    };
    let power = format::percent(lang, plan.power, 0);
    let caption = phrase_with(
        lang,
        "report.power_curve.caption",
        &[("title", title), ("units", &units), ("power", &power)],
    );
    Figure { id: slug(&format!("{name}-power-curve")), chart: Chart::PowerCurves(chart), caption }
}

/// Whether the present number is that of a study or one that somebody plans with.
fn present_key(plan: &PlanningFindings) -> &'static str {
    let units = plan.assumptions.iter().find(|entry| entry.quantity == plan.design.unit());
    match units.map(|entry| entry.source) {
        Some(Source::Scores | Source::Capped | Source::Roster) => "report.power_curve.present",
        _ => "report.power_curve.planned",
    }
}

fn line(curve: &PowerCurve, units: &str, lang: Lang) -> PowerLine {
    let effect = format::number(lang, curve.effect, 2);
    let label = match curve.needed {
        Some(needed) => {
            let n = format::number(lang, f64::from(needed), 0);
            phrase_with(lang, "report.power_curve.line", &[("effect", &effect), ("n", &n), ("units", units)])
        }
        None => phrase_with(lang, "report.power_curve.line_bare", &[("effect", &effect)]),
    };
    PowerLine {
        label,
        leading: curve.of_interest,
        points: curve
            .points
            .iter()
            .map(|point| CurvePoint { ability: point.units, value: point.power })
            .collect(),
    }
}

/// The name of the figure of a plan that belongs to no outcome.
pub fn name(plan: &PlanningFindings) -> String {
    plan.outcome.clone().unwrap_or_else(|| plan.design.name().to_owned())
}

/// What stands over the curves: the outcome, or the design.
pub fn title(plan: &PlanningFindings, lang: Lang) -> String {
    let design = || phrase(lang, &format!("power.design.{}", plan.design.name()));
    plan.outcome.clone().unwrap_or_else(design)
}
