//! The distinct sets of answered items.

use super::super::Responses;

/// Sets of answered active items, and which set each person has.
pub(in super::super) struct Masks {
    /// Set of each person.
    pub of_person: Vec<u32>,
    /// Items of each set, ascending; sets are in the order of their bits.
    pub items: Vec<Vec<u32>>,
}

impl Masks {
    pub fn new(responses: &Responses, active: &[bool]) -> Self {
        let all: Vec<u32> = (0..active.len()).filter(|i| active[*i]).map(|i| i as u32).collect();
        if responses.is_complete() {
            return Masks { of_person: vec![0; responses.persons()], items: vec![all] };
        }
        let words = active.len().div_ceil(64).max(1);
        let mut bits = vec![0u64; responses.persons() * words];
        for person in 0..responses.persons() {
            for (item, (there, active)) in responses.row(person).1.iter().zip(active).enumerate() {
                bits[person * words + item / 64] |= u64::from(*there && *active) << (item % 64);
            }
        }
        let key = |p: u32| &bits[p as usize * words..(p as usize + 1) * words];
        let mut order: Vec<u32> = (0..responses.persons() as u32).collect();
        order.sort_unstable_by(|a, b| key(*a).cmp(key(*b)));
        let mut masks = Masks { of_person: vec![0; responses.persons()], items: vec![] };
        let mut last: Option<u32> = None;
        for p in order {
            if last.is_none_or(|l| key(l) != key(p)) {
                let set = all.iter().copied().filter(|&i| key(p)[i as usize / 64] >> (i % 64) & 1 == 1);
                masks.items.push(set.collect());
                last = Some(p);
            }
            masks.of_person[p as usize] = (masks.items.len() - 1) as u32;
        }
        masks
    }
}
