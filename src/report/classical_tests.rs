//! The classical appendix: the tables that reports and theses expect, under the sentence that says what they
//! leave out.

use super::build::{bullets, note, part, section, table};
use super::normalised_gain;
use super::writer::{DASH, Writer, decimals};
use crate::analysis::findings::{
    ClassicalFindings, ClassicalT, ComparedScore, NormalityTest, OutcomeFindings, RankP, RhoSource,
    VarianceRatio,
};
use crate::doc::{Block, Column, Row, Tone};

/// The section; nothing where no outcome has classical tests.
pub fn compose(w: &Writer) -> Vec<Block> {
    let all = entries(w);
    if all.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![section(w.say("uji.title"), "classical-tests")];
    blocks.push(Block::paragraph(w.say("uji.intro")));
    blocks.push(note(Tone::Caution, w.say("uji.caution.title"), caution(w, &all)));
    blocks.push(part(2, w.say("uji.assumptions"), "classical-assumptions"));
    blocks.extend(normality(w, &all));
    blocks.extend(equal_variances(w, &all));
    blocks.push(part(2, w.say("uji.t"), "classical-t"));
    blocks.extend(paired_t(w, &all));
    blocks.extend(independent_t(w, &all));
    blocks.extend(corrected_t(w, &all));
    blocks.push(part(2, w.say("uji.ranks"), "classical-ranks"));
    blocks.extend(signed_ranks(w, &all));
    blocks.extend(rank_sums(w, &all));
    blocks.extend(normalised_gain::compose(w, &all));
    blocks.extend(left_out(w, &all));
    blocks
}

/// An outcome with its classical tests.
pub struct Entry<'a> {
    /// The outcome.
    pub outcome: &'a OutcomeFindings,
    /// Its tests.
    pub tests: &'a ClassicalFindings,
}

impl Entry<'_> {
    /// The names of a row: the outcome, and its arm where arms are compared.
    fn names(&self, w: &Writer, arm: &str) -> Vec<String> {
        let mut names = vec![self.label(w)];
        if w.compares() {
            names.push(if arm.is_empty() { DASH.to_owned() } else { w.arm(arm) });
        }
        names
    }

    /// The name of the outcome.
    pub fn label(&self, w: &Writer) -> String {
        w.text(&self.outcome.label).to_owned()
    }
}

fn entries<'a>(w: &Writer<'a>) -> Vec<Entry<'a>> {
    let outcome = |id: &str| w.findings.outcomes.iter().find(|outcome| outcome.id == id);
    let pairs = w.findings.classical.iter();
    pairs.filter_map(|tests| Some(Entry { outcome: outcome(&tests.outcome)?, tests })).collect()
}

/// Columns of the names of a row.
fn name_columns(w: &Writer) -> Vec<Column> {
    let mut columns = vec![Column::wide(w.say("column.outcome"), 2)];
    if w.compares() {
        columns.push(Column::words(w.say("column.group")));
    }
    columns
}

fn numbers(w: &Writer, names: &[&str]) -> Vec<Column> {
    names.iter().map(|name| Column::numbers(w.fill(name, &[("level", &w.level())]))).collect()
}

/// What the p-values leave out, with the figures of this study.
fn caution(w: &Writer, all: &[Entry]) -> Vec<String> {
    let figures: Vec<String> = all
        .iter()
        .filter_map(|entry| {
            let ratio = w.number(entry.tests.school_error?.ratio, 1);
            Some(w.fill("uji.caution.one", &[("outcome", &entry.label(w)), ("ratio", &ratio)]))
        })
        .collect();
    let own = if figures.is_empty() {
        w.say("uji.caution.none")
    } else {
        w.fill("uji.caution.figures", &[("figures", &figures.join("; "))])
    };
    vec![format!("{} {own}", w.say("uji.caution.schools")), w.say("uji.caution.gates")]
}

fn normality(w: &Writer, all: &[Entry]) -> Option<Block> {
    let mut columns = name_columns(w);
    columns.extend(numbers(
        w,
        &["uji.column.d", "column.df", "uji.column.sig", "uji.column.w", "column.df", "uji.column.sig"],
    ));
    let mut rows = Vec::new();
    for entry in all {
        rows.extend(entry.tests.normality.iter().map(|own| {
            let mut cells = entry.names(w, &own.arm);
            for test in [own.lilliefors, own.shapiro_wilk] {
                cells.extend([
                    w.maybe(test.map(|test| test.statistic), 3),
                    w.count(own.n),
                    test.map_or_else(|| DASH.to_owned(), |test| normality_p(w, &test)),
                ]);
            }
            Row::body(cells)
        }));
    }
    table(w.say("uji.normality"), columns, rows, vec![w.say("uji.normality.note")])
}

/// p of a test of normality; with SPSS's asterisk where it is only known to be larger.
fn normality_p(w: &Writer, test: &NormalityTest) -> String {
    let p = w.p(Some(test.p));
    if test.at_least { format!("{p}*") } else { p }
}

fn equal_variances(w: &Writer, all: &[Entry]) -> Option<Block> {
    let mut columns = vec![
        Column::wide(w.say("column.outcome"), 2),
        Column::words(w.say("uji.levene.score")),
        Column::words(w.say("uji.column.centre")),
    ];
    columns.extend(numbers(w, &["uji.column.f", "uji.column.df1", "uji.column.df2", "uji.column.sig"]));
    let row = |entry: &Entry, score: &str, centre: &str, test: VarianceRatio| {
        Row::body(vec![
            entry.label(w),
            w.say(score),
            w.say(centre),
            w.number(test.f, 3),
            w.df(Some(test.df_between)),
            w.df(Some(test.df_within)),
            w.p(Some(test.p)),
        ])
    };
    let mut rows = Vec::new();
    for entry in all {
        let both = [
            ("uji.levene.gain", entry.tests.equal_variances),
            ("uji.levene.post", entry.tests.equal_variances_post),
        ];
        for (score, test) in both.into_iter().filter_map(|(score, test)| Some((score, test?))) {
            rows.push(row(entry, score, "uji.levene.mean", test.mean_centred));
            rows.push(row(entry, score, "uji.levene.median", test.median_centred));
        }
    }
    table(w.say("uji.levene"), columns, rows, vec![w.say("uji.levene.note")])
}

/// Columns of a t test behind its names.
fn t_columns(w: &Writer) -> Vec<Column> {
    numbers(w, &["column.se", "column.ci", "uji.column.t", "column.df", "uji.column.sig2", "column.n"])
}

fn t_cells(w: &Writer, test: &ClassicalT, digits: usize) -> Vec<String> {
    vec![
        w.number(test.se, digits + 1),
        w.bracket(Some(test.ci), digits),
        w.number(test.t, 3),
        w.df(Some(test.df)),
        w.p(Some(test.p)),
        w.count(test.n),
    ]
}

fn paired_t(w: &Writer, all: &[Entry]) -> Option<Block> {
    let mut columns = name_columns(w);
    columns.extend(numbers(w, &["uji.column.difference", "column.sd"]));
    columns.extend(t_columns(w));
    let mut rows = Vec::new();
    for entry in all {
        let digits = decimals(entry.outcome);
        rows.extend(entry.tests.paired_t.iter().map(|own| {
            let mut cells = entry.names(w, &own.arm);
            cells.extend([w.signed(own.test.estimate, digits), w.number(own.sd, digits)]);
            cells.extend(t_cells(w, &own.test, digits));
            Row::body(cells)
        }));
    }
    table(w.say("uji.paired"), columns, rows, vec![w.say("uji.paired.note")])
}

fn independent_t(w: &Writer, all: &[Entry]) -> Option<Block> {
    let mut columns = vec![
        Column::wide(w.say("column.outcome"), 2),
        Column::words(w.say("uji.column.score")),
        Column::words(w.say("uji.column.variances")),
    ];
    columns.extend(numbers(w, &["uji.column.difference"]));
    columns.extend(t_columns(w));
    let mut rows = Vec::new();
    for entry in all {
        let digits = decimals(entry.outcome);
        for own in &entry.tests.independent_t {
            for (variances, test) in [("uji.pooled", &own.pooled), ("uji.welch", &own.welch)] {
                let mut cells = vec![entry.label(w), score(w, own.score), w.say(variances)];
                cells.push(w.signed(test.estimate, digits));
                cells.extend(t_cells(w, test, digits));
                rows.push(Row::body(cells));
            }
        }
    }
    table(w.say("uji.independent"), columns, rows, vec![w.say("uji.independent.note")])
}

/// The pooled t corrected for schools after the fact, with what the correction does not repair.
fn corrected_t(w: &Writer, all: &[Entry]) -> Option<Block> {
    let mut columns =
        vec![Column::wide(w.say("column.outcome"), 2), Column::words(w.say("uji.column.score"))];
    columns.extend(numbers(w, &["uji.column.rho"]));
    columns.push(Column::words(w.say("uji.column.rho_from")));
    columns.extend(numbers(
        w,
        &["uji.column.factor", "uji.column.t", "column.df", "uji.column.sig2", "column.n", "column.schools"],
    ));
    let mut rows = Vec::new();
    for entry in all {
        rows.extend(entry.tests.corrected_t.iter().map(|own| {
            Row::body(vec![
                entry.label(w),
                score(w, own.score),
                w.number(own.rho, 3),
                w.say(match own.source {
                    RhoSource::Estimated => "uji.corrected.estimated",
                    RhoSource::Convention => "uji.corrected.default",
                }),
                w.number(own.factor, 3),
                w.number(own.t, 3),
                w.df(Some(own.df)),
                w.p(Some(own.p)),
                w.count(own.n),
                w.count(own.clusters),
            ])
        }));
    }
    let default = all.iter().flat_map(|entry| &entry.tests.corrected_t);
    let default = default.filter(|own| own.source == RhoSource::Convention).map(|own| own.rho).next();
    let note = w.fill("uji.corrected.note", &[("default", &w.maybe(default, 2))]);
    table(w.say("uji.corrected"), columns, rows, vec![note])
}

fn score(w: &Writer, score: ComparedScore) -> String {
    w.say(match score {
        ComparedScore::Gain => "uji.score.gain",
        ComparedScore::Post => "uji.score.post",
    })
}

fn method(w: &Writer, method: RankP) -> String {
    w.say(match method {
        RankP::Exact => "uji.exact",
        RankP::TieCorrectedZ => "uji.asymptotic",
    })
}

fn signed_ranks(w: &Writer, all: &[Entry]) -> Option<Block> {
    let mut columns = name_columns(w);
    columns.extend(numbers(
        w,
        &[
            "uji.column.negative",
            "uji.column.mean_rank",
            "uji.column.positive",
            "uji.column.mean_rank",
            "uji.column.equal",
            "uji.column.z",
            "uji.column.sig2",
        ],
    ));
    columns.push(Column::words(w.say("uji.column.p_from")));
    let mut rows = Vec::new();
    for entry in all {
        rows.extend(entry.tests.signed_ranks.iter().map(|own| {
            let mut cells = entry.names(w, &own.arm);
            cells.extend([
                w.count(own.negative),
                w.maybe(own.negative_rank, 1),
                w.count(own.positive),
                w.maybe(own.positive_rank, 1),
                w.count(own.equal),
                w.number(own.z, 3),
                w.p(Some(own.p)),
                method(w, own.method),
            ]);
            Row::body(cells)
        }));
    }
    table(w.say("uji.wilcoxon"), columns, rows, vec![w.say("uji.wilcoxon.note"), w.say("uji.ranks.note")])
}

fn rank_sums(w: &Writer, all: &[Entry]) -> Option<Block> {
    let mut columns =
        vec![Column::wide(w.say("column.outcome"), 2), Column::words(w.say("uji.column.score"))];
    columns.extend(numbers(
        w,
        &[
            "uji.column.rank_program",
            "uji.column.rank_comparison",
            "uji.column.u",
            "uji.column.z",
            "uji.column.sig2",
        ],
    ));
    columns.push(Column::words(w.say("uji.column.p_from")));
    let mut rows = Vec::new();
    for entry in all {
        rows.extend(entry.tests.rank_sums.iter().map(|own| {
            let rank = |at: usize| format!("{} ({})", w.number(own.mean_rank[at], 1), w.count(own.n[at]));
            Row::body(vec![
                entry.label(w),
                score(w, own.score),
                rank(0),
                rank(1),
                w.number(own.u, 1),
                w.number(own.z, 3),
                w.p(Some(own.p)),
                method(w, own.method),
            ])
        }));
    }
    table(
        w.say("uji.mann_whitney"),
        columns,
        rows,
        vec![w.say("uji.mann_whitney.note"), w.say("uji.ranks.note")],
    )
}

/// What could not be computed, by outcome.
fn left_out(w: &Writer, all: &[Entry]) -> Option<Block> {
    let words: Vec<String> = all
        .iter()
        .flat_map(|entry| {
            let coded = |notice| format!("{}: {}", entry.label(w), super::design::coded(w, notice));
            entry.tests.notices.iter().map(coded)
        })
        .collect();
    (!words.is_empty()).then(|| bullets(words))
}
