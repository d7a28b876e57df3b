//! The timetable of one area: a bar for each task, thin bars for projects, diamonds for milestones. Invariant: how something stands is
//! seen by form and pattern too, and every row is as high as its line in the list beside it.

use std::fmt::Write as _;

use jiff::civil::Date;

use super::svg::{Caption, Drawing, assemble, escape};
use crate::domain::{
    calendar::{calendar_period, day_after, days_between},
    task_status::TaskStatus,
    words::Cadence,
};

/// The width in the drawing's own units; the style sheet shows it in so many pixels, so that rows keep their height.
const WIDTH: i64 = 960;
/// The height of the head with the quarters; `.gantt-head` of the style sheet.
const HEAD: i64 = 40;
/// The height of a row; `.gantt-row` of the style sheet.
const ROW: i64 = 50;
/// How far from the edge a mark is drawn that belongs there: it would be cut in two.
const EDGE: i64 = 8;
/// A quarter's name needs so much room.
const LABEL: i64 = 52;

/// What is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gantt<'a> {
    /// An id that is unique on the page.
    pub id: &'a str,
    /// The title.
    pub title: &'a str,
    /// What it says, for whoever cannot see it.
    pub description: &'a str,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// The day that is shown.
    pub as_of: Date,
    /// The word at that day.
    pub as_of_label: &'a str,
    /// The rows, from above.
    pub rows: &'a [GanttRow],
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GanttRow {
    /// Its bar; none for a row with milestones only.
    pub bar: GanttBar,
    /// Whether it is a project below its task.
    pub is_project: bool,
    /// Its milestones.
    pub milestones: Vec<GanttMilestone>,
}

/// A bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GanttBar {
    /// What is said when one points at it.
    pub label: String,
    /// How it stands.
    pub status: TaskStatus,
    /// First day.
    pub starts_on: Date,
    /// The due date that was set first.
    pub due_on: Date,
    /// The due date in force, where it was revised.
    pub revised_due_on: Option<Date>,
    /// The day on which it was done.
    pub completed_on: Option<Date>,
}

/// A milestone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GanttMilestone {
    /// What is said when one points at it.
    pub label: String,
    /// How it stands.
    pub status: TaskStatus,
    /// The day on which it was reached, or is planned.
    pub on: Date,
}

/// Draws the rows of one area.
pub fn draw_gantt(gantt: &Gantt<'_>) -> Drawing {
    let scale = Scale { from: gantt.from, days: days_between(gantt.from, gantt.to).max(1) };
    let rows = i64::try_from(gantt.rows.len()).unwrap_or(0);
    let height = HEAD + ROW * rows;
    let mut body = format!(
        "<defs><pattern id=\"{id}-hatch\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
         <rect class=\"hatch\" width=\"2\" height=\"5\"/></pattern></defs>",
        id = gantt.id
    );
    draw_quarters(&mut body, gantt, &scale, height);
    for (place, row) in (0..).zip(gantt.rows) {
        draw_row(&mut body, gantt, &scale, row, HEAD + ROW * place);
    }
    draw_day(&mut body, gantt, &scale, height);
    let size = (u32::try_from(WIDTH).unwrap_or(0), u32::try_from(height).unwrap_or(0));
    assemble(size, Caption { id: gantt.id, title: gantt.title, description: gantt.description }, "gantt", &body)
}

/// Where days lie.
struct Scale {
    from: Date,
    days: i64,
}

impl Scale {
    /// The left edge of a day.
    fn x(&self, on: Date) -> i64 {
        days_between(self.from, on).clamp(0, self.days + 1) * WIDTH / (self.days + 1)
    }

    /// The right edge of a day: it is due at its end.
    fn end(&self, on: Date) -> i64 {
        self.x(day_after(on))
    }
}

// Writing into a `String` does not fail, so the results below are dropped.
fn add(body: &mut String, markup: std::fmt::Arguments<'_>) {
    let _ = body.write_fmt(markup);
}

fn draw_quarters(body: &mut String, gantt: &Gantt<'_>, scale: &Scale, height: i64) {
    let mut quarters = Vec::new();
    let mut day = gantt.from;
    while day <= gantt.to && quarters.len() < 400 {
        let quarter = calendar_period(day, Cadence::Quarter);
        day = day_after(quarter.ends_on);
        quarters.push(quarter);
    }
    let count = i64::try_from(quarters.len()).unwrap_or(1).max(1);
    // Rounded up: so many quarters share the room of one name.
    let every = usize::try_from((LABEL * count + WIDTH - 1) / WIDTH).unwrap_or(1).max(1);
    for (place, quarter) in quarters.iter().enumerate() {
        let x = scale.x(quarter.starts_on);
        let class = if quarter.starts_on.month() == 1 { "grid year" } else { "grid" };
        add(body, format_args!("<path class=\"{class}\" d=\"M{x} {} V{height}\"/>", HEAD - 18));
        if place.is_multiple_of(every) {
            add(body, format_args!("<text x=\"{}\" y=\"{}\">{}</text>", x + 4, HEAD - 8, quarter.code));
        }
    }
    add(body, format_args!("<path class=\"grid year\" d=\"M0 {HEAD} H{WIDTH}\"/>"));
}

fn draw_day(body: &mut String, gantt: &Gantt<'_>, scale: &Scale, height: i64) {
    if gantt.as_of < gantt.from || gantt.as_of > gantt.to {
        return;
    }
    let x = scale.end(gantt.as_of);
    let (anchor, beside) = if x > WIDTH - 120 { ("end", x - 4) } else { ("start", x + 4) };
    let label = escape(gantt.as_of_label);
    add(
        body,
        format_args!(
            "<path class=\"today\" d=\"M{x} 2 V{height}\"/><text class=\"day\" x=\"{beside}\" y=\"14\" text-anchor=\"{anchor}\">{label}</text>"
        ),
    );
}

fn draw_row(body: &mut String, gantt: &Gantt<'_>, scale: &Scale, row: &GanttRow, top: i64) {
    add(body, format_args!("<path class=\"line\" d=\"M0 {} H{WIDTH}\"/>", top + ROW));
    draw_bar(body, gantt, scale, row, top);
    for milestone in &row.milestones {
        let form = match milestone.status {
            TaskStatus::Done => "reached",
            TaskStatus::DoneLate => "reached late",
            TaskStatus::Overdue => "missed",
            TaskStatus::Unassigned | TaskStatus::NotStarted | TaskStatus::OnSchedule | TaskStatus::DueSoon => "planned",
        };
        // Whole also at the edges.
        let (x, y) = (scale.end(milestone.on).clamp(EDGE, WIDTH - EDGE), top + ROW / 2);
        add(
            body,
            format_args!(
                "<g class=\"milestone {form}\"><title>{}</title><path d=\"M{x} {} l7 7 -7 7 -7 -7z\"/>{}</g>",
                escape(&milestone.label),
                y - 7,
                // A stroke through what was reached late, a bar above what was missed.
                match milestone.status {
                    TaskStatus::DoneLate => format!("<path class=\"mark\" d=\"M{} {y} h14\"/>", x - 7),
                    TaskStatus::Overdue => format!("<path class=\"mark\" d=\"M{x} {} v5 m0 2 v1\"/>", y - 4),
                    _ => String::new(),
                }
            ),
        );
    }
}

fn draw_bar(body: &mut String, gantt: &Gantt<'_>, scale: &Scale, row: &GanttRow, top: i64) {
    let bar = &row.bar;
    let (y, height) = if row.is_project { (top + 20, 10) } else { (top + 16, 18) };
    let due = bar.revised_due_on.unwrap_or(bar.due_on);
    let (x, end) = (scale.x(bar.starts_on), scale.end(due));
    let width = (end - x).max(2);
    let kind = if row.is_project { "bar project" } else { "bar" };
    let status = bar.status;
    add(body, format_args!("<g class=\"{kind} {status}\"><title>{}</title>", escape(&bar.label)));
    add(body, format_args!("<rect class=\"body\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"2\"/>"));
    let pattern = |body: &mut String, x: i64, width: i64| {
        add(
            body,
            format_args!(
                "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"url(#{}-hatch)\"/>\
                 <rect class=\"over\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>",
                gantt.id
            ),
        );
    };
    match status {
        // The end that comes near is solid.
        TaskStatus::DueSoon => {
            let block = width.min(8);
            add(body, format_args!("<rect class=\"end\" x=\"{}\" y=\"{y}\" width=\"{block}\" height=\"{height}\"/>", end - block));
        }
        TaskStatus::DoneLate => pattern(body, x, width),
        TaskStatus::Unassigned | TaskStatus::NotStarted | TaskStatus::OnSchedule | TaskStatus::Overdue | TaskStatus::Done => {}
    }
    // From the date that was missed to its completion, or to the day that is shown.
    let missed = due.min(bar.due_on);
    let last = bar.completed_on.unwrap_or(gantt.as_of);
    if matches!(status, TaskStatus::Overdue | TaskStatus::DoneLate) && last > missed {
        let from = scale.end(missed).max(end.min(scale.end(last)));
        let over = scale.end(last) - from;
        if over > 0 {
            pattern(body, from, over);
        }
    }
    if bar.revised_due_on.is_some_and(|revised| revised != bar.due_on) {
        let x = scale.end(bar.due_on).clamp(EDGE, WIDTH - EDGE);
        add(body, format_args!("<path class=\"original\" d=\"M{x} {} v{} m-3 0 h6\"/>", y - 4, height + 8));
    }
    if let Some(completed) = bar.completed_on {
        let x = scale.end(completed);
        add(body, format_args!("<path class=\"check\" d=\"M{} {} l3 4 6 -8\"/>", x - 12, y + height / 2));
    }
    body.push_str("</g>");
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn bar(status: TaskStatus) -> GanttBar {
        GanttBar {
            label: format!("1.1 甲<乙>：{status}"),
            status,
            starts_on: date(2025, 1, 1),
            due_on: date(2026, 6, 30),
            revised_due_on: None,
            completed_on: None,
        }
    }

    fn row(bar: GanttBar) -> GanttRow {
        GanttRow { bar, is_project: false, milestones: Vec::new() }
    }

    fn draw(rows: &[GanttRow]) -> String {
        let gantt = Gantt {
            id: "gantt-1",
            title: "进度图 & 一",
            description: "甲<乙",
            from: date(2025, 1, 1),
            to: date(2027, 12, 31),
            as_of: date(2026, 10, 12),
            as_of_label: "今天",
            rows,
        };
        draw_gantt(&gantt).markup().to_owned()
    }

    #[test]
    fn each_status_has_a_form_of_its_own() {
        let svg = draw(&TaskStatus::ALL.iter().map(|status| row(bar(*status))).collect::<Vec<_>>());
        for status in TaskStatus::ALL {
            assert!(svg.contains(&format!("class=\"bar {status}\"")), "{status}");
        }
        assert!(svg.contains(&format!("viewBox=\"0 0 960 {}\"", 40 + 50 * 7)), "{svg}");
        assert_eq!(svg.matches("class=\"end\"").count(), 1, "the end that comes near");
        assert!(svg.contains("role=\"img\"") && svg.contains("<title id=\"gantt-1-title\">进度图 &amp; 一</title>"));
        assert!(svg.contains("甲&lt;乙&gt;") && !svg.contains("style=") && !svg.contains("甲<乙"));
        for quarter in ["2025Q1", "2026Q3", "2027Q4"] {
            assert_eq!(svg.matches(&format!(">{quarter}</text>")).count(), 1, "{quarter}");
        }
        assert_eq!((svg.matches("class=\"today\"").count(), svg.matches(">今天</text>").count()), (1, 1));
    }

    #[test]
    fn what_was_late_shows_the_days_over_and_keeps_its_pattern() {
        let late = GanttBar { completed_on: Some(date(2026, 7, 10)), ..bar(TaskStatus::DoneLate) };
        let revised = GanttBar { revised_due_on: Some(date(2026, 9, 30)), ..late.clone() };
        let overdue = bar(TaskStatus::Overdue);
        let in_time = GanttBar { completed_on: Some(date(2026, 6, 1)), ..bar(TaskStatus::Done) };
        for (case, bar, hatched, originals, checks) in [
            ("late", late, 2, 0, 1),
            ("late, though revised", revised, 1, 1, 1),
            ("overdue", overdue, 1, 0, 0),
            ("in time", in_time, 0, 0, 1),
        ] {
            let svg = draw(&[row(bar)]);
            let count = |mark: &str| svg.matches(mark).count();
            assert_eq!(count("fill=\"url(#gantt-1-hatch)\""), hatched, "{case}");
            assert_eq!((count("class=\"original\""), count("class=\"check\"")), (originals, checks), "{case}");
        }
    }

    #[test]
    fn marks_at_the_edge_are_whole() {
        let mut last = row(GanttBar { due_on: date(2027, 12, 31), revised_due_on: Some(date(2026, 8, 31)), ..bar(TaskStatus::OnSchedule) });
        last.milestones = vec![GanttMilestone { label: "验收".to_owned(), status: TaskStatus::OnSchedule, on: date(2027, 12, 31) }];
        let svg = draw(&[last]);
        assert!(svg.contains("class=\"original\" d=\"M952 "), "{svg}");
        assert!(svg.contains("<path d=\"M952 58 l7 7 -7 7 -7 -7z\"/>"), "{svg}");
    }

    #[test]
    fn milestones_are_diamonds_and_days_outside_stay_at_the_edge() {
        let milestone = |status, on| GanttMilestone { label: "验收".to_owned(), status, on };
        let mut thin = row(GanttBar { starts_on: date(2020, 1, 1), due_on: date(2040, 1, 1), ..bar(TaskStatus::OnSchedule) });
        thin.is_project = true;
        thin.milestones = vec![
            milestone(TaskStatus::Done, date(2025, 12, 31)),
            milestone(TaskStatus::DoneLate, date(2026, 1, 31)),
            milestone(TaskStatus::Overdue, date(2026, 9, 1)),
            milestone(TaskStatus::OnSchedule, date(2027, 6, 30)),
        ];
        let svg = draw(&[thin]);
        for form in ["milestone reached\"", "milestone reached late\"", "milestone missed\"", "milestone planned\""] {
            assert_eq!(svg.matches(form).count(), 1, "{form}");
        }
        assert!(svg.contains("class=\"bar project on-schedule\""));
        assert!(svg.contains("<rect class=\"body\" x=\"0\" y=\"60\" width=\"960\""), "{svg}");
    }
}
