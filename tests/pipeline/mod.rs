//! The chain from study file to findings, as `dampak analyze` runs it, over any [`Files`].

use std::path::Path;

use dampak::analysis::{self, Findings, Material};
use dampak::diag::{Checked, has_errors};
use dampak::io::Files;
use dampak::measure;
use dampak::response;
use dampak::score::{self, MissingPolicy};
use dampak::study::{self, BoundStudy, MissingRule, Study};

/// The value of a checked step without errors.
fn sound<T>(step: Checked<T>) -> T {
    assert!(!has_errors(&step.diagnostics), "{:#?}", step.diagnostics);
    step.value
}

/// The study at a path.
pub fn study(path: &Path, files: &dyn Files) -> Study {
    let bytes = files.read(path).expect("the study file is there");
    sound(study::parse(&path.display().to_string(), &bytes)).expect("a sound study")
}

/// The findings of the study at a path.
pub fn findings(path: &Path, files: &dyn Files) -> Findings {
    let bound = sound(study::bind(study(path, files), path, files)).expect("a study with its instruments");
    analyze(&bound, files)
}

/// The findings of a bound study.
pub fn analyze(study: &BoundStudy, files: &dyn Files) -> Findings {
    let responses = sound(response::read(study, files));
    let own = MissingPolicy::of(&study.study.analysis);
    let not_reached = match own.not_reached {
        MissingRule::Wrong => MissingRule::Missing,
        MissingRule::Missing => MissingRule::Wrong,
    };
    let scored = |policy| sound(score::score(study, &responses, policy).expect("polars runs the plan"));
    let measured = |mut scores| {
        let measures = measure::add(study, &responses, &mut scores).expect("polars hands out columns");
        (scores, measures)
    };
    let (scores, measures) = measured(scored(own));
    let (alternative, _) = measured(scored(MissingPolicy { not_reached, ..own }));
    let material = Material {
        study,
        responses: &responses,
        scores: &scores,
        measures: &measures,
        alternative: Some(&alternative),
    };
    analysis::analyze(material).expect("polars hands out columns")
}
