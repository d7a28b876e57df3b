//! The page /admin/accounts/id.

use leptos::prelude::*;

use super::{Page, load};

/// The page.
#[component]
pub fn AccountPage() -> impl IntoView {
    load(async move { Ok(Page { title: String::new(), body: ().into_any() }) })
}
