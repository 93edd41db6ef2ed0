//! Charts by what they say: labels, order, places and colours in the SVG, not pixels.

#[path = "charts/measurement.rs"]
mod measurement;
#[path = "charts/missing.rs"]
mod missing;

use std::sync::Arc;

use dampak::chart::draw::{natural_size, size_for_width, svg};
use dampak::chart::{
    Chart, Difficulty, DifficultyPoint, Distribution, DistributionPanel, DistributionWave, Forest,
    ForestKind, ForestRow, LevelBar, Levels, Likert, LikertBar, LikertItem, Slope, Slopes, describe, raster,
    theme,
};
use dampak::i18n::Lang;
use resvg::usvg::{Node, Options, Tree, fontdb};

const STATEMENT: &str = "Saya mampu merancang kegiatan pembelajaran yang mengembangkan kemampuan literasi membaca \
                         siswa pada mata pelajaran yang saya ampu.";
const LONG_NAME: &str = "SMP Islam Terpadu Al-Hikmah Nusantara Raya";

fn school(index: usize) -> String {
    if index == 3 { LONG_NAME.to_owned() } else { format!("SMP Negeri {} Sukamaju", index + 1) }
}

fn distribution(means: &[f64], shares: &[f64]) -> Chart {
    let wave = |(index, mean): (usize, &f64)| DistributionWave {
        label: format!("Gelombang {}", index + 1),
        n: 358,
        mean: *mean,
        shares: shares.to_vec(),
    };
    let panel = |label: &str| DistributionPanel {
        label: label.to_owned(),
        waves: means.iter().enumerate().map(wave).collect(),
    };
    Chart::Distribution(Distribution {
        axis: "Skor numerasi (0–100)".to_owned(),
        range: [0.0, 100.0],
        panels: vec![panel("Program"), panel("Pembanding")],
    })
}

fn forest(schools: usize) -> Chart {
    let kind = |index: usize| if index.is_multiple_of(2) { ForestKind::Unit } else { ForestKind::Comparison };
    let mut rows: Vec<ForestRow> = (0..schools)
        .map(|index| {
            let estimate = (index * 7 % 11) as f64 - 3.0;
            let half = if index == 2 { 40.0 } else { 3.0 };
            ForestRow {
                label: school(index),
                n: Some(20 + index),
                estimate,
                ci: (index != 5).then_some([estimate - half, estimate + half]),
                kind: kind(index),
            }
        })
        .collect();
    rows.push(ForestRow {
        label: "Semua sekolah".to_owned(),
        n: Some(358),
        estimate: 4.93,
        ci: Some([3.51, 6.34]),
        kind: ForestKind::Overall,
    });
    Chart::Forest(Forest { axis: "Perubahan skor (poin)".to_owned(), reference: 0.0, rows, decimals: 1 })
}

fn slopes(schools: usize) -> Chart {
    let line = |index: usize| Slope {
        label: school(index),
        before: 40.0 + (index * 7 % 13) as f64,
        after: 45.0 + (index * 5 % 13) as f64,
        arm: index % 2,
    };
    let mean = |arm: usize, label: &str| Slope {
        label: label.to_owned(),
        before: 46.0,
        after: 51.0 - arm as f64,
        arm,
    };
    Chart::Slopes(Slopes {
        axis: "Rata-rata skor".to_owned(),
        range: [0.0, 100.0],
        waves: ["Sebelum".to_owned(), "Sesudah".to_owned()],
        arms: vec!["Program".to_owned(), "Pembanding".to_owned()],
        lines: (0..schools).map(line).collect(),
        means: vec![mean(0, "Program"), mean(1, "Pembanding")],
    })
}

fn levels(bars: &[&[f64]]) -> Chart {
    let bar = |(index, shares): (usize, &&[f64])| LevelBar {
        label: format!("Batang {}", index + 1),
        n: 300 + index,
        shares: shares.to_vec(),
    };
    let names = ["Perlu intervensi khusus", "Dasar", "Cakap", "Mahir"];
    Chart::Levels(Levels {
        levels: names.map(str::to_owned).to_vec(),
        bars: bars.iter().enumerate().map(bar).collect(),
    })
}

fn difficulty(items: usize) -> Chart {
    let point = |index: usize| {
        let before = 0.1 + 0.8 * (index * 17 % 31) as f64 / 31.0;
        let after = (before + 0.05 + 0.03 * (index % 5) as f64).min(1.0);
        DifficultyPoint {
            item: format!("N{:02}", index + 1),
            before,
            after,
            anchor: !index.is_multiple_of(3),
        }
    };
    Chart::Difficulty(Difficulty {
        axes: ["Sebelum".to_owned(), "Sesudah".to_owned()],
        points: (0..items).map(point).collect(),
    })
}

fn likert(statement: &str, shares: &[[f64; 5]]) -> Chart {
    let bar = |(index, shares): (usize, &[f64; 5])| LikertBar {
        label: ["Sebelum", "Sesudah", "Tindak lanjut"][index].to_owned(),
        n: 160 + index,
        shares: shares.to_vec(),
    };
    let item = |index: usize| LikertItem {
        label: format!("{} {statement}", index + 1),
        bars: shares.iter().enumerate().map(bar).collect(),
    };
    let answers = ["Sangat tidak setuju", "Tidak setuju", "Netral", "Setuju", "Sangat setuju"];
    Chart::Likert(Likert { answers: answers.map(str::to_owned).to_vec(), items: (0..4).map(item).collect() })
}

/// One chart of every kind, as a study has them.
fn ordinary() -> Vec<Chart> {
    let hill = [0.0, 0.02, 0.08, 0.15, 0.25, 0.25, 0.15, 0.07, 0.03, 0.0];
    let answers = [[0.04, 0.22, 0.31, 0.35, 0.08], [0.0, 0.09, 0.2, 0.52, 0.19]];
    vec![
        distribution(&[47.3, 52.4], &hill),
        distribution(&[47.3, 54.4, 53.1], &hill),
        forest(13),
        forest(25),
        slopes(13),
        slopes(25),
        levels(&[&[0.28, 0.41, 0.25, 0.06], &[0.17, 0.36, 0.35, 0.12]]),
        difficulty(30),
        difficulty(90),
        likert(STATEMENT, &answers),
        likert("Rekan guru di sekolah saya saling membantu.", &answers),
    ]
}

fn drawn(chart: &Chart) -> String {
    svg(chart, Lang::Id, natural_size(chart)).expect("the chart is drawn")
}

/// The words of the SVG in drawing order.
fn words(svg: &str) -> Vec<String> {
    let element = |part: &str| {
        part.split_once('>')
            .and_then(|(_, rest)| rest.split_once("</text>"))
            .map(|(text, _)| text.trim().to_owned())
    };
    svg.split("<text ").skip(1).filter_map(element).collect()
}

/// The colour and left edge of each coloured rectangle.
struct Piece {
    fill: String,
    left: f64,
    width: f64,
    top: f64,
}

fn pieces(svg: &str, colours: &[String]) -> Vec<Piece> {
    let attribute = |tag: &str, name: &str| -> Option<String> {
        let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    };
    let number =
        |tag: &str, name: &str| attribute(tag, name).and_then(|value| value.parse().ok()).unwrap_or(0.0);
    svg.split("<rect")
        .skip(1)
        .filter_map(|tag| {
            let fill = attribute(tag, "fill")?;
            let (left, width, top) = (number(tag, "x"), number(tag, "width"), number(tag, "y"));
            colours.contains(&fill).then_some(Piece { fill, left, width, top })
        })
        .collect()
}

fn level_colours() -> Vec<String> {
    theme::levels(4)
        .iter()
        .map(|colour| format!("#{:02X}{:02X}{:02X}", colour.0, colour.1, colour.2))
        .collect()
}

#[test]
fn every_school_stands_in_the_forest_with_its_numbers_in_the_given_order() {
    let chart = forest(25);
    let words = words(&drawn(&chart));
    let joined = words.join(" ");
    let mut from = 0;
    for index in (0..25).map(school).chain(["Semua sekolah".to_owned()]) {
        let place =
            joined[from..].find(&index).unwrap_or_else(|| panic!("{index} is missing or out of order"));
        from += place;
    }
    assert!(joined.contains("4,9 [3,5; 6,3]"));
    assert!(words.contains(&"358".to_owned()));
}

#[test]
fn every_school_stands_beside_its_line() {
    let joined = words(&drawn(&slopes(25))).join(" ");
    assert!((0..25).all(|index| joined.contains(&school(index))));
    assert!(joined.contains("Rata-rata Program 51,0 (+5,0)"));
}

#[test]
fn a_long_statement_is_wrapped_and_stays_whole() {
    let joined = words(&drawn(&likert(STATEMENT, &[[0.2; 5]]))).join(" ");
    assert!((1..=4).all(|index| joined.contains(&format!("{index} {STATEMENT}"))), "{joined}");
}

#[test]
fn before_stands_above_after() {
    let svg = drawn(&levels(&[&[0.5, 0.5, 0.0, 0.0], &[0.25, 0.25, 0.25, 0.25]]));
    let pieces = pieces(&svg, &level_colours());
    let tops: Vec<f64> = pieces.iter().filter(|piece| piece.width > 60.0).map(|piece| piece.top).collect();
    assert_eq!(tops.len(), 6);
    assert!(tops[0] == tops[1] && tops[1] < tops[2] && tops[2] == tops[5]);
}

#[test]
fn an_unused_level_takes_no_room_and_moves_no_colour() {
    let colours = level_colours();
    let svg = drawn(&levels(&[&[0.5, 0.0, 0.25, 0.25]]));
    // The squares of the key are narrower than any bar here.
    let bars: Vec<Piece> = pieces(&svg, &colours).into_iter().filter(|piece| piece.width > 60.0).collect();
    let fills: Vec<&str> = bars.iter().map(|piece| piece.fill.as_str()).collect();
    assert_eq!(fills, [&colours[0], &colours[2], &colours[3]]);
    assert!((bars[0].left + bars[0].width - bars[1].left).abs() <= 1.0);
    assert!((bars[0].width - 2.0 * bars[1].width).abs() <= 2.0);
}

#[test]
fn the_sums_of_both_sides_leave_out_the_middle_answer() {
    let words = words(&drawn(&likert("Pendek.", &[[0.04, 0.22, 0.31, 0.35, 0.08]])));
    assert!(words.contains(&"26%".to_owned()) && words.contains(&"43%".to_owned()));
}

#[test]
fn the_same_chart_gives_the_same_bytes() {
    for chart in ordinary() {
        assert_eq!(drawn(&chart), drawn(&chart));
    }
}

#[test]
fn words_stay_words_in_both_languages() {
    let chart = distribution(&[47.3, 52.4], &[0.5, 0.5]);
    let size = natural_size(&chart);
    let (id, en) = (svg(&chart, Lang::Id, size).unwrap(), svg(&chart, Lang::En, size).unwrap());
    assert!(words(&id).contains(&"Gelombang 1: rata-rata 47,3 (n = 358)".to_owned()));
    assert!(words(&en).contains(&"Gelombang 1: mean 47.3 (n = 358)".to_owned()));
    assert!(id.contains("font-family=\"Noto Sans, sans-serif\""));
}

#[test]
fn no_word_is_cut_off_and_none_lies_on_another() {
    for chart in ordinary() {
        for width in [720, 360] {
            for lang in Lang::ALL {
                let svg = svg(&chart, lang, size_for_width(&chart, width)).unwrap();
                check_words_apart(&svg);
            }
        }
    }
}

/// The box of a text with the room above and below its letters taken off.
#[derive(Debug)]
struct Word {
    text: String,
    left: f32,
    right: f32,
    top: f32,
    bottom: f32,
}

fn check_words_apart(svg: &str) {
    let mut fonts = fontdb::Database::new();
    fonts.load_font_data(notosans::REGULAR_TTF.to_vec());
    fonts.load_font_data(notosans::BOLD_TTF.to_vec());
    let tree =
        Tree::from_str(svg, &Options { fontdb: Arc::new(fonts), ..Options::default() }).expect("valid SVG");
    let mut found = Vec::new();
    collect_words(tree.root().children(), &mut found);
    assert!(found.len() > 5, "the words of the drawing were not found");
    let (width, height) = (tree.size().width() + 0.5, tree.size().height() + 0.5);
    for (index, word) in found.iter().enumerate() {
        let inside = word.left >= -0.5 && word.top >= -0.5 && word.right <= width && word.bottom <= height;
        assert!(inside, "'{}' at {word:?} leaves the page of {width} x {height}", word.text);
        for other in &found[..index] {
            let apart = word.left >= other.right
                || other.left >= word.right
                || word.top >= other.bottom
                || other.top >= word.bottom;
            assert!(apart, "'{}' lies on '{}': {word:?} {other:?}", word.text, other.text);
        }
    }
}

fn collect_words(nodes: &[Node], found: &mut Vec<Word>) {
    for node in nodes {
        match node {
            Node::Group(group) => collect_words(group.children(), found),
            Node::Text(text) => {
                let frame = text.abs_bounding_box();
                // The box reaches from ascent to descent; digits and small letters use half of that.
                let spare = frame.height() * 0.2;
                found.push(Word {
                    text: text.chunks().iter().map(|chunk| chunk.text().to_owned()).collect(),
                    left: frame.left(),
                    right: frame.right(),
                    top: frame.top() + spare,
                    bottom: frame.bottom() - spare,
                });
            }
            Node::Path(_) | Node::Image(_) => {}
        }
    }
}

#[test]
fn a_chart_is_300_dots_per_inch_at_17_cm() {
    let png = raster::png(&drawn(&forest(13)), raster::PRINT_DPI).unwrap();
    let width = u32::from_be_bytes([png[16], png[17], png[18], png[19]]);
    assert_eq!(width, 2008);
    assert!(raster::png("<p>no drawing</p>", 300.0).is_err());
    assert!(raster::png(&drawn(&forest(1)), f64::NAN).is_err());
}

#[test]
fn the_height_grows_with_the_rows() {
    assert!(natural_size(&forest(25)).height > natural_size(&forest(13)).height + 200);
    assert_eq!(natural_size(&forest(25)).width, 720);
}

#[test]
fn the_alternative_text_names_the_main_numbers() {
    let text = describe::describe(&forest(13), Lang::En);
    assert!(text.contains("13 rows") && text.contains("Semua sekolah: 4.9 [3.5; 6.3]"), "{text}");
    let text = describe::describe(&slopes(13), Lang::Id);
    assert!(text.contains("dari 13 sekolah"), "{text}");
}

/// Charts that a broken or tiny study may bring about.
fn odd() -> Vec<Chart> {
    let nan = f64::NAN;
    let row = |estimate: f64, ci: Option<[f64; 2]>, kind| ForestRow {
        label: String::new(),
        n: None,
        estimate,
        ci,
        kind,
    };
    let forest = |rows: Vec<ForestRow>, reference: f64| {
        Chart::Forest(Forest { axis: String::new(), reference, rows, decimals: 2 })
    };
    let slope = |before, after, arm| Slope { label: "<&\"'\u{7}>".to_owned(), before, after, arm };
    let slopes = |lines: Vec<Slope>, range| {
        Chart::Slopes(Slopes {
            axis: String::new(),
            range,
            waves: [String::new(), String::new()],
            arms: Vec::new(),
            means: lines.clone(),
            lines,
        })
    };
    let point = |before, after| DifficultyPoint { item: "N".repeat(300), before, after, anchor: false };
    let scatter = |points| Chart::Difficulty(Difficulty { axes: [String::new(), String::new()], points });
    let likert = |answers: usize, bars: Vec<LikertBar>| {
        let item = LikertItem { label: "kata".repeat(200), bars };
        Chart::Likert(Likert { answers: vec!["A".repeat(200); answers], items: vec![item] })
    };
    let bar = |shares: Vec<f64>| LikertBar { label: String::new(), n: 0, shares };
    vec![
        Chart::Distribution(Distribution { axis: String::new(), range: [nan, nan], panels: Vec::new() }),
        distribution(&[nan, f64::INFINITY], &[]),
        distribution(&[50.0, 50.0], &[0.0, nan, f64::INFINITY, -1.0]),
        distribution(&[-1e300, 1e300], &[1e300, 1e-300]),
        distribution(&[], &[]),
        forest(Vec::new(), 0.0),
        forest(vec![row(nan, Some([nan, nan]), ForestKind::Overall)], nan),
        forest(vec![row(1.0, Some([f64::NEG_INFINITY, f64::INFINITY]), ForestKind::Unit)], 1.0),
        forest(
            vec![row(2.0, Some([2.0, 2.0]), ForestKind::Comparison), row(2.0, None, ForestKind::Overall)],
            2.0,
        ),
        slopes(Vec::new(), [0.0, 100.0]),
        slopes(vec![slope(50.0, 50.0, 0); 3], [0.0, 100.0]),
        slopes(vec![slope(nan, 50.0, 7), slope(120.0, -30.0, 99)], [100.0, 0.0]),
        slopes(vec![slope(5.0, 6.0, 0); 80], [nan, f64::INFINITY]),
        levels(&[]),
        levels(&[&[0.0; 4], &[], &[nan, -1.0, 7.0, 7.0, 7.0]]),
        Chart::Levels(Levels {
            levels: Vec::new(),
            bars: vec![LevelBar { label: "x".repeat(900), n: 0, shares: vec![1.0] }],
        }),
        scatter(Vec::new()),
        scatter(vec![point(nan, 0.5), point(2.0, -1.0), point(0.5, 0.5), point(0.5, 0.5)]),
        likert(0, vec![bar(vec![1.0])]),
        likert(1, vec![bar(vec![1.0])]),
        likert(2, Vec::new()),
        likert(5, vec![bar(vec![0.0; 5]), bar(vec![nan; 9])]),
    ]
}

#[test]
fn odd_data_gives_a_valid_drawing() {
    for (index, chart) in odd().iter().enumerate() {
        for lang in Lang::ALL {
            for width in [0, 360, 720] {
                let svg = svg(chart, lang, size_for_width(chart, width)).unwrap();
                assert!(raster::png_scaled(&svg, 0.25).is_ok(), "chart {index} is no valid SVG");
                assert!(!describe::describe(chart, lang).is_empty());
            }
        }
    }
}
