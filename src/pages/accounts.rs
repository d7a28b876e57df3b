//! Accounts: the list, and a new one (`?new=1`).

use leptos::prelude::*;

use super::{
    Page,
    components::{Choice, Field, form, select_field, text_field},
    load,
    organisations::organisation_choices,
    use_visit,
};
use crate::{
    domain::permissions::Permission,
    i18n::Text,
    services::{
        accounts::{AccountView, Standing, read_accounts},
        organisations::read_organisations,
        visit::Visit,
    },
    store::organisations::Organisation,
};

/// The address of the list.
pub(super) const PAGE: &str = "/admin/accounts";

/// All accounts; for system administrators also the form for a new one.
#[component]
pub fn AccountsPage() -> impl IntoView {
    let visit = use_visit();
    load(async move {
        let text = visit.text();
        if visit.query("new").is_some() && visit.may(Permission::ManageAccounts) {
            let list = read_organisations(&visit.shared.db).await?;
            let open: Vec<Organisation> = list.organisations.into_iter().filter(|one| !one.is_retired()).collect();
            return Ok(new_page(&visit, &organisation_choices(visit.lang, &open)));
        }
        let accounts = read_accounts(&visit.shared.db).await?;
        Ok(Page { title: text.nav_accounts().to_owned(), body: list_view(&visit, &accounts).into_any() })
    })
}

/// The way back to the list.
pub(super) fn crumbs(text: Text) -> impl IntoView {
    view! {
        <nav class="crumbs">
            <ol>
                <li>
                    <a href=PAGE>{text.nav_accounts()}</a>
                </li>
            </ol>
        </nav>
    }
}

/// What an account can do at the door, as a badge.
pub(super) fn standing_badge(visit: &Visit, account: &AccountView) -> impl IntoView + use<> {
    let text = visit.text();
    let (class, word) = match account.standing(visit.now) {
        Standing::Disabled => ("badge grey", text.acc_disabled()),
        Standing::WithoutPassword => ("badge yellow", text.acc_without_password()),
        Standing::Locked(_) => ("badge red", text.acc_locked()),
        Standing::Open => ("badge green", text.acc_open()),
    };
    view! { <span class=class>{word}</span> }
}

/// The names of an account's roles.
pub(super) fn role_names(text: Text, account: &AccountView) -> String {
    let names: Vec<&str> = account.roles.iter().map(|role| text.role(*role)).collect();
    if names.is_empty() { text.acc_no_roles().to_owned() } else { names.join(" · ") }
}

const STATES: [&str; 6] = ["", "open", "no-password", "locked", "disabled", "no-roles"];

fn is_in_state(visit: &Visit, account: &AccountView, state: &str) -> bool {
    let standing = account.standing(visit.now);
    match state {
        "open" => standing == Standing::Open,
        "no-password" => standing == Standing::WithoutPassword,
        "locked" => matches!(standing, Standing::Locked(_)),
        "disabled" => standing == Standing::Disabled,
        "no-roles" => account.roles.is_empty() && standing != Standing::Disabled,
        _ => true,
    }
}

const fn state_label(text: Text, state: &str) -> &'static str {
    match state.as_bytes() {
        b"open" => text.acc_open(),
        b"no-password" => text.acc_without_password(),
        b"locked" => text.acc_locked(),
        b"disabled" => text.acc_disabled(),
        b"no-roles" => text.acc_no_roles(),
        _ => text.all(),
    }
}

fn list_view(visit: &Visit, accounts: &[AccountView]) -> impl IntoView + use<> {
    let text = visit.text();
    let state = visit.query("state").filter(|word| STATES.contains(&word.as_str())).unwrap_or_default();
    let may_write = visit.may(Permission::ManageAccounts);
    let duty = if may_write { text.acc_lead_system() } else { text.acc_lead_security() };
    let links = STATES
        .iter()
        .map(|one| {
            let count = accounts.iter().filter(|account| is_in_state(visit, account, one)).count();
            let current = (*one == state).then_some("true");
            let href = if one.is_empty() { PAGE.to_owned() } else { format!("{PAGE}?state={one}") };
            (count > 0 || *one == state).then(|| {
                view! {
                    <a href=href aria-current=current>
                        {state_label(text, one)}
                        <small>{count}</small>
                    </a>
                }
            })
        })
        .collect_view();
    let rows: Vec<_> = accounts.iter().filter(|account| is_in_state(visit, account, &state)).map(|account| row(visit, account)).collect();
    let table = if rows.is_empty() {
        view! {
            <div class="empty">
                <strong>{text.acc_none_in_state()}</strong>
                <p>
                    <a href=PAGE>{text.acc_show_all()}</a>
                </p>
            </div>
        }
        .into_any()
    } else {
        view! {
            <section class="panel">
                <div class="scroll-x" tabindex="0" role="region" aria-label=text.acc_list_caption()>
                    <table class="data stack">
                        <caption class="visually-hidden">{text.acc_list_caption()}</caption>
                        <thead>
                            <tr>
                                <th scope="col">{text.acc_account()}</th>
                                <th scope="col">{text.acc_organisation()}</th>
                                <th scope="col">{text.acc_roles()}</th>
                                <th scope="col">{text.acc_state()}</th>
                            </tr>
                        </thead>
                        <tbody>{rows.collect_view()}</tbody>
                    </table>
                </div>
            </section>
        }
        .into_any()
    };
    view! {
        <div class="page-head">
            <h1>{text.nav_accounts()}</h1>
            {may_write
                .then(|| {
                    view! {
                        <div class="actions no-print">
                            <a class="button primary" href=format!("{PAGE}?new=1")>
                                {text.acc_new()}
                            </a>
                        </div>
                    }
                })}
            <p class="lead">{text.acc_lead(accounts.len())}</p>
            <p>{duty}</p>
        </div>
        <nav class="filters no-print" aria-label=text.acc_filter()>
            {links}
        </nav>
        {table}
    }
}

fn row(visit: &Visit, account: &AccountView) -> impl IntoView + use<> {
    let text = visit.text();
    let name = account.account.display_name.clone();
    let organisation = account.organisation.as_ref().map_or_else(|| "—".to_owned(), |one| one.name(visit.lang).to_owned());
    view! {
        <tr>
            <th scope="row">
                <a href=format!("{PAGE}/{}", account.account.id) aria-label=text.acc_open_account(&name)>
                    {name.clone()}
                </a>
                <i>{account.account.username.clone()}</i>
            </th>
            <td data-label=text.acc_organisation()>{organisation}</td>
            <td data-label=text.acc_roles()>{role_names(text, account)}</td>
            <td data-label=text.acc_state()>{standing_badge(visit, account)}</td>
        </tr>
    }
}

fn new_page(visit: &Visit, organisations: &[Choice]) -> Page {
    let text = visit.text();
    let form = form(visit, "create_account");
    let content = view! {
        {text_field(
            &form,
            Field { name: "username", label: text.username(), hint: text.acc_username_hint(), ..Field::default() },
        )}
        {text_field(
            &form,
            Field { name: "display_name", label: text.acc_display_name(), hint: text.acc_display_name_hint(), ..Field::default() },
        )}
        {select_field(
            &form,
            Field {
                name: "organisation",
                label: text.acc_organisation(),
                hint: text.acc_organisation_hint(),
                optional: true,
                ..Field::default()
            },
            organisations,
        )}
        <div class="buttons">
            <button type="submit" class="primary">
                {text.acc_create()}
            </button>
            <a class="button" href=PAGE>
                {text.cancel()}
            </a>
        </div>
    };
    let body = view! {
        <div class="page-head">
            {crumbs(text)}
            <h1>{text.acc_new()}</h1>
            <p>{text.acc_new_lead()}</p>
        </div>
        <section class="panel">{form.view("", content)}</section>
    };
    Page { title: text.acc_new().to_owned(), body: body.into_any() }
}
