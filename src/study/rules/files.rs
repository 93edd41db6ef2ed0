//! Data files: how they are written, and that they are there.

use std::path::Path;

use crate::definition::{Notes, pointer::child};
use crate::diag::{Rule, Severity, nearest};
use crate::io::Files;
use crate::study::bind::join;
use crate::study::raw::{FileFormat, Study};

/// D-FILE-001.
pub static DELIMITER: Rule = Rule {
    code: "D-FILE-001",
    severity: Severity::Error,
    title: "a delimiter is not understood",
    doc: "Fields of a text file are separated by a comma, a semicolon or a tab (written \\t). Left out, the \
          delimiter is found out from the file.",
};
/// D-FILE-002.
pub static DECIMAL: Rule = Rule {
    code: "D-FILE-002",
    severity: Severity::Error,
    title: "a decimal mark is not understood",
    doc: "Numbers are written with a point or a comma.",
};
/// D-FILE-003.
pub static ENCODING: Rule = Rule {
    code: "D-FILE-003",
    severity: Severity::Error,
    title: "an encoding is not understood",
    doc: "Text files are UTF-8 or windows-1252, which is what older Excel writes under the name ANSI.",
};
/// D-FILE-004.
pub static SAME_MARK: Rule = Rule {
    code: "D-FILE-004",
    severity: Severity::Error,
    title: "the delimiter is also the decimal mark",
    doc: "A comma cannot both separate fields and stand within numbers. Excel with Indonesian settings writes \
          semicolons between fields and commas within numbers.",
};
/// D-FILE-005.
pub static KIND: Rule = Rule {
    code: "D-FILE-005",
    severity: Severity::Error,
    title: "a data file is of a kind that is not read",
    doc: "Data are read from .csv, .txt, .tsv and .parquet files. Save a workbook as CSV UTF-8, and export SPSS \
          and KoboToolbox data as CSV.",
};
/// D-FILE-006.
pub static NOT_THERE: Rule = Rule {
    code: "D-FILE-006",
    severity: Severity::Error,
    title: "a file is not there",
    doc: "Paths in a study are relative to the folder of the study file. Capitals count on some machines, so \
          write names exactly.",
};
/// D-FILE-007.
pub static BLANK: Rule = Rule {
    code: "D-FILE-007",
    severity: Severity::Error,
    title: "a file or column name is blank",
    doc: "A blank name finds nothing. Write the name as it stands in the header, or leave an optional column out.",
};

const KINDS: [&str; 4] = ["csv", "txt", "tsv", "parquet"];

/// A data file that the study names, and the names of the columns in it.
struct Data<'a> {
    at: String,
    file: &'a str,
    format: &'a FileFormat,
    columns: Vec<(String, &'a str)>,
}

/// Every data file of a study: rosters, answers, scores.
fn data_files(study: &Study) -> Vec<Data<'_>> {
    let mut files = Vec::new();
    for (index, roster) in study.roster.iter().enumerate() {
        let c = &roster.columns;
        let optional = [
            ("school", &c.school),
            ("class", &c.class),
            ("district", &c.district),
            ("venue", &c.venue),
            ("arm", &c.arm),
            ("school_name", &c.school_name),
        ];
        let mut columns = vec![("columns/person".to_owned(), c.person.as_str())];
        columns.extend(
            optional
                .iter()
                .filter_map(|(name, column)| Some((format!("columns/{name}"), column.as_deref()?))),
        );
        files.push(Data {
            at: format!("/roster/{index}"),
            file: &roster.file,
            format: &roster.format,
            columns,
        });
    }
    for (index, answers) in study.responses.iter().enumerate() {
        let c = &answers.columns;
        let optional = [("school", &c.school), ("booklet", &c.booklet), ("rater", &c.rater)];
        let mut columns = vec![("columns/person".to_owned(), c.person.as_str())];
        columns.extend(
            optional
                .iter()
                .filter_map(|(name, column)| Some((format!("columns/{name}"), column.as_deref()?))),
        );
        columns.extend(
            c.items
                .iter()
                .map(|(item, column)| (format!("columns/items{}", child("", item)), column.as_str())),
        );
        files.push(Data {
            at: format!("/responses/{index}"),
            file: &answers.file,
            format: &answers.format,
            columns,
        });
    }
    for (index, scores) in study.score_files.iter().enumerate() {
        let columns = vec![("person".to_owned(), scores.person.as_str())];
        files.push(Data {
            at: format!("/score_files/{index}"),
            file: &scores.file,
            format: &scores.format,
            columns,
        });
    }
    files
}

/// Checks how the data files are said to be written.
pub fn check(study: &Study, notes: &mut Notes) {
    for data in data_files(study) {
        check_name(notes, &data);
        check_format(notes, &data);
    }
    for (list, covariates) in [("/covariates", &study.covariates), ("/subgroups", &study.subgroups)] {
        for (index, covariate) in
            covariates.iter().enumerate().filter(|(_, covariate)| covariate.column.trim().is_empty())
        {
            let message = format!("the column of \"{}\" is blank", covariate.id);
            notes.say(
                &BLANK,
                &format!("{list}/{index}/column"),
                message,
                "write the name as it stands in the roster",
            );
        }
    }
}

fn check_name(notes: &mut Notes, data: &Data) {
    let at = child(&data.at, "file");
    let kind = Path::new(data.file).extension().map(|kind| kind.to_string_lossy().to_lowercase());
    if data.file.trim().is_empty() {
        notes.say(&BLANK, &at, "the name of the file is blank", "write its path, relative to the study file");
    } else if !kind.as_deref().is_some_and(|kind| KINDS.contains(&kind)) {
        let message = format!(
            "\"{}\" is not a kind of file that is read, expected .csv, .txt, .tsv or .parquet",
            data.file
        );
        let hint = match kind.as_deref() {
            Some("xlsx" | "xls" | "ods") => "save the sheet as CSV UTF-8 and name that file",
            Some("sav" | "dta" | "rds") => "export the data as CSV and name that file",
            _ => "name a file of one of these kinds",
        };
        notes.say(&KIND, &at, message, hint);
    }
    for (field, _) in data.columns.iter().filter(|(_, column)| column.trim().is_empty()) {
        let message = format!("the name of a column in \"{}\" is blank", data.file);
        notes.say(
            &BLANK,
            &format!("{}/{field}", data.at),
            message,
            "write it as it stands in the header of the file",
        );
    }
}

fn check_format(notes: &mut Notes, data: &Data) {
    let at = child(&data.at, "format");
    let FileFormat { delimiter, decimal, encoding } = data.format;
    if let Some(delimiter) =
        delimiter.as_deref().filter(|mark| !matches!(*mark, "," | ";" | "\t" | "\\t" | "tab"))
    {
        let message = format!(
            "the delimiter of \"{}\" is \"{delimiter}\", expected \",\", \";\" or \"\\t\"",
            data.file
        );
        notes.say(
            &DELIMITER,
            &child(&at, "delimiter"),
            message,
            "write one of the three, or leave the field out",
        );
    }
    if let Some(decimal) = decimal.as_deref().filter(|mark| !matches!(*mark, "." | ",")) {
        let message =
            format!("the decimal mark of \"{}\" is \"{decimal}\", expected \".\" or \",\"", data.file);
        notes.say(&DECIMAL, &child(&at, "decimal"), message, "write one of the two, or leave the field out");
    }
    if let Some(encoding) = encoding.as_deref().filter(|name| !matches!(*name, "utf-8" | "windows-1252")) {
        let message =
            format!("the encoding of \"{}\" is \"{encoding}\", expected utf-8 or windows-1252", data.file);
        let hint = match nearest(encoding, ["utf-8", "windows-1252"]) {
            Some(near) => format!("write \"{near}\""),
            None => "save the file as CSV UTF-8".to_owned(),
        };
        notes.say(&ENCODING, &child(&at, "encoding"), message, hint);
    }
    if let (Some(delimiter), Some(decimal)) = (delimiter, decimal)
        && delimiter == decimal
        && matches!(delimiter.as_str(), "," | ".")
    {
        let message = format!("\"{delimiter}\" is both delimiter and decimal mark of \"{}\"", data.file);
        notes.say(&SAME_MARK, &at, message, "with decimal commas the delimiter is \";\" or a tab");
    }
}

/// Checks that every data file is there. The folder is listed rather than the file read, because a file
/// may be larger than memory.
pub fn check_presence(study: &Study, folder: &Path, files: &dyn Files, notes: &mut Notes) {
    for data in data_files(study).iter().filter(|data| !data.file.trim().is_empty()) {
        let path = join(folder, data.file);
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if !files.siblings(&path).contains(&name) {
            let message = format!("file \"{}\" is not there", data.file);
            notes.say(&NOT_THERE, &child(&data.at, "file"), message, missing_file_hint(&path, files));
        }
    }
}

/// The file of a similar name in the same folder, or the rule for paths.
pub(crate) fn missing_file_hint(path: &Path, files: &dyn Files) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let siblings = files.siblings(path);
    match nearest(&name, siblings.iter().map(String::as_str)) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => "paths are relative to the folder of the study file".to_owned(),
    }
}
