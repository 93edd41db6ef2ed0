//! The impact kernels against reference values: the shared files of the group that posed the task (which stay
//! outside the project; absent ones are said loudly and skipped) and `tests/reference/impact.json`, made by
//! the R script beside it. Each comparison names its tolerance with a reason and prints its worst difference.

#[path = "impact/classical.rs"]
mod classical;
#[path = "impact/cluster.rs"]
mod cluster;
#[path = "impact/effects.rs"]
mod effects;
#[path = "impact/logit.rs"]
mod logit;
#[path = "impact/mixed.rs"]
mod mixed;
#[path = "impact/peers.rs"]
mod peers;
#[path = "impact/scales.rs"]
mod scales;
#[path = "impact/working.rs"]
mod working;
