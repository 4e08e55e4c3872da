import { decodeMessage } from "./bus_request.ts";
import { decodeServerId } from "./incarnation.ts";

/** Bytes of a piece, but for the last one: NATS takes messages of 1 MiB. */
export const PIECE_BYTES = 512 * 1024;

/** The subject on which the servers that are in step give snapshots, without its cluster. */
export const SNAPSHOT_SUBJECT = "any.snapshot";

/** The subject on which a server gives the pieces of its snapshots, without its cluster. */
export function pieceSubject(server: string): string {
  return `snapshot.${server}`;
}

/** A snapshot that a server has made. */
export interface SnapshotOffer {
  /** The server that has it. */
  readonly server: string;
  /** Names it there. */
  readonly id: string;
  readonly sizeBytes: number;
  /** In hex. */
  readonly sha256: string;
  /** The version of its schema; `null` if an earlier version of the program has made it. */
  readonly schema: number | null;
}

/** The answer to a server whose program does not know the schema. */
export interface SnapshotRefusal {
  /** The version of the schema that it would have to know. */
  readonly needsSchema: number;
}

/** Asks for a snapshot. */
export interface SnapshotRequest {
  /** The place of the last record that has to be in it: those before may be gone from the log. */
  readonly place: number;
  /** The version of the schema that the server knows; `null` for an earlier version of the program. */
  readonly schema: number | null;
  /** The server that asks; `null` for an earlier version of the program. */
  readonly server: string | null;
}

/** Asks for a piece of a snapshot. */
export interface PieceRequest {
  readonly id: string;
  /** Where the piece begins. */
  readonly at: number;
}

/** Decodes an offer; an empty answer is none. @throws if it is malformed */
export function decodeOffer(payload: Uint8Array): SnapshotOffer | SnapshotRefusal | null {
  if (payload.length === 0) return null;
  const fields = decodeMessage(payload);
  if (fields.has("needsSchema")) return { needsSchema: fields.integer("needsSchema") };
  return {
    server: decodeServerId(fields, "server"),
    id: fields.text("id"),
    sizeBytes: fields.integer("sizeBytes"),
    sha256: fields.sha256("sha256"),
    schema: fields.optionalInteger("schema") ?? null,
  };
}

/** Decodes a request for a snapshot. @throws if it is malformed */
export function decodeSnapshotRequest(payload: Uint8Array): SnapshotRequest {
  const fields = decodeMessage(payload);
  return {
    place: fields.integer("place"),
    schema: fields.optionalInteger("schema") ?? null,
    server: fields.has("server") ? decodeServerId(fields, "server") : null,
  };
}

/** Decodes a request for a piece. @throws if it is malformed */
export function decodePieceRequest(payload: Uint8Array): PieceRequest {
  const fields = decodeMessage(payload);
  return { id: fields.text("id"), at: fields.integer("at") };
}
