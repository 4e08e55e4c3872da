/// <reference lib="dom" />
import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { BrowserPages } from "../helpers/browser_pages.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import type { Tap } from "../helpers/proxy.ts";
import { until } from "../helpers/serves_on.ts";
import {
  fileRow,
  getFile,
  keptJobs,
  PATIENT,
  transferRow,
  untilState,
} from "../helpers/transfer_scene.ts";
import { WebScene } from "../helpers/web_scene.ts";

let pages: BrowserPages;
Deno.test.beforeAll(async () => void (pages = await BrowserPages.start()));
Deno.test.afterAll(() => pages[Symbol.asyncDispose]());

const MIB = 1024 * 1024;
const BYTES = patternedBytes(12 * MIB);
const FULL = "There is not enough space for this file";

/** Holds the bytes of a download back behind some of them, once, until it is let go on. */
class Gate {
  readonly reached = Promise.withResolvers<void>();
  readonly opened = Promise.withResolvers<void>();
  #received = 0;

  readonly tap: Tap = async (chunk, { direction }, next) => {
    if (direction === "down") this.#received += chunk.length;
    if (this.#received > 7 * MIB) {
      this.reached.resolve();
      await this.opened.promise;
    }
    await next(chunk);
  };
}

/** Lets the browser have so much space for the page; by default as much as it has. */
async function limitSpace(page: Page, quotaSize?: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { origin } = new URL(page.url());
  await session.send("Storage.overrideQuotaForOrigin", {
    origin,
    ...(quotaSize !== undefined && { quotaSize }),
  });
}

/** The files in the private folders of the page, with their sizes. */
async function privateFiles(page: Page): Promise<Record<string, number>> {
  return await page.evaluate(async () => {
    const found: Record<string, number> = {};
    const walk = async (folder: FileSystemDirectoryHandle) => {
      const entries = folder as unknown as AsyncIterable<[string, FileSystemHandle]>;
      for await (const [name, handle] of entries) {
        if (handle.kind === "directory") {
          await walk(handle as FileSystemDirectoryHandle);
          continue;
        }
        const file = await (handle as FileSystemFileHandle).getFile().catch(() => null);
        if (file !== null) found[name] = file.size; // Else it was removed meanwhile
      }
    };
    await walk(await navigator.storage.getDirectory());
    return found;
  });
}

/** Waits until the names of the private files are right. */
async function untilFiles(page: Page, isRight: (names: string[]) => boolean): Promise<void> {
  await until(async () => isRight(Object.keys(await privateFiles(page))), "the private files");
}

Deno.test("page: a download that the browser has no room for fails, leaves nothing, and can be tried again", async () => {
  const gate = new Gate();
  await using scene = await WebScene.start(pages, { files: { "a.bin": BYTES }, taps: [gate.tap] });
  const page = await scene.openConnected();
  let saved = 0;
  page.on("download", () => saved++);
  await fileRow(page, "a.bin").getByRole("button", { name: "Get" }).click();
  await gate.reached.promise;
  await limitSpace(page, 9 * MIB);
  gate.opened.resolve();
  await untilState(page, "a.bin", FULL);
  assertEquals([saved, await privateFiles(page)], [0, {}]);
  await limitSpace(page);
  const got = page.waitForEvent("download", PATIENT);
  await transferRow(page, "a.bin").getByRole("button", { name: "Try again" }).click();
  assertEquals(sha256Of(Deno.readFileSync(await (await got).path())), sha256Of(BYTES));
  await untilState(page, "a.bin", "verified");
});

Deno.test("page: frees what was saved an hour ago while it stays open, and nothing that goes on within a month", async () => {
  const gate = new Gate();
  const files = { "a.bin": BYTES, "b.bin": BYTES };
  await using scene = await WebScene.start(pages, { files, taps: [gate.tap] });
  const page = await scene.openConnected();
  await fileRow(page, "a.bin").getByRole("button", { name: "Get" }).click();
  await gate.reached.promise;
  await transferRow(page, "a.bin").getByRole("button", { name: "Pause" }).click();
  gate.opened.resolve();
  await untilState(page, "a.bin", "paused");
  const paused = Object.keys(await privateFiles(page));
  await getFile(page, "b.bin");
  const saved = Object.keys(await privateFiles(page)).filter((name) => !paused.includes(name));
  assertEquals([paused.length, saved.length], [2, 2]);
  await page.clock.setFixedTime(Date.now() + 2 * 3_600_000);
  await fileRow(page, "b.bin").getByRole("button", { name: "Get" }).click();
  await untilFiles(page, (names) => saved.every((name) => !names.includes(name)));
  const left = Object.keys(await privateFiles(page));
  assertEquals(paused.filter((name) => !left.includes(name)), []);
  assert((await keptJobs(page)).includes("a.bin"));
  await page.clock.setFixedTime(Date.now() + 31 * 24 * 3_600_000);
  await page.reload();
  await untilFiles(page, (names) => names.length === 0);
  assertEquals([await keptJobs(page), await transferRow(page, "a.bin").count()], [[], 0]);
});

Deno.test("page: a picked file that the disk has no room for fails, is removed, and can be tried again", async () => {
  await using scene = await WebScene.start(pages, { files: { "trip/a.bin": BYTES } });
  const context = await pages.context();
  await context.addInitScript(() => {
    Object.assign(globalThis, { showDirectoryPicker: () => navigator.storage.getDirectory() });
  });
  const page = await pages.openIn(context, scene.url);
  await page.getByRole("status").filter({ hasText: "Connected" }).waitFor();
  await limitSpace(page, 6 * MIB);
  await fileRow(page, "trip").getByRole("checkbox", { name: "Select trip" }).click();
  await page.getByRole("button", { name: "Get selected" }).click();
  await untilState(page, "a.bin", FULL);
  await untilFiles(page, (names) => names.length === 0);
  await limitSpace(page);
  await transferRow(page, "a.bin").getByRole("button", { name: "Try again" }).click();
  await untilState(page, "a.bin", "verified");
  assertEquals(await privateFiles(page), { "a.bin": BYTES.length });
  await context.close();
});
