//! What is refused about subgroups, and what must be known, in both languages.

use crate::analysis::findings::{Notice, NoticeKind};
use crate::analysis::notices as common;
use crate::analysis::notices::notice;
use crate::i18n::{Lang, Text};
use crate::impact::ImpactError;

/// Fewer than two groups may be shown.
pub(super) fn nothing_to_compare() -> Notice {
    notice(
        "A-SUB-001",
        NoticeKind::Refusal,
        "Kurang dari dua kelompok boleh ditampilkan, sehingga tidak ada yang dibandingkan.",
        "Fewer than two groups may be shown, so there is nothing to compare.",
    )
}

/// Too few schools for the interaction.
pub(super) fn few_schools(schools: usize, needed: usize) -> Notice {
    notice(
        "A-SUB-002",
        NoticeKind::Refusal,
        format!("Perbedaan antarkelompok tidak diuji: hanya ada {schools} sekolah (kurang dari {needed})."),
        format!(
            "Differences between the groups are not tested: there are {schools} schools only (fewer than {needed})."
        ),
    )
}

/// Too few schools in one of the groups.
pub(super) fn few_schools_in_a_cell(fewest: usize, needed: usize) -> Notice {
    let schools = if fewest == 1 { "school" } else { "schools" };
    notice(
        "A-SUB-003",
        NoticeKind::Refusal,
        format!(
            "Perbedaan antarkelompok tidak diuji: salah satu kelompok (atau bagiannya dalam kelompok program atau pembanding) hanya berasal dari {fewest} sekolah (kurang dari {needed})."
        ),
        format!(
            "Differences between the groups are not tested: one of them (or its part of an arm) comes from {fewest} {schools} only (fewer than {needed})."
        ),
    )
}

/// Groups made of the first score.
pub(super) fn regression_to_the_mean(compares: bool) -> Notice {
    if compares {
        notice(
            "A-SUB-004",
            NoticeKind::Caution,
            "Kelompok dibentuk dari skor awal itu sendiri: skor terendah cenderung naik dan skor tertinggi cenderung turun tanpa sebab apa pun (regresi ke rata-rata). Yang dapat dibaca hanyalah selisih antara program dan pembanding di dalam setiap sepertiga.",
            "The groups are made of the first score itself: the lowest scores tend to rise and the highest to fall without any cause (regression to the mean). Only the difference between programme and comparison within each third can be read.",
        )
    } else {
        notice(
            "A-SUB-005",
            NoticeKind::Refusal,
            "Perbedaan antara sepertiga skor awal tidak diuji: skor terendah cenderung naik dan skor tertinggi cenderung turun tanpa sebab apa pun (regresi ke rata-rata), sehingga tanpa pembanding perbedaan itu bukan tanda bahwa siswa yang lemah lebih terbantu.",
            "Differences between thirds of the first score are not tested: the lowest scores tend to rise and the highest to fall without any cause (regression to the mean), so without a comparison such a difference is no sign that weaker students gained more.",
        )
    }
}

/// A kernel gave no interaction, in the words of its reason.
pub(super) fn no_interaction(error: &ImpactError) -> Notice {
    let why = common::why(error);
    notice(
        "A-SUB-006",
        NoticeKind::Refusal,
        format!("Perbedaan antarkelompok tidak dapat diuji: {}.", why.get(Lang::Id)),
        format!("Differences between the groups cannot be tested: {}.", why.get(Lang::En)),
    )
}

/// A kernel gave no change within a group.
pub(super) fn no_change(group: &Text) -> Notice {
    notice(
        "A-SUB-007",
        NoticeKind::Caution,
        format!(
            "{}: perubahan tidak dapat ditaksir (tidak bervariasi, atau sekolahnya terlalu sedikit).",
            group.get(Lang::Id)
        ),
        format!(
            "{}: the change cannot be estimated (no variation, or too few schools).",
            group.get(Lang::En)
        ),
    )
}
