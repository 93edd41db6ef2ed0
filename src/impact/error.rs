//! The named outcomes of an analysis that has no answer.

use thiserror::Error;

use super::Arm;
use crate::num::NumError;

/// Why an impact analysis has no answer for its data.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ImpactError {
    /// A mixed model has no answer; its own error says why.
    #[error("{0}")]
    Mixed(String),
    /// Fewer clusters than the method needs.
    #[error("{found} clusters where at least {needed} are needed")]
    TooFewClusters {
        /// Smallest number of clusters.
        needed: usize,
        /// Clusters with data.
        found: usize,
    },
    /// Fewer units (students, or schools where schools are the unit) in an arm than the method needs.
    #[error("{found} units in the {arm:?} arm where at least {needed} are needed")]
    ArmTooSmall {
        /// The arm.
        arm: Arm,
        /// Smallest number of units.
        needed: usize,
        /// Units with data.
        found: usize,
    },
    /// A cluster has students in both arms where the method assigns whole clusters.
    #[error("cluster {cluster} has students in both arms")]
    ClusterInBothArms {
        /// Cluster index as given.
        cluster: usize,
    },
    /// Nothing is left to estimate an error from: all changes equal, or a perfect fit.
    #[error("the values do not vary, so there is no standard error")]
    NoVariation,
    /// One cluster alone determines the estimate (such as a single program school), so the data hold no
    /// information on the variation between clusters.
    #[error("cluster {cluster} alone determines the estimate, so it has no standard error")]
    OneClusterDecides {
        /// Cluster index as given.
        cluster: usize,
    },
    /// The design leaves no residual degrees of freedom.
    #[error("{rows} rows cannot estimate {columns} coefficients and an error")]
    NoResidualDf {
        /// Rows of the design.
        rows: usize,
        /// Independent columns of the design.
        columns: usize,
    },
    /// The coefficient asked for was dropped, because earlier columns span its column.
    #[error("column `{name}` depends on the columns before it")]
    RankDeficient {
        /// Name of the dropped column.
        name: String,
    },
    /// Contrasts that are tested together depend on each other, or exceed what the clusters can tell apart.
    #[error("the contrasts of the joint test depend on each other")]
    DependentContrasts,
    /// No column has this name.
    #[error("the design has no column `{name}`")]
    UnknownColumn {
        /// Name asked for.
        name: String,
    },
    /// The numbers themselves have no answer.
    #[error(transparent)]
    Num(#[from] NumError),
}
