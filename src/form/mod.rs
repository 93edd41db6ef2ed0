//! Instrument -> documents to print: the questionnaire or test booklet, and the key for its markers.
//!
//! Steps of a booklet: `numbering` puts the items in printed order; `booklet` walks over them and opens
//! sections, stimuli and answer grids; `question` sets a single item; `identity` says what a
//! respondent fills in about themselves. `key` composes the marking guide.

mod booklet;
mod grid;
mod identity;
mod key;
mod numbering;
mod question;
mod stimulus;

pub use booklet::booklet;
pub use key::key;

use crate::i18n::{Lang, format};

/// A number with as many decimals as it was written with: points, tolerances and keys.
fn plain_number(lang: Lang, value: f64) -> String {
    let shortest = value.to_string();
    let decimals = shortest.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    format::number(lang, value, decimals)
}

#[cfg(test)]
mod tests {
    use super::plain_number;
    use crate::i18n::Lang;

    #[test]
    fn a_number_keeps_the_decimals_it_was_written_with() {
        assert_eq!(plain_number(Lang::Id, 12.5), "12,5");
        assert_eq!(plain_number(Lang::En, 2.0), "2");
    }
}
