//! The standardised difference of shares right.

use super::groups::Untestable;
use super::tables::MatchedTables;

/// How large a standardised difference is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StandardisedSize {
    /// Below .05.
    Negligible,
    /// .05 to .10: look at the item.
    Moderate,
    /// Above .10.
    Large,
}

/// Standardised P-DIF of one item.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StandardisedDif {
    /// Share right in the focal group less that of matched reference persons, -1 to 1; for items with more
    /// points the mean points as a share of the largest point found.
    pub difference: f64,
    /// Size by the limits .05 and .10.
    pub size: StandardisedSize,
    /// Focal persons with a matching score that occurs in the reference group.
    pub n_focal: usize,
}

/// The mean difference between focal and reference persons of the same score, weighted by the focal group.
///
/// ```text
/// P-DIF = sum_k n_Fk (P_Fk - P_Rk) / sum_k n_Fk
/// ```
///
/// Strata with only one group do not count.
///
/// # Errors
/// `GroupCount`, `NoVariation`, `NoOverlap`, `TooFewPersons`.
///
/// # References
/// Dorans & Kulick (1986), Journal of Educational Measurement 23, 355-368.
pub fn standardised_difference(tables: &MatchedTables) -> Result<StandardisedDif, Untestable> {
    tables.check_groups(2)?;
    let (low, high) = match tables.points[..] {
        [low, .., high] => (low, high),
        _ => return Err(Untestable::NoVariation),
    };
    let (mut sum, mut n) = (0.0, 0.0);
    for stratum in &tables.strata {
        let (reference, focal) = (stratum.group_size(0), stratum.group_size(1));
        if reference > 0.0 && focal > 0.0 {
            let mean = |group: usize, size: f64| stratum.group_sum(group, |c| tables.points[c] - low) / size;
            sum += focal * (mean(1, focal) - mean(0, reference));
            n += focal;
        }
    }
    if n == 0.0 {
        return Err(Untestable::NoOverlap);
    }
    let difference = sum / n / (high - low);
    let size = match difference.abs() {
        d if d < 0.05 => StandardisedSize::Negligible,
        d if d <= 0.10 => StandardisedSize::Moderate,
        _ => StandardisedSize::Large,
    };
    Ok(StandardisedDif { difference, size, n_focal: n as usize })
}

#[cfg(test)]
mod tests {
    use super::super::tables::tests::from_cells;
    use super::*;

    #[test]
    fn weighted_by_the_focal_group() {
        let tables = from_cells(&[[40., 30., 20., 30.], [50., 45., 10., 15.], [9., 9., 0., 0.]]);
        let found = standardised_difference(&tables).unwrap();
        let expected = (50.0 * (0.4 - 4.0 / 7.0) + 25.0 * (0.4 - 50.0 / 95.0)) / 75.0;
        assert!((found.difference - expected).abs() < 1e-15);
        assert_eq!((found.size, found.n_focal), (StandardisedSize::Large, 75));
        assert_eq!(standardised_difference(&from_cells(&[[4., 3., 0., 0.]])).map(|_| ()), {
            Err(Untestable::TooFewPersons { group: 1, needed: 1, found: 0 })
        });
    }
}
