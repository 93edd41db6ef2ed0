//! The program from end to end: what it says, how it exits and what it leaves, for good input and bad.

mod study_test;

use serde_json::{Value, json};
use study_test::{StudyTest, root};

fn mini() -> StudyTest {
    StudyTest::mini()
}

/// Text with every line changed; the header is line 0.
fn each_line(text: &str, change: impl Fn(usize, &str) -> String) -> String {
    text.lines().enumerate().map(|(place, line)| change(place, line) + "\n").collect()
}

fn response(study: &mut Value, wave: usize) -> &mut Value {
    &mut study["responses"][wave]
}

// -- the verbs on a sound study

#[test]
fn a_sound_study_has_no_problems() {
    mini().run(&["check", "study"]).exits(0).stays_silent().prints("no problems found").makes(&[]);
    mini().run(&["check", "study/mini.json"]).exits(0).prints("no problems found");
}

#[test]
fn scores_have_one_row_per_person_and_wave_and_keep_leading_zeros() {
    let rows = mini().scores();
    assert_eq!(rows.len(), 1 + 72);
    assert_eq!(
        rows[0],
        [
            "respondent",
            "person",
            "school",
            "class",
            "district",
            "arm",
            "wave",
            "mini/total",
            "mini/total/level",
            "mini/total/fair",
            "mini/view"
        ]
    );
    assert_eq!(rows[1][..7], ["student", "0001", "S1", "", "", "", "pre"]);
}

#[test]
fn a_plan_needs_no_answers() {
    let study = mini();
    let with_answers =
        study.run(&["analyze", "study", "--plan"]).exits(0).prints("primary      cluster_mean_t");
    for file in ["pre.csv", "post.csv"] {
        std::fs::remove_file(study.path(file)).unwrap();
    }
    let without = study.run(&["analyze", "study", "--plan"]).exits(0).stays_silent().makes(&[]);
    assert_eq!(without.stdout, with_answers.stdout);
    let json = study.run(&["analyze", "study", "--plan", "--format", "json"]).exits(0).stdout;
    assert_eq!(serde_json::from_str::<Value>(&json).unwrap()["primary"], "cluster_mean_t");
    // The findings need them.
    study.run(&["analyze", "study"]).exits(1);
}

#[test]
fn two_runs_give_the_same_bytes() {
    let study = mini();
    for file in ["a.csv", "b.csv", "a.parquet", "b.parquet"] {
        study.run(&["score", "study", "--out", file]).exits(0).stays_silent().makes(&[file]);
    }
    let bytes = |file: &str| std::fs::read(study.place().join(file)).unwrap();
    assert_eq!(bytes("a.csv"), bytes("b.csv"));
    assert_eq!(bytes("a.parquet"), bytes("b.parquet"));
}

#[test]
fn a_report_comes_with_findings_scores_and_charts() {
    let ran = mini().run(&["report", "study", "--out", "out"]).exits(0).stays_silent();
    for file in ["out/findings.json", "out/report-en.html", "out/report-en.pdf", "out/scores.parquet"] {
        assert!(ran.made.iter().any(|made| made == file), "{file} is not among {:?}", ran.made);
    }
    assert!(ran.made.iter().any(|made| made.starts_with("out/charts/")));
}

#[test]
fn a_trace_shows_what_every_answer_was_worth() {
    let study = mini()
        .cell("pre.csv", 2, "L01", "")
        .cell("pre.csv", 2, "L05", "")
        .cell("pre.csv", 2, "L06.r1", "")
        .cell("pre.csv", 2, "L06.r2", "");
    study.run(&["score", "study", "--trace", "0002"]).exits(0).pinned("trace");
    study.run(&["score", "study", "--trace", "2"]).exits(1).says("no file holds an answer of person \"2\"");
}

#[test]
fn a_trace_adds_up_to_the_score() {
    let study = mini();
    let text = study.run(&["score", "study", "--trace", "0007", "--format", "json"]).exits(0).stdout;
    let lines: Vec<Value> = serde_json::from_str(&text).unwrap();
    let pre = |line: &&Value| line["wave"] == "pre";
    let items: Vec<&Value> = lines
        .iter()
        .filter(pre)
        .filter(|line| ["L01", "L02", "L03", "L04", "L05", "L06"].iter().any(|id| line["item"] == **id))
        .collect();
    let sum = |field: &str| items.iter().map(|line| line[field].as_f64().unwrap()).sum::<f64>();
    let total = lines.iter().filter(pre).find(|line| line["item"] == "= total").unwrap();
    assert_eq!(items.len(), 6);
    assert!((total["points"].as_f64().unwrap() - 100.0 * sum("points") / sum("possible")).abs() < 1e-12);
}

#[test]
fn explain_and_schema_answer() {
    mini().run(&["explain", "r-file-001"]).exits(0).prints("R-FILE-001 (error): the data file is empty");
    mini().run(&["explain", "R-FILE-01"]).exits(1).says("did you mean R-FILE-001?");
    mini()
        .run(&["explain", "a-few-003"])
        .exits(0)
        .prints("A-FEW-003 (refusal): the data come from a single school");
    for name in ["instrument", "study", "findings"] {
        let text = mini().run(&["schema", name]).exits(0).stdout;
        assert!(serde_json::from_str::<Value>(&text).unwrap().get("$schema").is_some(), "{name}");
    }
}

#[test]
fn every_code_that_is_raised_can_be_explained() {
    for rule in dampak::response::rules::RULES {
        mini().run(&["explain", rule.code]).exits(0).prints(rule.title);
    }
}

#[test]
fn forms_are_written_in_both_languages() {
    let study = mini();
    study
        .run(&["form", "study/mini.json", "--as", "key", "--lang", "id", "--out", "f"])
        .exits(0)
        .makes(&["f/mini-key-id.pdf"]);
    study
        .run(&["form", "study/mini.json", "--as", "html", "--lang", "en", "--out", "f"])
        .exits(0)
        .makes(&["f/mini-en.html"]);
    study
        .run(&["form", "study/mini.json", "--as", "pdf", "--booklet", "A", "--out", "f"])
        .exits(1)
        .says("mini has no booklet \"A\"");
    study.run(&["form", "study/study.json", "--as", "pdf", "--out", "f"]).exits(1).says("D-FORMAT-001");
}

#[test]
fn simulated_data_depend_on_the_seed_alone_and_replace_nothing() {
    let study = StudyTest::dataset("pop-smp-comparison");
    let simulate = |seed: &str, out: &str| {
        study.run(&["simulate", "datasets/pop-smp-comparison", "--seed", seed, "--out", out])
    };
    for (seed, out) in [("1", "a"), ("1", "b"), ("2", "c")] {
        simulate(seed, out).exits(0);
    }
    let bytes = |out: &str| std::fs::read(study.place().join(out).join("numeracy-smp-pre.csv")).unwrap();
    assert_eq!(bytes("a"), bytes("b"));
    assert_ne!(bytes("a"), bytes("c"));
    simulate("3", "a").exits(1).says("exists already").makes(&[]);
    mini().run(&["simulate", "study", "--out", "m"]).exits(1).says("a simulated study needs one").makes(&[]);
}

// -- files that are no sound table

#[test]
fn broken_files_are_named_and_nothing_is_written() {
    let study = |bytes: &[u8]| mini().file("pre.csv", bytes);
    let sound = std::fs::read(root().join("tests/cli/mini/pre.csv")).unwrap();
    let text = String::from_utf8(sound.clone()).unwrap();
    study(b"").score().pinned("empty-file").exits(1).makes(&[]);
    study(text.lines().next().unwrap().as_bytes()).score().pinned("header-only").exits(1).makes(&[]);
    study(format!("{text}0099,\"A").as_bytes()).score().pinned("truncated-quote").exits(1).makes(&[]);
    study(&[&sound[..], &[b'x'; 10_000_000][..]].concat())
        .score()
        .pinned("ten-megabyte-line")
        .exits(1)
        .makes(&[]);
    study(&(0..=255).collect::<Vec<u8>>()).score().pinned("binary-file").exits(1).makes(&[]);
    study(b"PK\x03\x04rest of a workbook").score().pinned("workbook").exits(1).makes(&[]);
    study(&sound[..sound.len() - 9]).score().exits(1).says("cut off").makes(&[]);
    mini()
        .json("study.json", |study| response(study, 0)["format"] = json!({ "delimiter": ";" }))
        .score()
        .pinned("wrong-delimiter")
        .exits(1)
        .makes(&[]);
}

#[test]
fn the_same_table_written_in_other_ways_gives_the_same_scores() {
    let expected = mini().scores();
    let text = std::fs::read_to_string(root().join("tests/cli/mini/pre.csv")).unwrap();
    let utf16 = |big: bool| -> Vec<u8> {
        let bytes = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(bytes).collect()
    };
    let header_in_quotes = each_line(&text, |place, line| {
        if place == 0 { format!("\"{}\"", line.replace(',', "\",\"")) } else { line.to_owned() }
    });
    let with_semicolons = each_line(&text, |_, line| format!("\"{}\"", line.replace(',', "\";\"")));
    let ways: Vec<(&str, Vec<u8>)> = vec![
        ("CRLF", text.replace('\n', "\r\n").into()),
        ("CR alone", text.replace('\n', "\r").into()),
        ("byte order mark", format!("\u{feff}{text}").into()),
        ("quoted header behind a byte order mark", format!("\u{feff}{header_in_quotes}").into()),
        ("UTF-16, low byte first", utf16(false)),
        ("UTF-16, high byte first", utf16(true)),
        ("tabs", text.replace(',', "\t").into()),
        ("semicolons", with_semicolons.clone().into()),
        ("separator named by Excel", format!("sep=;\n{with_semicolons}").into()),
        ("blank lines", text.replace('\n', "\n\n  \n").into()),
        ("rows of separators", format!("{text},,,,,,,,,,,,\n,,,\n").into()),
        ("a separator at every end", text.replace('\n', ",\n").into()),
        ("two separators at every end", text.replace('\n', ",,\n").into()),
        ("a separator at the end of rows", text.replace('\n', ",\n").replacen(",\n", "\n", 1).into()),
        ("blanks in the header", text.replacen("id,L01,L02", " id , L01 ,L02", 1).into()),
        ("blanks around ids", text.replace("\n0005,", "\n 0005 ,").into()),
        (
            "lower-case answers",
            text.to_lowercase()
                .replacen(&text.lines().next().unwrap().to_lowercase(), text.lines().next().unwrap(), 1)
                .into(),
        ),
        (
            "blanks around answers",
            each_line(
                &text,
                |place, line| if place == 0 { line.to_owned() } else { line.replace(',', " , ") },
            )
            .into(),
        ),
        (
            "form builder's labels",
            text.replace(",5,", ",5 (Sangat Setuju),").replace(",4,", ",Setuju,").into(),
        ),
        (
            "columns with our own names",
            each_line(&text, |place, line| {
                if place == 0 {
                    format!("{line},person,booklet,points:L01,state:L01,scale:total,cell:0")
                } else {
                    format!("{line},x,y,9,9,9,9")
                }
            })
            .into(),
        ),
    ];
    for (way, bytes) in ways {
        let ran = mini().file("pre.csv", bytes);
        assert_eq!(ran.score().exits(0).stderr, "", "{way}");
        assert_eq!(ran.scores(), expected, "{way}");
    }
}

#[test]
fn parquet_gives_the_same_scores_as_csv() {
    use polars::prelude::*;
    let expected = mini().scores();
    let text = std::fs::read_to_string(root().join("tests/cli/mini/pre.csv")).unwrap();
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let rows: Vec<Vec<String>> = lines.collect();
    let columns = header.iter().enumerate().map(|(place, name)| {
        let cells: Vec<&str> = rows.iter().map(|row| row[place].as_str()).collect();
        match name.as_str() {
            // As pandas writes whole numbers among which some are missing.
            "Q01" | "Q02" | "B02" => {
                Column::new(name.into(), cells.iter().map(|c| c.parse::<f64>().ok()).collect::<Vec<_>>())
            }
            "Q03" | "L06.r1" => {
                Column::new(name.into(), cells.iter().map(|c| c.parse::<i64>().ok()).collect::<Vec<_>>())
            }
            _ => Column::new(name.into(), cells),
        }
    });
    let mut frame = DataFrame::new(rows.len(), columns.collect()).unwrap();
    let mut bytes = std::io::Cursor::new(Vec::new());
    ParquetWriter::new(&mut bytes).finish(&mut frame).unwrap();
    let study = mini()
        .file("pre.parquet", bytes.into_inner())
        .json("study.json", |study| response(study, 0)["file"] = json!("pre.parquet"));
    assert_eq!(study.scores(), expected);
    study.run(&["score", "study", "--out", "s.parquet"]).exits(0);
    let file = std::fs::File::open(study.place().join("s.parquet")).unwrap();
    let scores = ParquetReader::new(file).finish().unwrap();
    assert_eq!(scores.column("person").unwrap().str().unwrap().get(0), Some("0001"));
    assert_eq!(scores.height(), 72);
}

#[test]
fn columns_may_have_any_name() {
    let expected = mini().scores();
    for name in ["*", "^L.*$", "points:L01", "person", "1. Ibu kota?"] {
        let study = mini()
            .edit("pre.csv", |text| text.replacen("L01", name, 1))
            .json("study.json", |study| response(study, 0)["columns"]["items"] = json!({ "L01": name }));
        assert_eq!(study.scores(), expected, "{name}");
    }
}

#[test]
fn an_inch_mark_in_a_cell_moves_no_answer() {
    let expected = mini().cell("pre.csv", 1, "L05", "12 x").scores();
    assert_eq!(mini().cell("pre.csv", 1, "L05", "12\" x").scores(), expected);
}

#[test]
fn windows_1252_is_read_and_said() {
    let text = std::fs::read_to_string(root().join("tests/cli/mini/pre.csv")).unwrap();
    let bytes: Vec<u8> = text.replace("dua", "d\u{fc}a").chars().map(|letter| letter as u8).collect();
    let study = mini().file("pre.csv", bytes);
    study.score().exits(0).says("R-FILE-009").says("was read as Windows-1252");
    let declared = |study: &mut Value| response(study, 0)["format"] = json!({ "encoding": "windows-1252" });
    assert_eq!(study.json("study.json", declared).scores(), mini().scores());
}

// -- persons, schools, waves

#[test]
fn ids_that_a_spreadsheet_changed_are_refused_and_not_guessed() {
    mini()
        .edit("pre.csv", |text| text.replace("\n00", "\n"))
        .score()
        .pinned("lost-zeros")
        .exits(1)
        .makes(&[]);
    mini()
        .swap("pre.csv", "\n0005,", "\n5,")
        .score()
        .exits(0)
        .says("R-PERSON-005")
        .says("\"5\" is \"0005\" there");
    mini().swap("pre.csv", "\n0005,", "\n8E+09,").score().exits(1).says("R-PERSON-006").makes(&[]);
}

#[test]
fn a_person_in_two_schools_and_an_unknown_school_are_named() {
    mini().edit("roster.csv", |text| text + "0001,S2\n").score().pinned("two-schools").exits(1).makes(&[]);
    let with_school = |change: fn(usize) -> String| {
        mini()
            .edit("pre.csv", |text| {
                each_line(&text, |place, line| {
                    if place == 0 { format!("{line},sekolah") } else { format!("{line},{}", change(place)) }
                })
            })
            .json("study.json", |study| response(study, 0)["columns"]["school"] = json!("sekolah"))
    };
    let right = |place: usize| format!("S{}", (place - 1) % 6 + 1);
    assert_eq!(with_school(right).scores(), mini().scores());
    with_school(|place| if place == 4 { "S44".into() } else { format!("S{}", (place - 1) % 6 + 1) })
        .score()
        .pinned("unknown-school")
        .exits(1)
        .makes(&[]);
    with_school(|place| format!("S{}", place % 6 + 1))
        .score()
        .pinned("all-schools-wrong")
        .exits(1)
        .makes(&[]);
}

#[test]
fn a_wave_that_links_with_nobody_is_said() {
    let half = |text: String, first: bool| {
        each_line(
            &text,
            |place, line| if place == 0 || (place <= 18) == first { line.to_owned() } else { String::new() },
        )
    };
    let study = mini().edit("pre.csv", |text| half(text, true)).edit("post.csv", |text| half(text, false));
    study.run(&["report", "study", "--out", "out"]).exits(0).says("R-LINK-001");
}

#[test]
fn small_and_odd_designs_end_in_a_report_or_a_reason() {
    let arms = |study: StudyTest, arm: fn(usize) -> &'static str| {
        study
            .edit("roster.csv", |text| each_line(&text, |place, line| if place == 0 { format!("{line},arm") } else { format!("{line},{}", arm((place - 1) % 6)) }))
            .json("study.json", |study| {
                study["arms"] = json!([{ "id": "p", "label": { "id": "P", "en": "P" }, "role": "programme" }, { "id": "k", "label": { "id": "K", "en": "K" }, "role": "comparison" }]);
                study["assignment"] = json!("school");
                study["roster"][0]["columns"]["arm"] = json!("arm");
            })
    };
    let schools = |school: fn(usize) -> usize| {
        mini().edit("roster.csv", |text| {
            each_line(&text, |place, line| {
                if place == 0 { line.to_owned() } else { format!("{},S{}", &line[..4], school(place)) }
            })
        })
    };
    let first_only = |file: &'static str| {
        move |study: StudyTest| study.edit(file, |text| text.lines().take(2).collect::<Vec<_>>().join("\n"))
    };
    let studies: Vec<(&str, StudyTest)> = vec![
        ("one school", schools(|_| 1)),
        ("three schools", schools(|place| place % 3)),
        ("a school for everybody", schools(|place| place)),
        ("two arms", arms(mini(), |school| if school < 3 { "p" } else { "k" })),
        ("an arm with one school", arms(mini(), |school| if school < 5 { "p" } else { "k" })),
        ("an arm with nobody", arms(mini(), |_| "p")),
        (
            "no schools",
            mini().json("study.json", |study| {
                drop(study["roster"][0]["columns"].as_object_mut().unwrap().remove("school"))
            }),
        ),
        ("one person", first_only("post.csv")(first_only("pre.csv")(mini()))),
        (
            "one wave",
            mini().json("study.json", |study| {
                study["waves"].as_array_mut().unwrap().pop();
                study["responses"].as_array_mut().unwrap().pop();
            }),
        ),
    ];
    for (design, study) in studies {
        let ran = study.run(&["report", "study", "--out", "out"]);
        assert_eq!(ran.code, 0, "{design}: {}", ran.stderr);
        assert!(!ran.stderr.contains("error"), "{design}: {}", ran.stderr);
    }
    arms(mini(), |school| ["p", "k", "x", "p", "k", "p"][school]).score().exits(1).says("R-ROSTER-006");
}

// -- answers

#[test]
fn double_marks_are_said_once_per_file() {
    let study = mini().edit("pre.csv", |text| text.replace(",B,", ",BC,").replace(",A,", ",A B,"));
    study.score().pinned("double-marks").exits(0);
}

#[test]
fn answers_that_are_none_are_named_with_row_and_column() {
    let bad = |column: &str, value: &str| {
        mini()
            .cell("pre.csv", 3, column, value)
            .score()
            .exits(1)
            .says("pre.csv, row 3, column")
            .says("R-VALUE-001")
            .makes(&[])
    };
    for (column, value) in [
        ("L01", "E"),
        ("L01", "BB"),
        ("L02", "A;Z"),
        ("L03", "B;S"),
        ("L03", "B;S;X"),
        ("L04", "1-Y;foo"),
        ("L04", "1-Y;1-Y"),
        ("L06.r1", "4"),
        ("L06.r1", "NaN"),
        ("L06.r1", "inf"),
        ("Q01", "10"),
        ("Q01", "1 (Sangat Setuju)"),
        ("Q01", "9"),
    ] {
        drop(bad(column, value));
    }
    mini()
        .edit("pre.csv", |text| {
            each_line(&text, |place, line| {
                if place == 0 { line.to_owned() } else { line.replace(",1,", ",7,").replace(",2,", ",8,") }
            })
        })
        .score()
        .pinned("many-bad-values")
        .exits(1)
        .makes(&[]);
}

#[test]
fn missing_codes_keep_their_reason() {
    let study =
        mini().cell("pre.csv", 1, "Q01", "9").cell("pre.csv", 1, "Q02", "8").json("study.json", |study| {
            response(study, 0)["missing_codes"] = json!({ "9": "omitted", "8": "not_administered" });
        });
    study
        .run(&["score", "study", "--trace", "0001"])
        .exits(0)
        .prints("(blank)")
        .prints("(not given to this person)");
}

#[test]
fn scores_from_a_file_are_read_with_the_declared_decimal_mark() {
    let study = |cell: &str, decimal: &str| {
        let rows: String = (1..=36).map(|person| format!("{person:04};{cell};{cell}\n")).collect();
        mini().file("rapor.csv", format!("id;awal;akhir\n{rows}")).json("study.json", |study| {
            study["score_files"] = json!([{ "id": "rapor", "file": "rapor.csv", "person": "id", "format": { "decimal": decimal } }]);
            study["outcomes"].as_array_mut().unwrap().push(json!({ "id": "rapor", "label": { "id": "Rapor", "en": "Report" }, "role": "secondary", "from": { "score_file": "rapor", "columns": { "pre": "awal", "post": "akhir" } } }));
        })
    };
    study("72,5", ",").run(&["check", "study"]).exits(0);
    study("72.5", ",")
        .run(&["check", "study"])
        .exits(1)
        .prints("\"72.5\" is not a number with decimal commas");
    study("72,5", ".").run(&["check", "study"]).exits(1).prints("\"decimal\": \",\"");
    for cell in ["NaN", "inf", "1e999", "sakit"] {
        study(cell, ".").run(&["check", "study"]).exits(1).prints("R-VALUE-005");
    }
}

#[test]
fn a_key_changed_after_the_data_came_is_said_in_the_report() {
    let study = mini();
    study.run(&["report", "study", "--out", "out"]).exits(0).stays_silent();
    study.run(&["report", "study", "--out", "out"]).exits(0).stays_silent();
    let study = study.swap("mini.json", "\"key\": \"B\"", "\"key\": \"C\"");
    study
        .run(&["report", "study", "--out", "out"])
        .exits(0)
        .says("study/mini.json: warning[R-KEY-001]")
        .pinned("changed-key");
    // New answers come with whatever definition they were collected with.
    let study = study.swap("mini.json", "\"key\": \"C\"", "\"key\": \"D\"").cell("pre.csv", 1, "L01", "C");
    study.run(&["report", "study", "--out", "out"]).exits(0).stays_silent();
}

#[test]
fn slips_in_the_command_line_are_the_users() {
    mini().run(&["reprot"]).exits(1).says("report");
    mini().run(&["score", "study"]).exits(1).says("--out");
    mini().run(&["schema", "studdy"]).exits(1).says("study");
    mini().run(&["--help"]).exits(0).prints("report");
    mini().run(&["--version"]).exits(0).prints("dampak");
}

#[test]
fn no_expected_file_is_without_its_test() {
    let source = [include_str!("cli.rs"), include_str!("power.rs")].concat();
    for entry in std::fs::read_dir(root().join("tests/cli/expected")).unwrap().map(Result::unwrap) {
        let name = entry.path().file_stem().unwrap().to_string_lossy().into_owned();
        assert!(source.contains(&format!("\"{name}\"")), "{name}.txt is expected by no test");
    }
}
