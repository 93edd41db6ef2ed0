//! What must be said about a measure, in both languages.

use super::Sheet;
use crate::analysis::findings::{LinkFindings, Notice, NoticeKind};
use crate::analysis::notices::notice;
use crate::i18n::{Lang, format};
use crate::measure::Unmeasured;
use crate::psych::irt::{Advice, Family, IrtError, Notice as FitNotice};

/// Correlation of common items' locations that is wanted (standards 6.3).
const WANTED_CORRELATION: f64 = 0.95;
/// Fewest common items for a sound link, unless they are a fifth of the items.
const WANTED_ANCHORS: usize = 8;

/// Why a scale is scored in percent of the possible points.
pub(super) fn unmeasured(reason: &Unmeasured) -> Notice {
    let (id, en) = match reason {
        Unmeasured::TooFewPersons { found, needed } => (
            format!("butir yang paling sedikit dijawab hanya dijawab {found} orang, padahal model paling sederhana memerlukan sekitar {needed}"),
            format!("the item with the fewest answers has {found}, and the simplest model needs about {needed}"),
        ),
        Unmeasured::Raters => (
            "nilainya adalah rata-rata beberapa penilai, bukan kategori; keketatan penilai dilaporkan tersendiri".to_owned(),
            "its points are means over several raters and no categories; the severity of raters is reported by itself".to_owned(),
        ),
        Unmeasured::NotConverged => (
            "pendugaan model tidak konvergen".to_owned(),
            "the estimation of the model did not converge".to_owned(),
        ),
        Unmeasured::Irt(IrtError::Disconnected { parts }) => (
            format!("butir terbagi atas {} bagian yang tidak dihubungkan oleh butir atau peserta yang sama", parts.len()),
            format!("the items fall into {} parts that no common items or persons connect", parts.len()),
        ),
        Unmeasured::Irt(IrtError::NoCommonItems) => (
            "tidak ada butir yang sama pada kedua tes".to_owned(),
            "the waves have no common items".to_owned(),
        ),
        Unmeasured::Irt(IrtError::TooFewItems { found, needed }) => (
            format!("hanya {found} butir yang jawabannya bervariasi; diperlukan sedikitnya {needed}"),
            format!("only {found} items vary where at least {needed} are needed"),
        ),
        Unmeasured::Irt(error) => (format!("model tidak dapat diduga ({error})"), format!("the model cannot be estimated ({error})")),
    };
    notice(
        "A-IRT-001",
        NoticeKind::Refusal,
        format!(
            "Skala ini tidak diukur dengan teori respons butir karena {id}. Skornya adalah persentase poin yang diperoleh, dan buku soal yang berbeda dianggap sama sulit."
        ),
        format!(
            "This scale is not measured by item response theory because {en}. Its score is the percentage of points gained, and different booklets are taken to be equally hard."
        ),
    )
}

/// Which model was taken and why.
pub(super) fn of_model(sheet: &Sheet<'_>) -> Vec<Notice> {
    let gate = &sheet.measure.gate;
    let mut notices = Vec::new();
    if let Advice::FallBackTo(_) = gate.advice {
        notices.push(notice(
            "A-IRT-002",
            NoticeKind::Reason,
            format!("Model dengan daya beda bebas memerlukan sekitar {} orang per butir; di sini butir yang paling sedikit dijawab mempunyai {}. Karena itu dipakai model Rasch.", gate.needed, gate.persons),
            format!("A model with free slopes needs about {} persons per item; here the item with the fewest answers has {}. The Rasch model is used instead.", gate.needed, gate.persons),
        ));
    }
    if gate.thin_categories {
        notices.push(notice(
            "A-IRT-003",
            NoticeKind::Caution,
            format!("Ada kategori jawaban yang hanya dipilih {} orang (kurang dari 10); langkah di sekitarnya tidak teliti.", gate.smallest_category),
            format!("Some category was chosen by only {} persons (fewer than 10); the steps next to it are imprecise.", gate.smallest_category),
        ));
    }
    if !sheet.found.conditioned_on_schools {
        notices.push(notice(
            "A-IRT-004",
            NoticeKind::Caution,
            "Model pengondisian nilai plausibel hanya memuat tes dan kelompok, tanpa sekolah.",
            "The conditioning model of the plausible values holds wave and group, but not the schools.",
        ));
    }
    notices
}

/// What the fits themselves say.
pub(super) fn of_fits(sheet: &Sheet<'_>) -> Vec<Notice> {
    let mut notices = Vec::new();
    let name = |place: &usize| sheet.measure.items.get(*place).cloned();
    let fits = &sheet.found.main.fits;
    let all = || fits.iter().flat_map(|fit| fit.notices.iter());
    let constant: Vec<String> = all()
        .filter_map(|own| match own {
            FitNotice::ConstantItem { item, .. } | FitNotice::UnansweredItem { item } => name(item),
            _ => None,
        })
        .collect();
    if !constant.is_empty() {
        let list = constant.join(", ");
        notices.push(notice(
            "A-IRT-005",
            NoticeKind::Caution,
            format!("Semua jawaban pada butir {list} sama, sehingga butir itu tidak ikut mengukur."),
            format!("All answers to {list} are the same, so the item takes no part in the measurement."),
        ));
    }
    if all().any(|own| matches!(own, FitNotice::LinkedByPopulationOnly { .. })) {
        notices.push(notice(
            "A-IRT-006",
            NoticeKind::Caution,
            "Sebagian buku soal tidak mempunyai butir bersama. Kesebandingannya hanya bersandar pada anggapan bahwa buku soal dibagikan secara acak.",
            "Some booklets share no items. They are comparable only under the assumption that booklets were handed out at random.",
        ));
    }
    if all().any(|own| matches!(own, FitNotice::NoInformation)) {
        notices.push(notice(
            "A-IRT-007",
            NoticeKind::Caution,
            "Galat baku parameter butir tidak dapat dihitung karena matriks informasi tidak definit positif.",
            "There are no standard errors of the item parameters: the information matrix is not positive definite.",
        ));
    }
    if all().any(|own| matches!(own, FitNotice::NoVariance { .. })) {
        notices.push(notice(
            "A-IRT-008",
            NoticeKind::Caution,
            "Ragam kemampuan diduga nol: jawaban tidak membedakan orang lebih daripada kebetulan.",
            "The variance of ability is estimated as zero: the answers tell persons apart no better than chance.",
        ));
    }
    if sheet.found.family == Family::GeneralisedPartialCredit
        && sheet.found.main.curves.iter().flatten().flatten().any(|curve| curve.slope < 0.0)
    {
        notices.push(notice(
            "A-IRT-009",
            NoticeKind::Caution,
            "Ada butir dengan daya beda negatif: siswa yang lebih mampu lebih sering salah. Periksa kuncinya.",
            "Some item has a negative slope: abler persons get it wrong more often. Check its key.",
        ));
    }
    notices
}

/// What the links say.
pub(super) fn of_links(sheet: &Sheet<'_>, links: &[LinkFindings]) -> Vec<Notice> {
    let mut notices = Vec::new();
    if sheet.measure.waves.len() > 1 && links.len() + 1 < sheet.measure.waves.len() {
        notices.push(no_link());
    }
    for link in links {
        let (anchors, items) = (link.anchors.len(), sheet.measure.items.len());
        if anchors < WANTED_ANCHORS && anchors * 5 < items {
            notices.push(notice(
                "A-LINK-002",
                NoticeKind::Caution,
                format!("Hanya {anchors} butir menghubungkan kedua tes; dianjurkan sedikitnya {WANTED_ANCHORS} atau seperlima dari butir."),
                format!("Only {anchors} items link the two waves; at least {WANTED_ANCHORS}, or a fifth of the items, are advised."),
            ));
        }
        if link.dropped > 0 {
            notices.push(drifted(link));
        }
        if link.limit_reached {
            notices.push(notice(
                "A-LINK-004",
                NoticeKind::Caution,
                "Lebih banyak butir bergeser daripada yang boleh dikeluarkan; penyetaraan kedua tes lemah.",
                "More items drifted than may be set aside; the link between the waves is weak.",
            ));
        }
        if let Some(correlation) = link.correlation.filter(|own| *own < WANTED_CORRELATION) {
            let value = |lang| format::number(lang, correlation, 2);
            notices.push(notice(
                "A-LINK-005",
                NoticeKind::Caution,
                format!("Korelasi tingkat kesukaran butir bersama antara kedua tes {} (diharapkan 0,95 atau lebih): urutan kesukaran butir tidak sepenuhnya tetap.", value(Lang::Id)),
                format!("The difficulties of the common items correlate {} between the waves (0.95 or more is wanted): their order is not fully stable.", value(Lang::En)),
            ));
        }
    }
    notices
}

fn drifted(link: &LinkFindings) -> Notice {
    let items: Vec<&str> = link.anchors.iter().filter(|a| a.dropped).map(|a| a.item.as_str()).collect();
    let list = items.join(", ");
    notice(
        "A-LINK-003",
        NoticeKind::Caution,
        format!(
            "Tingkat kesukaran butir {list} bergeser di antara kedua tes. Pergeseran dapat berarti butir itu bocor atau berubah, tetapi juga bahwa isinya diajarkan dalam program; karena itu perubahan dilaporkan dengan dan tanpa butir itu."
        ),
        format!(
            "The difficulty of {list} drifted between the waves. Drift may mean that an item leaked or changed, but also that its content was taught by the programme; the change is therefore given with and without it."
        ),
    )
}

/// Nothing links the waves: the headline change is refused.
pub(in crate::analysis) fn no_link() -> Notice {
    notice(
        "A-LINK-001",
        NoticeKind::Refusal,
        "Kedua tes tidak mempunyai butir bersama, sehingga skornya tidak berada pada skala yang sama dan perubahan tidak dapat ditafsirkan. Skor hanya disajikan berdampingan.",
        "The waves have no common items, so their scores are not on one scale and a change cannot be interpreted. Scores are only shown side by side.",
    )
}

/// Too few persons to test any item.
pub(super) fn dif_too_few(n: [usize; 2], needed: usize) -> Notice {
    notice(
        "A-DIF-001",
        NoticeKind::Refusal,
        format!(
            "Fungsi butir diferensial tidak diuji: kelompok mempunyai {} dan {} orang, per butir diperlukan sedikitnya {needed} dalam setiap kelompok.",
            n[0], n[1]
        ),
        format!(
            "Differential item functioning was not tested: the groups have {} and {} persons, and each item needs at least {needed} in either group.",
            n[0], n[1]
        ),
    )
}

/// Few persons: classes are uncertain.
pub(super) fn dif_few(n: [usize; 2]) -> Notice {
    notice(
        "A-DIF-002",
        NoticeKind::Caution,
        format!(
            "Dengan {} dan {} orang, kelas fungsi butir diferensial tidak stabil; butir kelas C perlu dibaca ulang isinya, bukan langsung dibuang.",
            n[0], n[1]
        ),
        format!(
            "With {} and {} persons the classes of differential item functioning are unstable; read a class-C item again rather than dropping it at once.",
            n[0], n[1]
        ),
    )
}

/// The waves share their persons.
pub(super) fn same_persons_twice() -> Notice {
    notice(
        "A-DIF-003",
        NoticeKind::Caution,
        "Kedua tes dikerjakan oleh siswa yang sama; uji antartes menganggap keduanya kelompok yang terpisah dan bersifat petunjuk.",
        "Both waves were taken by the same students; the test between waves treats them as separate groups and is a pointer, not a proof.",
    )
}
