//! Tolerances and caps, each with its reason.

/// A column whose part outside the earlier columns is smaller than this share of its own length counts
/// as dependent. The value is that of R's `lm` (LINPACK dqrdc2), so that both drop the same columns.
pub const RANK: f64 = 1e-7;

/// An eigenvalue of a cluster's leverage closer to 1 than this counts as exactly 1: the cluster then
/// determines a coefficient alone and its residuals there are rounding noise. About the square root of
/// the machine epsilon, far above rounding (1e-14) and far below any leverage that data leave open.
pub const LEVERAGE_ONE: f64 = 1e-8;

/// A spread smaller than this share of the largest absolute value is rounding noise of equal values.
pub const NO_VARIATION: f64 = 1e-13;

/// Resampled statistics within this share of the observed one count as ties: permuted sums of the same
/// numbers in another order differ by about J machine epsilons, real differences are far larger.
pub const RESAMPLING_TIE: f64 = 1e-10;

/// Relative accuracy at which continued fractions and series stop: a few machine epsilons.
pub const SERIES: f64 = 1e-16;

/// Cap of continued fraction steps. They need about the square root of the largest parameter, so this
/// serves parameters up to 1e9, beyond any degrees of freedom met here.
pub const SERIES_STEPS: usize = 100_000;

/// Relative accuracy of a root: Brent's method reaches the last digits of a double at no extra cost.
pub const ROOT: f64 = 4.0 * f64::EPSILON;

/// Cap of root finding steps; bisection alone halves a double's range in about 1,100 steps, Brent
/// normally takes 10 to 60.
pub const ROOT_STEPS: usize = 2_000;

/// Largest absolute value that enters a computation: the fourth power of a hundred million such values
/// is still far from overflow. Scores never come near; anything larger is a fault in the data.
pub const LARGEST: f64 = 1e60;
