//! How many tests were run.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Every test behind the findings, by kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TestsRun {
    /// All of them.
    pub total: usize,
    /// p-values below alpha to be expected if no test had anything to find: alpha times the total.
    pub expected_by_chance: f64,
    /// By kind; kinds without a test are left out.
    pub kinds: Vec<TestCount>,
}

/// The tests of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TestCount {
    /// The kind.
    pub kind: TestKind,
    /// How many.
    pub n: usize,
}

/// What a test was run for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TestKind {
    /// The primary estimate of an outcome; these alone are corrected within families.
    Primary,
    /// The same question by another method or on other data.
    Sensitivity,
    /// The same question by every other method, in the annex on agreement; rows that repeat an estimate count there.
    Agreement,
    /// Changes between other waves than the two compared, or by another method, and the trend.
    Growth,
    /// The change within each arm of a comparison.
    WithinArm,
    /// Subgroups.
    Subgroup,
    /// Levels and other parts of the distribution.
    Distribution,
    /// Single items before and after.
    Item,
    /// Items that work differently in groups.
    Dif,
    /// Fit of measurement models.
    Model,
    /// Raters.
    Rater,
    /// The classical appendix.
    Classical,
    /// Anything else.
    Other,
}

impl TestKind {
    /// Every kind, in the order of the report.
    pub const ALL: [TestKind; 13] = [
        TestKind::Primary,
        TestKind::Sensitivity,
        TestKind::Agreement,
        TestKind::Growth,
        TestKind::WithinArm,
        TestKind::Subgroup,
        TestKind::Distribution,
        TestKind::Item,
        TestKind::Dif,
        TestKind::Model,
        TestKind::Rater,
        TestKind::Classical,
        TestKind::Other,
    ];
}
