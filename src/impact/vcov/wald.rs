//! Several contrasts at once: the approximate Hotelling test HTZ.

use super::ClusterVariance;
use crate::impact::ImpactError;
use crate::num::cholesky::Cholesky;
use crate::num::linalg::{SmallMatrix, dot, symmetric_eigen};
use crate::num::{NumError, dist};

/// A joint test that several contrasts are zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WaldTest {
    /// F, already scaled by (eta - q + 1) / eta.
    pub f: f64,
    /// Number of contrasts q.
    pub df1: f64,
    /// eta - q + 1.
    pub df2: f64,
    /// P(F > f).
    pub p: f64,
    /// Rows behind the test.
    pub n: usize,
    /// Clusters behind the test.
    pub clusters: usize,
}

impl ClusterVariance<'_> {
    /// Tests `C beta = 0` for the given contrasts (one weight per kept column each) together.
    ///
    /// ```text
    /// Q = (C b)' (C V C')^-1 C b,   F = Q (eta - q + 1) / (eta q)  on  q and eta - q + 1
    /// eta = q (q + 1) / sum_st Var(d_st),   D = Omega^-1/2 C V C' Omega^-1/2,   Omega = E(C V C')
    /// ```
    ///
    /// Expectation and variances are those under the working model (independent, equal errors for least squares). With one contrast, F is the
    /// square of Satterthwaite's t.
    ///
    /// # Errors
    /// `OneClusterDecides`, `NoVariation` as for one contrast, `DependentContrasts` when the contrasts
    /// are not independent, `TooFewClusters` when eta leaves no denominator degrees of freedom.
    ///
    /// # References
    /// Tipton & Pustejovsky (2015), Journal of Educational and Behavioral Statistics 40, 604-634.
    /// Pustejovsky & Tipton (2018), doi 10.1080/07350015.2016.1247004.
    pub fn wald(&self, contrasts: &[Vec<f64>]) -> Result<WaldTest, ImpactError> {
        let q = contrasts.len();
        if q == 0 {
            return Err(NumError::TooFew { needed: 1, found: 0 }.into());
        }
        let mut u = Vec::with_capacity(q);
        for contrast in contrasts {
            self.contrast_error(contrast)?;
            u.push(self.fit.basis.solve_r_transposed(contrast));
        }
        let clusters = self.leverages.len();
        let eta = self.eta(&u)?;
        let df2 = eta - q as f64 + 1.0;
        if df2.is_nan() || df2 <= 0.0 {
            return Err(ImpactError::TooFewClusters { needed: clusters + 1, found: clusters });
        }
        let values: Vec<f64> = contrasts.iter().map(|c| dot(c, &self.fit.coefficients)).collect();
        let variance = between(&u, |v| self.meat.times(v));
        // Fewer clusters than contrasts leave the variance singular.
        let factor = Cholesky::new(&variance).map_err(dependent)?;
        let statistic = dot(&values, &factor.solve(&values));
        let f = statistic * df2 / (eta * q as f64);
        Ok(WaldTest { f, df1: q as f64, df2, p: dist::f_sf(f, q as f64, df2)?, n: self.fit.n(), clusters })
    }

    /// The degrees of freedom eta. With T_g the weights of residuals for U Omega^-1/2 and V_g = Q_g'T_g,
    /// `P_gh = [g = h] T_g'T_g - V_g'V_h` and the total variance is `sum_gh (tr P_gh)^2 + tr(P_gh P_gh)`;
    /// the double sum over clusters goes through `sum_g vec(V_g) vec(V_g)'`.
    fn eta(&self, u: &[Vec<f64>]) -> Result<f64, ImpactError> {
        let (q, p) = (u.len(), self.fit.rank());
        let raw: Vec<Vec<Vec<f64>>> =
            self.leverages.iter().map(|l| u.iter().map(|c| l.adjust(c)).collect()).collect();
        let mut omega = SmallMatrix::zeros(q, q);
        for (leverage, w) in self.leverages.iter().zip(&raw) {
            let v: Vec<Vec<f64>> = w.iter().map(|c| leverage.image(c)).collect();
            for (i, j) in (0..q).flat_map(|i| (0..q).map(move |j| (i, j))) {
                omega.set(i, j, omega.get(i, j) + leverage.inner(&w[i], &w[j], &v[j]) - dot(&v[i], &v[j]));
            }
        }
        let root = inverse_root(&omega)?;
        let mut outer = SmallMatrix::zeros(p * q, p * q);
        let mut own = 0.0;
        for (leverage, w) in self.leverages.iter().zip(&raw) {
            let w = combine(w, &root);
            let v: Vec<Vec<f64>> = w.iter().map(|c| leverage.image(c)).collect();
            let stacked = v.concat();
            outer.add_outer(&stacked, &stacked, 1.0);
            let (mut full, mut lost) = (SmallMatrix::zeros(q, q), SmallMatrix::zeros(q, q));
            for (i, j) in (0..q).flat_map(|i| (0..q).map(move |j| (i, j))) {
                lost.set(i, j, dot(&v[i], &v[j]));
                full.set(i, j, leverage.inner(&w[i], &w[j], &v[j]) - dot(&v[i], &v[j]));
            }
            own += spread(&full) - spread(&lost);
        }
        let mut total = own + outer.squared_norm();
        // tr(V_g'V_h V_g'V_h) summed over g and h: the outer product with its column indices exchanged.
        for (i, j) in (0..q).flat_map(|i| (0..q).map(move |j| (i, j))) {
            for (a, b) in (0..p).flat_map(|a| (0..p).map(move |b| (a, b))) {
                total += outer.get(i * p + a, j * p + b) * outer.get(j * p + a, i * p + b);
            }
        }
        let eta = (q * (q + 1)) as f64 / total;
        if eta.is_finite() && eta > 0.0 { Ok(eta) } else { Err(ImpactError::NoVariation) }
    }
}

/// The matrix of `u_i' f(u_j)`.
fn between(u: &[Vec<f64>], f: impl Fn(&[f64]) -> Vec<f64>) -> SmallMatrix {
    let mut matrix = SmallMatrix::zeros(u.len(), u.len());
    for (j, v) in u.iter().enumerate() {
        let image = f(v);
        u.iter().enumerate().for_each(|(i, w)| matrix.set(i, j, dot(w, &image)));
    }
    matrix
}

/// (tr P)^2 + tr(P P).
fn spread(p: &SmallMatrix) -> f64 {
    let q = p.rows();
    let trace: f64 = (0..q).map(|i| p.get(i, i)).sum();
    let square: f64 = (0..q).map(|i| (0..q).map(|j| p.get(i, j) * p.get(j, i)).sum::<f64>()).sum();
    trace * trace + square
}

fn inverse_root(omega: &SmallMatrix) -> Result<SmallMatrix, ImpactError> {
    let eigen = symmetric_eigen(omega)?;
    let q = omega.rows();
    let largest = eigen.values.iter().fold(0.0f64, |m, v| m.max(*v));
    let mut root = SmallMatrix::zeros(q, q);
    for (j, &value) in eigen.values.iter().enumerate() {
        if value.is_nan() || value <= 1e-12 * largest {
            return Err(ImpactError::DependentContrasts);
        }
        let v: Vec<f64> = (0..q).map(|i| eigen.vectors.get(i, j)).collect();
        root.add_outer(&v, &v, value.sqrt().recip());
    }
    Ok(root)
}

/// Columns `w` times a q x q matrix.
fn combine(w: &[Vec<f64>], root: &SmallMatrix) -> Vec<Vec<f64>> {
    let p = w.first().map_or(0, Vec::len);
    (0..w.len())
        .map(|j| (0..p).map(|a| (0..w.len()).map(|i| w[i][a] * root.get(i, j)).sum()).collect())
        .collect()
}

fn dependent(_: NumError) -> ImpactError {
    ImpactError::DependentContrasts
}

#[cfg(test)]
mod tests {
    use super::super::Adjustment;
    use super::*;
    use crate::impact::golden::{self, close};
    use crate::impact::ols::fit_ols;

    #[test]
    fn one_contrast_is_the_square_of_t() {
        let fit = fit_ols(&golden::data().design()).unwrap();
        let variance = ClusterVariance::new(&fit, Adjustment::Cr2).unwrap();
        let c = vec![0.0, 1.0, 0.0];
        let t = variance.test(&c, 0.05).unwrap();
        let wald = variance.wald(std::slice::from_ref(&c)).unwrap();
        close(wald.f, t.t * t.t, 1e-12);
        close(wald.df2, t.df, 1e-9);
        close(wald.p, t.p, 1e-12);
        assert_eq!(variance.wald(&[c.clone(), c]), Err(ImpactError::DependentContrasts));
        assert!(variance.wald(&[]).is_err());
    }

    #[test]
    fn joint_test_does_not_depend_on_the_contrasts_chosen() {
        let fit = fit_ols(&golden::data().design()).unwrap();
        let variance = ClusterVariance::new(&fit, Adjustment::Cr2).unwrap();
        let first = variance.wald(&[vec![0.0, 1.0, 0.0], vec![0.0, 0.0, 1.0]]).unwrap();
        let second = variance.wald(&[vec![0.0, 1.0, 1.0], vec![0.0, 2.0, -1.0]]).unwrap();
        close(first.f / second.f, 1.0, 1e-10);
        close(first.df2, second.df2, 1e-9);
    }
}
