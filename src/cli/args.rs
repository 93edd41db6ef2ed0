//! What was typed, and nothing more: parsing never does anything.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use crate::analysis::planning::PlannedDesign;
use crate::i18n::Lang;

/// From instruments to impact report: questionnaires, scoring, psychometrics and cluster-aware pre/post
/// statistics for education studies, in Indonesian and English.
#[derive(Debug, Parser)]
#[command(name = "dampak", version, max_term_width = 100)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Check an instrument or a study with all its files, and list every problem
    Check(CheckArgs),
    /// Explain a diagnostic code such as D-KEY-002
    Explain {
        /// The code as printed.
        code: String,
    },
    /// Print the JSON Schema of a file format
    Schema {
        /// Which format.
        format: SchemaName,
    },
    /// Print a questionnaire, test booklet or marking key
    Form(FormArgs),
    /// Make simulated data from the model in a study's folder
    Simulate(SimulateArgs),
    /// Score the answers of a study
    Score(ScoreArgs),
    /// Analyse a study and print its findings as JSON
    Analyze(AnalyzeArgs),
    /// Fix the plan before the answers come, or declare a change of it
    Lock(LockArgs),
    /// Plan the next study: smallest detectable effects, power, number of schools
    Power(Box<PowerArgs>),
    /// Run the whole chain and write the report
    Report(ReportArgs),
}

/// `dampak check`.
#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// An instrument file, a study file, or a study's folder.
    pub path: PathBuf,
    /// How to print what is found.
    #[arg(long, value_enum, default_value_t = MessageFormat::Text)]
    pub format: MessageFormat,
}

/// `dampak form`.
#[derive(Debug, clap::Args)]
pub struct FormArgs {
    /// The instrument file.
    pub instrument: PathBuf,
    /// What to print: pdf or html booklets, or the marking key as PDF.
    #[arg(long = "as", value_enum)]
    pub product: Product,
    /// Language of the form.
    #[arg(long, default_value = "id", value_parser = parse_lang)]
    pub lang: Lang,
    /// Booklet; by default every booklet the instrument has.
    #[arg(long)]
    pub booklet: Option<String>,
    /// Folder for the files.
    #[arg(long, default_value = "out/forms")]
    pub out: PathBuf,
}

/// `dampak simulate`.
#[derive(Debug, clap::Args)]
pub struct SimulateArgs {
    /// A study's folder or file, with a model.json beside it.
    pub study: PathBuf,
    /// Seed of the random numbers; by default the seed of the study.
    #[arg(long)]
    pub seed: Option<u64>,
    /// Folder for the data files.
    #[arg(long)]
    pub out: PathBuf,
}

/// `dampak score`.
#[derive(Debug, clap::Args)]
pub struct ScoreArgs {
    /// A study's folder or file.
    pub study: PathBuf,
    /// Where the scores go, one row per person and wave: a name ending in .parquet or .csv.
    #[arg(long, required_unless_present = "trace")]
    pub out: Option<PathBuf>,
    /// Show for one person which rule gave which points.
    #[arg(long, value_name = "PERSON")]
    pub trace: Option<String>,
    /// How to print a trace.
    #[arg(long, value_enum, default_value_t = MessageFormat::Text)]
    pub format: MessageFormat,
}

/// `dampak analyze`.
#[derive(Debug, clap::Args)]
pub struct AnalyzeArgs {
    /// A study's folder or file.
    pub study: PathBuf,
    /// Print only the plan: which analysis was chosen, which refused, and why.
    #[arg(long)]
    pub plan: bool,
    /// How to print the plan.
    #[arg(long, value_enum, default_value_t = MessageFormat::Text)]
    pub format: MessageFormat,
    /// Language of the plan's sentences.
    #[arg(long, default_value = "id", value_parser = parse_lang)]
    pub lang: Lang,
    /// Where the findings go; by default to standard output.
    #[arg(long)]
    pub out: Option<PathBuf>,
}

/// `dampak lock`.
#[derive(Debug, clap::Args)]
pub struct LockArgs {
    /// A study's folder or file; its answers need not be there yet.
    pub study: PathBuf,
    /// Declare a change of a plan that is locked already, with the reason.
    #[arg(long, value_name = "REASON", requires_all = ["by", "date"])]
    pub amend: Option<String>,
    /// Who locks or changes the plan.
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// The day, as 2025-07-12; never taken from the clock.
    #[arg(long, value_parser = parse_date)]
    pub date: Option<String>,
}

/// `dampak power`.
#[derive(Debug, clap::Args)]
pub struct PowerArgs {
    /// A study's folder or file, whose own schools and scores are used; every value can be given instead.
    pub study: Option<PathBuf>,
    /// Outcome of the study (default: its primary outcomes).
    #[arg(long)]
    pub outcome: Option<String>,
    /// one_group, cross_sections, comparison, comparison_cross_sections, paired_comparison, randomised,
    /// paired_randomised, multisite, three_level, reached, reached_change, pairs, independent_comparison or
    /// independent_randomised; by default the design of the study.
    #[arg(long, value_parser = parse_design)]
    pub design: Option<PlannedDesign>,
    /// Districts in both arms (three_level).
    #[arg(long, value_name = "NUMBER")]
    pub districts: Option<f64>,
    /// Schools in all; in each district for three_level.
    #[arg(long, value_name = "NUMBER")]
    pub schools: Option<f64>,
    /// Students per school with both scores; the harmonic mean where sizes differ.
    #[arg(long, value_name = "NUMBER")]
    pub students: Option<f64>,
    /// Pairs of schools (paired_comparison, paired_randomised).
    #[arg(long, value_name = "NUMBER")]
    pub school_pairs: Option<f64>,
    /// Pairs of scores, in both arms where there are two (pairs, independent_comparison, independent_randomised).
    #[arg(long, value_name = "NUMBER")]
    pub pairs: Option<f64>,
    /// Strata in which schools are drawn or compared; each costs a degree of freedom (default 1).
    #[arg(long, value_name = "NUMBER")]
    pub strata: Option<f64>,
    /// Waves; with more than two the trend is planned, told as the change from the first to the last (default 2).
    #[arg(long, value_name = "NUMBER")]
    pub waves: Option<f64>,
    /// Share of students who reach the level without the programme (reached) or before it (reached_change).
    #[arg(long, value_name = "NUMBER")]
    pub share_reached: Option<f64>,
    /// Share of the variance between districts (three_level; default 0.05).
    #[arg(long, value_name = "NUMBER")]
    pub icc_districts: Option<f64>,
    /// Share of the variance between schools (default 0.2).
    #[arg(long, value_name = "NUMBER")]
    pub icc: Option<f64>,
    /// Pre-post correlation of schools (default 0).
    #[arg(long, value_name = "NUMBER")]
    pub r_between: Option<f64>,
    /// Pre-post correlation of students within schools (default 0).
    #[arg(long, value_name = "NUMBER")]
    pub r_within: Option<f64>,
    /// Pre-post correlation of students (pairs; default 0).
    #[arg(long, value_name = "NUMBER")]
    pub correlation: Option<f64>,
    /// Share of the district variance that covariates explain (default 0).
    #[arg(long, value_name = "NUMBER")]
    pub r2_districts: Option<f64>,
    /// Share of the school variance that covariates explain (default 0).
    #[arg(long, value_name = "NUMBER")]
    pub r2_schools: Option<f64>,
    /// Share of the student variance that covariates explain (default 0).
    #[arg(long, value_name = "NUMBER")]
    pub r2_students: Option<f64>,
    /// Share of what schools differ in that strata or pairs explain (default 0).
    #[arg(long, value_name = "NUMBER")]
    pub r2_strata: Option<f64>,
    /// Covariates at the level that is drawn (default 0).
    #[arg(long, value_name = "NUMBER")]
    pub covariates: Option<f64>,
    /// Share of the units in the programme (default 0.5).
    #[arg(long, value_name = "NUMBER")]
    pub program_share: Option<f64>,
    /// Standard deviation of school sizes over their mean (default 0).
    #[arg(long, value_name = "NUMBER")]
    pub size_variation: Option<f64>,
    /// Variance of the effect over that of school means (multisite; default 0.2).
    #[arg(long, value_name = "NUMBER")]
    pub effect_heterogeneity: Option<f64>,
    /// Reliability of the score (multisite; default 1).
    #[arg(long, value_name = "NUMBER")]
    pub reliability: Option<f64>,
    /// Error of linking the tests of both waves, in standard deviations of the score; no number of schools makes it
    /// smaller (default 0).
    #[arg(long, value_name = "NUMBER")]
    pub link_error: Option<f64>,
    /// Items that both waves have in common, beside a link error (default 20).
    #[arg(long, value_name = "NUMBER")]
    pub link_items: Option<f64>,
    /// Two-sided error rate (default: the study's, else 0.05).
    #[arg(long, value_name = "NUMBER")]
    pub alpha: Option<f64>,
    /// Wanted power (default 0.8).
    #[arg(long, value_name = "NUMBER")]
    pub power: Option<f64>,
    /// Effect of interest in standard deviations (default: the study's, else 0.25).
    #[arg(long, value_name = "NUMBER")]
    pub effect: Option<f64>,
    /// Draws so many studies and analyses each by the method that would be chosen (200 where no number is
    /// given); a study with a model.json is also drawn from that and analysed whole.
    #[arg(long, value_name = "STUDIES", num_args = 0..=1, default_missing_value = "200",
        value_parser = clap::value_parser!(u32).range(2..=1_000_000))]
    pub simulate: Option<u32>,
    /// Seed of the simulation (default: the study's, else 1).
    #[arg(long, requires = "simulate")]
    pub seed: Option<u64>,
    /// Simulates every row of the planning table, not only those about the planned number.
    #[arg(long, requires = "simulate")]
    pub curve: bool,
    /// Folder for charts of power against the number of schools (SVG and PNG).
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Standard deviation of the score, to say effects in points.
    #[arg(long, value_name = "NUMBER")]
    pub sd: Option<f64>,
    /// Language of the text.
    #[arg(long, default_value = "id", value_parser = parse_lang)]
    pub lang: Lang,
    /// How to print the plan.
    #[arg(long, value_enum, default_value_t = MessageFormat::Text)]
    pub format: MessageFormat,
}

/// `dampak report`.
#[derive(Debug, clap::Args)]
pub struct ReportArgs {
    /// A study's folder or file.
    pub study: PathBuf,
    /// Folder for the report.
    #[arg(long)]
    pub out: PathBuf,
}

/// How messages are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MessageFormat {
    /// For a reader.
    Text,
    /// For a machine.
    Json,
}

/// What `dampak form` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Product {
    /// Booklets as PDF.
    Pdf,
    /// Booklets as HTML.
    Html,
    /// The marking key as PDF.
    Key,
}

/// A file format with a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaName {
    /// Instrument definitions.
    Instrument,
    /// Study definitions.
    Study,
    /// Findings.
    Findings,
    /// Generating models of simulated studies.
    Model,
}

fn parse_lang(code: &str) -> Result<Lang, String> {
    Lang::from_code(code).ok_or_else(|| format!("\"{code}\" is not a language dampak writes: id, en"))
}

fn parse_design(name: &str) -> Result<PlannedDesign, String> {
    PlannedDesign::from_name(name).ok_or_else(|| {
        let names = PlannedDesign::ALL.map(PlannedDesign::name).join(", ");
        format!("\"{name}\" is no design dampak plans for: {names}")
    })
}

fn parse_date(text: &str) -> Result<String, String> {
    let parts: Vec<&str> = text.split('-').collect();
    let is_number = |part: &str, digits: usize, most: u32| {
        part.len() == digits && part.parse::<u32>().is_ok_and(|number| (1..=most).contains(&number))
    };
    match parts.as_slice() {
        [year, month, day]
            if is_number(year, 4, 9999) && is_number(month, 2, 12) && is_number(day, 2, 31) =>
        {
            Ok(text.to_owned())
        }
        _ => Err(format!("\"{text}\" is no day such as 2025-07-12")),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_hold_together() {
        super::Args::command().debug_assert();
    }
}
