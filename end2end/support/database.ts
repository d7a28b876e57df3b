// A database for one server: an SQLite file in its data folder, or a PostgreSQL database of its own.
import { randomBytes } from "node:crypto";
import { requireVariable, runSql } from "./process";

export type DatabaseKind = "sqlite" | "postgres";

/** Where a server keeps its rows. */
export type Database = {
  /** What `--database-url` gets; nothing for the default file in the data folder. */
  url: string | undefined;
  /** Deletes it. */
  drop(): Promise<void>;
};

/** Makes an empty database. */
export async function createDatabase(kind: DatabaseKind): Promise<Database> {
  if (kind === "sqlite") return { url: undefined, drop: async () => {} };
  const maintenance = requireVariable("BIHUAN_TEST_POSTGRES_URL");
  const name = `story_${randomBytes(8).toString("hex")}`;
  await runSql(maintenance, `CREATE DATABASE ${name};`);
  const url = new URL(maintenance);
  url.pathname = `/${name}`;
  return {
    // The socket's folder reads better, and is understood by all, without percent signs.
    url: url.toString().replaceAll("%2F", "/"),
    drop: () => runSql(maintenance, `DROP DATABASE IF EXISTS ${name} WITH (FORCE);`),
  };
}
