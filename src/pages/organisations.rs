//! Organisations: the list, a new one (`?new=1`), a change (`?edit=ID`).

use leptos::prelude::*;

use super::{
    Page,
    components::{Choice, Field, Form, form, form::form_for, select_field, text_field},
    editing::{conflict, grounds_fields, history_panel, optional_grounds_fields},
    load, use_visit,
};
use crate::{
    domain::{
        districts::{DISTRICTS, find_district},
        permissions::Permission,
        words::OrganisationKind,
    },
    error::UserError,
    i18n::{Lang, Text},
    services::{
        ServiceError,
        editing::{HistoryEntry, read_history},
        organisations::{OrganisationList, Ties, list_below, order_as_tree, read_organisations, read_ties, write_organisation},
        visit::Visit,
    },
    store::organisations::Organisation,
};

const PAGE: &str = "/admin/organisations";
/// Organisations belong to no plan, so their history has no plan's time zone.
const TIME_ZONE: &str = "Asia/Shanghai";

/// All organisations; for system administrators also the forms.
#[component]
pub fn OrganisationsPage() -> impl IntoView {
    let visit = use_visit();
    load(async move {
        let text = visit.text();
        let list = read_organisations(&visit.shared.db).await?;
        if !visit.may(Permission::ManageAccounts) {
            return Ok(Page { title: text.nav_organisations().to_owned(), body: list_view(&visit, &list).into_any() });
        }
        if let Some(id) = visit.query("edit") {
            let organisation = list.organisations.iter().find(|one| one.id.as_str() == id).ok_or(UserError::NotFound)?;
            let ties = read_ties(&visit.shared.db, &organisation.id).await?;
            let history = read_history(&visit.shared.db, "organisation", organisation.id.as_str()).await?;
            return edit_page(&visit, &list, organisation, &ties, name_parents(visit.lang, &list, history));
        }
        if visit.query("new").is_some() {
            return Ok(new_page(&visit, &list));
        }
        Ok(Page { title: text.nav_organisations().to_owned(), body: list_view(&visit, &list).into_any() })
    })
}

/// The history with the names of the organisations above in place of their ids.
fn name_parents(lang: Lang, list: &OrganisationList, mut history: Vec<HistoryEntry>) -> Vec<HistoryEntry> {
    let name = |id: &str| list.organisations.iter().find(|one| one.id.as_str() == id).map(|one| one.name(lang).to_owned());
    for change in history.iter_mut().flat_map(|entry| &mut entry.changes).filter(|change| change.field == "parent") {
        for side in [&mut change.before, &mut change.after] {
            if let Some(name) = name(side) {
                *side = name;
            }
        }
    }
    history
}

fn crumbs(text: Text) -> impl IntoView {
    view! {
        <nav class="crumbs">
            <ol>
                <li>
                    <a href=PAGE>{text.nav_organisations()}</a>
                </li>
            </ol>
        </nav>
    }
}

/// Which part of the list is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    All,
    Kind(OrganisationKind),
    Retired,
}

impl Shown {
    fn read(visit: &Visit) -> Self {
        if visit.query("retired").is_some() {
            return Self::Retired;
        }
        visit.query("kind").and_then(|word| word.parse().ok()).map_or(Self::All, Self::Kind)
    }

    fn holds(self, organisation: &Organisation) -> bool {
        match self {
            Self::All => true,
            Self::Kind(kind) => organisation.kind == kind,
            Self::Retired => organisation.is_retired(),
        }
    }

    fn address(self) -> String {
        match self {
            Self::All => PAGE.to_owned(),
            Self::Kind(kind) => format!("{PAGE}?kind={kind}"),
            Self::Retired => format!("{PAGE}?retired=1"),
        }
    }

    const fn label(self, text: Text) -> &'static str {
        match self {
            Self::All => text.all(),
            Self::Kind(kind) => text.organisation_kind(kind),
            Self::Retired => text.org_retired(),
        }
    }
}

fn list_view(visit: &Visit, list: &OrganisationList) -> impl IntoView + use<> {
    let text = visit.text();
    let may_write = visit.may(Permission::ManageAccounts);
    let retired = list.organisations.iter().filter(|one| one.is_retired()).count();
    let new_button = || {
        may_write.then(|| {
            view! {
                <div class="actions">
                    <a class="button primary" href=format!("{PAGE}?new=1")>
                        {text.org_new()}
                    </a>
                </div>
            }
        })
    };
    let head = view! {
        <div class="page-head">
            <h1>{text.nav_organisations()}</h1>
            {new_button()}
            <p class="lead">{text.org_lead(list.organisations.len(), retired)}</p>
            {(!may_write).then(|| view! { <p>{text.org_read_only()}</p> })}
        </div>
    };
    if list.organisations.is_empty() {
        let lead = if may_write { text.org_empty_lead() } else { text.org_empty_lead_staff() };
        return view! {
            {head}
            <div class="empty">
                <strong>{text.org_empty_title()}</strong>
                <p>{lead}</p>
                {new_button()}
            </div>
        }
        .into_any();
    }
    let shown = Shown::read(visit);
    view! {
        {head}
        {filters(text, shown, list)}
        {table(visit, list, shown)}
    }
    .into_any()
}

fn filters(text: Text, shown: Shown, list: &OrganisationList) -> impl IntoView + use<> {
    let kinds = OrganisationKind::ALL.iter().map(|kind| Shown::Kind(*kind));
    let links = std::iter::once(Shown::All)
        .chain(kinds)
        .chain(std::iter::once(Shown::Retired))
        .map(|one| {
            let count = list.organisations.iter().filter(|organisation| one.holds(organisation)).count();
            let current = (one == shown).then_some("true");
            (count > 0 || one == shown).then(|| {
                view! {
                    <a href=one.address() aria-current=current>
                        {one.label(text)}
                        <small>{count}</small>
                    </a>
                }
            })
        })
        .collect_view();
    view! {
        <nav class="filters" aria-label=text.org_filter()>
            {links}
        </nav>
    }
}

fn table(visit: &Visit, list: &OrganisationList, shown: Shown) -> impl IntoView + use<> {
    let text = visit.text();
    let may_write = visit.may(Permission::ManageAccounts);
    let listed: Vec<Organisation> = list.organisations.iter().filter(|one| shown.holds(one)).cloned().collect();
    if listed.is_empty() {
        return view! {
            <div class="empty">
                <strong>{text.org_none_of_kind()}</strong>
                <p>
                    <a href=PAGE>{text.org_show_all()}</a>
                </p>
            </div>
        }
        .into_any();
    }
    let rows =
        order_as_tree(&listed).into_iter().map(|(depth, organisation)| row(visit, list, depth, organisation, may_write)).collect_view();
    view! {
        <section class="panel">
            <div class="scroll-x" tabindex="0" role="region" aria-label=text.org_list_caption()>
                <table class="data stack">
                    <caption class="visually-hidden">{text.org_list_caption()}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{text.org_name()}</th>
                            <th scope="col">{text.org_kind()}</th>
                            <th scope="col">{text.org_district()}</th>
                            <th scope="col" class="num">
                                {text.org_tasks()}
                            </th>
                            <th scope="col" class="num">
                                {text.org_accounts()}
                            </th>
                            <th scope="col">{text.org_state()}</th>
                            {may_write.then(|| view! { <th scope="col" class="no-print">{text.org_actions()}</th> })}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn row(visit: &Visit, list: &OrganisationList, depth: usize, organisation: &Organisation, may_write: bool) -> impl IntoView + use<> {
    let (text, lang) = (visit.text(), visit.lang);
    let name = organisation.name(lang).to_owned();
    let above = organisation
        .parent_id
        .as_ref()
        .filter(|_| depth == 0)
        .and_then(|parent| list.organisations.iter().find(|one| one.id == *parent))
        .map(|parent| view! { <i>{parent.name(lang).to_owned()}</i> });
    let branch = (depth > 0).then(|| {
        let indent = format!("{}└ ", "\u{3000}".repeat(depth - 1));
        view! { <span class="soft" aria-hidden="true">{indent}</span> }
    });
    let count = |counts: &std::collections::BTreeMap<_, i64>| counts.get(&organisation.id).copied().unwrap_or(0);
    let (state, class) = if organisation.is_retired() { (text.org_retired(), "badge grey") } else { (text.org_in_use(), "badge green") };
    let edit = may_write.then(|| {
        view! {
            <td class="no-print" data-label="">
                <a href=format!("{PAGE}?edit={}", organisation.id) aria-label=text.org_edit_of(&name)>
                    {text.org_edit()}
                </a>
            </td>
        }
    });
    view! {
        <tr>
            <th scope="row">{branch} <b>{name.clone()}</b> {above}</th>
            <td data-label=text.org_kind()>{text.organisation_kind(organisation.kind)}</td>
            <td data-label=text.org_district()>{district_name(lang, &organisation.district)}</td>
            <td class="num" data-label=text.org_tasks()>
                {count(&list.tasks)}
            </td>
            <td class="num" data-label=text.org_accounts()>
                {count(&list.accounts)}
            </td>
            <td data-label=text.org_state()>
                <span class=class>{state}</span>
            </td>
            {edit}
        </tr>
    }
}

fn district_name(lang: Lang, zh: &str) -> String {
    match find_district(zh) {
        Some(district) => lang.pick(district.zh, district.en).to_owned(),
        None if zh.is_empty() => "—".to_owned(),
        None => zh.to_owned(),
    }
}

/// Every organisation a form offers, indented as a tree.
pub(super) fn organisation_choices(lang: Lang, organisations: &[Organisation]) -> Vec<Choice> {
    order_as_tree(organisations)
        .into_iter()
        .map(|(depth, one)| Choice::new(one.id.as_str(), format!("{}{}", "\u{3000}".repeat(depth), one.name(lang))))
        .collect()
}

fn fields(visit: &Visit, form: &Form, list: &OrganisationList, present: Option<&Organisation>) -> impl IntoView + use<> {
    let (text, lang) = (visit.text(), visit.lang);
    let below = present.map(|one| list_below(&list.organisations, &one.id)).unwrap_or_default();
    let above = present.and_then(|one| one.parent_id.as_ref());
    let offered: Vec<Organisation> = list
        .organisations
        .iter()
        .filter(|one| !below.contains(&one.id) && (!one.is_retired() || above == Some(&one.id)))
        .cloned()
        .collect();
    let kinds: Vec<Choice> = OrganisationKind::ALL.iter().map(|kind| Choice::new(kind.as_str(), text.organisation_kind(*kind))).collect();
    let districts: Vec<Choice> = DISTRICTS.iter().map(|one| Choice::new(one.zh, lang.pick(one.zh, one.en))).collect();
    let value = |read: fn(&Organisation) -> &str| present.map_or("", read);
    view! {
        {text_field(
            form,
            Field {
                name: "name_zh",
                label: text.org_name_zh(),
                hint: text.org_name_zh_hint(),
                value: value(|one| &one.name_zh),
                ..Field::default()
            },
        )}
        {text_field(
            form,
            Field { name: "name_en", label: text.org_name_en(), value: value(|one| &one.name_en), optional: true, ..Field::default() },
        )}
        {select_field(
            form,
            Field {
                name: "kind",
                label: text.org_kind(),
                hint: text.org_kind_hint(),
                value: value(|one| one.kind.as_str()),
                ..Field::default()
            },
            &kinds,
        )}
        {select_field(
            form,
            Field {
                name: "parent",
                label: text.org_parent(),
                value: above.map_or("", |id| id.as_str()),
                optional: true,
                ..Field::default()
            },
            &organisation_choices(lang, &offered),
        )}
        {select_field(
            form,
            Field { name: "district", label: text.org_district(), value: value(|one| &one.district), optional: true, ..Field::default() },
            &districts,
        )}
    }
}

fn new_page(visit: &Visit, list: &OrganisationList) -> Page {
    let text = visit.text();
    let form = form(visit, "create_organisation");
    let content = view! {
        {fields(visit, &form, list, None)}
        {optional_grounds_fields(&form)}
        <div class="buttons">
            <button type="submit" class="primary">
                {text.org_create()}
            </button>
            <a class="button" href=PAGE>
                {text.cancel()}
            </a>
        </div>
    };
    let body = view! {
        <div class="page-head">
            {crumbs(text)}
            <h1>{text.org_new()}</h1>
        </div>
        <section class="panel">{form.view("", content)}</section>
    };
    Page { title: text.org_new().to_owned(), body: body.into_any() }
}

fn edit_page(
    visit: &Visit,
    list: &OrganisationList,
    organisation: &Organisation,
    ties: &Ties,
    history: Vec<HistoryEntry>,
) -> Result<Page, ServiceError> {
    let text = visit.text();
    let seen = write_organisation(organisation)?;
    let name = organisation.name(visit.lang).to_owned();
    let form = form_for(visit, "change_organisation", organisation.id.as_str());
    let content = view! {
        {conflict(&form, &seen)}
        <input type="hidden" name="seen" value=seen />
        {fields(visit, &form, list, Some(organisation))}
        {grounds_fields(&form)}
        <div class="buttons">
            <button type="submit" class="primary">
                {text.save()}
            </button>
            <a class="button" href=PAGE>
                {text.cancel()}
            </a>
        </div>
    };
    let badge = organisation.is_retired().then(|| view! { <span class="badge grey">{text.org_retired()}</span> });
    let body = view! {
        <div class="page-head">
            {crumbs(text)}
            <h1>{name.clone()} " " {badge}</h1>
        </div>
        <div class="cols">
            <section class="panel">
                <div class="panel-head">
                    <h2>{text.org_change()}</h2>
                </div>
                {form.view("", content)}
            </section>
            <aside>
                {ties_panel(visit, ties)} {retire_panel(visit, organisation)} {history_panel(text, TIME_ZONE, &history)}
            </aside>
        </div>
    };
    Ok(Page { title: name, body: body.into_any() })
}

fn ties_panel(visit: &Visit, ties: &Ties) -> impl IntoView + use<> {
    let (text, lang) = (visit.text(), visit.lang);
    let tasks = (!ties.tasks.is_empty()).then(|| {
        let items =
            ties.tasks.iter().map(|(code, zh, en)| view! { <li>{code.clone()} " " {lang.pick(zh, en).to_owned()}</li> }).collect_view();
        view! {
            <h3>{text.org_ties_tasks(ties.tasks.len())}</h3>
            <ul>{items}</ul>
        }
    });
    let accounts = (!ties.accounts.is_empty()).then(|| {
        let items = ties
            .accounts
            .iter()
            .map(|account| {
                view! {
                    <li>
                        <a href=format!("/admin/accounts/{}", account.id)>{account.display_name.clone()}</a>
                    </li>
                }
            })
            .collect_view();
        view! {
            <h3>{text.org_ties_accounts(ties.accounts.len())}</h3>
            <ul>{items}</ul>
        }
    });
    let none = (ties.tasks.is_empty() && ties.accounts.is_empty()).then(|| view! { <p class="soft">{text.org_ties_none()}</p> });
    view! {
        <section class="panel">
            <div class="panel-head">
                <h2>{text.org_ties()}</h2>
            </div>
            {tasks}
            {accounts}
            {none}
        </section>
    }
}

fn retire_panel(visit: &Visit, organisation: &Organisation) -> impl IntoView + use<> {
    let text = visit.text();
    let (action, title, lead, button, class) = if organisation.is_retired() {
        ("revive_organisation", text.org_revive(), text.org_revive_lead(), text.org_revive(), "primary")
    } else {
        ("retire_organisation", text.org_retire(), text.org_retire_lead(), text.org_retire_confirm(), "danger")
    };
    let form = form_for(visit, action, organisation.id.as_str());
    let open = form.came_back();
    let content = view! {
        {grounds_fields(&form)}
        <div class="buttons">
            <button type="submit" class=class>
                {button}
            </button>
        </div>
    };
    view! {
        <section class="panel">
            <details open=open>
                <summary>{title}</summary>
                <p class="soft">{lead}</p>
                {form.view("", content)}
            </details>
        </section>
    }
}
