import { abortable } from "@std/async/abortable";
import { Condition } from "../async/condition.ts";
import type { ContentFolder } from "../files/content_folder.ts";
import { DiskError } from "../files/disk_error.ts";
import { SMALL_FILE_BYTES } from "../files/small_bytes.ts";
import { RequestError } from "../protocol/errors.ts";
import type { ArrivingContent, WantedContent } from "../transfer/contents.ts";
import type { JobOwner } from "../worker/fair_queue.ts";
import type { FileWorker } from "../worker/file_worker.ts";
import type { WorkerPool } from "../worker/worker_pool.ts";
import { askInTurn } from "./ask_in_turn.ts";
import { fetchFrom } from "./content_connection.ts";
import { ContentPart } from "./content_part.ts";
import type { ContentHolder, ContentSources } from "./content_sources.ts";

/** What contents are fetched with. */
export interface FetchServices {
  readonly sources: ContentSources;
  readonly folder: ContentFolder;
  readonly pool: WorkerPool;
  /** Called with the number of bytes that came from another server. */
  readonly onBytes: (count: number) => void;
  /** Called when a server has given bytes that are not the content. */
  readonly onWrong: (holder: ContentHolder, content: WantedContent) => void;
}

/** Contents that turn out wrong are begun again so often. */
const MAX_ATTEMPTS = 4;
/** Fetches are one client among others to the threads. */
const FETCHES: JobOwner = { address: "contents of other servers", client: 0 };

/**
 * One content on its way to this server, shared by all that wait for it. It ends when none does; what has come
 * stays for the next fetch.
 */
export class ContentFetch {
  readonly #services: FetchServices;
  readonly #content: WantedContent;
  readonly #changes = new Condition();
  readonly #begun = Promise.withResolvers<void>();
  readonly #unwanted = new AbortController();
  readonly #hold: Disposable;
  /** Servers whose bytes were wrong. */
  readonly #wrong = new Set<string>();
  /** Counts the attempts: bytes that were read in another one are wrong. */
  #attempt = 0;
  #part: ContentPart | null = null;
  #waiters = 0;
  #end: { readonly error: unknown } | null = null;
  /** Resolves when the fetch has ended, well or badly. */
  readonly ended: Promise<void>;

  /** Begins. */
  constructor(services: FetchServices, content: WantedContent) {
    this.#services = services;
    this.#content = content;
    this.#hold = services.folder.hold(content);
    this.#begun.promise.catch(() => {}); // Handled by the callers of `join`
    this.ended = this.#run();
  }

  /** Whether it can be joined: it has not failed, and is not about to end. */
  get isOpen(): boolean {
    return !this.#unwanted.signal.aborted && (this.#end === null || this.#end.error === null);
  }

  /** Whether the byte at a position is here, or about to come. */
  reaches(position: number): boolean {
    return this.isOpen && (this.#part?.receivedBytes ?? 0) >= position;
  }

  /** Waits for it. @throws as {@link ArrivingContent.until} does */
  async join(signal: AbortSignal): Promise<ArrivingContent> {
    this.#waiters++;
    try {
      // The fetch has its place among the jobs before those that wait for it: they never fill all places
      await abortable(this.#begun.promise, signal);
    } catch (error) {
      this.#leave();
      throw error;
    }
    let attempt: number | null = null;
    let isLeft = false;
    return {
      file: this.#services.folder.fileOf(this.#content),
      until: async (position, signal) => {
        attempt = await this.#until(position, signal, attempt);
      },
      [Symbol.dispose]: () => {
        if (!isLeft) this.#leave();
        isLeft = true;
      },
    };
  }

  /** Ends it, whether it is wanted or not. Resolves once nothing is under way. */
  async cancel(): Promise<void> {
    this.#unwanted.abort(new RequestError("shutting-down"));
    await this.ended;
  }

  /** @returns the attempt whose bytes may be read */
  async #until(position: number, signal: AbortSignal, attempt: number | null): Promise<number> {
    for (;;) {
      signal.throwIfAborted();
      if (this.#end?.error) throw this.#end.error;
      if (attempt !== null && attempt !== this.#attempt) throw new RequestError("changed");
      const readable = this.#end === null ? this.#readableBytes : this.#content.sizeBytes;
      if (position <= readable) return this.#attempt;
      await abortable(this.#changes.wait(), signal);
    }
  }

  /** The last byte is not read before the whole is known to be right. */
  get #readableBytes(): number {
    return Math.min(this.#part?.writtenBytes ?? 0, this.#content.sizeBytes - 1);
  }

  #leave(): void {
    if (--this.#waiters > 0) return;
    if (this.#end === null) this.#unwanted.abort(new RequestError("cancelled"));
    else this.#hold[Symbol.dispose]();
  }

  async #run(): Promise<void> {
    const { pool } = this.#services;
    const { signal } = this.#unwanted;
    let error: unknown = null;
    try {
      await pool.use((worker) => {
        this.#begun.resolve();
        return this.#fetch(worker);
      }, { owner: FETCHES, signal });
    } catch (failure) {
      error = failure;
      this.#begun.reject(failure);
    }
    this.#end = { error };
    if (this.#waiters === 0) this.#hold[Symbol.dispose]();
    this.#changes.notifyAll();
  }

  async #fetch(worker: FileWorker): Promise<void> {
    while (!await this.#tryOnce(worker)) {
      this.#attempt++;
      this.#changes.notifyAll();
      if (this.#attempt === MAX_ATTEMPTS) throw new RequestError("changed");
    }
    this.#services.folder.added(this.#content);
  }

  /** @returns `false` if it has to begin again */
  async #tryOnce(worker: FileWorker): Promise<boolean> {
    const { folder, pool } = this.#services;
    const part = new ContentPart(this.#content, {
      worker,
      target: folder.targetOf(this.#content),
      lendHasher: () => pool.lendBeside(worker, FETCHES),
      onWritten: () => this.#changes.notifyAll(),
    });
    this.#part = part;
    try {
      await part.begin();
      const givers = await this.#receive(part);
      if (await part.finish()) return true;
      this.#blame(part, givers);
      return false;
    } catch (error) {
      await part.end();
      const isFull = error instanceof DiskError && error.code === "no-space";
      // What has come is kept, and gone on with
      if (isFull && await folder.makeRoom() > 0) return await this.#tryOnce(worker);
      throw error;
    }
  }

  /** Gets all bytes that are missing. Returns the servers that gave some. */
  #receive(part: ContentPart): Promise<readonly ContentHolder[]> {
    return askInTurn(part, {
      holders: () => {
        const holders = this.#services.sources.holdersOf(this.#content.sha256);
        return holders.filter(({ server }) => !this.#wrong.has(server));
      },
      receive: (holder) => this.#receiveSome(holder, part),
      signal: this.#unwanted.signal,
    });
  }

  /** @throws {DiskError} if the part cannot be written; the reason why the fetch is not wanted any more */
  async #receiveSome(holder: ContentHolder, part: ContentPart): Promise<void> {
    const before = part.receivedBytes;
    const stop = new AbortController();
    const signal = AbortSignal.any([this.#unwanted.signal, stop.signal]);
    const given = this.#receiveFrom(holder, part, signal).catch(() => {}); // The next one may do better
    try {
      await Promise.race([given, part.failed]);
    } finally {
      stop.abort();
      await given;
      this.#services.onBytes(part.receivedBytes - before);
    }
    this.#unwanted.signal.throwIfAborted();
  }

  async #receiveFrom(
    holder: ContentHolder,
    part: ContentPart,
    signal: AbortSignal,
  ): Promise<void> {
    const { sources } = this.#services;
    const { sizeBytes } = this.#content;
    if (sizeBytes <= SMALL_FILE_BYTES) {
      const bytes = await sources.small(holder, this.#content);
      if (bytes?.length === sizeBytes - part.receivedBytes) await part.write(bytes, () => {});
      return;
    }
    const ticket = await sources.ticket(holder, this.#content);
    if (ticket === null) return;
    await fetchFrom(holder, ticket, this.#content, part, signal);
  }

  /** Only where all bytes were of one server it is known whose were wrong. */
  #blame({ keptBytes }: ContentPart, givers: readonly ContentHolder[]): void {
    const [giver] = givers;
    const isSole = keptBytes === 0 && new Set(givers.map(({ server }) => server)).size === 1;
    if (!isSole || giver === undefined) return;
    this.#wrong.add(giver.server);
    this.#services.onWrong(giver, this.#content);
  }
}
