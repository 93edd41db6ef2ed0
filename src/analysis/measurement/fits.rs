//! The log of every fit.

use super::Sheet;
use crate::analysis::findings::FitFindings;
use crate::num::optim::StopReason;
use crate::psych::irt::{FittedIrt, Quadrature};

pub(super) fn all(sheet: &Sheet<'_>) -> Vec<FitFindings> {
    let fits = &sheet.found.main.fits;
    let together = fits.len() == 1 && sheet.measure.waves.len() > 1;
    let wave = |place: usize| {
        if together { String::new() } else { sheet.measure.waves[place].id.clone() }
    };
    fits.iter().enumerate().map(|(place, fit)| one(fit, wave(place))).collect()
}

fn one(fit: &FittedIrt, wave: String) -> FitFindings {
    FitFindings {
        wave,
        persons: fit.persons,
        rows: fit.rows,
        parameters: fit.parameters,
        log_likelihood: fit.log_likelihood,
        log_likelihood_at_start: -fit.log.objective_at_start,
        iterations: fit.log.iterations,
        evaluations: fit.log.evaluations,
        stop: stop(fit.log.stop).to_owned(),
        nodes: match fit.quadrature {
            Quadrature::Grid { nodes, .. } | Quadrature::GaussHermite { nodes } => nodes,
            _ => 0,
        },
    }
}

fn stop(reason: StopReason) -> &'static str {
    match reason {
        StopReason::Converged => "converged",
        StopReason::RoundingReached => "rounding_reached",
        StopReason::IterationCap => "iteration_cap",
        StopReason::LineSearchFailed => "line_search_failed",
        StopReason::NotFinite => "not_finite",
    }
}
