//! The classical appendix against R, and NIST's certified sets with their correct digits.

use dampak::impact::anova::{LeveneCentre, levene, one_way};
use dampak::impact::classical::mcnemar;
use dampak::impact::normality::{LillieforsP, lilliefors, shapiro_wilk};
use dampak::impact::ranks::{RankMethod, RankTest, mann_whitney, wilcoxon_signed_rank};
use dampak::impact::transitions::{TransitionTable, bowker, mcnemar_mid_p, stuart_maxwell};
use dampak::num::moments;
use serde_json::Value;

use crate::peers::{Csv, Worst, csv, entry, number, numbers, own, shared};

/// Closed forms.
const CLOSED: f64 = 1e-12;
const FILE: &str = "10_descriptives_tests.json";

fn anorexia() -> Option<Csv> {
    csv("data/peers/anorexia.csv")
}

fn group(data: &Csv, treat: &str) -> (Vec<f64>, Vec<f64>) {
    let own = data.filtered(|d, row| d.text("Treat")[row] == treat);
    (own.numbers("Prewt"), own.numbers("Postwt"))
}

fn gains(data: &Csv) -> Vec<f64> {
    data.numbers("Prewt").iter().zip(data.numbers("Postwt")).map(|(a, b)| b - a).collect()
}

#[test]
fn shapiro_wilk_of_r() {
    let Some(data) = anorexia() else { return };
    let mut worst = Worst::new("Shapiro-Wilk");
    for column in ["Prewt", "Postwt"] {
        let Some(expected) = entry(FILE, &format!("desc_anorexia_{column}")) else { return };
        let found = shapiro_wilk(&data.numbers(column)).unwrap();
        worst.check("W", found.w, number(&expected["shapiro"]["statistic"]["W"]), CLOSED);
        // ln(1 - W) loses the digits that W shares with 1.
        worst.check("p", found.p, number(&expected["shapiro"]["p_value"]), 1e-10);
    }
    let expected = own("normality");
    for case in expected.as_array().unwrap() {
        let x = numbers(&case["x"]);
        let found = shapiro_wilk(&x).unwrap();
        worst.check("W", found.w, number(&case["W"]), CLOSED);
        worst.check("p", found.p, number(&case["p"]), 1e-8);
        if x.len() >= 5 {
            let found = lilliefors(&x).unwrap();
            worst.check("D", found.d, number(&case["D"]), CLOSED);
            let p = number(&case["p_lilliefors"]);
            match found.p {
                LillieforsP::Value(value) if value < 0.1 => worst.check("Lilliefors p", value, p, 1e-10),
                LillieforsP::Value(_) | LillieforsP::AboveFifth => assert!(p > 0.099),
            }
        }
    }
}

#[test]
fn levene_and_anova_of_r() {
    let Some(data) = anorexia() else { return };
    let (gains, treat) = (gains(&data), data.labels("Treat"));
    let mut worst = Worst::new("Levene and one-way ANOVA");
    for (id, found) in [
        ("anova_anorexia_gain", one_way(&gains, &treat)),
        ("levene_mean_anorexia", levene(&gains, &treat, LeveneCentre::Mean)),
        ("levene_median_anorexia", levene(&gains, &treat, LeveneCentre::Median)),
    ] {
        let (Some(expected), found) = (entry(FILE, id), found.unwrap()) else { return };
        worst.check(id, found.f, number(&expected["F value"][0]), CLOSED);
        worst.check(id, found.p, number(&expected["Pr(>F)"][0]), CLOSED);
        assert_eq!(
            (found.df_between, found.df_within),
            (number(&expected["Df"][0]), number(&expected["Df"][1]))
        );
    }
}

fn check_p(worst: &mut Worst, id: &str, found: f64) {
    if let Some(expected) = entry(FILE, id) {
        worst.check(id, found, number(&expected["p_value"]), CLOSED);
    }
}

fn signed(worst: &mut Worst, id: &str, test: &RankTest) {
    if let Some(expected) = entry(FILE, id) {
        worst.check(id, test.statistic, number(&expected["statistic"]["V"]), 0.0);
        worst.check(id, test.p, number(&expected["p_value"]), CLOSED);
    }
}

#[test]
fn signed_ranks_of_r() {
    let (Some(data), Some(sleep)) = (anorexia(), csv("data/peers/sleep.csv")) else { return };
    let mut worst = Worst::new("Wilcoxon signed rank");
    for treat in ["CBT", "Cont", "FT"] {
        let (pre, post) = group(&data, treat);
        let test = wilcoxon_signed_rank(&pre, &post).unwrap();
        signed(&mut worst, &format!("wilcox_signed_anorexia_{treat}_default"), &test);
        check_p(&mut worst, &format!("wilcox_signed_anorexia_{treat}_exactF_correctT"), test.p_corrected);
        check_p(&mut worst, &format!("wilcox_signed_anorexia_{treat}_exactF_correctF"), test.p_normal);
        check_p(&mut worst, &format!("wilcox_signed_anorexia_{treat}_exactRankTests"), test.p_exact.unwrap());
    }
    let of = |wanted: &str| sleep.filtered(|d, row| d.text("group")[row] == wanted).numbers("extra");
    let test = wilcoxon_signed_rank(&of("1"), &of("2")).unwrap();
    assert_eq!((test.method, test.zeros), (RankMethod::TieCorrectedNormal, 1));
    signed(&mut worst, "wilcox_signed_sleep_exact_ties", &test);
    check_p(&mut worst, "wilcox_signed_sleep_normal_nocorrect", test.p_normal);
    check_p(&mut worst, "wilcox_signed_sleep_exactRankTests", test.p_exact.unwrap());
    let Some(inline) = entry(FILE, "wilcox_signed_depression_exact") else { return };
    let test = wilcoxon_signed_rank(&numbers(&inline["y"]), &numbers(&inline["x"])).unwrap();
    assert_eq!(test.method, RankMethod::Exact);
    signed(&mut worst, "wilcox_signed_depression_exact", &test);
}

#[test]
fn rank_sums_of_r() {
    let Some(data) = anorexia() else { return };
    let gain = |treat: &str| {
        let (pre, post) = group(&data, treat);
        pre.iter().zip(post).map(|(a, b)| b - a).collect::<Vec<f64>>()
    };
    let mut worst = Worst::new("Mann-Whitney");
    for (a, b) in [("CBT", "Cont"), ("FT", "Cont"), ("FT", "CBT")] {
        let id = format!("mannwhitney_anorexia_gain_{a}_{b}");
        let test = mann_whitney(&gain(a), &gain(b)).unwrap();
        let Some(expected) = entry(FILE, &id) else { return };
        worst.check(&id, test.statistic, number(&expected["statistic"]["W"]), 0.0);
        worst.check(&id, test.p, number(&expected["p_value"]), CLOSED);
        check_p(&mut worst, &format!("{id}_nocorrect"), test.p_normal);
    }
    let Some(inline) = entry(FILE, "mannwhitney_exact_noties") else { return };
    let test = mann_whitney(&numbers(&inline["x"]), &numbers(&inline["y"])).unwrap();
    assert_eq!((test.method, test.statistic), (RankMethod::Exact, 35.0));
    worst.check("exact", test.p, number(&inline["p_value"]), CLOSED);
}

fn counts(table: &Value) -> (Vec<u64>, usize) {
    let rows = table["values"].as_array().unwrap();
    (rows.iter().flat_map(numbers).map(|v| v as u64).collect(), rows.len())
}

#[test]
fn transitions_of_r() {
    let mut worst = Worst::new("Bowker, Stuart-Maxwell, McNemar mid-p");
    let (Some(symmetry), Some(margins)) =
        (entry(FILE, "bowker_vision"), entry(FILE, "stuart_maxwell_vision"))
    else {
        return;
    };
    let (cells, levels) = counts(&symmetry["table"]);
    let table = TransitionTable::from_counts(cells, levels).unwrap();
    let found = bowker(&table).unwrap();
    worst.check("Bowker", found.chi2, number(&symmetry["statistic"]["McNemar's chi-squared"]), CLOSED);
    worst.check("Bowker", found.p, number(&symmetry["p_value"]), CLOSED);
    let found = stuart_maxwell(&table).unwrap();
    worst.check("Stuart-Maxwell", found.chi2, number(&margins["chisq"]), CLOSED);
    worst.check("Stuart-Maxwell", found.p, number(&margins["p"]), 1e-11);
    for id in ["mcnemar_pingouin", "mcnemar_agresti_approval"] {
        let expected = entry(FILE, id).unwrap();
        let (cells, _) = counts(&expected["table"]);
        let test = mcnemar(cells[1], cells[2]).unwrap();
        worst.check(id, test.p_chi2, number(&expected["nocorrect"]["p_value"]), CLOSED);
        for name in ["midp", "mid_p", "p_mid"] {
            if let Some(p) = expected.get(name).and_then(Value::as_f64) {
                worst.check("mid-p", mcnemar_mid_p(cells[1], cells[2]).unwrap(), p, 1e-9);
            }
        }
    }
}

/// Log relative error: the number of correct digits, at most 15.
fn digits(found: f64, certified: f64) -> f64 {
    if found == certified {
        15.0
    } else {
        (-((found - certified) / certified).abs().log10()).clamp(0.0, 15.0)
    }
}

/// Sums of squares of the doubles as read, without rounding: values minus one of them are whole multiples of
/// a power of two, whose squares a 128-bit integer holds.
struct Exact {
    unit: f64,
    steps: Vec<i128>,
}

impl Exact {
    fn new(x: &[f64]) -> Option<Exact> {
        let shifted: Vec<f64> = x.iter().map(|v| v - x[0]).collect();
        let back = shifted.iter().zip(x).all(|(s, v)| s + x[0] == *v && v - s == x[0]);
        let unit =
            (0..60).map(|k| 0.5f64.powi(k)).find(|u| shifted.iter().all(|s| (s / u).fract() == 0.0))?;
        back.then(|| Exact { unit, steps: shifted.iter().map(|s| (s / unit) as i128).collect() })
    }

    /// n sum x^2 - (sum x)^2 over `rows`, times n to stay whole.
    fn square(&self, rows: &[usize]) -> f64 {
        let sum: i128 = rows.iter().map(|&i| self.steps[i]).sum();
        let squares: i128 = rows.iter().map(|&i| self.steps[i] * self.steps[i]).sum();
        let n = rows.len() as i128;
        (n * squares - sum * sum) as f64 / n as f64 * self.unit * self.unit
    }
}

/// Required digits: 13 where the data are easy, 9 in the middle; the hard sets must reach what their doubles
/// hold, which the exact sums of squares of the same doubles show.
#[test]
fn certified_digits_of_nist() {
    let Some(reference) = shared("reference/nist_strd.json") else { return };
    let reference: Value = serde_json::from_str(&reference).unwrap();
    eprintln!(
        "NIST StRD, correct digits     mean    sd   limit of the doubles (sd)   ours against that limit"
    );
    for (name, expected) in reference["univariate"].as_object().unwrap() {
        let Some(data) = csv(&format!("data/peers/nist/{name}.csv")) else { return };
        let x = data.numbers(&data.names[0]);
        let (mean, sd) = (moments::mean(&x).unwrap(), moments::sd(&x).unwrap());
        let found = (digits(mean, number(&expected["mean"])), digits(sd, number(&expected["sd"])));
        let rows: Vec<usize> = (0..x.len()).collect();
        let limit = Exact::new(&x).map(|e| (e.square(&rows) / (x.len() - 1) as f64).sqrt());
        let limits = limit.map(|l| (digits(l, number(&expected["sd"])), digits(sd, l)));
        eprintln!("{name:24} {:9.1} {:5.1}   {limits:.1?}", found.0, found.1);
        assert!(found.0 >= 14.0, "{name}");
        match name.as_str() {
            "numacc3" | "numacc4" => assert!(limits.unwrap().1 >= 13.0, "{name}"),
            _ => assert!(found.1 >= 13.0, "{name}"),
        }
    }
    eprintln!("NIST StRD, correct digits   F     limit of the doubles    ours against that limit");
    for (name, expected) in reference["anova"].as_object().unwrap() {
        let Some(data) = csv(&format!("data/peers/nist/{name}.csv")) else { return };
        let (x, group) = (data.numbers("response"), data.labels("treatment"));
        let found = one_way(&x, &group).unwrap();
        let own = digits(found.f, number(&expected["F"]));
        let limits = Exact::new(&x).map(|exact| {
            let all: Vec<usize> = (0..x.len()).collect();
            let groups = group.iter().max().unwrap() + 1;
            let within: f64 = (0..groups)
                .map(|g| exact.square(&all.iter().copied().filter(|&i| group[i] == g).collect::<Vec<_>>()))
                .sum();
            let between = exact.square(&all) - within;
            let f = (between / found.df_between) / (within / found.df_within);
            (digits(f, number(&expected["F"])), digits(found.f, f))
        });
        eprintln!("{name:24} {own:7.1}   {limits:.1?}");
        match name.as_str() {
            "SiRstv" | "SmLs01" | "SmLs02" | "SmLs03" => assert!(own >= 12.9, "{name}"),
            "AtmWtAg" | "SmLs04" | "SmLs05" | "SmLs06" => {
                assert!(own >= 9.0 || limits.unwrap().1 >= 12.0, "{name}");
            }
            _ => assert!(limits.unwrap().1 >= 12.0, "{name}"),
        }
    }
}
