import { abortable } from "@std/async/abortable";
import type { Text } from "../../protocol/fill_text.ts";
import { askPassword } from "../terminal/password.ts";
import type { Locale } from "../texts/locale.ts";
import { readTarget } from "./expand_address.ts";
import { noLink, requireLink } from "./link_login.ts";
import type { TypedArguments } from "./resolve_arguments.ts";

const QUESTION = { en: "Link: ", "pt-BR": "Link: " } as const satisfies Text;

/** The address in what a user pastes, which may be the whole command that `share` has printed. */
const ADDRESS = /tcp-chat:\/\/[^\s'"]+/i;

/**
 * Puts a link that is a whole address in the place of the server's address: that of `TCP_CHAT_LINK` or
 * `--link`, or one that is asked for where `get` has no argument.
 *
 * @throws {UsageError} if the text is no link
 */
export async function withLink(
  { positionals, ...parsed }: Omit<TypedArguments, "args"> & {
    readonly positionals: readonly string[];
  },
  { signal }: Pick<AbortController, "signal">,
  locale: Locale,
): Promise<TypedArguments> {
  const typed = { ...parsed, args: positionals };
  if (!Object.hasOwn(typed.options, "link")) return typed;
  const asked = typed.args.length === 0 && canBeBare(typed)
    ? await abortable(askPassword(locale.fill(QUESTION)), signal)
    : null;
  const text = (typed.values.link ?? asked ?? "").trim();
  if (text === "") return typed;
  const [address] = ADDRESS.exec(text) ?? [];
  if (address !== undefined) {
    if (readTarget(address, locale).link === null) throw noLink(locale);
    return {
      ...typed,
      values: { ...typed.values, link: undefined },
      args: [address, ...typed.args],
    };
  }
  requireLink(text, locale);
  return { ...typed, values: { ...typed.values, link: text } };
}

/** Whether a link alone says what to do: it names a path on the server, and no file of this machine. */
function canBeBare({ operands }: Pick<TypedArguments, "operands">): boolean {
  return operands.every(({ kind }) => kind === "host" || kind === "remote");
}
