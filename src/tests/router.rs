//! The HTTP edge as a browser meets it. Invariant: whatever the registry does not open is closed, and every answer carries the
//! headers that protect it.

use std::collections::BTreeMap;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use bihuan::{
    domain::{permissions::Permission, words::Role},
    services::sign_in::{Token, find_identity},
    store::Db,
    web::{
        AppState, build_router,
        clock::Clock,
        registry::{Access, Entry, Kind, entries},
    },
};
use tower::ServiceExt;

use crate::{
    fixtures::{Cast, PASSWORD, add_account_with_password, add_small_plan, begin_session, usual_now},
    support::{Place, change, read_number, read_texts},
};

/// The address the browser believes to be at.
const HOST: &str = "bihuan.example";

/// A running site without a network.
struct Site {
    router: Router,
    db: Db,
}

/// An answer, read to its end.
#[derive(Debug)]
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn location(&self) -> &str {
        self.header("location")
    }

    /// The cookie of a name, as it was set.
    fn cookie(&self, name: &str) -> Option<&str> {
        let mut lines = self.headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap());
        lines.rfind(|line| line.split_once('=').is_some_and(|(key, _)| key == name))
    }

    /// The value of that cookie.
    fn cookie_value(&self, name: &str) -> String {
        let cookie = self.cookie(name).unwrap_or_else(|| panic!("no cookie {name} in {:?}", self.headers));
        cookie.split(';').next().unwrap().split_once('=').unwrap().1.to_owned()
    }
}

/// A browser: it keeps what it is told to send.
#[derive(Debug, Clone, Default)]
struct Browser {
    cookies: BTreeMap<String, String>,
    language: &'static str,
}

impl Browser {
    fn with(name: &str, value: &str) -> Self {
        Self { cookies: BTreeMap::from([(name.to_owned(), value.to_owned())]), language: "" }
    }

    fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, HOST);
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        if !self.language.is_empty() {
            request = request.header(header::ACCEPT_LANGUAGE, self.language);
        }
        request
    }

    fn get(&self, path: &str) -> Request<Body> {
        self.request(Method::GET, path).header(header::ACCEPT, "text/html").body(Body::empty()).unwrap()
    }

    /// A form as the browser sends it without scripts.
    fn post(&self, path: &str, fields: &[(&str, &str)]) -> Request<Body> {
        self.request(Method::POST, path)
            .header(header::ACCEPT, "text/html")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, format!("http://{HOST}"))
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(serde_urlencoded::to_string(fields).unwrap()))
            .unwrap()
    }
}

impl Site {
    fn open(place: &Place) -> Self {
        Self::open_with(place, false)
    }

    fn open_with(place: &Place, secure: bool) -> Self {
        let start = jiff::Timestamp::from_millisecond(usual_now().0).unwrap();
        let state =
            AppState::new(place.db.clone(), place.data_dir.clone(), place.data_dir.join("no-site"), secure, Clock::start(Some(start)));
        Self { router: build_router(state), db: place.db.clone() }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&bytes).into_owned() }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Browser::default().get(path)).await
    }

    /// A browser that has opened the sign-in page.
    async fn arrive(&self) -> Browser {
        let answer = self.get("/sign-in").await;
        assert_eq!(answer.status, StatusCode::OK);
        Browser::with("bihuan-visitor", &answer.cookie_value("bihuan-visitor"))
    }

    async fn sign_in(&self, browser: &Browser, username: &str, password: &str) -> Answer {
        let fields = [("username", username), ("password", password), ("back", "/sign-in"), ("next", "/password")];
        self.send(browser.post("/fn/sign_in", &fields)).await
    }
}

/// A real address for an entry: the plan exists, other objects do not.
fn address_of(entry: &Entry) -> String {
    let parts = entry.path.split('/').map(|part| match part {
        "{plan}" => "songshan",
        part if part.starts_with('{') => "nothing",
        part => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

fn grants(access: Access, role: Option<Role>) -> bool {
    match (access, role) {
        (Access::Anyone, _) | (Access::SignedIn, Some(_)) => true,
        (_, None) => false,
        (Access::Needs(permission), Some(role)) => role.grants(permission),
        (Access::NeedsAny(permissions), Some(role)) => permissions.iter().any(|permission| role.grants(*permission)),
    }
}

fn check_headers(what: &str, answer: &Answer) {
    let policy = answer.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{what}: {policy}");
    assert!(!policy.contains("unsafe-inline") && !policy.contains(" 'unsafe-eval'"), "{what}: {policy}");
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(answer.header("referrer-policy"), "same-origin", "{what}");
    assert!(!answer.header("cache-control").is_empty(), "{what} says nothing about caching");
    assert!(!answer.header("x-request-id").is_empty(), "{what} has no number to be found by in the log");
}

stories! {
    async fn whatever_is_not_open_is_closed_to_whoever_is_not_signed_in(place: Place) {
        let cast = Cast::assemble(&place.db).await;
        add_small_plan(&place.db, &cast).await;
        let site = Site::open(&place);
        let before = read_number(&site.db, "SELECT version FROM data_version").await;
        for entry in entries().filter(|entry| entry.access != Access::Anyone) {
            let path = address_of(entry);
            let (got, posted) = (site.get(&path).await, site.send(Browser::default().post(&path, &[])).await);
            let bare = Request::builder().method(Method::POST).uri(&path).header(header::HOST, HOST).body(Body::empty()).unwrap();
            let called = site.send(bare).await;
            match entry.kind {
                Kind::Page { .. } => {
                    assert!(got.location().starts_with("/sign-in?next="), "{path}: {got:?}");
                    assert_eq!(posted.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
                }
                Kind::ServerFunction => {
                    assert_eq!(got.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
                    assert!(posted.location().starts_with("/sign-in?next="), "{path}: {posted:?}");
                    assert_eq!(called.status, StatusCode::UNAUTHORIZED, "{path}");
                }
                Kind::Machine(..) => {
                    assert_eq!((got.status, got.header("content-type")), (StatusCode::UNAUTHORIZED, "application/problem+json"), "{path}");
                    assert_eq!(posted.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
                }
                Kind::Handler(_) | Kind::Bare(_) => {
                    for answer in [&got, &posted, &called] {
                        // Without a sign-in a form may also be refused for its shape.
                        let closed = answer.status.is_client_error() || answer.location().starts_with("/sign-in");
                        assert!(closed, "{path}: {answer:?}");
                    }
                }
            }
            for answer in [got, posted, called] {
                check_headers(&path, &answer);
            }
        }
        assert_eq!(read_number(&site.db, "SELECT version FROM data_version").await, before, "nothing was changed");
    }

    async fn each_role_meets_what_the_registry_grants_it(place: Place) {
        let cast = Cast::assemble(&place.db).await;
        add_small_plan(&place.db, &cast).await;
        let site = Site::open(&place);
        for (who, role) in [
            (&cast.leader, Role::Leader),
            (&cast.staff, Role::Staff),
            (&cast.lead, Role::Lead),
            (&cast.owner_a, Role::Owner),
            (&cast.system, Role::SystemAdministrator),
            (&cast.security, Role::SecurityAdministrator),
            (&cast.audit, Role::AuditAdministrator),
        ] {
            for entry in entries().filter(|entry| !entry.path.starts_with("/fn/sign_") && entry.access != Access::Anyone) {
                let token = begin_session(&site.db, who.account(), usual_now()).await;
                let browser = Browser::with("bihuan", token.text());
                let path = address_of(entry);
                let before = read_number(&site.db, "SELECT sequence FROM audit_head").await;
                let answer = match entry.kind {
                    Kind::ServerFunction => {
                        let mut request = browser.post(&path, &[("back", "/password")]);
                        request.headers_mut().remove(header::ACCEPT);
                        site.send(request).await
                    }
                    _ => site.send(browser.get(&path)).await,
                };
                let what = format!("{role} at {path}: {} {}", answer.status, answer.location());
                check_headers(&what, &answer);
                assert!(!answer.status.is_server_error(), "{what} {}", answer.body);
                assert!(!answer.location().starts_with("/sign-in"), "{what}");
                if grants(entry.access, Some(role)) {
                    let names_object = entry.path.replacen("{plan}", "", 1).contains('{');
                    let answers_on_demand = matches!(entry.kind, Kind::Handler(_) | Kind::ServerFunction | Kind::Machine(..));
                    let needs_object = names_object || answers_on_demand;
                    assert!(needs_object || answer.status == StatusCode::OK, "{what}");
                } else {
                    assert!(matches!(answer.status.as_u16(), 404 | 405), "{what}");
                    assert_eq!(read_number(&site.db, "SELECT sequence FROM audit_head").await, before, "{what} changed something");
                }
            }
        }
    }

    async fn a_page_of_numbers_is_kept_until_something_changes(place: Place) {
        let cast = Cast::assemble(&place.db).await;
        add_small_plan(&place.db, &cast).await;
        let site = Site::open(&place);
        let mut readers = Vec::new();
        for name in ["reader-1", "<reader-2>"] {
            let account = add_account_with_password(&site.db, name, &[Role::Leader], None).await;
            readers.push(Browser::with("bihuan", begin_session(&site.db, &account, usual_now()).await.text()));
        }
        let staff = Browser::with("bihuan", begin_session(&site.db, cast.staff.account(), usual_now()).await.text());
        let again = |browser: &Browser, path: &str, tag: &str| {
            let mut request = browser.get(path);
            request.headers_mut().insert(header::IF_NONE_MATCH, tag.parse().unwrap());
            request
        };
        for path in ["cockpit", "indicators", "indicators/T01", "roster", "tasks"].map(|page| format!("/p/songshan/{page}")) {
            let first = site.send(readers[0].get(&path)).await;
            assert_eq!((first.status, first.header("cache-control")), (StatusCode::OK, "private, no-cache"), "{path}");
            assert!(first.body.contains("<summary>reader-1</summary>"), "{path}");
            let tag = first.header("etag").to_owned();
            let same = site.send(again(&readers[0], &path, &tag)).await;
            assert_eq!((same.status, same.body.as_str()), (StatusCode::NOT_MODIFIED, ""), "{path}");
            check_headers(&path, &same);
            // Whoever else may see the same gets it under the own name.
            let other = site.send(again(&readers[1], &path, &tag)).await;
            assert_eq!(other.status, StatusCode::OK, "{path}");
            assert!(other.body.contains("<summary>&lt;reader-2&gt;</summary>") && !other.body.contains("reader-1"), "{path}");
            assert_eq!(other.body.replace("&lt;reader-2&gt;", "reader-1"), first.body, "{path}");
            // Another role, another language and another address have pages of their own.
            let of_staff = site.send(again(&staff, &path, &tag)).await;
            assert!(of_staff.status == StatusCode::OK && of_staff.body.contains("/p/songshan/manage"), "{path}");
            assert!(!first.body.contains("/p/songshan/manage"), "{path}");
            let english = site.send(again(&Browser { language: "en", ..readers[0].clone() }, &path, &tag)).await;
            assert!(english.body.contains("lang=\"en\""), "{path}");
            let earlier = site.send(again(&readers[0], &format!("{path}?as_of=2026-01-31"), &tag)).await;
            assert_eq!(earlier.status, StatusCode::OK, "{path}");
            // What was changed is seen at once.
            let rename = "UPDATE areas SET name_zh = name_zh || '新', short_zh = short_zh || '新';
                          UPDATE indicators SET name_zh = name_zh || '新';
                          UPDATE data_version SET version = version + 1";
            change(&site.db, rename).await;
            let changed = site.send(again(&readers[0], &path, &tag)).await;
            assert!(changed.status == StatusCode::OK && changed.body.contains('新'), "{path}");
        }
        // Whoever lost the right loses the page, kept or not.
        change(&site.db, "DELETE FROM account_roles").await;
        assert_eq!(site.send(readers[0].get("/p/songshan/cockpit")).await.status, StatusCode::NOT_FOUND);
        // What holds a form that is answered once is never kept.
        let own = site.send(readers[1].get("/password")).await;
        assert_eq!((own.status, own.header("cache-control"), own.header("etag")), (StatusCode::OK, "no-store", ""));
    }

    async fn a_form_that_is_too_long_is_answered_by_a_page_that_says_so(place: Place) {
        let site = Site::open(&place);
        let long = "长".repeat(1024 * 1024);
        for (language, sentence, back) in [("zh-CN", "填写的内容超过 1 MB，没有保存", "重新打开这一页"), ("en", "longer than 1 MB, so it is not saved", "Open the page of the form again")] {
            let mut request = Browser { language, ..Browser::default() }.post("/fn/sign_in", &[("username", &long), ("back", "/sign-in")]);
            request.headers_mut().insert(header::REFERER, format!("http://{HOST}/sign-in?next=%2Fpassword").parse().unwrap());
            let answer = site.send(request).await;
            assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
            check_headers("a form too long", &answer);
            assert!(answer.body.contains("<h1>") && answer.body.contains(sentence), "{}", answer.body);
            assert!(answer.body.contains(&format!("<a href=\"/sign-in?next=%2Fpassword\">{back}")), "{}", answer.body);
        }
    }

    async fn every_answer_carries_the_headers_that_protect_it(place: Place) {
        let site = Site::open(&place);
        for (path, status) in [
            ("/sign-in", StatusCode::OK),
            ("/healthz", StatusCode::OK),
            ("/readyz", StatusCode::OK),
            ("/", StatusCode::SEE_OTHER),
            ("/language?to=en&back=/sign-in", StatusCode::SEE_OTHER),
            ("/language?to=tlh", StatusCode::NOT_FOUND),
            ("/nowhere", StatusCode::NOT_FOUND),
            ("/fn/sign_in", StatusCode::METHOD_NOT_ALLOWED),
            ("/../Cargo.toml", StatusCode::NOT_FOUND),
        ] {
            let answer = site.get(path).await;
            assert_eq!(answer.status, status, "{path}");
            check_headers(path, &answer);
            assert_eq!(answer.header("strict-transport-security"), "", "{path}: HSTS means nothing without TLS");
        }
        let page = site.get("/sign-in").await;
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("content-length"), page.body.len().to_string(), "pages are sent whole");
        assert!(!page.body.contains(" style=") && !page.body.contains(" onclick="), "nothing inline that the policy forbids");
        let secure = Site::open_with(&place, true);
        assert!(secure.get("/sign-in").await.header("strict-transport-security").starts_with("max-age="));
    }

    async fn a_form_from_another_site_is_refused(place: Place) {
        let site = Site::open(&place);
        add_account_with_password(&site.db, "reader", &[Role::Leader], None).await;
        let fields = [("username", "reader"), ("password", PASSWORD), ("next", "/")];
        for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site")] {
            let mut request = Browser::default().post("/fn/sign_in", &fields);
            request.headers_mut().remove("sec-fetch-site");
            request.headers_mut().insert(name, value.parse().unwrap());
            let answer = site.send(request).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}: {value}");
            check_headers(value, &answer);
        }
        assert_eq!(read_number(&site.db, "SELECT COUNT(*) FROM sessions").await, 0);
    }

    async fn an_unknown_address_answers_in_the_language_of_the_browser(place: Place) {
        let site = Site::open(&place);
        for (language, tag, words) in
            [("", "zh-CN", "没有这个页面"), ("zh-CN,zh;q=0.9", "zh-CN", "没有这个页面"), ("en-GB,en;q=0.9", "en", "No such page"), ("fr", "zh-CN", "没有这个页面")]
        {
            let browser = Browser { language, ..Browser::default() };
            let answer = site.send(browser.get("/nowhere")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{language}");
            assert!(answer.body.contains(words) && answer.body.contains(&format!("lang=\"{tag}\"")), "{language}: {}", answer.body);
        }
    }

    async fn signing_in_opens_a_session_and_signing_out_ends_it(place: Place) {
        let site = Site::open(&place);
        add_account_with_password(&site.db, "reader", &[Role::Leader], None).await;
        let browser = site.arrive().await;
        let answer = site.sign_in(&browser, "reader", PASSWORD).await;
        assert_eq!((answer.status.is_redirection(), answer.location()), (true, "/password"), "{answer:?}");
        let cookie = answer.cookie("bihuan").unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && !cookie.contains("Secure"), "{cookie}");

        let token = answer.cookie_value("bihuan");
        let signed_in = Browser::with("bihuan", &token);
        let page = site.send(signed_in.get("/password")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("reader") && page.body.contains("退出"), "{}", page.body);
        assert!(read_texts(&site.db, "SELECT token_hash FROM sessions").await.iter().all(|hash| *hash != token), "the token is not stored");

        let out = site.send(signed_in.post("/fn/sign_out", &[])).await;
        assert_eq!(out.location(), "/sign-in?done=signed-out");
        assert!(out.cookie("bihuan").unwrap().contains("Max-Age=0"));
        assert!(!out.header("clear-site-data").is_empty());
        let after = site.send(signed_in.get("/password")).await;
        assert!(after.location().starts_with("/sign-in?next="), "the old cookie opens nothing: {after:?}");
        let mut tx = site.db.read().await.unwrap();
        assert_eq!(find_identity(&site.db, &mut tx, usual_now(), &Token::from_text(&token)).await.unwrap(), None);
        assert!(site.get("/sign-in?done=signed-out").await.body.contains("您已退出"));
    }

    async fn over_tls_the_session_is_bound_to_it(place: Place) {
        let site = Site::open_with(&place, true);
        add_account_with_password(&site.db, "reader", &[Role::Leader], None).await;
        let mut request = Browser::default().post("/fn/sign_in", &[("username", "reader"), ("password", PASSWORD), ("next", "/")]);
        request.headers_mut().insert(header::ORIGIN, format!("https://{HOST}").parse().unwrap());
        let answer = site.send(request).await;
        assert!(answer.cookie("__Host-bihuan").unwrap().contains("Secure"), "{answer:?}");
    }

    async fn a_wrong_password_says_so_and_keeps_the_name(place: Place) {
        let site = Site::open(&place);
        add_account_with_password(&site.db, "reader", &[Role::Leader], None).await;
        let browser = site.arrive().await;
        for username in ["reader", "nobody"] {
            let answer = site.sign_in(&browser, username, "not the password").await;
            assert!(answer.location().starts_with("/sign-in?form="), "{answer:?}");
            assert!(answer.cookie("bihuan").is_none());
            let page = site.send(browser.get(answer.location())).await;
            assert!(page.body.contains("用户名或密码不正确"), "{}", page.body);
            assert!(page.body.contains(&format!("value=\"{username}\"")), "the name is kept");
            assert!(!page.body.contains("not the password"), "the password is not");
            let stranger = site.get(answer.location()).await;
            assert!(!stranger.body.contains("用户名或密码不正确"), "another browser does not see it");
        }
        let mark = &browser.cookies["bihuan-visitor"];
        let kept = read_texts(&site.db, "SELECT DISTINCT visitor FROM parked_forms").await;
        assert_eq!(kept, [Token::from_text(mark).hash()], "what opens a parked form is not stored");
        let parked = read_texts(&site.db, "SELECT fields FROM parked_forms").await;
        assert!(!parked.is_empty() && parked.iter().all(|fields| !fields.contains("not the password")));
    }

    async fn five_failures_lock_the_account_and_say_for_how_long(place: Place) {
        let site = Site::open(&place);
        add_account_with_password(&site.db, "reader", &[Role::Leader], None).await;
        let browser = site.arrive().await;
        let mut last = String::new();
        for _ in 0..5 {
            let answer = site.sign_in(&browser, "reader", "not the password").await;
            last = site.send(browser.get(answer.location())).await.body;
        }
        assert!(last.contains("账号已锁定，请 15 分钟后再试"), "{last}");
        let right = site.sign_in(&browser, "reader", PASSWORD).await;
        assert!(right.cookie("bihuan").is_none(), "even the right password waits");
        let english = Browser { language: "en", ..browser };
        assert!(site.send(english.get(right.location())).await.body.contains("the account is locked"));
    }

    async fn the_language_is_switched_and_leads_back_into_the_site(place: Place) {
        let site = Site::open(&place);
        let switched = site.get("/language?to=en&back=/sign-in").await;
        assert_eq!(switched.location(), "/sign-in");
        let browser = Browser::with("bihuan-lang", &switched.cookie_value("bihuan-lang"));
        let page = site.send(browser.get("/sign-in")).await;
        assert!(page.body.contains("lang=\"en\"") && page.body.contains("Sign in"));
        let back = site.send(Browser { language: "en", ..Browser::with("bihuan-lang", "zh-CN") }.get("/sign-in")).await;
        assert!(back.body.contains("lang=\"zh-CN\""), "the choice counts more than the browser's setting");
        for outside in ["//evil.example", "https://evil.example", "/\\evil.example"] {
            let query = serde_urlencoded::to_string([("to", "en"), ("back", outside)]).unwrap();
            assert_eq!(site.get(&format!("/language?{query}")).await.location(), "/", "{outside}");
        }
    }

    async fn sign_in_leads_nowhere_but_into_the_site(place: Place) {
        let site = Site::open(&place);
        add_account_with_password(&site.db, "reader", &[Role::Leader], None).await;
        for next in ["//evil.example", "https://evil.example", "javascript:alert(1)"] {
            let fields = [("username", "reader"), ("password", PASSWORD), ("next", next)];
            assert_eq!(site.send(Browser::default().post("/fn/sign_in", &fields)).await.location(), "/", "{next}");
        }
    }
}

#[test]
fn the_matrix_tells_roles_apart() {
    assert!(grants(Access::Needs(Permission::ManagePlans), Some(Role::Staff)));
    assert!(!grants(Access::Needs(Permission::ManagePlans), Some(Role::Owner)));
    assert!(!grants(Access::SignedIn, None));
}
