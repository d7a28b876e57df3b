//! The HTTP edge. Invariant: nothing is reachable that the registry does not list with its access.

pub mod api_v1;
pub mod audit_export;
pub mod clock;
pub mod cookies;
pub mod definition_forms;
pub mod evidence;
pub mod files;
pub mod forms;
pub mod headers;
pub mod health;
pub mod home;
pub mod jobs;
pub mod kept_pages;
pub mod language;
pub mod plan_files;
pub mod registry;
pub mod render;
pub mod report_form;
pub mod report_upload;
pub mod roster_table;
pub mod server;
pub mod timetable_export;
pub mod visits;

pub use server::{AppState, build_router, serve};
