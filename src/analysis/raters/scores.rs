//! Agreement of scores: the intraclass correlations that the design allows.

use super::leading;
use super::marks::{Marks, ScoreMarks};
use crate::analysis::findings::{
    AgreementBand, AgreementVerdict, Coefficient, CoefficientOutcome, IccKind, RaterDesign, RaterIcc,
    ScoreAgreement,
};
use crate::impact::icc::anova_icc;
use crate::psych::agreement::{Icc, IccForm, IccTable, intraclass};

/// Agreement of every score that somebody has twice.
pub(super) fn all(marks: &Marks<'_>, design: RaterDesign, alpha: f64) -> Vec<ScoreAgreement> {
    marks.scores.iter().filter_map(|score| one(marks, score, design, alpha)).collect()
}

fn one(marks: &Marks<'_>, score: &ScoreMarks, design: RaterDesign, alpha: f64) -> Option<ScoreAgreement> {
    let double: Vec<Vec<(usize, f64)>> = (0..marks.persons)
        .map(|person| marks.given(&score.points, person))
        .filter(|own| own.len() > 1)
        .collect();
    if double.len() < 2 {
        return None;
    }
    let mut icc = forms(&double, design, alpha);
    for found in &mut icc {
        found.leading = found.form == leading(design);
    }
    Some(ScoreAgreement {
        id: score.id.clone(),
        title: score.title.clone(),
        main: score.main,
        range: score.range,
        n: double.len(),
        distance: distance(&double),
        verdict: verdict(&icc),
        icc,
    })
}

/// The verdict on the interval of the leading form.
fn verdict(icc: &[RaterIcc]) -> Option<AgreementVerdict> {
    use AgreementBand::{Excellent, Good, Moderate, Poor};
    let icc = icc.iter().find(|icc| icc.leading)?;
    if icc.coefficient.outcome == CoefficientOutcome::Perfect {
        return Some(AgreementVerdict::NearlySame);
    }
    let [low, high] = icc.bands?;
    Some(match (low, high) {
        (Excellent, _) => AgreementVerdict::NearlySame,
        (Good, _) => AgreementVerdict::Close,
        (Moderate, _) => AgreementVerdict::Rough,
        (Poor, Good | Excellent) => AgreementVerdict::Unclear,
        (Poor, _) => AgreementVerdict::Apart,
    })
}

/// Mean distance of two scores of the same person; every person counts alike.
fn distance(double: &[Vec<(usize, f64)>]) -> f64 {
    let of_person = |own: &Vec<(usize, f64)>| {
        let (mut sum, mut pairs) = (0.0, 0.0);
        for (place, (_, first)) in own.iter().enumerate() {
            for (_, second) in own.iter().skip(place + 1) {
                sum += (first - second).abs();
                pairs += 1.0;
            }
        }
        sum / pairs
    };
    double.iter().map(of_person).sum::<f64>() / double.len() as f64
}

fn forms(double: &[Vec<(usize, f64)>], design: RaterDesign, alpha: f64) -> Vec<RaterIcc> {
    let k = double.iter().map(Vec::len).max().unwrap_or(0);
    let same_number = double.iter().all(|own| own.len() == k);
    if design == RaterDesign::DifferentRaters && !same_number {
        return unbalanced(double, alpha).into_iter().collect();
    }
    // The one-way forms do not look at the order of a person's ratings; where the raters are the same
    // throughout, each has a column of its own.
    let complete = double.iter().filter(|own| own.len() == k);
    let points: Vec<Option<f64>> = complete.flatten().map(|(_, points)| Some(*points)).collect();
    let Ok(table) = intraclass(&points, points.len() / k.max(1), k, alpha) else { return Vec::new() };
    let wanted: &[IccForm] = match design {
        RaterDesign::SameRaters => &[
            IccForm::AgreementSingle,
            IccForm::AgreementMean,
            IccForm::ConsistencySingle,
            IccForm::ConsistencyMean,
            IccForm::OneWaySingle,
            IccForm::OneWayMean,
        ],
        RaterDesign::DifferentRaters => &[IccForm::OneWaySingle, IccForm::OneWayMean],
    };
    wanted.iter().map(|form| of_table(&table, *form)).collect()
}

fn of_table(table: &IccTable, form: IccForm) -> RaterIcc {
    let found = table.get(form);
    let ci = match found {
        Icc::Estimated { ci, .. } => Some([ci.low, ci.high]),
        Icc::Perfect | Icc::NoVariation => None,
    };
    let outcome = match found {
        Icc::Estimated { .. } => CoefficientOutcome::Estimated,
        Icc::Perfect => CoefficientOutcome::Perfect,
        Icc::NoVariation => CoefficientOutcome::NoVariation,
    };
    let form = match form {
        IccForm::OneWaySingle => IccKind::OneWaySingle,
        IccForm::AgreementSingle => IccKind::AgreementSingle,
        IccForm::ConsistencySingle => IccKind::ConsistencySingle,
        IccForm::OneWayMean => IccKind::OneWayMean,
        IccForm::AgreementMean => IccKind::AgreementMean,
        IccForm::ConsistencyMean => IccKind::ConsistencyMean,
    };
    with_bands(form, Coefficient { outcome, value: found.value(), ci })
}

/// ICC(1,1) where some persons have more ratings than others: the one-way analysis of variance with the mean
/// number of ratings (Searle), as for pupils in schools.
fn unbalanced(double: &[Vec<(usize, f64)>], alpha: f64) -> Option<RaterIcc> {
    let (mut values, mut person) = (Vec::new(), Vec::new());
    for (place, own) in double.iter().enumerate() {
        for (_, points) in own {
            values.push(*points);
            person.push(place);
        }
    }
    let found = anova_icc(&values, &person, alpha).ok()?;
    let ci = Some([found.ci.low, found.ci.high]);
    let coefficient = Coefficient { outcome: CoefficientOutcome::Estimated, value: Some(found.value), ci };
    Some(with_bands(IccKind::OneWaySingle, coefficient))
}

fn with_bands(form: IccKind, coefficient: Coefficient) -> RaterIcc {
    RaterIcc { form, leading: false, bands: coefficient.ci.map(|ci| ci.map(band)), coefficient }
}

/// Koo & Li (2016), Journal of Chiropractic Medicine 15, 155-163: the bands are meant for the ends of the
/// interval, not for the estimate.
fn band(icc: f64) -> AgreementBand {
    match icc {
        icc if icc < 0.5 => AgreementBand::Poor,
        icc if icc < 0.75 => AgreementBand::Moderate,
        icc if icc < 0.9 => AgreementBand::Good,
        _ => AgreementBand::Excellent,
    }
}
