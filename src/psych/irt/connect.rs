//! Which items are tied together, by persons or by a common population.

use super::{Anchor, IrtError, Notice, Responses};

/// Parts of the items that persons connect: two items are in one part when a chain of persons, each
/// answering both of two neighbours, leads from one to the other. Items without answers are left out.
///
/// With `groups`, persons of one group also connect all items of the group, because they are draws from
/// one distribution: this is what a marginal model with a free mean per group needs.
pub(super) fn parts(responses: &Responses, items: &[bool], groups: Option<&[usize]>) -> Vec<Vec<usize>> {
    let n = responses.items();
    let groups_at = n;
    let group_count = groups.map_or(0, |g| g.iter().max().map_or(0, |m| m + 1));
    let mut parent: Vec<usize> = (0..n + group_count).collect();
    let mut seen = vec![false; n];
    for person in 0..responses.persons() {
        let mut first = groups.map(|g| groups_at + g[person]);
        for (item, _) in responses.answers(person).filter(|(i, _)| items[*i]) {
            seen[item] = true;
            match first {
                Some(node) => join(&mut parent, node, item),
                None => first = Some(item),
            }
        }
    }
    let mut parts: Vec<(usize, Vec<usize>)> = Vec::new();
    for item in (0..n).filter(|i| seen[*i]) {
        let root = find(&mut parent, item);
        match parts.iter_mut().find(|(r, _)| *r == root) {
            Some((_, part)) => part.push(item),
            None => parts.push((root, vec![item])),
        }
    }
    parts.into_iter().map(|(_, part)| part).collect()
}

/// Refuses a design whose parts neither persons nor a group connect, and says when only the population does.
/// Anchored items stand on a common scale already: they need no persons to connect them.
pub(super) fn check(
    responses: &Responses,
    active: &[bool],
    groups: Option<&[usize]>,
    anchors: &[Anchor],
    notices: &mut Vec<Notice>,
) -> Result<(), IrtError> {
    let by_persons = joined_by_anchors(parts(responses, active, None), anchors);
    if by_persons.len() < 2 {
        return Ok(());
    }
    if let Some(groups) = groups {
        let by_groups = joined_by_anchors(parts(responses, active, Some(groups)), anchors);
        if by_groups.len() > 1 {
            return Err(IrtError::Disconnected { parts: by_groups });
        }
    }
    notices.push(Notice::LinkedByPopulationOnly { parts: by_persons });
    Ok(())
}

/// Parts that hold an anchor are one.
fn joined_by_anchors(parts: Vec<Vec<usize>>, anchors: &[Anchor]) -> Vec<Vec<usize>> {
    let anchored = |part: &Vec<usize>| anchors.iter().any(|a| part.contains(&a.item));
    let (held, mut rest): (Vec<_>, Vec<_>) = parts.into_iter().partition(anchored);
    if !held.is_empty() {
        rest.insert(0, held.concat());
    }
    rest
}

fn find(parent: &mut [usize], mut node: usize) -> usize {
    while parent[node] != node {
        parent[node] = parent[parent[node]];
        node = parent[node];
    }
    node
}

fn join(parent: &mut [usize], a: usize, b: usize) {
    let (a, b) = (find(parent, a), find(parent, b));
    if a != b {
        parent[a.max(b)] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_booklets_and_a_bridge() {
        // Persons 0, 1 answer items 0, 1; persons 2, 3 answer items 2, 3.
        let mut answered = vec![false; 16];
        for place in [0, 1, 4, 5, 10, 11, 14, 15] {
            answered[place] = true;
        }
        let r = Responses::new(4, 4, vec![0; 16], answered.clone(), vec![1; 4]).unwrap();
        let all = [true; 4];
        assert_eq!(parts(&r, &all, None), [vec![0, 1], vec![2, 3]]);
        assert_eq!(parts(&r, &all, Some(&[0, 0, 1, 1])).len(), 2);
        assert_eq!(parts(&r, &all, Some(&[0, 0, 0, 0])).len(), 1);
        answered[2] = true;
        let bridged = Responses::new(4, 4, vec![0; 16], answered, vec![1; 4]).unwrap();
        assert_eq!(parts(&bridged, &all, None).len(), 1);
    }
}
