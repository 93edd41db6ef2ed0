//! Plausible values: draws from each person's posterior under the fitted population (the conditioning
//! model).

use super::{FittedIrt, IrtError, Population, Quadrature, Responses};
use crate::num::quadrature;
use crate::num::rng::Stream;

/// Sub-intervals per node spacing; the step of the drawn density is then about a ninth of the smallest
/// posterior standard deviation, which adds a tenth of a percent to its variance. A posterior narrower than
/// the nodes are apart gets more, up to a limit.
const PARTS: usize = 8;
const MOST_PARTS: usize = 512;
/// Log density below the peak at which the posterior is cut: `exp(-40)` is below the grid of uniforms.
const DEPTH: f64 = 40.0;

/// Draws `count` plausible values for each person who answered an item of the model; `None` for others.
///
/// The posterior is `prod_i P_i(x_i | theta) phi((theta - x_p'beta) / sigma_g)` at the estimated
/// parameters, interpolated between nodes by cubics in logs. `population` must be the one of the fit: the
/// conditioning model must hold whatever the values will be analysed by. Same seed and order of persons,
/// same values.
///
/// # Errors
/// `Shape` when the population does not fit the persons or the fit.
///
/// # References
/// Mislevy (1991), doi:10.1007/BF02294457.
pub fn plausible_values(
    fitted: &FittedIrt,
    responses: &Responses,
    population: &Population,
    count: usize,
    seed: u64,
) -> Result<Vec<Option<Vec<f64>>>, IrtError> {
    let free_mean = fitted.population.free_mean;
    let cells = super::population::Cells::new(population, responses.persons(), free_mean)?;
    let lengths = [
        ("coefficients", cells.columns, fitted.population.coefficients.len()),
        ("variances", cells.groups, fitted.population.variances.len()),
        ("items", responses.items(), fitted.items.len()),
    ];
    for (what, needed, found) in lengths {
        if needed != found {
            return Err(IrtError::Shape { what, needed, found });
        }
    }
    let theta = nodes(fitted, &cells)?;
    let tables: Vec<Option<Vec<Vec<f64>>>> = fitted
        .curves()
        .into_iter()
        .map(|curve| curve.map(|c| theta.iter().map(|t| c.log_probabilities(*t)).collect()))
        .collect();
    let mut stream = Stream::new(seed, "plausible values");
    let mut log_density = vec![0.0; theta.len()];
    let mut draw_person = |person: usize| {
        let cell = cells.of_person[person] as usize;
        let beta = &fitted.population.coefficients;
        let mu: f64 = cells.row(cell).iter().zip(beta).map(|(x, b)| x * b).sum();
        let variance = fitted.population.variances[cells.group[cell]];
        log_density.iter_mut().zip(&theta).for_each(|(l, t)| *l = -0.5 * (t - mu).powi(2) / variance);
        let mut answered = false;
        for (item, points) in responses.answers(person) {
            if let Some(table) = &tables[item] {
                answered = true;
                log_density.iter_mut().zip(table).for_each(|(l, p)| *l += p[usize::from(points)]);
            }
        }
        answered.then(|| {
            let fine = Fine::new(&theta, &log_density);
            (0..count).map(|_| fine.draw(&mut stream)).collect()
        })
    };
    Ok((0..responses.persons()).map(&mut draw_person).collect())
}

fn nodes(fitted: &FittedIrt, cells: &super::population::Cells) -> Result<Vec<f64>, IrtError> {
    if let Quadrature::Grid { nodes, low, high } = fitted.quadrature {
        return Ok(quadrature::grid(nodes, low, high)?.at);
    }
    let beta = &fitted.population.coefficients;
    let mut range = (f64::INFINITY, f64::NEG_INFINITY);
    for cell in 0..cells.len() {
        let mu: f64 = cells.row(cell).iter().zip(beta).map(|(x, b)| x * b).sum();
        let reach = 6.5 * fitted.population.variances[cells.group[cell]].sqrt();
        range = (range.0.min(mu - reach), range.1.max(mu + reach));
    }
    Ok(quadrature::grid(161, range.0, range.1)?.at)
}

/// A density on equal small intervals.
struct Fine {
    low: f64,
    step: f64,
    cumulative: Vec<f64>,
}

impl Fine {
    /// Interpolates a log density given at evenly spaced nodes, where it is not negligible.
    fn new(theta: &[f64], log_density: &[f64]) -> Self {
        let top = log_density.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let used: Vec<usize> = (0..theta.len()).filter(|q| log_density[*q] > top - DEPTH).collect();
        // One node more on either side: a narrow peak may stand on a single node.
        let (first, last) = (used[0].saturating_sub(1), (used[used.len() - 1] + 1).min(theta.len() - 1));
        let parts = parts(log_density);
        let step = (theta[1] - theta[0]) / parts as f64;
        let mut cumulative = Vec::with_capacity((last - first) * parts);
        let mut total = 0.0;
        for q in first..last {
            for part in 0..parts {
                let x = (part as f64 + 0.5) / parts as f64;
                total += (cubic(log_density, q, x) - top).exp();
                cumulative.push(total);
            }
        }
        Fine { low: theta[first], step, cumulative }
    }

    fn draw(&self, stream: &mut Stream) -> f64 {
        let total = self.cumulative.last().copied().unwrap_or(1.0);
        let u = stream.uniform() * total;
        let at = self.cumulative.partition_point(|c| *c < u).min(self.cumulative.len() - 1);
        let before = if at == 0 { 0.0 } else { self.cumulative[at - 1] };
        let within = (u - before) / (self.cumulative[at] - before);
        self.low + self.step * (at as f64 + within)
    }
}

/// Sub-intervals for a density by its curvature at the top, in node spacings.
fn parts(log_density: &[f64]) -> usize {
    let top = (0..log_density.len()).max_by(|a, b| log_density[*a].total_cmp(&log_density[*b])).unwrap_or(0);
    let middle = top.clamp(1, log_density.len().saturating_sub(2).max(1));
    let [Some(below), Some(at), Some(above)] = [middle - 1, middle, middle + 1].map(|q| log_density.get(q))
    else {
        return PARTS;
    };
    let sharpness = (2.0 * at - below - above).max(0.0).sqrt();
    ((PARTS as f64 * sharpness).ceil() as usize).clamp(PARTS, MOST_PARTS)
}

/// Cubic through the four nodes about the interval from q to q + 1, at share x of it; at the ends of the
/// grid the outermost four.
fn cubic(values: &[f64], q: usize, x: f64) -> f64 {
    let first = q.saturating_sub(1).min(values.len().saturating_sub(4));
    let t = (q - first) as f64 + x;
    let v = &values[first..];
    let basis = [
        -(t - 1.0) * (t - 2.0) * (t - 3.0) / 6.0,
        t * (t - 2.0) * (t - 3.0) / 2.0,
        -t * (t - 1.0) * (t - 3.0) / 2.0,
        t * (t - 1.0) * (t - 2.0) / 6.0,
    ];
    basis.iter().zip(v).map(|(b, v)| b * v).sum()
}
