//! Settings kept in the database, and the version pages are cached by. Invariant: the version rises with every committed change a page shows.

use super::{StoreError, Tx, execute, fetch_one, fetch_optional};

/// The setting that marks a demonstration database.
pub const DEMONSTRATION: &str = "demonstration";

/// A setting's value.
pub async fn find_setting(tx: &mut Tx, name: &str) -> Result<Option<String>, StoreError> {
    let row = fetch_optional!(tx, (String,), "SELECT value FROM settings WHERE name = $1", name)?;
    Ok(row.map(|(value,)| value))
}

/// Sets a setting.
pub async fn set_setting(tx: &mut Tx, name: &str, value: &str) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        name,
        value
    )?;
    Ok(())
}

/// The data version this snapshot sees.
pub async fn read_data_version(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(fetch_one!(tx, (i64,), "SELECT version FROM data_version WHERE one = 1")?.0)
}

/// The data version this snapshot sees, and a setting's value: what every request asks for.
pub async fn read_version_and_setting(tx: &mut Tx, name: &str) -> Result<(i64, Option<String>), StoreError> {
    let sql = "SELECT version, (SELECT value FROM settings WHERE name = $1) FROM data_version WHERE one = 1";
    fetch_one!(tx, (i64, Option<String>), sql, name)
}

/// Raises the data version.
pub async fn raise_data_version(tx: &mut Tx) -> Result<(), StoreError> {
    execute!(tx, "UPDATE data_version SET version = version + 1 WHERE one = 1")?;
    Ok(())
}
