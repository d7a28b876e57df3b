//! Sign-in.

use leptos::prelude::*;

use super::{
    Page,
    components::{Field, fields::username_field, form, password_field},
    load, use_visit,
};
use crate::{
    domain::words::Role,
    i18n::Text,
    services::{
        demonstration::{DEMONSTRATION_PASSWORD, account_roles},
        visit::Visit,
    },
};

/// Name and password; with demonstration data also the accounts to try.
#[component]
pub fn SignInPage() -> impl IntoView {
    let visit = use_visit();
    load(async move {
        let text = visit.text();
        let body = view! {
            <section class="sign-in panel">
                <h1>{text.sign_in()}</h1>
                <p class="soft">{text.sign_in_lead()}</p>
                {sign_in_form(&visit)}
            </section>
            {visit.demonstration.then(|| demo_accounts(text))}
        };
        Ok(Page { title: text.sign_in().to_owned(), body: body.into_any() })
    })
}

fn sign_in_form(visit: &Visit) -> impl IntoView + use<> {
    let text = visit.text();
    let form = form(visit, "sign_in");
    let content = view! {
        <input type="hidden" name="next" value=visit.query("next").unwrap_or_else(|| "/".to_owned()) />
        {username_field(&form, Field { name: "username", label: text.username(), ..Field::default() })}
        {password_field(&form, Field { name: "password", label: text.password(), ..Field::default() }, "current-password")}
        <div class="buttons">
            <button type="submit" class="primary">{text.sign_in()}</button>
        </div>
    };
    form.view("", content)
}

fn demo_accounts(text: Text) -> impl IntoView {
    let rows = account_roles()
        .iter()
        .map(|(name, role): &(&str, Role)| {
            view! {
                <li>
                    <code>{*name}</code>
                    " "
                    {text.role(*role)}
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="sign-in panel demo-accounts">
            <h2>{text.demo_accounts()}</h2>
            <p>{text.demo_password_note(DEMONSTRATION_PASSWORD)}</p>
            <ul>{rows}</ul>
        </section>
    }
}
