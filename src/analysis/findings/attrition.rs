//! Loss of schools and persons, and the verdict of the What Works Clearinghouse on it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::study::{ArmRole, AttritionBoundary};

/// Loss behind one outcome.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AttritionFindings {
    /// Outcome id.
    pub outcome: String,
    /// The boundary that the study declares.
    pub declared: AttritionBoundary,
    /// Loss of schools where schools came into arms as a whole, of persons in the schools that stayed, and of
    /// persons without those met at the last wave only.
    pub levels: Vec<AttritionLevel>,
    /// Whether loss is low at every level but the last by the declared boundary; none where there is no
    /// comparison, since the boundaries are about the difference between arms.
    pub low: Option<bool>,
}

/// Loss at one level.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AttritionLevel {
    /// What was lost.
    pub unit: AttritionUnit,
    /// Programme before comparison; one entry where there is one group.
    pub groups: Vec<GroupLoss>,
    /// Share lost of all together.
    pub overall: f64,
    /// Difference between the arms' shares, without sign (0.063 is 6.3 percentage points).
    pub differential: Option<f64>,
    /// Verdict where the programme could change who stays.
    pub cautious: Option<BoundaryVerdict>,
    /// Verdict where it could not.
    pub optimistic: Option<BoundaryVerdict>,
}

impl AttritionLevel {
    /// The verdict by a boundary.
    pub fn verdict(&self, boundary: AttritionBoundary) -> Option<BoundaryVerdict> {
        match boundary {
            AttritionBoundary::Cautious => self.cautious,
            AttritionBoundary::Optimistic => self.optimistic,
        }
    }
}

/// What is counted as lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttritionUnit {
    /// Schools of the roster without a person behind the estimate.
    School,
    /// Persons of the roster, in schools that stayed, who are not behind the estimate.
    Person,
    /// The same without persons who were met at the last wave only: absent first, or joined later.
    PersonWithoutJoiners,
}

/// Loss of one group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GroupLoss {
    /// What the group received; none where there is one group.
    pub role: Option<ArmRole>,
    /// Units on the roster.
    pub assigned: usize,
    /// Units behind the estimate.
    pub analysed: usize,
    /// Share lost.
    pub lost: f64,
}

/// The verdict by one boundary.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BoundaryVerdict {
    /// Largest difference between arms that would be low; none where any would be high.
    pub limit: Option<f64>,
    /// Whether loss is low.
    pub low: bool,
}
