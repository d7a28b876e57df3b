//! The audit trail as a file. Invariant: it holds every row of the filter, newest first, and is written while it is read, so that its
//! length costs no memory.

use axum::{
    Extension,
    body::Body,
    extract::Request,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;

use super::{api_v1::asked::AUDIT_HEAD, render::render_error};
use crate::{
    documents::csv_table::{BYTE_ORDER_MARK, Cell, write_rows},
    error::UserError,
    i18n::Text,
    services::{
        ServiceError,
        api_view::read_audit_head,
        audit_view::{AuditQuery, read_audit_query, read_audit_rows, zone_of},
        moment::Moment,
        visit::Visit,
    },
    store::audit_lists::ListedAuditRow,
};

/// Rows read at a time.
const CHUNK: i64 = 1_000;

const COLUMNS: [&str; 16] = [
    "sequence",
    "at",
    "actor",
    "actor_id",
    "organisation",
    "action",
    "action_words",
    "object_kind",
    "object_id",
    "object",
    "plan",
    "before",
    "after",
    "reason",
    "previous_hash",
    "hash",
];

/// The rows of the filter of the page, as CSV for a spreadsheet.
pub async fn export_rows(Extension(visit): Extension<Visit>, request: Request) -> Response {
    let (query, errors) = read_audit_query(&visit);
    if !errors.is_empty() {
        return render_error(visit, UserError::Invalid(errors), request).await;
    }
    match read_audit_head(&visit).await {
        Ok(head) => answer(visit, query, head.unwrap_or_default()),
        Err(error) => render_error(visit, UserError::from(error), request).await,
    }
}

fn answer(visit: Visit, query: AuditQuery, head: String) -> Response {
    let columns: Vec<Cell> = COLUMNS.iter().map(Cell::exact).collect();
    let opening = write_rows([columns.as_slice()]).map(|line| format!("{BYTE_ORDER_MARK}{line}"));
    let opening = stream::iter([opening.map_err(std::io::Error::other)]);
    let rows = stream::try_unfold(Some(query), move |query| {
        let visit = visit.clone();
        async move {
            let Some(query) = query else { return Ok(None) };
            read_chunk(&visit, query).await.map_err(|error| {
                tracing::error!(%error, "the export of the audit trail broke off");
                std::io::Error::other(error)
            })
        }
    });
    let mut response = Body::from_stream(stream::StreamExt::chain(opening, rows)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present"));
    let short = head.get(..12).unwrap_or("empty");
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"audit-{short}.csv\"")) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    if let (false, Ok(head)) = (head.is_empty(), HeaderValue::from_str(&head)) {
        headers.insert(AUDIT_HEAD.clone(), head);
    }
    response
}

/// The next lines, and where the chunk after them begins; nothing when all is written.
async fn read_chunk(visit: &Visit, query: AuditQuery) -> Result<Option<(String, Option<AuditQuery>)>, ServiceError> {
    let rows = read_audit_rows(&visit.shared.db, zone_of(visit), &query, CHUNK).await?;
    let Some(last) = rows.last().map(|row| row.sequence) else { return Ok(None) };
    let cells: Vec<Vec<Cell>> = rows.iter().map(|row| row_cells(visit, row)).collect();
    let lines = write_rows(cells.iter().map(Vec::as_slice)).map_err(|error| ServiceError::Unexpected(error.to_string()))?;
    Ok(Some((lines, Some(AuditQuery { before: Some(last), ..query }))))
}

fn row_cells(visit: &Visit, row: &ListedAuditRow) -> Vec<Cell> {
    let text = Text::new(visit.lang);
    let name = text.lang.pick(&row.object_zh, &row.object_en);
    let object =
        [row.object_code.as_str(), name, row.period_code.as_str()].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>();
    vec![
        Cell::exact(row.sequence),
        Cell::exact(Moment(row.at).instant_in(zone_of(visit))),
        Cell::text(&row.actor_name),
        Cell::optional(row.actor_id.as_ref()),
        Cell::text(text.lang.pick(&row.organisation_zh, &row.organisation_en)),
        Cell::exact(&row.action),
        Cell::text(text.audit_action(&row.action)),
        Cell::exact(&row.object_kind),
        Cell::text(&row.object_id),
        Cell::text(object.join(" ")),
        Cell::text(&row.plan_code),
        Cell::text(row.before_state.as_deref().unwrap_or_default()),
        Cell::text(row.after_state.as_deref().unwrap_or_default()),
        Cell::text(&row.reason),
        Cell::exact(&row.previous_hash),
        Cell::exact(&row.hash),
    ]
}
