//! The roster: every named unit the plan counts or has on its way, by filter and search.

use leptos::prelude::*;

use super::{
    Page,
    components::{AsOf, pager},
    load_plan,
};
use crate::{
    domain::{
        permissions::Permission,
        words::{Level, Stage},
    },
    i18n::Text,
    services::{
        roster_view::{ListedUnit, RosterPage as Contents, RosterQuery, SpanMeasure, read_roster},
        visit::{PlanHead, Visit},
    },
};

/// The page.
#[component]
pub fn RosterPage() -> impl IntoView {
    load_plan(|visit, plan| async move {
        let text = visit.text();
        let as_of = AsOf::read(&visit, &plan);
        let query = RosterQuery::read(&visit);
        let contents = read_roster(&visit.shared, &plan, as_of.clocks(), &query).await?;
        let address = Address { plan: &plan, as_of: &as_of, query: &query };
        let kept = address.pairs(None);
        let body = view! {
            <div class="page-head">
                <h1>{text.roster_title()}</h1>
                <div class="actions">{as_of.form(text, plan.path("/roster"), &kept)}</div>
                <p class="lead">{if contents.more { text.roster_lead_more(contents.total) } else { text.roster_lead(contents.total) }}</p>
            </div>
            {as_of.note(text, contents.view.entries_since)}
            {search(text, &address)}
            {filters(text, &address, &contents)}
            {active_filters(text, &address, &contents)}
            <section class="panel">
                <div class="panel-head">
                    <h2>{if contents.more { text.roster_found_more(contents.total) } else { text.roster_found(contents.total) }}</h2>
                    {(contents.total > 0).then(|| view! { <a class="no-print" href=address.download()>{text.roster_download()}</a> })}
                </div>
                {contents.more.then(|| view! { <p class="notice">{text.roster_more(contents.total)}</p> })}
                {table(&visit, &address, &contents)}
                {pager(text, contents.page, contents.pages, contents.total, |page| address.with("page", &page.to_string()))}
            </section>
        };
        Ok(Page { title: text.roster_title().to_owned(), body: body.into_any() })
    })
}

/// The address of the list with one of its filters changed.
struct Address<'a> {
    plan: &'a PlanHead,
    as_of: &'a AsOf,
    query: &'a RosterQuery,
}

impl Address<'_> {
    /// The filters as parameters, without one of them. What narrows an indicator goes with it.
    fn pairs(&self, without: Option<&str>) -> Vec<(&'static str, String)> {
        let goes = |name: &str| without == Some(name) || (without == Some("indicator") && name == "measure");
        self.query.pairs().into_iter().filter(|(name, _)| !goes(name)).collect()
    }

    fn with(&self, name: &'static str, value: &str) -> String {
        let mut pairs = self.pairs(Some(name));
        if !value.is_empty() {
            pairs.push((name, value.to_owned()));
        }
        self.link("/roster", pairs)
    }

    fn link(&self, rest: &str, pairs: Vec<(&'static str, String)>) -> String {
        let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
        let rest = if query.is_empty() { rest.to_owned() } else { format!("{rest}?{query}") };
        self.as_of.link(self.plan, &rest)
    }

    /// The same list as a table to keep.
    fn download(&self) -> String {
        self.link("/roster.csv", self.pairs(None))
    }

    fn is_filtered(&self) -> bool {
        !self.pairs(None).is_empty()
    }
}

fn search(text: Text, address: &Address<'_>) -> AnyView {
    let mut kept = address.pairs(Some("q"));
    kept.extend(address.as_of.parameters());
    let hidden = kept.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view();
    view! {
        <form method="get" action=address.plan.path("/roster") role="search" class="as-of no-print">
            {hidden} <div class="field">
                <label for="roster-search">{text.roster_search()}</label>
                <p class="hint" id="roster-search-hint">
                    {text.roster_search_hint()}
                </p>
                <div class="as-of-row">
                    <input
                        id="roster-search"
                        name="q"
                        type="search"
                        value=address.query.words.clone()
                        autocomplete="off"
                        aria-describedby="roster-search-hint"
                    />
                    <button type="submit" class="secondary">
                        {text.roster_find()}
                    </button>
                </div>
            </div>
        </form>
    }
    .into_any()
}

/// One row of filter links: all, and each value.
fn filter(
    text: Text,
    address: &Address<'_>,
    name: &'static str,
    label: &'static str,
    chosen: &str,
    values: Vec<(String, String)>,
) -> AnyView {
    let all = chosen.is_empty().then_some("true");
    let links = values
        .into_iter()
        .map(|(value, words)| {
            let current = (value == chosen).then_some("true");
            view! {
                <a href=address.with(name, &value) aria-current=current>
                    {words}
                </a>
            }
        })
        .collect_view();
    view! {
        <nav class="filters no-print" aria-label=label>
            <span>{label}</span>
            <a href=address.with(name, "") aria-current=all>
                {text.all()}
            </a>
            {links}
        </nav>
    }
    .into_any()
}

fn filters(text: Text, address: &Address<'_>, contents: &Contents) -> AnyView {
    let query = address.query;
    let kinds = contents.kinds.iter().map(|kind| (kind.to_string(), text.unit_kind(*kind).to_owned())).collect();
    let levels = Level::ALL.iter().map(|level| (level.to_string(), text.level(*level).to_owned())).collect();
    let stages = Stage::ALL.iter().map(|stage| (stage.to_string(), text.stage(*stage).to_owned())).collect();
    let districts: Vec<_> = contents.districts.iter().map(|district| (district.clone(), district.clone())).collect();
    let indicators = contents.view.indicators.iter();
    let indicators = indicators.map(|row| (row.code.clone(), format!("{} {}", row.code, row.name(text.lang)))).collect();
    let word = |word: Option<&str>| word.unwrap_or_default().to_owned();
    let more = [&query.indicator, &query.district, &query.recognition].into_iter().any(Option::is_some) || query.level.is_some();
    let recognitions = contents.recognitions.iter().filter(|kind| query.kind.is_none_or(|asked| asked == kind.unit_kind));
    let recognitions = recognitions.map(|kind| (kind.code.clone(), text.lang.pick(&kind.name_zh, &kind.name_en).to_owned())).collect();
    let measures = [SpanMeasure::Counted, SpanMeasure::Pipeline];
    let measures = measures.map(|measure| (measure.to_string(), measure_word(text, measure).to_owned())).to_vec();
    let measure = query.measure.map_or("", SpanMeasure::as_str);
    let by_measure = (query.indicator.is_some() && address.as_of.known_at.is_none())
        .then(|| filter(text, address, "measure", text.roster_filter_measure(), measure, measures));
    let by_district = (!districts.is_empty())
        .then(|| filter(text, address, "district", text.roster_filter_district(), &word(query.district.as_deref()), districts));
    view! {
        <div class="stack-y">
            {filter(
                text,
                address,
                "kind",
                text.roster_filter_kind(),
                &word(query.kind.map(crate::domain::words::UnitKind::as_str)),
                kinds,
            )} {filter(text, address, "stage", text.roster_filter_stage(), &word(query.stage.map(Stage::as_str)), stages)}
            <details class="no-print" open=more>
                <summary>{text.roster_more_filters()}</summary>
                <div class="stack-y">
                    {filter(
                        text,
                        address,
                        "recognition",
                        text.roster_filter_recognition(),
                        &word(query.recognition.as_deref()),
                        recognitions,
                    )}
                    {filter(text, address, "level", text.roster_filter_level(), &word(query.level.map(Level::as_str)), levels)}
                    {by_district}
                    {filter(
                        text,
                        address,
                        "indicator",
                        text.roster_filter_indicator(),
                        &word(query.indicator.as_deref()),
                        indicators,
                    )}
                    {by_measure}
                </div>
            </details>
        </div>
    }
    .into_any()
}

const fn measure_word(text: Text, measure: SpanMeasure) -> &'static str {
    match measure {
        SpanMeasure::Counted => text.roster_measure_counted(),
        SpanMeasure::Pipeline => text.roster_measure_pipeline(),
    }
}

/// What is filtered by, each with the link that takes it away.
fn active_filters(text: Text, address: &Address<'_>, contents: &Contents) -> Option<AnyView> {
    if !address.is_filtered() {
        return None;
    }
    let items = address
        .pairs(None)
        .into_iter()
        .map(|(name, value)| {
            let (label, words) = name_filter(text, address.query, contents, name, value);
            // What is seen stands in the name, so that it can be spoken.
            let remove = format!("{label}{}{words} × {}", text.manage_colon(), text.roster_remove());
            view! {
                <a class="tag" href=address.with(name, "") aria-label=remove>
                    {label}
                    {text.manage_colon()}
                    {words}
                    <span class="no-print">" ×"</span>
                </a>
                " "
            }
        })
        .collect_view();
    Some(
        view! {
            <p class="tags" role="group" aria-label=text.roster_active()>
                {text.roster_active()}
                " "
                {items}
                <a class="no-print" href=address.as_of.link(address.plan, "/roster")>
                    {text.roster_clear()}
                </a>
            </p>
        }
        .into_any(),
    )
}

/// A filter and its value in words.
fn name_filter(text: Text, query: &RosterQuery, contents: &Contents, name: &str, value: String) -> (&'static str, String) {
    match name {
        "kind" => (text.roster_filter_kind(), query.kind.map_or(value, |kind| text.unit_kind(kind).to_owned())),
        "recognition" => {
            let found = contents.recognitions.iter().find(|kind| kind.code == value);
            (text.roster_filter_recognition(), found.map_or(value, |kind| text.lang.pick(&kind.name_zh, &kind.name_en).to_owned()))
        }
        "level" => (text.roster_filter_level(), query.level.map_or(value, |level| text.level(level).to_owned())),
        "stage" => (text.roster_filter_stage(), query.stage.map_or(value, |stage| text.stage(stage).to_owned())),
        "district" => (text.roster_filter_district(), value),
        "holder" => {
            let words = contents.holder.as_ref().map_or(value, |(zh, en)| text.lang.pick(zh, en).to_owned());
            (text.roster_filter_holder(), words)
        }
        "indicator" => {
            let found = contents.view.indicator(&value).map(|row| format!("{} {}", row.code, row.name(text.lang)));
            (text.roster_filter_indicator(), found.unwrap_or(value))
        }
        "measure" => (text.roster_filter_measure(), query.measure.map_or(value, |measure| measure_word(text, measure).to_owned())),
        _ => (text.roster_search_label(), value),
    }
}

fn table(visit: &Visit, address: &Address<'_>, contents: &Contents) -> AnyView {
    let text = visit.text();
    if contents.units.is_empty() {
        return nothing(visit, address).into_any();
    }
    let rows = contents.units.iter().map(|unit| row(text, address, unit)).collect_view();
    view! {
        <div class="scroll-x" tabindex="0" role="region" aria-label=text.roster_title()>
            <table class="data stack dense">
                <caption class="visually-hidden">{text.roster_title()}</caption>
                <thead>
                    <tr>
                        <th scope="col">{text.listed_name()}</th>
                        <th scope="col">{text.roster_kind()}</th>
                        <th scope="col">{text.listed_holder()}</th>
                        <th scope="col">{text.roster_district()}</th>
                        <th scope="col">{text.roster_standing()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn nothing(visit: &Visit, address: &Address<'_>) -> AnyView {
    let text = visit.text();
    let (title, lead) =
        if address.is_filtered() { (text.roster_none(), text.roster_none_lead()) } else { (text.roster_empty(), text.roster_empty_lead()) };
    let action = if address.is_filtered() {
        Some((address.as_of.link(address.plan, "/roster"), text.roster_clear()))
    } else {
        visit.may(Permission::ManagePlans).then(|| (address.plan.path("/manage/units"), text.roster_record()))
    };
    let action = action.map(|(href, words)| {
        view! {
            <p class="actions">
                <a class="button" href=href>
                    {words}
                </a>
            </p>
        }
    });
    view! {
        <div class="empty">
            <strong>{title}</strong>
            <p>{lead}</p>
            {action}
        </div>
    }
    .into_any()
}

fn row(text: Text, address: &Address<'_>, listed: &ListedUnit) -> AnyView {
    let unit = &listed.unit;
    let standings = listed
        .standings
        .iter()
        .map(|standing| {
            let level = standing.level.map(|level| text.level(level));
            view! {
                <p>
                    {level} {text.lang.pick(&standing.name_zh, &standing.name_en).to_owned()} " "
                    <span class=stage_badge(standing.stage)>{text.stage(standing.stage)}</span> " "
                    <small class="soft nowrap">{standing.on_date.to_string()}</small>
                </p>
            }
        })
        .collect_view();
    view! {
        <tr>
            <th scope="row">
                <a href=address
                    .as_of
                    .link(address.plan, &format!("/roster/{}", unit.id))>{unit.name(text.lang).to_owned()}</a>
                " "
                <i>{unit.code.clone()}</i>
            </th>
            <td data-label=text.roster_kind()>{text.unit_kind(unit.kind)}</td>
            <td data-label=text.listed_holder()>
                <a href=address.with("holder", unit.holder_id.as_str()) title=text.roster_same_holder()>
                    {unit.holder(text.lang).to_owned()}
                </a>
            </td>
            <td data-label=text.roster_district()>{if unit.district.is_empty() { "—".to_owned() } else { unit.district.clone() }}</td>
            <td data-label=text.roster_standing()>{standings}</td>
        </tr>
    }
    .into_any()
}

/// How a stage looks: recognised in green, ends in grey, what is on its way in blue.
pub(super) const fn stage_badge(stage: Stage) -> &'static str {
    match stage {
        Stage::Recognised => "badge green",
        Stage::Nurtured | Stage::Applied | Stage::Approved | Stage::UnderConstruction => "badge blue",
        Stage::NotApproved | Stage::Revoked | Stage::Merged => "badge grey",
    }
}
