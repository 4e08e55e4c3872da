import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { FrameLog, type FrameLogCursor } from "../../lib/stream/frames/frame_log.ts";

/** A cursor, and the frames that it must still return. */
interface Reader {
  readonly cursor: FrameLogCursor;
  expected: Array<{ value: number; length: number }>;
}

const action = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ kind: "join" } as const) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("append" as const),
      length: fc.oneof(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 15_000, max: 40_000 }),
        fc.constantFrom(65_535, 65_536, 65_537, 100_000),
      ),
      /** Index of the reader that is excluded; `null` for none. */
      author: fc.option(fc.nat(5), { nil: null }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("read" as const), reader: fc.nat(5) }),
  },
);

/** Reads one piece, which must consist of the next frames, whole. */
function readPiece(reader: Reader): boolean {
  const piece = reader.cursor.next();
  if (piece === null) return false;
  let offset = 0;
  while (offset < piece.length) {
    const frame = reader.expected.shift();
    assert(frame !== undefined, "a piece has an unexpected frame");
    const bytes = piece.subarray(offset, offset + frame.length);
    assertEquals(bytes.length, frame.length, "a frame is cut");
    assert(bytes.every((byte) => byte === frame.value), "a frame has another content");
    offset += frame.length;
  }
  return true;
}

Deno.test("FrameLog: every cursor returns all frames but excluded ones, whole and in order", () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const log = new FrameLog();
      const readers: Reader[] = [];
      let value = 0;
      for (const action of actions) {
        if (action.kind === "join") {
          readers.push({ cursor: log.cursor(), expected: [] });
        } else if (action.kind === "read") {
          const reader = readers[action.reader];
          if (reader && !readPiece(reader)) assertEquals(reader.expected, []);
        } else {
          const { length, author } = action;
          const from = log.end;
          value = (value + 1) % 251;
          log.append(new Uint8Array(length).fill(value));
          if (author !== null) readers[author]?.cursor.excludeSince(from);
          for (const [i, reader] of readers.entries()) {
            if (i !== author) reader.expected.push({ value, length });
          }
        }
        for (const { cursor, expected } of readers) {
          assert(cursor.lagBytes >= expected.reduce((sum, { length }) => sum + length, 0));
        }
      }
      for (const reader of readers) {
        while (readPiece(reader));
        assertEquals(reader.expected, []);
        assertEquals(reader.cursor.lagBytes, 0);
      }
    }),
    { numRuns: 200 },
  );
});
