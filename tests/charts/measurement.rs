//! Charts of items, tests and linking, ordinary ones and those that a broken or tiny study may bring about.

use dampak::chart::draw::{natural_size, size_for_width, svg};
use dampak::chart::{
    AbilityWave, AnchorDrift, Chart, CurvePoint, DifClass, DifItem, DifPlot, DriftItem, Forest, ForestKind,
    ForestRow, ItemCurve, ItemCurves, ObservedGroup, OptionCurve, OptionCurves, OptionItem, ReliableRange,
    TestCurves, TestInformation, WrightItem, WrightMap, describe, raster,
};
use dampak::i18n::Lang;

use super::{LONG_NAME, check_words_apart, drawn, words};

/// A number between 0 and 1 that looks like chance and is always the same.
fn scattered(index: usize) -> f64 {
    (index as f64 * 0.618_033_988_749_895).fract()
}

fn item_name(index: usize) -> String {
    format!("L{:02}", index + 1)
}

fn bell(mean: f64) -> Vec<f64> {
    (0..40).map(|bin| (-0.5 * (f64::from(bin) * 0.25 - 4.875 - mean).powi(2)).exp() * 0.1).collect()
}

fn wright_map(items: usize, spread: f64) -> Chart {
    let wave =
        |label: &str, mean: f64| AbilityWave { label: label.to_owned(), n: 358, mean, shares: bell(mean) };
    let item = |index: usize| {
        let location = (scattered(index) - 0.5) * spread;
        let steps = if index.is_multiple_of(7) { vec![location - 0.6, location + 0.6] } else { Vec::new() };
        WrightItem { item: item_name(index), location, steps, anchor: index.is_multiple_of(3) }
    };
    Chart::WrightMap(WrightMap {
        axis: "Kemampuan responden dan tingkat kesulitan butir literasi membaca (logit)".to_owned(),
        range: [-5.0, 5.0],
        waves: vec![wave("Sebelum", -0.4), wave("Sesudah", 0.2)],
        items: (0..items).map(item).collect(),
    })
}

fn anchor_drift(items: usize, spread: f64) -> Chart {
    let item = |index: usize| {
        let difference = (scattered(index) - 0.5) * spread;
        let ci = (index != 4).then_some([difference - 0.2, difference + 0.2]);
        DriftItem { item: item_name(index), difference, ci, drifting: difference.abs() > 0.5 }
    };
    Chart::AnchorDrift(AnchorDrift {
        axis: "Pergeseran lokasi: sesudah dikurangi sebelum (logit)".to_owned(),
        limits: vec![0.3, 0.5],
        items: (0..items).map(item).collect(),
    })
}

fn dif_plot(items: usize, spread: f64) -> Chart {
    let item = |index: usize| {
        let estimate = (scattered(index) - 0.5) * spread;
        let class = match estimate.abs() {
            size if size < 1.0 => DifClass::A,
            size if size < 1.5 => DifClass::B,
            _ => DifClass::C,
        };
        let item = if index == 3 { LONG_NAME.to_owned() } else { item_name(index) };
        DifItem { item, estimate, ci: Some([estimate - 0.6, estimate + 0.6]), class }
    };
    Chart::DifPlot(DifPlot {
        axis: "Delta Mantel-Haenszel (skala ETS)".to_owned(),
        easier_for: ["siswa madrasah dan sekolah di luar program".to_owned(), "siswa perempuan".to_owned()],
        zones: [1.0, 1.5],
        items: (0..items).map(item).collect(),
    })
}

fn option_curves(items: usize, options: &[&str]) -> Chart {
    let option = |place: usize, label: &str| OptionCurve {
        label: label.to_owned(),
        is_key: place == 1,
        shares: (0..5).map(|group| if place == 1 { 0.2 + 0.15 * f64::from(group) } else { 0.1 }).collect(),
    };
    let item = |index: usize| OptionItem {
        item: item_name(index),
        note: "p = 0,52; r = 0,31".to_owned(),
        suspected_miskey: index == 4,
        options: options.iter().enumerate().map(|(place, label)| option(place, label)).collect(),
    };
    Chart::OptionCurves(OptionCurves {
        axis: "Kelompok skor (1 = terendah, 5 = tertinggi)".to_owned(),
        groups: (1..6).map(|group| group.to_string()).collect(),
        items: (0..items).map(item).collect(),
    })
}

fn logistic(location: f64) -> Vec<CurvePoint> {
    let point = |step: i32| {
        let ability = f64::from(step) * 0.1;
        CurvePoint { ability, value: 1.0 / (1.0 + (location - ability).exp()) }
    };
    (-40..=40).map(point).collect()
}

fn item_curves(items: usize, note: &str) -> Chart {
    let group = |index: usize| ObservedGroup {
        ability: index as f64 - 2.0,
        share: scattered(index),
        ci: Some([scattered(index) - 0.1, scattered(index) + 0.1]),
        n: 20 + 30 * index,
    };
    let item = |index: usize| ItemCurve {
        item: if index == 2 { LONG_NAME.to_owned() } else { item_name(index) },
        note: note.to_owned(),
        misfit: index == 3,
        curve: logistic((scattered(index) - 0.5) * 4.0),
        observed: (0..5).map(group).collect(),
    };
    Chart::ItemCurves(ItemCurves {
        axis: "Kemampuan literasi membaca (logit)".to_owned(),
        range: [-4.0, 4.0],
        items: (0..items).map(item).collect(),
    })
}

fn test_information(tests: usize, waves: usize) -> Chart {
    let curve = |value: fn(f64) -> f64| -> Vec<CurvePoint> {
        let point = |CurvePoint { ability, value: share }| CurvePoint {
            ability,
            value: value(30.0 * share * (1.0 - share)),
        };
        logistic(0.0).into_iter().map(point).collect()
    };
    let test = |index: usize| TestCurves {
        label: format!("Buku soal {} literasi membaca", index + 1),
        information: curve(|information| information),
        errors: curve(|information| 1.0 / information.sqrt()),
    };
    let wave =
        |label: &str, mean: f64| AbilityWave { label: label.to_owned(), n: 358, mean, shares: bell(mean) };
    Chart::TestInformation(TestInformation {
        axis: "Kemampuan literasi membaca (logit)".to_owned(),
        range: [-5.0, 5.0],
        tests: (0..tests).map(test).collect(),
        reliable: (tests > 0).then_some(ReliableRange { least: 0.7, error: 0.55, from: -1.9, to: 1.9 }),
        waves: [wave("Sebelum", -0.4), wave("Sesudah", 0.2)][..waves].to_vec(),
    })
}

/// Severities of raters need no chart of their own.
fn raters() -> Chart {
    let row = |index: usize| {
        let estimate = (scattered(index) - 0.5) * 2.0;
        ForestRow {
            label: format!("Penilai {}", index + 1),
            n: Some(120 + index),
            estimate,
            ci: Some([estimate - 0.2, estimate + 0.2]),
            kind: ForestKind::Unit,
        }
    };
    let axis = "Keketatan penilai (logit)".to_owned();
    Chart::Forest(Forest { axis, reference: 0.0, rows: (0..8).map(row).collect(), decimals: 2 })
}

/// One chart of every kind, as a study has them.
fn ordinary() -> Vec<Chart> {
    vec![
        wright_map(30, 5.0),
        wright_map(45, 5.0),
        wright_map(45, 0.0),
        wright_map(1, 1.0),
        wright_map(20, 60.0),
        anchor_drift(15, 2.0),
        anchor_drift(45, 2.0),
        anchor_drift(1, 0.0),
        anchor_drift(8, 60.0),
        dif_plot(20, 5.0),
        dif_plot(45, 5.0),
        dif_plot(1, 0.0),
        dif_plot(8, 90.0),
        raters(),
        option_curves(8, &["A", "B", "C", "D", "kosong"]),
        option_curves(45, &["A", "B", "C", "D"]),
        option_curves(1, &["setuju sepenuhnya", "tidak"]),
        option_curves(2, &["A", "B"]),
        item_curves(7, "b = 0,42; infit 1,02"),
        item_curves(45, ""),
        item_curves(1, "Keterangan panjang yang tidak muat dalam satu baris panel sekecil ini."),
        test_information(1, 2),
        test_information(4, 1),
        test_information(1, 0),
        test_information(0, 2),
    ]
}

/// Charts with nothing in them.
fn empty() -> Vec<Chart> {
    let wright = WrightMap { axis: String::new(), range: [0.0, 1.0], waves: Vec::new(), items: Vec::new() };
    let drift = AnchorDrift { axis: String::new(), limits: vec![0.5], items: Vec::new() };
    let dif = DifPlot {
        axis: String::new(),
        easier_for: [String::new(), String::new()],
        zones: [1.0, 1.5],
        items: Vec::new(),
    };
    let options = OptionCurves { axis: String::new(), groups: Vec::new(), items: Vec::new() };
    let curves = ItemCurves { axis: String::new(), range: [0.0, 1.0], items: Vec::new() };
    vec![
        Chart::WrightMap(wright),
        Chart::AnchorDrift(drift),
        Chart::DifPlot(dif),
        Chart::OptionCurves(options),
        Chart::ItemCurves(curves),
        test_information(0, 0),
    ]
}

fn odd_wright_maps() -> Vec<Chart> {
    let nan = f64::NAN;
    let wave = |mean: f64, shares: Vec<f64>| AbilityWave { label: String::new(), n: 0, mean, shares };
    let item = |location: f64, steps: Vec<f64>| WrightItem {
        item: "butir ".repeat(60),
        location,
        steps,
        anchor: true,
    };
    let map = |range, waves, items| Chart::WrightMap(WrightMap { axis: String::new(), range, waves, items });
    vec![
        map([nan, nan], vec![wave(nan, vec![nan, -1.0])], vec![item(nan, vec![1.0])]),
        map([0.0, 0.0], vec![wave(f64::INFINITY, Vec::new())], Vec::new()),
        map([-4.0, 4.0], Vec::new(), vec![item(1e9, vec![nan]), item(-1e9, Vec::new())]),
        map([-4.0, 4.0], vec![wave(0.0, vec![1.0])], vec![item(0.0, vec![0.0; 90]); 1]),
        map([4.0, -4.0], vec![wave(90.0, vec![0.5, f64::INFINITY])], vec![item(0.0, Vec::new()); 90]),
    ]
}

fn odd_rows() -> Vec<Chart> {
    let nan = f64::NAN;
    let drift = |limits: Vec<f64>, values: &[(f64, Option<[f64; 2]>)]| {
        let item = |(difference, ci): &(f64, Option<[f64; 2]>)| DriftItem {
            item: "butir-literasi-membaca".repeat(9),
            difference: *difference,
            ci: *ci,
            drifting: true,
        };
        let items = values.iter().map(item).collect();
        Chart::AnchorDrift(AnchorDrift { axis: "A".repeat(300), limits, items })
    };
    let dif = |zones, estimate: f64, ci| {
        let item = DifItem { item: String::new(), estimate, ci, class: DifClass::C };
        let easier_for = ["kata ".repeat(80), String::new()];
        Chart::DifPlot(DifPlot { axis: String::new(), easier_for, zones, items: vec![item; 3] })
    };
    vec![
        drift(vec![nan, -1.0, 0.0], &[(nan, None), (0.0, Some([nan, 1.0]))]),
        drift(Vec::new(), &[(0.0, Some([0.0, 0.0])), (0.0, None)]),
        drift(vec![1e12], &[(1e300, Some([f64::NEG_INFINITY, f64::INFINITY]))]),
        dif([nan, nan], nan, None),
        dif([2.0, 1.0], 0.0, Some([1.0, -1.0])),
        dif([0.0, f64::INFINITY], f64::INFINITY, Some([0.0, 0.0])),
    ]
}

fn odd_panels() -> Vec<Chart> {
    let nan = f64::NAN;
    let option =
        |shares: &[f64]| OptionCurve { label: "opsi ".repeat(50), is_key: true, shares: shares.to_vec() };
    let options = |groups: usize, options: Vec<OptionCurve>| {
        let item = "x".repeat(300);
        let item = OptionItem { item, note: "kata ".repeat(70), suspected_miskey: true, options };
        let groups = vec!["kelompok terendah".to_owned(); groups];
        Chart::OptionCurves(OptionCurves { axis: "A ".repeat(200), groups, items: vec![item; 2] })
    };
    let point = |ability, value| CurvePoint { ability, value };
    let group = |ability, share, ci| ObservedGroup { ability, share, ci, n: 0 };
    let curves = |range, curve: Vec<CurvePoint>, observed: Vec<ObservedGroup>| {
        let item = ItemCurve { item: String::new(), note: String::new(), misfit: true, curve, observed };
        Chart::ItemCurves(ItemCurves { axis: String::new(), range, items: vec![item; 5] })
    };
    vec![
        options(0, Vec::new()),
        options(0, vec![option(&[0.5])]),
        options(1, vec![option(&[0.5]), option(&[0.5, 0.5]), option(&[])]),
        options(5, vec![option(&[nan, 0.5, nan, -1.0, 9.0]); 12]),
        options(5, vec![option(&[0.0; 5]); 30]),
        curves([nan, nan], vec![point(nan, nan), point(0.0, 9.0), point(1.0, -9.0)], Vec::new()),
        curves([1.0, 1.0], vec![point(1.0, 1.0); 3], vec![group(1.0, 2.0, Some([nan, f64::INFINITY]))]),
        curves([-1e9, 1e9], Vec::new(), vec![group(nan, nan, None), group(0.0, 0.5, Some([0.9, 0.1]))]),
    ]
}

fn odd_tests() -> Vec<Chart> {
    let nan = f64::NAN;
    let point = |ability, value| CurvePoint { ability, value };
    let test = |range, points: Vec<CurvePoint>, reliable, shares: Vec<f64>| {
        let label = "buku ".repeat(90);
        let test = TestCurves { label, information: points.clone(), errors: points };
        let wave = AbilityWave { label: String::new(), n: 0, mean: nan, shares };
        let (axis, tests, waves) = (String::new(), vec![test; 6], vec![wave; 3]);
        Chart::TestInformation(TestInformation { axis, range, tests, reliable, waves })
    };
    let reliable = |error, from, to| Some(ReliableRange { least: nan, error, from, to });
    vec![
        test([nan, nan], Vec::new(), reliable(nan, nan, nan), vec![nan]),
        test([0.0, 0.0], vec![point(0.0, 0.0); 4], reliable(0.0, 1.0, -1.0), Vec::new()),
        test([-4.0, 4.0], vec![point(-4.0, nan), point(0.0, 1e300)], reliable(1e300, -1e9, 1e9), vec![1e9]),
        test([4.0, -4.0], vec![point(-4.0, -3.0), point(4.0, f64::INFINITY)], None, vec![-1.0, 0.0]),
    ]
}

fn odd() -> Vec<Chart> {
    empty()
        .into_iter()
        .chain(odd_wright_maps())
        .chain(odd_rows())
        .chain(odd_panels())
        .chain(odd_tests())
        .collect()
}

#[test]
fn no_word_of_a_measurement_chart_is_cut_off_and_none_lies_on_another() {
    for chart in ordinary() {
        for width in [720, 360] {
            for lang in Lang::ALL {
                check_words_apart(&svg(&chart, lang, size_for_width(&chart, width)).unwrap());
            }
        }
    }
}

#[test]
fn the_same_measurement_chart_gives_the_same_bytes() {
    for chart in ordinary() {
        assert_eq!(drawn(&chart), drawn(&chart));
        assert_eq!(natural_size(&chart).width, 720);
    }
}

#[test]
fn a_measurement_chart_without_data_says_so() {
    for chart in empty() {
        assert_eq!(natural_size(&chart).height, 60);
        assert_eq!(words(&drawn(&chart)), ["tidak ada data"]);
        assert_eq!(describe::describe(&chart, Lang::En), "no data");
    }
}

#[test]
fn odd_measurements_give_a_valid_drawing() {
    for (index, chart) in odd().iter().enumerate() {
        for lang in Lang::ALL {
            for width in [0, 360, 720] {
                let svg = svg(chart, lang, size_for_width(chart, width)).unwrap();
                assert!(raster::png_scaled(&svg, 0.25).is_ok(), "chart {index} is no valid SVG");
                assert!(!svg.contains("NaN") && !describe::describe(chart, lang).contains("NaN"));
            }
        }
    }
}

#[test]
fn every_item_stands_on_the_wright_map_with_its_steps() {
    let words = words(&drawn(&wright_map(45, 5.0)));
    assert!((0..45).all(|index| words.contains(&item_name(index))));
    assert!(words.contains(&"L08.1".to_owned()) && words.contains(&"L08.2".to_owned()));
    assert!(words.contains(&"Sebelum: rata-rata −0,40 (n = 358)".to_owned()));
    let text = describe::describe(&wright_map(45, 5.0), Lang::En);
    assert!(text.contains("45 items (15 of them anchors)"), "{text}");
}

#[test]
fn anchors_are_sorted_by_their_drift() {
    let words = words(&drawn(&anchor_drift(15, 2.0)));
    let place = |item: &str| words.iter().position(|word| word == item).unwrap();
    let highest = (0..15).max_by(|a, b| scattered(*a).total_cmp(&scattered(*b))).unwrap();
    let lowest = (0..15).min_by(|a, b| scattered(*a).total_cmp(&scattered(*b))).unwrap();
    assert!(place(&item_name(highest)) < place(&item_name(lowest)));
    assert!(words.contains(&"← lebih mudah sesudahnya".to_owned()));
    let text = describe::describe(&anchor_drift(15, 2.0), Lang::En);
    assert!(text.contains("of 15 anchor items"), "{text}");
}

#[test]
fn classes_of_dif_stand_as_letters_and_directions_as_words() {
    let words = words(&drawn(&dif_plot(20, 5.0)));
    assert!(["A", "B", "C"].iter().all(|letter| words.contains(&(*letter).to_owned())));
    assert!(words.join(" ").contains("lebih mudah bagi siswa perempuan →"));
    let text = describe::describe(&dif_plot(20, 5.0), Lang::Id);
    assert!(text.contains("dari 20 butir") && text.contains("kelas C"), "{text}");
}

#[test]
fn a_doubtful_key_is_said_in_words() {
    let chart = option_curves(8, &["A", "B", "C", "D"]);
    let words = words(&drawn(&chart));
    assert_eq!(words.iter().filter(|word| *word == "▲ periksa kunci").count(), 1);
    assert_eq!(words.iter().filter(|word| *word == "B").count(), 8);
    let text = describe::describe(&chart, Lang::En);
    assert!(text.contains("L01 (key B) from 20% to 80%") && text.contains("doubtful: L05"), "{text}");
}

#[test]
fn every_item_has_its_panel() {
    let chart = item_curves(7, "b = 0,42");
    let words = words(&drawn(&chart));
    assert!(words.contains(&"L07".to_owned()) && words.contains(&"▲ tidak cocok".to_owned()));
    assert!(describe::describe(&chart, Lang::En).contains("do not fit: L04"));
}

#[test]
fn good_measurement_is_named_with_its_ends() {
    let chart = test_information(1, 2);
    let words = words(&drawn(&chart));
    assert!(words.contains(&"reliabilitas sedikitnya 0,70 (−1,9 sampai 1,9)".to_owned()));
    assert!(words.contains(&"Galat baku pengukuran".to_owned()));
    let text = describe::describe(&chart, Lang::En);
    assert!(
        text.contains("highest (7.5) at 0.0") && text.contains("at least 0.70 from −1.9 to 1.9"),
        "{text}"
    );
}
