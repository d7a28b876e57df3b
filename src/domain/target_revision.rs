//! Revisions of a target and its milestones. Invariant: what is recorded is consistent in itself: every milestone lies before the
//! target's date and within the target, and what is beyond a new target is changed or dropped in the same act.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::calendar::{DateError, parse_date};
use super::fields::{FieldError, FieldProblem, read_required, read_text};
use super::number::{NumberError, format_grouped};
use super::report_form::MAX_SHORT_TEXT;
use super::target::{TargetForm, TargetKind};
use super::value_entry::{ValueRule, read_value};
use super::words::Direction;

/// A target with its milestones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldTarget {
    /// As the text words it.
    pub wording_zh: String,
    /// The wording in English; may be empty.
    pub wording_en: String,
    /// The typed target, without the tolerance of a ruling.
    pub form: TargetForm,
    /// The day by which it must be reached.
    pub target_on: Date,
    /// Values expected on the way.
    pub milestones: BTreeMap<Date, i64>,
}

/// A target as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TypedTarget {
    /// Chinese wording.
    pub wording_zh: String,
    /// English wording.
    pub wording_en: String,
    /// A word of [`TargetKind`].
    pub kind: String,
    /// The number, or the low end of a range.
    pub n: String,
    /// The upper end of a range.
    pub high: String,
    /// The day by which it must be reached.
    pub target_on: String,
    /// From which day on it holds.
    pub effective_on: String,
    /// The lines of milestones by their key in the form.
    pub milestones: BTreeMap<String, TypedMilestone>,
}

/// One line of milestones as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TypedMilestone {
    /// The day of the milestone that this line showed; empty for a new one.
    pub was: String,
    /// Its day.
    pub on: String,
    /// Its value.
    pub value: String,
    /// Whether it is dropped.
    pub drop: bool,
}

/// What a revision is checked against.
#[derive(Debug, Clone, Copy)]
pub struct RevisionContext<'a> {
    /// How values are written.
    pub rule: &'a ValueRule,
    /// Which way the indicator improves.
    pub direction: Direction,
    /// The tolerance that is ruled for "about".
    pub tolerance: i64,
    /// The first day of the plan.
    pub plan_starts_on: Date,
    /// The first day on which a revision may take effect.
    pub earliest: Date,
    /// What the form showed.
    pub shown: &'a HeldTarget,
}

/// What happens to the milestone of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MilestoneChange {
    /// This value is expected.
    Set(i64),
    /// Nothing is expected any more.
    Dropped,
}

/// A revision that can be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadRevision {
    /// What holds from the effective date on.
    pub target: HeldTarget,
    /// Whether wording, form or date of the target differ from what was shown.
    pub target_changed: bool,
    /// What changes about milestones.
    pub milestones: BTreeMap<Date, MilestoneChange>,
    /// The first day on which it holds.
    pub effective_on: Date,
}

/// Reads a revision. Whether it changes anything at all is for the caller, who knows what takes effect later.
///
/// # Errors
/// Every problem at its field; those of milestones at `milestone.KEY.on` and `milestone.KEY.value`.
pub fn read_revision(typed: &TypedTarget, context: RevisionContext<'_>) -> Result<ReadRevision, Vec<FieldError>> {
    let mut errors = Vec::new();
    let wording_zh = read_required("wording_zh", &typed.wording_zh, MAX_SHORT_TEXT, &mut errors);
    let wording_en = read_text("wording_en", &typed.wording_en, MAX_SHORT_TEXT, &mut errors);
    let form = read_form(typed, context.rule, &mut errors);
    let target_on = read_day("target_on", &typed.target_on, &mut errors);
    if target_on.is_some_and(|on| on < context.plan_starts_on) {
        errors.push(FieldError::new("target_on", FieldProblem::DateBeforePlan { starts_on: context.plan_starts_on }));
    }
    let effective_on = read_effective(&typed.effective_on, context.earliest, &mut errors);
    if let (Some(on), Some(from)) = (target_on, effective_on)
        && on < from
        && on != context.shown.target_on
    {
        errors.push(FieldError::new("target_on", FieldProblem::DateBefore { earliest: from }));
    }
    let lines = read_milestones(typed, form, target_on, context, &mut errors);
    let (Some(form), Some(target_on), Some(effective_on), true) = (form, target_on, effective_on, errors.is_empty()) else {
        return Err(errors);
    };
    let shown = context.shown;
    let target_changed =
        (wording_zh.as_str(), wording_en.as_str(), form, target_on) != (&shown.wording_zh, &shown.wording_en, shown.form, shown.target_on);
    let Lines { kept, changes } = lines;
    let target = HeldTarget { wording_zh, wording_en, form, target_on, milestones: kept };
    Ok(ReadRevision { target, target_changed, milestones: changes, effective_on })
}

/// Reads the day from which on a revision holds, at `effective_on`.
pub fn read_effective(typed: &str, earliest: Date, errors: &mut Vec<FieldError>) -> Option<Date> {
    let from = read_day("effective_on", typed, errors);
    if from.is_some_and(|from| from < earliest) {
        errors.push(FieldError::new("effective_on", FieldProblem::DateBefore { earliest }));
    }
    from
}

fn read_day(field: &str, text: &str, errors: &mut Vec<FieldError>) -> Option<Date> {
    let problem = match parse_date(text) {
        Ok(date) => return Some(date),
        Err(DateError::Empty) => FieldProblem::Required,
        Err(error) => FieldProblem::Date(error),
    };
    errors.push(FieldError::new(field, problem));
    None
}

/// An exact number in the indicator's unit.
pub fn read_exact(field: &str, text: &str, rule: &ValueRule, errors: &mut Vec<FieldError>) -> Option<i64> {
    let problem = match read_value(text, rule) {
        Ok(quantity) if quantity.qualifier.is_some() => FieldProblem::NotExact,
        Ok(quantity) => return Some(quantity.raw),
        Err(FieldProblem::Number(NumberError::Empty)) => FieldProblem::Required,
        Err(problem) => problem,
    };
    errors.push(FieldError::new(field, problem));
    None
}

fn read_form(typed: &TypedTarget, rule: &ValueRule, errors: &mut Vec<FieldError>) -> Option<TargetForm> {
    let Ok(kind) = typed.kind.trim().parse::<TargetKind>() else {
        let problem = if typed.kind.trim().is_empty() { FieldProblem::Required } else { FieldProblem::UnknownChoice };
        errors.push(FieldError::new("kind", problem));
        return None;
    };
    let (n, high) = match kind {
        TargetKind::Unquantified => (None, None),
        TargetKind::Range => (read_exact("n", &typed.n, rule, errors), read_exact("high", &typed.high, rule, errors)),
        TargetKind::AtLeast | TargetKind::AtMost | TargetKind::About => (read_exact("n", &typed.n, rule, errors), None),
    };
    if let (TargetKind::Range, Some(low), Some(high)) = (kind, n, high)
        && high < low
    {
        errors.push(FieldError::new("high", FieldProblem::RangeUpsideDown));
    }
    TargetForm::from_parts(kind, n, high, 0)
}

/// The milestones after the revision, and what it changes about them.
#[derive(Debug, Default)]
struct Lines {
    kept: BTreeMap<Date, i64>,
    changes: BTreeMap<Date, MilestoneChange>,
}

fn read_milestones(
    typed: &TypedTarget,
    form: Option<TargetForm>,
    target_on: Option<Date>,
    context: RevisionContext<'_>,
    errors: &mut Vec<FieldError>,
) -> Lines {
    let mut lines = Lines::default();
    let mut mentioned = BTreeSet::new();
    let bounds = Bounds { form: form.map(|form| form.with_tolerance(context.tolerance)), target_on, context };
    for (key, line) in &typed.milestones {
        let was = parse_date(&line.was).ok().filter(|was| context.shown.milestones.contains_key(was));
        mentioned.extend(was);
        if line.drop {
            lines.changes.extend(was.map(|was| (was, MilestoneChange::Dropped)));
            continue;
        }
        if was.is_none() && line.on.trim().is_empty() && line.value.trim().is_empty() {
            continue;
        }
        let at = |part: &str| format!("milestone.{key}.{part}");
        let on = read_day(&at("on"), &line.on, errors);
        let value = read_exact(&at("value"), &line.value, context.rule, errors);
        let (Some(on), Some(value)) = (on, value) else { continue };
        bounds.check(&at("on"), &at("value"), (on, value), errors);
        if lines.kept.insert(on, value).is_some() {
            errors.push(FieldError::new(at("on"), FieldProblem::SameDayTwice));
        }
        if let Some(was) = was.filter(|was| *was != on) {
            lines.changes.entry(was).or_insert(MilestoneChange::Dropped);
        }
        if was != Some(on) || context.shown.milestones.get(&on) != Some(&value) {
            lines.changes.insert(on, MilestoneChange::Set(value));
        }
    }
    // What the form did not show stays, and has to fit as well.
    for (on, value) in context.shown.milestones.iter().filter(|(on, _)| !mentioned.contains(*on)) {
        bounds.check("effective_on", "effective_on", (*on, *value), errors);
        lines.kept.entry(*on).or_insert(*value);
    }
    lines
}

struct Bounds<'a> {
    form: Option<TargetForm>,
    target_on: Option<Date>,
    context: RevisionContext<'a>,
}

impl Bounds<'_> {
    /// A milestone lies within the plan, before the target's date, and asks for no more than the target does.
    fn check(&self, day_field: &str, value_field: &str, (on, value): (Date, i64), errors: &mut Vec<FieldError>) {
        let context = self.context;
        if on < context.plan_starts_on {
            errors.push(FieldError::new(day_field, FieldProblem::DateBeforePlan { starts_on: context.plan_starts_on }));
        }
        if let Some(latest) = self.target_on.filter(|latest| on >= *latest) {
            errors.push(FieldError::new(day_field, FieldProblem::DateNotBefore { latest }));
        }
        let direction = context.direction;
        if let Some(goal) = self.form.and_then(|form| goal_if_beyond(form, direction, value)) {
            let goal = format_grouped(goal, context.rule.scale);
            errors.push(FieldError::new(value_field, FieldProblem::BeyondTarget { goal }));
        }
    }
}

/// The least value that reaches a target, where a milestone asks for more than that. `form` has the tolerance of its ruling.
pub fn goal_if_beyond(form: TargetForm, direction: Direction, milestone: i64) -> Option<i64> {
    let goal = form.least_reaching(direction)?;
    let beyond = match form.sense(direction) {
        Direction::Rising => milestone > goal,
        Direction::Falling => milestone < goal,
    };
    beyond.then_some(goal)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::words::Measure;
    use super::*;

    fn shown() -> HeldTarget {
        HeldTarget {
            wording_zh: "100个".into(),
            wording_en: "100".into(),
            form: TargetForm::AtLeast(100),
            target_on: date(2027, 12, 31),
            milestones: [(date(2025, 12, 31), 30), (date(2026, 12, 31), 90)].into(),
        }
    }

    fn line(was: &str, on: &str, value: &str) -> TypedMilestone {
        TypedMilestone { was: was.into(), on: on.into(), value: value.into(), drop: false }
    }

    /// The form as it was shown.
    fn typed() -> TypedTarget {
        TypedTarget {
            wording_zh: "100个".into(),
            wording_en: "100".into(),
            kind: "at-least".into(),
            n: "100".into(),
            high: String::new(),
            target_on: "2027-12-31".into(),
            effective_on: "2026-01-01".into(),
            milestones: [
                ("1".to_owned(), line("2025-12-31", "2025-12-31", "30")),
                ("2".to_owned(), line("2026-12-31", "2026-12-31", "90")),
                ("3".to_owned(), TypedMilestone::default()),
            ]
            .into(),
        }
    }

    fn read(typed: &TypedTarget, direction: Direction, tolerance: i64) -> Result<ReadRevision, Vec<(String, FieldProblem)>> {
        let rule = ValueRule::new(Measure::Roster, 0, ("个", ""), false);
        let shown = shown();
        let context = RevisionContext {
            rule: &rule,
            direction,
            tolerance,
            plan_starts_on: date(2025, 1, 1),
            earliest: date(2025, 1, 1),
            shown: &shown,
        };
        read_revision(typed, context).map_err(|errors| errors.into_iter().map(|error| (error.field, error.problem)).collect())
    }

    #[test]
    fn what_was_shown_changes_nothing() {
        let read = read(&typed(), Direction::Rising, 0).unwrap();
        assert!(!read.target_changed && read.milestones.is_empty());
        assert_eq!(read.target, shown());
    }

    #[test]
    fn milestones_beyond_a_new_target_are_revised_in_the_same_act() {
        let lower = TypedTarget { n: "８０个".into(), wording_zh: "80个".into(), ..typed() };
        let beyond = FieldProblem::BeyondTarget { goal: "80".into() };
        assert_eq!(read(&lower, Direction::Rising, 0), Err(vec![("milestone.2.value".into(), beyond.clone())]));
        let mut changed = lower.clone();
        changed.milestones.insert("2".into(), line("2026-12-31", "2026-12-31", "70"));
        let revision = read(&changed, Direction::Rising, 0).unwrap();
        assert!(revision.target_changed);
        assert_eq!(revision.milestones, [(date(2026, 12, 31), MilestoneChange::Set(70))].into());
        let mut dropped = lower.clone();
        dropped.milestones.insert("2".into(), TypedMilestone { drop: true, ..line("2026-12-31", "", "x") });
        let revision = read(&dropped, Direction::Rising, 0).unwrap();
        assert_eq!(revision.milestones, [(date(2026, 12, 31), MilestoneChange::Dropped)].into());
        assert_eq!(revision.target.milestones, [(date(2025, 12, 31), 30)].into());
        // A line that is left out is still there.
        let mut hidden = lower;
        hidden.milestones.remove("2");
        assert_eq!(read(&hidden, Direction::Rising, 0), Err(vec![("effective_on".into(), beyond)]));
    }

    #[test]
    fn within_follows_from_the_form_and_its_direction() {
        for (kind, n, high, direction, tolerance, goal) in [
            ("at-least", "90", "", Direction::Rising, 0, None),
            ("at-least", "89", "", Direction::Rising, 0, Some("89")),
            ("about", "91", "", Direction::Rising, 0, None),
            ("about", "91", "", Direction::Rising, 2, Some("89")),
            ("range", "80", "200", Direction::Rising, 0, Some("80")),
            ("at-most", "30", "", Direction::Falling, 0, None),
            ("at-most", "31", "", Direction::Falling, 0, Some("31")),
            ("range", "10", "30", Direction::Falling, 0, None),
            ("unquantified", "", "", Direction::Rising, 0, None),
        ] {
            let form = TypedTarget { kind: kind.into(), n: n.into(), high: high.into(), ..typed() };
            let beyond: Vec<FieldProblem> =
                read(&form, direction, tolerance).err().unwrap_or_default().into_iter().map(|(_, p)| p).collect();
            let expected: Vec<FieldProblem> = goal.map(|goal| FieldProblem::BeyondTarget { goal: goal.into() }).into_iter().collect();
            assert_eq!(beyond, expected, "{kind} {n} {high} {tolerance}");
        }
    }

    #[test]
    fn an_earlier_date_leaves_no_milestone_behind_it() {
        let earlier = TypedTarget { target_on: "2026-12-31".into(), ..typed() };
        let problem = FieldProblem::DateNotBefore { latest: date(2026, 12, 31) };
        assert_eq!(read(&earlier, Direction::Rising, 0), Err(vec![("milestone.2.on".into(), problem)]));
        let mut moved = earlier;
        moved.milestones.insert("2".into(), line("2026-12-31", "2026-06-30", "60"));
        let revision = read(&moved, Direction::Rising, 0).unwrap();
        let changes = [(date(2026, 6, 30), MilestoneChange::Set(60)), (date(2026, 12, 31), MilestoneChange::Dropped)];
        assert_eq!(revision.milestones, changes.into());
    }

    #[test]
    fn every_problem_is_at_its_field() {
        let with_line = |key: &str, line: TypedMilestone| {
            let mut form = typed();
            form.milestones.insert(key.into(), line);
            form
        };
        for (form, field, problem) in [
            (TypedTarget { wording_zh: " ".into(), ..typed() }, "wording_zh", FieldProblem::Required),
            (TypedTarget { kind: String::new(), ..typed() }, "kind", FieldProblem::Required),
            (TypedTarget { kind: "most".into(), ..typed() }, "kind", FieldProblem::UnknownChoice),
            (TypedTarget { n: String::new(), ..typed() }, "n", FieldProblem::Required),
            (TypedTarget { n: "近100".into(), ..typed() }, "n", FieldProblem::NotExact),
            (TypedTarget { n: "1.5".into(), ..typed() }, "n", FieldProblem::Number(NumberError::TooManyDigits { scale: 0 })),
            (TypedTarget { kind: "range".into(), n: "100".into(), high: "99".into(), ..typed() }, "high", FieldProblem::RangeUpsideDown),
            (TypedTarget { kind: "range".into(), n: "100".into(), ..typed() }, "high", FieldProblem::Required),
            (TypedTarget { target_on: "2027".into(), ..typed() }, "target_on", FieldProblem::Date(DateError::Format)),
            (
                TypedTarget { target_on: "2024-12-31".into(), ..typed() },
                "target_on",
                FieldProblem::DateBeforePlan { starts_on: date(2025, 1, 1) },
            ),
            (
                TypedTarget { effective_on: "2024-12-31".into(), ..typed() },
                "effective_on",
                FieldProblem::DateBefore { earliest: date(2025, 1, 1) },
            ),
            (
                TypedTarget { effective_on: "2027-06-01".into(), target_on: "2027-05-31".into(), ..typed() },
                "target_on",
                FieldProblem::DateBefore { earliest: date(2027, 6, 1) },
            ),
            (with_line("3", line("", "2026-06-30", "")), "milestone.3.value", FieldProblem::Required),
            (with_line("3", line("", "", "50")), "milestone.3.on", FieldProblem::Required),
            (with_line("3", line("", "2026-12-31", "50")), "milestone.3.on", FieldProblem::SameDayTwice),
            (with_line("3", line("", "2024-12-31", "5")), "milestone.3.on", FieldProblem::DateBeforePlan { starts_on: date(2025, 1, 1) }),
        ] {
            let problems = read(&form, Direction::Rising, 0).unwrap_err();
            assert!(problems.contains(&(field.to_owned(), problem.clone())), "{field} {problem:?}: {problems:?}");
        }
    }
}
