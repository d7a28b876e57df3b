//! Refuses files that are too large before they are sent. The server refuses them anyway; this spares the wait. Invariant: the
//! browser's own check of the form says so at the field, and nothing is sent while it does.

use leptos::prelude::*;

/// Watches the file fields of a form.
#[island]
pub fn UploadGuard(
    /// Id of the form.
    form: String,
    /// The largest file, in bytes.
    largest_file: u64,
    /// All files of the form together, in bytes.
    largest_upload: u64,
    /// For a file that is larger.
    file_too_large: String,
    /// For files that are larger together.
    upload_too_large: String,
) -> impl IntoView {
    Effect::new(move |_| {
        let limits = chosen::Limits {
            largest_file: bytes(largest_file),
            largest_upload: bytes(largest_upload),
            file_too_large: file_too_large.clone(),
            upload_too_large: upload_too_large.clone(),
        };
        chosen::watch(&form, limits);
    });
}

/// A limit as a number of the browser's.
fn bytes(limit: u64) -> f64 {
    // Beyond four gigabytes nothing is sent anyway.
    u32::try_from(limit).map_or(f64::INFINITY, f64::from)
}

mod chosen {
    use leptos::prelude::document;
    use wasm_bindgen::{JsCast, closure::Closure};
    use web_sys::{HtmlFormElement, HtmlInputElement};

    pub struct Limits {
        pub largest_file: f64,
        pub largest_upload: f64,
        pub file_too_large: String,
        pub upload_too_large: String,
    }

    /// Checks the files of a form whenever others are chosen.
    pub fn watch(id: &str, limits: Limits) {
        let Some(form) = document().get_element_by_id(id).and_then(|element| element.dyn_into::<HtmlFormElement>().ok()) else { return };
        let watched = form.clone();
        let on_change = Closure::<dyn FnMut()>::new(move || limits.check(&form));
        let _ = watched.add_event_listener_with_callback("change", on_change.as_ref().unchecked_ref());
        // The form lives as long as the page.
        on_change.forget();
    }

    impl Limits {
        fn check(&self, form: &HtmlFormElement) {
            let Ok(fields) = form.query_selector_all("input[type=file]") else { return };
            let mut together = 0.0;
            for field in (0..fields.length()).filter_map(|index| fields.item(index)?.dyn_into::<HtmlInputElement>().ok()) {
                let sizes = file_sizes(&field).unwrap_or_default();
                together += sizes.iter().sum::<f64>();
                let problem = if sizes.iter().any(|size| *size > self.largest_file) {
                    &self.file_too_large
                } else if !sizes.is_empty() && together > self.largest_upload {
                    &self.upload_too_large
                } else {
                    ""
                };
                field.set_custom_validity(problem);
                if !problem.is_empty() {
                    field.report_validity();
                }
            }
        }
    }

    /// Bytes of each file chosen in a field.
    fn file_sizes(field: &HtmlInputElement) -> Option<Vec<f64>> {
        let files = js_sys::Reflect::get(field, &"files".into()).ok()?;
        let mut sizes = Vec::new();
        for file in js_sys::try_iter(&files).ok()?? {
            sizes.push(js_sys::Reflect::get(&file.ok()?, &"size".into()).ok()?.as_f64()?);
        }
        Some(sizes)
    }
}
