//! `bench`: measures the release build and prints the figures beside those it has to reach.
//!
//! Invariant: speeds that are compared are measured in turns in the same run, against the same server.

use std::collections::BTreeSet;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::build::{build_server, build_site};
use crate::growth::measure_growth;
use crate::http::{Connection, Reply, get};
use crate::load::{CONNECTIONS, Round, choose_count, run_load};
use crate::processes::interrupted;
use crate::server::Server;
use crate::site::Site;
use crate::wasm::WasmProfile;
use crate::workspace::Workspace;

const COCKPIT: &str = "/p/bj-2025/cockpit";
const TASK: &str = "/p/bj-2025/tasks/4.5";
const STATIC: &str = "/bench-cockpit.html";
const ROUNDS: usize = 3;
const ROUND_SPAN: Duration = Duration::from_secs(3);
const STARTS: usize = 5;

/// A line of the printed table.
pub struct Figure {
    /// What was measured.
    pub what: String,
    /// What it came to.
    pub measured: String,
    /// What it has to reach; empty where it is shown for itself.
    pub wanted: &'static str,
    /// Whether it does.
    pub reached: Option<bool>,
}

impl Figure {
    /// A figure that is shown for itself.
    pub fn plain(what: String, measured: String) -> Self {
        Self { what, measured, wanted: "", reached: None }
    }

    /// A figure that could not be measured, with the reason.
    pub fn missing(what: &str, reason: String) -> Self {
        Self { what: what.to_owned(), measured: reason, wanted: "to be measured", reached: Some(false) }
    }
}

/// Builds for release, measures, and prints the table.
///
/// # Errors
/// When the build or the server fails. A figure that is not reached is printed, but is no error: machines differ.
pub fn run_bench(workspace: &Workspace) -> Result<()> {
    let site = build_site(workspace, WasmProfile::Shipped)?;
    build_server(workspace, true)?;
    let data = workspace.target().join("bench-data");
    if data.exists() {
        fs::remove_dir_all(&data)?;
    }
    fs::create_dir_all(&data)?;
    let page = TwinPage::save(workspace, &data)?;

    let mut figures = Vec::new();
    measure_starts(workspace, &data, &mut figures)?;
    let mut server = Server::start(workspace, &data)?;
    server.wait_until_ready()?;
    // Idle: after the start has settled and before the first page.
    sleep(Duration::from_secs(2));
    let memory = server.resident_memory();
    figures.push(Figure {
        what: "idle memory".to_owned(),
        measured: memory.map_or("unknown".to_owned(), |bytes| format!("{} MB", bytes / 1_000_000)),
        wanted: "≤ 64 MB",
        reached: memory.map(|bytes| bytes <= 64_000_000),
    });
    let cookie = server.sign_in("leader")?;
    measure_first_view(server.address(), &cookie, &site, &mut figures)?;
    measure_rates(server.address(), &cookie, &mut figures)?;
    drop(page);
    drop(server);
    print_table(&figures);
    // Apart, since filling a hundred thousand units takes its time: what was measured so far is on the screen.
    let mut growth = Vec::new();
    let grown = measure_growth(workspace, &mut growth);
    print_table(&growth);
    grown
}

/// The cockpit's bytes as a file of the site, so that the server's own file handler is what the page is compared with.
struct TwinPage(PathBuf);

impl TwinPage {
    /// Fetches the page from a server that is stopped again; the next one finds the file.
    fn save(workspace: &Workspace, data: &Path) -> Result<Self> {
        let mut server = Server::start(workspace, data)?;
        server.wait_until_ready()?;
        let cookie = server.sign_in("leader")?;
        let reply = fetch_page(server.address(), COCKPIT, &cookie)?;
        let file = workspace.site().join(STATIC.trim_start_matches('/'));
        fs::write(&file, reply.body)?;
        Ok(Self(file))
    }
}

impl Drop for TwinPage {
    fn drop(&mut self) {
        fs::remove_file(&self.0).ok();
    }
}

fn measure_starts(workspace: &Workspace, data: &Path, figures: &mut Vec<Figure>) -> Result<()> {
    let mut delays = Vec::new();
    for _ in 0..STARTS {
        delays.push(Server::start(workspace, data)?.wait_until_ready()?);
    }
    delays.sort_unstable();
    let median = delays[STARTS / 2];
    figures.push(Figure {
        what: "cold start to ready, existing database".to_owned(),
        measured: format!("{} ms", median.as_millis()),
        wanted: "≤ 300 ms",
        reached: Some(median <= Duration::from_millis(300)),
    });
    Ok(())
}

fn measure_first_view(address: SocketAddr, cookie: &str, site: &Site, figures: &mut Vec<Figure>) -> Result<()> {
    let wasm = site.wasm_brotli_size();
    figures.push(Figure {
        what: "islands WASM, Brotli".to_owned(),
        measured: format!("{} KB", wasm.div_ceil(1000)),
        wanted: "≤ 120 KB",
        reached: Some(wasm <= 120_000),
    });

    let plain = fetch_page(address, COCKPIT, cookie)?;
    let compressed = fetch_page(address, COCKPIT, &format!("{cookie}Accept-Encoding: br\r\n"))?;
    let mut paths = find_resources(&String::from_utf8_lossy(&plain.body));
    paths.extend([site.js.clone(), site.wasm.clone(), site.css.clone()]);
    let mut bytes = compressed.body.len();
    for path in &paths {
        bytes += fetch_page(address, path, &format!("{cookie}Accept-Encoding: br\r\n"))?.body.len();
    }
    let requests = paths.len() + 1;
    figures.push(Figure {
        what: "cockpit, first view".to_owned(),
        measured: format!("{} KB in {requests} requests", bytes.div_ceil(1000)),
        wanted: "≤ 200 KB in ≤ 12 requests",
        reached: Some(bytes <= 200_000 && requests <= 12),
    });

    let tag = plain.header("etag").map(str::to_owned);
    let again = tag.as_ref().map(|tag| get(address, COCKPIT, &format!("{cookie}If-None-Match: {tag}\r\n")));
    let status = again.map(|request| Connection::open(address)?.exchange(&request)).transpose()?.map(|reply| reply.0);
    figures.push(Figure {
        what: "cockpit, reload".to_owned(),
        measured: status.map_or("no ETag".to_owned(), |status| status.to_string()),
        wanted: "304",
        reached: Some(status == Some(304)),
    });
    Ok(())
}

fn measure_rates(address: SocketAddr, cookie: &str, figures: &mut Vec<Figure>) -> Result<()> {
    let requests = [STATIC, COCKPIT, TASK].map(|path| get(address, path, cookie));
    let mut counts = Vec::new();
    for request in &requests {
        counts.push(choose_count(address, &|| request.clone(), ROUND_SPAN)?);
    }
    let mut rounds: [Vec<Round>; 3] = Default::default();
    for _ in 0..ROUNDS {
        for (index, request) in requests.iter().enumerate() {
            ensure!(!interrupted(), "interrupted");
            rounds[index].push(run_load(address, &|| request.clone(), counts[index])?);
        }
    }
    let [file, cockpit, task] = rounds.map(take_median);
    let ratio = cockpit.rate / file.rate.max(1.0);
    figures.push(describe_round("static file of the cockpit's bytes", file));
    figures.push(describe_round("cockpit, cached", cockpit));
    figures.push(Figure {
        what: "cockpit : static".to_owned(),
        measured: format!("{ratio:.2}"),
        wanted: "≥ 0.8",
        reached: Some(ratio >= 0.8 && cockpit.refused == 0 && file.refused == 0),
    });
    figures.push(describe_round("one task page", task));
    Ok(())
}

fn describe_round(what: &str, round: Round) -> Figure {
    let refused = if round.refused == 0 { String::new() } else { format!(", {} REFUSED", round.refused) };
    Figure {
        what: what.to_owned(),
        measured: format!(
            "{:.0}/s, p50 {:.1} ms, p99 {:.1} ms{refused}",
            round.rate,
            round.p50.as_secs_f64() * 1000.0,
            round.p99.as_secs_f64() * 1000.0
        ),
        wanted: "",
        reached: None,
    }
}

fn take_median(mut rounds: Vec<Round>) -> Round {
    rounds.sort_by(|left, right| left.rate.total_cmp(&right.rate));
    rounds[rounds.len() / 2]
}

fn fetch_page(address: SocketAddr, path: &str, extra: &str) -> Result<Reply> {
    let reply = Connection::open(address)
        .and_then(|mut connection| connection.fetch(&get(address, path, extra)))
        .with_context(|| format!("GET {path}"))?;
    ensure!(reply.status == 200, "GET {path} answered {}", reply.status);
    Ok(reply)
}

/// What a browser fetches along with a page: quoted paths that name a file, hyperlinks left aside.
fn find_resources(html: &str) -> BTreeSet<String> {
    const KINDS: [&str; 7] = [".css", ".js", ".wasm", ".svg", ".png", ".ico", ".woff2"];
    html.split(['"', '\''])
        .filter(|part| part.starts_with('/') && !part.contains(char::is_whitespace))
        .filter(|part| KINDS.iter().any(|kind| part.ends_with(kind)))
        .map(str::to_owned)
        .collect()
}

fn print_table(figures: &[Figure]) {
    println!("\n{CONNECTIONS} connections, median of {ROUNDS} rounds taken in turns, signed in as a leader\n");
    println!("| what | measured | to reach | |");
    println!("|---|---|---|---|");
    for figure in figures {
        let mark = match figure.reached {
            Some(true) => "reached",
            Some(false) => "MISSED",
            None => "",
        };
        println!("| {} | {} | {} | {mark} |", figure.what, figure.measured, figure.wanted);
    }
}

#[cfg(test)]
mod tests {
    use super::find_resources;

    #[test]
    fn resources_are_files_not_links() {
        let html = r#"<link href="/pkg/a.css"><a href="/p/x/cockpit">x</a><script>import('/pkg/a.js')</script>"#;
        let found: Vec<String> = find_resources(html).into_iter().collect();
        assert_eq!(found, ["/pkg/a.css", "/pkg/a.js"]);
    }
}
