import { Mutex } from "../../async/mutex.ts";
import type { Connection } from "../../client/connection.ts";
import { type Protocol2Client, requireProtocol2 } from "../../client/protocol2_client.ts";
import { openLink, type OpenSocket } from "../net/page_client.ts";
import type { StartHashWorker } from "./hashing.ts";
import type { MoverProgress, PlacedSession } from "./mover_messages.ts";

/** A connection that moves files. */
export interface Link {
  readonly connection: Connection;
  readonly protocol: Protocol2Client;
  /** Held while the data of an upload are sent: data belong to the oldest upload. */
  readonly uploadLock: Mutex;
  readonly startHashWorker: StartHashWorker;
}

/** What connections for files are made with. */
export interface LinkContext {
  readonly open: OpenSocket;
  readonly startHashWorker: StartHashWorker;
}

/** How a job is watched and ended. */
export interface JobControl {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: MoverProgress) => void;
}

/** Opens a connection for files. @param session the one that it belongs to */
export async function openFileLink(
  { open, startHashWorker }: LinkContext,
  { session, origin }: PlacedSession,
): Promise<Link> {
  const connection = await openLink({ open, origin }, { attach: session });
  return {
    connection,
    protocol: requireProtocol2(connection.handler),
    uploadLock: new Mutex(),
    startHashWorker,
  };
}
