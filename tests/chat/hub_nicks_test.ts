import { assertEquals, assertRejects } from "@std/assert";
import { RequestError } from "../../lib/protocol/errors.ts";
import { brief, Guest, TestHub } from "../helpers/chat.ts";

/** The code and the reason of the error of a request. */
async function failure(work: () => unknown): Promise<[string, string | null]> {
  const error = await assertRejects(async () => await work(), RequestError);
  return [error.code, error.reason];
}

/** The events of nicks that each guest has received. */
async function nickLines(hub: TestHub, guests: readonly Guest[]): Promise<string[][]> {
  for (const { room } of hub.rooms()) await hub.sayAsServer(room, "flush");
  const received = await Promise.all(guests.map((guest) => guest.received()));
  return received.map((messages) =>
    messages.filter((message) => typeof message === "object" && message.event === "nick").map(brief)
  );
}

Deno.test("Hub.enter: derives the nick from the number of the connection, and avoids nicks in use", async () => {
  using hub = new TestHub({ isReservedNick: (folded) => folded === "guest-4" });
  const [ana] = [new Guest(hub)];
  await hub.rename(ana.member, "Guest-2");
  const bia = new Guest(hub);
  await hub.rename(ana.member, "guest-3");
  const caio = new Guest(hub);
  assertEquals([bia, caio, new Guest(hub)].map(({ member }) => member.nick), [
    "guest-2-2",
    "guest-3-2",
    "guest-4-2",
  ]);
  hub.leave(ana.member);
  await hub.rename(bia.member, "guest-3");
});

Deno.test("Hub.rename: takes a nick in NFC until the member changes it or leaves", async () => {
  using hub = new TestHub();
  const [ana, bia] = [new Guest(hub), new Guest(hub)];
  assertEquals(await hub.rename(ana.member, "Joa\u0303o"), "João");
  assertEquals(ana.member.nick, "João");
  for (const nick of ["João", "JOÃO", "joão"]) {
    assertEquals(await failure(() => hub.rename(bia.member, nick)), ["exists", "nick-taken"]);
  }
  assertEquals(await hub.rename(ana.member, "JOÃO"), "JOÃO"); // The same nick in another case
  await hub.rename(ana.member, "ana");
  await hub.rename(bia.member, "João");
  hub.leave(bia.member);
  await hub.rename(ana.member, "joão");
});

Deno.test("Hub.rename: refuses a malformed or reserved nick, and changes nothing", async () => {
  using hub = new TestHub({ isReservedNick: (folded) => folded === "bia" });
  const [guest] = [new Guest(hub)];
  assertEquals(await failure(() => hub.rename(guest.member, "a b")), [
    "bad-request",
    "nick-malformed",
  ]);
  for (const nick of ["server", "SERVER", "Server", "bia", "BIA"]) {
    assertEquals(await failure(() => hub.rename(guest.member, nick)), ["denied", "nick-reserved"]);
  }
  assertEquals(guest.member.nick, "guest-1");
  assertEquals(await nickLines(hub, [guest]), [[]]);
});

Deno.test("Hub.rename: allows the name of an account only to members logged in to it", async () => {
  using hub = new TestHub({ isReservedNick: (folded) => ["bia", "ana"].includes(folded) });
  const [guest, bia] = [new Guest(hub), new Guest(hub, { user: "Bia" })];
  assertEquals(await hub.rename(bia.member, "bia"), "bia");
  assertEquals(await failure(() => hub.rename(bia.member, "ana")), ["denied", "nick-reserved"]);
  hub.identify(guest.member, "ana");
  assertEquals(await hub.rename(guest.member, "ANA"), "ANA");
  assertEquals((await hub.members(bia.member)).map(({ nick, user }) => [nick, user]), [
    ["bia", "Bia"],
    ["ANA", "ana"],
  ]);
});

Deno.test("Hub.rename: sends one event to the member and to each member that shares a room", async () => {
  using hub = new TestHub();
  const guests = Array.from({ length: 6 }, () => new Guest(hub));
  const [ana, inTwo, inOne, inOther, stranger, roomless] = guests;
  for (const guest of guests.slice(1)) hub.part(guest.member, "lobby");
  for (const room of ["a", "b", "c"]) await hub.join(ana!.member, room);
  for (const room of ["a", "b", "lobby"]) await hub.join(inTwo!.member, room);
  await hub.join(inOne!.member, "a");
  await hub.join(inOther!.member, "c");
  await hub.join(stranger!.member, "d");
  await nickLines(hub, guests);
  await hub.rename(ana!.member, "ana");
  await hub.rename(ana!.member, "ana"); // The same nick
  await hub.rename(roomless!.member, "lonely");
  const event = ["guest-1 = ana"];
  assertEquals(await nickLines(hub, guests), [
    event,
    event,
    event,
    event,
    [],
    ["guest-6 = lonely"],
  ]);
});

Deno.test("Hub.rename: sends the event between the messages of the old and of the new nick", async () => {
  using hub = new TestHub();
  const [ana, bia] = [new Guest(hub), new Guest(hub)];
  const before = hub.send(ana.member, "lobby", "before");
  await hub.rename(ana.member, "ana");
  const after = hub.send(ana.member, "lobby", "after");
  await hub.rename(bia.member, "guest-1"); // Free again
  const last = hub.send(bia.member, "lobby", "last");
  await Promise.all([before, after, last]);
  const expected = [
    "lobby 1 guest-1: before",
    "guest-1 = ana",
    "lobby 2 ana: after",
    "guest-2 = guest-1",
    "lobby 3 guest-1: last",
  ];
  assertEquals(await ana.lines(), ["lobby joined guest-2", ...expected]);
  assertEquals(await bia.lines(), expected);
});

Deno.test("Hub.rename: sends the event after a while without a message", async () => {
  using hub = new TestHub();
  const [ana, bia] = [new Guest(hub), new Guest(hub)];
  await hub.rename(bia.member, "bia");
  assertEquals(await ana.linesUntil("guest-2 = bia"), ["lobby joined guest-2", "guest-2 = bia"]);
  assertEquals(await bia.lines(), ["guest-2 = bia"]);
});

Deno.test("Hub.rename: sends the event after events of the old nick in other rooms", async () => {
  using hub = new TestHub();
  const [ana, bia] = [new Guest(hub), new Guest(hub)];
  for (const { member } of [ana, bia]) await hub.join(member, "room");
  assertEquals((await hub.members(ana.member, "room")).length, 2);
  hub.part(bia.member, "room");
  await hub.rename(bia.member, "bia");
  hub.part(bia.member, "lobby");
  hub.notice("the last notice");
  const lines = await ana.lines();
  const expected = ["room left guest-2", "guest-2 = bia", "lobby left bia"];
  assertEquals(lines.filter((line) => expected.includes(line)), expected);
});
