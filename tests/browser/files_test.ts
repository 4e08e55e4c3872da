/// <reference lib="dom" />
import { assertEquals } from "@std/assert";
import { parseRights } from "../../lib/accounts/rights.ts";
import { axeFindings } from "../helpers/axe_findings.ts";
import { BrowserPages } from "../helpers/browser_pages.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { fileRow, getFile, sendFiles, untilState } from "../helpers/transfer_scene.ts";
import { WebScene } from "../helpers/web_scene.ts";

let pages: BrowserPages;
Deno.test.beforeAll(async () => void (pages = await BrowserPages.start()));
Deno.test.afterAll(() => pages[Symbol.asyncDispose]());

Deno.test("page: shows a folder of 100,000 files, sorts it and finds a file in it", async () => {
  const root = TempDir.inMemory();
  for (let i = 0; i < 100_000; i++) Deno.writeTextFileSync(root.join(`file-${i}.txt`), "");
  await using scene = await WebScene.start(pages, { root });
  const page = await scene.openConnected();
  await page.getByText("100,000 entries").waitFor({ timeout: 60_000 });
  await page.getByRole("button", { name: "Name", exact: true }).click();
  await fileRow(page, "file-99999.txt").waitFor();
  await page.getByRole("searchbox", { name: "Filter" }).fill("file-4242.");
  await fileRow(page, "file-4242.txt").waitFor();
  assertEquals(await page.getByRole("grid", { name: "Files" }).getByRole("row").count(), 2);
});

Deno.test("page: shows the strangest names as text, and sends and gets files of these names", async () => {
  using local = new TempDir();
  const names = [
    "<img src=x onerror=alert(1)>.html",
    "a\u202etxt.exe",
    `${"n".repeat(200)}.txt`,
    "% #?&+é日本.txt",
  ];
  const paths = names.map((name, i) => local.write(name, `content ${i}`));
  await using scene = await WebScene.start(pages);
  const page = await scene.openConnected();
  await sendFiles(page, ...paths);
  for (const [i, name] of names.entries()) {
    assertEquals(new TextDecoder().decode(await untilServed(scene, name)), `content ${i}`);
  }
  await untilState(page, "% #?&+é日本.txt", "verified");
  const got = await getFile(page, "% #?&+é日本.txt");
  assertEquals(new TextDecoder().decode(got), "content 3");
  assertEquals(await page.locator("img").count(), 0);
});

/** The content of a file, once it is served. */
async function untilServed(scene: WebScene, name: string): Promise<Uint8Array> {
  await scene.server.waitFor("upload", ({ path }) => path === name);
  return scene.read(name);
}

Deno.test("page: can be used with the keyboard alone", async () => {
  await using scene = await WebScene.start(pages, { files: { "a.txt": "1", "b.txt": "22" } });
  using ana = await scene.connect("ana");
  const page = await scene.openConnected();
  const tabTo = async (name: string) => {
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press("Tab");
      const focused = await page.evaluate(() => {
        const { activeElement } = document;
        return activeElement?.getAttribute("aria-label") ?? activeElement?.textContent ?? "";
      });
      if (focused.includes(name)) return;
    }
    throw new Error(`The keyboard does not reach ${name}`);
  };
  await tabTo("Message");
  await page.keyboard.type("by keyboard");
  await page.keyboard.press("Enter");
  await ana.event(({ text }) => text === "by keyboard");
  await tabTo("a.txt");
  const saved = page.waitForEvent("download");
  await page.keyboard.press("ArrowDown");
  await tabTo("Get");
  await page.keyboard.press("Enter");
  assertEquals((await saved).suggestedFilename(), "b.txt");
});

for (const locale of ["en-GB", "pt-BR"]) {
  Deno.test(`page: axe finds nothing in the real page, in ${locale}`, async () => {
    using local = new TempDir();
    const path = local.write("new.txt", "new");
    await using scene = await WebScene.start(pages, { files: { "old.txt": "old" } });
    using ana = await scene.connect("ana");
    const page = await scene.open({ locale });
    await page.locator("input[type=file]").first().waitFor({ state: "attached" });
    await ana.request("SEND", { room: "lobby", text: "hello https://example.org" });
    await page.getByText("hello").waitFor();
    const label = locale === "en-GB" ? "Choose files" : "Escolher arquivos";
    await page.getByLabel(label).setInputFiles(path);
    await page.getByText(locale === "en-GB" ? "1 verified" : "1 verificado").waitFor();
    assertEquals(await axeFindings(page), []);
  });
}

const MANAGER = { guestRights: parseRights("read,write,delete,chat") };

for (
  const [locale, details, rename, newName, remove] of [
    ["en-GB", "Details of", "Rename", "New name", "Delete"],
    ["pt-BR", "Detalhes de", "Renomear", "Novo nome", "Excluir"],
  ] as const
) {
  Deno.test(`page: renames and deletes files and folders by keyboard, in ${locale}`, async () => {
    const files = { "a.txt": "a", "b/c.txt": "c", "b/d.txt": "d" };
    await using scene = await WebScene.start(pages, { server: MANAGER, files });
    const page = await scene.open({ locale });
    const { root } = scene.server;
    const open = async (name: string, action: string) => {
      await page.getByRole("button", { name: `${details} ${name}` }).click();
      await page.getByRole("dialog").getByRole("button", { name: action }).press("Enter");
    };
    await open("a.txt", rename);
    await page.getByLabel(newName).fill("b");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").filter({ hasText: /exist/ }).waitFor();
    assertEquals(await axeFindings(page), []);
    await page.getByLabel(newName).fill("z é.txt");
    await page.keyboard.press("Enter");
    await page.getByText("z é.txt").first().waitFor();
    assertEquals(root.list(), ["b", "z é.txt"]);
    await open("b", remove);
    assertEquals(await axeFindings(page), []);
    await page.getByRole("dialog").getByRole("button", { name: remove }).press("Enter");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    assertEquals(root.list(), ["z é.txt"]);
  });
}

Deno.test("page: offers no renaming and deleting to a guest who may only send files", async () => {
  await using scene = await WebScene.start(pages, { files: { "a.txt": "a" } });
  const page = await scene.openConnected();
  await page.getByRole("button", { name: "Details of a.txt" }).click();
  await page.getByRole("button", { name: "Copy link" }).waitFor();
  assertEquals(await page.getByRole("button", { name: "Delete" }).count(), 0);
  assertEquals(await page.getByRole("button", { name: "Rename" }).count(), 0);
});
