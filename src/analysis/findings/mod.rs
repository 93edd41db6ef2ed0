//! Everything the report says, typed: format `dampak.findings/1`.
//!
//! A number in prose, in a table or on a chart comes from a field here; nothing is computed further down.
//! Shares are fractions of 1. What could not be computed is absent, with its reason in `outcomes` of the
//! kind [`Notice`], never NaN.

mod agreement;
mod appendix;
mod associations;
mod attrition;
mod baseline;
mod bounds;
mod classical;
mod dif;
mod distribution;
mod equivalence;
mod estimates;
mod flow;
mod growth;
mod imputed;
mod instruments;
mod levels;
mod lock;
mod measurement;
mod outcomes;
mod participants;
mod plan;
mod planning;
mod quality;
mod raters;
mod severity;
mod subgroups;
mod tests_run;
mod translation;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::i18n::Text;
use crate::study::ArmRole;
use crate::study::ItemThresholds;
use crate::study::MissingRule;

pub use agreement::{AgreementFindings, AgreementRow, InferenceMethod, LeaveOneOut};
pub use appendix::{
    ClassicalFindings, ClassicalT, ComparedScore, CorrectedT, EqualVariances, GainFindings, HakeBand,
    IndependentT, NormalityFindings, NormalityTest, PairedT, PercentBand, RankP, RankSums, RhoSource,
    SchoolError, SignedRanks, VarianceRatio,
};
pub use associations::{
    AssociationFindings, AssociationKind, AssociationPoint, AssociationSlope, SchoolwiseFindings,
};
pub use attrition::{AttritionFindings, AttritionLevel, AttritionUnit, BoundaryVerdict, GroupLoss};
pub use baseline::{
    Balance, BalanceSize, BaselineBand, BaselineFindings, BaselineRow, BaselineSubject, BaselineVerdict,
    CompositionRow, GroupScore, LostRow,
};
pub use bounds::{BoundsFindings, FilledIn, LeeFindings, LostScore, RosterBounds, TippingFindings};
pub use classical::{
    Dimensions, Distractor, ItemCorrelationRange, ItemVerdict, OptionCurve, OptionCurves, Reliability,
    ScoreError, ScoreGroup, Verdict, VerdictReason,
};
pub use dif::{DifClass, DifFindings, DifItem, LogisticDif};
pub use distribution::{
    ArmQuantiles, QuantileDifferenceFindings, QuantileFindings, QuantileRow, SuperiorityFindings,
    SuperiorityKind,
};
pub use equivalence::{EquivalenceFindings, EquivalenceVerdict};
pub use estimates::{AdjustedP, ArmChange, Draws, EffectSize, EstimateFindings, Mdes};
pub use flow::{AnalysedFlow, ArmFlowFindings, FlowFindings, LinkRates, SchoolFlow, SchoolLink};
pub use growth::{GrowthContrast, GrowthFindings, TimeUnit};
pub use imputed::{
    ChainFindings, CorrectedFindings, ImputedFindings, LeftOut, MeasurementErrorFindings, PlausibleFindings,
    ReliableChangeFindings, ScoreReliability,
};
pub use instruments::{
    AnswerCounts, Estimate, Flag, InstrumentFindings, ItemFindings, OptionFindings, ScaleFindings,
};
pub use levels::{
    CutFindings, LevelModels, MovementFindings, OddsFindings, OddsModel, ParallelFindings, ReachedFindings,
    ReachedShare, TableTestFindings, ThresholdOdds,
};
pub use lock::{AmendmentFindings, Deviation, DeviationKind, PlanItem, PlanLockFindings};
pub use measurement::{
    AnchorFindings, Calibrated, DependenceFindings, DependentPair, FitFindings, InformationCurve,
    InformationPoint, ItemCurveFindings, ItemMeasure, LinkFindings, MeanSquareFindings, MeasurementFindings,
    ModelFindings, ObservedShare, PersonFindings, PopulationFindings, ScoreRow, ScoreTable, TestFindings,
    WaveTest,
};
pub use outcomes::{
    Descriptive, Direction, Histogram, IccFindings, ItemChange, LevelFindings, LevelName, LevelShare,
    LevelShares, LevelTransition, OutcomeFindings, SchoolChange,
};
pub use participants::{Background, BackgroundValue, Flow, LostComparison, ParticipantGroup, Participants};
pub use plan::{Claim, Design, Method, Notice, NoticeKind, Plan, SchoolSizes, StrataSummary, Weighting};
pub use planning::{PlanningFindings, PowerCurve, PowerPoint};
pub use quality::{
    AnswerQuality, IndexFindings, QualityFindings, QualityIndexKind, QualitySensitivity, UnusedIndex,
};
pub use raters::{
    AgreementBand, AgreementVerdict, Coefficient, CoefficientOutcome, IccKind, ItemAgreement, KappaKind,
    RaterDesign, RaterFindings, RaterIcc, RaterLayout, RaterPair, RaterRow, RaterSeverity, ScoreAgreement,
};
pub use severity::{EqualSeverityTest, SeverityFindings, SeverityModel, SeverityRow, SeveritySensitivity};
pub use subgroups::{InteractionFindings, InteractionMethod, SubgroupChange, SubgroupFindings};
pub use tests_run::{TestCount, TestKind, TestsRun};
pub use translation::{
    BetweenArms, ImprovedShare, MonthsFindings, ObservedSuperiority, Translated, Translation,
};

/// The version tag of findings.
pub const FORMAT: &str = "dampak.findings/1";

/// Everything a study says.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Findings {
    /// Always `dampak.findings/1`.
    pub format: String,
    /// Where the findings come from.
    pub provenance: Provenance,
    /// What the study is.
    pub study: StudySummary,
    /// Which analysis was chosen, and why.
    pub plan: Plan,
    /// The plan fixed beforehand against what was done; none where the plan was not locked.
    #[serde(default)]
    pub plan_lock: Option<PlanLockFindings>,
    /// The rules of the study that shape scores and report.
    pub rules: Rules,
    /// Who took part.
    pub participants: Participants,
    /// From the roster to the persons behind the estimates, in schools and persons.
    #[serde(default)]
    pub flow: FlowFindings,
    /// Loss behind every declared outcome.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attrition: Vec<AttritionFindings>,
    /// How alike groups were before the programme.
    #[serde(default)]
    pub baseline: BaselineFindings,
    /// Instruments, one entry per instrument and wave.
    pub instruments: Vec<InstrumentFindings>,
    /// Scales measured by item response theory.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measurement: Vec<MeasurementFindings>,
    /// Items that work differently in groups of equal ability.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dif: Vec<DifFindings>,
    /// Raters, one entry per instrument and wave whose data hold ratings by several people.
    #[serde(default)]
    pub raters: Vec<RaterFindings>,
    /// Severity of raters, one entry per instrument whose data hold ratings by several people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub severity: Vec<SeverityFindings>,
    /// Quality of the answers to questionnaires.
    #[serde(default)]
    pub answer_quality: AnswerQuality,
    /// Outcomes in the order of the study.
    pub outcomes: Vec<OutcomeFindings>,
    /// The classical appendix, one entry per primary and secondary outcome with an estimate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classical: Vec<ClassicalFindings>,
    /// How many tests were run, by kind.
    #[serde(default)]
    pub tests_run: TestsRun,
    /// Training hours and changes of the staff against the change, as associations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub associations: Vec<AssociationFindings>,
    /// The next study, one entry per primary outcome.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub planning: Vec<PlanningFindings>,
    /// What the reader must know, collected from everywhere.
    pub notices: Vec<Notice>,
}

/// The rules of the study that shape scores and report.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Rules {
    /// What a blank before a person's last answer counted as.
    pub omitted: MissingRule,
    /// What a blank after a person's last answer counted as.
    pub not_reached: MissingRule,
    /// Smallest group that is described; smaller ones are counted only.
    pub smallest_cell: usize,
    /// Smallest change that would matter, in standard deviations; none where the study declares none.
    pub smallest_effect_of_interest: Option<f64>,
    /// Draws of a permutation test that cannot list every assignment.
    pub permutations: usize,
    /// Limits at which items were marked and judged.
    #[serde(default)]
    pub item_thresholds: ItemThresholds,
}

/// Where findings come from, so that they can be made again.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Provenance {
    /// Version of dampak.
    pub version: String,
    /// Seed of everything drawn at random.
    pub seed: u64,
    /// Name of the study file, without its folder.
    pub study_file: String,
    /// SHA-256 of the analysis plan as JSON.
    pub plan_sha256: String,
    /// Input files with their SHA-256, in the order they are named.
    pub inputs: Vec<InputFile>,
}

/// An input file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InputFile {
    /// Path as the study names it.
    pub path: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Data rows, for data files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<usize>,
}

/// What the study is.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct StudySummary {
    /// Short name.
    pub id: String,
    /// Title.
    pub title: Text,
    /// Whether the data were made by a computer model.
    pub simulated: bool,
    /// Where the data come from.
    pub source: Text,
    /// Programme: name, provider, description.
    pub programme: Option<ProgrammeSummary>,
    /// Waves in order.
    pub waves: Vec<Named>,
    /// Ids of the two waves between which the primary change is counted; the first and the last where it is left
    /// out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compared: Option<[String; 2]>,
    /// Arms; empty where there is one group without a name.
    pub arms: Vec<ArmSummary>,
    /// Authors.
    pub authors: Vec<String>,
    /// Date on the cover.
    pub date: Option<String>,
}

impl StudySummary {
    /// Places of the two waves between which the primary change is counted; none with fewer than two waves.
    pub fn compared_waves(&self) -> Option<[usize; 2]> {
        if self.waves.len() < 2 {
            return None;
        }
        let place = |side: usize| {
            let ids = self.compared.as_ref()?;
            self.waves.iter().position(|wave| wave.id == ids[side])
        };
        match (place(0), place(1)) {
            (Some(before), Some(after)) => Some([before, after]),
            _ => Some([0, self.waves.len() - 1]),
        }
    }
}

/// The programme.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ProgrammeSummary {
    /// Name.
    pub name: Text,
    /// Who ran it.
    pub provider: Text,
    /// What it did.
    pub description: Text,
    /// When.
    pub period: Option<String>,
}

/// An id with its wording.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Named {
    /// Short name.
    pub id: String,
    /// Wording.
    pub label: Text,
    /// Date, for waves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

/// An arm.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ArmSummary {
    /// Short name.
    pub id: String,
    /// Wording.
    pub label: Text,
    /// What it received.
    pub role: ArmRole,
}
