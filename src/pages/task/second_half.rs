//! The second half of the loop on the page of a task: evaluation, feedback, answer, with their forms.

use std::sync::Arc;

use leptos::prelude::*;

use super::Context;
use crate::{
    domain::{
        evaluation::{Assessment, Dimension, NOT_ASSESSED},
        ids::OrganisationId,
        permissions::Permission,
        report::ReportState,
        ring::NotYet,
        words::{FeedbackKind, Grade},
    },
    pages::components::{Choice, Field, Form, area_field, form_for, select_field, text_field},
    services::{
        loops::Loop,
        visit::{Parked, Visit},
    },
    store::{
        evaluations::{Evaluation, Feedback},
        periods::Obligation,
    },
    web::forms::parked_value,
};

const DIMENSIONS: [Dimension; 4] = [Dimension::Progress, Dimension::Quality, Dimension::Effect, Dimension::Satisfaction];

fn names_of(context: &Context<'_>, shown: &Loop, organisations: &[OrganisationId]) -> String {
    let names: Vec<&str> = organisations.iter().map(|one| shown.name_of(one, context.visit.lang)).collect();
    context.visit.text().name_list(&names, 20)
}

/// What somebody typed into a form that is gone from the page because a colleague was first.
fn superseded(visit: &Visit, form: &str, fields: &[(String, String)]) -> Option<impl IntoView + use<>> {
    let text = visit.text();
    let parked: Arc<Parked> = visit.parked(form)?;
    let kept: Vec<AnyView> = fields
        .iter()
        .filter_map(|(name, label)| {
            let value = parked_value(&parked, name).filter(|value| !value.is_empty())?;
            let label = label.clone();
            Some(
                view! {
                    <div>
                        <dt>{label}</dt>
                        <dd>{value}</dd>
                    </div>
                }
                .into_any(),
            )
        })
        .collect();
    Some(view! {
        <div class="notice warn" role="alert">
            <p>
                <b>{text.superseded_title()}</b>
                " "
                {text.superseded_lead()}
            </p>
            <dl class="kv">{kept}</dl>
        </div>
    })
}

/// The evaluation, its form, or why it has to wait.
pub(super) fn evaluation_panel(context: &Context<'_>, shown: &Loop) -> AnyView {
    let text = context.visit.text();
    let content = match (&shown.evaluation, shown.evaluated_at) {
        (Some(evaluation), _) => evaluation_view(context, shown, evaluation),
        (None, Some(_)) => view! { <p class="soft">{text.evaluation_hidden()}</p> }.into_any(),
        (None, None) if context.visit.may(Permission::Evaluate) => match shown.may_evaluate() {
            Ok(missing) => evaluation_form(context, shown, &missing),
            Err(wait) => evaluation_wait(context, shown, &wait),
        },
        (None, None) => view! { <p class="soft">{text.evaluation_not_yet()}</p> }.into_any(),
    };
    view! {
        <section class="panel">
            <h2>{text.task_panel_evaluation()}</h2>
            {content}
        </section>
    }
    .into_any()
}

fn evaluation_wait(context: &Context<'_>, shown: &Loop, wait: &NotYet) -> AnyView {
    let text = context.visit.text();
    let names = names_of(context, shown, &wait.missing);
    let until = wait.until.map(|until| text.evaluation_wait_until(&until.to_string()));
    view! {
        <p>{text.evaluation_wait(&names)}</p>
        <p class="soft">{until}</p>
    }
    .into_any()
}

fn evaluation_view(context: &Context<'_>, shown: &Loop, evaluation: &Evaluation) -> AnyView {
    let text = context.visit.text();
    let rows: Vec<AnyView> = evaluation.grades.0.iter().map(|assessment| assessment_row(context, assessment)).collect();
    let link = (!evaluation.effect_link.is_empty()).then(|| {
        let link = evaluation.effect_link.clone();
        view! {
            <div>
                <dt>{text.evaluation_effect_link()}</dt>
                <dd>{link}</dd>
            </div>
        }
    });
    let missing = (!evaluation.missing.0.is_empty()).then(|| {
        let names = names_of(context, shown, &evaluation.missing.0);
        view! { <p class="notice warn">{text.evaluation_missing(&names)}</p> }
    });
    let labels: Vec<(String, String)> = DIMENSIONS
        .into_iter()
        .flat_map(|dimension| {
            let name = text.dimension(dimension);
            [
                (format!("{dimension}_grade"), format!("{name} · {}", text.evaluation_grade())),
                (format!("{dimension}_reason"), format!("{name} · {}", text.evaluation_reason())),
            ]
        })
        .chain([("effect_link".to_owned(), text.evaluation_effect_link().to_owned())])
        .collect();
    let lost = superseded(context.visit, &format!("evaluate_task:{}", shown.period.code), &labels);
    let by = text.evaluation_by(&evaluation.evaluator, &context.day(evaluation.evaluated_at));
    view! {
        {lost}
        {missing}
        <dl class="kv">{rows} {link}</dl>
        <p class="note">{by}</p>
    }
    .into_any()
}

fn assessment_row(context: &Context<'_>, assessment: &Assessment) -> AnyView {
    let text = context.visit.text();
    let class = match assessment.grade {
        Some(Grade::A | Grade::B) => "badge green",
        Some(Grade::C) => "badge yellow",
        Some(Grade::D) => "badge red",
        None => "badge grey",
    };
    view! {
        <div>
            <dt>{text.dimension(assessment.dimension)}</dt>
            <dd>
                <span class=class>{text.grade(assessment.grade)}</span>
                " "
                {assessment.reason.clone()}
            </dd>
        </div>
    }
    .into_any()
}

fn hidden_key(context: &Context<'_>, shown: &Loop) -> impl IntoView + use<> {
    let (plan, task, period) = (context.plan.code.clone(), context.found.judged.task.code.clone(), shown.period.code.clone());
    view! {
        <input type="hidden" name="plan" value=plan />
        <input type="hidden" name="task" value=task />
        <input type="hidden" name="period" value=period />
    }
}

fn evaluation_form(context: &Context<'_>, shown: &Loop, missing: &[OrganisationId]) -> AnyView {
    let text = context.visit.text();
    let form = form_for(context.visit, "evaluate_task", &shown.period.code);
    let codes: Vec<&str> = context.found.judged.indicators.iter().map(|indicator| indicator.code.as_str()).collect();
    let link_hint = match codes.as_slice() {
        [] => text.evaluation_link_hint_evidence().to_owned(),
        codes => text.evaluation_link_hint_indicators(&codes.join(text.loop_name_separator())),
    };
    let groups: Vec<AnyView> = DIMENSIONS.into_iter().map(|dimension| dimension_fields(&form, dimension, &link_hint)).collect();
    let warning = (!missing.is_empty()).then(|| {
        let names = names_of(context, shown, missing);
        view! {
            <p class="notice warn">
                <b>{text.evaluation_missing_title()}</b>
                " "
                {text.evaluation_missing_now(&names)}
            </p>
        }
    });
    let content = view! {
        {hidden_key(context, shown)}
        {groups}
        <p class="hint">{text.evaluation_final()}</p>
        <div class="buttons">
            <button type="submit" class="primary">
                {text.evaluation_submit()}
            </button>
        </div>
    };
    view! {
        {warning}
        {form.view("", content)}
    }
    .into_any()
}

fn dimension_fields(form: &Form, dimension: Dimension, link_hint: &str) -> AnyView {
    let text = form.text();
    let grades = [Grade::A, Grade::B, Grade::C, Grade::D].map(|grade| Choice::new(grade.as_str(), text.grade(Some(grade))));
    let choices: Vec<Choice> = grades.into_iter().chain([Choice::new(NOT_ASSESSED, text.grade(None))]).collect();
    let (grade, reason) = (format!("{dimension}_grade"), format!("{dimension}_reason"));
    let link = (dimension == Dimension::Effect).then(|| {
        let field =
            Field { name: "effect_link", label: text.evaluation_effect_link(), hint: link_hint, optional: true, ..Field::default() };
        text_field(form, field)
    });
    view! {
        <fieldset class="group">
            <legend>{text.dimension(dimension)}</legend>
            {select_field(form, Field { name: &grade, label: text.evaluation_grade(), ..Field::default() }, &choices)}
            {area_field(
                form,
                Field { name: &reason, label: text.evaluation_reason(), hint: text.evaluation_reason_hint(), ..Field::default() },
                2,
            )} {link}
        </fieldset>
    }
    .into_any()
}

/// Feedback to each organisation, with its form, its answer, and the form of the answer.
pub(super) fn feedback_panel(context: &Context<'_>, shown: &Loop) -> AnyView {
    let text = context.visit.text();
    let visible: Vec<&Obligation> = shown.obligations.iter().filter(|owed| context.may_see(owed)).collect();
    let content = if shown.evaluated_at.is_none() {
        view! { <p class="soft">{text.feedback_after_evaluation()}</p> }.into_any()
    } else if visible.is_empty() {
        view! { <p class="soft">{text.feedback_hidden()}</p> }.into_any()
    } else {
        visible.into_iter().map(|owed| feedback_entry(context, shown, owed)).collect::<Vec<AnyView>>().into_any()
    };
    view! {
        <section class="panel" id="feedback">
            <h2>{text.task_panel_feedback()}</h2>
            {content}
        </section>
    }
    .into_any()
}

fn feedback_entry(context: &Context<'_>, shown: &Loop, owed: &Obligation) -> AnyView {
    let text = context.visit.text();
    let given = shown.feedbacks.iter().find(|given| given.organisation_id == owed.organisation_id);
    let content = match given {
        Some(given) => feedback_view(context, shown, owed, given),
        None if context.visit.may(Permission::Evaluate) => feedback_form(context, shown, owed),
        None => view! { <p class="soft">{text.feedback_none_yet()}</p> }.into_any(),
    };
    let badge = given.map(|given| {
        let class = if given.closed_at.is_some() { "badge green" } else { "badge yellow" };
        view! { <span class=class>{text.feedback_kind(given.kind)}</span> }
    });
    view! {
        <div class="entry">
            <div class="entry-head">
                <h3>{owed.organisation(context.visit.lang).to_owned()}</h3>
                {badge}
            </div>
            {content}
        </div>
    }
    .into_any()
}

fn feedback_view(context: &Context<'_>, shown: &Loop, owed: &Obligation, given: &Feedback) -> AnyView {
    let text = context.visit.text();
    let words = (!given.text.is_empty()).then(|| {
        let words = given.text.clone();
        view! { <blockquote>{words}</blockquote> }
    });
    let answer = given.answer.clone().map(|answer| {
        let who = given.answerer.clone().unwrap_or_default();
        let day = given.answered_at.map(|at| context.day(at)).unwrap_or_default();
        view! {
            <li class="ok">
                <span class="who">{text.feedback_answered_by(&who, &day)}</span>
                <div class="what">
                    <blockquote>{answer}</blockquote>
                </div>
            </li>
        }
    });
    let state = match given.closed_at {
        Some(_) => view! { <p class="note">{text.feedback_closed()}</p> }.into_any(),
        None => view! { <p class="note">{text.feedback_open(&shown.period.answer_due.to_string())}</p> }.into_any(),
    };
    let may_answer = given.closed_at.is_none() && given.kind == FeedbackKind::Advice && context.reports_for(owed);
    let form = may_answer.then(|| answer_form(context, given));
    let fields = [("text".to_owned(), text.feedback_text().to_owned())];
    let lost = superseded(context.visit, &format!("give_feedback:{}", owed.organisation_id), &fields);
    let fields = [("answer".to_owned(), text.feedback_answer().to_owned())];
    let lost_answer = (!may_answer).then(|| superseded(context.visit, &format!("answer_feedback:{}", given.id), &fields)).flatten();
    let by = text.feedback_given_by(&given.giver, &context.day(given.given_at));
    view! {
        {lost}
        {lost_answer}
        <ol class="timeline">
            <li>
                <span class="who">{by}</span>
                <div class="what">{words}</div>
            </li>
            {answer}
        </ol>
        {state}
        {form}
    }
    .into_any()
}

fn answer_form(context: &Context<'_>, given: &Feedback) -> AnyView {
    let text = context.visit.text();
    let form = form_for(context.visit, "answer_feedback", given.id.as_str());
    let field = Field { name: "answer", label: text.feedback_answer(), hint: text.feedback_answer_hint(), ..Field::default() };
    let content = view! {
        {area_field(&form, field, 4)}
        <div class="buttons">
            <button type="submit" class="primary">
                {text.feedback_answer_submit()}
            </button>
        </div>
    };
    form.view("", content).into_any()
}

fn feedback_form(context: &Context<'_>, shown: &Loop, owed: &Obligation) -> AnyView {
    let text = context.visit.text();
    let form = form_for(context.visit, "give_feedback", owed.organisation_id.as_str());
    let accepted = owed.state == Some(ReportState::Accepted);
    let kinds: &[FeedbackKind] = if accepted { &[FeedbackKind::Acknowledged, FeedbackKind::Advice] } else { &[FeedbackKind::Advice] };
    let choices: Vec<Choice> = kinds.iter().map(|kind| Choice::new(kind.as_str(), text.feedback_kind(*kind))).collect();
    let hint = if accepted { text.feedback_kind_hint() } else { text.feedback_kind_hint_missing() };
    let kind = Field { name: "kind", label: text.feedback_kind_label(), hint, ..Field::default() };
    let words =
        Field { name: "text", label: text.feedback_text(), hint: text.feedback_text_hint(), optional: accepted, ..Field::default() };
    let submit = text.feedback_submit(owed.organisation(context.visit.lang));
    let content = view! {
        {hidden_key(context, shown)}
        {select_field(&form, kind, &choices)}
        {area_field(&form, words, 3)}
        <div class="buttons">
            <button type="submit" class="primary">
                {submit}
            </button>
        </div>
    };
    form.view("", content).into_any()
}
