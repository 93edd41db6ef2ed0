//! The simulated studies: cells, what is drawn, and in which seeded stream.
//!
//! ```text
//! y_ijt = a_j + c_jt + s_ij + e_ijt (+ effect after, in the program)
//! Var(a) = .8 icc, Var(c) = .2 icc, Var(s) = .6 (1 - icc), Var(e) = .4 (1 - icc)
//! ```
//!
//! All scores have variance 1 within a wave, the schools' share of it is `icc` in both waves, a school's two means
//! correlate .8 (so that schools change by themselves, with sd sqrt(.4 icc)) and a student's two scores .6 within
//! schools. Everything is normal; the effect is the same in all schools, but for students drawn by lot within schools,
//! where it varies between schools with sd .15 around the one that is estimated. Pairs are two schools of neighbouring
//! size that share half of the variance of a_j and of c_jt. Cross-sections meet other students after: no s_ij in common.

use dampak::impact::Arm;
use dampak::num::rng::Stream;

/// Chosen once, before the first run (the day of the session), and not changed after seeing results.
pub const SEED: u64 = 20_261_123;

/// Share of the schools' variance that stays from wave to wave.
const SCHOOL_STABLE: f64 = 0.8;
/// Share of the students' variance within schools that stays.
const STUDENT_STABLE: f64 = 0.6;
/// Without randomisation the program's schools start higher by this much (in sd), in both waves.
const HEAD_START: f64 = 0.3;
/// Spread of the effect between schools where students are drawn by lot within them (sd).
const EFFECT_SPREAD: f64 = 0.15;
/// Share of the schools' variance, lasting and passing, that the schools of a pair have in common.
const PAIR_SHARE: f64 = 0.5;

/// Students per school when sizes differ: mean 25, largest 78 and 97, coefficient of variation .87 and .92.
const UNEQUAL_13: [usize; 13] = [5, 6, 8, 10, 12, 14, 17, 20, 25, 32, 42, 56, 78];
const UNEQUAL_25: [usize; 25] =
    [5, 5, 6, 7, 8, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 24, 27, 30, 35, 40, 47, 61, 83, 97];
const EQUAL: usize = 25;

/// The designs that the plan tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DesignKind {
    /// One linked group before and after.
    OneGroup,
    /// Program and comparison schools that chose themselves.
    Comparison,
    /// Schools drawn by lot.
    Randomised,
    /// Students drawn by lot within schools.
    StudentsRandomised,
    /// Pairs of schools, one of each with the program.
    Paired,
    /// One group; other students after.
    CrossSections,
    /// Program and comparison schools; other students after.
    CrossSectionsComparison,
}

impl DesignKind {
    pub const ALL: [DesignKind; 7] = [
        DesignKind::OneGroup,
        DesignKind::Comparison,
        DesignKind::Randomised,
        DesignKind::StudentsRandomised,
        DesignKind::Paired,
        DesignKind::CrossSections,
        DesignKind::CrossSectionsComparison,
    ];

    pub fn name(self) -> &'static str {
        match self {
            DesignKind::OneGroup => "one_group",
            DesignKind::Comparison => "comparison",
            DesignKind::Randomised => "randomised",
            DesignKind::StudentsRandomised => "students_randomised",
            DesignKind::Paired => "paired",
            DesignKind::CrossSections => "cross_sections",
            DesignKind::CrossSectionsComparison => "cross_sections_comparison",
        }
    }

    /// Whether arms are compared.
    pub fn compares(self) -> bool {
        !matches!(self, DesignKind::OneGroup | DesignKind::CrossSections)
    }

    /// Whether the waves meet other students.
    pub fn unlinked(self) -> bool {
        matches!(self, DesignKind::CrossSections | DesignKind::CrossSectionsComparison)
    }
}

/// One cell of the table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    pub design: DesignKind,
    pub schools: usize,
    pub equal: bool,
    pub icc: f64,
    pub effect: f64,
}

impl Cell {
    /// All cells in the order of the table.
    pub fn all() -> Vec<Cell> {
        let mut cells = Vec::new();
        for design in DesignKind::ALL {
            // Pairs need an even number.
            let numbers = if design == DesignKind::Paired { [12, 24] } else { [13, 25] };
            for schools in numbers {
                for equal in [true, false] {
                    for icc in [0.05, 0.15, 0.30] {
                        for effect in [0.0, 0.25] {
                            cells.push(Cell { design, schools, equal, icc, effect });
                        }
                    }
                }
            }
        }
        cells
    }

    pub fn sizes_name(&self) -> &'static str {
        if self.equal { "balanced" } else { "unequal" }
    }

    pub fn id(&self) -> String {
        let Cell { schools, icc, effect, .. } = self;
        format!("{} {schools} {} {icc:.2} {effect:.2}", self.design.name(), self.sizes_name())
    }

    fn sizes(&self) -> Vec<usize> {
        match (self.equal, self.schools) {
            (true, schools) => vec![EQUAL; schools],
            (false, 13) => UNEQUAL_13.to_vec(),
            (false, 12) => UNEQUAL_13[1..].to_vec(),
            (false, 24) => UNEQUAL_25[1..].to_vec(),
            (false, _) => UNEQUAL_25.to_vec(),
        }
    }
}

/// One simulated study, one entry per student.
pub struct Study {
    pub pre: Vec<f64>,
    pub post: Vec<f64>,
    pub school: Vec<usize>,
    /// Arm of each student; all in the program with one group.
    pub arm: Vec<Arm>,
    /// Arm of each school; of no use where students are drawn within schools.
    pub school_arm: Vec<Arm>,
    /// For the resampling methods.
    pub seed: u64,
}

impl Study {
    pub fn change(&self) -> Vec<f64> {
        self.pre.iter().zip(&self.post).map(|(a, b)| b - a).collect()
    }
}

/// Study number `index` of a cell; the same for ever.
pub fn draw(cell: &Cell, index: usize) -> Study {
    let mut stream = Stream::new(SEED, &format!("calibration {} #{index}", cell.id()));
    let sizes = cell.sizes();
    let school_arm = school_arms(cell.design, sizes.len(), &mut stream);
    let sd = |variance: f64| variance.sqrt();
    let within = 1.0 - cell.icc;
    let (person, error) = (sd(STUDENT_STABLE * within), sd((1.0 - STUDENT_STABLE) * within));
    let mut study =
        Study { pre: vec![], post: vec![], school: vec![], arm: vec![], school_arm, seed: stream.bits() };
    let mut pair = [0.0; 3];
    for (school, &size) in sizes.iter().enumerate() {
        let arm = study.school_arm[school];
        let headed = matches!(cell.design, DesignKind::Comparison | DesignKind::CrossSectionsComparison);
        let ahead = if headed { HEAD_START * arm.indicator() } else { 0.0 };
        let [level, before, after] = circumstances(cell, school, &mut pair, &mut stream);
        let (before, after) = (ahead + level + before, ahead + level + after);
        let mut arms = vec![arm; size];
        let mut effect = cell.effect;
        if cell.design == DesignKind::StudentsRandomised {
            effect += EFFECT_SPREAD * stream.normal();
            stream.sample(size, size / 2).into_iter().for_each(|student| arms[student] = Arm::Comparison);
        }
        for arm in arms {
            let own = person * stream.normal();
            let later = if cell.design.unlinked() { person * stream.normal() } else { own };
            study.pre.push(before + own + error * stream.normal());
            study.post.push(after + later + error * stream.normal() + effect * arm.indicator());
            study.school.push(school);
            study.arm.push(arm);
        }
    }
    study
}

/// Who has the program. Which schools they are, large or small, is drawn in every study: 7 of 13, 13 of 25, one of
/// every pair.
fn school_arms(design: DesignKind, schools: usize, stream: &mut Stream) -> Vec<Arm> {
    let mut arms = vec![Arm::Program; schools];
    match design {
        DesignKind::OneGroup | DesignKind::CrossSections | DesignKind::StudentsRandomised => {}
        DesignKind::Paired => {
            (0..schools / 2).for_each(|pair| arms[2 * pair + stream.below(2)] = Arm::Comparison);
        }
        DesignKind::Comparison | DesignKind::Randomised | DesignKind::CrossSectionsComparison => {
            for school in stream.sample(schools, schools / 2) {
                arms[school] = Arm::Comparison;
            }
        }
    }
    arms
}

/// What a school's students share: lasting, before and after.
fn circumstances(cell: &Cell, school: usize, pair: &mut [f64; 3], stream: &mut Stream) -> [f64; 3] {
    let (stable, moving) = ((SCHOOL_STABLE * cell.icc).sqrt(), ((1.0 - SCHOOL_STABLE) * cell.icc).sqrt());
    let mut own = [stable * stream.normal(), moving * stream.normal(), moving * stream.normal()];
    if cell.design == DesignKind::Paired {
        if school.is_multiple_of(2) {
            *pair = [stable * stream.normal(), moving * stream.normal(), moving * stream.normal()];
        }
        for (own, pair) in own.iter_mut().zip(pair) {
            *own = (1.0 - PAIR_SHARE).sqrt() * *own + PAIR_SHARE.sqrt() * *pair;
        }
    }
    own
}
