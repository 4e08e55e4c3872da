import type { Fields } from "../protocol/json.ts";
import { ACCOUNT_DECODERS } from "./account_entries.ts";
import { CHAT_DECODERS } from "./chat_entries.ts";
import type { EntryKindName, EntryKinds } from "./entry.ts";
import { FILE_DECODERS } from "./file_entries.ts";
import { LINK_DECODERS } from "./link_entries.ts";
import { KEPT_DECODERS } from "./kept_entries.ts";
import { NICK_DECODERS } from "./nick_entries.ts";
import { SERVER_DECODERS } from "./server_entries.ts";

/** Reads the members of an entry. @throws {RequestError} as all servers refuse it */
export type EntryDecoder<K extends EntryKindName> = (fields: Fields) => EntryKinds[K]["members"];

/** The decoders of the kinds of entries. */
export const DECODERS: { readonly [K in EntryKindName]: EntryDecoder<K> } = {
  ...CHAT_DECODERS,
  ...FILE_DECODERS,
  ...NICK_DECODERS,
  ...KEPT_DECODERS,
  ...SERVER_DECODERS,
  ...ACCOUNT_DECODERS,
  ...LINK_DECODERS,
};
