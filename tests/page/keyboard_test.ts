/// <reference lib="dom" />
import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { LANGUAGES } from "../../lib/cli/texts/language.ts";
import { type Look, MockPages } from "./mock/mock_page.ts";
import type { Scene } from "./mock/mock_model.ts";

const WIDE: Look = { width: 1280, height: 720, theme: "light", locale: "en-GB" };
const NARROW: Look = { ...WIDE, width: 360 };

/** Runs steps on a page of a scene; the page must not complain. */
async function onPage(
  scene: Scene,
  look: Look,
  steps: (page: Page, pages: MockPages) => Promise<void>,
) {
  await using pages = await MockPages.start();
  const page = await pages.open(scene, look);
  await steps(page, pages);
  await page.context().close();
  assertEquals(pages.complaints, []);
}

const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.textContent?.slice(0, 40) ?? "");

Deno.test("page: has the accessible names that people and programs look for", async () => {
  await onPage({ connection: { kind: "open" } }, WIDE, async (page) => {
    for (const name of ["Talk", "Files", "Transfers"]) {
      await page.getByRole("region", { name, exact: true }).waitFor();
    }
    for (const name of ["Message", "Nick", "New room"]) {
      await page.getByRole("textbox", { name, exact: true }).waitFor();
    }
    for (const name of ["Send", "Send files", "Change nick", "Join"]) {
      await page.getByRole("button", { name, exact: true }).waitFor();
    }
    await page.getByRole("list", { name: "Rooms" }).getByText("lobby").waitFor();
    const row = page.getByRole("grid", { name: "Files" }).getByRole("row")
      .filter({ hasText: "README.md" });
    await row.getByRole("button", { name: "Get", exact: true }).click();
    const transfer = page.getByRole("list", { name: "Transfers" }).getByRole("listitem")
      .filter({ hasText: "README.md" });
    await transfer.getByText("waiting", { exact: true }).waitFor();
    await page.getByLabel("Choose files", { exact: true }).setInputFiles("deno.json");
    await page.getByRole("listitem").filter({ hasText: "deno.json" }).waitFor();
  });
});

Deno.test("page: logs in by a dialog, which tells what was wrong", async () => {
  await onPage({ connection: { kind: "login-required" } }, NARROW, async (page) => {
    const dialog = page.getByRole("dialog", { name: "Log in" });
    await dialog.locator("input:focus").waitFor();
    await page.keyboard.type("ana");
    assertEquals(await dialog.getByLabel("Name").inputValue(), "ana");
    await dialog.getByLabel("Password").fill("wrong");
    await dialog.getByRole("button", { name: "Log in" }).click();
    await dialog.getByRole("alert").getByText("The name or the password is wrong").waitFor();
    await dialog.getByLabel("Password").fill("right");
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Logged in as ana" }).waitFor();
  });
});

Deno.test("page: the files are walked by keys alone, to the last of 100,000", async () => {
  await onPage({ folder: "huge" }, WIDE, async (page) => {
    const focusedIs = (text: string) =>
      page.waitForFunction((wanted) => document.activeElement?.textContent?.includes(wanted), text);
    await page.getByRole("row").nth(1).focus();
    await page.keyboard.press("End");
    await focusedIs("IMG_099999");
    await page.keyboard.press("ArrowUp");
    await focusedIs("IMG_099998");
    await page.keyboard.press("Home");
    await focusedIs("IMG_000000");
    await page.keyboard.type("img_0005");
    await focusedIs("IMG_000500");
    assertEquals(await page.getByRole("grid").getAttribute("aria-rowcount"), "100001");
    const rendered = await page.getByRole("row").count();
    assert(rendered < 60, `${rendered} rows`);
    await page.keyboard.press("Tab");
    assertEquals(await focused(page), "Get");
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "IMG_000500.jpg" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    assert((await focused(page)).includes("IMG_000500"));
  });
});

Deno.test("page: a folder opens by Enter, its first row has the focus, and Backspace leads out of it", async () => {
  await onPage({}, NARROW, async (page) => {
    await page.getByRole("tab", { name: "Talk" }).focus();
    await page.keyboard.press("ArrowRight");
    await page.getByRole("row").filter({ hasText: "photos" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "photos" }).and(page.locator("[aria-current]")).waitFor();
    assert(page.url().endsWith("#/files/photos"));
    await page.waitForFunction(() => document.activeElement?.textContent?.startsWith("lobby"));
    await page.keyboard.press("Backspace");
    await page.getByRole("link", { name: "All files" }).and(page.locator("[aria-current]"))
      .waitFor();
  });
});

Deno.test("page: Enter sends, Shift+Enter begins a line, and what was not sent stays", async () => {
  await onPage({ talk: "empty" }, WIDE, async (page) => {
    const field = page.getByRole("textbox", { name: "Message" });
    await field.focus();
    await page.keyboard.type("one");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("two <b>three</b>");
    await page.keyboard.press("Enter");
    const log = page.getByRole("log");
    assertEquals(await log.locator(".text").allTextContents(), ["one\ntwo <b>three</b>"]);
    assertEquals(await field.inputValue(), "");
    await page.keyboard.type("a draft");
    await page.getByRole("button", { name: "music", exact: true }).click();
    await page.getByRole("heading", { name: "music" }).waitFor();
    assertEquals(await field.inputValue(), "");
    await page.getByRole("button", { name: "lobby", exact: true }).click();
    await page.getByRole("heading", { name: "lobby" }).waitFor();
    assertEquals(await field.inputValue(), "a draft");
    await field.fill("é".repeat(2049));
    await page.getByText("2 bytes too many").waitFor();
    assert(await page.getByRole("button", { name: "Send", exact: true }).isDisabled());
  });
});

Deno.test("page: text of others stays text, and links lead only to the web", async () => {
  await onPage({ talk: "hostile", folder: "hostile" }, WIDE, async (page) => {
    await page.getByText("<script>alert(1)</script> javascript:alert(1)").waitFor();
    await page.getByRole("row").filter({ hasText: "<img src=x onerror=alert(1)>" }).waitFor();
    assertEquals(await page.locator("main img, main script").count(), 0);
    const links = page.getByRole("log").getByRole("link");
    for (const link of await links.all()) {
      assertEquals(new URL(await link.getAttribute("href") ?? "").protocol, "https:");
      assertEquals(await link.getAttribute("rel"), "noopener noreferrer");
    }
    assertEquals(await links.count(), 1);
  });
});

Deno.test("page: the language and the theme change at once, and stay", async () => {
  await onPage({}, WIDE, async (page) => {
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByRole("radio", { name: "Português" }).check({ force: true });
    await page.getByRole("button", { name: "Enviar arquivos" }).waitFor();
    await page.getByRole("radio", { name: "Escuro" }).check({ force: true });
    const background = () =>
      page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    assertEquals(await background(), "rgb(15, 19, 18)");
    await page.reload();
    await page.getByRole("button", { name: "Enviar arquivos" }).waitFor();
    assertEquals(await background(), "rgb(15, 19, 18)");
    assertEquals(await page.locator("html").getAttribute("lang"), "pt-BR");
  });
});

Deno.test("page: never scrolls sideways, at 320 pixels with long names", async () => {
  const hostile: Scene = { talk: "hostile", folder: "hostile", transfers: "hostile" };
  await onPage(hostile, { ...NARROW, width: 320 }, async (page, pages) => {
    for (const language of LANGUAGES) {
      await pages.speak(page, language);
      for (const tab of await page.getByRole("tab").all()) {
        await tab.click();
        const name = `${language}: ${await tab.textContent()}`;
        assertEquals(await page.evaluate(widerThanTheirPlace), [], name);
        assertEquals(await page.evaluate(() => document.documentElement.scrollWidth), 320, name);
      }
    }
  });
});

/** The classes of what scrolls sideways, or sticks out of a file that is offered in the talk. */
function widerThanTheirPlace(): string[] {
  return [...document.querySelectorAll(".pane:not([hidden]), .pane:not([hidden]) *")]
    .filter((element) => {
      const { overflowX } = getComputedStyle(element);
      const holds = overflowX === "auto" || overflowX === "scroll" ||
        element.matches(".file-about");
      return holds && element.scrollWidth > element.clientWidth;
    }).map((element) => element.className);
}
