//! The page /p/{plan}/tasks.

use leptos::prelude::*;

use super::{Page, load_plan};

/// The page.
#[component]
pub fn TasksPage() -> impl IntoView {
    load_plan(|_visit, _plan| async move { Ok(Page { title: String::new(), body: ().into_any() }) })
}
