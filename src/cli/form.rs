//! `dampak form`: booklets, questionnaires and marking keys.

use std::process::ExitCode;

use super::args::{FormArgs, Product};
use super::{CliError, VerbResult, load, print_result, print_warnings};
use crate::diag::nearest;
use crate::doc::Document;
use crate::form;
use crate::instrument::{Booklet, Instrument};
use crate::io::whole::{self, Output};
use crate::render;

pub fn run(args: &FormArgs) -> VerbResult {
    let mut warnings = Vec::new();
    let instrument = load::instrument(&args.instrument, &mut warnings)?;
    print_warnings(&warnings);
    if !instrument.languages.contains(&args.lang) {
        return Err(CliError::Asked(format!("{} is not written in \"{}\"", instrument.id, args.lang)));
    }
    let outputs = match args.product {
        Product::Key => {
            let key = form::key(&instrument, args.lang);
            vec![Output::new(format!("{}-key-{}.pdf", instrument.id, args.lang), pdf(&key)?)]
        }
        Product::Pdf | Product::Html => booklets(&instrument, args)?,
    };
    whole::write_all(&args.out, &outputs)?;
    for output in &outputs {
        print_result(&format!("{}\n", args.out.join(&output.path).display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn booklets(instrument: &Instrument, args: &FormArgs) -> Result<Vec<Output>, CliError> {
    let mut outputs = Vec::new();
    for booklet in chosen(instrument, args)? {
        let document = form::booklet(instrument, booklet, args.lang);
        let (bytes, ending) = match args.product {
            Product::Html => (render::html::render(&document).map_err(defect)?, "html"),
            _ => (pdf(&document)?, "pdf"),
        };
        let part = booklet.map(|booklet| format!("-{}", booklet.id)).unwrap_or_default();
        outputs.push(Output::new(format!("{}{part}-{}.{ending}", instrument.id, args.lang), bytes));
    }
    Ok(outputs)
}

/// The booklet asked for, else all of them, else the whole instrument.
fn chosen<'a>(instrument: &'a Instrument, args: &FormArgs) -> Result<Vec<Option<&'a Booklet>>, CliError> {
    let Some(wanted) = &args.booklet else {
        let all: Vec<_> = instrument.booklets.iter().map(Some).collect();
        return Ok(if all.is_empty() { vec![None] } else { all });
    };
    instrument.booklet(wanted).map(|booklet| vec![Some(booklet)]).ok_or_else(|| {
        let known: Vec<&str> = instrument.booklets.iter().map(|booklet| booklet.id.as_str()).collect();
        let hint = match nearest(wanted, known.iter().copied()) {
            Some(close) => format!("; did you mean \"{close}\"?"),
            None if known.is_empty() => "; it has none".to_owned(),
            None => format!("; it has {}", known.join(", ")),
        };
        CliError::Asked(format!("{} has no booklet \"{wanted}\"{hint}", instrument.id))
    })
}

fn pdf(document: &Document) -> Result<Vec<u8>, CliError> {
    render::pdf::render(document).map_err(defect)
}

fn defect(error: impl std::fmt::Display) -> CliError {
    CliError::Defect(error.to_string())
}
