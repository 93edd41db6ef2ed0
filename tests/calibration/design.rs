//! The simulated studies: cells, what is drawn, and in which seeded stream.
//!
//! ```text
//! y_ijt = a_j + c_jt + s_ij + e_ijt (+ effect after, in the program)
//! Var(a) = .8 icc, Var(c) = .2 icc, Var(s) = .6 (1 - icc), Var(e) = .4 (1 - icc)
//! ```
//!
//! All scores have variance 1 within a wave, the schools' share of it is `icc` in both waves, a school's two means
//! correlate .8 (so that schools change by themselves, with sd sqrt(.4 icc)) and a student's two scores .6 within
//! schools. Everything is normal; the effect is the same in all schools.

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
}

impl DesignKind {
    pub const ALL: [DesignKind; 3] = [DesignKind::OneGroup, DesignKind::Comparison, DesignKind::Randomised];

    pub fn name(self) -> &'static str {
        match self {
            DesignKind::OneGroup => "one_group",
            DesignKind::Comparison => "comparison",
            DesignKind::Randomised => "randomised",
        }
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
            for schools in [13, 25] {
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
    /// Arm of each school.
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
    let mut school_arm = vec![Arm::Program; sizes.len()];
    if cell.design != DesignKind::OneGroup {
        // 7 of 13, 13 of 25: which schools they are, large or small, is drawn in every study.
        for school in stream.sample(sizes.len(), sizes.len() / 2) {
            school_arm[school] = Arm::Comparison;
        }
    }
    let sd = |variance: f64| variance.sqrt();
    let (stable, moving) = (sd(SCHOOL_STABLE * cell.icc), sd((1.0 - SCHOOL_STABLE) * cell.icc));
    let within = 1.0 - cell.icc;
    let (person, error) = (sd(STUDENT_STABLE * within), sd((1.0 - STUDENT_STABLE) * within));
    let mut study =
        Study { pre: vec![], post: vec![], school: vec![], arm: vec![], school_arm, seed: stream.bits() };
    for (school, &size) in sizes.iter().enumerate() {
        let arm = study.school_arm[school];
        let ahead = if cell.design == DesignKind::Comparison { HEAD_START * arm.indicator() } else { 0.0 };
        let level = ahead + stable * stream.normal();
        let (before, after) = (level + moving * stream.normal(), level + moving * stream.normal());
        for _ in 0..size {
            let own = person * stream.normal();
            study.pre.push(before + own + error * stream.normal());
            study.post.push(after + own + error * stream.normal() + cell.effect * arm.indicator());
            study.school.push(school);
            study.arm.push(arm);
        }
    }
    study
}
