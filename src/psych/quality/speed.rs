//! Answering time.

use crate::num::NumError;
use crate::num::moments::check_same_length;
use crate::psych::ItemMatrix;

/// Seconds per answered item of each person; `None` without a time or without answers. Times that are not
/// positive numbers are taken as missing: clocks of phones jump.
///
/// # Errors
/// `LengthMismatch` when there is not one time per person.
///
/// # References
/// Huang et al. (2012), Journal of Business and Psychology 27, 99-114: below 2 seconds per item nobody reads.
pub fn seconds_per_item(matrix: &ItemMatrix, seconds: &[Option<f64>]) -> Result<Vec<Option<f64>>, NumError> {
    check_same_length(seconds.len(), matrix.persons())?;
    let one = |person: usize| {
        let answered = (0..matrix.items()).filter(|&i| matrix.get(person, i).is_some()).count();
        let time = seconds[person].filter(|s| s.is_finite() && *s > 0.0)?;
        (answered > 0).then(|| time / answered as f64)
    };
    Ok((0..matrix.persons()).map(one).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn per_answer_given() {
        let m =
            ItemMatrix::new(3, 2, vec![1.0; 6], vec![false, true, false, false, true, true], vec![4.0; 2]);
        let times = [Some(10.0), Some(-3.0), Some(9.0)];
        assert_eq!(seconds_per_item(&m.clone().unwrap(), &times).unwrap(), [Some(10.0), None, None]);
        assert!(seconds_per_item(&m.unwrap(), &times[..2]).is_err());
    }
}
