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

Remake with `cargo bench --bench calibration` (writes this file and `calibration.json`; minutes on two
cores; the studies are defined in `tests/calibration/design.rs`, the analyses in `methods.rs`). The seed was chosen
once, before the first run.

What it shows:

- Students as units find a change that is not there in 12 to 54 percent of studies, the more the more schools differ.
  So does the mixed model without a school-by-wave term, with either kind of degrees of freedom. CR0 and CR1 with
  normal quantiles reject 6 to 17 percent.
- `cluster_mean_t` (one group) and `did_cluster_cr2` (comparison) keep level and coverage in every cell.
- `ancova_cr2` (randomised) keeps its level in every cell, but is at the edge where school sizes differ much: large
  schools weigh most, and its degrees of freedom are those of independent students. `ancova_working_cr2`, the same
  CR2 after weighing schools by the correlation that REML finds (`impact::working`), is right in every cell, gives an
  answer in every study and has more power with unequal schools: the primary method for that design.
- Mixed models with the school-by-wave term and Kenward-Roger are close to right, but where schools differ little
  some studies have no variance between schools at all and get no answer.
";

/// The tables for people.
pub fn markdown(results: &[Result]) -> String {
    let mut text = HEAD.to_owned();
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
