//! The page /p/{plan}/reports.

use leptos::prelude::*;

use super::{Page, load_plan};

/// The page.
#[component]
pub fn ReportsPage() -> impl IntoView {
    load_plan(|_visit, _plan| async move { Ok(Page { title: String::new(), body: ().into_any() }) })
}
