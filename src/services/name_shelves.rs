//! Keeps the shelves of names in step with the standings. Invariant: after a write each unit with a standing lies on its shelf once.

use std::collections::BTreeMap;

use super::ServiceError;
use crate::{
    domain::ids::UnitId,
    store::{
        Tx,
        name_shelves::{Shelf, list_shelves, put_shelves, shelf_of},
        standings::list_search_keys,
    },
};

/// Shelves that are brought up to date together: what is held in memory does not grow with an import.
const SHELVES_AT_ONCE: usize = 64;

/// Lays some units on their shelves under the names they now have, and takes away those without a standing.
pub(super) async fn shelve_units(tx: &mut Tx, units: &[&UnitId]) -> Result<(), ServiceError> {
    let mut moved: BTreeMap<i64, Vec<&UnitId>> = BTreeMap::new();
    for unit in units {
        moved.entry(shelf_of(unit)).or_default().push(unit);
    }
    let moved: Vec<(i64, Vec<&UnitId>)> = moved.into_iter().collect();
    for some in moved.chunks(SHELVES_AT_ONCE) {
        let numbers: Vec<i64> = some.iter().map(|(shelf, _)| *shelf).collect();
        let before: BTreeMap<i64, Shelf> = list_shelves(tx, &numbers).await?.into_iter().map(|shelf| (shelf.shelf, shelf)).collect();
        let units: Vec<&UnitId> = some.iter().flat_map(|(_, units)| units.iter().copied()).collect();
        let names: BTreeMap<UnitId, String> = list_search_keys(tx, &units).await?.into_iter().collect();
        let after = some.iter().map(|(shelf, units)| lay_out(*shelf, before.get(shelf), units, &names));
        let changed: Vec<Shelf> = after.filter(|shelf| before.get(&shelf.shelf) != Some(shelf)).collect();
        put_shelves(tx, &changed).await?;
    }
    Ok(())
}

/// A shelf on which `units` lie under their names, those without one not at all, and the others as before.
fn lay_out(shelf: i64, before: Option<&Shelf>, units: &[&UnitId], names: &BTreeMap<UnitId, String>) -> Shelf {
    let mut lines: BTreeMap<&str, &str> = before.into_iter().flat_map(Shelf::lines).collect();
    for unit in units {
        match names.get(unit) {
            Some(name) => lines.insert(unit.as_str(), name),
            None => lines.remove(unit.as_str()),
        };
    }
    let join = |parts: Vec<&str>| parts.join("\n");
    Shelf { shelf, names: join(lines.values().copied().collect()), units: join(lines.into_keys().collect()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_come_are_renamed_and_go() {
        let units = ["a", "b", "c"].map(UnitId::from);
        let [a, b, c] = &units;
        let named = |pairs: &[(&UnitId, &str)]| pairs.iter().map(|(unit, name)| ((*unit).clone(), (*name).to_owned())).collect();
        let first = lay_out(7, None, &[b, a], &named(&[(a, "甲校|jx"), (b, "乙校|yx")]));
        assert_eq!(first, Shelf { shelf: 7, names: "甲校|jx\n乙校|yx".to_owned(), units: "a\nb".to_owned() });
        let second = lay_out(7, Some(&first), &[a, b, c], &named(&[(a, "丙校|bx"), (c, "丁校|dx")]));
        assert_eq!(second.lines().collect::<Vec<_>>(), [("a", "丙校|bx"), ("c", "丁校|dx")]);
        let last = lay_out(7, Some(&second), &[a, c], &named(&[]));
        assert_eq!(last.lines().count(), 0, "an empty shelf has no lines");
    }
}
