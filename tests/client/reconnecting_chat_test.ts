import { assertEquals, assertRejects } from "@std/assert";
import { connect } from "../../lib/client/connect.ts";
import { ReconnectingChat } from "../../lib/client/reconnecting_chat.ts";
import type { ReconnectingChatOptions } from "../../lib/client/reconnecting_chat_options.ts";
import { ConnectionError, RequestError } from "../../lib/protocol/errors.ts";
import { ChatFixture } from "../helpers/chat_fixture.ts";
import { within } from "../helpers/deadline.ts";
import { startServer } from "../helpers/servers.ts";
import { through } from "../helpers/through.ts";

/** Bob says that many things in the lobby. Resolves to the number of the last one. */
async function bobSays(fixture: ChatFixture, count: number): Promise<number> {
  let seq = 0;
  for (let i = 0; i < count; i++) seq = await fixture.bobSays("lobby", "hi");
  return seq;
}

Deno.test("ReconnectingChat: tells what was said while it was away, once and in order", async () => {
  await using fixture = await ChatFixture.start();
  await bobSays(fixture, 1);
  await fixture.connect();
  await fixture.waitForMessage("lobby", await bobSays(fixture, 1));
  fixture.cutOff();
  await bobSays(fixture, 120); // More than one answer holds
  fixture.letBack();
  await fixture.entered("lobby", 2);
  await fixture.waitForMessage("lobby", await bobSays(fixture, 1));
  assertEquals(fixture.told("lobby"), through(1, 123));
});

Deno.test("ReconnectingChat: tells how many messages the server did not keep", async () => {
  await using fixture = await ChatFixture.start({ keep: 3 });
  await bobSays(fixture, 1);
  await fixture.connect();
  for (const times of [2, 3]) {
    fixture.cutOff();
    await bobSays(fixture, 10);
    fixture.letBack();
    await fixture.entered("lobby", times);
    await fixture.waitForMessage("lobby", await bobSays(fixture, 1));
  }
  assertEquals(fixture.told("lobby"), [
    1,
    { missed: 7 },
    9,
    10,
    11,
    12,
    { missed: 7 },
    20,
    21,
    22,
    23,
  ]);
});

for (const count of [2, 3, 9]) {
  Deno.test(`ReconnectingChat: tells all ${count} messages of a server that counts anew`, async () => {
    await using fixture = await ChatFixture.start();
    await fixture.connect();
    await fixture.waitForMessage("lobby", await bobSays(fixture, 3));
    await fixture.restart({ hasHistory: false });
    await bobSays(fixture, count);
    fixture.letBack();
    await fixture.entered("lobby", 2);
    await fixture.waitForMessage("lobby", await bobSays(fixture, 1));
    assertEquals(fixture.told("lobby"), [1, 2, 3, ...through(1, count + 1)]);
  });
}

Deno.test("ReconnectingChat: tells the past of a room that takes more than one answer", async () => {
  await using fixture = await ChatFixture.start({ history: 150 });
  for (let i = 0; i < 160; i++) await fixture.bobSays("lobby", "x".repeat(1_000));
  await fixture.connect();
  assertEquals(fixture.told("lobby"), through(11, 160));
});

/** Loses the connection, and does something while the rooms are being restored. */
async function whileRestoring<T>(fixture: ChatFixture, work: () => Promise<T>): Promise<T> {
  const { promise, resolve } = Promise.withResolvers<T>();
  fixture.onUpdate = ({ kind }) => {
    if (kind === "online") resolve(work());
  };
  fixture.cutOff();
  fixture.letBack();
  return await within(promise, "what is done while the rooms are being restored");
}

Deno.test("ReconnectingChat: say waits until the client is in its rooms again", async () => {
  await using fixture = await ChatFixture.start({ rooms: ["a", "b"] });
  const chat = await fixture.connect();
  const sent = await whileRestoring(fixture, () => chat.say("here again", { room: "b" }));
  assertEquals([sent.seq, fixture.said("b")], [1, ["here again"]]);
});

Deno.test("ReconnectingChat: part and join last also where they come while rooms are restored", async () => {
  await using fixture = await ChatFixture.start({ rooms: ["a"] });
  const chat = await fixture.connect();
  await whileRestoring(fixture, () => Promise.all([chat.part("a"), chat.join("b")]));
  assertEquals(chat.rooms, ["lobby", "b"]);
  const members = (await chat.client.chat.rooms()).map(({ room }) => room);
  assertEquals(members.sort(), ["b", "lobby"]);
});

Deno.test("ReconnectingChat: stays out of the lobby if it has left it", async () => {
  await using fixture = await ChatFixture.start({ rooms: ["a"] });
  const chat = await fixture.connect();
  await chat.part("lobby");
  fixture.cutOff();
  fixture.letBack();
  await fixture.entered("a", 2);
  await fixture.bobSays("lobby", "unheard");
  await fixture.waitForMessage("a", await fixture.bobSays("a", "heard"));
  assertEquals([fixture.told("lobby"), chat.rooms], [[], ["a"]]);
  const lobby = (await chat.client.chat.rooms()).find(({ room }) => room === "lobby");
  assertEquals(lobby?.members, 1); // Bob
});

Deno.test("ReconnectingChat: leaves and joins a room one after the other, as called", async () => {
  await using fixture = await ChatFixture.start({ rooms: ["a"] });
  const chat = await fixture.connect();
  await Promise.all([chat.part("a"), chat.join("a")]);
  assertEquals(chat.rooms, ["lobby", "a"]);
  await fixture.waitForMessage("a", await fixture.bobSays("a", "heard"));
  await Promise.all([chat.part("a"), chat.join("a"), chat.part("a")]);
  assertEquals(chat.rooms, ["lobby"]);
});

Deno.test("ReconnectingChat: a room that cannot be joined is none of its rooms", async () => {
  await using fixture = await ChatFixture.start();
  const chat = await fixture.connect();
  await assertRejects(() => chat.join("not a room"), RequestError);
  assertEquals(chat.rooms, ["lobby"]);
});

Deno.test("ReconnectingChat: refuses what cannot be done without a connection", async () => {
  await using fixture = await ChatFixture.start();
  const chat = await fixture.connect();
  fixture.cutOff();
  await fixture.waitUntil(() => fixture.updates.at(-1)?.kind === "offline", "the loss");
  for (
    const work of [
      () => chat.join("a"),
      () => chat.part("lobby"),
      () => chat.setNick("ana"),
    ]
  ) await assertRejects(work, ConnectionError, "There is no connection now");
  fixture.letBack();
  await fixture.entered("lobby", 2);
  assertEquals((await chat.say("hi", { room: "lobby" })).seq, 1);
});

/** The options of a chat with that server. */
function chatWith(port: number, signal: AbortSignal): ReconnectingChatOptions {
  const common = { hostname: "127.0.0.1", protocol: 2, onUpdate: () => {} } as const;
  return { ...common, port, signal, retry: () => null };
}

/** The listeners of a signal that are not removed, as they are added and removed. */
function countListeners(signal: AbortSignal): () => number {
  const listeners = new Set<unknown>();
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    listeners.add(args[1]);
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    listeners.delete(args[1]);
    removeEventListener.apply(signal, args);
  };
  return () => listeners.size;
}

for (const end of ["quit", "close", "loss"] as const) {
  Deno.test(`ReconnectingChat: leaves no listener on its signal after a ${end}`, async () => {
    await using server = await startServer();
    const { signal } = new AbortController();
    const listeners = countListeners(signal);
    const chat = await ReconnectingChat.start(chatWith(server.port, signal), connect);
    assertEquals(listeners(), 1);
    if (end === "quit") await chat.quit();
    else if (end === "close") chat.close();
    else await server.server.stop();
    await chat.ended.catch(() => {});
    assertEquals(listeners(), 0);
  });
}

Deno.test("ReconnectingChat.start: leaves no listener on its signal when it fails", async () => {
  const server = await startServer();
  const { port } = server;
  await server[Symbol.asyncDispose]();
  const { signal } = new AbortController();
  const listeners = countListeners(signal);
  await assertRejects(
    () => ReconnectingChat.start(chatWith(port, signal), connect),
    ConnectionError,
  );
  assertEquals(listeners(), 0);
});

Deno.test("ReconnectingChat: closes when its signal fires", async () => {
  await using server = await startServer();
  const controller = new AbortController();
  const chat = await ReconnectingChat.start(chatWith(server.port, controller.signal), connect);
  controller.abort();
  await within(chat.ended, "the end of the chat");
  assertEquals(chat.client.isClosed, true);
});

Deno.test("ReconnectingChat.setAway: lasts across connections, until the client is back", async () => {
  await using fixture = await ChatFixture.start();
  const chat = await fixture.connect();
  const away = async () => (await chat.client.chat.members()).map(({ away }) => away);
  await chat.setAway("at lunch");
  for (const [text, times] of [["at lunch", 2], [null, 3]] as const) {
    fixture.cutOff();
    fixture.letBack();
    await fixture.entered("lobby", times);
    await within(chat.run(() => away(), () => 0), "the members");
    assertEquals((await away()).includes(text), true);
    assertEquals((await away()).filter((text) => text !== null).length, text === null ? 0 : 1);
    await chat.setAway(null);
  }
});

Deno.test("ReconnectingChat: reports the topic of each room that it enters, also as it is after a loss", async () => {
  await using fixture = await ChatFixture.start({ rooms: ["ops"] });
  const chat = await fixture.connect();
  const topics = (room: string) =>
    fixture.updates.flatMap((update) =>
      update.kind === "entered" && update.room === room ? [update.topic?.text ?? null] : []
    );
  await chat.client.chat.setTopic("ops", "on call");
  fixture.cutOff();
  fixture.letBack();
  await fixture.entered("ops", 2);
  assertEquals([topics("lobby"), topics("ops")], [[null, null], [null, "on call"]]);
});
