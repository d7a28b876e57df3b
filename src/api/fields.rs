//! A form as it was typed. Invariant: text is kept as it came; only reading it trims.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Field names and what was typed into them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fields(pub BTreeMap<String, String>);

impl Fields {
    /// What was typed, without white space around it; empty when the field is missing.
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |text| text.trim())
    }

    /// What was typed, as it is (for passwords).
    pub fn raw(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Whether a box was ticked.
    pub fn is_on(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The rest of the names of ticked boxes that begin with a prefix: `task.` gives the codes of all tasks ticked.
    pub fn ticked(&self, prefix: &str) -> Vec<&str> {
        self.0.keys().filter_map(|name| name.strip_prefix(prefix)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_trims_and_missing_is_empty() {
        let fields = Fields(BTreeMap::from([("name".to_owned(), "  a b ".to_owned()), ("task.1.2".to_owned(), "on".to_owned())]));
        assert_eq!(fields.get("name"), "a b");
        assert_eq!(fields.raw("name"), "  a b ");
        assert_eq!(fields.get("other"), "");
        assert_eq!(fields.ticked("task."), ["1.2"]);
    }
}
