//! How many indicators stood where at the end of each period. Invariant: each bar holds every indicator with a light, in the order
//! green, yellow, red, grey from the bottom, and says its numbers.

use plotters::{
    element::{PathElement, Rectangle, Text},
    prelude::{Color, RGBColor},
    style::text_anchor::{HPos, VPos},
};

use crate::domain::light::Light;

use super::svg::{Canvas, Caption, ChartError, Drawing, GRID, SOFT, draw, words};

/// The size of the drawing in its own units.
const SIZE: (u32, u32) = (300, 180);
/// The area of the bars: left, right, top, bottom.
const AREA: (i32, i32, i32, i32) = (4, 296, 8, 156);
/// Green, yellow, red, grey, with the colour of the number on each: these differ in lightness too.
const COLOURS: [(RGBColor, RGBColor); 4] = [
    (RGBColor(0x1b, 0x7a, 0x4b), RGBColor(0xff, 0xff, 0xff)),
    (RGBColor(0xf0, 0xb4, 0x4d), RGBColor(0x16, 0x20, 0x2b)),
    (RGBColor(0xa8, 0x22, 0x1a), RGBColor(0xff, 0xff, 0xff)),
    (RGBColor(0xd7, 0xdd, 0xe3), RGBColor(0x3a, 0x46, 0x52)),
];

/// The colour of a light in the bars, as the legend beside them shows it.
pub fn bar_colour(light: Light) -> String {
    let (RGBColor(red, green, blue), _) = match light {
        Light::Green => COLOURS[0],
        Light::Yellow => COLOURS[1],
        Light::Red => COLOURS[2],
        Light::Grey => COLOURS[3],
    };
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// One bar: a period that is over, or one to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LightBar {
    /// The name below it; empty for none.
    pub label: String,
    /// Green, yellow, red, grey; none for a period to come.
    pub lights: Option<[usize; 4]>,
}

/// What the overview shows.
#[derive(Debug, Clone, Copy)]
pub struct OverviewChart<'a> {
    /// The title.
    pub title: &'a str,
    /// What it says, for whoever cannot see it.
    pub description: &'a str,
    /// The bars in order of time.
    pub bars: &'a [LightBar],
}

/// Draws the overview.
///
/// # Errors
/// When plotters fails, which drawing into memory does not.
pub fn draw_overview(chart: OverviewChart<'_>) -> Result<Drawing, ChartError> {
    let caption = Caption { id: "overview-chart", title: chart.title, description: chart.description };
    draw(SIZE, caption, |canvas| paint(canvas, chart.bars))
}

fn whole(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn paint(canvas: &Canvas<'_>, bars: &[LightBar]) -> Result<(), ChartError> {
    let (left, right, top, bottom) = AREA;
    let most = whole(bars.iter().filter_map(|bar| bar.lights).map(|lights| lights.iter().sum()).max().unwrap_or(1)).max(1);
    let (height, count) = (bottom - top, whole(bars.len()).max(1));
    let slot = |place: i32| left + (right - left) * place / count;
    let write = |text: String, at: (i32, i32), size: i32, color: RGBColor, down: VPos| {
        canvas.draw(&Text::new(text, at, words(size, color, HPos::Center, down))).map_err(ChartError::from_any)
    };
    let line = PathElement::new(vec![(left, bottom), (right, bottom)], GRID.stroke_width(1));
    canvas.draw(&line).map_err(ChartError::from_any)?;
    for (place, bar) in bars.iter().enumerate() {
        let (from, to) = (slot(whole(place)) + 1, slot(whole(place) + 1) - 1);
        let middle = i32::midpoint(from, to);
        if !bar.label.is_empty() {
            write(bar.label.clone(), (middle, bottom + 7), 11, SOFT, VPos::Top)?;
        }
        let Some(lights) = bar.lights else {
            let tick = PathElement::new(vec![(middle, bottom), (middle, bottom - 4)], GRID.stroke_width(1));
            canvas.draw(&tick).map_err(ChartError::from_any)?;
            continue;
        };
        let mut below = 0;
        for (number, (fill, ink)) in lights.into_iter().zip(COLOURS).filter(|(number, _)| *number > 0) {
            let number = whole(number);
            let (lower, upper) = (bottom - height * below / most, bottom - height * (below + number) / most);
            below += number;
            // A hair of white between two colours.
            let corners = [(from, upper + 1), (to, lower)];
            canvas.draw(&Rectangle::new(corners, fill.filled())).map_err(ChartError::from_any)?;
            if lower - upper >= 12 && to - from >= 12 {
                write(number.to_string(), (middle, i32::midpoint(lower, upper)), 11, ink, VPos::Center)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_say_their_numbers_and_periods_to_come_stay_empty() {
        let bars = [
            LightBar { label: "2025".to_owned(), lights: Some([9, 4, 3, 0]) },
            LightBar { label: String::new(), lights: Some([0, 0, 0, 16]) },
            LightBar { label: "2026".to_owned(), lights: None },
        ];
        let drawn = draw_overview(OverviewChart { title: "各期末", description: "甲<乙", bars: &bars }).unwrap();
        let svg = drawn.markup();
        let text = |word: &str| svg.matches(&format!(">{word}</text>")).count();
        assert_eq!((text("9"), text("4"), text("3"), text("16"), text("0")), (1, 1, 1, 1, 0));
        assert_eq!(svg.matches("<rect").count(), 4 + 1, "four parts and the pattern");
        assert!(svg.contains("<title id=\"overview-chart-title\">各期末</title>"));
        assert!(svg.contains("甲&lt;乙") && !svg.contains("style="));
        let head = svg.split_once('>').unwrap().0;
        assert!(head.contains("role=\"img\"") && !head.contains(" width="), "{head}");
    }

    #[test]
    fn no_period_is_no_bar() {
        assert!(draw_overview(OverviewChart { title: "空", description: "", bars: &[] }).unwrap().markup().ends_with("</svg>"));
    }
}
