/// <reference lib="dom" />
import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { BrowserPages } from "../helpers/browser_pages.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { Prng } from "../helpers/prng.ts";
import type { Tap } from "../helpers/proxy.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { WebScene } from "../helpers/web_scene.ts";

let pages: BrowserPages;
Deno.test.beforeAll(async () => void (pages = await BrowserPages.start()));
Deno.test.afterAll(() => pages[Symbol.asyncDispose]());

const MIB = 1024 * 1024;
/** Larger files move for longer than other things take. */
const PATIENT = { timeout: 60_000 };

/** The row of a transfer. */
const transfer = (page: Page, name: string) =>
  page.getByRole("list", { name: "Transfers" }).getByRole("listitem").filter({ hasText: name });

/** Waits until a transfer is in a state. */
async function untilState(page: Page, name: string, state: string): Promise<void> {
  await transfer(page, name).getByText(new RegExp(state, "i")).first().waitFor(PATIENT);
}

/** Gives files to the input behind "Send files". */
async function send(page: Page, ...files: string[]): Promise<void> {
  await page.getByLabel("Choose files").setInputFiles(files);
}

/** Gets a file of the folder, and resolves to what the browser has saved. */
async function get(page: Page, name: string): Promise<Uint8Array> {
  const saved = page.waitForEvent("download", PATIENT);
  await page.getByRole("grid", { name: "Files" }).getByRole("row").filter({ hasText: name })
    .getByRole("button", { name: "Get" }).click();
  return Deno.readFileSync(await (await saved).path());
}

/** Drops files and folders of this machine on the page, as a person does. */
async function drop(page: Page, files: string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await session.send("Input.dispatchDragEvent", { type, x: 900, y: 300, data });
  }
}

Deno.test("page: sends a file, which is verified, and gets it back", async () => {
  using local = new TempDir();
  const bytes = patternedBytes(3 * MIB);
  const path = local.write("a file é.bin", bytes);
  await using scene = await WebScene.start(pages);
  const page = await scene.openConnected();
  await send(page, path);
  await untilState(page, "a file é.bin", "verified");
  assertEquals(sha256Of(scene.read("a file é.bin")), sha256Of(bytes));
  assertEquals(sha256Of(await get(page, "a file é.bin")), sha256Of(bytes));
});

Deno.test("page: sends a dropped folder with all that is in it", async () => {
  using local = new TempDir();
  for (let i = 0; i < 300; i++) local.write(`tree/d${i % 3}/f${i}.txt`, `file ${i}`);
  Deno.mkdirSync(local.join("tree/empty/inner"), { recursive: true });
  await using scene = await WebScene.start(pages);
  const page = await scene.openConnected();
  await page.getByRole("button", { name: "Send files" }).waitFor();
  await drop(page, [local.join("tree")]);
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
  await send(page, path);
  await page.getByRole("button", { name: "Keep both" }).first().click();
  await untilState(page, "a.txt", "verified");
  assertEquals(new TextDecoder().decode(scene.read("a (2).txt")), "new");
  assertEquals(new TextDecoder().decode(scene.read("a.txt")), "old");
  await send(page, path);
  await page.getByRole("button", { name: "Replace" }).first().click();
  await untilState(page, "a.txt", "verified");
  await page.getByRole("button", { name: "Replace" }).first().waitFor({ state: "detached" });
  assertEquals(new TextDecoder().decode(scene.read("a.txt")), "new");
});

Deno.test("page: fetches 100 MB by way of its private files, verified", async () => {
  const bytes = patternedBytes(100 * MIB);
  await using scene = await WebScene.start(pages, { files: { "large.bin": bytes } });
  const page = await scene.openConnected();
  assertEquals(sha256Of(await get(page, "large.bin")), sha256Of(bytes));
  await untilState(page, "large.bin", "verified");
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
  await send(page, path);
  const got = await get(page, "down.bin");
  await untilState(page, "up.bin", "verified");
  assertEquals(sha256Of(got), sha256Of(bytes));
  assertEquals(sha256Of(scene.read("up.bin")), sha256Of(bytes));
  assert(cuts > 0);
});
