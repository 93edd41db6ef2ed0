//! The catalogue of what the analysis can say: every `A-` code with its kind and its meaning.
//!
//! The sentence of a notice stands where it is made and speaks of one study; the entry here speaks of the code
//! itself and is what `dampak explain CODE` prints. A test reads the source and fails on a code without an
//! entry, and on an entry whose code nothing says any more.

mod classical;
mod design;
mod estimates;
mod groups;
mod levels;
mod measurement;
mod missing;
mod raters;

use super::findings::NoticeKind;

/// One kind of notice, documented.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// Stable code, such as `A-DESIGN-002`.
    pub code: &'static str,
    /// How a notice of this code is to be read.
    pub kind: NoticeKind,
    /// One line that names the matter.
    pub title: &'static str,
    /// What it means and what to do about it, a few sentences.
    pub doc: &'static str,
}

/// Declares the entries of one group of codes, each as `"CODE" Kind "title" "what it means, what to do";`.
macro_rules! codes {
    ($($code:literal $kind:ident $title:literal $doc:literal;)*) => {
        pub(super) const CODES: &[super::Code] = &[$(super::Code {
            code: $code,
            kind: crate::analysis::findings::NoticeKind::$kind,
            title: $title,
            doc: $doc,
        }),*];
    };
}
use codes;

/// Every code of the analysis, group by group.
pub fn all() -> impl Iterator<Item = &'static Code> {
    let groups = [
        design::CODES,
        estimates::CODES,
        missing::CODES,
        measurement::CODES,
        raters::CODES,
        levels::CODES,
        groups::CODES,
        classical::CODES,
    ];
    groups.into_iter().flatten()
}
