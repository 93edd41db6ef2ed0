//! Charts of items, tests and linking, ordinary ones and those that a broken or tiny study may bring about.

use dampak::chart::draw::{natural_size, size_for_width, svg};
use dampak::chart::{
    AnchorDrift, Chart, DifClass, DifItem, DifPlot, DriftItem, Forest, ForestKind, ForestRow, WrightItem,
    WrightMap, WrightWave, describe, raster,
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
        |label: &str, mean: f64| WrightWave { label: label.to_owned(), n: 358, mean, shares: bell(mean) };
    let item = |index: usize| {
        let location = (scattered(index) - 0.5) * spread;
        let steps = if index % 7 == 0 { vec![location - 0.6, location + 0.6] } else { Vec::new() };
        WrightItem { item: item_name(index), location, steps, anchor: index % 3 == 0 }
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
    vec![Chart::WrightMap(wright), Chart::AnchorDrift(drift), Chart::DifPlot(dif)]
}

fn odd_wright_maps() -> Vec<Chart> {
    let nan = f64::NAN;
    let wave = |mean: f64, shares: Vec<f64>| WrightWave { label: String::new(), n: 0, mean, shares };
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

fn odd() -> Vec<Chart> {
    empty().into_iter().chain(odd_wright_maps()).chain(odd_rows()).collect()
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
