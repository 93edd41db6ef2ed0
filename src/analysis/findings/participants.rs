//! Who took part: from roster to linked.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::i18n::Text;
use crate::instrument::Respondent;

/// Who took part.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Participants {
    /// Schools, by arm; absent where the roster names no school.
    pub schools: Option<usize>,
    /// Districts named in the roster.
    pub districts: usize,
    /// Venues named in the roster.
    pub venues: usize,
    /// One entry per kind of respondent.
    pub groups: Vec<ParticipantGroup>,
}

/// The participants of one kind.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ParticipantGroup {
    /// Who they are.
    pub respondent: Respondent,
    /// Persons in the roster.
    pub roster: usize,
    /// Flow by arm (one entry where there is one group): how many were tested, linked, lost.
    pub flow: Vec<Flow>,
    /// The same by school, for the match report; school codes only.
    pub by_school: Vec<Flow>,
    /// Counts of background characteristics: column id to value to persons.
    pub background: Vec<Background>,
    /// Linked against lost at the first wave, per outcome: attrition and its possible bias.
    pub lost: Vec<LostComparison>,
}

/// Persons from roster to linked.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Flow {
    /// Arm or school id; blank for everybody.
    pub group: String,
    /// Wording of the group.
    pub label: Text,
    /// Persons in the roster.
    pub roster: usize,
    /// Persons with an answer, by wave in wave order.
    pub tested: Vec<usize>,
    /// Persons with an answer at the first and at the last wave.
    pub linked: usize,
    /// Tested first, not last.
    pub only_first: usize,
    /// Tested last, not first: absentees of the first wave and late joiners.
    pub only_last: usize,
}

/// Counts of one background characteristic.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Background {
    /// Wording.
    pub label: Text,
    /// Value, wording and persons.
    pub values: Vec<BackgroundValue>,
}

/// Persons with one value.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct BackgroundValue {
    /// Wording.
    pub label: Text,
    /// Persons.
    pub n: usize,
}

/// First-wave scores of persons who stayed and persons who were lost.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct LostComparison {
    /// Outcome id.
    pub outcome: String,
    /// Mean of the linked at the first wave.
    pub linked_mean: f64,
    /// Linked persons.
    pub linked_n: usize,
    /// Mean of the lost at the first wave.
    pub lost_mean: f64,
    /// Lost persons.
    pub lost_n: usize,
    /// Hedges g of linked minus lost.
    pub g: f64,
}
