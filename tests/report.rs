//! The report says no more than its findings carry, in both languages, whatever is missing.

use dampak::analysis::findings::{Claim, EquivalenceFindings, EquivalenceVerdict, Findings, Method};
use dampak::chart::Chart;
use dampak::doc::{Block, Document, DocumentKind};
use dampak::i18n::Lang;
use dampak::report::claim::{overclaims, passages};
use dampak::report::{compose, figures};

const ONE_GROUP: &str = include_str!("fixtures/findings-one-group.json");
const COMPARISON: &str = include_str!("fixtures/findings-comparison.json");
const UNCLUSTERED: &str = include_str!("fixtures/findings-unclustered.json");
const SINGLE_WAVE: &str = include_str!("fixtures/findings-single-wave.json");
const ALL: [&str; 4] = [ONE_GROUP, COMPARISON, UNCLUSTERED, SINGLE_WAVE];

fn findings(json: &str) -> Findings {
    serde_json::from_str(json).expect("the fixture follows the contract")
}

fn every() -> impl Iterator<Item = (Findings, Document)> {
    ALL.into_iter().flat_map(|json| {
        Lang::ALL.map(|lang| {
            let findings = findings(json);
            let document = compose(&findings, lang);
            (findings, document)
        })
    })
}

fn whole(document: &Document) -> String {
    passages(document).join("\n")
}

/// The passages of the summary: from its heading to the next section.
fn summary(document: &Document) -> String {
    let opens = |block: &Block| matches!(block, Block::Heading { level: 1, .. });
    let end = 1 + document.blocks[1..].iter().position(opens).expect("a section follows the summary");
    let mut page = document.clone();
    page.blocks.truncate(end);
    whole(&page)
}

/// The kinds of blocks, with the shape of tables, for comparison between languages.
fn shape(blocks: &[Block]) -> Vec<String> {
    let one = |block: &Block| match block {
        Block::Heading { level, anchor, .. } => vec![format!("heading {level} {anchor}")],
        Block::Paragraph(line) => vec![format!("paragraph {}", line.len())],
        Block::List { items, .. } => vec![format!("list {}", items.len())],
        Block::Table(table) => {
            let kinds: Vec<String> = table.rows.iter().map(|row| format!("{:?}", row.kind)).collect();
            vec![format!("table {} {} {}", table.columns.len(), kinds.join(""), table.notes.len())]
        }
        Block::Figure(figure) => vec![format!("figure {}", figure.id)],
        Block::Beside(figures) => figures.iter().map(|figure| format!("beside {}", figure.id)).collect(),
        Block::KeyFigures(figures) => vec![format!("key figures {}", figures.len())],
        Block::Note { blocks, tone, .. } => [vec![format!("note {tone:?}")], shape(blocks)].concat(),
        Block::Together(blocks) => shape(blocks),
        other => vec![format!("{other:?}")],
    };
    blocks.iter().flat_map(one).collect()
}

#[test]
fn no_report_claims_more_than_its_design() {
    for (findings, document) in every() {
        let found = overclaims(&document, findings.plan.claim, "dampak 0.1.0");
        assert!(found.is_empty(), "{:?} {}: {found:?}", findings.plan.design, document.lang);
    }
}

#[test]
fn the_linter_sees_what_it_is_made_for() {
    let mut document = compose(&findings(ONE_GROUP), Lang::En);
    document.blocks.push(Block::paragraph("The Effect of the training was strong."));
    document.blocks.push(Block::paragraph("Program ini berdampak."));
    assert_eq!(overclaims(&document, Claim::Change, "dampak 0.1.0").len(), 2);
    assert!(overclaims(&document, Claim::Effect, "dampak 0.1.0").is_empty());
}

#[test]
fn a_change_within_one_group_is_never_worded_as_an_effect() {
    // A plan that may claim an effect does not lend the claim to an estimate that is a mere change.
    let mut changed = findings(ONE_GROUP);
    changed.plan.claim = Claim::Effect;
    let text = summary(&compose(&changed, Lang::En));
    assert!(text.contains("not necessarily because of the programme"), "{text}");
    assert!(!text.contains("The programme raised"), "{text}");
}

#[test]
fn an_open_direction_is_no_effect_even_where_lots_were_drawn() {
    let mut drawn = findings(COMPARISON);
    drawn.plan.claim = Claim::Effect;
    assert!(summary(&compose(&drawn, Lang::Id)).contains("Program menaikkan"));
    drawn.outcomes[0].estimates[0].ci = Some([-0.4, 9.8]);
    let text = summary(&compose(&drawn, Lang::Id));
    assert!(!text.contains("Program menaikkan") && text.contains("belum dapat disimpulkan"), "{text}");
}

#[test]
fn every_word_is_known_and_every_number_is_one() {
    for (_, document) in every() {
        for passage in passages(&document) {
            assert!(!passage.contains("NaN") && !passage.contains("report."), "{passage}");
            assert!(!passage.split(|c: char| !c.is_alphabetic()).any(|word| word == "inf"), "{passage}");
            assert!(!passage.contains('{') && !passage.contains('}'), "unfilled: {passage}");
            assert!(!passage.contains(".."), "two stops: {passage}");
            assert!(!passage.contains("  "), "two spaces: {passage}");
        }
    }
}

#[test]
fn both_languages_have_the_same_structure() {
    for json in ALL {
        let [id, en] = Lang::ALL.map(|lang| shape(&compose(&findings(json), lang).blocks));
        assert_eq!(id, en);
    }
}

#[test]
fn tables_are_rectangular_and_anchors_unique() {
    for (_, document) in every() {
        let mut anchors = Vec::new();
        for block in &document.blocks {
            match block {
                Block::Table(table) => {
                    assert!(
                        table.rows.iter().all(|row| row.cells.len() == table.columns.len()),
                        "{}",
                        table.caption
                    )
                }
                Block::Heading { anchor, .. } => anchors.push(anchor.clone()),
                _ => {}
            }
        }
        let all = anchors.len();
        anchors.sort();
        anchors.dedup();
        assert_eq!(anchors.len(), all);
        assert_eq!(document.kind, DocumentKind::Report);
    }
}

#[test]
fn figures_are_those_of_the_document_with_stable_ids() {
    let ids: Vec<String> =
        figures(&findings(ONE_GROUP), Lang::Id).into_iter().map(|figure| figure.id).collect();
    for wanted in [
        "primary-changes",
        "numeracy-distribution",
        "numeracy-schools",
        "numeracy-slopes",
        "numeracy-levels",
        "numeracy-smp-difficulty",
        "teacher-practice-likert",
        "effect-sizes",
    ] {
        assert_eq!(ids.iter().filter(|id| *id == wanted).count(), 1, "{wanted} in {ids:?}");
    }
}

#[test]
fn small_groups_are_counted_and_not_described() {
    let shown = figures(&findings(ONE_GROUP), Lang::En);
    assert!(shown.iter().all(|figure| figure.id != "principal-lead-likert"));
    let schools = shown.iter().find(|figure| figure.id == "numeracy-schools").unwrap();
    let Chart::Forest(forest) = &schools.chart else { panic!("schools are drawn as a forest") };
    assert!(forest.rows.iter().all(|row| row.n.is_none_or(|n| n >= 10)));
    assert!(schools.caption.contains("Not shown: 1 school with fewer than 10"), "{}", schools.caption);
}

#[test]
fn the_summary_has_natural_units_first_and_no_p() {
    let id = summary(&compose(&findings(ONE_GROUP), Lang::Id));
    assert!(id.contains("meningkat 5,2 poin dari 100, dari 48,1 menjadi 53,3"), "{id}");
    assert!(id.contains("antara 3,1 dan 7,3") && id.contains("6 dari 10"), "{id}");
    assert!(
        id.contains("358") && id.contains("13 sekolah") && id.contains("belum tentu karena program"),
        "{id}"
    );
    assert!(id.contains("belum dapat disimpulkan"), "{id}");
    let en = summary(&compose(&findings(ONE_GROUP), Lang::En));
    assert!(en.contains("rose by 5.2 points out of 100, from 48.1 to 53.3"), "{en}");
    for text in [id, en] {
        assert!(!text.contains("p = ") && !text.contains("p < "), "{text}");
    }
}

/// A test of equivalence with a verdict; the other numbers only have to be there.
fn equivalence(verdict: EquivalenceVerdict) -> EquivalenceFindings {
    EquivalenceFindings {
        method: Method::ClusterMeanT,
        margin_sd: 0.2,
        margin: 3.4,
        sd: 17.0,
        p_lower: 0.01,
        p_upper: 0.021,
        p: 0.021,
        df: 12.0,
        n: 358,
        clusters: Some(13),
        level: 0.9,
        ci: [-0.9, 1.1],
        verdict,
    }
}

#[test]
fn practically_nothing_is_said_only_inside_the_smallest_effect_of_interest() {
    let mut study = findings(ONE_GROUP);
    study.rules.smallest_effect_of_interest = Some(0.2);
    study.outcomes[0].estimates[0].ci = Some([-1.1, 1.3]);
    study.outcomes[0].equivalence = Some(equivalence(EquivalenceVerdict::Equivalent));
    let inside = summary(&compose(&study, Lang::Id));
    assert!(inside.contains("Secara praktis tidak ada perubahan") && inside.contains("±0,20"), "{inside}");
    assert!(inside.contains("interval kepercayaan 90%"), "{inside}");
    study.outcomes[0].equivalence = Some(equivalence(EquivalenceVerdict::Inconclusive));
    let across = summary(&compose(&study, Lang::Id));
    assert!(!across.contains("Secara praktis") && across.contains("belum dapat disimpulkan"), "{across}");
    assert!(across.contains("perubahan terkecil yang dapat dideteksi"), "{across}");
    // Beside the open result stands the test, with its degrees of freedom, persons and schools.
    let line =
        "two one-sided tests, t test on school mean changes: p = 0.021, df = 12, 90% confidence interval";
    let text = whole(&compose(&study, Lang::En));
    assert!(text.contains(line) && text.contains("358 students, 13 schools. Whether"), "{line}");
    // Without a declared limit nothing is ever small enough, however narrow the interval.
    study.rules.smallest_effect_of_interest = None;
    study.outcomes[0].equivalence = None;
    study.outcomes[0].estimates[0].ci = Some([-0.01, 0.01]);
    let undeclared = whole(&compose(&study, Lang::En));
    assert!(!undeclared.contains("practically no change") && !undeclared.contains("Equivalence test"));
}

#[test]
fn indicators_with_rubrics_of_their_own_share_a_chart() {
    let mut study = findings(ONE_GROUP);
    for instrument in study.instruments.iter_mut().filter(|instrument| instrument.id == "teacher-practice") {
        for (place, item) in instrument.items.iter_mut().enumerate() {
            item.rubric = true;
            item.options.iter_mut().for_each(|option| {
                option.label =
                    dampak::i18n::Text::new(format!("indikator {place}"), format!("indicator {place}"));
            });
        }
    }
    let shown = figures(&study, Lang::Id);
    let charts: Vec<_> =
        shown.iter().filter(|figure| figure.id.starts_with("teacher-practice-likert")).collect();
    assert_eq!(charts.len(), 1);
    let Chart::Likert(likert) = &charts[0].chart else { panic!("answers are drawn as diverging bars") };
    assert!(likert.answers.iter().all(|answer| answer.starts_with("skor ")), "{:?}", likert.answers);
}

#[test]
fn a_comparison_is_worded_as_one() {
    let id = summary(&compose(&findings(COMPARISON), Lang::Id));
    assert!(id.contains("4,7 poin dari 100 lebih besar daripada pembanding"), "{id}");
    let text = whole(&compose(&findings(COMPARISON), Lang::En));
    assert!(text.contains("too large to be mended by adjustment"));
}

#[test]
fn unknown_schools_and_simulated_data_are_said() {
    let unclustered = compose(&findings(UNCLUSTERED), Lang::Id);
    let text = whole(&unclustered);
    assert!(text.contains("terlalu sempit") && text.contains("Tambahkan kolom sekolah"));
    assert!(unclustered.banner.is_none());
    let simulated = compose(&findings(ONE_GROUP), Lang::Id);
    assert!(simulated.banner.is_some() && simulated.footer.contains("SIMULASI"));
}

#[test]
fn nothing_at_all_is_still_a_report() {
    let mut bare = findings(SINGLE_WAVE);
    bare.outcomes.clear();
    bare.instruments.clear();
    bare.participants.groups.clear();
    bare.study.waves.clear();
    for lang in Lang::ALL {
        assert!(compose(&bare, lang).blocks.len() > 20);
        assert!(figures(&bare, lang).is_empty());
    }
}

#[test]
fn nouns_agree_with_their_number() {
    let mut one = findings(ONE_GROUP);
    one.participants.schools = Some(1);
    let facts = compose(&one, Lang::En).facts;
    assert!(facts.iter().any(|fact| fact.value.starts_with("1 school,")));
}
