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
    let valid: Vec<Option<usize>> = codes.iter().map(|c| c.filter(|code| *code < options)).collect();
    let known: Vec<usize> = (0..rest.len()).filter(|&p| rest[p].is_some()).collect();
    let scores: Vec<f64> = known.iter().filter_map(|&p| rest[p]).collect();
    moments::check_values(&scores, 0)?;
    let row = |option: Option<usize>| {
        let n = valid.iter().filter(|c| **c == option).count();
        let chosen: Vec<f64> = known.iter().map(|&p| f64::from(u8::from(valid[p] == option))).collect();
        let own: Vec<f64> = scores.iter().zip(&chosen).filter(|(_, c)| **c > 0.5).map(|(s, _)| *s).collect();
        OptionRow {
            option,
            n,
            share: n as f64 / codes.len() as f64,
            mean_rest: moments::mean(&own).ok(),
            option_rest: moments::pearson(&chosen, &scores).ok(),
        }
    };
    let mut table: Vec<OptionRow> = (0..options).map(|option| row(Some(option))).collect();
    if valid.contains(&None) {
        table.push(row(None));
    }
    Ok(table)
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
