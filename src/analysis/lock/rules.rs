//! The catalogue of what can be wrong with a plan lock; `dampak explain CODE` prints these.

use crate::diag::{Rule, Severity};

macro_rules! rules {
    ($($name:ident = $code:literal $title:literal $doc:literal;)*) => {
        $(#[doc = $title] pub static $name: Rule =
            Rule { code: $code, severity: Severity::Error, title: $title, doc: $doc };)*
        /// Every rule of this room, in the order of its codes.
        pub static RULES: &[&Rule] = &[$(&$name),*];
    };
}

rules! {
    SYNTAX = "R-LOCK-001" "the plan lock is not JSON"
        "The file was cut off or edited. A lock that cannot be read cannot be held against what was done, so nothing is analysed with it. Take the file back from where it was kept; do not write a new one over it.";
    OTHER_FORMAT = "R-LOCK-002" "the plan lock has another format"
        "Another program or another version of dampak wrote it. Use the version that locked the plan, or a newer one.";
    NO_HASH = "R-LOCK-003" "a hash of the plan lock is missing or is none"
        "A lock holds the SHA-256 (64 hexadecimal digits) of the plan, the study file, every instrument and every roster. Without one of them it cannot be told whether that file changed. Take the file back from where it was kept.";
    SHAPE = "R-LOCK-004" "an entry of the plan lock is missing or unknown"
        "The lock does not hold what `dampak lock` writes. Take the file back from where it was kept.";
    BROKEN_SEAL = "R-LOCK-005" "the plan lock was changed after it was written"
        "Every entry carries a seal over its content and over the seal before it, and one of them does not fit. Changes of the plan belong into the log: take back the file as it was, then declare them with `dampak lock STUDY --amend \"reason\" --by \"name\" --date 2025-07-12`.";
    OTHER_STUDY = "R-LOCK-006" "the plan lock belongs to another study"
        "The lock names the id of the study it was made for, and this study has another. It was copied along with the folder, or the id was changed.";
}
