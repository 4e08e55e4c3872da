import { assertEquals, assertStrictEquals } from "@std/assert";
import { FrameLog, type FrameLogCursor } from "../../lib/stream/frames/frame_log.ts";
import { ascii } from "../helpers/step_sink.ts";

const SEGMENT_BYTES = 64 * 1_024;

/** All pieces that a cursor has to read. */
function readPieces(cursor: FrameLogCursor): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let piece = cursor.next(); piece !== null; piece = cursor.next()) pieces.push(piece);
  return pieces;
}

function textOf(cursor: FrameLogCursor): string {
  return readPieces(cursor).map((piece) => new TextDecoder().decode(piece)).join("");
}

Deno.test("FrameLogCursor: reads frames appended after it was made, each once", () => {
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

Deno.test("FrameLogCursor: is independent of other cursors and shares the bytes", () => {
  const log = new FrameLog();
  const [first, second] = [log.cursor(), log.cursor()];
  log.append(ascii("a"));
  assertEquals(textOf(first), "a");
  log.append(ascii("b"));
  const [piece] = readPieces(second);
  assertEquals([...piece!], [...ascii("ab")]);
  assertStrictEquals(first.next()!.buffer, piece!.buffer);
});

Deno.test("FrameLog: copies appended frames, and leaves views unchanged", () => {
  const log = new FrameLog();
  const cursor = log.cursor();
  const frame = ascii("abc");
  log.append(frame);
  frame.fill(0);
  const [piece] = readPieces(cursor);
  for (let i = 0; i < 3; i++) log.append(new Uint8Array(SEGMENT_BYTES).fill(1));
  assertEquals([...piece!], [...ascii("abc")]);
});

Deno.test("FrameLogCursor.excludeSince: hides a frame, not those around it", () => {
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

Deno.test("FrameLogCursor.excludeSince: hides everything without a lag", () => {
  const log = new FrameLog();
  const cursor = log.cursor();
  log.append(ascii("X"));
  cursor.excludeSince(0);
  cursor.excludeSince(log.end); // An empty range
  assertEquals(cursor.next(), null);
  assertEquals(cursor.lagBytes, 0);
  log.append(ascii("a"));
  assertEquals(textOf(cursor), "a");
});

Deno.test("FrameLogCursor.excludeSince: accepts adjacent and empty ranges", () => {
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

Deno.test("FrameLog: starts small, and leaves views unchanged as it grows", () => {
  const log = new FrameLog();
  const cursor = log.cursor();
  log.append(ascii("a"));
  const [first] = readPieces(cursor);
  assertEquals(first!.buffer.byteLength, 1_024);
  const sizes = new Set<number>();
  for (let i = 1; i < SEGMENT_BYTES; i++) {
    log.append(ascii("b"));
    if (i % 100 === 0) {
      for (const piece of readPieces(cursor)) sizes.add(piece.buffer.byteLength);
    }
  }
  assertEquals([...sizes], [1_024, 2_048, 4_096, 8_192, 16_384, 32_768, SEGMENT_BYTES]);
  assertEquals(textOf(cursor), "b".repeat((SEGMENT_BYTES - 1) % 100));
  assertEquals([...first!], [...ascii("a")]);
  log.append(ascii("c"));
  assertEquals(readPieces(cursor).map(({ buffer }) => buffer.byteLength), [1_024]);
});

Deno.test("FrameLog: never splits frames, and excludes across segments", () => {
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
  const pieces = readPieces(cursor).map((piece) => [piece[0], piece.at(-1), piece.length]);
  assertEquals(pieces, [[1, 1, half - 1], [4, 4, half], [5, 5, 1]]);
});

Deno.test("FrameLog: keeps a frame larger than a segment in one piece", () => {
  const log = new FrameLog();
  const cursor = log.cursor();
  log.append(ascii("a"));
  log.append(new Uint8Array(SEGMENT_BYTES + 1).fill(7));
  log.append(ascii("b"));
  assertEquals(readPieces(cursor).map(({ length }) => length), [1, SEGMENT_BYTES + 1, 1]);
});

Deno.test("FrameLogCursor: continues in the next segment when made at a full one", () => {
  const log = new FrameLog();
  log.append(new Uint8Array(SEGMENT_BYTES));
  const cursor = log.cursor();
  assertEquals(cursor.next(), null);
  log.append(ascii("a"));
  assertEquals(textOf(cursor), "a");
});
