//! Units that were found already, as they were known. Invariant: they are read together, by their ids, never one by one.

use crate::{
    domain::ids::{OrganisationId, UnitId},
    store::{
        Known, StoreError, Tx,
        batches::push_rows,
        former,
        known::{push_former, sort_key_then, then, unit_columns_then},
        on,
        roster_lists::UnitRow,
    },
};

/// Who held some units, as they were known.
pub async fn list_unit_holders(tx: &mut Tx, known: Known, units: &[UnitId]) -> Result<Vec<(UnitId, OrganisationId)>, StoreError> {
    if units.is_empty() {
        return Ok(Vec::new());
    }
    let database = tx.kind();
    on!(tx, |conn| {
        let mut query = sqlx::QueryBuilder::new(concat!("SELECT units.id, ", then!("holder_id"), " AS holder_id FROM units "));
        push_former!(query, known);
        query.push(" WHERE units.id IN ");
        push_rows!(query, database, units);
        query.build_query_as::<(UnitId, OrganisationId)>().fetch_all(conn).await
    })
}

/// The Chinese names of some units, as they were known, in the order of lists.
pub async fn list_unit_names(tx: &mut Tx, known: Known, units: &[UnitId]) -> Result<Vec<(UnitId, String)>, StoreError> {
    if units.is_empty() {
        return Ok(Vec::new());
    }
    let database = tx.kind();
    on!(tx, |conn| {
        let mut query = sqlx::QueryBuilder::new(concat!("SELECT units.id, ", then!("name_zh"), " AS name_zh FROM units "));
        push_former!(query, known);
        query.push(" WHERE units.id IN ");
        push_rows!(query, database, units);
        query.push(concat!(" ORDER BY ", sort_key_then!(), ", units.id"));
        query.build_query_as::<(UnitId, String)>().fetch_all(conn).await
    })
}

/// Some units, as they were known, in the order of lists. At most some hundred.
pub async fn list_units(tx: &mut Tx, known: Option<Known>, units: &[UnitId]) -> Result<Vec<UnitRow>, StoreError> {
    if units.is_empty() {
        return Ok(Vec::new());
    }
    on!(tx, |conn| {
        let mut query = sqlx::QueryBuilder::new(concat!("SELECT ", unit_columns_then!(), " FROM units "));
        push_former!(query, known.unwrap_or(Known::NOW));
        push_holders!(query, known);
        query.push(" WHERE units.id IN ");
        push_list!(query, units);
        query.push(concat!(" ORDER BY ", sort_key_then!(), ", units.id"));
        query.build_query_as::<UnitRow>().fetch_all(conn).await
    })
}
