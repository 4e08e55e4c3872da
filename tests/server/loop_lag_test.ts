import { assert, assertEquals } from "@std/assert";
import { LoopLag } from "../../lib/server/monitoring/loop_lag.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { until } from "../helpers/serves_on.ts";

/** Measures by a clock of its own. Disposal stops both. */
class Fixture implements Disposable {
  readonly clock = new FakeClock();
  readonly lag = new LoopLag();

  constructor() {
    this.lag.start();
  }

  /** Takes samples that are each so much late. */
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

Deno.test("LoopLag: tells the most and the mean of its samples", () => {
  using fixture = new Fixture();
  assertEquals(fixture.lag.lastMinute, { mostMs: 0, meanMs: 0 });
  fixture.sample(0, 30, 0, 10);
  assertEquals(fixture.lag.lastMinute, { mostMs: 30, meanMs: 10 });
});

Deno.test("LoopLag: takes a sample that comes early for one in time", () => {
  using fixture = new Fixture();
  fixture.sample(-40, 0);
  assertEquals(fixture.lag.lastMinute, { mostMs: 0, meanMs: 0 });
});

Deno.test("LoopLag: forgets what is older than a minute", () => {
  using fixture = new Fixture();
  fixture.sample(500, ...Array<number>(599).fill(0));
  assertEquals(fixture.lag.lastMinute, { mostMs: 500, meanMs: 500 / 600 });
  fixture.sample(0);
  assertEquals(fixture.lag.lastMinute, { mostMs: 0, meanMs: 0 });
});

Deno.test("LoopLag: counts a minute by time where samples are late", () => {
  using fixture = new Fixture();
  fixture.sample(900, ...Array<number>(59).fill(900), ...Array<number>(30).fill(1_900));
  // 30 samples in the last minute, not 90
  assertEquals(fixture.lag.lastMinute, { mostMs: 1_900, meanMs: 1_900 });
});

Deno.test("LoopLag: forgets while no samples come", () => {
  using fixture = new Fixture();
  fixture.sample(700);
  fixture.clock.advance(59_999);
  assertEquals(fixture.lag.lastMinute, { mostMs: 700, meanMs: 700 });
  fixture.clock.advance(1);
  assertEquals(fixture.lag.lastMinute, { mostMs: 0, meanMs: 0 });
});

Deno.test("LoopLag: sees that the event loop was kept busy", async () => {
  const lag = new LoopLag();
  lag.start();
  const untilMs = performance.now() + 400;
  while (performance.now() < untilMs);
  await until(() => lag.lastMinute.mostMs > 0, "a sample");
  lag.stop();
  lag.stop();
  assert(lag.lastMinute.mostMs >= 250, `${lag.lastMinute.mostMs} ms`);
});
