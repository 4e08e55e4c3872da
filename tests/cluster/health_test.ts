import { assertEquals } from "@std/assert";
import type { LogBreak } from "../../lib/cluster/engine.ts";
import { Health } from "../../lib/cluster/health.ts";
import type { Stop, StopCode } from "../../lib/cluster/state_machine.ts";
import { Listeners } from "../../lib/async/listeners.ts";
import { MemoryCluster } from "../helpers/memory_engine.ts";
import { within } from "../helpers/deadline.ts";

/** A log whose state the test sets. */
class FakeLog {
  readonly #stops = new Listeners<[Stop | null]>();
  stop: Stop | null = null;
  broken: LogBreak | null = null;
  unansweredMs = 0;

  onStop(listener: (stop: Stop | null) => void): Disposable {
    return this.#stops.add(listener);
  }

  become(code: StopCode | null): void {
    this.stop = code === null ? null : { code, place: 1, origin: null, error: null };
    this.#stops.tell(this.stop);
  }
}

function open(noticeMs = 20) {
  const log = new FakeLog();
  const engine = new MemoryCluster(1).connect();
  const health = new Health({ engine, log, noticeMs });
  const told: string[] = [];
  const next = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const listening = health.onState(() => resolve());
    return within(promise, "another state").finally(() => listening[Symbol.dispose]());
  };
  health.onState((state) => told.push(state));
  return { log, engine, health, told, next };
}

Deno.test("Health: is in step, and tells of a lost engine only after its time", async () => {
  const { engine, health, told, next } = open();
  using _ = health;
  assertEquals(health.state, "in-step");
  const changed = next();
  engine.cut();
  assertEquals(told, []);
  await changed;
  assertEquals(told, ["cut-off"]);
  engine.mend();
  assertEquals(told, ["cut-off", "in-step"]);
});

Deno.test("Health: is cut off while the log answers nothing for too long", async () => {
  const { log, health, told, next } = open(5_000);
  using _ = health;
  log.unansweredMs = 4_999;
  const changed = next();
  log.unansweredMs = 5_000;
  await changed;
  const back = next();
  log.unansweredMs = 0;
  await back;
  assertEquals(told, ["cut-off", "in-step"]);
});

Deno.test("Health: tells at once of what the database or the log keeps from being applied", () => {
  const { log, health, told } = open();
  using _ = health;
  log.become("busy"); // It passes within seconds
  assertEquals(told, []);
  for (const code of ["no-space", "failed", "newer", "diverged", "gap"] as const) log.become(code);
  log.become(null);
  assertEquals(told, ["no-space", "failed", "newer", "diverged", "log-lost", "in-step"]);
  log.broken = "shortened";
  log.become(null);
  assertEquals(health.state, "log-lost");
});
