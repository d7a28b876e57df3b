//! The names of units on shelves: many of them in one text. Invariant: each unit with a standing lies on its shelf once, under its
//! search key; only `services::name_shelves` writes them.
//!
//! A word that may stand anywhere in a name has no place in an index of either database. To ask for it row by row costs some hundred
//! nanoseconds a unit, most of which goes into the row; in long texts the same bytes are passed over ten times as fast.

use super::{
    DbKind, Encoded, StoreError, Tx,
    batches::{collected, insert_rows, select_among},
    fetch_all, on,
};
use crate::domain::ids::UnitId;

/// How many shelves there are. With 100,000 units a shelf holds some fifty.
const SHELVES: u32 = 2_048;

/// A word on more shelves than this is common: with 100,000 units some 2,800 have it, and a walk along the list soon finds enough.
const COMMON: usize = SHELVES as usize / 4 * 3;

/// So many units by name at most are asked about one by one.
const MOST_NAMED: usize = 4_000;

/// A shelf, one line for each of its units.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Shelf {
    /// Its number, from 0; see [`shelf_of`].
    pub shelf: i64,
    /// Search keys.
    pub names: String,
    /// The units, in the same order.
    pub units: String,
}

impl Shelf {
    /// The units with their search keys.
    pub fn lines(&self) -> impl Iterator<Item = (&str, &str)> {
        // An empty text would be one empty line.
        let units = self.units.split('\n').filter(|unit| !unit.is_empty());
        units.zip(self.names.split('\n'))
    }
}

/// The shelf on which a unit lies, whatever it is called.
pub fn shelf_of(unit: &UnitId) -> i64 {
    let sum = unit.as_str().bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    i64::from(sum % SHELVES)
}

/// Some shelves, as far as anything lies on them.
pub async fn list_shelves(tx: &mut Tx, shelves: &[i64]) -> Result<Vec<Shelf>, StoreError> {
    select_among!(tx, Shelf, "SELECT shelf, names, units FROM name_shelves WHERE shelf IN (", shelves, ") ORDER BY shelf")
}

/// Every shelf, for checks.
pub async fn list_all_shelves(tx: &mut Tx) -> Result<Vec<Shelf>, StoreError> {
    fetch_all!(tx, Shelf, "SELECT shelf, names, units FROM name_shelves ORDER BY shelf")
}

/// Puts shelves in the place of those of their numbers.
pub async fn put_shelves(tx: &mut Tx, shelves: &[Shelf]) -> Result<(), StoreError> {
    insert_rows!(
        tx,
        "INSERT INTO name_shelves (shelf, names, units) ",
        shelves,
        |to, row| {
            to.push_bind(row.shelf).push_bind(&row.names).push_bind(&row.units);
        },
        " ON CONFLICT (shelf) DO UPDATE SET names = excluded.names, units = excluded.units"
    );
    Ok(())
}

/// The units whose search keys hold all the words, in no order; none where so many do that a list finds them sooner by walking.
pub async fn find_named_units(tx: &mut Tx, words: &[String]) -> Result<Option<Vec<UnitId>>, StoreError> {
    let database = tx.kind();
    let position = match database {
        DbKind::Sqlite => "INSTR",
        DbKind::Postgres => "STRPOS",
    };
    let (Encoded(shelves),): (Encoded<Vec<i64>>,) = on!(tx, |conn| {
        let mut query = sqlx::QueryBuilder::new("SELECT ");
        query.push(collected!(database, "shelf")).push(" FROM name_shelves WHERE ");
        let mut all = query.separated(" AND ");
        for word in words {
            all.push(position).push_unseparated("(names, ").push_bind_unseparated(word.clone()).push_unseparated(") > 0");
        }
        query.build_query_as().fetch_one(conn).await
    })?;
    if shelves.len() > COMMON {
        return Ok(None);
    }
    let mut named = Vec::new();
    for shelf in list_shelves(tx, &shelves).await? {
        let lines = shelf.lines().filter(|(_, name)| words.iter().all(|word| name.contains(word.as_str())));
        named.extend(lines.map(|(unit, _)| UnitId::from(unit)));
    }
    Ok((named.len() <= MOST_NAMED).then_some(named))
}

/// Whether any unit lies on a shelf.
pub async fn has_shelves(tx: &mut Tx) -> Result<bool, StoreError> {
    let rows: Vec<(i64,)> = fetch_all!(tx, (i64,), "SELECT shelf FROM name_shelves LIMIT 1")?;
    Ok(!rows.is_empty())
}
