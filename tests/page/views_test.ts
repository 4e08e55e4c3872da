/// <reference lib="dom" />
import { assertEquals } from "@std/assert";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { type Look, MockPages } from "./mock/mock_page.ts";
import type { Scene } from "./mock/mock_model.ts";

const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 360, height: 740 };

/** A view, and how to get to it. */
interface Case {
  readonly name: string;
  readonly size: typeof WIDE;
  readonly scene: Scene;
  readonly hash?: string;
  /** Presses the button of this name, in English or in Portuguese. */
  readonly press?: RegExp;
}

const CALM: Scene = {};
const HOSTILE: Scene = { talk: "hostile", folder: "hostile", transfers: "hostile", user: "ana" };
const EMPTY: Scene = { talk: "empty", folder: "empty", transfers: "empty" };

const CASES: readonly Case[] = [
  { name: "wide", size: WIDE, scene: CALM },
  { name: "wide, hostile", size: WIDE, scene: HOSTILE },
  { name: "wide, empty", size: WIDE, scene: EMPTY },
  {
    name: "wide, refused",
    size: WIDE,
    scene: {
      connection: { kind: "refused", code: "denied", error: "Banned" },
      talk: "none",
      folder: "failed",
    },
  },
  { name: "talk", size: NARROW, scene: HOSTILE },
  { name: "rooms", size: NARROW, scene: HOSTILE, press: /^Menu|^Lista/ },
  { name: "files", size: NARROW, scene: HOSTILE, hash: "#/files" },
  {
    name: "transfers",
    size: NARROW,
    scene: { ...HOSTILE, connection: { kind: "waiting", retryAt: 0 } },
    hash: "#/transfers",
  },
  { name: "details", size: NARROW, scene: CALM, hash: "#/files", press: /(of|de) novel/ },
  { name: "new folder", size: WIDE, scene: CALM, press: /^New folder|^Nova pasta/ },
  { name: "share", size: WIDE, scene: CALM, hash: "#/files/a", press: /^Share|^Compartilhar/ },
  { name: "check", size: WIDE, scene: CALM, press: /^Check a file|^Conferir um/ },
  { name: "settings", size: NARROW, scene: CALM, press: /^Settings|^Configurações/ },
  { name: "account", size: NARROW, scene: HOSTILE, press: /^Logged in|^Você entrou/ },
  { name: "person", size: WIDE, scene: CALM, press: /^(About|Sobre) bruno/ },
  {
    name: "another nick, TLS",
    size: WIDE,
    scene: {
      takenNick: "ana",
      connection: { kind: "needs-tls", url: "https://files.example.org:5555" },
    },
  },
  { name: "login", size: NARROW, scene: { connection: { kind: "login-required" } } },
];

async function openCase(pages: MockPages, { size, scene, hash, press }: Case, look: Partial<Look>) {
  const page = await pages.open(scene, {
    ...size,
    theme: "light",
    locale: "en-GB",
    ...hash !== undefined && { hash },
    ...look,
  });
  if (press !== undefined) await page.getByRole("button", { name: press }).click();
  return page;
}

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe finds by some of its rules, one rule and element a line. */
async function violationsOf(page: Page, rules: readonly string[]): Promise<string[]> {
  const { violations } = await page.evaluate(
    (runOnly) =>
      (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
        resultTypes: ["violations"],
        runOnly,
      }),
    [...rules],
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`)
  );
}

for (const locale of ["en-GB", "pt-BR"] as const) {
  Deno.test(`views: axe finds nothing, in both themes and in ${locale}`, async (test) => {
    await using pages = await MockPages.start();
    for (const each of CASES) {
      await test.step(each.name, async () => {
        const page = await openCase(pages, each, { locale });
        await page.evaluate(axe.source);
        assertEquals(await violationsOf(page, RULES), [], "light");
        // The rest is the same in both
        await page.emulateMedia({ colorScheme: "dark" });
        assertEquals(await violationsOf(page, ["color-contrast"]), [], "dark");
        await page.context().close();
      });
    }
    assertEquals(pages.complaints, []);
  });
}
