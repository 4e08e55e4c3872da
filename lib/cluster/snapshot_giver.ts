import type { SnapshotFile } from "../files/database_snapshot.ts";
import { SNAPSHOT_SCHEMA } from "../files/migrations.ts";
import type { SnapshotFolder } from "../files/snapshot_folder.ts";
import { encodeMessage } from "./bus_request.ts";
import { subjectOf } from "./cluster.ts";
import type { Bus, BusMessage } from "./engine.ts";
import {
  decodePieceRequest,
  decodeSnapshotRequest,
  PIECE_BYTES,
  pieceSubject,
  SNAPSHOT_SUBJECT,
  type SnapshotOffer,
} from "./snapshot_messages.ts";

/** What a {@link SnapshotGiver} is made of. */
export interface SnapshotGiverOptions {
  readonly bus: Bus;
  /** The name of the cluster. */
  readonly name: string;
  /** The id of this server. */
  readonly server: string;
  readonly folder: SnapshotFolder;
  /** Writes a snapshot of the database into a new file, in a worker. */
  readonly write: (path: string) => Promise<SnapshotFile>;
  /** The place of the last record that is applied here; `null` while this server is not in step. */
  readonly applied: () => number | null;
  /** Called with a server of an earlier version that asks, at most once a minute; `null` if it does not say who it is. */
  readonly onOlder: (server: string | null) => void;
  /** The version of the schema of the snapshots. Default: {@link SNAPSHOT_SCHEMA}. */
  readonly schema?: number;
}

interface Snapshot {
  readonly offer: SnapshotOffer;
  readonly sinceMs: number;
  /** The place of a record that is in it. */
  readonly place: number;
}

/** How long a snapshot is given before a new one is made. */
const KEPT_MS = 60_000;

/** How long no older server is told of after one was. */
const TOLD_MS = 60_000;

const NOTHING = new Uint8Array();

/**
 * Gives snapshots of the database to servers that are new or far behind, in pieces, over the bus: they
 * hold what must stay among the servers, as the log does. One that is a minute old, or too old for the server that
 * asks, is made anew.
 *
 * A server that is not in step, or cannot write one, gives an empty answer. One that asks and does not know the
 * schema gets none: it could not read it, and would call its own database too new. Disposal ends it.
 */
export class SnapshotGiver implements Disposable {
  readonly #options: SnapshotGiverOptions;
  readonly #listening = new DisposableStack();
  #making: Promise<Snapshot> | null = null;
  #last: Snapshot | null = null;
  /** The one before the last, which a server may still fetch. */
  #former: Snapshot | null = null;
  readonly #schema: number;
  #toldMs = -Infinity;

  /** Gives snapshots from now on. */
  constructor(options: SnapshotGiverOptions) {
    this.#options = options;
    const { bus, server, schema = SNAPSHOT_SCHEMA } = options;
    this.#schema = schema;
    const subject = (what: string) => subjectOf(options, what);
    this.#listening.use(
      bus.subscribe(subject(SNAPSHOT_SUBJECT), (message) => this.#offer(message), "any"),
    );
    this.#listening.use(
      bus.subscribe(subject(pieceSubject(server)), (message) => this.#give(message)),
    );
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
    for (const snapshot of [this.#last, this.#former]) this.#remove(snapshot);
  }

  async #offer(message: BusMessage): Promise<void> {
    try {
      const { place, schema, server } = decodeSnapshotRequest(message.payload);
      if (schema === null || schema < this.#schema) {
        this.#tellOlder(server);
        // An earlier version takes any text for an offer
        const refusal = encodeMessage({ needsSchema: this.#schema });
        return message.respond(schema === null ? NOTHING : refusal);
      }
      const { offer } = await this.#snapshot(place);
      message.respond(encodeMessage({ ...offer }));
    } catch {
      message.respond(NOTHING); // Another server is asked
    }
  }

  #tellOlder(server: string | null): void {
    const nowMs = performance.now();
    if (nowMs - this.#toldMs < TOLD_MS) return;
    this.#toldMs = nowMs;
    this.#options.onOlder(server);
  }

  async #give(message: BusMessage): Promise<void> {
    const { folder } = this.#options;
    try {
      const { id, at } = decodePieceRequest(message.payload);
      const isKnown = [this.#last, this.#former].some((snapshot) => snapshot?.offer.id === id);
      message.respond(isKnown ? await folder.read(fileOf(id), at, PIECE_BYTES) : NOTHING);
    } catch {
      message.respond(NOTHING);
    }
  }

  /** One that is new enough; else a new one, which all share that ask meanwhile. */
  async #snapshot(place: number): Promise<Snapshot> {
    for (;;) {
      const last = this.#last;
      const isNew = last !== null && performance.now() - last.sinceMs < KEPT_MS;
      if (isNew && last.place >= place) return last;
      const applied = this.#options.applied();
      if (applied === null || applied < place) {
        throw new Error("Cannot make a snapshot: this server is not in step");
      }
      await (this.#making ??= this.#make(applied).finally(() => this.#making = null));
    }
  }

  async #make(place: number): Promise<Snapshot> {
    const { server, folder, write } = this.#options;
    const sinceMs = performance.now();
    const id = crypto.randomUUID();
    const { sizeBytes, sha256 } = await write(folder.pathOf(fileOf(id)));
    this.#remove(this.#former);
    this.#former = this.#last;
    const offer = { server, id, sizeBytes, sha256, schema: this.#schema };
    return this.#last = { offer, sinceMs, place };
  }

  #remove(snapshot: Snapshot | null): void {
    if (snapshot !== null) this.#options.folder.remove(fileOf(snapshot.offer.id));
  }
}

function fileOf(id: string): string {
  return `${id}.db`;
}
