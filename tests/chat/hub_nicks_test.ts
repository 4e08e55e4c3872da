import { assertEquals, assertRejects } from "@std/assert";
import { RequestError } from "../../lib/protocol/errors.ts";
import { brief, Guest, TestHub } from "../helpers/chat.ts";

/** The code and the reason with which a request fails. */
async function failure(work: () => unknown): Promise<[string, string | null]> {
  const error = await assertRejects(async () => await work(), RequestError);
  return [error.code, error.reason];
}

/** What each heard of nicks, and what is left in the logs. */
async function nickLines(hub: TestHub, guests: readonly Guest[]): Promise<string[][]> {
  for (const { room } of hub.rooms()) await hub.sayAsServer(room, "that was all");
  const heard = await Promise.all(guests.map((guest) => guest.received()));
  return heard.map((all) =>
    all.filter((one) => typeof one === "object" && one.event === "nick").map(brief)
  );
}

Deno.test("guests are numbered by their connection, past nicks that are taken", async () => {
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

Deno.test("a nick is taken in NFC, and free again when its owner changes it or goes", async () => {
  using hub = new TestHub();
  const [ana, bia] = [new Guest(hub), new Guest(hub)];
  assertEquals(await hub.rename(ana.member, "Joa\u0303o"), "João");
  assertEquals(ana.member.nick, "João");
  for (const nick of ["João", "JOÃO", "joão"]) {
    assertEquals(await failure(() => hub.rename(bia.member, nick)), ["exists", "nick-taken"]);
  }
  assertEquals(await hub.rename(ana.member, "JOÃO"), "JOÃO"); // Its own in another case
  await hub.rename(ana.member, "ana");
  await hub.rename(bia.member, "João");
  hub.leave(bia.member);
  await hub.rename(ana.member, "joão");
});

Deno.test("a malformed or reserved nick is refused, and changes nothing", async () => {
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

Deno.test("an account's name is for who has logged in, alone", async () => {
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

Deno.test("a new nick is told to everybody who shares a room, and to its owner, each once", async () => {
  using hub = new TestHub();
  const guests = Array.from({ length: 6 }, () => new Guest(hub));
  const [ana, both, one, other, stranger, nobody] = guests;
  for (const guest of guests.slice(1)) hub.part(guest.member, "lobby");
  for (const room of ["a", "b", "c"]) await hub.join(ana!.member, room);
  for (const room of ["a", "b", "lobby"]) await hub.join(both!.member, room);
  await hub.join(one!.member, "a");
  await hub.join(other!.member, "c");
  await hub.join(stranger!.member, "d");
  await nickLines(hub, guests);
  await hub.rename(ana!.member, "ana");
  await hub.rename(ana!.member, "ana"); // No other nick than before
  await hub.rename(nobody!.member, "lonely");
  const told = ["guest-1 = ana"];
  assertEquals(await nickLines(hub, guests), [told, told, told, told, [], ["guest-6 = lonely"]]);
});

Deno.test("a new nick comes between what was said under the old one and under the new", async () => {
  using hub = new TestHub();
  const [ana, bia] = [new Guest(hub), new Guest(hub)];
  const before = hub.send(ana.member, "lobby", "before");
  await hub.rename(ana.member, "ana");
  const after = hub.send(ana.member, "lobby", "after");
  await hub.rename(bia.member, "guest-1"); // It is free now
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

Deno.test("a new nick is told after a while, if nothing is said", async () => {
  using hub = new TestHub();
  const [ana, bia] = [new Guest(hub), new Guest(hub)];
  await hub.rename(bia.member, "bia");
  assertEquals(await ana.linesUntil("guest-2 = bia"), ["lobby joined guest-2", "guest-2 = bia"]);
  assertEquals(await bia.lines(), ["guest-2 = bia"]);
});

Deno.test("a new nick comes after what happened under the old one in other rooms", async () => {
  using hub = new TestHub();
  const [ana, bia] = [new Guest(hub), new Guest(hub)];
  for (const { member } of [ana, bia]) await hub.join(member, "room");
  assertEquals((await hub.members(ana.member, "room")).length, 2);
  hub.part(bia.member, "room");
  await hub.rename(bia.member, "bia");
  hub.part(bia.member, "lobby");
  hub.notice("that was all");
  const lines = await ana.lines();
  const [left, renamed, gone] = ["room left guest-2", "guest-2 = bia", "lobby left bia"];
  assertEquals(lines.filter((line) => [left, renamed, gone].includes(line)), [left, renamed, gone]);
});
