//! The results as JSON (counts) and as tables for people (percent).

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::cell::{CHEAP, EXPENSIVE, Tally};
use super::design::{Cell, DesignKind, SEED};
use super::methods::{ALPHA, Role, methods};

/// Bounds that every primary method must keep, in percent.
pub const SIZE: [f64; 2] = [3.5, 6.5];
pub const COVERAGE: [f64; 2] = [93.5, 96.5];

/// A cell with what every method did.
pub struct Result {
    pub cell: Cell,
    pub tallies: Vec<Tally>,
}

/// Counts, one entry per cell and method; what the test reads.
pub fn json(results: &[Result]) -> Value {
    json!({
        "command": "cargo bench --bench calibration",
        "seed": SEED,
        "alpha": ALPHA,
        "studies": CHEAP,
        "studies_expensive": EXPENSIVE,
        "cells": results.iter().map(of_cell).collect::<Vec<_>>(),
    })
}

fn of_cell(result: &Result) -> Value {
    let Cell { schools, icc, effect, .. } = result.cell;
    json!({
        "design": result.cell.design.name(),
        "schools": schools,
        "sizes": result.cell.sizes_name(),
        "icc": icc,
        "effect": effect,
        "methods": result.tallies.iter().map(of_tally).collect::<Vec<_>>(),
    })
}

/// One method of a cell.
pub fn of_tally(tally: &Tally) -> Value {
    json!({
        "method": tally.method.name,
        "role": tally.method.role.name(),
        "tried": tally.tried,
        "given": tally.given,
        "rejected": tally.rejected,
        "covered": tally.covered,
    })
}

/// One line per cell or method, so that a change can be read in a diff.
pub fn json_text(value: &Value) -> String {
    let mut text = String::from("{\n");
    for key in ["command", "seed", "alpha", "studies", "studies_expensive"] {
        writeln!(text, " \"{key}\": {},", value[key]).unwrap();
    }
    text.push_str(" \"cells\": [");
    for (place, cell) in value["cells"].as_array().into_iter().flatten().enumerate() {
        text.push_str(if place == 0 { "\n  {" } else { ",\n  {" });
        for key in ["design", "schools", "sizes", "icc", "effect"] {
            write!(text, "\"{key}\": {}, ", cell[key]).unwrap();
        }
        text.push_str("\"methods\": [");
        for (place, method) in cell["methods"].as_array().into_iter().flatten().enumerate() {
            write!(text, "{}\n   {method}", if place == 0 { "" } else { "," }).unwrap();
        }
        text.push_str("\n  ]}");
    }
    text.push_str("\n ]\n}\n");
    text
}

const HEAD: &str = "# Calibration of the impact analyses

Remake with `cargo bench --bench calibration` (writes this file and `calibration.json`; half an hour on two
cores; the studies are defined in `tests/calibration/design.rs`, the analyses in `methods.rs` and `within.rs`). The seed
was chosen once, before the first run.
";

/// Methods that take students as independent evidence of a change or a difference.
const STUDENTS_AS_UNITS: [&str; 7] = [
    "student_paired_t",
    "student_welch",
    "student_pooled_t",
    "student_ancova_ols",
    "student_did_ols",
    "mixed_no_school_wave",
    "mixed_no_school_wave_satterthwaite",
];
/// Cluster-robust errors without a correction for few clusters.
const NORMAL_QUANTILES: [&str; 5] =
    ["student_cr0_normal", "student_cr1_normal", "did_cr0_normal", "did_cr1_normal", "ancova_cr1_normal"];

/// What the tables show, its numbers taken from them.
fn summary(results: &[Result]) -> String {
    // Schools that chose themselves start apart: an analysis of covariance answers another question there.
    let other_question =
        |r: &Result, name: &str| r.cell.design == DesignKind::Comparison && name.contains("ancova");
    // Within schools students are independent but for the spread of the effect.
    let within = |r: &Result| r.cell.design == DesignKind::StudentsRandomised;
    let of = |names: &[&str], keep: &dyn Fn(&Result, &str) -> bool| {
        let shares: Vec<f64> = results
            .iter()
            .filter(|r| r.cell.effect == 0.0)
            .flat_map(|r| r.tallies.iter().map(move |t| (r, t)))
            .filter(|(r, t)| names.contains(&t.method.name) && t.given > 0 && keep(r, t.method.name))
            .map(|(_, t)| percent(t.rejected, t.given))
            .collect();
        let least = shares.iter().copied().fold(f64::INFINITY, f64::min);
        let most = shares.iter().copied().fold(0.0, f64::max);
        format!("{least:.0} to {most:.0}")
    };
    let units = of(&STUDENTS_AS_UNITS, &|r, name| !within(r) && !other_question(r, name));
    let normal = of(&NORMAL_QUANTILES, &|r, name| !other_question(r, name));
    let wrong_ancova = of(&["student_ancova_ols", "ancova_cr1_normal"], &|r, name| other_question(r, name));
    let right_ancova = of(&["ancova_cr2", "ancova_working_cr2", "ancova_mixed_kenward_roger"], &|r, name| {
        other_question(r, name)
    });
    let paired = |r: &Result| r.cell.design == DesignKind::Paired;
    let cautious = of(&["did_cluster_cr2", "ancova_working_cr2"], &|r, _| paired(r));
    let spread = of(&["within_classical"], &|_, _| true);
    format!(
        "
What it shows (rejections when nothing happened, over all cells of the designs named):

- Students as units find a change that is not there in {units} percent of studies, the more the more schools differ.
  So does the mixed model without a school-by-wave term, with either kind of degrees of freedom. CR0 and CR1 with
  normal quantiles reject {normal} percent. Not counted here are analyses of covariance of the design *comparison*:
  its groups start apart, and there they reject {right_ancova} percent with sound errors and {wrong_ancova} percent
  with unsound ones, because they answer another question.
- `cluster_mean_t` (one group, linked or as cross-sections), `did_cluster_cr2` (comparison, linked or as
  cross-sections) and `did_pairs_cr2` (the same within pairs) keep level and coverage in every cell.
- `ancova_cr2` (randomised) keeps its level in every cell, but is at the edge where school sizes differ much: large
  schools weigh most, and its degrees of freedom are those of independent students. `ancova_working_cr2`, CR2 under the
  working covariance with the correlation that REML finds (`impact::working`), is right in every cell, gives an
  answer in every study and has more power with unequal schools: the primary method for that design.
- Within pairs of schools that were formed by lot, `ancova_working_pairs_cr2` (the same with the effects of pairs, the
  primary method there) keeps level and coverage too; without those effects either analysis is too cautious
  ({cautious} percent).
- `ancova_within` (students drawn by lot within schools) keeps level and coverage where the effect differs between
  schools; its classical errors overlook that and reject {spread} percent.
- Mixed models with the school-by-wave term and Kenward-Roger are close to right, but where schools differ little
  some studies have no variance between schools at all and get no answer.
"
    )
}

/// The tables for people.
pub fn markdown(results: &[Result]) -> String {
    let mut text = HEAD.to_owned() + &summary(results);
    writeln!(
        text,
        "\nMethods that cost microseconds saw {CHEAP} studies per cell (Monte Carlo standard error 0.22 points), mixed \
         models and resampling the first {EXPENSIVE} of them (0.49). Two-sided tests at 5 percent, 95 percent intervals. \
         Every primary method must stay within {} to {} percent (test) and {} to {} percent (interval).",
        SIZE[0], SIZE[1], COVERAGE[0], COVERAGE[1]
    )
    .unwrap();
    text.push_str(
        "\n*balanced*: 25 students in every school; *unequal*: 5 to 78 (13 schools) or 5 to 97 (25 schools), mean 25. \
         A school's two means correlate .8, a student's two scores .6 within schools; all scores have variance 1 in a \
         wave. Under *comparison* the program's schools start 0.3 sd higher; analyses of covariance then answer \
         another question and are shown as what they do to a null. `!` marks a primary method out of bounds; a \
         bracket is the share of studies in which the method gave an answer, where not all (a mixed model whose \
         school variances are all zero gives none).\n",
    );
    for design in DesignKind::ALL {
        let own: Vec<&Result> = results.iter().filter(|r| r.cell.design == design).collect();
        section(&mut text, design, &own);
    }
    text
}

fn section(text: &mut String, design: DesignKind, results: &[&Result]) {
    writeln!(text, "\n## {}", design.name()).unwrap();
    let null = |r: &Result| r.cell.effect == 0.0;
    for (title, wanted, measure) in [
        ("Rejections when nothing happened (percent; 5 is right)", true, Measure::Rejected),
        ("Intervals that hold the truth, no effect (percent; 95 is right)", true, Measure::Covered),
        ("Intervals that hold the truth, d = 0.25 (percent; 95 is right)", false, Measure::Covered),
        ("Power at d = 0.25 (percent)", false, Measure::Power),
    ] {
        let own: Vec<&Result> = results.iter().filter(|r| null(r) == wanted).copied().collect();
        table(text, design, title, &own, measure);
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Measure {
    Rejected,
    Covered,
    Power,
}

fn table(text: &mut String, design: DesignKind, title: &str, results: &[&Result], measure: Measure) {
    writeln!(text, "\n{title}:\n").unwrap();
    let heads: Vec<String> = results
        .iter()
        .map(|r| format!("{} {} {}", r.cell.schools, if r.cell.equal { "bal." } else { "uneq." }, r.cell.icc))
        .collect();
    writeln!(text, "| method | role | {} |", heads.join(" | ")).unwrap();
    writeln!(text, "|---|---|{}", "---|".repeat(heads.len())).unwrap();
    for (place, method) in methods(design).iter().enumerate() {
        let cells: Vec<String> = results.iter().map(|r| entry(&r.tallies[place], measure)).collect();
        if cells.iter().all(|c| c == "-") {
            continue;
        }
        writeln!(text, "| {} | {} | {} |", method.name, method.role.name(), cells.join(" | ")).unwrap();
    }
}

fn entry(tally: &Tally, measure: Measure) -> String {
    let count = match measure {
        Measure::Rejected | Measure::Power => Some(tally.rejected),
        Measure::Covered => tally.covered,
    };
    let Some(count) = count.filter(|_| tally.given > 0) else { return "-".to_owned() };
    let share = percent(count, tally.given);
    let bounds = match measure {
        Measure::Rejected => SIZE,
        Measure::Covered => COVERAGE,
        Measure::Power => [0.0, 100.0],
    };
    let out = tally.method.role == Role::Primary && !(bounds[0]..=bounds[1]).contains(&share);
    let mark = if out { "!" } else { "" };
    let some = if tally.given < tally.tried {
        format!(" ({:.0})", percent(tally.given, tally.tried))
    } else {
        String::new()
    };
    format!("{share:.1}{mark}{some}")
}

/// `part` as percent of `whole`.
pub fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole as f64
}
