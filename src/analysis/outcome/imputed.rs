//! The primary estimate with missing scores imputed, beside that of persons with both scores.

use std::collections::BTreeSet;

use super::{Sample, estimate, pooled};
use crate::analysis::findings::{ChainFindings, ImputedFindings, LeftOut, Notice, OutcomeFindings};
use crate::analysis::frame::Linked;
use crate::analysis::plan::FEW_SCHOOLS;
use crate::i18n::Text;
use crate::impact::ImpactError;
use crate::impact::ancova::Covariate;
use crate::impact::imputation::{
    Convergence, ImputationOptions, Imputations, MissingScores, imputations_needed, impute,
};
use crate::instrument::Respondent;

/// Values of a roster column up to which each gets a column of its own in the model.
const MOST_VALUES: usize = 5;
/// Incomplete persons above which chains are kept short: with so many, an iteration moves little.
const MANY: usize = 5_000;

/// Everybody with a score at the first or at the last wave, in roster order.
struct Everybody<'a> {
    linked: Linked,
    pre: Vec<Option<f64>>,
    post: Vec<Option<f64>>,
    covariates: Vec<(Text, String, Vec<f64>)>,
    left_out: Vec<LeftOut>,
    sample: &'a Sample<'a>,
}

/// None where nobody lacks a score, or where the notice says why it is refused.
pub(super) fn analyze(
    sample: &Sample<'_>,
    found: &OutcomeFindings,
    notices: &mut Vec<Notice>,
) -> Option<ImputedFindings> {
    let everybody = Everybody::new(sample);
    let missing = everybody.linked.len() - sample.linked.len();
    if missing == 0 {
        return None;
    }
    let schools = everybody.linked.clusters();
    let complete_case = found.estimates.iter().find(|estimate| estimate.primary)?;
    if schools.is_none_or(|schools| schools < FEW_SCHOOLS) || !pooled::can_pool(complete_case.method) {
        notices.push(words::few_schools(missing, FEW_SCHOOLS));
        return None;
    }
    match everybody.imputed(complete_case) {
        Ok(found) => {
            if !found.convergence.reached {
                notices.push(words::not_converged(found.convergence.r_hat));
            }
            Some(found)
        }
        Err(error) => {
            notices.push(words::no_answer(missing, &error));
            None
        }
    }
}

impl<'a> Everybody<'a> {
    fn new(sample: &'a Sample<'a>) -> Self {
        let measured = sample.measured;
        let [first, last] = measured.before_and_after().unwrap_or([&[], &[]]);
        let mut linked = Linked::default();
        let (mut pre, mut post) = (Vec::new(), Vec::new());
        for (place, (before, after)) in first.iter().zip(last).enumerate() {
            if before.is_none() && after.is_none() {
                continue;
            }
            linked.places.push(place);
            linked.arm.push(measured.arm_of(sample.study, place));
            pre.push(*before);
            post.push(*after);
        }
        linked.attach_schools(measured.roster);
        let (covariates, left_out) = covariates(sample, &linked.places);
        Everybody { linked, pre, post, covariates, left_out, sample }
    }

    fn imputed(
        &self,
        complete_case: &crate::analysis::findings::EstimateFindings,
    ) -> Result<ImputedFindings, ImpactError> {
        let n = self.linked.len();
        let persons_imputed = n - self.sample.linked.len();
        let mut options = ImputationOptions {
            imputations: imputations_needed(persons_imputed, n),
            seed: self.sample.study.study.analysis.seed,
            ..ImputationOptions::default()
        };
        if persons_imputed > MANY {
            (options.burn_in, options.thin) = (200, 20);
        }
        let drawn = self.draw(&options)?;
        let sets: Vec<Linked> = (0..drawn.len()).filter_map(|k| self.completed(&drawn, k)).collect();
        let method = estimate::primary_here(self.sample, &mut Vec::new());
        let over = pooled::over(method, self.sample, &sets)?;
        // The columns of one covariate stand together.
        let mut labels: Vec<Text> = self.covariates.iter().map(|(label, ..)| label.clone()).collect();
        labels.dedup();
        Ok(ImputedFindings {
            estimate: over.estimate,
            complete_case: complete_case.clone(),
            imputations: drawn.len(),
            persons: n,
            persons_imputed,
            cells: drawn.missing(),
            share: over.pooled.lambda,
            fraction_missing: over.pooled.fraction_missing,
            complete_df: over.complete_df,
            covariates: labels,
            left_out: self.left_out.clone(),
            convergence: chains(&drawn, &options),
            outside: self.outside(&sets),
        })
    }

    fn draw(&self, options: &ImputationOptions) -> Result<Imputations, ImpactError> {
        let none = Vec::new();
        let columns: Vec<Covariate<'_>> = self
            .covariates
            .iter()
            .map(|(_, name, values)| Covariate { name: name.as_str(), values: values.as_slice() })
            .collect();
        // One group has one model, whatever the roster calls its arms.
        let zeros = vec![0; self.linked.len()];
        let data = MissingScores {
            pre: &self.pre,
            post: &self.post,
            cluster: self.linked.cluster.as_ref().unwrap_or(&none),
            group: if self.sample.compares() { &self.linked.arm } else { &zeros },
            covariates: &columns,
        };
        impute(&data, options)
    }

    fn completed(&self, drawn: &Imputations, imputation: usize) -> Option<Linked> {
        let scores = drawn.completed(imputation)?;
        Some(Linked { before: scores.pre, after: scores.post, ..self.linked.clone() })
    }

    /// Share of the imputed scores outside the range of the scale.
    fn outside(&self, sets: &[Linked]) -> Option<f64> {
        let [low, high] = self.sample.measured.range?;
        let (mut all, mut beyond) = (0usize, 0usize);
        for set in sets {
            let before = set.before.iter().zip(&self.pre);
            for (value, _) in before.chain(set.after.iter().zip(&self.post)).filter(|(_, own)| own.is_none())
            {
                all += 1;
                beyond += usize::from(*value < low || *value > high);
            }
        }
        (all > 0).then(|| beyond as f64 / all as f64)
    }
}

fn chains(drawn: &Imputations, options: &ImputationOptions) -> ChainFindings {
    let worst = drawn.models.iter().map(|model| &model.convergence);
    let worst = worst.max_by(|a, b| a.r_hat.total_cmp(&b.r_hat));
    ChainFindings {
        reached: drawn.converged(),
        // Chains that never moved have no R-hat; findings hold no infinity.
        r_hat: worst.map_or(1.0, |own| own.r_hat).min(1e6),
        parameter: worst.map(|own: &Convergence| own.parameter.to_owned()).unwrap_or_default(),
        chains: options.chains,
        burn_in: options.burn_in,
        thin: options.thin,
    }
}

/// A covariate of the imputation model: label, name in the roster, one number per person.
type Column = (Text, String, Vec<f64>);

/// Columns of the roster that the study declares (covariates and subgroups) and that everybody has, as indicators of up
/// to five values or as numbers; and the declared covariates that are neither.
fn covariates(sample: &Sample<'_>, places: &[usize]) -> (Vec<Column>, Vec<LeftOut>) {
    let (study, roster) = (&sample.study.study, sample.measured.roster);
    let (mut columns, mut left_out) = (Vec::new(), Vec::new());
    let mut seen = BTreeSet::new();
    for declared in study.covariates.iter().chain(&study.subgroups) {
        let own = declared.respondent.unwrap_or(Respondent::Student) == roster.respondent;
        let Some(cells) = roster.columns.get(&declared.column).filter(|_| own) else { continue };
        if !seen.insert(&declared.column) {
            continue;
        }
        let given: Vec<&str> = places.iter().filter_map(|place| cells[*place].as_deref()).collect();
        let blank = places.len() - given.len();
        match as_columns(declared, &given).filter(|_| blank == 0) {
            Some(own) => columns.extend(own),
            None => left_out.push(LeftOut { id: declared.id.clone(), label: declared.label.clone(), blank }),
        }
    }
    (columns, left_out)
}

/// A covariate that everybody has as columns of numbers; none where it has too many values that are no numbers.
fn as_columns(declared: &crate::study::Covariate, known: &[&str]) -> Option<Vec<Column>> {
    let values: BTreeSet<&str> = known.iter().copied().collect();
    if values.len() <= MOST_VALUES {
        let of = |value: &&str| {
            let column = known.iter().map(|own| f64::from(u8::from(own == value))).collect();
            (declared.label.clone(), format!("{}={value}", declared.column), column)
        };
        return Some(values.iter().skip(1).map(of).collect());
    }
    let numbers: Option<Vec<f64>> =
        known.iter().map(|cell| cell.parse().ok().filter(|v: &f64| v.is_finite())).collect();
    Some(vec![(declared.label.clone(), declared.column.clone(), numbers?)])
}

mod words {
    use crate::analysis::findings::{Notice, NoticeKind};
    use crate::analysis::notices::notice;
    use crate::i18n::{Lang, format};
    use crate::impact::ImpactError;

    /// Too few schools to learn how they differ.
    pub(super) fn few_schools(missing: usize, needed: usize) -> Notice {
        notice(
            "A-IMPUTE-001",
            NoticeKind::Refusal,
            format!(
                "Sebanyak {missing} orang hanya memiliki satu skor. Skor yang hilang tidak diimputasi: imputasi dan interval gabungannya memerlukan sekolah yang diketahui dan sekurang-kurangnya {needed} sekolah."
            ),
            format!(
                "{missing} persons have one score only. Missing scores are not imputed: imputation and its pooled interval need known schools, {needed} of them at least."
            ),
        )
    }

    /// The model of imputation has no answer.
    pub(super) fn no_answer(missing: usize, error: &ImpactError) -> Notice {
        notice(
            "A-IMPUTE-002",
            NoticeKind::Refusal,
            format!(
                "Sebanyak {missing} orang hanya memiliki satu skor, tetapi skor yang hilang tidak dapat diimputasi ({error})."
            ),
            format!(
                "{missing} persons have one score only, but the missing scores could not be imputed ({error})."
            ),
        )
    }

    /// The chains disagree.
    pub(super) fn not_converged(r_hat: f64) -> Notice {
        let words = |lang| format::number(lang, r_hat, 2);
        notice(
            "A-IMPUTE-003",
            NoticeKind::Caution,
            format!(
                "Rantai imputasi ganda belum menyatu (R-hat {}, seharusnya di bawah 1,1); taksiran dengan skor imputasi belum dapat diandalkan.",
                words(Lang::Id)
            ),
            format!(
                "The chains of the multiple imputation do not agree yet (R-hat {}, should be below 1.1); the estimate with imputed scores is not reliable.",
                words(Lang::En)
            ),
        )
    }
}
