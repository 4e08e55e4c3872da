import { RequestError } from "../protocol/errors.ts";
import { concatBytes } from "../protocol/frames.ts";
import { decodeObject, Fields, type JsonObject } from "../protocol/json.ts";
import { CLUSTER_LIMITS } from "../protocol/cluster_limits.ts";
import { DECODERS } from "./decoders.ts";
import type { EntryKindName, LogEntry } from "./entry.ts";
import { decodeIncarnation } from "./incarnation.ts";

/** The version of the records that this program writes and reads. */
const VERSION = 1;

const encoder = new TextEncoder();
const COMMA = encoder.encode(",");
const END = encoder.encode("]}");

/** The head of a record. */
export interface RecordHead {
  /** The incarnation that appends it. */
  readonly origin: string;
  /** Counts the records of the origin: 1, 2, 3 and so on. */
  readonly n: number;
  /** The place of the last record that the origin has applied, … */
  readonly seenPlace: number;
  /** … and its chain there, as it is shown. */
  readonly seenChain: string;
}

/** The content of a record. */
export interface RecordContent extends RecordHead {
  /** An entry that is not well-formed is the error that all servers refuse it with. */
  readonly entries: readonly (LogEntry | RequestError)[];
}

/**
 * Encodes an entry for a record.
 *
 * @throws {RequestError} `too-large` beyond {@link CLUSTER_LIMITS.entryBytes}
 */
export function encodeEntry(entry: LogEntry): Uint8Array {
  const bytes = encoder.encode(JSON.stringify(entry));
  if (bytes.length <= CLUSTER_LIMITS.entryBytes) return bytes;
  throw new RequestError("too-large", undefined, { limitBytes: CLUSTER_LIMITS.entryBytes });
}

/** The most bytes of a record that has no entry yet. */
export const RECORD_HEAD_BYTES = 256;

/**
 * Encodes a record of encoded entries. The caller sees to it that they are not more than
 * {@link CLUSTER_LIMITS.recordEntries}, and with a comma each and {@link RECORD_HEAD_BYTES} not more than
 * {@link CLUSTER_LIMITS.recordBytes}.
 *
 * @throws {RangeError} if they are
 */
export function encodeRecord(head: RecordHead, entries: readonly Uint8Array[]): Uint8Array {
  const parts = [encodeHead(head)];
  for (const [i, entry] of entries.entries()) {
    if (i > 0) parts.push(COMMA);
    parts.push(entry);
  }
  parts.push(END);
  const record = concatBytes(parts);
  if (record.length > CLUSTER_LIMITS.recordBytes || entries.length > CLUSTER_LIMITS.recordEntries) {
    throw new RangeError(
      `Cannot encode the record: it has ${entries.length} entries and ${record.length} bytes`,
    );
  }
  return record;
}

function encodeHead({ origin, n, seenPlace, seenChain }: RecordHead): Uint8Array {
  const head = JSON.stringify({ v: VERSION, o: origin, n, p: [seenPlace, seenChain] });
  return encoder.encode(`${head.slice(0, -1)},"e":[`);
}

/**
 * Decodes a record.
 *
 * @returns `newer` if it has a version or a kind of entries that this program does not know;
 * `malformed` for what no version writes
 */
export function decodeRecord(payload: Uint8Array): RecordContent | "newer" | "malformed" {
  if (payload.length > CLUSTER_LIMITS.recordBytes) return "malformed";
  try {
    const object = decodeObject(payload);
    const fields = new Fields(object);
    if (fields.integer("v") !== VERSION) return "newer";
    const entries = listOf(object.e, CLUSTER_LIMITS.recordEntries).map(decodeEntry);
    return entries.includes("newer") ? "newer" : {
      ...decodeHead(fields, object.p),
      entries: entries.filter((entry) => entry !== "newer"),
    };
  } catch {
    return "malformed";
  }
}

/**
 * Whether the origin of a record had applied another one at its place: the log went back since, and has lost what the
 * origin holds.
 */
export function isAfterLoss(place: number, { seenPlace }: Pick<RecordHead, "seenPlace">): boolean {
  return seenPlace >= place;
}

function decodeHead(fields: Fields, seen: unknown): RecordHead {
  const [seenPlace, seenChain] = listOf(seen, 2);
  const pair = new Fields({ seenPlace, seenChain });
  return {
    origin: decodeIncarnation(fields, "o"),
    n: fields.integer("n", { minimum: 1 }),
    seenPlace: pair.integer("seenPlace"),
    seenChain: pair.text("seenChain"),
  };
}

function listOf(value: unknown, limit: number): readonly unknown[] {
  if (Array.isArray(value) && value.length <= limit) return value;
  throw new RequestError("bad-request");
}

function decodeEntry(value: unknown): LogEntry | RequestError | "newer" {
  if (typeof value !== "object" || value === null) return new RequestError("bad-request");
  const { kind } = value as JsonObject;
  if (typeof kind !== "string") return new RequestError("bad-request");
  if (!Object.hasOwn(DECODERS, kind)) return "newer";
  try {
    const members = DECODERS[kind as EntryKindName](new Fields(value as JsonObject));
    return { kind, ...members } as LogEntry;
  } catch (error) {
    if (error instanceof RequestError) return error;
    throw error;
  }
}
