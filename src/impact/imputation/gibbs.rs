//! Gibbs sampler of the bivariate model with a random effect of the school on each score.

use super::algebra::{Pair, Sym2, inverse_wishart};
use super::sums::{GroupData, Incomplete, SchoolSums};
use crate::impact::ImpactError;
use crate::num::cholesky::Cholesky;
use crate::num::linalg::SmallMatrix;
use crate::num::rng::Stream;

/// Where a chain stands.
#[derive(Debug, Clone)]
pub(super) struct State {
    /// Coefficients: a pair per column of X.
    pub beta: Vec<Pair>,
    /// Effects of the schools.
    pub effects: Vec<Pair>,
    /// Covariance between schools.
    pub psi: Sym2,
    /// Covariance within schools.
    pub sigma: Sym2,
    /// Scores of the incomplete students, drawn where missing.
    pub filled: Vec<Pair>,
}

/// The inverse Wishart prior of the covariance between schools.
#[derive(Debug, Clone, Copy)]
pub(super) struct Prior {
    pub df: f64,
    pub scale: Sym2,
}

impl State {
    /// Schools make up `share` of the variance, missing scores lie at the mean.
    pub fn start(data: &GroupData, share: f64) -> Self {
        State {
            beta: vec![[0.0; 2]; data.columns],
            effects: vec![[0.0; 2]; data.schools.len()],
            psi: Sym2::diagonal(share),
            sigma: Sym2::diagonal(1.0 - share),
            filled: data.incomplete.iter().map(|own| own.y.map(Option::unwrap_or_default)).collect(),
        }
    }

    /// One round: coefficients and schools together, the two covariances, the missing scores.
    ///
    /// # Errors
    /// `Singular` or `NotConverged` when a covariance degenerates (scores that determine each other).
    pub fn step(&mut self, data: &GroupData, prior: Prior, stream: &mut Stream) -> Result<(), ImpactError> {
        let schools = with_filled(data, &self.filled);
        self.draw_coefficients(&schools, stream)?;
        self.draw_effects(&schools, stream)?;
        let mut between = prior.scale;
        self.effects.iter().for_each(|u| between.add_outer(*u));
        self.psi = inverse_wishart(prior.df + self.effects.len() as f64, between, stream)?;
        let within = schools
            .iter()
            .zip(&self.effects)
            .fold(Sym2::default(), |sum, (school, u)| sum.plus(school.residual(&self.beta, *u)));
        // Jeffreys' prior: as many degrees of freedom as students.
        self.sigma = inverse_wishart(data.n as f64, within, stream)?;
        self.draw_missing(data, stream);
        Ok(())
    }

    /// B given the covariances, the schools' effects integrated out, so that the chain does not creep:
    ///
    /// ```text
    /// precision  sum_j X_j'X_j (x) S^-1 - s_j s_j' (x) M_j,   M_j = S^-1 (Psi^-1 + n_j S^-1)^-1 S^-1
    /// ```
    fn draw_coefficients(&mut self, schools: &[SchoolSums], stream: &mut Stream) -> Result<(), ImpactError> {
        let p = self.beta.len();
        let (inner, outer) = (self.sigma.inverse()?, self.psi.inverse()?);
        let mut precision = SmallMatrix::zeros(2 * p, 2 * p);
        let mut right = vec![0.0; 2 * p];
        for school in schools {
            let shrunk = inner.sandwich(outer.plus(inner.times(school.n)).inverse()?);
            let total = shrunk.of(school.y);
            for k in 0..p {
                let own = inner.of(school.xy[k]);
                for c in 0..2 {
                    right[2 * k + c] += own[c] - school.x[k] * total[c];
                    for (l, d) in (0..p).flat_map(|l| [(l, 0), (l, 1)]) {
                        let value = school.xx.get(k, l) * inner.entry(c, d)
                            - school.x[k] * school.x[l] * shrunk.entry(c, d);
                        let (row, column) = (2 * k + c, 2 * l + d);
                        precision.set(row, column, precision.get(row, column) + value);
                    }
                }
            }
        }
        let factor = Cholesky::new(&precision)?;
        let noise: Vec<f64> = (0..2 * p).map(|_| stream.normal()).collect();
        let drawn: Vec<f64> =
            factor.solve(&right).iter().zip(factor.upper_solve(&noise)).map(|(mean, z)| mean + z).collect();
        self.beta.iter_mut().zip(drawn.chunks_exact(2)).for_each(|(beta, own)| *beta = [own[0], own[1]]);
        Ok(())
    }

    /// Effects of the schools given everything else.
    fn draw_effects(&mut self, schools: &[SchoolSums], stream: &mut Stream) -> Result<(), ImpactError> {
        let (inner, outer) = (self.sigma.inverse()?, self.psi.inverse()?);
        for (u, school) in self.effects.iter_mut().zip(schools) {
            let covariance = outer.plus(inner.times(school.n)).inverse()?;
            let left = [0, 1]
                .map(|c| school.y[c] - self.beta.iter().zip(&school.x).map(|(b, x)| b[c] * x).sum::<f64>());
            let mean = covariance.of(inner.of(left));
            let noise = covariance.normal(stream);
            *u = [mean[0] + noise[0], mean[1] + noise[1]];
        }
        Ok(())
    }

    /// Missing scores given the observed one of the same student and the school.
    fn draw_missing(&mut self, data: &GroupData, stream: &mut Stream) {
        for (filled, student) in self.filled.iter_mut().zip(&data.incomplete) {
            *filled = drawn(&self.beta, self.effects[student.school], self.sigma, student, stream);
        }
    }
}

fn drawn(beta: &[Pair], u: Pair, sigma: Sym2, student: &Incomplete, stream: &mut Stream) -> Pair {
    let mean = [0, 1].map(|c| u[c] + beta.iter().zip(&student.x).map(|(b, x)| b[c] * x).sum::<f64>());
    let given = |known: f64, (of_known, of_missing): (f64, f64), (at, to): (f64, f64)| {
        (to + sigma.b / of_known * (known - at), (of_missing - sigma.b * sigma.b / of_known).max(0.0).sqrt())
    };
    match student.y {
        [Some(pre), Some(post)] => [pre, post],
        [Some(pre), None] => {
            let (centre, spread) = given(pre, (sigma.a, sigma.c), (mean[0], mean[1]));
            [pre, centre + spread * stream.normal()]
        }
        [None, Some(post)] => {
            let (centre, spread) = given(post, (sigma.c, sigma.a), (mean[1], mean[0]));
            [centre + spread * stream.normal(), post]
        }
        [None, None] => {
            let noise = sigma.normal(stream);
            [mean[0] + noise[0], mean[1] + noise[1]]
        }
    }
}

/// The sums of the schools with the scores drawn last.
fn with_filled(data: &GroupData, filled: &[Pair]) -> Vec<SchoolSums> {
    let mut schools = data.schools.clone();
    for (student, y) in data.incomplete.iter().zip(filled) {
        schools[student.school].add_y(&student.x, *y);
    }
    schools
}
