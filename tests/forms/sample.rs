//! Small instruments that hold every form of question, for the tests of forms.

use std::collections::BTreeMap;

use dampak::i18n::{Lang, Text};
use dampak::instrument::{
    Booklet, Choice, Instrument, Item, ItemKind, Picture, Respondent, RubricLevel, Scale, ScaleMethod,
    ScoringRule, Section, ShowIf, Statement, Stimulus, StimulusTable,
};

fn both(id: &str, en: &str) -> Text {
    Text::new(id, en)
}

fn choices(entries: &[(&str, &str, &str)]) -> Vec<Choice> {
    entries
        .iter()
        .map(|(code, id, en)| Choice { code: (*code).into(), label: both(id, en), value: None })
        .collect()
}

fn levels(entries: &[(&str, &str)]) -> Vec<RubricLevel> {
    (0..).zip(entries).map(|(points, (id, en))| RubricLevel { points, description: both(id, en) }).collect()
}

fn item(id: &str, prompt: Text, points: f64, kind: ItemKind) -> Item {
    Item {
        id: id.into(),
        prompt,
        stimulus: None,
        show_if: None,
        required: false,
        domain: Some("informational".into()),
        process: Some("interpret".into()),
        context: Some("sociocultural".into()),
        anchor: id == "L01",
        points,
        model_answer: Text::default(),
        kind,
    }
}

fn instrument(respondent: Respondent, items: Vec<Item>, sections: Vec<Section>) -> Instrument {
    Instrument {
        id: "contoh-smp".into(),
        version: "1.2.0".into(),
        respondent,
        languages: vec![Lang::Id, Lang::En],
        title: both("Tes literasi membaca SMP", "Reading literacy test, grade 8"),
        instructions: both(
            "Bacalah setiap teks dengan tenang sebelum menjawab. Untuk pilihan, silang lingkaran jawabanmu.\n\n\
             Jika ingin mengganti jawaban, coret yang lama dan silang yang baru.",
            "Read every text calmly before you answer. Cross the circle of your answer.\n\n\
             To change an answer, strike the old one and cross the new one.",
        ),
        minutes: Some(60),
        stimuli: Vec::new(),
        sections,
        items,
        scales: Vec::new(),
        booklets: Vec::new(),
        choice_sets: BTreeMap::new(),
    }
}

fn section(id: &str, title: Text, intro: Text, items: std::ops::Range<usize>) -> Section {
    Section { id: id.into(), title, intro, items }
}

fn mangroves() -> Stimulus {
    Stimulus {
        id: "T1".into(),
        title: both("Benteng hijau di Teluk Cenderung", "A green wall in Cenderung Bay"),
        genre: Some("informational".into()),
        paragraphs: vec![
            both(
                "Sepuluh tahun lalu, rumah-rumah di tepi Teluk Cenderung terendam setiap kali bulan purnama. Warga \
                 menyalahkan laut, padahal pohon bakau yang dulu menahan ombak telah mereka tebang untuk arang.",
                "Ten years ago the houses along Cenderung Bay were flooded at every full moon. People blamed the \
                 sea, yet they themselves had cut the mangroves that used to hold back the waves for charcoal.",
            ),
            both(
                "Sejak 2016 siswa SMP setempat menanam kembali bakau setiap bulan. Tabel di bawah memuat hasilnya; \
                 \"bibit hidup\" dihitung setelah satu tahun.",
                "Since 2016 pupils of the local school have planted mangroves every month. The table shows the \
                 result; \"living seedlings\" were counted after one year.",
            ),
        ],
        table: Some(StimulusTable {
            header: vec![
                both("Tahun", "Year"),
                both("Bibit ditanam", "Seedlings planted"),
                both("Bibit hidup", "Living seedlings"),
            ],
            rows: [["2016", "1.200", "640"], ["2018", "1.500", "1.180"], ["2020", "1.450", "1.290"]]
                .iter()
                .map(|row| row.iter().map(|cell| both(cell, &cell.replace('.', ","))).collect())
                .collect(),
        }),
        picture: Some(Picture {
            svg: "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"300\" height=\"90\" viewBox=\"0 0 300 90\">\
                  <path d=\"M0 70 Q75 50 150 70 T300 70\" fill=\"none\" stroke=\"#333\" stroke-width=\"2\"/>\
                  <text x=\"20\" y=\"35\" font-size=\"14\" font-family=\"Noto Sans\">{sea}</text>\
                  <text x=\"190\" y=\"35\" font-size=\"14\" font-family=\"Noto Sans\">{land}</text></svg>"
                .into(),
            words: BTreeMap::from([
                ("sea".to_owned(), both("laut & ombak", "sea & waves")),
                ("land".to_owned(), both("daratan", "land")),
            ]),
            alt: both("Garis pantai: laut di kiri, daratan di kanan", "Shoreline: sea left, land right"),
        }),
        source: both("ditulis untuk instrumen ini", "written for this instrument"),
    }
}

/// A test with every form of question a student meets.
pub fn literacy_test() -> Instrument {
    let on_text = |mut item: Item| {
        item.stimulus = Some("T1".into());
        item
    };
    let truth = choices(&[("B", "Benar", "True"), ("S", "Salah", "False")]);
    let items = vec![
        on_text(item(
            "L01",
            both(
                "Mengapa rumah warga terendam saat bulan purnama?",
                "Why were the houses flooded at full moon?",
            ),
            1.0,
            ItemKind::SingleChoice {
                options: choices(&[
                    ("A", "Hujan turun lebih lebat daripada biasanya", "It rained more than usual"),
                    ("B", "Bakau yang menahan ombak telah ditebang", "The mangroves had been cut"),
                    (
                        "C",
                        "Warga membangun rumah terlalu dekat dengan laut karena tanah di bukit sudah habis dan tidak \
                         ada lagi tempat lain",
                        "People built too close to the sea because there was no land left on the hill and there \
                         was no other place to go to",
                    ),
                    ("D", "Permukaan tanah turun", "The ground had sunk"),
                ]),
                key: "B".into(),
            },
        )),
        on_text(item(
            "L02",
            both(
                "Pada tahun berapa paling banyak bibit ditanam?",
                "In which year were most seedlings planted?",
            ),
            1.0,
            ItemKind::SingleChoice {
                options: choices(&[
                    ("A", "2016", "2016"),
                    ("B", "2018", "2018"),
                    ("C", "2019", "2019"),
                    ("D", "2020", "2020"),
                ]),
                key: "B".into(),
            },
        )),
        on_text(item(
            "L03",
            both("Manakah yang didukung oleh tabel?", "Which of these does the table support?"),
            2.0,
            ItemKind::MultipleChoice {
                options: choices(&[
                    ("A", "Bagian bibit yang hidup naik", "The share of living seedlings rose"),
                    ("B", "Jumlah bibit selalu bertambah", "The number planted always rose"),
                    ("C", "Lebih dari separuh bibit 2016 hidup", "More than half of 2016's seedlings lived"),
                ]),
                key: vec!["A".into(), "C".into()],
                rule: ScoringRule::RightMinusWrong,
            },
        )),
        on_text(item(
            "L04",
            both("Tentukan benar atau salah setiap pernyataan.", "Is each statement true or false?"),
            2.0,
            ItemKind::StatementGrid {
                options: truth,
                statements: vec![
                    Statement {
                        id: "a".into(),
                        text: both("Warga menebang bakau untuk arang.", "People cut mangroves for charcoal."),
                        key: "B".into(),
                    },
                    Statement {
                        id: "b".into(),
                        text: both(
                            "Bibit dihitung sebulan setelah ditanam.",
                            "Seedlings were counted after a month.",
                        ),
                        key: "S".into(),
                    },
                ],
                rule: ScoringRule::PerStatement,
            },
        )),
        item(
            "L05",
            both("Pasangkan kata dengan artinya.", "Match each word with its meaning."),
            2.0,
            ItemKind::Matching {
                left: choices(&[("1", "abrasi", "erosion"), ("2", "bibit", "seedling")]),
                right: choices(&[
                    ("P", "tumbuhan muda untuk ditanam", "young plant to be planted"),
                    ("Q", "pengikisan pantai oleh ombak", "wearing away of a shore by waves"),
                    ("R", "pasang naik", "high tide"),
                ]),
                key: BTreeMap::from([("1".to_owned(), "Q".to_owned()), ("2".to_owned(), "P".to_owned())]),
                rule: ScoringRule::PerStatement,
            },
        ),
        on_text(item(
            "L06",
            both(
                "Berapa bibit hidup dari setiap 100 bibit tahun 2020?",
                "Of 100 seedlings of 2020, how many lived?",
            ),
            1.0,
            ItemKind::ShortNumber { number: 89.0, tolerance: 0.5, unit: both("bibit", "seedlings") },
        )),
        item(
            "L07",
            both(
                "Angin menulis di pasir,\nombak menghapusnya pergi.\n\nTulis satu kata yang berarti \"bakau\".",
                "The wind writes on the sand,\nthe waves wipe it away.\n\nWrite one word that means \"mangrove\".",
            ),
            1.0,
            ItemKind::ShortText { spellings: vec!["mangrove".into(), "mangrof".into()] },
        ),
        Item {
            model_answer: both(
                "Bakau menahan ombak sehingga air pasang tidak masuk ke rumah.",
                "Mangroves hold back the waves, so that the tide does not reach the houses.",
            ),
            ..on_text(item(
                "L08",
                both(
                    "Apakah kegiatan siswa menyelesaikan masalah warga? Berikan satu alasan dari teks.",
                    "Do the pupils solve the people's problem? Give one reason from the text.",
                ),
                2.0,
                ItemKind::Essay {
                    rubric: levels(&[
                        ("Tidak ada alasan dari teks", "No reason from the text"),
                        ("Alasan ada tetapi tidak dikaitkan", "A reason that is not linked"),
                        ("Alasan dari teks dikaitkan dengan masalah", "A reason linked to the problem"),
                    ]),
                    raters: 2,
                    lines: 5,
                },
            ))
        },
    ];
    let sections = vec![
        section("informasi", both("Teks informasi", "Information text"), Text::default(), 0..5),
        section(
            "lanjutan",
            both("Menulis jawaban", "Writing answers"),
            both("Jawab dengan tulisan yang jelas.", "Write clearly."),
            5..8,
        ),
    ];
    let mut test = instrument(Respondent::Student, items, sections);
    test.stimuli = vec![mangroves()];
    test.booklets = vec![
        Booklet {
            id: "A".into(),
            title: both("Paket A", "Booklet A"),
            items: ["L01", "L02", "L03", "L04", "L05", "L06", "L07", "L08"].map(String::from).to_vec(),
        },
        Booklet {
            id: "B".into(),
            title: Text::default(),
            items: ["L01", "L05", "L08"].map(String::from).to_vec(),
        },
    ];
    test
}

/// A questionnaire with background questions, conditions and attitude items in numbers.
pub fn teacher_questionnaire() -> Instrument {
    let agree = [
        ("1", "Sangat tidak setuju", "Strongly disagree"),
        ("2", "Tidak setuju", "Disagree"),
        ("3", "Setuju", "Agree"),
        ("4", "Sangat setuju", "Strongly agree"),
    ];
    let mut options = choices(&agree);
    for (choice, value) in options.iter_mut().zip([1.0, 2.0, 3.0, 4.0]) {
        choice.value = Some(value);
    }
    let yes_no = choices(&[("ya", "Ya", "Yes"), ("tidak", "Tidak", "No")]);
    let mut items = vec![
        item(
            "G01",
            both("Apakah Anda mengajar kelas 8 tahun ini?", "Do you teach grade 8 this year?"),
            0.0,
            ItemKind::Choice { options: yes_no, multiple: false },
        ),
        item(
            "G02",
            both("Berapa jam sepekan?", "How many hours a week?"),
            0.0,
            ItemKind::Number { min: Some(1.0), max: Some(40.0), unit: both("jam", "hours") },
        ),
        item(
            "G03",
            both("Sumber belajar apa yang Anda pakai?", "Which materials do you use?"),
            0.0,
            ItemKind::Choice {
                options: choices(&[
                    ("buku", "Buku teks dari pemerintah", "Government textbooks"),
                    ("web", "Sumber daring", "Online sources"),
                    ("lain", "Lainnya", "Other"),
                ]),
                multiple: true,
            },
        ),
        item(
            "G04",
            both("Kapan pelatihan terakhir Anda?", "When was your last training?"),
            0.0,
            ItemKind::Date,
        ),
        item(
            "G05",
            both("Apa yang paling Anda butuhkan?", "What do you need most?"),
            0.0,
            ItemKind::Text { lines: 3 },
        ),
    ];
    items[1].show_if = Some(ShowIf { item: "G01".into(), any_of: vec!["ya".into()] });
    for place in 1..=24 {
        items.push(item(
            &format!("S{place:02}"),
            both(
                &format!("Saya mengajak siswa menyimpulkan isi bacaan dengan kata-kata mereka sendiri (butir {place})."),
                &format!("I ask pupils to say in their own words what a text is about (item {place})."),
            ),
            4.0,
            ItemKind::Likert { options: options.clone() },
        ));
    }
    let sections = vec![
        section("latar", both("Latar belakang", "Background"), Text::default(), 0..5),
        section(
            "sikap",
            both("Praktik mengajar", "Teaching practice"),
            both("Pilih satu jawaban untuk setiap pernyataan.", "Choose one answer for each statement."),
            5..29,
        ),
    ];
    let mut questionnaire = instrument(Respondent::Teacher, items, sections);
    questionnaire.title = both("Angket guru", "Teacher questionnaire");
    questionnaire.minutes = None;
    questionnaire.scales = vec![Scale {
        id: "praktik".into(),
        title: both("Praktik literasi", "Literacy practice"),
        items: (1..=24).map(|place| format!("S{place:02}")).collect(),
        reverse: vec!["S03".into()],
        irt: None,
        method: ScaleMethod::Mean,
        min_valid: None,
        levels: Vec::new(),
    }];
    questionnaire
}

/// An observation sheet rated with rubrics.
pub fn observation_sheet() -> Instrument {
    let rating = |id: &str, indicator: Text| {
        item(
            id,
            indicator,
            3.0,
            ItemKind::Rating {
                rubric: levels(&[
                    ("Tidak terlihat", "Not seen"),
                    ("Terlihat pada sebagian kecil pelajaran", "Seen in a small part of the lesson"),
                    ("Terlihat pada sebagian besar pelajaran", "Seen in most of the lesson"),
                    (
                        "Terlihat sepanjang pelajaran dan siswa meneruskannya sendiri",
                        "Seen throughout; pupils carry it on",
                    ),
                ]),
                raters: 2,
            },
        )
    };
    let items = vec![
        rating("O01", both("Guru mengajukan pertanyaan terbuka", "The teacher asks open questions")),
        rating("O02", both("Siswa menjelaskan alasannya", "Pupils give their reasons")),
    ];
    let sections = vec![section("kelas", both("Di kelas", "In class"), Text::default(), 0..2)];
    let mut sheet = instrument(Respondent::Observer, items, sections);
    sheet.title = both("Lembar pengamatan kelas", "Classroom observation sheet");
    sheet
}
