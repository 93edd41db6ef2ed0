//! What a rendered document must keep: its words whatever characters they hold, its bytes from one run to
//! the next, its meaning for a screen reader, and a page that needs nothing from outside.

use std::io::Write;
use std::process::{Command, Stdio};

use dampak::chart::{
    Chart, Distribution, DistributionPanel, DistributionWave, Forest, ForestKind, ForestRow, LevelBar, Levels,
};
use dampak::doc::{
    Align, Block, Column, Document, DocumentKind, Fact, Figure, Inline, KeyFigure, Row, RowKind, Table, Tone,
};
use dampak::i18n::{Lang, phrase};
use dampak::render::{self, Format};

fn text(words: &str) -> Inline {
    Inline::Text(words.into())
}

fn cells(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn wide_table(rows: usize) -> Table {
    let mut body = vec![Row { cells: cells(&["Literasi membaca"]), kind: RowKind::Group }];
    body.push(Row::strong(cells(&[
        "Semua sekolah",
        "358",
        "48,2",
        "55,1",
        "+6,9",
        "[3,1; 10,8]",
        "0,013",
        "0,42",
    ])));
    for place in 1..=rows {
        let name = format!("SMP Negeri {place} Nusa Harapan");
        let n = (20 + place).to_string();
        body.push(Row::body(cells(&[
            &name,
            &n,
            "47,9",
            "53,0",
            "+5,1",
            "[\u{2212}1,2; 11,4]",
            "0,104",
            "0,31",
        ])));
    }
    let mut columns = vec![Column::wide("Sekolah", 1), Column::numbers("n")];
    columns.extend(
        ["Rata-rata sebelum", "Rata-rata sesudah", "Selisih", "Interval kepercayaan 95%", "p", "g"]
            .map(Column::numbers),
    );
    Table {
        caption: "Rata-rata literasi sebelum dan sesudah pelatihan, per sekolah".into(),
        columns,
        rows: body,
        notes: vec![
            "Interval sekolah: uji t berpasangan dalam sekolah. Semua sekolah: uji t atas 13 rata-rata sekolah, \
             db = 12."
                .into(),
        ],
    }
}

fn forest() -> Chart {
    let unit = |place: usize| ForestRow {
        label: format!("SMP Negeri {place}"),
        n: Some(20 + place),
        estimate: 2.0 + place as f64,
        ci: Some([place as f64 - 2.5, 6.5 + place as f64]),
        kind: ForestKind::Unit,
    };
    let mut rows: Vec<ForestRow> = (1..=9).map(unit).collect();
    rows.push(ForestRow {
        label: "Semua sekolah".into(),
        n: Some(358),
        estimate: 6.9,
        ci: Some([3.1, 10.8]),
        kind: ForestKind::Overall,
    });
    Chart::Forest(Forest { axis: "Selisih rata-rata (poin)".into(), reference: 0.0, rows, decimals: 1 })
}

fn level_bars() -> Chart {
    let bar =
        |label: &str, shares: [f64; 4]| LevelBar { label: label.into(), n: 358, shares: shares.to_vec() };
    Chart::Levels(Levels {
        levels: cells(&["Perlu intervensi", "Dasar", "Cakap", "Mahir"]),
        bars: vec![bar("Sebelum", [0.31, 0.42, 0.21, 0.06]), bar("Sesudah", [0.19, 0.38, 0.31, 0.12])],
    })
}

fn distribution() -> Chart {
    let wave = |label: &str, mean: f64, shares: [f64; 10]| DistributionWave {
        label: label.into(),
        n: 358,
        mean,
        shares: shares.to_vec(),
    };
    Chart::Distribution(Distribution {
        axis: "Skor literasi (0–100)".into(),
        range: [0.0, 100.0],
        panels: vec![DistributionPanel {
            label: String::new(),
            waves: vec![
                wave("Sebelum", 48.2, [0.01, 0.05, 0.1, 0.16, 0.22, 0.2, 0.14, 0.08, 0.03, 0.01]),
                wave("Sesudah", 55.1, [0.01, 0.02, 0.06, 0.12, 0.18, 0.22, 0.19, 0.12, 0.06, 0.02]),
            ],
        }],
    })
}

fn figure(id: &str, chart: Chart, caption: &str) -> Block {
    Block::Figure(Figure { id: id.into(), chart, caption: caption.into() })
}

fn fact(label: &str, value: &str) -> Fact {
    Fact { label: label.into(), value: value.into() }
}

/// A report as the pipeline composes it: every kind of block.
pub fn report() -> Document {
    let paragraph = "Rata-rata skor literasi siswa naik 6,9 poin (95% KI 3,1 sampai 10,8; uji t berkelompok, db = \
                     12; n = 358 siswa di 13 sekolah). Kenaikan sebesar itu setara dengan berpindahnya siswa dari \
                     persentil ke-50 ke persentil ke-66 pada sebaran awal.";
    let key = |value: &str, label: &str, detail: &str| KeyFigure {
        value: value.into(),
        label: label.into(),
        detail: detail.into(),
    };
    let blocks = vec![
        Block::heading(1, "Ringkasan", "ringkasan"),
        Block::Paragraph(vec![
            text(paragraph),
            text(" Hasil ini "),
            Inline::Strong("tidak dapat dibaca sebagai dampak program saja".into()),
            text(" karena tidak ada sekolah pembanding; lihat "),
            Inline::Emphasis("Batasan".into()),
            text(" dan perintah "),
            Inline::Code("dampak explain".into()),
            text("."),
        ]),
        Block::KeyFigures(vec![
            key("+6,9", "Literasi (poin)", "95% KI 3,1 sampai 10,8; n = 358; 13 sekolah"),
            key("+4,3", "Numerasi (poin)", "95% KI \u{2212}0,4 sampai 9,0; n = 351; 13 sekolah"),
            key("43%", "Siswa cakap atau mahir", "27% sebelum pelatihan; n = 358"),
        ]),
        Block::Note {
            tone: Tone::Caution,
            title: "Batasan".into(),
            blocks: vec![Block::paragraph(
                "Tanpa kelompok pembanding, pertumbuhan yang wajar selama satu semester ikut terhitung.",
            )],
        },
        Block::heading(1, "Hasil", "hasil"),
        Block::heading(2, "Literasi membaca", "literasi"),
        Block::paragraph(paragraph),
        figure("sebaran", distribution(), "Sebaran skor literasi sebelum dan sesudah pelatihan."),
        Block::Table(wide_table(13)),
        figure("sekolah", forest(), "Selisih rata-rata per sekolah dengan interval kepercayaan 95%."),
        Block::heading(2, "Tingkat kemampuan", "tingkat"),
        Block::List {
            ordered: false,
            items: vec![vec![text("Bagian siswa pada tingkat terendah turun.")], vec![text(paragraph)]],
        },
        figure("tingkat-kemampuan", level_bars(), "Bagian siswa per tingkat kemampuan."),
        Block::Table(Table {
            caption: "Peserta per gelombang".into(),
            columns: vec![Column::words("Gelombang"), Column::numbers("Siswa"), Column::numbers("Sekolah")],
            rows: vec![
                Row::body(cells(&["Sebelum", "372", "13"])),
                Row::body(cells(&["Sesudah", "358", "13"])),
            ],
            notes: Vec::new(),
        }),
        Block::Note {
            tone: Tone::Info,
            title: "Cara membaca".into(),
            blocks: vec![Block::paragraph("KI adalah interval kepercayaan. g adalah ukuran efek Hedges.")],
        },
        Block::heading(1, "Metode", "metode"),
        Block::heading(2, "Model", "model"),
        Block::heading(3, "Persamaan", "persamaan"),
        Block::Together(vec![Block::paragraph(paragraph), Block::paragraph(paragraph)]),
    ];
    Document {
        lang: Lang::Id,
        kind: DocumentKind::Report,
        title: "Dampak pelatihan guru dan kepala sekolah terhadap literasi dan numerasi siswa".into(),
        subtitle: "Laporan evaluasi tahun pertama".into(),
        facts: vec![
            fact("Program", "Pelatihan literasi dan numerasi 2024–2026"),
            fact("Sekolah", "13 SMP di tiga kabupaten"),
            fact("Pengukuran", "12 Juli 2025 dan 6 Desember 2025"),
        ],
        banner: Some(phrase(Lang::Id, "common.simulated")),
        footer: "dampak 0.1.0 · rencana analisis 3fa9c1".into(),
        blocks,
    }
}

/// A document with one block.
fn single(kind: DocumentKind, block: Block) -> Document {
    Document {
        lang: Lang::En,
        kind,
        title: "Title".into(),
        subtitle: String::new(),
        facts: Vec::new(),
        banner: None,
        footer: String::new(),
        blocks: vec![block],
    }
}

fn html(document: &Document) -> String {
    String::from_utf8(render::render(document, Format::Html).unwrap()).unwrap()
}

fn pdf_words(bytes: &[u8]) -> Option<String> {
    let mut child = Command::new("pdftotext")
        .args(["-enc", "UTF-8", "-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut input = child.stdin.take().unwrap();
    let bytes = bytes.to_vec();
    let writer = std::thread::spawn(move || input.write_all(&bytes));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    Some(String::from_utf8(output.stdout).unwrap())
}

/// Runs `check` on the words of the PDF, or says loudly that it could not.
fn with_pdf_words(document: &Document, check: impl Fn(&str)) {
    let bytes = render::pdf::render(document).unwrap();
    match pdf_words(&bytes) {
        Some(words) => check(&words),
        None => eprintln!("SKIPPED: pdftotext is not installed, the words of the PDF were not read"),
    }
}

/// Everything that HTML, CSS, templates or typst treat specially.
const NASTY: &str =
    r##"<script>x</script> & "q" 'a' {{ b }} {% c %} #d $e$ @f *g* _h_ `i` ~ \j [k] //l == m </style>"##;

fn nasty() -> Document {
    let nasty = || NASTY.to_owned();
    let blocks = vec![
        Block::heading(1, nasty(), "a"),
        Block::Paragraph(vec![
            text(NASTY),
            Inline::Strong(nasty()),
            Inline::Emphasis(nasty()),
            Inline::Code(nasty()),
        ]),
        Block::List { ordered: true, items: vec![vec![text(NASTY)]] },
        Block::Table(Table {
            caption: nasty(),
            columns: vec![Column::wide(nasty(), 1), Column::wide(nasty(), 1)],
            rows: vec![Row::body(vec![nasty(), nasty()])],
            notes: vec![nasty()],
        }),
        Block::Note { tone: Tone::Info, title: nasty(), blocks: vec![Block::paragraph(NASTY)] },
        Block::KeyFigures(vec![KeyFigure { value: nasty(), label: nasty(), detail: nasty() }]),
    ];
    Document {
        lang: Lang::En,
        kind: DocumentKind::Report,
        title: nasty(),
        subtitle: nasty(),
        facts: vec![Fact { label: nasty(), value: nasty() }],
        banner: Some(nasty()),
        footer: nasty(),
        blocks,
    }
}

#[test]
fn no_character_of_the_words_is_taken_for_markup() {
    let page = html(&nasty());
    assert!(!page.contains("<script"), "words became a script");
    assert_eq!(page.matches("</style>").count(), 1, "words closed the style");
    assert!(page.contains("{{ b }} {% c %} #d $e$ @f *g* _h_"));
    with_pdf_words(&nasty(), |words| {
        for part in
            ["<script>x</script>", "{{ b }}", "{% c %}", "#d", "$e$", "@f", "*g*", "_h_", "\\j", "[k]", "//l"]
        {
            assert!(words.contains(part), "the print lacks {part:?}");
        }
    });
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    for format in Format::ALL {
        let first = render::render(&report(), format).unwrap();
        assert_eq!(first, render::render(&report(), format).unwrap(), "{format:?}");
    }
}

#[test]
fn the_page_needs_nothing_from_outside() {
    let page = html(&report());
    for word in ["<script", "<link", "@import", "src=\"http", "href=\"http", "url(http"] {
        assert!(!page.contains(word), "the page holds {word:?}");
    }
}

#[test]
fn the_page_speaks_to_a_screen_reader() {
    let page = html(&report());
    assert!(page.contains("<html lang=\"id\">"));
    assert!(page.contains("class=\"skip\" href=\"#content\"") && page.contains("<main id=\"content\""));
    assert_eq!(page.matches("<h1>").count(), 1);
    assert_eq!(
        page.matches("<svg role=\"img\" aria-label=\"").count(),
        6,
        "a drawing for screens, one for phones"
    );
    assert_eq!(page.matches("<caption>").count(), 2);
    assert_eq!(page.matches("<th scope=\"col\"").count(), 11);
    assert!(page.contains("<th scope=\"row\"") && page.contains("<th scope=\"colgroup\""));
    assert!(page.contains("DATA SIMULASI"));
    assert!(page.contains("<a href=\"#literasi\"><span class=\"number\">2.1</span>"));
}

#[test]
fn ids_are_unique_when_a_chart_stands_twice() {
    let mut document = report();
    document.blocks.push(figure("lagi", forest(), "Sekali lagi."));
    let page = html(&document);
    let mut ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "an id stands twice");
}

#[test]
fn the_print_is_named_and_accessible() {
    let bytes = render::pdf::render(&report()).unwrap();
    assert!(bytes.starts_with(b"%PDF-1.7"));
    let raw = String::from_utf8_lossy(&bytes);
    assert!(raw.contains("pdfuaid"), "the report does not pass PDF/UA-1");
    assert!(raw.contains("Dampak pelatihan guru"), "the title is not in the metadata");
    assert!(!raw.contains("CreateDate") && !raw.contains("CreationDate"), "the print carries a time");
}

#[test]
fn a_long_table_repeats_its_header_and_keeps_every_row() {
    let document = single(DocumentKind::Report, Block::Table(wide_table(200)));
    with_pdf_words(&document, |words| {
        assert!(words.matches("Selisih").count() >= 3, "the header is not repeated");
        for place in [1, 100, 200] {
            assert!(words.contains(&format!("SMP Negeri {place} Nusa Harapan")), "row {place} is lost");
        }
    });
}

#[test]
fn blocks_kept_together_that_outgrow_a_page_are_not_cut() {
    let blocks = (1..=90).map(|place| Block::paragraph(format!("Paragraf nomor {place}."))).collect();
    with_pdf_words(&single(DocumentKind::Key, Block::Together(blocks)), |words| {
        for place in 1..=90 {
            assert!(words.contains(&format!("Paragraf nomor {place}.")), "paragraph {place} is lost");
        }
    });
}

#[test]
fn numbers_too_many_for_the_page_shrink_and_stay_whole() {
    let columns: Vec<Column> = (1..=14).map(|place| Column::numbers(format!("K{place}"))).collect();
    let rows = vec![Row::body((1..=14).map(|place| format!("{place}.234,56")).collect())];
    let table = Table { caption: "Lebar".into(), columns, rows, notes: Vec::new() };
    with_pdf_words(&single(DocumentKind::Report, Block::Table(table)), |words| {
        for place in 1..=14 {
            assert!(words.contains(&format!("{place}.234,56")), "column {place} is cut");
        }
    });
}

#[test]
fn a_row_of_the_wrong_length_is_filled_or_cut() {
    let column = || Column { title: "t".into(), align: Align::Center, weight: 0 };
    let table = Table {
        caption: String::new(),
        columns: vec![column(), column()],
        rows: vec![Row::body(cells(&["one"])), Row::body(cells(&["a", "b", "spare"]))],
        notes: Vec::new(),
    };
    let document = single(DocumentKind::Key, Block::Table(table));
    assert!(!html(&document).contains("spare"));
    render::pdf::render(&document).unwrap();
}

#[test]
fn a_broken_picture_is_an_error_with_words() {
    let document = single(DocumentKind::Form, Block::Picture { svg: "<svg".into(), alt: "x".into() });
    let error = render::pdf::render(&document).unwrap_err().to_string();
    assert!(error.contains("typesetter"), "{error}");
}

#[test]
fn a_picture_cannot_run_a_script() {
    let svg =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><script>alert(1)</script></svg>";
    let document = single(DocumentKind::Form, Block::Picture { svg: svg.into(), alt: "a \"b\"".into() });
    let page = html(&document);
    assert!(!page.contains("<script"));
    assert!(page.contains("alt=\"a &quot;b&quot;\""));
}

#[test]
fn characters_without_a_glyph_are_named() {
    let document = single(DocumentKind::Form, Block::paragraph("∠ABC = 90°, √2 ≤ π"));
    assert_eq!(render::pdf::missing_glyphs(&document).unwrap(), ['∠']);
    assert_eq!(render::pdf::missing_glyphs(&report()).unwrap(), [] as [char; 0]);
}
