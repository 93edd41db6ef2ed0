//! Statement grids: statements with a key among the columns.

use super::Sheet;
use crate::definition::{Notes, notes::list};
use crate::diag::{Rule, Severity};
use crate::instrument::raw::ItemType;

/// D-STMT-001.
pub static NONE: Rule = Rule {
    code: "D-STMT-001",
    severity: Severity::Error,
    title: "a statement grid has no statements",
    doc: "The grid is made of `statements`, each with an `id`, a `text` and the `key` of its right column.",
};
/// D-STMT-002.
pub static KEY: Rule = Rule {
    code: "D-STMT-002",
    severity: Severity::Error,
    title: "the key of a statement is not a column",
    doc: "The key of a statement is the code of one of the columns, which are the item's `options` or its \
          `choice_set`.",
};

/// Checks the statements of every grid.
pub fn check(sheet: &Sheet, notes: &mut Notes) {
    for entry in sheet.of_type(&[ItemType::StatementGrid]) {
        let item = entry.item;
        if item.statements.is_empty() {
            let message = format!("item \"{}\" is a statement grid without statements", item.id);
            notes.say(
                &NONE,
                &entry.field("statements"),
                message,
                "add \"statements\": [ { \"id\": \"a\", \"text\": ..., \"key\": ... } ]",
            );
        }
        let columns: Vec<&str> = sheet.options_of(item).iter().map(|option| option.code.as_str()).collect();
        for (place, statement) in item.statements.iter().enumerate() {
            if !columns.is_empty() && !columns.contains(&statement.key.as_str()) {
                let columns = list(columns.iter().copied());
                let message = format!(
                    "statement \"{}\" of item \"{}\" has key \"{}\", but the columns are {columns}",
                    statement.id, item.id, statement.key
                );
                notes.say(
                    &KEY,
                    &format!("{}/statements/{place}/key", entry.at),
                    message,
                    format!("change the key to one of {columns}"),
                );
            }
        }
    }
}
