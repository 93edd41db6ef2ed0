//! Flags on items and scales with their reason in both languages.

use crate::analysis::findings::{Flag, OptionFindings};
use crate::i18n::{Lang, Text, format};
use crate::instrument::{Item, ItemKind};
use crate::psych::ctt::ItemStatistics;
use crate::psych::flags::{ItemFlag, Thresholds, flag_item, flag_options};
use crate::psych::options::OptionRow;
use crate::study::ItemThresholds;

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

/// The limits of a study as the kernel takes them.
pub(super) fn limits(study: &ItemThresholds) -> Thresholds {
    Thresholds {
        very_hard: study.very_hard,
        very_easy: study.very_easy,
        low_item_rest: study.low_item_rest,
        unused_distractor: study.unused_distractor,
    }
}

/// Marks from difficulty and discrimination. Difficulty is judged for tests only: a statement that
/// everybody agrees with is no fault of a questionnaire item by itself.
pub(super) fn of_item(statistics: &ItemStatistics, is_test: bool, limits: &Thresholds) -> Vec<ItemFlag> {
    let mut marks = flag_item(statistics, limits);
    marks.retain(|mark| is_test || !matches!(mark, ItemFlag::VeryEasy { .. } | ItemFlag::VeryHard { .. }));
    marks
}

/// Marks from the use of options.
pub(super) fn of_options(item: &Item, options: &[OptionFindings], limits: &Thresholds) -> Vec<ItemFlag> {
    let ItemKind::SingleChoice { .. } = item.kind else { return Vec::new() };
    let Some(key) = options.iter().position(|option| option.is_key) else { return Vec::new() };
    flag_options(&option_rows(options), key, limits)
}

/// The use of options as the kernels take it: shares are of those who answered.
pub(super) fn option_rows(options: &[OptionFindings]) -> Vec<OptionRow> {
    let row = |(place, option): (usize, &OptionFindings)| OptionRow {
        option: Some(place),
        n: option.n,
        share: option.share,
        mean_rest: None,
        option_rest: option.option_rest,
    };
    options.iter().enumerate().map(row).collect()
}

/// A kernel's mark in words.
pub(super) fn worded(mark: &ItemFlag, options: &[OptionFindings]) -> Flag {
    let code = |option: usize| options.get(option).map(|option| option.code.as_str()).unwrap_or_default();
    match *mark {
        ItemFlag::VeryEasy { difficulty } => {
            let [id, en] = words(difficulty);
            flag("very_easy", format!("sangat mudah (p = {id})"), format!("very easy (p = {en})"))
        }
        ItemFlag::VeryHard { difficulty } => {
            let [id, en] = words(difficulty);
            flag("very_hard", format!("sangat sukar (p = {id})"), format!("very hard (p = {en})"))
        }
        ItemFlag::Constant => flag(
            "constant",
            "semua jawaban bernilai sama, sehingga butir tidak membedakan".to_owned(),
            "all answers have the same value, so the item does not discriminate".to_owned(),
        ),
        ItemFlag::LowItemRest { item_rest } => {
            let [id, en] = words(item_rest);
            flag(
                "low_item_rest",
                format!("hubungan dengan butir lain lemah (r = {id})"),
                format!("weakly related to the other items (r = {en})"),
            )
        }
        ItemFlag::NegativeItemRest { item_rest } => {
            let [id, en] = words(item_rest);
            flag(
                "negative_item_rest",
                format!("berlawanan dengan butir lain (r = {id}); periksa kunci atau arah butir"),
                format!("goes against the other items (r = {en}); check the key or the direction"),
            )
        }
        ItemFlag::PossibleMiskey { option, option_rest, .. } => {
            let ([id, en], code) = (words(option_rest), code(option));
            flag(
                "possible_miskey",
                format!(
                    "pengecoh {code} lebih berkaitan dengan skor (r = {id}) daripada kunci; periksa kunci"
                ),
                format!(
                    "distractor {code} goes with the score (r = {en}) more than the key does; check the key"
                ),
            )
        }
        ItemFlag::UnusedDistractor { option, share: chosen } => {
            let ([id, en], code) = (share(chosen), code(option));
            flag(
                "unused_distractor",
                format!("pengecoh {code} hampir tidak dipilih ({id})"),
                format!("distractor {code} is hardly chosen ({en})"),
            )
        }
    }
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
