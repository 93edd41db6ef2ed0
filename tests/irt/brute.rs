//! The same quantities by the plainest possible code: every integral over a wide grid, every person on its
//! own, every derivative by differences. Nothing here calls the kernel it is held against.

use dampak::psych::irt::Responses;

/// Slope, then intercepts of 0..=m points, of one item.
pub type Item = Vec<f64>;

/// Probabilities of 0..=m points.
pub fn probabilities(item: &[f64], theta: f64) -> Vec<f64> {
    let terms: Vec<f64> =
        item[1..].iter().enumerate().map(|(k, c)| (item[0] * k as f64 * theta + c).exp()).collect();
    let total: f64 = terms.iter().sum();
    terms.into_iter().map(|t| t / total).collect()
}

/// An item by its steps.
pub fn by_steps(slope: f64, steps: &[f64]) -> Item {
    let mut item = vec![slope, 0.0];
    let mut sum = 0.0;
    for b in steps {
        sum += b;
        item.push(-slope * sum);
    }
    item
}

/// Nodes for one normal population, and its density there times the step.
pub fn nodes(mean: f64, sd: f64) -> Vec<(f64, f64)> {
    let step = sd / 15.0;
    let density = |t: f64| (-0.5 * ((t - mean) / sd).powi(2)).exp() / (sd * std::f64::consts::TAU.sqrt());
    (-130..=130).map(|q| mean + step * f64::from(q)).map(|t| (t, density(t) * step)).collect()
}

/// Likelihood of one person's answers at one ability.
pub fn likelihood(r: &Responses, person: usize, items: &[Item], theta: f64) -> f64 {
    r.answers(person).map(|(i, x)| probabilities(&items[i], theta)[usize::from(x)]).product()
}

/// A person's mean, standard deviation of the population and weight.
#[derive(Clone, Copy)]
pub struct Where {
    pub mean: f64,
    pub sd: f64,
    pub weight: f64,
}

impl Where {
    pub fn normal(mean: f64, sd: f64) -> Where {
        Where { mean, sd, weight: 1.0 }
    }
}

/// Marginal log-likelihood, person by person (equal neighbours are not taken twice).
pub fn log_likelihood(r: &Responses, items: &[Item], at: impl Fn(usize) -> Where) -> f64 {
    let mut cache: Vec<(String, f64)> = vec![];
    let mut sum = 0.0;
    for p in 0..r.persons() {
        let Where { mean, sd, weight } = at(p);
        let key = format!("{:?} {mean} {sd}", r.answers(p).collect::<Vec<_>>());
        let known = cache.iter().find(|(k, _)| *k == key).map(|(_, v)| *v);
        let value = known.unwrap_or_else(|| {
            nodes(mean, sd).iter().map(|(t, w)| w * likelihood(r, p, items, *t)).sum::<f64>().ln()
        });
        if known.is_none() && cache.len() < 400 {
            cache.push((key, value));
        }
        sum += weight * value;
    }
    sum
}

/// Posterior mean and standard deviation.
pub fn posterior(r: &Responses, person: usize, items: &[Item], at: Where) -> (f64, f64) {
    let (mut s0, mut s1, mut s2) = (0.0, 0.0, 0.0);
    for (t, w) in nodes(at.mean, at.sd) {
        let l = w * likelihood(r, person, items, t);
        s0 += l;
        s1 += l * t;
        s2 += l * t * t;
    }
    (s1 / s0, (s2 / s0 - (s1 / s0).powi(2)).sqrt())
}

/// Gradient by central differences, extrapolated once.
pub fn gradient(f: &dyn Fn(&[f64]) -> f64, x: &[f64]) -> Vec<f64> {
    let along = |i: usize, h: f64| {
        let mut moved = x.to_vec();
        moved[i] += h;
        f(&moved)
    };
    let slope = |i: usize, h: f64| (along(i, h) - along(i, -h)) / (2.0 * h);
    (0..x.len()).map(|i| (4.0 * slope(i, 1e-3) - slope(i, 2e-3)) / 3.0).collect()
}

/// Hessian by central differences of values, extrapolated once.
pub fn hessian(f: &dyn Fn(&[f64]) -> f64, x: &[f64]) -> Vec<Vec<f64>> {
    let n = x.len();
    let at = |i: usize, j: usize, a: f64, b: f64| {
        let mut moved = x.to_vec();
        moved[i] += a;
        moved[j] += b;
        f(&moved)
    };
    let second = |i: usize, j: usize, h: f64| {
        (at(i, j, h, h) - at(i, j, h, -h) - at(i, j, -h, h) + at(i, j, -h, -h)) / (4.0 * h * h)
    };
    let entry = |i: usize, j: usize| (4.0 * second(i, j, 4e-3) - second(i, j, 8e-3)) / 3.0;
    let mut all = vec![vec![0.0; n]; n];
    for i in 0..n {
        for j in 0..=i {
            all[i][j] = entry(i, j);
            all[j][i] = all[i][j];
        }
    }
    all
}

/// Inverse by Gauss-Jordan elimination with pivots.
pub fn inverse(matrix: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let n = matrix.len();
    let mut a: Vec<Vec<f64>> = (0..n)
        .map(|i| matrix[i].iter().copied().chain((0..n).map(|j| f64::from(u8::from(i == j)))).collect())
        .collect();
    for c in 0..n {
        let pivot = (c..n).max_by(|i, j| a[*i][c].abs().total_cmp(&a[*j][c].abs())).expect("a row");
        a.swap(c, pivot);
        let by = a[c][c];
        a[c].iter_mut().for_each(|v| *v /= by);
        for i in (0..n).filter(|i| *i != c) {
            let factor = a[i][c];
            let row = a[c].clone();
            a[i].iter_mut().zip(row).for_each(|(v, r)| *v -= factor * r);
        }
    }
    a.into_iter().map(|row| row[n..].to_vec()).collect()
}

/// Standard errors at a maximum: roots of the diagonal of the inverse of the negative Hessian.
pub fn standard_errors(f: &dyn Fn(&[f64]) -> f64, x: &[f64]) -> Vec<f64> {
    let minus: Vec<Vec<f64>> =
        hessian(f, x).into_iter().map(|row| row.into_iter().map(|v| -v).collect()).collect();
    let inverse = inverse(&minus);
    (0..x.len()).map(|i| inverse[i][i].sqrt()).collect()
}

/// Root of a falling function, by bisection.
pub fn root(f: &dyn Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if f(middle) > 0.0 { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}
