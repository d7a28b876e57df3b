// Accessibility checks by axe-core. The page's content security policy stays on: the source goes in through the
// debugging protocol, not as a script of the page.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, type Page } from "@playwright/test";
import type { AxeResults, ElementContext } from "axe-core";
import { withScripting } from "./scripting";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** WCAG 2.2 AA and what axe counts as best practice. */
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Finds violations; one readable block each, empty when there are none. `within` narrows to part of the page. */
export async function findViolations(page: Page, within?: string): Promise<string[]> {
  const results = await withScripting(page, (copy) => runAxe(copy, within));
  return results.violations.map((violation) => {
    const places = violation.nodes.map((node) => {
      const reason = (node.failureSummary ?? "").replace(/\s+/g, " ");
      return `  ${node.target.join(" ")}\n    ${node.html.slice(0, 200)}\n    ${reason}`;
    });
    return `${violation.id} (${violation.impact}): ${violation.help}\n${places.join("\n")}`;
  });
}

async function runAxe(page: Page, within: string | undefined): Promise<AxeResults> {
  await page.evaluate(source);
  return page.evaluate(
    async ([selector, tags]) => {
      const axe = (globalThis as unknown as { axe: { run(c: ElementContext, o: object): Promise<AxeResults> } }).axe;
      return axe.run(selector ?? (document as ElementContext), {
        runOnly: { type: "tag", values: tags },
        resultTypes: ["violations"],
      });
    },
    [within, TAGS] as const,
  );
}

/** Fails with a readable list when axe finds anything. */
export async function expectAccessible(page: Page, within?: string): Promise<void> {
  const violations = await findViolations(page, within);
  expect(violations.join("\n\n"), `axe on ${page.url()}`).toBe("");
}
