import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { firstChain, nextChain, showChain } from "../../lib/cluster/chain.ts";
import type { AppliedRecord, LogEntry } from "../../lib/cluster/entry.ts";
import type { LogRecord } from "../../lib/cluster/engine.ts";
import { joinBySnapshot } from "../../lib/cluster/cluster_row.ts";
import { writeSnapshot } from "../../lib/files/database_snapshot.ts";
import { linkEntry } from "../helpers/link_entries.ts";
import { fileEntry, linkedPut, MALFORMED, peopleEntry, ROOMS } from "../helpers/log_entries.ts";
import { EPOCH, ORIGINS, Replica } from "../helpers/replica.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** Small, so that rooms and messages are forgotten. */
const HISTORY = { keep: 300, maxRooms: 3, roomBytes: 600, totalBytes: 900 };

/** An entry as it may stand in a record; what is malformed has the kind `bad`. */
type Entry =
  | { readonly kind: "say"; readonly room: string; readonly text: string }
  | { readonly kind: "hi"; readonly port: number }
  | { readonly kind: "gone"; readonly origin: number }
  | { readonly kind: "file"; readonly value: unknown }
  | { readonly kind: "other"; readonly value: LogEntry }
  | { readonly kind: "bad"; readonly value: unknown };

/** What one server appends, cut into records. */
interface Append {
  readonly origin: number;
  readonly entries: readonly Entry[];
  /** Which of the records before it is stored again after it, if any: counted from the last. */
  readonly repeat: number | null;
  /** How far behind the last record the origin is. */
  readonly lag: number;
  readonly stampMs: number;
}

const entry = fc.oneof(
  { weight: 6, arbitrary: peopleEntry.map((value) => ({ kind: "other", value })) },
  { weight: 3, arbitrary: linkEntry.map((value) => ({ kind: "other", value })) },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant("say"),
      room: fc.constantFrom(...ROOMS),
      text: fc.string({ unit: "grapheme", maxLength: 60 }),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({ kind: fc.constant("file"), value: fileEntry }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("hi"), port: fc.nat(65_535) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("gone"), origin: fc.nat(2) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("bad"), value: fc.constantFrom(...MALFORMED) }),
  },
) as fc.Arbitrary<Entry>;

/** What servers append of some entries. */
function appendsOf(
  entry: fc.Arbitrary<Entry>,
  size: fc.ArrayConstraints["size"] = "small",
): fc.Arbitrary<readonly Append[]> {
  return fc.array(
    fc.record({
      origin: fc.nat(2),
      entries: fc.array(entry, { maxLength: 6 }),
      repeat: fc.option(fc.nat(8), { freq: 4 }),
      lag: fc.nat(5),
      stampMs: fc.integer({ min: 1_000, max: 1_100 }),
    }),
    { maxLength: 40, size },
  );
}

const appends = appendsOf(entry);
/** So much of links that they are used up. */
const linkAppends = appendsOf(
  fc.oneof(
    { weight: 2, arbitrary: linkEntry.map((value): Entry => ({ kind: "other", value })) },
    { weight: 1, arbitrary: linkedPut.map((value): Entry => ({ kind: "file", value })) },
  ),
  "medium",
);

/** How a server receives the log: in batches of these sizes, and with a restart where the size is odd. */
const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 20 });

/** The log that comes of what three servers append. */
class LogBuilder {
  readonly records: LogRecord[] = [];
  readonly #chains = [firstChain(EPOCH)];
  readonly #counts = [0, 0, 0];

  add({ origin, entries, repeat, lag, stampMs }: Append): void {
    const place = Math.max(0, this.records.length - lag);
    this.#push(stampMs, {
      v: 1,
      o: ORIGINS[origin],
      n: ++this.#counts[origin]!,
      p: [place, showChain(this.#chains[place]!)],
      e: entries.map(toWire),
    });
    const again = repeat === null ? undefined : this.records.at(-1 - repeat);
    if (again !== undefined) this.#pushPayload(stampMs, again.payload);
  }

  #push(stampMs: number, record: unknown): void {
    this.#pushPayload(stampMs, new TextEncoder().encode(JSON.stringify(record)));
  }

  #pushPayload(stampMs: number, payload: Uint8Array): void {
    const record = { place: this.records.length + 1, stampMs, payload };
    this.records.push(record);
    this.#chains.push(nextChain(this.#chains.at(-1)!, record));
  }
}

function toWire(entry: Entry): unknown {
  switch (entry.kind) {
    case "say": {
      const draft = { event: "message", from: "ana", text: entry.text, time: 5 };
      return { kind: "say", room: entry.room, draft };
    }
    case "hi":
      return { kind: "hi", server: "aaaaaaaa", host: "x", port: entry.port, fingerprint: null };
    case "gone":
      return { kind: "gone", incarnation: ORIGINS[entry.origin] };
    case "file":
    case "other":
    case "bad":
      return entry.value;
  }
}

function logOf(appended: readonly Append[]): LogRecord[] {
  const builder = new LogBuilder();
  for (const append of appended) builder.add(append);
  return builder.records;
}

/** A server that has received the log in batches, and was restarted between some. */
function follow(log: readonly LogRecord[], sizes: readonly number[]): Replica {
  const replica = new Replica({ history: HISTORY, server: "bbbbbbbb" });
  for (let at = 0, i = 0; at < log.length; i++) {
    const size = sizes[i % sizes.length]!;
    assertEquals(replica.apply(log.slice(Math.max(0, at - 2), at + size)), null);
    if (size % 2 === 1) replica.restart();
    at += size;
  }
  return replica;
}

/** A record as it was applied, with the codes of errors in place of their stacks. */
function toPlain({ results, ...record }: AppliedRecord): unknown {
  const plain = results.map((result) => result.kind === null ? result.error.code : result);
  return { ...record, results: plain };
}

/** The texts that have an effect, each once, in their order. */
function effectiveTexts(appended: readonly Append[]): string[] {
  const gone = new Set<number>();
  const texts: string[] = [];
  for (const { origin, entries } of appended) {
    if (gone.has(origin)) continue;
    for (const entry of entries) {
      if (entry.kind === "say") texts.push(`${entry.room}: ${entry.text}`);
      if (entry.kind === "gone") gone.add(entry.origin);
    }
  }
  return texts;
}

Deno.test("StateMachine: comes to the same rows for any cut, repeat, interleaving and restart", () => {
  fc.assert(fc.property(appends, cuts, cuts, (appended, cut, otherCut) => {
    const log = logOf(appended);
    using whole = new Replica({ history: HISTORY });
    for (const record of log) assertEquals(whole.apply([record]), null);
    using first = follow(log, cut);
    using second = follow(log, otherCut);
    assertEquals(first.rows(), whole.rows());
    assertEquals(second.rows(), whole.rows());
    assertEquals(first.applied.map(toPlain), whole.applied.map(toPlain));
    assertEquals(first.machine.chain, whole.machine.chain);
  }));
});

Deno.test("StateMachine: applies each entry once, in the order of the log, and numbers each room without gaps", () => {
  fc.assert(fc.property(appends, cuts, (appended, cut) => {
    using replica = follow(logOf(appended), cut);
    const seqs = new Map<string, number>();
    const texts: string[] = [];
    for (const result of replica.applied.flatMap(({ results }) => results)) {
      if (result.kind !== "say") continue;
      const { entry: { room, draft }, outcome: { seq } } = result;
      assert(draft.event === "message");
      texts.push(`${room}: ${draft.text}`);
      const last = seqs.get(room);
      if (last === undefined) assert(seq >= 1);
      else if (seq !== last + 1) assert(seq > last, `${room}: ${seq} after ${last}`);
      seqs.set(room, seq);
    }
    assertEquals(texts, effectiveTexts(appended));
  }));
});

Deno.test("StateMachine: numbers rooms without gaps as long as none is forgotten", () => {
  fc.assert(fc.property(appends, cuts, (appended, cut) => {
    using replica = new Replica();
    for (const record of logOf(appended)) replica.apply([record]);
    using other = follow(logOf(appended), cut);
    assertEquals(other.machine.chain, replica.machine.chain);
    const rooms = Map.groupBy(
      replica.applied.flatMap(({ results }) => results).filter((result) => result.kind === "say"),
      ({ entry }) => entry.room,
    );
    for (const [, said] of rooms) {
      assertEquals(said.map(({ outcome }) => outcome.seq), said.map((_, i) => i + 1));
    }
  }));
});

Deno.test("StateMachine: goes on from a snapshot of any record as the server that made it", () => {
  fc.assert(
    fc.property(appends, fc.nat(40), cuts, (appended, at, cut) => {
      using temp = new TempDir();
      const log = logOf(appended);
      const path = temp.join("given.db");
      using given = new Replica({ history: HISTORY, path });
      for (const record of log.slice(0, at)) given.apply([record]);
      writeSnapshot(path, temp.join("snapshot.db"));
      using taken = follow(log.slice(0, 3), cut);
      joinBySnapshot(taken.database, temp.join("snapshot.db"), "cccccccc");
      taken.restart();
      assertEquals(taken.rows(), given.rows());
      for (const record of log) {
        assertEquals(given.apply([record]), null);
        assertEquals(taken.apply([record]), null);
      }
      assertEquals(taken.rows(), given.rows());
      assertEquals(taken.machine.chain, given.machine.chain);
    }),
    { numRuns: 25 },
  );
});

Deno.test("StateMachine: gives no two members nicks that are the same", () => {
  fc.assert(fc.property(appends, cuts, (appended, cut) => {
    using replica = follow(logOf(appended), cut);
    const nicks = replica.rows().nicks as { incarnation: string; folded: string }[];
    assertEquals(new Set(nicks.map(({ folded }) => folded)).size, nicks.length);
  }));
});

Deno.test("StateMachine: gives no claim and no byte of a link that it has not", () => {
  fc.assert(fc.property(linkAppends, cuts, cuts, (appended, cut, otherCut) => {
    const log = logOf(appended);
    using replica = follow(log, cut);
    using other = follow(log, otherCut);
    assertEquals(other.rows(), replica.rows());
    const taken = new Map<string, { claims: number; bytes: number }>();
    const of = (id: string) => taken.getOrInsertComputed(id, () => ({ claims: 0, bytes: 0 }));
    const claims = new Set<string>();
    for (const result of replica.applied.flatMap(({ results }) => results)) {
      if (result.kind === "put" && result.entry.link !== null) {
        of(result.entry.link).bytes += result.entry.size;
      }
      if (result.kind !== "claim") continue;
      const { link, claim } = result.entry;
      if (!claims.has(`${link} ${claim}`)) of(link).claims++;
      claims.add(`${link} ${claim}`);
    }
    for (const row of replica.rows().links as Record<string, number | string | null>[]) {
      const { claims, bytes } = of(String(row.id));
      if (row.count !== null) assertEquals(claims, Number(row.count) - Number(row.claims_left));
      else assertEquals(claims, 0);
      if (row.size_bytes === null) continue;
      assert(bytes <= Number(row.size_bytes));
      assertEquals(bytes, Number(row.size_bytes) - Number(row.bytes_left));
    }
  }));
});
