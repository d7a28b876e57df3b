//! Stories: what the product promises, told on both databases, and what holds for its sources. Invariant: a story runs
//! on SQLite and on PostgreSQL, each time in a database of its own; where PostgreSQL is missing it fails.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a story that cannot go on has failed")]

#[macro_use]
mod support;

mod administration;
mod architecture;
mod crash;
mod demonstration;
mod editing;
mod fixtures;
mod flow;
mod management;
mod migrations;
mod numbers;
mod router;
mod storm;
mod task_loop;
mod verify;
