//! The two clocks of a page. Invariant: they are `?as_of=` or today, and `?known_at=` or now; a date that cannot be used is said at its
//! field, and today or now is shown.

use jiff::civil::Date;
use leptos::prelude::*;

use crate::{
    domain::{calendar::parse_date, fields::FieldProblem},
    i18n::{Lang, Text},
    pages::Page,
    services::{
        clocks::Clocks,
        visit::{PlanHead, Visit},
    },
};

/// A day as it was typed into the address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct TypedDay {
    day: Option<Date>,
    typed: String,
    problem: Option<FieldProblem>,
}

impl TypedDay {
    fn read(visit: &Visit, name: &str) -> Self {
        let Some(typed) = visit.query(name) else { return Self::default() };
        match parse_date(&typed) {
            Ok(day) => Self { day: Some(day), typed: day.to_string(), problem: None },
            Err(error) => Self { day: None, typed, problem: Some(FieldProblem::Date(error)) },
        }
    }
}

/// The two clocks of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsOf {
    /// The day that is shown.
    pub date: Date,
    /// The earlier day at whose end everything shown was known; none: now.
    pub known_at: Option<Date>,
    /// Today in the plan's time zone.
    pub today: Date,
    day_field: TypedDay,
    known_field: TypedDay,
}

impl AsOf {
    /// Reads both from the address of a page of a plan.
    pub fn read(visit: &Visit, plan: &PlanHead) -> Self {
        let today = visit.today(plan);
        let as_of = TypedDay::read(visit, "as_of");
        let mut known = TypedDay::read(visit, "known_at");
        match known.day {
            Some(day) if day > today => known = TypedDay { day: None, problem: Some(FieldProblem::DateInFuture { today }), ..known },
            // Today has not ended: what is known of it is what is known now.
            Some(day) if day == today => known = TypedDay::default(),
            _ => {}
        }
        Self { date: as_of.day.unwrap_or(today), known_at: known.day, today, day_field: as_of, known_field: known }
    }

    /// The pair as services take it.
    pub const fn clocks(&self) -> Clocks {
        Clocks { as_of: self.date, known_at: self.known_at }
    }

    /// Whether another day than today is shown.
    pub fn is_another_day(&self) -> bool {
        self.date != self.today
    }

    /// Whether anything but today as known now is shown.
    pub fn is_another_view(&self) -> bool {
        self.is_another_day() || self.known_at.is_some()
    }

    /// The parameters that keep both clocks, for forms beside this one.
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        self.parameters_on(self.date)
    }

    fn parameters_on(&self, date: Date) -> Vec<(&'static str, String)> {
        let as_of = (date != self.today).then(|| ("as_of", date.to_string()));
        as_of.into_iter().chain(self.known_at.map(|day| ("known_at", day.to_string()))).collect()
    }

    /// A path of the plan that keeps both clocks; `rest` may have a query, and ends in its fragment if it has one.
    pub fn link(&self, plan: &PlanHead, rest: &str) -> String {
        self.link_on(plan, rest, self.date)
    }

    /// As [`AsOf::link`], in the plan with a code, which may be another.
    pub fn link_of(&self, plan_code: &str, rest: &str) -> String {
        self.keep_in(&format!("/p/{plan_code}{rest}"), self.date)
    }

    /// As [`AsOf::link`], on another day known at the same time.
    pub fn link_on(&self, plan: &PlanHead, rest: &str, date: Date) -> String {
        self.keep_in(&plan.path(rest), date)
    }

    fn keep_in(&self, path: &str, date: Date) -> String {
        let (path, fragment) = path.split_once('#').map_or((path, String::new()), |(path, part)| (path, format!("#{part}")));
        let mut link = path.to_owned();
        for (name, value) in self.parameters_on(date) {
            link.push(if link.contains('?') { '&' } else { '?' });
            link.push_str(name);
            link.push('=');
            link.push_str(&value);
        }
        link + &fragment
    }

    /// The form that chooses both. `kept` are the other parameters of the page.
    pub fn form(&self, text: Text, action: String, kept: &[(&'static str, String)]) -> AnyView {
        let problem = self.day_field.problem.as_ref().map(|problem| text.field_problem(problem));
        let value = if self.day_field.typed.is_empty() { self.date.to_string() } else { self.day_field.typed.clone() };
        let hidden = kept
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| view! { <input type="hidden" name=*name value=value.clone() /> })
            .collect_view();
        let is_changed = self.is_another_view() || problem.is_some() || self.known_field.problem.is_some();
        let back = is_changed.then(|| view! { <a href=action.clone()>{text.back_to_today()}</a> });
        let class = if problem.is_some() { "field has-error" } else { "field" };
        let invalid = problem.is_some().then_some("true");
        let described = problem.is_some().then_some("as-of-error");
        let show = view! {
            <button type="submit" class="secondary">
                {text.show_as_of()}
            </button>
            {back}
        };
        // Where both fields are open the button comes after both.
        let (beside, below) = if self.knows() { (None, Some(view! { <div class="as-of-row">{show}</div> })) } else { (Some(show), None) };
        // On paper there is no field: the day stands there in words.
        let known = self.known_at.map(|known| [text.comma(), &text.export_known_at(&known.to_string())].concat());
        view! {
            <p class="print-only">{text.export_as_of(&self.date.to_string())} {known}</p>
            <form method="get" action=action class="as-of no-print">
                {hidden}
                <div class=class>
                    <label for="as-of">{text.as_of_label()}</label>
                    {problem.map(|sentence| view! { <p class="error-text" id="as-of-error">{sentence} " " {text.as_of_shows_today()}</p> })}
                    <div class="as-of-row">
                        <input
                            id="as-of"
                            name="as_of"
                            type="text"
                            class="date"
                            inputmode="numeric"
                            autocomplete="off"
                            value=value
                            aria-invalid=invalid
                            aria-describedby=described
                        />
                        {beside}
                    </div>
                </div>
                {self.known_field(text)}
                {below}
            </form>
        }
        .into_any()
    }

    /// Whether the second clock is open.
    const fn knows(&self) -> bool {
        self.known_at.is_some() || self.known_field.problem.is_some()
    }

    /// The second clock, folded away until it is wanted.
    fn known_field(&self, text: Text) -> AnyView {
        let problem = self.known_field.problem.as_ref().map(|problem| text.field_problem(problem));
        let open = self.knows();
        let class = if problem.is_some() { "field has-error" } else { "field" };
        let invalid = problem.is_some().then_some("true");
        let described = if problem.is_some() { "known-at-error known-at-hint" } else { "known-at-hint" };
        view! {
            <details class="known-at" open=open>
                <summary>{text.known_at_summary()}</summary>
                <div class=class>
                    <label for="known-at">{text.known_at_label()}</label>
                    <p class="hint" id="known-at-hint">
                        {text.known_at_hint()}
                    </p>
                    {problem
                        .map(|sentence| view! { <p class="error-text" id="known-at-error">{sentence} " " {text.known_at_shows_now()}</p> })}
                    <input
                        id="known-at"
                        name="known_at"
                        type="text"
                        class="date"
                        inputmode="numeric"
                        autocomplete="off"
                        value=self.known_field.typed.clone()
                        aria-invalid=invalid
                        aria-describedby=described
                    />
                </div>
            </details>
        }
        .into_any()
    }

    /// What a page says that does not show today as known now: which day it is, as known when, and how much was accepted since.
    pub fn note(&self, text: Text, entries_since: i64) -> Option<AnyView> {
        self.note_with(text, entries_since, None)
    }

    /// As [`AsOf::note`], with what the page leaves out or shows as it stands now; said only where another view is shown.
    pub fn note_with(&self, text: Text, entries_since: i64, besides: Option<&'static str>) -> Option<AnyView> {
        if !self.is_another_view() {
            return None;
        }
        let day = self.date.to_string();
        let mut sentences = Vec::new();
        if self.date > self.today {
            sentences.push(text.as_of_future(&day));
        }
        match self.known_at {
            Some(known) => {
                sentences.push(text.known_past(&day, &known.to_string()));
                if entries_since > 0 {
                    sentences.push(text.entries_since(entries_since));
                }
            }
            None if self.date > self.today => {}
            None if entries_since > 0 => sentences.push(text.as_of_past_since(&day, entries_since)),
            None => sentences.push(text.as_of_past(&day)),
        }
        sentences.extend(besides.map(str::to_owned));
        let gap = if text.lang == Lang::En { " " } else { "" };
        Some(view! { <p class="notice info">{sentences.join(gap)}</p> }.into_any())
    }

    /// The page of something that was not recorded yet on the day that was asked for, where there is such a day.
    pub fn not_known_page(&self, text: Text, action: String) -> Option<Page> {
        let known = self.known_at?;
        let title = text.known_nothing_title();
        let body = view! {
            <div class="page-head">
                <h1>{title}</h1>
                <div class="actions">{self.form(text, action.clone(), &[])}</div>
                <p class="lead">{text.known_nothing_lead(&known.to_string())}</p>
                <p>
                    <a href=action>{text.back_to_now()}</a>
                </p>
            </div>
        };
        Some(Page { title: title.to_owned(), body: body.into_any() })
    }
}
