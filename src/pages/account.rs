//! One account: its facts, and what the two kinds of administrators may do to it.

use leptos::prelude::*;

use super::{
    Page,
    accounts::{crumbs, role_names, standing_badge},
    components::{Choice, Field, area_field, checks_field, form::form_for, select_field, text_field},
    load,
    organisations::organisation_choices,
    path_parameter,
    tokens::token_panel,
    use_visit,
};
use crate::{
    domain::{ids::AccountId, permissions::Permission, words::Role},
    services::{
        ServiceError,
        accounts::{AccountView, Standing, read_account, take_password_link},
        moment::Moment,
        sign_in::{LINK_LIMIT, Token},
        tokens::read_tokens,
        visit::Visit,
    },
    store::organisations::Organisation,
};

/// The account of the path.
#[component]
pub fn AccountPage() -> impl IntoView {
    let visit = use_visit();
    let id = AccountId::from(path_parameter("id"));
    let host = request_host();
    load(async move {
        let text = visit.text();
        let (account, organisations) = read_account(&visit.shared.db, &id).await?;
        let link = take_password_link(&visit.shared.db, visit.identity()?, visit.now, &id).await?;
        let tokens = if visit.may(Permission::GrantRoles) { read_tokens(&visit.shared.db, &id).await? } else { Vec::new() };
        let own = visit.identity()?.account() == &id;
        let name = account.account.display_name.clone();
        let main = if visit.may(Permission::GrantRoles) {
            view! { {roles_panel(&visit, &account, own)?} }.into_any()
        } else {
            view! { {change_panel(&visit, &account, &organisations)?} }.into_any()
        };
        let aside = view! { {door_panels(&visit, &account, own)} };
        let body = view! {
            <div class="page-head">
                {crumbs(text)}
                <h1>{name.clone()} " " {standing_badge(&visit, &account)}</h1>
            </div>
            {link.map(|link| link_notice(&visit, &host, &link))}
            {own.then(|| {
                view! {
                    <div class="notice info no-print">
                        <p>{text.acc_self()}</p>
                    </div>
                }
            })}
            <div class="cols">
                <div>{facts_panel(&visit, &account)} {main} {token_panel(&visit, &tokens)}</div>
                <aside>{aside}</aside>
            </div>
        };
        Ok(Page { title: name, body: body.into_any() })
    })
}

/// The host the browser asked for, for links where the settings name no address.
fn request_host() -> String {
    use_context::<axum::http::request::Parts>()
        .and_then(|parts| parts.headers.get(axum::http::header::HOST).and_then(|host| host.to_str().ok()).map(str::to_owned))
        .unwrap_or_default()
}

/// Administration belongs to no plan; its times are shown in the zone of the first.
fn show_minute(visit: &Visit, moment: Moment) -> String {
    moment.minute_in(visit.plans.first().map_or("Asia/Shanghai", |plan| plan.time_zone.as_str()))
}

fn link_notice(visit: &Visit, host: &str, link: &Token) -> impl IntoView + use<> {
    let text = visit.text();
    let origin = visit
        .shared
        .public_url
        .as_deref()
        .map_or_else(|| format!("{}://{host}", if visit.shared.secure { "https" } else { "http" }), str::to_owned);
    let address = format!("{origin}/set-password/{}", link.text());
    let until = show_minute(visit, visit.now.plus(LINK_LIMIT));
    view! {
        <section class="notice ok" role="status">
            <h2>{text.acc_link_ready()}</h2>
            <p>{text.acc_link_copy()}</p>
            <div class="field">
                <label for="password-link">{text.acc_link_address()}</label>
                <input id="password-link" type="text" readonly value=address autocomplete="off" />
            </div>
            <p>{text.acc_link_valid(&until)}</p>
        </section>
    }
}

fn facts_panel(visit: &Visit, account: &AccountView) -> impl IntoView + use<> {
    let text = visit.text();
    let organisation =
        account.organisation.as_ref().map_or_else(|| text.acc_no_organisation().to_owned(), |one| one.name(visit.lang).to_owned());
    let standing = match account.standing(visit.now) {
        Standing::Disabled => text.acc_disabled().to_owned(),
        Standing::WithoutPassword => text.acc_without_password().to_owned(),
        Standing::Locked(until) => text.acc_locked_until(&show_minute(visit, until)),
        Standing::Open => text.acc_open().to_owned(),
    };
    let note = if visit.may(Permission::GrantRoles) { text.acc_facts_read_only() } else { text.acc_role_read_only() };
    view! {
        <section class="panel">
            <div class="panel-head">
                <h2>{text.acc_facts()}</h2>
            </div>
            <dl class="kv">
                <dt>{text.username()}</dt>
                <dd>{account.account.username.clone()}</dd>
                <dt>{text.acc_display_name()}</dt>
                <dd>{account.account.display_name.clone()}</dd>
                <dt>{text.acc_organisation()}</dt>
                <dd>{organisation}</dd>
                <dt>{text.acc_roles()}</dt>
                <dd>{role_names(text, account)}</dd>
                <dt>{text.acc_state()}</dt>
                <dd>{standing}</dd>
                <dt>{text.acc_created()}</dt>
                <dd>{show_minute(visit, Moment(account.account.created_at))}</dd>
            </dl>
            <p class="note">{note}</p>
        </section>
    }
}

fn change_panel(visit: &Visit, account: &AccountView, organisations: &[Organisation]) -> Result<impl IntoView + use<>, ServiceError> {
    let text = visit.text();
    let present = account.account.organisation_id.as_ref();
    let offered: Vec<Organisation> = organisations.iter().filter(|one| !one.is_retired() || present == Some(&one.id)).cloned().collect();
    let form = form_for(visit, "change_account", account.account.id.as_str());
    let content = view! {
        <input type="hidden" name="seen" value=account.mark_account()? />
        {text_field(
            &form,
            Field {
                name: "display_name",
                label: text.acc_display_name(),
                hint: text.acc_display_name_hint(),
                value: &account.account.display_name,
                ..Field::default()
            },
        )}
        {select_field(
            &form,
            Field {
                name: "organisation",
                label: text.acc_organisation(),
                hint: text.acc_organisation_hint(),
                value: present.map_or("", |id| id.as_str()),
                optional: true,
            },
            &organisation_choices(visit.lang, &offered),
        )}
        <div class="buttons">
            <button type="submit" class="primary">
                {text.save()}
            </button>
        </div>
    };
    Ok(view! {
        <section class="panel no-print">
            <div class="panel-head">
                <h2>{text.acc_change()}</h2>
            </div>
            {form.view("", content)}
        </section>
    })
}

fn roles_panel(visit: &Visit, account: &AccountView, own: bool) -> Result<Option<impl IntoView + use<>>, ServiceError> {
    if own {
        return Ok(None);
    }
    let text = visit.text();
    let form = form_for(visit, "grant_roles", account.account.id.as_str());
    let choices: Vec<Choice> = Role::ALL.iter().map(|role| Choice::new(role.as_str(), text.role(*role))).collect();
    let ticked: Vec<&str> = account.roles.iter().map(|role| role.as_str()).collect();
    // Administrators need no organisation.
    let is_lonely = account.organisation.is_none() && !account.roles.iter().any(|role| role.is_administrator());
    let lonely = is_lonely.then(|| {
        view! {
            <div class="notice warn">
                <p>{text.acc_role_needs_organisation()}</p>
            </div>
        }
    });
    let content = view! {
        <input type="hidden" name="seen" value=account.mark_roles()? />
        {checks_field(
            &form,
            Field { name: "role.", label: text.acc_roles(), hint: text.acc_role_hint(), ..Field::default() },
            &choices,
            &ticked,
        )}
        {area_field(
            &form,
            Field { name: "reason", label: text.acc_role_reason(), hint: text.org_reason_hint(), optional: true, ..Field::default() },
            2,
        )}
        <div class="buttons">
            <button type="submit" class="primary">
                {text.acc_role_save()}
            </button>
        </div>
    };
    Ok(Some(view! {
        <section class="panel no-print">
            <div class="panel-head">
                <h2>{text.acc_role_form()}</h2>
            </div>
            {lonely}
            {form.view("", content)}
        </section>
    }))
}

/// What decides whether it can sign in: for security administrators unlocking and links, for system administrators the switch.
fn door_panels(visit: &Visit, account: &AccountView, own: bool) -> impl IntoView + use<> {
    let security = visit.may(Permission::GrantRoles);
    let disabled = account.account.disabled_at.is_some();
    view! {
        {security.then(|| unlock_panel(visit, account))}
        {(security && !own && !disabled).then(|| link_panel(visit, account))}
        {(visit.may(Permission::ManageAccounts) && !own).then(|| switch_panel(visit, account))}
    }
}

fn unlock_panel(visit: &Visit, account: &AccountView) -> Option<impl IntoView + use<>> {
    let text = visit.text();
    let Standing::Locked(until) = account.standing(visit.now) else { return None };
    let form = form_for(visit, "unlock_account", account.account.id.as_str());
    let content = view! {
        <div class="buttons">
            <button type="submit" class="primary">
                {text.acc_unlock()}
            </button>
        </div>
    };
    Some(view! {
        <section class="panel no-print">
            <div class="panel-head">
                <h2>{text.acc_locked()}</h2>
            </div>
            <p>{text.acc_unlock_lead(&show_minute(visit, until))}</p>
            {form.view("", content)}
        </section>
    })
}

fn link_panel(visit: &Visit, account: &AccountView) -> impl IntoView + use<> {
    let text = visit.text();
    let form = form_for(visit, "issue_password_link", account.account.id.as_str());
    let content = view! {
        <div class="buttons">
            <button type="submit" class="secondary">
                {text.acc_link_issue()}
            </button>
        </div>
    };
    view! {
        <section class="panel no-print">
            <div class="panel-head">
                <h2>{text.acc_link()}</h2>
            </div>
            <p class="soft">{text.acc_link_lead()}</p>
            {form.view("", content)}
        </section>
    }
}

fn switch_panel(visit: &Visit, account: &AccountView) -> impl IntoView + use<> {
    let text = visit.text();
    let (action, title, lead, button, class) = if account.account.disabled_at.is_some() {
        ("enable_account", text.acc_enable(), text.acc_enable_lead(), text.acc_enable(), "primary")
    } else {
        ("disable_account", text.acc_disable(), text.acc_disable_lead(), text.acc_disable_confirm(), "danger")
    };
    let form = form_for(visit, action, account.account.id.as_str());
    let open = form.came_back();
    let content = view! {
        {area_field(&form, Field { name: "reason", label: text.reason(), hint: text.org_reason_hint(), ..Field::default() }, 3)}
        <div class="buttons">
            <button type="submit" class=class>
                {button}
            </button>
        </div>
    };
    view! {
        <section class="panel no-print">
            <details open=open>
                <summary>{title}</summary>
                <p class="soft">{lead}</p>
                {form.view("", content)}
            </details>
        </section>
    }
}
