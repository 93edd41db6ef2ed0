//! A fitted mixed model.

use super::blocks::{Blocks, reduce};
use super::criterion::Criterion;
use super::search::{Optimum, Search, phi_of};
use super::terms::{ComponentKind, Parameter, RandomTerm, SCHOOL, STUDENT, parameters};
use super::{Likelihood, MixedError};
use crate::impact::ImpactError;
use crate::impact::clusters::ClusterIndex;
use crate::impact::ols::Design;
use crate::num::linalg::{OrthogonalBasis, SmallMatrix};
use crate::num::optim::FitLog;
use crate::num::{moments, tol};

/// A variance needs two schools at least; how many make it worth reporting is for the caller to say.
const FEWEST_SCHOOLS: usize = 2;

/// Share of the outcome's variance from which the search for each random term starts.
const START_SHARE: f64 = 0.1;

/// Multiples of that share for second and third attempts.
const RESTARTS: [f64; 3] = [0.02, 0.3, 4.0];

/// One variance (or covariance) of a fit, in squared units of the outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct Component {
    /// Name of the random term; `residual` for the rest, `school, x` for a covariance.
    pub name: String,
    /// What it stands for.
    pub kind: ComponentKind,
    /// The estimate.
    pub estimate: f64,
    /// Its standard error from the observed information; `None` for a variance at zero.
    pub se: Option<f64>,
}

/// A random effect whose distribution has collapsed.
#[derive(Debug, Clone, PartialEq)]
pub enum Singularity {
    /// The variance is zero.
    ZeroVariance {
        /// Name of the component.
        component: String,
    },
    /// Intercept and slope of the schools lie on a line.
    PerfectCorrelation {
        /// Name of the slope.
        slope: String,
    },
}

/// A fitted mixed model.
#[derive(Debug, Clone)]
pub struct FittedMixed {
    /// Names of the kept columns of X.
    pub names: Vec<String>,
    /// Names of the columns that earlier ones span.
    pub dropped: Vec<String>,
    /// Coefficients of the kept columns.
    pub coefficients: Vec<f64>,
    /// Variances, the residual last. An intercept-slope pair has three entries.
    pub components: Vec<Component>,
    /// -2 log likelihood (restricted with REML), with all constants, as lme4 reports it.
    pub criterion: f64,
    /// Which likelihood.
    pub likelihood: Likelihood,
    /// Random effects without variance: empty when the fit is regular.
    pub singular: Vec<Singularity>,
    /// How the optimum was reached.
    pub log: FitLog,
    /// Rows.
    pub n: usize,
    /// Schools.
    pub schools: usize,
    /// R'^-1 column by column: contrasts of coefficients as contrasts on Q.
    pub(super) turn: SmallMatrix,
    pub(super) optimum: Optimum,
    pub(super) blocks: Blocks,
    pub(super) parameters: Vec<Parameter>,
}

/// Fits `design` (clusters are the schools) with random `terms` by REML or ML.
///
/// Missing values never enter; rows are weighted alike. Columns of X that earlier ones span are dropped and named.
///
/// # Errors
/// `TooFewGroups` below two schools, `StudentInTwoSchools`, `TermTwice`, `Unidentified` when two variances cannot
/// be told apart (one row per student, one wave per school), `NotConverged`; `Impact` with `NoResidualDf`,
/// `NoVariation` for a perfect fit, and faults of the numbers. A variance of zero is no error: see
/// [`FittedMixed::singular`].
///
/// # References
/// Patterson & Thompson (1971), Biometrika 58, 545-554. Lindstrom & Bates (1988), Journal of the American
/// Statistical Association 83, 1014-1022. Bates et al. (2015), Journal of Statistical Software 67(1),
/// doi 10.18637/jss.v067.i01 (the same estimates by another route).
pub fn fit_mixed(
    design: &Design,
    terms: &[RandomTerm],
    likelihood: Likelihood,
) -> Result<FittedMixed, MixedError> {
    let (n, parameters) = (design.y.len(), parameters(terms)?);
    let clusters = check(design, terms)?;
    let columns: Vec<&[f64]> = design.columns.iter().map(Vec::as_slice).collect();
    let basis = OrthogonalBasis::new(&columns)?;
    let p = basis.rank();
    if n < p + parameters.len() {
        return Err(ImpactError::NoResidualDf { rows: n, columns: p + parameters.len() - 1 }.into());
    }
    // The likelihood of the residuals is that of y; they keep the digits that a large mean would cost.
    let rest = basis.residuals(&design.y);
    let largest = |v: &[f64]| v.iter().fold(0.0f64, |m, x| m.max(x.abs()));
    if largest(&rest) <= tol::NO_VARIATION * largest(&design.y) {
        return Err(ImpactError::NoVariation.into());
    }
    let student = parameters.iter().position(|q| q.kind == ComponentKind::Student);
    let blocks = reduce(terms, &basis, &rest, &clusters, student)?;
    let spread = moments::sum(rest.iter().map(|e| e * e)) / (n - p) as f64;
    let search = Search { blocks: &blocks, parameters: &parameters, likelihood, held: None };
    let start = start(terms, &parameters, spread);
    check_identified(&blocks, &phi_of(&parameters, &start))?;
    let optimum = search.run(&start).or_else(|error| restart(&search, &start, error))?;
    Ok(assemble(Parts { design, likelihood, clusters: clusters.len(), basis, blocks, parameters, optimum }))
}

fn check(design: &Design, terms: &[RandomTerm]) -> Result<ClusterIndex, MixedError> {
    let n = design.y.len();
    moments::check_same_length(design.names.len(), design.columns.len())?;
    moments::check_same_length(design.cluster.len(), n)?;
    moments::check_values(&design.y, 1)?;
    for column in &design.columns {
        moments::check_same_length(column.len(), n)?;
    }
    let clusters = ClusterIndex::new(&design.cluster);
    if clusters.len() < FEWEST_SCHOOLS {
        let term = SCHOOL.to_owned();
        return Err(MixedError::TooFewGroups { term, needed: FEWEST_SCHOOLS, found: clusters.len() });
    }
    for term in terms {
        match term {
            RandomTerm::School => {}
            RandomTerm::WithinSchool { unit, .. } => moments::check_same_length(unit.len(), n)?,
            RandomTerm::Slope { values, .. } | RandomTerm::SchoolAndSlope { values, .. } => {
                moments::check_same_length(values.len(), n)?;
                moments::check_values(values, 1)?;
            }
            RandomTerm::Student { person } => check_students(person, &design.cluster)?,
        }
    }
    Ok(clusters)
}

fn check_students(person: &[usize], school: &[usize]) -> Result<(), MixedError> {
    moments::check_same_length(person.len(), school.len())?;
    let index = ClusterIndex::new(person);
    for (label, rows) in index.iter() {
        if rows.iter().any(|&row| school[row] != school[rows[0]]) {
            return Err(MixedError::StudentInTwoSchools { person: label });
        }
    }
    if index.len() < FEWEST_SCHOOLS {
        let term = STUDENT.to_owned();
        return Err(MixedError::TooFewGroups { term, needed: FEWEST_SCHOOLS, found: index.len() });
    }
    Ok(())
}

/// Variances that the data can tell apart have a positive definite expected information.
fn check_identified(blocks: &Blocks, phi: &[f64]) -> Result<(), MixedError> {
    let at = Criterion::at(blocks, phi, Likelihood::Restricted)?;
    let count = phi.len();
    let mut scaled = SmallMatrix::zeros(count, count);
    for r in 0..count {
        for s in 0..count {
            let size = (at.expected.get(r, r) * at.expected.get(s, s)).sqrt();
            // No information at all on a variance leaves a zero, which the factor refuses.
            scaled.set(r, s, if size > 0.0 { at.expected.get(r, s) / size } else { 0.0 });
        }
        // As a share of what a variance's rows hold, a smaller rest is rounding.
        if at.expected.get(r, r) < tol::LEVERAGE_ONE * at.pieces.tt[r * count + r] {
            return Err(MixedError::Unidentified);
        }
    }
    let values = crate::num::linalg::symmetric_eigen(&scaled)?.values;
    if values.first().is_none_or(|v| *v < tol::LEVERAGE_ONE) { Err(MixedError::Unidentified) } else { Ok(()) }
}

/// A tenth of the variance for every random term (for slopes at the size of their covariate), the rest residual.
fn start(terms: &[RandomTerm], parameters: &[Parameter], spread: f64) -> Vec<f64> {
    let size = |x: &[f64]| (moments::sum(x.iter().map(|v| v * v)) / x.len() as f64).max(f64::MIN_POSITIVE);
    let value = |parameter: &Parameter| match (parameter.kind, parameter.term.map(|t| &terms[t])) {
        (ComponentKind::Covariance, _) => 0.0,
        (
            ComponentKind::Slope,
            Some(RandomTerm::Slope { values, .. } | RandomTerm::SchoolAndSlope { values, .. }),
        ) => START_SHARE * spread / size(values),
        (ComponentKind::Residual, _) => (1.0 - START_SHARE * terms.len() as f64).max(START_SHARE) * spread,
        _ => START_SHARE * spread,
    };
    parameters.iter().map(value).collect()
}

/// Tries other starts after a walk that did not arrive: along an edge of the covariance matrices of a pair.
fn restart(search: &Search, start: &[f64], error: MixedError) -> Result<Optimum, MixedError> {
    if !matches!(error, MixedError::NotConverged { .. } | MixedError::Unidentified) {
        return Err(error);
    }
    let last = start.len() - 1;
    let scaled = |factor: f64| -> Vec<f64> {
        start.iter().enumerate().map(|(i, v)| if i == last { *v } else { factor * v }).collect()
    };
    RESTARTS.iter().find_map(|&factor| search.run(&scaled(factor)).ok()).ok_or(error)
}

struct Parts<'a> {
    design: &'a Design,
    likelihood: Likelihood,
    clusters: usize,
    basis: OrthogonalBasis,
    blocks: Blocks,
    parameters: Vec<Parameter>,
    optimum: Optimum,
}

fn assemble(parts: Parts) -> FittedMixed {
    let Parts { design, likelihood, clusters, basis, blocks, parameters, optimum } = parts;
    let (n, p) = (design.y.len(), basis.rank());
    let on_q: Vec<f64> =
        basis.project(&design.y).iter().zip(&optimum.criterion.coefficients).map(|(a, b)| a + b).collect();
    let mut turn = SmallMatrix::zeros(p, p);
    let mut log_r = 0.0;
    for j in 0..p {
        let mut unit = vec![0.0; p];
        unit[j] = 1.0;
        let column = basis.solve_r_transposed(&unit);
        log_r -= column[j].abs().ln();
        column.iter().enumerate().for_each(|(i, v)| turn.set(i, j, *v));
    }
    let rows = if likelihood == Likelihood::Restricted { n - p } else { n } as f64;
    let of_x = if likelihood == Likelihood::Restricted { 2.0 * log_r } else { 0.0 };
    let criterion = optimum.criterion.value + of_x + rows * (2.0 * std::f64::consts::PI).ln();
    let se = standard_errors(&optimum, &parameters);
    let components = parameters
        .iter()
        .zip(&optimum.phi)
        .zip(se)
        .map(|((q, value), se)| Component { name: q.name.clone(), kind: q.kind, estimate: *value, se })
        .collect();
    let name = |&j: &usize| design.names[j].clone();
    FittedMixed {
        names: basis.kept.iter().map(name).collect(),
        dropped: basis.dropped.iter().map(name).collect(),
        coefficients: basis.solve_r(&on_q),
        components,
        criterion,
        likelihood,
        singular: singularities(&parameters, &optimum.psi),
        log: optimum.log.clone(),
        n,
        schools: clusters,
        turn,
        optimum,
        blocks,
        parameters,
    }
}

fn singularities(parameters: &[Parameter], psi: &[f64]) -> Vec<Singularity> {
    let mut found = Vec::new();
    for (place, parameter) in parameters.iter().enumerate() {
        if parameter.kind == ComponentKind::Covariance || psi[place] > 0.0 {
            continue;
        }
        // d2 = 0 leaves the slope a multiple of the intercept.
        let on_a_line = parameter.paired
            && parameter.kind == ComponentKind::Slope
            && psi[place - 1] > 0.0
            && psi[place + 1] != 0.0;
        let name = parameter.name.clone();
        found.push(if on_a_line {
            Singularity::PerfectCorrelation { slope: name }
        } else {
            Singularity::ZeroVariance { component: name }
        });
    }
    found
}

fn standard_errors(optimum: &Optimum, parameters: &[Parameter]) -> Vec<Option<f64>> {
    let covariance = optimum.covariance_of_phi(&optimum.observed, parameters);
    // A variance at its limit has no derivative to either side and so no variance here.
    let one = |r: usize| covariance.as_ref().map(|c| c.get(r, r).sqrt()).filter(|se| *se > 0.0);
    (0..parameters.len()).map(one).collect()
}

impl FittedMixed {
    /// Weights over the kept columns from named weights; columns not named get 0.
    ///
    /// # Errors
    /// `Impact` with `RankDeficient` when a named column was dropped, `UnknownColumn` when there is none such.
    pub fn contrast(&self, weights: &[(&str, f64)]) -> Result<Vec<f64>, MixedError> {
        let mut contrast = vec![0.0; self.names.len()];
        for (name, weight) in weights {
            match self.names.iter().position(|n| n == name) {
                Some(j) => contrast[j] = *weight,
                None if self.dropped.iter().any(|n| n == name) => {
                    return Err(ImpactError::RankDeficient { name: (*name).to_owned() }.into());
                }
                None => return Err(ImpactError::UnknownColumn { name: (*name).to_owned() }.into()),
            }
        }
        Ok(contrast)
    }

    /// A variance by the name of its term.
    ///
    /// # Errors
    /// `UnknownTerm`.
    pub fn component(&self, name: &str) -> Result<&Component, MixedError> {
        let unknown = || MixedError::UnknownTerm { name: name.to_owned() };
        self.components.iter().find(|c| c.name == name).ok_or_else(unknown)
    }
}
