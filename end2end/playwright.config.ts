// Every story runs four times: on SQLite and PostgreSQL, with JavaScript and without. `cargo xtask test` sets the
// environment: BIHUAN_BIN, BIHUAN_SITE_DIR, BIHUAN_TEST_POSTGRES_URL, and perhaps BIHUAN_CHROMIUM.
import { defineConfig, devices } from "@playwright/test";
import type { HarnessOptions, WorkerOptions } from "./support/server";

const databases = ["sqlite", "postgres"] as const;
const scripting = [
  { word: "js", javaScriptEnabled: true },
  { word: "nojs", javaScriptEnabled: false },
];

/** How many times longer than on an idle machine everything may take; only a failure ever waits that long. */
const patience = Number(process.env.BIHUAN_PATIENCE ?? 3);

export default defineConfig<HarnessOptions, WorkerOptions>({
  testDir: ".",
  testMatch: "stories/**/*.spec.ts",
  outputDir: "test-results",
  // One picture of a page's structure per story, the same for all four projects unless a story says otherwise.
  snapshotPathTemplate: "{testDir}/{testFileDir}/{testFileName}-snapshots/{arg}{ext}",
  fullyParallel: true,
  forbidOnly: true,
  workers: 2,
  retries: 0,
  timeout: patience * 60_000,
  expect: { timeout: patience * 10_000 },
  reporter: [["list"]],
  use: {
    ...devices["Desktop Chrome"],
    viewport: { width: 1440, height: 900 },
    deviceScaleFactor: 1,
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
    // Colours are measured as they stand, not on their way from one theme to the other.
    contextOptions: { reducedMotion: "reduce" },
    actionTimeout: patience * 10_000,
    navigationTimeout: patience * 20_000,
    // What each page was at each step; a film of it would take more time than the stories themselves.
    trace: { mode: "retain-on-failure", screenshots: false, snapshots: true, sources: true },
    launchOptions: {
      executablePath: process.env.BIHUAN_CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--lang=zh-CN",
      ],
    },
  },
  projects: databases.flatMap((database) =>
    scripting.map(({ word, javaScriptEnabled }) => ({
      name: `${database}+${word}`,
      metadata: { database, javaScriptEnabled },
      use: { database, javaScriptEnabled },
    })),
  ),
});
