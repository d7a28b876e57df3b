//! The page /p/{plan}/tasks/code.

use leptos::prelude::*;

use super::{Page, load_plan};

/// The page.
#[component]
pub fn TaskPage() -> impl IntoView {
    load_plan(|_visit, _plan| async move { Ok(Page { title: String::new(), body: ().into_any() }) })
}
