//! The page /admin/accounts.

use leptos::prelude::*;

use super::{Page, load};

/// The page.
#[component]
pub fn AccountsPage() -> impl IntoView {
    load(async move { Ok(Page { title: String::new(), body: ().into_any() }) })
}
