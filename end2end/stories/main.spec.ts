// The main job, told through pages alone: from an empty database to a target that one proven unit has moved, and back
// to its owner. Five people of four organisations, and three administrators.
import type { Page } from "@playwright/test";
import { hydrated, open, screenshot, signIn } from "../support/page";
import {
  PASSWORD,
  PLAN,
  beginWork,
  createAccount,
  createAdministrators,
  createOrganisation,
  expectNotice,
  field,
  follow,
  grantRole,
  navigate,
  pdf,
  press,
  row,
} from "../support/people";
import { expect, test } from "../support/story";

test.use({ serverOptions: { demo: false, now: "2026-10-12T09:00:00+08:00" } });

const COMMISSION = "京华市教育委员会";
const LEAD = "京华市对外合作中心";
const SCHOOL_A = "燕南职业学院";
const SCHOOL_B = "朔方职业学校";
const UNIT = "澜沧江丝路学堂";
const INDICATOR = "丝路学堂海外分校";
const TASK = "5.2";

const PEOPLE = [
  { user: "zhao", name: "赵主任", organisation: COMMISSION, role: "领导" },
  { user: "wang", name: "王委员", organisation: COMMISSION, role: "教委工作人员" },
  { user: "zhou", name: "周牵头", organisation: LEAD, role: "牵头单位审核人" },
  { user: "chen", name: "陈填报", organisation: SCHOOL_A, role: "任务责任单位填报人" },
  { user: "liu", name: "刘填报", organisation: SCHOOL_B, role: "任务责任单位填报人" },
];

const proof = pdf("海外分校认定书.pdf", "recognition of the branch");

test("from an empty database to a closed loop", async ({ server, page: staff, openBrowser }) => {
  test.slow();
  const [leader, lead, owner, other] = [await openBrowser(), await openBrowser(), await openBrowser(), await openBrowser()];
  const pages: Record<string, Page> = { zhao: leader, wang: staff, zhou: lead, chen: owner, liu: other };

  await test.step("administrators set up organisations and accounts", async () => {
    await createAdministrators(server, { system: "xitong", security: "anquan", audit: "shenji" });
    const system = await openBrowser();
    await signIn(system, "xitong", PASSWORD);
    await expect(system.getByText("还没有单位")).toBeVisible();
    await createOrganisation(system, COMMISSION, "教育主管部门");
    await createOrganisation(system, LEAD, "政府部门");
    await createOrganisation(system, SCHOOL_A, "学校", COMMISSION);
    await createOrganisation(system, SCHOOL_B, "学校", COMMISSION);
    for (const { user, name, organisation } of PEOPLE) await createAccount(system, user, name, organisation);
    const security = await openBrowser();
    await signIn(security, "anquan", PASSWORD);
    for (const { user, name, role } of PEOPLE) await beginWork(pages[user]!, await grantRole(security, name, role), user);
  });

  await test.step("staff assign the task", async () => {
    await navigate(staff, "管理");
    await follow(staff, "确定分工");
    await follow(staff, `调整任务 ${TASK} 的分工`);
    const parts = [
      [LEAD, "牵头单位"],
      [SCHOOL_A, "责任单位"],
      [SCHOOL_B, "责任单位"],
    ] as const;
    for (const [organisation, part] of parts) {
      await field(staff, "单位").selectOption({ label: organisation });
      await field(staff, "分工").selectOption({ label: part });
      await press(staff, "指派");
      await expect(staff.getByRole("heading", { level: 3, name: organisation })).toBeVisible();
    }
  });

  await test.step("staff take stock and rule on what counts", async () => {
    await navigate(staff, "管理");
    await follow(staff, "记录盘点");
    await follow(row(staff, INDICATOR), "盘点");
    await field(staff, "文号").fill("京华教职〔2026〕8 号");
    await field(staff, "理由").fill("逐校核对，计划开始前没有海外分校。");
    await press(staff, "记录盘点");
    await navigate(staff, "管理");
    await follow(staff, "认定口径");
    await follow(row(staff, INDICATOR), "认定");
    const ruling = staff.getByRole("group").filter({ hasText: "重新认定：计入阶段" });
    if (!(await field(ruling, "认定为").isVisible())) await ruling.getByText("重新认定：计入阶段").click();
    await field(ruling, "认定为").selectOption({ label: "认定" });
    await field(ruling, "认定日期").fill("2026年9月30日");
    await field(ruling, "文号").fill("京华教职〔2026〕9 号");
    await field(ruling, "理由").fill("以正式认定文件为准。");
    await press(ruling, "记录认定");
    await expect(staff.getByText("京华教职〔2026〕9 号").first()).toBeVisible();
  });

  await test.step("staff open the period", async () => {
    await navigate(staff, "填报期");
    await follow(staff, "开放 2026 年第 3 季度");
    await press(staff, "开放 2026 年第 3 季度");
    await expectNotice(staff, "填报期已开放。");
    await expect(staff.getByRole("main").getByRole("table").getByText(SCHOOL_B).first()).toBeVisible();
  });

  const report = await test.step("the owner reports a new branch", async () => {
    await navigate(owner, "填报");
    await follow(owner, new RegExp(`^${TASK} `));
    await field(owner, "本期进展").fill("与合作院校共建海外分校，已招收首批学员 86 人。");
    await field(owner, "完成百分比").fill("４０%");
    await press(owner, "新增单元");
    await field(owner, "认定事项").selectOption({ label: `${INDICATOR}（本任务）` });
    await field(owner, "名称").fill(UNIT);
    await field(owner, "达到的阶段").selectOption({ label: "认定" });
    await field(owner, "日期").fill("2026-09-02");
    await field(owner, "文号").fill("京华教外〔2026〕21 号");
    await field(owner, "佐证材料").setInputFiles(proof);
    await press(owner, "保存草稿");
    await expectNotice(owner, "草稿已保存。");
    await expect(owner.getByRole("link", { name: proof.name })).toBeVisible();
    await screenshot(owner, "story-report-form");
    await press(owner, "提交");
    await expectNotice(owner, "已提交。");
    await expect(owner.getByText(`等待${LEAD}审核`)).toBeVisible();
    return new URL(owner.url()).pathname;
  });

  const evidence = await owner.getByRole("link", { name: proof.name }).getAttribute("href");

  await test.step("the other school sees nothing of it", () => expectHidden(other, [report, evidence!]));

  await test.step("what waits for review does not count", async () => {
    await expectCockpit(staff, "0", "待审 1");
    await expectCockpit(leader, "0", "待审 1");
    await screenshot(leader, "story-cockpit-before");
    await expectChart(leader, "0");
  });

  await test.step("the lead returns it with a reason", async () => {
    await openQueued(lead);
    await expect(lead.getByText(UNIT)).toBeVisible();
    await lead.getByText("退回……").click();
    const form = lead.getByRole("group").filter({ hasText: "退回……" });
    await field(form, "退回原因").selectOption({ label: "数据或日期有误" });
    await field(form, "说明").fill("完成百分比与进展不符，请核对。");
    await screenshot(lead, "story-review");
    await press(form, "退回");
    await expectNotice(lead, "已退回");
    await expectCockpit(staff, "0");
  });

  await test.step("the owner corrects and submits again", async () => {
    await navigate(owner, "填报");
    await follow(owner, "修改后重新提交");
    await expect(owner.getByText("完成百分比与进展不符，请核对。").first()).toBeVisible();
    await field(owner, "完成百分比").fill("20");
    await press(owner, "重新提交");
    await expectNotice(owner, "已提交。");
  });

  await test.step("the lead and the commission accept", async () => {
    await openQueued(lead);
    await press(lead, "通过");
    await expectNotice(lead, "已通过。");
    await expectCockpit(staff, "0", "待审 1");
    await openQueued(staff);
    await press(staff, "通过");
    await expectNotice(staff, "已通过。");
  });

  await test.step("the target has moved by exactly this unit, and names it", async () => {
    await expectCockpit(leader, "1");
    await screenshot(leader, "story-cockpit-after");
    await expectChart(leader, "1");
    await open(leader, `${PLAN}/cockpit`);
    await follow(row(leader, INDICATOR), "1");
    const unit = row(leader, UNIT);
    await expect(unit.getByRole("cell", { name: SCHOOL_A })).toBeVisible();
    await expect(unit.locator(`a[href="${report}"]`)).toBeVisible();
    const link = unit.getByRole("link", { name: proof.name });
    await screenshot(leader, "story-indicator");
    const file = await leader.request.get((await link.getAttribute("href"))!);
    expect(file.status()).toBe(200);
    expect(Buffer.compare(await file.body(), proof.buffer), "the evidence is what was uploaded").toBe(0);
  });

  await test.step("what counts is named to the other school, its report and proof are not shown", async () => {
    await expectCockpit(other, "1");
    await follow(row(other, INDICATOR), "1");
    await expect(row(other, UNIT).getByRole("cell", { name: SCHOOL_A })).toBeVisible();
    await expect(row(other, UNIT).getByRole("link", { name: proof.name })).toHaveCount(0);
    await expectHidden(other, [report, evidence!]);
  });

  await test.step("staff evaluate and advise, the owners answer, the ring closes", async () => {
    await reportPlainly(other);
    for (const reviewer of [lead, staff]) {
      await openQueued(reviewer);
      await press(reviewer, "通过");
      await expectNotice(reviewer, "已通过。");
    }
    await open(staff, `${PLAN}/tasks/${TASK}`);
    const grades = [
      ["进度", "B 良好", "一所学校已建成分校，另一所在推进。"],
      ["质量", "B 良好", "认定文件齐全。"],
      ["效果", "A 优秀", "首批学员已入学。"],
      ["满意度", "未评", "本期未作调查。"],
    ] as const;
    for (const [dimension, grade, reason] of grades) {
      const group = staff.getByRole("group", { name: dimension, exact: true });
      await field(group, "等级").selectOption({ label: grade });
      await field(group, "理由").fill(reason);
    }
    await field(staff, "效果依据").fill(`T10 ${UNIT}`);
    await press(staff, "提交评估");
    await expectNotice(staff, "评估已记录。");
    await advise(staff, SCHOOL_A, "请补充学员来源情况。");
    await advise(staff, SCHOOL_B, "请在下一期明确合作院校。");
    await screenshot(staff, "story-task-feedback");
    for (const school of [owner, other]) {
      await navigate(school, "填报");
      await follow(school.getByRole("region", { name: "待回应的反馈" }), new RegExp(`^${TASK} `));
      await field(school, "本单位的回应").fill("已按建议安排，下一期一并填报。");
      await press(school, "提交回应");
      await expectNotice(school, "回应已提交");
    }
    await open(staff, `${PLAN}/tasks/${TASK}`);
    await expect(staff.getByText(/2026 年第 3 季度已于 .* 闭环/)).toBeVisible();
    await screenshot(staff, "story-task-closed");
  });

  const verdict = await server.run(["verify"]);
  expect(verdict.code, verdict.stdout + verdict.stderr).toBe(0);
});

/** What the cockpit says of the target: the number that counts, and what stands beside it. */
async function expectCockpit(page: Page, actual: string, beside?: string): Promise<void> {
  await open(page, `${PLAN}/cockpit`);
  const target = row(page, INDICATOR);
  await expect(target.getByRole("cell").first()).toHaveText(new RegExp(`^\\s*${actual}\\s*/\\s*5个`));
  if (beside) await expect(target.getByRole("link", { name: beside })).toBeVisible();
  else await expect(target.getByText("待审")).toHaveCount(0);
}

/** What the chart of the target's page says of today, in the table behind it. */
async function expectChart(page: Page, actual: string): Promise<void> {
  await follow(row(page, INDICATOR), new RegExp(INDICATOR));
  const chart = page.getByRole("figure").first();
  await chart.getByText("图中数据").first().click();
  const today = chart.getByRole("row").filter({ has: page.getByRole("rowheader", { name: /^2026-10-12/ }) });
  await expect(today.getByRole("cell").nth(1), "the actual value of today").toHaveText(actual);
}

/** Addresses that somebody may not know of answer as if nothing were there. */
async function expectHidden(page: Page, addresses: string[]): Promise<void> {
  for (const address of addresses) {
    const answer = await page.goto(address);
    expect(answer?.status(), address).toBe(404);
    await expect(page.getByRole("heading", { name: "没有这个页面" })).toBeVisible();
    expect(await page.content()).not.toContain(UNIT);
  }
}

/** Opens what waits for a reviewer's decision. */
async function openQueued(page: Page): Promise<void> {
  await navigate(page, "审核");
  await follow(page.getByRole("main"), new RegExp(` · ${TASK} `));
  await expect(page.getByRole("heading", { name: /^审核决定/ })).toBeVisible();
}

/** A report with nothing but its narrative. */
async function reportPlainly(page: Page): Promise<void> {
  await navigate(page, "填报");
  await follow(page, new RegExp(`^${TASK} `));
  await field(page, "本期进展").fill("正在与两所海外院校商谈合作。");
  await field(page, "完成百分比").fill("10");
  await press(page, "提交");
  await expectNotice(page, "已提交。");
}

/** Advice to a school on the page of the task. */
async function advise(page: Page, school: string, words: string): Promise<void> {
  const form = page.locator("form", { has: page.getByRole("button", { name: `向${school}反馈` }) });
  await field(form, "反馈方式").selectOption({ label: "建议" });
  await field(form, "反馈内容").fill(words);
  await press(form, `向${school}反馈`);
  await expectNotice(page, "反馈已发出。");
  await hydrated(page);
}
