//! The roster as a table, out and in. Invariant: a table that goes out holds no cell that a spreadsheet would run, and one that comes
//! in is only parked for its check.

use std::collections::BTreeMap;

use axum::{
    Extension,
    body::Body,
    extract::{Multipart, Path, Request},
    http::{HeaderValue, Method, Uri, header},
    response::{IntoResponse, Response},
};

use super::{
    forms::{inside_path, park},
    render::{render_error, see_other},
};
use crate::{
    api::Fields,
    documents::csv_table::{BYTE_ORDER_MARK, Cell, write_rows},
    domain::{
        calendar::parse_date,
        fields::{FieldError, FieldProblem},
        roster_rows::Column,
    },
    error::UserError,
    services::{
        ServiceError,
        clocks::Clocks,
        roster_view::{RosterQuery, TableLine, read_roster_table},
        visit::Visit,
    },
};

/// The largest table that is taken from a browser, in bytes.
pub const LARGEST_TABLE: usize = 4 * 1024 * 1024;

/// The filtered list as CSV, in UTF-8 with the mark by which spreadsheets know it.
pub async fn download_roster(Extension(visit): Extension<Visit>, Path(plan): Path<String>, request: Request) -> Response {
    match write_table(&visit, &plan).await {
        Ok(response) => response,
        Err(error) => render_error(visit, UserError::from(error), request).await,
    }
}

async fn write_table(visit: &Visit, plan: &str) -> Result<Response, ServiceError> {
    let plan = visit.plan(plan)?;
    let today = visit.today(&plan);
    let as_of = visit.query("as_of").and_then(|typed| parse_date(&typed).ok()).unwrap_or(today);
    let known_at = visit.query("known_at").and_then(|typed| parse_date(&typed).ok());
    let clocks = known_at.map_or_else(|| Clocks::from(as_of), |day| Clocks::known_at(as_of, day, today));
    let lines = read_roster_table(&visit.shared, &plan, clocks, &RosterQuery::read(visit)).await?;
    let mut response = make_csv(visit, &lines)?.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    let name = format!("attachment; filename=\"{}-roster-{as_of}.csv\"", plan.code);
    if let Ok(disposition) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

fn make_csv(visit: &Visit, lines: &[TableLine]) -> Result<String, ServiceError> {
    let text = visit.text();
    let columns = [
        Column::Kind,
        Column::Code,
        Column::Name,
        Column::Holder,
        Column::District,
        Column::Recognition,
        Column::Level,
        Column::Stage,
        Column::Date,
    ];
    let mut rows: Vec<Vec<Cell>> = vec![columns.map(|column| Cell::exact(column.as_str())).to_vec()];
    for TableLine { line, standing } in lines {
        let typed = |cell: &str| Cell::text(cell);
        rows.push(vec![
            Cell::exact(text.unit_kind(line.kind)),
            typed(&line.code),
            typed(&line.name_zh),
            typed(&line.holder_zh),
            typed(&line.district),
            typed(text.lang.pick(&standing.name_zh, &standing.name_en)),
            Cell::exact(standing.level.map_or("", |level| text.level(level))),
            Cell::exact(text.stage(line.stage)),
            Cell::exact(line.on_date),
        ]);
    }
    let table = write_rows(rows.iter().map(Vec::as_slice)).map_err(|error| ServiceError::Unexpected(error.to_string()))?;
    Ok(format!("{BYTE_ORDER_MARK}{table}"))
}

/// Takes a file of rows and parks it, as pasting would.
pub async fn take_rows(
    Extension(visit): Extension<Visit>,
    Path(plan): Path<String>,
    method: Method,
    uri: Uri,
    multipart: Multipart,
) -> Response {
    let place = format!("/p/{plan}/manage/units?bulk=1");
    let (mut form, error) = receive(multipart).await;
    form.insert("back".to_owned(), inside_path(&place).to_owned());
    let mut request = Request::new(Body::empty());
    (*request.method_mut(), *request.uri_mut()) = (method, uri);
    match park(&visit, &Fields(form), "check_units", &error).await {
        Ok(address) => see_other(&address),
        // What was brought could not be kept: the page says so, and the file is still with whoever chose it.
        Err(error) => render_error(visit, UserError::from(error), request).await,
    }
}

async fn receive(mut multipart: Multipart) -> (BTreeMap<String, String>, UserError) {
    let mut form = BTreeMap::new();
    let mut pasted = String::new();
    let refuse = |problem| UserError::field("file", problem);
    loop {
        let field = match multipart.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => break,
            Err(_) => return (form, UserError::TooLarge { megabytes: 4 }),
        };
        let name = field.name().unwrap_or_default().to_owned();
        let Ok(bytes) = field.bytes().await else { return (form, UserError::TooLarge { megabytes: 4 }) };
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
        let Ok(text) = std::str::from_utf8(bytes) else { return (form, refuse(FieldProblem::NotUtf8)) };
        match name.as_str() {
            "file" => form.insert("rows".to_owned(), text.to_owned()),
            "rows" => {
                text.clone_into(&mut pasted);
                None
            }
            "reason" => form.insert("reason".to_owned(), text.to_owned()),
            _ => None,
        };
    }
    // Without a file what was pasted is checked.
    if form.get("rows").is_none_or(|rows| rows.trim().is_empty()) {
        form.insert("rows".to_owned(), pasted);
    }
    let is_empty = form.get("rows").is_none_or(|rows| rows.trim().is_empty());
    let missing = is_empty.then(|| FieldError::new("file", FieldProblem::Required));
    (form, UserError::Invalid(missing.into_iter().collect()))
}
