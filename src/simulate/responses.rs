//! One file of answers: who came, which booklet they got, what they wrote.

use std::collections::BTreeMap;

use super::SimulateError;
use super::ability::{Deviation, Standing, attribute_shift};
use super::answer::{Answer, draw_answer};
use super::background::{Occasion, changes_by_wave, draw_value};
use super::model::{Lessons, Model};
use super::parameters::{Parameters, Shape};
use super::people::Person;
use super::stream::Stream;
use super::table::{Table, decimal_mark};
use crate::instrument::{ItemKind, Respondent};
use crate::study::{ResponseFile, Study};

/// What the answers of one file are drawn from.
pub struct Sitting<'a> {
    /// The study.
    pub study: &'a Study,
    /// The whole model.
    pub model: &'a Model,
    /// Parameters of the file's instrument.
    pub parameters: &'a Parameters<'a>,
    /// The file.
    pub file: &'a ResponseFile,
    /// Place of its wave.
    pub wave: usize,
    /// Everybody in the study.
    pub people: &'a [Person],
    /// Seed of the study.
    pub seed: u64,
}

/// A column of answers: an item, and which of its raters.
struct Column {
    item: usize,
    rater: Option<usize>,
}

impl Sitting<'_> {
    /// The table of the file.
    ///
    /// # Errors
    /// The instrument has booklets and the study names no column for them.
    pub fn draw(&self) -> Result<Table, SimulateError> {
        let instrument = self.parameters.instrument;
        if !instrument.booklets.is_empty() && self.file.columns.booklet.is_none() {
            return Err(SimulateError::NoBookletColumn { file: self.file.file.clone() });
        }
        let columns = self.columns();
        let mut table = Table { header: self.header(&columns), rows: Vec::new() };
        for school in 0..self.model.schools.len() {
            let mut sitting = self.group(school);
            let booklets = self.booklets(school, &sitting);
            // Papers come back in another order every time; linking must not lean on the row number.
            let order = format!("rows/{}/{}/{school}", instrument.id, self.file.wave);
            Stream::new(self.seed, &order).shuffle(&mut sitting);
            for person in sitting {
                if person.is_present(&instrument.id, self.wave, self.seed) {
                    let booklet = booklets.get(person.id.as_str()).copied();
                    table.rows.extend(self.rows(person, booklet, &columns));
                }
            }
        }
        Ok(table)
    }

    fn is_lesson(&self) -> bool {
        self.parameters.instrument.respondent == Respondent::Observer
    }

    /// The persons of a school whom the instrument concerns; of the teachers, those who are observed.
    fn group(&self, school: usize) -> Vec<&Person> {
        let cohort = match self.parameters.instrument.respondent {
            Respondent::Observer => Respondent::Teacher,
            own => own,
        };
        let mut group: Vec<&Person> =
            self.people.iter().filter(|p| p.school == school && p.cohort == cohort).collect();
        if let (true, Some(Lessons { per_school, .. })) = (self.is_lesson(), self.parameters.model.lessons) {
            Stream::new(self.seed, &format!("lessons/{school}")).shuffle(&mut group);
            group.truncate(per_school as usize);
        }
        group
    }

    /// Booklets in turn over a shuffled list, from a drawn start, one further at every wave.
    fn booklets<'b>(&self, school: usize, group: &[&'b Person]) -> BTreeMap<&'b str, usize> {
        let count = self.parameters.instrument.booklets.len();
        if count == 0 {
            return BTreeMap::new();
        }
        let mut stream =
            Stream::new(self.seed, &format!("booklets/{}/{school}", self.parameters.instrument.id));
        let start = stream.below(count);
        let mut list: Vec<&str> = group.iter().map(|person| person.id.as_str()).collect();
        stream.shuffle(&mut list);
        list.into_iter().enumerate().map(|(place, id)| (id, (place + start + self.wave) % count)).collect()
    }

    fn columns(&self) -> Vec<Column> {
        let by_row = self.file.columns.rater.is_some();
        let items = self.parameters.items.iter().enumerate();
        items
            .flat_map(|(item, parameters)| {
                let raters = parameters.item.raters() as usize;
                let split = raters > 1 && !by_row;
                (0..if split { raters } else { 1 })
                    .map(move |rater| Column { item, rater: split.then_some(rater) })
            })
            .collect()
    }

    fn header(&self, columns: &[Column]) -> Vec<String> {
        let named = &self.file.columns;
        let mut header = vec![named.person.clone()];
        header.extend(named.booklet.clone().filter(|_| !self.parameters.instrument.booklets.is_empty()));
        header.extend(named.rater.clone());
        for column in columns {
            let Some(parameters) = self.parameters.items.get(column.item) else { continue };
            let id = &parameters.item.id;
            let name = named.items.get(id).unwrap_or(id);
            header.push(match column.rater {
                Some(rater) => format!("{name}.r{}", rater + 1),
                None => name.clone(),
            });
        }
        header
    }

    fn rows(&self, person: &Person, booklet: Option<usize>, columns: &[Column]) -> Vec<Vec<String>> {
        let instrument = self.parameters.instrument;
        let name = format!("answers/{}/{}/{}", instrument.id, self.file.wave, person.id);
        let mut stream = Stream::new(self.seed, &name);
        let observers = self.observers(&mut stream);
        let answers = self.answers(person, booklet, &observers, &mut stream);
        let booklet =
            booklet.and_then(|place| instrument.booklets.get(place)).map(|booklet| booklet.id.clone());
        (0..observers.len().max(1))
            .map(|row| {
                let mut cells = vec![person.id.clone()];
                cells.extend(booklet.clone());
                if self.file.columns.rater.is_some() {
                    cells.push(self.observer_id(observers.get(row)));
                }
                cells.extend(columns.iter().map(|column| {
                    let written = answers.get(&column.item).map_or(&[][..], |answer| &answer.cells);
                    written
                        .get(column.rater.unwrap_or(row))
                        .or_else(|| written.first())
                        .cloned()
                        .unwrap_or_default()
                }));
                cells
            })
            .collect()
    }

    /// Places of the observers of one lesson; nobody where the instrument is no observation.
    fn observers(&self, stream: &mut Stream) -> Vec<usize> {
        if !self.is_lesson() {
            return Vec::new();
        }
        let pool = self.parameters.model.raters.as_ref().map_or(1, |raters| raters.people.len().max(1));
        let mut order: Vec<usize> = (0..pool).collect();
        stream.shuffle(&mut order);
        let double = stream.chance(self.parameters.model.lessons.map_or(0.0, |lessons| lessons.double));
        order.truncate(if double { 2 } else { 1 });
        order
    }

    fn observer_id(&self, place: Option<&usize>) -> String {
        let raters = self.parameters.model.raters.as_ref();
        place.and_then(|place| raters?.people.get(*place)).map(|rater| rater.id.clone()).unwrap_or_default()
    }

    /// Answers by place of the item, for the items this person was given.
    fn answers(
        &self,
        person: &Person,
        booklet: Option<usize>,
        observers: &[usize],
        stream: &mut Stream,
    ) -> BTreeMap<usize, Answer> {
        let given = self.given(booklet);
        let decimal = decimal_mark(&self.file.format);
        let deviation =
            Deviation::draw(self.model, &self.parameters.instrument.id, person, &self.file.wave, self.seed);
        let Some(mut deviation) = deviation else { return BTreeMap::new() };
        let standing = self.standing(person);
        let shift = attribute_shift(self.parameters.model, &person.values);
        let mut answers = BTreeMap::new();
        for place in &given {
            let Some(parameters) = self.parameters.items.get(*place) else { continue };
            if matches!(parameters.shape, Shape::Unscored) {
                continue;
            }
            let domain = parameters.item.domain.as_deref();
            let theta = standing.mean(self.parameters.model, domain) + shift + deviation.on(domain);
            let own: Vec<usize> = (0..parameters.item.raters() as usize).collect();
            let raters = if self.is_lesson() { observers } else { &own };
            let blanks = &self.parameters.model.blanks;
            answers.insert(*place, draw_answer(parameters, theta, blanks, raters, decimal, stream));
        }
        self.leave_blanks(&given, &mut answers, stream);
        self.fill_background(person, &given, &mut answers);
        answers
    }

    /// Places of the items given, in printed order of the booklet.
    fn given(&self, booklet: Option<usize>) -> Vec<usize> {
        let items = &self.parameters.items;
        match booklet.and_then(|place| self.parameters.instrument.booklets.get(place)) {
            None => (0..items.len()).collect(),
            Some(booklet) => booklet
                .items
                .iter()
                .filter_map(|id| items.iter().position(|parameters| &parameters.item.id == id))
                .collect(),
        }
    }

    fn standing(&self, person: &Person) -> Standing<'_> {
        let arm = self.model.schools.get(person.school).and_then(|school| school.arm.as_deref());
        let last = self.study.waves.len().saturating_sub(1).max(1);
        Standing { arm, programme: super::has_programme(self.study, arm), t: self.wave as f64 / last as f64 }
    }

    /// Blanks that change no expected score; the first item always stays, so that nobody hands in nothing.
    fn leave_blanks(&self, given: &[usize], answers: &mut BTreeMap<usize, Answer>, stream: &mut Stream) {
        let blanks = self.parameters.model.blanks;
        let mut trailing = Vec::new();
        for place in given.iter().skip(1) {
            let (Some(parameters), Some(answer)) =
                (self.parameters.items.get(*place), answers.get_mut(place))
            else {
                continue;
            };
            let (leaves_closed, leaves_written) =
                (stream.chance(blanks.closed), stream.chance(blanks.written));
            match &parameters.item.kind {
                ItemKind::Rating { .. } => {}
                ItemKind::Likert { .. } if leaves_closed => answer.blank(),
                ItemKind::Likert { .. } => {}
                _ if answer.points > 0.0 => trailing.clear(),
                kind => {
                    trailing.push(*place);
                    let written = matches!(
                        kind,
                        ItemKind::Essay { .. } | ItemKind::ShortNumber { .. } | ItemKind::ShortText { .. }
                    );
                    if (written && leaves_written) || (!written && leaves_closed) {
                        answer.blank();
                    }
                }
            }
        }
        if stream.chance(blanks.not_reached) {
            trailing.iter().filter_map(|place| answers.get_mut(place).map(Answer::blank)).for_each(drop);
        }
    }

    fn fill_background(&self, person: &Person, given: &[usize], answers: &mut BTreeMap<usize, Answer>) {
        let instrument = self.parameters.instrument;
        let wave = self.study.waves.get(self.wave);
        let occasion = Occasion {
            wave: &self.file.wave,
            place: self.wave,
            date: wave.and_then(|wave| wave.date.as_deref()).unwrap_or_default(),
        };
        let mut written: BTreeMap<&str, String> = BTreeMap::new();
        for place in given {
            let Some(item) = self.parameters.items.get(*place).map(|parameters| parameters.item) else {
                continue;
            };
            let Some(draw) = self.parameters.model.background.get(&item.id) else { continue };
            let shown = item.show_if.as_ref().is_none_or(|condition| {
                written.get(condition.item.as_str()).is_some_and(|answer| condition.any_of.contains(answer))
            });
            if !shown {
                continue;
            }
            let mut name = format!("background/{}/{}/{}", instrument.id, item.id, person.id);
            if changes_by_wave(draw) {
                name.push_str(&format!("/{}", self.file.wave));
            }
            let multiple = matches!(item.kind, ItemKind::Choice { multiple: true, .. });
            let mut stream = Stream::new(self.seed, &name);
            let value = draw_value(draw, &person.values, &occasion, multiple, &mut stream);
            written.insert(&item.id, value.clone());
            answers.insert(*place, Answer { points: 0.0, cells: vec![value] });
        }
    }
}
