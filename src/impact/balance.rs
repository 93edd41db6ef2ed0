//! Rows of the baseline table: arms (or students who stayed and students who were lost) side by side.

use super::effect::{BaselineBand, DCox, EffectSize, GroupSummary, baseline_g, d_cox};
use super::{Arm, ImpactError};
use crate::num::{NumError, moments};

/// One characteristic in both groups. There is no test on purpose: balance is judged by size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BaselineRow {
    /// Group of the program (or who stayed).
    pub program: GroupSummary,
    /// Comparison group (or who was lost).
    pub comparison: GroupSummary,
    /// Program less comparison, in the units of the characteristic (shares for a binary one).
    pub difference: f64,
    /// Hedges' g, or the Cox index of a binary characteristic.
    pub g: EffectSize,
    /// Band of |g| by the What Works Clearinghouse.
    pub band: BaselineBand,
}

/// The row of a measured characteristic; `values` and `arm` have one entry per student who has a value.
///
/// # Errors
/// `ArmTooSmall` below two students in an arm, `NoVariation`, `NotFinite`, `LengthMismatch`.
pub fn measured_row(values: &[f64], arm: &[Arm], alpha: f64) -> Result<BaselineRow, ImpactError> {
    let (program, comparison) = groups(values, arm)?;
    let found = baseline_g(&program, &comparison, alpha)?;
    Ok(BaselineRow {
        program,
        comparison,
        difference: program.mean - comparison.mean,
        g: found.g,
        band: found.band,
    })
}

/// The row of a characteristic that students have (1) or not (0), with the Cox index in place of g.
///
/// # Errors
/// `ArmTooSmall`, `LengthMismatch`, `OutOfRange` for a value that is neither 0 nor 1.
pub fn binary_row(values: &[f64], arm: &[Arm], alpha: f64) -> Result<BaselineRow, ImpactError> {
    if let Some(&value) = values.iter().find(|v| **v != 0.0 && **v != 1.0) {
        return Err(NumError::OutOfRange { name: "binary value", value }.into());
    }
    let (program, comparison) = groups(values, arm)?;
    let count = |g: &GroupSummary| (g.mean * g.n as f64).round() as u64;
    let data = DCox {
        program_yes: count(&program),
        program_n: program.n as u64,
        comparison_yes: count(&comparison),
        comparison_n: comparison.n as u64,
    };
    let g = d_cox(&data, alpha)?;
    let band = BaselineBand::of(g.value);
    Ok(BaselineRow { program, comparison, difference: program.mean - comparison.mean, g, band })
}

fn groups(values: &[f64], arm: &[Arm]) -> Result<(GroupSummary, GroupSummary), ImpactError> {
    moments::check_same_length(values.len(), arm.len())?;
    let of = |wanted: Arm| -> Result<GroupSummary, ImpactError> {
        let own: Vec<f64> = values.iter().zip(arm).filter(|(_, a)| **a == wanted).map(|(v, _)| *v).collect();
        if own.len() < 2 {
            return Err(ImpactError::ArmTooSmall { arm: wanted, needed: 2, found: own.len() });
        }
        GroupSummary::new(&own)
    };
    Ok((of(Arm::Program)?, of(Arm::Comparison)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Arm::{Comparison as C, Program as T};

    #[test]
    fn rows() {
        let arm = [T, T, T, C, C, C];
        let row = measured_row(&[5.0, 6.0, 7.0, 5.0, 6.0, 7.0], &arm, 0.05).unwrap();
        assert_eq!((row.difference, row.band), (0.0, BaselineBand::Satisfied));
        let row = binary_row(&[1.0, 1.0, 0.0, 1.0, 0.0, 0.0], &arm, 0.05).unwrap();
        assert!((row.difference - 1.0 / 3.0).abs() < 1e-15 && row.g.value > 0.5);
        assert_eq!(row.band, BaselineBand::NotEquivalent);
        assert!(binary_row(&[1.0, 1.0, 0.5, 1.0, 0.0, 0.0], &arm, 0.05).is_err());
        assert!(binary_row(&[1.0, f64::NAN, 0.0, 1.0, 0.0, 0.0], &arm, 0.05).is_err());
        assert!(measured_row(&[5.0, 6.0], &[T, C], 0.05).is_err());
        assert!(measured_row(&[5.0; 6], &arm, 0.05).is_err());
    }
}
