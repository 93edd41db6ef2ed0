//! An effect size in plainer units. All of them describe the same number; none adds evidence.

use crate::impact::ImpactError;
use crate::num::{NumError, dist};

/// Probability that a student of the program does better, under normal scores: Phi(d / sqrt 2).
pub fn normal_superiority(d: f64) -> f64 {
    dist::normal_cdf(d / std::f64::consts::SQRT_2)
}

/// Share of the comparison arm below the average student of the program, under normal scores: Phi(d).
pub fn cohens_u3(d: f64) -> f64 {
    dist::normal_cdf(d)
}

/// The improvement index of the What Works Clearinghouse: 100 (Phi(g) - .5) percentile points.
pub fn improvement_index(g: f64) -> f64 {
    // Phi(g) - 1/2 = erf(g / sqrt 2) / 2 keeps the digits of small effects.
    50.0 * libm::erf(g / std::f64::consts::SQRT_2)
}

/// Which table of the Education Endowment Foundation turns an effect size into months.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MonthsTable {
    /// The Teaching and Learning Toolkit: 0 months up to .01.
    Toolkit,
    /// Reports of single trials: 0 months up to .04.
    TrialReport,
}

/// Months of additional progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProgressMonths {
    /// Months; negative for less progress than the comparison arm made, which is not regress.
    pub months: i32,
    /// True when the effect lies beyond the table's end at 1.00; `months` is then the last entry.
    pub beyond: bool,
}

/// Largest effect size (two decimals, in hundredths) of 1, 2, ... 12 months.
const LARGEST_OF_MONTHS: [i32; 12] = [9, 18, 26, 35, 44, 52, 61, 69, 78, 87, 95, 100];

/// Months of progress for an effect of a program against a comparison arm, calibrated to pupils in England.
/// Never for the gain of one group, which holds ordinary growth.
///
/// The effect is rounded to two decimals first, halves away from zero; negative effects mirror.
///
/// # Errors
/// `OutOfRange` when `g` is not finite.
///
/// # References
/// Higgins and others (2016), Sutton Trust-EEF Teaching and Learning Toolkit manual, table 3.
pub fn months_of_progress(g: f64, table: MonthsTable) -> Result<ProgressMonths, ImpactError> {
    if !(g.abs() < 1e6) {
        return Err(NumError::OutOfRange { name: "g", value: g }.into());
    }
    let hundredths = (g.abs() * 100.0).round() as i32;
    let none = match table {
        MonthsTable::Toolkit => 1,
        MonthsTable::TrialReport => 4,
    };
    let size = if hundredths <= none {
        0
    } else {
        LARGEST_OF_MONTHS.iter().position(|top| hundredths <= *top).map_or(12, |at| at as i32 + 1)
    };
    let months = if g < 0.0 { -size } else { size };
    Ok(ProgressMonths { months, beyond: hundredths > 100 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::golden::close;

    #[test]
    fn worked_translations() {
        close(normal_superiority(0.3), 0.584, 5e-4);
        close(improvement_index(0.25), 9.87, 5e-3);
        close(cohens_u3(0.0), 0.5, 1e-15);
        // Never mix paired and independent: .689 and .615 for the worked d_z and d_av.
        close(dist::normal_cdf(0.493197), 0.689, 5e-4);
        close(normal_superiority(0.413547), 0.615, 5e-4);
    }

    #[test]
    fn months() {
        use MonthsTable::{Toolkit, TrialReport};
        let of = |g, table| months_of_progress(g, table).unwrap().months;
        assert_eq!((of(0.03, Toolkit), of(0.03, TrialReport)), (1, 0));
        assert_eq!((of(0.014, Toolkit), of(0.016, Toolkit)), (0, 1));
        assert_eq!((of(0.044, TrialReport), of(0.046, TrialReport)), (0, 1));
        for (g, months) in [(0.09, 1), (0.1, 2), (0.26, 3), (0.27, 4), (0.61, 7), (0.96, 12), (-0.19, -3)] {
            assert_eq!(of(g, Toolkit), months, "{g}");
        }
        assert_eq!(months_of_progress(1.2, Toolkit).unwrap(), ProgressMonths { months: 12, beyond: true });
        assert!(months_of_progress(f64::NAN, Toolkit).is_err());
    }
}
