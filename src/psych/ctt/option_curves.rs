//! How the choice of options changes with the score, and what that says about distractors.

use super::bands::score_bands;
use crate::num::moments;
use crate::psych::PsychError;
use crate::psych::options::OptionRow;

/// Choices of persons with similar scores.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreBand {
    /// Smallest score in the band.
    pub low: f64,
    /// Largest score in the band.
    pub high: f64,
    /// Mean score.
    pub mean: f64,
    /// Persons.
    pub n: usize,
    /// Share of persons who chose each option.
    pub shares: Vec<f64>,
    /// Share without an answer.
    pub none: f64,
}

/// Shares of each option in up to `bands` groups of about equal size by score: the points of an option curve.
///
/// `codes` has the option of each person, `None` for no answer (also codes at or above `options`); `scores` the
/// rest score or total, persons without one are left out. Equal scores stay together, so that there may be fewer
/// bands.
///
/// # Errors
/// `LengthMismatch`, `NotFinite`, `TooFewPersons` when nobody has a score, `OutOfRange` without bands.
pub fn option_curves(
    codes: &[Option<usize>],
    scores: &[Option<f64>],
    options: usize,
    bands: usize,
) -> Result<Vec<ScoreBand>, PsychError> {
    moments::check_same_length(codes.len(), scores.len())?;
    let mut persons: Vec<(f64, Option<usize>)> = scores
        .iter()
        .zip(codes)
        .filter_map(|(s, c)| s.map(|s| (s, c.filter(|code| *code < options))))
        .collect();
    moments::check_values(&persons.iter().map(|p| p.0).collect::<Vec<_>>(), 0)?;
    if persons.is_empty() {
        return Err(PsychError::TooFewPersons { needed: 1, found: 0 });
    }
    persons.sort_by(|a, b| a.0.total_cmp(&b.0));
    let bands = score_bands(&persons, |person| person.0, bands)?;
    Ok(bands.into_iter().map(|place| summary(&persons[place], options)).collect())
}

fn summary(members: &[(f64, Option<usize>)], options: usize) -> ScoreBand {
    let n = members.len() as f64;
    let share = |option: Option<usize>| members.iter().filter(|m| m.1 == option).count() as f64 / n;
    ScoreBand {
        low: members[0].0,
        high: members[members.len() - 1].0,
        mean: moments::sum(members.iter().map(|m| m.0)) / n,
        n: members.len(),
        shares: (0..options).map(|option| share(Some(option))).collect(),
        none: share(None),
    }
}

/// What to think of a distractor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DistractorVerdict {
    /// Chosen, and by weaker persons: it does its work.
    Working,
    /// Chosen by hardly anybody: it may be left out or made more plausible.
    Unused,
    /// Chosen as much by stronger persons: it does not tell weaker from stronger ones, or misleads these.
    Attractive,
    /// Chosen by stronger persons more than the key is: check the key first.
    AboveKey,
    /// Its correlation does not exist, because all or none chose it or nobody has a rest score.
    Unknown,
}

/// The verdict on each distractor of an item with one key, in the order of the table.
///
/// `unused` is the share below which a distractor counts as not chosen (.05 by convention).
///
/// # References
/// Haladyna & Downing (1993), Educational and Psychological Measurement 53, 999-1010.
pub fn judge_distractors(table: &[OptionRow], key: usize, unused: f64) -> Vec<(usize, DistractorVerdict)> {
    let key_rest = table.iter().find(|row| row.option == Some(key)).and_then(|row| row.option_rest);
    let judge = |row: &OptionRow| match row.option_rest {
        _ if row.share < unused => DistractorVerdict::Unused,
        None => DistractorVerdict::Unknown,
        Some(r) if r > 0.0 && key_rest.is_none_or(|key| r > key) => DistractorVerdict::AboveKey,
        Some(r) if r >= 0.0 => DistractorVerdict::Attractive,
        Some(_) => DistractorVerdict::Working,
    };
    table.iter().filter_map(|row| row.option.filter(|o| *o != key).map(|o| (o, judge(row)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_keep_equal_scores_together() {
        let scores: Vec<Option<f64>> = [1., 1., 1., 2., 3., 4., 4., 5.].into_iter().map(Some).collect();
        let codes = [Some(1), Some(1), None, Some(9), Some(0), Some(0), Some(1), Some(0)];
        let found = option_curves(&codes, &scores, 2, 4).unwrap();
        assert_eq!(found.iter().map(|b| b.n).sum::<usize>(), 8);
        assert_eq!((found[0].n, found[0].high), (3, 1.0));
        assert!(found.iter().all(|b| (b.shares.iter().sum::<f64>() + b.none - 1.0).abs() < 1e-15));
        assert!(option_curves(&codes, &[None; 8], 2, 4).is_err());
        assert!(option_curves(&codes, &scores, 2, 0).is_err());
    }

    #[test]
    fn verdicts() {
        let row =
            |option, share, option_rest| OptionRow { option, n: 1, share, mean_rest: None, option_rest };
        let table = [
            row(Some(0), 0.5, Some(0.2)),
            row(Some(1), 0.2, Some(-0.3)),
            row(Some(2), 0.01, Some(-0.3)),
            row(Some(3), 0.1, Some(0.1)),
            row(Some(4), 0.2, Some(0.3)),
            row(None, 0.1, None),
        ];
        use DistractorVerdict::*;
        assert_eq!(
            judge_distractors(&table, 0, 0.05),
            [(1, Working), (2, Unused), (3, Attractive), (4, AboveKey)]
        );
        assert_eq!(judge_distractors(&[row(Some(1), 1.0, None)], 0, 0.05), [(1, Unknown)]);
    }
}
