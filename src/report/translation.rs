//! The change or difference in plainer units, one or two sentences per outcome.

use super::writer::Writer;
use crate::analysis::findings::{BetweenArms, ImprovedShare, MonthsFindings, OutcomeFindings};
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
    w.fill(
        "plain.improved",
        &[
            ("share", &w.percent(own.share, own.n)),
            ("level", &w.level()),
            ("ci", &percents(w, own.ci, own.n)),
            ("behind", &behind(w, own.df, &w.people(outcome.respondent, own.n), own.clusters)),
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
    lines.extend(between.observed.map(|observed| {
        w.fill(
            "plain.observed",
            &[
                ("share", &w.percent(observed.probability, observed.n)),
                ("ci", &percents(w, observed.ci, observed.n)),
                ("level", &w.level()),
                ("delta", &w.number(observed.cliffs_delta, 2)),
                (
                    "behind",
                    &behind(
                        w,
                        Some(observed.df),
                        &w.people(outcome.respondent, observed.n),
                        observed.clusters,
                    ),
                ),
            ],
        )
    }));
    lines.extend(between.months.map(|months| progress(w, &months)));
    lines
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
