//! Loss of students or schools, judged by the boundaries of the What Works Clearinghouse.

use super::{Arm, ImpactError};
use crate::num::NumError;

/// Largest difference between arms (percentage points) that is still low, by overall loss of 0, 1, 2, ...
/// percent, when the program could change who stays. Standards Handbook 4.1, table II.1.
const CAUTIOUS: [f64; 58] = [
    5.7, 5.8, 5.9, 5.9, 6.0, 6.1, 6.2, 6.3, 6.3, 6.3, 6.3, 6.2, 6.2, 6.1, 6.0, 5.9, 5.9, 5.8, 5.7, 5.5, 5.4,
    5.3, 5.2, 5.1, 4.9, 4.8, 4.7, 4.5, 4.4, 4.3, 4.1, 4.0, 3.8, 3.6, 3.5, 3.3, 3.2, 3.1, 2.9, 2.8, 2.6, 2.5,
    2.3, 2.1, 2.0, 1.8, 1.6, 1.5, 1.3, 1.2, 1.0, 0.9, 0.7, 0.6, 0.4, 0.3, 0.2, 0.0,
];

/// The same when the program cannot change who stays. Some transcriptions have a fourth 10.9 that shifts
/// everything from 13 percent on; the response model behind the table fits the list without it.
const OPTIMISTIC: [f64; 66] = [
    10.0, 10.1, 10.2, 10.3, 10.4, 10.5, 10.7, 10.8, 10.9, 10.9, 10.9, 10.9, 10.9, 10.8, 10.8, 10.7, 10.6,
    10.5, 10.3, 10.2, 10.0, 9.9, 9.7, 9.5, 9.4, 9.2, 9.0, 8.8, 8.6, 8.4, 8.2, 8.0, 7.8, 7.6, 7.4, 7.2, 7.0,
    6.7, 6.5, 6.3, 6.0, 5.8, 5.6, 5.3, 5.1, 4.9, 4.6, 4.4, 4.2, 3.9, 3.7, 3.5, 3.2, 3.0, 2.8, 2.6, 2.3, 2.1,
    1.9, 1.6, 1.4, 1.1, 0.9, 0.7, 0.5, 0.3,
];

/// Assumption on how loss relates to the outcome, to be chosen before the data are seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttritionBoundary {
    /// The program could change who stays.
    Cautious,
    /// It could not.
    Optimistic,
}

impl AttritionBoundary {
    /// Largest difference in percentage points that counts as low at this overall loss in percent, between
    /// whole percents by linear interpolation. `None` where every difference is high (or the input is no
    /// percentage).
    pub fn limit(self, overall_percent: f64) -> Option<f64> {
        let table: &[f64] = match self {
            AttritionBoundary::Cautious => &CAUTIOUS,
            AttritionBoundary::Optimistic => &OPTIMISTIC,
        };
        if !(0.0..=(table.len() - 1) as f64).contains(&overall_percent) {
            return None;
        }
        let below = overall_percent.floor();
        let low = table[below as usize];
        let high = table.get(below as usize + 1).copied().unwrap_or(low);
        Some(low + (overall_percent - below) * (high - low))
    }
}

/// Units (students, or schools) of the two arms when assigned and when analysed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArmFlow {
    /// Assigned to the program.
    pub program_assigned: usize,
    /// Of them analysed.
    pub program_analysed: usize,
    /// Assigned to the comparison arm.
    pub comparison_assigned: usize,
    /// Of them analysed.
    pub comparison_analysed: usize,
}

/// One boundary's verdict.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AttritionVerdict {
    /// The boundary.
    pub boundary: AttritionBoundary,
    /// Largest difference that would be low, in percentage points; `None` when any would be high.
    pub limit: Option<f64>,
    /// True when the loss is low.
    pub low: bool,
}

/// Loss of units overall and by arm, in percent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Attrition {
    /// 100 (1 - analysed / assigned) of both arms together.
    pub overall: f64,
    /// Of the program arm.
    pub program: f64,
    /// Of the comparison arm.
    pub comparison: f64,
    /// |program - comparison| in percentage points.
    pub differential: f64,
    /// Verdict under the cautious boundary.
    pub cautious: AttritionVerdict,
    /// Verdict under the optimistic boundary.
    pub optimistic: AttritionVerdict,
}

/// Rates of loss and their verdicts. In a study that assigned schools, call it for schools first, then for
/// the students of the schools that stayed.
///
/// # Errors
/// `ArmTooSmall` when nobody was assigned to an arm, `OutOfRange` when more were analysed than assigned.
///
/// # References
/// What Works Clearinghouse Standards Handbook 4.1 (2020), chapter II.
pub fn attrition(flow: &ArmFlow) -> Result<Attrition, ImpactError> {
    let rate = |arm, assigned: usize, analysed: usize| {
        if assigned == 0 {
            return Err(ImpactError::ArmTooSmall { arm, needed: 1, found: 0 });
        }
        if analysed > assigned {
            return Err(NumError::OutOfRange { name: "analysed", value: analysed as f64 }.into());
        }
        Ok(100.0 * (assigned - analysed) as f64 / assigned as f64)
    };
    let program = rate(Arm::Program, flow.program_assigned, flow.program_analysed)?;
    let comparison = rate(Arm::Comparison, flow.comparison_assigned, flow.comparison_analysed)?;
    let assigned = (flow.program_assigned + flow.comparison_assigned) as f64;
    let overall = 100.0 * (1.0 - (flow.program_analysed + flow.comparison_analysed) as f64 / assigned);
    let differential = (program - comparison).abs();
    let verdict = |boundary: AttritionBoundary| {
        let limit = boundary.limit(overall);
        // 10.0 - 4.3 is not 5.7 in binary; a difference on the boundary is low.
        AttritionVerdict { boundary, limit, low: limit.is_some_and(|l| differential <= l + 1e-9) }
    };
    Ok(Attrition {
        overall,
        program,
        comparison,
        differential,
        cautious: verdict(AttritionBoundary::Cautious),
        optimistic: verdict(AttritionBoundary::Optimistic),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Anchors of the table of standards 2.4, among them the column that other transcriptions shift.
    #[test]
    fn boundaries() {
        use AttritionBoundary::{Cautious, Optimistic};
        for (percent, cautious, optimistic) in
            [(0.0, 5.7, 10.0), (10.0, 6.3, 10.9), (13.0, 6.1, 10.8), (20.0, 5.4, 10.0), (57.0, 0.0, 2.1)]
        {
            assert_eq!(Cautious.limit(percent), Some(cautious), "{percent}");
            assert_eq!(Optimistic.limit(percent), Some(optimistic), "{percent}");
        }
        assert_eq!((Cautious.limit(58.0), Optimistic.limit(65.0)), (None, Some(0.3)));
        assert_eq!((Optimistic.limit(66.0), Optimistic.limit(f64::NAN)), (None, None));
        assert!((Cautious.limit(0.5).unwrap() - 5.75).abs() < 1e-12);
    }

    #[test]
    fn verdicts() {
        let flow = ArmFlow {
            program_assigned: 1000,
            program_analysed: 900,
            comparison_assigned: 1000,
            comparison_analysed: 837,
        };
        let found = attrition(&flow).unwrap();
        // 13.15 percent lost, 6.3 points apart: high by the cautious boundary (6.085), low by the other.
        assert!((found.overall - 13.15).abs() < 1e-9 && (found.differential - 6.3).abs() < 1e-9);
        assert!(!found.cautious.low && found.optimistic.low);
        let on = ArmFlow { program_analysed: 1000, comparison_analysed: 942, ..flow };
        let found = attrition(&on).unwrap();
        assert!((found.overall - 2.9).abs() < 1e-9 && found.cautious.low, "5.8 at 2.9 percent");
        assert!(attrition(&ArmFlow { program_assigned: 0, ..flow }).is_err());
        assert!(attrition(&ArmFlow { program_analysed: 1001, ..flow }).is_err());
    }
}
