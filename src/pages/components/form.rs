//! A small form: a plain POST to a server function, which brings it back with everything typed when it is refused.

use std::sync::Arc;

use leptos::prelude::*;

use crate::{
    error::UserError,
    i18n::Text,
    pages::frame::back_address,
    services::{
        moment::make_id,
        visit::{Parked, Visit},
    },
    web::forms::parked_value,
};

/// A form of one page, with what came back to it.
#[derive(Debug, Clone)]
pub struct Form {
    /// The server function.
    action: &'static str,
    /// Which of several like forms on a page; empty for the only one.
    instance: String,
    back: String,
    key: String,
    text: Text,
    parked: Option<Arc<Parked>>,
}

/// A form for a server function, such as `create_organisation`.
pub fn form(visit: &Visit, action: &'static str) -> Form {
    form_for(visit, action, "")
}

/// One of several like forms on a page: `instance` tells them apart, usually the id of its object.
pub fn form_for(visit: &Visit, action: &'static str, instance: &str) -> Form {
    let name = if instance.is_empty() { action.to_owned() } else { format!("{action}:{instance}") };
    Form {
        action,
        instance: instance.to_owned(),
        back: back_address(visit),
        key: make_id(visit.now).unwrap_or_default(),
        text: visit.text(),
        parked: visit.parked(&name),
    }
}

/// What a refused form says when its page shows that form no more, because somebody else was first. `shown` are the names of the
/// forms that the page shows, each with its instance: `release_name:r1`.
pub fn refusal_without_form(visit: &Visit, shown: &[String]) -> Option<AnyView> {
    let parked = visit.parked.as_ref().filter(|parked| !shown.contains(&parked.form))?;
    let text = visit.text();
    let view = view! {
        <div class="error-summary" role="alert">
            <h2>{text.problem_title()}</h2>
            <p>{text.user_error(&parked.error)}</p>
        </div>
    };
    Some(view.into_any())
}

impl Form {
    /// The catalogue.
    pub fn text(&self) -> Text {
        self.text
    }

    /// An id for a field that is unique on the page.
    pub fn field_id(&self, name: &str) -> String {
        if self.instance.is_empty() { format!("{}-{name}", self.action) } else { format!("{}-{}-{name}", self.action, self.instance) }
    }

    /// What was typed into a field of the form that came back, else `present`.
    pub fn value(&self, name: &str, present: &str) -> String {
        match &self.parked {
            Some(parked) => parked_value(parked, name).unwrap_or_default(),
            None => present.to_owned(),
        }
    }

    /// Whether the form came back, so that present values no longer stand in for what was typed.
    pub fn came_back(&self) -> bool {
        self.parked.is_some()
    }

    /// The sentence at a field.
    pub fn error_at(&self, name: &str) -> Option<String> {
        self.parked.as_ref().and_then(|parked| self.text.error_at(&parked.error, name))
    }

    /// The refusal that came back.
    pub fn error(&self) -> Option<&UserError> {
        self.parked.as_ref().map(|parked| &parked.error)
    }

    /// The form's element around its fields and buttons, with its summary of what is wrong.
    pub fn view(self, class: &'static str, content: impl IntoView) -> impl IntoView {
        let summary = self.error_summary();
        let Self { action, instance, back, key, .. } = self;
        let class = format!("form {class}");
        view! {
            <form method="post" action=format!("/fn/{action}") class=class data-guard="">
                <input type="hidden" name="back" value=back />
                <input type="hidden" name="form_key" value=key />
                {(!instance.is_empty()).then(|| view! { <input type="hidden" name="instance" value=instance /> })}
                {summary}
                {content.into_any()}
            </form>
        }
    }

    /// As [`Form::view`], for a form with a file, which is posted to a handler of its own.
    pub fn view_with_file(self, address: String, content: impl IntoView) -> impl IntoView {
        let summary = self.error_summary();
        let Self { back, key, .. } = self;
        view! {
            <form method="post" action=address class="form" enctype="multipart/form-data" data-guard="">
                <input type="hidden" name="back" value=back />
                <input type="hidden" name="form_key" value=key />
                {summary}
                {content.into_any()}
            </form>
        }
    }

    fn error_summary(&self) -> Option<impl IntoView + use<>> {
        // A form that came back for another look has nothing wrong with it.
        let error = self.error().filter(|error| !matches!(error, UserError::Invalid(errors) if errors.is_empty()))?;
        let text = self.text;
        let links = match error {
            UserError::Invalid(errors) => errors
                .iter()
                .map(|error| {
                    let href = format!("#{}", self.field_id(&error.field));
                    view! {
                        <li>
                            <a href=href>{text.field_problem(&error.problem)}</a>
                        </li>
                    }
                })
                .collect_view()
                .into_any(),
            _ => ().into_any(),
        };
        Some(view! {
            // A page may be long: the browser goes to what is wrong, also without scripts.
            <div class="error-summary" role="alert" tabindex="-1" autofocus>
                <h2>{text.problem_title()}</h2>
                <p>{text.user_error(error)}</p>
                <ul>{links}</ul>
            </div>
        })
    }
}
