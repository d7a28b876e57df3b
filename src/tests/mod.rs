//! Stories: what the product promises, told on both databases, and what holds for its sources. Invariant: a story runs
//! on SQLite and on PostgreSQL, each time in a database of its own; where PostgreSQL is missing it fails.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a story that cannot go on has failed")]

#[macro_use]
mod support;

mod administration;
mod architecture;
mod audit_page;
mod clocks;
mod corrections;
mod crash;
mod demonstration;
mod editing;
mod fixtures;
mod flow;
mod forms;
mod machines;
mod management;
mod migrations;
mod numbers;
mod operation;
mod pledges;
mod reader;
mod roster;
mod router;
mod sessions;
mod shipped_plans;
mod storm;
mod targets;
mod task_loop;
mod timetable;
mod uploads;
mod verify;
