//! The cover: what was studied, on whom, when, by whom.

use super::writer::Writer;
use crate::doc::{Document, DocumentKind, Fact};
use crate::i18n::{format, phrase};

/// The document with its cover and without content.
pub fn compose(w: &Writer) -> Document {
    let study = &w.findings.study;
    let title = w.text(&study.title);
    Document {
        lang: w.lang,
        kind: DocumentKind::Report,
        title: if title.is_empty() { study.id.clone() } else { title.to_owned() },
        subtitle: w.say(&format!("cover.subtitle.{}", w.claim_key())),
        facts: facts(w),
        banner: study.simulated.then(|| phrase(w.lang, "common.simulated")),
        footer: footer(w),
        blocks: Vec::new(),
    }
}

fn footer(w: &Writer) -> String {
    let key = if w.findings.study.simulated { "cover.footer.simulated" } else { "cover.footer" };
    w.fill(key, &[("study", &w.findings.study.id), ("software", &software(w))])
}

/// Name and version of the software.
pub fn software(w: &Writer) -> String {
    format!("dampak {}", w.findings.provenance.version)
}

fn facts(w: &Writer) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut add = |key: &str, value: String| {
        if !value.trim().is_empty() {
            facts.push(Fact { label: w.say(&format!("cover.fact.{key}")), value });
        }
    };
    let study = &w.findings.study;
    if let Some(programme) = &study.programme {
        add("programme", w.text(&programme.name).to_owned());
        add("provider", w.text(&programme.provider).to_owned());
        add("period", programme.period.clone().unwrap_or_default());
    }
    add("participants", participants(w));
    add("place", place(w));
    add("waves", waves(w));
    add("design", w.say(&format!("design.label.{}", super::design::design_key(w))));
    add("source", w.text(&study.source).to_owned());
    add("authors", study.authors.join(", "));
    add("date", study.date.as_deref().map(|date| format::date(w.lang, date)).unwrap_or_default());
    add("software", software(w));
    facts
}

fn participants(w: &Writer) -> String {
    let groups = w.findings.participants.groups.iter().filter(|group| group.roster > 0);
    groups.map(|group| w.people(group.respondent, group.roster)).collect::<Vec<_>>().join(", ")
}

fn place(w: &Writer) -> String {
    let who = &w.findings.participants;
    let counted = |kind: &str, n: usize| {
        let form = if n == 1 { "one" } else { "many" };
        (n > 0).then(|| w.fill(&format!("n.{kind}.{form}"), &[("n", &w.count(n))]))
    };
    let parts =
        [Some(w.clusters(who.schools)), counted("venue", who.venues), counted("district", who.districts)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn waves(w: &Writer) -> String {
    let names = w.findings.study.waves.iter().map(|wave| {
        let date = wave.date.as_deref().map(|date| format!(" ({})", format::date(w.lang, date)));
        format!("{}{}", w.wave(&wave.id), date.unwrap_or_default())
    });
    names.collect::<Vec<_>>().join(", ")
}
