//! The page /admin/organisations.

use leptos::prelude::*;

use super::{Page, load};

/// The page.
#[component]
pub fn OrganisationsPage() -> impl IntoView {
    load(async move { Ok(Page { title: String::new(), body: ().into_any() }) })
}
