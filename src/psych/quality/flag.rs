//! Persons marked on two or more indices.

use super::duplicates::duplicate_rows;
use super::even_odd::even_odd;
use super::long_string::long_string;
use super::mahalanobis::mahalanobis;
use super::speed::seconds_per_item;
use super::variability::individual_variability;
use crate::psych::{ItemMatrix, PsychError};

/// An index that speaks against a person, with what was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum QualityIndex {
    /// A long run of equal answers.
    LongString {
        /// Length of the run.
        longest: usize,
    },
    /// Hardly any spread of the answers.
    LowVariability {
        /// SD of the answers.
        irv: f64,
    },
    /// Very large spread of the answers.
    HighVariability {
        /// SD of the answers.
        irv: f64,
    },
    /// Halves of scales do not go together.
    EvenOdd {
        /// Consistency found.
        consistency: f64,
    },
    /// A pattern far from everybody else's.
    Mahalanobis {
        /// Squared distance.
        d2: f64,
    },
    /// The same answers as an earlier person.
    Duplicate {
        /// The earlier person.
        first: usize,
    },
    /// Faster than anybody reads.
    Speed {
        /// Seconds per item.
        seconds_per_item: f64,
    },
}

/// Limits of the indices. All are conventions without a general validity (Curran 2016, Journal of Experimental
/// Social Psychology 66, 4-19): set them for the questionnaire at hand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QualityLimits {
    /// Long string: run of at least this share of the answers.
    pub long_string_share: f64,
    /// Low variability: IRV below this share of the answer range.
    pub low_irv_share: f64,
    /// High variability: IRV above this share of the answer range (.5 is the largest possible, evenly random
    /// answers in five categories give about .35).
    pub high_irv_share: f64,
    /// Even-odd consistency below this.
    pub even_odd: f64,
    /// Mahalanobis distance with a smaller chi-square tail.
    pub mahalanobis_p: f64,
    /// Fewest answers of a duplicate row.
    pub duplicate_answers: usize,
    /// Fewer seconds per item.
    pub seconds_per_item: f64,
    /// Indices needed for a mark.
    pub indices_needed: usize,
}

impl Default for QualityLimits {
    fn default() -> Self {
        QualityLimits {
            long_string_share: 0.5,
            low_irv_share: 0.05,
            high_irv_share: 0.45,
            even_odd: 0.30,
            mahalanobis_p: 0.001,
            duplicate_answers: 10,
            seconds_per_item: 2.0,
            indices_needed: 2,
        }
    }
}

/// What is known about the questionnaire beyond the answers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QualityInput<'a> {
    /// Smallest answer category; the largest is the item's maximum.
    pub lowest: f64,
    /// The items that are worded the other way round. Without any, long strings and low variability may be
    /// honest answers and are not used.
    pub reversed: &'a [bool],
    /// Items of each scale; empty when unknown.
    pub scales: &'a [Vec<usize>],
    /// Seconds each person took, when known.
    pub seconds: Option<&'a [Option<f64>]>,
}

/// Indices that speak against one person.
#[derive(Debug, Clone, PartialEq)]
pub struct RespondentFlags {
    /// Person, counted from 0.
    pub person: usize,
    /// Indices beyond their limits.
    pub indices: Vec<QualityIndex>,
    /// True when there are as many as needed: leave the person out in the sensitivity run, never in the
    /// primary analysis.
    pub flagged: bool,
}

/// All indices for all persons, as answers given (reversed items not yet turned; they are turned here for the
/// even-odd index). Long string and low variability are two faces of a straight line and count as one.
///
/// An index that has no answer (too few scales, an inverse that does not exist) is left out.
///
/// # Errors
/// `Shape` when `reversed` does not have one entry per item, and as [`even_odd`] and [`seconds_per_item`] for
/// inputs that do not fit.
pub fn flag_respondents(
    matrix: &ItemMatrix,
    input: &QualityInput,
    limits: &QualityLimits,
) -> Result<Vec<RespondentFlags>, PsychError> {
    let (persons, items) = (matrix.persons(), matrix.items());
    if input.reversed.len() != items {
        let (what, found) = ("reversed", input.reversed.len());
        return Err(PsychError::Shape { persons, items, what, needed: items, found });
    }
    let mut found: Vec<Vec<QualityIndex>> = vec![Vec::new(); persons];
    straight_lines(matrix, input, limits, &mut found);
    for (person, entry) in even_odd(&turned(matrix, input)?, input.scales)?.iter().enumerate() {
        let low = entry.consistency.filter(|c| *c < limits.even_odd);
        found[person].extend(low.map(|consistency| QualityIndex::EvenOdd { consistency }));
    }
    if let Ok(table) = mahalanobis(matrix) {
        for (person, entry) in table.persons.iter().enumerate() {
            let far = entry.filter(|m| m.p < limits.mahalanobis_p);
            found[person].extend(far.map(|m| QualityIndex::Mahalanobis { d2: m.d2 }));
        }
    }
    for row in duplicate_rows(matrix, limits.duplicate_answers) {
        found[row.person].push(QualityIndex::Duplicate { first: row.first });
    }
    if let Some(seconds) = input.seconds {
        for (person, pace) in seconds_per_item(matrix, seconds)?.iter().enumerate() {
            let fast = pace.filter(|s| *s < limits.seconds_per_item);
            found[person].extend(fast.map(|seconds_per_item| QualityIndex::Speed { seconds_per_item }));
        }
    }
    let flags = |(person, indices): (usize, Vec<QualityIndex>)| {
        let flagged = signs(&indices) >= limits.indices_needed;
        RespondentFlags { person, indices, flagged }
    };
    Ok(found.into_iter().enumerate().map(flags).collect())
}

/// Number of different signs: a straight line counts once.
fn signs(indices: &[QualityIndex]) -> usize {
    let is_line = |i: &&QualityIndex| {
        matches!(i, QualityIndex::LongString { .. } | QualityIndex::LowVariability { .. })
    };
    let lines = indices.iter().filter(is_line).count();
    indices.len() - lines.saturating_sub(1)
}

fn straight_lines(
    matrix: &ItemMatrix,
    input: &QualityInput,
    limits: &QualityLimits,
    found: &mut [Vec<QualityIndex>],
) {
    let range = matrix.max_points().iter().fold(0.0f64, |m, v| m.max(v - input.lowest));
    let reversed = input.reversed.contains(&true);
    for (person, run) in long_string(matrix).into_iter().enumerate() {
        if reversed && run.longest > 1 && run.share >= limits.long_string_share {
            found[person].push(QualityIndex::LongString { longest: run.longest });
        }
    }
    for (person, irv) in individual_variability(matrix).into_iter().enumerate() {
        match irv {
            Some(irv) if reversed && irv < limits.low_irv_share * range => {
                found[person].push(QualityIndex::LowVariability { irv });
            }
            Some(irv) if irv > limits.high_irv_share * range => {
                found[person].push(QualityIndex::HighVariability { irv });
            }
            _ => {}
        }
    }
}

/// The answers with reversed items turned.
fn turned(matrix: &ItemMatrix, input: &QualityInput) -> Result<ItemMatrix, PsychError> {
    let places = || (0..matrix.persons()).flat_map(|p| (0..matrix.items()).map(move |i| (p, i)));
    let answer = |(p, i): (usize, usize)| {
        let given = matrix.get(p, i)?;
        Some(if input.reversed[i] { input.lowest + matrix.max_points()[i] - given } else { given })
    };
    let cells: Vec<Option<f64>> = places().map(answer).collect();
    ItemMatrix::new(
        matrix.persons(),
        matrix.items(),
        cells.iter().map(|c| c.unwrap_or(0.0)).collect(),
        cells.iter().map(Option::is_none).collect(),
        matrix.max_points().to_vec(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::rng::Stream;

    #[test]
    fn two_indices_make_a_mark() {
        // 60 attentive persons on three scales of four items, the last item of each reversed; then a person who
        // ticks 5 throughout in ten seconds, and a copy of person 0.
        let mut stream = Stream::new(1, "quality");
        let reversed: Vec<bool> = (0..12).map(|i| i % 4 == 3).collect();
        let mut points: Vec<f64> = Vec::new();
        for _ in 0..60 {
            let levels = [2.0, 3.0, 4.0];
            let shift = stream.below(2) as f64;
            for (i, turn) in reversed.iter().enumerate() {
                let answer = levels[i / 4] + shift - stream.below(2) as f64;
                points.push(if *turn { 6.0 - answer } else { answer });
            }
        }
        points.extend([5.0; 12]);
        points.extend(points[..12].to_vec());
        let m = ItemMatrix::complete(62, 12, points, vec![5.0; 12]).unwrap();
        let mut seconds = vec![Some(60.0); 62];
        seconds[60] = Some(10.0);
        let scales = [vec![0, 1, 2, 3], vec![4, 5, 6, 7], vec![8, 9, 10, 11]];
        let input =
            QualityInput { lowest: 1.0, reversed: &reversed, scales: &scales, seconds: Some(&seconds) };
        let found = flag_respondents(&m, &input, &QualityLimits::default()).unwrap();
        assert!(found[60].flagged, "{:?}", found[60]);
        assert!(found[60].indices.contains(&QualityIndex::Speed { seconds_per_item: 10.0 / 12.0 }));
        assert!(found[61].indices.contains(&QualityIndex::Duplicate { first: 0 }));
        assert!(found[..60].iter().filter(|f| f.flagged).count() < 5);
        let line = [QualityIndex::LongString { longest: 9 }, QualityIndex::LowVariability { irv: 0.0 }];
        assert_eq!(signs(&line), 1);
    }

    #[test]
    fn nothing_to_judge() {
        let empty = ItemMatrix::complete(0, 0, vec![], vec![]).unwrap();
        let input = QualityInput { lowest: 1.0, reversed: &[], scales: &[], seconds: None };
        assert_eq!(flag_respondents(&empty, &input, &QualityLimits::default()), Ok(vec![]));
        let missing = ItemMatrix::new(2, 3, vec![0.0; 6], vec![true; 6], vec![5.0; 3]).unwrap();
        let input = QualityInput { reversed: &[false; 3], ..input };
        let found = flag_respondents(&missing, &input, &QualityLimits::default()).unwrap();
        assert!(found.iter().all(|f| f.indices.is_empty() && !f.flagged));
        let wrong = QualityInput { reversed: &[true; 2], ..input };
        assert!(flag_respondents(&missing, &wrong, &QualityLimits::default()).is_err());
    }
}
