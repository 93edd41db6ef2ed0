//! `dampak schema`: the JSON Schema of a file format, for editors and machines.

use std::process::ExitCode;

use super::args::SchemaName;
use super::{CliError, VerbResult, print_result};

pub fn run(name: SchemaName) -> VerbResult {
    let schema = match name {
        SchemaName::Instrument => crate::instrument::parse::schema(),
        SchemaName::Study => crate::study::parse::schema(),
        SchemaName::Model => crate::simulate::schema(),
        SchemaName::Findings => schemars::schema_for!(crate::analysis::Findings).to_value(),
    };
    let text = serde_json::to_string_pretty(&schema).map_err(|error| CliError::Defect(error.to_string()))?;
    print_result(&format!("{text}\n"))?;
    Ok(ExitCode::SUCCESS)
}
