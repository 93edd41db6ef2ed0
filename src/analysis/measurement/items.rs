//! Items: parameters, fit, curves, residual correlations.

use super::Sheet;
use crate::analysis::findings::{
    DependenceFindings, DependentPair, InformationCurve, InformationPoint, ItemCurveFindings, ItemMeasure,
    MeanSquareFindings, ObservedShare, TestFindings,
};
use crate::instrument::Booklet;
use crate::psych::irt::fit::FittedItem;
use crate::psych::irt::item_scores::{ScoreFitOptions, score_fit};
use crate::psych::irt::itemfit::item_fit;
use crate::psych::irt::residuals::residual_correlations;
use crate::psych::irt::{Family, ItemCurve};

/// Mean squares outside this range are flagged (Linacre's range for run-of-the-mill tests; standards 6.2).
const MEAN_SQUARE_RANGE: [f64; 2] = [0.7, 1.3];
/// Excess of a residual correlation over the mean that points to local dependence (Christensen et al. 2017).
const DEPENDENT: f64 = 0.2;
/// Pairs that are listed.
const LISTED_PAIRS: usize = 10;
/// Groups of persons behind the observed points of a curve.
const GROUPS: usize = 6;
/// Smallest expected count of a cell of S-X2 (Orlando & Thissen's habit).
const SMALLEST_CELL: f64 = 1.0;

pub(super) fn all(sheet: &Sheet<'_>) -> Vec<ItemMeasure> {
    let curves = sheet.curves();
    let squares = item_fit(&curves, &sheet.reference.answers, &sheet.reference.theta).unwrap_or_default();
    let score_fits = score_fits(sheet, &curves);
    let abilities = abilities();
    let mut items = Vec::new();
    for (place, curve) in curves.iter().enumerate() {
        let (Some(curve), Some(fitted)) = (curve, fitted(sheet, place)) else { continue };
        let fit = squares.get(place).copied().flatten().map(|own| MeanSquareFindings {
            infit: own.infit,
            infit_z: own.infit_z,
            outfit: own.outfit,
            outfit_z: own.outfit_z,
        });
        let id = &sheet.measure.items[place];
        let answers = &sheet.measure.waves;
        let n = answers
            .iter()
            .map(|w| (0..w.persons.len()).filter(|p| w.answers.get(*p, place).is_some()).count());
        items.push(ItemMeasure {
            item: id.clone(),
            anchor: sheet.instrument.item(id).is_some_and(|item| item.anchor),
            n: n.sum(),
            slope: curve.slope,
            slope_se: fitted.slope_se,
            location: curve.location(),
            location_se: fitted.location_se,
            steps: curve.steps(),
            points: sheet.measure.values[place].clone(),
            fit,
            score_fit: score_fits[place],
            curve: curve_of(sheet, place, curve, &abilities),
            flags: flags(curve, fit),
        });
    }
    items
}

/// The item in the fit of the first wave that has it.
fn fitted<'a>(sheet: &'a Sheet<'_>, place: usize) -> Option<&'a FittedItem> {
    let main = &sheet.found.main;
    let wave = (0..main.curves.len()).find(|wave| main.curves[*wave][place].is_some())?;
    main.fit_of(wave).items.get(main.places[wave][place])?.as_ref()
}

fn flags(curve: &ItemCurve, fit: Option<MeanSquareFindings>) -> Vec<String> {
    let mut flags = Vec::new();
    if let Some(fit) = fit {
        if fit.infit > MEAN_SQUARE_RANGE[1] || fit.outfit > MEAN_SQUARE_RANGE[1] {
            flags.push("underfit".to_owned());
        } else if fit.infit < MEAN_SQUARE_RANGE[0] || fit.outfit < MEAN_SQUARE_RANGE[0] {
            flags.push("overfit".to_owned());
        }
    }
    let steps: Vec<f64> = curve.steps().into_iter().flatten().collect();
    if steps.windows(2).any(|pair| pair[1] < pair[0]) {
        flags.push("reversed_steps".to_owned());
    }
    if curve.slope < 0.0 {
        flags.push("negative_slope".to_owned());
    }
    flags
}

/// S-X2 of every item, on the form (booklet) where most persons answered it completely.
fn score_fits(sheet: &Sheet<'_>, curves: &[Option<&ItemCurve>]) -> Vec<Option<TestFindings>> {
    let mut best: Vec<Option<(usize, TestFindings)>> = vec![None; curves.len()];
    let mut forms: Vec<&Option<String>> = sheet.reference.booklets.iter().collect();
    forms.sort_unstable();
    forms.dedup();
    let population = sheet.found.main.first_population();
    for form in forms {
        let given = items_of(sheet, form.as_deref());
        let items: Vec<usize> = given.into_iter().filter(|item| curves[*item].is_some()).collect();
        let persons: Vec<usize> =
            (0..sheet.reference.booklets.len()).filter(|p| &sheet.reference.booklets[*p] == form).collect();
        let own: Vec<&ItemCurve> = items.iter().filter_map(|item| curves[*item]).collect();
        let slopes = usize::from(sheet.found.family == Family::GeneralisedPartialCredit);
        let free: Vec<usize> = own.iter().map(|curve| curve.max() + slopes).collect();
        let options = ScoreFitOptions {
            mean: population.mean,
            sd: population.sd.max(0.1),
            smallest_cell: SMALLEST_CELL,
        };
        let Ok(found) = score_fit(&own, &free, &sheet.reference.answers.select(&persons, &items), options)
        else {
            continue;
        };
        for (item, fit) in items.iter().zip(found) {
            let Some(p) = fit.p else { continue };
            if best[*item].is_none_or(|(persons, _)| persons < fit.persons) {
                best[*item] = Some((fit.persons, TestFindings { chi2: fit.chi2, df: fit.df, p }));
            }
        }
    }
    best.into_iter().map(|found| found.map(|(_, test)| test)).collect()
}

/// Items of the scale that a booklet holds.
pub(super) fn items_of(sheet: &Sheet<'_>, booklet: Option<&str>) -> Vec<usize> {
    let holds = |id: &String| match booklet.and_then(|own| sheet.instrument.booklet(own)) {
        Some(booklet) => booklet.items.contains(id),
        None => true,
    };
    (0..sheet.measure.items.len()).filter(|item| holds(&sheet.measure.items[*item])).collect()
}

/// Abilities at which curves are drawn.
fn abilities() -> Vec<f64> {
    (0..=48).map(|step| -6.0 + 0.25 * f64::from(step)).collect()
}

fn curve_of(sheet: &Sheet<'_>, place: usize, curve: &ItemCurve, theta: &[f64]) -> ItemCurveFindings {
    let top = curve.max().max(1) as f64;
    ItemCurveFindings {
        theta: theta.to_vec(),
        expected: theta.iter().map(|t| curve.moments(*t).mean / top).collect(),
        information: theta.iter().map(|t| curve.information(*t)).collect(),
        observed: observed(sheet, place, top),
    }
}

/// Shares of steps in groups of equal size by ability.
fn observed(sheet: &Sheet<'_>, place: usize, top: f64) -> Vec<ObservedShare> {
    let answers = &sheet.reference.answers;
    let known = sheet
        .reference
        .theta
        .iter()
        .enumerate()
        .filter_map(|(person, theta)| Some(((*theta)?, f64::from(answers.get(person, place)?) / top)));
    let mut pairs: Vec<(f64, f64)> = known.collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let size = pairs.len().div_ceil(GROUPS).max(1);
    pairs
        .chunks(size)
        .map(|group| {
            let n = group.len() as f64;
            ObservedShare {
                theta: group.iter().map(|own| own.0).sum::<f64>() / n,
                share: group.iter().map(|own| own.1).sum::<f64>() / n,
                n: group.len(),
            }
        })
        .collect()
}

pub(super) fn dependence(sheet: &Sheet<'_>) -> Option<DependenceFindings> {
    let found =
        residual_correlations(&sheet.curves(), &sheet.reference.answers, &sheet.reference.theta).ok()?;
    let mut pairs = Vec::new();
    for (first, row) in found.correlations.iter().enumerate() {
        for (second, correlation) in row.iter().enumerate().skip(first + 1) {
            let Some(correlation) = correlation.filter(|c| *c > found.mean + DEPENDENT) else { continue };
            let stimulus = |item: usize| {
                sheet.instrument.item(&sheet.measure.items[item]).and_then(|item| item.stimulus.as_ref())
            };
            pairs.push(DependentPair {
                first: sheet.measure.items[first].clone(),
                second: sheet.measure.items[second].clone(),
                correlation,
                same_stimulus: stimulus(first).is_some() && stimulus(first) == stimulus(second),
            });
        }
    }
    pairs.sort_by(|a, b| b.correlation.total_cmp(&a.correlation));
    let count = pairs.len();
    pairs.truncate(LISTED_PAIRS);
    Some(DependenceFindings { mean: found.mean, largest: found.largest, pairs, count })
        .filter(|found| found.mean.is_finite() && found.largest.is_finite())
}

/// Information of the items of every booklet.
pub(super) fn information(sheet: &Sheet<'_>) -> Vec<InformationCurve> {
    let curves = sheet.curves();
    let of_form = |booklet: Option<&Booklet>| {
        let own = items_of(sheet, booklet.map(|own| own.id.as_str()));
        let sum = |theta: f64| {
            own.iter().filter_map(|item| curves[*item]).map(|curve| curve.information(theta)).sum()
        };
        InformationCurve {
            booklet: booklet.map(|own| own.id.clone()).unwrap_or_default(),
            title: booklet.map(|own| own.title.clone()).unwrap_or_default(),
            points: abilities()
                .into_iter()
                .map(|theta| InformationPoint { theta, information: sum(theta) })
                .collect(),
        }
    };
    match sheet.instrument.booklets.as_slice() {
        [] => vec![of_form(None)],
        booklets => booklets.iter().map(|booklet| of_form(Some(booklet))).collect(),
    }
}
