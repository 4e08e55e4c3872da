import { assert, assertEquals, assertFalse } from "@std/assert";
import { FrameReader } from "../../lib/stream/frames/frame_reader.ts";
import { ByteSource } from "../helpers/byte_source.ts";
import { FakeClock, flushTasks } from "../helpers/fake_clock.ts";
import { assertRequiresPace, PacedReader } from "../helpers/paced_reader.ts";
import { rawFrame } from "../helpers/raw_peer.ts";

const LIMITS = { controlFrameMs: 100, dataWindowMs: 100, dataWindowBytes: 1_000 };

const CHAT = rawFrame("CHAT", "0123456789");
const DATA = rawFrame("FDAT", "", 100_000n);

Deno.test("FrameReader.isOverdue: is false on a connection that has begun no frame", async () => {
  await using fixture = new PacedReader(LIMITS);
  await flushTasks();
  assertFalse(fixture.overdueAfter(1e9));
  await fixture.after(5_000, CHAT);
  assertFalse(fixture.overdueAfter(1e9));
});

Deno.test("FrameReader.isOverdue: is true for a late control frame, wherever it stops", async () => {
  for (let length = 1; length < CHAT.length; length++) {
    await using fixture = new PacedReader(LIMITS);
    await fixture.after(0, CHAT.subarray(0, length));
    assertFalse(fixture.overdueAfter(100), `${length} bytes`);
    assert(fixture.overdueAfter(101), `${length} bytes`);
  }
});

Deno.test("FrameReader.isOverdue: counts from the first byte of a control frame that trickles in", async () => {
  await using fixture = new PacedReader(LIMITS);
  await fixture.after(500, CHAT.subarray(0, 1));
  for (let i = 1; i < 20; i++) {
    assertFalse(fixture.overdueAfter(5), `${i} bytes`);
    await fixture.after(5, CHAT.subarray(i, i + 1));
  }
  assertFalse(fixture.overdueAfter(5));
  assert(fixture.overdueAfter(6));
});

Deno.test("FrameReader.isOverdue: gives every frame its own time", async () => {
  await using fixture = new PacedReader(LIMITS);
  await fixture.after(0, CHAT.subarray(0, 15));
  await fixture.after(90, CHAT.subarray(15)); // Whole after 90 ms
  await fixture.after(0, CHAT.subarray(0, 5)); // The next frame begins
  assertFalse(fixture.overdueAfter(100));
  assert(fixture.overdueAfter(101));
});

Deno.test("FrameReader.isOverdue: restarts for a frame that begins in the read that ends another", async () => {
  await using fixture = new PacedReader(LIMITS);
  await fixture.after(0, CHAT.subarray(0, 15));
  const tail = new Uint8Array(12);
  tail.set(CHAT.subarray(15));
  tail.set(CHAT.subarray(0, 5), 7);
  await fixture.after(90, tail);
  assertFalse(fixture.overdueAfter(100));
  assert(fixture.overdueAfter(101));
});

Deno.test("FrameReader.isOverdue: requires dataWindowBytes in every window", async () => {
  await using fixture = new PacedReader(LIMITS);
  await fixture.after(0, DATA);
  await assertRequiresPace(fixture);
});

Deno.test("FrameReader.isOverdue: accepts data at the minimum pace without end", async () => {
  await using fixture = new PacedReader(LIMITS);
  await fixture.after(0, DATA);
  for (let i = 0; i < 50; i++) {
    await fixture.after(100, "x".repeat(1_000));
    assertFalse(fixture.overdueAfter(100));
  }
});

Deno.test("FrameReader.isOverdue: does not count time without a pending read", async () => {
  using clock = new FakeClock();
  const source = ByteSource.of([CHAT, CHAT.subarray(0, 5)], false);
  const reader = new FrameReader(source.stream, LIMITS);
  await reader.read();
  assertEquals(reader.isOverdue(clock.nowMs + 1e9), false);
  clock.advance(10_000);
  const reading = reader.read();
  await flushTasks();
  assertFalse(reader.isOverdue(clock.nowMs + 100));
  assert(reader.isOverdue(clock.nowMs + 101));
  source.push(CHAT.subarray(5));
  await reading;
});
