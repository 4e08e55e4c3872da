import type { WantedContent } from "../transfer/contents.ts";
import type { ServerAddress } from "./entry.ts";

/** Another server, as contents are fetched from it. */
export type ContentHolder = ServerAddress;

/** What lets one connection fetch one content from another server. */
export interface ContentTicket {
  /** What HELO attaches to. */
  readonly token: string;
  /** The state in which that server has the content: with it, its bytes can be had from any offset. */
  readonly version: string;
}

/** Where contents can be had. */
export interface ContentSources {
  /** The live servers that have a content, by what is known, the least loaded first; without this server. */
  holdersOf(sha256: string): readonly ContentHolder[];
  /** Asks for a ticket; `null` if that server does not have the content, or does not answer. */
  ticket(holder: ContentHolder, wanted: WantedContent): Promise<ContentTicket | null>;
  /** Asks for a content of at most 64 KiB; `null` if that server does not have it, or does not answer. */
  small(holder: ContentHolder, wanted: WantedContent): Promise<Uint8Array<ArrayBuffer> | null>;
}
