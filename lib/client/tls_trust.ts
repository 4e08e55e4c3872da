import type { KnownHost, KnownHosts } from "../files/known_hosts.ts";
import { ConnectionError } from "../protocol/errors.ts";
import { encodeClientHello } from "../protocol/hello.ts";
import type { ConnectLimits } from "../stream/connector.ts";
import { type Endpoint, formatEndpoint } from "../stream/endpoint.ts";
import { foreignServiceError } from "../stream/foreign_service.ts";
import { readGreeting } from "../stream/read_greeting.ts";
import type { Socket } from "../stream/socket.ts";
import type { connectTls, TlsConnection, TlsPin, UnknownServer } from "../stream/tls/connect.ts";
import { AGENT } from "../version.ts";

/** How TLS fails with a server that speaks something else. */
const NO_TLS: ReadonlySet<string> = new Set(["tls-unexpected", "handshake"]);

/** Which servers to trust. */
export interface TlsTrustOptions {
  /** The known servers; accepted ones are added. Default: none is known, and none is kept. */
  readonly knownHosts?: Pick<KnownHosts, "find" | "remember">;
  /** Accept only this key, whatever key is known: SHA-256 in hex, lower case. */
  readonly fingerprint?: string;
  /** Whether to trust an unknown server from now on. Default: no. */
  readonly accept?: (server: UnknownServer) => boolean | Promise<boolean>;
  /** Called when a server could not be added. The connection is made nevertheless. */
  readonly onUnsaved?: (error: unknown) => void;
}

/** A connection to a server that is trusted, and known from `remember` on. */
export interface TrustedConnection {
  readonly socket: Socket;
  /** Adds the server to the known ones, unless it is there. Never rejects. */
  remember(): Promise<void>;
}

/**
 * Connects with TLS to servers that are known, that the system trusts, or that the user accepts. When an
 * accepted one is remembered is up to the caller.
 *
 * A known server with another key is refused before anything is sent to it, unless that very key is
 * asked for by its fingerprint: then that is the one to remember.
 *
 * @throws {ConnectionError}; the reason of the signal
 * @throws {DiskError} when the known servers cannot be read
 */
export async function connectTrusted(
  endpoint: Endpoint,
  options: TlsTrustOptions,
  limits: ConnectLimits,
): Promise<TrustedConnection> {
  const { knownHosts, fingerprint, accept = () => false, onUnsaved = () => {} } = options;
  const known = await knownHosts?.find(endpoint) ?? null;
  const pin = fingerprint === undefined ? known : pinFor(fingerprint, known);
  const { socket, pin: seen } = await connectNamed(endpoint, { pin, accept }, limits);
  const remember = async () => {
    if (seen === null || isSame(seen, known)) return;
    const { signal } = limits;
    await knownHosts?.remember(endpoint, seen, signal).catch((error) => {
      if (!signal?.aborted) onUnsaved(error);
    });
  };
  return { socket, remember };
}

/** Only what is connected with TLS needs its code, and that of Node behind it. */
async function connectNamed(...of: Parameters<typeof connectTls>): Promise<TlsConnection> {
  try {
    const { connectTls } = await import("../stream/tls/connect.ts");
    return await connectTls(...of);
  } catch (error) {
    const [endpoint, _trust, limits] = of;
    throw await nameService(error, endpoint, limits);
  }
}

/** What makes a service that waits to be asked answer. It holds nothing but the version of this program. */
const QUESTION = encodeClientHello({
  agent: AGENT,
  attach: null,
  present: false,
  names: true,
  resume: null,
  login: false,
});

/** Where TLS fails because something else is spoken: the error that names it, unasked or asked. */
async function nameService(
  error: unknown,
  endpoint: Endpoint,
  limits: ConnectLimits,
): Promise<unknown> {
  if (!(error instanceof ConnectionError) || !NO_TLS.has(error.code)) return error;
  for (const question of [new Uint8Array(), QUESTION]) {
    const greeting = await readGreeting(endpoint, limits, question).catch(() => new Uint8Array());
    const named = foreignServiceError(greeting, formatEndpoint(endpoint));
    if (named?.code === "other-service") return named; // Another code says what the handshake has shown
  }
  return error;
}

function pinFor(fingerprint: string, known: KnownHost | null): TlsPin {
  return known?.fingerprint === fingerprint ? known : { fingerprint, certificate: null };
}

function isSame(seen: TlsPin, known: KnownHost | null): boolean {
  return seen.fingerprint === known?.fingerprint && seen.certificate === known.certificate;
}
