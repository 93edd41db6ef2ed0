//! Differential item functioning of tests: by the study's subgroups, by arm, booklet and wave.
//!
//! Persons are matched on the items that everybody who was given the studied item was given: with booklets
//! that is the whole booklet for an item of one booklet, and the common items for an anchor.

use std::collections::BTreeMap;

use polars::prelude::PolarsResult;
use rayon::prelude::*;

use super::notices;
use crate::analysis::Material;
use crate::analysis::findings::{DifClass, DifFindings, DifItem, LogisticDif, TestFindings};
use crate::i18n::Text;
use crate::instrument::{Instrument, Respondent, Scale, ScaleMethod};
use crate::measure::{self, WaveAnswers, answers};
use crate::psych::ItemMatrix;
use crate::psych::dif::{DifOptions, EtsClass, Groups, ItemDif, scan_dif};
use crate::psych::irt::dif::{IrtDifOptions, likelihood_ratio_dif};
use crate::psych::irt::{Family, Responses as Answers};
use crate::study::{Outcome, OutcomeRole};

/// Fewest persons per group that are compared at all; below 200 in the reference group a caution is given.
const SMALLEST_GROUP: usize = 100;

/// Every comparison of every test scale that a primary or secondary outcome, or a measure, rests on.
///
/// # Errors
/// polars cannot hand out a column.
pub(in crate::analysis) fn all(material: Material<'_>) -> PolarsResult<Vec<DifFindings>> {
    let mut found = Vec::new();
    for (instrument, scale) in scales(material) {
        let own =
            measure::Material { study: material.study, responses: material.responses, instrument, scale };
        let gathered = answers::gather(&own, material.scores)?;
        let test = Test { material, instrument, scale, waves: &gathered.waves };
        let ends = match gathered.waves.as_slice() {
            [] => Vec::new(),
            [only] => vec![only],
            [first, .., last] => vec![first, last],
        };
        let of_wave = |wave: &&WaveAnswers| {
            let (mut own, booklets) = rayon::join(|| test.by_persons(wave), || test.by_booklet(wave));
            own.extend(booklets);
            own
        };
        let (within, between) =
            rayon::join(|| ends.par_iter().map(of_wave).collect::<Vec<_>>(), || test.by_wave());
        found.extend(within.into_iter().flatten());
        found.extend(between);
    }
    Ok(found)
}

/// Test scales, each set of items once; a measure goes before a scale of points.
fn scales(material: Material<'_>) -> Vec<(&Instrument, &Scale)> {
    let declared = |outcome: &&Outcome| outcome.role != OutcomeRole::Exploratory;
    let mut scales: Vec<(&Instrument, &Scale)> = Vec::new();
    let outcomes = material.study.study.outcomes.iter().filter(declared);
    let of_outcomes = outcomes.filter_map(|outcome| {
        let instrument = material.study.instrument_of(outcome)?;
        Some((instrument, instrument.scale(outcome.from.scale.as_deref()?)?))
    });
    for (instrument, scale) in of_outcomes {
        let is_test = instrument.respondent == Respondent::Student
            && scale.items.iter().any(|id| instrument.item(id).is_some_and(crate::instrument::Item::has_key));
        if !is_test {
            continue;
        }
        match scales.iter_mut().find(|(other, known)| other.id == instrument.id && known.items == scale.items)
        {
            Some(known) if scale.method == ScaleMethod::Irt => *known = (instrument, scale),
            Some(_) => {}
            None => scales.push((instrument, scale)),
        }
    }
    scales
}

struct Test<'a> {
    material: Material<'a>,
    instrument: &'a Instrument,
    scale: &'a Scale,
    waves: &'a [WaveAnswers],
}

/// Two groups of rows.
struct Comparison {
    wave: String,
    variable: String,
    label: Text,
    names: [Text; 2],
    /// 0 reference, 1 focal, none for rows that do not take part.
    membership: Vec<Option<usize>>,
}

/// Rows of one wave, or of several.
struct Rows<'a> {
    answers: Vec<(&'a WaveAnswers, usize)>,
}

impl Rows<'_> {
    /// The answers of some rows on one list of items.
    fn stacked(&self, persons: &[usize]) -> Option<Answers> {
        let items = self.answers.first()?.0.answers.items();
        let mut max = vec![0; items];
        let (mut categories, mut answered) = (Vec::new(), Vec::new());
        for row in persons {
            let (wave, own) = self.answers[*row];
            for (item, max) in max.iter_mut().enumerate() {
                let category = wave.answers.get(own, item);
                categories.push(category.unwrap_or(0));
                answered.push(category.is_some());
                *max = wave.answers.max()[item].max(*max);
            }
        }
        Answers::new(persons.len(), items, categories, answered, max).ok()
    }

    fn booklet(&self, row: usize) -> Option<&str> {
        let (wave, own) = self.answers[row];
        wave.booklets[own].as_deref()
    }
}

impl<'a> Test<'a> {
    /// By subgroup columns of the roster and by arm.
    fn by_persons(&self, wave: &'a WaveAnswers) -> Vec<DifFindings> {
        let rows = Rows { answers: (0..wave.persons.len()).map(|row| (wave, row)).collect() };
        let study = self.material.study;
        let Some(roster) = self.material.responses.roster_of(study, self.instrument.respondent) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for column in &study.study.subgroups {
            let belongs = column.respondent.unwrap_or(Respondent::Student) == self.instrument.respondent;
            let Some(values) = roster.columns.get(&column.column).filter(|_| belongs) else { continue };
            let value = |person: &String| values.get(*roster.index.get(person)?)?.clone();
            let own: Vec<Option<String>> = wave.persons.iter().map(value).collect();
            for (reference, focal) in pairs(&own) {
                let name = |value: &str| {
                    column.values.get(value).cloned().unwrap_or_else(|| Text::new(value, value))
                };
                let comparison = Comparison {
                    wave: wave.id.clone(),
                    variable: column.id.clone(),
                    label: column.label.clone(),
                    names: [name(&reference), name(&focal)],
                    membership: membership(&own, &reference, &focal),
                };
                found.extend(self.compare(&rows, comparison));
            }
        }
        found.extend(self.by_arm(&rows, wave));
        found
    }

    fn by_arm(&self, rows: &Rows<'_>, wave: &WaveAnswers) -> Option<DifFindings> {
        let arms = &self.material.study.study.arms;
        if arms.len() < 2 {
            return None;
        }
        let own: Vec<Option<String>> =
            wave.arms.iter().map(|arm| arms.get(*arm).map(|arm| arm.id.clone())).collect();
        let (reference, focal) = pairs(&own).into_iter().next()?;
        let name = |id: &str| {
            arms.iter().find(|arm| arm.id == id).map_or_else(Text::default, |arm| arm.label.clone())
        };
        let comparison = Comparison {
            wave: wave.id.clone(),
            variable: "arm".to_owned(),
            label: Text::new("kelompok", "group"),
            names: [name(&reference), name(&focal)],
            membership: membership(&own, &reference, &focal),
        };
        self.compare(rows, comparison)
    }

    fn by_booklet(&self, wave: &'a WaveAnswers) -> Option<DifFindings> {
        let rows = Rows { answers: (0..wave.persons.len()).map(|row| (wave, row)).collect() };
        let (reference, focal) = pairs(&wave.booklets).into_iter().next()?;
        let name = |id: &str| self.instrument.booklet(id).map_or_else(Text::default, |own| own.title.clone());
        let comparison = Comparison {
            wave: wave.id.clone(),
            variable: "booklet".to_owned(),
            label: Text::new("buku soal", "booklet"),
            names: [name(&reference), name(&focal)],
            membership: membership(&wave.booklets, &reference, &focal),
        };
        self.compare(&rows, comparison)
    }

    /// The last wave against the first.
    fn by_wave(&self) -> Option<DifFindings> {
        let (first, last) = (self.waves.first()?, self.waves.last()?);
        if first.wave == last.wave {
            return None;
        }
        let of = |wave: &'a WaveAnswers| (0..wave.persons.len()).map(move |row| (wave, row));
        let rows = Rows { answers: of(first).chain(of(last)).collect() };
        let label = |wave: &WaveAnswers| self.material.study.study.waves[wave.wave].label.clone();
        let comparison = Comparison {
            wave: String::new(),
            variable: "wave".to_owned(),
            label: Text::new("tes awal dan tes akhir", "first and last wave"),
            names: [label(first), label(last)],
            membership: rows
                .answers
                .iter()
                .map(|(wave, _)| Some(usize::from(wave.wave != first.wave)))
                .collect(),
        };
        let mut found = self.compare(&rows, comparison)?;
        found.notices.insert(0, notices::same_persons_twice());
        Some(found)
    }

    fn compare(&self, rows: &Rows<'_>, comparison: Comparison) -> Option<DifFindings> {
        let n = [0, 1].map(|group| comparison.membership.iter().filter(|own| **own == Some(group)).count());
        let mut found = DifFindings {
            instrument: self.instrument.id.clone(),
            scale: self.scale.id.clone(),
            title: self.scale.title.clone(),
            wave: comparison.wave.clone(),
            variable: comparison.variable.clone(),
            label: comparison.label.clone(),
            reference: comparison.names[0].clone(),
            focal: comparison.names[1].clone(),
            n,
            items: Vec::new(),
            purified: Vec::new(),
            rounds: 0,
            notices: Vec::new(),
        };
        for class in self.classes(rows) {
            self.scan(rows, &comparison, &class, &mut found);
        }
        // The model is fitted once per item; where no item stands out it would only say so again.
        if found.items.iter().any(|item| item.class > DifClass::A) {
            self.likelihood_ratios(rows, &comparison, &mut found);
        }
        found.items.sort_by_key(|item| self.scale.items.iter().position(|id| *id == item.item));
        if found.items.is_empty() {
            found.notices.push(notices::dif_too_few(n, SMALLEST_GROUP));
        } else if n[0] < DifOptions::default().min_reference {
            found.notices.push(notices::dif_few(n));
        }
        let about = format!("{}/{}", found.instrument, found.scale);
        found.notices.iter_mut().for_each(|notice| notice.about.clone_from(&about));
        Some(found)
    }

    /// Items that the same booklets hold, with the items of all these booklets for matching.
    fn classes(&self, rows: &Rows<'_>) -> Vec<Class> {
        let mut booklets: Vec<Option<&str>> = (0..rows.answers.len()).map(|row| rows.booklet(row)).collect();
        booklets.sort_unstable();
        booklets.dedup();
        let holds = |booklet: &Option<&str>, item: usize| {
            let own = booklet.and_then(|id| self.instrument.booklet(id));
            own.is_none_or(|own| own.items.contains(&self.scale.items[item]))
        };
        let mut classes: BTreeMap<Vec<Option<String>>, Vec<usize>> = BTreeMap::new();
        for item in 0..self.scale.items.len() {
            let own: Vec<Option<String>> =
                booklets.iter().filter(|b| holds(b, item)).map(|b| b.map(str::to_owned)).collect();
            classes.entry(own).or_default().push(item);
        }
        classes
            .into_iter()
            .map(|(booklets, items)| {
                let all = |item: &usize| booklets.iter().all(|b| holds(&b.as_deref(), *item));
                let matching = (0..self.scale.items.len()).filter(all).collect();
                Class { booklets, items, matching }
            })
            .collect()
    }

    fn scan(&self, rows: &Rows<'_>, comparison: &Comparison, class: &Class, found: &mut DifFindings) {
        let holds = |row: &usize| class.booklets.iter().any(|own| own.as_deref() == rows.booklet(*row));
        let persons: Vec<usize> = (0..rows.answers.len()).filter(holds).collect();
        let membership: Vec<Option<usize>> = persons.iter().map(|row| comparison.membership[*row]).collect();
        let Some(matrix) = matrix(rows, &persons, &class.matching) else { return };
        let options = DifOptions {
            alpha: self.material.study.study.analysis.alpha,
            min_reference: SMALLEST_GROUP,
            min_focal: SMALLEST_GROUP,
            ..DifOptions::default()
        };
        let groups = Groups { membership: &membership, compared: &[0, 1] };
        let Ok(scan) = scan_dif(&matrix, &groups, &options) else { return };
        found.rounds = found.rounds.max(scan.rounds);
        for item in &scan.result {
            let place = class.matching[item.item];
            if !class.items.contains(&place) {
                continue;
            }
            let id = &self.scale.items[place];
            found.items.extend(described(id, item));
            if !scan.anchors.contains(&item.item) {
                found.purified.push(id.clone());
            }
        }
    }
}

impl Test<'_> {
    /// Adds the likelihood-ratio test of the Rasch family to the items that were tested: it matches on the
    /// model's ability, so booklets are no hindrance to it.
    fn likelihood_ratios(&self, rows: &Rows<'_>, comparison: &Comparison, found: &mut DifFindings) {
        let place = |item: &DifItem| self.scale.items.iter().position(|id| *id == item.item);
        let items: Vec<usize> = found.items.iter().filter_map(place).collect();
        let persons: Vec<usize> =
            (0..rows.answers.len()).filter(|row| comparison.membership[*row].is_some()).collect();
        let groups: Vec<usize> = persons.iter().filter_map(|row| comparison.membership[*row]).collect();
        let Some(answers) = rows.stacked(&persons) else { return };
        let options = IrtDifOptions {
            alpha: self.material.study.study.analysis.alpha,
            ..IrtDifOptions::new(Family::PartialCredit)
        };
        let Ok(tested) = likelihood_ratio_dif(&answers, &groups, None, Some(&items), &options) else {
            return;
        };
        for (item, outcome) in found.items.iter_mut().zip(&tested.outcomes) {
            let Some(test) = outcome.test() else { continue };
            item.likelihood_ratio = Some(TestFindings { chi2: test.chi2, df: test.df, p: test.p });
            item.adjusted_p = Some(test.adjusted_p);
            let contrast = test.contrasts.first();
            item.location_difference = contrast.and_then(|own| own.difference);
            item.location_difference_se = contrast.and_then(|own| own.difference_se);
        }
    }
}

struct Class {
    booklets: Vec<Option<String>>,
    items: Vec<usize>,
    matching: Vec<usize>,
}

/// The largest group as reference against every other that is large enough to be named.
fn pairs(values: &[Option<String>]) -> Vec<(String, String)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    values.iter().flatten().for_each(|value| *counts.entry(value).or_default() += 1);
    let Some((reference, _)) = counts.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0))) else {
        return Vec::new();
    };
    counts
        .keys()
        .filter(|value| *value != reference)
        .map(|focal| ((*reference).to_owned(), (*focal).to_owned()))
        .collect()
}

fn membership(values: &[Option<String>], reference: &str, focal: &str) -> Vec<Option<usize>> {
    let group = |value: &Option<String>| match value.as_deref() {
        Some(own) if own == reference => Some(0),
        Some(own) if own == focal => Some(1),
        _ => None,
    };
    values.iter().map(group).collect()
}

fn matrix(rows: &Rows<'_>, persons: &[usize], items: &[usize]) -> Option<ItemMatrix> {
    let (mut points, mut missing) = (Vec::new(), Vec::new());
    let mut max = vec![0.0_f64; items.len()];
    for row in persons {
        let (wave, own) = rows.answers[*row];
        for (place, item) in items.iter().enumerate() {
            let category = wave.answers.get(own, *item);
            missing.push(category.is_none());
            points.push(category.map_or(0.0, f64::from));
            max[place] = max[place].max(f64::from(wave.answers.max()[*item]));
        }
    }
    ItemMatrix::new(persons.len(), items.len(), points, missing, max).ok()
}

fn described(id: &str, item: &ItemDif) -> Option<DifItem> {
    let class = match item.class().ok()? {
        EtsClass::A => DifClass::A,
        EtsClass::B => DifClass::B,
        EtsClass::C => DifClass::C,
    };
    let odds = item.mantel_haenszel.as_ref().ok();
    let mantel = item.mantel.as_ref().ok();
    let test = match (odds, mantel) {
        (Some(own), _) => TestFindings { chi2: own.chi2, df: 1.0, p: own.p },
        (None, Some(own)) => TestFindings { chi2: own.chi2, df: 1.0, p: own.p },
        (None, None) => return None,
    };
    let n = odds.map(|own| [own.n_reference, own.n_focal]).or(mantel.map(|m| [m.n_reference, m.n_focal]))?;
    let finite = |value: f64| Some(value).filter(|value| value.is_finite());
    let logistic = item.logistic.as_ref().ok().map(|own| LogisticDif {
        uniform: TestFindings { chi2: own.uniform.chi2, df: own.uniform.df as f64, p: own.uniform.p },
        nonuniform: TestFindings {
            chi2: own.nonuniform.chi2,
            df: own.nonuniform.df as f64,
            p: own.nonuniform.p,
        },
        delta_r2: own.both.delta_r2,
    });
    Some(DifItem {
        item: id.to_owned(),
        n,
        class,
        delta: odds.and_then(|own| finite(own.delta)),
        delta_se: odds.and_then(|own| finite(own.delta_se)),
        test,
        smd: mantel.and_then(|own| finite(own.smd)),
        smd_sd: mantel.and_then(|own| finite(own.smd_sd)),
        p_dif: item.standardised.as_ref().ok().and_then(|own| finite(own.difference)),
        logistic: logistic.filter(|own| own.delta_r2.is_finite()),
        likelihood_ratio: None,
        adjusted_p: None,
        location_difference: None,
        location_difference_se: None,
    })
}
