import { assertEquals, assertRejects } from "@std/assert";
import { firstChain } from "../../lib/cluster/chain.ts";
import { readClusterRow } from "../../lib/cluster/cluster_row.ts";
import { findLog, isWhole } from "../../lib/cluster/find_log.ts";
import { EngineError, type ReplicatedLog } from "../../lib/cluster/engine.ts";
import { leaveLog } from "../../lib/files/cluster_tables.ts";
import { ClusterError } from "../../lib/protocol/cluster_error.ts";
import { within } from "../helpers/deadline.ts";
import { MemoryCluster } from "../helpers/memory_engine.ts";
import { EPOCH, Replica } from "../helpers/replica.ts";
import { through } from "../helpers/through.ts";

/** The end of the log, as it is told question after question; the last answer stays. */
function tellingLast(...answers: number[]): Pick<ReplicatedLog, "extent"> & { asked: number } {
  return {
    asked: 0,
    extent() {
      const last = answers[Math.min(this.asked++, answers.length - 1)]!;
      return Promise.resolve({ epoch: EPOCH, first: 1, last });
    },
  };
}

/** Finds a log for a server that has applied two records of it. */
async function find(log: Pick<ReplicatedLog, "extent">, believedAfterMs?: number) {
  using replica = new Replica();
  const { database } = replica;
  database.exec("UPDATE cluster SET applied = 2");
  return await findLog(log as ReplicatedLog, {
    database,
    name: "test",
    serverId: "aaaaaaaa",
    ...(believedAfterMs !== undefined && { believedAfterMs }),
  });
}

Deno.test("findLog: asks again where a leader that is cut off tells an end that is too early", async () => {
  const log = tellingLast(1, 1, 5);
  assertEquals((await find(log)).last, 5);
  assertEquals(log.asked, 3);
});

Deno.test("findLog: believes in the end that the log has lost its last records", async () => {
  const error = await assertRejects(() => find(tellingLast(1), 300), ClusterError);
  assertEquals([error.code, error.places], ["log-short", { applied: 2, last: 1 }]);
});

Deno.test("findLog: takes a log that ends where the server has stopped", async () => {
  const log = tellingLast(2);
  assertEquals((await find(log)).last, 2);
  assertEquals(log.asked, 1);
});

Deno.test("isWhole: tells of a log with all that a server has applied, and with all that follows", async () => {
  const cluster = new MemoryCluster(1);
  const { log } = cluster.connect();
  const { signal } = new AbortController();
  for (const place of through(1, 9)) await log.append(new Uint8Array(place), signal);
  using replica = new Replica();
  const isWholeFor = async (applied: number) => {
    replica.database.exec(`UPDATE cluster SET applied = ${applied}`);
    return await within(isWhole(log, replica.database), "an answer");
  };
  assertEquals(await isWholeFor(5), false); // Of another log
  replica.database.exec(`UPDATE cluster SET epoch = '${cluster.epoch}'`);
  const answers = async () => [await isWholeFor(0), await isWholeFor(5), await isWholeFor(9)];
  assertEquals(await answers(), [true, true, true]);
  assertEquals(await isWholeFor(10), false);
  cluster.forgetBefore(3); // Another server has more
  assertEquals(await answers(), [true, true, true]);
  cluster.lose(5, 1);
  assertEquals(await answers(), [true, false, true]);
});

Deno.test("isWhole: waits no longer for a log that answers no more", async () => {
  using replica = new Replica();
  const log = {
    extent: () => Promise.resolve({ epoch: EPOCH, first: 1, last: 1 }),
    follow: () => ({ unansweredMs: 15_000, [Symbol.asyncDispose]: () => Promise.resolve() }),
  } as Partial<ReplicatedLog> as ReplicatedLog;
  const asking = within(isWhole(log, replica.database), "an answer");
  await assertRejects(() => asking, EngineError, "its leader does not answer");
});

Deno.test("findLog: begins a log with the files of a seed that has no other history", async () => {
  using replica = new Replica();
  const { database } = replica;
  leaveLog(database);
  database.exec(
    `INSERT INTO catalogue (parent, name, sort, fold, size, mtime_ms, sha256, exec)
     VALUES (0, 'a', 'a', 'a', 1, 1, 'x', 0)`,
  );
  const log: Pick<ReplicatedLog, "extent" | "create"> = {
    extent: () => Promise.reject(new EngineError("no-log", "There is none")),
    create: (epoch) => Promise.resolve({ epoch, first: 1, last: 0 }),
  };
  await findLog(log as ReplicatedLog, { database, name: "test", serverId: "aaaaaaaa" });
  const { epoch, chain } = readClusterRow(database)!;
  assertEquals(chain, firstChain(`${epoch} aaaaaaaa`)); // Others have to take its state
});
