//! Which table turns an effect size into months of progress.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A table of the Education Endowment Foundation; they differ for very small effects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProgressTable {
    /// The Teaching and Learning Toolkit: 0 months up to 0.01.
    Toolkit,
    /// Reports of single trials: 0 months up to 0.04.
    EefReports,
}
