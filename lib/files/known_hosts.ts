import { dirname, join } from "@std/path";
import { parseFingerprint } from "../stream/tls/certificate.ts";
import { type Endpoint, formatEndpoint } from "../stream/endpoint.ts";
import { asDiskError } from "./disk_error.ts";
import { readIfThere, withLock, writePrivateFile } from "./private_file.ts";

const HEADING = "# Servers that tcp-chat knows: HOST:PORT FINGERPRINT [CERTIFICATE]\n";
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** What is known of a server. */
export interface KnownHost {
  /** SHA-256 of its public key (SPKI, DER) in hex. */
  readonly fingerprint: string;
  /**
   * The certificate that it showed last, DER in base64, or `null`. It saves asking for it, and is
   * believed no more than the fingerprint says.
   */
  readonly certificate: string | null;
}

/** Where known servers are kept by the XDG Base Directory Specification. */
export function knownHostsPath(env: (name: string) => string | undefined): string {
  const home = env("HOME") ?? env("USERPROFILE") ?? ".";
  return join(env("XDG_CONFIG_HOME") || join(home, ".config"), "tcp-chat", "known_hosts");
}

/**
 * The servers that a user knows, in a text file:
 *
 *     HOST:PORT FINGERPRINT [CERTIFICATE]
 *
 * One line a server, its parts apart by white space; an IPv6 address stands in brackets. Other
 * lines, such as those that begin with `#`, are passed over and kept. The first line of a server
 * counts. It is read anew each time, and written in one step, by one at a time.
 */
export class KnownHosts {
  /**
   * Reads nothing yet.
   *
   * @param path made with the first server, as are the folders that it needs
   */
  constructor(readonly path: string) {}

  /**
   * What is known of a server, or `null`.
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
   * Keeps what is known of a server, in place of what was known before.
   *
   * @throws {DiskError}
   */
  async remember(endpoint: Endpoint, host: KnownHost): Promise<void> {
    try {
      await Deno.mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
      await withLock(`${this.path}.lock`, async () => {
        await writePrivateFile(this.path, withHost(await this.#read(), keyOf(endpoint), host));
      });
    } catch (error) {
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

/** The text with the host's line, in the place of its first one if it had any. */
function withHost(text: string, key: string, { fingerprint, certificate }: KnownHost): string {
  const line = [key, fingerprint, certificate].filter((part) => part !== null).join(" ");
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const place = lines.findIndex((other) => parseLine(other, key) !== null);
  const others = lines.filter((other) => parseLine(other, key) === null);
  others.splice(place < 0 ? others.length : place, 0, line);
  return `${others.join("\n")}\n`;
}
