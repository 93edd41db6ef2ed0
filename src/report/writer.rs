//! The findings with a language: words and numbers as the sections need them.

use crate::analysis::findings::{Findings, OutcomeFindings};
use crate::i18n::{Lang, Text, format, phrase, phrase_with, raw_phrase};
use crate::instrument::Respondent;

/// What stands where a value is missing.
pub const DASH: &str = "–";

/// The findings and the language they are told in.
#[derive(Clone, Copy)]
pub struct Writer<'a> {
    /// What is told.
    pub findings: &'a Findings,
    /// The language it is told in.
    pub lang: Lang,
}

impl<'a> Writer<'a> {
    /// The phrase `report.<key>`.
    pub fn say(&self, key: &str) -> String {
        phrase(self.lang, &format!("report.{key}"))
    }

    /// The phrase `report.<key>` with its placeholders filled.
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        phrase_with(self.lang, &format!("report.{key}"), values)
    }

    /// The phrase `report.<key>`, or `fallback` where the name came from elsewhere and has no wording.
    pub fn say_or(&self, key: &str, fallback: &str) -> String {
        let full = format!("report.{key}");
        if raw_phrase(self.lang, &full).is_some() {
            phrase(self.lang, &full)
        } else {
            fallback.replace('_', " ")
        }
    }

    /// An author's words.
    pub fn text(&self, text: &'a Text) -> &'a str {
        text.get(self.lang)
    }

    /// A number with `decimals` digits.
    pub fn number(&self, value: f64, decimals: usize) -> String {
        format::number(self.lang, value, decimals)
    }

    /// A number that may be missing.
    pub fn maybe(&self, value: Option<f64>, decimals: usize) -> String {
        value.map_or_else(|| DASH.to_owned(), |value| self.number(value, decimals))
    }

    /// A number with its sign.
    pub fn signed(&self, value: f64, decimals: usize) -> String {
        format::signed(self.lang, value, decimals)
    }

    /// A count.
    pub fn count(&self, value: usize) -> String {
        format::count(self.lang, value)
    }

    /// A count that may be missing.
    pub fn maybe_count(&self, value: Option<usize>) -> String {
        value.map_or_else(|| DASH.to_owned(), |value| self.count(value))
    }

    /// A share as a percentage: whole numbers below 100 persons, where a decimal would pretend.
    pub fn percent(&self, share: f64, n: usize) -> String {
        format::percent(self.lang, share, usize::from(n >= 100))
    }

    /// `part` of `whole` as a whole percentage; a dash where there is nobody.
    pub fn rate(&self, part: usize, whole: usize) -> String {
        if whole == 0 { DASH.to_owned() } else { format::percent(self.lang, part as f64 / whole as f64, 0) }
    }

    /// An interval for a cell.
    pub fn bracket(&self, ci: Option<[f64; 2]>, decimals: usize) -> String {
        ci.map_or_else(|| DASH.to_owned(), |ci| format::bracket(self.lang, ci, decimals))
    }

    /// A p-value for a cell: without the letter, which heads the column.
    pub fn p(&self, p: Option<f64>) -> String {
        let Some(p) = p else { return DASH.to_owned() };
        let text = format::p_value(self.lang, p);
        let bare = text.strip_prefix("p = ").or_else(|| text.strip_prefix("p "));
        bare.unwrap_or(&text).to_owned()
    }

    /// A p-value in running text: "p = 0.03".
    pub fn p_value(&self, p: f64) -> String {
        format::p_value(self.lang, p)
    }

    /// Degrees of freedom.
    pub fn df(&self, df: Option<f64>) -> String {
        df.map_or_else(|| DASH.to_owned(), |df| format::degrees(self.lang, df))
    }

    /// The level of the intervals, such as `95%`.
    pub fn level(&self) -> String {
        format::percent(self.lang, 1.0 - self.findings.plan.alpha, 0)
    }

    /// "1 school", "13 schools".
    pub fn schools(&self, n: usize) -> String {
        self.fill(if n == 1 { "n.school" } else { "n.schools" }, &[("n", &self.count(n))])
    }

    /// "13 schools", or the words for schools that are unknown.
    pub fn clusters(&self, n: Option<usize>) -> String {
        n.map_or_else(|| self.say("n.schools_unknown"), |n| self.schools(n))
    }

    /// "1 student", "358 students".
    pub fn people(&self, respondent: Respondent, n: usize) -> String {
        let form = if n == 1 { "one" } else { "many" };
        self.fill(&format!("n.{}.{form}", respondent_key(respondent)), &[("n", &self.count(n))])
    }

    /// "students", as a noun without number.
    pub fn group(&self, respondent: Respondent) -> String {
        self.say(&format!("people.{}", respondent_key(respondent)))
    }

    /// The unit of an outcome, for use behind a number.
    pub fn unit(&self, outcome: &'a OutcomeFindings) -> String {
        let own = self.text(&outcome.unit);
        if own.is_empty() { self.say("unit.default") } else { own.to_owned() }
    }

    /// A value with the unit of its outcome.
    pub fn with_unit(&self, value: &str, outcome: &'a OutcomeFindings) -> String {
        format!("{value} {}", self.unit(outcome))
    }
}

/// The name of a respondent in phrase keys.
pub fn respondent_key(respondent: Respondent) -> &'static str {
    match respondent {
        Respondent::Student => "student",
        Respondent::Teacher => "teacher",
        Respondent::Principal => "principal",
        Respondent::Observer => "observer",
    }
}

/// Digits after the decimal mark for scores of an outcome: one for points, two for scale means, which span
/// only a few units.
pub fn decimals(outcome: &OutcomeFindings) -> usize {
    match outcome.range {
        Some(_) => decimals_of_range(outcome.range),
        None => outcome.descriptives.iter().map(|row| decimals_of_mean(row.mean)).min().unwrap_or(2),
    }
}

/// The same from the lowest and highest possible score.
pub fn decimals_of_range(range: Option<[f64; 2]>) -> usize {
    match range {
        Some([low, high]) if high - low > 10.0 => 1,
        _ => 2,
    }
}

/// Digits for a scale's scores where its range is not known.
pub fn decimals_of_mean(mean: f64) -> usize {
    if mean.abs() > 10.0 { 1 } else { 2 }
}
