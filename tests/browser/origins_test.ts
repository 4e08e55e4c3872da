/// <reference lib="dom" />
import { assert, assertEquals } from "@std/assert";
import { BrowserPages } from "../helpers/browser_pages.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { issue } from "../helpers/certificates.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { getFile, sendFiles, untilState } from "../helpers/transfer_scene.ts";
import { WebScene } from "../helpers/web_scene.ts";

let pages: BrowserPages;
Deno.test.beforeAll(async () => {
  pages = await BrowserPages.start(["--host-resolver-rules=MAP *.lan 127.0.0.1"]);
});
Deno.test.afterAll(() => pages[Symbol.asyncDispose]());

const BYTES = patternedBytes(12 * 1024 * 1024);

Deno.test("page: sends and gets verified files by plain http on a LAN, where browsers withhold much", async () => {
  using local = new TempDir();
  const path = local.write("up.bin", BYTES);
  await using scene = await WebScene.start(pages, { host: "files.lan" });
  scene.server.root.write("photos/1.jpg", "x");
  const page = await scene.openConnected();
  assertEquals(await page.evaluate(() => [isSecureContext, crypto.subtle === undefined]), [
    false,
    true,
  ]);
  await sendFiles(page, path);
  await untilState(page, "up.bin", "verified");
  assertEquals(sha256Of(await getFile(page, "up.bin")), sha256Of(BYTES));
  await page.getByRole("button", { name: "Details of photos" }).click();
  await page.getByText("This browser gets files only: open the folder.").waitFor();
});

Deno.test("page: works under the server's own certificate, once the person has accepted it", async () => {
  using local = new TempDir();
  const path = local.write("up.bin", BYTES);
  const { certificate, key } = await issue();
  const tls = {
    certificatePath: local.write("cert.pem", certificate),
    keyPath: local.write("key.pem", key),
  };
  await using scene = await WebScene.start(pages, { server: { tls } });
  const context = await pages.context();
  const page = await context.newPage();
  await page.goto(scene.url).catch(() => {}); // The warning of the browser
  await page.getByRole("button", { name: "Advanced" }).click();
  await page.getByRole("link", { name: /Proceed/ }).click();
  await page.getByRole("status").filter({ hasText: "Connected" }).waitFor();
  assert(await page.evaluate(() => isSecureContext));
  await sendFiles(page, path);
  await untilState(page, "up.bin", "verified");
  assertEquals(sha256Of(await getFile(page, "up.bin")), sha256Of(BYTES));
  await context.close();
});
