//! What is refused about raters, and what must be known, in both languages.

use super::gate::{ADVISED_SHARE, needed};
use crate::analysis::findings::{Notice, NoticeKind, RaterFindings, RaterLayout, SeverityFindings};
use crate::analysis::notices::{about, notice};
use crate::i18n::{Lang, Text, format};
use crate::measure::Severity;
use crate::measure::severity::Unfitted;
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

/// The notices about the severities of one instrument's raters.
pub(super) fn of_severity(found: &Severity, told: &SeverityFindings) -> Vec<Notice> {
    let mut notices = Vec::new();
    match &found.result {
        // Said wave by wave: there is nobody to agree with either.
        Err(Unfitted::OneRater) => {}
        Err(Unfitted::Disconnected { parts }) => notices.push(disconnected(parts)),
        Err(Unfitted::TooFew { found, needed }) => notices.push(too_few(*found, *needed)),
        Err(Unfitted::NotConverged) => {
            notices.push(no_fit("perhitungan tidak konvergen", "the estimation did not converge"));
        }
        Err(Unfitted::Irt(_)) => {
            let en = "the ratings do not vary enough, or too few persons were rated";
            notices.push(no_fit("nilai kurang bervariasi atau terlalu sedikit orang yang dinilai", en));
        }
        Ok(_) => {
            let extreme = told.raters.iter().filter(|rater| rater.severity.is_none());
            notices.extend(extreme.map(|rater| no_severity(&rater.rater)));
        }
    }
    notices.into_iter().map(|notice| about(notice, &found.instrument)).collect()
}

fn disconnected(parts: &[Vec<String>]) -> Notice {
    let names: Vec<String> = parts.iter().map(|part| part.join(", ")).collect();
    let names = names.join(" | ");
    notice(
        "A-RATER-006",
        NoticeKind::Refusal,
        format!(
            "Keketatan penilai tidak ditaksir dan skor tidak disesuaikan: penilai terpisah menjadi {} kelompok tanpa orang yang dinilai bersama ({names}). Beda keketatan antarkelompok tidak dapat dibedakan dari beda orang yang dinilai; aturlah agar penilai dari kelompok yang berlainan menilai beberapa orang yang sama.",
            parts.len()
        ),
        format!(
            "Severity of raters is not estimated and no score is adjusted: the raters fall into {} groups that share no rated person ({names}). Differences in severity between the groups cannot be told from differences between the persons they rated; have raters of different groups rate some of the same persons.",
            parts.len()
        ),
    )
}

fn too_few(found: usize, needed: usize) -> Notice {
    notice(
        "A-RATER-007",
        NoticeKind::Refusal,
        format!(
            "Keketatan penilai tidak ditaksir dan skor tidak disesuaikan: hanya ada {found} penilaian (orang kali penilai); diperlukan sedikitnya {needed}."
        ),
        format!(
            "Severity of raters is not estimated and no score is adjusted: there are only {found} ratings of a person by a rater; at least {needed} are needed."
        ),
    )
}

fn no_fit(id: &str, en: &str) -> Notice {
    notice(
        "A-RATER-008",
        NoticeKind::Refusal,
        format!("Keketatan penilai tidak ditaksir dan skor tidak disesuaikan: {id}."),
        format!("Severity of raters is not estimated and no score is adjusted: {en}."),
    )
}

fn no_severity(rater: &str) -> Notice {
    notice(
        "A-RATER-009",
        NoticeKind::Caution,
        format!(
            "Keketatan penilai {rater} tidak dapat ditaksir karena semua nilainya berada di satu ujung; skor orang yang dinilainya tidak disesuaikan dan tidak masuk ke taksiran yang disesuaikan."
        ),
        format!(
            "The severity of rater {rater} cannot be estimated because all ratings given are at one end; scores of persons rated by this rater are not adjusted and are left out of the adjusted estimate."
        ),
    )
}
