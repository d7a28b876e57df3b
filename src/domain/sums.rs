//! Which things are one thing although their kinds differ: those that an indicator sums. Invariant: whatever an indicator sums, a unit
//! can be recognised as any of it and bears its name alone among it, so that it counts once.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ids::IndicatorId, words::UnitKind};

/// What each indicator sums: the codes of recognitions with the kinds of unit they are for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sums(Vec<Vec<(String, UnitKind)>>);

impl Sums {
    /// Puts together what indicators count: indicator, recognition, kind of unit.
    pub fn collect(rows: impl IntoIterator<Item = (IndicatorId, String, UnitKind)>) -> Self {
        let mut by_indicator: BTreeMap<IndicatorId, Vec<(String, UnitKind)>> = BTreeMap::new();
        for (indicator, recognition, kind) in rows {
            by_indicator.entry(indicator).or_default().push((recognition, kind));
        }
        // One kind by itself is no sum.
        let is_sum =
            |counted: &Vec<(String, UnitKind)>| counted.iter().any(|(_, kind)| Some(*kind) != counted.first().map(|(_, kind)| *kind));
        Self(by_indicator.into_values().filter(is_sum).collect())
    }

    /// Whether a unit of kind `unit` can get a recognition that is for things of kind `meant`: of its own kind, or summed with one that
    /// it can get.
    pub fn admits(&self, unit: UnitKind, recognition: &str, meant: UnitKind) -> bool {
        let sums_both = |counted: &Vec<(String, UnitKind)>| {
            counted.iter().any(|(code, _)| code == recognition) && counted.iter().any(|(_, kind)| *kind == unit)
        };
        unit == meant || self.0.iter().any(sums_both)
    }

    /// The other kinds among which a name of a kind stands once.
    pub fn kinds_beside(&self, kind: UnitKind) -> Vec<UnitKind> {
        let of_kind = self.0.iter().filter(|counted| counted.iter().any(|(_, other)| *other == kind));
        let mut kinds: Vec<UnitKind> = of_kind.flatten().map(|(_, other)| *other).filter(|other| *other != kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_summed_is_one_thing_under_either_kind() {
        use UnitKind::{Course, PracticeCentre, School, ServicePlatform};
        let rows = [
            ("T05", "double-high-school", School),
            ("T07", "quality-course", Course),
            ("T16", "open-practice-centre", PracticeCentre),
            ("T16", "common-technology-platform", ServicePlatform),
            // Two recognitions of one kind are no sum of kinds.
            ("T17", "double-high-school", School),
            ("T17", "distinctive-school", School),
        ];
        let sums = Sums::collect(rows.map(|(indicator, code, kind)| (IndicatorId::from(indicator), code.to_owned(), kind)));
        for (unit, recognition, meant, admitted) in [
            (School, "double-high-school", School, true),
            (School, "not-counted-by-any", School, true),
            (PracticeCentre, "common-technology-platform", ServicePlatform, true),
            (ServicePlatform, "open-practice-centre", PracticeCentre, true),
            // What no indicator sums stays with its own kind.
            (PracticeCentre, "another-platform", ServicePlatform, false),
            (PracticeCentre, "quality-course", Course, false),
            (School, "open-practice-centre", PracticeCentre, false),
        ] {
            assert_eq!(sums.admits(unit, recognition, meant), admitted, "{unit} as {recognition}");
        }
        assert_eq!(sums.kinds_beside(PracticeCentre), [ServicePlatform]);
        assert_eq!(sums.kinds_beside(ServicePlatform), [PracticeCentre]);
        assert!(sums.kinds_beside(School).is_empty());
    }
}
