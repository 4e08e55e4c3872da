import { assert, assertEquals } from "@std/assert";
import { LoopLag } from "../../lib/server/monitoring/loop_lag.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { until } from "../helpers/serves_on.ts";

/** A loop lag and the clock that it uses. Disposal stops both. */
class Fixture implements Disposable {
  readonly clock = new FakeClock();
  readonly lag = new LoopLag();

  constructor() {
    this.lag.start();
  }

  /** Takes a sample at each delay. */
  sample(...lateMs: number[]): void {
    for (const ms of lateMs) {
      this.clock.advance(100 + ms);
      this.lag.sample();
    }
  }

  [Symbol.dispose](): void {
    this.lag.stop();
    this.clock[Symbol.dispose]();
  }
}

Deno.test("LoopLag: returns the maximum and the mean of its samples", () => {
  using fixture = new Fixture();
  assertEquals(fixture.lag.lastMinute, { maxMs: 0, meanMs: 0 });
  fixture.sample(0, 30, 0, 10);
  assertEquals(fixture.lag.lastMinute, { maxMs: 30, meanMs: 10 });
});

Deno.test("LoopLag: counts an early sample as punctual", () => {
  using fixture = new Fixture();
  fixture.sample(-40, 0);
  assertEquals(fixture.lag.lastMinute, { maxMs: 0, meanMs: 0 });
});

Deno.test("LoopLag: forgets samples older than a minute", () => {
  using fixture = new Fixture();
  fixture.sample(500, ...Array<number>(599).fill(0));
  assertEquals(fixture.lag.lastMinute, { maxMs: 500, meanMs: 500 / 600 });
  fixture.sample(0);
  assertEquals(fixture.lag.lastMinute, { maxMs: 0, meanMs: 0 });
});

Deno.test("LoopLag: counts a minute by the clock, not by samples", () => {
  using fixture = new Fixture();
  fixture.sample(900, ...Array<number>(59).fill(900), ...Array<number>(30).fill(1_900));
  // 30 samples in the last minute, not 90
  assertEquals(fixture.lag.lastMinute, { maxMs: 1_900, meanMs: 1_900 });
});

Deno.test("LoopLag: forgets samples even without further samples", () => {
  using fixture = new Fixture();
  fixture.sample(700);
  fixture.clock.advance(59_999);
  assertEquals(fixture.lag.lastMinute, { maxMs: 700, meanMs: 700 });
  fixture.clock.advance(1);
  assertEquals(fixture.lag.lastMinute, { maxMs: 0, meanMs: 0 });
});

Deno.test("LoopLag: measures a blocked event loop", async () => {
  const lag = new LoopLag();
  lag.start();
  const untilMs = performance.now() + 400;
  while (performance.now() < untilMs);
  await until(() => lag.lastMinute.maxMs > 0, "a sample");
  lag.stop();
  lag.stop();
  assert(lag.lastMinute.maxMs >= 250, `${lag.lastMinute.maxMs} ms`);
});
