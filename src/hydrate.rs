//! The browser's entry. Invariant: `html[data-hydrated]` is set once every island of the page works.

use leptos::prelude::document;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the bootstrap script once the program is loaded; the islands are hydrated right after.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
    // The bootstrap walks the islands in the same turn, so the mark is set in the next one.
    wasm_bindgen_futures::spawn_local(async {
        leptos::task::tick().await;
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-hydrated", "");
        }
    });
}
