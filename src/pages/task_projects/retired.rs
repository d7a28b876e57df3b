//! What was taken out of a task's timetable, with the way back.

use leptos::prelude::*;

use super::{Context, hidden, history_of};
use crate::{
    pages::{components::form_for, editing::grounds_fields},
    services::moment::Moment,
    store::timetable::Item,
};

/// The panel; none where nothing is retired.
pub(super) fn retired(context: &Context<'_>) -> Option<AnyView> {
    let (text, lang) = (context.text(), context.visit.lang);
    let gone: Vec<&Item> = context.managed.items.iter().filter(|item| item.retired_at.is_some()).collect();
    if gone.is_empty() {
        return None;
    }
    let items = gone
        .into_iter()
        .map(|item| {
            let name = [item.code.as_str(), item.name(lang)].join(" ");
            let day = item.retired_at.map(|at| Moment(at).date_in(&context.plan.time_zone).to_string());
            view! {
                <li>
                    {text.item_kind(item.kind)} {text.manage_colon()} {name.trim().to_owned()} " "
                    <small class="soft">{day}</small>
                    {history_of(context, item, name.trim())} {revive_form(context, item)}
                </li>
            }
        })
        .collect_view();
    Some(
        view! {
            <section class="panel">
                <h2>{text.projects_retired_list()}</h2>
                <ul class="item-list">{items}</ul>
            </section>
        }
        .into_any(),
    )
}

/// The form that takes a retired one back; a milestone whose project is retired comes back with that.
fn revive_form(context: &Context<'_>, item: &Item) -> Option<AnyView> {
    let text = context.text();
    if let Some(project) = &item.project_id
        && context.managed.items.iter().any(|other| other.id == *project && other.retired_at.is_some())
    {
        return None;
    }
    let form = form_for(context.visit, "revive_timetable_item", item.id.as_str());
    let open = form.came_back();
    let content = view! {
        {hidden(context)}
        <p class="hint">{text.projects_revive_hint()}</p>
        {grounds_fields(&form)}
        <div class="buttons">
            <button type="submit" class="secondary">{text.projects_revive_save()}</button>
        </div>
    };
    let view = view! {
        <details open=open>
            <summary>{text.projects_revive(item.name(context.visit.lang))}</summary>
            {form.view("", content)}
        </details>
    };
    Some(view.into_any())
}
