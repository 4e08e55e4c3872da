import { assert, assertEquals, assertThrows } from "@std/assert";
import { RequestError } from "../../lib/protocol/errors.ts";
import { PATIENCE } from "../helpers/deadline.ts";
import { batchOf, messageOf, TestHistory } from "../helpers/history.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { through } from "../helpers/through.ts";

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

Deno.test("History: tells the last of more stored messages, of which only new ones displace any", () => {
  using history = new TestHistory({ keep: 2, stored: 4 });
  history.say("lobby", numbered(255));
  assertEquals(history.seqs("lobby"), [254, 255]);
  history.prune(); // Other servers are not started again
  assertEquals(history.count("messages"), 255);
  history.say("lobby", ["256"]);
  assertEquals(history.count("messages"), 4);
});
