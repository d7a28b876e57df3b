// What people do at their forms, by the words they see.
import { expect, type Locator, type Page } from "@playwright/test";
import { hydrated, open } from "./page";
import type { Server } from "./server";

/** The plan that every database begins with. */
export const PLAN = "/p/bj-2025";

/** The password that people in stories choose. */
export const PASSWORD = "长城内外的密码 2026";

/** A field by the beginning of its label; behind it may stand "（选填）", or "，选填" inside the brackets in which it ends. */
export function field(within: Page | Locator, label: string): Locator {
  const begin = label.endsWith("）") ? `${label.slice(0, -1)}(，[^）]*)?）` : label;
  return within.getByLabel(new RegExp(`^${begin}(\\s*（.*）)?$`));
}

/** Presses a button and waits for the page that follows. */
export async function press(within: Page | Locator, name: string): Promise<void> {
  await goOn(within, within.getByRole("button", { name, exact: true }));
}

/** Follows a link and waits for the page behind it. */
export async function follow(within: Page | Locator, name: string | RegExp): Promise<void> {
  await goOn(within, within.getByRole("link", { name, exact: typeof name === "string" }).first());
}

async function goOn(within: Page | Locator, control: Locator): Promise<void> {
  const page = "context" in within ? within : within.page();
  await Promise.all([page.waitForEvent("domcontentloaded"), control.click()]);
  await hydrated(page);
}

/** Follows a link of the main navigation. */
export async function navigate(page: Page, name: string): Promise<void> {
  await follow(page.getByRole("navigation", { name: "主导航" }), name);
}

/** What the page says after something was done. */
export async function expectNotice(page: Page, sentence: string | RegExp): Promise<void> {
  await expect(page.getByRole("status").filter({ hasText: sentence })).toBeVisible();
}

/** A row of a table by what its head says. */
export function row(page: Page | Locator, head: string | RegExp): Locator {
  const page_ = "context" in page ? page : page.page();
  return page.getByRole("row").filter({ has: page_.getByRole("rowheader", { name: head }) });
}

/** The first administrators, as a person at the server makes them. */
export async function createAdministrators(server: Server, names: Record<string, string>): Promise<void> {
  for (const [role, name] of Object.entries(names)) {
    const made = await server.run(["create-admin", name, "--role", role, "--password-stdin"], { input: PASSWORD });
    expect(made.code, made.stderr).toBe(0);
  }
}

/** A system administrator records an organisation. */
export async function createOrganisation(page: Page, name: string, kind: string, above?: string): Promise<void> {
  await open(page, "/admin/organisations");
  await follow(page, "新建单位");
  await field(page, "中文名称").fill(name);
  await field(page, "类别").selectOption({ label: kind });
  if (above) await field(page, "上级单位").selectOption({ label: above });
  await press(page, "创建单位");
  await expectNotice(page, "已保存");
  await expect(row(page, name)).toBeVisible();
}

/** A system administrator makes an account, which has no role and no password yet. */
export async function createAccount(page: Page, user: string, name: string, organisation: string): Promise<void> {
  await open(page, "/admin/accounts");
  await follow(page, "新建账号");
  await field(page, "用户名").fill(user);
  await field(page, "姓名").fill(name);
  await field(page, "单位").selectOption({ label: organisation });
  await press(page, "创建账号");
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
}

/** A security administrator grants a role and issues a password link; the answer is its address. */
export async function grantRole(page: Page, name: string, role: string): Promise<string> {
  await open(page, "/admin/accounts");
  await follow(page, `查看账号 ${name}`);
  await page.getByRole("checkbox", { name: role }).check();
  await press(page, "保存角色");
  await expect(page.getByRole("checkbox", { name: role })).toBeChecked();
  await press(page, "签发密码链接");
  return page.getByLabel("链接地址").inputValue();
}

/** Sets a password through a one-time link and signs in with it. */
export async function beginWork(page: Page, link: string, user: string): Promise<void> {
  await open(page, new URL(link).pathname);
  await field(page, "新密码").fill(PASSWORD);
  await press(page, "保存");
  await expectNotice(page, "密码已设置，请登录。");
  await field(page, "用户名").fill(user);
  await field(page, "密码").fill(PASSWORD);
  await press(page, "登录");
  await expect(page.getByRole("navigation", { name: "主导航" })).toBeVisible();
}

/** A file of evidence as a form takes it. Its content is that of a PDF; `words` make it differ from others. */
export function pdf(name: string, words: string): { name: string; mimeType: string; buffer: Buffer } {
  const content = `%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n% ${words}\ntrailer<</Root 1 0 R>>\n%%EOF\n`;
  return { name, mimeType: "application/pdf", buffer: Buffer.from(content, "utf8") };
}
