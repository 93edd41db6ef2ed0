//! Labels beside points: kept near the point, never on top of each other.

/// A label that wants to stand at `wanted` and is `height` px high.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish {
    pub(super) wanted: f64,
    pub(super) height: f64,
}

/// Middles of the labels, in the order given, moved as little as possible (least squares, by pooling
/// neighbours that would overlap) and kept between `top` and `bottom` where the room allows it.
pub(super) fn spread(wishes: &[Wish], top: f64, bottom: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wishes.len()).collect();
    order.sort_by(|a, b| wishes[*a].wanted.total_cmp(&wishes[*b].wanted));
    let mut groups: Vec<Group> = Vec::new();
    for index in order {
        let Wish { wanted, height } = wishes[index];
        let mut group = Group { members: vec![index], start: wanted - height / 2.0, height };
        while let Some(above) = groups.pop_if(|above| above.start + above.height > group.start) {
            group = above.joined(group);
        }
        groups.push(group);
    }
    let total: f64 = wishes.iter().map(|wish| wish.height).sum();
    let mut middles = vec![0.0; wishes.len()];
    let (mut free_from, mut still_to_come) = (top, total);
    for group in groups {
        let start = group.start.min(bottom - still_to_come).max(free_from);
        let mut edge = start;
        for index in group.members {
            middles[index] = edge + wishes[index].height / 2.0;
            edge += wishes[index].height;
            still_to_come -= wishes[index].height;
        }
        free_from = edge;
    }
    middles
}

/// Labels that stand directly below one another.
struct Group {
    members: Vec<usize>,
    start: f64,
    height: f64,
}

impl Group {
    /// Both groups as one, at the place that is best for all members on average.
    fn joined(mut self, below: Group) -> Group {
        let (own, other) = (self.members.len() as f64, below.members.len() as f64);
        let start = (self.start * own + (below.start - self.height) * other) / (own + other);
        self.members.extend(below.members);
        Group { members: self.members, start, height: self.height + below.height }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_keep_their_order_and_distance() {
        let wishes: Vec<Wish> =
            [50.0, 51.0, 52.0, 10.0, 100.0].into_iter().map(|wanted| Wish { wanted, height: 16.0 }).collect();
        let middles = spread(&wishes, 0.0, 120.0);
        assert_eq!(middles, [35.0, 51.0, 67.0, 10.0, 100.0]);
    }

    #[test]
    fn labels_stay_inside() {
        let wishes: Vec<Wish> = (0..6).map(|_| Wish { wanted: 95.0, height: 16.0 }).collect();
        let middles = spread(&wishes, 0.0, 100.0);
        assert!(middles.iter().all(|middle| (8.0..=92.0).contains(middle)), "{middles:?}");
    }
}
