import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Hub } from "../../lib/chat/hub.ts";
import type { Member } from "../../lib/chat/member.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { FrameWriter } from "../../lib/stream/frames/frame_writer.ts";
import { Guest, TestHub } from "../helpers/chat.ts";

/** The code and the reason of the error of a request. */
async function failure(work: () => unknown): Promise<[string, string | null]> {
  const error = await assertRejects(async () => await work(), RequestError);
  return [error.code, error.reason];
}

/** Adds a member whose writes complete at once. */
function enter(hub: Hub, number: number, network: string | null = null): Member {
  const sink = { write: (bytes: Uint8Array) => Promise.resolve(bytes.length) };
  const writer = new FrameWriter(sink, { onOverflow: () => {}, onError: () => {} });
  return hub.enter({ outlet: writer, protocol: 2, number, network });
}

Deno.test("Hub.enter: adds the member to the lobby", async () => {
  using hub = new TestHub();
  const [line, event] = [new Guest(hub, { protocol: 1 }), new Guest(hub, { user: "bia" })];
  for (const { member } of [line, event]) assert(hub.maySpeakIn(member, "lobby"));
  hub.part(line.member, "nowhere"); // A member that acts is announced
  const sinceMs = [line.member.sinceMs, event.member.sinceMs];
  const expected = [
    { nick: "guest-1", since: sinceMs[0]!, protocol: 1 as const },
    { nick: "guest-2", user: "bia", since: sinceMs[1]!, protocol: 2 as const },
  ];
  assertEquals(await hub.members(event.member, "lobby"), expected);
  assertEquals(await hub.members(event.member), expected);
  assertEquals(hub.rooms(), [{ room: "lobby", members: 2, seq: 0 }]);
});

Deno.test("Hub.join: creates the room, returns its members and last number, and can be repeated", async () => {
  using hub = new TestHub();
  const [ana, bia] = [new Guest(hub), new Guest(hub)];
  assertEquals(await hub.join(ana.member, "room"), { members: ["guest-1"], seq: 0 });
  await hub.send(ana.member, "room", "x");
  assertEquals(await hub.join(bia.member, "room"), { members: ["guest-1", "guest-2"], seq: 1 });
  assertEquals(await hub.join(bia.member, "room"), { members: ["guest-1", "guest-2"], seq: 1 });
  assertEquals(hub.rooms(), [
    { room: "lobby", members: 2, seq: 0 },
    { room: "room", members: 2, seq: 1 },
  ]);
  assertEquals((await hub.members(ana.member, "room")).map(({ nick }) => nick), [
    "guest-1",
    "guest-2",
  ]);
  for (const guest of [ana, bia]) await guest.received();
});

Deno.test("Hub.join: refuses a malformed name", async () => {
  using hub = new TestHub();
  const { member } = new Guest(hub);
  for (const name of ["", "Room", "a b", "a".repeat(65), "../etc"]) {
    assertEquals(await failure(() => hub.join(member, name)), ["bad-request", "room-malformed"]);
  }
  assertEquals(hub.rooms().length, 1);
});

Deno.test("Hub.part: leaves a room, even the lobby, and can be repeated; Hub.join returns to it", async () => {
  using hub = new TestHub();
  const [ana, bia] = [new Guest(hub), new Guest(hub)];
  hub.part(ana.member, "lobby");
  hub.part(ana.member, "lobby");
  hub.part(ana.member, "nowhere");
  await hub.send(bia.member, "lobby", "without you");
  assertEquals((await hub.members(bia.member, "lobby")).map(({ nick }) => nick), ["guest-2"]);
  assertEquals((await hub.members(bia.member)).map(({ nick }) => nick), ["guest-1", "guest-2"]);
  assertEquals(await hub.join(ana.member, "lobby"), { members: ["guest-2", "guest-1"], seq: 1 });
  await hub.send(bia.member, "lobby", "with you");
  assertEquals((await ana.lines()).filter((line) => line.includes(":")), [
    "lobby 2 guest-2: with you",
  ]);
  await bia.received();
});

Deno.test("Hub.part: sends earlier messages before later notices, and no later messages", async () => {
  using hub = new TestHub();
  const [ana, bia] = [new Guest(hub), new Guest(hub)];
  await hub.join(ana.member, "room");
  await hub.join(bia.member, "room");
  hub.noticeTo(ana.member, "being written");
  const sent = [hub.send(bia.member, "room", "1"), hub.send(ana.member, "room", "2")];
  hub.part(ana.member, "room");
  hub.noticeTo(ana.member, "parted");
  await Promise.all([...sent, hub.send(bia.member, "room", "3")]);
  assertEquals((await ana.lines()).filter((line) => !line.includes("joined")), [
    "notice being written",
    "room 1 guest-2: 1",
    "room 2 guest-1: 2",
    "notice parted",
  ]);
  const [first, second, third, fourth] = (await bia.lines()).filter((line) =>
    line.startsWith("room")
  );
  assertEquals([first, second, third, fourth], [
    "room 1 guest-2: 1",
    "room 2 guest-1: 2",
    "room left guest-1",
    "room 3 guest-2: 3",
  ]);
});

Deno.test("Hub: numbers messages that follow each other in a room without members", async () => {
  using hub = new TestHub();
  const script = new Guest(hub, { protocol: 1 });
  hub.upgrade(script.member, { present: false, names: true, resume: null, login: false });
  const first = hub.send(script.member, "room", "1");
  await Promise.resolve();
  const numbers = await Promise.all([
    first,
    first.then(() => hub.send(script.member, "room", "2")),
    first.finally(() => {}).then(() => hub.send(script.member, "room", "3")),
  ]);
  assertEquals(numbers.map(({ seq }) => seq), [1, 2, 3]);
});

Deno.test("Hub.rooms: omits a room without members, but keeps its history and numbers", async () => {
  using hub = new TestHub();
  const [ana, bia] = [new Guest(hub), new Guest(hub)];
  await hub.join(ana.member, "room");
  await hub.send(ana.member, "room", "x");
  hub.part(ana.member, "room");
  hub.part(ana.member, "lobby");
  hub.part(bia.member, "lobby");
  assertEquals(hub.rooms(), []);
  assertEquals(await hub.join(bia.member, "room"), { members: ["guest-2"], seq: 1 });
  assertEquals((await hub.history(bia.member, "room")).length, 1);
  hub.leave(bia.member);
  assertEquals(hub.rooms(), []);
  await ana.received();
});

Deno.test("Hub.join: allows 32 rooms for a member", async () => {
  using hub = new TestHub();
  const member = enter(hub, 1);
  for (let i = 2; i <= 32; i++) await hub.join(member, `room-${i}`);
  assertEquals(await failure(() => hub.join(member, "room-33")), ["denied", "rooms-joined"]);
  assertEquals((await hub.join(member, "room-32")).members, ["guest-1"]);
  hub.part(member, "lobby");
  await hub.join(member, "room-33");
  assertEquals(await failure(() => hub.join(member, "lobby")), ["denied", "rooms-joined"]);
  assertEquals(hub.rooms().length, 32);
});

Deno.test("Hub.join: allows 1000 rooms, and rooms lists as many as fit an answer", async () => {
  using hub = new TestHub();
  const members = Array.from({ length: 33 }, (_, i) => enter(hub, i + 1));
  for (let i = 0; i < 999; i++) await hub.join(members[Math.floor(i / 31)]!, `room-${i}`);
  const last = members.at(-1)!;
  assertEquals(await failure(() => hub.join(last, "one-more")), ["busy", "rooms-full"]);
  assertEquals((await hub.join(last, "room-0")).members.length, 2);
  hub.part(members[0]!, "room-1");
  await hub.join(last, "one-more");
  assertEquals(await failure(() => hub.join(last, "room-1")), ["busy", "rooms-full"]);
  await hub.send(last, "one-more", "x");
  // The smaller rooms that exceed an answer are omitted
  const listed = hub.rooms();
  assert(JSON.stringify(listed).length <= 65_536);
  assertEquals(listed.slice(0, 2).map(({ members }) => members), [33, 2]);
});

Deno.test("Hub.members, Hub.join: return as many members as fit an answer", async () => {
  using hub = new TestHub();
  const members = Array.from({ length: 2_000 }, (_, i) => enter(hub, i + 1));
  for (const [i, member] of members.entries()) await hub.rename(member, `${i}-${"語".repeat(20)}`);
  const [first] = members;
  const lists = [
    await hub.members(first!),
    await hub.members(first!, "lobby"),
    (await hub.join(first!, "lobby")).members,
  ];
  for (const list of lists) {
    const bytes = new TextEncoder().encode(JSON.stringify(list)).length;
    assert(bytes > 64_000 && bytes <= 65_536 - 1_024, `${bytes}`);
  }
  assertEquals(hub.rooms(), [{ room: "lobby", members: 2_000, seq: 0 }]);
});

Deno.test("Hub.join: allows the clients of a network to make 128 rooms, and frees the empty ones", async () => {
  using hub = new TestHub();
  const members = Array.from({ length: 5 }, (_, i) => enter(hub, i + 1, "192.0.2.1"));
  for (let i = 0; i < 128; i++) await hub.join(members[Math.floor(i / 31)]!, `room-${i}`);
  const last = members.at(-1)!;
  assertEquals(await failure(() => hub.join(last, "one-more")), ["busy", "rooms-full"]);
  await hub.join(last, "room-0"); // It exists
  const other = enter(hub, 6, "192.0.2.2");
  await hub.join(other, "one-more");
  hub.leave(other);
  hub.part(members[1]!, "room-31");
  await hub.join(last, "one-more");
  assertEquals(await failure(() => hub.join(last, "room-31")), ["busy", "rooms-full"]);
  for (const member of members) hub.leave(member);
  const late = enter(hub, 7, "192.0.2.1");
  for (let i = 0; i < 31; i++) await hub.join(late, `late-${i}`);
});
