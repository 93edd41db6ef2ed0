//! The change or difference in plainer units, one or two sentences per outcome.

use super::writer::Writer;
use crate::analysis::findings::{
    BetweenArms, ImprovedShare, MonthsFindings, ObservedSuperiority, OutcomeFindings,
};
use crate::i18n::format;
use crate::study::ProgressTable;

/// The sentences: the share who improved for one group, the difference in plainer units for two.
pub fn lines(w: &Writer, outcome: &OutcomeFindings) -> Vec<String> {
    let Some(translation) = &outcome.translation else { return Vec::new() };
    match &translation.between {
        Some(between) => difference(w, outcome, between),
        None => translation.improved.iter().map(|own| improved(w, outcome, own)).collect(),
    }
}

fn improved(w: &Writer, outcome: &OutcomeFindings, own: &ImprovedShare) -> String {
    let arm = w.arm(&own.arm);
    let arm = if arm.is_empty() { arm } else { format!(" ({arm})") };
    let (share, people) = (w.percent(own.share, own.n), w.people(outcome.respondent, own.n));
    let Some(ci) = own.ci else {
        let schools = w.clusters(own.clusters);
        let filled = [("arm", &arm), ("share", &share), ("people", &people), ("schools", &schools)];
        return w.fill("plain.improved_bare", &filled.map(|(key, value)| (key, value.as_str())));
    };
    w.fill(
        "plain.improved",
        &[
            ("arm", &arm),
            ("share", &share),
            ("level", &w.level()),
            ("ci", &percents(w, ci, own.n)),
            ("behind", &behind(w, own.df, &people, own.clusters)),
        ],
    )
}

fn behind(w: &Writer, df: Option<f64>, people: &str, clusters: Option<usize>) -> String {
    let key = if clusters.is_some() { "effects.robust" } else { "effects.not_robust" };
    w.fill(key, &[("df", &w.df(df)), ("people", people), ("schools", &w.clusters(clusters))])
}

fn percents(w: &Writer, [low, high]: [f64; 2], n: usize) -> String {
    format!("[{}; {}]", w.percent(low, n), w.percent(high, n))
}

fn difference(w: &Writer, outcome: &OutcomeFindings, between: &BetweenArms) -> Vec<String> {
    let n = between.observed.map_or(0, |observed| observed.n);
    let (superiority, index) = (between.superiority, between.improvement_index);
    let kind = w.say_or(&format!("effect.kind.{}", between.effect), &between.effect);
    let mut lines = vec![w.fill(
        "plain.between",
        &[
            ("kind", &kind),
            ("g", &w.number(between.g, 2)),
            ("superiority", &w.percent(superiority.value, n)),
            ("superiority_ci", &superiority.ci.map_or_else(String::new, |ci| percents(w, ci, n))),
            ("index", &w.signed(index.value, 1)),
            ("index_ci", &w.bracket(index.ci, 1)),
            ("level", &w.level()),
        ],
    )];
    lines.extend(between.observed.map(|own| observed(w, outcome, &own)));
    lines.extend(between.months.map(|months| progress(w, &months)));
    lines
}

fn observed(w: &Writer, outcome: &OutcomeFindings, own: &ObservedSuperiority) -> String {
    let (share, delta) = (w.percent(own.probability, own.n), w.number(own.cliffs_delta, 2));
    let people = w.people(outcome.respondent, own.n);
    let Some(ci) = own.ci else {
        let schools = w.clusters(own.clusters);
        let filled = [("share", &share), ("delta", &delta), ("people", &people), ("schools", &schools)];
        return w.fill("plain.observed_bare", &filled.map(|(key, value)| (key, value.as_str())));
    };
    w.fill(
        "plain.observed",
        &[
            ("share", &share),
            ("ci", &percents(w, ci, own.n)),
            ("level", &w.level()),
            ("delta", &delta),
            ("behind", &behind(w, own.df, &people, own.clusters)),
        ],
    )
}

fn progress(w: &Writer, found: &MonthsFindings) -> String {
    let key = match (found.months, found.beyond) {
        (0, _) => "plain.months.none",
        (months, true) if months > 0 => "plain.months.beyond",
        (months, _) if months > 0 => "plain.months.more",
        _ => "plain.months.less",
    };
    let table = match found.table {
        ProgressTable::Toolkit => w.say("plain.months.toolkit"),
        ProgressTable::EefReports => w.say("plain.months.eef_reports"),
    };
    let months = format::number(w.lang, f64::from(found.months.abs()), 0);
    format!("{} {}", w.fill(key, &[("months", &months), ("table", &table)]), w.say("plain.months.caution"))
}
