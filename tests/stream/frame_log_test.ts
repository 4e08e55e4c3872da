import { assertEquals, assertStrictEquals } from "@std/assert";
import { FrameLog, type FrameLogCursor } from "../../lib/stream/frames/frame_log.ts";
import { ascii } from "../helpers/step_sink.ts";

const SEGMENT_BYTES = 64 * 1_024;

/** All that a cursor can take, piece by piece. */
function takeAll(cursor: FrameLogCursor): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let piece = cursor.next(); piece !== null; piece = cursor.next()) pieces.push(piece);
  return pieces;
}

function textOf(cursor: FrameLogCursor): string {
  return takeAll(cursor).map((piece) => new TextDecoder().decode(piece)).join("");
}

Deno.test("a cursor sees what is appended after it was made, and nothing twice", () => {
  const log = new FrameLog();
  log.append(ascii("old"));
  const cursor = log.cursor();
  assertEquals(cursor.next(), null);
  log.append(ascii("a"));
  log.append(ascii("b"));
  assertEquals(cursor.lagBytes, 2);
  assertEquals(textOf(cursor), "ab");
  assertEquals(cursor.lagBytes, 0);
  log.append(ascii("c"));
  assertEquals(textOf(cursor), "c");
  assertEquals(log.end, 6);
});

Deno.test("cursors do not know of each other, and share the bytes", () => {
  const log = new FrameLog();
  const [first, second] = [log.cursor(), log.cursor()];
  log.append(ascii("a"));
  assertEquals(textOf(first), "a");
  log.append(ascii("b"));
  const [piece] = takeAll(second);
  assertEquals([...piece!], [...ascii("ab")]);
  assertStrictEquals(first.next()!.buffer, piece!.buffer);
});

Deno.test("append copies, and what was taken stays as it was", () => {
  const log = new FrameLog();
  const cursor = log.cursor();
  const frame = ascii("abc");
  log.append(frame);
  frame.fill(0);
  const [piece] = takeAll(cursor);
  for (let i = 0; i < 3; i++) log.append(new Uint8Array(SEGMENT_BYTES).fill(1));
  assertEquals([...piece!], [...ascii("abc")]);
});

Deno.test("a cursor that is excluded from a frame sees those round it", () => {
  const log = new FrameLog();
  const cursor = log.cursor();
  const other = log.cursor();
  log.append(ascii("a"));
  for (const own of ["X", "YY"]) {
    const from = log.end;
    log.append(ascii(own));
    cursor.excludeSince(from);
  }
  log.append(ascii("b"));
  const from = log.end;
  log.append(ascii("Z"));
  cursor.excludeSince(from);
  assertEquals(textOf(cursor), "ab");
  assertEquals(cursor.lagBytes, 0);
  assertEquals(textOf(other), "aXYYbZ");
});

Deno.test("a cursor that is excluded from everything takes nothing and does not lag", () => {
  const log = new FrameLog();
  const cursor = log.cursor();
  log.append(ascii("X"));
  cursor.excludeSince(0);
  cursor.excludeSince(log.end); // Nothing
  assertEquals(cursor.next(), null);
  assertEquals(cursor.lagBytes, 0);
  log.append(ascii("a"));
  assertEquals(textOf(cursor), "a");
});

Deno.test("ranges that a cursor is excluded from may touch, and be empty", () => {
  const log = new FrameLog();
  const cursor = log.cursor();
  for (const own of ["X", "", "YY", "Z"]) {
    const from = log.end;
    log.append(ascii(own));
    cursor.excludeSince(from);
  }
  log.append(ascii("a"));
  cursor.excludeSince(log.end);
  log.append(ascii("b"));
  assertEquals(textOf(cursor), "ab");
  assertEquals(cursor.lagBytes, 0);
});

Deno.test("a log in which little is said stays small, and grows without harm to what was taken", () => {
  const log = new FrameLog();
  const cursor = log.cursor();
  log.append(ascii("a"));
  const [first] = takeAll(cursor);
  assertEquals(first!.buffer.byteLength, 1_024);
  const sizes = new Set<number>();
  for (let i = 1; i < SEGMENT_BYTES; i++) {
    log.append(ascii("b"));
    if (i % 100 === 0) { for (const piece of takeAll(cursor)) sizes.add(piece.buffer.byteLength); }
  }
  assertEquals([...sizes], [1_024, 2_048, 4_096, 8_192, 16_384, 32_768, SEGMENT_BYTES]);
  assertEquals(textOf(cursor), "b".repeat((SEGMENT_BYTES - 1) % 100));
  assertEquals([...first!], [...ascii("a")]);
  log.append(ascii("c"));
  assertEquals(takeAll(cursor).map(({ buffer }) => buffer.byteLength), [1_024]);
});

Deno.test("frames never straddle segments, and exclusion works across them", () => {
  const log = new FrameLog();
  const cursor = log.cursor();
  const half = SEGMENT_BYTES / 2;
  log.append(new Uint8Array(half - 1).fill(1));
  const from = log.end;
  log.append(new Uint8Array(half).fill(2)); // Leaves one byte
  log.append(new Uint8Array(half).fill(3)); // So this begins a segment
  cursor.excludeSince(from);
  log.append(new Uint8Array(half).fill(4)); // Fills it to the last byte
  log.append(new Uint8Array(1).fill(5));
  const runs = takeAll(cursor).map((piece) => [piece[0], piece.at(-1), piece.length]);
  assertEquals(runs, [[1, 1, half - 1], [4, 4, half], [5, 5, 1]]);
});

Deno.test("a frame larger than a segment stays in one piece", () => {
  const log = new FrameLog();
  const cursor = log.cursor();
  log.append(ascii("a"));
  log.append(new Uint8Array(SEGMENT_BYTES + 1).fill(7));
  log.append(ascii("b"));
  assertEquals(takeAll(cursor).map(({ length }) => length), [1, SEGMENT_BYTES + 1, 1]);
});

Deno.test("a cursor made when a segment is full sees the next one", () => {
  const log = new FrameLog();
  log.append(new Uint8Array(SEGMENT_BYTES));
  const cursor = log.cursor();
  assertEquals(cursor.next(), null);
  log.append(ascii("a"));
  assertEquals(textOf(cursor), "a");
});
