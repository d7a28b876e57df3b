//! Random lives of a roster, the same in every run. Invariant: at every moment the rollups equal a recount, and what was known at a moment
//! equals what the product answered at that moment.

use std::collections::BTreeSet;

use bihuan::{
    domain::{
        ids::{StepId, UnitId},
        words::{Level, Stage, UnitKind},
    },
    services::{
        clocks::Clocks,
        moment::Moment,
        plan_view::PlanView,
        rollups::{recount, recount_known},
    },
    store::{Db, Known, rollups::read_counts},
};
use jiff::{
    ToSpan,
    civil::{Date, date},
};
use proptest::{
    collection::vec,
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, RngSeed, TestRunner},
};

use super::world::{Reached, World, settled};
use crate::fixtures::at;

/// Indicators that count by each of the rules: new ones only, one level, two levels, any level, several kinds.
const CODES: [&str; 5] = ["T01", "T03", "T05", "T07", "T16"];
const KINDS: [(UnitKind, &str, Option<Level>); 6] = [
    (UnitKind::School, "vocational-university", None),
    (UnitKind::School, "double-high-school", Some(Level::National)),
    (UnitKind::School, "double-high-school", Some(Level::Municipal)),
    (UnitKind::Course, "quality-course", None),
    (UnitKind::PracticeCentre, "open-practice-centre", None),
    (UnitKind::ServicePlatform, "common-technology-platform", None),
];
const RULINGS: [(&str, &str); 6] = [
    ("counting-stage", "approved"),
    ("counting-stage", "under-construction"),
    ("counting-stage", "recognised"),
    ("basis", "new-since:2025-06-01"),
    ("basis", "stock"),
    ("includes-national", "yes"),
];
/// The days that are asked for.
const DAYS: [Date; 4] = [date(2024, 12, 31), date(2025, 9, 30), date(2026, 6, 30), date(2027, 12, 31)];
/// Later than anything that happens.
const TODAY: Date = date(2050, 1, 1);

/// One thing that happens. Numbers are places in lists, taken around their lengths.
#[derive(Debug, Clone)]
enum Event {
    /// A new unit with its first step.
    Begin { kind: usize, stage: usize, on: i64 },
    /// A further step of a unit, some days after its last one.
    Step { unit: usize, kind: usize, stage: usize, after: i64 },
    /// A unit becomes part of another.
    Merge { unit: usize, into: usize, kind: usize, after: i64 },
    /// A step is taken back, and another stage on another day recorded in its place, or nothing.
    Correct { step: usize, instead: Option<(usize, i64)> },
    /// A ruling on how an indicator counts.
    Rule { indicator: usize, ruling: usize },
    /// A target is revised.
    Revise { indicator: usize, least: i64, effective: i64 },
}

fn lives() -> impl Strategy<Value = Vec<Event>> {
    let place = || 0..64_usize;
    let (day, after) = (0..1_100_i64, 0..200_i64);
    let begin = (place(), 0..5_usize, day.clone()).prop_map(|(kind, stage, on)| Event::Begin { kind, stage, on });
    let step =
        (place(), place(), 0..8_usize, after.clone()).prop_map(|(unit, kind, stage, after)| Event::Step { unit, kind, stage, after });
    let merge = (place(), place(), place(), after).prop_map(|(unit, into, kind, after)| Event::Merge { unit, into, kind, after });
    let correct = (place(), prop::option::of((0..8_usize, day.clone()))).prop_map(|(step, instead)| Event::Correct { step, instead });
    let rule = (place(), place()).prop_map(|(indicator, ruling)| Event::Rule { indicator, ruling });
    let revise = (place(), 1..400_i64, day).prop_map(|(indicator, least, effective)| Event::Revise { indicator, least, effective });
    vec(prop_oneof![5 => begin, 8 => step, 1 => merge, 3 => correct, 2 => rule, 1 => revise], 8..20)
}

fn day(number: i64) -> Date {
    date(2024, 6, 1).checked_add(number.days()).unwrap()
}

/// The roster of one database, life after life; each event is recorded on a day of its own.
struct Roster {
    world: World,
    units: Vec<(UnitId, UnitKind, Date)>,
    steps: Vec<StepId>,
    /// The days on which anything happened.
    dates: BTreeSet<Date>,
    days: i64,
}

/// What the product answered at the end of a day.
struct Answer {
    known_at: Date,
    views: Vec<PlanView>,
}

impl Roster {
    async fn begin(db: Db) -> Self {
        let world = World::begin(db, at("2020-01-01 09:00")).await;
        Self { world, units: Vec::new(), steps: Vec::new(), dates: BTreeSet::new(), days: 0 }
    }

    /// The day on which the latest event was recorded.
    fn recorded_on(&self) -> Date {
        date(2020, 1, 2).checked_add(self.days.days()).unwrap()
    }

    fn now(&self) -> Moment {
        at(&format!("{} 12:00", self.recorded_on()))
    }

    async fn take(&mut self, event: &Event) {
        self.days += 1;
        let (now, world) = (self.now(), &self.world);
        let kinds_of = |kind: UnitKind| KINDS.iter().filter(move |(of, ..)| *of == kind).collect::<Vec<_>>();
        match *event {
            Event::Begin { kind, stage, on } => {
                let (kind, recognition, level) = KINDS[kind % KINDS.len()];
                let unit = world.add_unit(now, kind, &format!("单元{}", self.days)).await;
                let reached = Reached { recognition, level, stage: Stage::ALL[stage], on: day(on) };
                self.steps.push(world.add_step(now, &unit, reached).await.unwrap());
                self.units.push((unit, kind, day(on)));
                self.dates.insert(day(on));
            }
            Event::Step { unit, kind, stage, after } if !self.units.is_empty() => {
                let place = unit % self.units.len();
                let (unit, of, last) = &mut self.units[place];
                let kinds = kinds_of(*of);
                let (_, recognition, level) = *kinds[kind % kinds.len()];
                let on = last.checked_add(after.days()).unwrap();
                // What cannot follow is refused, and nothing happens.
                if let Ok(step) = world.add_step(now, unit, Reached { recognition, level, stage: Stage::ALL[stage], on }).await {
                    *last = on;
                    self.steps.push(step);
                    self.dates.insert(on);
                }
            }
            Event::Merge { unit, into, kind, after } if !self.units.is_empty() => {
                let (unit, of, last) = &self.units[unit % self.units.len()];
                let (into, ..) = &self.units[into % self.units.len()];
                let kinds = kinds_of(*of);
                let (_, recognition, level) = *kinds[kind % kinds.len()];
                let on = last.checked_add(after.days()).unwrap();
                if let Ok(step) = world.merge(now, unit, into, Reached { recognition, level, stage: Stage::Merged, on }).await {
                    self.steps.push(step);
                    self.dates.insert(on);
                }
            }
            Event::Correct { step, instead } if !self.steps.is_empty() => {
                let place = step % self.steps.len();
                // What would leave a history that cannot have been is refused, and nothing happens.
                if world.withdraw(now, &self.steps[place]).await {
                    let taken = self.steps.swap_remove(place);
                    if let Some((stage, on)) = instead
                        && let Ok(step) = world.add_instead(now, &taken, Stage::ALL[stage], day(on)).await
                    {
                        self.steps.push(step);
                        self.dates.insert(day(on));
                    }
                }
            }
            Event::Rule { indicator, ruling } => {
                let (kind, value) = RULINGS[ruling % RULINGS.len()];
                world.rule(now, CODES[indicator % CODES.len()], kind, value).await;
            }
            Event::Revise { indicator, least, effective } => {
                world.revise(now, CODES[indicator % CODES.len()], least, day(effective)).await;
            }
            Event::Step { .. } | Event::Merge { .. } | Event::Correct { .. } => {}
        }
    }

    /// What the rollups say now, which is what a recount says.
    async fn answer(&self) -> Answer {
        let mut views = Vec::new();
        for on in DAYS {
            views.push(settled(self.world.view(on).await));
        }
        let mut tx = self.world.db.read().await.unwrap();
        for code in CODES {
            for (on, view) in DAYS.into_iter().zip(&views) {
                let shown = view.indicator(code).unwrap();
                let rolled_up = read_counts(&mut tx, &shown.id, on).await.unwrap();
                let counted = recount(&mut tx, &shown.id, on).await.unwrap();
                assert_eq!(rolled_up, (counted.counted, counted.pipeline), "{code} on {on}");
                assert_eq!((shown.actual, shown.pipeline), (Some(counted.counted), counted.pipeline), "{code} on {on}");
            }
            // Between the days that are asked for nothing may hide: each day on which anything happened, and the day after.
            let id = &views[0].indicator(code).unwrap().id;
            for on in self.dates.iter().flat_map(|on| [*on, on.tomorrow().unwrap()]) {
                let counted = recount(&mut tx, id, on).await.unwrap();
                assert_eq!(read_counts(&mut tx, id, on).await.unwrap(), (counted.counted, counted.pipeline), "{code} on {on}");
            }
        }
        Answer { known_at: self.recorded_on(), views }
    }

    /// What was answered at the end of that day is answered still.
    async fn check(&self, answer: &Answer) {
        for (on, then) in DAYS.into_iter().zip(&answer.views) {
            let clocks = Clocks::known_at(on, answer.known_at, TODAY);
            let known = settled(self.world.view(clocks).await);
            assert_eq!(*then, known, "as of {on}, known at {}", answer.known_at);
        }
        let mut tx = self.world.db.read().await.unwrap();
        let end = Known::before(Moment::end_of(answer.known_at, &self.world.plan.time_zone).0);
        for (on, then) in DAYS.into_iter().zip(&answer.views) {
            for code in CODES {
                let shown = then.indicator(code).unwrap();
                let counted = recount_known(&mut tx, &shown.id, on, end).await.unwrap();
                assert_eq!((shown.actual, shown.pipeline), (Some(counted.counted), counted.pipeline), "{code} on {on}");
            }
        }
    }

    async fn live(&mut self, events: &[Event]) {
        let mut answers = Vec::new();
        // Those of earlier lives were asked for then.
        self.dates.clear();
        for (place, event) in events.iter().enumerate() {
            self.take(event).await;
            if place % 3 == 2 || place + 1 == events.len() {
                answers.push(self.answer().await);
            }
        }
        for answer in &answers {
            self.check(answer).await;
        }
    }
}

/// Lives as many lives as said, one after the other, in one database.
async fn replay(db: Db, lives_lived: u32) {
    let mut roster = Roster::begin(db).await;
    // The same lives on every run. Lives follow each other in one database, so a failing one cannot be made smaller.
    let config = Config { cases: lives_lived, rng_seed: RngSeed::Fixed(2_025), failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new(config);
    for _ in 0..lives_lived {
        let events = lives().new_tree(&mut runner).unwrap().current();
        roster.live(&events).await;
    }
    let counted = crate::support::read_number(&roster.world.db, "SELECT COUNT(*) FROM counted_spans").await;
    let superseded =
        crate::support::read_number(&roster.world.db, "SELECT COUNT(*) FROM stage_steps WHERE superseded_at IS NOT NULL").await;
    assert!(counted > 10 && superseded > 2, "the lives are about something: {counted} {superseded}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rollups_and_what_was_known_equal_a_replay_on_sqlite() {
    crate::support::tell_on_sqlite(|db: Db| replay(db, 10)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rollups_and_what_was_known_equal_a_replay_on_postgres() {
    crate::support::tell_on_postgres(|db: Db| replay(db, 3)).await;
}
