//! The data of a mixed model reduced to small blocks, once and before any variance is known.
//!
//! Students whose rows meet the same waves and slopes in the same school form a pattern and are exchangeable. An
//! orthogonal turn of a pattern's c students leaves one mean student (whose random design is that of any of them
//! times the root of c) and c - 1 contrasts that no school, wave or slope touches. So a school shrinks to the few
//! rows of its mean students, and all contrasts of the study go into pools of cross products: between students
//! of m rows with variance `sigma2 + m tau_student`, and within students with variance sigma2. Without a student
//! term every row is its own student of one row.

use std::collections::BTreeMap;

use super::terms::RandomTerm;
use super::{MixedError, dense};
use crate::impact::clusters::ClusterIndex;
use crate::num::linalg::{OrthogonalBasis, SmallMatrix};

/// The mean students of one school: rows of the random design in full, everything scaled by root c.
#[derive(Debug, Clone)]
pub(super) struct School {
    /// [Q y], one row per row of a mean student.
    pub a: SmallMatrix,
    /// One matrix per parameter of V but the residual, in the order of the parameters.
    pub g: Vec<SmallMatrix>,
}

/// Contrasts with one variance, `sigma2 + rows_per_student * tau_student`.
#[derive(Debug, Clone)]
pub(super) struct Pool {
    /// m between students, 0 within.
    pub rows_per_student: usize,
    pub df: f64,
    /// Cross products of [Q y].
    pub cross: SmallMatrix,
}

/// The whole study.
#[derive(Debug, Clone)]
pub(super) struct Blocks {
    pub schools: Vec<School>,
    pub pools: Vec<Pool>,
    /// Place of the student's variance among the parameters.
    pub student: Option<usize>,
}

/// One pattern: the rows of its students, `m` after another.
struct Pattern {
    m: usize,
    rows: Vec<usize>,
}

/// What a row meets: its units and the bits of its slopes.
fn key(terms: &[RandomTerm], row: usize, key: &mut Vec<u64>) {
    for term in terms {
        match term {
            RandomTerm::WithinSchool { unit, .. } => key.push(unit[row] as u64),
            // Adding 0.0 makes -0.0 and 0.0 one slope.
            RandomTerm::Slope { values, .. } | RandomTerm::SchoolAndSlope { values, .. } => {
                key.push((values[row] + 0.0).to_bits());
            }
            RandomTerm::School | RandomTerm::Student { .. } => {}
        }
    }
}

fn patterns(terms: &[RandomTerm], rows: &[usize], person: Option<&[usize]>) -> Vec<Pattern> {
    let mut found: BTreeMap<(usize, Vec<u64>), Vec<usize>> = BTreeMap::new();
    let mut add = |student: &[usize]| {
        let mut keyed: Vec<(Vec<u64>, usize)> = student
            .iter()
            .map(|&row| {
                let mut own = Vec::new();
                key(terms, row, &mut own);
                (own, row)
            })
            .collect();
        keyed.sort();
        let whole = keyed.iter().flat_map(|(own, _)| own.iter().copied()).collect();
        found.entry((student.len(), whole)).or_default().extend(keyed.iter().map(|(_, row)| *row));
    };
    match person {
        None => rows.iter().for_each(|&row| add(&[row])),
        Some(person) => {
            let mut sorted = rows.to_vec();
            sorted.sort_by_key(|&row| person[row]);
            sorted.chunk_by(|&a, &b| person[a] == person[b]).for_each(&mut add);
        }
    }
    found.into_iter().map(|((m, _), rows)| Pattern { m, rows }).collect()
}

/// The mean student of a pattern, one vector [q y] per row.
fn mean_student(pattern: &Pattern, basis: &OrthogonalBasis, y: &[f64]) -> Vec<Vec<f64>> {
    let (width, count) = (basis.rank() + 1, (pattern.rows.len() / pattern.m) as f64);
    let mut means = vec![vec![0.0; width]; pattern.m];
    let mut row = vec![0.0; width];
    for student in pattern.rows.chunks_exact(pattern.m) {
        for (&i, mean) in student.iter().zip(&mut means) {
            basis.q_row(i, &mut row);
            row[width - 1] = y[i];
            mean.iter_mut().zip(&row).for_each(|(sum, v)| *sum += v);
        }
    }
    means.iter_mut().flatten().for_each(|v| *v /= count);
    means
}

/// Adds the contrasts of a pattern's students to the pools.
fn pool_contrasts(
    pattern: &Pattern,
    means: &[Vec<f64>],
    basis: &OrthogonalBasis,
    y: &[f64],
    pools: &mut BTreeMap<usize, Pool>,
    with_students: bool,
) {
    let (width, m) = (basis.rank() + 1, pattern.m);
    let students = pattern.rows.len() / m;
    if students < 2 {
        return;
    }
    let mut rows = vec![vec![0.0; width]; m];
    let (mut between, mut within) = (SmallMatrix::zeros(width, width), SmallMatrix::zeros(width, width));
    let mut average = vec![0.0; width];
    for student in pattern.rows.chunks_exact(m) {
        average.iter_mut().for_each(|v| *v = 0.0);
        for ((&i, row), mean) in student.iter().zip(&mut rows).zip(means) {
            basis.q_row(i, row);
            row[width - 1] = y[i];
            row.iter_mut().zip(mean).for_each(|(v, centre)| *v -= centre);
            average.iter_mut().zip(&*row).for_each(|(sum, v)| *sum += v / m as f64);
        }
        between.add_outer(&average, &average, m as f64);
        if m > 1 {
            for row in &mut rows {
                row.iter_mut().zip(&average).for_each(|(v, centre)| *v -= centre);
                within.add_outer(row, row, 1.0);
            }
        }
    }
    let mut add = |key: usize, df: usize, cross: &SmallMatrix| {
        let empty = || Pool { rows_per_student: key, df: 0.0, cross: SmallMatrix::zeros(width, width) };
        let pool = pools.entry(key).or_insert_with(empty);
        pool.df += df as f64;
        dense::add_scaled(&mut pool.cross, cross, 1.0);
    };
    add(if with_students { m } else { 0 }, students - 1, &between);
    if m > 1 {
        add(0, (students - 1) * (m - 1), &within);
    }
}

/// Rows of a school's mean students: scale, one row of the data that stands for it, and which mean student.
struct MeanRow {
    scale: f64,
    example: usize,
    student: usize,
}

/// `G` of one term: 1 where two rows share the random effect, times their covariates and scales.
fn random_matrices(terms: &[RandomTerm], rows: &[MeanRow]) -> Vec<SmallMatrix> {
    let d = rows.len();
    let fill = |entry: &dyn Fn(&MeanRow, &MeanRow) -> f64| {
        let mut g = SmallMatrix::zeros(d, d);
        for i in 0..d {
            for j in 0..d {
                g.set(i, j, entry(&rows[i], &rows[j]) * rows[i].scale * rows[j].scale);
            }
        }
        g
    };
    let mut all = Vec::new();
    for term in terms {
        match term {
            RandomTerm::School => all.push(fill(&|_, _| 1.0)),
            RandomTerm::WithinSchool { unit, .. } => {
                all.push(fill(&|a, b| f64::from(u8::from(unit[a.example] == unit[b.example]))));
            }
            RandomTerm::Slope { values: x, .. } => all.push(fill(&|a, b| x[a.example] * x[b.example])),
            RandomTerm::SchoolAndSlope { values: x, .. } => {
                all.push(fill(&|_, _| 1.0));
                all.push(fill(&|a, b| x[a.example] * x[b.example]));
                all.push(fill(&|a, b| x[a.example] + x[b.example]));
            }
            RandomTerm::Student { .. } => {
                // Each mean student carries one student's variance, not c of them: its scales are undone.
                all.push(fill(&|a, b| {
                    if a.student == b.student { (a.scale * b.scale).recip() } else { 0.0 }
                }));
            }
        }
    }
    all
}

/// Reduces the study: `basis` of X, residual outcome `y`, rows by school.
pub(super) fn reduce(
    terms: &[RandomTerm],
    basis: &OrthogonalBasis,
    y: &[f64],
    clusters: &ClusterIndex,
    student: Option<usize>,
) -> Result<Blocks, MixedError> {
    let person = terms.iter().find_map(|t| match t {
        RandomTerm::Student { person } => Some(person.as_slice()),
        _ => None,
    });
    let width = basis.rank() + 1;
    let mut pools = BTreeMap::new();
    let mut schools = Vec::with_capacity(clusters.len());
    for (_, rows) in clusters.iter() {
        let (mut mean_rows, mut vectors) = (Vec::new(), Vec::new());
        for (index, pattern) in patterns(terms, rows, person).iter().enumerate() {
            let means = mean_student(pattern, basis, y);
            pool_contrasts(pattern, &means, basis, y, &mut pools, person.is_some());
            let scale = ((pattern.rows.len() / pattern.m) as f64).sqrt();
            for (k, mean) in means.into_iter().enumerate() {
                mean_rows.push(MeanRow { scale, example: pattern.rows[k], student: index });
                vectors.push(mean);
            }
        }
        let mut a = SmallMatrix::zeros(mean_rows.len(), width);
        for (i, vector) in vectors.iter().enumerate() {
            (0..width).for_each(|j| a.set(i, j, vector[j] * mean_rows[i].scale));
        }
        schools.push(School { a, g: random_matrices(terms, &mean_rows) });
    }
    Ok(Blocks { schools, pools: pools.into_values().collect(), student })
}
