import { deadline } from "../async/deadline.ts";
import { found } from "../protocol/check.ts";
import { ConnectionError } from "../protocol/errors.ts";
import { encodeFrame } from "../protocol/frames.ts";
import type { Endpoint } from "../stream/endpoint.ts";
import type { Socket } from "../stream/socket.ts";
import { probeCertificate } from "../stream/tls/probe.ts";
import type { Connection } from "./connection.ts";
import type { ClientFound } from "./findings.ts";
import { judgeError, judgeHello } from "./judge_talk.ts";
import { openConnection } from "./open_connection.ts";
import { SeenKey } from "./seen_key.ts";
import type { TlsTrustOptions } from "./tls_trust.ts";

/** How long a server that does not know HELO may take to answer a request of protocol 1. */
const ORIGINAL_MS = 1_500;
/** A file that no server has. */
const NO_FILE = "tcp-chat-doctor.none";

/** A server that was connected to. */
export interface Opened {
  /** Owned by the caller, and of protocol 2; `null` if there is nothing more to ask. */
  readonly connection: Connection | null;
  /** What was found, in the order of the checks. */
  readonly found: readonly ClientFound[];
  /** Whether the server may be one that neither the user nor the system knows. */
  readonly isNew: boolean;
  /** What a login can be bound to. */
  readonly endPoint: Socket["serverEndPoint"];
  /** How long connecting, HELO and its answer took, in milliseconds. */
  readonly tripMs: number;
}

/** How to open a server for checks. */
export interface OpenCheckedOptions {
  /** `null` for no TLS. */
  readonly tls: TlsTrustOptions | null;
  /** Whether the server is on this machine: no line leads there that others could read. */
  readonly isHere: boolean;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Connects to a server as a client does, without a login and without a trace: no key is remembered, and
 * no member is told.
 *
 * @throws the reason of the signal
 * @throws {DiskError} when the known servers cannot be read
 */
export async function openChecked(
  endpoint: Endpoint,
  options: OpenCheckedOptions,
): Promise<Opened> {
  const { tls, timeoutMs, signal } = options;
  const key = tls === null ? null : new SeenKey(tls);
  const startedMs = performance.now();
  try {
    const { connection, endPoint } = await openConnection(
      {
        ...endpoint,
        timeoutMs,
        signal,
        present: false,
        ...(key !== null && { tls: key.options }),
      },
      null,
    );
    const tripMs = performance.now() - startedMs;
    return { ...await describe(connection, key, options), endPoint, tripMs };
  } catch (error) {
    signal.throwIfAborted();
    const judged = await withShownKey(judgeError(error), endpoint, timeoutMs);
    return { connection: null, found: [judged], isNew: false, endPoint: null, tripMs: 0 };
  }
}

async function describe(
  connection: Connection,
  key: SeenKey | null,
  { isHere }: OpenCheckedOptions,
): Promise<Omit<Opened, "tripMs" | "endPoint">> {
  if (connection.protocol === 1) {
    await deadline(connection.protocolSettled, ORIGINAL_MS, null); // HELO may come late
  }
  const { handler } = connection;
  if (handler.version === 1) {
    return { connection: null, found: [await judgeOriginal(connection)], isNew: false };
  }
  const server = judgeHello(handler.hello);
  if (key !== null) return { connection, found: [key.judge(), server], isNew: key.isNew };
  const plain = found(isHere ? "tls-here" : "tls-none");
  return { connection, found: [server, plain], isNew: false };
}

/** Asks for a file in protocol 1, and closes the connection: an original server says that it has none. */
async function judgeOriginal(connection: Connection): Promise<ClientFound> {
  connection.context.connection.writer.send(encodeFrame("FILE", NO_FILE));
  const reason = await deadline(connection.quit(), ORIGINAL_MS, null);
  connection.close();
  const hasAnswered = reason instanceof ConnectionError && reason.code === "rejected";
  return found(hasAnswered ? "server-original" : "server-silent");
}

/** Adds the key that a server shows where TLS is needed and was not asked for. */
async function withShownKey(
  judged: ClientFound,
  endpoint: Endpoint,
  timeoutMs: number,
): Promise<ClientFound> {
  if (judged.finding !== "tls-needed") return judged;
  const shown = await probeCertificate(endpoint, { timeoutMs }).catch(() => null);
  return { ...judged, data: { fingerprint: shown?.fingerprint ?? "?" } };
}
