//! The binary, killed and asked to stop. Invariant: what was answered before the process died is there when it comes back, and `verify`
//! finds nothing wrong.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use bihuan::{domain::words::Role, store::connect};

use crate::{
    fixtures::{PASSWORD, add_account_with_password},
    support::{Place, change, read_number, read_texts},
};

/// A server of its own, killed when it is dropped.
pub struct Server {
    child: Child,
    address: String,
}

impl Server {
    /// Starts the built binary on a free port and waits until it says where it listens.
    pub fn start(url: &str, data_dir: &Path) -> Self {
        let mut child =
            command("serve", url, data_dir).args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let Some(address) = line.trim().strip_prefix("listening on http://") else {
            panic!("the server did not start: {line:?} {:?}", child.wait());
        };
        Self { address: address.to_owned(), child }
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Asks it to stop, as a service manager does, and waits until it takes no new connections.
    pub fn ask_to_stop(&self) {
        let sent = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status().unwrap();
        assert!(sent.success());
        while TcpStream::connect(&self.address).is_ok() {
            thread::yield_now();
        }
    }

    /// Waits until it has ended by itself.
    pub fn wait(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// Ends it as a power cut does: it gets no chance to finish anything.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn command(name: &str, url: &str, data_dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bihuan"));
    command.arg(name).arg("--database-url").arg(url).arg("--data-dir").arg(data_dir).stdin(Stdio::null());
    command
}

fn create_admin(url: &str, data_dir: &Path, name: &str) -> Output {
    let mut child = command("create-admin", url, data_dir)
        .args([name, "--role", "system", "--password-stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    writeln!(child.stdin.take().unwrap(), "{PASSWORD}").unwrap();
    child.wait_with_output().unwrap()
}

fn run_verify(url: &str, data_dir: &Path) -> (bool, String) {
    let output = command("verify", url, data_dir).output().unwrap();
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

/// One request over a connection of its own; the whole answer as text, or nothing where the server went away.
fn request(address: &str, head: &str, body: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    let length = body.len();
    write!(stream, "{head}\r\nHost: {address}\r\nAccept: text/html\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.contains("\r\n\r\n").then_some(answer)
}

fn sign_in(address: &str, username: &str) -> Option<String> {
    let form = serde_urlencoded::to_string([("username", username), ("password", PASSWORD), ("next", "/password")]).unwrap();
    let answer = request(address, "POST /fn/sign_in HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded", &form)?;
    let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: bihuan="))?;
    cookie.split(';').next().map(str::to_owned)
}

stories! {
    async fn an_administrator_survives_a_killed_server(place: Place) {
        let Place { url, data_dir, .. } = place;
        tokio::task::spawn_blocking(move || {
            let server = Server::start(&url, &data_dir);
            let made = create_admin(&url, &data_dir, "admin");
            server.kill();
            assert!(made.status.success(), "{made:?}");
            let again = Server::start(&url, &data_dir);
            let token = sign_in(again.address(), "admin").expect("the account is there and its password opens it");
            let page = request(again.address(), &format!("GET /password HTTP/1.1\r\nCookie: bihuan={token}"), "").unwrap();
            assert!(page.starts_with("HTTP/1.1 200"), "{page}");
            let twice = create_admin(&url, &data_dir, "admin");
            assert!(!twice.status.success(), "the name is taken: {twice:?}");
            again.kill();
            let (clean, said) = run_verify(&url, &data_dir);
            assert!(clean && said.starts_with("the chain holds: 6 rows, head "), "{said}");
        })
        .await
        .unwrap();
    }

    async fn sessions_that_were_handed_out_survive_a_killed_server(place: Place) {
        add_account_with_password(&place.db, "reader", &[Role::Leader], None).await;
        let (url, data_dir) = (place.url.clone(), place.data_dir.clone());
        let acknowledged = tokio::task::spawn_blocking(move || {
            let server = Server::start(&url, &data_dir);
            let address = server.address().to_owned();
            let (send, receive) = mpsc::channel();
            let tried = Arc::new(AtomicUsize::new(0));
            let clients: Vec<_> = (0..4)
                .map(|_| {
                    let (address, send, tried) = (address.clone(), send.clone(), tried.clone());
                    thread::spawn(move || {
                        while let Some(token) = sign_in(&address, "reader") {
                            tried.fetch_add(1, Ordering::Relaxed);
                            send.send(token).ok();
                        }
                    })
                })
                .collect();
            drop(send);
            let mut tokens: Vec<String> = receive.iter().take(12).collect();
            server.kill();
            for client in clients {
                client.join().unwrap();
            }
            tokens.extend(receive.iter());
            assert_eq!(tokens.len(), tried.load(Ordering::Relaxed));
            let again = Server::start(&url, &data_dir);
            for token in &tokens {
                let page = request(again.address(), &format!("GET /password HTTP/1.1\r\nCookie: bihuan={token}"), "").unwrap();
                assert!(page.starts_with("HTTP/1.1 200"), "a session that was handed out is gone: {page}");
            }
            again.kill();
            let (clean, said) = run_verify(&url, &data_dir);
            assert!(clean, "{said}");
            tokens.len()
        })
        .await
        .unwrap();
        let db = connect(&place.url).await.unwrap();
        assert!(usize::try_from(read_number(&db, "SELECT COUNT(*) FROM sessions").await).unwrap() >= acknowledged);
    }

    async fn what_is_under_way_is_finished_before_the_server_ends(place: Place) {
        add_account_with_password(&place.db, "reader", &[Role::Leader], None).await;
        let Place { url, data_dir, .. } = place;
        tokio::task::spawn_blocking(move || {
            let server = Server::start(&url, &data_dir);
            let form = serde_urlencoded::to_string([("username", "reader"), ("password", PASSWORD), ("next", "/password")]).unwrap();
            let (address, length) = (server.address(), form.len());
            let mut stream = TcpStream::connect(address).unwrap();
            let head = "POST /fn/sign_in HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nExpect: 100-continue";
            write!(stream, "{head}\r\nHost: {address}\r\nAccept: text/html\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n")
                .unwrap();
            // The server says so once it waits for the form itself.
            let mut begun = [0; b"HTTP/1.1 100 Continue\r\n\r\n".len()];
            stream.read_exact(&mut begun).unwrap();
            assert!(begun.starts_with(b"HTTP/1.1 100 "), "{}", String::from_utf8_lossy(&begun));
            server.ask_to_stop();
            stream.write_all(form.as_bytes()).unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            assert!(answer.starts_with("HTTP/1.1 30"), "{answer}");
            let token = answer.lines().find_map(|line| line.strip_prefix("set-cookie: bihuan=")).and_then(|line| line.split(';').next());
            let token = token.expect("who signed in has a session").to_owned();
            assert!(server.wait().success());
            let again = Server::start(&url, &data_dir);
            let page = request(again.address(), &format!("GET /password HTTP/1.1\r\nCookie: bihuan={token}"), "").unwrap();
            assert!(page.starts_with("HTTP/1.1 200"), "the session is there: {page}");
        })
        .await
        .unwrap();
    }

    async fn verify_fails_and_names_what_is_wrong(place: Place) {
        let Place { db, url, data_dir } = place;
        let made = tokio::task::spawn_blocking({
            let (url, data_dir) = (url.clone(), data_dir.clone());
            move || create_admin(&url, &data_dir, "admin")
        })
        .await
        .unwrap();
        assert!(made.status.success(), "{made:?}");
        change(&db, "UPDATE audit SET actor_name = 'somebody else'").await;
        assert_eq!(read_texts(&db, "SELECT actor_name FROM audit").await, ["somebody else"]);
        let (clean, said) = tokio::task::spawn_blocking(move || run_verify(&url, &data_dir)).await.unwrap();
        assert!(!clean);
        assert_eq!(said, "audit row 1 was changed: its content does not give its hash\n1 findings\n");
    }

    async fn verify_only_reads_and_refuses_a_schema_that_is_not_its_own(place: Place) {
        let Place { db, url, data_dir } = place;
        let last = "(SELECT MAX(version) FROM _sqlx_migrations)";
        change(&db, &format!("DELETE FROM _sqlx_migrations WHERE version = {last}")).await;
        let before = read_number(&db, "SELECT COUNT(*) FROM _sqlx_migrations").await;
        let output = tokio::task::spawn_blocking(move || command("verify", &url, &data_dir).output().unwrap()).await.unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("the schema lacks 1 migrations") && said.contains("bihuan migrate"), "{said}");
        assert_eq!(read_number(&db, "SELECT COUNT(*) FROM _sqlx_migrations").await, before, "nothing was brought up to date");
    }

    async fn an_administrator_has_a_name_as_every_account_has(place: Place) {
        let Place { db, url, data_dir } = place;
        let outputs = tokio::task::spawn_blocking(move || {
            ["系统 管理员", "Admin", "admin"].map(|name| (name, create_admin(&url, &data_dir, name)))
        })
        .await
        .unwrap();
        for ((name, output), said) in outputs.into_iter().zip(["A user name has 2 to 40 characters", "", "This name is taken"]) {
            assert_eq!(output.status.success(), said.is_empty(), "{name}: {output:?}");
            assert!(String::from_utf8_lossy(&output.stderr).contains(said), "{name}: {output:?}");
        }
        assert_eq!(read_texts(&db, "SELECT username FROM accounts").await, ["Admin"]);
    }

    async fn a_faulty_plan_file_is_named_with_each_fault(place: Place) {
        let Place { db, url, data_dir } = place;
        let file = data_dir.join("plan.toml");
        std::fs::write(&file, "code = \"x\"\n").unwrap();
        let named = format!("{}: ", file.display());
        let output =
            tokio::task::spawn_blocking(move || command("import-plan", &url, &data_dir).arg(&file).output().unwrap()).await.unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        let faults: Vec<&str> = said.lines().filter(|line| line.starts_with(&named)).collect();
        assert!(!faults.is_empty() && faults.iter().all(|fault| fault.len() > named.len()), "{said}");
        assert_eq!(read_number(&db, "SELECT COUNT(*) FROM plans").await, 0);
    }
}

#[test]
fn verify_makes_no_database() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("nothing.sqlite");
    let output = command("verify", &format!("sqlite://{}", file.display()), &folder.path().join("data")).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(!file.exists() && !folder.path().join("data").exists());
}
