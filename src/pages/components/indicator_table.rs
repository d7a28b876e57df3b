//! What cockpit and indicator list have in common. Invariant: a number is a link to the rows that make it up, and keeps the day.

use leptos::prelude::*;

use super::{AsOf, address_with, light_shape};
use crate::{
    domain::{
        light::{Light, Missing, ScheduleReason},
        number::format_raw,
        permissions::Permission,
        value_entry::improvement,
        words::Measure,
    },
    i18n::{Lang, Text, Worded},
    services::{
        plan_view::{IndicatorView, PlanView},
        visit::{PlanHead, Visit},
    },
};

/// What the rows of a page of indicators are drawn with.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// The catalogue.
    pub text: Text,
    /// The plan.
    pub plan: &'a PlanHead,
    /// The day.
    pub as_of: &'a AsOf,
    /// Whether rulings and stock-takes are the viewer's to record.
    pub manages: bool,
    /// Whether the original targets are judged against.
    pub against: bool,
}

impl<'a> Frame<'a> {
    /// What a visit's pages of indicators are drawn with.
    pub fn new(visit: &Visit, plan: &'a PlanHead, as_of: &'a AsOf) -> Self {
        Self { text: visit.text(), plan, as_of, manages: visit.may(Permission::ManagePlans), against: against_original(visit) }
    }

    /// A path of the plan that keeps the day, and which targets are judged against.
    pub fn link(&self, rest: &str) -> String {
        if !self.against {
            return self.as_of.link(self.plan, rest);
        }
        let (path, fragment) = rest.split_once('#').map_or((rest, String::new()), |(path, part)| (path, format!("#{part}")));
        let sign = if path.contains('?') { '&' } else { '?' };
        self.as_of.link(self.plan, &format!("{path}{sign}against=original{fragment}"))
    }

    /// The address of an indicator's page.
    pub fn indicator(&self, indicator: &IndicatorView) -> String {
        self.link(&format!("/indicators/{}", indicator.code))
    }

    /// The address of the units behind one of its numbers.
    pub fn units(&self, indicator: &IndicatorView, which: &str) -> String {
        self.link(&format!("/indicators/{}?units={which}#units", indicator.code))
    }

    /// The name with its code, as the head of a row.
    pub fn row_head(&self, indicator: &IndicatorView) -> AnyView {
        view! {
            <th scope="row">
                <a href=self.indicator(indicator)>{indicator.name(self.text.lang).to_owned()}</a>
                " "
                <i>{indicator.code.clone()}</i>
            </th>
        }
        .into_any()
    }

    /// The sentence behind the light and what it counts by kind.
    pub fn why(&self, indicator: &IndicatorView) -> AnyView {
        view! { {self.reason(indicator)} {self.kinds(indicator)} }.into_any()
    }

    /// What an indicator that sums several kinds counts of each, and which units count by more than one.
    pub fn kinds(&self, indicator: &IndicatorView) -> AnyView {
        let text = self.text;
        let overlap = (!indicator.overlaps.is_empty()).then(|| {
            let names = indicator.overlaps.join(text.list_comma());
            view! { <p class="note">{text.extra_overlap(&names)}</p> }
        });
        let kinds = (indicator.kinds.len() > 1).then(|| {
            let list: Vec<String> =
                indicator.kinds.iter().map(|kind| format!("{} {}", text.lang.pick(&kind.name_zh, &kind.name_en), kind.counted)).collect();
            view! { <p class="note">{text.extra_kinds(&list.join(text.list_comma()))}</p> }
        });
        view! { {kinds} {overlap} }.into_any()
    }

    /// The sentence behind the light, with what is on its way and what staff can do about a grey one.
    pub fn reason(&self, indicator: &IndicatorView) -> AnyView {
        let text = self.text;
        let sentence = text.light_reason(&indicator.judgement.reason, worded(indicator, text.lang));
        let extras = self.extras(indicator);
        let moved = (indicator.gained + indicator.lost > 0).then(|| {
            let lost = if indicator.lost > 0 { format!(" −{}", indicator.lost) } else { String::new() };
            let gained = if indicator.gained > 0 { format!(" +{}", indicator.gained) } else { String::new() };
            view! { {text.semicolon()} <span class="nowrap">{text.extra_movement()} {gained} {lost}</span> }
        });
        let since = self.since_baseline(indicator).map(|said| view! { {text.semicolon()} {said} });
        view! { {sentence} {since} {self.remedy(indicator)} {extras} {moved} }.into_any()
    }

    /// How a rank, or a value without a number to reach, stands to its baseline.
    fn since_baseline(&self, indicator: &IndicatorView) -> Option<String> {
        let unquantified = indicator.judgement.reason == ScheduleReason::Unquantified;
        if indicator.rule.is_some() || (indicator.measure != Measure::Rank && !unquantified) {
            return None;
        }
        let (baseline, actual) = (indicator.baseline.as_ref()?, indicator.actual?);
        let better = improvement(indicator.direction, baseline.value, actual);
        let value = format_raw(baseline.value, indicator.scale);
        Some(self.text.since_baseline(indicator.measure, &baseline.on.to_string(), &value, better, indicator.scale))
    }

    /// Links to what is on its way and to what waits for review.
    fn extras(&self, indicator: &IndicatorView) -> AnyView {
        let text = self.text;
        let waiting = indicator.waiting();
        let parts = [
            (indicator.pipeline, "pipeline", text.extra_pipeline(&format_raw(indicator.pipeline, indicator.scale))),
            (waiting, "awaiting", text.extra_awaiting(&waiting.to_string())),
        ];
        parts
            .into_iter()
            .filter(|(count, ..)| *count > 0)
            .map(|(_, which, words)| {
                let href = self.units(indicator, which);
                view! {
                    {text.semicolon()}
                    <a href=href>{words}</a>
                }
            })
            .collect_view()
            .into_any()
    }

    fn remedy(&self, indicator: &IndicatorView) -> Option<AnyView> {
        let (path, words) = match indicator.judgement.reason {
            ScheduleReason::Missing(Missing::StageRuling) => ("/manage/rulings".to_owned(), self.text.go_and_rule()),
            ScheduleReason::Missing(Missing::StockTake) => ("/manage/units".to_owned(), self.text.go_and_take_stock()),
            ScheduleReason::Missing(Missing::Baseline) => (format!("/manage/targets/{}", indicator.code), self.text.go_and_set_baseline()),
            _ => return None,
        };
        let door = || {
            view! {
                <span class="no-print">
                    {self.text.semicolon()} <a href=self.plan.path(&path)>{words}</a>
                </span>
            }
            .into_any()
        };
        self.manages.then(door)
    }

    /// Which light the rows are filtered by: links with their numbers.
    pub fn light_filter(&self, page: &str, view: &PlanView, chosen: Option<Light>) -> AnyView {
        let text = self.text;
        let lights = view.lights();
        let all = view.indicators.len();
        let link = |light: Option<Light>, words: AnyView, count: usize| {
            let path = light.map_or_else(|| page.to_owned(), |light| format!("{page}?light={light}"));
            let current = (light == chosen).then_some("true");
            view! {
                <a href=self.link(&path) aria-current=current>
                    {words}
                    " "
                    <small>{count}</small>
                </a>
            }
            .into_any()
        };
        let each = [(Light::Green, lights.green), (Light::Yellow, lights.yellow), (Light::Red, lights.red), (Light::Grey, lights.grey)]
            .into_iter()
            .filter(|(light, count)| *count > 0 || chosen == Some(*light))
            .map(|(light, count)| {
                let words = view! { <span class=format!("light {light}")>{light_shape(light)} {text.light_name(light)}</span> };
                link(Some(light), words.into_any(), count)
            })
            .collect_view();
        view! {
            <nav class="filters no-print" aria-label=text.filter_lights()>
                {link(None, text.all().into_any(), all)} {each}
            </nav>
        }
        .into_any()
    }
}

/// Whether the address asks for the original targets.
pub fn against_original(visit: &Visit) -> bool {
    visit.query("against").as_deref() == Some("original")
}

/// The links that choose between current and original targets.
pub fn against_switch(visit: &Visit) -> AnyView {
    let text = visit.text();
    let against = against_original(visit);
    let link = |words: &'static str, value: Option<&str>, chosen: bool| {
        let current = chosen.then_some("true");
        view! {
            <a href=address_with(visit, "against", value) aria-current=current>
                {words}
            </a>
        }
    };
    let note = against.then(|| view! { <p class="notice info">{text.against_note()}</p> });
    view! {
        <nav class="filters no-print" aria-label=text.against_label()>
            <span>{text.against_label()}</span>
            {link(text.against_current(), None, !against)}
            {link(text.against_original(), Some("original"), against)}
        </nav>
        {note}
    }
    .into_any()
}

/// What stands in place of the rows where the plan has no indicators, or had none on the earlier day.
pub fn no_indicators(frame: &Frame<'_>) -> AnyView {
    let text = frame.text;
    let (title, lead) = match frame.as_of.known_at {
        Some(_) => (text.known_nothing_title(), text.known_no_indicators_lead()),
        None => (text.cockpit_no_indicators(), text.cockpit_no_indicators_lead()),
    };
    view! {
        <div class="empty">
            <strong>{title}</strong>
            <p>{lead}</p>
        </div>
    }
    .into_any()
}

/// The words of an indicator's values in a language.
pub fn worded(indicator: &IndicatorView, lang: Lang) -> Worded<'_> {
    indicator.worded(lang)
}

/// The light in the query that filters rows.
pub fn chosen_light(visit: &Visit) -> Option<Light> {
    visit.query("light").and_then(|word| word.parse().ok())
}

/// The indicators of each area that pass the filter; areas without one are left out.
pub fn areas_with(view: &PlanView, chosen: Option<Light>) -> Vec<(usize, Vec<&IndicatorView>)> {
    let passes = |indicator: &&IndicatorView| chosen.is_none() || indicator.judgement.light == chosen;
    let of_area = |place: usize| -> Vec<&IndicatorView> {
        view.areas[place].indicators.iter().filter_map(|place| view.indicators.get(*place)).filter(passes).collect()
    };
    (0..view.areas.len()).map(|place| (place, of_area(place))).filter(|(_, indicators)| !indicators.is_empty()).collect()
}
