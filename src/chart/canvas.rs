//! The few marks charts are made of, drawn with plotters on any backend.
//!
//! Charts think in px of the natural size with y downwards; the canvas maps that to the pixels of the
//! backend, which may be finer. A mark with a coordinate that is not a number is not drawn.

use plotters::coord::Shift;
use plotters::element::{Circle, DashedPathElement, PathElement, Polygon, Rectangle, Text};
use plotters::prelude::{DrawingArea, DrawingBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, RGBAColor, RGBColor, ShapeStyle, TextStyle};

use super::draw::ChartError;
use super::{text, theme};
use crate::i18n::Lang;

/// plotters-svg centres text on its small letters; this much lower (in em) also suits capitals and digits.
const CENTRING: f64 = 0.07;

/// plotters-svg divides the size of a font by this before it writes it.
const SVG_FONT_RATIO: f64 = 1.24;

/// A place on the chart in px.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// The place `x` px from the left and `y` px from the top.
pub(super) fn at(x: f64, y: f64) -> Point {
    Point { x, y }
}

/// A rectangle in px.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Frame {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

impl Frame {
    /// Whether two rectangles share some area.
    pub(super) fn overlaps(&self, other: &Frame) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    /// Whether a point lies inside.
    pub(super) fn covers(&self, point: Point) -> bool {
        self.left < point.x && point.x < self.right && self.top < point.y && point.y < self.bottom
    }

    /// Whether `other` lies inside.
    pub(super) fn holds(&self, other: &Frame) -> bool {
        self.left <= other.left
            && other.right <= self.right
            && self.top <= other.top
            && other.bottom <= self.bottom
    }
}

/// A line: colour, width in px, dash and gap in px.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stroke {
    pub(super) colour: RGBAColor,
    pub(super) width: f64,
    pub(super) dash: Option<[f64; 2]>,
}

impl Stroke {
    /// A solid line.
    pub(super) fn solid(colour: RGBColor, width: f64) -> Self {
        Stroke { colour: colour.mix(1.0), width, dash: None }
    }

    /// The line of a series.
    pub(super) fn of(series: theme::Series) -> Self {
        Stroke { colour: series.line.mix(1.0), width: series.width, dash: series.dash }
    }
}

/// Which end of a text stands at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Middle,
    Right,
}

/// The look of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Face {
    pub(super) colour: RGBColor,
    pub(super) bold: bool,
    pub(super) align: Align,
}

impl Face {
    /// Regular text.
    pub(super) fn plain(colour: RGBColor, align: Align) -> Self {
        Face { colour, bold: false, align }
    }

    /// Bold text.
    pub(super) fn bold(colour: RGBColor, align: Align) -> Self {
        Face { colour, bold: true, align }
    }
}

/// Draws marks of one chart, in one language.
pub(super) struct Canvas<'a, DB: DrawingBackend> {
    /// Where it draws.
    pub(super) area: &'a DrawingArea<DB, Shift>,
    /// Language of words and numbers.
    pub(super) lang: Lang,
    /// Width in px; the backend may have more pixels than that.
    pub(super) width: f64,
    /// Height in px.
    pub(super) height: f64,
}

type Drawn = Result<(), ChartError>;

impl<DB: DrawingBackend> Canvas<'_, DB> {
    /// Pixels of the backend in one px of the chart.
    fn fineness(&self) -> f64 {
        f64::from(self.area.dim_in_pixel().0) / self.width
    }

    fn pixel(&self, point: Point) -> (i32, i32) {
        let fineness = self.fineness();
        ((point.x * fineness).round() as i32, (point.y * fineness).round() as i32)
    }

    fn pixels(&self, points: &[Point]) -> Option<Vec<(i32, i32)>> {
        let drawable =
            !points.is_empty() && points.iter().all(|point| point.x.is_finite() && point.y.is_finite());
        drawable.then(|| points.iter().map(|point| self.pixel(*point)).collect())
    }

    fn style(&self, stroke: &Stroke) -> ShapeStyle {
        let width = (stroke.width * self.fineness()).round().max(1.0);
        ShapeStyle { color: stroke.colour, filled: false, stroke_width: width as u32 }
    }

    /// A filled rectangle.
    pub(super) fn fill(&self, frame: Frame, colour: RGBAColor) -> Drawn {
        let corners = [at(frame.left, frame.top), at(frame.right, frame.bottom)];
        let Some(corners) = self.pixels(&corners) else { return Ok(()) };
        let shape = Rectangle::new([corners[0], corners[1]], colour.filled());
        self.area.draw(&shape).map_err(ChartError::drawing)
    }

    /// A line through points.
    pub(super) fn line(&self, points: &[Point], stroke: &Stroke) -> Drawn {
        let Some(path) = self.pixels(points) else { return Ok(()) };
        let style = self.style(stroke);
        let Some([dash, gap]) = stroke.dash else {
            return self.area.draw(&PathElement::new(path, style)).map_err(ChartError::drawing);
        };
        let (dash, gap) = ((dash * self.fineness()).round() as i32, (gap * self.fineness()).round() as i32);
        self.area
            .draw(&DashedPathElement::new(path, dash.max(1), gap.max(1), style))
            .map_err(ChartError::drawing)
    }

    /// A filled polygon.
    pub(super) fn polygon(&self, points: &[Point], colour: RGBAColor) -> Drawn {
        let Some(path) = self.pixels(points) else { return Ok(()) };
        self.area.draw(&Polygon::new(path, colour.filled())).map_err(ChartError::drawing)
    }

    /// A filled circle.
    pub(super) fn dot(&self, centre: Point, radius: f64, colour: RGBAColor) -> Drawn {
        let Some(centre) = self.pixels(&[centre]) else { return Ok(()) };
        let radius = (radius * self.fineness()).round() as i32;
        self.area.draw(&Circle::new(centre[0], radius, colour.filled())).map_err(ChartError::drawing)
    }

    /// A circle filled with paper.
    pub(super) fn ring(&self, centre: Point, radius: f64, stroke: &Stroke) -> Drawn {
        self.dot(centre, radius, theme::PAPER.mix(1.0))?;
        let Some(centre) = self.pixels(&[centre]) else { return Ok(()) };
        let radius = (radius * self.fineness()).round() as i32;
        self.area.draw(&Circle::new(centre[0], radius, self.style(stroke))).map_err(ChartError::drawing)
    }

    /// A square filled with paper; `half` is half its side.
    pub(super) fn open_square(&self, centre: Point, half: f64, stroke: &Stroke) -> Drawn {
        let square = |half: f64| Frame {
            left: centre.x - half,
            top: centre.y - half,
            right: centre.x + half,
            bottom: centre.y + half,
        };
        self.fill(square(half), stroke.colour)?;
        self.fill(square(half - stroke.width), theme::PAPER.mix(1.0))
    }

    /// A filled square on its corner; `reach` is half its diagonal.
    pub(super) fn diamond(&self, centre: Point, reach: f64, colour: RGBAColor) -> Drawn {
        let Point { x, y } = centre;
        self.polygon(&[at(x - reach, y), at(x, y - reach), at(x + reach, y), at(x, y + reach)], colour)
    }

    /// One line of text, its middle at the height of `place`.
    pub(super) fn text(&self, text: &str, place: Point, face: Face) -> Drawn {
        // Control characters are not allowed in XML, and nobody can read them.
        let text: String = text.chars().filter(|c| !c.is_control()).collect();
        let place = at(place.x, place.y + CENTRING * theme::TEXT);
        let Some(place) = self.pixels(&[place]).filter(|_| !text.trim().is_empty()) else { return Ok(()) };
        let weight = if face.bold { FontStyle::Bold } else { FontStyle::Normal };
        let size = theme::TEXT * self.fineness() * SVG_FONT_RATIO;
        let horizontal = match face.align {
            Align::Left => HPos::Left,
            Align::Middle => HPos::Center,
            Align::Right => HPos::Right,
        };
        let style = TextStyle::from(FontDesc::new(FontFamily::Name(theme::FAMILY), size, weight))
            .color(&face.colour)
            .pos(Pos::new(horizontal, VPos::Center));
        self.area.draw(&Text::new(text, place[0], style)).map_err(ChartError::drawing)
    }

    /// Lines of left-aligned text on paper, so that grid lines do not run through the words.
    pub(super) fn lines_on_paper(&self, lines: &[String], place: Point, face: Face) -> Drawn {
        let top = place.y - lines.len() as f64 * theme::LINE / 2.0;
        for (index, line) in lines.iter().enumerate() {
            let top = top + index as f64 * theme::LINE;
            let right = place.x + text::width(line, theme::TEXT, face.bold) + 3.0;
            let ground = Frame { left: place.x - 3.0, top, right, bottom: top + theme::LINE };
            self.fill(ground, theme::PAPER.mix(1.0))?;
        }
        self.lines(lines, place, face)
    }

    /// Lines of text below one another, the block centred on the height of `place`.
    pub(super) fn lines(&self, lines: &[String], place: Point, face: Face) -> Drawn {
        let top = place.y - (lines.len() as f64 - 1.0) * theme::LINE / 2.0;
        for (index, line) in lines.iter().enumerate() {
            self.text(line, at(place.x, top + index as f64 * theme::LINE), face)?;
        }
        Ok(())
    }
}
