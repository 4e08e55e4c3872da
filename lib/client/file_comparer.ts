import { Semaphore } from "../async/semaphore.ts";
import { ConnectionError, RequestError } from "../protocol/errors.ts";
import type { Client } from "./client.ts";
import type { ClientProvider } from "./client_provider.ts";
import { LocalHasher } from "./local_hasher.ts";

/** Files that a thread hashes in one call, at the most. */
const FILES_PER_CALL = 64;
/** Their bytes, at the most; a larger file has a call of its own. */
const BYTES_PER_CALL = 16 * 1024 * 1024;
/** Calls that are under way: while the server is asked about the files of some, others are hashed. */
const CALLS_AHEAD = 16;
/** Files whose hash the server is asked for at once. */
const QUERIES_AHEAD = 64;
/** Files from this size on may keep the server busy for long: … */
const SLOW_BYTES = 64 * 1024 * 1024;
/** … so many at once, fewer than it looks up together, so that it still reads what comes behind them. */
const SLOW_QUERIES_AHEAD = 4;

/** A file of the server, and where this machine has it, or would have it. */
export interface FilePair {
  readonly path: string;
  readonly localPath: string;
  readonly sizeBytes: number | null;
  /** The SHA-256 in hex that the server has told; absent where it is to be asked for. */
  readonly listedSha256?: string;
}

/** What came of one file: an error that is wrapped, since any value may be thrown. */
export type Outcome = "same" | "different" | "missing" | { readonly error: unknown };

/** Compares files of this machine with those of a server. Closing it ends its threads. */
export class FileComparer {
  readonly #clients: ClientProvider;
  readonly #signal: AbortSignal;
  readonly #hasher = new LocalHasher();
  readonly #queries = new Semaphore(QUERIES_AHEAD);
  readonly #slowQueries = new Semaphore(SLOW_QUERIES_AHEAD);
  #lost: ConnectionError | null = null;

  /** @param signal ends the requests to the server */
  constructor(clients: ClientProvider, signal: AbortSignal) {
    this.#clients = clients;
    this.#signal = signal;
  }

  /** Ends the threads. */
  close(): void {
    this.#hasher.close();
  }

  /**
   * Compares files, and tells what came of each, in their order.
   *
   * @throws what `tell` throws; {@link ConnectionError} when the connection is lost
   */
  async compareAll(
    pairs: readonly FilePair[],
    tell: (path: string, outcome: Outcome) => Promise<void>,
  ): Promise<void> {
    const ahead: Promise<void>[] = [];
    for (const call of callsOf(pairs)) {
      const outcomes = this.#compare(call);
      const previous = ahead.at(-1);
      const told = Promise.all([outcomes, previous]).then(async ([outcomes]) => {
        for (const [at, { path }] of call.entries()) {
          if (this.#lost !== null) throw this.#lost;
          await tell(path, outcomes[at] ?? { error: null });
        }
      });
      told.catch(() => {}); // Each waits for the one before: the last rejects, too
      ahead.push(told);
      if (ahead.length >= CALLS_AHEAD) await ahead.shift();
    }
    await ahead.at(-1);
  }

  async #compare(call: readonly FilePair[]): Promise<Outcome[]> {
    const files = call.map(({ localPath: path, sizeBytes }) => ({ path, sizeBytes }));
    const hashes = await this.#hasher.hash(files);
    return await Promise.all(call.map((pair, at) => this.#judge(pair, hashes[at])));
  }

  /** @param hash as of `hashLocal` */
  async #judge(pair: FilePair, hash: string | Error | undefined): Promise<Outcome> {
    if (hash === "missing" || hash === "different") return hash;
    if (typeof hash !== "string") return { error: hash };
    try {
      const { listedSha256 = await this.query(pair) } = pair;
      return listedSha256 === hash ? "same" : "different";
    } catch (error) {
      if (error instanceof ConnectionError) this.#lost ??= error;
      return { error };
    }
  }

  /** The SHA-256 that the server has. @throws {RequestError} @throws {ConnectionError} */
  async query({ path, sizeBytes }: Pick<FilePair, "path" | "sizeBytes">): Promise<string> {
    const signal = this.#signal;
    const isSlow = sizeBytes === null || sizeBytes >= SLOW_BYTES;
    return await (isSlow ? this.#slowQueries : this.#queries).run(async () => {
      if (this.#lost !== null) throw this.#lost;
      const ask = (client: Client) => client.stat(path, { signal });
      const { sha256 } = await this.#clients.run(ask, () => 0);
      if (sha256 === null) throw new RequestError("not-a-file");
      return sha256;
    });
  }
}

/** The files, in their order, in pieces for one call each. */
function* callsOf(pairs: readonly FilePair[]): Generator<readonly FilePair[]> {
  let call: FilePair[] = [];
  let bytes = 0;
  for (const pair of pairs) {
    const sizeBytes = pair.sizeBytes ?? BYTES_PER_CALL;
    if (call.length >= FILES_PER_CALL || bytes + sizeBytes > BYTES_PER_CALL) {
      if (call.length > 0) yield call;
      call = [];
      bytes = 0;
    }
    call.push(pair);
    bytes += sizeBytes;
  }
  if (call.length > 0) yield call;
}
