//! What a respondent fills in about themselves, as labels with blanks and digit boxes.

use crate::doc::Fact;
use crate::i18n::{Lang, phrase};
use crate::instrument::{Booklet, Respondent};

/// Digits of the national student number (NISN).
const NISN_DIGITS: usize = 10;
/// Digits of the number a programme gives its participants.
const PARTICIPANT_DIGITS: usize = 6;
/// Day, month and year in boxes.
pub const DATE_BOXES: &str = "□□ / □□ / □□□□";

/// The identity lines of a form.
pub fn identity(respondent: Respondent, booklet: Option<&Booklet>, lang: Lang) -> Vec<Fact> {
    let participant = "□".repeat(PARTICIPANT_DIGITS);
    let lines: Vec<(&str, String)> = match respondent {
        Respondent::Student => vec![
            ("name", String::new()),
            ("nisn", "□".repeat(NISN_DIGITS)),
            ("school", String::new()),
            ("class", String::new()),
        ],
        Respondent::Teacher => vec![
            ("name", String::new()),
            ("participant", participant),
            ("school", String::new()),
            ("subject_taught", String::new()),
        ],
        Respondent::Principal => vec![
            ("name", String::new()),
            ("participant", participant),
            ("school", String::new()),
            ("years_principal", "□□".to_owned()),
        ],
        Respondent::Observer => vec![
            ("observer", String::new()),
            ("observed", String::new()),
            ("participant", participant),
            ("school", String::new()),
            ("class", String::new()),
            ("subject", String::new()),
            ("hour", "□□".to_owned()),
        ],
    };
    let mut facts: Vec<Fact> = lines.into_iter().map(|(name, value)| fact(lang, name, value)).collect();
    facts.push(fact(lang, "date", DATE_BOXES.to_owned()));
    if let Some(booklet) = booklet {
        facts.push(fact(lang, "booklet", booklet.id.clone()));
    }
    facts
}

fn fact(lang: Lang, name: &str, value: String) -> Fact {
    Fact { label: phrase(lang, &format!("form.identity_{name}")), value }
}
