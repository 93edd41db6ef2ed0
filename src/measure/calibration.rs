//! Item parameters on one scale for all waves, by the road that the study declares.

use super::{Unmeasured, WaveAnswers};
use crate::psych::irt::linking::{
    Criterion, Link, MomentMethod, Wave, characteristic_link, moment_link, stack,
};
use crate::psych::irt::posterior::{Posterior, eap_reliability};
use crate::psych::irt::{
    Anchor, Family, FitOptions, FittedIrt, IrtError, ItemCurve, Population, fit_marginal,
};
use crate::study::LinkMethod;

/// A calibration of all waves on the scale of the first.
#[derive(Clone, Debug)]
pub struct Calibration {
    /// The fits: one for all waves together, or one per wave.
    pub fits: Vec<FittedIrt>,
    /// Curves on the common scale: `curves[wave][item]`, none for items that could not take part.
    pub curves: Vec<Vec<Option<ItemCurve>>>,
    /// Place of every item of a wave among the items of its fit.
    pub places: Vec<Vec<usize>>,
    /// Populations on the common scale, by wave and arm.
    pub populations: Vec<PopulationMoments>,
    /// Posterior of every person of a wave, on the common scale.
    pub posteriors: Vec<Vec<Option<Posterior>>>,
    /// Transformation of each wave's own scale to the common one; the identity unless waves were fitted
    /// apart.
    pub links: Vec<Link>,
}

/// Mean and standard deviation of ability in one group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PopulationMoments {
    /// Place of the wave among the waves with answers.
    pub wave: usize,
    /// Place of the arm.
    pub arm: usize,
    /// Persons.
    pub n: usize,
    /// Mean.
    pub mean: f64,
    /// Standard deviation.
    pub sd: f64,
}

/// The scale as it is.
const IDENTITY: Link = Link { scale: 1.0, shift: 0.0 };

/// Each wave by itself: what drift is seen in, and what links are made of.
///
/// # Errors
/// The fit has no answer or did not converge.
pub fn separate(waves: &[WaveAnswers], family: Family) -> Result<Vec<FittedIrt>, Unmeasured> {
    waves.iter().map(|wave| converged(fit_wave(wave, family, Vec::new())?)).collect()
}

fn fit_wave(wave: &WaveAnswers, family: Family, anchors: Vec<Anchor>) -> Result<FittedIrt, Unmeasured> {
    let groups = dense(&wave.arms);
    let population = Population { groups: groups.as_deref(), ..Population::default() };
    let options = FitOptions { anchors, ..FitOptions::new(family) };
    fit_marginal(&wave.answers, &population, &options).map_err(Unmeasured::Irt)
}

fn converged(fit: FittedIrt) -> Result<FittedIrt, Unmeasured> {
    if fit.log.stop.is_converged() { Ok(fit) } else { Err(Unmeasured::NotConverged) }
}

/// Groups numbered without gaps; none where there is one.
pub fn dense(groups: &[usize]) -> Option<Vec<usize>> {
    let mut known: Vec<usize> = groups.to_vec();
    known.sort_unstable();
    known.dedup();
    let place = |group: &usize| known.partition_point(|other| other < group);
    (known.len() > 1).then(|| groups.iter().map(place).collect())
}

/// Calibrates all waves by a method; `dropped[wave]` are the items that are not to link that wave to the
/// first: they get parameters of their own there.
///
/// # Errors
/// A fit or link has no answer or did not converge; there is no common item left.
pub fn calibrate(
    waves: &[WaveAnswers],
    separate: &[FittedIrt],
    family: Family,
    (method, dropped): (LinkMethod, &[Vec<usize>]),
) -> Result<Calibration, Unmeasured> {
    if waves.len() == 1 || method == LinkMethod::Concurrent {
        return concurrent(waves, family, dropped);
    }
    let first = &separate[0];
    let mut fits = vec![first.clone()];
    let mut links = vec![IDENTITY];
    for ((wave, own), dropped) in waves.iter().zip(separate).zip(dropped).skip(1) {
        let common: Vec<usize> = common_items(first, own).filter(|item| !dropped.contains(item)).collect();
        if common.is_empty() {
            return Err(Unmeasured::Irt(IrtError::NoCommonItems));
        }
        if method == LinkMethod::FixedAnchors {
            let anchor = |item: &usize| {
                first.items[*item].as_ref().map(|known| Anchor { item: *item, curve: known.curve.clone() })
            };
            fits.push(converged(fit_wave(wave, family, common.iter().filter_map(anchor).collect())?)?);
            links.push(IDENTITY);
        } else {
            let link = link(first, own, &common, (method, family)).map_err(Unmeasured::Irt)?;
            fits.push(own.clone());
            links.push(link);
        }
    }
    Ok(apart(waves, fits, links))
}

/// Items that could be fitted in both.
pub(super) fn common_items<'a>(a: &'a FittedIrt, b: &'a FittedIrt) -> impl Iterator<Item = usize> + 'a {
    (0..a.items.len()).filter(|item| a.items[*item].is_some() && b.items[*item].is_some())
}

/// The link of a later wave's own scale to the first's.
pub(super) fn link(
    first: &FittedIrt,
    later: &FittedIrt,
    common: &[usize],
    (method, family): (LinkMethod, Family),
) -> Result<Link, IrtError> {
    let curve = |fit: &'_ FittedIrt, item: usize| fit.items[item].as_ref().map(|own| own.curve.clone());
    let owned: Vec<(ItemCurve, ItemCurve)> =
        common.iter().filter_map(|item| Some((curve(later, *item)?, curve(first, *item)?))).collect();
    let pairs: Vec<(&ItemCurve, &ItemCurve)> = owned.iter().map(|(new, old)| (new, old)).collect();
    let free_scale = !family.has_unit_slopes();
    match method {
        LinkMethod::Haebara => characteristic_link(&pairs, Criterion::Haebara, free_scale),
        LinkMethod::StockingLord => characteristic_link(&pairs, Criterion::StockingLord, free_scale),
        LinkMethod::MeanSigma if free_scale => moment_link(&pairs, MomentMethod::MeanSigma),
        LinkMethod::MeanMean if free_scale => moment_link(&pairs, MomentMethod::MeanMean),
        _ => moment_link(&pairs, MomentMethod::Mean),
    }
}

/// One fit of all answers, a group per wave and arm.
fn concurrent(
    waves: &[WaveAnswers],
    family: Family,
    dropped: &[Vec<usize>],
) -> Result<Calibration, Unmeasured> {
    let items = waves.first().map_or(0, |wave| wave.answers.items());
    let mut count = items;
    let mut places = Vec::with_capacity(waves.len());
    for own in dropped.iter().take(waves.len()) {
        let mut place: Vec<usize> = (0..items).collect();
        for item in own {
            place[*item] = count;
            count += 1;
        }
        places.push(place);
    }
    let parts: Vec<Wave<'_>> =
        waves.iter().zip(&places).map(|(wave, items)| Wave { responses: &wave.answers, items }).collect();
    let stacked = stack(&parts, count).map_err(Unmeasured::Irt)?;
    let arms = waves.iter().flat_map(|wave| wave.arms.iter().copied()).max().map_or(1, |arm| arm + 1);
    let keys: Vec<usize> = waves
        .iter()
        .enumerate()
        .flat_map(|(place, wave)| wave.arms.iter().map(move |arm| place * arms + arm))
        .collect();
    let groups = dense(&keys);
    let population = Population { groups: groups.as_deref(), ..Population::default() };
    let fit = fit_marginal(&stacked.responses, &population, &FitOptions::new(family));
    let fit = converged(fit.map_err(Unmeasured::Irt)?)?;
    let curves = places
        .iter()
        .map(|own| own.iter().map(|place| fit.items[*place].as_ref().map(|i| i.curve.clone())).collect())
        .collect();
    let mut posteriors = Vec::with_capacity(waves.len());
    let mut start = 0;
    for wave in waves {
        let end = start + wave.persons.len();
        posteriors.push(fit.posterior[start..end].to_vec());
        start = end;
    }
    let populations = populations(&fit, &keys, arms, None);
    Ok(Calibration {
        fits: vec![fit],
        curves,
        places,
        populations,
        posteriors,
        links: vec![IDENTITY; waves.len()],
    })
}

/// Mean and standard deviation of every group of a fit. `keys` are wave x arms + arm, by person.
fn populations(
    fit: &FittedIrt,
    keys: &[usize],
    arms: usize,
    wave: Option<(usize, Link)>,
) -> Vec<PopulationMoments> {
    let mut known: Vec<usize> = keys.to_vec();
    known.sort_unstable();
    known.dedup();
    let own = &fit.population;
    let constant = if own.free_mean { own.coefficients.first().copied().unwrap_or(0.0) } else { 0.0 };
    let after = usize::from(own.free_mean);
    known
        .iter()
        .enumerate()
        .map(|(group, key)| {
            let shift = if group == 0 { 0.0 } else { own.coefficients[after + group - 1] };
            let (place, link) = wave.unwrap_or((key / arms, IDENTITY));
            PopulationMoments {
                wave: place,
                arm: key % arms,
                n: keys.iter().filter(|other| *other == key).count(),
                mean: link.apply(constant + shift),
                sd: link.scale * own.variances.get(group).copied().unwrap_or(0.0).max(0.0).sqrt(),
            }
        })
        .collect()
}

/// Fits of single waves, each carried to the common scale by its link.
fn apart(waves: &[WaveAnswers], fits: Vec<FittedIrt>, links: Vec<Link>) -> Calibration {
    let mut calibration = Calibration {
        curves: Vec::new(),
        places: Vec::new(),
        populations: Vec::new(),
        posteriors: Vec::new(),
        links,
        fits: Vec::new(),
    };
    for (place, (wave, fit)) in waves.iter().zip(&fits).enumerate() {
        let link = calibration.links[place];
        let curves = fit.items.iter().map(|item| item.as_ref().map(|own| link.apply_curve(&own.curve)));
        calibration.curves.push(curves.collect());
        calibration.places.push((0..fit.items.len()).collect());
        let arms = wave.arms.iter().copied().max().map_or(1, |arm| arm + 1);
        calibration.populations.extend(populations(fit, &wave.arms, arms, Some((place, link))));
        let carried = fit
            .posterior
            .iter()
            .map(|own| own.map(|own| Posterior { mean: link.apply(own.mean), sd: link.scale * own.sd }));
        calibration.posteriors.push(carried.collect());
    }
    calibration.fits = fits;
    calibration
}

impl Calibration {
    /// The fit that holds a wave.
    pub fn fit_of(&self, wave: usize) -> &FittedIrt {
        &self.fits[wave.min(self.fits.len() - 1)]
    }

    /// Mean and standard deviation of the first wave, its arms together.
    pub fn first_population(&self) -> PopulationMoments {
        self.population_of(0)
    }

    /// Mean and standard deviation of one wave, its arms together.
    pub fn population_of(&self, wave: usize) -> PopulationMoments {
        let own: Vec<&PopulationMoments> = self.populations.iter().filter(|p| p.wave == wave).collect();
        let n: usize = own.iter().map(|p| p.n).sum();
        let weight = |p: &PopulationMoments| p.n as f64 / n.max(1) as f64;
        let mean: f64 = own.iter().map(|p| weight(p) * p.mean).sum();
        let variance: f64 = own.iter().map(|p| weight(p) * (p.sd * p.sd + (p.mean - mean).powi(2))).sum();
        PopulationMoments { wave, arm: 0, n, mean, sd: variance.sqrt() }
    }

    /// Reliability of the posterior means of a wave.
    pub fn eap_reliability(&self, wave: usize) -> Option<f64> {
        eap_reliability(&self.posteriors[wave], None)
    }
}
