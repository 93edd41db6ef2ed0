//! How strictly loss is judged, declared before anybody knows who was lost.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The boundary of the What Works Clearinghouse at which loss counts as high. Declare it before the last wave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttritionBoundary {
    /// The programme could change who stays: the stricter boundary.
    #[default]
    Cautious,
    /// It could not.
    Optimistic,
}
