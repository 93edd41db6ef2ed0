//! Random terms and the order of their variances.

use super::MixedError;

/// Name of the school's intercept among the components.
pub const SCHOOL: &str = "school";
/// Name of the residual among the components.
pub const RESIDUAL: &str = "residual";
/// Name of the student's intercept among the components.
pub const STUDENT: &str = "student";

/// One random term of the model, all within the design's clusters (schools).
#[derive(Debug, Clone, PartialEq)]
pub enum RandomTerm {
    /// Every school has its own intercept: `(1 | school)`.
    School,
    /// Units within a school, each with its own intercept: waves `(1 | school:wave)`, classes, teachers. The same
    /// index in two schools means two units.
    WithinSchool {
        /// Name for the report.
        name: String,
        /// Unit of each row.
        unit: Vec<usize>,
    },
    /// A slope that differs between schools, such as the treatment effect of a multisite trial, independent of
    /// the intercepts: `(0 + x | school)`.
    Slope {
        /// Name for the report.
        name: String,
        /// Covariate of each row.
        values: Vec<f64>,
    },
    /// School intercept and slope with their covariance: `(1 + x | school)`.
    SchoolAndSlope {
        /// Name for the report.
        name: String,
        /// Covariate of each row.
        values: Vec<f64>,
    },
    /// Every student has an intercept over several rows: `(1 | student)`. Students do not change schools.
    Student {
        /// Student of each row.
        person: Vec<usize>,
    },
}

/// What one parameter of V stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComponentKind {
    /// Variance of the schools' intercepts.
    School,
    /// Variance of units within schools.
    WithinSchool,
    /// Variance of a slope over schools.
    Slope,
    /// Covariance of a school's intercept and slope.
    Covariance,
    /// Variance of students.
    Student,
    /// Variance of single rows.
    Residual,
}

impl ComponentKind {
    /// True when the component makes rows of one school alike beyond the student.
    pub(super) fn is_between_schools(self) -> bool {
        !matches!(self, ComponentKind::Student | ComponentKind::Residual)
    }
}

/// One linear parameter of V with its place in the optimiser's vector.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Parameter {
    pub name: String,
    pub kind: ComponentKind,
    /// Term that it belongs to; `None` for the residual.
    pub term: Option<usize>,
    /// True for the members of an intercept-slope pair.
    pub paired: bool,
}

/// The parameters of all terms, the residual last. A pair takes three places: variance of the intercept, variance
/// of the slope, covariance.
pub(super) fn parameters(terms: &[RandomTerm]) -> Result<Vec<Parameter>, MixedError> {
    let mut all: Vec<Parameter> = Vec::new();
    for (place, term) in terms.iter().enumerate() {
        let one =
            |name: &str, kind, paired| Parameter { name: name.to_owned(), kind, term: Some(place), paired };
        let new = match term {
            RandomTerm::School => vec![one(SCHOOL, ComponentKind::School, false)],
            RandomTerm::WithinSchool { name, .. } => vec![one(name, ComponentKind::WithinSchool, false)],
            RandomTerm::Slope { name, .. } => vec![one(name, ComponentKind::Slope, false)],
            RandomTerm::SchoolAndSlope { name, .. } => vec![
                one(SCHOOL, ComponentKind::School, true),
                one(name, ComponentKind::Slope, true),
                one(&format!("{SCHOOL}, {name}"), ComponentKind::Covariance, true),
            ],
            RandomTerm::Student { .. } => vec![one(STUDENT, ComponentKind::Student, false)],
        };
        if let Some(twice) = new.iter().find(|p| all.iter().any(|q| q.name == p.name)) {
            return Err(MixedError::TermTwice { term: twice.name.clone() });
        }
        all.extend(new);
    }
    let residual =
        Parameter { name: RESIDUAL.to_owned(), kind: ComponentKind::Residual, term: None, paired: false };
    all.push(residual);
    Ok(all)
}
