//! Differential item functioning by likelihood ratio: is the model better when an item may have parameters
//! of its own in each group?
//!
//! ```text
//! chi2 = 2 (l(item free per group) - l(item equal)),    df = parameters of the first - of the second
//! ```
//!
//! All groups have own means and variances of ability (the first group's are fixed as the model fixes
//! them), so a difference in ability is not DIF. The groups meet on the *anchors*, items with equal
//! parameters: all other items, or, purified, the items without DIF; items that are neither anchors nor
//! tested are free per group in both models. Group 0 is the reference, every other group a focal group.
//!
//! Files: `split` (items free per group as items of their own), `fit` (the tests), `effect` (how large).
//!
//! # References
//! Thissen, Steinberg & Wainer (1993), in Holland & Wainer (eds), Differential Item Functioning, 67-113.
//! Meade (2010), Journal of Applied Psychology 95, 728-743, doi:10.1037/a0018966 (effect sizes).

mod effect;
mod fit;
mod split;

pub use effect::DifContrast;
pub use fit::{DifTest, IrtDif, IrtDifOptions, ItemOutcome, NotTested, likelihood_ratio_dif};
