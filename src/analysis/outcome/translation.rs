//! The change or difference in plainer units.

use super::{Sample, likeness};
use crate::analysis::findings::{
    BetweenArms, EffectSize, ImprovedShare, MonthsFindings, Notice, NoticeKind, ObservedSuperiority,
    Translated, Translation,
};
use crate::analysis::frame::Linked;
use crate::analysis::notices::notice;
use crate::impact::effect::{
    MonthsTable, improvement_index, months_of_progress, normal_superiority, share_improved, superiority,
};
use crate::impact::proportion::ShareInterval;
use crate::study::ProgressTable;

/// The translations; none where there is nothing to translate.
pub(super) fn all(
    sample: &Sample<'_>,
    sizes: &[EffectSize],
    notices: &mut Vec<Notice>,
) -> Option<Translation> {
    let asked = sample.study.study.report.months_of_progress;
    if asked.is_some() && !sample.compares() {
        notices.push(no_months());
    }
    let smallest = sample.study.study.analysis.smallest_cell;
    let improved: Vec<ImprovedShare> = (0..sample.arms.len())
        .map(|arm| (sample.arms[arm], sample.of_arm(arm)))
        .filter(|(_, group)| group.len() >= smallest)
        .filter_map(|(arm, group)| share(arm, &group, sample.alpha()))
        .collect();
    let leading = sizes.iter().find(|size| size.leading).filter(|_| sample.compares());
    let between = leading.map(|size| BetweenArms {
        effect: size.kind.clone(),
        g: size.value,
        superiority: translated(size, normal_superiority),
        improvement_index: translated(size, improvement_index),
        observed: observed(sample),
        months: asked.and_then(|table| months(size.value, table)),
    });
    (!improved.is_empty() || between.is_some()).then_some(Translation { improved, between })
}

fn share(arm: &str, group: &Linked, alpha: f64) -> Option<ImprovedShare> {
    let gains = gains(group);
    let found = share_improved(&vec![0.0; gains.len()], &gains, group.cluster.as_deref(), alpha).ok()?;
    let enough = likeness::enough_schools(group);
    Some(ImprovedShare {
        arm: arm.to_owned(),
        higher: found.improved,
        equal: found.tied,
        lower: found.declined,
        share: found.share.value,
        ci: enough.then_some([found.share.ci.low, found.share.ci.high]),
        df: match found.share.method {
            ShareInterval::ClusterRobust { df, .. } => Some(df).filter(|_| enough),
            ShareInterval::Wilson => None,
        },
        n: group.len(),
        clusters: group.clusters(),
    })
}

/// Gains in which equal percentages tie, whatever the last digit of their difference.
fn gains(linked: &Linked) -> Vec<f64> {
    linked.changes().iter().map(|change| (change * 1e9).round() / 1e9).collect()
}

/// A rising function of an effect size, with the limits carried over.
fn translated(size: &EffectSize, by: fn(f64) -> f64) -> Translated {
    Translated { value: by(size.value), ci: size.ci.map(|[low, high]| [by(low), by(high)]) }
}

fn observed(sample: &Sample<'_>) -> Option<ObservedSuperiority> {
    let linked = sample.linked;
    let alone: Vec<usize> = (0..linked.len()).collect();
    let cluster = linked.cluster.as_deref().unwrap_or(&alone);
    let found = superiority(&gains(linked), &sample.roles(linked), cluster, sample.alpha()).ok()?;
    let infers = sample.infers(linked);
    Some(ObservedSuperiority {
        probability: found.probability,
        ci: infers.then_some([found.ci.low, found.ci.high]),
        cliffs_delta: found.cliffs_delta,
        cliffs_ci: infers.then_some([found.cliffs_ci.low, found.cliffs_ci.high]),
        df: infers.then_some(found.df),
        n: found.n,
        clusters: linked.clusters(),
    })
}

fn months(g: f64, table: ProgressTable) -> Option<MonthsFindings> {
    let kernel = match table {
        ProgressTable::Toolkit => MonthsTable::Toolkit,
        ProgressTable::EefReports => MonthsTable::TrialReport,
    };
    let found = months_of_progress(g, kernel).ok()?;
    Some(MonthsFindings { table, months: found.months, beyond: found.beyond })
}

/// Months are refused for the change of one group.
fn no_months() -> Notice {
    notice(
        "A-MONTHS-001",
        NoticeKind::Caution,
        "Bulan kemajuan belajar tidak dihitung: angka itu hanya berlaku untuk selisih antara kelompok program dan pembanding, karena perubahan satu kelompok memuat pertumbuhan yang biasa.",
        "Months of progress are not computed: they hold only for a difference between a programme and a comparison group, because the change of one group includes ordinary growth.",
    )
}
