//! Migrations. Invariant: each applies over rows that were there before it and keeps them, and both databases end with the same
//! tables, columns and indexes.

use std::{collections::BTreeMap, fs, path::Path};

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row, SqliteConnection};

use crate::support::{Place, read_number};

/// Rows put in after the migration of each number: at least one for every table it makes.
const SAMPLES: &[&str] = &[
    "INSERT INTO settings (name, value) VALUES ('sample', 'kept');
     INSERT INTO audit (sequence, at, actor_name, action, object_kind, object_id, reason, previous_hash, hash)
     VALUES (1, 1, 'a', 'b', 'c', 'd', '', '', 'h');",
    "INSERT INTO organisations (id, kind, name_zh, name_en, sort_key, district, created_at) VALUES ('o', 'school', '校', '', 'x', '', 1);
     INSERT INTO accounts (id, username, display_name, organisation_id, failed_attempts, created_at) VALUES ('a', 'u', 'u', 'o', 0, 1);
     INSERT INTO account_roles (account_id, role, granted_at) VALUES ('a', 'owner', 1);
     INSERT INTO sessions (token_hash, account_id, created_at, last_seen_at) VALUES ('t', 'a', 1, 1);
     INSERT INTO password_links (token_hash, account_id, created_at, expires_at) VALUES ('l', 'a', 1, 2);
     INSERT INTO parked_forms (id, form, fields, problems, created_at) VALUES ('f', 'x', '{}', '{}', 1);
     INSERT INTO idempotency_keys (account_id, form_key, action, result, created_at) VALUES ('a', 'k', 'x', '/', 1);",
    "INSERT INTO plans (id, code, name_zh, name_en, short_zh, short_en, issuer_zh, issuer_en, starts_on, ends_on, cadence, time_zone,
                        imported_from, imported_at)
     VALUES ('p', 'p', '', '', '', '', '', '', '2025-01-01', '2027-12-31', 'quarter', 'Asia/Shanghai', '', 1);
     INSERT INTO recognition_kinds (code, unit_kind, name_zh, name_en, ordinal) VALUES ('k', 'course', '', '', 1);
     INSERT INTO areas (id, plan_id, code, ordinal, name_zh, name_en, short_zh, short_en, closing)
     VALUES ('ar', 'p', 'A1', 1, '', '', '', '', 0);
     INSERT INTO indicators (id, plan_id, area_id, code, ordinal, name_zh, name_en, unit_zh, unit_en, measure, direction, scale, source_zh,
                             needs_stage_ruling)
     VALUES ('i', 'p', 'ar', 'T01', 1, '', '', '', '', 'roster', 'rising', 0, '', 0);
     INSERT INTO indicator_recognitions (indicator_id, ordinal, recognition) VALUES ('i', 1, 'k');
     INSERT INTO targets (id, indicator_id, wording_zh, wording_en, form, target_on, provenance, date_provenance, effective_on, reason,
                          document, recorded_at)
     VALUES ('t', 'i', '', '', '{}', '2027-12-31', 'text', 'text', '2025-01-01', '', '', 1);
     INSERT INTO milestones (id, indicator_id, on_date, value, provenance, effective_on, reason, document, recorded_at)
     VALUES ('m', 'i', '2026-12-31', 1, 'commission', '2025-01-01', '', '', 1);
     INSERT INTO baselines (id, indicator_id, on_date, value, provenance, reason, document, recorded_at)
     VALUES ('b', 'i', '2024-12-31', 1, 'text', '', '', 1);
     INSERT INTO rulings (id, indicator_id, kind, value, provenance, reason, document, decided_on, recorded_at)
     VALUES ('r', 'i', 'tolerance', '1', 'commission', '', '', '2025-01-01', 1);
     INSERT INTO stock_takes (id, indicator_id, taken_on, reason, document, officer_id, recorded_at)
     VALUES ('s', 'i', '2024-12-31', '', '', 'a', 1);
     INSERT INTO tasks (id, plan_id, area_id, code, ordinal, title_zh, title_en, deliverable_zh, deliverable_en, effect_zh, effect_en,
                        source_zh)
     VALUES ('ta', 'p', 'ar', '1.1', 1, '', '', '', '', '', '', '');
     INSERT INTO task_dates (id, task_id, starts_on, due_on, provenance, effective_on, reason, document, recorded_at)
     VALUES ('td', 'ta', '2025-01-01', '2027-12-31', 'text', '2025-01-01', '', '', 1);
     INSERT INTO task_indicators (task_id, indicator_id) VALUES ('ta', 'i');
     INSERT INTO assignments (id, task_id, organisation_id, part, contact, assigned_at) VALUES ('as', 'ta', 'o', 'lead', '', 1);",
    "INSERT INTO units (id, kind, code, name_zh, name_en, sort_key, holder_id, partners, district, created_at)
     VALUES ('u', 'course', '', '课', '', 'k', 'o', '', '', 1);
     INSERT INTO name_holds (kind, scope, mark_kind, mark, admitted, unit_id, entry_key, held_at)
     VALUES ('course', 'o', 'name', '课', '', 'u', '', 1);
     INSERT INTO recognitions (id, unit_id, kind, created_at) VALUES ('re', 'u', 'k', 1);
     INSERT INTO stage_steps (id, recognition_id, stage, on_date, document, verifier_id, reason, recorded_at)
     VALUES ('st', 're', 'recognised', '2026-01-01', '', 'a', '', 1);
     INSERT INTO counted_spans (indicator_id, unit_id, measure, from_date) VALUES ('i', 'u', 'counted', '2026-01-01');
     INSERT INTO indicator_days (indicator_id, measure, on_date, change) VALUES ('i', 'counted', '2026-01-01', 1);",
    "INSERT INTO periods (id, plan_id, code, starts_on, ends_on, report_due, lead_review_due, commission_review_due, evaluation_due,
                          feedback_due, answer_due, opened_at, opened_by)
     VALUES ('pe', 'p', '2026Q1', '2026-01-01', '2026-03-31', '2026-04-10', '2026-04-15', '2026-04-20', '2026-04-25', '2026-04-30',
             '2026-05-10', 1, 'a');
     INSERT INTO obligations (id, period_id, task_id, organisation_id, created_at) VALUES ('ob', 'pe', 'ta', 'o', 1);
     INSERT INTO reports (id, obligation_id, correction, state, version, submission, state_since, created_at)
     VALUES ('rp', 'ob', 0, 'submitted', 1, 1, 1, 1);
     INSERT INTO report_drafts (report_id, version, fields, saved_at, saved_by) VALUES ('rp', 1, '{}', 1, 'a');
     INSERT INTO submissions (report_id, submission, fields, submitted_at, submitted_by) VALUES ('rp', 1, '{}', 1, 'a');
     INSERT INTO submitted_entries (report_id, entry_key, unit_kind, recognition, name_zh, stage, on_date, holder_id)
     VALUES ('rp', 'e', 'course', 'k', '课', 'recognised', '2026-01-01', 'o');
     INSERT INTO reviews (id, report_id, submission, level, decision, text, reviewer_id, at)
     VALUES ('rv', 'rp', 1, 'lead', 'accept', '', 'a', 1);
     INSERT INTO evidence (id, organisation_id, report_id, entry_key, file_name, media_type, size, sha256, uploaded_by, uploaded_at)
     VALUES ('ev', 'o', 'rp', 'e', 'a.pdf', 'application/pdf', 1, 'x', 'a', 1);
     INSERT INTO step_evidence (step_id, evidence_id) VALUES ('st', 'ev');
     INSERT INTO accepted_values (id, indicator_id, organisation_id, period_end, value, document, recorded_at)
     VALUES ('av', 'i', 'o', '2026-03-31', 1, '', 1);",
    "INSERT INTO evaluations (id, period_id, task_id, grades, effect_link, missing, evaluated_by, evaluated_at)
     VALUES ('el', 'pe', 'ta', '{}', '', '[]', 'a', 1);
     INSERT INTO feedbacks (id, period_id, task_id, organisation_id, kind, text, given_by, given_at)
     VALUES ('fb', 'pe', 'ta', 'o', 'advice', '', 'a', 1);",
    "INSERT INTO reports (id, obligation_id, correction, state, version, submission, state_since, created_at)
     VALUES ('rc', 'ob', 1, 'draft', 1, 0, 1, 1);
     INSERT INTO corrections (report_id, corrects_id, reason, begun_by, begun_at) VALUES ('rc', 'rp', 'x', 'a', 1);",
    "INSERT INTO submitted_values (report_id, indicator_id, value) VALUES ('rp', 'i', 1);",
    "INSERT INTO name_admissions (id, kind, scope, mark_kind, mark, admitted, holder_id, name, distinction, reason, document, officer_id,
                                  recorded_at)
     VALUES ('na', 'course', 'o', 'name', '课', '南', 'o', '课', '南', '', '', 'a', 1);
     INSERT INTO refused_names (report_id, entry_key, mark_kind, kind, holder_id, name, refused_at)
     VALUES ('rp', 'e', 'name', 'course', 'o', '课', 1);
     INSERT INTO unit_revisions (id, unit_id, code, name_zh, name_en, holder_id, partners, district, recorded_at, superseded_at, reason,
                                 document, officer_id)
     VALUES ('ur', 'u', '', '旧课', '', 'o', '', '', 1, 2, '', '', 'a');
     INSERT INTO step_withdrawals (step_id, reason, document, officer_id, recorded_at) VALUES ('st', '', '', 'a', 2);
     INSERT INTO standings (sort_key, unit_id, recognition_id, facet, stage, on_date, district, holder_id, search_key, lone, days)
     VALUES ('k', 'u', 're', 'k:', 'recognised', '2026-01-01', '', 'o', '课', 1, '2026-01-01');
     INSERT INTO step_days (kind, level, on_date, steps) VALUES ('k', '', '2026-01-01', 1);
     INSERT INTO kind_spans (indicator_id, kind, unit_id, from_date) VALUES ('i', 'k', 'u', '2026-01-01');
     INSERT INTO kind_days (indicator_id, kind, on_date, change) VALUES ('i', 'k', '2026-01-01', 1);",
    "INSERT INTO timetable_items (id, task_id, kind, code, name_zh, name_en, deliverable_zh, deliverable_en, created_at)
     VALUES ('ti', 'ta', 'project', 'P1', '', '', '', '', 1);
     INSERT INTO timetable_dates (id, item_id, starts_on, due_on, provenance, effective_on, reason, document, recorded_at)
     VALUES ('tid', 'ti', '2026-01-01', '2026-12-31', 'commission', '2026-01-01', '', '', 1);
     INSERT INTO timetable_completions (id, item_id, reached_on, document, report_id, officer_id, recorded_at)
     VALUES ('tic', 'ti', '2026-03-01', '', 'rp', 'a', 1);",
    // 0011 adds columns only.
    "",
    "INSERT INTO tokens (id, account_id, name, token_hash, scopes, created_at, expires_at) VALUES ('to', 'a', 'x', 'h', '[]', 1, 2);",
    "INSERT INTO accepted_values (id, indicator_id, period_end, dated, value, source, document, recorded_at)
     VALUES ('pv', 'i', '2026-03-31', 'undated', 7, '某校', '某报', 1);
     INSERT INTO task_bodies (task_id, ordinal, name_zh, name_en) VALUES ('ta', 1, '某市教委', '');
     INSERT INTO pledges (id, indicator_id, organisation_id, year, quantity, note, document, reason, account_id, recorded_at)
     VALUES ('pl', 'i', 'o', 2026, 3, '', '', '', 'a', 1);",
    "UPDATE task_indicators SET superseded_at = 5;
     INSERT INTO task_indicators (task_id, indicator_id, recorded_at) VALUES ('ta', 'i', 6);
     UPDATE submitted_entries SET superseded_at = 5;
     UPDATE submitted_values SET superseded_at = 5;",
    // 0015 adds columns only.
    "",
    // 0016 adds a column only.
    "",
    "INSERT INTO stock_takes (id, indicator_id, taken_on, reason, document, officer_name, recorded_at)
     VALUES ('sf', 'i', '2024-12-31', '', '', '张某', 1);
     INSERT INTO pledges (id, indicator_id, organisation_id, year, quantity, note, document, reason, officer_name, recorded_at)
     VALUES ('pf', 'i', 'o', 2027, 3, '', '', '', '张某', 1);",
    "INSERT INTO holder_days (indicator_id, holder_id, on_date, change) VALUES ('i', 'o', '2026-03-01', 1);",
    // 0019 fills its tables from the standings.
    "",
    "INSERT INTO area_revisions (area_id, superseded_at, ordinal, name_zh, name_en, short_zh, short_en, closing)
     VALUES ('ar', 2, 1, '', '', '', '', 0);
     INSERT INTO indicator_revisions (indicator_id, superseded_at, area_id, ordinal, name_zh, name_en, unit_zh, unit_en, measure, direction,
                                      scale, source_zh, needs_stage_ruling, fraction)
     VALUES ('i', 2, 'ar', 1, '', '', '', '', 'roster', 'rising', 0, '', 0, 0);
     INSERT INTO indicator_recognition_revisions (indicator_id, superseded_at, ordinal, recognition) VALUES ('i', 2, 1, 'k');
     INSERT INTO task_revisions (task_id, superseded_at, area_id, ordinal, title_zh, title_en, deliverable_zh, deliverable_en, effect_zh,
                                 effect_en, source_zh)
     VALUES ('ta', 2, 'ar', 1, '', '', '', '', '', '', '');
     INSERT INTO organisation_revisions (organisation_id, superseded_at, kind, name_zh, name_en, sort_key, district)
     VALUES ('o', 2, 'school', '旧校', '', 'x', '');
     INSERT INTO plan_revisions (plan_id, superseded_at, name_zh, name_en, short_zh, short_en, issuer_zh, issuer_en, cadence)
     VALUES ('p', 2, '', '', '', '', '', '', 'quarter');",
    "INSERT INTO name_shelves (shelf, names, units) VALUES (1, '课', 'u');",
    "INSERT INTO timetable_item_revisions (timetable_item_id, superseded_at, name_zh, name_en, deliverable_zh, deliverable_en)
     SELECT id, 2, '旧项目', '', '', '' FROM timetable_items LIMIT 1;
     INSERT INTO recognition_kind_revisions (code, superseded_at, name_zh, name_en) VALUES ('k', 2, '旧名', '');",
];

/// A connection to either database, below the product.
enum Raw {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Raw {
    /// An empty database of the same kind as the story's.
    async fn open_empty(place: &Place) -> Self {
        if place.url.starts_with("sqlite:") {
            let file = place.data_dir.join("empty.sqlite");
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file).create_if_missing(true).foreign_keys(true);
            Self::Sqlite(SqliteConnection::connect_with(&options).await.unwrap())
        } else {
            let mut raw = Self::Postgres(PgConnection::connect(&place.url).await.unwrap());
            raw.run("DROP SCHEMA public CASCADE; CREATE SCHEMA public").await;
            raw
        }
    }

    async fn run(&mut self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        let done = match self {
            Self::Sqlite(connection) => sqlx::raw_sql(sql).execute(connection).await.map(|_| ()),
            Self::Postgres(connection) => sqlx::raw_sql(sql).execute(connection).await.map(|_| ()),
        };
        done.unwrap();
    }

    /// Every row of a query as one text, its columns joined by spaces.
    async fn read(&mut self, sql: &str) -> Vec<String> {
        macro_rules! join {
            ($rows:expr) => {
                $rows.iter().map(|row| (0..row.len()).map(|index| row.get::<String, _>(index)).collect::<Vec<_>>().join(" ")).collect()
            };
        }
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Sqlite(connection) => join!(sqlx::query(sql).fetch_all(connection).await.unwrap()),
            Self::Postgres(connection) => join!(sqlx::query(sql).fetch_all(connection).await.unwrap()),
        }
    }

    async fn list_tables(&mut self) -> Vec<String> {
        let sql = match self {
            Self::Sqlite(_) => {
                "SELECT name FROM sqlite_master
                 WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '_sqlx%' ORDER BY name"
            }
            Self::Postgres(_) => {
                "SELECT table_name::text FROM information_schema.tables
                 WHERE table_schema = 'public' AND table_name NOT LIKE '_sqlx%' ORDER BY table_name"
            }
        };
        self.read(sql).await
    }

    /// `table column type needed`, and `table index unique`; primary keys are compared by their columns only.
    async fn describe(&mut self) -> Vec<String> {
        let (columns, indexes) = match self {
            Self::Sqlite(_) => (
                "SELECT m.name, c.name, LOWER(c.type), CASE WHEN c.pk > 0 THEN 'key' WHEN c.\"notnull\" = 1 THEN 'needed' ELSE 'optional' END
                 FROM sqlite_master m, pragma_table_info(m.name) c
                 WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE '_sqlx%'",
                "SELECT m.name, i.name, CASE i.\"unique\" WHEN 1 THEN 'unique' ELSE 'index' END
                 FROM sqlite_master m, pragma_index_list(m.name) i
                 WHERE m.type = 'table' AND i.origin = 'c' AND m.name NOT LIKE '_sqlx%'",
            ),
            Self::Postgres(_) => (
                "SELECT c.table_name::text, c.column_name::text, c.data_type::text,
                        CASE WHEN EXISTS (SELECT 1 FROM information_schema.key_column_usage k
                                          JOIN information_schema.table_constraints t
                                            ON t.constraint_name = k.constraint_name AND t.table_name = k.table_name
                                          WHERE t.constraint_type = 'PRIMARY KEY' AND t.table_schema = 'public'
                                            AND k.table_name = c.table_name AND k.column_name = c.column_name)
                             THEN 'key' WHEN c.is_nullable = 'NO' THEN 'needed' ELSE 'optional' END
                 FROM information_schema.columns c WHERE c.table_schema = 'public' AND c.table_name NOT LIKE '_sqlx%'",
                "SELECT t.relname::text, c.relname::text, CASE WHEN i.indisunique THEN 'unique' ELSE 'index' END
                 FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
                 JOIN pg_namespace n ON n.oid = t.relnamespace
                 WHERE n.nspname = 'public' AND t.relname NOT LIKE '_sqlx%'
                   AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)",
            ),
        };
        let mut lines = self.read(columns).await;
        lines.extend(self.read(indexes).await);
        lines.sort();
        lines
    }

    async fn count_rows(&mut self) -> BTreeMap<String, i64> {
        let mut counts = BTreeMap::new();
        for table in self.list_tables().await {
            let counted = self.read(&format!("SELECT CAST(COUNT(*) AS TEXT) FROM {table}")).await;
            counts.insert(table, counted[0].parse().unwrap());
        }
        counts
    }
}

fn read_migrations(database: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(database);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read_to_string(file).unwrap()).collect()
}

stories! {
    async fn each_migration_applies_over_rows_and_keeps_them(place: Place) {
        let database = if place.url.starts_with("sqlite:") { "sqlite" } else { "postgres" };
        let mut raw = Raw::open_empty(&place).await;
        let migrations = read_migrations(database);
        assert_eq!(migrations.len(), SAMPLES.len(), "a new migration wants sample rows for its tables");
        let mut before = BTreeMap::new();
        for (number, (migration, sample)) in migrations.iter().zip(SAMPLES).enumerate() {
            raw.run(migration).await;
            let after = raw.count_rows().await;
            for (table, rows) in &before {
                assert_eq!(after.get(table), Some(rows), "migration {} changed the rows of {table}", number + 1);
            }
            raw.run(sample).await;
            before = raw.count_rows().await;
        }
        for (table, rows) in before {
            assert!(rows > 0, "{table} has no sample row");
        }
        let values = "SELECT id, COALESCE(organisation_id, '-'), period_end, dated, CAST(value AS TEXT), source FROM accepted_values ORDER BY id";
        let kept = "SELECT id, COALESCE(officer_id, '-'), officer_name FROM stock_takes
                    UNION SELECT id, COALESCE(account_id, '-'), officer_name FROM pledges ORDER BY 1";
        assert_eq!(raw.read(kept).await, ["pf - 张某", "pl a ", "s a ", "sf - 张某"]);
        assert_eq!(raw.read(values).await, ["av o 2026-03-31 day 1 ", "pv - 2026-03-31 undated 7 某校"]);
        let stages = "SELECT began_on, COALESCE(approved_on, '-'), COALESCE(recognised_on, '-') FROM standings";
        assert_eq!(raw.read(stages).await, ["2026-01-01 - 2026-01-01"], "what was there is given its days");
        assert_eq!(raw.read("SELECT days, facet, stage FROM standings").await, ["2026-01-01@0 k: recognised"]);
        assert_eq!(raw.read("SELECT kind, on_date, CAST(recorded AS TEXT), CAST(steps AS TEXT) FROM step_days").await, ["k 2026-01-01 0 1"]);
        let counts = "SELECT facet, stage, CAST(units AS TEXT) FROM standing_counts";
        assert_eq!(raw.read(counts).await, ["k: recognised 1"], "what was there is counted");
        let days = "SELECT on_date, stage, CAST(change AS TEXT) FROM standing_days";
        assert_eq!(raw.read(days).await, ["2026-01-01 recognised 1"]);
    }

    async fn migrating_twice_changes_nothing(place: Place) {
        let rows = read_number(&place.db, "SELECT COUNT(*) FROM _sqlx_migrations").await;
        place.db.migrate().await.unwrap();
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM _sqlx_migrations").await, rows);
        assert_eq!(usize::try_from(rows).unwrap(), read_migrations("sqlite").len());
    }
}

#[tokio::test]
async fn both_databases_end_with_the_same_tables_columns_and_indexes() {
    async fn describe(place: Place) -> Vec<String> {
        let mut raw = Raw::open_empty(&place).await;
        let database = if place.url.starts_with("sqlite:") { "sqlite" } else { "postgres" };
        for migration in read_migrations(database) {
            raw.run(&migration).await;
        }
        raw.describe().await
    }
    let (send, described) = std::sync::mpsc::channel();
    let other = send.clone();
    crate::support::tell_on_sqlite(|place: Place| async move { send.send(describe(place).await).unwrap() }).await;
    crate::support::tell_on_postgres(|place: Place| async move { other.send(describe(place).await).unwrap() }).await;
    let (sqlite, postgres) = (described.recv().unwrap(), described.recv().unwrap());
    assert!(
        sqlite.contains(&"audit reason text needed".to_owned()) && sqlite.contains(&"assignments assignments_one_lead unique".to_owned())
    );
    assert_eq!(sqlite, postgres);
}
