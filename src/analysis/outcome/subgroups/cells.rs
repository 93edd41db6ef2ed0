//! Which groups may be shown: none with a small cell, and none that gives a small one away by subtraction.

use super::Split;
use crate::analysis::outcome::Sample;

/// The groups that may be shown.
pub(super) struct Shown {
    /// Their places, in order.
    pub groups: Vec<usize>,
    /// Groups with a cell below the smallest.
    pub suppressed: usize,
    /// Groups held back because all but one small group would stand beside the total.
    pub withheld: usize,
}

/// Decides by the counts of every group in every arm.
pub(super) fn shown(sample: &Sample<'_>, split: &Split) -> Shown {
    let linked = sample.linked;
    let counts: Vec<Vec<usize>> = (0..split.names.len())
        .map(|group| {
            let arms = 0..sample.arms.len();
            arms.map(|arm| split.count(group, |row| sample.arms.len() == 1 || linked.arm[row] == arm))
                .collect()
        })
        .collect();
    decide(&counts, sample.study.study.analysis.smallest_cell)
}

/// A group alone among the suppressed could be had from the total and the others, so the smallest of the
/// others goes with it. `counts[group][arm]`.
fn decide(counts: &[Vec<usize>], smallest: usize) -> Shown {
    let is_small = |group: &usize| counts[*group].iter().any(|n| *n < smallest);
    let mut groups: Vec<usize> = (0..counts.len()).filter(|group| !is_small(group)).collect();
    let suppressed = counts.len() - groups.len();
    let mut withheld = 0;
    if suppressed == 1 {
        let least = groups.iter().copied().min_by_key(|group| counts[*group].iter().sum::<usize>());
        groups.retain(|group| Some(*group) != least);
        withheld = usize::from(least.is_some());
    }
    Shown { groups, suppressed, withheld }
}

#[cfg(test)]
mod tests {
    use super::decide;

    fn of(counts: &[&[usize]]) -> (Vec<usize>, usize, usize) {
        let counts: Vec<Vec<usize>> = counts.iter().map(|cells| cells.to_vec()).collect();
        let shown = decide(&counts, 10);
        (shown.groups, shown.suppressed, shown.withheld)
    }

    #[test]
    fn a_small_group_takes_the_next_one_with_it() {
        assert_eq!(of(&[&[40], &[50]]), (vec![0, 1], 0, 0));
        assert_eq!(of(&[&[40], &[9]]), (vec![], 1, 1));
        assert_eq!(of(&[&[40], &[9], &[30], &[60]]), (vec![0, 3], 1, 1));
        assert_eq!(of(&[&[40], &[9], &[5]]), (vec![0], 2, 0));
        assert_eq!(of(&[&[9]]), (vec![], 1, 0));
    }

    #[test]
    fn every_arm_counts_by_itself() {
        assert_eq!(of(&[&[40, 9], &[50, 50], &[30, 30]]), (vec![1], 1, 1));
    }
}
