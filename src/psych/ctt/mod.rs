//! Classical test theory.

mod alpha_forms;
mod bands;
mod biserial;
mod conditional_sem;
mod covariance;
mod groups;
mod guttman;
mod item;
mod kuder_richardson;
mod omega;
mod option_curves;
mod reliability;
mod split_half;

pub use alpha_forms::{AlphaForms, alpha_forms};
pub use biserial::{Biserial, biserial};
pub use conditional_sem::{BandSem, ScoreSem, binomial_sem, halves_sem};
pub use covariance::{ItemCovariance, item_covariance};
pub use groups::{UpperLower, upper_lower};
pub use guttman::{GuttmanLambdas, guttman};
pub use item::{ItemStatistics, item_statistics};
pub use kuder_richardson::{KuderRichardson, kuder_richardson};
pub use omega::{Omega, omega};
pub use option_curves::{DistractorVerdict, ScoreBand, judge_distractors, option_curves};
pub use reliability::{Alpha, AlphaWithout, ScoreEnds, alpha, score_ends};
pub use split_half::{AllSplits, SplitHalf, SplitOptions, all_splits, odd_even, split_half};
