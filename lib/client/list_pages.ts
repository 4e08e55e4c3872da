import { abortable } from "@std/async/abortable";
import { onAbort } from "../async/on_abort.ts";
import { decodeListing, type ListedEntry, type ListingPage } from "../protocol/answers.ts";
import { Fields, type JsonObject } from "../protocol/json.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { ListOptions } from "./connect_options.ts";
import { Descent } from "./descent.ts";
import { endless, listFolder, MAX_ENTRIES } from "./list_folder.ts";
import type { Protocol2Client } from "./protocol2_client.ts";
import { readAnswer } from "./read_answer.ts";

/** Times may lie before 1970. */
const ANY_TIME = { minimum: Number.MIN_SAFE_INTEGER };
/** Pages that wait to be told while further ones are asked for: a long way is not waited for. */
const PAGES_LEFT = LIMITS.listingPages / 2;

/**
 * As {@link listFolder}, with many pages in an answer where the server can: the next ones are on their way
 * while those before are told.
 *
 * @throws {ProtocolError} `too-large` when the listing does not end
 */
export async function* listPages(
  protocol: Protocol2Client,
  path: string,
  options: ListOptions,
): AsyncGenerator<ListedEntry> {
  const hasPages = protocol.hello.features.includes("pages");
  const { descend, onOmitted, onRights } = options;
  // A folder that is left out is left at the end of its first page
  if (!hasPages || descend !== undefined) {
    const members = sumsQuery(protocol, options);
    const descent = descend && new Descent(descend);
    return yield* listFolder(protocol, path, options, { members, ...(descent && { descent }) });
  }
  const pages = new PageQueue(protocol, path, options);
  try {
    for (let page = await pages.next(); page !== null; page = await pages.next()) {
      const { entries, omitted, mayWrite, mayDelete, mayShare } = page;
      if (omitted.count > 0) await onOmitted?.(omitted);
      if (mayWrite !== null) onRights?.(mayWrite, mayDelete === true, mayShare);
      yield* entries;
    }
  } finally {
    pages.stop();
  }
}

/** Asks for hashes where they are wanted and the server can tell them. */
function sumsQuery({ hello }: Protocol2Client, { hashes = false }: ListOptions): JsonObject {
  return hashes && hello.features.includes("sums") ? { sums: true } : {};
}

/** The pages of a listing, in bounded number, asked for ahead. */
class PageQueue {
  readonly #protocol: Protocol2Client;
  readonly #path: string;
  readonly #options: ListOptions;
  readonly #pages: ListingPage[] = [];
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  #count = 0;
  #last: string | null = null;
  #state: "asked" | "more" | "ended" = "more";
  #failure: { readonly error: unknown } | null = null;
  #wake: () => void = () => {};

  constructor(protocol: Protocol2Client, path: string, options: ListOptions) {
    this.#protocol = protocol;
    this.#path = path;
    this.#options = options;
    const { signal } = options;
    this.#signal = signal ? AbortSignal.any([signal, this.#stop.signal]) : this.#stop.signal;
  }

  /** The next page; `null` at the end. @throws what the request throws, behind the pages before */
  async next(): Promise<ListingPage | null> {
    for (;;) {
      if (this.#state === "more" && this.#pages.length <= PAGES_LEFT) this.#ask();
      const page = this.#pages.shift();
      if (page !== undefined) return page;
      if (this.#failure !== null) throw this.#failure.error;
      if (this.#state === "ended") return null;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** Gives up what is asked for. */
  stop(): void {
    if (this.#state === "asked") this.#stop.abort();
  }

  async #ask(): Promise<void> {
    this.#state = "asked";
    const { recursive = false } = this.#options;
    const query = {
      path: this.#path,
      names: true,
      pages: LIMITS.listingPages,
      ...(recursive && { recursive }),
      ...sumsQuery(this.#protocol, this.#options),
      ...(this.#last !== null && { after: this.#last }),
    };
    try {
      const onPage = (answer: JsonObject) => this.#add(answer, true);
      const { id, done } = this.#protocol.begin("LIST", query, { onPage });
      using _ = onAbort(this.#signal, () => this.#protocol.cancel(id));
      const answer = await abortable(done, this.#signal);
      this.#tellTime(answer);
      this.#add(answer, answer.more === true);
      this.#state = answer.more === true ? "more" : "ended";
    } catch (error) {
      this.#failure = { error };
      this.#state = "ended";
    }
    this.#wake();
  }

  #tellTime(answer: JsonObject): void {
    const fields = new Fields(answer);
    const folderMs = readAnswer(() => fields.optionalInteger("mtime", ANY_TIME));
    if (folderMs !== undefined) this.#options.onFolderTime?.(folderMs);
  }

  /** @param more whether other entries follow, in this answer or the next */
  #add(answer: JsonObject, more: boolean): void {
    const { maxEntries = MAX_ENTRIES } = this.#options;
    const page = readAnswer(() => decodeListing({ ...answer, more }, this.#path));
    this.#count += page.entries.length + page.omitted.paths.length;
    const isStuck = page.last === null || page.last === this.#last || this.#count > maxEntries;
    if (more && isStuck) throw endless(this.#count);
    this.#last = page.last ?? this.#last;
    this.#pages.push(page);
    this.#wake();
  }
}
