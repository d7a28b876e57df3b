//! The audit trail as its administrator reads it. Invariant: reading changes nothing; a walk along the chain sees one instant and holds
//! nobody up, and what it found is itself a row of the chain.

use jiff::civil::Date;
use tokio::sync::Semaphore;

use super::{
    ServiceError,
    access::Actor,
    moment::Moment,
    roster::list_recognition_kinds,
    trail::{Action, Change, NOTHING, record_change},
    verify::{Finding, verify_chain},
    visit::Visit,
};
use crate::{
    domain::{
        audit_chain::{ChainFault, ChainVerdict},
        calendar::{eve, parse_date},
        fields::{FieldError, FieldProblem, read_text},
        permissions::Permission,
        state_changes::{StateChange, list_state_changes},
    },
    error::UserError,
    store::{
        Db, Tx,
        accounts::list_accounts,
        audit::read_head,
        audit_lists::{
            AuditFilter, ListedAuditRow, count_filtered_rows, find_first_since, find_last_until, find_latest_of_action, find_row_instant,
            list_filtered_rows,
        },
        organisations::{Organisation, list_organisations},
        units::RecognitionKind,
        with_tx,
    },
};

/// Rows on a page.
pub const PAGE_LENGTH: i64 = 50;

/// More rows of a filter than this are not counted.
pub const MOST_COUNTED: i64 = 10_000;

/// The kinds of object that rows are about.
pub const OBJECT_KINDS: &[&str] = &[
    "account",
    "area",
    "assignment",
    "audit",
    "evaluation",
    "feedback",
    "indicator",
    "name",
    "organisation",
    "period",
    "plan",
    "report",
    "roster",
    "task",
    "timetable-item",
    "token",
    "unit",
    "values",
];

/// One walk at a time: each reads the whole chain.
static WALKING: Semaphore = Semaphore::const_new(1);

/// Which rows are asked for. An empty text does not filter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditQuery {
    /// Id of the acting account.
    pub actor: String,
    /// Id of the acting account's organisation.
    pub organisation: String,
    /// Word of the action.
    pub action: String,
    /// Kind of object.
    pub object_kind: String,
    /// Id of the object.
    pub object_id: String,
    /// A part of the reason.
    pub words: String,
    /// First day.
    pub from: Option<Date>,
    /// Last day.
    pub until: Option<Date>,
    /// Rows with a lower number only.
    pub before: Option<i64>,
}

/// The zone in which days of the trail are counted: the trail belongs to no plan, so that of the first.
pub fn zone_of(visit: &Visit) -> &str {
    visit.plans.first().map_or("Asia/Shanghai", |plan| plan.time_zone.as_str())
}

/// Reads the filter from an address, and what of it cannot be read.
pub fn read_audit_query(visit: &Visit) -> (AuditQuery, Vec<FieldError>) {
    let text = |name: &str| visit.query(name).map(|value| value.trim().to_owned()).unwrap_or_default();
    let mut errors = Vec::new();
    let mut day = |name: &str| {
        let typed = visit.query(name)?;
        parse_date(&typed).map_err(|error| errors.push(FieldError::new(name, FieldProblem::Date(error)))).ok()
    };
    let (from, until) = (day("from"), day("until"));
    let query = AuditQuery {
        actor: text("actor"),
        organisation: text("organisation"),
        action: text("action"),
        object_kind: text("kind"),
        object_id: text("object"),
        words: text("q"),
        from,
        until,
        before: visit.query("before").and_then(|number| number.parse().ok()),
    };
    (query, errors)
}

/// A row as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// The row with its names.
    pub row: ListedAuditRow,
    /// What is another after it.
    pub changes: Vec<StateChange>,
}

/// What the last walk along the chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastWalk {
    /// When.
    pub at: Moment,
    /// Who asked for it.
    pub by: String,
    /// What it found.
    pub verdict: ChainVerdict,
}

/// A page of the trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditPage {
    /// The rows, newest first.
    pub entries: Vec<AuditEntry>,
    /// The number before which the next page begins; none on the last.
    pub older: Option<i64>,
    /// Number and hash of the newest row of all; 0 and empty for an empty chain.
    pub head: (i64, String),
    /// When that row was written.
    pub head_at: Option<Moment>,
    /// How many rows match on all pages together, at most one above [`MOST_COUNTED`]; none without a filter.
    pub matching: Option<i64>,
    /// The last walk along the chain.
    pub last_walk: Option<LastWalk>,
    /// Accounts to choose from: id, shown name, name to sign in with.
    pub actors: Vec<(String, String, String)>,
    /// Organisations to choose from.
    pub organisations: Vec<Organisation>,
    /// What recognitions are called.
    pub kinds: Vec<RecognitionKind>,
}

/// A page of the trail.
pub async fn read_audit_page(db: &Db, zone: &str, query: &AuditQuery) -> Result<AuditPage, ServiceError> {
    let mut rows = read_audit_rows(db, zone, query, PAGE_LENGTH + 1).await?;
    let page_length = usize::try_from(PAGE_LENGTH).unwrap_or(usize::MAX);
    let more = rows.len() > page_length;
    rows.truncate(page_length);
    let older = rows.last().filter(|_| more).map(|row| row.sequence);
    let mut tx = db.read().await?;
    let head = read_head(&mut tx).await?;
    let head_at = find_row_instant(&mut tx, head.0).await?.map(Moment);
    let everything = AuditQuery { before: None, ..query.clone() };
    let matching = if everything == AuditQuery::default() {
        None
    } else {
        let filter = read_filter(&mut tx, zone, &everything).await?;
        Some(count_filtered_rows(&mut tx, &filter, MOST_COUNTED + 1).await?)
    };
    let last_walk = find_latest_of_action(&mut tx, Action::VerifyChain.as_str()).await?.and_then(|row| {
        let verdict = serde_json::from_str(row.after_state.as_deref()?).ok()?;
        Some(LastWalk { at: Moment(row.at), by: row.actor_name, verdict })
    });
    let accounts = list_accounts(&mut tx).await?;
    let actors = accounts.into_iter().map(|account| (account.id.to_string(), account.display_name, account.username)).collect();
    let organisations = list_organisations(&mut tx).await?;
    let kinds = list_recognition_kinds(&mut tx).await?;
    let entries = rows.into_iter().map(show_row).collect();
    Ok(AuditPage { entries, older, head, head_at, matching, last_walk, actors, organisations, kinds })
}

/// Up to `limit` rows of a filter, the newest first.
pub async fn read_audit_rows(db: &Db, zone: &str, query: &AuditQuery, limit: i64) -> Result<Vec<ListedAuditRow>, ServiceError> {
    let mut tx = db.read().await?;
    let filter = read_filter(&mut tx, zone, query).await?;
    Ok(list_filtered_rows(&mut tx, &filter, limit).await?)
}

/// The filter as the store takes it. Days become numbers of rows, so that an old range does not read everything after it.
async fn read_filter(tx: &mut Tx, zone: &str, query: &AuditQuery) -> Result<AuditFilter, ServiceError> {
    let since = query.from.map(|day| Moment::end_of(eve(day), zone).0);
    let until = query.until.map(|day| Moment::end_of(day, zone).0);
    let first = match since {
        Some(since) => find_first_since(tx, since).await?.unwrap_or(i64::MAX),
        None => 0,
    };
    let last = match until {
        Some(until) => find_last_until(tx, until).await?.unwrap_or(0),
        None => i64::MAX,
    };
    let before = query.before.map_or(i64::MAX, |before| before.saturating_sub(1));
    Ok(AuditFilter {
        actor: query.actor.clone(),
        organisation: query.organisation.clone(),
        action: query.action.clone(),
        object_kind: query.object_kind.clone(),
        object_id: query.object_id.clone(),
        pattern: make_pattern(&query.words),
        since: since.unwrap_or(i64::MIN),
        until: until.unwrap_or(i64::MAX),
        first,
        last: last.min(before),
    })
}

fn show_row(row: ListedAuditRow) -> AuditEntry {
    let state = |json: &Option<String>| json.as_deref().and_then(|json| serde_json::from_str(json).ok());
    let changes = list_state_changes(state(&row.before_state).as_ref(), state(&row.after_state).as_ref());
    AuditEntry { row, changes }
}

/// A LIKE pattern for a part of a reason; empty for nothing.
fn make_pattern(words: &str) -> String {
    let words = words.trim().to_lowercase();
    if words.is_empty() {
        return words;
    }
    format!("%{}%", words.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}

/// How many hexadecimal digits a head has.
const HEAD_DIGITS: usize = 64;

/// Walks the chain from its first row, and records what was found. `printed` is a head that was printed earlier; empty for none.
///
/// # Errors
/// `NotFound` without the permission; `Invalid` where what was typed is no head.
pub async fn walk_chain(db: &Db, actor: &Actor, now: Moment, printed: &str) -> Result<ChainVerdict, ServiceError> {
    actor.require(Permission::ReadAudit)?;
    let mut errors = Vec::new();
    let printed = read_text("head", printed, HEAD_DIGITS, &mut errors).to_lowercase();
    // Half a head, or something else, tells nothing about the chain.
    let is_whole = printed.len() == HEAD_DIGITS && printed.bytes().all(|byte| byte.is_ascii_hexdigit());
    if errors.is_empty() && !printed.is_empty() && !is_whole {
        errors.push(FieldError::new("head", FieldProblem::NotAHead));
    }
    if !errors.is_empty() {
        return Err(UserError::Invalid(errors).into());
    }
    let _alone = WALKING.acquire().await.map_err(|error| ServiceError::Unexpected(error.to_string()))?;
    let found = verify_chain(db, Some(printed.as_str()).filter(|head| !head.is_empty())).await?;
    let faults = found.findings.into_iter().filter_map(as_fault).collect();
    let verdict = ChainVerdict::new(found.rows, found.head, faults);
    let (author, kept) = (actor.author(), verdict.clone());
    with_tx(db, move |tx| {
        Box::pin(async move {
            let change = Change { action: Action::VerifyChain, object_kind: "audit", object_id: "chain", reason: "" };
            record_change(tx, &author, now, change, NOTHING, Some(&kept)).await
        })
    })
    .await?;
    Ok(verdict)
}

/// The fault that a finding about the chain is.
fn as_fault(finding: Finding) -> Option<ChainFault> {
    match finding {
        Finding::ChangedRow { sequence } => Some(ChainFault::ChangedRow { sequence }),
        Finding::BrokenLink { sequence } => Some(ChainFault::BrokenLink { sequence }),
        Finding::MissingRows { first, last } => Some(ChainFault::MissingRows { first, last }),
        Finding::WrongHead { says, newest } => Some(ChainFault::WrongHead { says, newest }),
        Finding::UnknownHead { head } => Some(ChainFault::UnknownHead { head }),
        _ => None,
    }
}
