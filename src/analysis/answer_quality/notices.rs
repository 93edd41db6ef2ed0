//! What must be known of the quality of answers, in both languages.

use crate::analysis::findings::{Notice, NoticeKind, QualityFindings};
use crate::analysis::notices::{about, notice};
use crate::i18n::{Lang, Text, format};
use crate::study::BoundStudy;

/// Share of flagged persons beyond which the questionnaire itself is in doubt. Studies that look for careless
/// answers find some 10 percent (Meade & Craig 2012, Psychological Methods 17, 437-455: 10 to 12 percent).
const MANY: f64 = 0.12;

/// The notice about one questionnaire at one wave: only where many are flagged.
pub(super) fn of(study: &BoundStudy, set: &QualityFindings) -> Option<Notice> {
    let share = set.share.filter(|share| *share > MANY && set.n >= study.study.analysis.smallest_cell)?;
    let wave = study.study.waves.iter().find(|wave| wave.id == set.wave);
    let wave = wave.map_or_else(|| Text::new(&*set.wave, &*set.wave), |wave| wave.label.clone());
    let percent = |lang| format::percent(lang, share, 0);
    let notice = notice(
        "A-QUALITY-001",
        NoticeKind::Caution,
        format!(
            "{}: {} dari {} orang ({}) ditandai karena jawabannya tampak kurang cermat, lebih banyak daripada yang lazim (sekitar 10%). Periksa cara angket diisi sebelum menafsirkan hasilnya.",
            wave.get(Lang::Id),
            set.flagged,
            set.n,
            percent(Lang::Id)
        ),
        format!(
            "{}: {} of {} persons ({}) are flagged for answers that look careless, more than is usual (about 10%). Find out how the questionnaire was filled in before its results are interpreted.",
            wave.get(Lang::En),
            set.flagged,
            set.n,
            percent(Lang::En)
        ),
    );
    Some(about(notice, &set.instrument))
}
