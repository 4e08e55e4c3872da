import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Hub } from "../../lib/chat/hub.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { brief, GREETING, Guest } from "../helpers/chat.ts";
import { ClusterHubs, enterQuietly } from "../helpers/cluster_hubs.ts";
import { until } from "../helpers/serves_on.ts";

/** The nicks that a member is told by WHOS, in their order. */
async function nicksSeenBy(hub: Hub, guest: Guest, room?: string): Promise<string[]> {
  return (await hub.members(guest.member, room)).map(({ nick }) => nick).toSorted();
}

/** Resolves once members of all hubs are told of members with the same nicks. */
async function allSee(hubs: readonly Hub[], guests: readonly Guest[], nicks: readonly string[]) {
  const wanted = JSON.stringify(nicks.toSorted());
  for (const [at, hub] of hubs.entries()) {
    const sees = async () => JSON.stringify(await nicksSeenBy(hub, guests[at]!)) === wanted;
    await until(sees, `${nicks} on server ${at}`);
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof RequestError)) throw error;
  return `${error.code} ${error.reason}`;
}

Deno.test("Hub.rename: gives a nick that 100 members of three servers claim at once to one", async () => {
  await using cluster = new ClusterHubs(3, {
    seed: 1,
    disturbances: { repeats: 0.3, delays: 0.3 },
  });
  const { hubs } = cluster;
  const claims = Array.from({ length: 100 }, (_, i) => {
    const hub = hubs[i % 3]!;
    return hub.rename(new Guest(hub).member, ["Paul", "paul", "PAUL", "Pаul"][i % 4]!)
      .catch(codeOf);
  });
  const got = await Promise.all(claims);
  assertEquals(got.filter((nick) => nick === "exists nick-taken").length, 99);
  const rows = cluster.servers.map(({ database }) =>
    database.prepare("SELECT nick FROM nicks").all().map(({ nick }) => nick)
  );
  await until(() => cluster.servers.every(({ log }) => log.applied === cluster.memory.last), "all");
  assertEquals(rows[0]!.length, 1);
});

Deno.test("Hub: numbers the guests of all servers apart, also those before the log has given numbers", async () => {
  await using cluster = new ClusterHubs(3);
  const { hubs } = cluster;
  const early = hubs.map((hub) => new Guest(hub).member.nick);
  assertEquals(early, ["guest-aaaaaaaa-1", "guest-bbbbbbbb-1", "guest-cccccccc-1"]);
  await until(() => cluster.servers.every(({ log }) => log.applied === 3), "three blocks");
  const later = Array.from({ length: 2_500 }, (_, i) => enterQuietly(hubs[0]!, 100 + i));
  assertEquals(later[0]!.nick, "guest-1");
  await until(() => cluster.memory.last > 3, "another block");
  const nicks = [...later, ...hubs.map((hub) => enterQuietly(hub, 99))].map(({ nick }) => nick);
  assertEquals(new Set(nicks).size, nicks.length);
});

Deno.test("Hub: has what members of other servers do told in its order, though messages are late and lost", async () => {
  await using cluster = new ClusterHubs(3, {
    seed: 7,
    disturbances: { repeats: 0.2, delays: 0.4, drops: 0.2 },
  });
  const { hubs } = cluster;
  const guests = hubs.map((hub) => new Guest(hub));
  await allSee(hubs, guests, guests.map(({ member }) => member.nick));
  await guests[1]!.received();
  await hubs[0]!.rename(guests[0]!.member, "ana");
  await hubs[0]!.send(guests[0]!.member, "lobby", "one");
  hubs[0]!.leave(guests[0]!.member);
  await until(async () => !(await nicksSeenBy(hubs[1]!, guests[1]!)).includes("ana"), "left");
  const lines = await guests[1]!.linesUntil("lobby left ana");
  assertEquals(lines.slice(-3), ["guest-aaaaaaaa-1 = ana", "lobby 1 ana: one", "lobby left ana"]);
});

Deno.test("Hub.sendPrivately: tells the sender what becomes of a message to a member of another server", async () => {
  await using cluster = new ClusterHubs(2, { receiptMs: 50 });
  const [here, there] = cluster.hubs as [Hub, Hub];
  const [ana, bob] = [new Guest(here), new Guest(there)];
  await allSee(cluster.hubs, [ana, bob], [ana.member.nick, bob.member.nick]);
  const to = bob.member.nick;
  const { kept } = await here.sendPrivately(ana.member, to, "hello");
  assertEquals(kept, undefined);
  const fits = (text: string) => text === `${ana.member.nick} > ${to}: hello`;
  await bob.receivedUntil((message) => fits(brief(message)));
  await ana.receivedUntil((message) => fits(brief(message)));
  // Not confirmed by any frame when its connection is lost
  there.leave(bob.member, "lost");
  await ana.receivedUntil((message) => brief(message).startsWith("notice your private message"));
  await until(async () => (await nicksSeenBy(here, ana)).length === 1, "left");
  const code = await here.sendPrivately(ana.member, to, "hello").catch(codeOf);
  assertEquals(code, "not-found nick-unknown");
});

Deno.test("Hub.sendPrivately: keeps what a server does not answer that is not there any more", async () => {
  await using cluster = new ClusterHubs(2);
  const [here, there] = cluster.hubs as [Hub, Hub];
  const [ana, bob, old] = [new Guest(here), new Guest(there), new Guest(there)];
  there.upgrade(old.member, GREETING);
  const account = "1:bob";
  there.identify(bob.member, "bob", account);
  bob.member.setProtocol2({ ...GREETING, resume: "digest" });
  there.setAway(bob.member, null);
  await until(
    async () => (await here.members(ana.member)).some(({ user }) => user === "bob"),
    "bob",
  );
  await until(async () => (await nicksSeenBy(here, ana)).length === 3, "all three");
  const [server] = cluster.servers.splice(1, 1);
  await server!.engine[Symbol.asyncDispose]();
  const sent = await here.sendPrivately(ana.member, bob.member.nick, "later");
  assert(sent.kept !== undefined);
  const lost = await here.sendPrivately(ana.member, old.member.nick, "later").catch(codeOf);
  assertEquals(lost, "not-found undelivered");
  const back = new Guest(here);
  back.member.setProtocol2({ ...GREETING, resume: "another" });
  here.identify(back.member, "bob", account);
  here.privateMessages.deliverKept(back.member);
  const [message] =
    (await back.sink.completeAll(), back.sink.writes.filter((text) => text.includes("later")));
  assert(message !== undefined);
  await server![Symbol.asyncDispose]();
});

Deno.test("Hub: has its members take their nicks again after the others took it for gone", async () => {
  await using cluster = new ClusterHubs(2);
  const [here, there] = cluster.hubs as [Hub, Hub];
  const [ana, bob, eva] = [new Guest(here), new Guest(there), new Guest(there)];
  await there.rename(bob.member, "bob");
  await there.rename(eva.member, "eva");
  const [one, other] = cluster.servers;
  other!.engine.cut();
  await one!.log.append({ kind: "gone", incarnation: other!.log.incarnation });
  assertEquals(await nicksSeenBy(here, ana), [ana.member.nick]);
  assertEquals(await here.rename(ana.member, "bob"), "bob");
  other!.engine.mend();
  await until(() => bob.member.nick !== "bob", "a guest again");
  assertEquals(bob.member.nick, bob.member.defaultNick);
  assertEquals(eva.member.nick, "eva");
  await allSee([here, there], [ana, bob], ["bob", bob.member.nick, "eva"]);
  await assertRejects(() => here.rename(ana.member, "eva"), RequestError);
});

Deno.test("Hub: tells neither joined nor left in a room that a cluster makes too large", async () => {
  await using cluster = new ClusterHubs(2);
  const [here, there] = cluster.hubs as [Hub, Hub];
  const ana = new Guest(here);
  for (let i = 2; i < LIMITS.presenceMembers; i++) enterQuietly(there, 100 + i);
  await until(() => here.rooms()[0]!.members === LIMITS.presenceMembers - 1, "the crowd");
  await ana.received();
  const last = new Guest(there);
  await ana.linesUntil(`lobby joined ${last.member.nick}`);
  const [more] = [new Guest(there)];
  await until(() => here.rooms()[0]!.members === LIMITS.presenceMembers + 1, "one more");
  await here.send(ana.member, "lobby", "marker");
  const lines = await ana.linesUntil(`lobby 1 ${ana.member.nick}: marker`);
  assert(!lines.includes(`lobby joined ${more!.member.nick}`), lines.join());
});

Deno.test("Hub.admit: lets a member in while the log cannot be reached, and gives it its nick later", async () => {
  await using cluster = new ClusterHubs(2);
  const [here, there] = cluster.hubs as [Hub, Hub];
  const [ana, bob] = [new Guest(here), new Guest(there)];
  await allSee([here, there], [ana, bob], [ana.member.nick, bob.member.nick]);
  cluster.servers[0]!.engine.cut();
  here.identify(ana.member, "Ana", "1:Ana");
  await here.admit(ana.member, "Ana");
  assertEquals(ana.member.nick, ana.member.defaultNick);
  cluster.servers[0]!.engine.mend();
  await allSee([here, there], [ana, bob], ["Ana", bob.member.nick]);
});

Deno.test("Hub.rename: is told at the same place among the messages of all servers", async () => {
  await using cluster = new ClusterHubs(2);
  const [here, there] = cluster.hubs as [Hub, Hub];
  const [ana, eva, bob] = [new Guest(here), new Guest(here), new Guest(there)];
  const nicks = [ana, eva, bob].map(({ member }) => member.nick);
  await allSee([here, there], [ana, bob], nicks);
  const renaming = here.rename(ana.member, "Ana");
  const saying = Array.from({ length: 3 }, (_, i) => here.send(eva.member, "lobby", `${i}`));
  await Promise.all([renaming, ...saying]);
  await until(() => cluster.servers[1]!.log.applied === cluster.memory.last, "all");
  const expected = [
    `${nicks[0]} = Ana`,
    ...[0, 1, 2].map((i) => `lobby ${i + 1} ${nicks[1]}: ${i}`),
  ];
  for (const guest of [ana, bob]) assertEquals((await guest.lines()).slice(-4), expected);
});
