//! Why a method has no answer, or what to know about the one it has.

use crate::analysis::findings::{Notice, NoticeKind};
use crate::analysis::notices::{notice, why};
use crate::i18n::{Lang, Text, format};
use crate::impact::ImpactError;
use crate::impact::mixed::MixedError;
use crate::impact::wild::WildInterval;

/// A method without an answer for these data.
pub(super) fn unanswered(error: &ImpactError) -> Notice {
    said("A-AGREE-001", NoticeKind::Refusal, &why(error))
}

/// A mixed model without an answer.
pub(super) fn mixed(error: &MixedError) -> Notice {
    let en = error.to_string();
    let id = match error {
        MixedError::NoSchoolVariance => {
            "semua ragam antarsekolah ditaksir nol, sehingga model memperlakukan siswa sebagai bukti yang berdiri sendiri"
                .to_owned()
        }
        MixedError::Unidentified => "data tidak dapat membedakan ragam suku-suku acaknya".to_owned(),
        MixedError::NotConverged { iterations } => {
            format!("penaksiran ragam tidak konvergen dalam {iterations} langkah")
        }
        MixedError::TooFewGroups { needed, found, .. } => {
            format!("suatu suku acak hanya memiliki {found} unit, sedangkan diperlukan sedikitnya {needed}")
        }
        MixedError::Impact(error) => return unanswered(error),
        _ => format!("modelnya tidak menghasilkan jawaban ({en})"),
    };
    let code = match error {
        MixedError::NoSchoolVariance => "A-MIXED-001",
        MixedError::NotConverged { .. } | MixedError::Unidentified => "A-MIXED-002",
        _ => "A-AGREE-001",
    };
    said(code, NoticeKind::Refusal, &Text::new(id, en))
}

/// An interval by inversion that no value ends on one side or both; none where both ends are there.
pub(super) fn open(interval: &WildInterval) -> Option<Notice> {
    let number = |lang, value: f64| format::number(lang, value, 2);
    let [id, en] = match (interval.low, interval.high) {
        (Some(_), Some(_)) => return None,
        (Some(low), None) => [
            format!(
                "intervalnya hanya berbatas bawah, pada {}: tidak ada nilai di atasnya yang ditolak",
                number(Lang::Id, low)
            ),
            format!(
                "the interval has a lower end only, at {}: no value above it is rejected",
                number(Lang::En, low)
            ),
        ],
        (None, Some(high)) => [
            format!(
                "intervalnya hanya berbatas atas, pada {}: tidak ada nilai di bawahnya yang ditolak",
                number(Lang::Id, high)
            ),
            format!(
                "the interval has an upper end only, at {}: no value below it is rejected",
                number(Lang::En, high)
            ),
        ],
        (None, None) => [
            "tidak ada nilai yang ditolak pada taraf ini, sehingga tidak ada interval".to_owned(),
            "no value is rejected at this level, so there is no interval".to_owned(),
        ],
    };
    Some(said("A-AGREE-002", NoticeKind::Caution, &Text::new(id, en)))
}

/// A percentile interval where the studentised one would be better.
pub(super) fn percentile() -> Notice {
    let text = Text::new(
        "interval persentil tanpa studentisasi; dengan sedikit sekolah interval ini terlalu sempit, dan nilai p tidak diberikan",
        "a percentile interval that is not studentised; with few schools it is too short, and no p-value is given",
    );
    said("A-AGREE-003", NoticeKind::Caution, &text)
}

fn said(code: &str, kind: NoticeKind, text: &Text) -> Notice {
    notice(code, kind, text.get(Lang::Id), text.get(Lang::En))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_intervals_are_named() {
        assert_eq!(open(&WildInterval { low: Some(1.0), high: Some(2.0) }), None);
        for (low, high, words) in [
            (Some(1.25), None, ["batas bawah", "lower end only, at 1.25"]),
            (None, Some(-0.5), ["batas atas, pada \u{2212}0,50", "upper end only"]),
            (None, None, ["tidak ada interval", "no interval"]),
        ] {
            let note = open(&WildInterval { low, high }).expect("an open end");
            assert_eq!((note.code.as_str(), note.kind), ("A-AGREE-002", NoticeKind::Caution));
            for (lang, words) in [Lang::Id, Lang::En].into_iter().zip(words) {
                assert!(note.text.get(lang).contains(words), "{}", note.text.get(lang));
            }
        }
    }

    #[test]
    fn mixed_models_without_an_answer_have_a_code() {
        for (error, code) in [
            (MixedError::NoSchoolVariance, "A-MIXED-001"),
            (MixedError::NotConverged { iterations: 7 }, "A-MIXED-002"),
            (MixedError::Unidentified, "A-MIXED-002"),
            (MixedError::Impact(ImpactError::NoVariation), "A-AGREE-001"),
        ] {
            let note = mixed(&error);
            assert_eq!(note.code, code);
            assert_ne!(note.text.get(Lang::Id), note.text.get(Lang::En));
        }
    }
}
