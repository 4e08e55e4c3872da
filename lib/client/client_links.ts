import type { JsonObject } from "../protocol/json.ts";
import { ProtocolError, RequestError } from "../protocol/errors.ts";
import {
  decodeLinks,
  decodeMadeLink,
  type LinkInfo,
  type LinkKind,
  type MadeLink,
} from "../protocol/link_answers.ts";
import { LIMITS } from "../protocol/limits.ts";
import { readAnswer } from "./read_answer.ts";

/** Links of a server at the most, ended ones included. */
const MAX_LINKS = 4 * LIMITS.links;

/** What links use of the protocol. */
interface LinkProtocol {
  readonly hello: { readonly features: readonly string[] };
  request(type: "LINK" | "LNKS" | "UNLK", fields: Record<string, unknown>): Promise<JsonObject>;
}

/** What a link is to be. */
export interface LinkOptions {
  /** To fetch what is there, or to upload into the folder. Default `get`. */
  readonly kind?: LinkKind;
  /** How long it works, in milliseconds: a second to 30 days. Default: a day. */
  readonly lifeMs?: number;
  /** For how many receivers, 1 to 1,000. Default: any number. */
  readonly count?: number;
  /** How many bytes may be uploaded by it in all. Default: any number. */
  readonly sizeBytes?: number;
  /** A line for the list of links. */
  readonly note?: string;
}

/**
 * The links of an account, by which others fetch from a path or upload into a folder without an account.
 * Requests reject as those of `Client` do; on a server without links with `unsupported` `links-none`.
 */
export class ClientLinks {
  readonly #protocol: () => Promise<LinkProtocol>;

  /** Uses the connection, which the client owns. */
  constructor(protocol: () => Promise<LinkProtocol>) {
    this.#protocol = protocol;
  }

  /**
   * Makes a link to a path on the server. It can do at most what the account may do there at that time, and
   * needs the right `share`. `formatTarget` makes an address of it.
   *
   * A count is one of receivers: each takes one when its first file begins, and keeps it until an hour
   * after its last, so that it can resume.
   *
   * @throws {RequestError} `denied`, `not-found`; `busy` for too many links
   *
   * @example An address by which a file is fetched once
   * ```ts
   * import { type Client, formatTarget } from "@tcp-chat/tcp-chat";
   *
   * export async function share(client: Client, hostname: string, path: string): Promise<string> {
   *   const { id, secret } = await client.links.make(path, { count: 1 });
   *   return formatTarget({ hostname, port: 5555, path, link: { id, secret } });
   * }
   * ```
   */
  async make(path: string, options: LinkOptions = {}): Promise<MadeLink> {
    const { kind = "get", lifeMs: life, count, sizeBytes: size, note } = options;
    const answer = await this.#request("LINK", { path, kind, life, count, size, note });
    return readAnswer(() => decodeMadeLink(answer));
  }

  /**
   * The links of the account, of an admin those of all, the oldest first; also recently ended ones.
   *
   * @throws {ProtocolError} `too-large` when they do not end
   */
  async list(): Promise<LinkInfo[]> {
    const found: LinkInfo[] = [];
    for (let after = "", isMore = true; isMore;) {
      const answer = await this.#request("LNKS", { after });
      const { links, more } = readAnswer(() => decodeLinks(answer));
      found.push(...links);
      const last = links.at(-1)?.id ?? "";
      const isEndless = more && (last <= after || found.length >= MAX_LINKS);
      if (isEndless) throw endlessLinks(found.length);
      isMore = more;
      after = last;
    }
    return found.sort((one, other) => one.createdMs - other.createdMs);
  }

  /**
   * Takes a link back: what is moved by it at that time ends.
   *
   * @throws {RequestError} `not-found` `link-unknown`
   */
  async revoke(id: string): Promise<void> {
    await this.#request("UNLK", { link: id });
  }

  async #request(type: "LINK" | "LNKS" | "UNLK", fields: Record<string, unknown>) {
    const protocol = await this.#protocol();
    requireLinks(protocol);
    return await protocol.request(type, fields);
  }
}

function endlessLinks(count: number): ProtocolError {
  return new ProtocolError("too-large", `Cannot list the links: ${count}, without an end`);
}

/** @throws {RequestError} `unsupported` `links-none` on a server without links */
export function requireLinks({ hello }: Pick<LinkProtocol, "hello">): void {
  if (hello.features.includes("links")) return;
  const detail = "Cannot use links: the server has none";
  throw new RequestError("unsupported", detail, { reason: "links-none" });
}
