//! Movement between levels: by schools, and by the classical tests of a table that take persons for independent.

use super::{Levels, estimate, methods_of_change, methods_of_difference, with_values};
use crate::analysis::findings::{EstimateFindings, Method, MovementFindings, TableTestFindings};
use crate::analysis::frame::Linked;
use crate::impact::ImpactError;
use crate::impact::transitions::{TableTest, TransitionTable, bowker, stuart_maxwell};

/// One entry per arm, then the difference between the arms.
pub(super) fn all(levels: &Levels<'_>) -> Vec<MovementFindings> {
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
}

impl TableTests {
    fn of(levels: &Levels<'_>, group: &Linked) -> Self {
        // Levels are small whole numbers, so the way through floating point loses nothing.
        let whole = |values: &[f64]| values.iter().map(|level| *level as usize).collect::<Vec<_>>();
        let count = levels.scale.levels.len();
        let table = TransitionTable::new(&whole(&group.before), &whole(&group.after), count);
        let ignores_schools = group.cluster.is_some();
        let told = |test: Result<TableTest, ImpactError>| {
            let TableTest { chi2, df, p, .. } = test.ok()?;
            Some(TableTestFindings { chi2, df, p, ignores_schools })
        };
        match table {
            Ok(table) => {
                TableTests { stuart_maxwell: told(stuart_maxwell(&table)), bowker: told(bowker(&table)) }
            }
            Err(_) => TableTests { stuart_maxwell: None, bowker: None },
        }
    }
}
