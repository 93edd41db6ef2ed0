//! Charts of the flow of participants and of groups before the programme.

use dampak::chart::draw::{size_for_width, svg};
use dampak::chart::{Chart, Flow, FlowArm, FlowBox, LovePlot, LoveRow, describe};
use dampak::i18n::Lang;

use super::{LONG_NAME, check_words_apart, drawn, words};

fn flow(arms: usize) -> Chart {
    let own = |title: &str, n: usize, before: &[&str]| FlowBox {
        before: before.iter().map(|words| (*words).to_owned()).collect(),
        title: title.to_owned(),
        lines: vec!["13 sekolah".to_owned(), format!("{n} siswa")],
    };
    let arm = |index: usize| FlowArm {
        label: if arms == 1 { String::new() } else { format!("{LONG_NAME} {index}") },
        boxes: vec![
            own("Pada daftar peserta", 389, &[]),
            own("Diukur pada awal", 373, &["16 tidak diukur pada awal"]),
            own(
                "Diukur pada akhir",
                366,
                if index == 0 { &["23 hilang"] } else { &["46 hilang", "13 baru"] },
            ),
            own("Dianalisis", 350, &[]),
        ],
    };
    Chart::Flow(Flow { arms: (0..arms).map(arm).collect() })
}

fn love_plot(rows: usize, spread: f64) -> Chart {
    let row = |index: usize| LoveRow {
        label: if index == 1 { LONG_NAME.to_owned() } else { format!("Ciri {index}") },
        analysed: (index != 3).then_some((index as f64 - 2.0) * spread),
        everybody: (index != 4).then_some((index as f64 - 2.5) * spread),
    };
    Chart::LovePlot(LovePlot {
        axis: "Program dikurangi pembanding (g Hedges atau indeks Cox)".to_owned(),
        samples: ["dasar taksiran".to_owned(), "semua yang diukur pada awal".to_owned()],
        limits: [0.05, 0.25],
        rows: (0..rows).map(row).collect(),
    })
}

#[test]
fn no_word_of_them_is_cut_off_and_none_lies_on_another() {
    let charts = [flow(1), flow(2), flow(3), love_plot(6, 0.04), love_plot(6, 0.5), love_plot(1, f64::NAN)];
    for chart in charts {
        for width in [720, 360] {
            for lang in Lang::ALL {
                check_words_apart(&svg(&chart, lang, size_for_width(&chart, width)).unwrap());
            }
        }
    }
}

#[test]
fn every_box_and_loss_stands_in_the_flow() {
    let found = words(&drawn(&flow(2)));
    assert_eq!(found.iter().filter(|word| *word == "Dianalisis").count(), 2);
    assert!(["23 hilang", "46 hilang", "13 baru"].iter().all(|loss| found.contains(&(*loss).to_owned())));
    let text = describe::describe(&flow(1), Lang::En);
    assert!(text.contains("Pada daftar peserta: 13 sekolah, 389 siswa → Diukur pada awal"), "{text}");
}

#[test]
fn characteristics_beyond_the_band_are_named_in_words() {
    let found = words(&drawn(&love_plot(6, 0.1)));
    assert!(found.contains(&"−0,25".to_owned()) && found.contains(&"0,05".to_owned()));
    let text = describe::describe(&love_plot(6, 0.1), Lang::En);
    assert!(
        text.contains("of 6 characteristics") && text.contains("1 by more than 0.25 (Ciri 5 +0.30)"),
        "{text}"
    );
    let empty = Chart::Flow(Flow { arms: Vec::new() });
    assert_eq!(words(&drawn(&empty)).len(), 1);
}
