// Running the `bihuan` binary and PostgreSQL's own tools.
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";

/** What a finished command left. */
export type Outcome = { code: number | null; stdout: string; stderr: string };

/** A variable that `cargo xtask test` sets. */
export function requireVariable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; run the stories with \`cargo xtask test\``);
  return value;
}

/** Runs a program to its end. Never throws for its exit code. */
export function runProgram(
  program: string,
  args: string[],
  options: { env?: NodeJS.ProcessEnv; input?: string; timeout?: number } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...process.env, ...options.env },
      timeout: options.timeout ?? 60_000,
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
    child.stdin.on("error", () => {
      // The program may end without reading its input; its exit code tells what matters.
    });
    child.stdin.end(options.input ?? "");
  });
}

/** Waits until a process has ended, at most `patience` milliseconds; tells whether it has. */
export function waitForExit(child: ChildProcess, patience: number): Promise<boolean> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(true);
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      child.off("exit", ended);
      resolve(false);
    }, patience);
    const ended = () => {
      clearTimeout(timer);
      resolve(true);
    };
    child.once("exit", ended);
  });
}

/** Runs SQL in the server's maintenance database, through a connection of its own. */
export async function runSql(url: string, sql: string): Promise<void> {
  const outcome = await runProgram(findPostgresTool("psql"), ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", url], {
    input: sql,
  });
  if (outcome.code !== 0) throw new Error(`psql failed: ${outcome.stderr}`);
}

function findPostgresTool(name: string): string {
  const folders = [process.env.BIHUAN_POSTGRES_BIN ?? "", ...(process.env.PATH ?? "").split(path.delimiter)];
  const debian = "/usr/lib/postgresql";
  if (existsSync(debian)) {
    const versions = readdirSync(debian).sort((left, right) => Number(right) - Number(left));
    folders.push(...versions.map((version) => path.join(debian, version, "bin")));
  }
  const found = folders.filter(Boolean).find((folder) => existsSync(path.join(folder, name)));
  if (!found) throw new Error(`${name} is missing; install with: apt-get install -y postgresql`);
  return path.join(found, name);
}
