//! Plan against done: the lock, every deviation and the log of amendments.

use super::build::{bullets, part, table};
use super::writer::{DASH, Writer};
use crate::analysis::findings::{
    AmendmentFindings, Deviation, DeviationKind as Kind, PlanItem, PlanLockFindings,
};
use crate::doc::{Block, Column, Row};
use crate::i18n::format;

/// Leading characters of a hash that tell versions apart on paper.
const SHORT_HASH: usize = 16;

/// The part of the design section.
pub fn compose(w: &Writer) -> Vec<Block> {
    let mut blocks = vec![part(2, w.say("lock.title"), "design-lock")];
    let Some(lock) = &w.findings.plan_lock else {
        blocks.push(Block::paragraph(w.say("lock.none")));
        return blocks;
    };
    blocks.push(Block::paragraph(format!("{} {}", locked(w, lock), present(w, &lock.answers_present))));
    blocks.extend(items(w, &lock.items));
    let open = lock.deviations.iter().filter(|deviation| deviation.amendment.is_none()).count();
    if lock.deviations.is_empty() {
        blocks.push(Block::paragraph(w.say("lock.kept")));
    } else {
        let counts = [("n", &*w.count(lock.deviations.len())), ("open", &*w.count(open))];
        blocks.push(Block::paragraph(w.fill("lock.deviations", &counts)));
        blocks.extend(deviations(w, &lock.deviations));
    }
    if !lock.amendments.is_empty() {
        blocks.push(Block::paragraph(w.say("lock.log")));
        blocks.push(bullets(lock.amendments.iter().map(|entry| amendment(w, entry)).collect()));
    }
    blocks
}

fn locked(w: &Writer, lock: &PlanLockFindings) -> String {
    let date = lock.date.as_ref().map_or_else(|| w.say("lock.no_date"), |date| format::date(w.lang, date));
    let by = lock.by.clone().unwrap_or_else(|| w.say("lock.no_name"));
    let short = |hash: &str| hash.get(..SHORT_HASH).unwrap_or(hash).to_owned();
    let (plan, seal) = (short(&lock.plan_sha256), short(&lock.seal));
    let version = lock.version.as_str();
    w.fill(
        "lock.locked",
        &[("date", &date), ("by", &by), ("version", version), ("plan", &plan), ("seal", &seal)],
    )
}

fn present(w: &Writer, files: &[String]) -> String {
    if files.is_empty() {
        return w.say("lock.blind");
    }
    w.fill("lock.present", &[("n", &w.count(files.len())), ("files", &files.join(", "))])
}

/// Every item of the plan beside what was done.
fn items(w: &Writer, items: &[PlanItem]) -> Option<Block> {
    let columns = vec![
        Column::wide(w.say("lock.column.what"), 2),
        Column::wide(w.say("lock.column.about"), 2),
        Column::wide(w.say("lock.column.planned"), 2),
        Column::wide(w.say("lock.column.done"), 2),
        Column::words(w.say("lock.column.same")),
    ];
    let rows = items.iter().map(|item| {
        let about = about(w, item.kind, &item.about);
        let what = if item.kind == Kind::MethodNotUsed { "primary_estimate" } else { kind_key(item.kind) };
        let what = if item.kind == Kind::Rule { "rules" } else { what };
        let cells = vec![
            w.say(&format!("lock.kind.{what}")),
            if about.is_empty() { DASH.to_owned() } else { about },
            value(w, item.kind, item.planned.as_deref()),
            value(w, item.kind, item.done.as_deref()),
            w.say(if item.same { "lock.same" } else { "lock.different" }),
        ];
        if item.same { Row::body(cells) } else { Row::strong(cells) }
    });
    table(w.say("lock.items"), columns, rows.collect(), vec![w.say("lock.items.note")])
}

fn deviations(w: &Writer, found: &[Deviation]) -> Option<Block> {
    let columns = vec![
        Column::wide(w.say("lock.column.what"), 2),
        Column::wide(w.say("lock.column.about"), 2),
        Column::wide(w.say("lock.column.planned"), 2),
        Column::wide(w.say("lock.column.done"), 2),
        Column::words(w.say("lock.column.declared")),
    ];
    let rows = found.iter().map(|deviation| {
        let about = about(w, deviation.kind, &deviation.about);
        let cells = vec![
            w.say(&format!("lock.kind.{}", kind_key(deviation.kind))),
            if about.is_empty() { DASH.to_owned() } else { about },
            value(w, deviation.kind, deviation.planned.as_deref()),
            value(w, deviation.kind, deviation.done.as_deref()),
            deviation.amendment.map_or_else(
                || w.say("lock.undeclared"),
                |number| w.fill("lock.declared", &[("n", &w.count(number))]),
            ),
        ];
        if deviation.amendment.is_none() { Row::strong(cells) } else { Row::body(cells) }
    });
    table(w.say("lock.caption"), columns, rows.collect(), vec![w.say("lock.note")])
}

fn amendment(w: &Writer, entry: &AmendmentFindings) -> String {
    let changes: Vec<String> = entry.changes.iter().map(|change| in_words(w, change)).collect();
    let changes = if changes.is_empty() { w.say("lock.amendment.nothing") } else { changes.join("; ") };
    let words = w.fill(
        "lock.amendment",
        &[
            ("n", &w.count(entry.number)),
            ("date", &format::date(w.lang, &entry.date)),
            ("by", &entry.by),
            ("reason", entry.reason.trim_end_matches('.')),
            ("changes", &changes),
        ],
    );
    format!("{words} {}", present(w, &entry.answers_present))
}

/// A change in a line: what, which, from, to.
fn in_words(w: &Writer, change: &Deviation) -> String {
    let kind = w.say(&format!("lock.kind.{}", kind_key(change.kind)));
    let about = Some(about(w, change.kind, &change.about)).filter(|about| !about.is_empty());
    let about = about.map(|about| format!(" ({about})")).unwrap_or_default();
    let [planned, done] = [&change.planned, &change.done].map(|side| value(w, change.kind, side.as_deref()));
    format!("{kind}{about}: {planned} → {done}")
}

fn about(w: &Writer, kind: Kind, about: &str) -> String {
    match kind {
        Kind::OutcomeAdded
        | Kind::OutcomeRemoved
        | Kind::OutcomeRole
        | Kind::OutcomeFamily
        | Kind::OutcomeSource
        | Kind::NotEstimated
        | Kind::SensitivityNotEstimated
        | Kind::MethodNotUsed => w.outcome_label(about),
        Kind::SubgroupSuppressed => match about.split_once('/') {
            Some((outcome, subgroup)) => format!("{}: {subgroup}", w.outcome_label(outcome)),
            None => about.to_owned(),
        },
        Kind::Instrument => w.instrument_label(about),
        Kind::Roster => w.say_or(&format!("people.{about}"), about),
        // The value itself says which one it is.
        Kind::SensitivityMethod => String::new(),
        _ => about.to_owned(),
    }
}

/// A value of plan or deed in words, where dampak has words for it.
fn value(w: &Writer, kind: Kind, raw: Option<&str>) -> String {
    let Some(raw) = raw else { return DASH.to_owned() };
    match kind {
        Kind::PrimaryMethod
        | Kind::SensitivityMethod
        | Kind::SensitivityNotEstimated
        | Kind::NotEstimated
        | Kind::MethodNotUsed => w.say_or(&format!("method.{raw}.name"), raw),
        Kind::OutcomeAdded | Kind::OutcomeRemoved | Kind::OutcomeRole => {
            w.say_or(&format!("role.{raw}"), raw)
        }
        Kind::OutcomeFamily => w.family(raw),
        Kind::Design => w.say_or(&format!("design.label.{raw}"), raw),
        Kind::Assignment => w.say_or(&format!("lock.value.{raw}"), raw),
        Kind::Rule => rule_value(w, raw),
        _ => raw.to_owned(),
    }
}

/// A number in the language's own writing with the digits it was declared with; anything else in words.
fn rule_value(w: &Writer, raw: &str) -> String {
    let decimals = raw.split_once('.').map_or(0, |(_, digits)| digits.len());
    match raw.parse::<f64>() {
        Ok(number) if raw.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') => {
            // A seed is a name, not an amount: it stays without marks between thousands.
            if decimals == 0 { raw.to_owned() } else { w.number(number, decimals) }
        }
        _ if raw == "null" => DASH.to_owned(),
        _ => w.say_or(&format!("lock.value.{raw}"), raw),
    }
}

/// A kind of deviation as part of a phrase key.
fn kind_key(kind: Kind) -> &'static str {
    match kind {
        Kind::Design => "design",
        Kind::Assignment => "assignment",
        Kind::Schools => "schools",
        Kind::Waves => "waves",
        Kind::Arms => "arms",
        Kind::PrimaryMethod => "primary_method",
        Kind::SensitivityMethod => "sensitivity_method",
        Kind::OutcomeAdded => "outcome_added",
        Kind::OutcomeRemoved => "outcome_removed",
        Kind::OutcomeRole => "outcome_role",
        Kind::OutcomeFamily => "outcome_family",
        Kind::OutcomeSource => "outcome_source",
        Kind::NotEstimated => "not_estimated",
        Kind::MethodNotUsed => "method_not_used",
        Kind::SensitivityNotEstimated => "sensitivity_not_estimated",
        Kind::SubgroupSuppressed => "subgroup_suppressed",
        Kind::CovariateDropped => "covariate_dropped",
        Kind::Covariate => "covariate",
        Kind::Subgroup => "subgroup",
        Kind::Rule => "rule",
        Kind::Instrument => "instrument",
        Kind::Roster => "roster",
        Kind::StudyFile => "study_file",
        Kind::Version => "version",
    }
}
