// What the pages that everybody meets are made of, as a screen reader is told: headings, landmarks, labels, what belongs to what.
// The same with JavaScript and without, on both databases.
import type { Page } from "@playwright/test";
import { open, signIn } from "../support/page";
import { Caller, OFFICE, setUpOffice } from "../support/office";
import { PASSWORD, PLAN, follow, navigate } from "../support/people";
import { expect, test } from "../support/story";

test.use({ serverOptions: OFFICE });

test("the structure of the pages that everybody meets", async ({ page, server, openBrowser }) => {
  test.slow();
  await setUpOffice(server);
  await open(page, "/sign-in");
  await expectStructure(page, "sign-in");

  const owner = await openBrowser();
  await signIn(owner, "owner-a", PASSWORD);
  await navigate(owner, "填报");
  await follow(owner, /^5\.2 /);
  await expectStructure(owner, "report-form");

  const caller = new Caller(server);
  await caller.signIn("owner-a");
  await caller.report("5.2");
  const lead = await openBrowser();
  await signIn(lead, "lead", PASSWORD);
  await open(lead, `${PLAN}/reviews`);
  await expectStructure(lead, "reviews");

  await signIn(page, "leader", PASSWORD);
  await open(page, `${PLAN}/cockpit`);
  await expectStructure(page, "cockpit");
});

async function expectStructure(page: Page, name: string): Promise<void> {
  await expect(page.getByRole("main")).toMatchAriaSnapshot({ name: `${name}.aria.yml` });
}
