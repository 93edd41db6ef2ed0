//! The verdict on an item with its reasons and advice in both languages.

use super::flags;
use super::forms::Strength;
use crate::analysis::findings::{ItemVerdict, OptionFindings, Verdict, VerdictReason};
use crate::i18n::{Lang, Text, format, phrase_with};
use crate::instrument::{Item, ItemKind};
use crate::psych::ctt::ItemStatistics;
use crate::psych::dif::EtsClass;
use crate::psych::flags::ItemFlag;
use crate::psych::verdict::{self, Evidence, Reason, VerdictRules, judge_item};
use crate::study::ItemThresholds;

/// What the verdict on an item rests on.
pub(super) struct Case<'a> {
    /// The item.
    pub item: &'a Item,
    /// Its difficulty and the like.
    pub statistics: ItemStatistics,
    /// How strongly it goes with its scale.
    pub strength: Strength,
    /// Its marks.
    pub marks: &'a [ItemFlag],
    /// Its options, for their codes.
    pub options: &'a [OptionFindings],
    /// Gravest DIF class over the comparisons made.
    pub dif: Option<EtsClass>,
    /// Mean square farthest from 1, where a model was fitted.
    pub mean_square: Option<f64>,
}

/// The verdict; none where too few persons answered, or where the item could not be held against a scale.
pub(super) fn of(case: &Case<'_>, limits: &ItemThresholds) -> Option<ItemVerdict> {
    let constant = case.marks.iter().any(|mark| matches!(mark, ItemFlag::Constant));
    if case.statistics.n < limits.fewest_persons || (case.strength.item_rest.is_none() && !constant) {
        return None;
    }
    let hardly = case.strength.item_rest.is_some_and(|r| (0.0..limits.no_discrimination).contains(&r));
    // An item that hardly discriminates at all is not said to discriminate little as well.
    let weaker = |mark: &&ItemFlag| !(hardly && matches!(mark, ItemFlag::LowItemRest { .. }));
    let marks: Vec<ItemFlag> = case.marks.iter().filter(weaker).copied().collect();
    let evidence = Evidence {
        flags: &marks,
        chance: chance(case.item),
        alpha_gain: case.strength.alpha_gain,
        dif: case.dif,
        mean_square: case.mean_square,
    };
    let found = judge_item(&case.statistics, &evidence, &rules(case.item, limits));
    let reasons: Vec<VerdictReason> =
        found.reasons.iter().map(|(reason, calls_for)| reason_of(reason, *calls_for, case.options)).collect();
    Some(ItemVerdict { verdict: named(found.verdict), advice: advice(case.item, reasons.first()), reasons })
}

/// A questionnaire item that goes against its scale was mostly turned the wrong way round, not wrong.
fn rules(item: &Item, limits: &ItemThresholds) -> VerdictRules {
    let usual = VerdictRules {
        no_discrimination: limits.no_discrimination,
        alpha_gain: limits.alpha_gain,
        ..VerdictRules::default()
    };
    if item.has_key() {
        usual
    } else {
        VerdictRules { negative_item_rest: verdict::Verdict::Revise, ..usual }
    }
}

/// Share right by guessing.
fn chance(item: &Item) -> Option<f64> {
    match &item.kind {
        ItemKind::SingleChoice { options, .. } if options.len() > 1 => Some(1.0 / options.len() as f64),
        _ => None,
    }
}

fn named(verdict: verdict::Verdict) -> Verdict {
    match verdict {
        verdict::Verdict::Keep => Verdict::Keep,
        verdict::Verdict::Review => Verdict::Review,
        verdict::Verdict::Revise => Verdict::Revise,
        verdict::Verdict::Drop => Verdict::Drop,
    }
}

fn reason_of(reason: &Reason, calls_for: verdict::Verdict, options: &[OptionFindings]) -> VerdictReason {
    let number = |value: f64| move |lang: Lang| format::number(lang, value, 2);
    let (kind, reason) = match reason {
        Reason::Flag(mark) => {
            let flag = flags::worded(mark, options);
            (flag.kind, flag.reason)
        }
        Reason::NoDiscrimination { item_rest } => worded("no_discrimination", &[("r", &number(*item_rest))]),
        Reason::AtChance { difficulty, chance } => {
            worded("at_chance", &[("p", &number(*difficulty)), ("chance", &number(*chance))])
        }
        Reason::RaisesAlpha { gain } => worded("raises_alpha", &[("gain", &number(*gain))]),
        Reason::Dif { class } => {
            let letter = if *class == EtsClass::C { "C" } else { "B" };
            worded("dif", &[("class", &|_| letter.to_owned())])
        }
        Reason::Misfit { mean_square } => worded("misfit", &[("value", &number(*mean_square))]),
    };
    VerdictReason { kind, calls_for: named(calls_for), reason }
}

/// A value in a language.
type Worded<'a> = &'a dyn Fn(Lang) -> String;

fn worded(kind: &str, values: &[(&str, Worded<'_>)]) -> (String, Text) {
    let say = |lang: Lang| {
        let filled: Vec<(&str, String)> = values.iter().map(|(name, value)| (*name, value(lang))).collect();
        let filled: Vec<(&str, &str)> = filled.iter().map(|(name, value)| (*name, value.as_str())).collect();
        phrase_with(lang, &format!("classical.reason.{kind}"), &filled)
    };
    (kind.to_owned(), Text::new(say(Lang::Id), say(Lang::En)))
}

/// What the gravest reason asks for first. A questionnaire item has no key that could be wrong.
fn advice(item: &Item, gravest: Option<&VerdictReason>) -> Text {
    let Some(gravest) = gravest else { return Text::default() };
    let rated =
        !item.has_key() && matches!(gravest.kind.as_str(), "negative_item_rest" | "no_discrimination");
    let key = format!("classical.advice.{}{}", gravest.kind, if rated { "_rated" } else { "" });
    Text::new(phrase_with(Lang::Id, &key, &[]), phrase_with(Lang::En, &key, &[]))
}
