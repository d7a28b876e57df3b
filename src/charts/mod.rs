//! Charts as SVG, made on the server. Invariant: a drawing has a title, a description and no size of its own, and is put into a page by [`drawing`] only.

mod drawing;
mod gantt;
mod overview;
mod path_chart;
mod svg;

pub use drawing::drawing;
pub use gantt::{Gantt, GanttBar, GanttMilestone, GanttRow, draw_gantt};
pub use overview::{LightBar, OverviewChart, bar_colour, draw_overview};
pub use path_chart::{PathChart, draw_path_chart};
pub use svg::{ChartError, Drawing};
