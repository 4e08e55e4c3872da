import { dirname } from "@std/path";
import { type Endpoint, formatEndpoint } from "../stream/endpoint.ts";
import { readIfThere, withLock, writePrivateFile } from "./atomic_file.ts";
import { makeUserFolder } from "./own_marks.ts";

/** How long a change waits for other clients: a connection waits for it. */
const LOCK_MS = 1_000;
/** Servers that are kept; the ones that were added first give way. */
const MAX_SERVERS = 1_000;

/**
 * The servers that have answered HELO, in a text file with a line `HOST:PORT` for each.
 *
 * It saves a client from taking a slow server for one of protocol 1, and decides nothing else: a file
 * that cannot be read or written counts as empty.
 */
export class Protocol2Servers {
  /**
   * Does not access the disk.
   *
   * @param path created with the first server, as are its folders
   */
  constructor(readonly path: string) {}

  /** Whether a server is among them. */
  async has(endpoint: Endpoint): Promise<boolean> {
    return (await this.#read()).includes(keyOf(endpoint));
  }

  /** The servers, as `HOST:PORT`. */
  async addresses(): Promise<readonly string[]> {
    return await this.#read();
  }

  /** Adds a server. */
  async add(endpoint: Endpoint): Promise<void> {
    if (await this.has(endpoint)) return;
    await this.#change((keys) => [...keys, keyOf(endpoint)].slice(-MAX_SERVERS));
  }

  /** Removes a server. */
  async delete(endpoint: Endpoint): Promise<void> {
    if (!await this.has(endpoint)) return;
    await this.#change((keys) => keys.filter((key) => key !== keyOf(endpoint)));
  }

  async #change(change: (keys: readonly string[]) => string[]): Promise<void> {
    try {
      makeUserFolder(dirname(this.path));
      await withLock(`${this.path}.lock`, async () => {
        const keys = new Set(change(await this.#read()));
        await writePrivateFile(this.path, [...keys].map((key) => `${key}\n`).join(""));
      }, { waitMs: LOCK_MS });
    } catch {
      // A guess that is wrong once more is put right by the answer to HELO
    }
  }

  async #read(): Promise<string[]> {
    const text = await readIfThere(this.path).catch(() => null) ?? "";
    return text.split("\n").filter((line) => line !== "");
  }
}

function keyOf({ hostname, port }: Endpoint): string {
  return formatEndpoint({ hostname: hostname.toLowerCase(), port });
}
