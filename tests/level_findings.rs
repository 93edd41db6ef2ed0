//! Levels and distributions through the whole pipeline, over small studies made for each finding and each code.

mod pipeline;

use std::path::Path;

use dampak::analysis::Findings;
use dampak::analysis::findings::{LevelModels, Method, OddsModel, OutcomeFindings, SuperiorityKind};
use dampak::doc::Block;
use dampak::i18n::Lang;
use dampak::io::Memory;
use dampak::num::rng::Stream;
use dampak::report::claim::{overclaims, passages};
use dampak::report::compose;
use serde_json::{Value, json};

/// Right answers of a student: school, place in the school, wave.
type Right<'a> = &'a dyn Fn(usize, usize, usize) -> usize;

/// A study of a test whose score is the number of right answers.
struct Made<'a> {
    items: usize,
    schools: usize,
    /// Students of each school.
    size: usize,
    /// Schools with the programme; none for one group.
    program: Option<usize>,
    knows_schools: bool,
    /// Which of the levels from 0, 4 and 7 count as reached.
    reached: [bool; 3],
    /// The pair to compare in a study with a follow-up wave, at which a third of the students are absent; none for
    /// two waves.
    follow_up: Option<[&'static str; 2]>,
    right: Right<'a>,
}

/// Whether a student is absent at the follow-up.
fn absent(school: usize, student: usize) -> bool {
    (school + student).is_multiple_of(3)
}

fn text(words: &str) -> Value {
    json!({ "id": words, "en": words })
}

impl Made<'_> {
    fn instrument(&self) -> Value {
        let ids: Vec<String> = (1..=self.items).map(|item| format!("Q{item:02}")).collect();
        let option = |code: &str| json!({ "code": code, "label": text(code) });
        let item = |id: &String| {
            json!({ "id": id, "type": "single_choice", "prompt": text(id), "key": "A",
                "options": [option("A"), option("B")] })
        };
        let cuts = if self.items > 1 { [0, 4, 7].as_slice() } else { &[0, 1] };
        let level = |(place, from): (usize, &i32)| {
            let id = ["low", "middle", "high"][place];
            json!({ "id": id, "label": text(id), "from": from, "reached": self.reached[place] })
        };
        let levels: Vec<Value> = cuts.iter().enumerate().map(level).collect();
        json!({
            "format": "dampak.instrument/1", "id": "test", "version": "1", "respondent": "student",
            "languages": ["id", "en"], "title": text("Test"),
            "sections": [{ "id": "s", "title": text("Part"), "items": ids.iter().map(item).collect::<Vec<_>>() }],
            "scales": [{ "id": "total", "title": text("Total"), "items": ids, "method": "sum",
                "levels": levels }]
        })
    }

    fn study(&self) -> Value {
        let response = |wave: &str| {
            json!({ "instrument": "test", "wave": wave, "file": format!("{wave}.csv"),
                "columns": { "person": "id" } })
        };
        let mut columns = json!({ "person": "id" });
        if self.knows_schools {
            columns["school"] = json!("school");
        }
        let mut study = json!({
            "format": "dampak.study/1", "id": "made", "title": text("Made"), "source": text("Made up"),
            "waves": [{ "id": "before", "label": text("Before") }, { "id": "after", "label": text("After") }],
            "instruments": ["test.json"],
            "responses": [response("before"), response("after")],
            "outcomes": [{ "id": "score", "label": text("Score"), "role": "primary",
                "from": { "instrument": "test", "scale": "total" } }]
        });
        if let Some(pair) = self.follow_up {
            study["waves"].as_array_mut().unwrap().push(json!({ "id": "later", "label": text("Later") }));
            study["responses"].as_array_mut().unwrap().push(response("later"));
            study["analysis"] = json!({ "compare": pair });
        }
        if self.program.is_some() {
            columns["arm"] = json!("arm");
            let arm = |id: &str, role: &str| json!({ "id": id, "label": text(id), "role": role });
            study["assignment"] = json!("school");
            study["arms"] = json!([arm("taught", "programme"), arm("other", "comparison")]);
        }
        study["roster"] = json!([{ "respondent": "student", "file": "roster.csv", "columns": columns }]);
        study
    }

    fn findings(&self) -> Findings {
        let mut files = Memory::default();
        files.insert("study.json", self.study().to_string());
        files.insert("test.json", self.instrument().to_string());
        let ids: Vec<String> = (1..=self.items).map(|item| format!("Q{item:02}")).collect();
        let mut roster = "id,school,arm\n".to_owned();
        let mut sheets = [0, 1, 2].map(|_| format!("id,{}\n", ids.join(",")));
        for school in 0..self.schools {
            for student in 0..self.size {
                let id = format!("P{school:02}{student:02}");
                let arm = if school < self.program.unwrap_or(0) { "taught" } else { "other" };
                roster.push_str(&format!("{id},S{school:02},{arm}\n"));
                for (wave, sheet) in sheets.iter_mut().enumerate() {
                    if wave == 2 && absent(school, student) {
                        continue;
                    }
                    let right = (self.right)(school, student, wave);
                    // Different items are right for different students, so that items do not stand in one order.
                    let answer = |item: usize| {
                        if (item + student + 3 * wave) % self.items < right { "A" } else { "B" }
                    };
                    let answers: Vec<&str> = (0..self.items).map(answer).collect();
                    sheet.push_str(&format!("{id},{}\n", answers.join(",")));
                }
            }
        }
        files.insert("roster.csv", roster);
        let [before, after, later] = sheets;
        files.insert("before.csv", before);
        files.insert("after.csv", after);
        files.insert("later.csv", later);
        let findings = pipeline::findings(Path::new("study.json"), &files);
        is_well_told(&findings);
        findings
    }
}

/// Both languages tell the findings without a gap, and claim no more than the design carries.
fn is_well_told(findings: &Findings) {
    let json = serde_json::to_string(findings).expect("findings serialise");
    assert!(!json.contains("NaN"), "not a number in the findings");
    for lang in Lang::ALL {
        let document = compose(findings, lang);
        for passage in passages(&document) {
            let unknown = passage.contains("NaN") || passage.contains("report.") || passage.contains('{');
            assert!(!unknown, "{passage}");
        }
        let found = overclaims(&document, findings.plan.claim, "dampak 0.1.0");
        assert!(found.is_empty(), "{found:?}");
        for block in &document.blocks {
            if let Block::Table(table) = block {
                assert!(
                    table.rows.iter().all(|row| row.cells.len() == table.columns.len()),
                    "{}",
                    table.caption
                );
            }
        }
    }
}

/// Scores around 5 of 10, a little higher after: differences between students and schools, by chance.
fn usual(school: usize, student: usize, wave: usize) -> usize {
    let mut stream = Stream::new(school as u64 * 100 + student as u64, "student");
    let ability = 4.6 + 1.2 * ((school % 5) as f64 - 2.0) / 2.0 + 1.8 * stream.normal();
    let mut own = Stream::new(wave as u64 * 10_000 + school as u64 * 100 + student as u64, "answers");
    let change = if wave == 1 { 0.8 } else { 0.0 };
    (ability + change + 1.2 * own.normal()).round().clamp(0.0, 10.0) as usize
}

fn made(right: Right<'_>) -> Made<'_> {
    Made {
        items: 10,
        schools: 12,
        size: 12,
        program: None,
        knows_schools: true,
        reached: [false, true, true],
        follow_up: None,
        right,
    }
}

fn outcome(findings: &Findings) -> &OutcomeFindings {
    &findings.outcomes[0]
}

fn models(findings: &Findings) -> &LevelModels {
    outcome(findings).level_models.as_ref().expect("the scale has levels")
}

fn codes(findings: &Findings) -> Vec<&str> {
    outcome(findings).notices.iter().map(|notice| notice.code.as_str()).collect()
}

#[test]
fn one_group_has_the_change_of_school_shares_first() {
    let findings = made(&usual).findings();
    let found = models(&findings);
    let reached = found.reached.as_ref().expect("a level is declared");
    assert_eq!((reached.level.as_str(), reached.from), ("middle", 4.0));
    let share = |school: usize, wave: usize| {
        (0..12).filter(|student| usual(school, *student, wave) >= 4).count() as f64 / 12.0
    };
    let changes: Vec<f64> = (0..12).map(|school| 100.0 * (share(school, 1) - share(school, 0))).collect();
    let main = &reached.estimates[0];
    assert_eq!(
        (main.method, main.df, main.n, main.clusters),
        (Method::ClusterMeanT, Some(11.0), 144, Some(12))
    );
    assert!((main.estimate - changes.iter().sum::<f64>() / 12.0).abs() < 1e-9);
    assert_eq!(reached.estimates[1].method, Method::SignFlip);
    assert_eq!(reached.odds.iter().map(|own| own.model).collect::<Vec<_>>(), [OddsModel::Wave]);
    assert!(reached.odds[0].odds_ratio > 1.0 && reached.effect_sizes.is_empty());
    let shifts: Vec<f64> = reached.cuts.iter().map(|cut| cut.shift).collect();
    assert_eq!(shifts, [-1.0, 0.0, 1.0]);
    assert!((reached.cuts[0].from - (4.0 - reached.cuts[0].sem)).abs() < 1e-12);
    assert_eq!(reached.cuts[1].estimate.as_ref().expect("the same").estimate, main.estimate);
    let [ordinal] = found.ordinal.as_slice() else { panic!("one model") };
    assert_eq!(ordinal.parallel.as_ref().expect("a check").cuts.len(), 2);
    let [moved] = found.movement.as_slice() else { panic!("one group") };
    assert!(moved.stuart_maxwell.expect("somebody moved").ignores_schools);
    let net = moved.net.as_ref().expect("by schools");
    assert!((net.estimate - 100.0 * (moved.rose as f64 - moved.fell as f64) / 144.0).abs() < 1e-9);
    let [superiority] = outcome(&findings).superiority.as_slice() else { panic!("within persons") };
    assert_eq!((superiority.kind, superiority.cliffs_delta), (SuperiorityKind::Paired, None));
    let quantiles = outcome(&findings).quantiles.as_ref().expect("quantiles");
    assert!(quantiles.by_school && quantiles.arms[0].quantiles.iter().all(|own| own.ci.is_some()));
    assert!(found.tests() > 8);
}

#[test]
fn a_comparison_has_differences_and_coxs_index() {
    let taught = |school: usize, student: usize, wave: usize| {
        usual(school, student, wave) + usize::from(wave == 1 && school < 6 && student.is_multiple_of(2))
    };
    let findings = Made { program: Some(6), ..made(&|a, b, c| taught(a, b, c).min(10)) }.findings();
    let found = models(&findings);
    let reached = found.reached.as_ref().expect("a level is declared");
    assert_eq!(reached.estimates[0].method, Method::DidClusterCr2);
    assert_eq!(reached.shares.len(), 4);
    let kinds: Vec<&str> = reached.effect_sizes.iter().map(|size| size.kind.as_str()).collect();
    assert_eq!(kinds, ["d_cox_adjusted", "d_cox"]);
    let ordinal: Vec<OddsModel> = found.ordinal.iter().map(|own| own.model).collect();
    assert_eq!(ordinal, [OddsModel::Adjusted, OddsModel::ArmByWave]);
    assert_eq!(found.movement.iter().filter(|own| own.difference).count(), 1);
    let quantiles = outcome(&findings).quantiles.as_ref().expect("quantiles");
    let [program, comparison] = quantiles.arms.as_slice() else { panic!("two arms") };
    for (place, own) in quantiles.differences.iter().enumerate() {
        let gap = program.quantiles[place].change - comparison.quantiles[place].change;
        assert!((own.difference - gap).abs() < 1e-12 && own.ci.is_some());
    }
    let kinds: Vec<SuperiorityKind> = outcome(&findings).superiority.iter().map(|own| own.kind).collect();
    assert_eq!(kinds, [SuperiorityKind::Change, SuperiorityKind::Last]);
}

#[test]
fn without_a_declared_level_there_is_no_binary_outcome() {
    let findings = Made { reached: [false; 3], ..made(&usual) }.findings();
    assert!(models(&findings).reached.is_none() && !models(&findings).ordinal.is_empty());
}

#[test]
fn few_schools_are_described_and_reassigned_only() {
    let findings = Made { schools: 5, size: 20, ..made(&usual) }.findings();
    let found = models(&findings);
    let reached = found.reached.as_ref().expect("a level is declared");
    assert_eq!(reached.estimates.iter().map(|own| own.method).collect::<Vec<_>>(), [Method::SignFlip]);
    assert!(reached.odds.is_empty() && found.ordinal.is_empty());
    let quantiles = outcome(&findings).quantiles.as_ref().expect("quantiles");
    assert!(quantiles.draws == 0 && quantiles.arms[0].quantiles.iter().all(|own| own.ci.is_none()));
    assert!(findings.notices.iter().any(|notice| notice.code == "A-FEW-001"));
}

#[test]
fn unknown_schools_leave_persons_as_units() {
    let findings = Made { knows_schools: false, ..made(&usual) }.findings();
    let reached = models(&findings).reached.as_ref().expect("a level is declared");
    assert_eq!((reached.estimates[0].method, reached.odds[0].clusters), (Method::PairedT, None));
    assert!(!models(&findings).movement[0].bowker.expect("somebody moved").ignores_schools);
    assert!(!outcome(&findings).quantiles.as_ref().expect("quantiles").by_school);
}

#[test]
fn every_reason_for_a_gap_has_its_code() {
    let few = |school: usize, student: usize, wave: usize| {
        if school == 3 && student < 4 { 4 + wave } else { usual(school, student, wave).min(3) }
    };
    assert!(codes(&made(&few).findings()).contains(&"A-LEVEL-001"));

    let apart = |school: usize, student: usize, wave: usize| {
        let taught = school < 6 && wave == 1;
        usual(school, student, 0).min(3) + if taught { 4 + (school + student) % 2 } else { 0 }
    };
    let separated = Made { program: Some(6), ..made(&apart) }.findings();
    assert!(codes(&separated).contains(&"A-LEVEL-002"), "{:?}", codes(&separated));

    let nobody = made(&|a, b, c| usual(a, b, c).min(3)).findings();
    assert!(codes(&nobody).contains(&"A-LEVEL-003"), "{:?}", codes(&nobody));

    let one_school = Made { program: Some(1), size: 25, ..made(&usual) }.findings();
    assert!(codes(&one_school).contains(&"A-LEVEL-006"), "{:?}", codes(&one_school));
    assert!(codes(&one_school).contains(&"A-LEVEL-005"), "{:?}", codes(&one_school));

    let one_item = |school: usize, student: usize, wave: usize| usize::from(usual(school, student, wave) > 4);
    let findings = Made { items: 1, reached: [false, true, true], ..made(&one_item) }.findings();
    assert!(codes(&findings).contains(&"A-LEVEL-007"), "{:?}", codes(&findings));

    // The lower cut is passed by many more, the upper one by no more than before.
    let lower_only = |school: usize, student: usize, wave: usize| {
        let own = usual(school, student, 0);
        if wave == 1 && own < 4 && !student.is_multiple_of(4) { 4 } else { own }
    };
    let findings = made(&lower_only).findings();
    assert!(codes(&findings).contains(&"A-LEVEL-008"), "{:?}", codes(&findings));
}

/// A student falls back at the follow-up, so that its numbers cannot be taken for those of the second wave.
fn falling_back(school: usize, student: usize, wave: usize) -> usize {
    if wave == 2 { usual(school, student, 1).saturating_sub(2) } else { usual(school, student, wave) }
}

fn place(right: usize) -> usize {
    usize::from(right >= 4) + usize::from(right >= 7)
}

#[test]
fn models_of_levels_are_of_the_waves_that_are_compared() {
    for program in [None, Some(6)] {
        let two = Made { program, ..made(&falling_back) }.findings();
        let three = Made { program, follow_up: Some(["before", "after"]), ..made(&falling_back) }.findings();
        // The follow-up changes nothing in a comparison of the first two waves: not one digit.
        let models = |found: &Findings| serde_json::to_value(models(found)).unwrap();
        assert_eq!(models(&two), models(&three));
    }
}

#[test]
fn models_of_a_later_pair_leave_the_absent_out() {
    let findings = Made { follow_up: Some(["after", "later"]), ..made(&falling_back) }.findings();
    let present: Vec<(usize, usize)> = (0..12)
        .flat_map(|school| (0..12).map(move |student| (school, student)))
        .filter(|(school, student)| !absent(*school, *student))
        .collect();
    let at =
        |wave: usize| move |(school, student): &(usize, usize)| place(falling_back(*school, *student, wave));
    let (before, after): (Vec<usize>, Vec<usize>) =
        (present.iter().map(at(1)).collect(), present.iter().map(at(2)).collect());
    let found = models(&findings);
    let pairs = || before.iter().zip(&after);
    let [moved] = found.movement.as_slice() else { panic!("one group") };
    assert_eq!((moved.n, moved.n), (96, present.len()));
    assert_eq!(moved.rose, pairs().filter(|(from, to)| to > from).count());
    assert_eq!(moved.fell, pairs().filter(|(from, to)| to < from).count());
    // Bowker by hand over the pairs of levels between which somebody moved.
    let count = |from: usize, to: usize| pairs().filter(|pair| *pair == (&from, &to)).count() as f64;
    let chi2: f64 = [(0, 1), (0, 2), (1, 2)]
        .into_iter()
        .map(|(low, high)| (count(low, high), count(high, low)))
        .filter(|(up, down)| up + down > 0.0)
        .map(|(up, down)| (up - down).powi(2) / (up + down))
        .sum();
    assert!((moved.bowker.unwrap().chi2 - chi2).abs() < 1e-12);
    // With the wave as its only column the logistic regression is the odds ratio of the two shares.
    let odds = |levels: &[usize]| {
        let reached = levels.iter().filter(|level| **level >= 1).count() as f64;
        reached / (levels.len() as f64 - reached)
    };
    let reached = found.reached.as_ref().unwrap();
    let ratio = odds(&after) / odds(&before);
    assert!((reached.odds[0].odds_ratio / ratio - 1.0).abs() < 1e-8 && ratio < 1.0);
    assert_eq!((reached.odds[0].n, reached.cuts[0].shares[0].wave.as_str()), (96, "after"));
    // The error of measurement is that of the compared earlier wave.
    let scale = findings.instruments.iter().find(|own| own.wave == "after").unwrap();
    assert!((reached.cuts[0].sem - scale.scales[0].sem.unwrap()).abs() < 1e-12);
    assert!(reached.shares.iter().all(|share| share.n == 96));
}

#[test]
fn nobody_moving_is_said() {
    let still = made(&|a, b, _| usual(a, b, 0)).findings();
    assert!(codes(&still).contains(&"A-LEVEL-012"), "{:?}", codes(&still));
    assert!(models(&still).movement[0].stuart_maxwell.is_none());
}
