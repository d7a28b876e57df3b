//! The frame around every page: banner, header with navigation, plan switcher and account, notice, footer.

use leptos::{either::Either, prelude::*};

use crate::{
    domain::permissions::Permission,
    error::Notice,
    i18n::{Lang, Text},
    islands::guard::FormGuard,
    services::visit::{PlanHead, Visit},
    web::{
        forms::with_parameter,
        registry::{Kind, entries},
    },
};

/// Puts the frame around a page's content.
pub fn frame(visit: &Visit, content: AnyView) -> impl IntoView + use<> {
    let text = visit.text();
    view! {
        {visit.demonstration.then(|| view! { <aside class="demo-banner" aria-label=text.demo_label()>{text.demo_banner()}</aside> })}
        <a class="skip-link" href="#main">{text.skip_to_content()}</a>
        {header(visit, text)}
        {plan_in_path(visit).map(|plan| view! { <p class="print-only plan-on-paper">{text.product()} " · " {plan.short(visit.lang).to_owned()}</p> })}
        <main id="main" class="page">
            {notice(visit, text)}
            {content}
        </main>
        <footer class="site-footer">
            <p>{text.product()} " · " {text.footer_note()}</p>
        </footer>
        <FormGuard />
    }
}

fn plan_in_path(visit: &Visit) -> Option<PlanHead> {
    let code = visit.path().strip_prefix("/p/")?.split('/').next()?;
    visit.plan(code).ok()
}

/// The plan the navigation leads to: that of the page, else the one in use that was looked at last, else the first in use.
fn plan_of(visit: &Visit) -> Option<PlanHead> {
    let last = || {
        let code = visit.identity.as_ref()?.last_plan()?;
        visit.plans_in_use().find(|plan| plan.code == code).cloned()
    };
    plan_in_path(visit).or_else(last).or_else(|| visit.plans_in_use().next().cloned())
}

fn header(visit: &Visit, text: Text) -> impl IntoView + use<> {
    let plan = visit.identity.as_ref().and_then(|_| plan_of(visit));
    let links = plan.as_ref().map(|plan| navigation(visit, plan, text)).unwrap_or_default();
    let path = visit.path().to_owned();
    view! {
        <header class="site-header no-print">
            <a class="brand" href="/">
                <svg viewBox="0 0 24 24" aria-hidden="true">
                    <path d="M12 3a9 9 0 1 1-8.4 5.8" />
                    <path d="M3 3v6h6" />
                </svg>
                {text.product()}
            </a>
            {(!links.is_empty())
                .then(|| {
                    let links = links
                        .into_iter()
                        .map(|(href, label)| {
                            let current = (path == href || path.starts_with(&format!("{href}/"))).then_some("page");
                            view! { <a href=href aria-current=current>{label}</a> }
                        })
                        .collect_view();
                    view! { <nav class="main-nav" aria-label=text.main_navigation()>{links}</nav> }
                })}
            <div class="context">
                {plan.map(|plan| plan_switcher(visit, &plan, text))} {language_switch(visit, text)}
                {account_menu(visit, text)}
            </div>
        </header>
    }
}

fn navigation(visit: &Visit, plan: &PlanHead, text: Text) -> Vec<(String, &'static str)> {
    let mut links = Vec::new();
    let mut add = |allowed: bool, href: String, label: &'static str| {
        if allowed {
            links.push((href, label));
        }
    };
    let reviews = visit.may(Permission::ReviewAsLead) || visit.may(Permission::ReviewAsCommission);
    let manages = visit.may(Permission::ManagePlans);
    add(visit.may(Permission::ReadPlans), plan.path("/cockpit"), text.nav_cockpit());
    add(visit.may(Permission::Report), plan.path("/reports"), text.nav_reports());
    add(reviews, plan.path("/reviews"), text.nav_reviews());
    add(visit.may(Permission::ReadPlans), plan.path("/indicators"), text.nav_indicators());
    add(visit.may(Permission::ReadPlans), plan.path("/tasks"), text.nav_tasks());
    add(visit.may(Permission::ReadPlans), plan.path("/roster"), text.nav_roster());
    add(visit.may(Permission::Report), plan.path("/pledges"), text.nav_pledges());
    add(manages, plan.path("/periods"), text.nav_periods());
    add(manages, plan.path("/manage"), text.nav_manage());
    add(visit.may(Permission::ManageAccounts) || manages, "/admin/organisations".to_owned(), text.nav_organisations());
    add(visit.may(Permission::ManageAccounts) || visit.may(Permission::GrantRoles), "/admin/accounts".to_owned(), text.nav_accounts());
    add(visit.may(Permission::ReadAudit), "/admin/audit".to_owned(), text.nav_audit());
    links
}

fn plan_switcher(visit: &Visit, current: &PlanHead, text: Text) -> impl IntoView + use<> {
    let lang = visit.lang;
    let retired = current.retired_at.map(|_| text.bracketed(text.edit_retired())).unwrap_or_default();
    let name = format!("{}{retired}", current.short(lang));
    if !visit.plans_in_use().any(|plan| plan.code != current.code) {
        return Either::Left(view! { <span class="plan-name"><span>{name}</span></span> });
    }
    let here = shared_page(visit.path());
    let others = visit
        .plans_in_use()
        .map(|plan| {
            let chosen = (plan.code == current.code).then_some("true");
            let years = text.plan_years(plan.starts_on.year(), plan.ends_on.year());
            view! {
                <a href=plan.path(&here) aria-current=chosen>
                    <span>{plan.short(lang).to_owned()}</span>
                    " "
                    <small>{years}</small>
                </a>
            }
        })
        .collect_view();
    Either::Right(view! {
        <details class="menu plan-name">
            <summary>
                <span class="visually-hidden">{text.switch_plan()} " "</span>
                <span>{name}</span>
            </summary>
            <div class="menu-body">{others}</div>
        </details>
    })
}

/// The page of any plan that is nearest to this one: the same list, never one object of a plan.
fn shared_page(path: &str) -> String {
    let pages: Vec<&str> = entries()
        .filter(|entry| matches!(entry.kind, Kind::Page { .. }))
        .filter_map(|entry| entry.path.strip_prefix("/p/{plan}"))
        .collect();
    let mut rest = path.strip_prefix("/p/").and_then(|path| path.find('/').map(|slash| &path[slash..])).unwrap_or_default();
    while !rest.is_empty() {
        if pages.contains(&rest) {
            return rest.to_owned();
        }
        rest = rest.rfind('/').map_or("", |slash| &rest[..slash]);
    }
    "/cockpit".to_owned()
}

fn language_switch(visit: &Visit, text: Text) -> impl IntoView + use<> {
    let other = match visit.lang {
        Lang::Zh => Lang::En,
        Lang::En => Lang::Zh,
    };
    let query = serde_urlencoded::to_string([("to", other.tag()), ("back", visit.address.as_str())]).unwrap_or_default();
    view! {
        <a class="lang-switch" href=format!("/language?{query}") lang=other.tag() title=text.other_language_label() rel="nofollow">
            {text.other_language()}
        </a>
    }
}

fn account_menu(visit: &Visit, text: Text) -> Option<impl IntoView + use<>> {
    let identity = visit.identity.as_ref()?;
    let roles: Vec<&str> = identity.roles().iter().map(|role| text.role(*role)).collect();
    Some(view! {
        <details class="menu who">
            <summary>{identity.name().to_owned()}</summary>
            <div class="menu-body">
                <p>{identity.organisation_name().to_owned()}</p>
                <p class="soft">{roles.join(" · ")}</p>
                <a href="/password">{text.change_password()}</a>
                {visit.may(Permission::ReadPlans).then(|| view! { <a href="/tokens">{text.tokens_title()}</a> })}
                <form method="post" action="/fn/sign_out">
                    <button type="submit" class="link">{text.sign_out()}</button>
                </form>
            </div>
        </details>
    })
}

fn notice(visit: &Visit, text: Text) -> Option<impl IntoView + use<>> {
    let notice: Notice = visit.query("done")?.parse().ok()?;
    Some(view! {
        <div class="notice ok" role="status">
            <p>{text.notice(notice)}</p>
        </div>
    })
}

/// The address of this page for a form to come back to: without what an earlier form left in it.
pub fn back_address(visit: &Visit) -> String {
    let cleaned = with_parameter(&visit.address, "done", "");
    let cleaned = cleaned.trim_end_matches("done=").trim_end_matches(['?', '&']);
    cleaned.to_owned()
}

#[cfg(test)]
mod tests {
    use super::shared_page;

    #[test]
    fn another_plan_is_opened_at_the_nearest_page_it_has() {
        for (path, page) in [
            ("/p/bj-2025/cockpit", "/cockpit"),
            ("/p/bj-2025/indicators/T07", "/indicators"),
            ("/p/bj-2025/tasks", "/tasks"),
            ("/p/bj-2025/reports/0199/form", "/reports"),
            ("/p/bj-2025/manage/rulings", "/manage/rulings"),
            ("/p/bj-2025/nowhere/else", "/cockpit"),
            ("/p/bj-2025", "/cockpit"),
            ("/admin/accounts", "/cockpit"),
            ("/", "/cockpit"),
        ] {
            assert_eq!(shared_page(path), page, "{path}");
        }
    }
}
