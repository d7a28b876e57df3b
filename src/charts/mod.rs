//! Charts as SVG, made on the server. Invariant: a drawing has a title, a description and no size of its own, and is put into a page by [`drawing`] only.

mod drawing;
mod overview;
mod path_chart;
mod svg;

pub use drawing::drawing;
pub use overview::{LightBar, OverviewChart, draw_overview};
pub use path_chart::{PathChart, draw_path_chart};
pub use svg::{ChartError, Drawing};
