//! How pages grow with the roster: the same pages of a small and of a large one, on both databases.
//!
//! Invariant: small and large are served at the same time and measured in turns, so that their ratio says something on any machine.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::bench::Figure;
use crate::http::{Connection, get};
use crate::load::{choose_count, percentile, run_load};
use crate::postgres::Postgres;
use crate::processes::interrupted;
use crate::server::Server;
use crate::workspace::Workspace;

const SMALL: usize = 1_000;
const LARGE: usize = 100_000;
const ROUNDS: usize = 3;
const ROUND_SPAN: Duration = Duration::from_secs(3);
/// How often each list is asked for.
const ASKED: usize = 60;
const INDICATOR: &str = "/p/bj-2025/indicators/T07";
/// Lists of the roster: by nothing, by each filter, by a rare and by a common word, by initials, by what hardly any unit is, its last
/// page, and as it stood on a past day.
const LISTS: [(&str, &str); 19] = [
    ("roster, all", "/p/bj-2025/roster"),
    ("roster, by stage and kind", "/p/bj-2025/roster?stage=recognised&kind=textbook"),
    ("roster, a rare word", "/p/bj-2025/roster?q=000777"),
    ("roster, a common word", "/p/bj-2025/roster?q=%E8%AF%BE%E7%A8%8B"),
    ("roster, initials", "/p/bj-2025/roster?q=kc"),
    ("roster, last page", "/p/bj-2025/roster?page=100000"),
    ("roster, by district", "/p/bj-2025/roster?district=%E6%B5%B7%E6%B7%80%E5%8C%BA"),
    ("roster, by holder", "/p/bj-2025/roster?holder={holder}"),
    ("roster, by indicator", "/p/bj-2025/roster?indicator=T07"),
    ("roster, by level", "/p/bj-2025/roster?level=national"),
    ("roster, by recognition", "/p/bj-2025/roster?recognition=innovation-team"),
    ("roster, what counts", "/p/bj-2025/roster?indicator=T07&measure=counted"),
    ("roster, a common word in a district", "/p/bj-2025/roster?q=%E8%AF%BE%E7%A8%8B&district=%E6%B5%B7%E6%B7%80%E5%8C%BA"),
    ("roster, by a stage of none", "/p/bj-2025/roster?stage=revoked"),
    ("roster, past day, a common word", "/p/bj-2025/roster?as_of=2025-03-31&q=%E8%AF%BE%E7%A8%8B"),
    ("roster, past day, a rare word", "/p/bj-2025/roster?as_of=2025-03-31&q=000777"),
    ("roster, past day", "/p/bj-2025/roster?as_of=2025-03-31"),
    ("roster, past day, by stage and kind", "/p/bj-2025/roster?as_of=2025-03-31&stage=under-construction&kind=textbook"),
    (
        "roster, past day, what counts by district",
        "/p/bj-2025/roster?as_of=2025-07-15&indicator=T07&measure=counted&district=%E6%B5%B7%E6%B7%80%E5%8C%BA",
    ),
];
/// What a search may take of the server, with the connection's part.
const LONGEST_ANSWER: Duration = Duration::from_millis(50);

/// Measures both databases; where PostgreSQL is missing, its line says so.
///
/// # Errors
/// When a server fails or refuses the rows.
pub fn measure_growth(workspace: &Workspace, figures: &mut Vec<Figure>) -> Result<()> {
    measure_database(workspace, "SQLite", [None, None], || Ok(()), figures)?;
    match Postgres::start() {
        Ok(postgres) => {
            let urls = [Some(postgres.create_database("small")?), Some(postgres.create_database("large")?)];
            measure_database(workspace, "PostgreSQL", urls, || postgres.vacuum(), figures)
        }
        Err(error) => {
            figures.push(Figure::missing("roster growth on PostgreSQL", format!("{error:#}")));
            Ok(())
        }
    }
}

/// `tidy` does what the database does by itself within a minute of such an import.
fn measure_database(
    workspace: &Workspace,
    database: &str,
    urls: [Option<String>; 2],
    tidy: impl Fn() -> Result<()>,
    figures: &mut Vec<Figure>,
) -> Result<()> {
    let mut servers = Vec::new();
    for (units, url) in [SMALL, LARGE].into_iter().zip(urls) {
        let data = workspace.target().join(format!("bench-growth-{}-{units}", database.to_lowercase()));
        if data.exists() {
            fs::remove_dir_all(&data)?;
        }
        fs::create_dir_all(&data)?;
        // The first start makes the organisations that hold the units.
        Server::start_on(workspace, &data, url.as_deref())?.wait_until_ready()?;
        let took = import_rows(workspace, &data, url.as_deref(), units)?;
        if units == LARGE {
            figures.push(Figure::plain(
                format!("import roster, {} rows, {database}", make_rows(units).lines().count() - 1),
                format!("{:.1} s", took.as_secs_f64()),
            ));
        }
        let mut server = Server::start_on(workspace, &data, url.as_deref())?;
        server.wait_until_ready()?;
        servers.push(server);
    }
    tidy()?;
    let [small, large] = servers.as_slice() else { return Ok(()) };
    measure_indicator(database, small, large, figures)?;
    measure_lists(database, large, figures)
}

/// The p99 of the indicator's page, in turns: as it is rendered, each time under another address, and as it is kept.
fn measure_indicator(database: &str, small: &Server, large: &Server, figures: &mut Vec<Figure>) -> Result<()> {
    for (how, is_kept) in [("rendered", false), ("kept", true)] {
        let turns = AtomicU32::new(0);
        let mut sides = Vec::new();
        for server in [small, large] {
            let cookie = server.sign_in("leader")?;
            let turns = &turns;
            let make = move || {
                let turn = if is_kept { 0 } else { turns.fetch_add(1, Ordering::Relaxed) };
                get(server.address(), &format!("{INDICATOR}?turn={turn}"), &cookie)
            };
            let count = choose_count(server.address(), &make, ROUND_SPAN)?;
            sides.push((server.address(), make, count));
        }
        let mut delays: [Vec<Duration>; 2] = Default::default();
        for _ in 0..ROUNDS {
            for (place, (address, make, count)) in sides.iter().enumerate() {
                ensure!(!interrupted(), "interrupted");
                let round = run_load(*address, make, *count)?;
                ensure!(round.refused == 0, "{} pages of {INDICATOR} were refused", round.refused);
                delays[place].push(round.p99);
            }
        }
        let [of_small, of_large] = delays.map(median);
        let ratio = of_large.as_secs_f64() / of_small.as_secs_f64().max(f64::EPSILON);
        figures.push(Figure {
            what: format!("indicator page, {how}, {LARGE} : {SMALL} units, {database}"),
            measured: format!("{ratio:.2} (p99 {:.1} ms : {:.1} ms)", millis(of_large), millis(of_small)),
            wanted: "≤ 1.2",
            reached: Some(ratio <= 1.2),
        });
    }
    Ok(())
}

/// Answers of each list, one after the other, each under another address, so that none is a page that was kept.
fn measure_lists(database: &str, large: &Server, figures: &mut Vec<Figure>) -> Result<()> {
    let cookie = large.sign_in("leader")?;
    let mut connection = Connection::open(large.address())?;
    let holder = find_holder(&mut connection, large, &cookie)?;
    for (what, path) in LISTS {
        let path = path.replace("{holder}", &holder);
        let sign = if path.contains('?') { '&' } else { '?' };
        let mut ask = |turn: usize| -> Result<Duration> {
            let request = get(large.address(), &format!("{path}{sign}turn={turn}"), &cookie);
            let start = Instant::now();
            let (status, _) = connection.exchange(&request)?;
            ensure!(status == 200, "GET {path} answered {status}");
            Ok(start.elapsed())
        };
        // The first answer makes the plan's view of the day, which is kept until something changes, and fills the database's caches.
        let first = ask(0)?;
        let mut spans = Vec::new();
        for turn in 1..=ASKED {
            ensure!(!interrupted(), "interrupted");
            spans.push(ask(turn)?);
        }
        spans.sort_unstable();
        let [half, most, all] = [50, 95, 100].map(|percent| percentile(&spans, percent));
        figures.push(Figure {
            what: format!("{what}, {LARGE} units, {database}"),
            measured: format!(
                "p50 {:.0} ms, p95 {:.0} ms, at most {:.0} ms (the first {:.0} ms)",
                millis(half),
                millis(most),
                millis(all),
                millis(first)
            ),
            wanted: "p95 ≤ 50 ms",
            reached: Some(most <= LONGEST_ANSWER),
        });
    }
    Ok(())
}

/// The id of an organisation that holds units, as the list links it.
fn find_holder(connection: &mut Connection, large: &Server, cookie: &str) -> Result<String> {
    let reply = connection.fetch(&get(large.address(), "/p/bj-2025/roster", cookie))?;
    let page = String::from_utf8_lossy(&reply.body).into_owned();
    let (_, rest) = page.split_once("?holder=").context("the roster links no holder")?;
    Ok(rest.chars().take_while(|character| character.is_ascii_alphanumeric() || *character == '-').collect())
}

fn millis(span: Duration) -> f64 {
    span.as_secs_f64() * 1000.0
}

fn median(mut spans: Vec<Duration>) -> Duration {
    spans.sort_unstable();
    spans.get(spans.len() / 2).copied().unwrap_or_default()
}

/// Writes the rows to a file and has the server's own command take them in; gives how long that took.
fn import_rows(workspace: &Workspace, data: &Path, url: Option<&str>, units: usize) -> Result<Duration> {
    let file = data.join("rows.csv");
    fs::write(&file, make_rows(units))?;
    let start = Instant::now();
    let mut command = Command::new(workspace.server_binary(true));
    command.args(["import", "roster"]).arg(&file).arg("--data-dir").arg(data).stdin(Stdio::null()).stdout(Stdio::null());
    if let Some(url) = url {
        command.env("BIHUAN_DATABASE_URL", url);
    }
    let status = command.status().context("cannot start the import")?;
    ensure!(status.success(), "the rows were not taken in");
    Ok(start.elapsed())
}

/// The stages each unit goes through, with the month of 2024 or 2025 in which it reached them.
const STAGES: [(&str, &str); 4] =
    [("applied", "2024-02"), ("approved", "2024-09"), ("under-construction", "2025-01"), ("recognised", "2025-06")];
/// Organisations of the demonstration that can hold units.
const HOLDERS: [&str; 3] = ["松山职业技术学院", "岚溪职业学院", "枫泽技师学院"];

/// Districts in which they are; one of them is filtered by.
const DISTRICTS: [&str; 4] = ["海淀区", "昌平区", "大兴区", "通州区"];

/// A roster of made-up units, four stages each: of twenty, fourteen are courses, four textbooks, one a team, and one a school that has
/// applied for a second recognition.
fn make_rows(units: usize) -> String {
    let mut rows = String::from("name,holder,district,recognition,level,stage,date,document\n");
    for number in 0..units {
        let (name, recognition) = match number % 20 {
            0..=13 => ("课程", "quality-course,"),
            14..=17 => ("教材", "new-form-textbook,"),
            18 => ("团队", "innovation-team,"),
            _ => ("院校", "double-high-school,municipal"),
        };
        let holder = HOLDERS[number % HOLDERS.len()];
        let district = DISTRICTS[number % DISTRICTS.len()];
        for (stage, month) in STAGES {
            let day = number % 28 + 1;
            // Writing to a String cannot fail.
            let _ = writeln!(rows, "{name}{number:06},{holder},{district},{recognition},{stage},{month}-{day:02},文〔{number}〕号");
        }
        if name == "院校" {
            let _ = writeln!(rows, "{name}{number:06},{holder},{district},double-high-school,national,applied,2025-07-01,文〔{number}〕号");
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use super::{make_rows, median};

    #[test]
    fn each_unit_takes_its_stages_once() {
        let rows = make_rows(30);
        let lines: Vec<&str> = rows.lines().skip(1).collect();
        assert_eq!(lines.len(), 121, "the school has one more");
        assert!(lines.iter().all(|line| line.split(',').count() == 8));
        let names: BTreeSet<&str> = lines.iter().filter_map(|line| line.split(',').next()).collect();
        assert_eq!(names.len(), 30);
        assert_eq!(lines.iter().collect::<BTreeSet<_>>().len(), 121, "no row stands twice");
        assert_eq!(lines[3], "课程000000,松山职业技术学院,海淀区,quality-course,,recognised,2025-06-01,文〔0〕号");
    }

    #[test]
    fn the_middle_of_some_spans() {
        let spans = [3, 1, 2].map(Duration::from_millis).to_vec();
        assert_eq!(median(spans), Duration::from_millis(2));
        assert_eq!(median(Vec::new()), Duration::ZERO);
    }
}
