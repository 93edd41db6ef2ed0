//! What is refused about raters, and what must be known, in both languages.

use super::gate::{ADVISED_SHARE, needed};
use crate::analysis::findings::{Notice, NoticeKind, RaterFindings, RaterLayout};
use crate::analysis::notices::{about, notice};
use crate::i18n::{Lang, Text, format};
use crate::study::BoundStudy;

/// The notices about one instrument at one wave.
pub(super) fn of(study: &BoundStudy, found: &RaterFindings) -> Vec<Notice> {
    let wave = study.study.waves.iter().find(|wave| wave.id == found.wave);
    let wave = wave.map_or_else(|| Text::new(&*found.wave, &*found.wave), |wave| wave.label.clone());
    let mut notices = Vec::new();
    if found.raters.len() < 2 {
        notices.extend(found.raters.first().map(|rater| one_rater(&wave, &rater.rater)));
    } else if found.double == 0 {
        notices.push(nobody_twice(&wave, found));
    } else if !found.passes {
        notices.push(too_few_twice(&wave, found));
    }
    let single = found.raters.iter().filter(|rater| rater.n == 1 && found.layout == RaterLayout::Rows);
    notices.extend(single.map(|rater| one_row(&wave, &rater.rater)));
    if found.unnamed > 0 {
        notices.push(unnamed(&wave, found.unnamed));
    }
    notices.into_iter().map(|notice| about(notice, &found.instrument)).collect()
}

fn one_rater(wave: &Text, rater: &str) -> Notice {
    notice(
        "A-RATER-001",
        NoticeKind::Refusal,
        format!(
            "{}: hanya ada satu penilai ({rater}), sehingga kesepakatan penilai tidak dapat dihitung; seberapa jauh skor bergantung pada penilainya tidak diketahui.",
            wave.get(Lang::Id)
        ),
        format!(
            "{}: there is one rater only ({rater}), so agreement of raters cannot be computed; how far the scores depend on the rater is not known.",
            wave.get(Lang::En)
        ),
    )
}

fn nobody_twice(wave: &Text, found: &RaterFindings) -> Notice {
    let advised = needed(found.rated, ADVISED_SHARE).max(found.needed);
    notice(
        "A-RATER-002",
        NoticeKind::Refusal,
        format!(
            "{}: tidak seorang pun dinilai oleh dua penilai, sehingga kesepakatan penilai tidak dapat dihitung. Nilailah dua kali sedikitnya {} dari {} orang (lebih baik {advised}).",
            wave.get(Lang::Id),
            found.needed,
            found.rated
        ),
        format!(
            "{}: nobody was rated by two raters, so agreement of raters cannot be computed. Have at least {} of the {} persons rated twice (better {advised}).",
            wave.get(Lang::En),
            found.needed,
            found.rated
        ),
    )
}

fn too_few_twice(wave: &Text, found: &RaterFindings) -> Notice {
    let advised = needed(found.rated, ADVISED_SHARE).max(found.needed);
    let share = |lang| format::percent(lang, found.share, 0);
    notice(
        "A-RATER-003",
        NoticeKind::Refusal,
        format!(
            "{}: hanya {} dari {} orang ({}) dinilai oleh dua penilai; koefisien kesepakatan tidak disajikan sebagai bukti. Diperlukan sedikitnya {} penilaian ganda (lebih baik {advised}; lazimnya 10–20% dari yang dinilai).",
            wave.get(Lang::Id),
            found.double,
            found.rated,
            share(Lang::Id),
            found.needed
        ),
        format!(
            "{}: only {} of {} persons ({}) were rated by two raters; no coefficient of agreement is reported as evidence. At least {} double ratings are needed (better {advised}; 10–20% of what is rated is customary).",
            wave.get(Lang::En),
            found.double,
            found.rated,
            share(Lang::En),
            found.needed
        ),
    )
}

fn one_row(wave: &Text, rater: &str) -> Notice {
    notice(
        "A-RATER-004",
        NoticeKind::Caution,
        format!(
            "{}: penilai {rater} hanya menilai satu orang; rata-ratanya tidak ditafsirkan.",
            wave.get(Lang::Id)
        ),
        format!("{}: rater {rater} rated one person only; no mean is read from it.", wave.get(Lang::En)),
    )
}

fn unnamed(wave: &Text, rows: usize) -> Notice {
    notice(
        "A-RATER-005",
        NoticeKind::Caution,
        format!(
            "{}: {rows} baris tidak menyebut penilainya; baris itu masuk ke skor, tetapi tidak ke kesepakatan penilai.",
            wave.get(Lang::Id)
        ),
        format!(
            "{}: {rows} rows name no rater; they count in the score, but not in the agreement of raters.",
            wave.get(Lang::En)
        ),
    )
}
