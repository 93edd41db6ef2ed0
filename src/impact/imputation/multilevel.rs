//! Multiple imputation of scores before and after, with students in schools.

use super::convergence::Convergence;
use super::run::Prepared;
use crate::impact::ImpactError;
use crate::impact::ancova::Covariate;
use crate::impact::clusters::ClusterIndex;
use crate::num::{NumError, moments};

/// Scores with holes; all slices have one entry per student.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MissingScores<'a> {
    /// Score before.
    pub pre: &'a [Option<f64>],
    /// Score after.
    pub post: &'a [Option<f64>],
    /// School.
    pub cluster: &'a [usize],
    /// Group (arm) with a model of its own; all equal where there is one.
    pub group: &'a [usize],
    /// Fully observed columns that predict the scores.
    pub covariates: &'a [Covariate<'a>],
}

/// How the scores are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ImputationOptions {
    /// Completed data sets.
    pub imputations: usize,
    /// Iterations of each chain before the first is taken.
    pub burn_in: usize,
    /// Iterations from one taken to the next.
    pub thin: usize,
    /// Chains, at least two.
    pub chains: usize,
    /// Seed of the study.
    pub seed: u64,
    /// Degrees of freedom of the inverse Wishart prior of the covariance between schools.
    pub prior_df: f64,
    /// Its scale, per degree of freedom, as a share of the variance of the scores.
    pub prior_share: f64,
}

impl Default for ImputationOptions {
    /// 20 imputations from 4 chains, 500 iterations of burn-in, every 100th taken; the prior has the weight
    /// of two schools and a twentieth of the variance between schools.
    fn default() -> Self {
        ImputationOptions {
            imputations: 20,
            burn_in: 500,
            thin: 100,
            chains: 4,
            seed: 1,
            prior_df: 2.0,
            prior_share: 0.05,
        }
    }
}

/// Imputations to make: at least 20, and one for each percent of the scores that is missing.
///
/// # References
/// White, Royston & Wood (2011), doi:10.1002/sim.4067.
pub fn imputations_needed(missing: usize, scores: usize) -> usize {
    (100 * missing).div_ceil(scores.max(1)).clamp(20, 100)
}

/// The model of one group at the mean of its posterior, in the units of the scores.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupModel {
    /// The group as given.
    pub group: usize,
    /// Students.
    pub n: usize,
    /// Schools.
    pub clusters: usize,
    /// Covariates left out because they do not vary or depend on those before them in this group.
    pub dropped: Vec<String>,
    /// Mean before and after, at the mean of the covariates.
    pub means: [f64; 2],
    /// Between schools: variance before, covariance, variance after.
    pub between: [f64; 3],
    /// Within schools, likewise.
    pub within: [f64; 3],
    /// The check of the chains.
    pub convergence: Convergence,
}

/// The draws.
#[derive(Debug, Clone, PartialEq)]
pub struct Imputations {
    pre: Vec<Option<f64>>,
    post: Vec<Option<f64>>,
    /// Row and wave (0 before, 1 after) of each missing score.
    cells: Vec<(usize, usize)>,
    /// `draws[imputation][cell]`.
    draws: Vec<Vec<f64>>,
    /// The models, one per group with a missing score, groups ascending.
    pub models: Vec<GroupModel>,
}

/// A data set without holes.
#[derive(Debug, Clone, PartialEq)]
pub struct Completed {
    /// Score before.
    pub pre: Vec<f64>,
    /// Score after.
    pub post: Vec<f64>,
}

impl Imputations {
    /// Completed data sets.
    pub fn len(&self) -> usize {
        self.draws.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.draws.is_empty()
    }

    /// Missing scores before and after.
    pub fn missing(&self) -> [usize; 2] {
        [0, 1].map(|wave| self.cells.iter().filter(|cell| cell.1 == wave).count())
    }

    /// Students with a missing score.
    pub fn incomplete(&self) -> usize {
        self.pre.iter().zip(&self.post).filter(|(pre, post)| pre.is_none() || post.is_none()).count()
    }

    /// Whether the chains of every group agree.
    pub fn converged(&self) -> bool {
        self.models.iter().all(|model| model.convergence.reached())
    }

    /// One completed data set; observed scores are as they were. `None` beyond the last.
    pub fn completed(&self, imputation: usize) -> Option<Completed> {
        let draws = self.draws.get(imputation)?;
        let mut both = [self.pre.clone(), self.post.clone()];
        for ((row, wave), value) in self.cells.iter().zip(draws) {
            both[*wave][*row] = Some(*value);
        }
        let [pre, post] = both.map(|scores| scores.into_iter().flatten().collect());
        Some(Completed { pre, post })
    }
}

/// Draws missing scores from a bivariate linear mixed model, within each group.
///
/// ```text
/// (pre, post)_ij = B'x_ij + u_j + e_ij,   u_j ~ N2(0, Psi),   e_ij ~ N2(0, Sigma)
/// p(B) flat,  p(Sigma) = |Sigma|^(-3/2),  Psi ~ IW(df0, S0)
/// ```
///
/// x holds an intercept and the covariates, centred in the group. A round of the Gibbs sampler draws B with
/// the school effects integrated out, then u, Psi, Sigma and the missing scores from their conjugate
/// distributions. Missing before and missing after are treated alike: what is observed of a student and of
/// the school informs what is not (missing at random). Draws are neither rounded nor cut to the range of the
/// scale, which would bias means. Same data, options and seed, same draws.
///
/// # Errors
/// `LengthMismatch`, `NotFinite`, `TooFewClusters` for a group with fewer than three schools, `TooFew` for a
/// group with too few students with both scores, `NoVariation` when a score is constant or one determines the
/// other, `OutOfRange` for the options.
///
/// # References
/// Schafer & Yucel (2002), doi:10.1198/106186002760180608. Schafer (1997), Analysis of Incomplete
/// Multivariate Data, chapter 5.
pub fn impute(data: &MissingScores<'_>, options: &ImputationOptions) -> Result<Imputations, ImpactError> {
    check(data, options)?;
    let mut found = Imputations {
        pre: data.pre.to_vec(),
        post: data.post.to_vec(),
        cells: Vec::new(),
        draws: vec![Vec::new(); options.imputations],
        models: Vec::new(),
    };
    for (group, rows) in ClusterIndex::new(data.group).iter() {
        if rows.iter().all(|&row| data.pre[row].is_some() && data.post[row].is_some()) {
            continue;
        }
        let prepared = Prepared::new(data, rows)?;
        let run = prepared.run(group, options)?;
        for student in &prepared.data.incomplete {
            let holes = (0..2).filter(|wave| student.y[*wave].is_none());
            found.cells.extend(holes.map(|wave| (student.row, wave)));
        }
        found.draws.iter_mut().zip(run.draws).for_each(|(all, own)| all.extend(own));
        found.models.push(run.model);
    }
    Ok(found)
}

fn check(data: &MissingScores<'_>, options: &ImputationOptions) -> Result<(), ImpactError> {
    let n = data.pre.len();
    for other in [data.post.len(), data.cluster.len(), data.group.len()] {
        moments::check_same_length(n, other)?;
    }
    for covariate in data.covariates {
        moments::check_same_length(n, covariate.values.len())?;
        moments::check_values(covariate.values, 1)?;
    }
    let whole = |name, value: usize, least: usize| {
        if value < least { Err(NumError::OutOfRange { name, value: value as f64 }) } else { Ok(()) }
    };
    whole("imputations", options.imputations, 2)?;
    whole("chains", options.chains, 2)?;
    whole("thin", options.thin, 1)?;
    if !(options.prior_df > 1.0 && options.prior_share > 0.0) {
        return Err(NumError::OutOfRange { name: "prior_df", value: options.prior_df }.into());
    }
    Ok(())
}
