//! What the appendix leaves out, in both languages.

use crate::analysis::findings::{Notice, NoticeKind};
use crate::analysis::notices::notice;

/// An arm with too few persons.
pub(super) fn small_arm(n: usize, smallest: usize) -> Notice {
    notice(
        "A-CLASSIC-001",
        NoticeKind::Refusal,
        format!(
            "Satu kelompok hanya berisi {n} peserta (kurang dari {smallest}), sehingga uji klasiknya tidak dicantumkan."
        ),
        format!(
            "One group has only {n} participants (fewer than {smallest}), so its classical tests are left out."
        ),
    )
}

/// No test of normality.
pub(super) fn no_normality(n: usize) -> Notice {
    notice(
        "A-CLASSIC-002",
        NoticeKind::Caution,
        format!(
            "Shapiro-Wilk tidak dapat dihitung untuk {n} selisih: uji ini memerlukan 3 sampai 5.000 nilai yang tidak semuanya sama."
        ),
        format!(
            "Shapiro-Wilk cannot be computed for {n} differences: it needs 3 to 5,000 values that are not all equal."
        ),
    )
}

/// All differences equal.
pub(super) fn no_variation() -> Notice {
    notice(
        "A-CLASSIC-003",
        NoticeKind::Caution,
        "Semua selisih sama besar, sehingga uji-t berpasangan tidak dapat dihitung.",
        "All differences are equal, so no paired t can be computed.",
    )
}

/// A score without an upper end.
pub(super) fn no_maximum() -> Notice {
    notice(
        "A-CLASSIC-004",
        NoticeKind::Refusal,
        "N-Gain tidak dihitung karena skor ini tidak memiliki nilai maksimum.",
        "Normalised gain is not computed, because this score has no maximum.",
    )
}

/// Everybody at the maximum, or scores outside their range.
pub(super) fn no_gain(why: &str) -> Notice {
    notice(
        "A-CLASSIC-005",
        NoticeKind::Caution,
        format!("N-Gain tidak dapat dihitung: {why}."),
        format!("Normalised gain could not be computed: {why}."),
    )
}

/// More than two arms, or arms of one role.
pub(super) fn no_pair(groups: usize) -> Notice {
    notice(
        "A-CLASSIC-006",
        NoticeKind::Refusal,
        format!(
            "Uji klasik antarkelompok (uji-t independen, Levene, Mann-Whitney) hanya dihitung untuk satu kelompok program dan satu kelompok pembanding; di sini ada {groups} kelompok, sehingga hanya uji di dalam setiap kelompok yang dicantumkan."
        ),
        format!(
            "Classical tests between groups (independent t, Levene, Mann-Whitney) are computed for one programme and one comparison group only; here there are {groups} groups, so that only tests within each group are given."
        ),
    )
}
