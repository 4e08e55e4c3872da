/// <reference lib="dom" />
import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { TestAccounts } from "../helpers/accounts.ts";
import { BrowserPages } from "../helpers/browser_pages.ts";
import type { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import type { Tap } from "../helpers/proxy.ts";
import { WebScene } from "../helpers/web_scene.ts";

let pages: BrowserPages;
Deno.test.beforeAll(async () => void (pages = await BrowserPages.start()));
Deno.test.afterAll(() => pages[Symbol.asyncDispose]());

const HOSTILE = '<img src=x onerror="alert(1)">\u202eevil';

async function write(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", { name: "Message" }).fill(text);
  await page.getByRole("button", { name: "Send", exact: true }).click();
}

const log = (page: Page) => page.getByRole("log", { name: "Conversation" });

const say = (peer: Protocol2Peer, text: string) => peer.request("SEND", { room: "lobby", text });

/** The messages that a conversation shows, in their order. */
async function shown(page: Page, pattern: RegExp): Promise<string[]> {
  return (await log(page).innerText()).match(pattern) ?? [];
}

Deno.test("page: talks both ways with a TCP client, and runs nothing that it is sent", async () => {
  await using scene = await WebScene.start(pages);
  using ana = await scene.connect("ana");
  const page = await scene.openConnected();
  await say(ana, `hello ${HOSTILE}`);
  await log(page).getByText("hello <img").waitFor();
  await write(page, "hello ana");
  await ana.event(({ event, text }) => event === "message" && text === "hello ana");
  await write(page, "/me waves");
  await ana.event(({ text }) => text === "/me waves");
  assertEquals(await page.locator("img").count(), 0);
});

Deno.test("page: heeds what people ask of their system before it is connected", async () => {
  const opened = Promise.withResolvers<void>();
  const hold: Tap = async (chunk, { direction }, next) => {
    if (direction === "up" && new TextDecoder().decode(chunk).startsWith("GET /ws ")) {
      await opened.promise;
    }
    await next(chunk);
  };
  await using scene = await WebScene.start(pages, { taps: [hold] });
  const page = await scene.open();
  await page.emulateMedia({ reducedMotion: "reduce", contrast: "more" });
  await page.getByRole("status").filter({ hasText: "Connecting" }).waitFor();
  const shown = await page.evaluate(() => {
    const root = getComputedStyle(document.documentElement);
    const [muted, text] = ["--muted", "--text"].map((name) => root.getPropertyValue(name));
    return [getComputedStyle(document.querySelector(".dot")!).animationName, muted === text];
  });
  assertEquals(shown, ["none", true]);
  opened.resolve();
  await page.getByRole("status").filter({ hasText: "Connected" }).waitFor();
});

Deno.test("page: offers no attaching where the server takes no files", async () => {
  await using scene = await WebScene.start(pages, { server: { uploads: false } });
  const page = await scene.openConnected();
  await page.getByRole("button", { name: "Send", exact: true }).waitFor();
  assertEquals(await page.getByRole("button", { name: "Attach a file" }).count(), 0);
});

Deno.test("page: shows a long nick whole, and lets it be changed by the pencil while others talk", async () => {
  await using scene = await WebScene.start(pages);
  using ana = await scene.connect("ana");
  const page = await scene.openConnected();
  const field = page.getByRole("textbox", { name: "Nick" });
  await page.getByRole("button", { name: "Change nick" }).click();
  await page.keyboard.type("Ana-Bea");
  await say(ana, "hello");
  await log(page).getByText("hello").waitFor();
  await page.keyboard.type("triz");
  await page.keyboard.press("Enter");
  await page.getByRole("list", { name: "People" }).getByText("Ana-Beatriz").waitFor();
  assertEquals(await field.evaluate((each) => each.scrollWidth <= each.clientWidth), true);
});

Deno.test("page: keeps the end of the talk in view while a long message is written", async () => {
  await using scene = await WebScene.start(pages);
  using ana = await scene.connect("ana");
  const page = await scene.openConnected();
  await say(ana, `${"line\n".repeat(60)}the end`);
  const end = log(page).getByText("the end");
  await end.waitFor();
  await page.getByRole("textbox", { name: "Message" }).fill("line\n".repeat(20));
  await page.waitForFunction(() => {
    const element = document.querySelector('[role="log"]')!;
    return element.scrollHeight - element.scrollTop - element.clientHeight < 2;
  });
  scene.server.server.announce("School ends at noon");
  await log(page).getByText("Server: School ends at noon").waitFor();
});

Deno.test("page: carries out commands, and sends none of them to the room", async () => {
  await using scene = await WebScene.start(pages);
  using ana = await scene.connect("ana");
  const page = await scene.openConnected();
  await write(page, "/mgs ana secret");
  await page.getByText("Not sent: /mgs").waitFor();
  const field = page.getByRole("textbox", { name: "Message" });
  assertEquals(await field.inputValue(), "/mgs ana secret");
  await write(page, "/msg ana only you");
  await ana.event(({ text, to }) => text === "only you" && to === "ana");
  const lobby = page.getByRole("button", { name: "lobby" });
  await lobby.click();
  await lobby.and(page.locator("[aria-current]")).waitFor();
  await write(page, "/topic Homework");
  await ana.event(({ event, text }) => event === "topic" && text === "Homework");
  await write(page, "/away lunch");
  await write(page, "//help");
  await ana.event(({ text }) => text === "/help");
  const { messages } = await ana.request("HIST", { room: "lobby" });
  assertEquals((messages as { text: string }[]).map(({ text }) => text), ["/help"]);
  const { members } = await ana.request("WHOS", {});
  assertEquals((members as { away?: string }[]).map(({ away }) => away).includes("lunch"), true);
});

Deno.test("page: has the same nick, and each message once, after the connection was cut", async () => {
  await using scene = await WebScene.start(pages);
  using ana = await scene.connect("ana");
  const page = await scene.openConnected();
  await page.getByRole("textbox", { name: "Nick" }).fill("Zoë");
  await page.getByRole("button", { name: "Change nick" }).click();
  await page.getByRole("list", { name: "People" }).getByText("Zoë").waitFor();
  const expected: string[] = [];
  for (let round = 1; round <= 4; round++) {
    scene.proxy.cutAll(round % 2 === 0 ? "reset" : "close");
    await say(ana, `other-${round}`);
    await write(page, `own-${round}`);
    await log(page).getByText(`other-${round}`).waitFor();
    await ana.event(({ text }) => text === `own-${round}`);
    expected.push(`other-${round}`, `own-${round}`);
  }
  const texts = await shown(page, /(?:own|other)-\d/g);
  assertEquals(texts.toSorted(), expected.toSorted());
  const { messages } = await ana.request("HIST", { room: "lobby" });
  const stored = messages as { text: string; from: string }[];
  assertEquals(texts, stored.map(({ text }) => text));
  assertEquals(new Set(stored.map(({ from }) => from)), new Set(["ana", "Zoë"]));
});

Deno.test("page: keeps private messages apart, and counts what was not seen", async () => {
  await using scene = await WebScene.start(pages);
  using ana = await scene.connect("ana");
  const page = await scene.openConnected();
  await page.getByRole("textbox", { name: "Nick" }).fill("bob");
  await page.getByRole("button", { name: "Change nick" }).click();
  await page.getByRole("list", { name: "People" }).getByText("bob").waitFor();
  await ana.request("SEND", { to: "bob", text: "psst" });
  await page.getByRole("button", { name: /ana.*1 unread/ }).click();
  await log(page).getByText("psst").waitFor();
  await write(page, "only for you");
  await ana.event(({ text, to }) => text === "only for you" && to === "ana");
});

Deno.test("page: counts what comes while another view is shown, and takes one number", async () => {
  await using scene = await WebScene.start(pages);
  const page = await scene.openConnected({ viewport: { width: 800, height: 700 } });
  assertEquals(scene.server.server.clients.map(({ nick }) => nick), ["guest-1"]);
  using ana = await scene.connect("ana");
  await page.getByRole("tab", { name: "Files" }).click();
  for (const text of ["one", "two"]) await say(ana, text);
  await page.waitForFunction(() => document.title.startsWith("(2) "));
  await page.getByRole("tab", { name: "Talk 2" }).click();
  await page.waitForFunction(() => !document.title.includes("("));
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { value: true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await say(ana, "three");
  await page.waitForFunction(() => document.title.startsWith("(1) "));
});

Deno.test("page: logs in, also with a password beyond ASCII, and again after a reload", async () => {
  using data = new TempDir();
  {
    using accounts = new TestAccounts(data.join("tcp-chat.db"));
    await accounts.store.add("josé", "pão é bom\u2168", "member");
  }
  const server = { dataDirectory: data.path, requireAccount: true };
  await using scene = await WebScene.start(pages, { server });
  const page = await scene.open();
  const dialog = page.getByRole("dialog", { name: "Log in" });
  const logIn = async (name: string, password: string) => {
    await dialog.getByRole("textbox", { name: "Name" }).fill(name);
    await dialog.getByLabel("Password", { exact: true }).fill(password);
    await dialog.getByRole("button", { name: "Log in" }).click();
  };
  await logIn("josé", "wrong");
  await page.getByText("The name or the password is wrong").first().waitFor();
  await logIn("jose\u0301", "pa\u0303o é bomIX");
  await dialog.waitFor({ state: "hidden" });
  await page.getByRole("list", { name: "People" }).getByText("josé").waitFor();
  const stored = await page.evaluate(() =>
    JSON.stringify([{ ...sessionStorage }, { ...localStorage }])
  );
  assertEquals(/bom/.test(stored), false);
  await page.reload();
  await page.getByRole("list", { name: "People" }).getByText("josé").waitFor();
});
