//! Reasons, refusals and cautions, each with its code and its sentence in both languages.
//!
//! A notice is made where the decision is made; its wording stands here, so that a reviewer can read every
//! sentence the analysis can say on one page.

mod gaps;
mod methods;

pub use gaps::{arm_without_scores, empty_arm, few_schools_not_drawn, no_comparison, why};
pub use methods::{did_and_ancova, few_schools_within, mixed_fallback, singular, weighting, weights};

use super::findings::{Notice, NoticeKind, Plan, SchoolSizes, StrataSummary};
use crate::i18n::{Lang, Text, format};
use crate::study::{Assignment, BoundStudy};

/// Coefficient of variation of school sizes from which on the two averages are told apart in words: half of the
/// schools then differ from the mean by some 40 percent or more.
const UNEQUAL: f64 = 0.6;

/// Persons below which a group of children is not shown (standards 8; US states use 5 to 30, mostly 10: NCES 2011-603).
const CUSTOMARY_CELL: usize = 10;

pub(super) fn notice(code: &str, kind: NoticeKind, id: impl Into<String>, en: impl Into<String>) -> Notice {
    Notice { code: code.to_owned(), about: String::new(), kind, text: Text::new(id, en) }
}

/// The same notice about one outcome, instrument or scale.
#[must_use]
pub fn about(mut notice: Notice, about: &str) -> Notice {
    about.clone_into(&mut notice.about);
    notice
}

/// One wave: no change can be seen.
pub fn one_wave() -> Notice {
    notice(
        "A-DESIGN-001",
        NoticeKind::Refusal,
        "Hanya ada satu kali pengukuran, sehingga perubahan tidak dapat dihitung; hanya deskripsi yang disajikan.",
        "There is one wave of measurement, so no change can be computed; only a description is given.",
    )
}

/// One group: a change, never an effect.
pub fn one_group() -> Notice {
    notice(
        "A-DESIGN-002",
        NoticeKind::Reason,
        "Satu kelompok diukur sebelum dan sesudah program, tanpa pembanding. Yang dapat ditunjukkan adalah perubahan di antara dua tes, bukan sebabnya: siswa juga belajar dan bertambah matang tanpa program.",
        "One group was measured before and after, without a comparison. What can be shown is a change between two tests, not its cause: students also learn and mature without a programme.",
    )
}

/// A comparison: what the assignment allows.
pub fn comparison(assignment: Assignment) -> Notice {
    match assignment {
        Assignment::RandomSchool | Assignment::RandomStudent => notice(
            "A-DESIGN-003",
            NoticeKind::Reason,
            "Kelompok ditentukan secara acak, sehingga selisih di antara kelompok dapat dibaca sebagai akibat program, dalam batas ketidakpastian yang dicetak.",
            "The groups were formed by lot, so a difference between them can be read as caused by the programme, within the uncertainty that is printed.",
        ),
        _ => notice(
            "A-DESIGN-004",
            NoticeKind::Reason,
            "Kelompok program dan pembanding tidak ditentukan secara acak. Selisih perubahan berkaitan dengan program, tetapi perbedaan lain di antara sekolah dapat ikut menyebabkannya.",
            "The programme and comparison groups were not formed by lot. A difference in change is associated with the programme, but other differences between the schools may have contributed to it.",
        ),
    }
}

/// Schools are the units of inference.
pub fn schools_are_units(schools: usize) -> Notice {
    notice(
        "A-UNIT-001",
        NoticeKind::Reason,
        format!(
            "Siswa berada di dalam sekolah dan saling mirip di dalamnya; {schools} sekolah adalah unit inferensi, dan ketidakpastian dihitung dari perbedaan antarsekolah."
        ),
        format!(
            "Students sit in schools and resemble each other there; the {schools} schools are the units of inference, and uncertainty is computed from the differences between schools."
        ),
    )
}

/// The pupil-level t-test is refused.
pub fn student_t_refused(schools: usize) -> Notice {
    notice(
        "A-UNIT-002",
        NoticeKind::Refusal,
        format!(
            "Uji-t pada tingkat siswa ditolak: uji itu menganggap setiap siswa sebagai bukti yang berdiri sendiri dan dengan {schools} sekolah menemukan perubahan yang tidak ada jauh lebih sering daripada yang tertulis."
        ),
        format!(
            "The pupil-level t-test is refused: it takes every pupil as independent evidence and, with {schools} schools, finds a change that is not there far more often than it states."
        ),
    )
}

/// No school in the roster: clustering is unknown.
pub fn schools_unknown() -> Notice {
    notice(
        "A-UNIT-003",
        NoticeKind::Caution,
        "Sekolah siswa tidak diketahui, sehingga pengelompokan siswa dalam sekolah tidak dapat diperhitungkan. Interval di sini kemungkinan terlalu sempit dan nilai p terlalu kecil. Tambahkan kolom sekolah pada daftar peserta agar analisis yang tepat dapat dijalankan.",
        "The students' schools are unknown, so clustering of students in schools cannot be taken into account. The intervals here are probably too narrow and the p-values too small. Add a school column to the roster so that the right analysis can be run.",
    )
}

/// Too few schools for an interval.
pub fn few_schools(schools: usize, needed: usize) -> Notice {
    if schools < 2 {
        return gaps::one_school();
    }
    notice(
        "A-FEW-001",
        NoticeKind::Refusal,
        format!(
            "Dengan {schools} sekolah (kurang dari {needed}) interval berbasis uji-t tidak diberikan; yang disajikan hanya deskripsi dan uji permutasi."
        ),
        format!(
            "With {schools} schools (fewer than {needed}) no t-based interval is given; only a description and a permutation test are shown."
        ),
    )
}

/// A comparison with a single school on one side.
pub fn one_school_in_an_arm() -> Notice {
    notice(
        "A-FEW-002",
        NoticeKind::Refusal,
        "Salah satu kelompok hanya memiliki satu sekolah, sehingga program tidak dapat dipisahkan dari sekolah itu. Selisih di antara kelompok tidak diuji.",
        "One of the groups has a single school, so the programme cannot be told apart from that school. The difference between the groups is not tested.",
    )
}

/// More than two waves: which two the primary change is counted between.
pub fn several_waves(before: &Text, after: &Text) -> Notice {
    let words = |lang| (before.get(lang), after.get(lang));
    let ((id_before, id_after), (en_before, en_after)) = (words(Lang::Id), words(Lang::En));
    notice(
        "A-DESIGN-005",
        NoticeKind::Reason,
        format!(
            "Studi ini memiliki lebih dari dua kali pengukuran; taksiran utama membandingkan \"{id_before}\" dan \"{id_after}\", dan perubahan di antara semua pengukuran disajikan di sampingnya."
        ),
        format!(
            "The study has more than two waves; the primary estimate compares \"{en_before}\" and \"{en_after}\", and the changes between all waves stand beside it."
        ),
    )
}

/// Every wave meets other persons.
pub fn cross_sections() -> Notice {
    notice(
        "A-DESIGN-006",
        NoticeKind::Reason,
        "Setiap pengukuran dilakukan pada siswa yang berbeda di sekolah yang sama (potong lintang berulang). Yang dibandingkan adalah rata-rata sekolah antarangkatan, bukan kemajuan siswa; perbedaan susunan siswa antarangkatan ikut terbawa di dalamnya.",
        "Every wave measured other students of the same schools (repeated cross-sections). What is compared are school means between cohorts, not the progress of students; differences in the make-up of the cohorts are part of it.",
    )
}

/// Arms within schools are compared within schools.
pub fn arms_within_schools() -> Notice {
    notice(
        "A-DESIGN-007",
        NoticeKind::Reason,
        "Siswa dari kedua kelompok berada di sekolah yang sama, sehingga kelompok dibandingkan di dalam sekolah; apakah selisihnya berbeda antarsekolah diperhitungkan dalam galat bakunya.",
        "Students of both groups sit in the same schools, so the groups are compared within schools; that the difference may vary between schools is part of its standard error.",
    )
}

/// Strata or pairs that the analysis keeps to.
pub fn strata(strata: StrataSummary) -> Vec<Notice> {
    let count = strata.count;
    let (id_kind, en_kind) = if strata.pairs { ("pasangan", "pairs") } else { ("strata", "strata") };
    let mut notices = vec![notice(
        "A-STRATA-001",
        NoticeKind::Reason,
        format!("Sekolah dikelompokkan dalam {count} {id_kind}; selisih dihitung dan diuji di dalamnya."),
        format!("The schools form {count} {en_kind}; the difference is estimated and tested within them."),
    )];
    if strata.one_sided > 0 {
        let idle = strata.one_sided;
        notices.push(notice(
            "A-STRATA-002",
            NoticeKind::Caution,
            format!(
                "{idle} dari {count} {id_kind} hanya berisi sekolah dari satu kelompok, sehingga tidak memberi keterangan tentang selisih di antara kelompok."
            ),
            format!(
                "{idle} of the {count} {en_kind} hold schools of one group only, so they tell nothing about the difference between the groups."
            ),
        ));
    }
    notices
}

/// Pairs that do not hold two schools, by name, with the number of schools they hold; none where all do.
pub fn odd_pairs(pairs: &[(&str, usize)]) -> Option<Notice> {
    if pairs.is_empty() {
        return None;
    }
    let list = |schools: fn(usize) -> String| {
        pairs
            .iter()
            .map(|(pair, count)| format!("\"{pair}\" ({})", schools(*count)))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let id = list(|count| format!("{count} sekolah"));
    let en = list(|count| if count == 1 { "1 school".to_owned() } else { format!("{count} schools") });
    Some(notice(
        "A-STRATA-003",
        NoticeKind::Caution,
        format!(
            "Pasangan yang tidak terdiri atas dua sekolah: {id}. Periksa kolom pasangan pada daftar peserta; analisis memperlakukannya sebagai strata."
        ),
        format!(
            "Pairs that do not hold two schools: {en}. Check the pair column of the roster; the analysis treats them as strata."
        ),
    ))
}

/// Schools of very unequal size: the average school and the average student may differ.
pub fn unequal_schools(sizes: SchoolSizes, students_beside: bool) -> Option<Notice> {
    let variation = sizes.variation.filter(|variation| *variation > UNEQUAL)?;
    let words = |lang| format::number(lang, variation, 2);
    let (smallest, largest) = (sizes.smallest, sizes.largest);
    let [id, en] = if students_beside {
        [
            "; bandingkan taksiran utama dengan taksiran yang memberi bobot sama kepada setiap siswa",
            "; compare the primary estimate with the one that gives every student the same weight",
        ]
    } else {
        ["", ""]
    };
    Some(notice(
        "A-SIZE-001",
        NoticeKind::Caution,
        format!(
            "Ukuran sekolah sangat berbeda ({smallest} sampai {largest} peserta; koefisien variasi {}). Rata-rata sekolah dan rata-rata siswa dapat berbeda{id}.",
            words(Lang::Id)
        ),
        format!(
            "The schools differ much in size ({smallest} to {largest} participants; coefficient of variation {}). The average school and the average student may differ{en}.",
            words(Lang::En)
        ),
    ))
}

/// An outcome without a person measured twice.
pub fn nobody_linked() -> Notice {
    notice(
        "A-MATCH-001",
        NoticeKind::Refusal,
        "Tidak ada peserta yang memiliki skor pada pengukuran pertama dan terakhir, sehingga perubahan tidak dihitung. Periksa apakah nomor peserta sama pada kedua berkas.",
        "No participant has a score at both the first and the last wave, so no change is computed. Check that the ids are the same in both files.",
    )
}

/// A group too small to be reported by itself.
pub fn small_group(n: usize, smallest: usize) -> Notice {
    notice(
        "A-SMALL-001",
        NoticeKind::Refusal,
        format!(
            "Hanya {n} peserta memiliki skor pada kedua pengukuran (kurang dari {smallest}); perubahan tidak ditaksir."
        ),
        format!(
            "Only {n} participants have a score at both waves (fewer than {smallest}); no change is estimated."
        ),
    )
}

/// A kernel could not give an estimate.
pub fn no_estimate(method: &str, why: &Text) -> Notice {
    let (id, en) = (why.get(Lang::Id), why.get(Lang::En));
    notice(
        "A-ESTIMATE-001",
        NoticeKind::Caution,
        format!("Taksiran dengan metode {method} tidak dapat dihitung: {id}."),
        format!("The estimate by {method} could not be computed: {en}."),
    )
}

/// Few degrees of freedom behind an interval.
pub fn few_degrees(df: f64) -> Notice {
    let words = |lang| format::degrees(lang, df);
    notice(
        "A-DF-001",
        NoticeKind::Caution,
        format!(
            "Derajat bebas hanya {} (kurang dari 4); interval dan nilai p tidak dapat diandalkan.",
            words(Lang::Id)
        ),
        format!(
            "The degrees of freedom are only {} (below 4); the interval and the p-value are not reliable.",
            words(Lang::En)
        ),
    )
}

/// School variance of zero or below.
pub fn no_school_variance(wave: &str) -> Notice {
    notice(
        "A-ICC-001",
        NoticeKind::Caution,
        format!(
            "Ragam antarsekolah pada pengukuran \"{wave}\" ditaksir nol atau negatif; korelasi intrakelas dicantumkan apa adanya."
        ),
        format!(
            "The variance between schools at wave \"{wave}\" is estimated at zero or below; the intraclass correlation is printed as it came out."
        ),
    )
}

/// Different booklets before and after.
pub fn booklets_differ() -> Notice {
    notice(
        "A-BOOKLET-001",
        NoticeKind::Caution,
        "Siswa mengerjakan buku tes yang berbeda pada kedua pengukuran; skor persen mengandaikan buku tes sama sukarnya. Pembagian buku tes yang bergiliran di setiap sekolah menyeimbangkan perbedaan itu pada tingkat sekolah.",
        "Students worked on different booklets at the two waves; percent scores assume that the booklets are equally hard. Alternating the booklets within each school balances that difference at school level.",
    )
}

/// No common items between waves.
pub fn no_common_items() -> Notice {
    notice(
        "A-MATCH-002",
        NoticeKind::Refusal,
        "Tidak ada butir yang sama pada kedua pengukuran, sehingga perubahan skor persen tidak dapat ditafsirkan dan tidak ditaksir.",
        "The two waves have no item in common, so a change in percent scores cannot be interpreted and is not estimated.",
    )
}

/// Baseline difference beyond what adjustment is trusted with.
pub fn baseline_differs(g: f64) -> Notice {
    let words = |lang| format::number(lang, g.abs(), 2);
    notice(
        "A-BASE-001",
        NoticeKind::Caution,
        format!(
            "Kelompok berbeda {} simpangan baku sebelum program (lebih dari 0,25); penyesuaian statistik tidak cukup untuk perbedaan sebesar itu.",
            words(Lang::Id)
        ),
        format!(
            "The groups differed by {} standard deviations before the programme (more than 0.25); statistical adjustment is not enough for a difference of that size.",
            words(Lang::En)
        ),
    )
}

/// A study that estimates changes but does not say which of them would matter.
pub fn without_smallest_effect(study: &BoundStudy, plan: &Plan) -> Option<Notice> {
    let declared = study.study.analysis.smallest_effect_of_interest.is_some();
    (plan.primary.is_some() && !declared).then(|| {
        notice(
            "A-INTEREST-001",
            NoticeKind::Caution,
            "Studi ini tidak menyatakan perubahan terkecil yang dianggap berarti (smallest_effect_of_interest), sehingga kesetaraan tidak diuji: hasil yang intervalnya mencakup nol hanya dapat dibaca sebagai belum dapat disimpulkan. Nyatakan batas itu sebelum melihat data.",
            "The study does not declare the smallest change that would matter (smallest_effect_of_interest), so equivalence is not tested: a result whose interval includes zero can only be read as undecided. Declare that limit before looking at the data.",
        )
    })
}

/// A study that reports groups small enough to recognise children in.
pub fn small_cells(study: &BoundStudy) -> Option<Notice> {
    let smallest = study.study.analysis.smallest_cell;
    (smallest < CUSTOMARY_CELL).then(|| {
        notice(
            "A-CELL-001",
            NoticeKind::Caution,
            format!(
                "Studi ini menampilkan kelompok mulai dari {smallest} peserta (smallest_cell), kurang dari {CUSTOMARY_CELL} yang lazim untuk data anak; dalam kelompok sekecil itu seorang anak dapat dikenali. Jangan sebarkan laporan ini di luar tim, atau naikkan batasnya menjadi {CUSTOMARY_CELL}."
            ),
            format!(
                "The study shows groups from {smallest} participants on (smallest_cell), fewer than the {CUSTOMARY_CELL} that are customary for data on children; in groups that small a child can be recognised. Do not pass this report on outside the team, or raise the limit to {CUSTOMARY_CELL}."
            ),
        )
    })
}

/// An outcome for which the next study cannot be planned from this one; `why` in the words of the kernel.
pub fn no_plan(outcome: &str, why: Option<&str>) -> Notice {
    let [id, en] = match why {
        Some(why) => [format!(": {why}."), format!(": {why}.")],
        None => {
            [", karena sekolah tidak diketahui.".to_owned(), ", because schools are not known.".to_owned()]
        }
    };
    let found = notice(
        "A-PLANNING-001",
        NoticeKind::Caution,
        format!("Jumlah sekolah untuk studi berikutnya tidak dapat direncanakan dari studi ini{id}"),
        format!("The number of schools of the next study cannot be planned from this one{en}"),
    );
    about(found, outcome)
}
