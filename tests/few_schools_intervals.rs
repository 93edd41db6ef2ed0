//! With few schools no interval by t stands anywhere in an outcome's findings: every number of a whole study is
//! walked through. Sizes, shares and probabilities stay as points.
//!
//! Two kinds of interval are allowed: those of an arm with enough schools of its own, and those of single schools,
//! which tell how well a school is known over its students and nothing about other schools.

mod pipeline;

use std::path::Path;

use dampak::analysis::Findings;
use dampak::i18n::Lang;
use dampak::io::Memory;
use dampak::num::rng::Stream;
use dampak::report::claim::passages;
use dampak::report::compose;
use serde_json::{Value, json};

/// Parts of an outcome whose rows are single schools.
const OF_SINGLE_SCHOOLS: &str = "schools";

/// A study of a test with levels.
#[derive(Clone, Copy)]
struct Made {
    schools: usize,
    /// Schools with the programme; none for one group.
    program: Option<usize>,
    weighted: bool,
    /// Schools, the last ones, in which nobody is tested afterwards.
    lost: usize,
}

const ONE_GROUP: Made = Made { schools: 5, program: None, weighted: false, lost: 0 };
const SIZE: usize = 12;
const ITEMS: usize = 10;

fn text(words: &str) -> Value {
    json!({ "id": words, "en": words })
}

impl Made {
    fn instrument() -> Value {
        let ids: Vec<String> = (1..=ITEMS).map(|item| format!("Q{item:02}")).collect();
        let option = |code: &str| json!({ "code": code, "label": text(code) });
        let item = |id: &String| {
            json!({ "id": id, "type": "single_choice", "prompt": text(id), "key": "A",
                "options": [option("A"), option("B")] })
        };
        let level = |id: &str, from: i32, reached: bool| json!({ "id": id, "label": text(id), "from": from, "reached": reached });
        json!({
            "format": "dampak.instrument/1", "id": "test", "version": "1", "respondent": "student",
            "languages": ["id", "en"], "title": text("Test"),
            "sections": [{ "id": "s", "title": text("Part"), "items": ids.iter().map(item).collect::<Vec<_>>() }],
            "scales": [{ "id": "total", "title": text("Total"), "items": ids, "method": "sum",
                "levels": [level("low", 0, false), level("middle", 4, true), level("high", 7, true)] }]
        })
    }

    fn study(self) -> Value {
        let response = |wave: &str| {
            json!({ "instrument": "test", "wave": wave, "file": format!("{wave}.csv"),
                "columns": { "person": "id" } })
        };
        let mut columns = json!({ "person": "id", "school": "school" });
        let mut study = json!({
            "format": "dampak.study/1", "id": "few", "title": text("Few"), "source": text("Made up"),
            "waves": [{ "id": "before", "label": text("Before") }, { "id": "after", "label": text("After") }],
            "instruments": ["test.json"],
            "responses": [response("before"), response("after")],
            "outcomes": [{ "id": "score", "label": text("Score"), "role": "primary",
                "from": { "instrument": "test", "scale": "total" } }],
            "analysis": { "permutations": 99 }
        });
        if self.program.is_some() {
            columns["arm"] = json!("arm");
            let arm = |id: &str, role: &str| json!({ "id": id, "label": text(id), "role": role });
            study["assignment"] = json!("school");
            study["arms"] = json!([arm("taught", "programme"), arm("other", "comparison")]);
        }
        if self.weighted {
            columns["weight"] = json!("weight");
        }
        study["roster"] = json!([{ "respondent": "student", "file": "roster.csv", "columns": columns }]);
        study
    }

    fn arm(self, school: usize) -> &'static str {
        if school < self.program.unwrap_or(0) { "taught" } else { "other" }
    }

    fn findings(self) -> Findings {
        let ids: Vec<String> = (1..=ITEMS).map(|item| format!("Q{item:02}")).collect();
        let mut roster = "id,school,arm,weight\n".to_owned();
        let mut sheets = [0, 1].map(|_| format!("id,{}\n", ids.join(",")));
        let mut stream = Stream::new(7, "few schools");
        for school in 0..self.schools {
            let own = stream.normal();
            for student in 0..SIZE {
                let id = format!("P{school:02}{student:02}");
                roster += &format!("{id},S{school:02},{},{}\n", self.arm(school), 1 + student % 3);
                let ability = stream.normal();
                for (wave, sheet) in sheets.iter_mut().enumerate() {
                    if wave == 1 && school >= self.schools - self.lost {
                        continue;
                    }
                    let level = 4.5 + own + 1.5 * ability + 1.2 * wave as f64 + stream.normal();
                    let right = level.round().clamp(0.0, ITEMS as f64) as usize;
                    let answer =
                        |item: usize| if (item + student + 3 * wave) % ITEMS < right { "A" } else { "B" };
                    let answers: Vec<&str> = (0..ITEMS).map(answer).collect();
                    *sheet += &format!("{id},{}\n", answers.join(","));
                }
            }
        }
        let mut files = Memory::default();
        files.insert("study.json", self.study().to_string());
        files.insert("test.json", Self::instrument().to_string());
        files.insert("roster.csv", roster);
        for (wave, sheet) in ["before", "after"].iter().zip(sheets) {
            files.insert(format!("{wave}.csv"), sheet);
        }
        pipeline::findings(Path::new("study.json"), &files)
    }

    /// Arms that have six schools after losses.
    fn with_enough(self) -> Vec<&'static str> {
        let remaining: Vec<&str> = (0..self.schools - self.lost).map(|school| self.arm(school)).collect();
        let enough = |arm: &&str| remaining.iter().filter(|own| own == &arm).count() >= 6;
        if self.program.is_none() {
            Vec::new()
        } else {
            ["taught", "other"].into_iter().filter(enough).collect()
        }
    }
}

/// Where an interval stands, or a p with its t. Chi-squared tests of movement between levels are not judged here.
fn leaks(value: &Value, place: &str, enough: &[&str], out: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            if fields.get("arm").and_then(Value::as_str).is_some_and(|arm| enough.contains(&arm)) {
                return;
            }
            let stands = |name: &str| fields.get(name).is_some_and(|value| !value.is_null());
            if stands("p") && stands("t") {
                out.push(format!("{place}: p by t"));
            }
            for (name, value) in fields {
                let inside = format!("{place}/{name}");
                if (name == "ci" || name.ends_with("_ci")) && !value.is_null() {
                    out.push(inside);
                } else {
                    leaks(value, &inside, enough, out);
                }
            }
        }
        Value::Array(entries) => entries
            .iter()
            .enumerate()
            .for_each(|(at, entry)| leaks(entry, &format!("{place}/{at}"), enough, out)),
        _ => {}
    }
}

#[track_caller]
fn infers_nothing(made: Made) -> Findings {
    let findings = made.findings();
    let enough = made.with_enough();
    let mut found = Vec::new();
    for outcome in &findings.outcomes {
        let Value::Object(parts) = serde_json::to_value(outcome).unwrap() else { panic!("an outcome") };
        for (part, value) in &parts {
            if part != OF_SINGLE_SCHOOLS {
                leaks(value, part, &enough, &mut found);
            }
        }
    }
    // The appendix of classical tests says of itself that it ignores schools; normalised gain there does not.
    for own in &findings.classical {
        leaks(&serde_json::to_value(&own.gain).unwrap(), "gain", &enough, &mut found);
    }
    assert!(found.is_empty(), "{found:#?}");
    for lang in Lang::ALL {
        for passage in passages(&compose(&findings, lang)) {
            let broken =
                ["[–", "; –]", "[]", "( ", "{", "report."].into_iter().find(|sign| passage.contains(sign));
            assert!(broken.is_none(), "{passage}");
        }
    }
    findings
}

#[test]
fn one_group_of_five_schools_has_points_only() {
    let findings = infers_nothing(ONE_GROUP);
    let outcome = &findings.outcomes[0];
    let kinds: Vec<&str> = outcome.effect_sizes.iter().map(|size| size.kind.as_str()).collect();
    assert_eq!(kinds, ["d_av", "becker_g"]);
    assert!(outcome.icc.len() == 2 && outcome.levels.is_some() && outcome.translation.is_some());
    let words = passages(&compose(&findings, Lang::En)).join(" ");
    assert!(words.contains("too few schools for an interval"));
}

#[test]
fn weights_bring_no_interval_back() {
    infers_nothing(Made { weighted: true, ..ONE_GROUP });
}

#[test]
fn schools_lost_on_the_way_do_not_count() {
    infers_nothing(Made { schools: 7, lost: 2, ..ONE_GROUP });
}

#[test]
fn two_arms_of_five_schools() {
    infers_nothing(Made { program: Some(2), ..ONE_GROUP });
}

#[test]
fn one_school_against_seven_is_not_tested() {
    let findings = infers_nothing(Made { schools: 8, program: Some(1), ..ONE_GROUP });
    // The arm of seven schools has its own change with an interval.
    let changes = &findings.outcomes[0].arm_changes;
    assert!(changes.iter().any(|change| change.arm == "other" && change.estimate.ci.is_some()));
}

/// Six schools are enough for one group, and the same walk finds intervals then.
#[test]
fn six_schools_have_intervals() {
    let findings = Made { schools: 6, ..ONE_GROUP }.findings();
    let outcome = &findings.outcomes[0];
    assert!(outcome.effect_sizes[0].ci.is_some() && outcome.icc[0].ci.is_some());
    let mut found = Vec::new();
    leaks(&serde_json::to_value(outcome).unwrap(), "outcome", &[], &mut found);
    assert!(found.iter().any(|place| place.contains("translation")), "{found:?}");
}
