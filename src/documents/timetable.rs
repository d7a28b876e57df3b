//! The timetable as a spreadsheet: the list as a commission prints it, and the months as coloured cells. Invariant: both sheets hold the
//! same tasks, dates are dates, and every other cell is text.

use jiff::civil::Date;
use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, FormatPattern, Workbook, Worksheet};

use super::DocumentError;
use crate::{
    domain::{
        calendar::{calendar_period, day_after},
        task_status::TaskStatus,
        timetable::ItemKind,
        words::Cadence,
    },
    i18n::Text,
};

/// What the document holds.
#[derive(Debug, Clone)]
pub struct TimetableDocument {
    /// The catalogue in the language of the document.
    pub text: Text,
    /// The plan's name.
    pub plan: String,
    /// First day of the months.
    pub from: Date,
    /// Last day of the months.
    pub to: Date,
    /// The day that is shown.
    pub as_of: Date,
    /// The earlier day at whose end everything shown was known; none: now.
    pub known_at: Option<Date>,
    /// The filters in words; empty for none.
    pub filters: String,
    /// Whether the data is made up.
    pub demonstration: bool,
    /// Number and hash of the newest row of the audit chain.
    pub head: (i64, String),
    /// The tasks in their order.
    pub tasks: Vec<TaskLine>,
}

/// One task.
#[derive(Debug, Clone)]
pub struct TaskLine {
    /// Its area.
    pub area: String,
    /// Its code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// What it delivers.
    pub deliverable: String,
    /// What it brings about.
    pub effect: String,
    /// Who leads it; empty for nobody yet.
    pub lead: String,
    /// Who is responsible.
    pub responsible: Vec<String>,
    /// Who supports it.
    pub supporting: Vec<String>,
    /// First day.
    pub starts_on: Date,
    /// The due date that was set first.
    pub due_on: Date,
    /// The due date in force, where it was revised.
    pub revised_due_on: Option<Date>,
    /// The day on which it was done.
    pub completed_on: Option<Date>,
    /// How it stands.
    pub status: TaskStatus,
    /// What organisations stated, each by its name.
    pub percents: Vec<(String, i64)>,
    /// Projects, each before its milestones, and milestones.
    pub items: Vec<ItemLine>,
}

/// One project or milestone.
#[derive(Debug, Clone)]
pub struct ItemLine {
    /// What it is.
    pub kind: ItemKind,
    /// Its name, with the code of a project.
    pub name: String,
    /// First day; of a milestone the planned day.
    pub starts_on: Date,
    /// The due date that was set first.
    pub due_on: Date,
    /// The due date in force, where it was revised.
    pub revised_due_on: Option<Date>,
    /// The day on which it was reached.
    pub reached_on: Option<Date>,
    /// How it stands.
    pub status: TaskStatus,
}

/// The widths of the columns of the list, in characters.
const WIDTHS: [f64; 15] = [12.0, 6.0, 26.0, 24.0, 24.0, 15.0, 19.0, 15.0, 11.0, 11.0, 11.0, 11.0, 10.0, 20.0, 42.0];
/// The code of A3 paper.
const A3: u8 = 8;
/// A sheet of months holds no more than so many.
const MOST_MONTHS: usize = 240;

/// Writes the document.
///
/// # Errors
/// What the spreadsheet refuses; nothing that people type is refused.
pub fn write_timetable(document: &TimetableDocument) -> Result<Vec<u8>, DocumentError> {
    let mut workbook = Workbook::new();
    let made = excel_date(document.as_of)?;
    workbook.set_properties(&DocProperties::new().set_title(title_of(document)).set_creation_datetime(&made));
    let styles = Styles::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name(document.text.export_sheet_tasks())?;
    write_list(sheet, document, &styles)?;
    let sheet = workbook.add_worksheet();
    sheet.set_name(document.text.export_sheet_months())?;
    write_months(sheet, document, &styles)?;
    Ok(workbook.save_to_buffer()?)
}

fn title_of(document: &TimetableDocument) -> String {
    format!("{} · {}", document.plan, document.text.timetable_title())
}

fn excel_date(day: Date) -> Result<ExcelDateTime, DocumentError> {
    let (year, month, day) = (day.year(), day.month(), day.day());
    let part = |part: i8| u8::try_from(part).map_err(|_| DocumentError::TooLarge);
    Ok(ExcelDateTime::from_ymd(u16::try_from(year).map_err(|_| DocumentError::TooLarge)?, part(month)?, part(day)?)?)
}

fn row_number(number: usize) -> Result<u32, DocumentError> {
    u32::try_from(number).map_err(|_| DocumentError::TooLarge)
}

fn column_number(number: usize) -> Result<u16, DocumentError> {
    u16::try_from(number).map_err(|_| DocumentError::TooLarge)
}

/// How cells look.
struct Styles {
    title: Format,
    note: Format,
    warning: Format,
    head: Format,
    cell: Format,
    centre: Format,
    date: Format,
    area: Format,
    empty: Format,
}

impl Styles {
    fn new() -> Self {
        let cell = || Format::new().set_font_size(9).set_border(FormatBorder::Thin).set_text_wrap().set_align(FormatAlign::VerticalCenter);
        Self {
            title: Format::new().set_bold().set_font_size(16).set_align(FormatAlign::Center).set_align(FormatAlign::VerticalCenter),
            note: Format::new().set_font_size(9).set_align(FormatAlign::Left).set_text_wrap(),
            warning: Format::new().set_bold().set_font_size(10).set_background_color(Color::RGB(0x00FF_F3CD)).set_text_wrap(),
            head: cell().set_bold().set_align(FormatAlign::Center).set_background_color(Color::RGB(0x00E6_EFF9)),
            cell: cell(),
            centre: cell().set_align(FormatAlign::Center),
            date: cell().set_align(FormatAlign::Center).set_num_format("yyyy-mm-dd"),
            area: cell().set_bold().set_align(FormatAlign::Center),
            empty: Format::new().set_font_size(9).set_border(FormatBorder::Hair),
        }
    }

    /// A cell of the months: colour and pattern by how the task stands.
    fn bar(status: TaskStatus) -> Format {
        let format = Format::new().set_font_size(9).set_border(FormatBorder::Thin).set_align(FormatAlign::Center);
        match status {
            TaskStatus::Unassigned => {
                format.set_pattern(FormatPattern::Gray125).set_background_color(Color::White).set_foreground_color(Color::RGB(0x0079_8794))
            }
            TaskStatus::NotStarted => format.set_background_color(Color::RGB(0x00E3_E8ED)),
            TaskStatus::OnSchedule => format.set_background_color(Color::RGB(0x0090_BDEB)),
            TaskStatus::DueSoon => format.set_background_color(Color::RGB(0x00F6_D58A)),
            TaskStatus::Overdue => format
                .set_pattern(FormatPattern::LightDown)
                .set_background_color(Color::RGB(0x00F8_B6AF))
                .set_foreground_color(Color::RGB(0x00A8_221A)),
            TaskStatus::Done => format.set_background_color(Color::RGB(0x009A_D3B3)),
            TaskStatus::DoneLate => format
                .set_pattern(FormatPattern::LightUp)
                .set_background_color(Color::RGB(0x00F6_D58A))
                .set_foreground_color(Color::RGB(0x008A_5300)),
        }
    }
}

/// Page set-up of both sheets: A3 across, one page wide, heads repeated, page numbers and the chain's head at the foot.
fn set_up_page(sheet: &mut Worksheet, document: &TimetableDocument, heads: (u32, u32)) -> Result<(), DocumentError> {
    sheet.set_landscape().set_paper_size(A3).set_print_fit_to_pages(1, 0);
    sheet.set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3);
    sheet.set_repeat_rows(heads.0, heads.1)?;
    let head = head_line(document).replace('&', "&&");
    sheet.set_footer(format!("&L&8{head}&R&8{}", document.text.export_page()));
    Ok(())
}

fn head_line(document: &TimetableDocument) -> String {
    match &document.head {
        (0, _) => document.text.export_head_empty().to_owned(),
        (sequence, hash) => document.text.export_head(*sequence, hash),
    }
}

/// Title, what is shown, and the mark of made-up data, each across the whole width; gives the next row.
fn write_top(sheet: &mut Worksheet, document: &TimetableDocument, styles: &Styles, last_column: u16) -> Result<u32, DocumentError> {
    let text = document.text;
    sheet.merge_range(0, 0, 0, last_column, &title_of(document), &styles.title)?;
    sheet.set_row_height(0, 30)?;
    let mut line = text.export_as_of(&document.as_of.to_string());
    if let Some(day) = document.known_at {
        line = format!("{line} · {}", text.export_known_at(&day.to_string()));
    }
    line = format!("{line} · {}", text.export_count(document.tasks.len()));
    if !document.filters.is_empty() {
        line = format!("{line} · {}", text.export_filters(&document.filters));
    }
    sheet.merge_range(1, 0, 1, last_column, &line, &styles.note)?;
    let mut row = 2;
    if document.demonstration {
        sheet.merge_range(row, 0, row, last_column, text.export_demonstration(), &styles.warning)?;
        row += 1;
    }
    Ok(row)
}

fn write_list(sheet: &mut Worksheet, document: &TimetableDocument, styles: &Styles) -> Result<(), DocumentError> {
    let text = document.text;
    let heads = [
        text.export_column_area(),
        text.export_column_code(),
        text.export_column_task(),
        text.export_column_deliverable(),
        text.export_column_effect(),
        text.export_column_lead(),
        text.export_column_responsible(),
        text.export_column_supporting(),
        text.export_column_starts(),
        text.export_column_due(),
        text.export_column_revised(),
        text.export_column_completed(),
        text.export_column_status(),
        text.export_column_percent(),
        text.export_column_items(),
    ];
    let last_column = column_number(heads.len() - 1)?;
    for (column, width) in (0..).zip(WIDTHS) {
        sheet.set_column_width(column, width)?;
    }
    let head_row = write_top(sheet, document, styles, last_column)?;
    for (column, head) in (0..).zip(heads) {
        sheet.write_string_with_format(head_row, column, head, &styles.head)?;
    }
    sheet.set_freeze_panes(head_row + 1, 3)?;
    set_up_page(sheet, document, (head_row, head_row))?;
    let first = head_row + 1;
    for (place, task) in document.tasks.iter().enumerate() {
        write_task(sheet, first + row_number(place)?, task, document, styles)?;
    }
    merge_areas(sheet, first, document, styles)?;
    let mut row = first + row_number(document.tasks.len())?;
    if document.tasks.is_empty() {
        sheet.merge_range(row, 0, row, last_column, text.export_empty(), &styles.note)?;
        row += 1;
    }
    sheet.merge_range(row, 0, row, last_column, &head_line(document), &styles.note)?;
    Ok(())
}

/// The cells of one area are one.
fn merge_areas(sheet: &mut Worksheet, first: u32, document: &TimetableDocument, styles: &Styles) -> Result<(), DocumentError> {
    let mut start = 0;
    for of_area in document.tasks.chunk_by(|one, other| one.area == other.area) {
        let (from, to) = (first + row_number(start)?, first + row_number(start + of_area.len() - 1)?);
        let area = of_area.first().map_or("", |task| &task.area);
        if from == to {
            sheet.write_string_with_format(from, 0, area, &styles.area)?;
        } else {
            sheet.merge_range(from, 0, to, 0, area, &styles.area)?;
        }
        start += of_area.len();
    }
    Ok(())
}

fn write_task(
    sheet: &mut Worksheet,
    row: u32,
    task: &TaskLine,
    document: &TimetableDocument,
    styles: &Styles,
) -> Result<(), DocumentError> {
    let text = document.text;
    let percents: Vec<String> = task.percents.iter().map(|(name, percent)| text.export_percent(name, *percent)).collect();
    let items: Vec<String> = task.items.iter().map(|item| item_words(text, item)).collect();
    let (responsible, supporting) = (task.responsible.join("\n"), task.supporting.join("\n"));
    let texts: [(u16, &str, &Format); 10] = [
        (1, &task.code, &styles.centre),
        (2, &task.title, &styles.cell),
        (3, &task.deliverable, &styles.cell),
        (4, &task.effect, &styles.cell),
        (5, &task.lead, &styles.cell),
        (6, &responsible, &styles.cell),
        (7, &supporting, &styles.cell),
        (12, text.task_status(task.status), &styles.centre),
        (13, &percents.join("\n"), &styles.cell),
        (14, &items.join("\n"), &styles.cell),
    ];
    for (column, words, format) in texts {
        if words.is_empty() {
            sheet.write_blank(row, column, format)?;
        } else {
            sheet.write_string_with_format(row, column, words, format)?;
        }
    }
    for (column, day) in [(8, Some(task.starts_on)), (9, Some(task.due_on)), (10, task.revised_due_on), (11, task.completed_on)] {
        match day {
            Some(day) => sheet.write_datetime_with_format(row, column, excel_date(day)?, &styles.date)?,
            None => sheet.write_blank(row, column, &styles.date)?,
        };
    }
    Ok(())
}

/// One line of the column of projects and milestones.
fn item_words(text: Text, item: &ItemLine) -> String {
    let due = item.revised_due_on.unwrap_or(item.due_on).to_string();
    let (name, mut dates) = match item.kind {
        ItemKind::Project => (text.export_item_project(&item.name), text.tasks_time(&item.starts_on.to_string(), &due)),
        ItemKind::Milestone => (text.export_item_milestone(&item.name), due),
    };
    if item.revised_due_on.is_some() {
        dates = text.export_dates_revised(&dates, &item.due_on.to_string());
    }
    if let Some(day) = item.reached_on {
        dates = [dates, text.export_reached(&day.to_string())].join(text.export_separator());
    }
    text.export_item(&name, &dates, text.task_status(item.status))
}

/// Columns of the months before the first month.
const BEFORE_MONTHS: u16 = 3;

fn write_months(sheet: &mut Worksheet, document: &TimetableDocument, styles: &Styles) -> Result<(), DocumentError> {
    let text = document.text;
    let months = list_months(document.from, document.to);
    let last_column = BEFORE_MONTHS + column_number(months.len())? - 1;
    let year_row = write_top(sheet, document, styles, last_column)?;
    for (column, (head, width)) in
        (0..).zip([(text.export_column_code(), 6.0), (text.export_column_task(), 36.0), (text.export_column_status(), 10.0)])
    {
        sheet.set_column_width(column, width)?;
        sheet.merge_range(year_row, column, year_row + 1, column, head, &styles.head)?;
    }
    let mut column = BEFORE_MONTHS;
    for of_year in months.chunk_by(|one, other| one.year() == other.year()) {
        let last = column + column_number(of_year.len())? - 1;
        let year = of_year.first().map_or(0, |month| month.year()).to_string();
        if last == column {
            sheet.write_string_with_format(year_row, column, &year, &styles.head)?;
        } else {
            sheet.merge_range(year_row, column, year_row, last, &year, &styles.head)?;
        }
        for month in of_year {
            sheet.set_column_width(column, 3.2)?;
            sheet.write_string_with_format(year_row + 1, column, month.month().to_string(), &styles.head)?;
            column += 1;
        }
    }
    sheet.set_freeze_panes(year_row + 2, BEFORE_MONTHS)?;
    set_up_page(sheet, document, (year_row, year_row + 1))?;
    let mut row = year_row + 2;
    for of_area in document.tasks.chunk_by(|one, other| one.area == other.area) {
        let area = of_area.first().map_or("", |task| &task.area);
        sheet.merge_range(row, 0, row, last_column, area, &styles.area)?;
        row += 1;
        for task in of_area {
            write_bar(sheet, row, task, (document, &months), styles)?;
            row += 1;
        }
    }
    write_legend(sheet, row + 1, document, styles)?;
    sheet.merge_range(row + 2, 0, row + 2, last_column, &head_line(document), &styles.note)?;
    Ok(())
}

/// The first days of the months.
fn list_months(from: Date, to: Date) -> Vec<Date> {
    let mut months = vec![from.first_of_month()];
    while let Some(next) = months.last().map(|month| day_after(calendar_period(*month, Cadence::Month).ends_on)) {
        if next > to || months.len() >= MOST_MONTHS {
            break;
        }
        months.push(next);
    }
    months
}

fn write_bar(
    sheet: &mut Worksheet,
    row: u32,
    task: &TaskLine,
    (document, months): (&TimetableDocument, &[Date]),
    styles: &Styles,
) -> Result<(), DocumentError> {
    let text = document.text;
    sheet.write_string_with_format(row, 0, &task.code, &styles.centre)?;
    sheet.write_string_with_format(row, 1, &task.title, &styles.cell)?;
    sheet.write_string_with_format(row, 2, text.task_status(task.status), &styles.centre)?;
    let due = task.revised_due_on.unwrap_or(task.due_on);
    // What is overdue goes on until the day that is shown, what was done late until it was done.
    let last = match task.status {
        TaskStatus::Overdue => due.max(document.as_of),
        _ => due.max(task.completed_on.unwrap_or(due)),
    };
    let bar = Styles::bar(task.status);
    for (column, month) in (BEFORE_MONTHS..).zip(months) {
        let ends = month.last_of_month();
        let within = |day: Date| *month <= day && day <= ends;
        let mut marks = String::new();
        for item in task.items.iter().filter(|item| item.kind == ItemKind::Milestone) {
            let day = item.reached_on.unwrap_or(item.revised_due_on.unwrap_or(item.due_on));
            if within(day) {
                marks.push(if item.reached_on.is_some() { '◆' } else { '◇' });
            }
        }
        if task.completed_on.is_some_and(within) {
            marks.push('✓');
        }
        let format = if task.starts_on <= ends && last >= *month { &bar } else { &styles.empty };
        if marks.is_empty() {
            sheet.write_blank(row, column, format)?;
        } else {
            sheet.write_string_with_format(row, column, &marks, format)?;
        }
    }
    Ok(())
}

/// What the colours and signs of the months mean.
fn write_legend(sheet: &mut Worksheet, row: u32, document: &TimetableDocument, styles: &Styles) -> Result<(), DocumentError> {
    let text = document.text;
    sheet.write_string_with_format(row, 0, text.export_legend(), &styles.note)?;
    let signs = [("◇", text.gantt_key_milestone()), ("◆", text.gantt_key_reached()), ("✓", text.export_column_completed())];
    let signs = signs.map(|(sign, words)| format!("{sign} {words}"));
    sheet.write_string_with_format(row, 1, signs.join("  "), &styles.note)?;
    let mut column = BEFORE_MONTHS;
    for status in TaskStatus::ALL {
        sheet.merge_range(row, column, row, column + 3, text.task_status(*status), &Styles::bar(*status))?;
        column += 4;
    }
    Ok(())
}
