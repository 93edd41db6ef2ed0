//! All items tested at once, with purification.

use super::breslow_day::{BreslowDay, breslow_day};
use super::groups::{Groups, Untestable};
use super::logistic::{LogisticDif, logistic_dif};
use super::mantel::{MantelDif, mantel};
use super::mantel_haenszel::{EtsClass, MantelHaenszel, mantel_haenszel};
use super::ordinal_logistic::{OrdinalDif, ordinal_dif};
use super::purify::{Purified, PurifyOptions, purify};
use super::standardised::{StandardisedDif, standardised_difference};
use super::tables::{MatchedTables, matched_tables, matching_scores};
use crate::psych::ItemMatrix;

/// What decides that an item leaves the matching score, and which groups are large enough.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DifOptions {
    /// An item is flagged when the test of its kind has a smaller p-value.
    pub alpha: f64,
    /// Flag only items of class B or C as well (ETS practice); else significance alone flags (difR).
    pub flag_by_class: bool,
    /// Rounds of purification; `None` matches on all items.
    pub purify: Option<PurifyOptions>,
    /// Fewest persons of the reference group with item and score.
    pub min_reference: usize,
    /// Fewest persons of the focal group with item and score.
    pub min_focal: usize,
}

impl Default for DifOptions {
    /// 200 reference and 100 focal persons: below that the classes are mostly chance (Zwick 2012, ETS
    /// RR-12-08).
    fn default() -> Self {
        DifOptions {
            alpha: 0.05,
            flag_by_class: true,
            purify: Some(PurifyOptions::default()),
            min_reference: 200,
            min_focal: 100,
        }
    }
}

/// DIF statistics of one item; each says why when it does not exist.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemDif {
    /// Item, counted from 0.
    pub item: usize,
    /// Mantel-Haenszel, for items with two points.
    pub mantel_haenszel: Result<MantelHaenszel, Untestable>,
    /// Mantel's test and the standardised mean difference, for all items.
    pub mantel: Result<MantelDif, Untestable>,
    /// Standardised difference of shares.
    pub standardised: Result<StandardisedDif, Untestable>,
    /// Logistic regression, for items with two points.
    pub logistic: Result<LogisticDif, Untestable>,
    /// Proportional odds regression, for items with more than two points; with two it is the logistic one.
    pub ordinal: Result<OrdinalDif, Untestable>,
    /// Equal odds ratios across scores, for items with two points.
    pub breslow_day: Result<BreslowDay, Untestable>,
}

impl ItemDif {
    /// Class from Mantel-Haenszel, or for items with more points from Mantel's test.
    pub fn class(&self) -> Result<EtsClass, Untestable> {
        match &self.mantel_haenszel {
            Ok(found) => Ok(found.class),
            Err(Untestable::NotDichotomous { .. }) => self.mantel.clone().map(|m| m.class),
            Err(reason) => Err(reason.clone()),
        }
    }

    /// p-value of the test that gives the class.
    pub fn p(&self) -> Option<f64> {
        match &self.mantel_haenszel {
            Ok(found) => Some(found.p),
            Err(Untestable::NotDichotomous { .. }) => self.mantel.as_ref().ok().map(|m| m.p),
            Err(_) => None,
        }
    }

    /// True when the item is harder for the focal group than for matched reference persons.
    pub fn harder_for_focal(&self) -> Option<bool> {
        self.mantel.as_ref().ok().map(|m| m.smd < 0.0)
    }

    fn is_flagged(&self, options: &DifOptions) -> bool {
        let large = !options.flag_by_class || self.class().is_ok_and(|c| c > EtsClass::A);
        large && self.p().is_some_and(|p| p < options.alpha)
    }
}

/// DIF statistics of all items.
pub type DifScan = Purified<Vec<ItemDif>>;

/// Tests every item of a test for DIF between two groups, with purification of the matching score.
///
/// Persons are matched on the sum of the anchors and the studied item. Missing points: a person takes part in
/// the test of an item with points on it and on all anchors; for booklets pass a sub-matrix per booklet, or
/// use [`matched_tables`] with other scores.
///
/// # Errors
/// `GroupCount` unless two groups are compared, `Shape` when the membership does not fit. Items that cannot
/// be tested carry the reason themselves, `TooFewPersons` among them.
pub fn scan_dif(matrix: &ItemMatrix, groups: &Groups, options: &DifOptions) -> Result<DifScan, Untestable> {
    if groups.compared.len() != 2 {
        return Err(Untestable::GroupCount { needed: 2, found: groups.compared.len() });
    }
    if groups.membership.len() != matrix.persons() {
        return Err(Untestable::Shape);
    }
    let test = |anchors: &[usize]| -> Vec<ItemDif> {
        (0..matrix.items()).map(|item| item_dif(matrix, item, groups, anchors, options)).collect()
    };
    let flagged = |items: &Vec<ItemDif>| -> Vec<usize> {
        items.iter().filter(|i| i.is_flagged(options)).map(|i| i.item).collect()
    };
    let no_rounds = PurifyOptions { max_rounds: 0, min_anchors: 0 };
    Ok(purify(matrix.items(), &options.purify.unwrap_or(no_rounds), test, flagged))
}

fn item_dif(
    matrix: &ItemMatrix,
    item: usize,
    groups: &Groups,
    anchors: &[usize],
    options: &DifOptions,
) -> ItemDif {
    let scores = matching_scores(matrix, item, anchors);
    let tables = matched_tables(matrix, item, groups, &scores).and_then(|t| large_enough(t, options));
    match tables {
        Ok(tables) => ItemDif {
            item,
            mantel_haenszel: mantel_haenszel(&tables, options.alpha),
            mantel: mantel(&tables),
            standardised: standardised_difference(&tables),
            logistic: logistic_dif(&tables),
            ordinal: ordinal_dif(&tables),
            breslow_day: breslow_day(&tables),
        },
        Err(reason) => ItemDif {
            item,
            mantel_haenszel: Err(reason.clone()),
            mantel: Err(reason.clone()),
            standardised: Err(reason.clone()),
            logistic: Err(reason.clone()),
            ordinal: Err(reason.clone()),
            breslow_day: Err(reason),
        },
    }
}

fn large_enough(tables: MatchedTables, options: &DifOptions) -> Result<MatchedTables, Untestable> {
    for (group, needed) in [options.min_reference, options.min_focal].into_iter().enumerate() {
        let found = if tables.strata.is_empty() { 0 } else { tables.group_size(group) };
        if found < needed {
            return Err(Untestable::TooFewPersons { group, needed, found });
        }
    }
    Ok(tables)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edge_cases_have_names() {
        // Item 0 everybody right, item 1 nobody has points at all, items 2 and 3 identical.
        let persons = 40;
        let points: Vec<f64> =
            (0..persons).flat_map(|p| [1.0, 0.0, f64::from(p % 2), f64::from(p % 2)]).collect();
        let missing: Vec<bool> = (0..persons).flat_map(|_| [false, true, false, false]).collect();
        let m = ItemMatrix::new(40, 4, points, missing, vec![1.0; 4]).unwrap();
        let membership: Vec<Option<usize>> = (0..40).map(|p| Some(p / 20)).collect();
        let groups = Groups { membership: &membership, compared: &[0, 1] };
        let small = DifOptions { min_reference: 0, min_focal: 0, ..DifOptions::default() };
        let scan = scan_dif(&m, &groups, &small).unwrap();
        assert!(scan.result.iter().all(|i| i.mantel_haenszel.is_err()));
        let without = m.select(&[0, 2, 3]);
        let scan = scan_dif(&without, &groups, &small).unwrap();
        assert_eq!(scan.result[0].class(), Err(Untestable::NoVariation));
        assert_eq!(scan.result[1].class(), Err(Untestable::NoOverlap));
        let scan = scan_dif(&without, &groups, &DifOptions::default()).unwrap();
        let few = Untestable::TooFewPersons { group: 0, needed: 200, found: 20 };
        assert_eq!(scan.result[0].class(), Err(few));
        let one = Groups { membership: &membership, compared: &[0] };
        assert!(scan_dif(&without, &one, &small).is_err());
        let empty = ItemMatrix::complete(0, 2, vec![], vec![1.0; 2]).unwrap();
        let nobody = Groups { membership: &[], compared: &[0, 1] };
        assert!(scan_dif(&empty, &nobody, &small).unwrap().result[0].class().is_err());
    }
}
