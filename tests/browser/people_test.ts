/// <reference lib="dom" />
import { assertEquals } from "@std/assert";
import { BrowserPages } from "../helpers/browser_pages.ts";
import { issue } from "../helpers/certificates.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { fileRow } from "../helpers/transfer_scene.ts";
import { startWebServer } from "../helpers/web.ts";
import { WebScene } from "../helpers/web_scene.ts";

let pages: BrowserPages;
Deno.test.beforeAll(async () => void (pages = await BrowserPages.start()));
Deno.test.afterAll(() => pages[Symbol.asyncDispose]());

Deno.test("page: tells of a person from its name, and ignores it, also after a reload", async () => {
  await using scene = await WebScene.start(pages);
  using ana = await scene.connect("ana");
  using bob = await scene.connect("bob");
  const page = await scene.openConnected();
  const log = page.getByRole("log", { name: "Conversation" });
  await ana.request("SEND", { room: "lobby", text: "buy this" });
  await log.getByText("buy this").waitFor();
  await log.getByRole("button", { name: "ana" }).click();
  const dialog = page.getByRole("dialog", { name: "ana" });
  await dialog.getByText("none: a guest").waitFor();
  await dialog.getByText("#lobby").waitFor();
  await dialog.getByRole("button", { name: "Ignore" }).click();
  await dialog.getByRole("button", { name: "Stop ignoring" }).waitFor();
  await page.keyboard.press("Escape");
  await log.getByText("buy this").waitFor({ state: "detached" });
  await page.reload();
  await ana.request("SEND", { room: "lobby", text: "buy that" });
  await bob.request("SEND", { room: "lobby", text: "peace at last" });
  await log.getByText("peace at last").waitFor();
  assertEquals(await log.getByText("buy").count(), 0);
  await page.getByRole("button", { name: "About ana" }).click();
  await dialog.getByRole("button", { name: "Stop ignoring" }).click();
  await page.keyboard.press("Escape");
  await log.getByText("buy that").waitFor();
});

Deno.test("page: tells of people and ignores them by commands, too", async () => {
  await using scene = await WebScene.start(pages);
  using ana = await scene.connect("ana");
  const page = await scene.openConnected();
  await ana.request("SEND", { room: "lobby", text: "buy this" });
  await page.getByText("buy this").waitFor();
  const field = page.getByRole("textbox", { name: "Message" });
  for (const state of ["detached", "visible"] as const) {
    await field.fill("/ignore Ana");
    await field.press("Enter");
    await page.getByText("buy this").waitFor({ state });
  }
  await field.fill("/whois anna");
  await field.press("Enter");
  await page.getByRole("dialog", { name: "anna" }).getByText("Did you mean ana?").click();
  await page.getByRole("dialog", { name: "ana" }).getByText("#lobby").waitFor();
});

Deno.test("page: takes the name of a folder that is typed right after the click", async () => {
  await using scene = await WebScene.start(pages);
  const page = await scene.openConnected();
  await page.waitForLoadState("networkidle");
  await page.getByRole("button", { name: "New folder" }).click();
  await page.keyboard.type("homework");
  await page.keyboard.press("Enter");
  await fileRow(page, "homework").waitFor();
});

Deno.test("page: leads to https once the server speaks TLS", async () => {
  using local = new TempDir();
  await using scene = await WebScene.start(pages);
  const page = await scene.openConnected();
  await page.waitForLoadState("networkidle");
  const { port } = scene.server;
  await scene.server.server.stop();
  const { certificate, key } = await issue();
  const tls = {
    certificatePath: local.write("cert.pem", certificate),
    keyPath: local.write("key.pem", key),
  };
  await using _ = await startWebServer({ port, tls });
  const way = page.getByRole("link", { name: "Open https://" });
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await way.waitFor();
  assertEquals(await way.getAttribute("href"), `${scene.url.replace("http:", "https:")}`);
});
