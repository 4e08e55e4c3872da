import { assert, assertEquals, assertRejects } from "@std/assert";
import { RequestError } from "../../lib/protocol/errors.ts";
import { Guest, lobbyLists, TestHub } from "../helpers/chat.ts";

/** A client that has said in HELO that it is about to log in. */
const LOGGING_IN = { present: true, names: true, resume: null, login: true };

Deno.test("Hub.admit: announces a member that has logged in once, under the nick of its account", async () => {
  using hub = new TestHub();
  const ana = new Guest(hub);
  const bia = new Guest(hub, { protocol: 1 });
  hub.upgrade(bia.member, LOGGING_IN);
  for (const list of lobbyLists(hub, ana)) assertEquals(await list(), 1);
  assertEquals(await hub.send(ana.member, "lobby", "hi").then(({ seq }) => seq), 1);
  hub.identify(bia.member, "Bia");
  await hub.admit(bia.member, "Bia");
  for (const list of lobbyLists(hub, ana)) assertEquals(await list(), 2);
  hub.leave(bia.member);
  assertEquals(await ana.linesUntil("lobby left Bia"), [
    "lobby 1 guest-1: hi",
    "lobby joined Bia",
    "lobby left Bia",
  ]);
  assertEquals(await bia.lines(), ["lobby 1 guest-1: hi", "guest-2 = Bia"]);
});

Deno.test("Hub.admit: announces a member whose account's name another member has, as a guest", async () => {
  using hub = new TestHub();
  const ana = new Guest(hub);
  await hub.rename(ana.member, "bia");
  const bia = new Guest(hub, { protocol: 1 });
  hub.upgrade(bia.member, LOGGING_IN);
  await hub.admit(bia.member, "Bia");
  assertEquals((await ana.linesUntil("lobby joined guest-2")).at(-1), "lobby joined guest-2");
});

Deno.test("Hub: says nothing of a member that leaves after a failed login", async () => {
  using hub = new TestHub();
  const ana = new Guest(hub);
  const bia = new Guest(hub, { protocol: 1 });
  hub.upgrade(bia.member, LOGGING_IN);
  hub.leave(bia.member);
  hub.notice("later");
  assertEquals(await ana.linesUntil("notice later"), ["notice later"]);
});

Deno.test("Hub: announces a member that has not logged in when it acts", async () => {
  using hub = new TestHub();
  const ana = new Guest(hub);
  const bia = new Guest(hub, { protocol: 1 });
  hub.upgrade(bia.member, LOGGING_IN);
  await hub.send(bia.member, "lobby", "as a guest");
  const said = "lobby 1 guest-2: as a guest";
  assertEquals(await ana.linesUntil(said), ["lobby joined guest-2", said]);
});

Deno.test("Hub: announces a member that has not logged in when the time for logins is over", async () => {
  const loginMs = 3_000;
  using hub = new TestHub({ loginMs });
  const ana = new Guest(hub);
  const bia = new Guest(hub, { protocol: 1 });
  const startedMs = performance.now();
  hub.upgrade(bia.member, LOGGING_IN);
  assertEquals(await ana.linesUntil("lobby joined guest-2"), ["lobby joined guest-2"]);
  assert(performance.now() - startedMs >= loginMs);
});

/** A client that has said in HELO that it is about to take a nick. */
const RENAMING = { present: true, names: true, resume: null, rename: true };

Deno.test("Hub: announces a member that was about to take a nick once, under that", async () => {
  using hub = new TestHub();
  const ana = new Guest(hub);
  const bia = new Guest(hub, { protocol: 1 });
  hub.upgrade(bia.member, RENAMING);
  for (const list of lobbyLists(hub, ana)) assertEquals(await list(), 1);
  await hub.rename(bia.member, "bia");
  for (const list of lobbyLists(hub, ana)) assertEquals(await list(), 2);
  await hub.rename(bia.member, "bea");
  assertEquals(await ana.linesUntil("bia = bea"), ["lobby joined bia", "bia = bea"]);
  assertEquals(await bia.lines(), ["guest-2 = bia", "bia = bea"]);
});

Deno.test("Hub: announces a member that may not have the nick that it wants as a guest", async () => {
  using hub = new TestHub();
  const ana = new Guest(hub);
  await hub.rename(ana.member, "ana");
  const bia = new Guest(hub, { protocol: 1 });
  hub.upgrade(bia.member, RENAMING);
  await assertRejects(() => hub.rename(bia.member, "ana"), RequestError);
  assertEquals((await ana.linesUntil("lobby joined guest-2")).at(-1), "lobby joined guest-2");
  hub.leave(bia.member);
  await assertRejects(() => hub.rename(bia.member, "bia"), RequestError);
  assertEquals(await ana.linesUntil("lobby left guest-2"), ["lobby left guest-2"]);
});

Deno.test("Hub: announces a member that takes no nick after all when it acts", async () => {
  using hub = new TestHub();
  const ana = new Guest(hub);
  const bia = new Guest(hub, { protocol: 1 });
  hub.upgrade(bia.member, RENAMING);
  await hub.send(bia.member, "lobby", "as a guest");
  const said = "lobby 1 guest-2: as a guest";
  assertEquals(await ana.linesUntil(said), ["lobby joined guest-2", said]);
});
