//! Changing the own password, and setting one through a one-time link.

use leptos::prelude::*;

use super::{
    Page,
    components::{Field, form, password_field},
    load, path_parameter, use_visit,
};

/// Old and new password.
#[component]
pub fn PasswordPage() -> impl IntoView {
    let visit = use_visit();
    load(async move {
        let text = visit.text();
        let form = form(&visit, "change_password");
        let content = view! {
            {password_field(&form, Field { name: "old_password", label: text.old_password(), ..Field::default() }, "current-password")}
            {password_field(
                &form,
                Field { name: "new_password", label: text.new_password(), hint: text.new_password_hint(), ..Field::default() },
                "new-password",
            )}
            <div class="buttons">
                <button type="submit" class="primary">{text.change_password()}</button>
            </div>
        };
        let body = view! {
            <section class="sign-in panel">
                <h1>{text.change_password()}</h1>
                {form.view("", content)}
            </section>
        };
        Ok(Page { title: text.change_password().to_owned(), body: body.into_any() })
    })
}

/// The first password, or a new one in place of a forgotten one.
#[component]
pub fn SetPasswordPage() -> impl IntoView {
    let visit = use_visit();
    let link = path_parameter("link");
    load(async move {
        let text = visit.text();
        let form = form(&visit, "set_password");
        let content = view! {
            <input type="hidden" name="link" value=link />
            {password_field(
                &form,
                Field { name: "new_password", label: text.new_password(), hint: text.new_password_hint(), ..Field::default() },
                "new-password",
            )}
            <div class="buttons">
                <button type="submit" class="primary">{text.save()}</button>
            </div>
        };
        let body = view! {
            <section class="sign-in panel">
                <h1>{text.set_password_title()}</h1>
                <p class="soft">{text.set_password_lead()}</p>
                {form.view("", content)}
            </section>
        };
        Ok(Page { title: text.set_password_title().to_owned(), body: body.into_any() })
    })
}
