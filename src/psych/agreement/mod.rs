//! How far raters agree.
//!
//! Codes are category indices in a [`Ratings`] table (subjects x raters) with missing ones marked; points on
//! a continuous scale go to [`intraclass`] directly. Perfect agreement and ratings without variation are
//! outcomes with a name ([`AgreementOutcome`]): a coefficient never becomes NaN and an interval of width
//! zero is never shown as if it were one.

mod cohen;
mod fleiss;
mod gwet;
mod icc;
mod krippendorff;
mod linearised;
mod outcome;
mod ratings;
mod raw;
mod weights;

pub use cohen::{CohenKappa, KappaTest, cohen_kappa};
pub use fleiss::{
    CategoryKappa, FleissKappa, FleissTest, WeightedFleissKappa, fleiss_kappa, weighted_fleiss_kappa,
};
pub use gwet::{GwetAgreement, gwet_ac};
pub use icc::{Icc, IccForm, IccTable, VarianceTable, intraclass};
pub use krippendorff::{KrippendorffAlpha, Metric, krippendorff_alpha};
pub use outcome::{AgreementOutcome, Estimate};
pub use ratings::{DoubleRating, Ratings};
pub use raw::{RawAgreement, raw_agreement};
pub use weights::Weighting;
