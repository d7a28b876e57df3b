//! What comes in from tables. Invariant: a file is taken in as a whole or not at all, and every faulty row is named.

pub mod roster;
pub mod table;
pub mod values;

use std::collections::BTreeMap;

use super::ServiceError;
use crate::{
    domain::{ids::OrganisationId, names::normalise_name},
    store::{
        StoreError, Tx,
        organisations::{Organisation, list_organisations},
    },
};

pub use table::RowProblem;

/// Why a file was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file is at fault; every fault is listed.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Faulty(Vec<RowProblem>),
    /// Anything else.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<StoreError> for ImportError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

impl From<Vec<RowProblem>> for ImportError {
    fn from(problems: Vec<RowProblem>) -> Self {
        Self::Faulty(problems)
    }
}

/// The organisations as files name them: by id, Chinese or English name.
#[derive(Debug)]
pub struct OrganisationNames {
    by_id: BTreeMap<OrganisationId, Organisation>,
    by_name: BTreeMap<String, Vec<OrganisationId>>,
}

impl OrganisationNames {
    /// Reads them all.
    pub async fn read(tx: &mut Tx) -> Result<Self, StoreError> {
        let mut names = Self { by_id: BTreeMap::new(), by_name: BTreeMap::new() };
        for organisation in list_organisations(tx).await? {
            for name in [normalise_name(&organisation.name_zh), normalise_name(&organisation.name_en)] {
                let ids = names.by_name.entry(name).or_default();
                if !ids.contains(&organisation.id) {
                    ids.push(organisation.id.clone());
                }
            }
            names.by_id.insert(organisation.id.clone(), organisation);
        }
        Ok(names)
    }

    /// The organisation that a cell names.
    ///
    /// # Errors
    /// In words, where there is none, or more than one.
    pub fn find(&self, cell: &str) -> Result<&Organisation, String> {
        if let Some(found) = self.by_id.get(&OrganisationId::from(cell)) {
            return Ok(found);
        }
        let name = normalise_name(cell);
        match self.by_name.get(&name).filter(|_| !name.is_empty()).map(Vec::as_slice) {
            Some([only]) => self.by_id.get(only).ok_or_else(|| format!("there is no organisation “{cell}”")),
            Some(several) => Err(format!("{} organisations are called “{cell}”; name its id", several.len())),
            None => Err(format!("there is no organisation “{cell}”")),
        }
    }
}
