/// <reference lib="dom" />
import { assertEquals } from "@std/assert";
import axe from "axe-core";
import type { Page } from "playwright-core";
import type { ReceivedLink } from "../../lib/protocol/link_answers.ts";
import { MockPages } from "./mock/mock_page.ts";
import type { Scene } from "./mock/mock_model.ts";

const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 360, height: 740 };

/** A view, and how to get to it. */
interface Case {
  readonly name: string;
  readonly size: typeof WIDE;
  readonly scene: Scene;
  readonly hash?: string;
  /** Presses the button of this name. */
  readonly press?: RegExp;
  /** Presses that one after it. */
  readonly then?: RegExp;
  /** And that one at last. */
  readonly last?: RegExp;
}

const CALM: Scene = {};
const HOSTILE: Scene = { talk: "hostile", folder: "hostile", transfers: "hostile", user: "ana" };
const ASKED: ReceivedLink = { kind: "put", path: "inbox", expiresMs: 0, left: null };
const GIVEN: ReceivedLink = { kind: "get", path: "music", expiresMs: 0, left: null };
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
  { name: "rooms", size: NARROW, scene: HOSTILE, press: /^Menu/ },
  { name: "files", size: NARROW, scene: HOSTILE, hash: "#/files" },
  {
    name: "transfers",
    size: NARROW,
    scene: { ...HOSTILE, connection: { kind: "waiting", retryAt: 0 } },
    hash: "#/transfers",
  },
  { name: "details", size: NARROW, scene: CALM, hash: "#/files", press: /of novel/ },
  { name: "new folder", size: WIDE, scene: CALM, press: /^New folder/ },
  { name: "share", size: WIDE, scene: CALM, hash: "#/files/a", press: /^Share/ },
  { name: "check", size: WIDE, scene: CALM, press: /^Check a file/ },
  { name: "settings", size: NARROW, scene: CALM, press: /^Settings/ },
  { name: "account", size: NARROW, scene: HOSTILE, press: /^Logged in/ },
  { name: "person", size: WIDE, scene: CALM, press: /^About bruno/ },
  {
    name: "another nick, TLS",
    size: WIDE,
    scene: {
      takenNick: "ana",
      connection: { kind: "needs-tls", url: "https://files.example.org:5555" },
    },
  },
  {
    name: "other servers",
    size: NARROW,
    scene: {
      connection: { kind: "waiting", retryAt: 0 },
      elsewhere: [
        { host: "192.168.0.11", port: 5555, fingerprint: null },
        { host: "fd00::12", port: 5555, fingerprint: "ab".repeat(32) },
      ],
    },
  },
  {
    name: "a link is made",
    size: NARROW,
    scene: { user: "ana" },
    hash: "#/files",
    press: /of novel/,
    then: /^Share by a link/,
    last: /^Make a link/,
  },
  {
    name: "files are asked for",
    size: NARROW,
    scene: { user: "ana" },
    hash: "#/files",
    press: /^Ask for files/,
    then: /^Make a link/,
  },
  { name: "by a link", size: WIDE, scene: { link: ASKED }, hash: "#/send/" },
  {
    name: "by a link, hostile",
    size: NARROW,
    scene: { ...HOSTILE, link: { ...ASKED, path: "<b>".repeat(60) } },
    hash: "#/send/",
  },
  { name: "a folder by a link", size: NARROW, scene: { link: GIVEN }, hash: "#/get/" },
  {
    name: "a folder by a link, hostile",
    size: WIDE,
    scene: { ...HOSTILE, link: GIVEN },
    hash: "#/get/",
  },
  { name: "links", size: WIDE, scene: { user: "ana" }, press: /^Logged in/, then: /^My links$/ },
  { name: "login", size: NARROW, scene: { connection: { kind: "login-required" } } },
];

async function openCase(pages: MockPages, { size, scene, hash, press, then, last }: Case) {
  const page = await pages.open(scene, {
    ...size,
    theme: "light",
    locale: "en-GB",
    ...hash !== undefined && { hash },
  });
  for (const name of [press, then, last]) {
    if (name !== undefined) await page.getByRole("button", { name }).click();
  }
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

/** The cases that are looked at at the same time. */
const LANES = 3;

/** What axe finds in a case, in both languages and both themes, which are switched in place. */
async function findIn(pages: MockPages, each: Case): Promise<string[]> {
  const page = await openCase(pages, each);
  await page.evaluate(axe.source);
  const found: string[] = [];
  for (const language of ["en", "pt-BR"] as const) {
    await pages.speak(page, language);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      // Only the colours differ in the dark
      const rules = colorScheme === "light" ? RULES : ["color-contrast"];
      const place = `${each.name}, ${language}, ${colorScheme}`;
      found.push(...(await violationsOf(page, rules)).map((line) => `${place}: ${line}`));
    }
  }
  await page.context().close();
  return found;
}

Deno.test("views: axe finds nothing, in both themes and both languages", async () => {
  await using pages = await MockPages.start();
  const waiting = [...CASES];
  const found: string[] = [];
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      found.push(...await findIn(pages, next));
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  assertEquals(found, []);
  assertEquals(pages.complaints, []);
});

Deno.test("OtherServers: leads to the place that the page shows by now, at other servers", async () => {
  await using pages = await MockPages.start();
  const [scene] = CASES.flatMap(({ scene }) => scene?.elsewhere === undefined ? [] : [scene]);
  const look = { ...NARROW, theme: "light", locale: "en-GB", hash: "#/files" } as const;
  const page = await pages.open(scene!, look);
  for (const place of ["#/files", "#/talk/lobby"]) {
    await page.evaluate((hash) => void (location.hash = hash), place);
    for (const address of ["http://192.168.0.11:5555", "https://[fd00::12]:5555"]) {
      await page.locator(`.elsewhere a[href="${address}/${place}"]`).waitFor();
    }
  }
  await page.context().close();
  const hash = "#/send/k7f3q2mx.JZ5WQ0tB3mXr7yA1_-0a";
  const sender = await pages.open({ ...scene, link: ASKED }, { ...look, hash });
  const [first] = await sender.locator(".elsewhere a").all();
  assertEquals(await first?.getAttribute("href"), `http://192.168.0.11:5555/${hash}`);
});
