import type { LinkOptions } from "../../client/client_links.ts";
import type { Text } from "../../protocol/fill_text.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { linkOfUser, linkUser, parseLinkKey } from "../../protocol/link_key.ts";
import type { Locale } from "../texts/locale.ts";
import { UsageError } from "../texts/usage_error.ts";
import { defined } from "./defined.ts";
import { parseDuration } from "./duration.ts";
import type { OptionTable, OptionValues } from "./options.ts";

/** What a link is to be, in both programs. */
export const LINK_OPTIONS = {
  upload: {
    kind: "flag",
    group: "files",
    help: {
      en: "ask for files: take new ones into the folder, show nothing of it",
      "pt-BR": "pedir arquivos: receber novos na pasta, sem mostrar nada dela",
    },
  },
  expires: {
    kind: "text",
    placeholder: "TIME",
    group: "files",
    help: {
      en: "how long the link works: 30m, 12h, 7d; at most 30d (1d)",
      "pt-BR": "por quanto tempo o link vale: 30m, 12h, 7d; no máximo 30d (1d)",
    },
  },
  count: {
    kind: "integer",
    placeholder: "N",
    minimum: 1,
    maximum: LIMITS.linkCount,
    group: "files",
    help: {
      en: "for so many receivers, each for an hour after its last file (any)",
      "pt-BR": "para N destinatários, cada um até 1 h após o último arquivo (todos)",
    },
  },
  size: {
    kind: "size",
    placeholder: "SIZE",
    group: "files",
    help: {
      en: "with --upload: take so many bytes in all, such as 2GiB (any number)",
      "pt-BR": "com --upload: receber tantos bytes ao todo, como 2GiB (sem limite)",
    },
  },
  note: {
    kind: "text",
    placeholder: "TEXT",
    group: "files",
    help: { en: "a note for the list of links", "pt-BR": "uma nota para a lista de links" },
  },
} as const satisfies OptionTable;

const TEXTS = {
  expires: {
    en: "--expires must be a time such as 30m, 12h or 7d, from 1s to 30d, not {value}",
    "pt-BR": "--expires deve ser um tempo como 30m, 12h ou 7d, de 1s a 30d, não {value}",
  },
  size: { en: "--size goes with --upload", "pt-BR": "--size só vale com --upload" },
  notAnId: {
    en: "{value} is not the id of a link, which has 8 letters and digits",
    "pt-BR": "{value} não é o id de um link, que tem 8 letras e dígitos",
  },
} as const satisfies Record<string, Text>;

/** What the options make of a link. @throws {UsageError} */
export function linkOptions(
  { upload, expires, count, size: sizeBytes, note }: OptionValues<typeof LINK_OPTIONS>,
  locale: Locale,
): LinkOptions {
  if (sizeBytes !== undefined && !upload) throw new UsageError(locale.fill(TEXTS.size));
  const lifeMs = expires === undefined ? undefined : requireLife(expires, locale);
  return {
    kind: upload ? "put" : "get",
    ...defined<LinkOptions>({ lifeMs, count, sizeBytes, note }),
  };
}

function requireLife(text: string, { fill }: Locale): number {
  const lifeMs = parseDuration(text, LIMITS.linkMsMin, LIMITS.linkMsMax);
  if (lifeMs === null) throw new UsageError(fill(TEXTS.expires, { value: text }));
  return lifeMs;
}

/** The id of a link, also out of a whole one. @throws {UsageError} */
export function requireLinkId(text: string, { fill }: Locale): string {
  const [, ofAddress] = /[?&]link=([^&'\s]+)/.exec(text) ?? [];
  const id = parseLinkKey(ofAddress ?? text)?.id ?? text;
  if (linkOfUser(linkUser(id)) === null) throw new UsageError(fill(TEXTS.notAnId, { value: text }));
  return id;
}
