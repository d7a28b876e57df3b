//! The loop of a task: a ring for the eye, and the same five stations as a list for reading. Invariant: the list says
//! everything the ring shows.

use leptos::prelude::*;

use crate::{
    domain::{
        calendar::days_between,
        ring::{Holder, Station, StationStatus, StationView},
    },
    i18n::Text,
    services::{
        loops::{Loop, Party},
        moment::Moment,
    },
};

/// Names are written out up to this many, then counted.
const MOST_NAMES: usize = 3;
/// The five arcs around (90, 90) with radius 62; where their words begin, end or have their middle, outside the ring.
const ARCS: [(&str, &str, &str, &str); 5] = [
    ("M95.4 28.2A62 62 0 0 1 147.1 65.8", "136", "30", "start"),
    ("M150.4 76.1A62 62 0 0 1 130.7 136.8", "162", "118", "start"),
    ("M121.9 143.1A62 62 0 0 1 58.1 143.1", "90", "178", "middle"),
    ("M49.3 136.8A62 62 0 0 1 29.6 76.1", "18", "118", "end"),
    ("M32.9 65.8A62 62 0 0 1 84.6 28.2", "44", "30", "end"),
];

/// The names of those who hold a loop, beside its owners.
#[derive(Debug, Clone)]
pub struct Names {
    text: Text,
    lead: Option<String>,
    commission: String,
}

impl Names {
    /// The lead's name, if the task has one, and the commission's in both languages; empty where there is none yet.
    pub fn new(text: Text, lead: Option<&str>, (zh, en): &(String, String)) -> Self {
        let name = text.lang.pick(zh, en);
        let commission = if name.is_empty() { text.loop_party_commission() } else { name };
        Self { text, lead: lead.map(str::to_owned), commission: commission.to_owned() }
    }

    /// Several parties in one phrase.
    pub fn list(&self, found: &Loop, parties: &[Party]) -> String {
        let lead = self.lead.as_deref().unwrap_or(self.text.loop_party_lead());
        let name = |party: &Party| match party {
            Party::Owner(organisation) => found.name_of(organisation, self.text.lang),
            Party::Lead => lead,
            Party::Commission => self.commission.as_str(),
        };
        self.text.name_list(&parties.iter().map(name).collect::<Vec<_>>(), MOST_NAMES)
    }

    /// Who holds a loop.
    pub fn holder(&self, found: &Loop) -> String {
        match &found.ring.holder {
            Holder::Owners(owners) => self.list(found, &owners.iter().cloned().map(Party::Owner).collect::<Vec<_>>()),
            Holder::Lead => self.list(found, &[Party::Lead]),
            Holder::Commission => self.commission.clone(),
            Holder::Closed => self.text.loop_closed().to_owned(),
            Holder::Nobody => self.text.loop_none().to_owned(),
        }
    }

    fn short_holder(&self, found: &Loop) -> String {
        match &found.ring.holder {
            Holder::Owners(owners) if owners.len() == 1 => self.text.loop_party_one().to_owned(),
            Holder::Owners(owners) => self.text.loop_party_many(owners.len()),
            Holder::Lead => self.text.loop_party_lead_short().to_owned(),
            Holder::Commission => self.text.loop_party_commission().to_owned(),
            Holder::Closed | Holder::Nobody => String::new(),
        }
    }
}

/// The class of a station in ring and list.
pub const fn station_class(status: StationStatus) -> &'static str {
    match status {
        StationStatus::Done => "done",
        StationStatus::Now => "now",
        StationStatus::Todo => "todo",
        StationStatus::Skipped => "skipped",
        StationStatus::Late => "late",
    }
}

/// How long until a day, or since it: "还有 3 天".
pub fn days_until(text: Text, due: jiff::civil::Date, today: jiff::civil::Date) -> String {
    match days_between(today, due) {
        0 => text.loop_due_today().to_owned(),
        left if left > 0 => text.loop_days_left(left),
        over => text.loop_days_over(-over),
    }
}

/// Who holds a loop, at which station, since when and until when, as one sentence.
pub fn loop_sentence(text: Text, names: &Names, found: &Loop, zone: &str) -> String {
    let period = text.period_name(&found.period.code);
    let day = |at: i64| Moment(at).date_in(zone).to_string();
    let Some(station) = found.ring.held_at else {
        return match found.ring.closed_at {
            Some(at) => text.loop_sentence_closed(&period, &day(at)),
            None => text.loop_sentence_nobody(&period),
        };
    };
    let mut parts = vec![text.loop_sentence(&period, text.station(station), &names.holder(found))];
    parts.extend(found.ring.held_since.map(|since| text.loop_since(&day(since))));
    if let Some(due) = station_view(found, station).and_then(|view| view.due) {
        parts.push(text.loop_until(&due.to_string()));
        parts.push(days_until(text, due, found.today));
    }
    parts.join(text.comma()) + text.full_stop()
}

/// The station's view in a loop.
pub fn station_view(found: &Loop, station: Station) -> Option<&StationView> {
    found.ring.stations.iter().find(|view| view.station == station)
}

/// The ring.
pub fn ring_picture(text: Text, names: &Names, found: &Loop, zone: &str) -> impl IntoView + use<> {
    let period = text.period_name(&found.period.code);
    let (title, big, sub) = match found.ring.held_at {
        Some(station) => {
            let since = found.ring.held_since.map(|since| days_between(Moment(since).date_in(zone), found.today) + 1);
            let parts: Vec<String> =
                [Some(names.short_holder(found)), since.map(|days| text.loop_day(days))].into_iter().flatten().collect();
            (text.loop_picture(&period, text.station(station)), text.station(station), parts)
        }
        None if found.ring.closed_at.is_some() => (text.loop_picture_closed(&period), text.loop_closed(), vec![period]),
        None => (text.loop_sentence_nobody(&period), text.loop_none(), vec![period]),
    };
    // One line each: side by side they would run over the labels outside the ring.
    let sub = sub
        .into_iter()
        .zip(["105", "121"])
        .map(|(line, y)| {
            view! {
                <text x="90" y=y class="sub" text-anchor="middle">
                    {line}
                </text>
            }
        })
        .collect_view();
    let arcs = found
        .ring
        .stations
        .iter()
        .zip(ARCS)
        .map(|(view, (path, x, y, anchor))| {
            let class = format!("seg {}", station_class(view.status));
            view! {
                <path class=class d=path />
                <text x=x y=y text-anchor=anchor>
                    {text.station(view.station)}
                </text>
            }
        })
        .collect_view();
    view! {
        <svg class="ring" viewBox="-50 8 280 178" role="img" aria-label=title>
            {arcs}
            <text x="90" y="88" class="big" text-anchor="middle">
                {big}
            </text>
            {sub}
        </svg>
    }
}

/// The five stations as a list: how far, how many, who is waited for, since when or until when.
pub fn station_list(text: Text, names: &Names, found: &Loop, zone: &str) -> impl IntoView + use<> {
    let items = found
        .ring
        .stations
        .iter()
        .map(|view| {
            let waits = found.parties(view.station);
            let waits = (!waits.is_empty()).then(|| text.loop_waits_for(&names.list(found, &waits)));
            let progress = (view.of > 0 && view.status != StationStatus::Skipped).then(|| text.loop_progress(view.done, view.of));
            let status = text.station_status(view.status);
            let line = [progress.as_deref(), Some(status)].into_iter().flatten().collect::<Vec<_>>().join(" · ");
            let when = station_when(text, view, found, zone);
            let due_class = if view.status == StationStatus::Late { "due late" } else { "due" };
            view! {
                <li class=station_class(view.status)>
                    <span class="station-name">{text.station(view.station)}</span>
                    <span class="station-when">
                        <span class=due_class>{when}</span>
                    </span>
                    <span class="station-who">{line}</span>
                    {waits.map(|waits| view! { <p class="soft">{waits}</p> })}
                </li>
            }
        })
        .collect_view();
    view! { <ol class="stations">{items}</ol> }
}

fn station_when(text: Text, view: &StationView, found: &Loop, zone: &str) -> String {
    match (view.status, view.since, view.due) {
        (StationStatus::Done, Some(since), _) => text.loop_done_on(&Moment(since).date_in(zone).to_string()),
        (StationStatus::Late, _, Some(due)) => days_until(text, due, found.today),
        (StationStatus::Now | StationStatus::Todo, _, Some(due)) => text.loop_due_on(&due.to_string()),
        _ => String::new(),
    }
}

/// A loop in one line, for tables: its station with holder, or that it is closed.
pub fn loop_badge(text: Text, names: &Names, found: &Loop) -> impl IntoView + use<> {
    let (class, word) = match found.ring.held_at {
        Some(station) if found.ring.overdue_by_days > 0 => ("badge red", text.station(station)),
        Some(station) => ("badge blue", text.station(station)),
        None if found.ring.closed_at.is_some() => ("badge green", text.loop_closed()),
        None => ("badge grey", text.loop_none()),
    };
    let holder = found.ring.held_at.map(|_| names.holder(found));
    let over = i64::from(found.ring.overdue_by_days);
    view! {
        <span class=class>{word}</span>
        {holder.map(|holder| view! { " " <small class="soft">{holder}</small> })}
        {(over > 0).then(|| view! { " " <small class="due late">{text.loop_days_over(over)}</small> })}
    }
}
