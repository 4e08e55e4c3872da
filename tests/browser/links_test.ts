/// <reference lib="dom" />
import { assertEquals } from "@std/assert";
import { webPage } from "../../lib/web/web_page.ts";
import { BrowserPages } from "../helpers/browser_pages.ts";
import { logInByLink, startLinkServer } from "../helpers/links.ts";
import { fileRow } from "../helpers/transfer_scene.ts";
import { parseTarget } from "../../lib/stream/target.ts";

let pages: BrowserPages;
Deno.test.beforeAll(async () => void (pages = await BrowserPages.start()));
Deno.test.afterAll(() => pages[Symbol.asyncDispose]());

Deno.test("page: makes a link to a file, shows the line for its receiver, and takes it back", async () => {
  const rules = "/ read *\n/ read,share alice\n";
  const web = webPage();
  await using fixture = await startLinkServer({ "a'b.txt": "shared" }, { web }, rules);
  const page = await pages.open(`http://127.0.0.1:${fixture.server.port}/#/files/`);
  const details = () => page.getByRole("button", { name: "Details of a'b.txt" }).click();
  await details();
  await page.getByRole("button", { name: "Copy link" }).waitFor();
  assertEquals(await page.getByRole("button", { name: "Share by a link" }).count(), 0);
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByLabel("Name", { exact: true }).fill("alice");
  await page.getByLabel("Password", { exact: true }).fill("correct horse");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Logged in as alice" }).waitFor();
  await fileRow(page, "a'b.txt").waitFor();
  await details();
  await page.getByRole("button", { name: "Share by a link" }).click();
  await page.getByLabel("For how many receivers").fill("1");
  await page.getByRole("button", { name: "Make a link" }).click();
  await page.getByRole("button", { name: "Copy line" }).waitFor();
  const line = await page.getByLabel("Send this line to the receiver").inputValue();
  const [, address = ""] = /^tcp-chat get '([^']*)'$/.exec(line) ?? [];
  const { link, path } = parseTarget(address);
  assertEquals(path, "a'b.txt");
  {
    using receiver = await fixture.guest();
    await logInByLink(receiver, `link:${link?.id}`, link?.secret ?? "");
    const { bytes } = await receiver.get("a'b.txt");
    assertEquals(new TextDecoder().decode(bytes), "shared");
  }

  await page.getByRole("button", { name: "My links" }).click();
  await page.getByText("to get · used up").waitFor();
  await page.getByRole("button", { name: "Take back the link to /a'b.txt" }).click();
  await page.getByText("to get · taken back").waitFor();
  using alice = await fixture.member();
  const { links } = await alice.request("LNKS", {});
  assertEquals((links as { ended: string }[]).map(({ ended }) => ended), ["revoked"]);
  await page.context().close();
  pages.check();
});
