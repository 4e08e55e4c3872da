import { pause } from "../async/pause.ts";
import { SCHEMA_VERSION } from "../files/database.ts";
import { SnapshotDownload } from "../files/snapshot_download.ts";
import type { SnapshotFolder } from "../files/snapshot_folder.ts";
import { encodeMessage } from "./bus_request.ts";
import { subjectOf } from "./cluster.ts";
import type { Bus } from "./engine.ts";
import {
  decodeOffer,
  PIECE_BYTES,
  pieceSubject,
  SNAPSHOT_SUBJECT,
  type SnapshotOffer,
} from "./snapshot_messages.ts";

/** How long a server may take to write a snapshot, and to read a piece of it. */
const OFFER_MS = 60_000;
const PIECE_MS = 5_000;
/** Pieces that are asked for at once. */
const AT_ONCE = 4;
/** Pause before another server is asked. */
const RETRY_MS = 500;

/** What {@link takeSnapshot} needs. */
export interface TakeSnapshotOptions {
  readonly bus: Bus;
  /** The name of the cluster. */
  readonly name: string;
  readonly folder: SnapshotFolder;
  /** The place of the last record that has to be in it. */
  readonly place: number;
  /** The id of this server. */
  readonly serverId: string;
  /** The version of the schema that this server knows. Default: that of this program. */
  readonly schema?: number;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Called when no server has given a snapshot, before each further attempt. Default: nothing. */
  readonly onWait?: (error: unknown) => void;
  /** Pause before a further attempt, in milliseconds. Default 500. */
  readonly retryMs?: number;
}

/**
 * Fetches a snapshot from a server that is in step. Tries again, also with other servers, until it has
 * one whose SHA-256 is right. The caller disposes of it, which removes its file.
 *
 * @throws the reason of the signal; the errors of this server's disk
 */
export async function takeSnapshot(options: TakeSnapshotOptions): Promise<SnapshotDownload> {
  const { folder, signal, onWait = () => {}, retryMs = RETRY_MS } = options;
  for (;;) {
    signal.throwIfAborted();
    const download = new SnapshotDownload(folder.pathOf("taken.db"));
    try {
      const missing = await fetchInto(download, options);
      if (missing === null) return download;
      onWait(missing);
    } catch (error) {
      download[Symbol.dispose]();
      throw error;
    }
    download[Symbol.dispose]();
    await pause(retryMs, signal);
  }
}

/** @returns `null` once all is there; else why no server has given it */
async function fetchInto(
  download: SnapshotDownload,
  options: TakeSnapshotOptions,
): Promise<unknown> {
  const { signal } = options;
  const offer = await settle(askForOffer(options));
  if (!offer.isFulfilled) return offer.error;
  const pieces = piecesOf(options, offer.value);
  for (;;) {
    signal.throwIfAborted();
    const piece = await settle(pieces.next());
    if (!piece.isFulfilled) return piece.error;
    if (piece.value.done) break;
    await download.write(piece.value.value);
  }
  return download.finish() === offer.value.sha256
    ? null
    : new Error("Cannot take a snapshot: its SHA-256 does not match");
}

/** @throws if the server that answers gives none that this one can read */
async function askForOffer(options: TakeSnapshotOptions): Promise<SnapshotOffer> {
  const { bus, place, serverId: server, schema = SCHEMA_VERSION } = options;
  const subject = subjectOf(options, SNAPSHOT_SUBJECT);
  const question = encodeMessage({ place, schema, server });
  const offer = decodeOffer(await bus.request(subject, question, OFFER_MS));
  if (offer === null) throw new Error("Cannot take a snapshot: the server has none");
  const there = "needsSchema" in offer ? offer.needsSchema : offer.schema;
  if ("needsSchema" in offer || (there ?? 0) > schema) {
    const versions = `schema ${there}, this one knows ${schema}`;
    throw new Error(`the other servers are of a newer version (${versions}): update this server`);
  }
  return offer;
}

/** The pieces of a snapshot, in their order. */
async function* piecesOf(
  options: TakeSnapshotOptions,
  { server, id, sizeBytes }: SnapshotOffer,
): AsyncGenerator<Uint8Array, void> {
  const subject = subjectOf(options, pieceSubject(server));
  const bytes = PIECE_BYTES;
  const waiting: Promise<Uint8Array>[] = [];
  for (let at = 0, asked = 0; at < sizeBytes; at += bytes) {
    for (; asked < sizeBytes && waiting.length < AT_ONCE; asked += bytes) {
      const piece = options.bus.request(subject, encodeMessage({ id, at: asked }), PIECE_MS);
      piece.catch(() => {}); // It is awaited later, or another one has failed before
      waiting.push(piece);
    }
    const piece = await waiting.shift();
    if (piece?.length !== Math.min(bytes, sizeBytes - at)) {
      throw new Error("Cannot take a snapshot: a piece of it is missing");
    }
    yield piece;
  }
}

type Settled<T> =
  | { readonly isFulfilled: true; readonly value: T }
  | { readonly isFulfilled: false; readonly error: unknown };

/** Tells the failures of other servers from those of this one. */
async function settle<T>(promise: Promise<T>): Promise<Settled<T>> {
  try {
    return { isFulfilled: true, value: await promise };
  } catch (error) {
    return { isFulfilled: false, error };
  }
}
