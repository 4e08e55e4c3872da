import { assertEquals, assertThrows } from "@std/assert";
import {
  decodeRecord,
  encodeEntry,
  encodeRecord,
  type RecordHead,
} from "../../lib/cluster/record.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { CLUSTER_LIMITS } from "../../lib/protocol/cluster_limits.ts";
import { sayOf } from "../helpers/replica.ts";

const HEAD = { origin: "aaaaaaaa.1", n: 3, seenPlace: 7, seenChain: "0011223344556677" };
const ENTRY = encodeEntry(sayOf("x"));

Deno.test("encodeRecord, decodeRecord: agree", () => {
  const entries = [sayOf("one"), sayOf("„two“", "den")];
  const payload = encodeRecord(HEAD, entries.map(encodeEntry));
  assertEquals(decodeRecord(payload), { ...HEAD, entries });
  assertEquals(decodeRecord(encodeRecord(HEAD, [])), { ...HEAD, entries: [] });
});

/** A record as a server with other limits would encode it. */
function encodeUnchecked(
  { origin, n, seenPlace, seenChain }: RecordHead,
  e: unknown[],
): Uint8Array {
  const p = [seenPlace, seenChain];
  return new TextEncoder().encode(JSON.stringify({ v: 1, o: origin, n, p, e }));
}

Deno.test("encodeEntry: takes as many bytes as the limit, and no more", () => {
  const ofBytes = (bytes: number) => sayOf("x".repeat(bytes - encodeEntry(sayOf("")).length));
  for (const bytes of [CLUSTER_LIMITS.entryBytes - 1, CLUSTER_LIMITS.entryBytes]) {
    assertEquals(encodeEntry(ofBytes(bytes)).length, bytes);
  }
  assertThrows(
    () => encodeEntry(ofBytes(CLUSTER_LIMITS.entryBytes + 1)),
    RequestError,
    "Too large",
  );
});

Deno.test("encodeRecord, decodeRecord: take as many entries as the limit, and no more", () => {
  const { recordEntries } = CLUSTER_LIMITS;
  for (const count of [recordEntries - 1, recordEntries]) {
    const record = decodeRecord(encodeRecord(HEAD, Array(count).fill(ENTRY)));
    assertEquals(typeof record === "string" ? record : record.entries.length, count);
  }
  assertThrows(() => encodeRecord(HEAD, Array(recordEntries + 1).fill(ENTRY)), RangeError);
  const more = Array(recordEntries + 1).fill(sayOf("x"));
  assertEquals(decodeRecord(encodeUnchecked(HEAD, more)), "malformed");
});

Deno.test("encodeRecord, decodeRecord: take as many bytes as the limit, and no more", () => {
  const { recordBytes } = CLUSTER_LIMITS;
  const half = (bytes: number) =>
    new TextEncoder().encode(JSON.stringify(sayOf("x".repeat(bytes))));
  const empty = encodeRecord(HEAD, [half(100_000), half(0)]).length;
  const ofBytes = (bytes: number) => [half(100_000), half(bytes - empty)];
  for (const bytes of [recordBytes - 1, recordBytes]) {
    const payload = encodeRecord(HEAD, ofBytes(bytes));
    assertEquals([payload.length, typeof decodeRecord(payload)], [bytes, "object"]);
  }
  assertThrows(() => encodeRecord(HEAD, ofBytes(recordBytes + 1)), RangeError);
  const more = [sayOf("x".repeat(100_000)), sayOf("x".repeat(recordBytes + 1 - empty))];
  const payload = encodeUnchecked(HEAD, more);
  assertEquals([payload.length, decodeRecord(payload)], [recordBytes + 1, "malformed"]);
});
