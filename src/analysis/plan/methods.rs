//! Which methods a design calls for, with so many schools.

use super::FEW_SCHOOLS;
use crate::analysis::findings::{Design, Method};
use crate::study::Assignment;

/// Schools that a covariate of schools needs for itself, once arm and strata have taken theirs (standards 5.5).
const SCHOOLS_PER_COVARIATE: usize = 10;

/// What the choice of methods follows from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    /// The design.
    pub design: Design,
    /// How units came into their arm.
    pub assignment: Assignment,
    /// Whether arms share schools.
    pub split: bool,
    /// Whether every wave meets other persons.
    pub cross_sections: bool,
    /// Strata of schools; none where the analysis keeps to none.
    pub strata: Option<usize>,
    /// Schools of all arms, each once; none where unknown.
    pub schools: Option<usize>,
}

/// The methods of a plan.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Chosen {
    /// The primary one; none where nothing is estimated.
    pub primary: Option<Method>,
    /// Those that stand beside it.
    pub sensitivity: Vec<Method>,
}

impl Chosen {
    fn of(primary: Method, sensitivity: &[Method]) -> Self {
        Chosen { primary: Some(primary), sensitivity: sensitivity.to_vec() }
    }
}

/// Whether so many schools in so many strata (0 or 1 for none) carry a covariate of schools, such as their mean
/// pretest: ten are to be left when the arm and the strata have each taken their degree of freedom, which asks for
/// eleven schools, or for ten pairs.
pub(in crate::analysis) fn carries_school_covariate(schools: usize, strata: usize) -> bool {
    schools >= SCHOOLS_PER_COVARIATE + strata.max(1)
}

/// Whether the arms were drawn by lot.
pub(in crate::analysis) fn is_randomised(assignment: Assignment) -> bool {
    matches!(assignment, Assignment::RandomSchool | Assignment::RandomStudent)
}

impl Setting {
    /// Whether there are too few schools for anything but description and re-assignment.
    pub fn is_few(&self) -> bool {
        self.schools.is_some_and(|schools| schools < FEW_SCHOOLS)
    }

    fn is_randomised(&self) -> bool {
        is_randomised(self.assignment)
    }
}

/// The methods of a design.
pub(super) fn choose(setting: &Setting) -> Chosen {
    use Method::{
        AncovaOls, ClusterMeanT, DidPooled, DidWelch, NotReachedMissing, PairedT, SignFlip, StudentCr2,
    };
    match setting.design {
        Design::SingleWave => Chosen::default(),
        Design::OneGroupClustered if setting.is_few() => Chosen::of(SignFlip, &[]),
        // Nobody is met twice, so that no score can be told to be the same with other answers missing.
        Design::OneGroupClustered if setting.cross_sections => {
            Chosen::of(ClusterMeanT, &[StudentCr2, SignFlip])
        }
        Design::OneGroupClustered => Chosen::of(ClusterMeanT, &[StudentCr2, SignFlip, NotReachedMissing]),
        Design::OneGroupUnclustered => Chosen::of(PairedT, &[NotReachedMissing]),
        Design::ComparisonClustered if setting.split => within_schools(setting),
        Design::ComparisonClustered => of_schools(setting),
        Design::ComparisonUnclustered if setting.is_randomised() => {
            Chosen::of(AncovaOls, &[DidWelch, DidPooled])
        }
        Design::ComparisonUnclustered => Chosen::of(DidWelch, &[DidPooled, AncovaOls, NotReachedMissing]),
    }
}

/// Arms that share schools are compared within schools. Where the waves meet other persons, every school has one value:
/// the change of its programme cohorts less that of its comparison cohorts.
fn within_schools(setting: &Setting) -> Chosen {
    use Method::{AncovaWithin, DidStudentCr2, Multisite, SignFlip, StudentPermutation, WithinSchoolT};
    match (setting.is_randomised(), setting.is_few()) {
        (_, true) if setting.cross_sections => Chosen::of(SignFlip, &[]),
        (_, false) if setting.cross_sections => Chosen::of(WithinSchoolT, &[DidStudentCr2, SignFlip]),
        (true, true) => Chosen::of(StudentPermutation, &[]),
        (true, false) => Chosen::of(AncovaWithin, &[Multisite, DidStudentCr2, StudentPermutation]),
        // Nobody drew lots, so that no re-assignment of students stands for chance.
        (false, true) => Chosen::default(),
        (false, false) => Chosen::of(DidStudentCr2, &[AncovaWithin]),
    }
}

/// Every school in one arm.
fn of_schools(setting: &Setting) -> Chosen {
    use Method::{
        AncovaCr2, AncovaWorking, DidClusterCr2, DidClusterPooled, DidStudentCr2, NotReachedMissing,
        SchoolPermutation,
    };
    if setting.is_few() {
        return Chosen::of(SchoolPermutation, &[]);
    }
    // One variance over all schools does not know of strata.
    let pooled = setting.strata.is_none().then_some(DidClusterPooled);
    if setting.cross_sections {
        let others = [DidStudentCr2, SchoolPermutation];
        return Chosen {
            primary: Some(DidClusterCr2),
            sensitivity: pooled.into_iter().chain(others).collect(),
        };
    }
    let of_school_means = contextual(setting);
    if setting.is_randomised() {
        // Least squares lets large schools decide; under the working covariance level and coverage hold with
        // schools of very unequal size too (tests/reference/calibration.md).
        let others = [DidClusterCr2, DidStudentCr2, SchoolPermutation, NotReachedMissing];
        let sensitivity = [AncovaCr2].into_iter().chain(of_school_means).chain(others).collect();
        return Chosen { primary: Some(AncovaWorking), sensitivity };
    }
    let first = pooled.into_iter().chain([DidStudentCr2, AncovaCr2]);
    let sensitivity = first.chain(of_school_means).chain([SchoolPermutation, NotReachedMissing]).collect();
    Chosen { primary: Some(DidClusterCr2), sensitivity }
}

/// Methods with the school's mean pretest, where the schools carry it.
fn contextual(setting: &Setting) -> Vec<Method> {
    let schools = setting.schools.unwrap_or(0);
    if carries_school_covariate(schools, setting.strata.unwrap_or(1)) {
        vec![Method::AncovaContextual, Method::AncovaSchoolMeans]
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(schools: usize) -> Setting {
        Setting {
            design: Design::ComparisonClustered,
            assignment: Assignment::RandomSchool,
            split: false,
            cross_sections: false,
            strata: None,
            schools: Some(schools),
        }
    }

    #[test]
    fn a_covariate_of_schools_needs_ten_of_them_for_itself() {
        assert!(!carries_school_covariate(10, 0) && carries_school_covariate(11, 1));
        assert!(!carries_school_covariate(18, 9) && carries_school_covariate(20, 10));
        let listed = |setting: &Setting| choose(setting).sensitivity.contains(&Method::AncovaContextual);
        assert!(!listed(&setting(10)) && listed(&setting(11)));
        assert!(!listed(&Setting { strata: Some(6), ..setting(12) }));
    }

    #[test]
    fn cross_sections_have_no_method_on_single_changes() {
        for assignment in [Assignment::RandomSchool, Assignment::School] {
            let cohorts = Setting { assignment, cross_sections: true, ..setting(12) };
            let found = choose(&cohorts);
            assert_eq!(found.primary, Some(Method::DidClusterCr2));
            let expected = [Method::DidClusterPooled, Method::DidStudentCr2, Method::SchoolPermutation];
            assert_eq!(found.sensitivity, expected);
            let few = choose(&Setting { schools: Some(5), ..cohorts });
            assert_eq!(few, Chosen::of(Method::SchoolPermutation, &[]));
            let stratified = choose(&Setting { strata: Some(3), ..cohorts });
            assert!(!stratified.sensitivity.contains(&Method::DidClusterPooled));
            // One value for each school that holds both arms.
            let split = choose(&Setting { split: true, ..cohorts });
            let beside = [Method::DidStudentCr2, Method::SignFlip];
            assert_eq!(split, Chosen::of(Method::WithinSchoolT, &beside));
            let few = choose(&Setting { split: true, schools: Some(5), ..cohorts });
            assert_eq!(few, Chosen::of(Method::SignFlip, &[]));
        }
    }

    #[test]
    fn few_schools_with_both_arms_permute_students_only_where_lots_were_drawn() {
        let few = Setting { split: true, assignment: Assignment::RandomStudent, ..setting(5) };
        assert_eq!(choose(&few), Chosen::of(Method::StudentPermutation, &[]));
        assert_eq!(choose(&Setting { assignment: Assignment::SelfSelected, ..few }), Chosen::default());
    }
}
