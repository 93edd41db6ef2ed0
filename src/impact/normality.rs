//! Tests of normality as reports of students' differences expect them. They say little: with few students
//! nothing is rejected, with many everything, and no method here that leads needs normal students.

use super::ImpactError;
use crate::num::{NumError, dist, moments};

/// Shapiro and Wilk's test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShapiroWilk {
    /// W, at most 1.
    pub w: f64,
    /// Its p by Royston's normalising transformation.
    pub p: f64,
    /// Values.
    pub n: usize,
}

/// Shapiro-Wilk W with p, for 3 to 5,000 values (algorithm AS R94; the constants are those of the paper).
///
/// # Errors
/// `TooFew` below three, `OutOfRange` above 5,000 values, `NoVariation`, `NotFinite`.
///
/// # References
/// Royston (1995), Applied Statistics 44, 547-551.
pub fn shapiro_wilk(values: &[f64]) -> Result<ShapiroWilk, ImpactError> {
    let n = values.len();
    let sorted = sorted(values, 3)?;
    if n > 5_000 {
        return Err(NumError::OutOfRange { name: "n", value: n as f64 }.into());
    }
    let a = weights(n)?;
    let mean = moments::mean(&sorted)?;
    let total = moments::sum(sorted.iter().map(|x| (x - mean).powi(2)));
    let range = sorted[n - 1] - sorted[0];
    let sa = moments::sum(a.iter().zip(&sorted).map(|(a, x)| a * (x - mean))) / range;
    let (length, spread) = (moments::sum(a.iter().map(|v| v * v)), total / (range * range));
    // 1 - W as a product, since W is mostly within a few percent of 1.
    let root = (length * spread).sqrt();
    let open = ((root - sa) * (root + sa) / (length * spread)).max(0.0);
    Ok(ShapiroWilk { w: 1.0 - open, p: shapiro_p(open, n), n })
}

/// The weights of the ordered values, antisymmetric.
fn weights(n: usize) -> Result<Vec<f64>, ImpactError> {
    if n == 3 {
        return Ok(vec![-0.5f64.sqrt(), 0.0, 0.5f64.sqrt()]);
    }
    let half = n / 2;
    let size = n as f64;
    let m: Vec<f64> = (1..=half)
        .map(|i| dist::normal_quantile((i as f64 - 0.375) / (size + 0.25)).map(|z| -z))
        .collect::<Result<_, _>>()?;
    let squares = 2.0 * m.iter().map(|v| v * v).sum::<f64>();
    let (root, u) = (squares.sqrt(), size.sqrt().recip());
    let first = m[0] / root + polynomial(&[0.0, 0.221157, -0.147981, -2.07119, 4.434685, -2.706056], u);
    let mut a: Vec<f64> = vec![first];
    let divisor = if n > 5 {
        let second = m[1] / root + polynomial(&[0.0, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633], u);
        a.push(second);
        (squares - 2.0 * m[0] * m[0] - 2.0 * m[1] * m[1])
            / (1.0 - 2.0 * first * first - 2.0 * second * second)
    } else {
        (squares - 2.0 * m[0] * m[0]) / (1.0 - 2.0 * first * first)
    };
    a.extend(m[a.len()..].iter().map(|v| v / divisor.sqrt()));
    let lower = a.iter().map(|v| -v);
    let middle = (n % 2 == 1).then_some(0.0);
    Ok(lower.chain(middle).chain(a.iter().rev().copied()).collect())
}

fn shapiro_p(open: f64, n: usize) -> f64 {
    let size = n as f64;
    if n == 3 {
        let w = (1.0 - open).clamp(0.75, 1.0);
        return (6.0 / std::f64::consts::PI * (w.sqrt().asin() - 0.75f64.sqrt().asin())).clamp(0.0, 1.0);
    }
    if open <= 0.0 {
        return 1.0;
    }
    let y = open.ln();
    let (y, mean, sd) = if n <= 11 {
        let limit = polynomial(&[-2.273, 0.459], size);
        if y >= limit {
            return 0.0;
        }
        let mean = polynomial(&[0.544, -0.39978, 0.025054, -6.714e-4], size);
        let sd = polynomial(&[1.3822, -0.77857, 0.062767, -0.0020322], size).exp();
        (-(limit - y).ln(), mean, sd)
    } else {
        let x = size.ln();
        let mean = polynomial(&[-1.5861, -0.31082, -0.083751, 0.0038915], x);
        (y, mean, polynomial(&[-0.4803, -0.082676, 0.0030302], x).exp())
    };
    dist::normal_sf((y - mean) / sd)
}

fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |value, c| value * x + c)
}

/// The p-value of Lilliefors' test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LillieforsP {
    /// p, at most .20.
    Value(f64),
    /// p lies above .20, where the approximations have no value; SPSS prints .200 with an asterisk.
    AboveFifth,
}

/// Lilliefors' test: Kolmogorov-Smirnov with mean and SD from the data, whose p is not that of
/// Kolmogorov-Smirnov (which would be far too large).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lilliefors {
    /// Largest distance between the distribution functions.
    pub d: f64,
    /// Its p.
    pub p: LillieforsP,
    /// Values.
    pub n: usize,
}

/// Percentage points of Stephens' D (sqrt n - .01 + .85 / sqrt n) with their upper tails.
const STEPHENS: [(f64, f64); 3] = [(0.819, 0.10), (0.775, 0.15), (0.741, 0.20)];

/// Lilliefors' D with the p of Dallal and Wilkinson's approximation, which ends at .10; from there to .20 p lies
/// on the line through the logarithms of the published percentage points of Stephens' modified D.
///
/// # Errors
/// `TooFew` below five values, `NoVariation`, `NotFinite`.
///
/// # References
/// Lilliefors (1967), Journal of the American Statistical Association 62, 399-402. Dallal & Wilkinson (1986),
/// The American Statistician 40, 294-296. Stephens (1974), Journal of the American Statistical Association 69,
/// 730-737 (.10, .15). Molin & Abdi (1998), New tables and new functions for the Lilliefors test (.20).
pub fn lilliefors(values: &[f64]) -> Result<Lilliefors, ImpactError> {
    let sorted = sorted(values, 5)?;
    let n = sorted.len();
    let size = n as f64;
    let (mean, sd) = (moments::mean(&sorted)?, moments::sd(&sorted)?);
    let mut d = 0.0f64;
    for (i, x) in sorted.iter().enumerate() {
        let below = dist::normal_cdf((x - mean) / sd);
        d = d.max((i + 1) as f64 / size - below).max(below - i as f64 / size);
    }
    let (k, m) = if n > 100 { (d * (size / 100.0).powf(0.49), 100.0) } else { (d, size) };
    let p = (-7.01256 * k * k * (m + 2.78019) + 2.99587 * k * (m + 2.78019).sqrt() - 0.122119
        + 0.974598 / m.sqrt()
        + 1.67997 / m)
        .exp();
    let p = if p <= STEPHENS[0].1 { LillieforsP::Value(p) } else { beyond_a_tenth(d, size.sqrt()) };
    Ok(Lilliefors { d, p, n })
}

/// p above .10 from Stephens' modified D.
fn beyond_a_tenth(d: f64, root: f64) -> LillieforsP {
    let modified = d * (root - 0.01 + 0.85 / root);
    if modified < STEPHENS[STEPHENS.len() - 1].0 {
        return LillieforsP::AboveFifth;
    }
    let between = STEPHENS.windows(2).find(|ends| modified >= ends[1].0 && modified <= ends[0].0);
    let Some(&[(upper, p_upper), (lower, p_lower)]) = between else {
        return LillieforsP::Value(STEPHENS[0].1);
    };
    let share = (upper - modified) / (upper - lower);
    LillieforsP::Value((p_upper.ln() + share * (p_lower.ln() - p_upper.ln())).exp())
}

fn sorted(values: &[f64], needed: usize) -> Result<Vec<f64>, ImpactError> {
    moments::check_values(values, needed)?;
    if !moments::has_variation(values) {
        return Err(ImpactError::NoVariation);
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    Ok(sorted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_outcomes_and_extremes() {
        assert!(shapiro_wilk(&[1.0, 2.0]).is_err());
        assert_eq!(shapiro_wilk(&[1.0; 10]), Err(ImpactError::NoVariation));
        assert!(shapiro_wilk(&vec![1.0; 5001]).is_err());
        let even = shapiro_wilk(&[1.0, 2.0, 3.0]).unwrap();
        assert!((even.w - 1.0).abs() < 1e-14 && (even.p - 1.0).abs() < 1e-6);
        let spike: Vec<f64> = (0..50).map(|i| f64::from(u8::from(i == 49))).collect();
        assert!(shapiro_wilk(&spike).unwrap().p < 1e-10);
        assert!(matches!(lilliefors(&spike).unwrap().p, LillieforsP::Value(p) if p < 1e-10));
        let line: Vec<f64> = (0..20).map(f64::from).collect();
        assert_eq!(lilliefors(&line).unwrap().p, LillieforsP::AboveFifth);
        assert!(lilliefors(&[1.0, f64::NAN, 2.0, 3.0, 4.0]).is_err());
    }
}
