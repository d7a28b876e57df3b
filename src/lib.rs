//! Bihuan (闭环) monitors a government action plan: it traces targets to named units and runs a closed feedback loop for
//! every task.
//!
//! This file is the map. Dependencies run one way: `pages`, `api`, `web` → `services` → `store` → `domain`. What stands
//! behind a gate exists in one of the two programs only: `ssr` is the server, `hydrate` the browser's.

pub mod api;
pub mod domain;
pub mod error;
pub mod i18n;
pub mod islands;
pub mod lang;

#[cfg(feature = "ssr")]
pub mod charts;
#[cfg(feature = "ssr")]
pub mod commands;
#[cfg(feature = "ssr")]
pub mod config;
#[cfg(feature = "ssr")]
pub mod documents;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod services;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(feature = "ssr")]
pub mod web;

#[cfg(feature = "hydrate")]
mod hydrate;
