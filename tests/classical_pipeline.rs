//! Classical findings and their report held against the kernels on a matrix built here, from a test and a
//! questionnaire made up here.

mod pipeline;

use std::path::Path;

use dampak::analysis::Findings;
use dampak::analysis::findings::{Distractor, InstrumentFindings, ItemFindings, Verdict};
use dampak::doc::{Block, Document};
use dampak::i18n::Lang;
use dampak::io::Memory;
use dampak::num::rng::Stream;
use dampak::psych::ItemMatrix;
use dampak::psych::ctt::{self, SplitOptions};
use dampak::psych::dimension::{FactorMethod, item_correlations, polychoric};
use dampak::report::compose;
use serde_json::{Value, json};

const PERSONS: usize = 160;
const QUESTIONS: usize = 8;
const STATEMENTS: usize = 6;
const OPTIONS: [&str; 4] = ["A", "B", "C", "D"];

/// The right option of a question as the questions are meant: the first throughout.
const RIGHT: usize = 0;
/// The key of this question names another option.
const MISKEYED: usize = 6;
/// Nobody takes the last option of this one.
const UNUSED: usize = 7;
/// This statement is worded the other way round, and its scale does not say so.
const REVERSED: usize = 5;

/// The key as the instrument has it.
fn key(question: usize) -> usize {
    if question == MISKEYED { 1 } else { RIGHT }
}

/// Chosen options by person and question, and ratings 0 to 3 by person and statement.
struct Answers {
    options: Vec<Vec<usize>>,
    ratings: Vec<Vec<usize>>,
}

fn answers() -> Answers {
    let mut stream = Stream::new(11, "answers");
    let (mut options, mut ratings) = (Vec::new(), Vec::new());
    for _ in 0..PERSONS {
        let level = stream.normal();
        let choose = |question: usize, stream: &mut Stream| {
            let wrong = if question == UNUSED { 2 } else { 3 };
            let p = 1.0 / (1.0 + (-1.5 * (level - 0.3 * (question as f64 - 3.5))).exp());
            if stream.chance(p) { RIGHT } else { 1 + stream.below(wrong) }
        };
        options.push((0..QUESTIONS).map(|q| choose(q, &mut stream)).collect());
        let rate = |statement: usize, stream: &mut Stream| {
            let latent = level + 0.8 * stream.normal();
            let rating = [-0.8, 0.0, 0.9].iter().filter(|cut| latent > **cut).count();
            if statement == REVERSED { 3 - rating } else { rating }
        };
        ratings.push((0..STATEMENTS).map(|s| rate(s, &mut stream)).collect());
    }
    Answers { options, ratings }
}

fn text(word: &str) -> Value {
    json!({ "id": word, "en": word })
}

fn test_json() -> Value {
    let options: Vec<Value> =
        OPTIONS.iter().map(|code| json!({ "code": code, "label": text(code) })).collect();
    let item = |q: usize| {
        json!({ "id": format!("Q{}", q + 1), "type": "single_choice", "prompt": text(&format!("Q {q}")),
            "options": options, "key": OPTIONS[key(q)] })
    };
    let items: Vec<Value> = (0..QUESTIONS).map(item).collect();
    instrument("quiz", items, "percent")
}

fn questionnaire_json() -> Value {
    let options: Vec<Value> = (0..4)
        .map(|value| json!({ "code": value.to_string(), "value": value, "label": text(&value.to_string()) }))
        .collect();
    let item = |s: usize| json!({ "id": format!("S{}", s + 1), "type": "likert", "prompt": text(&format!("S {s}")), "options": options });
    instrument("views", (0..STATEMENTS).map(item).collect(), "mean")
}

fn instrument(id: &str, items: Vec<Value>, method: &str) -> Value {
    let ids: Vec<Value> = items.iter().map(|item| item["id"].clone()).collect();
    json!({ "format": "dampak.instrument/1", "id": id, "version": "1", "respondent": "student",
        "languages": ["id", "en"], "title": text(id),
        "sections": [{ "id": "s", "title": text("Section"), "items": items }],
        "scales": [{ "id": "total", "title": text("Total"), "items": ids, "method": method }] })
}

fn study_json(analysis: Value) -> Value {
    let response = |id: &str| json!({ "instrument": id, "wave": "pre", "file": format!("{id}.csv"), "columns": { "person": "id" } });
    let outcome = |id: &str| json!({ "id": id, "label": text(id), "role": "primary", "from": { "instrument": id, "scale": "total" } });
    json!({ "format": "dampak.study/1", "id": "t", "title": text("Study"), "simulated": true, "source": text("Invented"),
        "waves": [{ "id": "pre", "label": text("Before") }], "instruments": ["quiz.json", "views.json"],
        "roster": [{ "respondent": "student", "file": "roster.csv", "columns": { "person": "id", "school": "school" } }],
        "responses": [response("quiz"), response("views")], "outcomes": [outcome("quiz"), outcome("views")],
        "analysis": analysis })
}

fn csv(header: &str, count: usize, row: impl Fn(usize) -> String) -> String {
    let names: Vec<String> = (1..=count).map(|i| format!("{header}{i}")).collect();
    let rows: Vec<String> = (0..PERSONS).map(|p| format!("p{p},{}", row(p))).collect();
    format!("id,{}\n{}\n", names.join(","), rows.join("\n"))
}

fn findings(analysis: Value) -> Findings {
    let answers = answers();
    let roster: Vec<String> = (0..PERSONS).map(|p| format!("p{p},s{}", p % 8)).collect();
    let mut files = Memory::default();
    files.insert("study.json", study_json(analysis).to_string());
    files.insert("quiz.json", test_json().to_string());
    files.insert("views.json", questionnaire_json().to_string());
    files.insert("roster.csv", format!("id,school\n{}\n", roster.join("\n")));
    let join = |cells: Vec<String>| cells.join(",");
    files.insert(
        "quiz.csv",
        csv("Q", QUESTIONS, |p| join(answers.options[p].iter().map(|o| OPTIONS[*o].to_owned()).collect())),
    );
    files.insert(
        "views.csv",
        csv("S", STATEMENTS, |p| join(answers.ratings[p].iter().map(usize::to_string).collect())),
    );
    pipeline::findings(Path::new("study.json"), &files)
}

fn of<'a>(findings: &'a Findings, id: &str) -> &'a InstrumentFindings {
    findings.instruments.iter().find(|instrument| instrument.id == id).expect("the instrument is analysed")
}

fn quiz_matrix() -> ItemMatrix {
    let right = |row: &Vec<usize>| -> Vec<f64> {
        row.iter().enumerate().map(|(q, option)| f64::from(u8::from(*option == key(q)))).collect()
    };
    let points = answers().options.iter().flat_map(right).collect();
    ItemMatrix::complete(PERSONS, QUESTIONS, points, vec![1.0; QUESTIONS]).unwrap()
}

fn same(found: Option<f64>, expected: f64, what: &str) {
    let found = found.unwrap_or_else(|| panic!("{what} is there"));
    assert!((found - expected).abs() < 1e-12, "{what}: {found} for {expected}");
}

#[test]
fn scales_say_what_the_kernels_say() {
    let findings = findings(json!({}));
    let (scale, m) = (&of(&findings, "quiz").scales[0], quiz_matrix());
    let c = ctt::item_covariance(&m).unwrap();
    let found = &scale.reliability;
    assert_eq!((found.items, found.complete, found.max_points), (QUESTIONS, PERSONS, QUESTIONS as f64));
    same(scale.alpha.map(|alpha| alpha.value), ctt::alpha(&m, &c, 0.05).unwrap().value, "alpha");
    same(found.kr20, ctt::kuder_richardson(&m).unwrap().kr20, "KR-20");
    same(found.kr20, scale.alpha.unwrap().value, "KR-20 and alpha");
    let lambdas = ctt::guttman(&c, &SplitOptions::default(), &mut Stream::new(1, "splits")).unwrap();
    same(found.lambda2, lambdas.lambda2, "lambda 2");
    same(found.lambda5, lambdas.lambda5, "lambda 5");
    same(found.lambda6, lambdas.lambda6.unwrap(), "lambda 6");
    same(found.split_half, ctt::odd_even(&c).unwrap().spearman_brown.unwrap(), "split halves");
    let omega = ctt::omega(&c, FactorMethod::Minres).unwrap();
    same(found.omega, omega.value, "omega");
    same(found.omega_rmsr, omega.factor.rmsr, "residuals of the factor");
    same(found.alpha_standardised, ctt::alpha_forms(&c, PERSONS).unwrap().standardised, "standardised alpha");
    let correlations = item_correlations(&c).unwrap();
    same(found.item_correlations.map(|range| range.mean), correlations.mean, "mean correlation");
    let dimensions = found.dimensions.as_ref().unwrap();
    assert_eq!((dimensions.n, dimensions.retained), (PERSONS, 1));
    let sum: f64 = dimensions.eigenvalues.iter().sum();
    same(Some(sum), QUESTIONS as f64, "sum of eigenvalues");
    for (found, expected) in found.score_errors.iter().zip(ctt::binomial_sem(&m).unwrap()) {
        assert_eq!((found.low, found.n), (expected.score as f64, expected.n));
        same(Some(found.sem), expected.keats.unwrap(), "error by score");
    }
    assert_eq!((found.score_errors.len(), found.ordinal_alpha, found.absent.len()), (QUESTIONS + 1, None, 0));
}

#[test]
fn ratings_in_four_categories_get_the_polychoric_variant() {
    let findings = findings(json!({}));
    let found = &of(&findings, "views").scales[0].reliability;
    let points = answers().ratings.iter().flatten().map(|r| *r as f64).collect();
    let m = ItemMatrix::complete(PERSONS, STATEMENTS, points, vec![3.0; STATEMENTS]).unwrap();
    same(found.ordinal_alpha, polychoric(&m, 0.5).unwrap().ordinal_alpha().unwrap(), "ordinal alpha");
    assert_eq!((found.kr20, found.score_errors.len()), (None, 0));
}

#[test]
fn items_say_what_the_kernels_say() {
    let findings = findings(json!({}));
    let (items, m) = (&of(&findings, "quiz").items, quiz_matrix());
    let statistics = ctt::item_statistics(&m, &ctt::item_covariance(&m).unwrap()).unwrap();
    let groups = ctt::upper_lower(&m, 0.27).unwrap();
    let answers = answers();
    for (q, item) in items.iter().enumerate() {
        same(item.item_rest, statistics[q].item_rest.unwrap(), "item-rest");
        same(item.item_total, statistics[q].item_total.unwrap(), "item-total");
        same(item.discrimination, groups[q].d, "D");
        let codes: Vec<Option<usize>> = answers.options.iter().map(|row| Some(row[q])).collect();
        let bands = ctt::option_curves(&codes, &m.rest_scores(q), 4, 5).unwrap();
        let curves = item.option_curves.as_ref().unwrap();
        assert_eq!(curves.groups.iter().map(|group| group.n).sum::<usize>(), PERSONS);
        for (place, (group, band)) in curves.groups.iter().zip(&bands).enumerate() {
            same(Some(group.mean * QUESTIONS as f64), band.mean, "mean of a group");
            assert_eq!((group.n, curves.none[place]), (band.n, 0.0));
            for (option, curve) in curves.options.iter().enumerate() {
                same(Some(curve.shares[place]), band.shares[option], "share of an option");
                assert_eq!(curve.is_key, option == key(q));
            }
        }
    }
}

fn item<'a>(findings: &'a Findings, instrument: &str, id: &str) -> &'a ItemFindings {
    of(findings, instrument).items.iter().find(|item| item.id == id).expect("the item is analysed")
}

#[test]
fn verdicts_have_reasons_and_advice() {
    let usual = findings(json!({}));
    let miskeyed = item(&usual, "quiz", "Q7");
    let found = miskeyed.verdict.as_ref().unwrap();
    assert_eq!(found.verdict, Verdict::Revise);
    let kinds: Vec<&str> = found.reasons.iter().map(|reason| reason.kind.as_str()).collect();
    assert!(kinds.contains(&"possible_miskey") && kinds.contains(&"negative_item_rest"), "{kinds:?}");
    assert!(Lang::ALL.iter().all(|lang| found.advice.has(*lang)));
    assert_eq!(miskeyed.options[0].distractor, Some(Distractor::AboveKey));
    assert_eq!(miskeyed.options[1].distractor, None);
    let unused = item(&usual, "quiz", "Q8");
    assert_eq!(unused.verdict.as_ref().unwrap().verdict, Verdict::Review);
    assert_eq!(unused.options[3].distractor, Some(Distractor::Unused));
    let kept = item(&usual, "quiz", "Q2").verdict.as_ref().unwrap();
    assert_eq!((kept.verdict, kept.reasons.len()), (Verdict::Keep, 0));
    // A statement that goes against its scale asks for its direction, not for the bin.
    let reversed = item(&usual, "views", "S6").verdict.as_ref().unwrap();
    assert_eq!(reversed.verdict, Verdict::Revise);
    assert!(reversed.advice.get(Lang::En).contains("reversed"), "{:?}", reversed.advice);
}

#[test]
fn limits_are_those_of_the_study() {
    let tolerant =
        findings(json!({ "item_thresholds": { "unused_distractor": 0.0, "fewest_persons": 100 } }));
    let found = item(&tolerant, "quiz", "Q8").verdict.as_ref().unwrap();
    assert!(found.reasons.iter().all(|reason| reason.kind != "unused_distractor"), "{:?}", found.reasons);
    let careful = findings(json!({ "item_thresholds": { "fewest_persons": 1000 } }));
    assert_eq!(item(&careful, "quiz", "Q8").verdict, None);
    assert_eq!(careful.rules.item_thresholds.fewest_persons, 1000);
}

/// Columns and rows of every table, and the kind of every other block.
fn shape(document: &Document) -> Vec<String> {
    let one = |block: &Block| match block {
        Block::Table(table) => {
            format!("table {} {} {}", table.columns.len(), table.rows.len(), table.notes.len())
        }
        Block::Heading { level, anchor, .. } => format!("heading {level} {anchor}"),
        other => format!("{:?}", std::mem::discriminant(other)),
    };
    document.blocks.iter().map(one).collect()
}

#[test]
fn the_report_shows_them_in_both_languages() {
    let findings = findings(json!({}));
    let [id, en] = [Lang::Id, Lang::En].map(|lang| compose(&findings, lang));
    assert_eq!(shape(&id), shape(&en));
    let captions = |document: &Document| -> Vec<String> {
        let caption = |block: &Block| match block {
            Block::Table(table) => Some(table.caption.clone()),
            _ => None,
        };
        document.blocks.iter().filter_map(caption).collect()
    };
    for wanted in
        ["Putusan per butir: quiz", "Galat baku pengukuran menurut skor: quiz", "Putusan per butir: views"]
    {
        assert!(captions(&id).iter().any(|caption| caption == wanted), "{wanted}: {:?}", captions(&id));
    }
    let tables = en.blocks.iter().filter_map(|block| match block {
        Block::Table(table) if table.caption == "Verdict per item: quiz" => Some(table),
        _ => None,
    });
    let rows: Vec<&Vec<String>> = tables.flat_map(|table| &table.rows).map(|row| &row.cells).collect();
    let miskeyed = rows.iter().find(|cells| cells[0] == "Q7").expect("the miskeyed item has a row");
    assert_eq!(miskeyed[1], "Revise");
    assert!(miskeyed[2].contains("key possibly wrong") && !miskeyed[3].is_empty(), "{miskeyed:?}");
}
