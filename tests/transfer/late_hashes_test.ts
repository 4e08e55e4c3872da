import { assertEquals } from "@std/assert";
import { LateHashes } from "../../lib/transfer/late_hashes.ts";
import { FakeTimers } from "../helpers/fake_timers.ts";

class Fixture implements Disposable {
  readonly timers = new FakeTimers();
  readonly stop = new AbortController();
  /** The batches that were stored, by their numbers. */
  readonly stored: number[] = [];
  readonly #late = new LateHashes();

  add(...batches: number[]): void {
    for (const batch of batches) this.#late.add(() => this.stored.push(batch), this.stop.signal);
  }

  [Symbol.dispose](): void {
    this.timers[Symbol.dispose]();
  }
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

Deno.test("LateHashes: stores batches in their order, once no more come for a tenth of a second", async () => {
  using fixture = new Fixture();
  const { timers } = fixture;
  fixture.add(1);
  await timers.advance(99);
  fixture.add(2);
  await timers.advance(100); // The pause in which the second came
  assertEquals(fixture.stored, []);
  await timers.advance(1);
  assertEquals(fixture.stored, [1, 2]);
  assertEquals(timers.count, 0);
  fixture.add(3);
  await timers.advance(100);
  assertEquals(fixture.stored, [1, 2, 3]);
});

Deno.test("LateHashes: 64 batches wait, the oldest of 65 is stored at once", async () => {
  for (const [count, stored] of [[63, []], [64, []], [65, [1]]] as const) {
    using fixture = new Fixture();
    fixture.add(...numbers(count));
    assertEquals(fixture.stored, [...stored]);
    await fixture.timers.advance(200);
    assertEquals(fixture.stored, numbers(count));
  }
});

Deno.test("LateHashes: what waits when the server stops is dropped", async () => {
  using fixture = new Fixture();
  fixture.add(1, 2);
  fixture.stop.abort();
  await fixture.timers.advance(1_000);
  assertEquals([fixture.stored, fixture.timers.count], [[], 0]);
});
