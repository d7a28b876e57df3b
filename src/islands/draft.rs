//! Saves a report's draft while somebody types, by the same handler that its buttons use. Invariant: it never submits, and never takes a file.

use leptos::prelude::*;

/// Watches a form and says beside it whether everything typed is saved.
#[island]
pub fn DraftKeeper(
    /// Id of the form.
    form: String,
    /// While it saves.
    saving: String,
    /// Once it is saved.
    saved: String,
    /// When it could not be saved.
    failed: String,
) -> impl IntoView {
    let (state, set_state) = signal(String::new());
    let (class, set_class) = signal("save-state");
    let words = keeper::Words { saving, saved, failed };
    Effect::new(move |_| {
        let words = words.clone();
        keeper::watch(&form, move |phase| {
            set_class.set(phase.class());
            set_state.set(phase.sentence(&words));
        });
    });
    view! {
        <p class=move || class.get() aria-live="polite">
            {move || state.get()}
        </p>
    }
}

mod keeper {
    use std::{
        cell::{Cell, RefCell},
        rc::Rc,
        time::Duration,
    };

    use leptos::prelude::{document, set_timeout};
    use wasm_bindgen::{JsCast, JsValue, closure::Closure};
    use wasm_bindgen_futures::{JsFuture, spawn_local};
    use web_sys::{FormData, Headers, HtmlElement, HtmlFormElement, HtmlInputElement, RequestInit, Response, SubmitEvent};

    /// How long nothing may be typed before it is saved.
    const PAUSE: Duration = Duration::from_millis(1500);

    /// What is said beside the form.
    #[derive(Clone)]
    pub struct Words {
        pub saving: String,
        pub saved: String,
        pub failed: String,
    }

    /// Where saving stands.
    #[derive(Clone, Copy, PartialEq, Eq)]
    pub enum Phase {
        Saving,
        Saved,
        Failed,
    }

    impl Phase {
        pub fn class(self) -> &'static str {
            match self {
                Self::Saving => "save-state",
                Self::Saved => "save-state saved",
                Self::Failed => "save-state failed",
            }
        }

        pub fn sentence(self, words: &Words) -> String {
            match self {
                Self::Saving => words.saving.clone(),
                Self::Saved => words.saved.clone(),
                Self::Failed => words.failed.clone(),
            }
        }
    }

    /// Saves the form a while after the last keystroke.
    pub fn watch(id: &str, say: impl Fn(Phase) + Clone + 'static) {
        let Some(form) = document().get_element_by_id(id).and_then(|element| element.dyn_into::<HtmlFormElement>().ok()) else { return };
        let turn = Rc::new(Cell::new(0_u32));
        let busy = Rc::new(Cell::new(false));
        let pressed: Rc<RefCell<Option<HtmlElement>>> = Rc::default();
        let listened = form.clone();
        hold_back(&form, &busy, &pressed);
        let on_input = Closure::<dyn FnMut()>::new(move || {
            let mine = turn.get().wrapping_add(1);
            turn.set(mine);
            let (turn, busy, form, say, pressed) = (turn.clone(), busy.clone(), form.clone(), say.clone(), pressed.clone());
            set_timeout(
                move || {
                    // Typed on since, being saved, or on its way with a button: the next keystroke or the button saves it.
                    if turn.get() != mine || busy.get() || form.class_list().contains("busy") {
                        return;
                    }
                    busy.set(true);
                    say(Phase::Saving);
                    spawn_local(async move {
                        let version = save(&form).await;
                        busy.set(false);
                        match version {
                            Some(version) => {
                                take_version(&form, &version);
                                say(Phase::Saved);
                            }
                            None => say(Phase::Failed),
                        }
                        if let Some(button) = pressed.take() {
                            let _ = form.request_submit_with_submitter(Some(&button));
                        }
                    });
                },
                PAUSE,
            );
        });
        let _ = listened.add_event_listener_with_callback("input", on_input.as_ref().unchecked_ref());
        // The form lives as long as the page.
        on_input.forget();
    }

    /// A button pressed while the draft is being saved waits for it: it would send the version before, which is stale by then.
    fn hold_back(form: &HtmlFormElement, busy: &Rc<Cell<bool>>, pressed: &Rc<RefCell<Option<HtmlElement>>>) {
        let (busy, pressed) = (busy.clone(), pressed.clone());
        let on_submit = Closure::<dyn FnMut(SubmitEvent)>::new(move |event: SubmitEvent| {
            if busy.get() {
                event.prevent_default();
                pressed.replace(event.submitter());
            }
        });
        let _ = form.add_event_listener_with_callback("submit", on_submit.as_ref().unchecked_ref());
        on_submit.forget();
    }

    /// Sends everything typed, without files, and gives the version that the draft has now.
    async fn save(form: &HtmlFormElement) -> Option<String> {
        let data = FormData::new_with_form(form).ok()?;
        let mut files: Vec<String> = Vec::new();
        for entry in js_sys::try_iter(&data.entries()).ok()?? {
            let name = js_sys::Array::from(&entry.ok()?).get(0).as_string()?;
            if name.starts_with("file.") {
                files.push(name);
            }
        }
        for name in &files {
            data.delete(name);
        }
        data.set_with_str("intent", "save").ok()?;
        let headers = Headers::new().ok()?;
        headers.set("Accept", "application/json").ok()?;
        let request = RequestInit::new();
        request.set_method("POST");
        request.set_headers(&headers);
        request.set_body(&data);
        let answer = JsFuture::from(web_sys::window()?.fetch_with_str_and_init(&form.action(), &request)).await.ok()?;
        let answer: Response = answer.dyn_into().ok()?;
        if !answer.ok() {
            return None;
        }
        let json: JsValue = JsFuture::from(answer.json().ok()?).await.ok()?;
        let version = js_sys::Reflect::get(&json, &"version".into()).ok()?.as_f64()?;
        Some(format!("{version}"))
    }

    fn take_version(form: &HtmlFormElement, version: &str) {
        let field = form.query_selector("input[name=version]").ok().flatten();
        if let Some(field) = field.and_then(|element| element.dyn_into::<HtmlInputElement>().ok()) {
            field.set_value(version);
        }
    }
}
