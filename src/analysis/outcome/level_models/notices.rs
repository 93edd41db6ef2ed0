//! Why an inference on levels is missing or must be read with care.

use crate::analysis::findings::{Notice, NoticeKind};
use crate::analysis::notices::notice;
use crate::i18n::{Lang, Text, format};
use crate::impact::ImpactError;
use crate::num::NumError;

/// A regression without an answer, in the words of its reason.
pub(super) fn no_odds(error: &ImpactError) -> Notice {
    match error {
        ImpactError::Num(NumError::NotConverged { .. }) => separated(),
        ImpactError::NoVariation | ImpactError::Num(NumError::NoVariation) => no_variation(),
        ImpactError::OneClusterDecides { .. } | ImpactError::TooFewClusters { .. } => one_school(),
        other => notice(
            "A-LEVEL-004",
            NoticeKind::Caution,
            format!("Rasio odds kategori tidak dapat dihitung: {other}."),
            format!("The odds ratio of the levels could not be computed: {other}."),
        ),
    }
}

/// Too few persons who stand on one side of a level at a wave of the model.
pub(super) fn few_events(found: usize, needed: usize) -> Notice {
    notice(
        "A-LEVEL-001",
        NoticeKind::Caution,
        format!(
            "Hanya {found} peserta berada di sisi yang lebih kecil dari batas kategori (diperlukan sedikitnya {needed}, yaitu 10 per koefisien), sehingga rasio odds tidak ditaksir; perubahan persentase tetap disajikan."
        ),
        format!(
            "Only {found} participants are on the smaller side of the level (at least {needed} are needed, 10 per coefficient), so no odds ratio is estimated; the change of the share is still given."
        ),
    )
}

fn separated() -> Notice {
    notice(
        "A-LEVEL-002",
        NoticeKind::Caution,
        "Kelompok atau pengukuran memisahkan peserta yang mencapai kategori dari yang tidak secara sempurna, sehingga rasio odds tidak berhingga dan tidak disajikan.",
        "The group or the wave separates those who reached the level from the others completely, so the odds ratio is infinite and is not given.",
    )
}

/// Nobody's standing differs, so there is nothing to estimate an error from.
pub(super) fn no_variation() -> Notice {
    notice(
        "A-LEVEL-003",
        NoticeKind::Caution,
        "Semua peserta (atau tidak seorang pun) mencapai kategori pada kedua pengukuran, atau perubahan semua sekolah sama, sehingga perubahannya tidak dapat diuji.",
        "Everybody (or nobody) reached the level at both waves, or all schools changed alike, so the change cannot be tested.",
    )
}

fn one_school() -> Notice {
    notice(
        "A-LEVEL-005",
        NoticeKind::Caution,
        "Satu sekolah saja menentukan rasio odds kategori (atau sekolahnya terlalu sedikit), sehingga galat bakunya tidak dapat ditaksir dan rasio itu tidak disajikan.",
        "One school alone determines the odds ratio of the levels (or there are too few schools), so its standard error cannot be estimated and the ratio is not given.",
    )
}

/// An estimate of the share that has no answer for another reason.
pub(super) fn no_share_change(error: &ImpactError) -> Notice {
    if *error == ImpactError::NoVariation {
        return no_variation();
    }
    notice(
        "A-LEVEL-006",
        NoticeKind::Caution,
        format!("Perubahan persentase yang mencapai kategori tidak dapat diuji: {error}."),
        format!("The change of the share that reached the level could not be tested: {error}."),
    )
}

/// No standard error of measurement to move the cut by.
pub(super) fn no_error_of_measurement() -> Notice {
    notice(
        "A-LEVEL-007",
        NoticeKind::Caution,
        "Galat baku pengukuran skala ini tidak diketahui, sehingga kepekaan persentase terhadap batas kategori tidak diperiksa.",
        "The standard error of measurement of this scale is not known, so the sensitivity of the share to the cut was not examined.",
    )
}

/// One odds ratio does not do for all thresholds.
pub(super) fn not_parallel(p: f64) -> Notice {
    let words = |lang| format::p_value(lang, p);
    notice(
        "A-LEVEL-008",
        NoticeKind::Caution,
        format!(
            "Rasio odds berbeda-beda menurut batas kategori ({}), sehingga rasio odds bersama hanya merangkum; bacalah rasio pada tiap batas.",
            words(Lang::Id)
        ),
        format!(
            "The odds ratio differs between the cuts of the levels ({}), so the common odds ratio only summarises; read the ratio at each cut.",
            words(Lang::En)
        ),
    )
}

/// More persons than regressions are made for.
pub(super) fn too_many(found: usize, most: usize) -> Notice {
    let words = |lang, n| format::count(lang, n);
    notice(
        "A-LEVEL-009",
        NoticeKind::Reason,
        format!(
            "Dengan {} peserta (lebih dari {}) regresi logistik dan ordinal tidak dijalankan; yang disajikan adalah taksiran pada tingkat sekolah, yang memberi bobot sama kepada setiap sekolah dan tidak selalu searah dengan regresi pada peserta.",
            words(Lang::Id, found),
            words(Lang::Id, most)
        ),
        format!(
            "With {} participants (more than {}) logistic and ordinal regressions are not run; the estimates by schools are given in their place; they give every school the same weight and need not agree with a regression on participants.",
            words(Lang::En, found),
            words(Lang::En, most)
        ),
    )
}

/// Linked persons whose level is not known at one of the compared waves.
pub(super) fn without_level(persons: usize) -> Notice {
    notice(
        "A-LEVEL-010",
        NoticeKind::Caution,
        format!(
            "{persons} peserta memiliki skor, tetapi kategorinya tidak diketahui pada salah satu dari kedua pengukuran; mereka tidak diikutkan dalam model kategori."
        ),
        format!(
            "{persons} participants have a score but no level at one of the two waves; they are left out of the models of levels."
        ),
    )
}

/// The table of an arm falls into parts between which nobody moved, so that Stuart and Maxwell's statistic has no
/// value; `arm` is blank where there is one group.
pub(super) fn no_marginal_test(arm: &Text) -> Notice {
    let of = |lang| if arm.get(lang).is_empty() { String::new() } else { format!(" ({})", arm.get(lang)) };
    notice(
        "A-LEVEL-011",
        NoticeKind::Caution,
        format!(
            "Uji Stuart-Maxwell tidak dapat dihitung{}: kategori terbagi dalam bagian-bagian yang di antaranya tidak seorang pun berpindah, sehingga matriksnya singular. Uji Bowker dan perpindahan menurut sekolah tetap disajikan.",
            of(Lang::Id)
        ),
        format!(
            "The Stuart-Maxwell test could not be computed{}: the levels fall into parts between which nobody moved, so that its matrix is singular. Bowker's test and the movement by schools are still given.",
            of(Lang::En)
        ),
    )
}

/// Nobody changed level, so there is no movement to test.
pub(super) fn nobody_moved(arm: &Text) -> Notice {
    let of = |lang| if arm.get(lang).is_empty() { String::new() } else { format!(" ({})", arm.get(lang)) };
    notice(
        "A-LEVEL-012",
        NoticeKind::Caution,
        format!(
            "Tidak seorang pun berpindah kategori{}, sehingga uji perpindahan (Stuart-Maxwell, Bowker) tidak memiliki jawaban.",
            of(Lang::Id)
        ),
        format!(
            "Nobody changed level{}, so the tests of movement (Stuart-Maxwell, Bowker) have no answer.",
            of(Lang::En)
        ),
    )
}
