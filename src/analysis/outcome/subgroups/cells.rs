//! Which groups may be shown: none with a small cell, and none that gives a small one away by subtraction.

use super::Split;
use crate::analysis::outcome::Sample;

/// The groups that may be shown.
pub(super) struct Shown {
    /// Their places, in order.
    pub groups: Vec<usize>,
    /// Groups with a cell below the smallest.
    pub suppressed: usize,
    /// Groups held back because too few persons would be left between the total and the groups shown.
    pub withheld: usize,
}

/// Decides by the counts of every group, and of those in none, in every arm.
pub(super) fn shown(sample: &Sample<'_>, split: &Split) -> Shown {
    let linked = sample.linked;
    let count = |group: Option<usize>| -> Vec<usize> {
        let arms = 0..sample.arms.len();
        arms.map(|arm| split.count(group, |row| sample.arms.len() == 1 || linked.arm[row] == arm)).collect()
    };
    let counts: Vec<Vec<usize>> = (0..split.names.len()).map(|group| count(Some(group))).collect();
    decide(&counts, &count(None), sample.study.study.analysis.smallest_cell)
}

/// The total of an arm stands in the report, so what is not shown follows from it by subtraction: the persons hidden
/// together, those with a blank among them, must be nobody or as many as the smallest cell. Until they are, the
/// smallest group that is left goes with them. `counts[group][arm]`, `blank[arm]`.
fn decide(counts: &[Vec<usize>], blank: &[usize], smallest: usize) -> Shown {
    let is_small = |group: &usize| counts[*group].iter().any(|n| *n < smallest);
    let mut groups: Vec<usize> = (0..counts.len()).filter(|group| !is_small(group)).collect();
    let suppressed = counts.len() - groups.len();
    let mut withheld = 0;
    let given_away = |groups: &[usize]| {
        (0..blank.len()).any(|arm| {
            let hidden = (0..counts.len()).filter(|group| !groups.contains(group));
            let hidden = blank[arm] + hidden.map(|group| counts[group][arm]).sum::<usize>();
            hidden > 0 && hidden < smallest
        })
    };
    while given_away(&groups) {
        let Some(least) = groups.iter().copied().min_by_key(|group| counts[*group].iter().sum::<usize>())
        else {
            break;
        };
        groups.retain(|group| *group != least);
        withheld += 1;
    }
    Shown { groups, suppressed, withheld }
}

#[cfg(test)]
mod tests {
    use super::decide;

    fn with_blanks(counts: &[&[usize]], blank: &[usize]) -> (Vec<usize>, usize, usize) {
        let counts: Vec<Vec<usize>> = counts.iter().map(|cells| cells.to_vec()).collect();
        let shown = decide(&counts, blank, 10);
        (shown.groups, shown.suppressed, shown.withheld)
    }

    fn of(counts: &[&[usize]]) -> (Vec<usize>, usize, usize) {
        with_blanks(counts, &vec![0; counts[0].len()])
    }

    #[test]
    fn a_small_group_takes_the_next_one_with_it() {
        assert_eq!(of(&[&[40], &[50]]), (vec![0, 1], 0, 0));
        assert_eq!(of(&[&[40], &[9]]), (vec![], 1, 1));
        assert_eq!(of(&[&[40], &[9], &[30], &[60]]), (vec![0, 3], 1, 1));
        assert_eq!(of(&[&[9]]), (vec![], 1, 0));
    }

    #[test]
    fn small_groups_together_hide_each_other_only_when_they_are_many() {
        // Five children between the total of 45 and the group of 40.
        assert_eq!(of(&[&[40], &[3], &[2]]), (vec![], 2, 1));
        assert_eq!(of(&[&[40], &[9], &[5]]), (vec![0], 2, 0));
        assert_eq!(of(&[&[40], &[3], &[2], &[12]]), (vec![0], 2, 1));
        assert_eq!(of(&[&[40], &[6], &[4]]), (vec![0], 2, 0));
    }

    #[test]
    fn persons_in_no_group_count_among_the_hidden() {
        assert_eq!(with_blanks(&[&[40], &[50]], &[3]), (vec![1], 0, 1));
        assert_eq!(with_blanks(&[&[40], &[50]], &[10]), (vec![0, 1], 0, 0));
        assert_eq!(with_blanks(&[&[40], &[50], &[6]], &[4]), (vec![0, 1], 1, 0));
        assert_eq!(with_blanks(&[&[40, 40], &[50, 50]], &[30, 2]), (vec![1], 0, 1));
    }

    #[test]
    fn every_arm_counts_by_itself() {
        assert_eq!(of(&[&[40, 9], &[50, 50], &[30, 30]]), (vec![1], 1, 1));
        // 40 and 9 hidden in the first arm, 5 and 3 in the second: 8 persons of the second could be had.
        assert_eq!(of(&[&[40, 5], &[9, 3], &[70, 70], &[30, 30]]), (vec![2], 2, 1));
    }
}
