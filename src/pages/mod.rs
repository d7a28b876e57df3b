//! Pages, rendered on the server only. Invariant: a page reads through services and decides nothing.
//!
//! To add a page: a file here with a component that calls [`load`], a `<Route>` below, a line in `web::registry`.

mod account;
mod accounts;
mod assignments;
mod audit;
mod cockpit;
pub mod components;
mod editing;
mod frame;
mod indicator;
mod indicator_facts;
mod indicator_path;
mod indicator_values;
mod indicators;
mod manage;
mod names;
mod organisations;
mod overview;
mod password;
mod period;
mod periods;
mod pledge_form;
mod pledges;
mod published;
mod report;
mod reports;
mod reviews;
mod roster;
mod rulings;
mod sign_in;
mod target_history;
mod targets;
mod task;
mod task_projects;
mod tasks;
mod tokens;
mod unit;
mod units;

use std::future::Future;

use leptos::prelude::*;
use leptos_meta::{MetaTags, Stylesheet, Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    hooks::use_params_map,
    path,
};

use crate::{
    error::UserError,
    services::{
        ServiceError,
        visit::{PlanHead, SiteFiles, Visit},
    },
};

/// The whole document around a page's content.
pub fn shell(visit: &Visit, content: AnyView) -> impl IntoView + use<> {
    provide_meta_context();
    let site = visit.shared.site.clone();
    let framed = frame::frame(visit, content);
    // A sheet is turned as a whole: what stands above a drawing of the timetable goes onto its sheet.
    let sheet = if tasks::is_drawn(visit) { "landscape" } else { "portrait" };
    view! {
        <!DOCTYPE html>
        <html lang=visit.lang.tag()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                {(!site.css.is_empty()).then(|| view! { <Stylesheet id="style" href=site.css.clone() /> })}
                {hydration(&site)}
                <MetaTags />
            </head>
            <body class=sheet>{framed}</body>
        </html>
    }
}

/// Loads the islands. Leptos builds the names of script and program from one stem.
fn hydration(site: &SiteFiles) -> Option<impl IntoView + use<>> {
    let stem = site.js.strip_prefix("/pkg/")?.strip_suffix(".js")?.to_owned();
    let options = LeptosOptions::builder().output_name(stem).site_pkg_dir("pkg").build();
    Some(view! { <HydrationScripts options islands=true /> })
}

/// The two scripts that Leptos ends every page with. They are constant because no page publishes resource data.
const CLOSING_SCRIPTS: [&str; 2] =
    ["__RESOLVED_RESOURCES=[];__SERIALIZED_ERRORS=[];__PENDING_RESOURCES=[];__RESOURCE_RESOLVERS=[];", "__INCOMPLETE_CHUNKS=[];"];

/// Every inline script of every page, for their hashes in the content security policy.
pub fn inline_scripts(site: &SiteFiles) -> Vec<String> {
    let mut scripts: Vec<String> = CLOSING_SCRIPTS.iter().map(|script| (*script).to_owned()).collect();
    scripts.push(bootstrap_script(site));
    scripts
}

fn bootstrap_script(site: &SiteFiles) -> String {
    let owner = Owner::new();
    let html = owner.with(|| hydration(site).map(RenderHtml::to_html).unwrap_or_default());
    let script = html.split_once("<script type=\"module\"").and_then(|(_, rest)| rest.split_once('>'));
    script.and_then(|(_, rest)| rest.split_once("</script>")).map(|(script, _)| script.to_owned()).unwrap_or_default()
}

/// The router of all pages.
#[component]
pub fn App() -> impl IntoView {
    view! {
        <Router>
            <Routes fallback=|| ()>
                <Route path=path!("/sign-in") view=sign_in::SignInPage ssr=SsrMode::Async />
                <Route path=path!("/set-password/:link") view=password::SetPasswordPage ssr=SsrMode::Async />
                <Route path=path!("/password") view=password::PasswordPage ssr=SsrMode::Async />
                <Route path=path!("/p/:plan/cockpit") view=cockpit::CockpitPage ssr=SsrMode::Async />
                <Route path=path!("/p/:plan/indicators") view=indicators::IndicatorsPage ssr=SsrMode::Async />
                <Route path=path!("/p/:plan/indicators/:code") view=indicator::IndicatorPage ssr=SsrMode::Async />
                <Route path=path!("/p/:plan/roster") view=roster::RosterPage ssr=SsrMode::Async />
                <Route path=path!("/p/:plan/roster/:id") view=unit::UnitPage ssr=SsrMode::Async />
                <Route path=path!("/p/:plan/tasks") view=tasks::TasksPage ssr=SsrMode::Async />
                <Route path=path!("/p/:plan/tasks/:code") view=task::TaskPage ssr=SsrMode::Async />
                <Route path=path!("/p/:plan/reports") view=reports::ReportsPage ssr=SsrMode::Async />
                <Route path=path!("/p/:plan/reports/:id") view=report::ReportPage ssr=SsrMode::Async />
                <Route path=path!("/p/:plan/reviews") view=reviews::ReviewsPage ssr=SsrMode::Async />
                <Route path=path!("/p/:plan/periods") view=periods::PeriodsPage ssr=SsrMode::Async />
                <Route path=path!("/p/:plan/periods/:id") view=period::PeriodPage ssr=SsrMode::Async />
                <Route path=path!("/p/:plan/manage") view=manage::ManagePage ssr=SsrMode::Async />
                <Route path=path!("/p/:plan/manage/assignments") view=assignments::AssignmentsPage ssr=SsrMode::Async />
                <Route path=path!("/p/:plan/manage/units") view=units::UnitsPage ssr=SsrMode::Async />
                <Route path=path!("/p/:plan/manage/names") view=names::NamesPage ssr=SsrMode::Async />
                <Route path=path!("/p/:plan/manage/rulings") view=rulings::RulingsPage ssr=SsrMode::Async />
                <Route path=path!("/p/:plan/manage/plan") view=editing::PlanPage ssr=SsrMode::Async />
                <Route path=path!("/p/:plan/manage/areas") view=editing::AreasPage ssr=SsrMode::Async />
                <Route path=path!("/p/:plan/manage/indicators") view=editing::IndicatorsPage ssr=SsrMode::Async />
                <Route path=path!("/p/:plan/manage/tasks") view=editing::TasksPage ssr=SsrMode::Async />
                <Route path=path!("/p/:plan/manage/files") view=editing::FilesPage ssr=SsrMode::Async />
                <Route path=path!("/p/:plan/manage/targets") view=targets::TargetsPage ssr=SsrMode::Async />
                <Route path=path!("/p/:plan/manage/targets/:code") view=targets::TargetPage ssr=SsrMode::Async />
                <Route path=path!("/p/:plan/pledges") view=pledges::PledgesPage ssr=SsrMode::Async />
                <Route path=path!("/p/:plan/manage/pledges") view=pledge_form::ManagePledgesPage ssr=SsrMode::Async />
                <Route path=path!("/p/:plan/manage/tasks/:code/projects") view=task_projects::TaskProjectsPage ssr=SsrMode::Async />
                <Route path=path!("/admin/organisations") view=organisations::OrganisationsPage ssr=SsrMode::Async />
                <Route path=path!("/admin/accounts") view=accounts::AccountsPage ssr=SsrMode::Async />
                <Route path=path!("/admin/accounts/:id") view=account::AccountPage ssr=SsrMode::Async />
                <Route path=path!("/admin/audit") view=audit::AuditPage ssr=SsrMode::Async />
                <Route path=path!("/tokens") view=tokens::TokensPage ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}

/// The request a page is rendered for.
pub fn use_visit() -> Visit {
    expect_context()
}

/// A parameter of the path.
pub fn path_parameter(name: &str) -> String {
    use_params_map().with_untracked(|params| params.get(name).unwrap_or_default())
}

/// What a page is made of: its title in the browser's tab, and its content.
pub struct Page {
    /// The title, without the product's name.
    pub title: String,
    /// The content of `<main>`.
    pub body: AnyView,
}

/// Renders a page from what `work` reads; a refusal becomes the error page with its status.
///
/// `work` runs once: it stands in a bare `Suspend`, which the server awaits before it answers.
pub fn load<Working>(work: Working) -> impl IntoView
where
    Working: Future<Output = Result<Page, ServiceError>> + Send + 'static,
{
    let visit = use_visit();
    Suspend::new(async move {
        match work.await {
            Ok(page) => show(&visit, page),
            Err(error) => {
                let error = UserError::from(error);
                if let (Some(options), Ok(status)) =
                    (use_context::<leptos_axum::ResponseOptions>(), axum::http::StatusCode::from_u16(error.status()))
                {
                    options.set_status(status);
                }
                show(&visit, error_page(&visit, &error))
            }
        }
    })
}

/// Renders a page of a plan: reads its code from the path and hands the plan on.
pub fn load_plan<Load, Working>(work: Load) -> impl IntoView
where
    Load: FnOnce(Visit, PlanHead) -> Working,
    Working: Future<Output = Result<Page, ServiceError>> + Send + 'static,
{
    let visit = use_visit();
    let plan = visit.plan(&path_parameter("plan"));
    let working = plan.map(|plan| work(visit, plan));
    load(async move { working?.await })
}

fn show(visit: &Visit, page: Page) -> AnyView {
    let title = format!("{} · {}", page.title, visit.text().product());
    view! {
        <Title text=title />
        {page.body}
    }
    .into_any()
}

fn error_page(visit: &Visit, error: &UserError) -> Page {
    let text = visit.text();
    let (title, lead) = match error {
        UserError::Internal => (text.internal_title(), text.internal_lead().to_owned()),
        UserError::NotFound => (text.not_found_title(), text.not_found_lead().to_owned()),
        other => (text.problem_title(), text.user_error(other)),
    };
    let number = matches!(error, UserError::Internal).then(|| view! { <p>{text.request_number(&visit.request_id)}</p> });
    let form = matches!(error, UserError::FormTooLong { .. }).then(|| {
        view! {
            <p>
                <a href=visit.address.clone()>{text.back_to_form()}</a>
            </p>
        }
    });
    let body = view! {
        <div class="page-head">
            <h1>{title}</h1>
            <p class="lead">{lead}</p>
            {number}
            {form}
            <p>
                <a href="/">{text.back_home()}</a>
            </p>
        </div>
    };
    Page { title: title.to_owned(), body: body.into_any() }
}

/// The page for a request that was refused before any page ran.
#[component]
pub fn ErrorPage(
    /// Why.
    error: UserError,
) -> impl IntoView {
    let visit = use_visit();
    show(&visit, error_page(&visit, &error))
}
