//! Where the program reads and writes: odd paths, things in the way, full and fixed disks, closed pipes. An
//! output appears whole or not at all, and no input is ever touched.

mod study_test;

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use study_test::StudyTest;

fn mini() -> StudyTest {
    StudyTest::mini()
}

fn response(study: &mut Value, wave: usize) -> &mut Value {
    &mut study["responses"][wave]
}

#[test]
fn paths_may_hold_blanks_and_any_letters() {
    let study = StudyTest::mini_in("Studi Ünï 雪");
    study
        .run(&["report", "Studi Ünï 雪", "--out", "hasil Ünï/laporan 雪"])
        .exits(0)
        .prints("hasil Ünï/laporan 雪/report-en.pdf");
    study.run(&["check", "Studi Ünï 雪/study.json"]).exits(0);
}

#[test]
fn definitions_that_are_not_there_are_named_with_the_nearest() {
    mini().run(&["check", "nope"]).exits(1).says("cannot read nope");
    mini().run(&["check", "study/stdy.json"]).exits(1).says("did you mean \"study.json\"?");
    mini().run(&["check", "study/pre.csv"]).exits(1).says("is a data file; check the study that names it");
    mini()
        .swap("study.json", "mini.json", "mini.jso")
        .run(&["check", "study"])
        .exits(1)
        .prints("did you mean \"mini.json\"?");
    mini()
        .swap("study.json", "pre.csv", "Pre.csv")
        .run(&["check", "study"])
        .exits(1)
        .prints("did you mean \"pre.csv\"?");
    let folder = mini();
    std::fs::remove_file(folder.path("study.json")).unwrap();
    folder.run(&["check", "study"]).exits(1).says("cannot read study/study.json");
    std::fs::create_dir(folder.path("study.json")).unwrap();
    folder.run(&["check", "study"]).exits(1).says("cannot read study/study.json");
}

#[test]
fn inputs_are_never_written_to() {
    mini().run(&["score", "study", "--out", "study/pre.csv"]).exits(1).says("belongs to the study");
    mini().run(&["analyze", "study", "--out", "study/study.json"]).exits(1).says("belongs to the study");
    let study = mini().json("study.json", |study| response(study, 0)["file"] = json!("scores.parquet"));
    std::fs::copy(study.path("pre.csv"), study.path("scores.parquet")).unwrap();
    study.run(&["report", "study", "--out", "study"]).exits(1);
}

#[test]
fn what_stands_in_the_way_of_an_output_keeps_all_of_it_back() {
    let study = mini().file("taken", "a file");
    study
        .run(&["report", "study", "--out", "study/taken"])
        .exits(2)
        .says("a file of that name is in the way")
        .makes(&[]);
    study.run(&["score", "study", "--out", "study/taken/x.csv"]).exits(2).says("in the way").makes(&[]);
    std::fs::create_dir_all(study.place().join("out/report-en.pdf")).unwrap();
    study.run(&["report", "study", "--out", "out"]).exits(2).says("it is a folder").makes(&[]);
    std::fs::create_dir_all(study.place().join("x.csv")).unwrap();
    study.run(&["score", "study", "--out", "x.csv"]).exits(2).says("it is a folder").makes(&[]);
    study
        .run(&["score", "study", "--out", "x.xlsx"])
        .exits(1)
        .says("must end in .parquet or .csv")
        .makes(&[]);
}

#[test]
#[cfg(target_os = "linux")]
fn devices_are_written_to_and_stay_devices() {
    use std::os::unix::fs::FileTypeExt as _;
    let study = mini();
    study.run(&["analyze", "study", "--out", "/dev/full"]).exits(2).says("cannot write /dev/full").makes(&[]);
    assert!(std::fs::metadata("/dev/full").unwrap().file_type().is_char_device());
    study.run(&["analyze", "study", "--out", "/dev/null"]).exits(0).makes(&[]);
    assert!(std::fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    study.run(&["report", "study", "--out", "/proc/dampak"]).exits(2).says("cannot create /proc/dampak");
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_behind_standard_output_is_a_failure_and_a_reader_that_left_is_none() {
    let study = mini();
    let full = || Stdio::from(std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    study
        .run_with(&["schema", "study"], |command| {
            command.stdout(full()).stderr(Stdio::piped());
        })
        .exits(2)
        .says("cannot write to standard output");
    study
        .run_with(&["check", "nope"], |command| {
            command.stdout(Stdio::piped()).stderr(full());
        })
        .exits(1);
    let closed = || {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        Stdio::from(writer)
    };
    study
        .run_with(&["schema", "study"], |command| {
            command.stdout(closed()).stderr(Stdio::piped());
        })
        .exits(0)
        .stays_silent();
}

/// A small file system of its own, taken away at the end; none where the machine does not allow it.
struct Mounted<'a>(&'a Path);

impl<'a> Mounted<'a> {
    fn new(place: &'a Path, options: &str) -> Option<Self> {
        std::fs::create_dir_all(place).unwrap();
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(place).output();
        if mount.is_ok_and(|output| output.status.success()) {
            return Some(Mounted(place));
        }
        eprintln!("SKIPPED: this machine does not let the test mount a file system ({options})");
        None
    }
}

impl Drop for Mounted<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0).status();
    }
}

#[test]
fn a_full_disk_leaves_nothing_half_written() {
    let study = mini();
    let place = study.place().join("small");
    let Some(_mounted) = Mounted::new(&place, "size=64k") else { return };
    study
        .run(&["report", "study", "--out", "small/deep/out"])
        .exits(2)
        .says("cannot write")
        .says("No space left")
        .makes(&[]);
    assert!(!place.join("deep").exists(), "folders made for nothing stay");
    std::fs::write(place.join("findings.json"), "the earlier one").unwrap();
    study.run(&["report", "study", "--out", "small"]).exits(2).says("No space left").makes(&[]);
    assert_eq!(std::fs::read(place.join("findings.json")).unwrap(), b"the earlier one");
    std::fs::write(place.join("filler"), vec![0; 60_000]).unwrap();
    study.run(&["score", "study", "--out", "small/scores.csv"]).exits(2).says("No space left").makes(&[]);
}

#[test]
fn a_folder_that_cannot_be_written_to_is_said() {
    let study = mini();
    let place = study.place().join("fixed");
    let Some(_mounted) = Mounted::new(&place, "size=64k,ro") else { return };
    for args in [
        ["report", "study", "--out", "fixed/out"],
        ["report", "study", "--out", "fixed"],
        ["score", "study", "--out", "fixed/s.csv"],
    ] {
        study.run(&args).exits(2).says("Read-only file system").makes(&[]);
    }
}
