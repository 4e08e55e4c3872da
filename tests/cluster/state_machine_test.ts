import { assertEquals } from "@std/assert";
import { firstChain, nextChain, showChain } from "../../lib/cluster/chain.ts";
import type { LogRecord } from "../../lib/cluster/engine.ts";
import type { LogEntry } from "../../lib/cluster/entry.ts";
import { CLUSTER_LIMITS } from "../../lib/protocol/cluster_limits.ts";
import { EPOCH, ORIGINS, recordOf, Replica, sayOf, START } from "../helpers/replica.ts";

const [ANA, BOB] = ORIGINS;
const encoder = new TextEncoder();

/** The first records of a log, whose origins have seen nothing. */
function logOf(...records: readonly (readonly [string, number, ...LogEntry[]])[]): LogRecord[] {
  return records.map(([origin, n, ...entries], i) => ({
    place: i + 1,
    stampMs: 1_000 + i,
    payload: recordOf({ origin, n, seenPlace: 0, seenChain: START }, entries),
  }));
}

function withPayload(record: LogRecord, payload: unknown): LogRecord {
  return { ...record, payload: encoder.encode(JSON.stringify(payload)) };
}

function messagesOf(replica: Replica): unknown[] {
  return replica.database.prepare("SELECT event FROM messages ORDER BY room, seq").all()
    .map(({ event }) => JSON.parse(String(event)))
    .map(({ room, seq, text, time }) => `${room} ${seq} ${text} ${time}`);
}

Deno.test("StateMachine: numbers the messages of a room by the order of the log, and takes its time", () => {
  using replica = new Replica();
  const log = logOf(
    [ANA, 1, sayOf("one"), sayOf("two")],
    [BOB, 1, sayOf("three"), sayOf("first", "den")],
  );
  assertEquals(replica.apply(log), null);
  assertEquals(messagesOf(replica), [
    "den 1 first 1001",
    "lobby 1 one 1000",
    "lobby 2 two 1000",
    "lobby 3 three 1001",
  ]);
  assertEquals(replica.applied.map(({ results }) => results.map((result) => result.kind)), [
    ["say", "say"],
    ["say", "say"],
  ]);
});

Deno.test("StateMachine: lets the time of a room never go back", () => {
  using replica = new Replica();
  const [one, two] = logOf([ANA, 1, sayOf("one")], [ANA, 2, sayOf("two")]);
  replica.apply([{ ...one!, stampMs: 2_000 }, { ...two!, stampMs: 1_500 }]);
  assertEquals(messagesOf(replica), ["lobby 1 one 2000", "lobby 2 two 2000"]);
});

Deno.test("StateMachine: applies a record that the log has twice once", () => {
  using replica = new Replica();
  replica.apply(logOf([ANA, 1, sayOf("one")], [ANA, 1, sayOf("one")], [ANA, 2, sayOf("two")]));
  assertEquals(messagesOf(replica), ["lobby 1 one 1000", "lobby 2 two 1002"]);
  assertEquals(replica.applied.map(({ skipped }) => skipped), [null, "repeated", null]);
});

Deno.test("StateMachine: applies nothing of an incarnation that is gone, and tells that once", () => {
  using replica = new Replica();
  const gone: LogEntry = { kind: "gone", incarnation: ANA };
  replica.apply(logOf([ANA, 1, sayOf("one")], [BOB, 1, gone, gone], [ANA, 2, sayOf("two")]));
  assertEquals(messagesOf(replica), ["lobby 1 one 1000"]);
  assertEquals(replica.applied.map(({ skipped }) => skipped), [null, null, "gone"]);
  assertEquals(replica.applied[1]!.results.map(({ kind }) => kind), ["gone", null]);
});

Deno.test("StateMachine: refuses an entry that is malformed, and applies the others of its record", () => {
  using replica = new Replica();
  const [record] = logOf([ANA, 1]);
  const entries = [
    sayOf("one"),
    { ...sayOf("two"), room: "no room" },
    null,
    { kind: "say" },
    {},
    sayOf("three"),
  ];
  replica.apply([withPayload(record!, { v: 1, o: ANA, n: 1, p: [0, START], e: entries })]);
  assertEquals(messagesOf(replica), ["lobby 1 one 1000", "lobby 2 three 1000"]);
  const kinds = replica.applied[0]!.results.map(({ kind }) => kind);
  assertEquals(kinds, ["say", null, null, null, null, "say"]);
});

Deno.test("StateMachine: leaves out a malformed record, and goes on", () => {
  using replica = new Replica();
  const log = logOf([ANA, 1, sayOf("one")], [ANA, 1], [ANA, 2, sayOf("two")]);
  for (
    const payload of [
      [],
      {},
      { v: 1 },
      { v: "1" },
      { v: 1, o: "Ana", n: 1, p: [0, START], e: [] },
      { v: 1, o: ANA, n: 0, p: [0, START], e: [] },
      { v: 1, o: ANA, n: 1, p: [0, START, 0], e: [] },
      { v: 1, o: ANA, n: 1, p: [0, START], e: {} },
    ]
  ) {
    using other = new Replica();
    assertEquals(other.apply([log[0]!, withPayload(log[1]!, payload), log[2]!]), null);
    assertEquals(other.applied.map(({ skipped }) => skipped), [null, "malformed", null]);
    assertEquals(messagesOf(other), ["lobby 1 one 1000", "lobby 2 two 1002"]);
  }
  assertEquals(replica.machine.applied, 0);
});

Deno.test("StateMachine: stops before a record of a newer version, and keeps what came before", () => {
  const [first, second] = logOf([ANA, 1, sayOf("one")], [ANA, 2, sayOf("two")]);
  const head = { v: 1, o: ANA, n: 2, p: [0, START] };
  for (const payload of [{ ...head, v: 2 }, { ...head, e: [sayOf("two"), { kind: "fly" }] }]) {
    using replica = new Replica();
    const stop = replica.apply([first!, withPayload(second!, payload)]);
    assertEquals([stop?.code, stop?.place], ["newer", 2]);
    assertEquals(messagesOf(replica), ["lobby 1 one 1000"]);
    assertEquals(replica.machine.applied, 1);
  }
});

/** A second record of a log that tells where its origin was, and its chain there. */
function seenAs(record: LogRecord, seenPlace: number, seenChain: string): LogRecord {
  const payload = recordOf({ origin: ANA, n: 2, seenPlace, seenChain }, [sayOf("two")]);
  return { ...record, payload };
}

Deno.test("StateMachine: skips a record whose origin has applied others, and tells of it", () => {
  const [first, second] = logOf([ANA, 1, sayOf("one")], [ANA, 2, sayOf("two")]);
  const chain = showChain(nextChain(firstChain(EPOCH), first!));
  const seen: [number, string, string | null][] = [
    [1, START, "diverged"],
    [0, chain, "diverged"],
    [2, chain, "diverged"],
    [1, chain, null],
    [0, START, null],
  ];
  for (const [place, seenChain, skipped] of seen) {
    using replica = new Replica();
    const told: number[] = [];
    using _ = replica.machine.onDiverged((record) => told.push(record.place));
    assertEquals(replica.apply([first!, seenAs(second!, place, seenChain)]), null);
    assertEquals(replica.applied.map((record) => record.skipped), [null, skipped]);
    assertEquals(told, skipped === null ? [] : [2]);
  }
});

Deno.test("StateMachine: knows the chains from before a restart", () => {
  const [first, second] = logOf([ANA, 1, sayOf("one")], [ANA, 2, sayOf("two")]);
  using replica = new Replica();
  replica.apply([first!]);
  replica.restart();
  assertEquals([replica.machine.chainAt(0), replica.machine.chainAt(2)], [START, null]);
  replica.apply([seenAs(second!, 0, "0000000000000000")]);
  assertEquals(replica.applied.map((record) => record.skipped), [null, "diverged"]);
});

Deno.test("StateMachine: stops before the first record of a log that begins with another state", () => {
  using replica = new Replica();
  const [first] = logOf([ANA, 1, sayOf("one")]);
  const payload = recordOf({ origin: ANA, n: 1, seenPlace: 0, seenChain: "0000000000000000" }, []);
  assertEquals(replica.apply([{ ...first!, payload }])?.code, "diverged");
  assertEquals(replica.machine.applied, 0);
});

Deno.test("StateMachine: stops where a record of the log is missing, and skips what follows one of its origin that is", () => {
  const log = logOf([ANA, 1, sayOf("one")], [ANA, 2, sayOf("two")], [ANA, 3, sayOf("three")]);
  using replica = new Replica();
  assertEquals(replica.apply([log[1]!])?.code, "gap");
  replica.apply([log[0]!]);
  assertEquals(replica.apply([{ ...log[2]!, place: 2 }]), null);
  assertEquals(replica.applied.map((record) => record.skipped), [null, "diverged"]);
  assertEquals(messagesOf(replica), ["lobby 1 one 1000"]);
});

Deno.test("StateMachine: rolls back when the database fails, and applies the same records later", () => {
  using replica = new Replica();
  replica.database.exec(
    `CREATE TRIGGER full BEFORE INSERT ON messages WHEN new.event LIKE '%two%'
     BEGIN SELECT raise(ABORT, 'full'); END`,
  );
  const log = logOf([ANA, 1, sayOf("one")], [ANA, 2, sayOf("two")]);
  assertEquals(replica.apply(log)?.code, "failed");
  assertEquals([messagesOf(replica), replica.machine.applied], [[], 0]);
  assertEquals(replica.machine.chain, START);
  replica.database.exec("DROP TRIGGER full");
  assertEquals(replica.apply(log), null);
  assertEquals(messagesOf(replica), ["lobby 1 one 1000", "lobby 2 two 1001"]);
});

Deno.test("StateMachine: applies a part of many records at a time", () => {
  using replica = new Replica();
  const entries = Array.from({ length: CLUSTER_LIMITS.entriesAtOnce / 2 }, (_, i) => sayOf(`${i}`));
  const log = logOf([ANA, 1, ...entries], [ANA, 2, ...entries], [ANA, 3, ...entries]);
  const first = replica.machine.apply(log);
  assertEquals([first.consumed, first.applied.length, first.stop], [2, 2, null]);
  const second = replica.machine.apply(log);
  assertEquals([second.consumed, second.applied.length], [3, 1]);
});

Deno.test("StateMachine: numbers new rooms behind those that were forgotten", () => {
  using replica = new Replica({ history: { maxRooms: 3 } });
  replica.apply(logOf(
    [ANA, 1, sayOf("x", "a"), sayOf("x", "a"), sayOf("x", "a")],
    [ANA, 2, sayOf("x", "b"), sayOf("x", "b")],
    [ANA, 3, sayOf("x", "c"), sayOf("x", "c"), sayOf("x", "c")],
    [ANA, 4, sayOf("x", "d")],
    [ANA, 5, sayOf("x", "d")],
    [ANA, 6, sayOf("x", "b")],
  ));
  const rows = replica.database.prepare("SELECT room, seq FROM rooms ORDER BY room").all();
  assertEquals(rows.map(({ room, seq }) => `${room} ${seq}`), ["a 3", "b 3", "c 3"]);
  const seqsOfD = replica.applied.flatMap(({ results }) => results).flatMap((result) =>
    result.kind === "say" && result.entry.room === "d" ? [result.outcome.seq] : []
  );
  assertEquals(seqsOfD, [1, 2]);
});

Deno.test("StateMachine.chain: is another one where the time or the content of a record is", () => {
  const [record] = logOf([ANA, 1, sayOf("one")]);
  const [other] = logOf([ANA, 1, sayOf("two")]);
  const chains = [record!, { ...record!, stampMs: record!.stampMs + 1 }, other!].map((each) => {
    using replica = new Replica();
    replica.apply([each]);
    return replica.machine.chain;
  });
  assertEquals(new Set(chains).size, 3);
});

Deno.test("StateMachine: forgets a server that is gone, and none that is there or unknown", () => {
  using replica = new Replica();
  const hi = { kind: "hi", server: "aaaaaaaa", host: "a", port: 1, fingerprint: null } as const;
  const forget = { kind: "forget", server: "aaaaaaaa" } as const;
  const gone = { kind: "gone", incarnation: ANA } as const;
  replica.apply(logOf([ANA, 1, hi], [BOB, 1, forget, gone, forget, forget]));
  const codes = replica.applied[1]!.results.map((each) =>
    each.kind === null ? each.error.code : each.kind
  );
  assertEquals(codes, ["busy", "gone", "forget", "not-found"]);
  assertEquals(replica.rows().servers, []);
});
