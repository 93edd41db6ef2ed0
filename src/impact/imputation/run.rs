//! The chains of one group: scores into standard units, sampling, imputations taken in turn.

use super::algebra::Sym2;
use super::convergence::Convergence;
use super::gibbs::{Prior, State};
use super::multilevel::{GroupModel, ImputationOptions, MissingScores};
use super::sums::{GroupData, Incomplete, SchoolSums};
use crate::impact::ImpactError;
use crate::impact::ancova::Covariate;
use crate::impact::clusters::ClusterIndex;
use crate::num::cholesky::Cholesky;
use crate::num::linalg::SmallMatrix;
use crate::num::rng::Stream;
use crate::num::{NumError, moments};

/// Schools of a group below which their covariance cannot be learned.
const FEWEST_SCHOOLS: usize = 3;
/// Students with both scores that a group needs besides the columns of its model.
const SPARE_PAIRS: usize = 5;
/// Shares of the variance between schools at which chains start, far apart on purpose.
const STARTS: [f64; 4] = [0.02, 0.6, 0.1, 0.3];
/// What the check of the chains watches.
const WATCHED: [&str; 7] = [
    "variance between schools, before",
    "variance between schools, after",
    "correlation between schools",
    "variance within schools, before",
    "variance within schools, after",
    "correlation within schools",
    "mean change",
];

/// One group in standard units.
pub(super) struct Prepared {
    pub data: GroupData,
    centre: [f64; 2],
    scale: [f64; 2],
    dropped: Vec<String>,
}

/// What the chains of a group gave.
pub(super) struct Run {
    pub draws: Vec<Vec<f64>>,
    pub model: GroupModel,
}

impl Prepared {
    pub fn new(data: &MissingScores<'_>, rows: &[usize]) -> Result<Self, ImpactError> {
        let (x, dropped) = columns(data.covariates, rows)?;
        let own: Vec<usize> = rows.iter().map(|&row| data.cluster[row]).collect();
        let index = ClusterIndex::new(&own);
        check_size(data, rows, x.len() + SPARE_PAIRS, index.len())?;
        let [before, after] = [standard(data.pre, rows)?, standard(data.post, rows)?];
        let (centre, scale) = ([before[0], after[0]], [before[1], after[1]]);
        let mut group = GroupData {
            columns: x.len(),
            schools: vec![SchoolSums::new(x.len()); index.len()],
            incomplete: Vec::new(),
            n: rows.len(),
        };
        for (school, (_, members)) in index.iter().enumerate() {
            for &member in members {
                let row = rows[member];
                let own: Vec<f64> = x.iter().map(|column| column[member]).collect();
                group.schools[school].add_x(&own);
                let in_units =
                    |score: Option<f64>, wave: usize| score.map(|s| (s - centre[wave]) / scale[wave]);
                match [in_units(data.pre[row], 0), in_units(data.post[row], 1)] {
                    [Some(pre), Some(post)] => group.schools[school].add_y(&own, [pre, post]),
                    y => group.incomplete.push(Incomplete { row, school, x: own, y }),
                }
            }
        }
        Ok(Prepared { data: group, centre, scale, dropped })
    }

    /// Runs the chains one after the other and takes the imputations from them in turn.
    pub fn run(&self, group: usize, options: &ImputationOptions) -> Result<Run, ImpactError> {
        let prior =
            Prior { df: options.prior_df, scale: Sym2::diagonal(options.prior_df * options.prior_share) };
        let taken = options.imputations.div_ceil(options.chains);
        let mut draws = vec![Vec::new(); options.imputations];
        let mut traces = vec![vec![Vec::new(); WATCHED.len()]; options.chains];
        let mut posterior = Posterior::default();
        for (chain, trace) in traces.iter_mut().enumerate() {
            let name = format!("multiple imputation, group {group}, chain {chain}");
            let mut stream = Stream::new(options.seed, &name);
            let mut state = State::start(&self.data, STARTS[chain % STARTS.len()]);
            for _ in 0..options.burn_in {
                self.step(&mut state, prior, &mut stream)?;
            }
            for iteration in 1..=taken * options.thin {
                self.step(&mut state, prior, &mut stream)?;
                trace.iter_mut().zip(self.watched(&state)).for_each(|(values, own)| values.push(own));
                posterior.add(&state);
                if iteration % options.thin == 0 {
                    let imputation = (iteration / options.thin - 1) * options.chains + chain;
                    draws.iter_mut().skip(imputation).take(1).for_each(|own| *own = self.taken(&state));
                }
            }
        }
        let model = GroupModel {
            group,
            n: self.data.n,
            clusters: self.data.schools.len(),
            dropped: self.dropped.clone(),
            means: [0, 1].map(|c| self.centre[c] + self.scale[c] * posterior.mean(c)),
            between: self.covariance(posterior.psi, posterior.count),
            within: self.covariance(posterior.sigma, posterior.count),
            convergence: Convergence::of(&WATCHED, &traces),
        };
        Ok(Run { draws, model })
    }

    /// A degenerate covariance means that a score determines the other.
    fn step(&self, state: &mut State, prior: Prior, stream: &mut Stream) -> Result<(), ImpactError> {
        state.step(&self.data, prior, stream).map_err(|_| ImpactError::NoVariation)
    }

    fn watched(&self, state: &State) -> [f64; 7] {
        let change = state.beta[0][1] * self.scale[1] - state.beta[0][0] * self.scale[0];
        [
            state.psi.a.ln(),
            state.psi.c.ln(),
            state.psi.correlation(),
            state.sigma.a.ln(),
            state.sigma.c.ln(),
            state.sigma.correlation(),
            change,
        ]
    }

    /// The drawn scores in their units, in the order of the missing cells.
    fn taken(&self, state: &State) -> Vec<f64> {
        let students = self.data.incomplete.iter().zip(&state.filled);
        students
            .flat_map(|(student, filled)| {
                (0..2)
                    .filter(|wave| student.y[*wave].is_none())
                    .map(|wave| self.centre[wave] + self.scale[wave] * filled[wave])
            })
            .collect()
    }

    fn covariance(&self, sum: Sym2, count: f64) -> [f64; 3] {
        let [before, after] = self.scale;
        [sum.a * before * before / count, sum.b * before * after / count, sum.c * after * after / count]
    }
}

/// Sums over the iterations.
#[derive(Default)]
struct Posterior {
    count: f64,
    means: [f64; 2],
    psi: Sym2,
    sigma: Sym2,
}

impl Posterior {
    fn add(&mut self, state: &State) {
        self.count += 1.0;
        self.means = [self.means[0] + state.beta[0][0], self.means[1] + state.beta[0][1]];
        self.psi = self.psi.plus(state.psi);
        self.sigma = self.sigma.plus(state.sigma);
    }

    fn mean(&self, wave: usize) -> f64 {
        self.means[wave] / self.count.max(1.0)
    }
}

/// The intercept and the covariates in standard units, without those that depend on the columns before them.
fn columns(
    covariates: &[Covariate<'_>],
    rows: &[usize],
) -> Result<(Vec<Vec<f64>>, Vec<String>), ImpactError> {
    let (mut kept, mut dropped) = (vec![vec![1.0; rows.len()]], Vec::new());
    for covariate in covariates {
        let own: Vec<f64> = rows.iter().map(|&row| covariate.values[row]).collect();
        if !moments::has_variation(&own) {
            dropped.push(covariate.name.to_owned());
            continue;
        }
        let (mean, sd) = (moments::mean(&own)?, moments::sd(&own)?);
        kept.push(own.iter().map(|value| (value - mean) / sd).collect());
        if Cholesky::new(&products(&kept)).is_err() {
            kept.pop();
            dropped.push(covariate.name.to_owned());
        }
    }
    Ok((kept, dropped))
}

fn products(columns: &[Vec<f64>]) -> SmallMatrix {
    let mut products = SmallMatrix::zeros(columns.len(), columns.len());
    for (i, a) in columns.iter().enumerate() {
        for (j, b) in columns.iter().enumerate() {
            products.set(i, j, crate::num::linalg::dot(a, b));
        }
    }
    products
}

/// Mean and standard deviation of the observed scores.
fn standard(scores: &[Option<f64>], rows: &[usize]) -> Result<[f64; 2], ImpactError> {
    let observed: Vec<f64> = rows.iter().filter_map(|&row| scores[row]).collect();
    moments::check_values(&observed, 2)?;
    if !moments::has_variation(&observed) {
        return Err(ImpactError::NoVariation);
    }
    Ok([moments::mean(&observed)?, moments::sd(&observed)?])
}

fn check_size(
    data: &MissingScores<'_>,
    rows: &[usize],
    needed: usize,
    schools: usize,
) -> Result<(), ImpactError> {
    let found = rows.iter().filter(|&&row| data.pre[row].is_some() && data.post[row].is_some()).count();
    if found < needed {
        return Err(NumError::TooFew { needed, found }.into());
    }
    if schools < FEWEST_SCHOOLS {
        return Err(ImpactError::TooFewClusters { needed: FEWEST_SCHOOLS, found: schools });
    }
    Ok(())
}
