//! Who belongs to the study: person, school, class, district, venue, arm and background columns.

use std::collections::{BTreeMap, BTreeSet};

mod design;

use super::{Table, dose, ids, rules};
use crate::diag::{Checked, Diagnostic, Place, has_errors, nearest};
use crate::instrument::Respondent;
use crate::study::{Assignment, RosterFile, Study};

/// A roster of one kind of respondent.
#[derive(Clone, Debug)]
pub struct Roster {
    /// Who stands in it.
    pub respondent: Respondent,
    /// The file it came from.
    pub file: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Persons in file order.
    pub persons: Vec<Person>,
    /// Place of each person by id.
    pub index: BTreeMap<String, usize>,
    /// School names by id; the id itself where the roster names none.
    pub school_names: BTreeMap<String, String>,
    /// Weight of every person, in person order; none where the roster has no weights.
    pub weights: Option<Vec<f64>>,
    /// Every column of the file, for covariates and subgroups: one cell per person, in person order.
    pub columns: BTreeMap<String, Vec<Option<String>>>,
    /// How much of the programme persons received, by dose id, in person order; none where the cell is blank.
    pub doses: BTreeMap<String, Vec<Option<f64>>>,
}

/// One person of a roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Person id, as text.
    pub id: String,
    /// School id; none where the roster has no school column.
    pub school: Option<String>,
    /// Class.
    pub class: Option<String>,
    /// District.
    pub district: Option<String>,
    /// Venue.
    pub venue: Option<String>,
    /// Arm id; none where there is one group.
    pub arm: Option<String>,
    /// Stratum or pair of the school; none where the roster names none.
    pub stratum: Option<String>,
}

impl Roster {
    /// The person of that id.
    pub fn person(&self, id: &str) -> Option<&Person> {
        self.index.get(id).map(|place| &self.persons[*place])
    }

    /// Whether the roster says in which school a person is.
    pub fn has_schools(&self) -> bool {
        self.persons.iter().any(|person| person.school.is_some())
    }

    /// School ids, sorted.
    pub fn schools(&self) -> Vec<&str> {
        sorted_distinct(self.persons.iter().filter_map(|person| person.school.as_deref()))
    }

    /// Districts, sorted.
    pub fn districts(&self) -> Vec<&str> {
        sorted_distinct(self.persons.iter().filter_map(|person| person.district.as_deref()))
    }

    /// Venues, sorted.
    pub fn venues(&self) -> Vec<&str> {
        sorted_distinct(self.persons.iter().filter_map(|person| person.venue.as_deref()))
    }
}

fn sorted_distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Makes a roster of a table.
pub fn resolve(entry: &RosterFile, table: Table, study: &Study) -> Checked<Option<Roster>> {
    let mut diagnostics = Vec::new();
    let mut column = |name: Option<&str>| -> Option<Vec<Option<String>>> {
        match table.texts(name?) {
            Ok(cells) => Some(cells),
            Err(diagnostic) => {
                diagnostics.push(diagnostic);
                None
            }
        }
    };
    let names = &entry.columns;
    let person_ids = column(Some(&names.person));
    let school = column(names.school.as_deref());
    let school_name = column(names.school_name.as_deref());
    let class = column(names.class.as_deref());
    let district = column(names.district.as_deref());
    let venue = column(names.venue.as_deref());
    let arm = column(names.arm.as_deref());
    let stratum = column(names.pair.as_deref().or(names.stratum.as_deref()));
    let weight = column(names.weight.as_deref());
    let Some(person_ids) = person_ids else { return Checked { value: None, diagnostics } };
    let at =
        |cells: &Option<Vec<Option<String>>>, row: usize| cells.as_ref().and_then(|cells| cells[row].clone());
    let mut persons = Vec::with_capacity(person_ids.len());
    let mut rows = Vec::with_capacity(person_ids.len());
    let mut school_names = BTreeMap::new();
    for (row, id) in person_ids.into_iter().enumerate() {
        let place = Place::cell(&table.file, table.rows[row], &names.person);
        let Some(id) = id else {
            diagnostics.push(ids::blank(place));
            continue;
        };
        if ids::is_scientific(&id) {
            diagnostics.push(ids::scientific(place, &id));
            continue;
        }
        let school = at(&school, row);
        if let Some(school) = &school {
            let name = at(&school_name, row).unwrap_or_else(|| school.clone());
            school_names.entry(school.clone()).or_insert(name);
        }
        persons.push(Person {
            id,
            school,
            class: at(&class, row),
            district: at(&district, row),
            venue: at(&venue, row),
            arm: at(&arm, row),
            stratum: at(&stratum, row),
        });
        rows.push(row);
    }
    let numbers: Vec<usize> = rows.iter().map(|row| table.rows[*row]).collect();
    let index = index_persons(entry, &persons, &numbers, &mut diagnostics);
    check_schools(entry, &persons, &numbers, &mut diagnostics);
    check_arms(entry, &persons, &numbers, study, &mut diagnostics);
    diagnostics.extend(empty_arms(entry, &persons, study));
    diagnostics.extend(design::two_strata(entry, &persons, &numbers));
    let weights = weight.map(|cells| rows.iter().map(|row| cells[*row].clone()).collect::<Vec<_>>());
    let weights = weights.map(|cells| design::weights(entry, &cells, &numbers, &mut diagnostics));
    let doses = dose::read(entry, &table, &rows, study).drain_into(&mut diagnostics);
    let columns = table
        .columns()
        .into_iter()
        .filter_map(|name| {
            let cells = table.texts(&name).ok()?;
            Some((name, rows.iter().map(|row| cells[*row].clone()).collect()))
        })
        .collect();
    let value = (!has_errors(&diagnostics)).then_some(Roster {
        respondent: entry.respondent,
        file: table.file,
        sha256: table.sha256,
        persons,
        index,
        school_names,
        weights,
        columns,
        doses,
    });
    Checked { value, diagnostics }
}

fn index_persons(
    entry: &RosterFile,
    persons: &[Person],
    rows: &[usize],
    diagnostics: &mut Vec<Diagnostic>,
) -> BTreeMap<String, usize> {
    let mut index: BTreeMap<String, usize> = BTreeMap::new();
    for (place, person) in persons.iter().enumerate() {
        let Some(first) = index.insert(person.id.clone(), place) else { continue };
        index.insert(person.id.clone(), first);
        let other = &persons[first];
        let cell = Place::cell(&entry.file, rows[place], &entry.columns.person);
        diagnostics.push(if other.school == person.school {
            let message = format!("person \"{}\" stands in row {} already", person.id, rows[first]);
            Diagnostic::new(&rules::ROSTER_TWICE, cell, message).hint("delete one of the rows")
        } else {
            let message = format!(
                "person \"{}\" stands in school \"{}\" here and in school \"{}\" in row {}",
                person.id,
                person.school.as_deref().unwrap_or_default(),
                other.school.as_deref().unwrap_or_default(),
                rows[first]
            );
            Diagnostic::new(&rules::TWO_SCHOOLS, cell, message)
                .hint("keep the school of the first wave, or give the two persons ids of their own")
        });
    }
    index
}

fn check_schools(entry: &RosterFile, persons: &[Person], rows: &[usize], diagnostics: &mut Vec<Diagnostic>) {
    let Some(column) = &entry.columns.school else { return };
    for (person, row) in persons.iter().zip(rows) {
        if person.school.is_none() {
            let message = format!("person \"{}\" has no school", person.id);
            let place = Place::cell(&entry.file, *row, column);
            diagnostics.push(
                Diagnostic::new(&rules::BLANK_SCHOOL, place, message)
                    .hint("schools are the units of the inference; fill in the school of this person"),
            );
        }
    }
}

fn check_arms(
    entry: &RosterFile,
    persons: &[Person],
    rows: &[usize],
    study: &Study,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Some(column) = &entry.columns.arm else { return };
    let whole_schools = matches!(study.assignment, Assignment::RandomSchool | Assignment::School);
    let mut arm_of_school: BTreeMap<&str, &str> = BTreeMap::new();
    let mut split = BTreeSet::new();
    for (person, row) in persons.iter().zip(rows) {
        let arm = person.arm.as_deref().unwrap_or_default();
        let place = Place::cell(&entry.file, *row, column);
        if !study.arms.is_empty() && !study.arms.iter().any(|known| known.id == arm) {
            let known: Vec<&str> = study.arms.iter().map(|known| known.id.as_str()).collect();
            let message = format!("arm \"{arm}\" is not among the study's arms: {}", known.join(", "));
            let diagnostic = Diagnostic::new(&rules::UNKNOWN_ARM, place, message);
            diagnostics.push(match nearest(arm, known) {
                Some(close) => diagnostic.hint(format!("did you mean \"{close}\"?")),
                None => diagnostic.hint("mend the arm in this row, or declare it under \"arms\""),
            });
            continue;
        }
        let Some(school) = person.school.as_deref() else { continue };
        let first = *arm_of_school.entry(school).or_insert(arm);
        if whole_schools && first != arm && split.insert(school) {
            let message =
                format!("school \"{school}\" stands in arm \"{arm}\" here and in arm \"{first}\" before");
            diagnostics.push(
                Diagnostic::new(&rules::SPLIT_SCHOOL, place, message)
                    .hint("mend the arm of these rows; where students were assigned within schools, say so under \"assignment\""),
            );
        }
    }
}

fn empty_arms(entry: &RosterFile, persons: &[Person], study: &Study) -> Vec<Diagnostic> {
    let Some(column) = &entry.columns.arm else { return Vec::new() };
    let named: BTreeSet<&str> = persons.iter().filter_map(|person| person.arm.as_deref()).collect();
    let empty = study.arms.iter().filter(|arm| !named.contains(arm.id.as_str()));
    empty
        .map(|arm| {
            let message = format!("nobody in the roster is in arm \"{}\"", arm.id);
            Diagnostic::new(&rules::EMPTY_ARM, Place::field(&entry.file, column), message)
                .hint("check the spelling in this column, or take the arm out of the study")
        })
        .collect()
}

/// Checks the rosters of a study against each other: a school that only one of them knows is suspicious.
pub fn check_together(rosters: &[Roster]) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let Some(students) = rosters.iter().find(|roster| roster.respondent == Respondent::Student) else {
        return diagnostics;
    };
    let known = students.schools();
    for roster in rosters.iter().filter(|roster| roster.respondent != Respondent::Student) {
        if !roster.has_schools() || known.is_empty() {
            continue;
        }
        for school in roster.schools().into_iter().filter(|school| !known.contains(school)) {
            let message = format!("school \"{school}\" is not in the students' roster ({})", students.file);
            let diagnostic = Diagnostic::new(&rules::SCHOOL_ELSEWHERE, Place::file(&roster.file), message);
            diagnostics.push(match nearest(school, known.iter().copied()) {
                Some(close) => diagnostic.hint(format!("did you mean \"{close}\"?")),
                None => diagnostic,
            });
        }
    }
    diagnostics
}
