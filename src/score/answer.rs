//! What one cell is worth: the single place where a key meets an answer.

use std::collections::BTreeMap;

use crate::instrument::{Choice, Item, ItemKind, ScoringRule, Statement};
use crate::response::MissingCodes;
use crate::response::number::parse_number;
use crate::response::slot::Part;
use crate::study::MissingReason;

/// State of an answer, in the order of the numbers in a scored frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum State {
    /// A usable answer.
    Answered = 0,
    /// Left blank before the last answer.
    Omitted = 1,
    /// Blank after the last answer.
    NotReached = 2,
    /// Not given to the person.
    NotAdministered = 3,
    /// Unusable: two marks where one was asked.
    Invalid = 4,
}

impl State {
    /// Every state, in number order.
    pub const ALL: [State; 5] =
        [State::Answered, State::Omitted, State::NotReached, State::NotAdministered, State::Invalid];

    /// The state of a missing answer.
    pub fn of(reason: MissingReason) -> State {
        match reason {
            MissingReason::Omitted => State::Omitted,
            MissingReason::NotReached => State::NotReached,
            MissingReason::NotAdministered => State::NotAdministered,
            MissingReason::Invalid => State::Invalid,
        }
    }
}

/// What one cell is worth.
#[derive(Clone, Debug, PartialEq)]
pub enum Worth {
    /// Points; for an item that is not scored, 0.
    Points(f64),
    /// No answer, with the reason.
    Missing(State),
    /// Not an answer the item has: what would have been.
    Bad(String),
}

/// How cells of a file are written.
#[derive(Clone, Copy, Debug)]
pub struct CellFormat<'a> {
    /// Numbers carry a decimal comma.
    pub decimal_comma: bool,
    /// What special codes mean.
    pub missing: &'a MissingCodes,
    /// Cells hold points instead of answers.
    pub scored: bool,
}

/// What the cell `raw` of an item is worth. `part` says whether it holds the whole answer, one statement
/// (worth 1 where it is right) or the mark of one rater.
pub fn score_cell(item: &Item, part: Part, raw: &str, format: CellFormat<'_>) -> Worth {
    let raw = raw.trim();
    if let Some(reason) = format.missing.reason(raw) {
        return Worth::Missing(State::of(reason));
    }
    if format.scored {
        return score_given_points(item, part, raw, format.decimal_comma);
    }
    match (&item.kind, part) {
        (ItemKind::SingleChoice { options, key }, _) => score_single(options, key, item.points, raw),
        (ItemKind::MultipleChoice { options, key, rule }, _) => {
            score_multiple(options, key, *rule, item.points, raw)
        }
        (ItemKind::StatementGrid { options, statements, .. }, Part::Statement(place)) => {
            score_statement(options, &statements[place], raw)
        }
        (ItemKind::StatementGrid { options, statements, rule }, _) => {
            score_grid(options, statements, *rule, item.points, raw)
        }
        (ItemKind::Matching { left, right, key, .. }, Part::Statement(place)) => {
            score_pair(right, key.get(&left[place].code), raw)
        }
        (ItemKind::Matching { left, right, key, rule }, _) => {
            score_matching(left, right, key, *rule, item.points, raw)
        }
        (ItemKind::ShortNumber { number, tolerance, .. }, _) => {
            score_number(*number, *tolerance, item.points, raw, format.decimal_comma)
        }
        (ItemKind::ShortText { spellings }, _) => {
            let right = spellings.iter().any(|spelling| normal(spelling) == normal(raw));
            Worth::Points(if right { item.points } else { 0.0 })
        }
        (ItemKind::Essay { rubric, .. } | ItemKind::Rating { rubric, .. }, _) => {
            score_rubric(rubric.len(), raw)
        }
        (ItemKind::Likert { options }, _) => score_likert(options, raw),
        (ItemKind::Number { .. }, _) => match parse_number(raw, format.decimal_comma) {
            Some(_) => Worth::Points(0.0),
            None => Worth::Bad("a number".to_owned()),
        },
        (ItemKind::Choice { options, multiple }, _) => score_background(options, *multiple, raw),
        (ItemKind::Text { .. } | ItemKind::Date, _) => Worth::Points(0.0),
    }
}

fn codes(options: &[Choice]) -> String {
    options.iter().map(|option| option.code.as_str()).collect::<Vec<_>>().join(", ")
}

/// The code an answer means: as written, or in capitals where the options are in capitals, or without the
/// ".0" that some programs put behind whole numbers.
fn find_code<'a>(options: &'a [Choice], raw: &str) -> Option<&'a str> {
    let equal = |raw: &str| {
        let exact = options.iter().find(|option| option.code == raw);
        exact.or_else(|| options.iter().find(|option| option.code.eq_ignore_ascii_case(raw)))
    };
    equal(raw).or_else(|| equal(raw.strip_suffix(".0")?)).map(|option| option.code.as_str())
}

/// Parts of a cell that holds several answers: `A;C`, `A,C`, `A C`, `A|C`.
fn marks(raw: &str) -> Vec<&str> {
    raw.split([';', ',', '|', ' ']).map(str::trim).filter(|mark| !mark.is_empty()).collect()
}

/// Whether a cell holds two or more of the codes where one was asked: `AB`, `A;B`, `4 dan 5`. The same code
/// twice (`44`) is a slip of the keyboard and no answer.
fn is_several(options: &[Choice], raw: &str) -> bool {
    let joined =
        |mark: &&str| matches!(mark.to_lowercase().as_str(), "dan" | "atau" | "and" | "or" | "&" | "/");
    let apart: Vec<&str> =
        raw.split([';', ',', '|', '/', ' ']).filter(|mark| !mark.is_empty() && !joined(mark)).collect();
    let together: Vec<String> = raw.chars().map(String::from).collect();
    let distinct = |marks: &[Option<&str>]| {
        marks.len() > 1
            && marks.iter().all(Option::is_some)
            && marks.iter().enumerate().all(|(place, mark)| !marks[..place].contains(mark))
    };
    let found = |marks: Vec<&str>| marks.into_iter().map(|mark| find_code(options, mark)).collect::<Vec<_>>();
    distinct(&found(apart)) || distinct(&found(together.iter().map(String::as_str).collect()))
}

fn score_single(options: &[Choice], key: &str, points: f64, raw: &str) -> Worth {
    match find_code(options, raw) {
        Some(code) => Worth::Points(if code == key { points } else { 0.0 }),
        None if is_several(options, raw) => Worth::Missing(State::Invalid),
        None => Worth::Bad(format!("one of {}", codes(options))),
    }
}

fn score_multiple(options: &[Choice], key: &[String], rule: ScoringRule, points: f64, raw: &str) -> Worth {
    let mut marked: Vec<&str> = Vec::new();
    for mark in marks(raw) {
        match find_code(options, mark) {
            Some(code) if marked.contains(&code) => {}
            Some(code) => marked.push(code),
            None => return Worth::Bad(format!("codes among {}, parted by semicolons", codes(options))),
        }
    }
    let hits = marked.iter().filter(|code| key.iter().any(|right| right == *code)).count() as f64;
    let false_marks = marked.len() as f64 - hits;
    let keys = key.len() as f64;
    let share = match rule {
        ScoringRule::PerOption => {
            let misses = keys - hits;
            (options.len() as f64 - misses - false_marks) / options.len() as f64
        }
        ScoringRule::RightMinusWrong => ((hits - false_marks) / keys).max(0.0),
        _ => f64::from(hits == keys && false_marks == 0.0),
    };
    Worth::Points(points * share)
}

fn score_statement(options: &[Choice], statement: &Statement, raw: &str) -> Worth {
    match find_code(options, raw) {
        Some(code) => Worth::Points(f64::from(code == statement.key)),
        None if is_several(options, raw) => Worth::Missing(State::Invalid),
        None => Worth::Bad(format!("one of {}", codes(options))),
    }
}

/// Shares of a grid by its rule: all or nothing, or the share of statements right.
fn grid_points(right: usize, all: usize, rule: ScoringRule, points: f64) -> f64 {
    match rule {
        ScoringRule::PerStatement => points * right as f64 / all as f64,
        _ if right == all => points,
        _ => 0.0,
    }
}

/// The cells of an answer given by place, `B;S;B` or `BSB`; blank places stay blank.
fn by_place(raw: &str, expected: usize) -> Option<Vec<&str>> {
    let apart: Vec<&str> = raw.split(';').map(str::trim).collect();
    if apart.len() == expected {
        return Some(apart);
    }
    let together: Vec<&str> = raw.char_indices().map(|(at, c)| &raw[at..at + c.len_utf8()]).collect();
    (apart.len() == 1 && together.len() == expected).then_some(together)
}

fn score_grid(
    options: &[Choice],
    statements: &[Statement],
    rule: ScoringRule,
    points: f64,
    raw: &str,
) -> Worth {
    let wanted =
        || format!("{} answers parted by semicolons, each one of {}", statements.len(), codes(options));
    let Some(cells) = by_place(raw, statements.len()) else { return Worth::Bad(wanted()) };
    let mut right = 0;
    for (cell, statement) in cells.iter().zip(statements).filter(|(cell, _)| !cell.is_empty()) {
        match find_code(options, cell) {
            Some(code) => right += usize::from(code == statement.key),
            None => return Worth::Bad(wanted()),
        }
    }
    if cells.iter().all(|cell| cell.is_empty()) {
        return Worth::Missing(State::Omitted);
    }
    Worth::Points(grid_points(right, statements.len(), rule, points))
}

fn score_pair(right: &[Choice], key: Option<&String>, raw: &str) -> Worth {
    match find_code(right, raw) {
        Some(code) => Worth::Points(f64::from(key.is_some_and(|key| key == code))),
        None => Worth::Bad(format!("one of {}", codes(right))),
    }
}

/// Pairs by place (`B;A;C`) or by name (`1-B;2-A;3-C`).
fn score_matching(
    left: &[Choice],
    right: &[Choice],
    key: &BTreeMap<String, String>,
    rule: ScoringRule,
    points: f64,
    raw: &str,
) -> Worth {
    let bad =
        || Worth::Bad(format!("{} answers parted by semicolons, each one of {}", left.len(), codes(right)));
    let Some(cells) = pairs_of(left, raw) else { return bad() };
    let mut hits = 0;
    let mut seen: Vec<&str> = Vec::new();
    for (entry, answer) in cells.iter().filter(|(_, answer)| !is_dash(answer)) {
        let (Some(entry), Some(answer)) = (find_code(left, entry), find_code(right, answer)) else {
            return bad();
        };
        // An entry that is paired twice has no one answer.
        if seen.contains(&entry) {
            return bad();
        }
        seen.push(entry);
        hits += usize::from(key.get(entry).is_some_and(|key| key == answer));
    }
    if seen.is_empty() {
        return Worth::Missing(State::Omitted);
    }
    Worth::Points(grid_points(hits, left.len(), rule, points))
}

/// Whether a place was left blank: nothing, or the dash of a careful typist.
fn is_dash(cell: &str) -> bool {
    matches!(cell, "" | "-" | "–")
}

/// Entries and answers of a matching cell, by place or by name.
fn pairs_of<'a>(left: &'a [Choice], raw: &'a str) -> Option<Vec<(&'a str, &'a str)>> {
    let by_place =
        || Some(left.iter().map(|entry| entry.code.as_str()).zip(by_place(raw, left.len())?).collect());
    let named = raw.split(';').map(str::trim).filter(|pair| !is_dash(pair));
    let named: Option<Vec<(&str, &str)>> = named
        .map(|pair| pair.split_once(['-', ':']).map(|(entry, answer)| (entry.trim(), answer.trim())))
        .collect();
    match named {
        Some(pairs) if !pairs.is_empty() => Some(pairs),
        _ => by_place(),
    }
}

/// A short answer that should be a number. Words are a wrong answer, not a fault of the data.
fn score_number(number: f64, tolerance: f64, points: f64, raw: &str, decimal_comma: bool) -> Worth {
    // A pupil writes the unit along now and then: "12 cm", "209,5 m2", "Rp4.500".
    let amount = raw.strip_prefix("Rp.").or_else(|| raw.strip_prefix("Rp")).unwrap_or(raw);
    let bare = amount.split(|c: char| c.is_alphabetic() || c == '°').next().unwrap_or_default();
    let bare = bare.trim_end_matches(|c: char| !c.is_ascii_digit()).trim();
    let given = parse_number(bare, decimal_comma).or_else(|| parse_number(bare, !decimal_comma));
    // A relative hair above the tolerance lets 209.6 be 0.1 away from 209.5 in binary.
    let allowed = tolerance + 1e-9 * number.abs().max(1.0);
    let right = given.is_some_and(|given| (given - number).abs() <= allowed);
    Worth::Points(if right { points } else { 0.0 })
}

/// Lower case, blanks folded: what two spellings are compared by.
fn normal(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn score_rubric(levels: usize, raw: &str) -> Worth {
    let highest = levels.saturating_sub(1) as f64;
    match parse_number(raw, false).or_else(|| parse_number(raw, true)) {
        // Two raters may be averaged in the file, so halves are welcome.
        Some(points) if (0.0..=highest).contains(&points) => Worth::Points(points),
        _ => Worth::Bad(format!("a rubric level from 0 to {highest}")),
    }
}

fn score_likert(options: &[Choice], raw: &str) -> Worth {
    let has_label =
        |option: &Choice, text: &str| option.label.0.values().any(|label| normal(label) == normal(text));
    let by_label = |text: &str| options.iter().find(|option| has_label(option, text));
    let by_code =
        |code: &str| options.iter().find(|option| Some(option.code.as_str()) == find_code(options, code));
    if let Some(value) = by_code(raw).or_else(|| by_label(raw)).and_then(|option| option.value) {
        return Worth::Points(value);
    }
    if is_several(options, raw) {
        return Worth::Missing(State::Invalid);
    }
    // "5 (Sangat Setuju)", "5. Sangat setuju" from a form builder. The words may differ a little from ours, but
    // must not be those of another code; without a mark between them they must be the label.
    let end = raw.find([' ', '(', '.', '-', ':']).unwrap_or(raw.len());
    let (code, rest) = raw.split_at(end);
    let label = rest.trim_matches(|c: char| c.is_whitespace() || "().-:".contains(c));
    let is_marked =
        rest.trim_start().starts_with(['(', '.', '-', ':']) && label.chars().any(char::is_alphabetic);
    let labelled =
        by_code(code).filter(|option| has_label(option, label) || (is_marked && by_label(label).is_none()));
    match labelled.and_then(|option| option.value) {
        Some(value) => Worth::Points(value),
        None => Worth::Bad(format!("one of {}", codes(options))),
    }
}

/// Whether an answer to a closed question means one of the codes, however it was written.
pub fn means_any_of(item: &Item, raw: &str, wanted: &[String]) -> bool {
    let options = match &item.kind {
        ItemKind::Choice { options, .. }
        | ItemKind::SingleChoice { options, .. }
        | ItemKind::MultipleChoice { options, .. }
        | ItemKind::Likert { options } => options,
        _ => return wanted.iter().any(|code| code == raw),
    };
    let code_of = |mark: &str| {
        let labelled =
            || options.iter().find(|o| o.label.0.values().any(|label| normal(label) == normal(mark)));
        find_code(options, mark).or_else(|| labelled().map(|option| option.code.as_str()))
    };
    let is_wanted = |mark: &str| code_of(mark).is_some_and(|code| wanted.iter().any(|wanted| wanted == code));
    is_wanted(raw) || marks(raw).into_iter().any(is_wanted)
}

fn score_background(options: &[Choice], multiple: bool, raw: &str) -> Worth {
    let known = |mark: &str| {
        find_code(options, mark).is_some()
            || options.iter().any(|option| option.label.0.values().any(|label| normal(label) == normal(mark)))
    };
    let fits = known(raw) || (multiple && marks(raw).iter().all(|mark| known(mark)));
    if fits { Worth::Points(0.0) } else { Worth::Bad(format!("one of {}", codes(options))) }
}

/// Points as another program gave them, between the lowest and the highest the item has.
fn score_given_points(item: &Item, part: Part, raw: &str, decimal_comma: bool) -> Worth {
    let (low, high) = match part {
        Part::Statement(_) => (0.0, 1.0),
        _ => item.point_range(),
    };
    match parse_number(raw, decimal_comma) {
        Some(points) if points >= low && points <= high => Worth::Points(points),
        _ if !item.is_scored() => Worth::Points(0.0),
        _ => Worth::Bad(format!("points from {low} to {high}")),
    }
}

/// Which of an item's answers a cell holds: the place of the option or of the rubric level; none where the
/// item has no list of answers or the cell holds none of them.
pub fn category(item: &Item, raw: &str) -> Option<usize> {
    let raw = raw.trim();
    match &item.kind {
        ItemKind::SingleChoice { options, .. } => {
            let code = find_code(options, raw)?;
            options.iter().position(|option| option.code == code)
        }
        ItemKind::Likert { options } => {
            let Worth::Points(value) = score_likert(options, raw) else { return None };
            options.iter().position(|option| option.value == Some(value))
        }
        ItemKind::Essay { rubric, .. } | ItemKind::Rating { rubric, .. } => {
            let points = parse_number(raw, false).or_else(|| parse_number(raw, true))?;
            rubric.iter().position(|level| f64::from(level.points) == points)
        }
        ItemKind::Choice { options, multiple: false } => {
            options.iter().position(|option| option.code.eq_ignore_ascii_case(raw))
        }
        _ => None,
    }
}

/// Whether a cell of a multiple-choice item marks the option.
pub fn marks_option(raw: &str, code: &str) -> bool {
    marks(raw).iter().any(|mark| mark.eq_ignore_ascii_case(code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Text;

    fn options(codes: &str) -> Vec<Choice> {
        codes
            .chars()
            .enumerate()
            .map(|(place, code)| Choice {
                code: code.to_string(),
                label: Text::new(format!("jawaban {code}"), format!("answer {code}")),
                value: Some(place as f64 + 1.0),
            })
            .collect()
    }

    fn multiple(rule: ScoringRule, raw: &str) -> Worth {
        score_multiple(&options("ABCDE"), &["A".into(), "C".into()], rule, 2.0, raw)
    }

    #[test]
    fn several_right_options_follow_their_rule() {
        assert_eq!(multiple(ScoringRule::Exact, "C;A"), Worth::Points(2.0));
        assert_eq!(multiple(ScoringRule::Exact, "A"), Worth::Points(0.0));
        assert_eq!(multiple(ScoringRule::RightMinusWrong, "A;C;B"), Worth::Points(1.0));
        assert_eq!(multiple(ScoringRule::RightMinusWrong, "B;D"), Worth::Points(0.0));
        assert_eq!(multiple(ScoringRule::PerOption, "A"), Worth::Points(2.0 * 4.0 / 5.0));
        assert!(matches!(multiple(ScoringRule::Exact, "A;Z"), Worth::Bad(_)));
    }

    #[test]
    fn two_marks_are_invalid_and_a_stranger_is_bad() {
        let single = |raw| score_single(&options("ABCD"), "B", 1.0, raw);
        assert_eq!(single("b"), Worth::Points(1.0));
        assert_eq!(single("AB"), Worth::Missing(State::Invalid));
        assert_eq!(single("A;B"), Worth::Missing(State::Invalid));
        assert!(matches!(single("E"), Worth::Bad(_)));
    }

    #[test]
    fn numbers_are_read_as_written_here() {
        assert_eq!(score_number(209.5, 0.1, 1.0, "209,6 m", true), Worth::Points(1.0));
        assert_eq!(score_number(209.5, 0.1, 1.0, "209,5 m2", true), Worth::Points(1.0));
        assert_eq!(score_number(4500.0, 0.0, 1.0, "Rp 4.500", true), Worth::Points(1.0));
        assert_eq!(score_number(4500.0, 0.0, 1.0, "Rp4.500,-", true), Worth::Points(1.0));
        assert_eq!(score_number(12.0, 0.0, 1.0, "tidak tahu", true), Worth::Points(0.0));
    }

    #[test]
    fn a_grid_is_read_by_place() {
        let statements: Vec<Statement> = ["B", "S", "B"]
            .iter()
            .map(|key| Statement { id: "a".into(), text: Text::default(), key: (*key).into() })
            .collect();
        let grid = |raw, rule| score_grid(&options("BS"), &statements, rule, 3.0, raw);
        assert_eq!(grid("B;S;B", ScoringRule::Exact), Worth::Points(3.0));
        assert_eq!(grid("BSS", ScoringRule::PerStatement), Worth::Points(2.0));
        assert_eq!(grid("B;;B", ScoringRule::PerStatement), Worth::Points(2.0));
        assert_eq!(grid(";;", ScoringRule::Exact), Worth::Missing(State::Omitted));
        assert!(matches!(grid("B;S", ScoringRule::Exact), Worth::Bad(_)));
    }

    #[test]
    fn likert_answers_may_carry_their_label() {
        let likert = |raw| score_likert(&options("12345"), raw);
        assert_eq!(likert("4"), Worth::Points(4.0));
        assert_eq!(likert("4 (Setuju)"), Worth::Points(4.0));
        assert_eq!(likert("JAWABAN 5"), Worth::Points(5.0));
        assert_eq!(likert("4.0"), Worth::Points(4.0));
        assert_eq!(likert("5. jawaban  5"), Worth::Points(5.0));
        assert!(matches!(likert("9"), Worth::Bad(_)));
    }

    #[test]
    fn a_likert_answer_is_never_half_read() {
        let likert = |raw| score_likert(&options("12345"), raw);
        for two in ["4 5", "4;5", "4 dan 5", "45", "4/5"] {
            assert_eq!(likert(two), Worth::Missing(State::Invalid), "{two}");
        }
        for odd in ["44", "4 (jawaban 5)", "4 jam", "10", "5 (", "-4"] {
            assert!(matches!(likert(odd), Worth::Bad(_)), "{odd}");
        }
    }

    #[test]
    fn pairs_are_read_by_place_and_by_name_and_never_dropped() {
        let key = BTreeMap::from([("1".to_owned(), "Y".to_owned()), ("2".to_owned(), "X".to_owned())]);
        let pair =
            |raw| score_matching(&options("12"), &options("XYZ"), &key, ScoringRule::PerStatement, 2.0, raw);
        for whole in ["Y;X", "YX", "1-Y;2-X", "2:X; 1:Y"] {
            assert_eq!(pair(whole), Worth::Points(2.0), "{whole}");
        }
        for half in ["Y;-", "Y;", "1-Y", "1-Y;2-", "Y;Y"] {
            assert_eq!(pair(half), Worth::Points(1.0), "{half}");
        }
        for blank in [";", "-;-"] {
            assert_eq!(pair(blank), Worth::Missing(State::Omitted), "{blank}");
        }
        for odd in ["1-Y;1-Y", "1-Y;foo", "3-Y", "Y;X;Z"] {
            assert!(matches!(pair(odd), Worth::Bad(_)), "{odd}");
        }
    }
}
