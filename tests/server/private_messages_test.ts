import { assert, assertEquals } from "@std/assert";
import { connect } from "../../lib/client/connect.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { TestAccounts } from "../helpers/accounts.ts";
import { ChatFixture } from "../helpers/chat_fixture.ts";
import { within } from "../helpers/deadline.ts";
import { type Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { Proxy } from "../helpers/proxy.ts";
import { RawPeer } from "../helpers/raw_peer.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";
import { until } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const SECRET = "s".repeat(32);
const OTHER_SECRET = "o".repeat(32);
const QUICK = { limits: { receiptMs: 50 } };

/** A client with a nick. */
async function enter(server: TestServer, nick: string, resume?: string): Promise<Protocol2Peer> {
  const peer = await Protocol2Peer.connect(server.port, resume === undefined ? {} : { resume });
  await peer.request("NICK", { nick });
  return peer;
}

/** The texts of the private messages that a client has got, once it has answered all PINGs so far. */
async function texts(peer: Protocol2Peer): Promise<unknown[]> {
  await peer.request("ROOM");
  return peer.events.filter(({ to, from }) => to !== undefined && from === "ana")
    .map(({ text }) => text);
}

/** Bob comes back, and answers the PINGs: gets what was kept. */
async function comeBack(server: TestServer, hello: Json = { resume: SECRET }): Promise<unknown[]> {
  using bob = await Protocol2Peer.connect(server.port, hello);
  return await texts(bob);
}

Deno.test("SEND to a client that answers: DONE says that it has the message, which is not kept", async () => {
  await using server = await startServer();
  using ana = await enter(server, "ana");
  using bob = await enter(server, "bob", SECRET);
  const reading = bob.read(); // Answers PING
  const done = await ana.request("SEND", { to: "bob", text: "psst" });
  assertEquals([done.kept, ana.events.some(({ text }) => text === "psst")], [undefined, true]);
  await bob.send("ROOM", { id: 99 });
  await reading;
  assertEquals(await texts(bob), ["psst"]);
  assertEquals(await comeBack(server), []);
});

Deno.test("SEND to a client that is asleep: the message is kept, and delivered once it is back", async () => {
  await using server = await startServer(QUICK);
  using ana = await enter(server, "ana");
  using _asleep = await enter(server, "bob", SECRET);
  const { time, kept } = await ana.request("SEND", { to: "bob", text: "one" });
  assertEquals(Number(kept) - Number(time) >= LIMITS.keptMessageMs, true);
  await ana.request("SEND", { to: "bob", text: "two" });
  // Its former connection ends, so that its nick is free
  using bob = await enter(server, "bob", SECRET);
  assertEquals(await texts(bob), ["one", "two"]);
  assertEquals(new Set(bob.events.map(({ id }) => id)).size >= 2, true);
  await bob.request("ROOM");
  assertEquals(await comeBack(server), []);
});

Deno.test("SEND to a client that is asleep and wakes up: the message is kept no longer", async () => {
  await using server = await startServer(QUICK);
  using ana = await enter(server, "ana");
  using bob = await enter(server, "bob", SECRET);
  assert((await ana.request("SEND", { to: "bob", text: "one" })).kept !== undefined);
  assertEquals(await texts(bob), ["one"]);
  await bob.request("ROOM");
  assertEquals(await comeBack(server), []);
});

Deno.test("SEND to a client that answers another PING: the message is kept", async () => {
  await using server = await startServer(QUICK);
  using ana = await enter(server, "ana");
  using bob = await enter(server, "bob", SECRET);
  const sending = ana.request("SEND", { to: "bob", text: "one" });
  await bob.raw.expect("EVNT");
  await bob.send("PONG", { id: 1 });
  assert((await sending).kept !== undefined);
});

Deno.test("SEND to a client whose connection is lost before its receipt: the message is kept at once", async () => {
  await using server = await startServer({ limits: { receiptMs: 1e6 } });
  using ana = await enter(server, "ana");
  using bob = await enter(server, "bob", SECRET);
  const sending = ana.request("SEND", { to: "bob", text: "one" });
  await bob.raw.expect("EVNT");
  bob.raw.close();
  assert((await within(sending, "DONE")).kept !== undefined);
  assertEquals(await comeBack(server), ["one"]);
});

Deno.test("SEND to a guest that quits before its receipt: fails with not-found and undelivered", async () => {
  await using server = await startServer({ limits: { receiptMs: 1e6 } });
  using ana = await enter(server, "ana");
  using bob = await enter(server, "bob", SECRET);
  const id = await ana.ask("SEND", { to: "bob", text: "one" });
  await bob.raw.expect("EVNT");
  await bob.send("QUIT");
  const { json } = (await ana.read())!;
  assertEquals([json.id, json.code, json.reason], [id, "not-found", "undelivered"]);
  assertEquals(await comeBack(server), []);
});

Deno.test("SEND: what is kept for a guest goes to no other client that takes its nick", async () => {
  await using server = await startServer(QUICK);
  using ana = await enter(server, "ana");
  using asleep = await enter(server, "bob", SECRET);
  await ana.request("SEND", { to: "bob", text: "for bob" });
  asleep.raw.close();
  await server.waitFor("disconnected");
  for (const resume of [OTHER_SECRET, undefined]) {
    using eve = await enter(server, "bob", resume);
    assertEquals(await texts(eve), []);
  }
  // Nor to a client with its secret that takes no part in the chat
  assertEquals(await comeBack(server, { resume: SECRET, present: false }), []);
  assertEquals(await comeBack(server), ["for bob"]);
});

Deno.test("SEND: what is kept for a client outlives the server", async () => {
  using data = new TempDir();
  const options = { ...QUICK, dataDirectory: data.path };
  {
    await using server = await startServer(options);
    using ana = await enter(server, "ana");
    using _asleep = await enter(server, "bob", SECRET);
    await ana.request("SEND", { to: "bob", text: "one" });
  }
  await using server = await startServer(options);
  assertEquals(await comeBack(server), ["one"]);
  assertEquals(await comeBack(server), []);
});

Deno.test(`SEND: ${LIMITS.keptMessagesPerClient} messages are kept for a client, one more is refused`, async () => {
  await using server = await startServer({ chatPerSecond: 0, limits: { receiptMs: 1 } });
  using ana = await enter(server, "ana");
  using _asleep = await enter(server, "bob", SECRET);
  for (let i = 1; i <= LIMITS.keptMessagesPerClient; i++) {
    assert((await ana.request("SEND", { to: "bob", text: String(i) })).kept !== undefined);
  }
  await ana.ask("SEND", { to: "bob", text: "one more" });
  const { json } = (await ana.read())!;
  assertEquals([json.code, json.reason], ["busy", "mailbox-full"]);
  const got = await comeBack(server);
  assertEquals([got.length, got.at(-1)], [LIMITS.keptMessagesPerClient, "64"]);
});

/** The notices that a client has got. */
async function notices(peer: Protocol2Peer): Promise<unknown[]> {
  await peer.request("ROOM");
  return peer.events.filter(({ event }) => event === "notice").map(({ text }) => text);
}

for (const protocol of [1, 2] as const) {
  Deno.test(`SEND to a client of protocol ${protocol} that does not come back: its sender is told of a loss`, async () => {
    await using server = await startServer();
    using ana = await enter(server, "ana");
    const nick = "guest-2";
    await using proxy = await Proxy.start(server.port);
    using old = protocol === 1
      ? await RawPeer.connect(proxy.port)
      : (await Protocol2Peer.connect(proxy.port)).raw;
    await server.waitFor("connected", ({ client }) => client === 2);
    assertEquals((await ana.request("SEND", { to: nick, text: "one" })).kept, undefined);
    // A later frame shows that the connection lives
    if (protocol === 1) await old.sendFrame("CHAT", "here");
    else await old.sendFrame("ROOM", '{"id":1}');
    if (protocol === 1) await server.waitFor("chat");
    else while ((await old.readFrame())?.type !== "DONE");
    await ana.request("SEND", { to: nick, text: "two" });
    proxy.cutAll("reset");
    await server.waitFor("disconnected");
    assertEquals(await notices(ana), [
      `your private message to ${nick} may not have arrived: two`,
    ]);
  });
}

for (const [direction, type] of [["up", "PONG"], ["down", "EVNT"], ["down", "PING"]] as const) {
  Deno.test(`ReconnectingChat: tells a private message once, cut before ${type}`, async () => {
    await using fixture = await ChatFixture.start();
    const chat = await fixture.connect();
    const client = await connect({ hostname: "127.0.0.1", port: fixture.server.port });
    fixture.cutter.cutOnce({ type, direction }, { place: "before", how: "reset" });
    const sent = await client.chat.say("psst", { to: chat.client.chat.nick! });
    assert(sent.kept !== undefined);
    await fixture.entered("lobby", 2);
    await client.chat.say("again", { to: chat.client.chat.nick! });
    const told = () =>
      fixture.updates.flatMap((update) =>
        update.kind === "event" && "to" in update.event ? [update.event.text] : []
      );
    await fixture.waitUntil(() => told().includes("again"), "the second message");
    assertEquals(told(), ["psst", "again"]);
    await client.quit();
  });
}

/** A server with the account bob, whose texts are those that were kept at its next login. */
async function withAccount(data: TempDir): Promise<TestServer> {
  using accounts = new TestAccounts(data.join("tcp-chat.db"));
  await accounts.store.add("bob", "correct horse", "member");
  return await startServer({ ...QUICK, dataDirectory: data.path });
}

/** The texts of the private messages that bob gets after logging in. */
async function logInAsBob(server: TestServer, resume?: string): Promise<string[]> {
  const got: string[] = [];
  await using client = await connect({
    hostname: "127.0.0.1",
    port: server.port,
    login: { user: "bob", password: "correct horse" },
    ...(resume !== undefined && { resume }),
    onEvent: (event) => "to" in event && got.push(event.text),
  });
  await client.chat.rooms();
  return got;
}

/** Bob is logged in and asleep, and ana sends a message. */
async function sendToSleepingAccount(server: TestServer): Promise<void> {
  await using proxy = await Proxy.start(server.port);
  const client = await connect({
    hostname: "127.0.0.1",
    port: proxy.port,
    login: { user: "bob", password: "correct horse" },
    resume: SECRET,
  });
  using ana = await Protocol2Peer.connect(server.port);
  const sending = ana.request("SEND", { to: "bob", text: "for bob" });
  proxy.cutAll("reset");
  const { kept } = await sending.catch(() => ({ kept: "never" }));
  await client.closed;
  if (kept === undefined) throw new Error("The message was confirmed");
}

Deno.test("SEND: what is kept for an account goes to its next login that comes back, to nobody else", async () => {
  using data = new TempDir();
  await using server = await withAccount(data);
  await sendToSleepingAccount(server);
  // The same secret without the login; a login that does not take what is kept
  assertEquals(await comeBack(server), []);
  assertEquals(await logInAsBob(server), []);
  assertEquals(await logInAsBob(server, OTHER_SECRET), ["for bob"]);
  assertEquals(await logInAsBob(server, OTHER_SECRET), []);
});

/** Bob logs in, and his connection is lost or he quits; resolves once the server knows it. */
async function loseBob(server: TestServer, { quits = false, nick = "bob" } = {}): Promise<void> {
  const gone = server.eventsOf("disconnected").length + 1;
  await using proxy = await Proxy.start(server.port);
  const client = await connect({
    hostname: "127.0.0.1",
    port: proxy.port,
    login: { user: "bob", password: "correct horse" },
    resume: SECRET,
  });
  await client.chat.setNick(nick);
  if (quits) await client.quit();
  else proxy.cutAll("reset");
  await client.closed;
  await until(() => server.eventsOf("disconnected").length >= gone, "the loss of bob");
}

Deno.test("SEND to an account whose connection is lost: the message is kept, until the account is back", async () => {
  using data = new TempDir();
  await using server = await withAccount(data);
  using ana = await enter(server, "ana");
  await loseBob(server, { nick: "robert" });
  const { time, kept } = await ana.request("SEND", { to: "Robert", text: "for bob" });
  assertEquals(Number(kept) - Number(time) >= LIMITS.keptMessageMs, true);
  assertEquals(ana.events.some(({ text, to }) => text === "for bob" && to === "robert"), true);
  assertEquals(await comeBack(server), []); // The secret is not the login
  assertEquals(await logInAsBob(server, OTHER_SECRET), ["for bob"]);
  assertEquals(await ana.refusal("SEND", { to: "robert", text: "where?" }), "not-found");
});

Deno.test("SEND to an account that has quit: fails with not-found", async () => {
  using data = new TempDir();
  await using server = await withAccount(data);
  using ana = await enter(server, "ana");
  await loseBob(server, { quits: true });
  assertEquals(await ana.refusal("SEND", { to: "bob", text: "too late" }), "not-found");
});

Deno.test("SEND: what is kept for an account does not go to a later account of the same name", async () => {
  using data = new TempDir();
  await using server = await withAccount(data);
  await sendToSleepingAccount(server);
  using accounts = new TestAccounts(data.join("tcp-chat.db"));
  accounts.store.remove("bob");
  await accounts.store.add("bob", "correct horse", "member");
  assertEquals(await logInAsBob(server, OTHER_SECRET), []);
});
