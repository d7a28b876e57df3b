//! The recognitions of a report form: each a unit, new or held already, and the stage it has reached.

use leptos::prelude::*;

use super::editor::{Shown, Typed, choice, files, line};
use crate::{
    domain::{districts::DISTRICTS, report::EntryFields, words::Stage},
    pages::components::label_words,
    services::{
        report_view::Offer,
        roster::{HeldUnit, RecognitionKind},
    },
};

/// All recognitions, and the buttons that add one.
pub fn entries(shown: &Shown<'_>) -> impl IntoView + use<> {
    let text = shown.text;
    let cards = shown.fields.entries.iter().enumerate().map(|(index, entry)| card(shown, index + 1, entry)).collect_view();
    let units = shown
        .view
        .units
        .iter()
        // One whose every step was taken back by a correction goes no further.
        .filter(|unit| !unit.recognitions.is_empty())
        .map(|unit| view! { <option value=unit.id.to_string()>{format!("{}{}", unit.name_zh, text.bracketed(text.unit_kind(unit.kind)))}</option> })
        .collect_view();
    view! {
        <fieldset class="group" id="entries">
            <legend>{label_words(text, text.flow_entries(), true)}</legend>
            <p class="hint" id="f-entries">
                {text.flow_entries_lead()}
            </p>
            {shown.error_at("entries").map(|sentence| view! { <p class="error-text">{sentence}</p> })}
            {shown.fields.entries.is_empty().then(|| view! { <p class="soft">{text.flow_entries_none()}</p> })}
            {cards}
            <div class="buttons" id="entries-end">
                <button type="submit" name="intent" value="add" class="secondary">
                    {text.flow_add_entry()}
                </button>
            </div>
            {(!shown.view.units.is_empty())
                .then(|| {
                    view! {
                        <div class="field">
                            <label for="next-unit">{text.flow_next_unit()}</label>
                            <div class="buttons">
                                <select id="next-unit" name="next_unit">
                                    {units}
                                </select>
                                <button type="submit" name="intent" value="add-unit" class="secondary">
                                    {text.flow_add_step()}
                                </button>
                            </div>
                        </div>
                    }
                })}
        </fieldset>
    }
}

fn card(shown: &Shown<'_>, number: usize, entry: &EntryFields) -> impl IntoView + use<> {
    let text = shown.text;
    let field = |name: &str| format!("entries.{}.{name}", entry.key);
    let held = shown.view.units.iter().find(|unit| unit.id.as_str() == entry.unit_id);
    let legend = match held {
        Some(unit) => text.flow_entry_step(number, &unit.name_zh),
        None => text.flow_entry_new(number),
    };
    let of_unit = match held {
        Some(unit) => history(shown, unit).into_any(),
        None => new_unit(shown, entry).into_any(),
    };
    let remove = format!("remove:{}", entry.key);
    view! {
        <fieldset class="entry">
            <legend>{legend}</legend>
            <input type="hidden" name=field("unit_id") value=entry.unit_id.clone() />
            {of_unit}
            {choice(shown, &field("recognition"), text.flow_recognition(), text.flow_recognition_hint(), offers(shown, entry, held))}
            <div class="field-row">
                {choice(shown, &field("stage"), text.flow_stage(), text.flow_stage_hint(), stages(shown, entry, held.is_some()))}
                {line(shown, Typed::new(&field("stage_date"), text.flow_stage_date(), &entry.stage_date).hint(text.date_hint()), "date")}
                {line(
                    shown,
                    Typed::new(&field("document_number"), text.flow_document_number(), &entry.document_number).hint(text.flow_document_hint()),
                    "",
                )}
            </div>
            {files(shown, &entry.key, text.flow_files(), &field("evidence"))}
            <div class="buttons">
                <button type="submit" name="intent" value=remove class="link danger">
                    {text.flow_remove_entry()}
                </button>
            </div>
        </fieldset>
    }
}

fn new_unit(shown: &Shown<'_>, entry: &EntryFields) -> impl IntoView + use<> {
    let text = shown.text;
    let field = |name: &str| format!("entries.{}.{name}", entry.key);
    let districts = DISTRICTS
        .iter()
        .map(|district| {
            let name = text.lang.pick(district.zh, district.en).to_owned();
            view! { <option value=district.zh selected=district.zh == entry.district>{name}</option> }
        })
        .collect_view();
    let districts = view! {
        <option value="">{text.none()}</option>
        {districts}
    };
    view! {
        {line(shown, Typed::new(&field("name"), text.flow_name(), &entry.name).hint(text.flow_name_hint()), "")}
        <div class="field-row">
            {line(shown, Typed::new(&field("code"), text.flow_code(), &entry.code).optional(), "short")}
            {line(shown, Typed::new(&field("partners"), text.flow_partners(), &entry.partners).optional(), "")}
            {choice(shown, &field("district"), text.flow_district(), "", districts.into_any())}
        </div>
    }
}

fn history(shown: &Shown<'_>, unit: &HeldUnit) -> impl IntoView + use<> {
    let text = shown.text;
    let lines = unit
        .recognitions
        .iter()
        .map(|recognition| {
            let name = offer_name(shown, &recognition.kind, recognition.level.map_or("", |level| text.level(level)));
            let steps: Vec<String> = recognition.steps.iter().map(|step| format!("{} {}", text.stage(step.stage), step.on)).collect();
            view! { <li>{name} {text.manage_colon()} {steps.join(" → ")}</li> }
        })
        .collect_view();
    view! {
        <p class="hint">{text.flow_entry_history()}</p>
        <ul class="hint">{lines}</ul>
    }
}

fn offer_name(shown: &Shown<'_>, code: &str, level: &str) -> String {
    let kind = shown.view.offers.iter().find(|offer| offer.kind.code == code);
    let name = kind.map_or(code, |offer| shown.text.lang.pick(&offer.kind.name_zh, &offer.kind.name_en));
    format!("{level}{name}")
}

fn offers(shown: &Shown<'_>, entry: &EntryFields, held: Option<&HeldUnit>) -> AnyView {
    let text = shown.text;
    let chosen = format!("{}/{}", entry.recognition, entry.level);
    let option = |offer: &Offer| {
        let level = offer.level.map_or("", |level| text.level(level));
        let mark = if offer.of_task { text.bracketed(text.flow_this_task()) } else { String::new() };
        let label = format!("{level}{}{mark}", text.lang.pick(&offer.kind.name_zh, &offer.kind.name_en));
        let value = offer.value();
        view! { <option selected=value == chosen value=value>{label}</option> }
    };
    // A unit that exists can only be recognised as something of its own kind, or as what an indicator sums with it.
    let can_get = |unit: &HeldUnit, kind: &RecognitionKind| shown.view.sums.admits(unit.kind, &kind.code, kind.unit_kind);
    let fitting = shown.view.offers.iter().filter(|offer| held.is_none_or(|unit| can_get(unit, &offer.kind)));
    let options = fitting.map(option).collect_view();
    view! {
        <option value="" selected=entry.recognition.is_empty()>{text.choose()}</option>
        {options}
    }
    .into_any()
}

fn stages(shown: &Shown<'_>, entry: &EntryFields, held: bool) -> AnyView {
    let text = shown.text;
    let options = Stage::ALL
        .iter()
        // A merger needs the unit it goes into, which staff record; a new unit cannot begin with an end.
        .filter(|stage| **stage != Stage::Merged && (held || !stage.is_end()))
        .map(|stage| view! { <option value=stage.as_str() selected=stage.as_str() == entry.stage>{text.stage(*stage)}</option> })
        .collect_view();
    view! {
        <option value="" selected=entry.stage.is_empty()>{text.choose()}</option>
        {options}
    }
    .into_any()
}
