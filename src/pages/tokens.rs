//! The own personal tokens: what there is, a new one, and the one that was just made, once.

use leptos::prelude::*;

use super::{
    Page,
    components::{
        Choice, Field, checks_field,
        form::{form, form_for},
        select_field, text_field,
    },
    load, use_visit,
};
use crate::{
    domain::scopes::{Scope, TOKEN_DAYS},
    i18n::Text,
    services::{
        audit_view::zone_of,
        moment::Moment,
        sign_in::Token,
        tokens::{TokenStanding, find_own_token, read_tokens},
        visit::Visit,
    },
    store::tokens::TokenRow,
    web::forms::take_new_token,
};

/// What is offered first.
const USUAL_DAYS: &str = "90";

/// The page.
#[component]
pub fn TokensPage() -> impl IntoView {
    let visit = use_visit();
    let secret = take_new_token(&visit);
    load(async move {
        let text = visit.text();
        let identity = visit.identity()?;
        let made = match secret {
            Some(secret) => find_own_token(&visit.shared.db, identity, visit.now, &secret).await?.map(|token| (token, secret)),
            None => None,
        };
        let tokens = read_tokens(&visit.shared.db, identity.account()).await?;
        let body = view! {
            <div class="page-head">
                <h1>{text.tokens_title()}</h1>
                <p class="lead">{text.tokens_lead()}</p>
                <p>
                    {text.tokens_how("/api/v1/plans")} " "
                    <a href="/openapi.json">{text.tokens_document()}</a>
                </p>
            </div>
            {made.map(|(token, secret)| made_notice(text, &token, &secret))}
            <div class="cols">
                <div>
                    <section class="panel">
                        <div class="panel-head">
                            <h2>{text.tokens_present()}</h2>
                        </div>
                        {token_table(&visit, &tokens)}
                    </section>
                </div>
                <aside>{new_panel(&visit)}</aside>
            </div>
        };
        Ok(Page { title: text.tokens_title().to_owned(), body: body.into_any() })
    })
}

fn made_notice(text: Text, token: &TokenRow, secret: &Token) -> impl IntoView + use<> {
    view! {
        <section class="notice ok" role="status">
            <h2>{text.tokens_ready(&token.name)}</h2>
            <p>{text.tokens_copy()}</p>
            <div class="field">
                <label for="new-token">{text.tokens_secret()}</label>
                <input id="new-token" type="text" class="wide" readonly value=secret.text().to_owned() autocomplete="off" spellcheck="false" />
            </div>
        </section>
    }
}

fn new_panel(visit: &Visit) -> impl IntoView + use<> {
    let text = visit.text();
    let form = form(visit, "create_token");
    let days: Vec<Choice> = TOKEN_DAYS.iter().map(|days| Choice::new(days.to_string(), text.tokens_days_choice(*days))).collect();
    let scopes: Vec<Choice> = Scope::ALL.iter().map(|scope| Choice::new(scope.as_str(), text.scope(*scope))).collect();
    let content = view! {
        {text_field(
            &form,
            Field { name: "name", label: text.tokens_name(), hint: text.tokens_name_hint(), ..Field::default() },
        )}
        {select_field(&form, Field { name: "days", label: text.tokens_days(), value: USUAL_DAYS, ..Field::default() }, &days)}
        {checks_field(&form, Field { name: "scope.", label: text.tokens_scopes(), ..Field::default() }, &scopes, &[])}
        <div class="buttons">
            <button type="submit" class="primary">
                {text.tokens_create()}
            </button>
        </div>
    };
    view! {
        <section class="panel no-print">
            <div class="panel-head">
                <h2>{text.tokens_new()}</h2>
            </div>
            {form.view("", content)}
        </section>
    }
}

/// The tokens of an account on its page, for security administrators; nothing where it has none.
pub(super) fn token_panel(visit: &Visit, tokens: &[TokenRow]) -> Option<AnyView> {
    let text = visit.text();
    if tokens.is_empty() {
        return None;
    }
    let panel = view! {
        <section class="panel">
            <div class="panel-head">
                <h2>{text.tokens_of_account()}</h2>
            </div>
            <p class="soft">{text.tokens_of_account_lead()}</p>
            {token_table(visit, tokens)}
        </section>
    };
    Some(panel.into_any())
}

fn token_table(visit: &Visit, tokens: &[TokenRow]) -> AnyView {
    let text = visit.text();
    if tokens.is_empty() {
        return view! {
            <div class="empty">
                <strong>{text.tokens_none()}</strong>
                <p>{text.tokens_none_lead()}</p>
            </div>
        }
        .into_any();
    }
    let rows = tokens.iter().map(|token| token_row(visit, token)).collect_view();
    view! {
        <div class="scroll-x" tabindex="0" role="region" aria-label=text.tokens_present()>
            <table class="data stack dense">
                <caption class="visually-hidden">{text.tokens_present()}</caption>
                <thead>
                    <tr>
                        <th scope="col">{text.tokens_name()}</th>
                        <th scope="col">{text.tokens_scopes()}</th>
                        <th scope="col">{text.tokens_created()}</th>
                        <th scope="col">{text.tokens_expires()}</th>
                        <th scope="col">{text.tokens_last_used()}</th>
                        <th scope="col">{text.tokens_state()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn token_row(visit: &Visit, token: &TokenRow) -> AnyView {
    let text = visit.text();
    let zone = zone_of(visit);
    let scopes: Vec<&str> = token.scopes.0.iter().map(|scope| text.scope(*scope)).collect();
    let used = token.last_used_at.map_or_else(|| text.tokens_never_used().to_owned(), |at| Moment(at).minute_in(zone));
    let standing = token.standing(visit.now);
    let (class, word) = match standing {
        TokenStanding::Live => ("badge green", text.tokens_live()),
        TokenStanding::Expired => ("badge grey", text.tokens_expired()),
        TokenStanding::Revoked(_) => ("badge grey", text.tokens_revoked()),
    };
    let since = match standing {
        TokenStanding::Revoked(since) => Some(view! { " " <small class="soft nowrap">{since.minute_in(zone)}</small> }),
        _ => None,
    };
    let revoke = (standing == TokenStanding::Live).then(|| {
        let form = form_for(visit, "revoke_token", token.id.as_str());
        let button = view! {
            <button type="submit" class="secondary small" aria-label=text.tokens_revoke_of(&token.name)>
                {text.tokens_revoke()}
            </button>
        };
        form.view("inline no-print", button)
    });
    view! {
        <tr>
            <th scope="row">{token.name.clone()}</th>
            <td data-label=text.tokens_scopes()>{scopes.join(text.list_comma())}</td>
            <td class="nowrap" data-label=text.tokens_created()>
                {Moment(token.created_at).minute_in(zone)}
            </td>
            <td class="nowrap" data-label=text.tokens_expires()>
                {Moment(token.expires_at).minute_in(zone)}
            </td>
            <td class="nowrap" data-label=text.tokens_last_used()>
                {used}
            </td>
            <td data-label=text.tokens_state()>
                <span class=class>{word}</span>
                {since}
                {revoke}
            </td>
        </tr>
    }
    .into_any()
}
