//! Ratings by several raters: the many-facet Rasch model.
//!
//! ```text
//! ln P(k) / P(k - 1) = theta_p - b_ik - s_r,        sum_r s_r = 0
//! ```
//!
//! for the rating of person p on item i by rater r. Partial credit steps `b_ik` belong to the item, one
//! severity `s_r` to the rater: a severe rater takes the same number of logits off every step.
//!
//! The fit is the marginal one of the Rasch family. Each pair of item and rater is an item of its own in
//! the likelihood (its *virtual item*); the intercepts of all of them are combinations of the same free
//! steps and severities. A person needs ratings by one rater only, as long as other persons, rated twice,
//! tie the raters together; raters that nothing ties are named and not fitted ([`RaterLink`]).
//!
//! Local independence is assumed given ability, item and rater. Two ratings of the *same* performance share
//! what the performance happened to be, so they are more alike than the model says: standard errors of
//! persons are then too small and reliabilities too high, while severities stay comparable (the same
//! performances are in front of both raters). The model does not correct for it; report agreement beside it.
//!
//! Files: `design` (ratings to virtual items), `connect` (which raters can be compared), `layout` (free
//! parameters), `fit` (estimation), `severity` (separation and tests of equal severity), `persons` (fair
//! scores).
//!
//! # References
//! Linacre (1989), Many-Facet Rasch Measurement, MESA Press. Adams, Wilson & Wang (1997), Applied
//! Psychological Measurement 21, 1-23, doi:10.1177/0146621697211001 (marginal estimation of facets).

mod connect;
mod design;
mod fit;
mod layout;
mod persons;
mod severity;

pub use fit::{FacetsNotice, FacetsOptions, FittedFacets, FittedRater, RaterLink, fit_facets};
pub use persons::FairScore;
pub use severity::{EqualSeverity, SeveritySeparation, Wald};

/// One rating: `points` of `rater` for `person` on `item`, all counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rating {
    /// Person.
    pub person: usize,
    /// Item.
    pub item: usize,
    /// Rater.
    pub rater: usize,
    /// Points given, `0 ..= max` of the item.
    pub points: u8,
}
