import { assertEquals, assertRejects } from "@std/assert";
import { foldNick } from "../../lib/protocol/chat_names.ts";
import { OPEN_NICKS } from "../../lib/chat/nick_rules.ts";
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

Deno.test("Hub.enter: derives the nick from the number of the connection, and avoids nicks in use", () => {
  using hub = new TestHub({
    nickRules: { ...OPEN_NICKS, isBanned: (nick) => nick === "guest-2" },
  });
  const [ana, bia] = [new Guest(hub), new Guest(hub)];
  const other = hub.enter({ outlet: ana.writer, protocol: 2, number: 1 });
  assertEquals([ana.member, bia.member, other].map(({ nick }) => nick), [
    "guest-1",
    "guest-2-2",
    "guest-1-2",
  ]);
});

Deno.test("Hub.rename: gives a default nick to the member alone that entered with it", async () => {
  using hub = new TestHub();
  const [ana, bia] = [new Guest(hub), new Guest(hub)];
  await hub.rename(ana.member, "ana");
  for (const nick of ["guest-1", "Guest-1", "guest1", "guest-7", "5", "10.0.0.1"]) {
    assertEquals(await failure(() => hub.rename(bia.member, nick)), ["denied", "nick-reserved"]);
  }
  assertEquals(await hub.rename(ana.member, "guest-1"), "guest-1");
});

Deno.test("Hub.rename: refuses a nick that looks like that of a member, until the member leaves", async () => {
  using hub = new TestHub();
  const [ana, bia] = [new Guest(hub), new Guest(hub)];
  await hub.rename(ana.member, "Paul");
  for (const nick of ["p\u0430ul", "PauI", "Pau1"]) {
    assertEquals(await failure(() => hub.rename(bia.member, nick)), ["exists", "nick-taken"]);
  }
  assertEquals(await hub.rename(ana.member, "PauI"), "PauI"); // Its own
  hub.leave(ana.member);
  await hub.rename(bia.member, "Pau1");
});

Deno.test("Hub.rename: answers a guest the same whether an account has the name or not", async () => {
  const asked: string[] = [];
  using hub = new TestHub({
    nickRules: {
      hasAccounts: () => true,
      isAccountOfOther: (nick) => asked.push(nick) > 0 && foldNick(nick) === "alice",
      isBanned: () => false,
    },
  });
  const [guest] = [new Guest(hub)];
  for (const nick of ["alice", "zoe", "\u0430lice", "admin"]) {
    assertEquals(await hub.rename(guest.member, nick), `guest-${nick}`);
    assertEquals(await hub.rename(guest.member, `guest-${nick}`), `guest-${nick}`);
  }
  assertEquals(asked.every((nick) => nick.startsWith("guest-")), true);
  for (const nick of ["server", "5"]) {
    assertEquals(await failure(() => hub.rename(guest.member, nick)), ["denied", "nick-reserved"]);
  }
  await hub.rename(guest.member, "x".repeat(26));
  assertEquals(await failure(() => hub.rename(guest.member, "x".repeat(27))), [
    "bad-request",
    "nick-malformed",
  ]);
});

Deno.test("Hub.rename: refuses a banned nick, to the account of that name, too", async () => {
  using hub = new TestHub({
    nickRules: { ...OPEN_NICKS, isBanned: (nick) => foldNick(nick) === "bia" },
  });
  const [guest, bia] = [new Guest(hub), new Guest(hub, { user: "Bia" })];
  for (const { member } of [guest, bia]) {
    assertEquals(await failure(() => hub.rename(member, "BIA")), ["denied", "nick-reserved"]);
  }
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
  using hub = new TestHub();
  const [guest] = [new Guest(hub)];
  assertEquals(await failure(() => hub.rename(guest.member, "a b")), [
    "bad-request",
    "nick-malformed",
  ]);
  for (const nick of ["server", "SERVER", "s\u0435rver", "admin", "ADMIN", "\u0430dmin"]) {
    assertEquals(await failure(() => hub.rename(guest.member, nick)), ["denied", "nick-reserved"]);
  }
  assertEquals(guest.member.nick, "guest-1");
  assertEquals(await nickLines(hub, [guest]), [[]]);
});

Deno.test("Hub.rename: allows the name of an account only to members logged in to it", async () => {
  using hub = new TestHub({
    nickRules: {
      ...OPEN_NICKS,
      isAccountOfOther: (nick, user) =>
        ["bia", "ana"].includes(foldNick(nick)) && foldNick(nick) !== foldNick(user ?? ""),
    },
  });
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
  await hub.rename(bia.member, "bia");
  const last = hub.send(bia.member, "lobby", "last");
  await Promise.all([before, after, last]);
  const expected = [
    "lobby 1 guest-1: before",
    "guest-1 = ana",
    "lobby 2 ana: after",
    "guest-2 = bia",
    "lobby 3 bia: last",
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
