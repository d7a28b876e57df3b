//! Keeps a form from being sent twice by a double click. The server takes a repeat for what it is anyway; this spares the wait.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

/// Watches every form of the page that is marked with `data-guard`.
#[island]
pub fn FormGuard() -> impl IntoView {
    Effect::new(move |_| {
        let handle = window_event_listener(ev::submit, |event| {
            let Some(form) = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlFormElement>().ok()) else { return };
            if event.default_prevented() || !form.has_attribute("data-guard") {
                return;
            }
            if form.class_list().contains("busy") {
                event.prevent_default();
                return;
            }
            let _ = form.class_list().add_1("busy");
        });
        // A page that comes back out of the browser's history must not stay busy.
        let back = window_event_listener_untyped("pageshow", |_| {
            let Ok(forms) = document().query_selector_all("form.busy") else { return };
            for index in 0..forms.length() {
                if let Some(form) = forms.item(index).and_then(|node| node.dyn_into::<web_sys::Element>().ok()) {
                    let _ = form.class_list().remove_1("busy");
                }
            }
        });
        on_cleanup(move || {
            handle.remove();
            back.remove();
        });
    });
}
