//! The page /p/{plan}/manage/indicators: the list, a new indicator (`?new=1`), one indicator with its history (`?edit=CODE`).

use leptos::prelude::*;

use super::parts::{
    Tab, area_choices, buttons, grounds_fields, head, history_panel, line, list_panel, list_row, optional_line, retire_panel, seen_fields,
    state_badge,
};
use crate::{
    domain::{
        calendar::eve,
        number::MAX_SCALE,
        target::TargetKind,
        words::{Direction, Level, Measure},
    },
    pages::{
        Page,
        components::{Choice, Field, Form, checks_field, date_field, form, form::form_for, select_field, text_field},
        load_plan,
    },
    services::{
        ServiceError,
        editing::{Definition, PartKind, read_definition, read_plan_history, write_seen},
        moment::Moment,
        visit::{PlanHead, Visit},
    },
    store::plan_files::IndicatorRow,
};

/// The page.
#[component]
pub fn IndicatorsPage() -> impl IntoView {
    load_plan(|visit, plan| async move {
        let definition = read_definition(&visit.shared.db, &plan).await?;
        if let Some(code) = visit.query("edit") {
            return edit_page(&visit, &plan, &definition, &code).await;
        }
        let text = visit.text();
        if visit.query("new").is_some() {
            return Ok(Page { title: text.edit_new_indicator().to_owned(), body: new_page(&visit, &plan, &definition) });
        }
        let rows = definition.indicators.iter().map(|row| {
            let href = format!("{}?edit={}", Tab::Indicators.href(&plan), row.code);
            list_row(&visit, &plan, href, &row.code, visit.lang.pick(&row.name_zh, &row.name_en), row.retired_at)
        });
        let rows: Vec<AnyView> = rows.collect();
        let retired = definition.indicators.iter().filter(|row| row.is_retired()).count();
        let new = (format!("{}?new=1", Tab::Indicators.href(&plan)), text.edit_new_indicator());
        let body = view! {
            {head(text, &plan, Tab::Indicators, text.edit_tab_indicators(), text.edit_count(rows.len(), retired))}
            {list_panel(text, text.edit_tab_indicators(), new, rows, text.edit_empty_indicators())}
        };
        Ok(Page { title: text.edit_tab_indicators().to_owned(), body: body.into_any() })
    })
}

fn fields(visit: &Visit, form: &Form, definition: &Definition, indicator: Option<&IndicatorRow>) -> AnyView {
    let text = visit.text();
    let value = |read: fn(&IndicatorRow) -> &str| indicator.map_or("", read);
    let area = indicator.map_or("", |row| definition.area_code(&row.area_id));
    view! {
        {select_field(
            form,
            Field { name: "area", label: text.edit_area(), value: area, ..Field::default() },
            &area_choices(visit, definition, area),
        )}
        {line(form, "name_zh", text.edit_name_zh(), value(|row| &row.name_zh))}
        {optional_line(form, "name_en", text.edit_name_en(), value(|row| &row.name_en))}
        {line(form, "unit_zh", text.edit_unit_zh(), value(|row| &row.unit_zh))}
        {optional_line(form, "unit_en", text.edit_unit_en(), value(|row| &row.unit_en))}
        {optional_line(form, "source_zh", text.edit_source(), value(|row| &row.source_zh))}
        {measuring_fields(visit, form, definition, indicator)}
    }
    .into_any()
}

fn measuring_fields(visit: &Visit, form: &Form, definition: &Definition, indicator: Option<&IndicatorRow>) -> AnyView {
    let text = visit.text();
    let measures: Vec<Choice> = Measure::ALL.iter().map(|measure| Choice::new(measure.as_str(), text.measure(*measure))).collect();
    let directions: Vec<Choice> =
        Direction::ALL.iter().map(|direction| Choice::new(direction.as_str(), text.direction(*direction))).collect();
    let scales: Vec<Choice> = (0..=MAX_SCALE).map(|scale| Choice::new(scale.to_string(), scale.to_string())).collect();
    let scale = indicator.map_or_else(|| "0".to_owned(), |row| row.scale.to_string());
    let measure = indicator.map_or("", |row| row.measure.as_str());
    let direction = indicator.map_or("rising", |row| row.direction.as_str());
    let fraction: &[&str] = if indicator.is_some_and(|row| row.fraction == 1) { &[""] } else { &[] };
    let needs_ruling: &[&str] = if indicator.is_some_and(|row| row.needs_stage_ruling == 1) { &[""] } else { &[] };
    let counted = indicator.map(|row| definition.counts_of(&row.id)).unwrap_or_default();
    let counted: Vec<String> = counted
        .into_iter()
        .map(|(recognition, level)| level.map_or_else(|| recognition.clone(), |level| format!("{recognition}/{level}")))
        .collect();
    let counted: Vec<&str> = counted.iter().map(String::as_str).collect();
    view! {
        {select_field(
            form,
            Field { name: "measure", label: text.edit_measure(), hint: text.edit_measure_hint(), value: measure, ..Field::default() },
            &measures,
        )}
        {select_field(form, Field { name: "direction", label: text.edit_direction(), value: direction, ..Field::default() }, &directions)}
        {select_field(
            form,
            Field { name: "scale", label: text.edit_scale(), hint: text.edit_scale_hint(), value: &scale, ..Field::default() },
            &scales,
        )}
        {checks_field(
            form,
            Field { name: "fraction", label: text.edit_fraction_label(), ..Field::default() },
            &[Choice::new("", text.edit_fraction())],
            fraction,
        )}
        {checks_field(
            form,
            Field { name: "needs_stage_ruling", label: text.edit_needs_ruling_label(), ..Field::default() },
            &[Choice::new("", text.edit_needs_ruling())],
            needs_ruling,
        )}
        {checks_field(
            form,
            Field { name: "counts.", label: text.edit_counts(), hint: text.edit_counts_hint(), ..Field::default() },
            &count_choices(visit, definition, &counted),
            &counted,
        )}
    }
    .into_any()
}

/// Each kind of recognition at any level, and by level where some indicator counts it so; what is counted now is always offered.
fn count_choices(visit: &Visit, definition: &Definition, counted: &[&str]) -> Vec<Choice> {
    let text = visit.text();
    let mut choices = Vec::new();
    for kind in &definition.kinds {
        let name = visit.lang.pick(&kind.name_zh, &kind.name_en);
        choices.push(Choice::new(kind.code.as_str(), text.edit_counts_any(name)));
        let levelled = definition.counted.iter().any(|row| row.recognition == kind.code && row.level.is_some());
        for level in Level::ALL {
            let word = format!("{}/{level}", kind.code);
            let usual = matches!(level, Level::National | Level::Municipal);
            if (levelled && usual) || counted.contains(&word.as_str()) {
                choices.push(Choice::new(word, text.edit_counts_level(name, text.level(*level))));
            }
        }
    }
    choices
}

fn new_page(visit: &Visit, plan: &PlanHead, definition: &Definition) -> AnyView {
    let text = visit.text();
    let form = form(visit, "create_indicator");
    let tasks = definition.tasks.iter().filter(|task| task.retired_at.is_none());
    let tasks: Vec<Choice> = tasks
        .map(|task| Choice::new(task.code.as_str(), format!("{} {}", task.code, visit.lang.pick(&task.title_zh, &task.title_en))))
        .collect();
    let content = view! {
        <input type="hidden" name="plan" value=plan.code.clone() />
        {text_field(&form, Field { name: "code", label: text.edit_code(), hint: text.edit_code_hint(), ..Field::default() })}
        {fields(visit, &form, definition, None)}
        {target_fields(&form)}
        {checks_field(
            &form,
            Field { name: "tasks.", label: text.edit_tasks(), hint: text.edit_tasks_hint(), ..Field::default() },
            &tasks,
            &[],
        )}
        {grounds_fields(&form)}
        {buttons(text, text.edit_create(), Tab::Indicators.href(plan))}
    };
    view! {
        {head(text, plan, Tab::Indicators, text.edit_new_indicator(), text.edit_new_lead())}
        <section class="panel no-print">{form.view("", content)}</section>
    }
    .into_any()
}

fn target_fields(form: &Form) -> AnyView {
    let text = form.text();
    let target_on_hint = [text.date_hint(), text.full_stop(), text.edit_target_on_hint()].concat();
    let kinds: Vec<Choice> = TargetKind::ALL.iter().map(|kind| Choice::new(kind.as_str(), text.kind_of_target(*kind))).collect();
    view! {
        <fieldset class="group">
            <legend>{text.edit_target()}</legend>
            <p class="hint">{text.edit_target_lead()}</p>
            {text_field(form, Field { name: "wording", label: text.edit_wording(), hint: text.edit_wording_hint(), ..Field::default() })}
            {optional_line(form, "wording_en", text.edit_wording_en(), "")}
            {select_field(form, Field { name: "form", label: text.edit_form(), ..Field::default() }, &kinds)}
            {optional_line(form, "n", text.edit_n(), "")}
            {text_field(
                form,
                Field { name: "high", label: text.edit_high(), hint: text.edit_high_hint(), optional: true, ..Field::default() },
            )}
            {date_field(
                form,
                Field { name: "target_on", label: text.edit_target_on(), hint: &target_on_hint, optional: true, ..Field::default() },
            )}
        </fieldset>
    }
    .into_any()
}

async fn edit_page(visit: &Visit, plan: &PlanHead, definition: &Definition, code: &str) -> Result<Page, ServiceError> {
    let text = visit.text();
    let indicator = definition.indicator(code)?;
    let seen = write_seen(&definition.indicator_state(indicator))?;
    let part = ("indicator", indicator.id.as_str());
    let history = read_plan_history(&visit.shared.db, plan.id.as_str(), part, &format!("indicator {code}")).await?;
    let form = form_for(visit, "change_indicator", code);
    let content = view! {
        {seen_fields(&form, plan, code, &seen)}
        {fields(visit, &form, definition, Some(indicator))}
        {grounds_fields(&form)}
        {buttons(text, text.save(), Tab::Indicators.href(plan))}
    };
    let title = format!("{code} {}", visit.lang.pick(&indicator.name_zh, &indicator.name_en));
    let tasks = definition.tasks_of(&indicator.id).join(text.manage_separator());
    // What is retired is on no page of today: it is seen as it was known the day before.
    let known = indicator.retired_at.map_or_else(String::new, |at| format!("?known_at={}", eve(Moment(at).date_in(&plan.time_zone))));
    let see = view! { <a href=plan.path(&format!("/indicators/{code}{known}"))>{text.targets_see()}</a> };
    let lead = view! {
        {state_badge(text, plan, indicator.retired_at)}
        " "
        {text.edit_linked_tasks(&tasks)}
        " · "
        {see}
        " · "
        <a href=plan.path(&format!("/manage/rulings?indicator={code}"))>{text.rulings_title()}</a>
    };
    let body = view! {
        {head(text, plan, Tab::Indicators, title.clone(), lead)}
        <div class="cols">
            <section class="panel no-print">
                <div class="panel-head">
                    <h2>{text.edit_change_heading()}</h2>
                </div>
                {form.view("", content)}
            </section>
            <aside>
                {retire_panel(visit, plan, PartKind::Indicator, code, &seen, indicator.is_retired())}
                {history_panel(text, &plan.time_zone, &history)}
            </aside>
        </div>
    };
    Ok(Page { title, body: body.into_any() })
}
