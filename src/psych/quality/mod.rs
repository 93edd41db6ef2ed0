//! Signs of careless answers to a questionnaire.
//!
//! Each index stands in its own file and works on answers as given (before reversed items are turned), persons
//! x items, as an [`ItemMatrix`](super::ItemMatrix) whose maximum is the largest answer category. No index
//! proves anything alone: [`flag_respondents`] marks a person on two or more. Missing answers never count
//! as answers.

mod duplicates;
mod even_odd;
mod flag;
mod long_string;
mod mahalanobis;
mod speed;
mod variability;

pub use duplicates::{DuplicateRow, duplicate_rows};
pub use even_odd::{EvenOdd, even_odd};
pub use flag::{QualityIndex, QualityInput, QualityLimits, RespondentFlags, flag_respondents};
pub use long_string::{LongString, long_string};
pub use mahalanobis::{Mahalanobis, MahalanobisTable, mahalanobis};
pub use speed::seconds_per_item;
pub use variability::individual_variability;
