import unhomoglyph from "unhomoglyph";
import { foldNick, SERVER_NAME } from "./chat_names.ts";

/**
 * The keys of the look of a name. Two names look alike if they share a key: `paul` and `pаul` with a
 * Cyrillic а, `Paul` and `PauI`, `modern` and `rnodern`.
 *
 * They are skeletons of UTS 39, section 4, of the name as it is written and in lower case, since a
 * capital can look like another letter than its small form.
 */
export function lookalikeKeys(name: string): readonly [asWritten: string, inLowerCase: string] {
  return [`w ${foldNick(skeleton(name))}`, `l ${foldNick(skeleton(foldNick(name)))}`];
}

/** Whether two names look alike. */
export function looksLike(name: string, other: string): boolean {
  const keys: readonly string[] = lookalikeKeys(other);
  return lookalikeKeys(name).some((key) => keys.includes(key));
}

/**
 * Whether a nick poses as what it is not, on any server: as a number or an address, which commands
 * of the console take in place of a nick; as the default nick of a connection; as the server.
 */
export function isMisleadingNick(nick: string): boolean {
  return NUMBER_OR_ADDRESS.test(nick) || isNumberedGuest(nick) ||
    looksLike(nick.replace(EDGES, ""), SERVER_NAME);
}

/** Whether a nick looks like `guest-N`, the default nick of a connection. */
function isNumberedGuest(nick: string): boolean {
  const end = nick.search(NUMBERS_AT_END);
  return end !== -1 && looksLike(nick.slice(0, end), "guest");
}

const NUMBER_OR_ADDRESS = /^[\p{Nd}.-]+$/u;
const NUMBERS_AT_END = /[_.-]*\p{Nd}[\p{Nd}_.-]*$/u;
const EDGES = /^[_.-]+|[_.-]+$/g;

function skeleton(text: string): string {
  return unhomoglyph(text.normalize("NFD")).normalize("NFD");
}
