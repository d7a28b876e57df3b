//! What cockpit and indicator list have in common. Invariant: a number is a link to the rows that make it up, and keeps the day.

use leptos::prelude::*;

use super::{AsOf, light_shape};
use crate::{
    domain::{
        light::{Light, Missing, ScheduleReason},
        number::format_raw,
        permissions::Permission,
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
}

impl<'a> Frame<'a> {
    /// What a visit's pages of indicators are drawn with.
    pub fn new(visit: &Visit, plan: &'a PlanHead, as_of: &'a AsOf) -> Self {
        Self { text: visit.text(), plan, as_of, manages: visit.may(Permission::ManagePlans) }
    }

    /// The address of an indicator's page.
    pub fn indicator(&self, indicator: &IndicatorView) -> String {
        self.as_of.link(self.plan, &format!("/indicators/{}", indicator.code))
    }

    /// The address of the units behind one of its numbers.
    pub fn units(&self, indicator: &IndicatorView, which: &str) -> String {
        self.as_of.link(self.plan, &format!("/indicators/{}?units={which}#units", indicator.code))
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

    /// The sentence behind the light, with what is on its way and what staff can do about a grey one.
    pub fn why(&self, indicator: &IndicatorView) -> AnyView {
        let text = self.text;
        let sentence = text.light_reason(&indicator.judgement.reason, worded(indicator, text.lang));
        let extras = self.extras(indicator);
        let overlap = (!indicator.overlaps.is_empty()).then(|| {
            let names = indicator.overlaps.join(text.list_comma());
            view! { <p class="note">{text.extra_overlap(&names)}</p> }
        });
        let kinds = (indicator.kinds.len() > 1).then(|| {
            let list: Vec<String> =
                indicator.kinds.iter().map(|kind| format!("{} {}", text.lang.pick(&kind.name_zh, &kind.name_en), kind.counted)).collect();
            view! { <p class="note">{text.extra_kinds(&list.join(text.list_comma()))}</p> }
        });
        let moved = (indicator.gained + indicator.lost > 0).then(|| {
            let lost = if indicator.lost > 0 { format!(" −{}", indicator.lost) } else { String::new() };
            let gained = if indicator.gained > 0 { format!(" +{}", indicator.gained) } else { String::new() };
            view! { {text.semicolon()} <span class="nowrap">{text.extra_movement()} {gained} {lost}</span> }
        });
        view! { {sentence} {self.remedy(indicator)} {extras} {moved} {kinds} {overlap} }.into_any()
    }

    /// Links to what is on its way and to what waits for review.
    fn extras(&self, indicator: &IndicatorView) -> AnyView {
        let text = self.text;
        let waiting = i64::try_from(indicator.awaiting.len()).unwrap_or(i64::MAX);
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
            ScheduleReason::Missing(Missing::StageRuling) => ("/manage/rulings", self.text.go_and_rule()),
            ScheduleReason::Missing(Missing::StockTake) => ("/manage/units", self.text.go_and_take_stock()),
            _ => return None,
        };
        self.manages.then(|| view! { " " <a class="no-print" href=self.plan.path(path)>{words}</a> }.into_any())
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
                <a href=self.as_of.link(self.plan, &path) aria-current=current>
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
