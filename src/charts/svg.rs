//! What all drawings have in common: the canvas, its colours, and the head of the finished SVG. Invariant: every text that comes
//! from data is escaped here or by plotters.

use plotters::{
    coord::Shift,
    prelude::{Color, DrawingArea, IntoDrawingArea, IntoFont, RGBColor, SVGBackend, TextStyle},
    style::text_anchor::{HPos, Pos, VPos},
};

/// Plotters could not draw. It draws into memory, so this does not happen in practice.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("chart: {0}")]
pub struct ChartError(String);

impl ChartError {
    pub(super) fn from_any(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// Blue: what is.
pub(super) const ACTUAL: RGBColor = RGBColor(0x0b, 0x57, 0xa4);
/// Ink, drawn dashed: what is expected.
pub(super) const EXPECTED: RGBColor = RGBColor(0x16, 0x20, 0x2b);
/// Slate, drawn hatched: what is on its way.
pub(super) const PIPELINE: RGBColor = RGBColor(0x56, 0x69, 0x7d);
/// Green, drawn dashed: the target.
pub(super) const TARGET: RGBColor = RGBColor(0x13, 0x6c, 0x40);
/// Pale green: the target's range.
pub(super) const BAND: RGBColor = RGBColor(0xcf, 0xe8, 0xda);
/// Words.
pub(super) const SOFT: RGBColor = RGBColor(0x55, 0x61, 0x6e);
/// Lines of the grid.
pub(super) const GRID: RGBColor = RGBColor(0xe1, 0xe6, 0xeb);
/// The day that is shown.
pub(super) const DAY: RGBColor = RGBColor(0x75, 0x81, 0x8d);

/// The canvas of a drawing.
pub(super) type Canvas<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// A finished drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing(String);

impl Drawing {
    /// The markup, to be put into a page by `drawing` only.
    pub(super) fn into_markup(self) -> String {
        self.0
    }

    /// The markup, to be looked at.
    #[cfg(test)]
    pub(super) fn markup(&self) -> &str {
        &self.0
    }
}

/// What a drawing is called, and what it says to whoever cannot see it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Caption<'a> {
    /// Unique on the page.
    pub id: &'a str,
    /// The title.
    pub title: &'a str,
    /// One sentence or two.
    pub description: &'a str,
}

/// Draws on a canvas of a size and gives it the head of a drawing: no size of its own, role, title, description, patterns.
pub(super) fn draw(
    size: (u32, u32),
    caption: Caption<'_>,
    paint: impl FnOnce(&Canvas<'_>) -> Result<(), ChartError>,
) -> Result<Drawing, ChartError> {
    let mut raw = String::new();
    {
        let canvas = SVGBackend::with_string(&mut raw, size).into_drawing_area();
        paint(&canvas)?;
        canvas.present().map_err(ChartError::from_any)?;
    }
    let body = raw.split_once('>').map(|(_, rest)| rest).ok_or_else(|| ChartError("no head".to_owned()))?;
    let Caption { id, title, description } = caption;
    let (title, description) = (escape(title), escape(description));
    let (width, height) = size;
    let head = format!(
        "<svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\">\
         <title id=\"{id}-title\">{title}</title><desc id=\"{id}-desc\">{description}</desc>\
         <defs><pattern id=\"{id}-hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
         <rect width=\"2\" height=\"6\" fill=\"#56697d\"/></pattern></defs>"
    );
    // Plotters knows neither patterns nor dashes; these colours are used for nothing else.
    let body = body
        .replace("fill=\"#56697D\"", &format!("fill=\"url(#{id}-hatch)\""))
        .replace("stroke=\"#16202B\"", "stroke=\"#16202b\" stroke-dasharray=\"7 4\"")
        .replace("stroke=\"#136C40\"", "stroke=\"#136c40\" stroke-dasharray=\"2 3\"");
    Ok(Drawing(format!("{head}{}", body.replace('\n', ""))))
}

/// Gives a body that is markup already, with its texts escaped, the head of a drawing; colours come from the style sheet by classes.
pub(super) fn assemble(size: (u32, u32), caption: Caption<'_>, class: &str, body: &str) -> Drawing {
    let Caption { id, title, description } = caption;
    let (title, description) = (escape(title), escape(description));
    let (width, height) = size;
    Drawing(format!(
        "<svg class=\"{class}\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\">\
         <title id=\"{id}-title\">{title}</title><desc id=\"{id}-desc\">{description}</desc>{body}</svg>"
    ))
}

/// Text as it may stand between tags.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// How a word is written: size in pixels, colour, and which of its points the position means.
pub(super) fn words(size: i32, color: RGBColor, across: HPos, down: VPos) -> TextStyle<'static> {
    // The backend writes 1/1.24 of the size it is given.
    let given = f64::from(size) * 1.24;
    ("sans-serif", given).into_font().color(&color.mix(1.0)).pos(Pos::new(across, down))
}

/// Round steps for an axis from 0 to at least `most`: up to about `wanted` of them.
pub(super) fn round_steps(most: i64, wanted: i64) -> Vec<i64> {
    let most = most.max(1);
    let mut unit: i64 = 1;
    let step = loop {
        let found = [1, 2, 5].into_iter().map(|times| unit.saturating_mul(times)).find(|step| most / step <= wanted);
        match found {
            Some(step) => break step,
            None => unit = unit.saturating_mul(10),
        }
    };
    std::iter::successors(Some(0), |value: &i64| Some(value + step)).take_while(|value| *value < most + step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_have_round_steps_that_hold_the_largest_value() {
        for (most, steps) in [
            (0, vec![0, 1]),
            (1, vec![0, 1]),
            (7, vec![0, 2, 4, 6, 8]),
            (20, vec![0, 5, 10, 15, 20]),
            (300, vec![0, 100, 200, 300]),
            (601, vec![0, 200, 400, 600, 800]),
        ] {
            assert_eq!(round_steps(most, 4), steps, "{most}");
        }
    }
}
