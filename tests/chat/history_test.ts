import { assert, assertEquals, assertThrows } from "@std/assert";
import type { DatabaseSync } from "node:sqlite";
import { History, type HistoryOptions, type RoomBatch } from "../../lib/chat/history.ts";
import { IN_MEMORY, openDatabase } from "../../lib/files/database.ts";
import type { RoomEvent } from "../../lib/protocol/chat_events.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { PATIENCE } from "../helpers/deadline.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { through } from "../helpers/through.ts";

/** A history with its own database. Disposal closes it. */
class TestHistory extends History implements Disposable {
  readonly database: DatabaseSync;
  readonly errors: unknown[];

  constructor(options: HistoryOptions = {}, path = IN_MEMORY) {
    const database = openDatabase(path);
    const errors: unknown[] = [];
    super(database, { onHistoryError: (error) => errors.push(error), ...options });
    this.database = database;
    this.errors = errors;
  }

  /** Adds messages with the next numbers. */
  say(room: string, texts: readonly string[]): void {
    this.append([batchOf(room, texts)]);
  }

  /** The numbers of the messages that `read` returns. */
  seqs(room: string, range?: Parameters<History["read"]>[1]): number[] {
    return this.read(room, range).map(({ seq }) => seq);
  }

  count(table: "rooms" | "messages"): number {
    return Number(this.database.prepare(`SELECT count(*) AS n FROM ${table}`).get()!.n);
  }

  [Symbol.dispose](): void {
    this.database.close();
  }
}

function messageOf(room: string, seq: number, text: string): RoomEvent {
  return { event: "message", seq, room, from: "ana", text, time: 1_000 + seq };
}

function batchOf(room: string, texts: readonly string[], lastSeq = 0): RoomBatch {
  const encode = (firstSeq: number) =>
    texts.map((text, i) => JSON.stringify(messageOf(room, firstSeq + i, text)));
  return { room, lastSeq, encode };
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `message ${i + 1}`);
}

Deno.test("History: returns messages unchanged, oldest first, and continues their numbers", () => {
  using history = new TestHistory();
  assertEquals(history.lastSeq("lobby"), 0);
  assertEquals(history.read("lobby"), []);
  history.say("lobby", ["olá", 'a "b"\n\\']);
  history.say("lobby", ["語 🙂"]);
  assertEquals(history.lastSeq("lobby"), 3);
  assertEquals(history.read("lobby"), [
    messageOf("lobby", 1, "olá"),
    messageOf("lobby", 2, 'a "b"\n\\'),
    messageOf("lobby", 3, "語 🙂"),
  ]);
});

Deno.test("History: separates rooms", () => {
  using history = new TestHistory();
  history.append([batchOf("a", ["x"]), batchOf("ab", ["y"], 6)]);
  assertEquals([history.lastSeq("a"), history.lastSeq("ab"), history.lastSeq("b")], [1, 7, 0]);
  assertEquals(history.read("a"), [messageOf("a", 1, "x")]);
  assertEquals(history.read("ab"), [messageOf("ab", 7, "y")]);
});

Deno.test("History.append: numbers messages after the last number of the room or the batch", () => {
  using temp = new TempDir();
  using history = new TestHistory({}, temp.join("state.db"));
  using other = new TestHistory({}, temp.join("state.db"));
  history.append([batchOf("lobby", ["a"], 0)]);
  other.append([batchOf("lobby", ["b", "c"], 0)]);
  history.append([batchOf("lobby", ["d"], 1)]);
  other.append([batchOf("lobby", ["e"], 9)]);
  assertEquals(history.seqs("lobby"), [1, 2, 3, 4, 10]);
});

Deno.test("History.read: returns the newest before, the oldest after, and 50 by default", () => {
  using history = new TestHistory();
  history.say("lobby", numbered(120));
  assertEquals(history.seqs("lobby"), through(71, 120));
  assertEquals(history.seqs("lobby", { before: 71 }), through(21, 70));
  assertEquals(history.seqs("lobby", { before: 5 }), through(1, 4));
  assertEquals(history.seqs("lobby", { before: 1 }), []);
  assertEquals(history.seqs("lobby", { after: 100 }), through(101, 120));
  assertEquals(history.seqs("lobby", { after: 0 }), through(1, 50));
  assertEquals(history.seqs("lobby", { after: 120 }), []);
  assertEquals(history.seqs("lobby", { after: 3, before: 8 }), [4, 5, 6, 7]);
  assertEquals(history.seqs("lobby", { after: 3, before: 8, limit: 2 }), [4, 5]);
  assertEquals(history.seqs("lobby", { limit: 2 }), [119, 120]);
  assertEquals(history.seqs("lobby", { limit: 0 }), []);
  assertEquals(history.seqs("lobby", { limit: 1e9 }), through(1, 120));
});

Deno.test("History.read: omits messages that exceed an answer: the oldest, with `after` the newest", () => {
  using history = new TestHistory();
  history.say("lobby", Array<string>(100).fill('"'.repeat(2_048))); // Twice as long in JSON
  for (const range of [{ limit: 100 }, { limit: 100, after: 0 }]) {
    const events = history.read("lobby", range);
    const bytes = new TextEncoder().encode(JSON.stringify({ id: 2 ** 31 - 1, messages: events }));
    assert(bytes.length <= 65_536 && bytes.length > 58_000, `${bytes.length}`);
    const seqs = events.map(({ seq }) => seq);
    assertEquals(
      seqs,
      "after" in range ? through(1, seqs.length) : through(101 - seqs.length, 100),
    );
  }
});

Deno.test("History: returns the last `keep` messages, and deletes older messages in batches", () => {
  using history = new TestHistory({ keep: 3 });
  history.say("other", numbered(2));
  for (let i = 0; i < 1_000; i++) history.say("lobby", [`${i}`]);
  assertEquals(history.seqs("lobby"), [998, 999, 1_000]);
  assertEquals(history.seqs("lobby", { after: 0 }), [998, 999, 1_000]);
  assertEquals(history.seqs("lobby", { before: 998 }), []);
  assert(history.count("messages") <= 2 + 3 + 256);
  history.say("lobby", numbered(1_000));
  assertEquals(history.seqs("lobby"), [1_998, 1_999, 2_000]);
  assertEquals(history.count("messages"), 2 + 3);
});

Deno.test("History: numbers messages, but stores none, if `keep` is 0", () => {
  using history = new TestHistory({ keep: 0 });
  history.say("lobby", numbered(10));
  assertEquals(history.lastSeq("lobby"), 10);
  assertEquals(history.read("lobby"), []);
  assertEquals(history.count("messages"), 0);
});

Deno.test("History.prune: deletes messages beyond a smaller `keep` after a restart", () => {
  using temp = new TempDir();
  const path = temp.join("state.db");
  {
    using history = new TestHistory({}, path);
    history.say("lobby", numbered(20));
    history.say("other", numbered(4));
  }
  {
    using history = new TestHistory({ keep: 5 }, path);
    assertEquals(history.seqs("lobby"), through(16, 20));
    history.prune();
    assertEquals(history.count("messages"), 5 + 4);
  }
  using history = new TestHistory({ keep: 0 }, path);
  history.prune();
  assertEquals(history.count("messages"), 0);
  assertEquals([history.lastSeq("lobby"), history.lastSeq("other")], [20, 4]);
});

Deno.test("History: remembers `maxRooms` rooms, and forgets the room with the fewest messages first", () => {
  using history = new TestHistory({ maxRooms: 3 });
  history.say("busy", numbered(5));
  for (let i = 0; i < 10; i++) history.say(`new-${i}`, ["hi"]);
  assertEquals(history.count("rooms"), 3);
  assertEquals(history.seqs("busy"), [1, 2, 3, 4, 5]);
  assertEquals(history.lastSeq("new-0"), 0);
  assertEquals(history.read("new-0"), []);
  assertEquals(history.seqs("new-9"), [1]);
  assertEquals(history.count("messages"), 5 + 2);
});

Deno.test("History.read: reads the last messages of a long history in less than 20 ms", () => {
  using temp = new TempDir();
  using history = new TestHistory({ keep: 1e6 }, temp.join("state.db"));
  history.say("before", numbered(1_000));
  history.say("lobby", numbered(100_000));
  history.say("z-after", numbered(1_000));
  // The best of several: a busy machine delays some of them
  const tookMs = [1, 2, 3, 4, 5].map(() => {
    const startedMs = performance.now();
    assertEquals(history.seqs("lobby"), through(99_951, 100_000));
    return performance.now() - startedMs;
  });
  assert(Math.min(...tookMs) < 20 * PATIENCE, `${tookMs} ms`);
});

function failure(work: () => unknown): RequestError {
  return assertThrows(work, RequestError);
}

Deno.test("History: adds nothing on a full disk, reports it once, and continues when there is space", () => {
  using temp = new TempDir();
  using history = new TestHistory({}, temp.join("state.db"));
  history.say("lobby", ["before"]);
  const { page_count: pages } = history.database.prepare("PRAGMA page_count").get()!;
  history.database.exec(`PRAGMA max_page_count = ${pages}`);
  const long = Array<string>(10).fill("x".repeat(4_096));
  for (let i = 0; i < 3; i++) {
    const error = failure(() => history.say("lobby", long));
    assertEquals([error.code, error.message], ["no-space", "No space left on the disk"]);
    assert(error.cause instanceof Error);
  }
  assertEquals(history.errors.length, 1);
  assertEquals(history.seqs("lobby"), [1]);
  assertEquals(history.lastSeq("lobby"), 1);

  history.database.exec("PRAGMA max_page_count = 1000000");
  history.say("lobby", ["after"]);
  assertEquals(history.read("lobby").map((event) => "text" in event && event.text), [
    "before",
    "after",
  ]);
  history.database.exec(`PRAGMA max_page_count = ${pages}`);
  failure(() => history.say("lobby", long));
  assertEquals(history.errors.length, 2);
});

Deno.test("History: adds nothing to a locked database, but can still be read", () => {
  using temp = new TempDir();
  using history = new TestHistory({}, temp.join("state.db"));
  using other = new TestHistory({}, temp.join("state.db"));
  history.say("lobby", ["before"]);
  history.database.exec("PRAGMA busy_timeout = 0");
  other.database.exec("BEGIN IMMEDIATE");
  assertEquals(failure(() => history.say("lobby", ["locked"])).code, "busy");
  assertEquals(history.seqs("lobby"), [1]);
  assertEquals(history.errors.length, 0); // The caller may try again
  other.database.exec("ROLLBACK");
  history.say("lobby", ["after"]);
  assertEquals(history.seqs("lobby"), [1, 2]);
});

Deno.test("History.append: stores nothing of a batch that fails in the middle", () => {
  using history = new TestHistory();
  history.say("lobby", ["one"]);
  const broken = () => {
    throw new Error("broken");
  };
  failure(() =>
    history.append([batchOf("other", ["two"]), { room: "lobby", lastSeq: 1, encode: broken }])
  );
  assertEquals([history.lastSeq("lobby"), history.lastSeq("other")], [1, 0]);
  assertEquals(history.read("other"), []);
  history.say("other", ["fine"]);
});

Deno.test("History: fails every request without its tables, and reports it once", () => {
  using history = new TestHistory();
  history.database.exec("DROP TABLE messages");
  assertEquals(failure(() => history.read("lobby")).code, "internal");
  assertEquals(
    failure(() => history.say("a", ["x"])).code,
    "internal",
  );
  history.prune();
  assertEquals(history.errors.length, 1);
});

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
    failure(() => history.append(batches));
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
