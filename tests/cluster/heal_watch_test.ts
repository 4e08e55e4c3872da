import { assertEquals } from "@std/assert";
import type { LogBreak } from "../../lib/cluster/engine.ts";
import { findHealing } from "../../lib/cluster/heal_watch.ts";
import { inspectCluster } from "../../lib/cluster/inspect_cluster.ts";
import type { StopCode } from "../../lib/cluster/state_machine.ts";
import type { HealReason } from "../../lib/protocol/cluster_state.ts";
import { within } from "../helpers/deadline.ts";
import { Folders, type JoinedServer } from "../helpers/joined_servers.ts";

const OTHER = "f".repeat(16);

/** The first reason that is told for a server to start again. */
async function healing(server: JoinedServer): Promise<HealReason> {
  const { promise, resolve } = Promise.withResolvers<HealReason>();
  server.joined.watchHealing(resolve);
  return await within(promise, "a reason to start again");
}

/** What a start would do for a server in a state. */
function findFor(
  { joined: { name, serverId, engine }, database }: JoinedServer,
  { stop = null, broken = null, chain = null, freeBytes = Infinity }: {
    readonly stop?: StopCode | null;
    readonly broken?: LogBreak | null;
    /** Its chain at all places; `null` for those of its database. */
    readonly chain?: string | null;
    readonly freeBytes?: number | null;
  },
): Promise<HealReason | null> {
  const log = {
    stop: stop === null ? null : { code: stop, place: 1, origin: null, error: null },
    broken,
    onStop: () => ({ [Symbol.dispose]: () => {} }),
  };
  const chains = database.prepare("SELECT chain FROM chains WHERE place = ?");
  const machine = { chainAt: (place: number) => chain ?? String(chains.get(place)?.chain) };
  return findHealing({
    ...{ name, serverId, database, engine, log, machine },
    onHealable: () => {},
    freeBytes: () => Promise.resolve(freeBytes),
  });
}

Deno.test("watchHealing: tells of a server that the log does not reach back to, and a start heals it", async () => {
  using folders = new Folders();
  await using first = await folders.join("aaaaaaaa");
  {
    await using second = await folders.join("bbbbbbbb");
    await first.say("one");
    await second.rows();
    second.engine.cut();
    await first.say("two");
    await first.say("three");
    folders.cluster.forgetBefore(folders.cluster.last);
    second.engine.mend();
    assertEquals(await healing(second), "behind");
    assertEquals(second.joined.health.state, "log-lost");
  }
  await using again = await folders.join("bbbbbbbb");
  assertEquals(again.texts, ["one", "two", "three"]);
});

Deno.test("watchHealing: tells of a server that misses a record which the log has lost, and a start heals it", async () => {
  using folders = new Folders();
  await using first = await folders.join("aaaaaaaa");
  {
    await using second = await folders.join("bbbbbbbb");
    await first.say("one");
    await second.rows();
    second.engine.cut();
    (await folders.sayToLose(first, "two", "three"))();
    second.engine.mend();
    assertEquals(await healing(second), "behind");
    assertEquals([second.joined.health.state, second.joined.log.stop?.code], ["log-lost", "gap"]);
    const engine = first.joined.engine;
    const report = await inspectCluster(engine, "test");
    const stops = report.servers.map(({ status }) => status?.stop);
    assertEquals([report.isSame, stops], [false, [null, "gap"]]);
    assertEquals(second.texts, ["one"]);
    first.engine.cut(); // No server that has it is there: the server stays halted, and can be read
    assertEquals(await findFor(second, { stop: "gap" }), null);
    first.engine.mend();
  }
  await using again = await folders.join("bbbbbbbb");
  assertEquals(again.texts, ["one", "two", "three"]);
});

Deno.test("watchHealing: tells of a server that most others have outvoted, and of no other", async () => {
  using folders = new Folders();
  await using first = await folders.join("aaaaaaaa");
  await using second = await folders.join("bbbbbbbb");
  await using third = await folders.join("cccccccc");
  await first.say("one");
  await Promise.all([second.rows(), third.rows()]);
  const told: HealReason[] = [];
  for (const { joined } of [first, second]) joined.watchHealing((reason) => told.push(reason));
  third.database.exec("UPDATE chains SET chain = '0000000000000000'");
  assertEquals(await healing(third), "diverged");
  assertEquals([told, first.joined.log.stop], [[], null]);
});

Deno.test("findHealing: finds nothing where a start would fail, or halt again", async () => {
  using folders = new Folders();
  await using first = await folders.join("aaaaaaaa");
  const second = await folders.join("bbbbbbbb");
  await first.say("one");
  await second.rows();
  assertEquals(await findFor(first, { stop: "newer" }), null);
  assertEquals(await findFor(first, { stop: "diverged", chain: OTHER }), null); // As many differ
  assertEquals(await findFor(first, { stop: "gap" }), null);
  assertEquals(await findFor(first, { broken: "shortened" }), "log-back");
  assertEquals(await findFor(first, { broken: "shortened", chain: OTHER }), null);
  assertEquals(await findFor(first, { broken: "shortened", stop: "newer" }), null);
  await first.say("two");
  first.database.exec("UPDATE cluster SET applied = 1");
  folders.cluster.forgetBefore(folders.cluster.last);
  assertEquals(await findFor(first, { broken: "trimmed" }), "behind");
  const sizeOf = "SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size";
  const needed = 3 * Number(first.database.prepare(sizeOf).get()!.bytes);
  for (
    const [freeBytes, reason] of [[null, "behind"], [needed, "behind"], [needed - 1, null]] as const
  ) {
    assertEquals(await findFor(first, { broken: "trimmed", freeBytes }), reason);
  }
  await second[Symbol.asyncDispose]();
  await first.rows();
  first.database.exec("UPDATE cluster SET applied = 1");
  assertEquals(await findFor(first, { broken: "trimmed" }), null); // No server gives its state
  first.database.exec(`UPDATE cluster SET applied = ${folders.cluster.last + 1}`);
  assertEquals(await findFor(first, { broken: "shortened" }), null);
  folders.cluster.renew();
  first.database.exec("UPDATE cluster SET applied = 0");
  assertEquals(await findFor(first, { broken: "replaced" }), null);
});
