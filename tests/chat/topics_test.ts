import { assert, assertEquals, assertRejects } from "@std/assert";
import { RequestError } from "../../lib/protocol/errors.ts";
import { Guest, TestHub } from "../helpers/chat.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** The code and the reason of the error of a request. */
async function failure(work: () => unknown): Promise<[string, string | null]> {
  const error = await assertRejects(async () => await work(), RequestError);
  return [error.code, error.reason];
}

Deno.test("Topics.set: tells all members of the room, each in its protocol, and nobody else", async () => {
  using hub = new TestHub();
  const [ana, bia, line] = [new Guest(hub), new Guest(hub), new Guest(hub, { protocol: 1 })];
  const elsewhere = new Guest(hub);
  hub.part(elsewhere.member, "lobby");
  for (const guest of [ana, bia, line, elsewhere]) await guest.received();
  const topic = await hub.topics.set(ana.member, "lobby", "what we do");
  assert(topic !== null && Math.abs(Date.now() - topic.time) < 60_000);
  assertEquals([topic.text, topic.from], ["what we do", "guest-1"]);
  const event = { event: "topic", room: "lobby", ...topic } as const;
  for (const guest of [ana, bia]) assertEquals((await guest.received()).at(-1), event);
  assertEquals(await line.received(), ["[SERVER]: guest-1 set the topic: what we do"]);
  assertEquals(await elsewhere.received(), []);
  assertEquals(hub.topics.get(bia.member, "lobby"), topic);
  assertEquals((await hub.join(bia.member, "lobby")).topic, topic);
});

Deno.test("Topics.set: removes a topic that is empty or invisible", async () => {
  using hub = new TestHub();
  const [ana, line] = [new Guest(hub), new Guest(hub, { protocol: 1 })];
  for (const empty of ["", " \u200b "]) {
    await hub.topics.set(ana.member, "lobby", "x");
    await line.received();
    assertEquals(await hub.topics.set(ana.member, "lobby", empty), null);
    assertEquals(await line.received(), ["[SERVER]: guest-1 removed the topic"]);
    assertEquals(hub.topics.get(ana.member, "lobby"), null);
  }
  await ana.received();
});

Deno.test("Topics: refuse members that are not in the room, and clients that take no part in the chat", async () => {
  using hub = new TestHub();
  const [ana, bia] = [new Guest(hub), new Guest(hub, { protocol: 1 })];
  await hub.join(ana.member, "ops");
  hub.upgrade(bia.member, { present: false, names: true, resume: null, login: false });
  for (const room of ["ops", "lobby", "nowhere"]) {
    const expected = ["denied", "room-not-in"] as [string, string];
    assertEquals(await failure(() => hub.topics.set(bia.member, room, "x")), expected);
    assertEquals(await failure(() => hub.topics.get(bia.member, room)), expected);
  }
  hub.leave(ana.member);
  assertEquals(await failure(() => hub.topics.set(ana.member, "ops", "x")), ["denied", null]);
});

Deno.test("Topics.set: refuses a text that breaks the rules, and keeps the topic", async () => {
  using hub = new TestHub();
  const ana = new Guest(hub);
  await hub.topics.set(ana.member, "lobby", "x".repeat(512));
  const set = (text: string) => failure(() => hub.topics.set(ana.member, "lobby", text));
  assertEquals(await set("x".repeat(513)), ["bad-request", "status-long"]);
  assertEquals(await set("a\nb"), ["bad-request", "message-characters"]);
  assertEquals(hub.topics.get(ana.member, "lobby")?.text.length, 512);
  await ana.received();
});

Deno.test("Topics: outlive the members of the room, and the server", async () => {
  using temp = new TempDir();
  const path = temp.join("state.db");
  {
    using hub = new TestHub({}, path);
    const ana = new Guest(hub);
    await hub.join(ana.member, "ops");
    await hub.send(ana.member, "ops", "one");
    await hub.topics.set(ana.member, "ops", "on call");
    await hub.send(ana.member, "ops", "two");
    hub.leave(ana.member);
  }
  using hub = new TestHub({}, path);
  const bia = new Guest(hub);
  const joined = await hub.join(bia.member, "ops");
  assertEquals([joined.seq, joined.topic?.text, joined.topic?.from], [2, "on call", "guest-1"]);
  await hub.topics.set(bia.member, "ops", "");
  hub.part(bia.member, "ops");
  assertEquals((await hub.join(bia.member, "ops")).topic, undefined);
  await bia.received();
});

Deno.test("Topics.set: fails if it cannot be stored, and tells no member", async () => {
  using hub = new TestHub({
    checkStorage: () => {
      throw new Error("gone");
    },
  });
  const ana = new Guest(hub);
  assertEquals(await failure(() => hub.topics.set(ana.member, "lobby", "x")), ["internal", null]);
  assertEquals(hub.topics.get(ana.member, "lobby"), null);
  assertEquals(await ana.received(), []);
});

Deno.test("Topics.setAsServer: sets the topic of a room with members or messages", async () => {
  using hub = new TestHub();
  const ana = new Guest(hub);
  await hub.join(ana.member, "ops");
  await hub.join(ana.member, "silent");
  await hub.send(ana.member, "ops", "x");
  await ana.received();
  await hub.topics.setAsServer("ops", "closed");
  assertEquals(await ana.lines(), ["ops topic SERVER: closed"]);
  for (const room of ["ops", "silent"]) hub.part(ana.member, room);
  await hub.topics.setAsServer("ops", "open");
  assertEquals((await hub.join(ana.member, "ops")).topic?.text, "open");
  for (const room of ["silent", "nowhere", "No Room"]) {
    assertEquals(await failure(() => hub.topics.setAsServer(room, "x")), [
      "not-found",
      "room-unknown",
    ]);
  }
});

Deno.test("Hub.join: keeps the list of members within an answer beside the longest topic", async () => {
  using hub = new TestHub();
  const guests = Array.from({ length: 1_000 }, () => new Guest(hub, { protocol: 1 }));
  for (const [i, { member }] of guests.entries()) {
    await hub.rename(member, `${i}-${"語".repeat(24)}`);
  }
  const { member } = guests[0]!;
  await hub.topics.set(member, "lobby", '"'.repeat(512));
  const joined = await hub.join(member, "lobby");
  const bytes = new TextEncoder().encode(JSON.stringify({ id: 2 ** 31 - 1, ...joined })).length;
  assert(bytes > 63_000 && bytes <= 65_536 - 500, `${bytes}`);
});

Deno.test("Hub.setAway: is told with the list of members, and to senders of private messages", async () => {
  using hub = new TestHub();
  const [ana, bia] = [new Guest(hub), new Guest(hub)];
  const say = async () => (await hub.sendPrivately(bia.member, "guest-1", "hi")).away;
  assertEquals(await say(), undefined);
  hub.setAway(ana.member, "at lunch");
  assertEquals(await say(), "at lunch");
  const away = async () => (await hub.members(bia.member)).map(({ away }) => away);
  assertEquals(await away(), ["at lunch", undefined]);
  hub.setAway(ana.member, null);
  assertEquals(await say(), undefined);
  assertEquals(await away(), [undefined, undefined]);
  hub.leave(ana.member);
  assertEquals(await failure(() => hub.setAway(ana.member, "x")), ["denied", null]);
});
