//! The audit trail.

use leptos::prelude::*;

use super::Fields;

/// Walks the chain from its first row; its page shows what was found.
#[server(prefix = "/fn", endpoint = "verify_chain")]
pub async fn verify_chain(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::audit_view,
        web::forms::{Done, inside_path, submit},
    };
    submit(form, "verify_chain", |visit, form| async move {
        let actor = visit.require(Permission::ReadAudit)?;
        audit_view::walk_chain(&visit.shared.db, &actor, visit.now, form.get("head")).await?;
        Ok(Done::to(inside_path(form.get("back"))))
    })
    .await
}
