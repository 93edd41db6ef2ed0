//! One file per chart: a [`Chart`] holds the data and words needed to draw it, nothing else.
//!
//! Words are already in the language of the document; [`draw::svg`] formats numbers in that language and
//! draws with plotters into SVG text with [`theme`]'s palette and embedded fonts; [`raster`] turns the same
//! SVG into a 300-dpi PNG. [`describe::describe`] says in a sentence what a chart shows, for a reader who
//! cannot see it. Shares are fractions of 1 everywhere.

pub mod describe;
pub mod draw;
pub mod raster;
pub mod theme;

mod ability;
mod anchor_drift;
mod axis;
mod bars;
mod canvas;
mod curve;
mod dif_plot;
mod difficulty;
mod distribution;
mod dodge;
mod flow;
mod forest;
mod grid;
mod interval_rows;
mod item_curves;
mod legend;
mod levels;
mod likert;
mod love_plot;
mod option_curves;
mod power_curves;
mod school_scatter;
mod slopes;
mod spread;
mod test_information;
mod text;
mod wright_map;

pub use ability::AbilityWave;
pub use anchor_drift::{AnchorDrift, DriftItem};
pub use curve::CurvePoint;
pub use dif_plot::{DifClass, DifItem, DifPlot};
pub use draw::{ChartError, Size};
pub use flow::{Flow, FlowArm, FlowBox};
pub use item_curves::{ItemCurve, ItemCurves, ObservedGroup};
pub use love_plot::{LovePlot, LoveRow};
pub use option_curves::{OptionCurve, OptionCurves, OptionItem};
pub use power_curves::{PowerCurves, PowerLine};
pub use school_scatter::SchoolScatter;
pub use test_information::{ReliableRange, TestCurves, TestInformation};
pub use wright_map::{WrightItem, WrightMap};

/// A chart: what is needed to draw it.
#[derive(Clone, Debug)]
pub enum Chart {
    /// Score distribution before and after.
    Distribution(Distribution),
    /// Estimates with intervals, one a row: schools with the overall estimate, or effect sizes.
    Forest(Forest),
    /// One line per school from before to after.
    Slopes(Slopes),
    /// Shares of levels, one stacked bar per wave and arm.
    Levels(Levels),
    /// Item difficulty before against after, with the line of no change.
    Difficulty(Difficulty),
    /// Diverging bars of an ordered answer set.
    Likert(Likert),
    /// Abilities of persons and locations of items on one axis.
    WrightMap(WrightMap),
    /// Test information, standard error and the abilities of persons.
    TestInformation(TestInformation),
    /// Item characteristic curves with observed shares.
    ItemCurves(ItemCurves),
    /// Share that chose each option, by score group.
    OptionCurves(OptionCurves),
    /// Differential item functioning with the classes A, B and C.
    DifPlot(DifPlot),
    /// Displacement of anchor items.
    AnchorDrift(AnchorDrift),
    /// Differences between groups before the programme.
    LovePlot(LovePlot),
    /// The way of participants from the roster to the analysis.
    Flow(Flow),
    /// Power against the number of schools.
    PowerCurves(PowerCurves),
    /// Two school means against each other.
    SchoolScatter(SchoolScatter),
}

/// Histograms that share one axis; one panel per group, one outline per wave.
#[derive(Clone, Debug)]
pub struct Distribution {
    /// What the axis shows, with its unit.
    pub axis: String,
    /// Lowest and highest possible score.
    pub range: [f64; 2],
    /// One panel per arm.
    pub panels: Vec<DistributionPanel>,
}

/// One panel of a [`Distribution`].
#[derive(Clone, Debug)]
pub struct DistributionPanel {
    /// Name of the arm; blank where there is one group.
    pub label: String,
    /// The waves, in order.
    pub waves: Vec<DistributionWave>,
}

/// The scores of one wave in one arm.
#[derive(Clone, Debug)]
pub struct DistributionWave {
    /// Name of the wave.
    pub label: String,
    /// Persons with a score.
    pub n: usize,
    /// Mean score, marked on the axis.
    pub mean: f64,
    /// Bins of equal width over the range: share of persons in each.
    pub shares: Vec<f64>,
}

/// Estimates with intervals around a reference line.
#[derive(Clone, Debug)]
pub struct Forest {
    /// What the axis shows, with its unit.
    pub axis: String,
    /// Where the reference line stands: no change, no effect.
    pub reference: f64,
    /// Rows from top to bottom.
    pub rows: Vec<ForestRow>,
    /// Digits after the decimal mark in the printed estimates.
    pub decimals: usize,
}

/// One row of a [`Forest`].
#[derive(Clone, Debug)]
pub struct ForestRow {
    /// School, outcome or effect size.
    pub label: String,
    /// Persons behind the estimate, where they are to be shown.
    pub n: Option<usize>,
    /// The estimate.
    pub estimate: f64,
    /// Its interval; none where it cannot be had (one person).
    pub ci: Option<[f64; 2]>,
    /// How the row is drawn.
    pub kind: ForestKind,
}

/// How a row of a [`Forest`] is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForestKind {
    /// A single unit: a small filled circle.
    Unit,
    /// A unit of the comparison arm: a small open square.
    Comparison,
    /// The overall estimate: a diamond with a band down the chart.
    Overall,
}

/// Lines from before to after.
#[derive(Clone, Debug)]
pub struct Slopes {
    /// What the axis shows, with its unit.
    pub axis: String,
    /// Lowest and highest possible score; the axis may show less.
    pub range: [f64; 2],
    /// Names of the two waves.
    pub waves: [String; 2],
    /// Names of the arms; one where there is one group.
    pub arms: Vec<String>,
    /// One line per school.
    pub lines: Vec<Slope>,
    /// The mean line of each arm, in arm order.
    pub means: Vec<Slope>,
}

/// One line of [`Slopes`].
#[derive(Clone, Debug)]
pub struct Slope {
    /// School or arm.
    pub label: String,
    /// Mean before.
    pub before: f64,
    /// Mean after.
    pub after: f64,
    /// Place in [`Slopes::arms`].
    pub arm: usize,
}

/// Stacked bars of level shares.
#[derive(Clone, Debug)]
pub struct Levels {
    /// Names of the levels, from the lowest.
    pub levels: Vec<String>,
    /// Bars from top to bottom.
    pub bars: Vec<LevelBar>,
}

/// One bar of [`Levels`].
#[derive(Clone, Debug)]
pub struct LevelBar {
    /// Wave, or arm and wave.
    pub label: String,
    /// Persons behind the bar.
    pub n: usize,
    /// Share of each level, in level order.
    pub shares: Vec<f64>,
}

/// Item difficulty (share of points gained) before against after.
#[derive(Clone, Debug)]
pub struct Difficulty {
    /// Axis titles: before, after.
    pub axes: [String; 2],
    /// One point per item.
    pub points: Vec<DifficultyPoint>,
}

/// One item of [`Difficulty`].
#[derive(Clone, Debug)]
pub struct DifficultyPoint {
    /// Item id.
    pub item: String,
    /// Share of points gained before.
    pub before: f64,
    /// Share of points gained after.
    pub after: f64,
    /// Whether it is an anchor (filled) or stands in one booklet only (open).
    pub anchor: bool,
}

/// Diverging bars: disagreement to the left, agreement to the right, the middle answer split around zero.
#[derive(Clone, Debug)]
pub struct Likert {
    /// The answers, from low to high.
    pub answers: Vec<String>,
    /// Items from top to bottom.
    pub items: Vec<LikertItem>,
}

/// One item of a [`Likert`] chart.
#[derive(Clone, Debug)]
pub struct LikertItem {
    /// The statement, possibly long: it is wrapped.
    pub label: String,
    /// One bar per wave, before above after.
    pub bars: Vec<LikertBar>,
}

/// One bar of a [`LikertItem`].
#[derive(Clone, Debug)]
pub struct LikertBar {
    /// Name of the wave.
    pub label: String,
    /// Answers behind the bar.
    pub n: usize,
    /// Share of each answer, in answer order; answers nobody chose stay with share 0.
    pub shares: Vec<f64>,
}
