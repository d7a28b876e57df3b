// Every page of the demonstration: it opens, axe finds nothing in light and dark, and nothing scrolls sideways on a phone.
// Pictures of each page go to `screenshots/`, for people to look at: wide, on a phone, on paper; with BIHUAN_PICTURES set in every
// shape, and the README's picture is taken anew.
import path from "node:path";
import type { Page } from "@playwright/test";
import { expectAccessible } from "../support/axe";
import { hydrated, open, screenshot, signIn } from "../support/page";
import { PLAN, press } from "../support/people";
import { expect, test } from "../support/story";

test.use({ serverOptions: { demo: true }, sharedServer: true });

/**
 * A page: what its pictures are called, and how to get there: an address, or a list whose first link of a kind leads there.
 */
type Stop = {
  name: string;
  at: string;
  first?: string;
  /** The words of the list's item that has the link. */
  item?: string;
  /** A button to press when there. */
  press?: string;
  /** What stands there, where the address alone does not say it. */
  shows?: string;
};

const OTHER = { county: "/p/xiongxian-2017", region: "/p/jjj-2023", training: "/p/training-2020" };

/** Small enough for a minute each: every stop is opened, measured and read in both languages and both schemes. */
const GROUPS: { who: string; user?: string; stops: Stop[] }[] = [
  { who: "anybody", stops: [{ name: "sign-in", at: "/sign-in" }, { name: "not-found", at: "/nowhere" }] },
  {
    who: "a leader at the numbers",
    user: "leader",
    stops: [
      { name: "cockpit", at: `${PLAN}/cockpit` },
      { name: "indicators", at: `${PLAN}/indicators` },
      { name: "indicator", at: `${PLAN}/indicators/T10` },
      { name: "pledges", at: `${PLAN}/pledges` },
    ],
  },
  {
    who: "a leader at tasks and units",
    user: "leader",
    stops: [
      { name: "tasks", at: `${PLAN}/tasks` },
      { name: "task", at: `${PLAN}/tasks/5.2` },
      { name: "roster", at: `${PLAN}/roster` },
      { name: "unit", at: `${PLAN}/roster`, first: `${PLAN}/roster/` },
      { name: "password", at: "/password" },
    ],
  },
  {
    who: "an owner at reports",
    user: "owner-a",
    stops: [
      { name: "reports", at: `${PLAN}/reports` },
      { name: "report-form", at: `${PLAN}/reports`, first: `${PLAN}/reports/` },
      {
        name: "report-form-with-milestones",
        at: `${PLAN}/reports`,
        first: `${PLAN}/reports/`,
        item: "6.5 ",
        shows: "本期达到的里程碑和完成的项目",
      },
      {
        name: "correction",
        at: `${PLAN}/reports`,
        first: `${PLAN}/reports/`,
        item: "通过之前，现行版本继续有效",
        shows: "更正的内容",
      },
    ],
  },
  {
    who: "an owner besides reports",
    user: "owner-a",
    stops: [
      { name: "task-of-owner", at: `${PLAN}/tasks/5.2` },
      { name: "pledges-of-owner", at: `${PLAN}/pledges` },
      { name: "tokens", at: "/tokens" },
    ],
  },
  {
    who: "staff at their reviews",
    user: "staff",
    stops: [
      { name: "reviews", at: `${PLAN}/reviews` },
      { name: "report-under-review", at: `${PLAN}/reviews`, first: `${PLAN}/reports/` },
      { name: "periods", at: `${PLAN}/periods` },
      { name: "period", at: `${PLAN}/periods`, first: `${PLAN}/periods/` },
    ],
  },
  {
    who: "staff who set the plan up",
    user: "staff",
    stops: [
      { name: "manage", at: `${PLAN}/manage` },
      { name: "assignments", at: `${PLAN}/manage/assignments` },
      { name: "assignment", at: `${PLAN}/manage/assignments?task=5.2` },
      { name: "rulings", at: `${PLAN}/manage/rulings` },
      { name: "ruling", at: `${PLAN}/manage/rulings?indicator=T10` },
    ],
  },
  {
    who: "staff who keep the roster",
    user: "staff",
    stops: [
      { name: "units", at: `${PLAN}/manage/units` },
      { name: "units-by-table", at: `${PLAN}/manage/units?bulk=1` },
      { name: "unit-to-correct", at: `${PLAN}/manage/units`, first: `${PLAN}/manage/units?unit=` },
      { name: "names", at: `${PLAN}/manage/names` },
      { name: "stock-takes", at: `${PLAN}/manage/units?stock=all` },
      { name: "stock-take", at: `${PLAN}/manage/units?stock=T10` },
    ],
  },
  {
    who: "staff who edit the plan",
    user: "staff",
    stops: [
      { name: "edit-plan", at: `${PLAN}/manage/plan` },
      { name: "edit-areas", at: `${PLAN}/manage/areas` },
      { name: "edit-indicators", at: `${PLAN}/manage/indicators` },
      { name: "edit-indicator", at: `${PLAN}/manage/indicators?edit=T10` },
      { name: "new-indicator", at: `${PLAN}/manage/indicators?new=1` },
      { name: "edit-tasks", at: `${PLAN}/manage/tasks` },
      { name: "edit-task", at: `${PLAN}/manage/tasks?edit=5.2` },
      { name: "plan-files", at: `${PLAN}/manage/files` },
    ],
  },
  {
    who: "staff who revise",
    user: "staff",
    stops: [
      { name: "targets", at: `${PLAN}/manage/targets` },
      { name: "target", at: `${PLAN}/manage/targets/T16` },
      { name: "projects", at: `${PLAN}/manage/tasks/6.5/projects` },
      { name: "manage-pledges", at: `${PLAN}/manage/pledges` },
    ],
  },
  {
    who: "staff at the timetable and on an earlier day",
    user: "staff",
    stops: [
      { name: "tasks-gantt", at: `${PLAN}/tasks?view=gantt` },
      { name: "tasks-table", at: `${PLAN}/tasks?view=table` },
      { name: "roster-filtered", at: `${PLAN}/roster?kind=course&stage=recognised&indicator=T07` },
      { name: "cockpit-known-earlier", at: `${PLAN}/cockpit?as_of=2026-06-30&known_at=2026-07-01` },
    ],
  },
  {
    who: "staff in the other plans",
    user: "staff",
    stops: [
      { name: "county-cockpit", at: `${OTHER.county}/cockpit` },
      { name: "county-indicator", at: `${OTHER.county}/indicators/X01` },
      { name: "region-cockpit", at: `${OTHER.region}/cockpit` },
      { name: "region-task", at: `${OTHER.region}/tasks/2.1` },
      { name: "training-cockpit", at: `${OTHER.training}/cockpit` },
    ],
  },
  {
    who: "the system administrator",
    user: "admin-sys",
    stops: [
      { name: "organisations", at: "/admin/organisations" },
      { name: "new-organisation", at: "/admin/organisations?new=1" },
      { name: "organisation", at: "/admin/organisations", first: "/admin/organisations?edit=" },
      { name: "accounts", at: "/admin/accounts" },
      { name: "new-account", at: "/admin/accounts?new=1" },
    ],
  },
  {
    who: "the security administrator",
    user: "admin-sec",
    stops: [{ name: "account", at: "/admin/accounts", first: "/admin/accounts/" }],
  },
  {
    who: "the audit administrator",
    user: "admin-audit",
    stops: [
      { name: "audit", at: "/admin/audit" },
      { name: "audit-filtered", at: "/admin/audit?action=accept-report" },
      { name: "audit-verified", at: "/admin/audit", press: "核验", shows: "链完整" },
    ],
  },
];

const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 360, height: 740 };

for (const { who, user, stops } of GROUPS) {
  test(`the pages of ${who}`, async ({ page }, testInfo) => {
    test.slow();
    const project = testInfo.project.name;
    // Pages are made on the server: each is looked at closely with scripts on one database, and once more without on the other.
    test.skip(project !== "sqlite+js" && project !== "postgres+nojs", "looked at with scripts on SQLite and without on PostgreSQL");
    const looksClosely = project === "sqlite+js";
    if (user) await signIn(page, user);
    for (const stop of stops) {
      await test.step(stop.name, async () => {
        await arrive(page, stop);
        await checkSchemes(page, looksClosely ? ["light", "dark"] : ["light"]);
        await expect(page.getByRole("complementary", { name: "演示" }), "made-up data is marked").toBeVisible();
        await checkPhone(page, stop.name);
        if (!looksClosely) return;
        await takePictures(page, stop.name);
        await speak(page, "en");
        await checkPhone(page, `${stop.name} in English`);
        await speak(page, "zh-CN");
      });
    }
  });
}

async function arrive(page: Page, stop: Stop): Promise<void> {
  await page.setViewportSize(DESKTOP);
  if (stop.name === "not-found") {
    expect((await page.goto(stop.at))?.status()).toBe(404);
    return;
  }
  await open(page, stop.at);
  if (stop.first) {
    const main = page.getByRole("main");
    const within = stop.item ? main.getByRole("listitem").filter({ hasText: stop.item }) : main;
    const address = await within.locator(`a[href^="${stop.first}"]`).first().getAttribute("href");
    await open(page, address!);
  }
  if (stop.press) await press(page, stop.press);
  if (stop.shows) await expect(page.getByRole("main").getByText(stop.shows).first()).toBeVisible();
}

async function checkSchemes(page: Page, schemes: ("light" | "dark")[]): Promise<void> {
  for (const colorScheme of schemes) {
    // Without motion: half-way from one scheme to the other no button has its contrast.
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.evaluate(() => document.getAnimations().forEach((animation) => animation.finish()));
    await test.step(colorScheme, () => expectAccessible(page));
  }
  await page.emulateMedia({ colorScheme: "light" });
}

async function checkPhone(page: Page, name: string): Promise<void> {
  await page.setViewportSize(PHONE);
  // A phone opens the page at its own width; nothing that was done to the wide page stays.
  await page.reload();
  const width = () => page.evaluate(() => document.documentElement.scrollWidth);
  await expect.poll(width, `${name} scrolls sideways at ${PHONE.width} px`).toBeLessThanOrEqual(PHONE.width);
  await page.setViewportSize(DESKTOP);
}

/** Wide and narrow, and on paper; where it is asked for, in dark and in English too. */
async function takePictures(page: Page, name: string): Promise<void> {
  const everyShape = Boolean(process.env.BIHUAN_PICTURES);
  for (const lang of everyShape ? ["en", "zh"] : ["zh"]) {
    if (everyShape) await speak(page, lang === "zh" ? "zh-CN" : "en");
    for (const [shape, size] of [["wide", DESKTOP], ["phone", PHONE]] as const) {
      await page.setViewportSize(size);
      for (const colorScheme of everyShape ? (["light", "dark"] as const) : (["light"] as const)) {
        await page.emulateMedia({ colorScheme });
        await screenshot(page, `${name}-${shape}-${colorScheme}-${lang}`);
      }
      await page.emulateMedia({ colorScheme: "light" });
    }
    await page.setViewportSize(DESKTOP);
  }
  if (everyShape && name === "cockpit") {
    await page.screenshot({ path: path.join(import.meta.dirname, "..", "readme", "cockpit.png"), fullPage: true });
  }
  await page.emulateMedia({ media: "print" });
  await screenshot(page, `${name}-print`);
  await page.emulateMedia({ media: "screen" });
}

/** Shows the page in a language, as the switch in its header would. */
async function speak(page: Page, tag: string): Promise<void> {
  const { origin } = new URL(page.url());
  await page.context().addCookies([{ name: "bihuan-lang", value: tag, url: origin }]);
  await page.reload();
  await hydrated(page);
}
