//! Programme against comparison before the programme, by size and never by test (What Works Clearinghouse
//! Handbook 5.0, chapter II; CONSORT 2010, item 15).

use super::characteristic::{Characteristic, characteristics};
use super::{Declared, People, lost, notices};
use crate::analysis::Material;
use crate::analysis::findings::{
    AttritionFindings, Balance, BalanceSize, BaselineBand, BaselineFindings, BaselineRow, BaselineSubject,
    BaselineVerdict, Claim, GroupScore, Notice, OutcomeFindings, Plan,
};
use crate::i18n::Text;
use crate::impact::balance::{BaselineRow as Row, binary_row, measured_row};
use crate::impact::{Arm, ImpactError, effect};

/// Least correlation of first and last scores at which a difference in change counts as an adjustment (What
/// Works Clearinghouse Standards Handbook 4.1).
const CORRELATED: f64 = 0.6;

/// The outcomes for which groups drawn by lot are still as drawn: no test of equivalence is required of them
/// (Standards Handbook 4.1, chapter II).
pub(super) struct LotHolds(Vec<String>);

impl LotHolds {
    /// Outcomes of a study that drew its groups by lot and lost few.
    pub fn of(plan: &Plan, attrition: &[AttritionFindings]) -> Self {
        let low = attrition.iter().filter(|found| plan.claim == Claim::Effect && found.low == Some(true));
        LotHolds(low.map(|found| found.outcome.clone()).collect())
    }

    fn covers(&self, outcome: &str) -> bool {
        self.0.iter().any(|own| own == outcome)
    }
}

/// Compares the groups before the programme, and the lost with those who stayed.
pub(super) fn compare(
    material: Material<'_>,
    declared: &[Declared<'_>],
    lot: &LotHolds,
    notices: &mut Vec<Notice>,
) -> BaselineFindings {
    let mut found = BaselineFindings::default();
    for outcome in declared {
        if outcome.people.compares {
            found.arms.extend(scores(material, outcome, lot, notices));
        }
        found.lost.extend(lost::scores(material, &outcome.people, &outcome.found.id));
    }
    for covariate in &material.study.study.covariates {
        let respondent = covariate.respondent.unwrap_or(crate::instrument::Respondent::Student);
        // The persons of the first declared outcome stand for all: covariates do not change with the outcome.
        let lead = declared.iter().find(|outcome| outcome.people.roster().respondent == respondent);
        let Some(lead) = lead else { continue };
        let characteristics = match characteristics(lead.people.roster(), covariate) {
            Ok(found) => found,
            Err(values) => {
                notices.push(notices::too_many_values(&covariate.id, values));
                continue;
            }
        };
        for own in &characteristics {
            if lead.people.compares {
                found.arms.extend(covariates(material, lead, own, notices));
            }
            found.lost.extend(lost::covariate(material, &lead.people, &lead.found.id, own));
        }
    }
    found
}

/// The row of an outcome's first scores.
fn scores(
    material: Material<'_>,
    outcome: &Declared<'_>,
    lot: &LotHolds,
    notices: &mut Vec<Notice>,
) -> Option<BaselineRow> {
    let people = &outcome.people;
    let sides = Sides { material, people, size: BalanceSize::HedgesG, value: &|place| people.first(place) };
    let [analysed, everybody] = sides.both().map(|found| {
        found.unwrap_or_else(|error| {
            notices.push(notices::no_balance(&outcome.found.id, &error.to_string()));
            None
        })
    });
    everybody.as_ref().or(analysed.as_ref())?;
    let of_band = |balance: &Balance| match lot.covers(&outcome.found.id) {
        true => BaselineVerdict::NotRequired,
        false => verdict(balance.band, outcome.found),
    };
    let verdict = analysed.as_ref().map(of_band);
    if let (Some(balance), Some(BaselineVerdict::NotEquivalent)) = (&analysed, verdict) {
        let far = crate::analysis::notices::baseline_differs(balance.size);
        notices.push(crate::analysis::notices::about(far, &outcome.found.id));
    }
    let subject = BaselineSubject {
        outcome: outcome.found.id.clone(),
        covariate: None,
        label: Text::default(),
        value: None,
    };
    let missing = people.places().filter(|p| people.side(*p).is_some() && people.first(*p).is_none()).count();
    Some(BaselineRow { subject, size: BalanceSize::HedgesG, analysed, everybody, verdict, missing })
}

/// The row of one characteristic from the roster.
fn covariates(
    material: Material<'_>,
    lead: &Declared<'_>,
    own: &Characteristic,
    notices: &mut Vec<Notice>,
) -> Option<BaselineRow> {
    let people = &lead.people;
    let sides = Sides { material, people, size: own.size, value: &|place| own.values[place] };
    let [analysed, everybody] = sides.both().map(|found| {
        found.unwrap_or_else(|error| {
            notices.push(notices::no_balance(&own.id, &error.to_string()));
            None
        })
    });
    everybody.as_ref().or(analysed.as_ref())?;
    let far = analysed.as_ref().filter(|balance| balance.band == BaselineBand::NotEquivalent);
    if let Some(balance) = far {
        notices.push(notices::covariate_differs(&own.label, own.value.as_ref(), balance.size));
    }
    let missing =
        people.places().filter(|place| people.side(*place).is_some() && own.values[*place].is_none()).count();
    let subject = own.subject(&lead.found.id);
    Some(BaselineRow { subject, size: own.size, analysed, everybody, verdict: None, missing })
}

/// Values of a characteristic on both sides.
struct Sides<'a> {
    material: Material<'a>,
    people: &'a People<'a>,
    size: BalanceSize,
    value: &'a dyn Fn(usize) -> Option<f64>,
}

impl Sides<'_> {
    /// The balance of the persons behind the estimate and of everybody; none where a side is too small.
    fn both(&self) -> [Result<Option<Balance>, ImpactError>; 2] {
        [self.balance(&|place| self.people.stayed(place)), self.balance(&|_| true)]
    }

    fn balance(&self, keep: &dyn Fn(usize) -> bool) -> Result<Option<Balance>, ImpactError> {
        let rules = &self.material.study.study.analysis;
        let (mut values, mut arms) = (Vec::new(), Vec::new());
        for place in self.people.places().filter(|place| keep(*place)) {
            if let (Some(value), Some(side)) = ((self.value)(place), self.people.side(place)) {
                values.push(value);
                arms.push(side);
            }
        }
        let of = |side: Arm| arms.iter().filter(|own| **own == side).count();
        if of(Arm::Program).min(of(Arm::Comparison)) < rules.smallest_cell {
            return Ok(None);
        }
        let row = match self.size {
            BalanceSize::HedgesG => measured_row(&values, &arms, rules.alpha),
            BalanceSize::CoxIndex => binary_row(&values, &arms, rules.alpha),
        };
        Ok(Some(balance(&row?, self.size)))
    }
}

fn balance(row: &Row, size: BalanceSize) -> Balance {
    Balance {
        programme: group_score(&row.program, size),
        comparison: group_score(&row.comparison, size),
        size: row.g.value,
        band: match row.band {
            effect::BaselineBand::Satisfied => BaselineBand::Satisfied,
            effect::BaselineBand::NeedsAdjustment => BaselineBand::NeedsAdjustment,
            effect::BaselineBand::NotEquivalent => BaselineBand::NotEquivalent,
        },
    }
}

/// A group as it is shown.
pub(super) fn group_score(group: &effect::GroupSummary, size: BalanceSize) -> GroupScore {
    GroupScore { n: group.n, mean: group.mean, sd: (size == BalanceSize::HedgesG).then_some(group.sd) }
}

fn verdict(band: BaselineBand, outcome: &OutcomeFindings) -> BaselineVerdict {
    match band {
        BaselineBand::Satisfied => BaselineVerdict::Satisfied,
        BaselineBand::NotEquivalent => BaselineVerdict::NotEquivalent,
        BaselineBand::NeedsAdjustment if adjusts(outcome) => BaselineVerdict::SatisfiedByAdjustment,
        BaselineBand::NeedsAdjustment => BaselineVerdict::NeedsAdjustment,
    }
}

/// Whether the primary estimate has an adjustment that is accepted.
fn adjusts(outcome: &OutcomeFindings) -> bool {
    let Some(primary) = outcome.estimates.iter().find(|estimate| estimate.primary) else { return false };
    let correlated = outcome.correlation.iter().all(|r| r.is_some_and(|r| r >= CORRELATED));
    primary.method.is_adjusted() || (correlated && !outcome.correlation.is_empty())
}
