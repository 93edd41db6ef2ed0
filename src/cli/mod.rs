//! One file per verb: parse, call the library, write.
//!
//! Results go to standard output or `--out`, talk goes to standard error. Exit 0 is clean, 1 means problems
//! in the user's input, 2 means that dampak failed (a folder that cannot be written, a defect).

mod analyze;
mod args;
mod check;
mod explain;
mod form;
mod load;
mod lock;
mod power;
mod progress;
mod report;
mod schema;
mod score;
mod simulate;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

use crate::diag::{self, Diagnostic};
use crate::io::IoError;
use args::{Args, Verb};

/// Why a verb did not end well.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The user's input has errors; they are printed.
    #[error("{}", diag::render::summary(.0))]
    Input(Vec<Diagnostic>),
    /// The user asked for something that does not exist.
    #[error("{0}")]
    Asked(String),
    /// A result cannot be written.
    #[error(transparent)]
    Write(#[from] IoError),
    /// A defect of dampak.
    #[error("dampak failed: {0}")]
    Defect(String),
}

impl CliError {
    fn exit_code(&self) -> ExitCode {
        match self {
            CliError::Input(_) | CliError::Asked(_) => ExitCode::from(1),
            CliError::Write(_) | CliError::Defect(_) => ExitCode::from(2),
        }
    }
}

/// What a verb returns: whether everything was clean.
type VerbResult = Result<ExitCode, CliError>;

/// Runs the program as it was called.
pub fn run() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // Help and version are no fault; a misspelt flag is one of the user's input.
            let code = u8::from(error.use_stderr());
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let result = match &args.verb {
        Verb::Check(args) => check::run(args),
        Verb::Explain { code } => explain::run(code),
        Verb::Schema { format } => schema::run(*format),
        Verb::Form(args) => form::run(args),
        Verb::Simulate(args) => simulate::run(args),
        Verb::Score(args) => score::run(args),
        Verb::Analyze(args) => analyze::run(args),
        Verb::Lock(args) => lock::run(args),
        Verb::Power(args) => power::run(args),
        Verb::Report(args) => report::run(args),
    };
    result.unwrap_or_else(|error| {
        match &error {
            CliError::Input(diagnostics) => say(&diag::render::text(diagnostics)),
            other => say(&format!("error: {other}\n")),
        }
        error.exit_code()
    })
}

/// Prints a result. A reader that went away (`| head`) is no failure, a full disk behind `>` is one.
fn print_result(text: &str) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(IoError { action: "write to", path: "standard output".into(), source: error }.into())
        }
        _ => Ok(()),
    }
}

/// Says something on standard error; where that is closed there is nobody to tell.
fn say(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// Prints warnings to standard error.
fn print_warnings(diagnostics: &[Diagnostic]) {
    say(&diag::render::text(diagnostics));
}
