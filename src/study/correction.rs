//! How the p-values of a family of tests are corrected for being several.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A correction for several tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Correction {
    /// Holm: the chance of even one false finding in the family stays at alpha, whatever the tests share.
    #[default]
    Holm,
    /// Hochberg: the same for tests that are independent or positively dependent; finds a little more.
    Hochberg,
    /// Benjamini and Hochberg: among the findings of the family a share of alpha is false on average.
    BenjaminiHochberg,
}
