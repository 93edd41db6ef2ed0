//! Measures in the pipeline: planted ability, drift and DIF are found, every road of linking arrives at the
//! same change, and what cannot be measured is named.

mod pipeline;

use std::fmt::Write as _;
use std::path::Path;

use dampak::analysis::Findings;
use dampak::analysis::findings::{DifClass, EstimateFindings, Method, NoticeKind};
use dampak::instrument::IrtModel;
use dampak::io::Memory;
use serde_json::{Value, json};

const ITEMS: usize = 14;
const GAIN: f64 = 0.5;

/// What is planted.
#[derive(Clone, Copy)]
struct Plan {
    persons: usize,
    /// Slope of every item but the first, which has 1.
    slope: f64,
    /// Item 5 becomes this much harder after the programme.
    drift: f64,
    /// Item 3 is this much harder for girls.
    dif: f64,
    /// No items in common: the first half before, the second half after.
    disjoint: bool,
    seed: u64,
}

const PLAIN: Plan = Plan { persons: 480, slope: 1.0, drift: 0.0, dif: 0.0, disjoint: false, seed: 11 };

/// Numbers of its own, so that the test does not rest on the program's.
struct Draws(u64);

impl Draws {
    fn uniform(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

fn item(place: usize) -> String {
    format!("Q{:02}", place + 1)
}

fn difficulty(place: usize) -> f64 {
    -1.6 + 3.2 * place as f64 / (ITEMS - 1) as f64
}

/// Which items a wave gives.
fn given(plan: &Plan, wave: usize) -> std::ops::Range<usize> {
    match (plan.disjoint, wave) {
        (false, _) => 0..ITEMS,
        (true, 0) => 0..ITEMS / 2,
        (true, _) => ITEMS / 2..ITEMS,
    }
}

fn files(plan: Plan, change: impl Fn(&mut Value, &mut Value)) -> Memory {
    let question = |place: usize| {
        json!({"id": item(place), "type": "single_choice", "prompt": {"en": format!("Question {place}")}, "anchor": !plan.disjoint, "key": "A",
            "options": [{"code": "A", "label": {"en": "a"}}, {"code": "B", "label": {"en": "b"}}]})
    };
    let all: Vec<String> = (0..ITEMS).map(item).collect();
    let mut instrument = json!({
        "format": "dampak.instrument/1", "id": "test", "version": "1", "respondent": "student",
        "languages": ["en"], "title": {"en": "Test"},
        "sections": [{"id": "main", "title": {"en": "Main"},
            "items": (0..ITEMS).map(question).collect::<Vec<_>>()}],
        "scales": [{"id": "ability", "title": {"en": "Ability"}, "items": all, "method": "irt",
            "levels": [{"id": "low", "label": {"en": "Low"}, "from": -9},
                {"id": "high", "label": {"en": "High"}, "from": 0.25}]}]});
    if plan.disjoint {
        let booklet = |id: &str, wave: usize| json!({"id": id, "items": given(&plan, wave).map(item).collect::<Vec<_>>()});
        instrument["booklets"] = json!([booklet("A", 0), booklet("B", 1)]);
    }
    let file = |wave: &str| {
        let mut columns = json!({"person": "id"});
        if plan.disjoint {
            columns["booklet"] = json!("booklet");
        }
        json!({"instrument": "test", "wave": wave, "file": format!("{wave}.csv"), "columns": columns})
    };
    let mut study = json!({
        "format": "dampak.study/1", "id": "demo", "title": {"en": "Demo"}, "simulated": true,
        "waves": [{"id": "pre", "label": {"en": "Before"}}, {"id": "post", "label": {"en": "After"}}],
        "instruments": ["test.json"],
        "roster": [{"respondent": "student", "file": "roster.csv",
            "columns": {"person": "id", "school": "school"}}],
        "responses": [file("pre"), file("post")],
        "outcomes": [{"id": "ability", "label": {"en": "Ability"}, "role": "primary",
            "from": {"instrument": "test", "scale": "ability"}}],
        "subgroups": [{"id": "sex", "label": {"en": "Sex"}, "column": "sex"}],
        "report": {"languages": ["en"]}});
    change(&mut instrument, &mut study);
    let mut files = Memory::default();
    files.insert("test.json", instrument.to_string());
    files.insert("study.json", study.to_string());
    let mut draws = Draws(0x9e37_79b9_7f4a_7c15 ^ (plan.seed << 20));
    // A third wave draws by itself, so that the first two are what they are without it.
    let mut third = Draws(0x51ed_270b_9f3a_1c77 ^ (plan.seed << 20));
    let mut later = "id".to_owned();
    (0..ITEMS).for_each(|place| write!(later, ",{}", item(place)).unwrap());
    later.push('\n');
    let mut roster = "id,school,sex,arm\n".to_owned();
    let head = |booklet: bool| if booklet { "id,booklet" } else { "id" };
    let mut waves = [String::new(), String::new()];
    for (wave, text) in waves.iter_mut().enumerate() {
        text.push_str(head(plan.disjoint));
        (0..ITEMS).for_each(|place| write!(text, ",{}", item(place)).unwrap());
        text.push('\n');
        assert!(wave < 2);
    }
    for person in 0..plan.persons {
        let (school, girl) = (person % 16, (person / 16) % 2 == 1);
        let ability = draws.normal() + 0.2 * (school as f64 - 7.5) / 7.5;
        let arm = if school % 2 == 0 { "p" } else { "c" };
        writeln!(roster, "P{person:04},S{school:02},{},{arm}", if girl { "girl" } else { "boy" }).unwrap();
        for (wave, text) in waves.iter_mut().enumerate() {
            write!(text, "P{person:04}").unwrap();
            if plan.disjoint {
                write!(text, ",{}", ["A", "B"][wave]).unwrap();
            }
            for place in 0..ITEMS {
                if !given(&plan, wave).contains(&place) {
                    text.push(',');
                    continue;
                }
                let mut b = difficulty(place);
                b += if place == 4 && wave == 1 { plan.drift } else { 0.0 };
                b += if place == 2 && girl { plan.dif } else { 0.0 };
                let a = if place % 2 == 0 { 1.0 } else { plan.slope };
                let theta = ability + GAIN * wave as f64;
                let right = draws.uniform() < 1.0 / (1.0 + (-a * (theta - b)).exp());
                text.push_str(if right { ",A" } else { ",B" });
            }
            text.push('\n');
        }
        write!(later, "P{person:04}").unwrap();
        for place in 0..ITEMS {
            // Items keep their difficulty but for a scatter that links of this wave have to carry.
            let b = difficulty(place) + if place % 3 == 0 { 0.15 } else { -0.075 };
            let right = third.uniform() < 1.0 / (1.0 + (-(ability + 2.0 * GAIN - b)).exp());
            later.push_str(if right { ",A" } else { ",B" });
        }
        later.push('\n');
    }
    files.insert("later.csv", later);
    files.insert("roster.csv", roster);
    let [pre, post] = waves;
    files.insert("pre.csv", pre);
    files.insert("post.csv", post);
    files
}

fn findings(plan: Plan, change: impl Fn(&mut Value, &mut Value)) -> Findings {
    pipeline::findings(Path::new("study.json"), &files(plan, change))
}

fn same(_: &mut Value, _: &mut Value) {}

fn codes(found: &Findings) -> Vec<&str> {
    found.measurement[0].notices.iter().map(|notice| notice.code.as_str()).collect()
}

#[test]
fn a_planted_change_is_measured_with_its_link_error() {
    let found = findings(PLAIN, same);
    let scale = &found.measurement[0];
    let own = scale.found.as_ref().expect("measured");
    assert_eq!((own.model, own.logits, own.fits.len()), (IrtModel::Rasch, true, 1));
    assert!(own.fits[0].log_likelihood > own.fits[0].log_likelihood_at_start);
    let link = &own.links[0];
    assert!((link.change_all[0] - GAIN).abs() < 0.1, "{}", link.change_all[0]);
    assert!(own.items.iter().enumerate().all(|(place, item)| {
        (item.location.unwrap() - difficulty(place)).abs() < 4.5 * item.location_se.unwrap()
    }));
    let primary = &found.outcomes[0].estimates[0];
    assert!(primary.primary && (primary.estimate - GAIN).abs() < 0.15);
    assert_eq!(primary.link_se, link.error_all);
    // Link errors come from the differences of the anchors' locations, each wave calibrated by itself.
    let d: Vec<f64> = link.anchors.iter().map(|anchor| anchor.later - anchor.first).collect();
    let mean = d.iter().sum::<f64>() / d.len() as f64;
    let variance = d.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (d.len() - 1) as f64;
    assert!((link.error_all.unwrap() - (variance / d.len() as f64).sqrt()).abs() < 1e-12);
    let sign_flip = found.outcomes[0].estimates.iter().find(|e| e.method == Method::SignFlip).unwrap();
    assert!(sign_flip.link_se.is_none() && (sign_flip.estimate - primary.estimate).abs() < 1e-12);
}

/// Schools drawn by lot, no programme: values of the last wave drawn given the first score, pooled over the covariance
/// analysis. The link is the same for both arms and adds nothing.
#[test]
fn a_randomised_study_has_plausible_values() {
    let found = findings(PLAIN, |_, study| {
        study["arms"] = json!([{"id": "p", "label": {"en": "P"}, "role": "programme"},
            {"id": "c", "label": {"en": "C"}, "role": "comparison"}]);
        study["assignment"] = json!("random_school");
        study["roster"][0]["columns"]["arm"] = json!("arm");
        study["analysis"] = json!({"permutations": 99});
    });
    let outcome = &found.outcomes[0];
    let primary = &outcome.estimates[0];
    assert_eq!((primary.method, primary.link_se), (Method::AncovaWorking, None));
    let plausible = outcome.measurement_error.as_ref().unwrap().plausible.as_ref().expect("pooled");
    let (own, se) = (&plausible.estimate, primary.se.unwrap());
    assert_eq!(
        (own.method, own.n, own.estimand.as_str()),
        (primary.method, primary.n, "adjusted_difference")
    );
    // The truth is 0 in both; they differ by the noise of the draws, which is a part of the error.
    assert!((own.estimate - primary.estimate).abs() < 0.75 * se, "{} {}", own.estimate, primary.estimate);
    assert!(own.estimate.abs() < 3.0 * own.se.unwrap());
    assert!(plausible.share > 0.01 && plausible.share < 0.7, "{}", plausible.share);
    assert!(!outcome.notices.iter().any(|notice| notice.code.starts_with("A-PLAUSIBLE")));
    let planned = &found.planning[0];
    assert!(planned.assumptions.iter().all(|entry| entry.quantity.option() != "link-error"));
}

#[test]
fn plausible_values_without_a_standard_error_are_not_pooled() {
    // Two schools: a permutation test only.
    let found = findings(PLAIN, |_, study| study["roster"][0]["columns"]["school"] = json!("arm"));
    let outcome = &found.outcomes[0];
    assert_eq!(outcome.estimates[0].method, Method::SignFlip);
    assert!(outcome.notices.iter().any(|notice| notice.code == "A-PLAUSIBLE-001"));
}

#[test]
fn the_next_study_cannot_outgrow_the_link() {
    let found = findings(PLAIN, same);
    let planned = &found.planning[0];
    let value =
        |name: &str| planned.assumptions.iter().find(|entry| entry.quantity.option() == name).unwrap().value;
    let link = &found.measurement[0].found.as_ref().unwrap().links[0];
    assert!((value("link-error") * value("sd") - link.error_all.unwrap()).abs() < 1e-12);
    assert_eq!(value("link-items"), ITEMS as f64);
    // However many schools: the standard error stays above that of the link.
    assert!(planned.rows.iter().all(|row| row.se > value("link-error")));
}

#[test]
fn changes_between_all_waves_carry_their_own_link_errors() {
    let with = |compare: [&'static str; 2]| {
        findings(PLAIN, move |_, study| {
            study["waves"].as_array_mut().unwrap().push(json!({"id": "later", "label": {"en": "Later"}}));
            let file = json!({"instrument": "test", "wave": "later", "file": "later.csv", "columns": {"person": "id"}});
            study["responses"].as_array_mut().unwrap().push(file);
            study["analysis"] = json!({"compare": compare});
        })
    };
    let found = with(["pre", "post"]);
    let links = &found.measurement[0].found.as_ref().expect("measured").links;
    let [post, later] = links.as_slice() else { panic!("two links") };
    let growth = found.outcomes[0].growth.as_ref().unwrap();
    let [to_post, to_later, between] = growth.contrasts.as_slice() else { panic!("three contrasts") };
    let sd_over_root = |values: &[f64]| {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let squares: f64 = values.iter().map(|x| (x - mean).powi(2)).sum();
        (squares / (values.len() - 1) as f64 / values.len() as f64).sqrt()
    };
    let near = |found: Option<f64>, expected: f64| {
        assert!((found.unwrap() - expected).abs() < 1e-12, "{found:?} against {expected}");
    };
    near(to_post.estimate.link_se, post.error_all.unwrap());
    near(to_later.estimate.link_se, later.error_all.unwrap());
    // From the second wave to the third the items differ by the difference of their locations there.
    let steps: Vec<f64> = post.anchors.iter().zip(&later.anchors).map(|(a, b)| b.later - a.later).collect();
    near(between.estimate.link_se, sd_over_root(&steps));
    // Without dates the trend is per wave: half the difference of the third and the first.
    let slopes: Vec<f64> = later.anchors.iter().map(|own| (own.later - own.first) / 2.0).collect();
    near(growth.trend.as_ref().unwrap().link_se, sd_over_root(&slopes));
    // The row of the compared waves is the primary estimate to the last digit, link error and all.
    let primary = &found.outcomes[0].estimates[0];
    assert!(to_post.primary && primary.primary);
    let parts = |own: &EstimateFindings| (own.estimate, own.se, own.df, own.p, own.ci, own.n);
    assert_eq!(parts(&to_post.estimate), parts(primary));
    // A later pair has the error of its own link, not that of the last wave against the first.
    let found = with(["post", "later"]);
    near(found.outcomes[0].estimates[0].link_se, sd_over_root(&steps));
}

#[test]
fn every_road_of_linking_arrives_at_the_same_change() {
    let roads = ["concurrent", "fixed_anchors", "mean_mean", "mean_sigma", "haebara", "stocking_lord"];
    for model in ["rasch", "two_parameter"] {
        let plan = Plan { persons: 640, slope: 1.4, ..PLAIN };
        let changes: Vec<f64> = roads
            .iter()
            .map(|road| {
                let found = findings(plan, |instrument, study| {
                    instrument["scales"][0]["irt"] = json!({"model": model});
                    study["analysis"] = json!({"linking": {"method": road}});
                });
                let own = found.measurement[0].found.as_ref().expect("measured");
                assert_eq!(own.links[0].anchors.len(), ITEMS, "{road}");
                found.outcomes[0].estimates[0].estimate
            })
            .collect();
        for (road, change) in roads.iter().zip(&changes) {
            assert!((change - changes[0]).abs() < 0.06, "{model} by {road}: {change} against {}", changes[0]);
        }
    }
}

#[test]
fn a_drifted_item_is_set_aside_and_both_changes_are_told() {
    let found = findings(Plan { drift: 1.6, ..PLAIN }, same);
    let link = &found.measurement[0].found.as_ref().unwrap().links[0];
    let dropped: Vec<&str> = link.anchors.iter().filter(|a| a.dropped).map(|a| a.item.as_str()).collect();
    assert_eq!(dropped, ["Q05"]);
    let off = |change: f64| (change - GAIN).abs();
    assert!(link.change_all[0] < link.change_kept[0] && off(link.change_kept[0]) < off(link.change_all[0]));
    assert!(link.error_kept < link.error_all);
    assert!(codes(&found).contains(&"A-LINK-003"));
    let estimates = &found.outcomes[0].estimates;
    let freed = estimates.iter().find(|e| e.method == Method::DriftFreeAnchors).expect("a row without it");
    assert!(freed.estimate > estimates[0].estimate && freed.link_se == link.error_kept);
}

#[test]
fn a_planted_dif_is_found_by_both_roads() {
    let found = findings(Plan { dif: 1.3, ..PLAIN }, same);
    let sex = found.dif.iter().find(|own| own.variable == "sex" && own.wave == "pre").expect("compared");
    assert_eq!(sex.n, [240, 240]);
    let planted = sex.items.iter().find(|item| item.item == "Q03").unwrap();
    assert_eq!(planted.class, DifClass::C);
    let harder_for_girls = if sex.focal.get(dampak::i18n::Lang::En) == "girl" { 1.0 } else { -1.0 };
    assert!(harder_for_girls * planted.delta.unwrap() < -1.5);
    let logits = harder_for_girls * planted.location_difference.unwrap();
    assert!((logits - 1.3).abs() < 3.0 * planted.location_difference_se.unwrap(), "{logits}");
    assert!(planted.adjusted_p.unwrap() < 0.01);
    assert!(sex.items.iter().filter(|item| item.class == DifClass::C).count() == 1);
    assert!(sex.purified.contains(&"Q03".to_owned()));
    assert!(found.dif.iter().any(|own| own.variable == "wave"));
}

#[test]
fn too_few_persons_are_scored_in_percent_and_the_report_says_so() {
    let found = findings(Plan { persons: 64, ..PLAIN }, same);
    assert!(found.measurement[0].found.is_none());
    assert_eq!(codes(&found), ["A-IRT-001"]);
    assert_eq!(found.outcomes[0].range, Some([0.0, 100.0]));
    let percent = &found.outcomes[0].estimates[0];
    assert!(percent.estimate > 1.0 && percent.link_se.is_none());
    // Percent have a maximum, so there is a normalised gain, as for any scale of points.
    let gain = &found.classical[0].gain;
    assert!(gain.len() == 1 && !found.classical[0].notices.iter().any(|own| own.code == "A-CLASSIC-004"));
}

#[test]
fn slopes_need_persons() {
    let two = |instrument: &mut Value, _: &mut Value| {
        instrument["scales"][0]["irt"] = json!({"model": "two_parameter"});
    };
    let few = findings(PLAIN, two);
    assert_eq!(few.measurement[0].found.as_ref().unwrap().model, IrtModel::Rasch);
    assert!(codes(&few).contains(&"A-IRT-002"));
    let many = findings(Plan { persons: 640, slope: 1.8, ..PLAIN }, two);
    let own = many.measurement[0].found.as_ref().unwrap();
    assert_eq!(own.model, IrtModel::TwoParameter);
    assert!(own.items.iter().all(|item| item.slope_se.is_some()) && own.score_table.is_empty());
    let models: Vec<IrtModel> = own.models.iter().map(|model| model.model).collect();
    assert_eq!(models, [IrtModel::Rasch, IrtModel::TwoParameter]);
    assert!(own.models[1].ratio.unwrap().p < 0.01, "the planted slopes differ");
}

#[test]
fn waves_without_common_items_have_no_change() {
    let found = findings(Plan { disjoint: true, ..PLAIN }, same);
    let outcome = &found.outcomes[0];
    assert!(outcome.estimates.is_empty());
    assert!(outcome.notices.iter().any(|notice| notice.kind == NoticeKind::Refusal));
    assert!(!outcome.descriptives.is_empty(), "scores stand side by side");
}

#[test]
fn everybody_with_the_same_sum_has_the_score_of_the_table() {
    let unit = |instrument: &mut Value, _: &mut Value| {
        instrument["scales"][0]["irt"] = json!({"unit": {"mean": 500, "sd": 100}});
        instrument["scales"][0]["levels"] = json!([]);
    };
    let files = files(PLAIN, unit);
    let found = pipeline::findings(Path::new("study.json"), &files);
    let own = found.measurement[0].found.as_ref().unwrap();
    let table = &own.score_table[0].rows;
    assert_eq!((table.len(), own.score_table.len()), (ITEMS + 1, 1));
    assert!(table.windows(2).all(|pair| pair[0].score < pair[1].score));
    assert_eq!(found.outcomes[0].range, Some([table[0].score, table[ITEMS].score]));
    let five = found.outcomes[0].descriptives[0].five;
    let is_a_row = |score: f64| table.iter().any(|row| (row.score - score).abs() < 1e-6);
    assert!(is_a_row(five[0]) && is_a_row(five[4]));
    let first = &own.populations[0];
    assert!((first.mean - 500.0).abs() < 1e-9 && (first.sd - 100.0).abs() < 1e-9);
    let plausible = own.persons[0].plausible.unwrap();
    assert!((plausible[0] - 500.0).abs() < 5.0 && (plausible[1] - 100.0).abs() < 6.0, "{plausible:?}");
}

#[test]
fn the_order_of_rows_does_not_matter() {
    let files = files(PLAIN, same);
    let mut turned = files.clone();
    for name in ["pre.csv", "post.csv"] {
        use dampak::io::Files as _;
        let text = String::from_utf8(files.read(Path::new(name)).unwrap()).unwrap();
        let mut lines: Vec<&str> = text.lines().collect();
        lines[1..].reverse();
        turned.insert(name, lines.join("\n"));
    }
    let [a, b] = [&files, &turned].map(|files| pipeline::findings(Path::new("study.json"), files));
    let of = |found: &Findings| found.measurement[0].found.as_ref().unwrap().fits[0].log_likelihood;
    assert!((of(&a) - of(&b)).abs() < 1e-8);
    let (a, b) = (&a.outcomes[0].estimates[0], &b.outcomes[0].estimates[0]);
    assert!((a.estimate - b.estimate).abs() < 1e-9 && (a.se.unwrap() - b.se.unwrap()).abs() < 1e-9);
}

#[test]
fn the_shipped_report_has_words_and_charts_for_every_part() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/pop-smp/study.json");
    let found = pipeline::findings(&path, &dampak::io::Disk);
    let [id, en] = dampak::i18n::Lang::ALL.map(|lang| dampak::report::compose(&found, lang).blocks);
    assert_eq!(id.len(), en.len());
    for blocks in [&id, &en] {
        let printed = format!("{blocks:?}");
        let unworded = printed.find("\"report.");
        assert!(unworded.is_none(), "{}", &printed[unworded.unwrap()..][..80]);
        for part in ["\"measurement\"", "\"measurement-annex\"", "\"dif\""] {
            assert!(printed.contains(part), "{part}");
        }
    }
    let figures = dampak::report::figures(&found, dampak::i18n::Lang::Id);
    for wanted in ["measure-wright", "measure-drift-post", "measure-information", "measure-curves", "options"]
    {
        assert!(figures.iter().any(|figure| figure.id.ends_with(wanted)), "{wanted}");
    }
    assert!(figures.iter().any(|figure| figure.id.contains("-dif-")));
    let mut ids: Vec<&str> = figures.iter().map(|figure| figure.id.as_str()).collect();
    ids.sort_unstable();
    assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "two figures would share a file");
}
