//! Raters: the shipped study recomputed from its files, and every refusal in a study made for it.

mod pipeline;

use std::collections::BTreeMap;
use std::path::Path;

use dampak::analysis::Findings;
use dampak::analysis::findings::{
    AgreementBand, AgreementVerdict, CoefficientOutcome, IccKind, KappaKind, RaterDesign, RaterFindings,
    RaterLayout,
};
use dampak::doc::Block;
use dampak::i18n::Lang;
use dampak::io::{Disk, Memory};
use dampak::report::claim::{overclaims, passages};
use dampak::report::compose;
use serde_json::{Value, json};

/// Ratings of one item: by person, what each rater gave.
type Given = BTreeMap<String, BTreeMap<String, f64>>;

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
}

/// Cells of a file by column name; the columns looked at hold no quoted separators.
fn rows(file: &str) -> Vec<BTreeMap<String, String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/pop-smp").join(file);
    let text = std::fs::read_to_string(path).expect("the study is shipped");
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let row = |line: &str| {
        names.iter().zip(line.split(',')).map(|(name, cell)| ((*name).to_owned(), cell.to_owned())).collect()
    };
    lines.map(row).collect()
}

fn given(rows: &[BTreeMap<String, String>], item: &str) -> Given {
    let mut given = Given::new();
    for row in rows {
        if let Ok(points) = row[item].parse() {
            given.entry(row["teacher"].clone()).or_default().insert(row["observer"].clone(), points);
        }
    }
    given
}

/// The two ratings of everybody rated twice.
fn twice(given: &Given) -> Vec<[f64; 2]> {
    let own = given.values().filter(|own| own.len() == 2);
    own.map(|own| own.values().copied().collect::<Vec<_>>().try_into().expect("two ratings")).collect()
}

/// Mean of a weight over all ordered pairs of categories drawn from the pooled shares.
fn expected_by_chance(pairs: &[[f64; 2]], weight: impl Fn(f64, f64) -> f64) -> f64 {
    let pooled: Vec<f64> = pairs.iter().flatten().copied().collect();
    let n = pooled.len() as f64;
    pooled.iter().flat_map(|a| pooled.iter().map(|b| weight(*a, *b)).collect::<Vec<_>>()).sum::<f64>()
        / (n * n)
}

/// Krippendorff's alpha for four ordered levels, straight from its definition.
fn krippendorff(pairs: &[[f64; 2]]) -> f64 {
    let pooled: Vec<f64> = pairs.iter().flatten().copied().collect();
    let level = |k: i32| pooled.iter().filter(|value| **value == f64::from(k)).count() as f64;
    let distance = |a: f64, b: f64| {
        let (low, high) = (a.min(b) as i32, a.max(b) as i32);
        ((low..=high).map(level).sum::<f64>() - (level(low) + level(high)) / 2.0).powi(2)
    };
    let n = pooled.len() as f64;
    let found = pairs.iter().map(|[a, b]| distance(*a, *b)).sum::<f64>() / pairs.len() as f64;
    let all = pooled.iter().flat_map(|a| pooled.iter().map(|b| distance(*a, *b)).collect::<Vec<_>>());
    1.0 - found / (all.sum::<f64>() / (n * (n - 1.0)))
}

fn set<'a>(findings: &'a Findings, instrument: &str, wave: &str) -> &'a RaterFindings {
    let mut sets = findings.raters.iter();
    sets.find(|set| set.instrument == instrument && set.wave == wave).expect("raters of it")
}

fn shipped() -> Findings {
    pipeline::findings(Path::new("datasets/pop-smp/study.json"), &Disk)
}

#[test]
fn the_shipped_observations_recomputed() {
    let findings = shipped();
    for wave in ["pre", "post"] {
        let rows = rows(&format!("observation-smp-{wave}.csv"));
        let found = set(&findings, "observation-smp", wave);
        let by_person = given(&rows, "O05");
        let double = by_person.values().filter(|own| own.len() > 1).count();
        assert_eq!((found.rated, found.double), (by_person.len(), double));
        assert_eq!((found.layout, found.design), (RaterLayout::Rows, Some(RaterDesign::DifferentRaters)));
        assert!(found.passes && found.needed == 10);
        let pairs: std::collections::BTreeSet<Vec<&String>> =
            by_person.values().filter(|own| own.len() > 1).map(|own| own.keys().collect()).collect();
        assert_eq!(found.pairs.len(), pairs.len());
        for item in &found.items {
            let pairs = twice(&given(&rows, &item.item));
            let n = pairs.len() as f64;
            let share = |steps: f64| pairs.iter().filter(|[a, b]| (a - b).abs() <= steps).count() as f64 / n;
            assert_eq!((item.n, item.pairs, item.categories), (pairs.len(), pairs.len(), 4));
            close(item.exact.value, share(0.0));
            close(item.adjacent.value, share(1.0));
            let weight = |a: f64, b: f64| 1.0 - ((a - b) / 3.0).powi(2);
            let observed = pairs.iter().map(|[a, b]| weight(*a, *b)).sum::<f64>() / n;
            let chance = expected_by_chance(&pairs, weight);
            assert_eq!(item.kappa_kind, KappaKind::Fleiss);
            close(item.kappa.value.expect("variation"), (observed - chance) / (1.0 - chance));
            // Gwet: T / (q (q - 1)) sum pi (1 - pi), with T = 16 - 20 (2 / 9) = 104 / 9 for four levels.
            let pooled: Vec<f64> = pairs.iter().flatten().copied().collect();
            let spread: f64 = (0..4)
                .map(|k| pooled.iter().filter(|v| **v == f64::from(k)).count() as f64 / pooled.len() as f64)
                .map(|pi| pi * (1.0 - pi))
                .sum();
            let total: f64 =
                (0..4).flat_map(|a| (0..4).map(move |b| weight(f64::from(a), f64::from(b)))).sum();
            let chance = total / 12.0 * spread;
            close(item.ac2.value.expect("variation"), (observed - chance) / (1.0 - chance));
            close(item.alpha.value.expect("variation"), krippendorff(&pairs));
        }
    }
}

/// Score of a row: mean of the indicators marked (all are).
fn score(row: &BTreeMap<String, String>) -> f64 {
    let marks: Vec<f64> = (5..23).filter_map(|item| row[&format!("O{item:02}")].parse().ok()).collect();
    marks.iter().sum::<f64>() / marks.len() as f64
}

#[test]
fn the_shipped_scores_of_observers_recomputed() {
    let findings = shipped();
    let rows = rows("observation-smp-pre.csv");
    let mut given = Given::new();
    for row in &rows {
        given.entry(row["teacher"].clone()).or_default().insert(row["observer"].clone(), score(row));
    }
    let pairs = twice(&given);
    let n = pairs.len() as f64;
    let grand = pairs.iter().flatten().sum::<f64>() / (2.0 * n);
    let between = 2.0 * pairs.iter().map(|[a, b]| ((a + b) / 2.0 - grand).powi(2)).sum::<f64>() / (n - 1.0);
    let within = pairs.iter().map(|[a, b]| (a - b).powi(2) / 2.0).sum::<f64>() / n;
    let found = set(&findings, "observation-smp", "pre");
    let total = found.scores.iter().find(|score| score.main).expect("a main score");
    assert_eq!((total.id.as_str(), total.n, total.verdict), ("total", 15, Some(AgreementVerdict::Close)));
    close(total.distance, pairs.iter().map(|[a, b]| (a - b).abs()).sum::<f64>() / n);
    let [single, mean] = total.icc.as_slice() else { panic!("two one-way forms: {:?}", total.icc) };
    assert_eq!((single.form, single.leading, mean.form), (IccKind::OneWaySingle, true, IccKind::OneWayMean));
    close(single.coefficient.value.expect("an estimate"), (between - within) / (between + within));
    close(mean.coefficient.value.expect("an estimate"), (between - within) / between);
    assert_eq!(single.bands, Some([AgreementBand::Good, AgreementBand::Excellent]));
    for rater in &found.raters {
        let own: Vec<f64> = rows.iter().filter(|row| row["observer"] == rater.rater).map(score).collect();
        assert_eq!(rater.n, own.len());
        close(rater.mean.expect("several persons"), own.iter().sum::<f64>() / own.len() as f64);
        let against: Vec<f64> = given
            .values()
            .filter(|own| own.len() == 2)
            .filter_map(|own| {
                let other = own.iter().find(|(name, _)| **name != rater.rater)?.1;
                Some(own.get(&rater.rater)? - other)
            })
            .collect();
        assert_eq!(rater.double, against.len());
        let mean = against.iter().sum::<f64>() / against.len() as f64;
        close(rater.against_others.expect("double ratings").value, mean);
    }
}

#[test]
fn essays_with_a_column_per_rater_are_compared_where_both_marked() {
    let findings = shipped();
    let both: Vec<[f64; 2]> = rows("literacy-smp-pre.csv")
        .iter()
        .filter_map(|row| Some([row["L15.r1"].parse().ok()?, row["L15.r2"].parse().ok()?]))
        .collect();
    let found = set(&findings, "literacy-smp", "pre");
    assert_eq!((found.layout, found.double), (RaterLayout::Columns, both.len()));
    let [item] = found.items.as_slice() else { panic!("one essay") };
    close(item.exact.value, both.iter().filter(|[a, b]| a == b).count() as f64 / both.len() as f64);
    let [essay] = found.scores.as_slice() else { panic!("one score") };
    assert!(essay.icc.iter().all(|icc| matches!(icc.form, IccKind::OneWaySingle | IccKind::OneWayMean)));
}

/// What a block is, without its words.
fn shape(block: &Block) -> String {
    match block {
        Block::Heading { level, anchor, .. } => format!("heading {level} {anchor}"),
        Block::Table(table) => {
            let kinds: Vec<_> = table.rows.iter().map(|row| row.kind).collect();
            format!("table {} {kinds:?} {}", table.columns.len(), table.notes.len())
        }
        Block::List { items, .. } => format!("list {}", items.len()),
        Block::Paragraph(_) => "paragraph".to_owned(),
        _ => "other".to_owned(),
    }
}

#[test]
fn both_languages_tell_the_same() {
    let findings = shipped();
    let [id, en] =
        Lang::ALL.map(|lang| compose(&findings, lang).blocks.iter().map(shape).collect::<Vec<_>>());
    assert_eq!(id, en);
    for anchor in ["raters", "raters-literacy-smp", "raters-observation-smp", "quality"] {
        assert!(id.iter().any(|block| block.ends_with(&format!(" {anchor}"))), "{anchor}");
    }
}

fn text(words: &str) -> Value {
    json!({ "id": words, "en": words })
}

/// A study of teachers observed once, with rows `teacher,observer,marks...` of three indicators.
fn observed(rows: &[(String, String, [u32; 3])]) -> Findings {
    let level = |points: u32| json!({ "points": points, "description": text(&format!("level {points}")) });
    let item = |id: &str| {
        let rubric: Vec<Value> = (0..4).map(level).collect();
        json!({ "id": id, "type": "rating", "prompt": text(id), "rubric": rubric, "raters": 2 })
    };
    let instrument = json!({
        "format": "dampak.instrument/1", "id": "watch", "version": "1", "respondent": "observer",
        "languages": ["id", "en"], "title": text("Sheet"),
        "sections": [{ "id": "s", "title": text("Part"), "items": [item("O1"), item("O2"), item("O3")] }],
        "scales": [{ "id": "total", "title": text("Total"), "items": ["O1", "O2", "O3"], "method": "mean" }]
    });
    let study = json!({
        "format": "dampak.study/1", "id": "watched", "title": text("Watched"), "source": text("Made up"),
        "waves": [{ "id": "once", "label": text("Visit") }], "instruments": ["watch.json"],
        "roster": [{ "respondent": "teacher", "file": "roster.csv", "columns": { "person": "id" } }],
        "responses": [{ "instrument": "watch", "wave": "once", "file": "marks.csv",
            "columns": { "person": "teacher", "rater": "observer" } }],
        "outcomes": [{ "id": "practice", "label": text("Practice"), "role": "primary",
            "from": { "instrument": "watch", "scale": "total" } }]
    });
    let mut persons: Vec<&str> = rows.iter().map(|(person, _, _)| person.as_str()).collect();
    persons.sort_unstable();
    persons.dedup();
    let mut files = Memory::default();
    files.insert("study.json", study.to_string());
    files.insert("watch.json", instrument.to_string());
    files.insert("roster.csv", format!("id\n{}\n", persons.join("\n")));
    let line =
        |(person, rater, [a, b, c]): &(String, String, [u32; 3])| format!("{person},{rater},{a},{b},{c}\n");
    let marks: String = rows.iter().map(line).collect();
    files.insert("marks.csv", format!("teacher,observer,O1,O2,O3\n{marks}"));
    let findings = pipeline::findings(Path::new("study.json"), &files);
    let again = pipeline::findings(Path::new("study.json"), &files);
    let bytes = |findings: &Findings| serde_json::to_string(findings).expect("findings are plain data");
    assert_eq!(bytes(&findings), bytes(&again));
    for lang in Lang::ALL {
        let document = compose(&findings, lang);
        assert!(overclaims(&document, findings.plan.claim, "dampak").is_empty());
        assert!(!passages(&document).iter().any(|words| words.contains("report.") || words.contains('{')));
    }
    findings
}

/// Marks of a person that differ from person to person.
fn marks(person: usize, shift: usize) -> [u32; 3] {
    [1, 2, 3]
        .map(|step| ((person * step + person / 3 + shift * usize::from(person.is_multiple_of(4))) % 4) as u32)
}

/// `n` persons rated by `A`, the first `double` of them by `other` as well.
fn watched(n: usize, double: usize, other: &str) -> Vec<(String, String, [u32; 3])> {
    let first = (0..n).map(|person| (format!("T{person:02}"), "A".to_owned(), marks(person, 0)));
    let second = (0..double).map(|person| (format!("T{person:02}"), other.to_owned(), marks(person, 1)));
    first.chain(second).collect()
}

fn codes(findings: &Findings) -> Vec<&str> {
    let notices = findings.notices.iter().filter(|notice| notice.code.starts_with("A-RATER"));
    notices.map(|notice| notice.code.as_str()).collect()
}

#[test]
fn what_cannot_be_said_is_refused_by_name() {
    let alone = observed(&watched(20, 0, "B"));
    assert_eq!(codes(&alone), ["A-RATER-001"]);
    let mut apart = watched(20, 0, "B");
    for (place, row) in apart.iter_mut().enumerate() {
        row.1 = if place % 2 == 0 { "A" } else { "B" }.to_owned();
    }
    let apart = observed(&apart);
    // Twenty ratings are too few for severities as well, connected or not.
    assert_eq!(codes(&apart), ["A-RATER-002", "A-RATER-007"]);
    let few = observed(&watched(40, 3, "B"));
    assert_eq!(codes(&few), ["A-RATER-003"]);
    let notice = few.notices.iter().find(|notice| notice.code == "A-RATER-003").expect("it is there");
    assert!(
        notice.text.get(Lang::En).contains("only 3 of 40")
            && notice.text.get(Lang::En).contains("At least 10")
    );
    let found = &few.raters[0];
    assert!(!found.passes && found.items.is_empty() && found.scores.is_empty() && found.raters.len() == 2);
    let mut single = watched(20, 12, "B");
    single.push(("T19".to_owned(), "C".to_owned(), [1, 1, 1]));
    single.push(("T18".to_owned(), String::new(), [1, 1, 1]));
    let single = observed(&single);
    assert_eq!(codes(&single), ["A-RATER-004", "A-RATER-005"]);
    let row = single.raters[0].raters.iter().find(|rater| rater.rater == "C").expect("a row of its own");
    assert_eq!((row.n, row.mean), (1, None));
    assert_eq!(single.raters[0].unnamed, 1);
}

#[test]
fn the_same_two_raters_throughout_give_all_six_forms() {
    let findings = observed(&watched(30, 24, "B"));
    let found = &findings.raters[0];
    assert_eq!((found.design, found.double), (Some(RaterDesign::SameRaters), 24));
    assert!(found.items.iter().all(|item| item.kappa_kind == KappaKind::Cohen));
    let score = &found.scores[0];
    assert_eq!(score.icc.len(), 6);
    let leading = score.icc.iter().find(|icc| icc.leading).expect("a leading form");
    assert_eq!(leading.form, IccKind::AgreementSingle);
    // One rater who always sees what the other sees: perfect, and no interval of width zero.
    let copy: Vec<_> = watched(30, 24, "B")
        .into_iter()
        .map(|(person, rater, _)| {
            let place: usize = person[1..].parse().expect("a number");
            (person, rater, marks(place, 0))
        })
        .collect();
    let findings = observed(&copy);
    let score = &findings.raters[0].scores[0];
    assert_eq!((score.distance, score.verdict), (0.0, Some(AgreementVerdict::NearlySame)));
    let outcome = |c: dampak::analysis::findings::Coefficient| (c.outcome, c.value, c.ci);
    assert!(
        score
            .icc
            .iter()
            .all(|icc| outcome(icc.coefficient) == (CoefficientOutcome::Perfect, Some(1.0), None))
    );
}
