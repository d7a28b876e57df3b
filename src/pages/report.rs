//! The page /p/{plan}/reports/id.

use leptos::prelude::*;

use super::{Page, load_plan};

/// The page.
#[component]
pub fn ReportPage() -> impl IntoView {
    load_plan(|_visit, _plan| async move { Ok(Page { title: String::new(), body: ().into_any() }) })
}
