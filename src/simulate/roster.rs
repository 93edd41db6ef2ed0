//! A roster file: who belongs to the study, with the columns the study names.

use super::SimulateError;
use super::model::Model;
use super::people::Person;
use super::table::Table;
use crate::instrument::Respondent;
use crate::study::{RosterFile, Study};

/// The table of a roster file. Principals without a roster of their own stand in that of the teachers.
///
/// # Errors
/// The study uses a column of this roster that the model does not draw.
pub fn draw_roster(
    study: &Study,
    model: &Model,
    file: &RosterFile,
    people: &[Person],
) -> Result<Table, SimulateError> {
    let drawn: Vec<&String> = model
        .attributes
        .iter()
        .filter(|attribute| attribute.respondent == file.respondent)
        .map(|attribute| &attribute.column)
        .collect();
    let named = &file.columns;
    let fixed = [
        Some(&named.person),
        named.school.as_ref(),
        named.school_name.as_ref(),
        named.class.as_ref(),
        named.district.as_ref(),
        named.venue.as_ref(),
        named.arm.as_ref(),
    ];
    let mut header: Vec<String> = fixed.iter().flatten().map(|name| (*name).clone()).collect();
    header.extend(drawn.iter().map(|column| (*column).clone()));
    check_columns(study, file, &header)?;
    let rows = people
        .iter()
        .filter(|person| stands_in(study, file, person))
        .filter_map(|person| {
            let school = model.schools.get(person.school)?;
            let cells = [
                Some(person.id.as_str()),
                named.school.as_ref().map(|_| school.id.as_str()),
                named.school_name.as_ref().map(|_| school.name.as_str()),
                named.class.as_ref().map(|_| person.class.as_str()),
                named.district.as_ref().map(|_| school.district.as_str()),
                named.venue.as_ref().map(|_| school.venue.as_str()),
                named.arm.as_ref().map(|_| school.arm.as_deref().unwrap_or_default()),
            ];
            let drawn = drawn.iter().map(|column| person.values.get(*column).cloned().unwrap_or_default());
            Some(cells.into_iter().flatten().map(str::to_owned).chain(drawn).collect())
        })
        .collect();
    Ok(Table { header, rows })
}

fn stands_in(study: &Study, file: &RosterFile, person: &Person) -> bool {
    let shared = file.respondent == Respondent::Teacher
        && person.cohort == Respondent::Principal
        && !study.roster.iter().any(|other| other.respondent == Respondent::Principal);
    person.cohort == file.respondent || shared
}

fn check_columns(study: &Study, file: &RosterFile, header: &[String]) -> Result<(), SimulateError> {
    let used = study.covariates.iter().chain(&study.subgroups);
    let mut doses = study.analysis.dose.iter().filter(|dose| dose.respondent() == file.respondent);
    if let Some(dose) = doses.find(|dose| !header.contains(&dose.column)) {
        return Err(SimulateError::NoColumn { file: file.file.clone(), column: dose.column.clone() });
    }
    match used
        .filter(|covariate| covariate.respondent.unwrap_or(Respondent::Student) == file.respondent)
        .find(|covariate| !header.contains(&covariate.column))
    {
        None => Ok(()),
        Some(covariate) => {
            Err(SimulateError::NoColumn { file: file.file.clone(), column: covariate.column.clone() })
        }
    }
}
