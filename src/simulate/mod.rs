//! A study made by a computer model, for trying out instruments, analyses and reports.
//!
//! `text -> Model`: `parse`. `Study + Model + seed -> files`: [`simulate`] writes every roster and every file of answers that the
//! study names, as a school would hand them in: blanks, items not reached, double marks, absent students,
//! booklets that alternate. `truth` computes what the scores of those files are expected to be, so that an
//! analysis can be held against it. Same seed, same bytes.
//!
//! `model` says what is generated, `parameters` and `curve` how hard the items are, `people` and `ability` who
//! answers, `answer`, `background` and `responses` what they write, `points` what it is worth.

mod ability;
mod answer;
mod background;
mod curve;
pub mod model;
mod parameters;
mod parse;
mod people;
mod points;
mod responses;
mod roster;
mod stream;
mod table;
mod truth;

pub use model::Model;
pub use parse::{parse, schema};
pub use truth::{ArmTruth, InstrumentTruth, OutcomeTruth, Truth, WaveTruth, truth};

use crate::instrument::ItemKind;
use crate::io::whole::Output;
use crate::study::{ArmRole, BoundStudy, Study};
use parameters::{Parameters, resolve_parameters};

/// The name of the file that holds the truth, within the study folder.
pub const TRUTH_FILE: &str = "truth.json";

/// A model that does not fit its study, or a study that cannot be simulated.
#[derive(Debug, thiserror::Error)]
pub enum SimulateError {
    /// An instrument of the study has no entry in the model.
    #[error("the model has no entry for the instrument `{instrument}`")]
    NoModel {
        /// Instrument id.
        instrument: String,
    },
    /// The model sets an item that the instrument does not have.
    #[error("the model sets the item `{item}`, which the instrument `{instrument}` does not have")]
    UnknownItem {
        /// Instrument id.
        instrument: String,
        /// Item id.
        item: String,
    },
    /// A scored item whose type has no rule.
    #[error("the model of `{instrument}` has no entry in `forms` for the type of the item `{item}`")]
    NoForm {
        /// Instrument id.
        instrument: String,
        /// Item id.
        item: String,
    },
    /// A rule with another number of steps than the item has.
    #[error(
        "the item `{item}` of `{instrument}` has {expected} steps, but its form in the model has {found}"
    )]
    Steps {
        /// Instrument id.
        instrument: String,
        /// Item id.
        item: String,
        /// Steps in the model.
        found: usize,
        /// Steps of the item.
        expected: usize,
    },
    /// A scored item that is shown only to some: its expected score would depend on who sees it.
    #[error("the item `{item}` of `{instrument}` is scored and has `show_if`; such items are not simulated")]
    Conditional {
        /// Instrument id.
        instrument: String,
        /// Item id.
        item: String,
    },
    /// A short answer of the model that the item judges otherwise.
    #[error("the model lists `{answer}` on the wrong side for the item `{item}` of `{instrument}`")]
    ShortAnswer {
        /// Instrument id.
        instrument: String,
        /// Item id.
        item: String,
        /// The answer.
        answer: String,
    },
    /// A school in an arm that the study does not have.
    #[error("the school `{school}` is in the arm `{arm}`, which is no arm of the study")]
    UnknownArm {
        /// School id.
        school: String,
        /// Arm id; empty where the model gives none.
        arm: String,
    },
    /// More people than ids can name.
    #[error("`{school}`: ids have room for 99 schools with 999 students and 99 teachers each")]
    TooMany {
        /// School id.
        school: String,
    },
    /// A file of a kind that is not written.
    #[error("`{file}` cannot be simulated: {reason}")]
    NotWritten {
        /// Path as the study names it.
        file: String,
        /// What is in the way.
        reason: &'static str,
    },
    /// Booklets without a column for them.
    #[error("`{file}`: the instrument has booklets, but `columns` names no `booklet`")]
    NoBookletColumn {
        /// Path as the study names it.
        file: String,
    },
    /// A covariate or subgroup that nobody draws.
    #[error("`{file}`: the study uses the column `{column}`, but the model has no attribute for it")]
    NoColumn {
        /// Path as the study names it.
        file: String,
        /// Column name.
        column: String,
    },
    /// Characters that the encoding of a file lacks.
    #[error("`{file}` cannot be written as `{encoding}`")]
    Encoding {
        /// Path as the study names it.
        file: String,
        /// Encoding label.
        encoding: String,
    },
}

/// Every file the study names, and [`TRUTH_FILE`]; paths are relative to the study file.
///
/// # Errors
/// The model does not fit the study or its instruments, or the study names files that are not simulated.
pub fn simulate(study: &BoundStudy, model: &Model, seed: u64) -> Result<Vec<Output>, SimulateError> {
    check_files(&study.study)?;
    let all = resolve(study, model)?;
    let people = people::draw_people(model, study.study.waves.len(), seed)?;
    let mut outputs = Vec::new();
    for file in &study.study.roster {
        let table = roster::draw_roster(&study.study, model, file, &people)?;
        outputs.push(Output::new(&file.file, table.render(&file.file, &file.format)?));
    }
    for file in &study.study.responses {
        let parameters = all.iter().find(|parameters| parameters.instrument.id == file.instrument);
        let parameters =
            parameters.ok_or_else(|| SimulateError::NoModel { instrument: file.instrument.clone() })?;
        let wave = study.study.wave_index(&file.wave).unwrap_or(0);
        let sitting =
            responses::Sitting { study: &study.study, model, parameters, file, wave, people: &people, seed };
        outputs.push(Output::new(&file.file, sitting.draw()?.render(&file.file, &file.format)?));
    }
    let mut json = serde_json::to_string_pretty(&truth(study, model)?).unwrap_or_default();
    json.push('\n');
    outputs.push(Output::new(TRUTH_FILE, json));
    Ok(outputs)
}

/// Whether schools of `arm` have the programme; without arms everybody has.
fn has_programme(study: &Study, arm: Option<&str>) -> bool {
    study.arms.is_empty()
        || study.arms.iter().any(|other| Some(other.id.as_str()) == arm && other.role == ArmRole::Programme)
}

fn model_of<'a>(model: &'a Model, instrument: &str) -> Result<&'a model::InstrumentModel, SimulateError> {
    model
        .instruments
        .get(instrument)
        .ok_or_else(|| SimulateError::NoModel { instrument: instrument.to_owned() })
}

fn resolve<'a>(study: &'a BoundStudy, model: &'a Model) -> Result<Vec<Parameters<'a>>, SimulateError> {
    check_arms(&study.study, model)?;
    let mut all = Vec::new();
    for bound in &study.instruments {
        let parameters =
            resolve_parameters(&bound.instrument, model_of(model, &bound.instrument.id)?, model.item_seed)?;
        check_short_answers(&parameters)?;
        all.push(parameters);
    }
    Ok(all)
}

fn check_arms(study: &Study, model: &Model) -> Result<(), SimulateError> {
    let known = |arm: &str| study.arms.iter().any(|other| other.id == arm);
    let stray = model.schools.iter().find(|school| match &school.arm {
        Some(arm) => !known(arm),
        None => !study.arms.is_empty(),
    });
    match stray {
        None => Ok(()),
        Some(school) => Err(SimulateError::UnknownArm {
            school: school.id.clone(),
            arm: school.arm.clone().unwrap_or_default(),
        }),
    }
}

fn check_files(study: &Study) -> Result<(), SimulateError> {
    let refuse = |file: &str, reason| Err(SimulateError::NotWritten { file: file.to_owned(), reason });
    if let Some(file) = study.score_files.first() {
        return refuse(&file.file, "files that already hold scores are not drawn from a model");
    }
    for file in &study.responses {
        if file.scored {
            return refuse(&file.file, "it holds points, and the model draws answers");
        }
        if file.file.ends_with(".parquet") {
            return refuse(&file.file, "only delimited text is written");
        }
    }
    Ok(())
}

fn check_short_answers(parameters: &Parameters) -> Result<(), SimulateError> {
    for item in &parameters.items {
        let Some(rule) = item.rule else { continue };
        let stray = rule
            .right
            .iter()
            .find(|answer| !is_accepted(&item.item.kind, answer))
            .or_else(|| rule.wrong.iter().find(|answer| is_accepted(&item.item.kind, answer)));
        if let Some(answer) = stray {
            return Err(SimulateError::ShortAnswer {
                instrument: parameters.instrument.id.clone(),
                item: item.item.id.clone(),
                answer: answer.clone(),
            });
        }
    }
    Ok(())
}

fn is_accepted(kind: &ItemKind, answer: &str) -> bool {
    let folded = |text: &str| text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    match kind {
        ItemKind::ShortText { spellings } => {
            spellings.iter().any(|spelling| folded(spelling) == folded(answer))
        }
        ItemKind::ShortNumber { number, tolerance, .. } => answer
            .replace(',', ".")
            .trim()
            .parse::<f64>()
            .is_ok_and(|value| (value - number).abs() <= tolerance + 1e-9),
        _ => false,
    }
}
