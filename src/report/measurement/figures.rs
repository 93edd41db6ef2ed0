//! Findings about measurement as charts.

use super::Scale;
use crate::analysis::findings::{self, DifFindings, InformationCurve, ItemMeasure, LinkFindings};
use crate::chart::{
    AbilityWave, AnchorDrift, Chart, CurvePoint, DifClass, DifItem, DifPlot, DriftItem, ItemCurve,
    ItemCurves, ObservedGroup, ReliableRange, TestCurves, TestInformation, WrightItem, WrightMap,
};
use crate::doc::{Block, Figure};
use crate::report::build::slug;
use crate::report::writer::Writer;

/// Limits of displacement in logits: the strict one of some programmes, and the customary one.
const DRIFT_LIMITS: [f64; 2] = [0.3, 0.5];
/// Sizes in logits where class B and class C begin: 1 and 1.5 on the ETS delta scale, divided by 2.35.
const DIF_ZONES: [f64; 2] = [1.0 / 2.35, 1.5 / 2.35];
/// Reliability that is wanted of scores.
const RELIABLE: f64 = 0.7;
/// Panels of a figure of item curves.
const PANELS: usize = 12;
/// Booklets whose information a chart can tell apart.
const TESTS: usize = 4;

fn figure(id: &str, chart: Chart, caption: String) -> Block {
    Block::Figure(Figure { id: slug(id), chart, caption })
}

/// The abilities of every wave that is large enough to be shown.
fn abilities(own: &Scale) -> Vec<AbilityWave> {
    let w = own.w;
    let logit = |score: f64| (score - own.found.origin) / own.found.unit;
    own.found
        .persons
        .iter()
        .filter(|persons| persons.n >= w.small())
        .map(|persons| {
            let of_wave: Vec<_> = own.found.populations.iter().filter(|p| p.wave == persons.wave).collect();
            let n: usize = of_wave.iter().map(|p| p.n).sum();
            let mean = of_wave.iter().map(|p| p.n as f64 * p.mean).sum::<f64>() / n.max(1) as f64;
            AbilityWave {
                label: w.wave(&persons.wave),
                n: persons.n,
                mean: logit(mean),
                shares: persons.histogram.clone(),
            }
        })
        .collect()
}

/// The first and the last wave: more would hide each other.
fn ends(mut waves: Vec<AbilityWave>) -> Vec<AbilityWave> {
    if waves.len() > 2 {
        waves.drain(1..waves.len() - 1);
    }
    waves
}

/// Persons and items on one axis.
pub fn wright(own: &Scale) -> Option<Block> {
    let w = own.w;
    let range = own.found.persons.first()?.histogram_range;
    let item = |item: &ItemMeasure| {
        let location = item.location?;
        Some(WrightItem { item: item.item.clone(), location, steps: Vec::new(), anchor: item.anchor })
    };
    let items = own.found.items.iter().filter_map(item).collect();
    let waves = ends(abilities(own));
    let chart = WrightMap { axis: w.say("measurement.axis.logits"), range, waves, items };
    let caption = w.fill("measurement.figure.wright", &[("scale", &own.title())]);
    Some(figure(&format!("{}-wright", own.id()), Chart::WrightMap(chart), caption))
}

/// Displacement of the common items.
pub fn drift(own: &Scale, link: &LinkFindings) -> Option<Block> {
    if link.anchors.len() < 2 {
        return None;
    }
    let w = own.w;
    let items = link
        .anchors
        .iter()
        .map(|anchor| DriftItem {
            item: anchor.item.clone(),
            difference: anchor.displacement,
            ci: anchor.ci,
            drifting: anchor.dropped,
        })
        .collect();
    let chart =
        AnchorDrift { axis: w.say("measurement.axis.displacement"), limits: DRIFT_LIMITS.to_vec(), items };
    let caption =
        w.fill("measurement.figure.drift", &[("scale", &own.title()), ("wave", &w.wave(&link.wave))]);
    Some(figure(&format!("{}-drift-{}", own.id(), link.wave), Chart::AnchorDrift(chart), caption))
}

/// Information over ability, by booklet, with the persons below.
pub fn information(own: &Scale) -> Option<Block> {
    let w = own.w;
    let range = own.found.persons.first()?.histogram_range;
    let tests: Vec<TestCurves> =
        own.found.information.iter().take(TESTS).map(|curve| test(own, curve)).collect();
    let waves = ends(abilities(own));
    let chart = TestInformation {
        axis: w.say("measurement.axis.theta"),
        range,
        tests,
        reliable: reliable(own),
        waves,
    };
    let caption = w.fill("measurement.figure.information", &[("scale", &own.title())]);
    Some(figure(&format!("{}-information", own.id()), Chart::TestInformation(chart), caption))
}

fn test(own: &Scale, curve: &InformationCurve) -> TestCurves {
    let at = |value: fn(f64) -> f64| -> Vec<CurvePoint> {
        let points = curve.points.iter().filter(|point| point.information > 0.0);
        points.map(|point| CurvePoint { ability: point.theta, value: value(point.information) }).collect()
    };
    let name = own.w.text(&curve.title);
    TestCurves {
        label: if name.is_empty() { curve.booklet.clone() } else { name.to_owned() },
        information: at(|information| information),
        errors: at(|information| information.powf(-0.5)),
    }
}

/// Where `1 - SE^2 / variance` of the first wave's population is at least [`RELIABLE`] on every booklet.
fn reliable(own: &Scale) -> Option<ReliableRange> {
    let sd = own.found.populations.first()?.sd / own.found.unit;
    let error = sd * (1.0 - RELIABLE).sqrt();
    let (mut from, mut to) = (f64::NEG_INFINITY, f64::INFINITY);
    for curve in &own.found.information {
        let good = || curve.points.iter().filter(|point| point.information.powf(-0.5) <= error);
        from = from.max(good().next()?.theta);
        to = to.min(good().next_back()?.theta);
    }
    (from < to).then_some(ReliableRange { least: RELIABLE, error, from, to })
}

/// Characteristic curves of the items that fit worst: the others look like their curve.
pub fn curves(own: &Scale) -> Vec<Block> {
    let w = own.w;
    let misfit = |item: &ItemMeasure| {
        item.fit.map_or(0.0, |fit| (fit.infit - 1.0).abs().max((fit.outfit - 1.0).abs()))
    };
    let mut worst: Vec<&ItemMeasure> = own.found.items.iter().collect();
    worst.sort_by(|a, b| misfit(b).total_cmp(&misfit(a)));
    worst.truncate(PANELS);
    worst.sort_by_key(|item| own.found.items.iter().position(|other| other.item == item.item));
    let items: Vec<ItemCurve> = worst.into_iter().map(|item| curve(own, item)).collect();
    if items.is_empty() {
        return Vec::new();
    }
    let range = own.found.persons.first().map_or([-4.0, 4.0], |persons| inner(persons.histogram_range));
    let chart = ItemCurves { axis: w.say("measurement.axis.theta"), range, items };
    let caption = w.fill("measurement.figure.curves", &[("scale", &own.title())]);
    vec![figure(&format!("{}-curves", own.id()), Chart::ItemCurves(chart), caption)]
}

/// Two thirds of the range of abilities: beyond it there is nobody to compare the curves with.
fn inner(range: [f64; 2]) -> [f64; 2] {
    range.map(|end| end * 2.0 / 3.0)
}

fn curve(own: &Scale, item: &ItemMeasure) -> ItemCurve {
    let w = own.w;
    let note = match (item.location, &item.fit) {
        (Some(location), Some(fit)) => w.fill(
            "measurement.panel",
            &[("location", &w.number(location, 2)), ("infit", &w.number(fit.infit, 2))],
        ),
        _ => String::new(),
    };
    let points = item.curve.theta.iter().zip(&item.curve.expected);
    ItemCurve {
        item: item.item.clone(),
        note,
        misfit: item.flags.iter().any(|flag| flag == "underfit"),
        curve: points.map(|(theta, share)| CurvePoint { ability: *theta, value: *share }).collect(),
        observed: item
            .curve
            .observed
            .iter()
            .filter(|group| group.n >= w.small())
            .map(|group| ObservedGroup { ability: group.theta, share: group.share, ci: None, n: group.n })
            .collect(),
    }
}

/// DIF by item in logits: for every scale and kind of group the comparison with the gravest items; none
/// where no item is of class B or C.
pub fn dif(w: &Writer) -> Vec<Block> {
    let grave = |found: &DifFindings| {
        let count = |class| found.items.iter().filter(|item| item.class == class).count();
        (count(findings::DifClass::C), count(findings::DifClass::B))
    };
    let mut leading: Vec<&DifFindings> = Vec::new();
    for found in w.findings.dif.iter().filter(|found| grave(found) > (0, 0)) {
        let alike = |other: &&mut &DifFindings| {
            (&other.instrument, &other.scale, &other.variable)
                == (&found.instrument, &found.scale, &found.variable)
        };
        match leading.iter_mut().find(alike) {
            Some(known) if grave(known) < grave(found) => *known = found,
            Some(_) => {}
            None => leading.push(found),
        }
    }
    leading.into_iter().filter_map(|found| one_dif(w, found)).collect()
}

fn one_dif(w: &Writer, found: &DifFindings) -> Option<Block> {
    let item = |item: &findings::DifItem| {
        let estimate = item.location_difference?;
        let class = match item.class {
            findings::DifClass::A => DifClass::A,
            findings::DifClass::B => DifClass::B,
            findings::DifClass::C => DifClass::C,
        };
        let ci = item.location_difference_se.map(|se| [estimate - 1.96 * se, estimate + 1.96 * se]);
        Some(DifItem { item: item.item.clone(), estimate, ci, class })
    };
    let items: Vec<DifItem> = found.items.iter().filter_map(item).collect();
    if items.len() < 2 {
        return None;
    }
    let wave = if found.wave.is_empty() { w.text(&found.label).to_owned() } else { w.wave(&found.wave) };
    let caption = w.fill(
        "dif.figure",
        &[("variable", w.text(&found.label)), ("scale", w.text(&found.title)), ("wave", &wave)],
    );
    let chart = DifPlot {
        axis: w.say("dif.axis"),
        easier_for: [w.text(&found.focal).to_owned(), w.text(&found.reference).to_owned()],
        zones: DIF_ZONES,
        items,
    };
    let id = format!("{}-{}-dif-{}", found.instrument, found.scale, found.variable);
    Some(figure(&id, Chart::DifPlot(chart), caption))
}
