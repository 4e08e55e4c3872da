import { assertEquals, assertRejects } from "@std/assert";
import { findLog } from "../../lib/cluster/find_log.ts";
import type { ReplicatedLog } from "../../lib/cluster/engine.ts";
import { ClusterError } from "../../lib/protocol/cluster_error.ts";
import { EPOCH, Replica } from "../helpers/replica.ts";

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
  assertEquals(error.code, "log-lost");
});

Deno.test("findLog: takes a log that ends where the server has stopped", async () => {
  const log = tellingLast(2);
  assertEquals((await find(log)).last, 2);
  assertEquals(log.asked, 1);
});
