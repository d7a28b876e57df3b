//! The path of an indicator: what is expected, what is, what is on its way, and the target. Invariant: time runs from the eve of the
//! plan to the target's date, values begin at 0, and nothing is drawn as a fact after the day that is shown.

use jiff::civil::Date;
use plotters::{
    element::{Circle, PathElement, Polygon, Rectangle, Text},
    prelude::{Color, RGBColor, ShapeStyle},
    style::text_anchor::{HPos, VPos},
};

use super::svg::{
    ACTUAL, BAND, Canvas, Caption, ChartError, DAY, Drawing, EXPECTED, GRID, PIPELINE, SOFT, TARGET, draw, round_steps, words,
};
use crate::domain::{calendar::days_between, number::format_raw};

/// The size of the drawing in its own units, and the margins inside it: left, right, top, bottom.
const SIZE: (u32, u32) = (800, 320);
const MARGIN: (i32, i32, i32, i32) = (52, 26, 24, 38);
/// So many labels of period ends fit side by side.
const MOST_LABELS: usize = 13;

/// What a path chart shows. Values are units of 10^-scale; lists are in order of time.
#[derive(Debug, Clone)]
pub struct PathChart<'a> {
    /// The title.
    pub title: &'a str,
    /// What it says, for whoever cannot see it.
    pub description: &'a str,
    /// The eve of the plan.
    pub from: Date,
    /// The last day of the drawing.
    pub to: Date,
    /// The day that is shown.
    pub as_of: Date,
    /// The word at that day.
    pub as_of_label: &'a str,
    /// The value from each day on.
    pub actual: &'a [(Date, i64)],
    /// What is on its way from each day on.
    pub pipeline: &'a [(Date, i64)],
    /// Points of the expected path.
    pub expected: &'a [(Date, i64)],
    /// The least value that counts as reached.
    pub goal: Option<i64>,
    /// The range of the target, where it has one.
    pub band: Option<(i64, i64)>,
    /// Period ends with their names.
    pub periods: &'a [(Date, String)],
    /// Decimal places of the values.
    pub scale: u8,
}

/// Draws a path chart.
///
/// # Errors
/// When plotters fails, which drawing into memory does not.
pub fn draw_path_chart(chart: &PathChart<'_>) -> Result<Drawing, ChartError> {
    let caption = Caption { id: "path-chart", title: chart.title, description: chart.description };
    draw(SIZE, caption, |canvas| Frame::new(chart).paint(canvas, chart))
}

/// Where days and values lie on the canvas.
struct Frame {
    from: Date,
    days: i64,
    steps: Vec<i64>,
    left: i32,
    right: i32,
    top: i32,
    bottom: i32,
}

impl Frame {
    fn new(chart: &PathChart<'_>) -> Self {
        let (left, right, top, bottom) = MARGIN;
        let (width, height) = (i32::try_from(SIZE.0).unwrap_or(0), i32::try_from(SIZE.1).unwrap_or(0));
        let highest = |points: &[(Date, i64)]| points.iter().map(|(_, value)| *value).max().unwrap_or(0);
        let most = [
            chart.goal.unwrap_or(0),
            chart.band.map_or(0, |(_, high)| high),
            highest(chart.expected),
            highest(chart.actual) + highest(chart.pipeline),
        ];
        Self {
            from: chart.from,
            days: days_between(chart.from, chart.to).max(1),
            steps: round_steps(most.into_iter().max().unwrap_or(1), 5),
            left,
            right: width - right,
            top,
            bottom: height - bottom,
        }
    }

    fn x(&self, on: Date) -> i32 {
        let gone = days_between(self.from, on).clamp(0, self.days);
        self.left + part(gone, self.days, self.right - self.left)
    }

    fn y(&self, value: i64) -> i32 {
        let most = self.steps.last().copied().unwrap_or(1).max(1);
        self.bottom - part(value.clamp(0, most), most, self.bottom - self.top)
    }

    fn paint(&self, canvas: &Canvas<'_>, chart: &PathChart<'_>) -> Result<(), ChartError> {
        let line = |points: Vec<(i32, i32)>, color: RGBColor, width: u32| {
            canvas.draw(&PathElement::new(points, color.stroke_width(width))).map_err(ChartError::from_any)
        };
        let write = |text: String, at: (i32, i32), color: RGBColor, across: HPos, down: VPos| {
            canvas.draw(&Text::new(text, at, words(12, color, across, down))).map_err(ChartError::from_any)
        };
        if let Some((low, high)) = chart.band {
            let corners = [(self.left, self.y(high)), (self.right, self.y(low))];
            canvas.draw(&Rectangle::new(corners, filled(BAND))).map_err(ChartError::from_any)?;
        }
        for step in &self.steps {
            let y = self.y(*step);
            line(vec![(self.left, y), (self.right, y)], GRID, 1)?;
            write(format_raw(*step, chart.scale), (self.left - 8, y), SOFT, HPos::Right, VPos::Center)?;
        }
        let every = chart.periods.len().div_ceil(MOST_LABELS).max(1);
        for (place, (on, name)) in chart.periods.iter().enumerate() {
            let x = self.x(*on);
            line(vec![(x, self.bottom), (x, self.bottom + 5)], DAY, 1)?;
            if (chart.periods.len() - 1 - place).is_multiple_of(every) {
                write(name.clone(), (x, self.bottom + 10), SOFT, HPos::Center, VPos::Top)?;
            }
        }
        if let Some(goal) = chart.goal {
            line(vec![(self.left, self.y(goal)), (self.right, self.y(goal))], TARGET, 2)?;
        }
        let actual = self.known(chart.actual, chart.as_of);
        let pipeline = self.known(chart.pipeline, chart.as_of);
        self.paint_pipeline(canvas, chart, &actual, &pipeline)?;
        let expected: Vec<(i32, i32)> = chart.expected.iter().map(|(on, value)| (self.x(*on), self.y(*value))).collect();
        if expected.len() > 1 {
            line(expected, EXPECTED, 2)?;
        }
        let day = self.x(chart.as_of);
        line(vec![(day, self.top - 6), (day, self.bottom)], DAY, 1)?;
        let across = if day > self.right - 90 { HPos::Right } else { HPos::Left };
        let beside = if matches!(across, HPos::Left) { day + 5 } else { day - 5 };
        write(chart.as_of_label.to_owned(), (beside, self.top - 14), SOFT, across, VPos::Top)?;
        if let Some((_, value)) = actual.last() {
            line(self.staircase(&actual, day), ACTUAL, 3)?;
            let at = (day, self.y(*value));
            canvas.draw(&Circle::new(at, 5, filled(ACTUAL))).map_err(ChartError::from_any)?;
            write(format_raw(*value, chart.scale), (beside + if beside > day { 4 } else { -4 }, at.1 - 6), ACTUAL, across, VPos::Bottom)?;
        }
        Ok(())
    }

    /// The values known on a day, from the beginning of the drawing on.
    fn known(&self, points: &[(Date, i64)], as_of: Date) -> Vec<(Date, i64)> {
        let before = points.iter().rev().find(|(on, _)| *on <= self.from).map(|(_, value)| (self.from, *value));
        let after = points.iter().filter(|(on, _)| *on > self.from && *on <= as_of).copied();
        before.into_iter().chain(after).collect()
    }

    /// The corners of a line that holds each value until the next.
    fn staircase(&self, points: &[(Date, i64)], end: i32) -> Vec<(i32, i32)> {
        let mut corners: Vec<(i32, i32)> = Vec::with_capacity(points.len() * 2 + 1);
        for (on, value) in points {
            let x = self.x(*on);
            if let Some((_, level)) = corners.last().copied() {
                corners.push((x, level));
            }
            corners.push((x, self.y(*value)));
        }
        if let Some((_, level)) = corners.last().copied() {
            corners.push((end, level));
        }
        corners
    }

    /// The hatched area on top of the actual line.
    fn paint_pipeline(
        &self,
        canvas: &Canvas<'_>,
        chart: &PathChart<'_>,
        actual: &[(Date, i64)],
        pipeline: &[(Date, i64)],
    ) -> Result<(), ChartError> {
        let value_at = |points: &[(Date, i64)], on: Date| points.iter().rev().find(|(from, _)| *from <= on).map_or(0, |(_, value)| *value);
        let mut days: Vec<Date> = actual.iter().chain(pipeline).map(|(on, _)| *on).collect();
        days.sort_unstable();
        days.dedup();
        if pipeline.iter().all(|(_, value)| *value == 0) {
            return Ok(());
        }
        let lower: Vec<(Date, i64)> = days.iter().map(|on| (*on, value_at(actual, *on))).collect();
        let upper: Vec<(Date, i64)> = days.iter().map(|on| (*on, value_at(actual, *on) + value_at(pipeline, *on))).collect();
        let end = self.x(chart.as_of);
        let mut outline = self.staircase(&upper, end);
        outline.extend(self.staircase(&lower, end).into_iter().rev());
        canvas.draw(&Polygon::new(outline, filled(PIPELINE))).map_err(ChartError::from_any)
    }
}

fn filled(color: RGBColor) -> ShapeStyle {
    color.filled()
}

/// `whole` times `part / of`, to the nearest pixel.
fn part(part: i64, of: i64, whole: i32) -> i32 {
    let scaled = i128::from(part) * i128::from(whole) * 2 + i128::from(of);
    i32::try_from(scaled.div_euclid(i128::from(of) * 2)).unwrap_or(whole)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const ACTUAL: [(Date, i64); 4] = [(date(2024, 6, 1), 12), (date(2025, 6, 30), 60), (date(2026, 5, 1), 164), (date(2027, 1, 1), 999)];
    const PIPELINE: [(Date, i64); 1] = [(date(2025, 1, 10), 40)];
    const EXPECTED: [(Date, i64); 2] = [(date(2024, 12, 31), 12), (date(2027, 12, 31), 300)];

    fn chart(periods: &[(Date, String)]) -> PathChart<'_> {
        PathChart {
            title: "T07 <精品课程>",
            description: "应达 & 实际",
            from: date(2024, 12, 31),
            to: date(2027, 12, 31),
            as_of: date(2026, 9, 30),
            as_of_label: "2026-09-30",
            actual: &ACTUAL,
            pipeline: &PIPELINE,
            expected: &EXPECTED,
            goal: Some(300),
            band: Some((290, 310)),
            periods,
            scale: 0,
        }
    }

    #[test]
    fn the_drawing_has_its_parts_and_no_size_of_its_own() {
        let periods = [(date(2025, 12, 31), "2025Q4".to_owned()), (date(2026, 12, 31), "2026Q4".to_owned())];
        let drawn = draw_path_chart(&chart(&periods)).unwrap();
        let svg = drawn.markup();
        for part in [
            "<svg viewBox=\"0 0 800 320\" role=\"img\" aria-labelledby=\"path-chart-title path-chart-desc\">",
            "<title id=\"path-chart-title\">T07 &lt;精品课程&gt;</title>",
            "<desc id=\"path-chart-desc\">应达 &amp; 实际</desc>",
            "fill=\"url(#path-chart-hatch)\"",
            "stroke-dasharray=\"7 4\"",
            "stroke-dasharray=\"2 3\"",
            "2025Q4",
            "2026-09-30",
            "164",
        ] {
            assert!(svg.contains(part), "{part} is missing in {svg}");
        }
        let head = svg.split_once('>').unwrap().0;
        assert!(!head.contains(" width=") && !head.contains(" height="), "{head}");
        assert!(!svg.contains("999"), "what comes after the day is not drawn");
        assert!(!svg.contains("style="), "the page's policy forbids inline styles");
        assert!(svg.ends_with("</svg>"));
        for tag in ["svg", "defs", "pattern", "title", "desc", "text"] {
            let (open, close) = (svg.matches(&format!("<{tag}")).count(), svg.matches(&format!("</{tag}>")).count());
            assert_eq!(open, close, "{tag}");
        }
    }

    #[test]
    fn an_indicator_without_facts_or_target_is_drawn_too() {
        let empty = PathChart { actual: &[], pipeline: &[], expected: &[], goal: None, band: None, ..chart(&[]) };
        assert!(draw_path_chart(&empty).unwrap().markup().contains("role=\"img\""));
    }

    #[test]
    fn parts_are_rounded_to_the_nearest_pixel() {
        assert_eq!((part(1, 2, 5), part(0, 3, 100), part(3, 3, 100), part(1, 3, 100)), (3, 0, 100, 33));
    }
}
