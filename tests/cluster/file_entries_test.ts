import { assertEquals } from "@std/assert";
import { CatalogueCopies } from "../../lib/files/catalogue_copies.ts";
import type { EntryOf, LogEntry } from "../../lib/cluster/entry.ts";
import { decodeRecord } from "../../lib/cluster/record.ts";
import { CLUSTER_LIMITS } from "../../lib/protocol/cluster_limits.ts";
import { ORIGINS, recordOf, Replica, START } from "../helpers/replica.ts";

const ONE = "1".repeat(64);
const TWO = "2".repeat(64);

function putOf(path: string, sha256 = ONE, more: Partial<EntryOf<"put">> = {}): EntryOf<"put"> {
  const rest = { size: 1, mtime: 5, exec: false, replace: false, former: null, link: null };
  return { kind: "put", path, sha256, ...rest, ...more };
}

/** Applies records, each of a server and an entry, and returns what has come of them. */
function outcomesOf(replica: Replica, entries: readonly (readonly [0 | 1 | 2, LogEntry])[]) {
  const counts = [0, 0, 0];
  for (const [i, [server, entry]] of entries.entries()) {
    const origin = ORIGINS[server];
    const n = ++counts[server]!;
    const head = { origin, n, seenPlace: 0, seenChain: START };
    replica.apply([{ place: i + 1, stampMs: 100 + i, payload: recordOf(head, [entry]) }]);
  }
  return replica.applied.flatMap(({ results }) => results)
    .map((result) => result.kind === null ? result.error.code : result.outcome);
}

Deno.test("put: of two servers that put one path at once, the second in the log is refused", () => {
  using replica = new Replica();
  const outcomes = outcomesOf(replica, [[0, putOf("a/x")], [1, putOf("a/x", TWO)], [
    2,
    putOf("a/x", TWO, { replace: true }),
  ]]);
  assertEquals(outcomes, [{ what: "made" }, "exists", { what: "replaced" }]);
  const copies = new CatalogueCopies(replica.database);
  assertEquals(copies.holdersOf(ONE), []);
  assertEquals(copies.holdersOf(TWO), ["cccccccc"]);
});

Deno.test("put: a change replaces only what it is a change of", () => {
  using replica = new Replica();
  const change = { replace: true, former: ONE };
  const outcomes = outcomesOf(replica, [
    [0, putOf("x")],
    [1, putOf("x", TWO, { replace: true })],
    [0, putOf("x", "3".repeat(64), change)],
  ]);
  assertEquals(outcomes.at(-1), "exists");
});

Deno.test("have, lost: tell of contents that a file has", () => {
  using replica = new Replica();
  outcomesOf(replica, [
    [0, putOf("x")],
    [1, { kind: "have", contents: [ONE, TWO] }],
    [0, { kind: "lost", contents: [ONE] }],
  ]);
  const copies = new CatalogueCopies(replica.database);
  assertEquals(copies.holdersOf(ONE), ["bbbbbbbb"]);
  assertEquals(copies.holdersOf(TWO), []);
});

Deno.test("rm: tells of each path what was removed", () => {
  using replica = new Replica();
  const outcomes = outcomesOf(replica, [
    [0, putOf("a/x")],
    [1, { kind: "rm", paths: ["a", "a/x", "a", "a"] }],
  ]);
  assertEquals(outcomes.at(-1), { removed: [null, "file", "folder", null] });
});

Deno.test("rm, have: name as many files as the limit, and no more", () => {
  const head = { origin: ORIGINS[0], n: 1, seenPlace: 0, seenChain: "0011223344556677" };
  const isTaken = (entry: LogEntry) => {
    const record = decodeRecord(recordOf(head, [entry]));
    return typeof record !== "string" && !(record.entries[0] instanceof Error);
  };
  const { entryFiles } = CLUSTER_LIMITS;
  for (
    const [count, expected] of [[entryFiles - 1, true], [entryFiles, true], [
      entryFiles + 1,
      false,
    ]] as const
  ) {
    assertEquals(isTaken({ kind: "rm", paths: Array<string>(count).fill("x") }), expected);
    assertEquals(isTaken({ kind: "have", contents: Array<string>(count).fill(ONE) }), expected);
  }
});
