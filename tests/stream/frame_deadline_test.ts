import { assert, assertEquals, assertFalse } from "@std/assert";
import { FrameReader } from "../../lib/stream/frames/frame_reader.ts";
import { ByteSource } from "../helpers/byte_source.ts";
import { FakeClock, settled } from "../helpers/fake_clock.ts";
import { PacedReader } from "../helpers/paced_reader.ts";
import { rawFrame } from "../helpers/raw_peer.ts";

const LIMITS = { controlFrameMs: 100, dataWindowMs: 100, dataWindowBytes: 1_000 };

const CHAT = rawFrame("CHAT", "0123456789");
const DATA = rawFrame("FDAT", "", 100_000n);

Deno.test("isOverdue leaves a connection alone that has begun no frame", async () => {
  await using fixture = new PacedReader(LIMITS);
  await settled();
  assertFalse(fixture.overdueAfter(1e9));
  await fixture.after(5_000, CHAT);
  assertFalse(fixture.overdueAfter(1e9));
});

Deno.test("isOverdue tells of a control frame that is not whole in time, wherever it stops", async () => {
  for (let length = 1; length < CHAT.length; length++) {
    await using fixture = new PacedReader(LIMITS);
    await fixture.after(0, CHAT.subarray(0, length));
    assertFalse(fixture.overdueAfter(100), `${length} bytes`);
    assert(fixture.overdueAfter(101), `${length} bytes`);
  }
});

Deno.test("isOverdue counts from the first byte of a control frame, however it drips", async () => {
  await using fixture = new PacedReader(LIMITS);
  await fixture.after(500, CHAT.subarray(0, 1));
  for (let i = 1; i < 20; i++) {
    assertFalse(fixture.overdueAfter(5), `${i} bytes`);
    await fixture.after(5, CHAT.subarray(i, i + 1));
  }
  assertFalse(fixture.overdueAfter(5));
  assert(fixture.overdueAfter(6));
});

Deno.test("isOverdue gives every frame its own time", async () => {
  await using fixture = new PacedReader(LIMITS);
  await fixture.after(0, CHAT.subarray(0, 15));
  await fixture.after(90, CHAT.subarray(15)); // Whole after 90 ms
  await fixture.after(0, CHAT.subarray(0, 5)); // The next one begins
  assertFalse(fixture.overdueAfter(100));
  assert(fixture.overdueAfter(101));
});

Deno.test("isOverdue gives a frame its own time that begins behind one just ended", async () => {
  await using fixture = new PacedReader(LIMITS);
  await fixture.after(0, CHAT.subarray(0, 15));
  const tail = new Uint8Array(12);
  tail.set(CHAT.subarray(15));
  tail.set(CHAT.subarray(0, 5), 7);
  await fixture.after(90, tail);
  assertFalse(fixture.overdueAfter(100));
  assert(fixture.overdueAfter(101));
});

Deno.test("isOverdue wants data at the least pace of the window", async () => {
  await using fixture = new PacedReader(LIMITS);
  await fixture.after(0, DATA);
  assertFalse(fixture.overdueAfter(100));
  assert(fixture.overdueAfter(101));
  await fixture.after(50, "x".repeat(999)); // One byte less than it must be
  assertFalse(fixture.overdueAfter(50));
  assert(fixture.overdueAfter(51));
  await fixture.after(40, "x"); // And that byte opens a new window
  assertFalse(fixture.overdueAfter(100));
  assert(fixture.overdueAfter(101));
});

Deno.test("isOverdue lets data go on for ever at the least pace", async () => {
  await using fixture = new PacedReader(LIMITS);
  await fixture.after(0, DATA);
  for (let i = 0; i < 50; i++) {
    await fixture.after(100, "x".repeat(1_000));
    assertFalse(fixture.overdueAfter(100));
  }
});

Deno.test("isOverdue does not count time in which nobody reads", async () => {
  using clock = new FakeClock();
  const source = ByteSource.of([CHAT, CHAT.subarray(0, 5)], false);
  const reader = new FrameReader(source.stream, LIMITS);
  await reader.read();
  assertEquals(reader.isOverdue(clock.nowMs + 1e9), false);
  clock.advance(10_000);
  const reading = reader.read();
  await settled();
  assertFalse(reader.isOverdue(clock.nowMs + 100));
  assert(reader.isOverdue(clock.nowMs + 101));
  source.push(CHAT.subarray(5));
  await reading;
});
