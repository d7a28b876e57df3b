//! Many rows in one statement. Invariant: a statement carries at most [`ROWS_AT_ONCE`] rows, so that neither database's limit on
//! values is reached.

/// Rows of one statement: with at most 18 values each far below the 32,766 that SQLite takes.
pub const ROWS_AT_ONCE: usize = 500;

/// Adds rows with as few statements as possible: `insert_rows!(tx, "INSERT INTO t (a, b) ", rows, |to, row| { to.push_bind(…); })`.
macro_rules! insert_rows {
    ($tx:expr, $head:literal, $rows:expr, |$to:ident, $row:pat_param| $push:block $(, $tail:literal)?) => {
        for chunk in $rows.chunks($crate::store::batches::ROWS_AT_ONCE) {
            $crate::store::on!($tx, |conn| {
                let mut query = sqlx::QueryBuilder::new($head);
                query.push_values(chunk, |mut $to, $row| $push);
                $(query.push($tail);)?
                query.build().execute(conn).await.map(|done| done.rows_affected())
            })?;
        }
    };
}
pub(crate) use insert_rows;

/// Rows whose column is one of a list: `select_among!(tx, Row, "SELECT … WHERE id IN (", ids, ") ORDER BY id")`.
macro_rules! select_among {
    ($tx:expr, $Row:ty, $head:expr, $values:expr, $tail:expr) => {{
        let mut rows: Vec<$Row> = Vec::new();
        for chunk in $values.chunks($crate::store::batches::ROWS_AT_ONCE) {
            let found: Vec<$Row> = $crate::store::on!($tx, |conn| {
                let mut query = sqlx::QueryBuilder::new($head);
                let mut list = query.separated(", ");
                for value in chunk {
                    list.push_bind(value);
                }
                query.push($tail);
                query.build_query_as::<$Row>().fetch_all(conn).await
            })?;
            rows.extend(found);
        }
        Ok::<_, $crate::store::StoreError>(rows)
    }};
}
pub(crate) use select_among;

/// Deletes the rows whose column is one of a list.
macro_rules! delete_among {
    ($tx:expr, $head:literal, $values:expr) => {
        for chunk in $values.chunks($crate::store::batches::ROWS_AT_ONCE) {
            $crate::store::on!($tx, |conn| {
                let mut query = sqlx::QueryBuilder::new($head);
                let mut list = query.separated(", ");
                for value in chunk {
                    list.push_bind(value);
                }
                query.push(")");
                query.build().execute(conn).await.map(|done| done.rows_affected())
            })?;
        }
    };
}
pub(crate) use delete_among;

/// Adds `(SELECT …)` with the values of a list as rows. They are bound as one text, so that a list of any length has one statement.
macro_rules! push_rows {
    ($query:ident, $database:expr, $values:expr) => {{
        let (head, tail) = match $database {
            $crate::store::DbKind::Sqlite => ("(SELECT value FROM json_each(", "))"),
            $crate::store::DbKind::Postgres => ("(SELECT json_array_elements_text(CAST(", " AS json)))"),
        };
        $query.push(head).push_bind($crate::store::Encoded($values.to_vec())).push(tail);
    }};
}
pub(crate) use push_rows;

/// `collected!(database, "unit_id ORDER BY sort_key")`: the values of a query's rows as one JSON text. A row passes from the database's
/// thread to another; thousands of them take longer to pass than to find.
macro_rules! collected {
    ($database:expr, $values:literal) => {
        match $database {
            $crate::store::DbKind::Sqlite => concat!("CAST(json_group_array(", $values, ") AS TEXT)"),
            $crate::store::DbKind::Postgres => concat!("CAST(COALESCE(json_agg(", $values, "), '[]') AS TEXT)"),
        }
    };
}
pub(crate) use collected;
