import { SMALL_FILE_BYTES } from "../files/small_bytes.ts";
import { RequestError } from "../protocol/errors.ts";
import type {
  ArrivingContent,
  ContentRange,
  Contents,
  WantedContent,
} from "../transfer/contents.ts";
import { ContentFetch, type FetchServices } from "./content_fetch.ts";
import { streamContent } from "./content_stream.ts";

/** The contents that a server of a cluster gives to its clients, wherever they are. */
export class ClusterContents implements Contents, AsyncDisposable {
  readonly #services: FetchServices;
  readonly #fetches = new Map<string, ContentFetch>();
  readonly #closed = new AbortController();

  /** Fetches nothing yet. */
  constructor(services: FetchServices) {
    this.#services = services;
  }

  /** Contents that are on their way. */
  get fetching(): number {
    return this.#fetches.size;
  }

  isKept(wanted: WantedContent): boolean {
    return this.#services.folder.has(wanted);
  }

  async forget({ sha256 }: WantedContent): Promise<void> {
    await this.#services.folder.remove(sha256);
  }

  async open(wanted: WantedContent, signal: AbortSignal): Promise<ArrivingContent> {
    const either = AbortSignal.any([signal, this.#closed.signal]);
    either.throwIfAborted();
    const { folder } = this.#services;
    if (folder.has(wanted)) return kept(folder.fileOf(wanted), folder.hold(wanted));
    for (let fetch = this.#fetches.get(wanted.sha256);; fetch = this.#fetches.get(wanted.sha256)) {
      if (fetch?.isOpen !== false) return await (fetch ?? this.#begin(wanted)).join(either);
      await fetch.ended; // Its part is free then
    }
  }

  isNear(wanted: WantedContent, offset: number): boolean {
    if (offset === 0 || wanted.sizeBytes <= SMALL_FILE_BYTES || this.isKept(wanted)) return true;
    return this.#fetches.get(wanted.sha256)?.reaches(offset) ?? false;
  }

  async stream(wanted: WantedContent, range: ContentRange, signal: AbortSignal): Promise<void> {
    const either = AbortSignal.any([signal, this.#closed.signal]);
    await streamContent(this.#services, wanted, range, either);
  }

  /** Ends all fetches. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort(new RequestError("shutting-down"));
    await Promise.all([...this.#fetches.values()].map((fetch) => fetch.cancel()));
  }

  #begin(wanted: WantedContent): ContentFetch {
    const fetch = new ContentFetch(this.#services, wanted);
    this.#fetches.set(wanted.sha256, fetch);
    fetch.ended.then(() => {
      if (this.#fetches.get(wanted.sha256) === fetch) this.#fetches.delete(wanted.sha256);
    });
    return fetch;
  }
}

/** Content that is here already. */
function kept(file: ArrivingContent["file"], hold: Disposable): ArrivingContent {
  return {
    file,
    until: (_position, signal) => Promise.resolve(signal.throwIfAborted()),
    [Symbol.dispose]: () => hold[Symbol.dispose](),
  };
}
