import type { StreamInfo } from "@nats-io/jetstream";
import { assertEquals, assertRejects } from "@std/assert";
import { NatsLeader } from "../../lib/cluster/nats_leader.ts";
import { EngineError } from "../../lib/cluster/engine.ts";
import { hasMajority } from "../../lib/cluster/nats_stream.ts";

const INFO = { cluster: { leader: "a" } } as StreamInfo;

/** @param answers of the second server of NATS: a leader, `null` while there is no such server, or a failure */
function open(...answers: readonly (string | null | Error)[]) {
  const left = [...answers];
  const clock = { nowMs: 5_000 };
  const ask = () => {
    const next = left.shift() ?? null;
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  };
  const leader = new NatsLeader({ ask: ask as never }, "log", () => clock.nowMs);
  return { clock, confirm: () => leader.confirm(() => Promise.resolve(INFO)) };
}

async function assertNoLeader(confirm: () => Promise<unknown>): Promise<void> {
  assertEquals((await assertRejects(confirm, EngineError)).code, "no-leader");
}

Deno.test("NatsLeader: believes a leader that both name, and none that only one does", async () => {
  const { confirm } = open("a", "b", "", new Error("late"), "a");
  assertEquals(await confirm(), INFO);
  for (let i = 0; i < 3; i++) await assertNoLeader(confirm);
  assertEquals(await confirm(), INFO);
});

Deno.test("NatsLeader: believes a lone server of NATS only after its time", async () => {
  const { clock, confirm } = open();
  await assertNoLeader(confirm);
  clock.nowMs += 11_999;
  await assertNoLeader(confirm);
  clock.nowMs++;
  assertEquals(await confirm(), INFO);
});

Deno.test("NatsLeader: waits anew after each answer of the second server of NATS", async () => {
  const { clock, confirm } = open(null, "a", null, null);
  clock.nowMs += 12_000;
  assertEquals(await confirm(), INFO);
  assertEquals(await confirm(), INFO);
  clock.nowMs += 11_999;
  await assertNoLeader(confirm);
  clock.nowMs++;
  assertEquals(await confirm(), INFO);
});

Deno.test("hasMajority: counts the leader, and the followers that it has heard of a moment ago", () => {
  const infoOf = (replicas: number, ...ages: readonly (number | "offline")[]) => ({
    config: { num_replicas: replicas },
    cluster: {
      leader: "a",
      replicas: ages.map((age) =>
        age === "offline" ? { active: 1, offline: true } : { active: age * 1e9 }
      ),
    },
  } as unknown as StreamInfo);
  assertEquals(hasMajority({ config: { num_replicas: 1 } } as StreamInfo), true);
  assertEquals(hasMajority(infoOf(1)), true);
  assertEquals(hasMajority(infoOf(3, 0.1, 0.9)), true);
  assertEquals(hasMajority(infoOf(3, 2.499, 60)), true);
  assertEquals(hasMajority(infoOf(3, 2.5, 60)), false);
  assertEquals(hasMajority(infoOf(3, "offline", 60)), false);
  assertEquals(hasMajority(infoOf(3)), false);
});
