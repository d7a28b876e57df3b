// A `bihuan serve` for a story: on a free port, on an empty database, with a clock of its own if wanted.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { createDatabase, type Database, type DatabaseKind } from "./database";
import { requireVariable, runProgram, waitForExit, type Outcome } from "./process";

/** How a server is started. */
export type ServerOptions = {
  /** With demonstration organisations, accounts and progress. */
  demo?: boolean;
  /** The instant at which its clock starts, such as `2026-10-20T09:00:00+08:00`. */
  now?: string;
  /** More flags for `bihuan serve`. */
  args?: string[];
};

/** What a story or a project may set with `test.use`. */
export type HarnessOptions = {
  serverOptions: ServerOptions;
  /**
   * One server for all stories of a worker with equal options, for stories that only read. Otherwise each has its own.
   */
  sharedServer: boolean;
  /** For a story about a violation itself. Every other fails on any. */
  allowCspViolations: boolean;
};

export type WorkerOptions = { database: DatabaseKind };

/** How long a server may take to start; the first start of a demonstration fills its database, also on a busy machine. */
const START_PATIENCE = 120_000;

export class Server {
  private child: ChildProcess | undefined;
  private port = 0;
  private output = "";

  private constructor(
    /** Evidence, and the SQLite file. */
    readonly dataDir: string,
    private readonly database: Database,
    private readonly options: ServerOptions,
  ) {}

  /** Starts a server on an empty database and waits until it is ready. */
  static async start(kind: DatabaseKind, options: ServerOptions): Promise<Server> {
    const dataDir = await mkdtemp(path.join(os.tmpdir(), "bihuan-story-"));
    const server = new Server(dataDir, await createDatabase(kind), options);
    try {
      await server.launch(options.now);
    } catch (error) {
      await server.dispose();
      throw error;
    }
    return server;
  }

  /** Its address, without a slash at the end. It stays the same over restarts. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** All it has printed since it was first started. */
  get log(): string {
    return this.output;
  }

  /** What `--database-url` got, for stories that start a second replica. */
  get databaseUrl(): string | undefined {
    return this.database.url;
  }

  /** Runs another command of the binary, such as `verify`, on the same database and data folder. */
  run(args: string[], options: { input?: string; timeout?: number } = {}): Promise<Outcome> {
    return runProgram(requireVariable("BIHUAN_BIN"), args, { env: this.environment(), ...options });
  }

  /** Ends it as a service manager would. Fails when it does not leave within 15 seconds. */
  async stop(): Promise<void> {
    const child = this.child;
    if (!child) return;
    child.kill("SIGTERM");
    const left = await waitForExit(child, 15_000);
    if (!left) await this.kill9();
    this.child = undefined;
    if (!left) throw new Error(`the server did not stop when asked to:\n${this.output}`);
  }

  /** Ends it as a power failure would. */
  async kill9(): Promise<void> {
    const child = this.child;
    if (!child) return;
    child.kill("SIGKILL");
    await waitForExit(child, 10_000);
    this.child = undefined;
  }

  /** Starts it again at the same address on what it has stored; with `now`, its clock starts there. */
  async restart(now: string | undefined = this.options.now): Promise<void> {
    await this.stop();
    await this.launch(now);
  }

  /** Ends it and deletes all it has stored. */
  async dispose(): Promise<void> {
    await this.kill9();
    await this.database.drop();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  private environment(): NodeJS.ProcessEnv {
    return {
      BIHUAN_DATA_DIR: this.dataDir,
      BIHUAN_SITE_DIR: requireVariable("BIHUAN_SITE_DIR"),
      // What is undefined is taken out: a developer's own settings must not reach a story.
      BIHUAN_DATABASE_URL: this.database.url,
      BIHUAN_CONFIG: undefined,
      BIHUAN_PUBLIC_URL: undefined,
    };
  }

  private async launch(now: string | undefined): Promise<void> {
    const args = ["serve", "--listen", `127.0.0.1:${this.port}`];
    if (this.options.demo) args.push("--demo");
    if (now) args.push("--now", now);
    args.push(...(this.options.args ?? []));
    const child = spawn(requireVariable("BIHUAN_BIN"), args, {
      env: { ...process.env, ...this.environment() },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child = child;
    // A worker that ends early takes its servers along.
    const killWithWorker = () => child.kill("SIGKILL");
    process.once("exit", killWithWorker);
    child.once("exit", () => process.off("exit", killWithWorker));

    const deadline = Date.now() + START_PATIENCE;
    this.port = await this.readPort(child);
    while (Date.now() < deadline) {
      if (child.exitCode !== null) break;
      const answer = await fetch(`${this.url}/readyz`).catch(() => undefined);
      if (answer?.status === 200) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`the server is not ready:\n${this.output}`);
  }

  private readPort(child: ChildProcess): Promise<number> {
    return new Promise((resolve, reject) => {
      const fail = (reason: string) => reject(new Error(`${reason}:\n${this.output}`));
      const timer = setTimeout(() => fail("the server did not say where it listens"), START_PATIENCE);
      let launched = "";
      const take = (text: string) => {
        this.output += text;
        launched += text;
        const found = /listening on http:\/\/[^\s]*:(\d+)/.exec(launched);
        if (!found) return;
        clearTimeout(timer);
        resolve(Number(found[1]));
      };
      child.stdout?.setEncoding("utf8").on("data", take);
      child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.output += text));
      child.once("error", (error) => {
        clearTimeout(timer);
        reject(error);
      });
      child.once("exit", (code, signal) => {
        clearTimeout(timer);
        fail(`the server ended (${code ?? signal})`);
      });
    });
  }
}

/** The servers that a worker shares between reading stories. */
export class ServerPool {
  private readonly servers = new Map<string, Promise<Server>>();

  constructor(private readonly database: DatabaseKind) {}

  /** The server with these options, started on first use. */
  share(options: ServerOptions): Promise<Server> {
    const key = JSON.stringify(options);
    const server = this.servers.get(key) ?? Server.start(this.database, options);
    this.servers.set(key, server);
    return server;
  }

  async dispose(): Promise<void> {
    for (const server of this.servers.values()) await (await server.catch(() => undefined))?.dispose();
  }
}
