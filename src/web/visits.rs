//! Turns a request into a [`Visit`]. Invariant: who asks is read from the database at every request.

use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{HeaderMap, Uri, header::ACCEPT_LANGUAGE};

use super::{AppState, cookies, forms::find_parked, report_form::is_autosave};
use crate::{
    i18n::Lang,
    services::{
        ServiceError,
        plans::list_plan_heads,
        sign_in::{Token, find_ended_account, find_identity, find_identity_at_rest},
        visit::{PlanHead, Visit},
    },
    store::{
        Tx,
        settings::{DEMONSTRATION, read_version_and_setting},
    },
};

/// The header that carries a request's number.
const REQUEST_ID: &str = "x-request-id";

/// The plans as the frame of a page names them, read once for each version of the data.
#[derive(Debug, Clone, Default)]
pub struct PlanHeads(Arc<Mutex<Option<VersionedHeads>>>);

type VersionedHeads = (i64, Arc<Vec<PlanHead>>);

impl PlanHeads {
    async fn of_version(&self, tx: &mut Tx, version: i64) -> Result<Arc<Vec<PlanHead>>, ServiceError> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, heads)) = kept.filter(|(of, _)| *of == version) {
            return Ok(heads);
        }
        let heads = Arc::new(list_plan_heads(tx).await?);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((version, heads.clone()));
        Ok(heads)
    }
}

/// Reads who asks, in which language, and what the frame of a page needs.
pub async fn open_visit(state: &AppState, headers: &HeaderMap, uri: &Uri) -> Result<Visit, ServiceError> {
    let now = state.clock.now();
    let secure = state.shared.secure;
    let token = cookies::read_session(headers, secure).map(|text| Token::from_text(&text));
    let mut tx = state.shared.db.read().await?;
    let identity = match &token {
        // Autosave is not activity: a page does it by itself.
        Some(token) if is_autosave(headers, uri) => find_identity_at_rest(&mut tx, now, token).await?,
        Some(token) => find_identity(&state.shared.db, &mut tx, now, token).await?,
        None => None,
    };
    let ended_account = match &token {
        Some(token) if identity.is_none() => find_ended_account(&mut tx, token).await?,
        _ => None,
    };
    let (data_version, demonstration) = read_version_and_setting(&mut tx, DEMONSTRATION).await?;
    let plans = state.plans.of_version(&mut tx, data_version).await?;
    let mut visit = Visit {
        shared: state.shared.clone(),
        now,
        lang: language_of(headers),
        identity,
        token,
        ended_account,
        request_id: headers.get(REQUEST_ID).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned(),
        // As with every token only its hash goes on from here.
        visitor: cookies::read_visitor(headers, secure).map(|text| Token::from_text(&text).hash()),
        address: uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
        plans,
        demonstration: demonstration.is_some(),
        data_version,
        parked: None,
    };
    visit.parked = find_parked(&mut tx, &visit).await?.map(Arc::new);
    Ok(visit)
}

/// The language of the cookie, else the first of `Accept-Language` that we speak, else Chinese.
pub fn language_of(headers: &HeaderMap) -> Lang {
    if let Some(lang) = cookies::read_language(headers).and_then(|tag| Lang::from_tag(&tag)) {
        return lang;
    }
    let wanted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    wanted.split(',').filter_map(|part| part.split([';', '-']).next()).find_map(|tag| Lang::from_tag(tag.trim())).unwrap_or_default()
}
