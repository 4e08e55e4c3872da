import type { Client } from "../../client/client.ts";
import type { Text } from "../../protocol/fill_text.ts";
import type { LinkKind } from "../../protocol/link_answers.ts";
import type { Locale } from "../texts/locale.ts";
import { UsageError } from "../texts/usage_error.ts";

const OTHER_KIND: Readonly<Record<LinkKind, Text>> = {
  get: {
    en: "This link is to fetch files: tcp-chat get",
    "pt-BR": "Este link é para buscar arquivos: tcp-chat get",
  },
  put: {
    en: "This link asks for files: tcp-chat put",
    "pt-BR": "Este link pede arquivos: tcp-chat put",
  },
};

/**
 * The path of the link that a client has come by; `null` for a client without one.
 *
 * @param wanted what the command is to do with it
 * @throws {UsageError} if it is for something else
 */
export function linkPath({ account }: Client, wanted: LinkKind, { fill }: Locale): string | null {
  const link = account?.link;
  if (link === undefined) return null;
  if (link.kind !== wanted) throw new UsageError(fill(OTHER_KIND[link.kind]));
  return link.path;
}
