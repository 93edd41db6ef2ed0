//! The longest run of equal answers.

use crate::psych::ItemMatrix;

/// Runs of equal answers of one person.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LongString {
    /// Longest run of equal answers to neighbouring items.
    pub longest: usize,
    /// Answers given.
    pub answered: usize,
    /// `longest / answered`; 0 without answers.
    pub share: f64,
}

/// Longest run of equal answers of each person, in the order of the items.
///
/// A missing answer ends a run. The index only speaks against a person when the block has reversed items:
/// otherwise equal answers may be meant.
///
/// # References
/// Johnson (2005), Journal of Research in Personality 39, 103-129.
pub fn long_string(matrix: &ItemMatrix) -> Vec<LongString> {
    let one = |person: usize| {
        let (mut longest, mut run, mut answered, mut last) = (0, 0, 0, None);
        for item in 0..matrix.items() {
            let answer = matrix.get(person, item);
            run = match answer {
                None => 0,
                Some(_) if answer == last => run + 1,
                Some(_) => 1,
            };
            answered += usize::from(answer.is_some());
            longest = longest.max(run);
            last = answer;
        }
        let share = if answered == 0 { 0.0 } else { longest as f64 / answered as f64 };
        LongString { longest, answered, share }
    };
    (0..matrix.persons()).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_answers_end_a_run() {
        let points = vec![3., 3., 3., 1., 2., 2., 0., 2., 0., 0., 0., 0.];
        let missing = (0..12).map(|i| i == 6 || i > 7).collect();
        let m = ItemMatrix::new(3, 4, points, missing, vec![4.0; 4]).unwrap();
        let runs = long_string(&m);
        assert_eq!(runs.iter().map(|r| r.longest).collect::<Vec<_>>(), [3, 2, 0]);
        assert_eq!((runs[1].answered, runs[2].share), (3, 0.0));
    }
}
