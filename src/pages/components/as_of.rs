//! The day a page shows. Invariant: it is `?as_of=` or today; a date that cannot be read is said at its field and today is shown.

use jiff::civil::Date;
use leptos::prelude::*;

use crate::{
    domain::{
        calendar::{DateError, parse_date},
        fields::FieldProblem,
    },
    i18n::Text,
    services::visit::{PlanHead, Visit},
};

/// The day of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsOf {
    /// The day that is shown.
    pub date: Date,
    /// Today in the plan's time zone.
    pub today: Date,
    typed: String,
    error: Option<DateError>,
}

impl AsOf {
    /// Reads the day from the address of a page of a plan.
    pub fn read(visit: &Visit, plan: &PlanHead) -> Self {
        let today = visit.today(plan);
        let Some(typed) = visit.query("as_of") else {
            return Self { date: today, today, typed: String::new(), error: None };
        };
        match parse_date(&typed) {
            Ok(date) => Self { date, today, typed: date.to_string(), error: None },
            Err(error) => Self { date: today, today, typed, error: Some(error) },
        }
    }

    /// Whether another day than today is shown.
    pub fn is_another_day(&self) -> bool {
        self.date != self.today
    }

    /// A path of the plan that keeps the day; `rest` may have a query, and ends in its fragment if it has one.
    pub fn link(&self, plan: &PlanHead, rest: &str) -> String {
        let path = plan.path(rest);
        if !self.is_another_day() {
            return path;
        }
        let (path, fragment) = path.split_once('#').map_or((path.as_str(), String::new()), |(path, part)| (path, format!("#{part}")));
        let sign = if path.contains('?') { '&' } else { '?' };
        format!("{path}{sign}as_of={}{fragment}", self.date)
    }

    /// The form that chooses the day. `kept` are the other parameters of the page.
    pub fn form(&self, text: Text, action: String, kept: &[(&'static str, String)]) -> AnyView {
        let error = self.error.as_ref().map(|error| text.field_problem(&FieldProblem::Date(*error)));
        let value = if self.typed.is_empty() { self.date.to_string() } else { self.typed.clone() };
        let hidden = kept
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| view! { <input type="hidden" name=*name value=value.clone() /> })
            .collect_view();
        let back = (self.is_another_day() || error.is_some()).then(|| view! { <a href=action.clone()>{text.back_to_today()}</a> });
        let class = if error.is_some() { "field has-error" } else { "field" };
        let invalid = error.is_some().then_some("true");
        let described = error.is_some().then_some("as-of-error");
        view! {
            <form method="get" action=action class="as-of no-print">
                {hidden}
                <div class=class>
                    <label for="as-of">{text.as_of_label()}</label>
                    {error.map(|sentence| view! { <p class="error-text" id="as-of-error">{sentence} " " {text.as_of_shows_today()}</p> })}
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
                        <button type="submit" class="secondary">
                            {text.show_as_of()}
                        </button>
                        {back}
                    </div>
                </div>
            </form>
        }
        .into_any()
    }

    /// What a page of another day says: which day it is, and how much was accepted since.
    pub fn note(&self, text: Text, entries_since: i64) -> Option<AnyView> {
        let sentence = if self.date > self.today {
            text.as_of_future(&self.date.to_string())
        } else if self.is_another_day() && entries_since > 0 {
            text.as_of_past_since(&self.date.to_string(), entries_since)
        } else if self.is_another_day() {
            text.as_of_past(&self.date.to_string())
        } else {
            return None;
        };
        Some(view! { <p class="notice info">{sentence}</p> }.into_any())
    }
}
