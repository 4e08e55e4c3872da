import { RequestError } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { ListedEntry, Omissions } from "../protocol/answers.ts";
import { answerList } from "../server/session/folder_requests.ts";
import { checkAccount, type FileRequest } from "./file_answer.ts";
import type { BodyContext, HttpAnswer } from "./http_answer.ts";
import { plainHeaders } from "./security_headers.ts";

/** A page of a listing, as LIST answers it. */
interface ListedPage {
  readonly entries: readonly ListedEntry[];
  readonly omitted?: Omissions;
  readonly more?: boolean;
}

const encoder = new TextEncoder();
const LINE_END = encoder.encode("\r\n");

/**
 * Answers `?json`: an object like the answer to LIST, with all pages in one.
 *
 * @param recursive whether the folders below are listed, too
 * @throws {RequestError} if the folder cannot be listed
 */
export async function listAnswer(request: FileRequest, recursive: boolean): Promise<HttpAnswer> {
  const pages = new Pages(request, recursive);
  const first = await pages.read(null);
  return {
    status: 200,
    headers: {
      ...plainHeaders(),
      "content-type": "application/json",
      "cache-control": "no-store",
    },
    length: null,
    send: (context) => sendPages(pages, first, { isChunked: request.head.isHttp11, context }),
  };
}

class Pages {
  readonly #request: FileRequest;
  readonly #recursive: boolean;

  constructor(request: FileRequest, recursive: boolean) {
    this.#request = request;
    this.#recursive = recursive;
  }

  get path(): string {
    return this.#request.path;
  }

  /** Reads the page behind a path; the first one for `null`. */
  async read(after: string | null): Promise<ListedPage> {
    const { path, signal } = this.#request;
    checkAccount(this.#request); // Pages are read as fast as the peer takes them
    const denied = new AbortController();
    const both = AbortSignal.any([signal, denied.signal]);
    const cancel = (reason: RequestError) => denied.abort(reason);
    const recursive = this.#recursive;
    const options = { recursive, after, names: true, pages: 1, sums: false };
    const request = { type: "LIST", path, ...options } as const;
    const answer = await answerList(
      { context: this.#request, signal: () => both, cancel },
      request,
    );
    return answer as unknown as ListedPage;
  }
}

async function sendPages(
  pages: Pages,
  first: ListedPage,
  { isChunked, context: { head, writer } }: {
    readonly isChunked: boolean;
    readonly context: BodyContext;
  },
): Promise<void> {
  const send = async (text: string) => {
    const bytes = encoder.encode(text);
    if (bytes.length === 0) return;
    const size = encoder.encode(`${bytes.length.toString(16)}\r\n`);
    const parts = isChunked ? [size, bytes, LINE_END] : [bytes];
    await Promise.all(parts.map((part) => writer.sendBulk(part)));
  };
  const omitted = { count: 0, paths: [] as Omissions["paths"][number][] };
  await writer.sendBulk(head);
  await send(`{"path":${JSON.stringify(pages.path)},"entries":[`);
  let separator = "\n";
  for (let page = first;;) {
    const texts = page.entries.map(({ exec: _, ...entry }) => JSON.stringify(entry));
    if (texts.length > 0) await send(separator + texts.join(",\n"));
    if (texts.length > 0) separator = ",\n";
    omitted.count += page.omitted?.count ?? 0;
    omitted.paths.push(...page.omitted?.paths ?? []);
    omitted.paths.splice(LIMITS.omissionsNamed);
    const last = page.entries.at(-1);
    if (page.more !== true || last === undefined) break;
    page = await pages.read(last.path);
  }
  await send(`\n]${omitted.count > 0 ? `,"omitted":${JSON.stringify(omitted)}` : ""}}\n`);
  if (isChunked) await writer.sendBulk(encoder.encode("0\r\n\r\n"));
}
