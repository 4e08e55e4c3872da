import { onAbort } from "../async/on_abort.ts";
import { Semaphore } from "../async/semaphore.ts";
import type { FoundServer } from "../discovery/find_servers.ts";
import { scannedAddresses } from "../discovery/networks.ts";
import { ConnectionError, RequestError } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { Endpoint } from "../stream/endpoint.ts";
import { connectTcp } from "../stream/tcp.ts";
import { probeCertificate } from "../stream/tls/probe.ts";
import { openControlConnection } from "./open_connection.ts";

/** How long an address that accepts connections may take to say what it is. */
const IDENTIFY_MS = 2_000;

/**
 * Tries a port of all addresses of the private IPv4 networks of this machine, in each of them no more
 * than the 254 next to its own, and finds the servers of protocol 2 behind it. They have no names. Only
 * for a user who asks for it: to others it looks like an attack.
 *
 * @throws the reason of the signal
 */
export async function* scanServers(
  port: number,
  { signal }: { readonly signal?: AbortSignal } = {},
): AsyncGenerator<FoundServer> {
  const startMs = performance.now();
  const ended = new AbortController();
  using _ = onAbort(signal, () => ended.abort(signal?.reason));
  const turns = new Semaphore(LIMITS.scannedAtOnce);
  const tries = scannedAddresses().map((address) =>
    turns.run(() => tryAddress({ hostname: address, port }, ended.signal)).then((server) => {
      const ms = Math.round(performance.now() - startMs);
      return server === null ? null : { ...server, name: "", address, port, ms };
    })
  );
  try {
    yield* firstOf(tries, LIMITS.foundServers);
  } finally {
    ended.abort();
    await Promise.allSettled(tries);
  }
}

/** The results that are something, in their order, and no more than `count`. */
async function* firstOf<T>(
  promises: readonly Promise<T | null>[],
  count: number,
): AsyncGenerator<T> {
  let left = count;
  for (const promise of promises) {
    const value = left > 0 ? await promise : null;
    if (value === null) continue;
    left--;
    yield value;
  }
}

type Identity = Pick<FoundServer, "tls" | "fingerprint" | "login">;

/** What an address turns out to be; `null` for no server. @throws the reason of the signal */
async function tryAddress(endpoint: Endpoint, signal: AbortSignal): Promise<Identity | null> {
  try {
    signal.throwIfAborted();
    (await connectTcp(endpoint, { timeoutMs: LIMITS.scanMs, signal })).close();
    return await identify(endpoint, signal);
  } catch {
    signal.throwIfAborted();
    return null;
  }
}

async function identify(endpoint: Endpoint, signal: AbortSignal): Promise<Identity> {
  const limits = { timeoutMs: IDENTIFY_MS, signal };
  const open = { tls: false, fingerprint: null };
  try {
    const target = { ...endpoint, ...limits, protocol: 2, present: false } as const;
    const { connection } = await openControlConnection(target);
    connection.close();
    return { ...open, login: false };
  } catch (error) {
    if (error instanceof RequestError && error.code === "unauthenticated") {
      return { ...open, login: true };
    }
    if (!wantsTls(error)) throw error;
    const { fingerprint } = await probeCertificate(endpoint, limits);
    return { tls: true, fingerprint, login: false };
  }
}

function wantsTls(error: unknown): boolean {
  return error instanceof ConnectionError &&
    (error.code === "tls-needed" || error.requestCode === "tls-needed");
}
