import { assertEquals, assertThrows } from "@std/assert";
import { RequestError } from "../../lib/protocol/errors.ts";
import { batchOf, messageOf, TestHistory } from "../helpers/history.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** The bytes of a stored message with a text of 10 characters. */
const MESSAGE_BYTES = JSON.stringify(messageOf("a", 1, "x".repeat(10))).length;
const TEN = "x".repeat(10);

Deno.test("History: keeps roomBytes of a room, and forgets its oldest messages beyond that", () => {
  for (
    const { spare, kept } of [{ spare: -1, kept: [2, 3] }, { spare: 0, kept: [1, 2, 3] }, {
      spare: 1,
      kept: [1, 2, 3],
    }]
  ) {
    using history = new TestHistory({ roomBytes: 3 * MESSAGE_BYTES + spare });
    history.say("b", [TEN]);
    for (let i = 0; i < 3; i++) history.say("a", [TEN]);
    assertEquals(history.seqs("a"), kept);
    assertEquals(history.seqs("b"), [1]);
  }
});

Deno.test("History: forgets the oldest messages of the largest room beyond totalBytes", () => {
  for (
    const { spare, kept } of [{ spare: -1, kept: [2, 3, 4] }, { spare: 0, kept: [1, 2, 3, 4] }, {
      spare: 1,
      kept: [1, 2, 3, 4],
    }]
  ) {
    using history = new TestHistory({ totalBytes: 7 * MESSAGE_BYTES + spare });
    history.say("a", [TEN, TEN, TEN, TEN]);
    history.say("b", [TEN]);
    for (let i = 0; i < 2; i++) history.say("c", [TEN]);
    assertEquals(history.seqs("a"), kept);
    assertEquals([history.seqs("b"), history.seqs("c")], [[1], [1, 2]]);
    assertEquals(history.lastSeq("a"), 4);
  }
});

Deno.test("History: knows its bytes after a restart, a failed append, and the loss of rooms", () => {
  using temp = new TempDir();
  const path = temp.join("state.db");
  const options = { totalBytes: 4 * MESSAGE_BYTES, maxRooms: 3, keep: 1_000 };
  {
    using history = new TestHistory(options, path);
    history.say("a", [TEN, TEN, TEN]);
    const broken = () => {
      throw new Error("broken");
    };
    const batches = [batchOf("b", Array(3).fill(TEN)), { room: "c", lastSeq: 0, encode: broken }];
    assertThrows(() => history.append(batches), RequestError);
    assertEquals(history.seqs("a"), [1, 2, 3]);
  }
  using history = new TestHistory(options, path);
  history.say("d", [TEN]);
  assertEquals(history.seqs("a"), [1, 2, 3]);
  history.say("e", [TEN]);
  assertEquals(history.seqs("a"), [2, 3]);
  for (const room of ["f", "g", "h"]) history.say(room, [TEN]);
  assertEquals(history.count("rooms"), 3);
  assertEquals(history.seqs("a"), [3]);
  assertEquals(history.count("messages"), 3);
});

Deno.test("History: keeps within its bytes when a message alone is larger", () => {
  const bytes = MESSAGE_BYTES + "00".length; // Number 600 has two digits more
  using history = new TestHistory({ roomBytes: bytes, totalBytes: bytes });
  history.say("a", [TEN]);
  history.say("a", ["x".repeat(13)]);
  assertEquals(history.seqs("a"), []);
  history.say("b", Array(600).fill(TEN));
  assertEquals(history.seqs("b"), [600]);
});
