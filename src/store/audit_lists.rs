//! The audit chain as it is read by people: by filter, newest first. Invariant: a list starts from an index of its narrowest filter and
//! reads the rows of its page only.

use super::{StoreError, Tx, fetch_all, fetch_one, fetch_optional};

/// A row with the names of what it is about, as they are now.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ListedAuditRow {
    /// 1, 2, 3 … without gaps.
    pub sequence: i64,
    /// Milliseconds since 1970.
    pub at: i64,
    /// The acting account; `None` for the command line.
    pub actor_id: Option<String>,
    /// The acting account's name as it was then.
    pub actor_name: String,
    /// The acting account's organisation.
    pub organisation_id: Option<String>,
    /// That organisation's Chinese name; empty without one.
    pub organisation_zh: String,
    /// Its English name.
    pub organisation_en: String,
    /// The declared action.
    pub action: String,
    /// What kind of object changed.
    pub object_kind: String,
    /// Which one.
    pub object_id: String,
    /// Its Chinese name; empty where it is not known.
    pub object_zh: String,
    /// Its English name.
    pub object_en: String,
    /// The code of the indicator or task; empty without one.
    pub object_code: String,
    /// The code of the period; empty without one.
    pub period_code: String,
    /// The code of the plan; empty for what belongs to none.
    pub plan_code: String,
    /// JSON of what was there before.
    pub before_state: Option<String>,
    /// JSON of what is there now.
    pub after_state: Option<String>,
    /// Why.
    pub reason: String,
    /// Hash of the row before; empty for the first.
    pub previous_hash: String,
    /// Hash of this row.
    pub hash: String,
}

/// Which rows are listed. An empty text does not filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditFilter {
    /// The acting account.
    pub actor: String,
    /// The acting account's organisation.
    pub organisation: String,
    /// The action.
    pub action: String,
    /// The kind of object.
    pub object_kind: String,
    /// The object.
    pub object_id: String,
    /// A pattern for the reason, lower case, with `\` before `%`, `_` and `\`.
    pub pattern: String,
    /// Not earlier than this instant.
    pub since: i64,
    /// Earlier than this instant.
    pub until: i64,
    /// No row with a lower number.
    pub first: i64,
    /// No row with a higher number.
    pub last: i64,
}

/// `$lead` is the condition whose index gives the rows in order; the other conditions are checked on each.
macro_rules! conditions {
    ($lead:literal) => {
        concat!(
            $lead,
            " AND sequence >= $9 AND sequence <= $10
                     AND ($1 = '' OR actor_id = $1) AND ($2 = '' OR organisation_id = $2) AND ($3 = '' OR action = $3)
                     AND ($4 = '' OR object_kind = $4) AND ($5 = '' OR object_id = $5)
                     AND ($6 = '' OR LOWER(reason) LIKE $6 ESCAPE '\\') AND at >= $7 AND at < $8"
        )
    };
}

macro_rules! count_rows {
    ($lead:literal) => {
        concat!("SELECT COUNT(*) FROM (SELECT 1 AS one FROM audit WHERE ", conditions!($lead), " LIMIT $11) AS found")
    };
}

macro_rules! select_rows {
    ($lead:literal) => {
        concat!(
            "SELECT page.sequence, page.at, page.actor_id, page.actor_name, page.organisation_id,
                    COALESCE(acting.name_zh, '') AS organisation_zh, COALESCE(acting.name_en, '') AS organisation_en,
                    page.action, page.object_kind, page.object_id,
                    COALESCE(accounts.display_name, named.name_zh, indicators.name_zh, units.name_zh, tokens.name, areas.name_zh,
                             timetable_items.name_zh, tasks.title_zh,
                             CASE WHEN page.object_kind = 'plan' THEN plans.short_zh END, '') AS object_zh,
                    COALESCE(named.name_en, indicators.name_en, units.name_en, areas.name_en, timetable_items.name_en, tasks.title_en,
                             CASE WHEN page.object_kind = 'plan' THEN plans.short_en END, '') AS object_en,
                    COALESCE(indicators.code, tasks.code, '') AS object_code, COALESCE(periods.code, '') AS period_code,
                    COALESCE(plans.code, '') AS plan_code,
                    page.before_state, page.after_state, page.reason, page.previous_hash, page.hash
             FROM (SELECT * FROM audit
                   WHERE ",
            conditions!($lead),
            "
                   ORDER BY sequence DESC LIMIT $11) AS page
             LEFT JOIN organisations AS acting ON acting.id = page.organisation_id
             LEFT JOIN accounts ON page.object_kind = 'account' AND accounts.id = page.object_id
             LEFT JOIN organisations AS named ON page.object_kind = 'organisation' AND named.id = page.object_id
             LEFT JOIN indicators ON page.object_kind = 'indicator' AND indicators.id = page.object_id
             LEFT JOIN units ON page.object_kind = 'unit' AND units.id = page.object_id
             LEFT JOIN tokens ON page.object_kind = 'token' AND tokens.id = page.object_id
             LEFT JOIN reports ON page.object_kind = 'report' AND reports.id = page.object_id
             LEFT JOIN obligations ON obligations.id = reports.obligation_id
             LEFT JOIN assignments ON page.object_kind = 'assignment' AND assignments.id = page.object_id
             LEFT JOIN evaluations ON page.object_kind = 'evaluation' AND evaluations.id = page.object_id
             LEFT JOIN feedbacks ON page.object_kind = 'feedback' AND feedbacks.id = page.object_id
             LEFT JOIN timetable_items ON page.object_kind = 'timetable-item' AND timetable_items.id = page.object_id
             LEFT JOIN areas ON page.object_kind = 'area' AND areas.id = page.object_id
             LEFT JOIN tasks ON tasks.id = COALESCE(obligations.task_id, assignments.task_id, evaluations.task_id, feedbacks.task_id,
                                                    timetable_items.task_id,
                                                    CASE WHEN page.object_kind = 'task' THEN page.object_id END)
             LEFT JOIN periods ON periods.id = COALESCE(obligations.period_id, evaluations.period_id, feedbacks.period_id,
                                                        CASE WHEN page.object_kind = 'period' THEN page.object_id END)
             LEFT JOIN plans ON plans.id = COALESCE(indicators.plan_id, tasks.plan_id, periods.plan_id, areas.plan_id,
                                                    CASE WHEN page.object_kind = 'plan' THEN page.object_id END)
             ORDER BY page.sequence DESC"
        )
    };
}

/// The statement that starts from the index of a filter's narrowest condition.
macro_rules! by_narrowest {
    ($filter:ident, $statement:ident) => {
        if !$filter.object_id.is_empty() {
            $statement!("object_id = $5")
        } else if !$filter.actor.is_empty() {
            $statement!("actor_id = $1")
        } else if !$filter.action.is_empty() {
            $statement!("action = $3")
        } else if !$filter.organisation.is_empty() {
            $statement!("organisation_id = $2")
        } else if !$filter.object_kind.is_empty() {
            $statement!("object_kind = $4")
        } else {
            $statement!("sequence > 0")
        }
    };
}

/// Runs such a statement with what it binds.
macro_rules! fetch_filtered {
    ($fetch:ident, $tx:ident, $Row:ty, $statement:ident, $filter:ident, $limit:ident) => {
        $fetch!(
            $tx,
            $Row,
            by_narrowest!($filter, $statement),
            &$filter.actor,
            &$filter.organisation,
            &$filter.action,
            &$filter.object_kind,
            &$filter.object_id,
            &$filter.pattern,
            $filter.since,
            $filter.until,
            $filter.first,
            $filter.last,
            $limit
        )
    };
}

/// How many rows a filter has; counted up to `limit`.
pub async fn count_filtered_rows(tx: &mut Tx, filter: &AuditFilter, limit: i64) -> Result<i64, StoreError> {
    Ok(fetch_filtered!(fetch_one, tx, (i64,), count_rows, filter, limit)?.0)
}

/// When a row was written; none without such a row.
pub async fn find_row_instant(tx: &mut Tx, sequence: i64) -> Result<Option<i64>, StoreError> {
    Ok(fetch_optional!(tx, (i64,), "SELECT at FROM audit WHERE sequence = $1", sequence)?.map(|row| row.0))
}

/// Up to `limit` rows of a filter, the newest first.
pub async fn list_filtered_rows(tx: &mut Tx, filter: &AuditFilter, limit: i64) -> Result<Vec<ListedAuditRow>, StoreError> {
    fetch_filtered!(fetch_all, tx, ListedAuditRow, select_rows, filter, limit)
}

/// The lowest number of a row not earlier than an instant; none where there is no such row.
pub async fn find_first_since(tx: &mut Tx, since: i64) -> Result<Option<i64>, StoreError> {
    Ok(fetch_one!(tx, (Option<i64>,), "SELECT MIN(sequence) FROM audit WHERE at >= $1", since)?.0)
}

/// The highest number of a row earlier than an instant; none where there is no such row.
pub async fn find_last_until(tx: &mut Tx, until: i64) -> Result<Option<i64>, StoreError> {
    Ok(fetch_one!(tx, (Option<i64>,), "SELECT MAX(sequence) FROM audit WHERE at < $1", until)?.0)
}

/// The newest row of an action: its number, instant, actor's name, and what was there after it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct LatestAuditRow {
    /// Its number.
    pub sequence: i64,
    /// Milliseconds since 1970.
    pub at: i64,
    /// Who acted.
    pub actor_name: String,
    /// JSON of what was there after it.
    pub after_state: Option<String>,
}

/// The newest row of an action.
pub async fn find_latest_of_action(tx: &mut Tx, action: &str) -> Result<Option<LatestAuditRow>, StoreError> {
    fetch_optional!(
        tx,
        LatestAuditRow,
        "SELECT sequence, at, actor_name, after_state FROM audit WHERE action = $1 ORDER BY sequence DESC LIMIT 1",
        action
    )
}
