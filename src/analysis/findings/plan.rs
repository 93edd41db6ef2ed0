//! The design as read, the analysis it calls for, and what was refused.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::i18n::Text;
use crate::study::Assignment;

/// The design as read from study and roster, and what follows from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Plan {
    /// The design.
    pub design: Design,
    /// How units came into their arm.
    pub assignment: Assignment,
    /// Schools per arm (or in all); none where the roster names no school.
    pub schools: Option<Vec<usize>>,
    /// Whether every wave meets other persons of the same schools.
    #[serde(default)]
    pub cross_sections: bool,
    /// Whether persons of one school are in several arms.
    #[serde(default)]
    pub arms_within_schools: bool,
    /// Strata or pairs of schools that the analysis keeps to; none where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strata: Option<StrataSummary>,
    /// Sizes of the schools in persons; none where schools are unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sizes: Option<SchoolSizes>,
    /// The verb the report may use.
    pub claim: Claim,
    /// Method of the primary estimate; none where nothing is estimated (a single wave).
    pub primary: Option<Method>,
    /// Methods of the sensitivity estimates.
    pub sensitivity: Vec<Method>,
    /// Reasons, and analyses refused, each with its code.
    pub reasons: Vec<Notice>,
    /// Two-sided error rate. Every interval of the findings holds 1 - alpha.
    pub alpha: f64,
}

/// Strata or pairs of schools.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StrataSummary {
    /// Whether they were declared as pairs.
    pub pairs: bool,
    /// How many.
    pub count: usize,
    /// Those whose schools are all in one arm: they tell nothing about the difference.
    pub one_sided: usize,
}

/// Sizes of schools in persons of the roster.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SchoolSizes {
    /// Smallest.
    pub smallest: usize,
    /// Median.
    pub median: f64,
    /// Largest.
    pub largest: usize,
    /// Standard deviation over mean; none for one school.
    pub variation: Option<f64>,
    /// Classes; none where the roster names none.
    pub classes: Option<usize>,
}

/// A design.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Design {
    /// One group, linked before and after, schools known.
    OneGroupClustered,
    /// One group, linked before and after, schools unknown.
    OneGroupUnclustered,
    /// Programme and comparison, linked, schools known.
    ComparisonClustered,
    /// Programme and comparison, linked, schools unknown.
    ComparisonUnclustered,
    /// One wave only: nothing changed that could be seen.
    SingleWave,
}

/// What the wording may claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// Change between tests.
    Change,
    /// Difference in change, associated with the programme.
    Association,
    /// Effect of the programme.
    Effect,
    /// Description only.
    Description,
}

/// How an estimate was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Mean of the school mean changes, t on schools - 1.
    ClusterMeanT,
    /// Mean change of students, CR2 by school, Satterthwaite df.
    StudentCr2,
    /// Sign-flip test over schools; no interval.
    SignFlip,
    /// Difference of school mean changes, CR2 (the Welch standard error), Satterthwaite df.
    DidClusterCr2,
    /// Difference of school mean changes, pooled variance, t on schools - 2.
    DidClusterPooled,
    /// Difference of student changes, with an effect for each school where arms share schools, CR2 by school,
    /// Satterthwaite df.
    DidStudentCr2,
    /// Difference of the arms within each school, mean over schools, t on schools - 1: students of one school in
    /// both arms.
    WithinSchoolT,
    /// Post score on arm and pretest, CR2 by school, Satterthwaite df.
    AncovaCr2,
    /// Post score on arm and pretest, students of one school alike in the working covariance (random intercept),
    /// CR2 by school, Satterthwaite df.
    AncovaWorking,
    /// Post score on arm and pretest with an effect for each school, CR2 by school: arms drawn within schools.
    AncovaWithin,
    /// Post score on arm, pretest and the school's mean pretest, CR2 by school, Satterthwaite df.
    AncovaContextual,
    /// School mean of post scores on arm and school mean pretest, every school alike, CR2, Satterthwaite df.
    AncovaSchoolMeans,
    /// Mixed model whose difference between the arms varies over schools (multisite), Kenward-Roger.
    Multisite,
    /// Mean change of students (or their difference), weighted by the roster, CR2 by school.
    WeightedCr2,
    /// Permutation of schools over arms; no interval.
    SchoolPermutation,
    /// Permutation of students over arms within their schools; no interval.
    StudentPermutation,
    /// Paired t on persons; schools unknown.
    PairedT,
    /// Welch t on person changes; schools unknown.
    DidWelch,
    /// Pooled t on person changes; schools unknown.
    DidPooled,
    /// ANCOVA with ordinary standard errors; schools unknown.
    AncovaOls,
    /// The primary method with not-reached answers left out of the score.
    NotReachedMissing,
    /// The primary method with measures whose drifted common items are free to differ between waves.
    DriftFreeAnchors,
    /// The primary method without persons whose answers to the questionnaire look careless.
    WithoutFlagged,
    /// The primary method with scores adjusted for the severity of raters.
    SeverityAdjusted,
}

impl Method {
    /// Whether the difference between the arms is adjusted for the pretest by regression.
    pub fn is_adjusted(self) -> bool {
        use Method::{
            AncovaContextual, AncovaCr2, AncovaOls, AncovaSchoolMeans, AncovaWithin, AncovaWorking, Multisite,
        };
        matches!(
            self,
            AncovaContextual
                | AncovaCr2
                | AncovaOls
                | AncovaSchoolMeans
                | AncovaWithin
                | AncovaWorking
                | Multisite
        )
    }

    /// Whether it is a test by sign flips or re-assignment, without an interval: what is left with few schools.
    pub fn reassigns(self) -> bool {
        matches!(self, Method::SignFlip | Method::SchoolPermutation | Method::StudentPermutation)
    }
}

/// Whose average an estimate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weighting {
    /// Every school counts the same.
    Schools,
    /// Every person counts the same.
    Persons,
    /// A school of n students counts n / (1 + (n - 1) rho), with rho the likeness of its students.
    Precision,
    /// A school of n students, a share p of them in the programme, counts n p (1 - p).
    WithinSchools,
}

impl Plan {
    /// Whose average the primary estimate is; none where there is none.
    pub fn weighting(&self) -> Option<Weighting> {
        use Method::{
            AncovaSchoolMeans, AncovaWithin, AncovaWorking, ClusterMeanT, DidClusterCr2, DidClusterPooled,
            DidStudentCr2, Multisite, SchoolPermutation, SignFlip, StudentPermutation, WithinSchoolT,
        };
        Some(match self.primary? {
            ClusterMeanT | SignFlip | DidClusterCr2 | DidClusterPooled | SchoolPermutation
            | AncovaSchoolMeans | WithinSchoolT => Weighting::Schools,
            AncovaWorking | Multisite => Weighting::Precision,
            AncovaWithin | StudentPermutation => Weighting::WithinSchools,
            DidStudentCr2 if self.arms_within_schools => Weighting::WithinSchools,
            _ => Weighting::Persons,
        })
    }

    /// Whether an estimate that gives every student the same weight stands beside the primary one.
    pub fn students_beside(&self) -> bool {
        let of_students = [Method::StudentCr2, Method::DidStudentCr2];
        self.sensitivity.iter().any(|method| of_students.contains(method)) && !self.arms_within_schools
    }
}

/// A reason, refusal or caution, worded in both languages where it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Notice {
    /// Stable code, such as `A-DESIGN-002`.
    pub code: String,
    /// What it is about: outcome, instrument or scale id; blank for the whole study.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// How it is to be read.
    pub kind: NoticeKind,
    /// The sentence.
    pub text: Text,
}

/// How a notice is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// Why something was chosen.
    Reason,
    /// What was refused and why.
    Refusal,
    /// What limits the reading.
    Caution,
}
