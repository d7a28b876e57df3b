// What goes wrong in an office: two people at the same thing, a form sent twice, a session that ends, a file that is too
// large, a field that is empty, a name that is taken. Each story has a task of its own, so that they share one server.
import type { Page } from "@playwright/test";
import { open, signIn } from "../support/page";
import { Caller, OFFICE, setUpOffice } from "../support/office";
import { PASSWORD, PLAN, expectNotice, field, follow, navigate, pdf, press } from "../support/people";
import { runsScripts } from "../support/scripting";
import type { Server } from "../support/server";
import { expect, test } from "../support/story";

/** Opens the form of a task's report, signed in as its owner. */
async function openForm(page: Page, task: string, owner = "owner-a"): Promise<void> {
  await signIn(page, owner, PASSWORD);
  await navigate(page, "填报");
  await follow(page, new RegExp(`^${task.replace(".", "\\.")} `));
  await expect(field(page, "本期进展")).toBeVisible();
}

async function call(server: Server, user: string): Promise<Caller> {
  const caller = new Caller(server);
  await caller.signIn(user);
  return caller;
}

test.describe("at a shared office", () => {
  test.use({ serverOptions: OFFICE, sharedServer: true });
  test.beforeEach(({ server }) => setUpOffice(server));

  test("of two reviewers one decides, the other is told", async ({ server, page, openBrowser }) => {
    const report = await (await call(server, "owner-a")).report("1.1");
    await (await call(server, "lead")).accept(report);
    const second = await openBrowser();
    await signIn(page, "staff", PASSWORD);
    await signIn(second, "staff-2", PASSWORD);
    await open(page, report);
    await open(second, report);
    await second.getByText("退回……").click();
    const form = second.getByRole("group").filter({ hasText: "退回……" });
    await field(form, "退回原因").selectOption({ label: "其他" });
    await field(form, "说明").fill("请补充招生人数。");
    await press(page, "通过");
    await expectNotice(page, "已通过。");
    await press(form, "退回");
    await expect(second.getByRole("alert")).toContainText("已经有人先办理了");
    await expect(second.getByRole("heading", { level: 1 })).toContainText("已通过");
    await expect(second.getByText("退回：其他")).toHaveCount(0);
  });

  test("a form sent twice acts once", async ({ page }) => {
    await openForm(page, "1.2");
    await field(page, "本期进展").fill("试点学校已全部启动。");
    await field(page, "完成百分比").fill("35");
    await press(page, "保存草稿");
    const place = new URL(page.url()).pathname;
    const form = page.locator("#report-form");
    const hidden = async (name: string) => form.locator(`input[name=${name}]`).inputValue();
    const multipart = {
      form_key: await hidden("form_key"),
      version: await hidden("version"),
      narrative: "试点学校已全部启动。",
      percent_complete: "35",
      intent: "submit",
    };
    const send = () => page.request.post(`${place}/form`, { multipart, maxRedirects: 0 });
    const answers = await Promise.all([send(), send()]);
    for (const answer of answers) expect(answer.headers()["location"]).toContain("done=report-submitted");
    await open(page, place);
    await expect(page.getByText(/第 1 次提交/)).toHaveCount(1);
    await expect(page.getByText(/第 2 次提交/)).toHaveCount(0);
  });

  test("what was typed outlives the session", async ({ page, context }) => {
    await openForm(page, "1.3");
    await field(page, "本期进展").fill("课程标准已经完成初稿。");
    await field(page, "需要协调的事项").fill("请财政部门核定经费。");
    await context.clearCookies({ name: "bihuan" });
    await press(page, "保存草稿");
    await expect(page.getByText("登录已过期").first()).toBeVisible();
    await field(page, "用户名").fill("owner-a");
    await field(page, "密码").fill(PASSWORD);
    await press(page, "登录");
    await expect(page.getByRole("alert")).toContainText("已恢复您在登录过期前填写的内容");
    await expect(field(page, "本期进展")).toHaveValue("课程标准已经完成初稿。");
    await expect(field(page, "需要协调的事项")).toHaveValue("请财政部门核定经费。");
    await press(page, "保存草稿");
    await expectNotice(page, "草稿已保存。");
  });

  test("a file that is too large or of another kind is refused, all else is saved", async ({ page }) => {
    await openForm(page, "1.4");
    await field(page, "本期进展").fill("已完成调研。");
    const large = { ...pdf("大文件.pdf", ""), buffer: Buffer.concat([pdf("", "").buffer, Buffer.alloc(20 * 1024 * 1024)]) };
    const files = field(page, "成果的佐证材料");
    await files.setInputFiles(large);
    if (runsScripts(page)) {
      // Said at the field before anything is sent; chosen otherwise, the form goes out again.
      const problem = () => files.evaluate((input: HTMLInputElement) => input.validationMessage);
      expect(await problem()).toContain("20 MB");
      await files.setInputFiles([]);
      expect(await problem()).toBe("");
      await press(page, "保存草稿");
    } else {
      await press(page, "保存草稿");
      await expect(page.getByRole("alert")).toContainText("文件超过 20 MB，没有上传。其他内容已保存。");
    }
    await expect(field(page, "本期进展")).toHaveValue("已完成调研。");
    await expect(page.getByRole("link", { name: "大文件.pdf" })).toHaveCount(0);

    await field(page, "存在的问题").fill("师资不足。");
    const disguised = { ...pdf("其实是程序.pdf", ""), buffer: Buffer.from("MZ\u0090\u0000 this is no document") };
    await field(page, "成果的佐证材料").setInputFiles([disguised, pdf("调研报告.pdf", "survey")]);
    await press(page, "保存草稿");
    await expect(page.getByRole("alert")).toContainText("只接受 PDF、图片、Word、Excel、WPS 和 OFD 文件");
    await expect(field(page, "存在的问题")).toHaveValue("师资不足。");
    await expect(page.getByRole("link", { name: "其实是程序.pdf" })).toHaveCount(0);
    await expect(page.getByRole("link", { name: "调研报告.pdf" })).toBeVisible();
  });

  test("each problem stands at its field, and nothing typed is lost", async ({ page }) => {
    await openForm(page, "1.5");
    await field(page, "完成百分比").fill("一百二十");
    await press(page, "新增单元");
    await field(page, "名称").fill("云上课程");
    await field(page, "达到的阶段").selectOption({ label: "申报" });
    await field(page, "日期").fill("2026-13-02");
    await press(page, "提交");
    await expect(page.getByRole("alert")).toContainText("有内容需要修改");
    await expect(page.getByRole("alert").getByRole("link")).not.toHaveCount(0);
    await expect(field(page, "本期进展")).toHaveAccessibleDescription(/请填写。/);
    await expect(field(page, "完成百分比")).toHaveAccessibleDescription(/请填写数字。/);
    await expect(field(page, "完成百分比")).toHaveValue("一百二十");
    await expect(field(page, "认定事项")).toHaveAccessibleDescription(/请填写。/);
    await expect(field(page, "日期")).toHaveAccessibleDescription(/没有 13 月。请按“年-月-日”填写/);
    await expect(field(page, "日期")).toHaveValue("2026-13-02");
    await expect(field(page, "名称")).toHaveValue("云上课程");
    await page.getByRole("alert").getByRole("link", { name: /没有 13 月/ }).click();
    await expect(field(page, "日期")).toBeFocused();
  });

  test("a thing is registered once in the city", async ({ server, page }) => {
    const first = await call(server, "owner-a");
    await first.report("5.2", {
      entry_keys: "k1",
      "entries.k1.recognition": "silk-road-branch/",
      "entries.k1.name": "湄公河丝路学堂",
      "entries.k1.stage": "approved",
      "entries.k1.stage_date": "2026-08-20",
      "entries.k1.document_number": "京华教外〔2026〕11 号",
    });
    await openForm(page, "5.2", "owner-b");
    await field(page, "本期进展").fill("已与合作院校签约。");
    await field(page, "完成百分比").fill("20");
    await press(page, "新增单元");
    await field(page, "认定事项").selectOption({ label: "丝路学堂海外分校（本任务）" });
    await field(page, "名称").fill(" “湄公河”　丝路学堂 ");
    await field(page, "达到的阶段").selectOption({ label: "立项" });
    await field(page, "日期").fill("2026-09-01");
    await field(page, "文号").fill("京华教外〔2026〕12 号");
    await press(page, "提交");
    await expect(page.getByRole("alert")).toContainText(/“湄公河丝路学堂”已由 燕南职业学院 登记/);
    await expect(field(page, "名称")).toHaveAccessibleDescription(/同一单元只计一次/);
    await expect(field(page, "本期进展")).toHaveValue("已与合作院校签约。");
    await expect(page.getByRole("heading", { level: 1 })).toContainText("草稿");
  });

  test("two colleagues at one draft: the later sees both versions", async ({ page, openBrowser }) => {
    const colleague = await openBrowser();
    await openForm(page, "1.6", "owner-b");
    await openForm(colleague, "1.6", "owner-b");
    await field(colleague, "本期进展").fill("同事写的版本。");
    await press(colleague, "保存草稿");
    await expectNotice(colleague, "草稿已保存。");
    await field(page, "本期进展").fill("我写的版本。");
    await press(page, "保存草稿");
    await expect(page.getByRole("alert")).toContainText("有人先保存了另一个版本");
    await expect(page.getByRole("cell", { name: "同事写的版本。" })).toBeVisible();
    await expect(field(page, "本期进展")).toHaveValue("我写的版本。");
    await press(page, "保存草稿");
    await expectNotice(page, "草稿已保存。");
    await expect(field(page, "本期进展")).toHaveValue("我写的版本。");
  });
});

test.describe("when the power fails", () => {
  test.use({ serverOptions: OFFICE });

  test("what was acknowledged is there, and a session that ended meanwhile loses nothing", async ({ server, page }) => {
    await setUpOffice(server);
    const proof = pdf("方案.pdf", "plan");
    await openForm(page, "3.1");
    await field(page, "本期进展").fill("实施方案已印发。");
    await field(page, "完成百分比").fill("60");
    await field(page, "成果的佐证材料").setInputFiles(proof);
    await press(page, "提交");
    await expectNotice(page, "已提交。");
    const report = new URL(page.url()).pathname;
    await server.kill9();
    await server.restart("2026-10-12T09:20:00+08:00");

    await open(page, report);
    await expect(page.getByText("实施方案已印发。")).toBeVisible();
    await expect(page.getByText("等待京华市对外合作中心审核")).toBeVisible();
    const link = await page.getByRole("link", { name: proof.name }).getAttribute("href");
    const file = await page.request.get(link!);
    expect(Buffer.compare(await file.body(), proof.buffer)).toBe(0);

    const [lead, staff] = [await call(server, "lead"), await call(server, "staff")];
    await lead.accept(report);
    await server.kill9();
    // Everybody has been idle for more than half an hour.
    await server.restart("2026-10-12T10:05:00+08:00");
    await openFormAgain(page);
    await field(page, "本期进展").fill("停电前后写的内容。");
    await server.stop();
    await server.restart("2026-10-12T10:50:00+08:00");
    await press(page, "保存草稿");
    await expect(page.getByText("登录已过期").first()).toBeVisible();
    await field(page, "用户名").fill("owner-a");
    await field(page, "密码").fill(PASSWORD);
    await press(page, "登录");
    await expect(field(page, "本期进展")).toHaveValue("停电前后写的内容。");

    await staff.signIn("staff");
    await staff.accept(report);
    await open(page, report);
    await expect(page.getByRole("heading", { level: 1 })).toContainText("已通过");
    const verdict = await server.run(["verify"]);
    expect(verdict.code, verdict.stdout + verdict.stderr).toBe(0);
  });

  async function openFormAgain(page: Page): Promise<void> {
    await open(page, `${PLAN}/reports`);
    await expect(page).toHaveURL(/sign-in/);
    await openForm(page, "3.2");
  }
});
