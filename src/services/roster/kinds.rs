//! Things of several kinds that an indicator sums. Invariant: of two entries that name one thing under such kinds at the same
//! instant, the second waits for the first and sees it.

use super::{code_mark, name_mark};
use crate::{
    domain::{ids::OrganisationId, sums::Sums},
    services::ServiceError,
    store::{
        Tx,
        units::{self, Hold, Mark},
    },
};

/// What the indicators of every plan sum.
pub async fn read_sums(tx: &mut Tx) -> Result<Sums, ServiceError> {
    Ok(Sums::collect(units::list_counted_recognitions(tx).await?))
}

/// Whoever holds a name or code, also under a kind that an indicator sums with its own; of its own kind first.
pub(super) async fn list_rivals(tx: &mut Tx, mark: Mark<'_>, holder: &OrganisationId) -> Result<Vec<Hold>, ServiceError> {
    let beside = read_sums(tx).await?.kinds_beside(mark.kind);
    if let Some(first) = beside.first() {
        // The key of a hold keeps apart what differs in kind, so it cannot judge who was first here.
        units::lock_kind(tx, mark.kind.min(*first)).await?;
    }
    let mut holds = units::list_holds(tx, mark).await?;
    for kind in beside {
        let other = if mark.mark_kind == "code" { code_mark(kind, mark.text) } else { name_mark(kind, holder, mark.text) };
        holds.extend(units::list_holds(tx, other).await?);
    }
    Ok(holds)
}
