//! Codes that stand for a missing answer, with their reason.

use std::collections::BTreeMap;

use crate::study::MissingReason;

/// What the special codes of one file mean. An empty cell is always an omitted answer, unless the item was
/// not given to the person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MissingCodes(BTreeMap<String, MissingReason>);

impl MissingCodes {
    /// The codes a response file declares.
    pub fn new(codes: &BTreeMap<String, MissingReason>) -> Self {
        MissingCodes(codes.clone())
    }

    /// The reason a cell is missing; none where it holds an answer.
    pub fn reason(&self, cell: &str) -> Option<MissingReason> {
        if cell.is_empty() {
            return Some(MissingReason::Omitted);
        }
        self.0.get(cell).copied()
    }
}
