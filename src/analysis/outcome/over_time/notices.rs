//! Which schools and contrasts are missing from changes between waves, and why.

use super::{Sample, SchoolSet};
use crate::analysis::findings::{Notice, NoticeKind};
use crate::analysis::notices::notice;
use crate::i18n::{Lang, Text};
use crate::study::Wave;

/// Schools that are named before the rest is only counted.
const NAMED: usize = 5;

/// "3: A, B, C"; the first few names with the number of the others.
struct Schools {
    count: usize,
    names: String,
    others: usize,
}

impl Schools {
    fn of(sample: &Sample<'_>, ids: &[String]) -> Schools {
        let known = &sample.measured.roster.school_names;
        let names: Vec<&str> =
            ids.iter().take(NAMED).map(|id| known.get(id).map_or(id.as_str(), String::as_str)).collect();
        Schools { count: ids.len(), names: names.join(", "), others: ids.len().saturating_sub(NAMED) }
    }

    fn worded(&self, lang: Lang) -> String {
        let Schools { names, others, .. } = self;
        match (lang, others) {
            (_, 0) => names.clone(),
            (Lang::Id, others) => format!("{names}, dan {others} sekolah lain"),
            (Lang::En, others) => format!("{names}, and {others} more"),
        }
    }
}

/// The schools that the estimate between the compared waves leaves out.
pub(super) fn left_out(sample: &Sample<'_>, set: &SchoolSet) -> Vec<Notice> {
    let mut notices = Vec::new();
    if !set.without_wave.is_empty() {
        let schools = Schools::of(sample, &set.without_wave);
        let (count, [id, en]) = (schools.count, [Lang::Id, Lang::En].map(|lang| schools.worded(lang)));
        notices.push(notice(
            "A-SCHOOL-001",
            NoticeKind::Caution,
            format!(
                "{count} sekolah tidak diikutkan karena tidak memiliki skor pada salah satu dari kedua pengukuran yang dibandingkan: {id}. Siswanya tidak dihitung dalam n."
            ),
            format!(
                "{count} schools are left out because they have no scores at one of the two waves that are compared: {en}. Their students do not count in n."
            ),
        ));
    }
    notices.extend(without_an_arm(sample, set));
    notices
}

/// Schools with one arm only, where the arms are compared within schools.
pub(super) fn without_an_arm(sample: &Sample<'_>, set: &SchoolSet) -> Option<Notice> {
    if set.without_arm.is_empty() {
        return None;
    }
    let schools = Schools::of(sample, &set.without_arm);
    let (count, [id, en]) = (schools.count, [Lang::Id, Lang::En].map(|lang| schools.worded(lang)));
    Some(notice(
        "A-SCHOOL-002",
        NoticeKind::Caution,
        format!(
            "Kelompok program dan pembanding dibandingkan di dalam setiap sekolah; {count} sekolah hanya memiliki salah satunya dan tidak diikutkan: {id}."
        ),
        format!(
            "Programme and comparison are compared within each school; {count} schools hold only one of them and are left out: {en}."
        ),
    ))
}

/// Schools that some change between waves leaves out, in the table of all changes.
pub(super) fn left_out_of_growth(sample: &Sample<'_>, ids: &[String]) -> Notice {
    let schools = Schools::of(sample, ids);
    let (count, [id, en]) = (schools.count, [Lang::Id, Lang::En].map(|lang| schools.worded(lang)));
    notice(
        "A-SCHOOL-003",
        NoticeKind::Caution,
        format!(
            "{count} sekolah tidak memiliki skor pada semua pengukuran dan tidak diikutkan dalam perubahan (atau kecenderungan) yang memerlukannya: {id}. Karena itu jumlah sekolah berbeda antarbaris tabel."
        ),
        format!(
            "{count} schools lack the scores of some waves and are left out of the changes (or the trend) that need them: {en}. The number of schools therefore differs between the rows of the table."
        ),
    )
}

/// Too few persons in the schools that have both waves.
pub(super) fn few_persons(persons: usize, smallest: usize) -> Notice {
    notice(
        "A-SMALL-001",
        NoticeKind::Refusal,
        format!(
            "Sekolah yang diukur pada kedua pengukuran hanya memiliki {persons} peserta (kurang dari {smallest}); selisih antarangkatan tidak ditaksir."
        ),
        format!(
            "The schools measured at both waves hold only {persons} participants (fewer than {smallest}); no difference between cohorts is estimated."
        ),
    )
}

/// A change between two waves without an answer.
pub(super) fn no_contrast([from, to]: [&Wave; 2], why: &Text) -> Notice {
    let of = |lang| (from.label.get(lang), to.label.get(lang), why.get(lang));
    let ((id_from, id_to, id_why), (en_from, en_to, en_why)) = (of(Lang::Id), of(Lang::En));
    notice(
        "A-WAVE-001",
        NoticeKind::Caution,
        format!("Perubahan dari \"{id_from}\" ke \"{id_to}\" tidak dapat ditaksir: {id_why}."),
        format!("The change from \"{en_from}\" to \"{en_to}\" could not be estimated: {en_why}."),
    )
}

/// Too few persons behind a change between two waves, as a reason.
pub(super) fn too_few(persons: usize, smallest: usize) -> Text {
    Text::new(
        format!("hanya {persons} peserta yang dapat dihitung (kurang dari {smallest})"),
        format!("only {persons} participants count (fewer than {smallest})"),
    )
}

/// The trend over all waves has no answer.
pub(super) fn no_trend(why: &Text) -> Notice {
    notice(
        "A-WAVE-002",
        NoticeKind::Caution,
        format!("Kecenderungan atas semua pengukuran tidak dapat ditaksir: {}.", why.get(Lang::Id)),
        format!("The trend over all waves could not be estimated: {}.", why.get(Lang::En)),
    )
}
