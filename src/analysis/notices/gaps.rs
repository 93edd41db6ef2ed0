//! What a design or its data leave out, so that nothing can be compared or tested.

use super::notice;
use crate::analysis::findings::{Notice, NoticeKind};
use crate::analysis::plan::FEW_SCHOOLS;
use crate::i18n::Text;
use crate::impact::ImpactError;
use crate::impact::mixed::MixedError;
use crate::num::NumError;

/// A single school: nothing tells schools apart.
pub(super) fn one_school() -> Notice {
    notice(
        "A-FEW-003",
        NoticeKind::Refusal,
        "Data berasal dari satu sekolah saja, sehingga perbedaan antarsekolah tidak diketahui; yang disajikan hanya deskripsi, tanpa uji dan tanpa interval.",
        "The data come from a single school, so differences between schools are unknown; only a description is given, without a test and without an interval.",
    )
}

/// The study declares arms to compare, and one side has no persons.
pub fn empty_arm() -> Notice {
    notice(
        "A-DESIGN-008",
        NoticeKind::Refusal,
        "Studi ini menyatakan kelompok program dan pembanding, tetapi salah satunya tidak memiliki peserta, sehingga tidak ada yang dapat dibandingkan. Data dianalisis sebagai satu kelompok sebelum dan sesudah program.",
        "The study declares programme and comparison groups, but one of them has no participants, so there is nothing to compare. The data are analysed as one group before and after.",
    )
}

/// Several arms, none of which is a comparison.
pub fn no_comparison() -> Notice {
    notice(
        "A-DESIGN-009",
        NoticeKind::Reason,
        "Studi ini menyatakan beberapa kelompok, tetapi tidak satu pun sebagai pembanding; semua kelompok dianalisis bersama sebagai satu kelompok sebelum dan sesudah program.",
        "The study declares several groups, none of them as a comparison; all groups are analysed together as one group before and after.",
    )
}

/// Few schools with both arms that nobody drew by lot: nothing stands for chance.
pub fn few_schools_not_drawn(schools: usize) -> Notice {
    let noun = if schools == 1 { "school" } else { "schools" };
    notice(
        "A-FEW-005",
        NoticeKind::Refusal,
        format!(
            "Kedua kelompok berada di {schools} sekolah yang sama (kurang dari {FEW_SCHOOLS}) dan tidak ditentukan secara acak. Interval berbasis uji-t memerlukan lebih banyak sekolah, dan tanpa undian tidak ada susunan lain yang dapat dipakai untuk uji permutasi; yang disajikan hanya deskripsi."
        ),
        format!(
            "Both groups sit in the same {schools} {noun} (fewer than {FEW_SCHOOLS}) and were not formed by lot. A t-based interval needs more schools, and without lots there is no re-assignment for a permutation test; only a description is given."
        ),
    )
}

/// An arm in which nobody has both scores.
pub fn arm_without_scores(arm: &Text) -> Notice {
    let words = |lang| arm.get(lang);
    let (id, en) = (words(crate::i18n::Lang::Id), words(crate::i18n::Lang::En));
    notice(
        "A-ARM-001",
        NoticeKind::Refusal,
        format!(
            "Tidak seorang pun di kelompok \"{id}\" memiliki skor pada kedua pengukuran, sehingga kelompok tidak dapat dibandingkan dan selisihnya tidak ditaksir."
        ),
        format!(
            "Nobody in the group \"{en}\" has a score at both waves, so the groups cannot be compared and no difference is estimated."
        ),
    )
}

/// Why a method has no answer, in both languages.
pub fn why(error: &ImpactError) -> Text {
    let en = error.to_string();
    let id = match error {
        ImpactError::TooFewClusters { needed, found } => {
            format!("hanya ada {found} sekolah, sedangkan diperlukan sedikitnya {needed}")
        }
        ImpactError::ArmTooSmall { needed, found, .. } => {
            format!(
                "salah satu kelompok hanya memiliki {found} unit, sedangkan diperlukan sedikitnya {needed}"
            )
        }
        ImpactError::ClusterInBothArms { .. } => {
            "ada sekolah yang siswanya berada di kedua kelompok".to_owned()
        }
        ImpactError::NoVariation | ImpactError::Num(NumError::NoVariation) => {
            "nilai-nilainya tidak bervariasi, sehingga tidak ada galat baku".to_owned()
        }
        ImpactError::OneClusterDecides { .. } => {
            "satu sekolah saja yang menentukan taksiran, sehingga tidak ada galat baku".to_owned()
        }
        ImpactError::NoResidualDf { rows, columns } => {
            format!("{rows} baris tidak cukup untuk menaksir {columns} koefisien beserta galatnya")
        }
        ImpactError::Mixed(words) if *words == MixedError::NoSchoolVariance.to_string() => {
            "semua ragam antarsekolah ditaksir nol, sehingga model mengabaikan sekolah".to_owned()
        }
        ImpactError::RankDeficient { .. } | ImpactError::DependentContrasts => {
            "keterangan yang diperlukan sudah termuat dalam kolom-kolom lain dari model".to_owned()
        }
        _ => format!("perhitungannya tidak menghasilkan jawaban ({en})"),
    };
    Text::new(id, en)
}
