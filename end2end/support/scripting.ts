// Whether a page runs its own scripts, and how the harness runs one where it does not.
import type { BrowserContext, Page } from "@playwright/test";

const scripted = new WeakMap<BrowserContext, boolean>();

/** Remembers whether a context runs the page's scripts. The harness calls it for each context it makes. */
export function noteScripting(context: BrowserContext, javaScriptEnabled: boolean): void {
  scripted.set(context, javaScriptEnabled);
}

/** Whether the page runs its own scripts. */
export function runsScripts(page: Page): boolean {
  return scripted.get(page.context()) ?? true;
}

/**
 * Runs something that needs timers, which stand still where JavaScript is off: there, on a copy of the document as it
 * is, in a context of its own that runs none of the page's scripts. What was typed into fields is not copied.
 */
export async function withScripting<T>(page: Page, action: (page: Page) => Promise<T>): Promise<T> {
  if (runsScripts(page)) return action(page);
  const browser = page.context().browser();
  if (!browser) throw new Error("the page has no browser");
  const context = await browser.newContext({ javaScriptEnabled: true, viewport: page.viewportSize() });
  try {
    const copy = await context.newPage();
    const dark = await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches);
    await copy.emulateMedia({ colorScheme: dark ? "dark" : "light", reducedMotion: "reduce" });
    const [url, body] = [page.url(), await page.content()];
    await copy.route(url, (route) =>
      route.fulfill({
        body,
        headers: { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": "script-src 'none'" },
      }),
    );
    await copy.goto(url);
    return await action(copy);
  } finally {
    await context.close();
  }
}
