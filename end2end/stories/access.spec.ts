// Who gets where: each role's navigation, the way through sign-in, pages that are none of one's business, the language
// switch, and the lock after five wrong passwords.
import { open, signIn } from "../support/page";
import { Caller, OFFICE, setUpOffice } from "../support/office";
import { PASSWORD, PLAN, expectNotice, field, follow, press } from "../support/people";
import { expect, test } from "../support/story";

const COMMON = ["指标", "任务", "名录"];

/** Account, what its navigation holds, and where it begins. */
const ROLES: [user: string, navigation: string[], start: string][] = [
  ["leader", ["总览", ...COMMON], `${PLAN}/cockpit`],
  ["staff", ["总览", "审核", ...COMMON, "填报期", "管理", "单位"], `${PLAN}/reviews`],
  ["lead", ["总览", "审核", ...COMMON], `${PLAN}/reviews`],
  ["owner-a", ["总览", "填报", ...COMMON, "认领"], `${PLAN}/reports`],
  ["admin-sys", ["总览", ...COMMON, "单位", "账号"], "/admin/organisations"],
  ["admin-sec", ["总览", ...COMMON, "账号"], "/admin/accounts"],
  ["admin-audit", ["总览", ...COMMON, "审计"], "/admin/audit"],
];

test.describe("in the office", () => {
  test.use({ serverOptions: OFFICE, sharedServer: true });
  test.beforeEach(({ server }) => setUpOffice(server));

  test("each role finds its own pages, and no others", async ({ page, context }) => {
    const ofStaff = [`${PLAN}/manage`, `${PLAN}/manage/targets`, `${PLAN}/manage/files`, `${PLAN}/periods`];
    const everything = new Set(ROLES.flatMap(([, , start]) => start).concat(ofStaff));
    const allowed: Record<string, string[]> = {
      leader: [],
      staff: [...ofStaff, `${PLAN}/reviews`, "/admin/organisations"],
      lead: [`${PLAN}/reviews`],
      "owner-a": [`${PLAN}/reports`],
      "admin-sys": ["/admin/organisations", "/admin/accounts"],
      "admin-sec": ["/admin/accounts"],
      "admin-audit": ["/admin/audit"],
    };
    for (const [user, navigation, start] of ROLES) {
      await signIn(page, user, PASSWORD);
      await expect(page, user).toHaveURL(new RegExp(`${start}$`));
      const links = page.getByRole("navigation", { name: "主导航" }).getByRole("link");
      await expect(links, user).toHaveText(navigation);
      for (const address of everything) {
        const answer = await page.request.get(address);
        const expected = address.endsWith("/cockpit") || allowed[user]!.includes(address) ? 200 : 404;
        expect(answer.status(), `${user} at ${address}`).toBe(expected);
      }
      await context.clearCookies();
    }
  });

  test("whoever is not signed in is led there and back", async ({ page }) => {
    const wanted = `${PLAN}/tasks/5.2?period=2026Q3`;
    await open(page, wanted);
    await expect(page.getByRole("heading", { level: 1, name: "登录" })).toBeVisible();
    expect(await page.content()).not.toContain("丝路学堂");
    await field(page, "用户名").fill("leader");
    await field(page, "密码").fill(PASSWORD);
    await press(page, "登录");
    await expect(page).toHaveURL(new RegExp(`${wanted.replace("?", "\\?")}$`));
    await page.getByText("赵主任").click();
    await press(page, "退出");
    await expectNotice(page, "您已退出。");
    await open(page, wanted);
    await expect(page.getByRole("heading", { level: 1, name: "登录" })).toBeVisible();
  });

  test("a page that does not exist and one of others look the same", async ({ page, server }) => {
    const owner = new Caller(server);
    await owner.signIn("owner-b");
    const foreign = await owner.report("8.1");
    await signIn(page, "owner-a", PASSWORD);
    const main = page.getByRole("main");
    const seen: string[] = [];
    for (const address of [foreign, `${PLAN}/reports/nothing`, `${PLAN}/indicators/X9`, "/p/elsewhere/cockpit", "/nowhere"]) {
      const answer = await page.goto(address);
      expect(answer?.status(), address).toBe(404);
      seen.push(await main.innerText());
    }
    expect(new Set(seen).size, seen.join("\n---\n")).toBe(1);
    await follow(main, "回到首页");
    await expect(page.getByRole("heading", { level: 1, name: "我的填报" })).toBeVisible();
  });

  test("the language switch keeps the page", async ({ page }) => {
    await signIn(page, "leader", PASSWORD);
    await open(page, `${PLAN}/tasks/5.2`);
    await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
    await follow(page, "English");
    await expect(page).toHaveURL(/\/tasks\/5\.2$/);
    await expect(page.locator("html")).toHaveAttribute("lang", "en");
    await expect(page.getByRole("heading", { level: 1 })).toContainText("The going-abroad plan");
    await follow(page, "Overview");
    await expect(page.getByRole("heading", { level: 1 })).toContainText("16 indicators");
    await follow(page, "中文");
    await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
  });

  test("five wrong passwords lock an account until somebody unlocks it", async ({ page, openBrowser }) => {
    const attempt = async (password: string) => {
      await field(page, "用户名").fill("staff-2");
      await field(page, "密码").fill(password);
      await press(page, "登录");
    };
    await open(page, "/sign-in");
    for (let turn = 1; turn <= 4; turn += 1) {
      await attempt(`wrong password ${turn}`);
      await expect(page.getByRole("alert")).toContainText("用户名或密码不正确。");
      await expect(field(page, "用户名")).toHaveValue("staff-2");
    }
    await attempt("wrong password 5");
    await attempt(PASSWORD);
    await expect(page.getByRole("alert")).toContainText(/账号已锁定，请 1[45] 分钟后再试。/);

    const security = await openBrowser();
    await signIn(security, "admin-sec", PASSWORD);
    await follow(security, "查看账号 李委员");
    await press(security, "立即解锁");
    await expect(security.getByRole("button", { name: "立即解锁" })).toHaveCount(0);
    await attempt(PASSWORD);
    await expect(page.getByRole("navigation", { name: "主导航" })).toBeVisible();
  });
});
