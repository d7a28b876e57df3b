//! The pages below /p/{plan}/manage on which staff change the plan's definition. Invariant: every form carries the state it
//! shows, asks for reason and document, and stands beside the history of its object.

mod areas;
mod files;
mod indicators;
mod parts;
mod plan;
mod tasks;

pub use areas::AreasPage;
pub use files::FilesPage;
pub use indicators::IndicatorsPage;
pub(super) use parts::{conflict, grounds_fields, history_list, history_panel, optional_grounds_fields};
pub use plan::PlanPage;
pub use tasks::TasksPage;
