// What every story imports: `test` with a server behind `page`, and `expect`.
import { expect, test as base, type BrowserContext, type Page } from "@playwright/test";
import { watchCsp } from "./csp";
import { noteScripting } from "./scripting";
import { Server, ServerPool, type HarnessOptions, type WorkerOptions } from "./server";

type Fixtures = HarnessOptions & {
  /** The server of this story; paths given to `page.goto` are its own. */
  server: Server;
  /** Opens another browser, for another person: a page that shares no cookies with any other. */
  openBrowser: () => Promise<Page>;
};

type WorkerFixtures = WorkerOptions & { serverPool: ServerPool };

export const test = base.extend<Fixtures, WorkerFixtures>({
  database: ["sqlite", { option: true, scope: "worker" }],
  serverOptions: [{ demo: true }, { option: true }],
  sharedServer: [false, { option: true }],
  allowCspViolations: [false, { option: true }],

  serverPool: [
    async ({ database }, use) => {
      const pool = new ServerPool(database);
      await use(pool);
      await pool.dispose();
    },
    { scope: "worker" },
  ],

  server: async ({ database, serverPool, serverOptions, sharedServer }, use, testInfo) => {
    const server = sharedServer
      ? await serverPool.share(serverOptions)
      : await Server.start(database, serverOptions);
    await use(server);
    if (testInfo.status !== testInfo.expectedStatus) {
      await testInfo.attach("server log", { body: server.log, contentType: "text/plain" });
    }
    if (!sharedServer) await server.dispose();
  },

  baseURL: async ({ server }, use) => use(server.url),

  context: async ({ context, javaScriptEnabled, allowCspViolations }, use) => {
    noteScripting(context, javaScriptEnabled !== false);
    await skipIdleWait(context);
    const violations = watchCsp(context);
    await use(context);
    if (!allowCspViolations) expect(violations, "violations of the content security policy").toEqual([]);
  },

  openBrowser: async ({ browser, baseURL, javaScriptEnabled, allowCspViolations }, use) => {
    const opened: { context: BrowserContext; violations: string[] }[] = [];
    await use(async () => {
      // What the project sets (language, time zone, size, scripts) holds for this one too.
      const context = await browser.newContext({ baseURL, javaScriptEnabled });
      noteScripting(context, javaScriptEnabled !== false);
      await skipIdleWait(context);
      opened.push({ context, violations: watchCsp(context) });
      return context.newPage();
    });
    for (const { context } of opened) await context.close();
    const violations = opened.flatMap((one) => one.violations);
    if (!allowCspViolations) expect(violations, "violations of the content security policy").toEqual([]);
  },
});

/** Islands are loaded once the browser is idle, which a machine full of tests may not be for a long time. */
async function skipIdleWait(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    window.requestIdleCallback = (work) => window.setTimeout(() => work({ didTimeout: true, timeRemaining: () => 0 }), 0);
  });
}

export { expect };
