//! The scores as one table for other programs: one row per person and wave.

use std::collections::BTreeMap;
use std::io::Cursor;

use polars::prelude::*;

use super::scale::{PLAUSIBLE_VALUES, level_column, measure_column, score_column};
use super::{ScoredSet, Scores};
use crate::instrument::{Instrument, Respondent};
use crate::response::Responses;
use crate::study::BoundStudy;

/// One row: who, when.
type RowKey = (Respondent, usize, usize);

/// The table: respondent, person, school, class, district, arm, wave, then one column per scale
/// (`instrument/scale`), per level (`instrument/scale/level`, the level's id) and, where raters were adjusted
/// for, per adjusted score (`instrument/scale/fair`); measures also have their estimates with standard errors
/// and plausible values (`instrument/scale/wle_se`, `.../pv1`). Persons stand in roster
/// order; persons that are not in the roster are left out.
///
/// # Errors
/// polars cannot build the frame, which is a defect of dampak.
pub fn build(study: &BoundStudy, responses: &Responses, scores: &Scores) -> PolarsResult<DataFrame> {
    let mut rows: BTreeMap<RowKey, usize> = BTreeMap::new();
    for set in &scores.sets {
        for key in keys(study, responses, set).into_iter().flatten() {
            rows.insert(key, 0);
        }
    }
    for (place, row) in rows.values_mut().enumerate() {
        *row = place;
    }
    let mut columns = describe_rows(study, responses, &rows);
    columns.extend(scale_columns(study, responses, scores, &rows)?);
    DataFrame::new(rows.len(), columns)
}

/// The row of every person of a set; none for persons that are not in the roster.
fn keys(study: &BoundStudy, responses: &Responses, set: &ScoredSet) -> Vec<Option<RowKey>> {
    let Some(instrument) = study.instrument(&set.instrument) else { return Vec::new() };
    let Some(roster) = responses.roster_of(study, instrument.respondent) else { return Vec::new() };
    let Some(wave) = study.study.wave_index(&set.wave) else { return Vec::new() };
    let Ok(persons) = set.frame.column("person").and_then(|column| column.str().cloned()) else {
        return Vec::new();
    };
    persons.iter().map(|person| Some((roster.respondent, *roster.index.get(person?)?, wave))).collect()
}

fn describe_rows(study: &BoundStudy, responses: &Responses, rows: &BTreeMap<RowKey, usize>) -> Vec<Column> {
    let mut cells: [Vec<Option<String>>; 7] = Default::default();
    for (respondent, person, wave) in rows.keys() {
        let roster = responses.rosters.iter().find(|roster| roster.respondent == *respondent);
        let person = roster.map(|roster| &roster.persons[*person]);
        let [kind, id, school, class, district, arm, when] = &mut cells;
        kind.push(serde_json::to_value(respondent).ok().and_then(|name| name.as_str().map(str::to_owned)));
        id.push(person.map(|person| person.id.clone()));
        school.push(person.and_then(|person| person.school.clone()));
        class.push(person.and_then(|person| person.class.clone()));
        district.push(person.and_then(|person| person.district.clone()));
        arm.push(person.and_then(|person| person.arm.clone()));
        when.push(Some(study.study.waves[*wave].id.clone()));
    }
    let names = ["respondent", "person", "school", "class", "district", "arm", "wave"];
    names.into_iter().zip(cells).map(|(name, cells)| Column::new(name.into(), cells)).collect()
}

fn scale_columns(
    study: &BoundStudy,
    responses: &Responses,
    scores: &Scores,
    rows: &BTreeMap<RowKey, usize>,
) -> PolarsResult<Vec<Column>> {
    let mut columns = Vec::new();
    for bound in &study.instruments {
        let instrument = &bound.instrument;
        let sets: Vec<&ScoredSet> =
            scores.sets.iter().filter(|set| set.instrument == instrument.id).collect();
        if sets.is_empty() {
            continue;
        }
        for scale in &instrument.scales {
            let mut values: Vec<Option<f64>> = vec![None; rows.len()];
            let mut levels: Vec<Option<&str>> = vec![None; rows.len()];
            for set in &sets {
                let score = set.frame.column(&score_column(&scale.id))?.f64()?.clone();
                let level = set
                    .frame
                    .column(&level_column(&scale.id))
                    .ok()
                    .and_then(|c| c.cast(&DataType::Int64).ok());
                for (place, key) in keys(study, responses, set).into_iter().enumerate() {
                    let Some(row) = key.and_then(|key| rows.get(&key)) else { continue };
                    values[*row] = score.get(place);
                    let at = level.as_ref().and_then(|level| level.i64().ok()?.get(place));
                    levels[*row] =
                        at.and_then(|at| scale.levels.get(usize::try_from(at).ok()?)).map(|l| l.id.as_str());
                }
            }
            let name = format!("{}/{}", instrument.id, scale.id);
            columns.push(Column::new(name.as_str().into(), values));
            if !scale.levels.is_empty() {
                columns.push(Column::new(format!("{name}/level").into(), levels));
            }
            for what in measure_columns() {
                columns.extend(further_column(
                    study,
                    responses,
                    (&sets, rows),
                    (instrument, &scale.id, &what),
                )?);
            }
        }
    }
    Ok(columns)
}

/// What may further be known of a person on a scale: a measure's estimates, or a score adjusted for raters.
fn measure_columns() -> Vec<String> {
    let estimates = ["wle", "wle_se", "eap", "eap_sd", "mle", "mle_se", "fair"].map(str::to_owned);
    estimates.into_iter().chain((1..=PLAUSIBLE_VALUES).map(|draw| format!("pv{draw}"))).collect()
}

/// A further column of a measured scale; none where the frames have none.
fn further_column(
    study: &BoundStudy,
    responses: &Responses,
    (sets, rows): (&[&ScoredSet], &BTreeMap<RowKey, usize>),
    (instrument, scale, what): (&Instrument, &str, &str),
) -> PolarsResult<Option<Column>> {
    let column = measure_column(scale, what);
    let mut values: Vec<Option<f64>> = vec![None; rows.len()];
    let mut is_there = false;
    for set in sets {
        let Ok(own) = set.frame.column(&column) else { continue };
        let own = own.f64()?.clone();
        is_there = true;
        for (place, key) in keys(study, responses, set).into_iter().enumerate() {
            let Some(row) = key.and_then(|key| rows.get(&key)) else { continue };
            values[*row] = own.get(place);
        }
    }
    let name = format!("{}/{scale}/{what}", instrument.id);
    Ok(is_there.then(|| Column::new(name.as_str().into(), values)))
}

/// The table as parquet bytes.
///
/// # Errors
/// polars cannot write the frame.
pub fn parquet(frame: &mut DataFrame) -> PolarsResult<Vec<u8>> {
    let mut bytes = Cursor::new(Vec::new());
    // One row group and no statistics on the clock or the machine: the same frame gives the same bytes.
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Uncompressed)
        .with_row_group_size(Some(1 << 20))
        .finish(frame)?;
    Ok(bytes.into_inner())
}

/// The table as CSV, UTF-8 with comma and decimal point.
///
/// # Errors
/// polars cannot write the frame.
pub fn csv(frame: &mut DataFrame) -> PolarsResult<Vec<u8>> {
    let mut bytes = Vec::new();
    CsvWriter::new(&mut bytes).finish(frame)?;
    Ok(bytes)
}
