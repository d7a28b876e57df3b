//! The page /p/{plan}/reviews.

use leptos::prelude::*;

use super::{Page, load_plan};

/// The page.
#[component]
pub fn ReviewsPage() -> impl IntoView {
    load_plan(|_visit, _plan| async move { Ok(Page { title: String::new(), body: ().into_any() }) })
}
