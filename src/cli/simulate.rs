//! `dampak simulate`: data from the generating model in a study's folder.

use std::process::ExitCode;

use super::args::SimulateArgs;
use super::{CliError, VerbResult, load, print_result, print_warnings};
use crate::io::{Disk, Files as _, whole};
use crate::simulate;

pub fn run(args: &SimulateArgs) -> VerbResult {
    let mut warnings = Vec::new();
    let study = load::study_without_data(&args.study, &mut warnings)?;
    print_warnings(&warnings);
    let path = study.folder.join("model.json");
    let bytes =
        Disk.read(&path).map_err(|error| CliError::Asked(format!("{error}; a simulated study needs one")))?;
    let parsed = simulate::parse(&path.display().to_string(), &bytes);
    let Some(model) = parsed.value else { return Err(CliError::Input(parsed.diagnostics)) };
    print_warnings(&parsed.diagnostics);
    let seed = args.seed.unwrap_or(study.study.analysis.seed);
    let outputs =
        simulate::simulate(&study, &model, seed).map_err(|error| CliError::Asked(error.to_string()))?;
    // Data files of a study are inputs, and inputs are never written to.
    if let Some(existing) =
        outputs.iter().map(|output| args.out.join(&output.path)).find(|path| path.exists())
    {
        return Err(CliError::Asked(format!(
            "{} exists already; choose another --out, simulated data never replace a file",
            existing.display()
        )));
    }
    whole::write_all(&args.out, &outputs)?;
    print_result(&format!("{} files with seed {seed} in {}\n", outputs.len(), args.out.display()))?;
    Ok(ExitCode::SUCCESS)
}
