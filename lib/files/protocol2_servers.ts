import { dirname } from "./path.ts";
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
  /** The last change of this object: connections that are opened after it know of it. */
  #changed: Promise<void> = Promise.resolve();

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
    const key = keyOf(endpoint);
    await this.#change((keys) => keys.includes(key) ? keys : [...keys, key].slice(-MAX_SERVERS));
  }

  /** Removes a server. */
  async delete(endpoint: Endpoint): Promise<void> {
    const key = keyOf(endpoint);
    await this.#change((keys) => keys.includes(key) ? keys.filter((other) => other !== key) : keys);
  }

  /** Makes a change after the one before. `change` returns its argument where there is none. */
  #change(change: (keys: readonly string[]) => readonly string[]): Promise<void> {
    return this.#changed = this.#changed.then(async () => {
      try {
        const keys = await this.#stored();
        if (change(keys) !== keys) await this.#store(change);
      } catch {
        // A guess that is wrong once more is put right by the answer to HELO
      }
    });
  }

  async #store(change: (keys: readonly string[]) => readonly string[]): Promise<void> {
    makeUserFolder(dirname(this.path));
    await withLock(`${this.path}.lock`, async () => {
      const keys = new Set(change(await this.#stored()));
      await writePrivateFile(this.path, [...keys].map((key) => `${key}\n`).join(""));
    }, { waitMs: LOCK_MS });
  }

  async #read(): Promise<readonly string[]> {
    await this.#changed;
    return await this.#stored();
  }

  async #stored(): Promise<readonly string[]> {
    const text = await readIfThere(this.path).catch(() => null) ?? "";
    return text.split("\n").filter((line) => line !== "");
  }
}

function keyOf({ hostname, port }: Endpoint): string {
  return formatEndpoint({ hostname: hostname.toLowerCase(), port });
}
