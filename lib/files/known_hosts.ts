import { dirname } from "./path.ts";
import { type Endpoint, formatEndpoint } from "../stream/endpoint.ts";
import { parseFingerprint } from "../stream/fingerprint.ts";
import { asDiskError } from "./disk_error.ts";
import { readIfThere, withLock, writePrivateFile } from "./atomic_file.ts";
import { makeUserFolder } from "./own_marks.ts";

/** How long a change waits for other clients. */
const LOCK_MS = 5_000;

const HEADING = "# Servers that tcp-chat knows: HOST:PORT FINGERPRINT [CERTIFICATE]\n";
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** A server's pinned key, and the certificate that goes with it. */
export interface KnownHost {
  /** SHA-256 of its public key (SPKI, DER) in hex. */
  readonly fingerprint: string;
  /**
   * The server's last certificate, DER in base64, or `null`. It saves a request for it; trust rests
   * on the fingerprint alone.
   */
  readonly certificate: string | null;
}

/**
 * The servers that a user trusts, in a text file with one line per server:
 *
 *     HOST:PORT FINGERPRINT [CERTIFICATE]
 *
 * Fields are separated by white space; an IPv6 address is in brackets. Other lines, such as those
 * that begin with `#`, are skipped and kept. The first line of a server counts. The file is read at
 * every call, and replaced atomically, under a lock.
 *
 * @example Trust a server at the first contact, and only its key from then on
 * ```ts
 * import { connect, KnownHosts, serve } from "@tcp-chat/tcp-chat";
 *
 * const [root, state] = [await Deno.makeTempDir(), await Deno.makeTempDir()];
 * await using server = await serve({ port: 0, root, dataDirectory: state, tls: "own" });
 * const knownHosts = new KnownHosts(`${await Deno.makeTempDir()}/known_hosts`);
 * const options = { hostname: "localhost", port: server.port };
 * const first = await connect({ ...options, tls: { knownHosts, accept: () => true } });
 * await first.quit();
 * await using _again = await connect({ ...options, tls: { knownHosts } });
 * ```
 */
export class KnownHosts {
  /**
   * Does not access the disk.
   *
   * @param path created with the first server, as are its folders
   */
  constructor(readonly path: string) {}

  /**
   * The entry of a server, or `null`.
   *
   * @throws {DiskError}
   */
  async find(endpoint: Endpoint): Promise<KnownHost | null> {
    for (const line of (await this.#read()).split("\n")) {
      const known = parseLine(line, keyOf(endpoint));
      if (known !== null) return known;
    }
    return null;
  }

  /**
   * A server whose key has a fingerprint, as `HOST:PORT`: the first of several; `null` for none.
   *
   * @param fingerprint SHA-256 in hex, lower case
   * @throws {DiskError}
   */
  async findByFingerprint(fingerprint: string): Promise<string | null> {
    const seen = new Set<string>();
    for (const line of (await this.#read()).split("\n")) {
      const [host = ""] = line.trim().split(/\s+/);
      const key = host.toLowerCase();
      const known = key.startsWith("#") || seen.has(key) ? null : parseLine(line, key);
      if (known?.fingerprint === fingerprint) return host;
      if (known !== null) seen.add(key);
    }
    return null;
  }

  /**
   * The servers that have an entry, as `HOST:PORT`.
   *
   * @throws {DiskError}
   */
  async addresses(): Promise<string[]> {
    const hosts = (await this.#read()).split("\n").map((line) => line.trim().split(/\s+/)[0] ?? "");
    return [...new Set(hosts.filter((host) => host !== "" && !host.startsWith("#")))];
  }

  /**
   * Stores the entry of a server, in place of an earlier one.
   *
   * @param signal ends the wait for another process that writes the file
   * @throws {DiskError}
   * @throws the reason of the signal
   */
  async remember(endpoint: Endpoint, host: KnownHost, signal?: AbortSignal): Promise<void> {
    try {
      makeUserFolder(dirname(this.path));
      await withLock(`${this.path}.lock`, async () => {
        await writePrivateFile(this.path, withHost(await this.#read(), keyOf(endpoint), host));
      }, { waitMs: LOCK_MS, signal });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw asDiskError(error, this.path, "write");
    }
  }

  async #read(): Promise<string> {
    try {
      return await readIfThere(this.path) ?? HEADING;
    } catch (error) {
      throw asDiskError(error, this.path, "read");
    }
  }
}

function keyOf({ hostname, port }: Endpoint): string {
  return formatEndpoint({ hostname: hostname.toLowerCase(), port });
}

function parseLine(line: string, key: string): KnownHost | null {
  const [host, hex = "", certificate = ""] = line.trim().split(/\s+/);
  if (host?.toLowerCase() !== key) return null;
  const fingerprint = parseFingerprint(hex);
  if (fingerprint === null) return null;
  return { fingerprint, certificate: BASE64.test(certificate) ? certificate : null };
}

/** Replaces the host's first line and removes its others; appends a line if it had none. */
function withHost(text: string, key: string, { fingerprint, certificate }: KnownHost): string {
  const line = [key, fingerprint, certificate].filter((part) => part !== null).join(" ");
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const index = lines.findIndex((other) => parseLine(other, key) !== null);
  const others = lines.filter((other) => parseLine(other, key) === null);
  others.splice(index < 0 ? others.length : index, 0, line);
  return `${others.join("\n")}\n`;
}
