import { assertRejects } from "@std/assert";
import { Appender, type AppenderOptions } from "../../lib/cluster/appender.ts";
import type { EntryOf, EntryResult, LogEntry } from "../../lib/cluster/entry.ts";
import { encodeRecord } from "../../lib/cluster/record.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { within } from "./deadline.ts";

/** A record as it was published. */
export interface Published {
  readonly origin: string;
  readonly n: number;
  readonly entries: readonly LogEntry[];
  readonly bytes: number;
  readonly signal: AbortSignal;
}

/** A log that records what is published, and acknowledges nothing. */
export class RecordingLog {
  readonly published: Published[] = [];
  #arrived = Promise.withResolvers<void>();

  append(payload: Uint8Array, signal: AbortSignal): Promise<void> {
    const { o: origin, n, e: entries } = JSON.parse(new TextDecoder().decode(payload));
    this.published.push({ origin, n, entries, bytes: payload.length, signal });
    this.#arrived.resolve();
    this.#arrived = Promise.withResolvers();
    return new Promise(() => {});
  }

  /** Resolves once so many records are published. */
  async count(count: number): Promise<Published> {
    while (this.published.length < count) await within(this.#arrived.promise, "a record");
    return this.published[count - 1]!;
  }
}

/** An appender of a log that acknowledges nothing. */
export function openAppender(options: Pick<AppenderOptions, "stalledMs" | "unknownMs"> = {}) {
  const log = new RecordingLog();
  const encode = (origin: string, n: number, entries: readonly Uint8Array[]) =>
    encodeRecord({ origin, n, seenPlace: 1, seenChain: "0".repeat(16) }, entries);
  return { log, appender: new Appender({ log, incarnation: "a.1", encode, ...options }) };
}

/** A message as an entry. */
export function say(text: string): EntryOf<"say"> {
  return { kind: "say", room: "lobby", draft: { event: "message", from: "ana", text, time: 1 } };
}

/** The result of a message. */
export function said(seq: number): EntryResult {
  return { kind: "say", entry: say("a"), outcome: { seq, time: 5 } };
}

/** The results of a record whose entries are numbered from `first` on. */
export function numbered({ entries }: Published, first: number): EntryResult[] {
  return entries.map((_, at) => said(first + at));
}

/** The texts of the messages of a record; of other entries their kinds. */
export function textsOf({ entries }: Published): string[] {
  return entries.map((entry) =>
    entry.kind === "say" && entry.draft.event === "message" ? entry.draft.text : entry.kind
  );
}

/** The code and the reason that something is refused with. */
export async function refusal(promise: Promise<unknown>): Promise<[string, string | null]> {
  const { code, reason } = await within(assertRejects(() => promise, RequestError), "a refusal");
  return [code, reason];
}
