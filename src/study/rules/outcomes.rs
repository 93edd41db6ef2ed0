//! Outcomes: a score to be had, for the waves of the study.

use super::Named;
use crate::definition::{
    Notes,
    notes::{did_you_mean, list},
    pointer::child,
};
use crate::diag::{Rule, Severity};
use crate::study::raw::{Outcome, OutcomeRole, Study};

/// D-OUT-001.
pub static NONE: Rule = Rule {
    code: "D-OUT-001",
    severity: Severity::Error,
    title: "a study has no outcome",
    doc: "An outcome is what the study is to find out: a scale of an instrument, or a score of a file.",
};
/// D-OUT-002.
pub static NO_PRIMARY: Rule = Rule {
    code: "D-OUT-002",
    severity: Severity::Warning,
    title: "no outcome is primary",
    doc: "The primary outcome is the one the conclusion rests on, named before the data are seen. Without one, \
          the best-looking result will be picked afterwards.",
};
/// D-OUT-003.
pub static SOURCE: Rule = Rule {
    code: "D-OUT-003",
    severity: Severity::Error,
    title: "an outcome has no source, half of one, or two",
    doc: "`from` names either an `instrument` with its `scale`, or a `score_file` with the `columns` of the \
          waves.",
};
/// D-OUT-004.
pub static UNKNOWN_INSTRUMENT: Rule = Rule {
    code: "D-OUT-004",
    severity: Severity::Error,
    title: "an outcome names an instrument that is not there",
    doc: "`instrument` is the id within one of the files listed under `instruments`.",
};
/// D-OUT-005.
pub static UNKNOWN_SCALE: Rule = Rule {
    code: "D-OUT-005",
    severity: Severity::Error,
    title: "an outcome names a scale its instrument does not have",
    doc: "`scale` is the id of one of the instrument's scales.",
};
/// D-OUT-006.
pub static UNKNOWN_FILE: Rule = Rule {
    code: "D-OUT-006",
    severity: Severity::Error,
    title: "an outcome names a score file that is not there",
    doc: "`score_file` is the id of one of the study's `score_files`, not a path.",
};
/// D-OUT-007.
pub static WAVE_MISSING: Rule = Rule {
    code: "D-OUT-007",
    severity: Severity::Error,
    title: "an outcome has no column for a wave",
    doc: "A score from a file has one column per wave of the study.",
};
/// D-OUT-008.
pub static UNKNOWN_WAVE: Rule = Rule {
    code: "D-OUT-008",
    severity: Severity::Error,
    title: "an outcome has a column for a wave that is not there",
    doc: "`columns` goes from wave id to the name of the column.",
};
/// D-OUT-009.
pub static RANGE: Rule = Rule {
    code: "D-OUT-009",
    severity: Severity::Error,
    title: "the range of an outcome is not in order",
    doc: "`range` is the lowest and the highest possible score, in this order.",
};
/// D-OUT-010.
pub static IDLE_RANGE: Rule = Rule {
    code: "D-OUT-010",
    severity: Severity::Warning,
    title: "a range is given for a scale",
    doc: "The range of a scale is known from its items; the one given here is not used.",
};
/// D-OUT-011.
pub static NO_ANSWERS: Rule = Rule {
    code: "D-OUT-011",
    severity: Severity::Warning,
    title: "an outcome has no answers at a wave",
    doc: "No file of answers belongs to the outcome's instrument and this wave, so nothing can be said about \
          the wave.",
};
/// D-OUT-012.
pub static SAME_SOURCE: Rule = Rule {
    code: "D-OUT-012",
    severity: Severity::Warning,
    title: "two outcomes have the same source",
    doc: "The same score would be tested twice and reported as two results.",
};

/// Checks the outcomes within the study.
pub fn check(study: &Study, notes: &mut Notes) {
    if study.outcomes.is_empty() {
        notes.say(
            &NONE,
            "/outcomes",
            "the study has no outcome",
            "add at least one, with the role \"primary\"",
        );
    } else if !study.outcomes.iter().any(|outcome| outcome.role == OutcomeRole::Primary) {
        notes.say(
            &NO_PRIMARY,
            "/outcomes",
            "no outcome has the role primary",
            "give the one the conclusion rests on the role \"primary\"",
        );
    }
    for (index, outcome) in study.outcomes.iter().enumerate() {
        let at = format!("/outcomes/{index}");
        check_source(study, notes, &at, outcome);
        check_range(notes, &at, outcome);
        let twin = study.outcomes[..index].iter().find(|other| same_source(other, outcome));
        if let Some(twin) = twin {
            let message = format!("outcomes \"{}\" and \"{}\" have the same source", twin.id, outcome.id);
            notes.say(
                &SAME_SOURCE,
                &child(&at, "from"),
                message,
                "delete one of the two, or mend its source",
            );
        }
    }
}

fn same_source(a: &Outcome, b: &Outcome) -> bool {
    let parts = |outcome: &'_ Outcome| {
        let from = outcome.from.clone();
        (from.instrument, from.scale, from.score_file, from.columns)
    };
    parts(a) == parts(b)
}

fn check_source(study: &Study, notes: &mut Notes, at: &str, outcome: &Outcome) {
    let (from, at) = (&outcome.from, child(at, "from"));
    let is_scale = from.instrument.is_some() || from.scale.is_some();
    let is_file = from.score_file.is_some() || !from.columns.is_empty();
    let slip = match (is_scale, is_file) {
        (false, false) => Some("has no source"),
        (true, true) => Some("names both a scale and a score file"),
        (true, false) if from.scale.is_none() => Some("names an instrument without a scale"),
        (true, false) if from.instrument.is_none() => Some("names a scale without an instrument"),
        (false, true) if from.score_file.is_none() => Some("names columns without a score file"),
        _ => None,
    };
    if let Some(slip) = slip {
        let hint =
            "write { \"instrument\": ..., \"scale\": ... } or { \"score_file\": ..., \"columns\": { ... } }";
        notes.say(&SOURCE, &at, format!("outcome \"{}\" {slip}", outcome.id), hint);
        return;
    }
    let Some(file) = &from.score_file else { return };
    if !study.score_files.iter().any(|known| known.id == *file) {
        let message =
            format!("outcome \"{}\" comes from score file \"{file}\", which is not there", outcome.id);
        notes.say(
            &UNKNOWN_FILE,
            &child(&at, "score_file"),
            message,
            did_you_mean(file, study.score_files.iter().map(|file| file.id.as_str())),
        );
    }
    let columns = child(&at, "columns");
    for wave in study.waves.iter().filter(|wave| !from.columns.contains_key(&wave.id)) {
        let message = format!("outcome \"{}\" has no column for wave \"{}\"", outcome.id, wave.id);
        notes.say(&WAVE_MISSING, &columns, message, format!("add \"{}\": the name of its column", wave.id));
    }
    for wave in from.columns.keys().filter(|wave| study.wave_index(wave).is_none()) {
        let message =
            format!("outcome \"{}\" has a column for wave \"{wave}\", which is not there", outcome.id);
        notes.say_key(
            &UNKNOWN_WAVE,
            &child(&columns, wave),
            message,
            did_you_mean(wave, study.waves.iter().map(|wave| wave.id.as_str())),
        );
    }
}

fn check_range(notes: &mut Notes, at: &str, outcome: &Outcome) {
    let Some([low, high]) = outcome.range else { return };
    if low >= high {
        let message = format!(
            "the range of outcome \"{}\" goes from {low} to {high}, expected the lower first",
            outcome.id
        );
        notes.say(&RANGE, &child(at, "range"), message, "write [lowest, highest]");
    }
    if outcome.from.instrument.is_some() {
        let message = format!("outcome \"{}\" is a scale, whose range is known", outcome.id);
        notes.say_key(&IDLE_RANGE, &child(at, "range"), message, "delete \"range\"");
    }
}

/// Checks the outcomes against their instruments.
pub fn check_bound(study: &Study, named: &[Named], notes: &mut Notes) {
    for (index, outcome) in study.outcomes.iter().enumerate() {
        let at = format!("/outcomes/{index}/from");
        let (Some(id), Some(scale)) = (&outcome.from.instrument, &outcome.from.scale) else { continue };
        let Some(one) = named.iter().find(|one| one.instrument.id == *id) else {
            let message =
                format!("outcome \"{}\" comes from instrument \"{id}\", which is not there", outcome.id);
            notes.say(
                &UNKNOWN_INSTRUMENT,
                &child(&at, "instrument"),
                message,
                did_you_mean(id, named.iter().map(|one| one.instrument.id.as_str())),
            );
            continue;
        };
        if one.instrument.scale(scale).is_none() {
            let known = || one.instrument.scales.iter().map(|scale| scale.id.as_str());
            let message = format!("instrument \"{id}\" has no scale \"{scale}\"; it has {}", list(known()));
            let ids: Vec<&str> = known().collect();
            notes.say(
                &UNKNOWN_SCALE,
                &child(&at, "scale"),
                message,
                did_you_mean(scale, ids.iter().copied()),
            );
        }
        let answered =
            |wave: &str| study.responses.iter().any(|file| file.instrument == *id && file.wave == wave);
        for wave in study.waves.iter().filter(|wave| !answered(&wave.id)) {
            let message =
                format!("outcome \"{}\" has no answers to \"{id}\" at wave \"{}\"", outcome.id, wave.id);
            notes.say(&NO_ANSWERS, &at, message, "add the file to `responses`");
        }
    }
}
