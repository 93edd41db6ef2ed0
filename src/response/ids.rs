//! Person ids in data files: what a spreadsheet does to them, and whether the roster knows them.

use std::collections::BTreeMap;

use super::{Roster, rules};
use crate::diag::{Diagnostic, Place};

/// Ids listed in one message before the rest is only counted.
const LISTED: usize = 5;

/// The finding for a row without an id.
pub fn blank(place: Place) -> Diagnostic {
    Diagnostic::new(&rules::BLANK_PERSON, place, "this row has no person id")
        .hint("find the person in the list of that class, or delete the row")
}

/// The finding for an id in scientific notation.
pub fn scientific(place: Place, id: &str) -> Diagnostic {
    let message = format!("the id \"{id}\" is a number in scientific notation; its last digits are lost");
    Diagnostic::new(&rules::SCIENTIFIC_ID, place, message)
        .hint("format the column as text in the source and export again")
}

/// `1.23E+16`, as a spreadsheet writes a long number.
pub fn is_scientific(id: &str) -> bool {
    let Some((mantissa, exponent)) = id.split_once(['E', 'e']) else { return false };
    let Some(exponent) = exponent.strip_prefix('+') else { return false };
    mantissa.starts_with(|c: char| c.is_ascii_digit())
        && mantissa.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b',')
        && exponent.bytes().all(|byte| byte.is_ascii_digit())
        && !exponent.is_empty()
}

/// Holds the ids of a file against the roster. Nobody at all in the roster is an error: the wrong file, the
/// wrong column, or ids that a spreadsheet has changed.
pub fn check_against_roster(file: &str, column: &str, ids: &[String], roster: &Roster) -> Vec<Diagnostic> {
    let unknown: Vec<&str> =
        ids.iter().map(String::as_str).filter(|id| !roster.index.contains_key(*id)).collect();
    if unknown.is_empty() {
        return Vec::new();
    }
    let place = Place::field(file, column);
    let bare: BTreeMap<&str, &str> =
        roster.index.keys().map(|id| (id.trim_start_matches('0'), id.as_str())).collect();
    let (short, strange): (Vec<&str>, Vec<&str>) = unknown
        .iter()
        .partition(|id| bare.get(id.trim_start_matches('0')).is_some_and(|known| known.len() > id.len()));
    let mut found = Vec::new();
    if let Some(example) = short.first() {
        let known = bare[example.trim_start_matches('0')];
        let message = format!(
            "{} of {} ids are in the roster only with zeros in front (\"{example}\" is \"{known}\" there)",
            short.len(),
            ids.len(),
        );
        found.push(
            Diagnostic::new(&rules::SHORT_ID, place.clone(), message)
                .hint("format the id column as text and export again; dampak does not guess ids"),
        );
    }
    if unknown.len() == ids.len() {
        let message = format!("none of the {} persons is in the roster {}", ids.len(), roster.file);
        found.push(Diagnostic::new(&rules::NOBODY_KNOWN, place, message).hint(format!(
            "the column holds {}; the roster holds {}",
            listed(&unknown),
            listed(&roster.persons.iter().map(|person| person.id.as_str()).collect::<Vec<_>>())
        )));
    } else if !strange.is_empty() {
        let (are, persons) = if strange.len() == 1 { ("is", "person") } else { ("are", "persons") };
        let message = format!(
            "{} {persons} of {} {are} not in the roster {}: {}",
            strange.len(),
            ids.len(),
            roster.file,
            listed(&strange)
        );
        found.push(
            Diagnostic::new(&rules::UNKNOWN_PERSON, place, message)
                .hint("they are counted in the match report and left out of the estimates"),
        );
    }
    found
}

/// The first few ids.
fn listed(ids: &[&str]) -> String {
    let shown = ids.iter().take(LISTED).copied().collect::<Vec<_>>().join(", ");
    if ids.len() > LISTED { format!("{shown}, …") } else { shown }
}

#[cfg(test)]
mod tests {
    use super::is_scientific;

    #[test]
    fn scientific_ids_are_told_from_ids_with_an_e() {
        for id in ["8.7E+09", "8,70087E+16", "8E+09", "1e+5"] {
            assert!(is_scientific(id), "{id}");
        }
        for id in ["E+1", "7E", "7E1", "S1E+x", "12", "E10", "7E+"] {
            assert!(!is_scientific(id), "{id}");
        }
    }
}
