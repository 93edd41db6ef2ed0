//! Rules of the analysis: rates, seeds and sizes that make sense.

use crate::definition::Notes;
use crate::diag::{Rule, Severity};
use crate::study::raw::{AnswerQualityRules, Study};

/// D-ANA-001.
pub static ALPHA: Rule = Rule {
    code: "D-ANA-001",
    severity: Severity::Error,
    title: "alpha is not an error rate",
    doc: "`alpha` is the two-sided error rate: more than 0, at most 0.5, mostly 0.05. Intervals hold 1 - alpha.",
};
/// D-ANA-002.
pub static SMALLEST_CELL: Rule = Rule {
    code: "D-ANA-002",
    severity: Severity::Error,
    title: "the smallest group that is reported is 0",
    doc: "Small groups are kept out of the report, so that no child can be recognised. 1 reports every group; 10 \
          is the default.",
};
/// D-ANA-003.
pub static SMALLEST_EFFECT: Rule = Rule {
    code: "D-ANA-003",
    severity: Severity::Error,
    title: "the smallest effect of interest is not positive",
    doc: "It is the smallest change, in standard deviations, that would matter in practice, such as 0.2. It is \
          compared with the size of the effect in both directions.",
};
/// D-ANA-004.
pub static PERMUTATIONS: Rule = Rule {
    code: "D-ANA-004",
    severity: Severity::Error,
    title: "too few permutations",
    doc: "A permutation test of m draws cannot give a p-value below 1 / (m + 1), so fewer than 1 / alpha draws \
          can never be significant. 9,999 is the default.",
};

/// D-ANA-005.
pub static LINKING: Rule = Rule {
    code: "D-ANA-005",
    severity: Severity::Error,
    title: "a limit of linking makes no sense",
    doc: "`displacement` and `robust_z` are limits above 0, such as 0.5 logits and 1.645. `most_dropped` is a \
          share of the common items, from 0 to 0.5: a link that sets aside most of its items is no link.",
};
/// D-ANA-010.
pub static ANSWER_QUALITY: Rule = Rule {
    code: "D-ANA-010",
    severity: Severity::Error,
    title: "a limit of answer quality cannot be reached or is always passed",
    doc: "Shares lie between 0 and 1 (the standard deviation of answers is at most half the answer range), a \
          correlation between -1 and 1, a tail probability between 0 and 1; counts and seconds are above 0. \
          Leave a field out to use the customary limit.",
};

/// D-ANA-006.
pub static COMPARE: Rule = Rule {
    code: "D-ANA-006",
    severity: Severity::Error,
    title: "the waves to compare are not two waves of the study in order of time",
    doc: "`compare` names the wave before and the wave after between which the primary change is counted, such \
          as [\"pre\", \"post\"] where a follow-up came later. Leave it out to compare the first and the last.",
};

/// Checks the rules of the analysis.
pub fn check(study: &Study, notes: &mut Notes) {
    let rules = &study.analysis;
    let alpha_is_good = rules.alpha > 0.0 && rules.alpha <= 0.5;
    if !alpha_is_good {
        let message = format!("alpha is {}, expected more than 0 and at most 0.5", rules.alpha);
        let hint = match rules.alpha {
            a if a > 0.5 && a < 1.0 => format!(
                "alpha is the error rate, not the confidence: write {}",
                (100.0 - 100.0 * a).round() / 100.0
            ),
            a if (1.0..=50.0).contains(&a) => format!("write it as a share: {}", a / 100.0),
            _ => "write 0.05".to_owned(),
        };
        notes.say(&ALPHA, "/analysis/alpha", message, hint);
    }
    if rules.smallest_cell == 0 {
        notes.say(
            &SMALLEST_CELL,
            "/analysis/smallest_cell",
            "the smallest cell is 0, expected at least 1",
            "write 10, or 1 to report every group",
        );
    }
    if let Some(effect) = rules.smallest_effect_of_interest.filter(|effect| *effect <= 0.0) {
        let message = format!("the smallest effect of interest is {effect}, expected more than 0");
        notes.say(
            &SMALLEST_EFFECT,
            "/analysis/smallest_effect_of_interest",
            message,
            "write a size such as 0.2, or leave the field out",
        );
    }
    check_linking(study, notes);
    check_compare(study, notes);
    // Draws are far below 2^53, so the conversion is exact.
    if alpha_is_good && ((rules.permutations as f64) + 1.0) * rules.alpha < 1.0 {
        let message =
            format!("{} permutations can never be significant at alpha {}", rules.permutations, rules.alpha);
        notes.say(&PERMUTATIONS, "/analysis/permutations", message, "write 9999");
    }
    check_answer_quality(&rules.answer_quality, notes);
}

fn check_answer_quality(rules: &AnswerQualityRules, notes: &mut Notes) {
    let limits = [
        ("long_string_share", rules.long_string_share, 0.0, 1.0),
        ("low_variability_share", rules.low_variability_share, 0.0, 0.5),
        ("high_variability_share", rules.high_variability_share, 0.0, 1.0),
        ("even_odd", rules.even_odd, -1.0, 1.0),
        ("mahalanobis_p", rules.mahalanobis_p, 0.0, 1.0),
        ("duplicate_answers", rules.duplicate_answers as f64, 0.0, f64::INFINITY),
        ("seconds_per_item", rules.seconds_per_item, 0.0, f64::INFINITY),
        // There are seven indices, and two of them (long string, low variability) count as one sign.
        ("indices_needed", rules.indices_needed as f64, 0.0, 6.0),
    ];
    for (field, value, low, high) in limits {
        if value > low && value <= high {
            continue;
        }
        let most = if high.is_finite() { format!(" and at most {high}") } else { String::new() };
        let message = format!("{field} is {value}, expected more than {low}{most}");
        let pointer = format!("/analysis/answer_quality/{field}");
        notes.say(&ANSWER_QUALITY, &pointer, message, "leave the field out to use the customary limit");
    }
}

fn check_compare(study: &Study, notes: &mut Notes) {
    let Some(ids) = &study.analysis.compare else { return };
    let places = [study.wave_index(&ids[0]), study.wave_index(&ids[1])];
    let hint = || {
        let known: Vec<&str> = study.waves.iter().map(|wave| wave.id.as_str()).collect();
        format!("the waves in order of time are: {}", known.join(", "))
    };
    match places {
        [Some(before), Some(after)] if before < after => {}
        [Some(_), Some(_)] => {
            let message = format!("`compare` counts from \"{}\" to \"{}\"", ids[0], ids[1]);
            notes.say(&COMPARE, "/analysis/compare", message, hint());
        }
        _ => {
            let unknown = ids.iter().zip(places).find(|(_, place)| place.is_none());
            let name = unknown.map_or("", |(id, _)| id.as_str());
            notes.say(&COMPARE, "/analysis/compare", format!("there is no wave \"{name}\""), hint());
        }
    }
}

fn check_linking(study: &Study, notes: &mut Notes) {
    let rules = &study.analysis.linking;
    let limits = [
        ("displacement", rules.displacement, rules.displacement > 0.0, "write 0.5"),
        ("robust_z", rules.robust_z, rules.robust_z > 0.0, "write 1.645"),
        ("most_dropped", rules.most_dropped, (0.0..=0.5).contains(&rules.most_dropped), "write 0.2"),
    ];
    for (name, value, _, hint) in limits.into_iter().filter(|(_, _, good, _)| !good) {
        let message = format!("`{name}` of linking is {value}");
        notes.say(&LINKING, &format!("/analysis/linking/{name}"), message, hint);
    }
}
