/// <reference lib="dom" />
import { assert, assertEquals } from "@std/assert";
import { BrowserPages } from "../helpers/browser_pages.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { Prng } from "../helpers/prng.ts";
import type { Tap } from "../helpers/proxy.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import {
  dropFiles,
  fileRow,
  getFile,
  PATIENT,
  sendFiles,
  untilState,
} from "../helpers/transfer_scene.ts";
import { WebScene } from "../helpers/web_scene.ts";

let pages: BrowserPages;
Deno.test.beforeAll(async () => void (pages = await BrowserPages.start()));
Deno.test.afterAll(() => pages[Symbol.asyncDispose]());

const MIB = 1024 * 1024;
Deno.test("page: sends a file, which is verified, and gets it back", async () => {
  using local = new TempDir();
  const bytes = patternedBytes(3 * MIB);
  const path = local.write("a file é.bin", bytes);
  await using scene = await WebScene.start(pages);
  const page = await scene.openConnected();
  await sendFiles(page, path);
  await untilState(page, "a file é.bin", "verified");
  assertEquals(sha256Of(scene.read("a file é.bin")), sha256Of(bytes));
  assertEquals(sha256Of(await getFile(page, "a file é.bin")), sha256Of(bytes));
});

Deno.test("page: sends a dropped folder with all that is in it", async () => {
  using local = new TempDir();
  for (let i = 0; i < 300; i++) local.write(`tree/d${i % 3}/f${i}.txt`, `file ${i}`);
  Deno.mkdirSync(local.join("tree/empty/inner"), { recursive: true });
  await using scene = await WebScene.start(pages);
  const page = await scene.openConnected();
  await page.getByRole("button", { name: "Send files" }).waitFor();
  await dropFiles(page, [local.join("tree")]);
  await page.getByRole("region", { name: "Transfers" }).getByText("300 verified").waitFor(
    PATIENT,
  );
  const namesIn = (folder: string) =>
    scene.server.root.list(folder).filter((name) => name[0] === "f");
  const count = [0, 1, 2].reduce((sum, i) => sum + namesIn(`tree/d${i}`).length, 0);
  assertEquals(count, 300);
  assertEquals(new TextDecoder().decode(scene.read("tree/d2/f299.txt")), "file 299");
  assert(Deno.statSync(scene.server.root.join("tree/empty/inner")).isDirectory);
});

Deno.test("page: asks about a file in the way, and replaces it or keeps both", async () => {
  using local = new TempDir();
  const path = local.write("a.txt", "new");
  await using scene = await WebScene.start(pages, { files: { "a.txt": "old" } });
  const page = await scene.openConnected();
  await sendFiles(page, path);
  await page.getByRole("button", { name: "Keep both" }).first().click();
  await untilState(page, "a.txt", "verified");
  assertEquals(new TextDecoder().decode(scene.read("a (2).txt")), "new");
  assertEquals(new TextDecoder().decode(scene.read("a.txt")), "old");
  await sendFiles(page, path);
  await page.getByRole("button", { name: "Replace" }).first().click();
  await untilState(page, "a.txt", "verified");
  await page.getByRole("button", { name: "Replace" }).first().waitFor({ state: "detached" });
  assertEquals(new TextDecoder().decode(scene.read("a.txt")), "new");
});

Deno.test("page: ends transfers right that were cut at random places, in both directions", async () => {
  using local = new TempDir();
  const bytes = patternedBytes(24 * MIB);
  const path = local.write("up.bin", bytes);
  const random = new Prng(7);
  let left = 0;
  let cuts = 0;
  const cutter: Tap = async (chunk, { link }, next) => {
    left -= chunk.length;
    if (left < 0 && cuts < 10) {
      left = random.below(8 * MIB);
      if (chunk.length > 1_000) cuts++, link.cut("reset");
    }
    await next(chunk);
  };
  await using scene = await WebScene.start(pages, { files: { "down.bin": bytes }, taps: [cutter] });
  const page = await scene.openConnected();
  await page.getByRole("grid", { name: "Files" }).getByText("down.bin").waitFor();
  left = random.below(8 * MIB);
  await sendFiles(page, path);
  const got = await getFile(page, "down.bin");
  await untilState(page, "up.bin", "verified");
  assertEquals(sha256Of(got), sha256Of(bytes));
  assertEquals(sha256Of(scene.read("up.bin")), sha256Of(bytes));
  assert(cuts > 0);
});

Deno.test("page: a file whose bytes were changed on the way fails, and none of it is saved", async () => {
  const bytes = patternedBytes(9 * MIB);
  let flips = 0;
  const flip: Tap = async (chunk, { direction }, next) => {
    // Inside the data of a message: its frames stay whole
    const at = direction === "down" && chunk.length > 60_000 ? 30_000 : -1;
    if (at >= 0) flips++;
    await next(at < 0 ? chunk : chunk.with(at, chunk[at]! ^ 4));
  };
  await using scene = await WebScene.start(pages, { files: { "a.bin": bytes }, taps: [flip] });
  const page = await scene.openConnected();
  let saved = 0;
  page.on("download", () => saved++);
  await fileRow(page, "a.bin").getByRole("button", { name: "Get" }).click();
  await untilState(page, "a.bin", "failed");
  assertEquals([saved, flips > 0], [0, true]);
});

Deno.test("page: goes on with a transfer after its tab has crashed", async () => {
  const bytes = patternedBytes(60 * MIB);
  const started = Promise.withResolvers<void>();
  let received = 0;
  let isSlow = true;
  const slow: Tap = async (chunk, { direction }, next) => {
    received += direction === "down" ? chunk.length : 0;
    if (received > 24 * MIB) started.resolve();
    if (received > 24 * MIB && isSlow) await new Promise((resolve) => setTimeout(resolve, 20));
    await next(chunk);
  };
  await using scene = await WebScene.start(pages, { files: { "a.bin": bytes }, taps: [slow] });
  const page = await scene.openConnected();
  await fileRow(page, "a.bin").getByRole("button", { name: "Get" }).click();
  await started.promise;
  const context = page.context();
  const crashed = page.waitForEvent("crash");
  const session = await context.newCDPSession(page);
  session.send("Page.crash").catch(() => {}); // It has no answer
  await crashed;
  isSlow = false;
  received = 0;
  const again = await context.newPage();
  const saved = again.waitForEvent("download", PATIENT);
  await again.goto(scene.url);
  assertEquals(sha256Of(Deno.readFileSync(await (await saved).path())), sha256Of(bytes));
  await untilState(again, "a.bin", "verified");
  assert(received < bytes.length - 8 * MIB, `${received} bytes came again`);
});
