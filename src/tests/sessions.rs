//! How long somebody is signed in. Invariant: a session ends after 30 minutes without a person, after 12 hours, and with a new
//! password; what ended is forgotten in the end.

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use bihuan::{
    domain::{ids::AccountId, words::Role},
    services::{
        ServiceError,
        moment::Moment,
        sign_in::{LINK_LIMIT, Token, sweep_sessions},
    },
    store::{Db, sessions, with_tx},
};

use crate::{
    fixtures::{Cast, PASSWORD, add_account, add_account_with_password, add_small_plan, begin_session, usual_now},
    forms::PageForm,
    reader::Reader,
    support::{Place, change, read_number},
};

const MINUTE: i64 = 60 * 1000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Whether a session opens a page some time after the usual now.
async fn opens(place: &Place, token: &Token, after: i64) -> bool {
    let reader = Reader::with_session(place, token, "zh-CN", usual_now().plus(after));
    let answer = reader.try_open("/password").await;
    assert!(answer.status == StatusCode::OK || answer.location.starts_with("/sign-in?next="), "{answer:?}");
    answer.status == StatusCode::OK
}

async fn make_link(db: &Db, account: &AccountId) -> Token {
    let link = Token::make().unwrap();
    let (hash, account, now) = (link.hash(), account.clone(), usual_now().0);
    with_tx(db, move |tx| {
        Box::pin(async move { Ok::<_, ServiceError>(sessions::insert_password_link(tx, &hash, &account, now, now + LINK_LIMIT).await?) })
    })
    .await
    .unwrap();
    link
}

/// Saves a draft as a page does by itself while somebody types.
async fn autosave(place: &Place, token: &Token, now: Moment) -> StatusCode {
    let reader = Reader::with_session(place, token, "zh-CN", now);
    let body = "--edge\r\nContent-Disposition: form-data; name=\"narrative\"\r\n\r\n还在写。\r\n--edge--\r\n";
    let mut request = reader
        .request(Method::POST, "/p/songshan/reports/owed-a/form")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .body(Body::from(body))
        .unwrap();
    request.headers_mut().insert(header::ACCEPT, "application/json".parse().unwrap());
    reader.deliver(request).await.1
}

stories! {
    async fn a_new_password_ends_every_other_session(place: Place) {
        let account = add_account_with_password(&place.db, "reader", &[Role::Leader], None).await;
        let [own, other] = [begin_session(&place.db, &account, usual_now()).await, begin_session(&place.db, &account, usual_now()).await];
        let reader = Reader::with_session(&place, &own, "zh-CN", usual_now());

        let form = PageForm::of(&reader.open("/password").await, "/fn/change_password");
        let sent = form.fill("old_password", "not the password").fill("new_password", "a quite different one").send(&reader).await;
        assert!(reader.read(&sent.location).await.contains("原密码不正确"), "{sent:?}");
        assert!(opens(&place, &other, 0).await, "nothing was changed");

        let form = PageForm::of(&reader.open("/password").await, "/fn/change_password");
        let sent = form.fill("old_password", PASSWORD).fill("new_password", "a quite different one").send(&reader).await;
        assert!(reader.read(&sent.location).await.contains("密码已修改，其他设备上的登录均已失效"), "{sent:?}");
        assert!(opens(&place, &own, 0).await, "who changed it stays");
        assert!(!opens(&place, &other, 0).await, "everybody else is out");
    }

    async fn a_one_time_link_ends_every_session(place: Place) {
        let account = add_account_with_password(&place.db, "reader", &[Role::Leader], None).await;
        let session = begin_session(&place.db, &account, usual_now()).await;
        let link = make_link(&place.db, &account).await;
        let page = format!("/set-password/{}", link.text());
        let stranger = Reader::with_session(&place, &Token::make().unwrap(), "zh-CN", usual_now());
        let sent = PageForm::of(&stranger.open(&page).await, "/fn/set_password").fill("new_password", "a quite different one").send(&stranger).await;
        assert!(stranger.read(&sent.location).await.contains("密码已设置，请登录"), "{sent:?}");
        assert!(!opens(&place, &session, 0).await);
    }

    async fn a_session_ends_after_half_an_hour_without_anybody(place: Place) {
        let account = add_account(&place.db, "reader", &[Role::Leader], None).await;
        let token = begin_session(&place.db, &account, usual_now()).await;
        assert!(opens(&place, &token, 29 * MINUTE).await);
        assert!(opens(&place, &token, 58 * MINUTE).await, "it was used in between");
        assert!(!opens(&place, &token, 89 * MINUTE).await);
    }

    async fn no_session_lasts_longer_than_twelve_hours(place: Place) {
        let account = add_account(&place.db, "reader", &[Role::Leader], None).await;
        let token = begin_session(&place.db, &account, usual_now()).await;
        let hash = token.hash();
        for (after, lasts) in [(11 * HOUR + 59 * MINUTE, true), (12 * HOUR + MINUTE, false)] {
            // As if somebody had worked all day.
            let just_before = usual_now().0 + after - MINUTE;
            change(&place.db, &format!("UPDATE sessions SET last_seen_at = {just_before} WHERE token_hash = '{hash}'")).await;
            assert_eq!(opens(&place, &token, after).await, lasts, "{after}");
        }
    }

    async fn what_a_page_saves_by_itself_is_nobody_at_work(place: Place) {
        let cast = Cast::assemble(&place.db).await;
        add_small_plan(&place.db, &cast).await;
        let [left_alone, at_work] =
            [begin_session(&place.db, cast.owner_a.account(), usual_now()).await, begin_session(&place.db, cast.owner_a.account(), usual_now()).await];
        assert_eq!(autosave(&place, &left_alone, usual_now().plus(20 * MINUTE)).await, StatusCode::OK);
        assert!(opens(&place, &at_work, 20 * MINUTE).await);
        assert!(!opens(&place, &left_alone, 35 * MINUTE).await);
        assert!(opens(&place, &at_work, 35 * MINUTE).await);
        assert_eq!(autosave(&place, &left_alone, usual_now().plus(36 * MINUTE)).await, StatusCode::UNAUTHORIZED);
    }

    async fn what_ended_long_ago_is_forgotten(db: Db) {
        let account = add_account(&db, "reader", &[Role::Leader], None).await;
        for (index, ago) in [0, 13 * HOUR, 7 * DAY + 13 * HOUR].into_iter().enumerate() {
            begin_session(&db, &account, Moment(usual_now().0 - ago)).await;
            let (account, at) = (account.clone(), usual_now().0 - ago);
            with_tx(&db, move |tx| {
                Box::pin(async move {
                    Ok::<_, ServiceError>(sessions::insert_form_result(tx, &account, &format!("k{index}"), "test", "/", at).await?)
                })
            })
            .await
            .unwrap();
        }
        assert_eq!(sweep_sessions(&db, usual_now()).await.unwrap(), 2);
        assert_eq!(read_number(&db, "SELECT COUNT(*) FROM sessions").await, 2, "one that ended today still knows whose form comes late");
        assert_eq!(read_number(&db, "SELECT COUNT(*) FROM idempotency_keys").await, 2);
        assert_eq!(sweep_sessions(&db, usual_now()).await.unwrap(), 0);
    }
}
