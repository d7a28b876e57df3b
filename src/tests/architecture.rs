//! What holds for the sources. Invariant: every rule here is also shown a line that breaks it, so a rule that finds nothing is
//! one that could have.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// The longest a file may be without its tests, in lines.
const LONGEST_FILE: usize = 500;

/// A source file as the rules see it: without comments and without its tests.
struct Source {
    /// From the project's folder: `src/web/server.rs`.
    path: String,
    /// Numbered lines; those of comments are left out.
    lines: Vec<(usize, String)>,
    /// The first line of the file.
    head: String,
    /// Lines before the tests, comments included.
    length: usize,
}

impl Source {
    fn parse(path: &str, text: &str) -> Self {
        let mut lines = Vec::new();
        let mut length = 0;
        let mut rest = text.lines().enumerate().peekable();
        while let Some((number, line)) = rest.next() {
            if line == "#[cfg(test)]" {
                // A module of its own file is one line; one that is written out stands last.
                let mut declared = false;
                while let Some((_, next)) = rest.next_if(|(_, next)| !declared && (next.starts_with("#[") || next.starts_with("mod "))) {
                    declared = next.ends_with(';');
                    if next.ends_with('{') {
                        return Self { path: path.to_owned(), lines, head: head_of(text), length };
                    }
                }
                continue;
            }
            length = number + 1;
            if !line.trim_start().starts_with("//") {
                lines.push((number + 1, line.to_owned()));
            }
        }
        Self { path: path.to_owned(), lines, head: head_of(text), length }
    }

    fn is_under(&self, folders: &[&str]) -> bool {
        folders.iter().any(|folder| self.path.strip_prefix("src/").is_some_and(|path| path.starts_with(folder)))
    }

    /// The lines that hold one of the texts, each with what is wrong about it.
    fn find(&self, texts: &[&str], problem: &str) -> Vec<String> {
        let broken = self.lines.iter().filter(|(_, line)| texts.iter().any(|text| line.contains(text)));
        broken.map(|(number, line)| format!("{}:{number}: {problem}: {}", self.path, line.trim())).collect()
    }
}

fn head_of(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

/// A rule with a file that breaks it.
struct Rule {
    name: &'static str,
    check: fn(&Source) -> Vec<String>,
    /// Path, text, and how often the text stands in the file.
    broken: (&'static str, &'static str, usize),
}

const RULES: &[Rule] = &[
    Rule { name: "gates stand at modules", check: check_gates, broken: ("src/pages/task.rs", "#[cfg(feature = \"ssr\")]\nfn a() {}\n", 1) },
    Rule {
        name: "gates in the map stand before `mod`",
        check: check_gates,
        broken: ("src/lib.rs", "#[cfg(feature = \"ssr\")]\npub fn a() {}\n", 1),
    },
    Rule { name: "SQL stands in store", check: check_sql, broken: ("src/services/tasks.rs", "    sqlx::query(\"SELECT 1\")\n", 1) },
    Rule {
        name: "no raw textarea",
        check: check_textarea,
        broken: ("src/pages/task.rs", "    <textarea name=\"a\">{text}</textarea>\n", 1),
    },
    Rule { name: "no unescaped markup", check: check_markup, broken: ("src/pages/task.rs", "    <div inner_html=text></div>\n", 1) },
    Rule { name: "one clock", check: check_clock, broken: ("src/services/tasks.rs", "    let now = Timestamp::now();\n", 1) },
    Rule { name: "one router", check: check_routes, broken: ("src/web/health.rs", "    router.route(\"/x\", get(x))\n", 1) },
    Rule {
        name: "domain knows nothing else",
        check: check_direction,
        broken: ("src/domain/light.rs", "use crate::{\n    domain::ids::PlanId,\n    i18n::Text,\n};\n", 1),
    },
    Rule {
        name: "store knows no service",
        check: check_direction,
        broken: ("src/store/tasks.rs", "use crate::services::moment::Moment;\n", 1),
    },
    Rule {
        name: "services know no page",
        check: check_direction,
        broken: ("src/services/tasks.rs", "    crate::web::forms::park(x)\n", 1),
    },
    Rule {
        name: "catalogue knows no service",
        check: check_direction,
        broken: ("src/i18n/flow.rs", "use crate::services::ServiceError;\n", 1),
    },
    Rule { name: "islands know no server", check: check_direction, broken: ("src/islands/a.rs", "use crate::{api, store::Db};\n", 1) },
    Rule {
        name: "api names the server inside only",
        check: check_direction,
        broken: ("src/api/a.rs", "use crate::web::forms::submit;\n", 1),
    },
    Rule { name: "files say what they are for", check: check_head, broken: ("src/web/health.rs", "use axum::Router;\n", 1) },
    Rule { name: "files stay short", check: check_length, broken: ("src/web/health.rs", "\n", LONGEST_FILE + 1) },
];

fn check_gates(source: &Source) -> Vec<String> {
    if source.is_under(&["main.rs", "domain/ids.rs"]) {
        return Vec::new();
    }
    let mut broken = Vec::new();
    for (index, (number, line)) in source.lines.iter().enumerate() {
        let gates = line.contains("cfg") && line.contains("feature =");
        let next = source.lines.get(index + 1).map_or("", |(_, next)| next.as_str());
        let before_module = next.starts_with("pub mod ") || next.starts_with("mod ");
        if gates && !(source.path == "src/lib.rs" && before_module) {
            broken.push(format!("{}:{number}: gates belong to `mod` lines of lib.rs: {line}", source.path));
        }
    }
    broken
}

fn check_sql(source: &Source) -> Vec<String> {
    if source.is_under(&["store/", "domain/ids.rs"]) { Vec::new() } else { source.find(&["sqlx::"], "SQL belongs in store") }
}

fn check_textarea(source: &Source) -> Vec<String> {
    if source.is_under(&["pages/components/text_area.rs"]) {
        Vec::new()
    } else {
        source.find(&["<textarea"], "use TextArea, which escapes")
    }
}

fn check_markup(source: &Source) -> Vec<String> {
    if source.is_under(&["charts/"]) { Vec::new() } else { source.find(&["inner_html"], "only charts write markup") }
}

fn check_clock(source: &Source) -> Vec<String> {
    if source.is_under(&["web/", "main.rs"]) {
        return Vec::new();
    }
    let clocks = ["SystemTime::now", "Timestamp::now", "Zoned::now", "Instant::now", "now_v7"];
    source.find(&clocks, "time is a parameter")
}

fn check_routes(source: &Source) -> Vec<String> {
    let ways = [".route(", ".route_service(", ".nest(", ".nest_service("];
    if source.is_under(&["web/server.rs"]) { Vec::new() } else { source.find(&ways, "routes come from the registry") }
}

/// What each part may name of the crate; a part that is not listed may name everything.
const DIRECTIONS: &[(&str, &[&str])] = &[
    ("domain/", &["domain"]),
    ("error.rs", &["domain", "lang"]),
    ("config.rs", &["domain", "lang"]),
    ("i18n/", &["domain", "lang", "error", "i18n"]),
    ("store/", &["domain", "lang", "store"]),
    ("services/", &["domain", "lang", "error", "i18n", "plans", "services", "store"]),
    ("charts/", &["charts", "domain", "lang", "i18n"]),
    ("documents/", &["documents", "domain", "lang", "i18n"]),
    ("islands/", &["api", "domain", "lang", "error", "i18n", "islands"]),
    ("pages/", &["api", "charts", "domain", "lang", "error", "i18n", "islands", "pages", "services", "store", "web"]),
    ("web/", &["api", "documents", "domain", "lang", "error", "i18n", "pages", "services", "store", "web"]),
    ("api/", &["api", "domain", "lang", "error", "i18n"]),
];

fn check_direction(source: &Source) -> Vec<String> {
    let Some((part, allowed)) = DIRECTIONS.iter().find(|(part, _)| source.is_under(&[*part])) else { return Vec::new() };
    let code: String = source.lines.iter().map(|(_, line)| format!("{line}\n")).collect();
    // What server functions name inside their bodies is not compiled for the browser.
    let code = if *part == "api/" { keep_outer_uses(&code) } else { code };
    let named = list_named_parts(&code);
    let wrong = named.iter().filter(|name| !allowed.contains(&name.as_str()));
    wrong.map(|name| format!("{}: {part} may not name crate::{name}", source.path)).collect()
}

/// The `use` items that begin at the left margin.
fn keep_outer_uses(code: &str) -> String {
    let mut kept = String::new();
    let mut inside = false;
    for line in code.lines() {
        inside |= line.starts_with("use ") || line.starts_with("pub use ");
        if inside {
            kept.push_str(line);
            kept.push('\n');
        }
        inside &= !line.ends_with(';');
    }
    kept
}

/// The modules named right after `crate::`, also in a list in braces.
fn list_named_parts(code: &str) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for (start, _) in code.match_indices("crate::") {
        let rest = &code[start + "crate::".len()..];
        let Some(list) = rest.strip_prefix('{') else {
            named.insert(take_word(rest));
            continue;
        };
        let mut depth = 1;
        let mut at_start = true;
        for (index, letter) in list.char_indices() {
            match letter {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 1 => at_start = true,
                _ if letter.is_whitespace() => {}
                _ => {
                    if depth == 1 && at_start {
                        named.insert(take_word(&list[index..]));
                    }
                    at_start = false;
                }
            }
            if depth == 0 {
                break;
            }
        }
    }
    named
}

fn take_word(text: &str) -> String {
    text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
}

fn check_head(source: &Source) -> Vec<String> {
    if source.head.starts_with("//!") { Vec::new() } else { vec![format!("{}: begins with no `//!`", source.path)] }
}

fn check_length(source: &Source) -> Vec<String> {
    if source.length <= LONGEST_FILE {
        Vec::new()
    } else {
        vec![format!("{}: {} lines, at most {LONGEST_FILE}", source.path, source.length)]
    }
}

fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn list_rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            list_rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The product's own sources, without stories and tables of examples.
fn read_sources() -> Vec<Source> {
    let mut files = Vec::new();
    list_rust_files(&project().join("src"), &mut files);
    files.sort();
    let shown = |path: &Path| path.strip_prefix(project()).unwrap().display().to_string();
    let product = |path: &&PathBuf| !path.starts_with(project().join("src/tests")) && !path.to_str().unwrap().ends_with("_tests.rs");
    files.iter().filter(product).map(|path| Source::parse(&shown(path), &fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn the_sources_keep_every_rule() {
    let sources = read_sources();
    assert!(sources.len() > 100, "the sources are found");
    let mut broken = BTreeSet::new();
    for rule in RULES {
        broken.extend(sources.iter().flat_map(rule.check));
    }
    assert!(broken.is_empty(), "\n{}", broken.into_iter().collect::<Vec<_>>().join("\n"));
}

#[test]
fn every_rule_finds_the_line_that_breaks_it() {
    for rule in RULES {
        let (path, text, times) = rule.broken;
        assert_eq!((rule.check)(&Source::parse(path, &text.repeat(times))).len(), 1, "{}", rule.name);
    }
}

#[test]
fn comments_tests_and_what_is_allowed_are_no_faults() {
    for (path, text) in [
        ("src/lib.rs", "//! The map.\n#[cfg(feature = \"ssr\")]\npub mod store;\n"),
        (
            "src/store/tasks.rs",
            "//! Tasks.\nsqlx::query(\"SELECT 1\");\nuse crate::{\n    domain::ids::{PlanId, TaskId},\n    store::Tx,\n};\n",
        ),
        ("src/services/tasks.rs", "//! Tasks.\n// never Timestamp::now\n\n#[cfg(test)]\nmod tests {\n    sqlx::query(\"SELECT 1\");\n}\n"),
        ("src/domain/light.rs", "//! Lights.\n#[cfg(test)]\n#[path = \"light_tests.rs\"]\nmod tests;\n"),
        ("src/api/tasks.rs", "//! Tasks.\nuse crate::error::Notice;\nfn a() {\n    use crate::{services::tasks, web::forms::submit};\n}\n"),
        ("src/web/server.rs", "//! Server.\nuse crate::{pages::shell, services::visit::Visit};\nrouter.route(path, get(x))\n"),
    ] {
        let source = Source::parse(path, text);
        let broken: Vec<String> = RULES.iter().flat_map(|rule| (rule.check)(&source)).collect();
        assert_eq!(broken, Vec::<String>::new(), "{path}");
    }
    let declared = Source::parse("src/a.rs", "//! A.\n#[cfg(test)]\nmod tests;\nsqlx::query(\"\")\n");
    assert_eq!(check_sql(&declared).len(), 1, "what follows a module of tests in a file of its own is looked at");
}

fn list_migrations(database: &str) -> Vec<String> {
    let entries = fs::read_dir(project().join("migrations").join(database)).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Names that differ between the two folders, and numbers that leave a gap.
fn compare_migrations(sqlite: &[String], postgres: &[String]) -> Vec<String> {
    let (one, other): (BTreeSet<_>, BTreeSet<_>) = (sqlite.iter().collect(), postgres.iter().collect());
    let mut faults: Vec<String> = one.symmetric_difference(&other).map(|name| format!("{name} stands in one folder only")).collect();
    let wrong = sqlite.iter().zip(1..).filter(|(name, number)| !name.starts_with(&format!("{number:04}_")));
    faults.extend(wrong.map(|(name, number)| format!("{name} stands in the place of number {number}")));
    faults
}

#[test]
fn both_databases_have_the_same_migrations() {
    assert_eq!(compare_migrations(&list_migrations("sqlite"), &list_migrations("postgres")), Vec::<String>::new());
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let seeded = compare_migrations(&names(&["0001_a.sql", "0003_c.sql"]), &names(&["0001_a.sql", "0002_b.sql"]));
    assert_eq!(seeded.len(), 3, "{seeded:?}");
}
