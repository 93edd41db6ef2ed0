//! Why an association is not computed, in both languages.

use crate::analysis::findings::{Notice, NoticeKind};
use crate::analysis::notices::notice;
use crate::i18n::{Lang, Text};

/// Too few schools.
pub(super) fn few_schools(schools: usize, needed: usize) -> Notice {
    let word = if schools == 1 { "school has" } else { "schools have" };
    notice(
        "A-ASSOC-001",
        NoticeKind::Refusal,
        format!(
            "Hanya {schools} sekolah memiliki kedua data (kurang dari {needed}), sehingga hubungan tidak dihitung."
        ),
        format!("Only {schools} {word} both (fewer than {needed}), so no association is computed."),
    )
}

/// Nothing varies.
pub(super) fn no_variation() -> Notice {
    notice(
        "A-ASSOC-002",
        NoticeKind::Refusal,
        "Hubungan tidak dapat dihitung: salah satu besaran sama di mana-mana, atau semua titik terletak pada satu garis.",
        "The association cannot be computed: one of the two is the same everywhere, or all points lie on one line.",
    )
}

/// One school has another predictor than all others.
pub(super) fn one_school_decides() -> Notice {
    notice(
        "A-ASSOC-003",
        NoticeKind::Refusal,
        "Hubungan tidak dapat dihitung: satu sekolah saja yang menentukan kemiringannya.",
        "The association cannot be computed: a single school decides its slope.",
    )
}

/// Schools are not known.
pub(super) fn schools_unknown(outcome: &Text) -> Notice {
    notice(
        "A-ASSOC-004",
        NoticeKind::Refusal,
        format!(
            "{}: sekolah peserta tidak diketahui, sehingga hubungan tidak dihitung.",
            outcome.get(Lang::Id)
        ),
        format!(
            "{}: the schools of the participants are unknown, so no association is computed.",
            outcome.get(Lang::En)
        ),
    )
}

/// No change to relate.
pub(super) fn no_change(outcome: &Text) -> Notice {
    notice(
        "A-ASSOC-005",
        NoticeKind::Refusal,
        format!("{}: perubahannya tidak ditaksir, sehingga hubungan tidak dihitung.", outcome.get(Lang::Id)),
        format!("{}: no change is estimated, so no association is computed.", outcome.get(Lang::En)),
    )
}

/// Too few persons with both.
pub(super) fn few_persons(n: usize, smallest: usize) -> Notice {
    notice(
        "A-ASSOC-006",
        NoticeKind::Refusal,
        format!(
            "Hanya {n} orang memiliki kedua data (kurang dari {smallest}), sehingga hubungan tidak dihitung."
        ),
        format!("Only {n} persons have both (fewer than {smallest}), so no association is computed."),
    )
}
