//! A verdict per item, with the reasons a machine can read.
//!
//! The verdict is the gravest that any reason calls for. Which reason calls for what is a convention, and
//! every limit and every consequence can be set ([`VerdictRules`]).

use super::ctt::ItemStatistics;
use super::dif::EtsClass;
use super::flags::ItemFlag;

/// What to do with an item, from nothing to the gravest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Use it as it is.
    Keep,
    /// Look at it: content may justify what the numbers show.
    Review,
    /// Change it (key, wording, distractors) before using it again.
    Revise,
    /// Leave it out of the score.
    Drop,
}

/// Why an item is not simply kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reason {
    /// A mark from difficulty, discrimination or options.
    Flag(ItemFlag),
    /// The item-rest correlation is not only low but close to none.
    NoDiscrimination {
        /// Correlation found.
        item_rest: f64,
    },
    /// No more persons are right than by guessing.
    AtChance {
        /// Difficulty found.
        difficulty: f64,
        /// Share right by chance.
        chance: f64,
    },
    /// The scale is more reliable without the item.
    RaisesAlpha {
        /// Alpha without the item less alpha with it.
        gain: f64,
    },
    /// The item behaves differently in two groups.
    Dif {
        /// Class B or C.
        class: EtsClass,
    },
    /// The item does not fit the measurement model.
    Misfit {
        /// Mean square (infit or outfit) found.
        mean_square: f64,
    },
}

/// What is known about an item beyond its classical statistics.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Evidence<'a> {
    /// Marks from [`super::flags`], those of options included.
    pub flags: &'a [ItemFlag],
    /// Share right by guessing (1 over the number of options), when the item is a choice.
    pub chance: Option<f64>,
    /// Alpha without the item less alpha with it.
    pub alpha_gain: Option<f64>,
    /// Gravest DIF class over the comparisons made.
    pub dif: Option<EtsClass>,
    /// Mean square of the item fit, when a model was fitted.
    pub mean_square: Option<f64>,
}

/// Limits and consequences.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VerdictRules {
    /// Below this item-rest correlation the item hardly discriminates at all.
    pub no_discrimination: f64,
    /// Gain in alpha from which leaving the item out counts.
    pub alpha_gain: f64,
    /// Mean squares outside these limits count as misfit.
    pub mean_square: (f64, f64),
    /// Mean square above which the item distorts the measure.
    pub distorting: f64,
    /// For an item that does not vary.
    pub constant: Verdict,
    /// For a difficulty beyond its limits.
    pub difficulty: Verdict,
    /// For a difficulty at chance.
    pub at_chance: Verdict,
    /// For a low item-rest correlation.
    pub low_item_rest: Verdict,
    /// For hardly any discrimination.
    pub none: Verdict,
    /// For a negative item-rest correlation with no distractor above the key.
    pub negative_item_rest: Verdict,
    /// For a distractor above the key; also for a negative correlation that this explains.
    pub miskey: Verdict,
    /// For an unused distractor.
    pub unused_distractor: Verdict,
    /// For a scale that is more reliable without the item.
    pub raises_alpha: Verdict,
    /// For DIF of class B.
    pub moderate_dif: Verdict,
    /// For DIF of class C.
    pub large_dif: Verdict,
    /// For misfit.
    pub misfit: Verdict,
    /// For misfit that distorts.
    pub distortion: Verdict,
}

impl Default for VerdictRules {
    /// Mean squares .7 to 1.3 and 2 after Wright & Linacre (1994), Rasch Measurement Transactions 8, 370;
    /// .10 for no discrimination after Ebel & Frisbie (1991); the rest is this program's convention.
    fn default() -> Self {
        VerdictRules {
            no_discrimination: 0.10,
            alpha_gain: 0.01,
            mean_square: (0.7, 1.3),
            distorting: 2.0,
            constant: Verdict::Drop,
            difficulty: Verdict::Review,
            at_chance: Verdict::Review,
            low_item_rest: Verdict::Review,
            none: Verdict::Revise,
            negative_item_rest: Verdict::Drop,
            miskey: Verdict::Revise,
            unused_distractor: Verdict::Review,
            raises_alpha: Verdict::Review,
            moderate_dif: Verdict::Review,
            large_dif: Verdict::Revise,
            misfit: Verdict::Review,
            distortion: Verdict::Revise,
        }
    }
}

/// The verdict on one item.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemVerdict {
    /// Item, counted from 0.
    pub item: usize,
    /// What to do.
    pub verdict: Verdict,
    /// Why, gravest first, each with what it calls for; empty when kept without remark.
    pub reasons: Vec<(Reason, Verdict)>,
}

/// Weighs what is known about an item.
pub fn judge_item(statistics: &ItemStatistics, evidence: &Evidence, rules: &VerdictRules) -> ItemVerdict {
    let miskeyed = evidence.flags.iter().any(|f| matches!(f, ItemFlag::PossibleMiskey { .. }));
    let mut reasons: Vec<(Reason, Verdict)> =
        evidence.flags.iter().map(|flag| (Reason::Flag(*flag), rules.for_flag(flag, miskeyed))).collect();
    let mut add = |reason: Reason, verdict: Verdict| reasons.push((reason, verdict));
    if let Some(item_rest) = statistics.item_rest.filter(|r| (0.0..rules.no_discrimination).contains(r)) {
        add(Reason::NoDiscrimination { item_rest }, rules.none);
    }
    let difficulty = statistics.difficulty;
    if let Some(chance) = evidence.chance.filter(|chance| difficulty <= *chance) {
        add(Reason::AtChance { difficulty, chance }, rules.at_chance);
    }
    if let Some(gain) = evidence.alpha_gain.filter(|gain| *gain >= rules.alpha_gain) {
        add(Reason::RaisesAlpha { gain }, rules.raises_alpha);
    }
    match evidence.dif {
        Some(class @ EtsClass::B) => add(Reason::Dif { class }, rules.moderate_dif),
        Some(class @ EtsClass::C) => add(Reason::Dif { class }, rules.large_dif),
        Some(EtsClass::A) | None => {}
    }
    let (low, high) = rules.mean_square;
    if let Some(mean_square) = evidence.mean_square.filter(|m| !(low..=high).contains(m)) {
        let distorts = mean_square > rules.distorting;
        add(Reason::Misfit { mean_square }, if distorts { rules.distortion } else { rules.misfit });
    }
    reasons.sort_by_key(|(_, verdict)| std::cmp::Reverse(*verdict));
    let verdict = reasons.first().map_or(Verdict::Keep, |(_, verdict)| *verdict);
    ItemVerdict { item: statistics.item, verdict, reasons }
}

impl VerdictRules {
    fn for_flag(&self, flag: &ItemFlag, miskeyed: bool) -> Verdict {
        match flag {
            ItemFlag::VeryEasy { .. } | ItemFlag::VeryHard { .. } => self.difficulty,
            ItemFlag::Constant => self.constant,
            ItemFlag::LowItemRest { .. } => self.low_item_rest,
            // A wrong key alone makes a good item go against the test: no reason to drop it.
            ItemFlag::NegativeItemRest { .. } if miskeyed => self.miskey,
            ItemFlag::NegativeItemRest { .. } => self.negative_item_rest,
            ItemFlag::PossibleMiskey { .. } => self.miskey,
            ItemFlag::UnusedDistractor { .. } => self.unused_distractor,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statistics(item_rest: Option<f64>, difficulty: f64) -> ItemStatistics {
        ItemStatistics {
            item: 3,
            n: 90,
            mean: difficulty,
            sd: Some(0.4),
            difficulty,
            item_total: None,
            item_rest,
        }
    }

    #[test]
    fn the_gravest_reason_decides() {
        let rules = VerdictRules::default();
        let good = judge_item(&statistics(Some(0.4), 0.5), &Evidence::default(), &rules);
        assert_eq!((good.verdict, good.reasons.len(), good.item), (Verdict::Keep, 0, 3));
        let negative = ItemFlag::NegativeItemRest { item_rest: -0.1 };
        let flags = [negative];
        let evidence = Evidence { flags: &flags, chance: Some(0.25), ..Evidence::default() };
        let found = judge_item(&statistics(Some(-0.1), 0.2), &evidence, &rules);
        assert_eq!(found.verdict, Verdict::Drop);
        assert_eq!(found.reasons[0], (Reason::Flag(negative), Verdict::Drop));
        assert_eq!(found.reasons[1].0, Reason::AtChance { difficulty: 0.2, chance: 0.25 });
    }

    #[test]
    fn a_wrong_key_is_revised_not_dropped() {
        let flags = [
            ItemFlag::NegativeItemRest { item_rest: -0.1 },
            ItemFlag::PossibleMiskey { option: 2, option_rest: 0.3, key_rest: Some(-0.1) },
        ];
        let evidence = Evidence { flags: &flags, ..Evidence::default() };
        let found = judge_item(&statistics(Some(-0.1), 0.2), &evidence, &VerdictRules::default());
        assert_eq!(found.verdict, Verdict::Revise);
    }

    #[test]
    fn rules_can_be_set() {
        let evidence = Evidence {
            alpha_gain: Some(0.02),
            dif: Some(EtsClass::C),
            mean_square: Some(2.4),
            ..Evidence::default()
        };
        let item = statistics(Some(0.05), 0.5);
        let found = judge_item(&item, &evidence, &VerdictRules::default());
        assert_eq!((found.verdict, found.reasons.len()), (Verdict::Revise, 4));
        let strict = VerdictRules { large_dif: Verdict::Drop, ..VerdictRules::default() };
        assert_eq!(judge_item(&item, &evidence, &strict).verdict, Verdict::Drop);
        let quiet = Evidence { dif: Some(EtsClass::A), mean_square: Some(1.0), ..Evidence::default() };
        assert_eq!(judge_item(&statistics(None, 0.5), &quiet, &strict).verdict, Verdict::Keep);
    }
}
