//! What is related to the change, as an association: training hours, and the change of the staff.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::i18n::Text;
use crate::instrument::Respondent;

/// A roster column with how much of the programme a person received.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dose {
    /// Short name.
    pub id: String,
    /// Name in reports, such as "Training hours".
    pub label: Text,
    /// Whose roster has the column (default `teacher`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub respondent: Option<Respondent>,
    /// Column of that roster: numbers from 0; blank where it is not known.
    pub column: String,
    /// Unit in reports (default hours).
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub unit: Text,
    /// The slope is told per so many units (default 10).
    #[serde(default = "ten")]
    pub per: f64,
}

impl Dose {
    /// Whose roster has the column.
    pub fn respondent(&self) -> Respondent {
        self.respondent.unwrap_or(Respondent::Teacher)
    }
}

fn ten() -> f64 {
    10.0
}

/// The change of an outcome of the staff against the change of an outcome of students, school by school.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Linkage {
    /// Id of an outcome of teachers, principals or observed lessons.
    pub from: String,
    /// Id of an outcome of students.
    pub to: String,
}

/// For fields that are left out of a written study where they are `false`.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out a reference")]
pub(super) fn is_false(value: &bool) -> bool {
    !*value
}
