// An office at work, set up by requests alone: what `main.spec.ts` does at the pages, in a second, for stories that begin
// later. Every task of the plan is led by one organisation and reported by two schools; the third quarter of 2026 is open.
import { expect, request, type APIRequestContext } from "@playwright/test";
import { PASSWORD, PLAN, createAdministrators, type pdf } from "./people";
import type { Server, ServerOptions } from "./server";

/** What the server of such a story is started with. */
export const OFFICE: ServerOptions = { demo: false, now: "2026-10-12T09:00:00+08:00" };

/** Everybody's password is `PASSWORD`. */
export const PEOPLE = {
  leader: { name: "赵主任", organisation: "京华市教育委员会", role: "leader" },
  staff: { name: "王委员", organisation: "京华市教育委员会", role: "staff" },
  "staff-2": { name: "李委员", organisation: "京华市教育委员会", role: "staff" },
  lead: { name: "周牵头", organisation: "京华市对外合作中心", role: "lead" },
  "owner-a": { name: "陈填报", organisation: "燕南职业学院", role: "owner" },
  "owner-b": { name: "刘填报", organisation: "朔方职业学校", role: "owner" },
} as const;

const ORGANISATIONS = [
  ["京华市教育委员会", "commission", ""],
  ["京华市对外合作中心", "government", "lead"],
  ["燕南职业学院", "school", "responsible"],
  ["朔方职业学校", "school", "responsible"],
] as const;

const DEADLINES = {
  report_due: "2026-10-23",
  lead_review_due: "2026-10-30",
  commission_review_due: "2026-11-06",
  evaluation_due: "2026-11-13",
  feedback_due: "2026-11-20",
  answer_due: "2026-12-04",
};

const ready = new Map<Server, Promise<void>>();

/** Sets the office up on an empty database; on a shared server only the first story does. */
export function setUpOffice(server: Server): Promise<void> {
  const work = ready.get(server) ?? build(server);
  ready.set(server, work);
  return work;
}

async function build(server: Server): Promise<void> {
  await createAdministrators(server, { system: "admin-sys", security: "admin-sec", audit: "admin-audit" });
  const [system, security, anybody] = [new Caller(server), new Caller(server), new Caller(server)];
  await system.signIn("admin-sys");
  await security.signIn("admin-sec");
  for (const [name_zh, kind] of ORGANISATIONS) await system.submit("create_organisation", { name_zh, kind });
  const list = await system.read("/admin/organisations");
  const organisation = (name: string) => find(list, new RegExp(`edit=([^"&]+)" aria-label="修改 ${name}"`));
  for (const [username, person] of Object.entries(PEOPLE)) {
    const made = { username, display_name: person.name, organisation: organisation(person.organisation) };
    const place = (await system.submit("create_account", made)).replace(/\?.*/, "");
    const instance = place.slice(place.lastIndexOf("/") + 1);
    const seen = find(await security.read(place), /name="seen" value="([^"]*)"/);
    await security.submit("grant_roles", { instance, seen, [`role.${person.role}`]: "on" });
    await security.submit("issue_password_link", { instance });
    const link = find(await security.read(place), /\/set-password\/([^"]+)"/);
    await anybody.submit("set_password", { link, new_password: PASSWORD });
  }
  const staff = new Caller(server);
  await staff.signIn("staff");
  const plan = "bj-2025";
  const areas = Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8].map((code) => [`area.${code}`, "on"]));
  for (const [name, , part] of ORGANISATIONS) {
    if (part) await staff.submit("assign_organisation", { plan, organisation: organisation(name), part, ...areas });
  }
  await staff.submit("open_period", { plan, instance: "2026Q3", period: "2026Q3", ...DEADLINES });
  for (const caller of [system, security, anybody, staff]) await caller.leave();
}

/** Somebody who sends forms without a browser. */
export class Caller {
  private readonly context: Promise<APIRequestContext>;

  constructor(server: Server) {
    this.context = request.newContext({ baseURL: server.url, extraHTTPHeaders: { "Accept-Language": "zh-CN" } });
  }

  async signIn(username: string): Promise<void> {
    await this.submit("sign_in", { username, password: PASSWORD });
  }

  /** Sends a form to a server function; the answer is where it leads. Fails when it is refused. */
  async submit(action: string, form: Record<string, string>): Promise<string> {
    const context = await this.context;
    const answer = await context.post(`/fn/${action}`, { form: { back: "/", ...form }, maxRedirects: 0 });
    const place = answer.headers()["location"] ?? "";
    const refused = answer.status() >= 400 || !place || /[?&]form=|^\/sign-in\?next/.test(place);
    expect(refused, `${action} was refused: ${answer.status()} ${place}\n${await answer.text()}`).toBe(false);
    return place;
  }

  /** Sends a report of the third quarter; the answer is its page. Fields are those of its form. */
  async report(task: string, fields: Record<string, string | ReturnType<typeof pdf>> = {}): Promise<string> {
    const list = await this.read(`${PLAN}/reports`);
    const place = find(list, new RegExp(`href="(${PLAN}/reports/[^"]+)">${task.replace(".", "\\.")}(?:<!>)?\\s`));
    const plain = { narrative: "按计划推进。", percent_complete: "30", version: "0", intent: "submit" };
    const context = await this.context;
    const answer = await context.post(`${place}/form`, { multipart: { ...plain, ...fields }, maxRedirects: 0 });
    expect(answer.headers()["location"], await answer.text()).toContain("done=report-submitted");
    return place;
  }

  /** Accepts a report where it waits for this person. */
  async accept(place: string): Promise<void> {
    const version = find(await this.read(place), /name="version" value="(\d+)"/);
    const report = place.slice(place.lastIndexOf("/") + 1);
    await this.submit("decide_report", { plan: "bj-2025", report, version, decision: "accept" });
  }

  /** The text of a page. */
  async read(place: string): Promise<string> {
    const answer = await (await this.context).get(place);
    expect(answer.status(), place).toBe(200);
    return answer.text();
  }

  async leave(): Promise<void> {
    await (await this.context).dispose();
  }
}

function find(html: string, pattern: RegExp): string {
  const found = pattern.exec(html)?.[1];
  if (found === undefined) throw new Error(`${pattern} is not on the page:\n${html}`);
  return found.replaceAll("&quot;", '"').replaceAll("&#x27;", "'").replaceAll("&lt;", "<").replaceAll("&amp;", "&");
}
