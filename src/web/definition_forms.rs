//! The forms of a plan, its indicators and its tasks as what services take. Invariant: creating and changing read the same fields.

use crate::{
    api::Fields,
    services::editing::{Grounds, IndicatorInput, PlanInput, TargetInput, TaskInput},
};

fn read_text(form: &Fields, name: &str) -> String {
    form.get(name).to_owned()
}

fn read_ticked(form: &Fields, prefix: &str) -> Vec<String> {
    form.ticked(prefix).into_iter().map(str::to_owned).collect()
}

fn read_grounds(form: &Fields) -> Grounds {
    Grounds { reason: read_text(form, "reason"), document: read_text(form, "document") }
}

/// A plan as it was typed; code and days count only where it is created.
pub fn read_plan_form(form: &Fields) -> PlanInput {
    let text = |name| read_text(form, name);
    PlanInput {
        seen: text("seen"),
        code: text("code"),
        starts_on: text("starts_on"),
        ends_on: text("ends_on"),
        name_zh: text("name_zh"),
        name_en: text("name_en"),
        short_zh: text("short_zh"),
        short_en: text("short_en"),
        issuer_zh: text("issuer_zh"),
        issuer_en: text("issuer_en"),
        cadence: text("cadence"),
        grounds: read_grounds(form),
    }
}

/// An indicator as it was typed; its target counts only where it is created.
pub fn read_indicator_form(form: &Fields) -> IndicatorInput {
    let text = |name| read_text(form, name);
    IndicatorInput {
        seen: text("seen"),
        code: text("code"),
        area: text("area"),
        name_zh: text("name_zh"),
        name_en: text("name_en"),
        unit_zh: text("unit_zh"),
        unit_en: text("unit_en"),
        source_zh: text("source_zh"),
        measure: text("measure"),
        direction: text("direction"),
        scale: text("scale"),
        fraction: form.is_on("fraction"),
        needs_stage_ruling: form.is_on("needs_stage_ruling"),
        counts: read_ticked(form, "counts."),
        tasks: read_ticked(form, "tasks."),
        target: TargetInput {
            wording_zh: text("wording"),
            wording_en: text("wording_en"),
            form: text("form"),
            n: text("n"),
            high: text("high"),
            target_on: text("target_on"),
        },
        grounds: read_grounds(form),
    }
}

/// A task as it was typed.
pub fn read_task_form(form: &Fields) -> TaskInput {
    let text = |name| read_text(form, name);
    TaskInput {
        seen: text("seen"),
        code: text("code"),
        area: text("area"),
        title_zh: text("title_zh"),
        title_en: text("title_en"),
        deliverable_zh: text("deliverable_zh"),
        deliverable_en: text("deliverable_en"),
        effect_zh: text("effect_zh"),
        effect_en: text("effect_en"),
        source_zh: text("source_zh"),
        indicators: read_ticked(form, "indicators."),
        grounds: read_grounds(form),
    }
}
