//! What happens around a form. Invariant: nothing typed is lost when a form is refused, and a form sent twice acts once.

use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, LazyLock, Mutex, PoisonError, Weak},
};

use axum::http::{HeaderName, HeaderValue, header};
use leptos::prelude::{ServerFnError, expect_context, use_context};
use leptos_axum::ResponseOptions;
use serde_json::Value;

use super::{cookies, render::see_other};
use crate::{
    api::Fields,
    error::{Notice, UserError},
    services::{
        ServiceError,
        access::Identity,
        moment::make_id,
        sign_in::Token,
        visit::{Parked, Visit},
    },
    store::{
        Encoded, Tx,
        sessions::{self, ParkedForm},
        with_tx,
    },
};

/// Where to go on after a form was carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    path: String,
    notice: Option<Notice>,
}

impl Done {
    /// Back to the page of the form.
    pub fn back(form: &Fields) -> Self {
        Self { path: inside_path(form.get("back")).to_owned(), notice: Some(Notice::Saved) }
    }

    /// On to another page.
    pub fn to(path: &str) -> Self {
        Self { path: path.to_owned(), notice: None }
    }

    /// With something to say there.
    #[must_use]
    pub fn with(mut self, notice: Notice) -> Self {
        self.notice = Some(notice);
        self
    }

    /// The address, with the notice in its query.
    pub fn address(&self) -> String {
        match self.notice {
            Some(notice) => with_parameter(&self.path, "done", notice.as_str()),
            None => self.path.clone(),
        }
    }
}

/// A path of this site; anything that could lead elsewhere becomes `/`.
pub fn inside_path(path: &str) -> &str {
    let inside = path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\r', '\n', '\t']);
    if inside { path } else { "/" }
}

/// An address with one parameter set, and without what an earlier form left in it.
pub fn with_parameter(address: &str, name: &str, value: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let mut pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
    pairs.retain(|(key, _)| key != "done" && key != "form" && key != name);
    pairs.push((name.to_owned(), value.to_owned()));
    format!("{path}?{}", serde_urlencoded::to_string(pairs).unwrap_or_default())
}

/// Forms being worked on, so that a double click waits for the first and then gets its result.
static UNDER_WAY: LazyLock<Mutex<HashMap<String, Weak<tokio::sync::Mutex<()>>>>> = LazyLock::new(Mutex::default);

fn turn_of(key: String) -> Arc<tokio::sync::Mutex<()>> {
    let mut map = UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner);
    map.retain(|_, turn| turn.strong_count() > 0);
    if let Some(turn) = map.get(&key).and_then(Weak::upgrade) {
        return turn;
    }
    let turn = Arc::new(tokio::sync::Mutex::new(()));
    map.insert(key, Arc::downgrade(&turn));
    turn
}

/// Carries out a form: runs `work`, then leads on; when it is refused, keeps what was typed and leads back to the form.
pub async fn submit<Work, Working>(form: Fields, name: &'static str, work: Work) -> Result<(), ServerFnError>
where
    Work: FnOnce(Visit, Fields) -> Working,
    Working: Future<Output = Result<Done, ServiceError>> + Send,
{
    let visit: Visit = expect_context();
    let outcome = carry_out(&visit, form.clone(), name, work).await;
    match outcome {
        Ok(address) => {
            leptos_axum::redirect(&address);
            Ok(())
        }
        Err(error) => {
            let error = UserError::from(error);
            let address = park(&visit, &form, name, &error).await.unwrap_or_else(|_| inside_path(form.get("back")).to_owned());
            leptos_axum::redirect(&address);
            if accepts_html() {
                return Ok(());
            }
            if let (Some(options), Ok(status)) = (use_context::<ResponseOptions>(), axum::http::StatusCode::from_u16(error.status())) {
                options.set_status(status);
            }
            Err(ServerFnError::ServerError(error.to_string()))
        }
    }
}

fn accepts_html() -> bool {
    use_context::<axum::http::request::Parts>()
        .and_then(|parts| {
            parts.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).map(|accept| accept.contains("text/html"))
        })
        .unwrap_or(false)
}

async fn carry_out<Work, Working>(visit: &Visit, form: Fields, name: &'static str, work: Work) -> Result<String, ServiceError>
where
    Work: FnOnce(Visit, Fields) -> Working,
    Working: Future<Output = Result<Done, ServiceError>> + Send,
{
    let key = form.get("form_key").to_owned();
    run_once(visit, &key, name, async { Ok(work(visit.clone(), form).await?.address()) }).await
}

/// Carries out a form once: a repeat of its key waits for the first and gets the first one's address.
pub async fn run_once(
    visit: &Visit,
    form_key: &str,
    name: &'static str,
    work: impl Future<Output = Result<String, ServiceError>>,
) -> Result<String, ServiceError> {
    let (Some(identity), false) = (&visit.identity, form_key.is_empty()) else { return work.await };
    let (account, key) = (identity.account().clone(), form_key.to_owned());
    let turn = turn_of(format!("{account} {key}"));
    let _held = turn.lock().await;
    let mut tx = visit.shared.db.read().await?;
    if let Some(first) = sessions::find_form_result(&mut tx, &account, &key).await? {
        return Ok(first);
    }
    drop(tx);
    let address = work.await?;
    let (result, now) = (address.clone(), visit.now.0);
    with_tx(&visit.shared.db, move |tx| {
        Box::pin(async move { Ok::<_, ServiceError>(sessions::insert_form_result(tx, &account, &key, name, &result, now).await?) })
    })
    .await?;
    Ok(address)
}

/// Fields that are never kept.
const SECRET_FIELDS: [&str; 4] = ["password", "old_password", "new_password", "link"];

/// Keeps a refused form and gives the address of its page, on which it comes back.
pub async fn park(visit: &Visit, form: &Fields, name: &str, error: &UserError) -> Result<String, ServiceError> {
    let id: String = make_id(visit.now)?;
    let kept: HashMap<&String, &String> = form.0.iter().filter(|(field, _)| !SECRET_FIELDS.contains(&field.as_str())).collect();
    let instance = match form.get("instance") {
        "" => name.to_owned(),
        instance => format!("{name}:{instance}"),
    };
    let parked = ParkedForm {
        account_id: visit.identity.as_ref().map(Identity::account).or(visit.ended_account.as_ref()).map(ToString::to_string),
        visitor: visit.visitor.clone(),
        form: instance,
        fields: Encoded(serde_json::to_value(kept)?),
        problems: Encoded(serde_json::to_value(error)?),
    };
    let (stored, now) = (id.clone(), visit.now.0);
    with_tx(&visit.shared.db, move |tx| {
        Box::pin(async move { Ok::<_, ServiceError>(sessions::insert_parked_form(tx, &stored, &parked, now).await?) })
    })
    .await?;
    let back = match form.get("back") {
        "" => "/sign-in",
        back => inside_path(back),
    };
    Ok(with_parameter(back, "form", &id))
}

/// The refused form that an address brings back, if it belongs to whoever asks.
pub async fn find_parked(tx: &mut Tx, visit: &Visit) -> Result<Option<Parked>, ServiceError> {
    let Some(id) = visit.query("form") else { return Ok(None) };
    find_own_parked(tx, visit, &id).await
}

/// The rows of a table that was parked after its check.
///
/// # Errors
/// `NotFound` where there are none, or they belong to somebody else.
pub async fn find_parked_rows(visit: &Visit, id: &str) -> Result<String, ServiceError> {
    let mut tx = visit.shared.db.read().await?;
    let parked = find_own_parked(&mut tx, visit, id).await?.ok_or(UserError::NotFound)?;
    Ok(parked_value(&parked, "rows").unwrap_or_default())
}

async fn find_own_parked(tx: &mut Tx, visit: &Visit, id: &str) -> Result<Option<Parked>, ServiceError> {
    let Some(row) = sessions::find_parked_form(tx, id, visit.now.0).await? else { return Ok(None) };
    let own = match (&row.account_id, &visit.identity) {
        (Some(account), Some(identity)) => account == identity.account().as_str(),
        (None, _) => row.visitor.is_some() && row.visitor == visit.visitor,
        _ => false,
    };
    if !own {
        return Ok(None);
    }
    let error = serde_json::from_value(row.problems.0)?;
    Ok(Some(Parked { form: row.form, fields: row.fields.0, error }))
}

/// A form that came after its session had ended: kept under the browser, or under the account of the ended session, and
/// brought back after sign-in.
pub async fn park_after_sign_out(visit: &Visit, path: &str, body: &[u8]) -> axum::response::Response {
    let form = Fields(serde_urlencoded::from_bytes::<Vec<(String, String)>>(body).unwrap_or_default().into_iter().collect());
    let name = path.trim_start_matches("/fn/");
    let next = park(visit, &form, name, &UserError::SignedOut).await.unwrap_or_else(|_| inside_path(form.get("back")).to_owned());
    let query = serde_urlencoded::to_string([("next", next.as_str()), ("done", Notice::SessionEnded.as_str())]).unwrap_or_default();
    see_other(&format!("/sign-in?{query}"))
}

fn response_options() -> Option<ResponseOptions> {
    use_context::<ResponseOptions>()
}

/// Hands the browser its session.
pub fn set_session(visit: &Visit, token: &Token) {
    if let (Some(options), Some(cookie)) = (response_options(), cookies::write_session(token.text(), visit.shared.secure)) {
        options.append_header(header::SET_COOKIE, cookie);
    }
}

/// Hands the browser a personal token that was just made, for the page that shows it once.
pub fn hand_over_token(visit: &Visit, token: &Token) {
    if let (Some(options), Some(cookie)) = (response_options(), cookies::write_new_token(token.text(), visit.shared.secure)) {
        options.append_header(header::SET_COOKIE, cookie);
    }
}

/// The personal token that was just made, if this page is the one to show it; it is taken back, so that no other does.
pub fn take_new_token(visit: &Visit) -> Option<Token> {
    let parts = use_context::<axum::http::request::Parts>()?;
    let token = cookies::read_new_token(&parts.headers, visit.shared.secure).filter(|text| !text.is_empty())?;
    if let (Some(options), Some(cookie)) = (response_options(), cookies::clear_new_token(visit.shared.secure)) {
        options.append_header(header::SET_COOKIE, cookie);
    }
    Some(Token::from_text(&token))
}

/// Takes the session back and clears what the browser kept.
pub fn end_session(visit: &Visit) {
    let Some(options) = response_options() else { return };
    if let Some(cookie) = cookies::clear_session(visit.shared.secure) {
        options.append_header(header::SET_COOKIE, cookie);
    }
    options.insert_header(HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\""));
}

/// The text of a field of a parked form.
pub fn parked_value(parked: &Parked, field: &str) -> Option<String> {
    parked.fields.get(field).and_then(Value::as_str).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_leads_nowhere_but_into_this_site() {
        for (given, kept) in
            [("/p/x/tasks?a=1", "/p/x/tasks?a=1"), ("//evil.example", "/"), ("https://evil.example", "/"), ("/\\evil", "/"), ("", "/")]
        {
            assert_eq!(inside_path(given), kept);
        }
    }

    #[test]
    fn what_an_earlier_form_left_in_the_address_goes() {
        assert_eq!(with_parameter("/a?q=%E6%A0%A1&done=saved&form=1", "done", "answered"), "/a?q=%E6%A0%A1&done=answered");
        assert_eq!(with_parameter("/a", "form", "7"), "/a?form=7");
    }
}
