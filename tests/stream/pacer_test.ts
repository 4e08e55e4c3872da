import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { LIMITS } from "../../lib/protocol/limits.ts";
import type { PacedFlow } from "../../lib/stream/paced_flow.ts";
import { Pacer } from "../../lib/stream/pacer.ts";
import type { RateLimits } from "../../lib/stream/rate_limits.ts";
import { TestPaceClock } from "../helpers/pace_clock.ts";

/** A connection that always has a next piece to move. */
class BusyFlow {
  readonly flow: PacedFlow;
  bytes = 0;

  constructor(pacer: Pacer, client: string, readonly pieceBytes: number) {
    this.flow = pacer.open(client, () => this.move());
  }

  move(): void {
    while (this.flow.admits(this.pieceBytes)) {
      this.bytes += this.pieceBytes;
    }
  }
}

function newPacer(limits: RateLimits): { readonly clock: TestPaceClock; readonly pacer: Pacer } {
  const clock = new TestPaceClock();
  const pacer = new Pacer(clock);
  pacer.limits = limits;
  clock.advance(10_000); // All bursts are full
  return { clock, pacer };
}

function start(flows: readonly BusyFlow[]): void {
  for (const flow of flows) flow.move();
}

function sum(flows: readonly BusyFlow[]): number {
  return flows.reduce((bytes, flow) => bytes + flow.bytes, 0);
}

function assertNear(actual: number, expected: number, share: number): void {
  assert(Math.abs(actual - expected) <= expected * share, `${actual}, not ${expected}`);
}

Deno.test("Pacer: lets all pass without limits, and starts no timer", () => {
  const { clock, pacer } = newPacer({ total: null, perClient: null });
  const flow = pacer.open("a", () => {});
  for (let i = 0; i < 100; i++) assert(flow.admits(1 << 20));
  assertEquals([clock.count, pacer.isLimited, pacer.waitedMs], [0, false, 0]);
  assertEquals(pacer.frameBytes, LIMITS.protocol2DataBytes);
});

Deno.test("Pacer: keeps the total rate", () => {
  const { clock, pacer } = newPacer({ total: 1_000_000, perClient: null });
  const flow = new BusyFlow(pacer, "a", 16_384);
  start([flow]);
  clock.advance(10_000);
  assertNear(flow.bytes, 10_000_000, 0.03);
  assertNear(pacer.waitedMs, 10_000, 0.03);
});

Deno.test("Pacer: keeps the rate of each client, whatever the number of its connections", () => {
  const { clock, pacer } = newPacer({ total: null, perClient: 1_000_000 });
  const many = Array.from({ length: 8 }, () => new BusyFlow(pacer, "many", 16_384));
  const one = new BusyFlow(pacer, "one", 65_536);
  start([...many, one]);
  clock.advance(10_000);
  assertNear(sum(many), 10_000_000, 0.03);
  assertNear(one.bytes, 10_000_000, 0.03);
});

Deno.test("Pacer: a client with 8 connections and one with a single one get halves of the total", () => {
  const { clock, pacer } = newPacer({ total: 1_000_000, perClient: null });
  const many = Array.from({ length: 8 }, () => new BusyFlow(pacer, "many", 16_384));
  const one = new BusyFlow(pacer, "one", 16_384);
  start([...many, one]);
  clock.advance(1_000);
  for (const flow of [...many, one]) flow.bytes = 0; // The burst went to the first
  clock.advance(10_000);
  assertNear(sum(many), 5_000_000, 0.05);
  assertNear(one.bytes, 5_000_000, 0.05);
  for (const { bytes } of many) assertNear(bytes, 5_000_000 / 8, 0.1);
});

Deno.test("Pacer: shares the total by bytes, not by pieces", () => {
  const { clock, pacer } = newPacer({ total: 10_000_000, perClient: null });
  const large = new BusyFlow(pacer, "large", 1 << 20);
  const small = new BusyFlow(pacer, "small", 4_096);
  start([large, small]);
  clock.advance(10_000);
  assertNear(large.bytes, 50_000_000, 0.05);
  assertNear(small.bytes, 50_000_000, 0.05);
});

Deno.test("Pacer: a client below its share leaves the rest to the others", () => {
  const { clock, pacer } = newPacer({ total: 3_000_000, perClient: 2_000_000 });
  const a = new BusyFlow(pacer, "a", 16_384);
  start([a]);
  clock.advance(10_000);
  assertNear(a.bytes, 20_000_000, 0.03);
  const b = new BusyFlow(pacer, "b", 16_384);
  const before = a.bytes;
  start([b]);
  clock.advance(10_000);
  assertNear(a.bytes - before, 15_000_000, 0.05);
  assertNear(b.bytes, 15_000_000, 0.05);
});

Deno.test("Pacer: changed limits hold at once, for what waits, too", () => {
  const { clock, pacer } = newPacer({ total: 16_384, perClient: null });
  const flow = new BusyFlow(pacer, "a", 1 << 20);
  start([flow]);
  const before = flow.bytes;
  clock.advance(1_000);
  assertEquals(flow.bytes, before);
  pacer.limits = { total: 10_000_000, perClient: null };
  clock.advance(10_000);
  assertNear(flow.bytes - before, 100_000_000, 0.03);
  pacer.limits = { total: 100_000, perClient: null };
  const slowed = flow.bytes;
  clock.advance(30_000);
  assert(flow.bytes - slowed <= 3_000_000 + (1 << 20), `${flow.bytes - slowed}`);
});

Deno.test("Pacer: without limits again, what waits passes", () => {
  const { clock, pacer } = newPacer({ total: 16_384, perClient: 16_384 });
  let passed = 0;
  const flow = pacer.open("a", () => passed++);
  assert(flow.admits(1 << 20));
  assert(!flow.admits(1));
  assert(clock.count > 0);
  pacer.limits = { total: null, perClient: null };
  assertEquals([passed, flow.admits(1), clock.count], [1, true, 0]);
});

Deno.test("Pacer: new clients starve none of those that wait", () => {
  const { clock, pacer } = newPacer({ total: 1_000_000, perClient: null });
  const old = new BusyFlow(pacer, "old", 16_384);
  start([old]);
  clock.advance(1_000);
  const before = old.bytes;
  for (let i = 0; i < 400; i++) {
    const fresh = pacer.open(`fresh ${i}`, () => fresh.close());
    fresh.admits(16_384);
    clock.advance(10);
  }
  assert(old.bytes - before >= 5 * 16_384, `${old.bytes - before}`);
});

Deno.test("PacedFlow: what was added to a piece meanwhile is paid, too", () => {
  const { clock, pacer } = newPacer({ total: 1_000_000, perClient: null });
  const flow = pacer.open("a", () => {});
  assert(flow.admits(250_000));
  assert(!flow.admits(1_000));
  clock.advance(1);
  assert(flow.admits(101_000));
  assert(!flow.admits(1));
  clock.advance(100);
  assert(!flow.admits(1));
  clock.advance(1);
  assert(flow.admits(1));
});

Deno.test("PacedFlow: gives up what waits when it is closed, and leaves no timer", () => {
  const { clock, pacer } = newPacer({ total: 16_384, perClient: 16_384 });
  let passed = 0;
  const first = pacer.open("a", () => {});
  const second = pacer.open("a", () => passed++);
  assert(first.admits(65_536));
  assert(!second.admits(65_536));
  second.close();
  second.close();
  assertEquals([passed, clock.count], [1, 0]);
  assert(second.admits(1 << 20));
  clock.advance(4_000);
  assert(first.admits(65_536), "what was given up cost nothing");
});

Deno.test("Pacer: a client that comes back at once has no new burst", () => {
  const { clock, pacer } = newPacer({ total: null, perClient: 1_000_000 });
  const first = pacer.open("a", () => {});
  assert(first.admits(250_000));
  first.close();
  const second = pacer.open("a", () => {});
  assert(!second.admits(250_000));
  second.close();
  clock.advance(250);
  assert(pacer.open("a", () => {}).admits(250_000));
});

Deno.test("Pacer: random clients get no more than the rates, and none starves", () => {
  const clients = fc.array(
    fc.record({
      connections: fc.integer({ min: 1, max: 8 }),
      pieceBytes: fc.constantFrom(1_024, 16_384, 65_536, 262_144),
    }),
    { minLength: 1, maxLength: 8 },
  );
  const rate = fc.integer({ min: 1_000_000, max: 50_000_000 });
  const perClient = fc.option(rate);
  fc.assert(
    fc.property(clients, rate, perClient, (clients, total, perClient) => {
      const { clock, pacer } = newPacer({ total, perClient });
      const flows = clients.map(({ connections, pieceBytes }, i) =>
        Array.from({ length: connections }, () => new BusyFlow(pacer, `${i}`, pieceBytes))
      );
      start(flows.flat());
      clock.advance(5_000);
      const slack = 262_144;
      assert(sum(flows.flat()) <= total * 5.25 + slack);
      const fair = Math.min(total / clients.length, perClient ?? Infinity) * 5;
      for (const own of flows) {
        assert(sum(own) <= (perClient ?? total) * 5.25 + slack);
        assert(sum(own) >= fair * 0.9 - slack, `${sum(own)} of ${fair}`);
      }
    }),
    { numRuns: 20 },
  );
});
