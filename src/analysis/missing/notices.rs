//! What the analysis says about those who are missing.

use crate::analysis::findings::{Notice, NoticeKind};
use crate::analysis::notices::notice;
use crate::i18n::{Lang, Text, format};
use crate::study::AttritionBoundary;

/// Code of [`no_verdict`], which is said once for all outcomes.
pub(super) const NO_VERDICT: &str = "A-ATTRITION-001";

/// One group: loss is shown without verdict.
pub(super) fn no_verdict() -> Notice {
    notice(
        NO_VERDICT,
        NoticeKind::Reason,
        "Kehilangan peserta disajikan tanpa putusan: batas What Works Clearinghouse menyangkut selisih kehilangan antara kelompok program dan pembanding, sedangkan di sini hanya ada satu kelompok.",
        "Loss is shown without a verdict: the boundaries of the What Works Clearinghouse are about the difference in loss between a programme and a comparison group, and here there is one group.",
    )
}

/// Loss is high by the declared boundary.
pub(super) fn high_loss() -> Notice {
    notice(
        "A-ATTRITION-002",
        NoticeKind::Caution,
        "Kehilangan peserta tergolong tinggi menurut batas yang dinyatakan; kedua kelompok yang tersisa tidak lagi dijamin sebanding, sehingga kesetaraan awal dan batas taksiran (jika tersedia) harus ikut dibaca.",
        "Loss is high by the declared boundary; the groups that are left need not be alike any more, so baseline equivalence and the bounds on the estimate, where there are any, must be read with it.",
    )
}

/// The other boundary says otherwise.
pub(super) fn boundaries_differ(other: AttritionBoundary) -> Notice {
    let (id, en) = match other {
        AttritionBoundary::Optimistic => ("batas longgar", "the optimistic boundary"),
        AttritionBoundary::Cautious => ("batas ketat", "the cautious boundary"),
    };
    notice(
        "A-ATTRITION-003",
        NoticeKind::Caution,
        format!(
            "Putusan tentang kehilangan peserta bergantung pada batas yang dipilih: {id} memberikan putusan sebaliknya."
        ),
        format!("The verdict on loss depends on the boundary chosen: {en} gives the opposite one."),
    )
}

/// The verdict rests on how those met last only are counted.
pub(super) fn joiners_decide() -> Notice {
    notice(
        "A-ATTRITION-005",
        NoticeKind::Caution,
        "Putusan tentang kehilangan peserta menjadi sebaliknya jika peserta yang hanya diukur terakhir tidak dihitung; periksa apakah mereka tidak hadir pada awal atau bergabung kemudian.",
        "The verdict on loss turns round when those measured last only are left out; find out whether they were absent first or joined later.",
    )
}

/// An arm without persons on the roster has no rate of loss.
pub(super) fn arm_without_roster() -> Notice {
    notice(
        "A-ATTRITION-004",
        NoticeKind::Refusal,
        "Salah satu kelompok tidak memiliki peserta pada daftar peserta, sehingga kehilangan peserta tidak dapat dibandingkan.",
        "One of the groups has nobody on the roster, so loss cannot be compared.",
    )
}

/// A characteristic without a size of the difference.
pub(super) fn no_balance(id: &str, why: &str) -> Notice {
    notice(
        "A-BASE-002",
        NoticeKind::Caution,
        format!("Perbedaan awal untuk \"{id}\" tidak dapat dihitung: {why}."),
        format!("The first difference in \"{id}\" could not be computed: {why}."),
    )
}

/// A covariate that is neither a number nor a group.
pub(super) fn too_many_values(id: &str, values: usize) -> Notice {
    notice(
        "A-BASE-003",
        NoticeKind::Caution,
        format!("Kovariat \"{id}\" memiliki {values} nilai yang bukan angka; kesetaraannya tidak diperiksa."),
        format!("Covariate \"{id}\" has {values} values that are no numbers; its balance is not looked at."),
    )
}

/// Schools that lost far more than the others.
pub(super) fn far_below(schools: &[String]) -> Notice {
    let named = schools.join(", ");
    notice(
        "A-FLOW-001",
        NoticeKind::Caution,
        format!(
            "Di sekolah berikut jauh lebih sedikit peserta yang mengikuti kedua pengukuran daripada di sekolah lain: {named}. Periksa ketidakhadiran dan nomor peserta."
        ),
        format!(
            "In these schools far fewer participants took part in both measurements than elsewhere: {named}. Check absences and participant numbers."
        ),
    )
}

/// Nobody measured first was lost, so no change is to be bounded; `unmeasured` persons on the roster have no first
/// score. Where groups were `drawn` by lot they are bounded by last scores.
pub(in crate::analysis) fn nobody_lost(unmeasured: usize, drawn: bool) -> Notice {
    let (kind, id, en) = match (unmeasured, drawn) {
        (0, false) => (
            NoticeKind::Reason,
            "Tidak ada peserta yang diukur pada awal lalu hilang; batas akibat kehilangan peserta tidak diperlukan.".to_owned(),
            "Nobody who was measured first was lost; bounds for loss are not needed.".to_owned(),
        ),
        (_, true) => (
            NoticeKind::Reason,
            "Tidak ada peserta yang diukur pada awal lalu hilang, sehingga perubahan tidak perlu dibatasi; peserta lain pada daftar yang tidak diukur pada akhir dibatasi melalui skor akhir.".to_owned(),
            "Nobody who was measured first was lost, so no change needs bounds; others on the roster without a last score are bounded by last scores.".to_owned(),
        ),
        (unmeasured, false) => (
            NoticeKind::Caution,
            format!("Tidak ada peserta yang diukur pada awal lalu hilang, tetapi {unmeasured} peserta pada daftar tidak memiliki skor awal. Perubahan mereka tidak diketahui dan tidak dapat dibatasi, sehingga kehilangan ini hanya terlihat pada tabel kehilangan peserta."),
            format!("Nobody who was measured first was lost, but {unmeasured} persons on the roster have no first score. Their change is not known and cannot be bounded, so this loss shows in the table of loss only."),
        ),
    };
    let code = if kind == NoticeKind::Caution { "A-BOUND-004" } else { "A-BOUND-001" };
    notice(code, kind, id, en)
}

/// No range of scores: no worst case.
pub(in crate::analysis) fn no_range() -> Notice {
    notice(
        "A-BOUND-002",
        NoticeKind::Caution,
        "Skor terendah dan tertinggi yang mungkin tidak diketahui, sehingga kasus terburuk bagi peserta yang hilang tidak dapat dihitung.",
        "The lowest and the highest possible score are not known, so the worst case for the lost cannot be computed.",
    )
}

/// Too few schools to draw schools anew.
pub(in crate::analysis) fn too_few_to_resample(schools: usize, needed: usize) -> Notice {
    notice(
        "A-BOUND-003",
        NoticeKind::Caution,
        format!(
            "Salah satu kelompok hanya memiliki {schools} sekolah (kurang dari {needed}); batas Lee disajikan tanpa interval."
        ),
        format!(
            "One of the groups has only {schools} schools (fewer than {needed}); Lee's bounds are given without an interval."
        ),
    )
}

/// A characteristic in which the groups were further apart than adjustment mends.
pub(super) fn covariate_differs(label: &Text, value: Option<&Text>, size: f64) -> Notice {
    let words = |lang| format::number(lang, size.abs(), 2);
    let name = |lang| match value {
        Some(value) => format!("{}: {}", label.get(lang), value.get(lang)),
        None => label.get(lang).to_owned(),
    };
    notice(
        "A-BASE-004",
        NoticeKind::Caution,
        format!(
            "Sebelum program, kedua kelompok berbeda dalam \"{}\" sebesar {} simpangan baku (lebih dari 0,25).",
            name(Lang::Id),
            words(Lang::Id)
        ),
        format!(
            "Before the programme, the groups differed in \"{}\" by {} standard deviations (more than 0.25).",
            name(Lang::En),
            words(Lang::En)
        ),
    )
}

/// A characteristic in which those met after differ much from those met before.
pub(super) fn composition_shifts(label: &Text, value: Option<&Text>, size: f64) -> Notice {
    let words = |lang| format::number(lang, size.abs(), 2);
    let name = |lang| match value {
        Some(value) => format!("{}: {}", label.get(lang), value.get(lang)),
        None => label.get(lang).to_owned(),
    };
    notice(
        "A-COHORT-001",
        NoticeKind::Caution,
        format!(
            "Peserta kedua pengukuran berbeda dalam \"{}\" sebesar {} simpangan baku (lebih dari 0,25); selisih skor dapat berasal dari pergeseran itu.",
            name(Lang::Id),
            words(Lang::Id)
        ),
        format!(
            "Those met at the two waves differ in \"{}\" by {} standard deviations (more than 0.25); the difference in scores may come from that shift.",
            name(Lang::En),
            words(Lang::En)
        ),
    )
}
