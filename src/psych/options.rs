//! What happened to each option of a choice item.

use super::PsychError;
use crate::num::moments;

/// One option of an item.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OptionRow {
    /// Option, counted from 0; `None` is the row of persons without an answer.
    pub option: Option<usize>,
    /// Persons who chose it.
    pub n: usize,
    /// Share of all persons who got the item.
    pub share: f64,
    /// Mean rest score of those who chose it; `None` when nobody with a rest score did.
    pub mean_rest: Option<f64>,
    /// Correlation of choosing it with the rest score; `None` when constant.
    pub option_rest: Option<f64>,
}

/// The table of options of one item.
///
/// `codes` has the option of each person who got the item, `None` for no answer; codes at or above
/// `options` count as no answer. `rest` has the score on the other items, `None` when it does not exist.
/// A person without an answer stays in the correlations as one who did not choose the option. The row of
/// missing answers comes last and only when there are some.
///
/// # Errors
/// `LengthMismatch`, `TooFewPersons` without persons, `NotFinite` for a rest score.
pub fn option_table(
    codes: &[Option<usize>],
    rest: &[Option<f64>],
    options: usize,
) -> Result<Vec<OptionRow>, PsychError> {
    moments::check_same_length(codes.len(), rest.len())?;
    if codes.is_empty() {
        return Err(PsychError::TooFewPersons { needed: 1, found: 0 });
    }
    let scores: Vec<f64> = rest.iter().flatten().copied().collect();
    moments::check_values(&scores, 0)?;
    // The last place counts those without an answer.
    let place = |code: &Option<usize>| code.filter(|code| *code < options).unwrap_or(options);
    let mut chosen = vec![0usize; options + 1];
    let mut known: Vec<Vec<f64>> = vec![Vec::new(); options + 1];
    for (code, rest) in codes.iter().zip(rest) {
        chosen[place(code)] += 1;
        known[place(code)].extend(rest);
    }
    let spread = Spread::of(&scores);
    let row = |place: usize| OptionRow {
        option: (place < options).then_some(place),
        n: chosen[place],
        share: chosen[place] as f64 / codes.len() as f64,
        mean_rest: moments::mean(&known[place]).ok(),
        option_rest: spread.as_ref().and_then(|spread| spread.point_biserial(&known[place])),
    };
    let rows = if chosen[options] > 0 { options + 1 } else { options };
    Ok((0..rows).map(row).collect())
}

/// Mean and spread of the rest scores of everybody.
struct Spread {
    n: f64,
    mean: f64,
    /// Standard deviation with divisor n.
    sd: f64,
}

impl Spread {
    /// None where the scores do not vary.
    fn of(scores: &[f64]) -> Option<Self> {
        let n = scores.len() as f64;
        let sd = moments::has_variation(scores).then(|| moments::sd(scores).ok()).flatten()?;
        Some(Spread { n, mean: moments::mean(scores).ok()?, sd: sd * ((n - 1.0) / n).sqrt() })
    }

    /// Correlation of belonging to a group with the score, from the group's own scores:
    /// `(mean of the group - mean) / sd * sqrt(p / (1 - p))`, which is Pearson's r of a 0/1 variable.
    fn point_biserial(&self, group: &[f64]) -> Option<f64> {
        let p = group.len() as f64 / self.n;
        let mean = moments::mean(group).ok().filter(|_| p < 1.0)?;
        Some(((mean - self.mean) / self.sd * (p / (1.0 - p)).sqrt()).clamp(-1.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_correlations() {
        let codes = [Some(0), Some(0), Some(1), None, Some(7)];
        let rest = [Some(5.0), Some(4.0), Some(1.0), Some(0.0), None];
        let table = option_table(&codes, &rest, 3).unwrap();
        assert_eq!(table.iter().map(|r| r.n).collect::<Vec<_>>(), [2, 1, 0, 2]);
        assert!(table[0].option_rest.unwrap() > 0.9);
        assert_eq!((table[2].option_rest, table[2].mean_rest, table[3].option), (None, None, None));
        assert!((table[0].share - 0.4).abs() < 1e-15);
        assert!(option_table(&[], &[], 3).is_err());
        assert!(option_table(&codes, &rest[..2], 3).is_err());
    }
}
