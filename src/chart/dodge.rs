//! Labels at exact heights beside an axis: moved sideways into columns, and up or down only when all are full.

use super::canvas::Frame;

/// Steps in px by which a label is moved up or down; a label is five of them high.
const STEP: usize = 3;

/// A label's place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chip {
    /// Left end.
    pub(super) x: f64,
    /// Middle.
    pub(super) y: f64,
    /// The middle it wants.
    pub(super) wanted: f64,
}

impl Chip {
    /// Whether it does not stand at the height it wants.
    pub(super) fn is_moved(&self) -> bool {
        (self.y - self.wanted).abs() > 0.5
    }
}

/// Places for labels in the order given: at the wanted height in the leftmost column that is free there, else
/// in the free place nearest in height. Columns are `pitch` px wide, labels `height` px high. Labels that find
/// no free place at all, because there are more than `room` holds, lie on others.
pub(super) fn place(wanted: &[f64], room: Frame, pitch: f64, height: f64) -> Vec<Chip> {
    let columns = (((room.right - room.left) / pitch) as usize).max(1);
    let farthest = (room.bottom - room.top).max(0.0) as usize;
    let mut taken: Vec<Vec<f64>> = vec![Vec::new(); columns];
    wanted
        .iter()
        .map(|wanted| {
            let wanted = *wanted;
            let ways =
                (0..=farthest).step_by(STEP).flat_map(|away| [wanted - away as f64, wanted + away as f64]);
            let inside = |y: &f64| *y == wanted || (*y >= room.top && *y <= room.bottom);
            let is_free =
                |column: &Vec<f64>, y: f64| column.iter().all(|other| (other - y).abs() >= height - 1e-6);
            let found = ways
                .filter(inside)
                .find_map(|y| taken.iter().position(|column| is_free(column, y)).map(|column| (column, y)));
            let (column, y) = found.unwrap_or((0, wanted));
            taken[column].push(y);
            Chip { x: room.left + column as f64 * pitch, y, wanted }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: Frame = Frame { left: 10.0, top: 0.0, right: 110.0, bottom: 100.0 };

    #[test]
    fn labels_keep_their_heights_while_a_column_is_free() {
        let chips = place(&[50.0, 52.0, 54.0, 80.0], ROOM, 30.0, 15.0);
        assert!(chips.iter().all(|chip| !chip.is_moved()));
        let columns: Vec<f64> = chips.iter().map(|chip| chip.x).collect();
        assert_eq!(columns, [10.0, 40.0, 70.0, 10.0]);
    }

    #[test]
    fn labels_at_one_height_never_lie_on_each_other() {
        let chips = place(&[50.0; 18], ROOM, 30.0, 15.0);
        for (index, chip) in chips.iter().enumerate() {
            assert!((0.0..=100.0).contains(&chip.y));
            assert!(chips[..index].iter().all(|other| other.x != chip.x || (other.y - chip.y).abs() >= 15.0));
        }
    }
}
