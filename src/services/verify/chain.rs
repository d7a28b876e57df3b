//! The audit chain. Invariant: every row is read once, in order; what is wrong with one row does not hide what is wrong with the next.

use super::Finding;
use crate::{
    services::ServiceError,
    store::{
        Tx,
        audit::{list_audit_rows, read_head},
    },
};

/// Rows read at a time.
const PAGE: i64 = 1_000;

/// Walks the chain: numbers without gaps, hashes, links, its head, and a head that was printed earlier. Gives the number of
/// rows and the hash of the newest.
pub async fn check_chain(tx: &mut Tx, printed: Option<&str>, findings: &mut Vec<Finding>) -> Result<(i64, String), ServiceError> {
    let (mut rows, mut last, mut hash) = (0, 0, String::new());
    let mut seen = printed.is_none();
    loop {
        let page = list_audit_rows(tx, last, PAGE).await?;
        if page.is_empty() {
            break;
        }
        for row in page {
            if row.sequence != last + 1 {
                findings.push(Finding::MissingRows { first: last + 1, last: row.sequence - 1 });
            } else if row.previous_hash != hash {
                findings.push(Finding::BrokenLink { sequence: row.sequence });
            }
            if row.compute_hash() != row.hash {
                findings.push(Finding::ChangedRow { sequence: row.sequence });
            }
            seen |= printed == Some(row.hash.as_str());
            (rows, last, hash) = (rows + 1, row.sequence, row.hash);
        }
    }
    let (says, head) = read_head(tx).await?;
    if (says, &head) != (last, &hash) {
        findings.push(Finding::WrongHead { says, newest: last });
    }
    if let (false, Some(head)) = (seen, printed) {
        findings.push(Finding::UnknownHead { head: head.to_owned() });
    }
    Ok((rows, hash))
}
