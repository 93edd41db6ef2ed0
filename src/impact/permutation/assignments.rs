//! The ways to give the arms to schools.

use crate::impact::clusters::ClusterIndex;
use crate::num::rng::Stream;

/// Re-assignments of the arms over schools that keep the number of program schools in every stratum.
pub(super) struct Assignments {
    blocks: Vec<Block>,
    /// Program schools of strata without comparison schools: they never change.
    fixed: Vec<usize>,
}

/// Schools among which the program is re-assigned.
struct Block {
    schools: Vec<usize>,
    treated: usize,
}

impl Assignments {
    /// `treated` and `strata` have one entry per school. None where no stratum has schools of both arms.
    pub fn new(treated: &[bool], strata: &[usize]) -> Option<Self> {
        let (mut blocks, mut fixed) = (Vec::new(), Vec::new());
        for (_, schools) in ClusterIndex::new(strata).iter() {
            let own: Vec<usize> = schools.iter().copied().filter(|&school| treated[school]).collect();
            if own.is_empty() || own.len() == schools.len() {
                fixed.extend(own);
            } else {
                blocks.push(Block { treated: own.len(), schools: schools.to_vec() });
            }
        }
        (!blocks.is_empty()).then_some(Assignments { blocks, fixed })
    }

    /// How many there are; none beyond 64 bits.
    pub fn count(&self) -> Option<u64> {
        self.blocks.iter().try_fold(1u64, |total, block| {
            total.checked_mul(choose(block.schools.len() as u64, block.treated as u64)?)
        })
    }

    /// Hands the program schools of every assignment to `visit`.
    pub fn each(&self, mut visit: impl FnMut(&[usize])) {
        let mut places: Vec<Vec<usize>> = self.blocks.iter().map(|b| (0..b.treated).collect()).collect();
        let mut chosen = Vec::new();
        'all: loop {
            chosen.clone_from(&self.fixed);
            for (block, places) in self.blocks.iter().zip(&places) {
                chosen.extend(places.iter().map(|&place| block.schools[place]));
            }
            visit(&chosen);
            // The next assignment turns the last block that is not at its end and starts those behind it anew.
            for (block, places) in self.blocks.iter().zip(&mut places).rev() {
                if advance(places, block.schools.len()) {
                    continue 'all;
                }
                *places = (0..block.treated).collect();
            }
            return;
        }
    }

    /// The program schools of a random assignment.
    pub fn draw(&self, stream: &mut Stream) -> Vec<usize> {
        let mut chosen = self.fixed.clone();
        for block in &self.blocks {
            let places = stream.sample(block.schools.len(), block.treated);
            chosen.extend(places.iter().map(|&place| block.schools[place]));
        }
        chosen
    }
}

/// The next combination in lexicographic order; false after the last.
pub(super) fn advance(chosen: &mut [usize], population: usize) -> bool {
    let k = chosen.len();
    let Some(place) = (0..k).rev().find(|&i| chosen[i] < population - k + i) else { return false };
    chosen[place] += 1;
    for i in place + 1..k {
        chosen[i] = chosen[i - 1] + 1;
    }
    true
}

/// Number of combinations; none beyond 64 bits.
pub(super) fn choose(n: u64, k: u64) -> Option<u64> {
    let mut total: u64 = 1;
    for step in 1..=k.min(n - k) {
        total = total.checked_mul(n - step + 1)? / step;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_assignment_comes_once() {
        let treated = [true, false, true, false, false, true, true];
        let strata = [4, 4, 4, 2, 2, 2, 9];
        let all = Assignments::new(&treated, &strata).unwrap();
        let mut seen = Vec::new();
        all.each(|chosen| {
            let mut own = chosen.to_vec();
            own.sort_unstable();
            seen.push(own);
        });
        assert_eq!((all.count(), seen.len()), (Some(9), 9));
        assert!(seen.contains(&vec![0, 2, 5, 6]) && seen.iter().all(|own| own.contains(&6)));
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 9);
        let mut stream = Stream::new(1, "test");
        assert!((0..50).all(|_| {
            let mut own = all.draw(&mut stream);
            own.sort_unstable();
            seen.contains(&own)
        }));
        assert!(Assignments::new(&[true, false], &[1, 2]).is_none());
    }
}
