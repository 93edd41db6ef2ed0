//! Differential item functioning: does an item behave differently for persons of the same level?
//!
//! Groups come as indices ([`Groups`]): sex, school type, arm, booklet or wave. Persons are matched on the
//! score of the anchor items with the studied item counted in ([`matched_tables`]); everything else reads
//! those tables. What cannot be tested says why ([`Untestable`]).
//!
//! Signs: an odds ratio above 1, a negative `delta`, a negative standardised difference all mean that the item
//! is harder for the focal group than for matched persons of the reference group.

mod breslow_day;
mod generalised;
mod groups;
mod logistic;
mod mantel;
mod mantel_haenszel;
mod ordinal_logistic;
mod purify;
mod scan;
mod standardised;
mod tables;

pub use breslow_day::{BreslowDay, breslow_day};
pub use generalised::{GeneralisedMantelHaenszel, generalised_mantel_haenszel};
pub use groups::{Groups, Untestable};
pub use logistic::{LogisticDif, LogisticSize, LogisticTest, logistic_dif};
pub use mantel::{MantelDif, mantel};
pub use mantel_haenszel::{EtsClass, MantelHaenszel, mantel_haenszel};
pub use ordinal_logistic::{OrdinalDif, ordinal_dif};
pub use purify::{Purified, PurifyOptions, PurifyStop, purify};
pub use scan::{DifOptions, DifScan, ItemDif, scan_dif};
pub use standardised::{StandardisedDif, StandardisedSize, standardised_difference};
pub use tables::{MatchedTables, Stratum, matched_tables, matching_scores};
