//! Server functions: the public write surface. Invariant: each one only names its permission, its service and where to go on.
//!
//! They are called by plain HTML forms (`POST /fn/…`), so everything works without JavaScript; `web::forms` keeps what
//! was typed when a service refuses.

#![expect(missing_docs, reason = "`#[server]` makes a struct with an undocumented field for each function")]

pub mod accounts;
pub mod assignments;
pub mod audit;
pub mod corrections;
pub mod editing;
pub mod fields;
pub mod management;
pub mod organisations;
pub mod periods;
pub mod pledges;
pub mod reports;
pub mod reviews;
pub mod roster;
pub mod session;
pub mod targets;
pub mod task_loop;
pub mod timetable;
pub mod tokens;

pub use fields::Fields;
