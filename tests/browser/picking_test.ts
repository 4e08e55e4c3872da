/// <reference lib="dom" />
import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { axeFindings } from "../helpers/axe_findings.ts";
import { BrowserPages } from "../helpers/browser_pages.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { fileRow, untilState } from "../helpers/transfer_scene.ts";
import { WebScene } from "../helpers/web_scene.ts";

let pages: BrowserPages;
Deno.test.beforeAll(async () => void (pages = await BrowserPages.start()));
Deno.test.afterAll(() => pages[Symbol.asyncDispose]());

const LARGE = patternedBytes(9 * 1024 * 1024);
const FILES = {
  "trip/large.bin": LARGE,
  "trip/notes/day 1.txt": "sunny",
  "notes.txt": "root",
  "other.txt": "other",
};

/** Opens the page in a browser whose person picks a folder of the private file system. */
async function openWithPicker(scene: WebScene): Promise<Page> {
  const context = await pages.context();
  await context.addInitScript(() => {
    Object.assign(globalThis, {
      async showDirectoryPicker() {
        const root = await navigator.storage.getDirectory();
        const picked = await root.getDirectoryHandle("picked", { create: true });
        await picked.getFileHandle("notes.txt", { create: true });
        return picked;
      },
    });
  });
  const page = await pages.openIn(context, scene.url);
  await page.getByRole("status").filter({ hasText: "Connected" }).waitFor();
  return page;
}

/** The size and the SHA-256 of each file in the picked folder, by its path. */
async function pickedFiles(page: Page): Promise<Record<string, string>> {
  return await page.evaluate(async () => {
    const found: Record<string, string> = {};
    const walk = async (folder: FileSystemDirectoryHandle, base: string) => {
      const entries = folder as unknown as AsyncIterable<[string, FileSystemHandle]>;
      for await (const [name, handle] of entries) {
        if (handle.kind === "directory") {
          found[`${base}${name}/`] = "";
          await walk(handle as FileSystemDirectoryHandle, `${base}${name}/`);
          continue;
        }
        const file = await (handle as FileSystemFileHandle).getFile();
        const hash = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
        found[base + name] = Array.from(
          new Uint8Array(hash),
          (byte) => byte.toString(16).padStart(2, "0"),
        ).join("");
      }
    };
    const root = await navigator.storage.getDirectory();
    await walk(await root.getDirectoryHandle("picked"), "");
    return found;
  });
}

Deno.test("page: gets chosen files and folders into a picked folder, and overwrites nothing", async () => {
  await using scene = await WebScene.start(pages, { files: FILES });
  Deno.mkdirSync(scene.server.root.join("trip/empty"));
  const page = await openWithPicker(scene);
  await fileRow(page, "trip").getByRole("checkbox", { name: "Select trip" }).click();
  await fileRow(page, "notes.txt").click({ modifiers: ["Control"] });
  await page.getByText("2 selected").waitFor();
  await page.getByRole("button", { name: "Get selected" }).click();
  for (const name of ["large.bin", "day 1.txt", "notes.txt"]) {
    await untilState(page, name, "verified");
  }
  assertEquals(await pickedFiles(page), {
    "notes.txt": sha256Of(""),
    "notes (2).txt": sha256Of("root"),
    "trip/": "",
    "trip/empty/": "",
    "trip/large.bin": sha256Of(LARGE),
    "trip/notes/": "",
    "trip/notes/day 1.txt": sha256Of("sunny"),
  });
  await page.context().close();
});

Deno.test("page: chooses rows by the keyboard, and gets the files among them at once", async () => {
  await using scene = await WebScene.start(pages, { files: FILES });
  const page = await scene.openConnected();
  await fileRow(page, "notes.txt").focus();
  const count = (text: string) => page.getByText(text).waitFor();
  await page.keyboard.press("Control+a");
  await count("3 selected");
  assertEquals(await axeFindings(page), []);
  await page.keyboard.press("Escape");
  await page.getByRole("searchbox", { name: "Filter" }).waitFor();
  await page.keyboard.press("Shift+ArrowDown");
  await count("2 selected");
  await page.keyboard.press(" ");
  await count("1 selected");
  await page.keyboard.press(" ");
  await count("2 selected");
  assertEquals(await fileRow(page, "other.txt").getAttribute("aria-selected"), "true");
  assertEquals(await fileRow(page, "trip").getAttribute("aria-selected"), "false");
  await page.getByRole("button", { name: "Get selected" }).click();
  for (const name of ["notes.txt", "other.txt"]) await untilState(page, name, "verified");
  await page.getByRole("searchbox", { name: "Filter" }).waitFor();
});
