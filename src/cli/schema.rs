//! `dampak schema`: the JSON Schema of a file format, for editors and machines.

use std::process::ExitCode;

use super::args::SchemaName;
use super::{CliError, VerbResult, print_result};

pub fn run(name: SchemaName) -> VerbResult {
    let schema = match name {
        SchemaName::Instrument => schemars::schema_for!(crate::instrument::raw::RawInstrument),
        SchemaName::Study => schemars::schema_for!(crate::study::Study),
        SchemaName::Findings => schemars::schema_for!(crate::analysis::Findings),
        SchemaName::Model => schemars::schema_for!(crate::simulate::Model),
    };
    let text = serde_json::to_string_pretty(&schema).map_err(|error| CliError::Defect(error.to_string()))?;
    print_result(&format!("{text}\n"));
    Ok(ExitCode::SUCCESS)
}
