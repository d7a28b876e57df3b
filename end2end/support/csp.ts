// Watches a browser context for violations of the content security policy, on every page it opens.
import type { BrowserContext, ConsoleMessage } from "@playwright/test";

/** Collects one line per violation. Works without JavaScript as well: the browser itself reports them. */
export function watchCsp(context: BrowserContext): string[] {
  const violations: string[] = [];
  context.on("console", (message: ConsoleMessage) => {
    if (/Content[- ]Security[- ]Policy/i.test(message.text())) {
      violations.push(`${message.page()?.url() ?? "?"}: ${message.text()}`);
    }
  });
  return violations;
}
