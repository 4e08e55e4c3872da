import type { DiskError } from "../../files/disk_error.ts";
import { linkClaim } from "../../files/link_claims.ts";
import type { Text } from "../../protocol/fill_text.ts";
import { type LinkKey, linkUser, parseLinkKey } from "../../protocol/link_key.ts";
import { linkClaimsFolder } from "../options/state_folder.ts";
import type { Locale } from "../texts/locale.ts";
import { UsageError } from "../texts/usage_error.ts";
import { writeError } from "../view/output.ts";

const NO_LINK = {
  en:
    "This is no link of tcp-chat, or not a whole one: it is tcp-chat://HOST/PATH?link=ID.SECRET, or its ID.SECRET, of 8 and 20 characters",
  "pt-BR":
    "Isto não é um link do tcp-chat, ou não está inteiro: ele é tcp-chat://HOST/CAMINHO?link=ID.SEGREDO, ou seu ID.SEGREDO, de 8 e 20 caracteres",
} as const satisfies Text;

/** The two halves of a link, `ID.SECRET`. @throws {UsageError} if it is malformed */
export function requireLink(text: string, locale: Locale): LinkKey {
  const key = parseLinkKey(text);
  if (key === null) throw noLink(locale);
  return key;
}

/** The mistake of a text that is no link. */
export function noLink({ fill }: Locale): UsageError {
  return new UsageError(fill(NO_LINK));
}

/** The login by a link, with this user's claim. @throws {UsageError} if it is malformed */
export function linkLogin(text: string, locale: Locale) {
  const { id, secret: password } = requireLink(text, locale);
  const tell = (error: DiskError) => writeError(`tcp-chat: ${locale.failure(error).message}\n`);
  return { user: linkUser(id), password, claim: linkClaim(linkClaimsFolder(), id, tell) };
}
