//! Curves given by points, cut off where they leave the plot.

use super::axis::Scale;
use super::canvas::{Point, at};

/// A point of a curve over ability.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvePoint {
    /// Ability, in the unit of the axis.
    pub ability: f64,
    /// The value there.
    pub value: f64,
}

/// The parts of a curve that lie inside both scales, as lines. Points that are not numbers break the curve.
pub(super) fn paths(points: &[CurvePoint], x: &Scale, y: &Scale) -> Vec<Vec<Point>> {
    let mut paths: Vec<Vec<Point>> = Vec::new();
    for pair in points.windows(2) {
        let Some([from, to]) = clipped([pair[0], pair[1]], x.values, y.values) else { continue };
        let [from, to] = [from, to].map(|end| at(x.place(end.ability), y.place(end.value)));
        match paths.last_mut() {
            Some(path) if path.last() == Some(&from) => path.push(to),
            _ => paths.push(vec![from, to]),
        }
    }
    paths
}

/// The part of a segment inside a rectangle (Liang and Barsky 1984); none where it lies outside.
fn clipped(ends: [CurvePoint; 2], across: [f64; 2], up: [f64; 2]) -> Option<[CurvePoint; 2]> {
    let [a, b] = ends;
    let (dx, dy) = (b.ability - a.ability, b.value - a.value);
    if !dx.is_finite() || !dy.is_finite() {
        return None;
    }
    let (mut enters, mut leaves) = (0.0_f64, 1.0_f64);
    let edges = [
        (-dx, a.ability - across[0]),
        (dx, across[1] - a.ability),
        (-dy, a.value - up[0]),
        (dy, up[1] - a.value),
    ];
    for (speed, room) in edges {
        if speed == 0.0 && room < 0.0 {
            return None;
        }
        if speed < 0.0 {
            enters = enters.max(room / speed);
        } else if speed > 0.0 {
            leaves = leaves.min(room / speed);
        }
    }
    // The ends are kept as they are, so that one segment begins exactly where the last one ended.
    let along = |part: f64| match part {
        0.0 => a,
        1.0 => b,
        _ => CurvePoint { ability: a.ability + part * dx, value: a.value + part * dy },
    };
    (enters < leaves).then(|| [along(enters), along(leaves)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_ends_where_it_leaves_the_plot() {
        let scale = |values| Scale { values, places: [0.0, 100.0] };
        let point = |ability, value| CurvePoint { ability, value };
        let curve =
            [point(-2.0, 3.0), point(0.0, 1.0), point(1.0, 0.5), point(1.5, f64::NAN), point(2.0, 0.5)];
        let paths = paths(&curve, &scale([-2.0, 2.0]), &scale([0.0, 2.0]));
        assert_eq!(paths, [[at(25.0, 100.0), at(50.0, 50.0), at(75.0, 25.0)]]);
    }
}
