import { assert, assertEquals, assertRejects } from "@std/assert";
import { RequestError } from "../../lib/protocol/errors.ts";
import { Guest, lobbyLists, TestHub } from "../helpers/chat.ts";

Deno.test("Hub: sends joined and left to the other members, once, after a while", async () => {
  using hub = new TestHub();
  const ana = new Guest(hub);
  const bia = new Guest(hub);
  await hub.join(ana.member, "room");
  await hub.join(bia.member, "room");
  assertEquals(await ana.linesUntil("room joined guest-2"), [
    "lobby joined guest-2",
    "room joined guest-2",
  ]);
  hub.part(bia.member, "room");
  assertEquals(await ana.linesUntil("room left guest-2"), ["room left guest-2"]);
  hub.leave(bia.member);
  assertEquals(await ana.linesUntil("lobby left guest-2"), ["lobby left guest-2"]);
  assertEquals(await bia.received(), []);
});

Deno.test("Hub: sends joined before a message of the member, and left after it, without a delay", async () => {
  using hub = new TestHub();
  const ana = new Guest(hub);
  const bia = new Guest(hub);
  const sent = hub.send(bia.member, "lobby", "just passing");
  hub.leave(bia.member);
  await Promise.all([sent, hub.send(ana.member, "lobby", "bye")]);
  assertEquals(await ana.lines(), [
    "lobby joined guest-2",
    "lobby 1 guest-2: just passing",
    "lobby left guest-2",
    "lobby 2 guest-1: bye",
  ]);
});

Deno.test("Hub: sends neither joined nor left for a member that leaves at once", async () => {
  using hub = new TestHub();
  const [ana, bia] = [new Guest(hub), new Guest(hub)];
  await hub.join(ana.member, "room");
  hub.notice("the first notice");
  await ana.received();
  hub.leave(new Guest(hub).member);
  await hub.join(bia.member, "room");
  hub.part(bia.member, "room");
  hub.notice("the last notice");
  await hub.sayAsServer("room", "the last message");
  assertEquals(await ana.lines(), ["notice the last notice", "room 1 SERVER: the last message"]);
  assertEquals((await bia.lines()).at(-1), "notice the last notice");
});

Deno.test("Hub: sends joined and left for a member that leaves after it was listed", async () => {
  using hub = new TestHub();
  const ana = new Guest(hub);
  for (const [i, list] of lobbyLists(hub, ana).entries()) {
    const guest = new Guest(hub);
    assertEquals(await list(), 2);
    hub.leave(guest.member);
    hub.notice("the last notice");
    const nick = `guest-${i + 2}`;
    assertEquals(await ana.lines(), [
      `lobby joined ${nick}`,
      `lobby left ${nick}`,
      "notice the last notice",
    ]);
  }
});

Deno.test("Hub: neither lists nor announces a connection that sends nothing and leaves at once", async () => {
  using hub = new TestHub();
  const ana = new Guest(hub);
  for (const list of lobbyLists(hub, ana)) {
    const probe = new Guest(hub, { protocol: 1 });
    assertEquals(await list(), 1);
    hub.leave(probe.member);
    hub.notice("the last notice");
    assertEquals(await ana.lines(), ["notice the last notice"]);
  }
});

Deno.test("Hub: announces a connection that sends nothing but stays", async () => {
  using hub = new TestHub();
  const ana = new Guest(hub);
  const silent = new Guest(hub, { protocol: 1 });
  assertEquals(await ana.linesUntil("lobby joined guest-2"), ["lobby joined guest-2"]);
  assertEquals((await hub.members(ana.member)).length, 2);
  await silent.received();
});

Deno.test("Hub.upgrade: keeps a member that takes no part in the chat from lists and events", async () => {
  using hub = new TestHub();
  const ana = new Guest(hub);
  const script = new Guest(hub, { protocol: 1 });
  hub.upgrade(script.member, { present: false, names: true, resume: null, login: false });
  for (const list of lobbyLists(hub, ana)) assertEquals(await list(), 1);
  assertEquals((await hub.members(ana.member)).map(({ nick }) => nick), ["guest-1"]);
  await assertRejects(
    () => hub.sendPrivately(ana.member, "guest-2", "x"),
    RequestError,
    "no member has this nick",
  );
  await hub.rename(script.member, "builder");
  assertEquals(await hub.send(script.member, "lobby", "done").then(({ seq }) => seq), 1);
  hub.leave(script.member);
  hub.notice("the last notice");
  assertEquals(await ana.lines(), ["lobby 1 builder: done", "notice the last notice"]);
});

Deno.test("Hub.join: makes a member take part in the chat", async () => {
  using hub = new TestHub();
  const ana = new Guest(hub);
  const script = new Guest(hub, { protocol: 1 });
  hub.upgrade(script.member, { present: false, names: true, resume: null, login: false });
  await hub.join(script.member, "lobby");
  assertEquals((await hub.members(ana.member)).length, 2);
  await hub.send(script.member, "lobby", "here");
  assertEquals(await ana.lines(), ["lobby joined guest-2", "lobby 1 guest-2: here"]);
  await script.received();
});

Deno.test("Hub.join: sends no joined for members of its list", async () => {
  using hub = new TestHub();
  const [ana, bia, caio] = [new Guest(hub), new Guest(hub), new Guest(hub)];
  await hub.join(ana.member, "room");
  await hub.join(bia.member, "room");
  hub.part(bia.member, "room");
  await hub.join(bia.member, "room");
  assertEquals((await hub.join(caio.member, "room")).members, ["guest-1", "guest-2", "guest-3"]);
  await hub.sayAsServer("room", "the last message");
  const inRoom = (lines: string[]) => lines.filter((line) => line.startsWith("room"));
  assertEquals(inRoom(await caio.lines()), ["room 1 SERVER: the last message"]);
  assertEquals(inRoom(await ana.lines()), [
    "room joined guest-2",
    "room joined guest-3",
    "room 1 SERVER: the last message",
  ]);
  await bia.received();
});

Deno.test("Hub: sends joined for a client of protocol 1 after a while, or before its first message", async () => {
  using hub = new TestHub();
  const ana = new Guest(hub);
  const silent = new Guest(hub, { protocol: 1 });
  hub.notice("still early");
  assertEquals(await ana.lines(), ["notice still early"]);
  assertEquals(await ana.linesUntil("lobby joined guest-2"), ["lobby joined guest-2"]);
  const speaker = new Guest(hub, { protocol: 1 });
  await hub.send(speaker.member, "lobby", "oi");
  assertEquals(await ana.lines(), ["lobby joined guest-3", "lobby 1 guest-3: oi"]);
  for (const { member } of [silent, speaker]) hub.leave(member);
  assertEquals(await ana.linesUntil("lobby left guest-3"), [
    "lobby left guest-2",
    "lobby left guest-3",
  ]);
  for (const guest of [silent, speaker]) await guest.received();
});

Deno.test("Hub: sends neither joined nor left for a data connection, even in a busy lobby", async () => {
  using hub = new TestHub();
  const ana = new Guest(hub);
  for (let i = 0; i < 3; i++) {
    const data = new Guest(hub, { protocol: 1 });
    await hub.send(ana.member, "lobby", "x");
    hub.leave(data.member);
    hub.notice("x");
    await data.received();
    await hub.send(ana.member, "lobby", "x");
    assertEquals(await data.received(), []);
  }
  assert((await ana.lines()).every((line) => line.endsWith(" x")));
  assertEquals((await hub.members(ana.member)).length, 1);
});

Deno.test("Hub.upgrade: sends lines before, events after, and a single joined to the others", async () => {
  using hub = new TestHub();
  const ana = new Guest(hub);
  const bia = new Guest(hub, { protocol: 1 });
  await hub.send(ana.member, "lobby", "1"); // Being written
  await hub.send(ana.member, "lobby", "2"); // Waits
  const third = hub.send(ana.member, "lobby", "3"); // Not stored yet
  hub.upgrade(bia.member, { present: true, names: true, resume: null, login: false });
  hub.upgrade(bia.member, { present: true, names: true, resume: null, login: false });
  hub.noticeTo(bia.member, "welcome");
  await third;
  await hub.send(ana.member, "lobby", "4");
  assertEquals(await bia.lines(), [
    "[guest-1]: 1",
    "[guest-1]: 2",
    "[guest-1]: 3",
    "notice welcome",
    "lobby 4 guest-1: 4",
  ]);
  assertEquals((await ana.lines()).filter((line) => line.includes("joined")), [
    "lobby joined guest-2",
  ]);
  assertEquals((await hub.members(ana.member, "lobby")).map(({ protocol }) => protocol), [2, 2]);
});

Deno.test("Hub: sends joined and left of 300 members in at most 12 writes to each member", async () => {
  using hub = new TestHub();
  const ana = new Guest(hub);
  await ana.received();
  const guests: Guest[] = [];
  for (let i = 0; i < 300; i++) {
    guests.push(new Guest(hub));
    if (i % 50 === 0) await ana.sink.completeAll();
  }
  const came = await ana.linesUntil("lobby joined guest-301");
  assertEquals(came, guests.map((_, i) => `lobby joined guest-${i + 2}`));
  for (const { member } of guests) hub.leave(member);
  const went = await ana.linesUntil("lobby left guest-301");
  assertEquals(went, guests.map((_, i) => `lobby left guest-${i + 2}`));
  const written = [ana, ...guests].map(({ sink }) => sink.writes.length);
  assert(Math.max(...written) <= 12, `${Math.max(...written)} writes`);
  for (const guest of guests) await guest.sink.completeAll();
});

Deno.test("Hub.close: sends no further events of presence", async () => {
  using hub = new TestHub();
  const [ana, line] = [new Guest(hub), new Guest(hub, { protocol: 1 })];
  new Guest(hub);
  hub.close();
  hub.leave(line.member);
  hub.leave(ana.member);
  assertEquals(await ana.received(), []);
  assertEquals(hub.rooms()[0]?.members, 1);
});
