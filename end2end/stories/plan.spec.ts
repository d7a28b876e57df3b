// What changes after it was set: a target with its milestones, an accepted report; and the chain that keeps both versions.
// Each story has an indicator and a task of its own, so that they share one server.
import type { Locator, Page } from "@playwright/test";
import { open, signIn } from "../support/page";
import { Caller, OFFICE, setUpOffice } from "../support/office";
import { PASSWORD, PLAN, expectNotice, field, follow, navigate, pdf, press, row } from "../support/people";
import type { Server } from "../support/server";
import { expect, test } from "../support/story";

test.use({ serverOptions: OFFICE, sharedServer: true });
test.beforeEach(({ server }) => setUpOffice(server));

test("staff revise a target, and the original stays beside it", async ({ page }) => {
  await signIn(page, "staff", PASSWORD);
  await navigate(page, "管理");
  await follow(page.getByRole("main"), "修订");
  await follow(row(page, "开放性区域产教融合实践中心和共性技术服务平台"), "修订");
  await field(page, "目标原文（中文）").fill("80个");
  await field(page, "目标原文（英文）").fill("80");
  await field(page, "目标值（区间填下限）").fill("８０");
  await field(page, "节点 1 日期").fill("2026年12月31日");
  await field(page, "节点 1 应达").fill("90");
  await field(page, "生效日期").fill("2026-01-01");
  await field(page, "文号").fill("京华教职〔2026〕15 号");
  await field(page, "理由").fill("中期调整。");
  await press(page, "记录修订");

  await expect(page.getByRole("alert")).toContainText("有内容需要修改");
  await expect(field(page, "节点 1 应达")).toHaveAccessibleDescription(/超出了目标（80）/);
  await expect(field(page, "节点 1 应达")).toHaveValue("90");
  await expect(field(page, "目标原文（中文）")).toHaveValue("80个");
  await expect(history(page), "what was refused is not recorded").not.toContainText("80个");
  await field(page, "节点 1 应达").fill("70");
  await press(page, "记录修订");
  await expectNotice(page, "已保存。");

  await follow(page, "查看指标");
  await expect(fact(page, "目标")).toContainText("80个");
  await expect(fact(page, "原定目标")).toContainText("100个");
  await expect(fact(page, "年度节点")).toContainText("2026-12-31：70 个");
  for (const said of ["80个，2027-12-31", "100个，2027-12-31", "京华教职〔2026〕15 号", "中期调整。"]) {
    await expect(history(page)).toContainText(said);
  }
  const choice = page.getByRole("navigation", { name: "对照的目标" });
  await follow(choice, "原定目标");
  await expect(page.getByText("现在按原定目标判断")).toBeVisible();
  await expect(fact(page, "目标")).toContainText("100个");
  await follow(choice, "现行目标");
  await expect(fact(page, "目标")).toContainText("80个");
});

test("an accepted report is corrected, and counts anew once the correction is accepted", async ({ page, server }) => {
  const [owner, lead, staff] = [await call(server, "owner-a"), await call(server, "lead"), await call(server, "staff")];
  await staff.submit("take_stock", {
    plan: "bj-2025",
    instance: "T13",
    indicator: "T13",
    former: "",
    taken_on: "2026-10-12",
    document: "京华教职〔2026〕12 号",
    reason: "逐校核对，计划开始前没有。",
  });
  const report = await owner.report("5.4", {
    entry_keys: "k1",
    "entries.k1.recognition": "international-standard-resource/",
    "entries.k1.name": "轨道运维职业标准",
    "entries.k1.stage": "recognised",
    "entries.k1.stage_date": "2026-08-20",
    "entries.k1.document_number": "京华教外〔2026〕31 号",
    "file.k1": pdf("认定书.pdf", "recognition of the standard"),
  });
  await lead.accept(report);
  await staff.accept(report);
  await signIn(page, "owner-a", PASSWORD);
  await expectCounted(page, "1");

  await open(page, report);
  await page.getByText("更正这份填报").click();
  await field(page, "更正理由").fill("误把立项文件当作认定文件。");
  await press(page, "开始更正");
  await expectNotice(page, "更正已开始");
  const correction = new URL(page.url()).pathname;
  expect(correction).not.toBe(report);
  await field(page, "达到的阶段").selectOption({ label: "立项" });
  await press(page, "提交");
  await expectNotice(page, "已提交。");
  await expect(page.getByText("误把立项文件当作认定文件。").first()).toBeVisible();

  await expectCounted(page, "1");
  await lead.accept(correction);
  await expectCounted(page, "1");
  await staff.accept(correction);
  await expectCounted(page, "0");
  await open(page, report);
  await expect(page.getByText("这一版已被更正")).toBeVisible();
});

test("a unit that the organisation holds is taken to its next stage", async ({ page, server }) => {
  const [owner, lead, staff] = [await call(server, "owner-b"), await call(server, "lead"), await call(server, "staff")];
  await staff.submit("take_stock", {
    plan: "bj-2025",
    instance: "T14",
    indicator: "T14",
    former: "",
    taken_on: "2026-10-12",
    document: "京华教职〔2026〕13 号",
    reason: "计划开始前没有联合体。",
  });
  const first = await owner.report("6.5", {
    entry_keys: "k1",
    "entries.k1.recognition": "city-consortium/",
    "entries.k1.name": "朔方装备产教联合体",
    "entries.k1.stage": "approved",
    "entries.k1.stage_date": "2026-07-20",
    "entries.k1.document_number": "京华教职〔2026〕41 号",
  });
  await lead.accept(first);
  await staff.accept(first);
  const counted = async (count: string) => {
    await open(page, `${PLAN}/cockpit`);
    await expect(row(page, "市域产教联合体").getByRole("cell").first()).toHaveText(new RegExp(`^\\s*${count}\\s*/\\s*20个`));
  };
  await signIn(page, "owner-b", PASSWORD);
  await counted("0");

  await navigate(page, "填报");
  await follow(page, /^6\.1 /);
  await field(page, "本期进展").fill("联合体通过认定。");
  await field(page, "完成百分比").fill("50");
  await field(page, "已有单元的下一阶段").selectOption({ label: "朔方装备产教联合体（联合体）" });
  await press(page, "加入");
  const entry = page.getByRole("group", { name: "单元 1：朔方装备产教联合体" });
  await expect(entry, "what the organisation reported before stands beside it").toContainText("立项 2026-07-20");
  await field(page, "认定事项").selectOption({ label: "市域产教联合体" });
  await field(page, "达到的阶段").selectOption({ label: "认定" });
  await field(page, "日期").fill("2026-09-15");
  await field(page, "文号").fill("京华教职〔2026〕52 号");
  await field(page, "佐证材料").setInputFiles(pdf("联合体认定书.pdf", "recognition of the consortium"));
  await press(page, "提交");
  await expectNotice(page, "已提交。");
  const second = new URL(page.url()).pathname;
  await counted("0");
  await lead.accept(second);
  await staff.accept(second);
  await counted("1");
  await follow(row(page, "市域产教联合体"), "1");
  await expect(row(page, "朔方装备产教联合体"), "one unit, two stages").toHaveCount(1);
});

test("the audit administrator reads that the chain is unbroken", async ({ page }) => {
  await signIn(page, "admin-audit", PASSWORD);
  await expect(page.getByRole("heading", { level: 1, name: "审计记录" })).toBeVisible();
  await press(page, "核验");
  await expectNotice(page, /\d+ 条，链完整/);
  await follow(page, "English");
  await expectNotice(page, /\d+ rows, unbroken/);
});

async function call(server: Server, user: string): Promise<Caller> {
  const caller = new Caller(server);
  await caller.signIn(user);
  return caller;
}

/** What an indicator's page says under a name. */
function fact(page: Page, name: string): Locator {
  const term = page.locator("dl.kv > dt").filter({ hasText: new RegExp(`^\\s*${name}\\s*$`) });
  return term.locator("xpath=following-sibling::dd[1]");
}

/** The table of every revision of an indicator. */
function history(page: Page): Locator {
  return page.getByRole("table", { name: "目标修订与口径认定" });
}

/** How many standards and resources the cockpit counts. */
async function expectCounted(page: Page, count: string): Promise<void> {
  await open(page, `${PLAN}/cockpit`);
  const target = row(page, "具有国际影响力的职业教育标准、资源");
  await expect(target.getByRole("cell").first()).toHaveText(new RegExp(`^\\s*${count}\\s*/\\s*50个`));
}
