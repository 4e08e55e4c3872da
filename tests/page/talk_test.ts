/// <reference lib="dom" />
import { assertEquals, assertRejects } from "@std/assert";
import { effect } from "@preact/signals-core";
import type { Conversation, PageModel } from "../../lib/page/model/page_model.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { TestAccounts } from "../helpers/accounts.ts";
import { within } from "../helpers/deadline.ts";
import { PageFixture, until } from "../helpers/page_fixture.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** The conversation with this name, once it is there. */
async function conversation({ talk }: PageModel, name: string): Promise<Conversation> {
  const find = () => talk.conversations.value.find((each) => each.name === name);
  await until(() => find() !== undefined, `the conversation ${name}`);
  return find()!;
}

/** The messages of a conversation, as `nick: text`, without those of presence. */
function textsOf({ entries }: Conversation): string[] {
  return entries.value.filter(({ kind }) => kind === "message" || kind === "file")
    .map(({ from, text }) => `${from}: ${text}`);
}

async function untilLast(talk: Conversation, text: string): Promise<void> {
  await until(
    () => talk.entries.value.findLast(({ kind }) => kind === "message")?.text === text,
    text,
  );
}

const say = (peer: Protocol2Peer, text: string) => peer.request("SEND", { room: "lobby", text });

Deno.test("talk: shows the history, then what is said, in the server's order", async () => {
  await using fixture = await PageFixture.start({ chatPerSecond: 1_000_000 });
  using ana = await fixture.connect();
  await ana.request("NICK", { nick: "ana" });
  for (let i = 1; i <= 60; i++) await say(ana, `m${i}`);
  const page = await fixture.open();
  const lobby = await conversation(page, "lobby");
  await untilLast(lobby, "m60");
  assertEquals(textsOf(lobby).length, 50);
  assertEquals(lobby.hasOlder.value, true);
  await page.talk.loadOlder();
  assertEquals(textsOf(lobby), Array.from({ length: 60 }, (_, i) => `ana: m${i + 1}`));
  assertEquals(lobby.hasOlder.value, false);
  await page.talk.setNick("bob");
  await page.talk.send("hello");
  await say(ana, "/me waves");
  await until(() => lobby.entries.value.at(-1)?.kind === "action", "the action");
  const [own, action] = lobby.entries.value.slice(-2);
  assertEquals([own?.text, own?.from, own?.isOwn, own?.sending], ["hello", "bob", true, "sent"]);
  assertEquals([action?.text, action?.seq, action?.isOwn], ["waves", 62, false]);
  assertEquals(lobby.members.value, ["ana", "bob"]);
});

Deno.test("talk: shows each message once after a cut, and has the same nick and rooms", async () => {
  await using fixture = await PageFixture.start();
  using ana = await fixture.connect();
  const page = await fixture.open();
  await page.talk.setNick("bob");
  await page.talk.join("design");
  const lobby = await conversation(page, "lobby");
  page.talk.select(lobby.id);
  const sent: string[] = [];
  for (let round = 0; round < 5; round++) {
    const first = page.talk.send(`own ${round}`);
    fixture.proxy.cutAll("reset");
    await until(() => page.connection.value.kind !== "open", "the loss");
    const second = page.talk.send(`offline ${round}`);
    await say(ana, `other ${round}`);
    page.reconnect();
    await Promise.all([first, second]);
    sent.push(`own ${round}`, `offline ${round}`, `other ${round}`);
    await until(() => textsOf(lobby).length === sent.length, `round ${round}`);
    await until(() => lobby.entries.value.every(({ sending }) => sending === "sent"), "all sent");
    await until(() => page.me.value?.nick === "bob", "the nick");
  }
  assertEquals(textsOf(lobby).map((text) => text.split(": ")[1]).toSorted(), sent.toSorted());
  const numbers = lobby.entries.value.flatMap(({ seq }) => seq ?? []);
  assertEquals(numbers, numbers.toSorted((a, b) => a - b));
  assertEquals(page.talk.conversations.value.map(({ name }) => name), ["lobby", "design"]);
});

Deno.test("talk: has its nick and its rooms again after a reload", async () => {
  await using fixture = await PageFixture.start();
  const first = await fixture.open();
  await first.talk.setNick("bob");
  await first.talk.join("design");
  fixture.close();
  const second = await fixture.open();
  await conversation(second, "design");
  await until(() => second.me.value?.nick === "bob", "the nick");
});

Deno.test("talk: private messages have a conversation of their own, and are counted as unread", async () => {
  await using fixture = await PageFixture.start();
  using ana = await fixture.connect();
  await ana.request("NICK", { nick: "ana" });
  const page = await fixture.open();
  await page.talk.setNick("bob");
  await ana.request("SEND", { to: "bob", text: "psst" });
  const secret = await conversation(page, "ana");
  assertEquals([secret.kind, secret.unread.value, secret.members.value], ["private", 1, [
    "ana",
    "bob",
  ]]);
  page.talk.select(secret.id);
  assertEquals(secret.unread.value, 0);
  await page.talk.send("yes?");
  await until(() => secret.entries.value.length === 2, "the answer");
  await ana.request("NICK", { nick: "anna" });
  await conversation(page, "anna");
  await page.talk.send("still you?");
  await until(() => textsOf(secret).length === 3, "the third");
  assertEquals(textsOf(secret), ["ana: psst", "bob: yes?", "bob: still you?"]);
});

Deno.test("talk: counts as unread what comes while the talk is not seen", async () => {
  await using fixture = await PageFixture.start();
  using ana = await fixture.connect();
  const page = await fixture.open();
  const lobby = await conversation(page, "lobby");
  page.talk.see(false);
  await say(ana, "one");
  await say(ana, "two");
  await untilLast(lobby, "two");
  page.talk.select(lobby.id);
  assertEquals(lobby.unread.value, 2);
  page.talk.see(true);
  assertEquals(lobby.unread.value, 0);
  await say(ana, "three");
  await untilLast(lobby, "three");
  assertEquals(lobby.unread.value, 0);
});

Deno.test("talk: a message to a recipient that sleeps holds up no other conversation", async () => {
  await using fixture = await PageFixture.start({ limits: { receiptMs: 600_000 } });
  // Answers no PING unless it reads
  using asleep = await Protocol2Peer.connect(fixture.server.port, { resume: "s".repeat(32) });
  await asleep.request("NICK", { nick: "sleeper" });
  using ana = await fixture.connect();
  const page = await fixture.open();
  page.talk.openPrivate("sleeper");
  const waiting = page.talk.send("are you there?");
  page.talk.select((await conversation(page, "lobby")).id);
  await within(page.talk.send("hello"), "the message to the room");
  await ana.event(({ text }) => text === "hello");
  const secret = await conversation(page, "sleeper");
  assertEquals(secret.entries.value.at(-1)?.sending, "waiting");
  fixture.close();
  await waiting.catch(() => {});
});

Deno.test("talk: says that a private message is kept, and once that its recipient is away", async () => {
  await using fixture = await PageFixture.start({ limits: { receiptMs: 50 } });
  // Answers no PING unless it reads
  using ana = await Protocol2Peer.connect(fixture.server.port, { resume: "s".repeat(32) });
  await ana.request("NICK", { nick: "ana" });
  await ana.request("AWAY", { text: "at lunch" });
  const page = await fixture.open();
  page.talk.openPrivate("ana");
  const secret = await conversation(page, "ana");
  for (const text of ["one", "two"]) await page.talk.send(text);
  const kinds = secret.entries.value.map(({ kind }) => kind);
  assertEquals(kinds, ["message", "away", "kept", "message", "kept"]);
  const [, away, kept] = secret.entries.value;
  assertEquals([away?.from, away?.text], ["ana", "at lunch"]);
  assertEquals(Number(kept?.text) > Date.now(), true);
});

Deno.test("talk: a message that no server would take is refused and leaves nothing behind", async () => {
  await using fixture = await PageFixture.start();
  const page = await fixture.open();
  const lobby = await conversation(page, "lobby");
  const before = lobby.entries.value.length;
  const error = await assertRejects(() => page.talk.send("x".repeat(4_097)), RequestError);
  assertEquals(error.code, "too-large");
  assertEquals(lobby.entries.value.length, before);
});

Deno.test("talk: a refused message can be sent again", async () => {
  await using fixture = await PageFixture.start();
  const page = await fixture.open();
  page.talk.openPrivate("ana");
  await assertRejects(() => page.talk.send("there?"), RequestError);
  const [entry] = page.talk.current.value!.entries.value;
  assertEquals(entry?.sending, "failed");
  using ana = await fixture.connect();
  await ana.request("NICK", { nick: "ana" });
  await page.talk.resend(entry!.key);
  await until(() => page.talk.current.value!.entries.value[0]?.sending === "sent", "it");
  assertEquals(page.talk.current.value!.entries.value.length, 1);
});

Deno.test("talk: 40 messages at once all arrive, in their order", async () => {
  await using fixture = await PageFixture.start();
  const page = await fixture.open();
  const texts = Array.from({ length: 40 }, (_, i) => `line ${i}`);
  await Promise.all(texts.map((text) => page.talk.send(text)));
  const lobby = await conversation(page, "lobby");
  await until(() => textsOf(lobby).length === 40, "all");
  assertEquals(textsOf(lobby).map((text) => text.split(": ")[1]), texts);
});

Deno.test("page: logs in, is logged in after a reload, and logs out", async () => {
  using data = new TempDir();
  {
    using accounts = new TestAccounts(data.join("tcp-chat.db"));
    await accounts.store.add("ana", "correct horse", "member");
    await accounts.store.add("josé", "pão é bom", "member");
  }
  await using fixture = await PageFixture.start({ dataDirectory: data.path, requireAccount: true });
  const page = await fixture.open();
  assertEquals(page.connection.value.kind, "login-required");
  const error = await assertRejects(() => page.logIn("ana", "wrong"), RequestError);
  assertEquals(error.code, "auth-failed");
  await page.logIn("ana", "correct horse");
  await until(() => page.me.value?.user === "ana", "the login");
  assertEquals([...fixture.tab.texts.values()].some((text) => text.includes("horse")), false);
  assertEquals(fixture.browser.texts.has("login"), false);
  fixture.close();
  const again = await fixture.open();
  await until(() => again.me.value?.user === "ana", "the same login");
  await again.logOut();
  await until(() => again.connection.value.kind === "login-required", "the logout");
  await again.logIn("jose\u0301", "pão é bom");
  await until(() => again.me.value?.user === "josé", "the other login");
});

Deno.test("page: goes on as a guest when the password has changed, and shows each message once", async () => {
  using data = new TempDir();
  using accounts = new TestAccounts(data.join("tcp-chat.db"));
  await accounts.store.add("ana", "correct horse", "member");
  await using fixture = await PageFixture.start({ dataDirectory: data.path });
  const page = await fixture.open();
  await until(() => page.connection.value.kind === "open", "the connection");
  const states = new Set<string>();
  const stop = effect(() => {
    states.add(`${page.connection.value.kind}, ${page.me.value === null ? "nobody" : "somebody"}`);
  });
  await page.logIn("ana", "correct horse");
  await until(() => page.me.value?.user === "ana", "the login");
  await until(() => page.connection.value.kind === "open", "the connection");
  stop();
  // What the page asks for whenever the connection is open would fail, and tell of a lost connection
  assertEquals(states.has("open, nobody"), false, [...states].join(" | "));
  await page.talk.send("hello");
  await accounts.store.setPassword("ana", "another horse");
  fixture.proxy.cutAll("reset");
  await until(() => page.me.value?.user === null, "the guest");
  await until(() => page.connection.value.kind === "open", "the connection");
  assertEquals(textsOf(await conversation(page, "lobby")), ["ana: hello"]);
});

Deno.test("talk: sending is over when the connection is lost: the message waits", async () => {
  await using fixture = await PageFixture.start();
  const page = await fixture.open();
  const target = fixture.proxy.target;
  const back = Promise.withResolvers<number>();
  fixture.proxy.target = back.promise;
  const sending = page.talk.send("hello");
  fixture.proxy.cutAll("reset");
  await within(sending, "the call");
  back.resolve(await target);
  page.reconnect();
  const lobby = await conversation(page, "lobby");
  await until(() => textsOf(lobby).length === 1, "the message");
  await until(() => lobby.entries.value.every(({ sending }) => sending === "sent"), "the answer");
});
