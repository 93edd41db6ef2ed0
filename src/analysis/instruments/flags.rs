//! Flags on items and scales with their reason in both languages.

use crate::analysis::findings::{Flag, OptionFindings};
use crate::i18n::{Lang, Text, format};
use crate::instrument::{Item, ItemKind};
use crate::psych::flags::Thresholds;

/// Share of persons at the end of a scale above which it is flagged (Terwee et al. 2007).
const CROWDED_END: f64 = 0.15;

/// Alpha below which a scale score should not be used (standards 6.1).
const UNUSABLE_ALPHA: f64 = 0.50;

/// Alpha below which a scale score is for group comparisons with caution.
const CAUTIOUS_ALPHA: f64 = 0.70;

fn flag(kind: &str, id: String, en: String) -> Flag {
    Flag { kind: kind.to_owned(), reason: Text::new(id, en) }
}

/// A number in both languages.
fn words(value: f64) -> [String; 2] {
    [format::number(Lang::Id, value, 2), format::number(Lang::En, value, 2)]
}

fn share(value: f64) -> [String; 2] {
    [format::percent(Lang::Id, value, 0), format::percent(Lang::En, value, 0)]
}

/// Flags from difficulty and discrimination. Difficulty is judged for tests only: a statement that
/// everybody agrees with is no fault of a questionnaire item by itself.
pub(super) fn of_item(
    difficulty: Option<f64>,
    item_rest: Option<f64>,
    is_test: bool,
    points: &[f64],
    limits: &Thresholds,
) -> Vec<Flag> {
    let mut flags = Vec::new();
    if !points.is_empty() && !crate::num::moments::has_variation(points) {
        flags.push(flag(
            "constant",
            "semua jawaban bernilai sama, sehingga butir tidak membedakan".to_owned(),
            "all answers have the same value, so the item does not discriminate".to_owned(),
        ));
    }
    if let Some(p) = difficulty.filter(|_| is_test) {
        let [id, en] = words(p);
        if p > limits.very_easy {
            flags.push(flag(
                "very_easy",
                format!("sangat mudah (p = {id})"),
                format!("very easy (p = {en})"),
            ));
        } else if p < limits.very_hard {
            flags.push(flag(
                "very_hard",
                format!("sangat sukar (p = {id})"),
                format!("very hard (p = {en})"),
            ));
        }
    }
    if let Some(r) = item_rest {
        let [id, en] = words(r);
        if r < 0.0 {
            flags.push(flag(
                "negative_item_rest",
                format!("berlawanan dengan butir lain (r = {id}); periksa kunci atau arah butir"),
                format!("goes against the other items (r = {en}); check the key or the direction"),
            ));
        } else if r < limits.low_item_rest {
            flags.push(flag(
                "low_item_rest",
                format!("hubungan dengan butir lain lemah (r = {id})"),
                format!("weakly related to the other items (r = {en})"),
            ));
        }
    }
    flags
}

/// Flags from the use of options.
pub(super) fn of_options(item: &Item, options: &[OptionFindings], limits: &Thresholds) -> Vec<Flag> {
    let ItemKind::SingleChoice { .. } = item.kind else { return Vec::new() };
    let mut flags = Vec::new();
    let key = options.iter().find(|option| option.is_key).and_then(|option| option.option_rest);
    let distractors = || options.iter().filter(|option| !option.is_key);
    let strongest = distractors()
        .filter_map(|option| Some((option, option.option_rest?)))
        .filter(|(_, r)| *r > 0.0 && key.is_none_or(|key| *r > key))
        .max_by(|a, b| a.1.total_cmp(&b.1));
    if let Some((option, r)) = strongest {
        let ([id, en], code) = (words(r), &option.code);
        flags.push(flag(
            "possible_miskey",
            format!("pengecoh {code} lebih berkaitan dengan skor (r = {id}) daripada kunci; periksa kunci"),
            format!("distractor {code} goes with the score (r = {en}) more than the key does; check the key"),
        ));
    }
    for option in distractors().filter(|option| option.share < limits.unused_distractor) {
        let ([id, en], code) = (share(option.share), &option.code);
        flags.push(flag(
            "unused_distractor",
            format!("pengecoh {code} hampir tidak dipilih ({id})"),
            format!("distractor {code} is hardly chosen ({en})"),
        ));
    }
    flags
}

/// Flags on a scale: reliability, floor, ceiling.
pub(super) fn of_scale(alpha: Option<f64>, floor: f64, ceiling: f64) -> Vec<Flag> {
    let mut flags = Vec::new();
    if let Some(alpha) = alpha.filter(|alpha| *alpha < CAUTIOUS_ALPHA) {
        let [id, en] = words(alpha);
        flags.push(if alpha < UNUSABLE_ALPHA {
            flag(
                "unusable_alpha",
                format!("reliabilitas terlalu rendah untuk skor skala (alfa = {id})"),
                format!("reliability too low for a scale score (alpha = {en})"),
            )
        } else {
            flag(
                "low_alpha",
                format!("reliabilitas terbatas; hanya untuk membandingkan kelompok, dengan hati-hati (alfa = {id})"),
                format!("limited reliability; for comparing groups only, with caution (alpha = {en})"),
            )
        });
    }
    if floor > CROWDED_END {
        let [id, en] = share(floor);
        flags.push(flag(
            "floor",
            format!("{id} peserta pada skor terendah"),
            format!("{en} of persons at the lowest score"),
        ));
    }
    if ceiling > CROWDED_END {
        let [id, en] = share(ceiling);
        flags.push(flag(
            "ceiling",
            format!("{id} peserta pada skor tertinggi"),
            format!("{en} of persons at the highest score"),
        ));
    }
    flags
}
