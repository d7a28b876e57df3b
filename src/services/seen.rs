//! What a form was made from. Invariant: a form carries the mark of the state it showed, so that it cannot overwrite what it never showed.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::ServiceError;
use crate::{error::UserError, store::audit::hex};

/// The mark of a state: 16 hexadecimal digits that change with it.
pub fn mark_state(state: &impl Serialize) -> Result<String, ServiceError> {
    let mut mark = hex(&Sha256::digest(serde_json::to_vec(state)?));
    mark.truncate(16);
    Ok(mark)
}

/// Refuses a form that was made from another state than the present one.
///
/// # Errors
/// `Stale`.
pub fn check_seen(seen: &str, state: &impl Serialize) -> Result<(), ServiceError> {
    if seen == mark_state(state)? { Ok(()) } else { Err(UserError::Stale.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_belongs_to_one_state() -> Result<(), ServiceError> {
        let mark = mark_state(&("北京", 1))?;
        assert_eq!(mark.len(), 16);
        assert!(check_seen(&mark, &("北京", 1)).is_ok());
        assert!(matches!(check_seen(&mark, &("北京", 2)), Err(ServiceError::Refused(UserError::Stale))));
        assert!(check_seen("", &("北京", 1)).is_err());
        Ok(())
    }
}
