//! Movement between levels: by schools, and by the classical tests of a table that take persons for independent.

use super::{Levels, estimate, methods_of_change, methods_of_difference, notices, with_values};
use crate::analysis::findings::{EstimateFindings, Method, MovementFindings, Notice, TableTestFindings};
use crate::analysis::frame::Linked;
use crate::i18n::Text;
use crate::impact::ImpactError;
use crate::impact::transitions::{TableTest, TransitionTable, bowker, stuart_maxwell};
use crate::num::NumError;

/// One entry per arm, then the difference between the arms.
pub(super) fn all(levels: &Levels<'_>, notices: &mut Vec<Notice>) -> Vec<MovementFindings> {
    let sample = levels.sample;
    let everybody = with_values(sample.linked, places(&levels.before), places(&levels.after));
    let mut out: Vec<MovementFindings> = Vec::new();
    for (arm, name) in sample.arms.iter().enumerate() {
        let group = if sample.compares() {
            let members: Vec<usize> = (0..everybody.len()).filter(|row| everybody.arm[*row] == arm).collect();
            pick(levels, &everybody, &members, arm)
        } else {
            everybody.clone()
        };
        let methods = methods_of_change(&group);
        let tables = TableTests::of(levels, &group);
        let label = sample.study.study.arms.get(arm).filter(|_| sample.compares());
        notices.extend(tables.missing(&label.map(|arm| arm.label.clone()).unwrap_or_default()));
        out.push(MovementFindings {
            arm: (*name).to_owned(),
            stuart_maxwell: tables.stuart_maxwell,
            bowker: tables.bowker,
            ..moved(levels, &group, &methods)
        });
    }
    if sample.compares() {
        let methods = methods_of_difference(sample);
        out.push(MovementFindings { difference: true, ..moved(levels, &everybody, &methods) });
    }
    out
}

fn places(levels: &[usize]) -> Vec<f64> {
    levels.iter().map(|level| *level as f64).collect()
}

/// The members of an arm with their levels; schools are numbered anew.
fn pick(levels: &Levels<'_>, everybody: &Linked, members: &[usize], arm: usize) -> Linked {
    let of = |values: &[f64]| members.iter().map(|row| values[*row]).collect();
    with_values(&levels.sample.of_arm(arm), of(&everybody.before), of(&everybody.after))
}

fn moved(levels: &Levels<'_>, group: &Linked, methods: &[Method]) -> MovementFindings {
    let steps: Vec<f64> = group.changes();
    let net = steps.iter().map(|step| {
        if *step > 0.0 {
            100.0
        } else if *step < 0.0 {
            -100.0
        } else {
            0.0
        }
    });
    let net = with_values(group, vec![0.0; group.len()], net.collect());
    let by = |method: Option<&Method>, values: &Linked| -> Option<EstimateFindings> {
        estimate(*method?, levels.sample, values).ok()
    };
    MovementFindings {
        arm: String::new(),
        difference: false,
        n: group.len(),
        rose: steps.iter().filter(|step| **step > 0.0).count(),
        fell: steps.iter().filter(|step| **step < 0.0).count(),
        levels: by(methods.first(), group),
        net: by(methods.first(), &net),
        net_by_assignment: by(methods.get(1), &net),
        stuart_maxwell: None,
        bowker: None,
    }
}

/// Tests of the table of an arm.
struct TableTests {
    stuart_maxwell: Option<TableTestFindings>,
    bowker: Option<TableTestFindings>,
    /// Why the first has no answer.
    error: Option<ImpactError>,
}

impl TableTests {
    fn of(levels: &Levels<'_>, group: &Linked) -> Self {
        // Levels are small whole numbers, so the way through floating point loses nothing.
        let whole = |values: &[f64]| values.iter().map(|level| *level as usize).collect::<Vec<_>>();
        let count = levels.scale.levels.len();
        let table = TransitionTable::new(&whole(&group.before), &whole(&group.after), count);
        Self::of_table(table, group.cluster.is_some())
    }

    fn of_table(table: Result<TransitionTable, ImpactError>, ignores_schools: bool) -> Self {
        let told =
            |TableTest { chi2, df, p, .. }: TableTest| TableTestFindings { chi2, df, p, ignores_schools };
        match table {
            Ok(table) => {
                let marginal = stuart_maxwell(&table);
                TableTests {
                    error: marginal.as_ref().err().cloned(),
                    stuart_maxwell: marginal.ok().map(told),
                    bowker: bowker(&table).ok().map(told),
                }
            }
            Err(error) => TableTests { stuart_maxwell: None, bowker: None, error: Some(error) },
        }
    }

    /// Why a test is missing; an arm without persons is told elsewhere.
    fn missing(&self, arm: &Text) -> Option<Notice> {
        match self.error.as_ref()? {
            ImpactError::NoVariation => Some(notices::nobody_moved(arm)),
            ImpactError::Num(NumError::Singular) => Some(notices::no_marginal_test(arm)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(counts: &[u64]) -> Option<String> {
        let tables = TableTests::of_table(TransitionTable::from_counts(counts.to_vec(), 4), true);
        assert_eq!(tables.stuart_maxwell.is_none(), tables.error.is_some());
        tables.missing(&Text::new("Program", "Programme")).map(|notice| {
            assert!(notice.text.get(crate::i18n::Lang::En).contains("(Programme)"));
            notice.code
        })
    }

    #[test]
    fn a_missing_test_of_movement_has_its_reason() {
        let parts = [5, 3, 0, 0, 1, 6, 0, 0, 0, 0, 7, 4, 0, 0, 2, 8];
        assert_eq!(code(&parts).as_deref(), Some("A-LEVEL-011"));
        let still = [5, 0, 0, 0, 0, 6, 0, 0, 0, 0, 7, 0, 0, 0, 0, 8];
        assert_eq!(code(&still).as_deref(), Some("A-LEVEL-012"));
        let joined = [5, 3, 0, 0, 1, 6, 2, 0, 0, 0, 7, 4, 0, 0, 2, 8];
        assert_eq!(code(&joined), None);
    }
}
