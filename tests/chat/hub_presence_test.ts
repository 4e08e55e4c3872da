import { assert, assertEquals } from "@std/assert";
import { Guest, TestHub } from "../helpers/chat.ts";

Deno.test("who comes and goes is told to the others, once, after a while", async () => {
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

Deno.test("who comes is told before what it says, and who goes after it, without a delay", async () => {
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

Deno.test("who comes and goes in no time is not mentioned", async () => {
  using hub = new TestHub();
  const [ana, bia] = [new Guest(hub), new Guest(hub)];
  await hub.join(ana.member, "room");
  hub.notice("that was the beginning");
  await ana.received();
  hub.leave(new Guest(hub).member);
  await hub.join(bia.member, "room");
  hub.part(bia.member, "room");
  hub.notice("that was all");
  await hub.sayAsServer("room", "that was all");
  assertEquals(await ana.lines(), ["notice that was all", "room 1 SERVER: that was all"]);
  assertEquals((await bia.lines()).at(-1), "notice that was all");
});

Deno.test("who goes after somebody read that it is there is told to have gone", async () => {
  for (const protocol of [1, 2] as const) {
    using hub = new TestHub();
    const ana = new Guest(hub);
    const lists = [
      async () => (await hub.members(ana.member, "lobby")).length,
      async () => (await hub.join(ana.member, "lobby")).members.length,
    ];
    for (const [i, list] of lists.entries()) {
      const guest = new Guest(hub, { protocol });
      assertEquals(await list(), 2);
      hub.leave(guest.member);
      hub.notice("that was all");
      const nick = `guest-${i + 2}`;
      assertEquals(await ana.lines(), [
        `lobby joined ${nick}`,
        `lobby left ${nick}`,
        "notice that was all",
      ]);
    }
  }
});

Deno.test("who is on the list is not told to have come before", async () => {
  using hub = new TestHub();
  const [ana, bia, caio] = [new Guest(hub), new Guest(hub), new Guest(hub)];
  await hub.join(ana.member, "room");
  await hub.join(bia.member, "room");
  hub.part(bia.member, "room");
  await hub.join(bia.member, "room");
  assertEquals((await hub.join(caio.member, "room")).members, ["guest-1", "guest-2", "guest-3"]);
  await hub.sayAsServer("room", "that was all");
  const inRoom = (lines: string[]) => lines.filter((line) => line.startsWith("room"));
  assertEquals(inRoom(await caio.lines()), ["room 1 SERVER: that was all"]);
  assertEquals(inRoom(await ana.lines()), [
    "room joined guest-2",
    "room joined guest-3",
    "room 1 SERVER: that was all",
  ]);
  await bia.received();
});

Deno.test("a client of protocol 1 is told to have come: after a while, or when it speaks", async () => {
  using hub = new TestHub();
  const ana = new Guest(hub);
  const silent = new Guest(hub, { protocol: 1 });
  hub.notice("busy here");
  assertEquals(await ana.lines(), ["notice busy here"]);
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

Deno.test("a data connection was never there, however busy the lobby is", async () => {
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

Deno.test("a client that says HELO gets lines before, events after, and is told to have come once", async () => {
  using hub = new TestHub();
  const ana = new Guest(hub);
  const bia = new Guest(hub, { protocol: 1 });
  await hub.send(ana.member, "lobby", "1"); // Being written
  await hub.send(ana.member, "lobby", "2"); // Waits
  const third = hub.send(ana.member, "lobby", "3"); // Is not stored yet
  hub.upgrade(bia.member);
  hub.upgrade(bia.member);
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

Deno.test("a crowd that comes and goes costs each member a few writes, and nobody is missed", async () => {
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

Deno.test("a closed hub tells nobody of anything by itself", async () => {
  using hub = new TestHub();
  const [ana, line] = [new Guest(hub), new Guest(hub, { protocol: 1 })];
  new Guest(hub);
  hub.close();
  hub.leave(line.member);
  hub.leave(ana.member);
  assertEquals(await ana.received(), []);
  assertEquals(hub.rooms()[0]?.members, 1);
});
