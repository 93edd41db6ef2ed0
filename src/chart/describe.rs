//! What a chart shows, in a sentence or two, for readers who cannot see it.

mod measurement;
mod missing;

use super::bars;
use super::power_curves;
use super::{
    Chart, Difficulty, Distribution, Forest, ForestKind, Levels, Likert, LikertBar, SchoolScatter, Slope,
    Slopes, axis, draw, school_scatter,
};
use crate::i18n::{Lang, format, phrase, phrase_with};

/// Bars and means that are spelt out; a longer list no longer helps a listener.
const MOST_SPELT_OUT: usize = 6;

/// Statements that are read out; they are long.
const MOST_STATEMENTS: usize = 3;

/// The alternative text of a chart: its kind and its main numbers.
pub fn describe(chart: &Chart, lang: Lang) -> String {
    if draw::is_empty(chart) {
        return phrase(lang, "chart.no_data");
    }
    match chart {
        Chart::Distribution(data) => of_distribution(data, lang),
        Chart::Forest(data) => of_forest(data, lang),
        Chart::Slopes(data) => of_slopes(data, lang),
        Chart::Levels(data) => of_levels(data, lang),
        Chart::Difficulty(data) => of_difficulty(data, lang),
        Chart::Likert(data) => of_likert(data, lang),
        Chart::WrightMap(data) => measurement::of_wright_map(data, lang),
        Chart::TestInformation(data) => measurement::of_test_information(data, lang),
        Chart::ItemCurves(data) => measurement::of_item_curves(data, lang),
        Chart::OptionCurves(data) => measurement::of_option_curves(data, lang),
        Chart::DifPlot(data) => measurement::of_dif_plot(data, lang),
        Chart::AnchorDrift(data) => measurement::of_anchor_drift(data, lang),
        Chart::LovePlot(data) => missing::of_love_plot(data, lang),
        Chart::Flow(data) => missing::of_flow(data, lang),
        Chart::PowerCurves(data) => power_curves::described(data, lang),
        Chart::SchoolScatter(data) => of_school_scatter(data, lang),
    }
}

fn of_distribution(data: &Distribution, lang: Lang) -> String {
    let decimals = axis::score_decimals(data.range);
    let mut parts = Vec::new();
    for panel in &data.panels {
        for wave in &panel.waves {
            let values = [
                ("wave", named(&panel.label, &wave.label)),
                ("mean", format::number(lang, wave.mean, decimals)),
                ("n", format::count(lang, wave.n)),
            ];
            parts.push(fill(lang, "chart.wave_mean", &values));
        }
    }
    fill(lang, "chart.alt_distribution", &[("axis", data.axis.clone()), ("means", listed(&parts))])
}

fn of_forest(data: &Forest, lang: Lang) -> String {
    let number = |value| format::number(lang, value, data.decimals);
    let finite = || data.rows.iter().filter(|row| row.estimate.is_finite());
    let overall = |kind: ForestKind| kind == ForestKind::Overall;
    let lowest = finite().filter(|row| !overall(row.kind)).min_by(|a, b| a.estimate.total_cmp(&b.estimate));
    let highest = finite().filter(|row| !overall(row.kind)).max_by(|a, b| a.estimate.total_cmp(&b.estimate));
    let mut sentences = Vec::new();
    if let (Some(lowest), Some(highest)) = (lowest, highest) {
        let values = [
            ("axis", data.axis.clone()),
            ("n", format::count(lang, finite().filter(|row| !overall(row.kind)).count())),
            ("low", number(lowest.estimate)),
            ("low_label", lowest.label.clone()),
            ("high", number(highest.estimate)),
            ("high_label", highest.label.clone()),
        ];
        sentences.push(fill(lang, "chart.alt_forest", &values));
    }
    for row in finite().filter(|row| overall(row.kind)) {
        let interval =
            row.ci.map(|ci| format!(" {}", format::bracket(lang, ci, data.decimals))).unwrap_or_default();
        sentences.push(format!("{}: {}{interval}.", row.label, number(row.estimate)));
    }
    if sentences.is_empty() { phrase(lang, "chart.no_data") } else { sentences.join(" ") }
}

fn of_slopes(data: &Slopes, lang: Lang) -> String {
    let decimals = axis::score_decimals(data.range);
    let rising = data.lines.iter().filter(|slope| slope.after > slope.before).count();
    let falling = data.lines.iter().filter(|slope| slope.after < slope.before).count();
    let mean = |slope: &Slope| {
        let values = [
            ("label", slope.label.clone()),
            ("before", format::number(lang, slope.before, decimals)),
            ("after", format::number(lang, slope.after, decimals)),
        ];
        fill(lang, "chart.alt_slope_mean", &values)
    };
    let means: Vec<String> = data.means.iter().map(mean).collect();
    let values = [
        ("axis", data.axis.clone()),
        ("before", data.waves[0].clone()),
        ("after", data.waves[1].clone()),
        ("n", format::count(lang, data.lines.len())),
        ("up", format::count(lang, rising)),
        ("down", format::count(lang, falling)),
        ("means", listed(&means)),
    ];
    fill(lang, "chart.alt_slopes", &values)
}

fn of_levels(data: &Levels, lang: Lang) -> String {
    let bars: Vec<String> = data
        .bars
        .iter()
        .take(MOST_SPELT_OUT)
        .map(|bar| {
            let shares = bars::sound_shares(&bar.shares, data.levels.len());
            if shares.iter().all(|share| *share <= 0.0) {
                return format!("{}: {}", bar.label, phrase(lang, "chart.no_data"));
            }
            let levels = data.levels.iter().zip(shares);
            let parts: Vec<String> =
                levels.map(|(level, share)| format!("{level} {}", format::percent(lang, share, 0))).collect();
            let n = fill(lang, "chart.n_equals", &[("n", format::count(lang, bar.n))]);
            format!("{} ({n}): {}", bar.label, parts.join(", "))
        })
        .collect();
    fill(lang, "chart.alt_levels", &[("bars", listed(&bars))])
}

fn of_difficulty(data: &Difficulty, lang: Lang) -> String {
    let change = |item: &&super::DifficultyPoint| item.after - item.before;
    let finite: Vec<_> = data.points.iter().filter(|item| change(item).is_finite()).collect();
    let Some(largest) = finite.iter().max_by(|a, b| change(a).abs().total_cmp(&change(b).abs())) else {
        return phrase(lang, "chart.no_data");
    };
    let values = [
        ("n", format::count(lang, finite.len())),
        ("up", format::count(lang, finite.iter().filter(|item| change(item) > 0.0).count())),
        ("down", format::count(lang, finite.iter().filter(|item| change(item) < 0.0).count())),
        ("item", largest.item.clone()),
        ("before", format::percent(lang, largest.before, 0)),
        ("after", format::percent(lang, largest.after, 0)),
    ];
    fill(lang, "chart.alt_difficulty", &values)
}

fn of_likert(data: &Likert, lang: Lang) -> String {
    let count = data.answers.len();
    let above_middle = |bar: &LikertBar| {
        let shares = bars::sound_shares(&bar.shares, count);
        if shares.iter().all(|share| *share <= 0.0) {
            return format!("{} {}", bar.label, phrase(lang, "chart.no_data"));
        }
        let share: f64 = shares[count - count / 2..].iter().sum();
        format!("{} {}", bar.label, format::percent(lang, share, 0)).trim().to_owned()
    };
    let items: Vec<String> = data
        .items
        .iter()
        .take(MOST_STATEMENTS)
        .map(|item| {
            let bars: Vec<String> = item.bars.iter().map(above_middle).collect();
            format!("{}: {}", item.label.trim_end_matches('.'), bars.join(", "))
        })
        .collect();
    fill(lang, "chart.alt_likert", &[("n", format::count(lang, data.items.len())), ("items", listed(&items))])
}

fn of_school_scatter(data: &SchoolScatter, lang: Lang) -> String {
    let [low, high] = axis::hull(school_scatter::sound(data).map(|[x, _]| x));
    let [least, most] = axis::hull(school_scatter::sound(data).map(|[_, y]| y));
    let number = |value: f64, range: [f64; 2]| format::number(lang, value, axis::score_decimals(range));
    let values = [
        ("n", format::count(lang, school_scatter::sound(data).count())),
        ("x", data.axes[0].clone()),
        ("y", data.axes[1].clone()),
        ("low", number(low, [low, high])),
        ("high", number(high, [low, high])),
        ("least", number(least, [least, most])),
        ("most", number(most, [least, most])),
    ];
    fill(lang, "chart.alt_school_scatter", &values)
}

/// The phrase of a key with owned values.
fn fill(lang: Lang, key: &str, values: &[(&str, String)]) -> String {
    let borrowed: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    phrase_with(lang, key, &borrowed)
}

fn named(group: &str, name: &str) -> String {
    if group.trim().is_empty() { name.to_owned() } else { format!("{group}, {name}") }
}

fn listed(parts: &[String]) -> String {
    parts.join("; ")
}
