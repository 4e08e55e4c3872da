import type { ContentRange, WantedContent } from "../transfer/contents.ts";
import { askInTurn } from "./ask_in_turn.ts";
import { type ContentTarget, fetchFrom } from "./content_connection.ts";
import type { FetchServices } from "./content_fetch.ts";
import type { ContentHolder } from "./content_sources.ts";

/** Bytes of a content that another server gives and nobody keeps. */
class ContentStream implements ContentTarget {
  readonly #write: ContentRange["write"];
  readonly endBytes: number;
  #receivedBytes: number;
  #failure: unknown = null;

  constructor({ offset, end, write }: ContentRange) {
    this.#receivedBytes = offset;
    this.endBytes = end;
    this.#write = write;
  }

  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** @throws what writing has failed with: no other server mends that */
  check(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  async write(
    bytes: Uint8Array<ArrayBuffer>,
    recycle: (buffer: ArrayBuffer) => void,
  ): Promise<void> {
    this.#receivedBytes += bytes.length;
    try {
      await this.#write(bytes);
    } catch (error) {
      this.#failure = error;
      throw error;
    }
    recycle(bytes.buffer);
  }
}

/**
 * Hands on bytes of a content as other servers give them, the next one where one is lost.
 *
 * @throws {RequestError} `busy` `no-copy` if no server gives them; what writing throws; the reason of the signal
 */
export async function streamContent(
  { sources, onBytes }: Pick<FetchServices, "sources" | "onBytes">,
  content: WantedContent,
  range: ContentRange,
  signal: AbortSignal,
): Promise<void> {
  const stream = new ContentStream(range);
  const receive = async (holder: ContentHolder) => {
    const ticket = await sources.ticket(holder, content);
    if (ticket === null) return;
    const before = stream.receivedBytes;
    await fetchFrom(holder, ticket, content, stream, signal).catch(() => {}); // The next one may do better
    onBytes(stream.receivedBytes - before);
    stream.check();
    signal.throwIfAborted();
  };
  const holders = () => sources.holdersOf(content.sha256);
  await askInTurn(stream, { holders, receive, signal });
}
