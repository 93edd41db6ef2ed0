//! The Statistical Reference Datasets of NIST: how many digits of the certified values the kernels return.
//!
//! A double holds about 16 digits, so that a set like SmLs09, whose values share 13 leading digits, has lost most
//! of its spread once it is *read*. What is left is computed here in about 32 digits from the rounded data: the
//! limit of every program that reads doubles. The kernels must reach it, and 13 digits (lower difficulty) or 9
//! (average) of the certified values where the limit allows.
//!
//! `tests/reference/nist.md` holds the table; `DAMPAK_BLESS=1 cargo test --test nist` writes it anew.

#[path = "nist/double_double.rs"]
mod double_double;
#[allow(dead_code, reason = "shared by several test binaries, each of which uses a part")]
mod shared_files;

use std::fmt::Write as _;
use std::path::PathBuf;

use dampak::impact::anova::one_way;
use dampak::impact::ols::{Design, fit_ols};
use dampak::impact::unclustered::classical_test;
use dampak::num::moments;
use double_double::{Dd, sum};
use serde_json::Value;
use shared_files::shared;

const HEAD: &str = "# Correct digits on the Statistical Reference Datasets of NIST

Written by `DAMPAK_BLESS=1 cargo test --test nist`; certified values in `nist.json`. Digits are
-log10 of the relative error, rounded down, at most 15. *Digits*: our value against the certified one. *Limit*: the
exact value for the data as rounded to doubles (computed in 32 digits) against the certified one; no program that
reads doubles can be trusted beyond it. *Of the limit*: our value against that exact value, so what the algorithm
itself loses. Certified values carry 15 digits. A kernel for the lag-1 autocorrelation does not exist here and is
left out.

";

/// Digits that a kernel must return of the exact value for the data it was given.
const OWN_DIGITS: u32 = 13;

/// Least squares amplifies rounding by the condition of the design (Longley: 5e9 in the raw columns), so that its
/// coefficients cannot keep [`OWN_DIGITS`]; good QR solvers return 11 to 13 digits on this set.
const OLS_DIGITS: u32 = 11;

struct Line {
    set: String,
    level: String,
    quantity: &'static str,
    /// Ours, exact for the doubles, certified.
    found: f64,
    exact: f64,
    certified: f64,
}

fn digits(found: f64, reference: f64) -> u32 {
    let error = ((found - reference) / reference).abs();
    if error < 1e-15 { 15 } else { (-error.log10()).max(0.0).floor() as u32 }
}

impl Line {
    fn required(&self) -> u32 {
        match self.level.as_str() {
            "lower" => 13,
            "average" => 9,
            _ => 0,
        }
    }

    fn check(&self) {
        let (got, limit) = (digits(self.found, self.certified), digits(self.exact, self.certified));
        let own = digits(self.found, self.exact);
        let what = format!("{} {}: {got} digits, limit {limit}, of the limit {own}", self.set, self.quantity);
        assert!(own >= OWN_DIGITS, "{what}");
        // A digit may turn at the limit itself: error of the data and of the algorithm add up.
        assert!(got >= self.required().min(limit) && got + 1 >= limit.min(OWN_DIGITS), "{what}");
    }

    fn write(&self, table: &mut String) {
        let Line { set, level, quantity, .. } = self;
        let (got, limit) = (digits(self.found, self.certified), digits(self.exact, self.certified));
        let own = digits(self.found, self.exact);
        writeln!(table, "| {set} | {level} | {quantity} | {got} | {limit} | {own} |").unwrap();
    }
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name)
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn number(entry: &Value, key: &str) -> f64 {
    entry[key].as_f64().unwrap_or_else(|| panic!("{key} of {entry}"))
}

/// As NIST writes it: the whole part, then one decimal, both read as one decimal number.
fn tenths(whole: u64, tenth: u64) -> f64 {
    format!("{}.{}", whole + tenth / 10, tenth % 10).parse().unwrap()
}

/// NumAcc1 to 4: 1, 3, 2 above ten million; then one value and 500 pairs around it.
fn accuracy_set(set: &str) -> Vec<f64> {
    let whole = match set {
        "NumAcc1" => return vec![10_000_001.0, 10_000_003.0, 10_000_002.0],
        "NumAcc2" => 1,
        "NumAcc3" => 1_000_000,
        _ => 10_000_000,
    };
    let pairs = (0..500).flat_map(|_| [tenths(whole, 1), tenths(whole, 3)]);
    std::iter::once(tenths(whole, 2)).chain(pairs).collect()
}

/// The first digits of pi by the spigot of Rabinowitz and Wagon (1995).
fn digits_of_pi(count: usize) -> Vec<f64> {
    let length = count * 10 / 3 + 10;
    let mut remainders = vec![2u32; length];
    let (mut digits, mut held, mut nines) = (Vec::with_capacity(count + 2), None, 0);
    while digits.len() <= count {
        let mut carry = 0u32;
        for i in (1..length).rev() {
            let value = 10 * remainders[i] + carry * (i as u32 + 1);
            (remainders[i], carry) = (value % (2 * i as u32 + 1), value / (2 * i as u32 + 1));
        }
        let value = 10 * remainders[0] + carry;
        (remainders[0], carry) = (value % 10, value / 10);
        if carry == 9 {
            nines += 1;
            continue;
        }
        let up = carry / 10;
        digits.extend(held.map(|d: u32| f64::from(d + up)));
        digits.extend(std::iter::repeat_n(if up == 1 { 0.0 } else { 9.0 }, nines));
        (held, nines) = (Some(carry % 10), 0);
    }
    digits.truncate(count);
    digits
}

/// NIST's file has a 3 where the 957th digit of pi is an 8; its certified values are those of the file.
fn pi_digits() -> Vec<f64> {
    let mut digits = digits_of_pi(5_000);
    assert_eq!(std::mem::replace(&mut digits[956], 3.0), 8.0);
    digits
}

fn univariate_data(entry: &Value) -> Vec<f64> {
    match entry["set"].as_str().unwrap() {
        "PiDigits" => pi_digits(),
        set if set.starts_with("NumAcc") => accuracy_set(set),
        _ => numbers(&entry["x"]),
    }
}

/// SmLs01 to 09: nine groups of 21, 201 or 2,001 values far from zero by 0, 1e6 or 1e12.
fn simon_lesage(set: &str) -> (Vec<usize>, Vec<f64>) {
    let number: usize = set["SmLs0".len()..].parse().unwrap();
    let whole = [1, 1_000_000, 1_000_000_000_000][(number - 1) / 3];
    let pairs = [10, 100, 1_000][(number - 1) % 3];
    let (mut group, mut y) = (Vec::new(), Vec::new());
    for g in 1..=9u64 {
        let middle = if g == 1 { 4 } else { 3 + 2 * (g % 2) };
        y.push(tenths(whole, middle));
        (0..pairs).for_each(|_| y.extend([tenths(whole, middle - 1), tenths(whole, middle + 1)]));
        group.resize(y.len(), g as usize);
    }
    (group, y)
}

/// Mean and standard deviation of the doubles, in 32 digits.
fn exact_moments(x: &[f64]) -> [f64; 2] {
    let n = Dd::from(x.len() as f64);
    let mean = sum(x.iter().map(|v| Dd::from(*v))) / n;
    let squares = sum(x.iter().map(|v| (Dd::from(*v) - mean) * (Dd::from(*v) - mean)));
    [mean.value(), (squares / (n - Dd::from(1.0))).sqrt().value()]
}

/// Mean squares between and within, F, R2 and residual standard deviation of the doubles, in 32 digits.
fn exact_anova(group: &[usize], y: &[f64]) -> [f64; 5] {
    let all: Vec<Dd> = y.iter().map(|v| Dd::from(*v)).collect();
    let mean = |values: &[Dd]| sum(values.iter().copied()) / Dd::from(values.len() as f64);
    let grand = mean(&all);
    let (mut between, mut within, mut groups) = (Dd::from(0.0), Dd::from(0.0), 0);
    for label in 0..=group.iter().copied().max().unwrap() {
        let own: Vec<Dd> = group.iter().zip(&all).filter(|(g, _)| **g == label).map(|(_, v)| *v).collect();
        if own.is_empty() {
            continue;
        }
        groups += 1;
        let middle = mean(&own);
        between = between + Dd::from(own.len() as f64) * (middle - grand) * (middle - grand);
        within = within + sum(own.iter().map(|v| (*v - middle) * (*v - middle)));
    }
    let ms_between = between / Dd::from(f64::from(groups - 1));
    let ms_within = within / Dd::from((y.len() - groups as usize) as f64);
    let r2 = between / (between + within);
    [ms_between, ms_within, ms_between / ms_within, r2, ms_within.sqrt()].map(Dd::value)
}

fn read() -> Value {
    serde_json::from_str(&std::fs::read_to_string(path("nist.json")).unwrap()).unwrap()
}

fn univariate_lines(reference: &Value) -> Vec<Line> {
    let mut lines = Vec::new();
    for entry in reference["univariate"].as_array().unwrap() {
        let x = univariate_data(entry);
        assert_eq!(x.len() as u64, entry["n"].as_u64().unwrap(), "{}", entry["set"]);
        let found = [moments::mean(&x).unwrap(), moments::sd(&x).unwrap()];
        for ((found, exact), quantity) in found.into_iter().zip(exact_moments(&x)).zip(["mean", "sd"]) {
            lines.push(line(entry, quantity, found, exact));
        }
    }
    lines
}

fn line(entry: &Value, quantity: &'static str, found: f64, exact: f64) -> Line {
    let word = |key: &str| entry[key].as_str().unwrap().to_owned();
    Line {
        set: word("set"),
        level: word("level"),
        quantity,
        found,
        exact,
        certified: number(entry, quantity),
    }
}

fn anova_lines(reference: &Value) -> Vec<Line> {
    let mut lines = Vec::new();
    for entry in reference["anova"].as_array().unwrap() {
        let set = entry["set"].as_str().unwrap();
        let (group, y) = if set.starts_with("SmLs") {
            simon_lesage(set)
        } else {
            (numbers(&entry["group"]).iter().map(|g| *g as usize).collect(), numbers(&entry["y"]))
        };
        let fit = one_way(&y, &group).unwrap();
        assert_eq!(
            (fit.df_between, fit.df_within),
            (number(entry, "df_between"), number(entry, "df_within"))
        );
        let found = [fit.ms_between(), fit.ms_within(), fit.f, fit.eta_squared(), fit.ms_within().sqrt()];
        let names = ["ms_between", "ms_within", "F", "r2", "resid_sd"];
        for ((found, exact), quantity) in found.into_iter().zip(exact_anova(&group, &y)).zip(names) {
            lines.push(line(entry, quantity, found, exact));
        }
    }
    lines
}

/// Fewest correct digits of coefficients, standard errors and residual sd of a least squares set.
fn least_squares(entry: &Value) -> [u32; 3] {
    let y = numbers(&entry["y"]);
    let rows: Vec<usize> = (0..y.len()).collect();
    let columns = entry["columns"].as_array().unwrap();
    let add = |d: Design, c: &Value| d.with(c["name"].as_str().unwrap(), &numbers(&c["x"]));
    let design = columns.iter().fold(Design::new(&y, &rows), add);
    let fit = fit_ols(&design).unwrap();
    let worst = |found: &[f64], key: &str| {
        let certified = numbers(&entry[key]);
        assert_eq!(found.len(), certified.len());
        found.iter().zip(&certified).map(|(f, c)| digits(*f, *c)).min().unwrap()
    };
    let se: Vec<f64> = (0..fit.rank())
        .map(|j| {
            let mut contrast = vec![0.0; fit.rank()];
            contrast[j] = 1.0;
            classical_test(&fit, &contrast, 0.05).unwrap().se
        })
        .collect();
    let sd = digits(fit.sigma2.sqrt(), number(entry, "resid_sd"));
    [worst(&fit.coefficients, "b"), worst(&se, "se"), sd]
}

#[test]
fn digits_per_set_and_quantity() {
    let reference = read();
    let mut table = HEAD.to_owned();
    table.push_str(
        "| set | difficulty | quantity | digits | limit | of the limit |\n|---|---|---|---|---|---|\n",
    );
    let mut lines = univariate_lines(&reference);
    lines.extend(anova_lines(&reference));
    lines.iter().for_each(|line| line.write(&mut table));
    table.push_str("\nLeast squares (fewest digits over the coefficients):\n\n");
    table.push_str(
        "| set | difficulty | coefficients | standard errors | residual sd |\n|---|---|---|---|---|\n",
    );
    let mut squares = Vec::new();
    for set in ["norris", "longley"] {
        let found = least_squares(&reference[set]);
        let [b, se, sd] = found;
        let level = reference[set]["level"].as_str().unwrap();
        writeln!(table, "| {set} | {level} | {b} | {se} | {sd} |").unwrap();
        squares.push(found);
    }
    println!("{table}");
    lines.iter().for_each(Line::check);
    assert!(squares.iter().flatten().all(|d| *d >= OLS_DIGITS), "{squares:?}");
    if std::env::var_os("DAMPAK_BLESS").is_some() {
        std::fs::write(path("nist.md"), &table).unwrap();
    }
    let committed = std::fs::read_to_string(path("nist.md")).unwrap_or_default();
    assert!(committed == table, "nist.md is out of date: DAMPAK_BLESS=1 writes it anew");
}

/// Generated sets are those of the archive, where it is at hand.
#[test]
fn generated_sets_are_those_of_the_archive() {
    let column = |name: &str, place: usize| -> Option<Vec<f64>> {
        let text = shared(&format!("data/peers/nist/{name}"))?;
        text.lines().skip(1).map(|l| l.split(',').nth(place)?.trim().parse().ok()).collect()
    };
    let Some(pi) = column("pidigits.csv", 0) else { return };
    let differing = pi_digits().iter().zip(&pi).position(|(a, b)| a != b);
    assert_eq!(differing, None);
    for set in 1..=4 {
        assert!(Some(accuracy_set(&format!("NumAcc{set}"))) == column(&format!("numacc{set}.csv"), 0));
    }
    for set in (1..=9).map(|i| format!("SmLs0{i}")) {
        assert!(Some(simon_lesage(&set).1) == column(&format!("{set}.csv"), 1), "{set}");
    }
}
