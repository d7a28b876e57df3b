// What stories do on many pages.
import path from "node:path";
import { expect, test as base, type Page } from "@playwright/test";
import { runsScripts } from "./scripting";

/** The password of every demonstration account. */
export const DEMO_PASSWORD = "bihuan-demo";

/** Waits until the islands work; at once where there is no JavaScript. */
export async function hydrated(page: Page): Promise<void> {
  if (runsScripts(page)) await page.locator("html[data-hydrated]").waitFor({ state: "attached" });
}

/** Opens a page and waits until it works. */
export async function open(page: Page, url: string): Promise<void> {
  const response = await page.goto(url);
  expect(response?.status(), `GET ${url}`).toBeLessThan(400);
  await hydrated(page);
}

/** Signs in through the form, as a person would, and waits for the page behind it. */
export async function signIn(page: Page, user: string, password: string = DEMO_PASSWORD): Promise<void> {
  await open(page, "/sign-in");
  const form = page.locator("form", { has: page.locator("input[name=password]") });
  await form.locator("input[name=username]").fill(user);
  await form.locator("input[name=password]").fill(password);
  await form.locator("button[type=submit], button:not([type])").first().click();
  await expect(page.locator("input[name=password]"), `signing in as ${user}`).toHaveCount(0);
  await hydrated(page);
}

/** Saves a picture of the whole page to `screenshots/<project>/<name>.png`, to look at; it asserts nothing. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const folder = path.join(import.meta.dirname, "..", "screenshots", base.info().project.name);
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true, animations: "disabled" });
}
