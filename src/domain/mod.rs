//! The rules of the product. Invariant: nothing here reads a database, a clock or a locale; time and actor are arguments, and every answer carries a typed reason.

pub mod calendar;
pub mod closure;
pub mod definition;
pub mod districts;
pub mod evaluation;
pub mod fields;
pub mod ids;
pub mod light;
pub mod names;
pub mod number;
pub mod passwords;
pub mod path;
pub mod permissions;
pub mod report;
pub mod report_content;
pub mod report_diff;
pub mod report_form;
pub mod ring;
pub mod roster;
pub mod shown;
pub mod target;
pub mod task_status;
pub mod text_enum;
pub mod visibility;
pub mod words;
