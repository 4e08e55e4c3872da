import { RequestError, type RequestErrorReason } from "./errors.ts";
import { LIMITS } from "./limits.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

// C0 but newline and tab, DEL, C1
// deno-lint-ignore no-control-regex -- it matches control characters on purpose
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Combining marks kept on a base. */
const MAX_MARKS = 4;

const PLAIN = /^[\n\t -~]*$/;
// Without joiners and selectors, which are kept or removed by their context
const INVISIBLE =
  /(?![\n\t\u180b-\u180d\u180f\u200c\u200d\ufe00-\ufe0f\u{e0100}-\u{e01ef}])[\p{DI}\p{Cc}\u2028\u2029\ufff9-\ufffb]/u;
const TAG_FLAG =
  /\u{1f3f4}\u{e0067}\u{e0062}(?:\u{e0065}\u{e006e}\u{e0067}|\u{e0073}\u{e0063}\u{e0074}|\u{e0077}\u{e006c}\u{e0073})\u{e007f}/u;
const INVISIBLE_OR_FLAG = new RegExp(`${INVISIBLE.source}|(${TAG_FLAG.source})`, "gu");
const COMBINING = /[\p{Mn}\p{Me}\u200c\u200d]+/gu;
const SELECTOR = /[\u180b-\u180d\u180f\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u;
const JOINER = /[\u200c\u200d]/;
const EMOJI = /\p{Extended_Pictographic}/u;
const JOINING_SCRIPT = new RegExp(
  "[" + [
    ...["Adlam", "Arabic", "Bengali", "Devanagari", "Gujarati", "Gurmukhi", "Kannada", "Khmer"],
    ...["Malayalam", "Mongolian", "Myanmar", "Nko", "Oriya", "Sinhala", "Syriac", "Tamil"],
    ...["Telugu", "Tibetan"],
  ].map((script) => `\\p{Script=${script}}`).join("") + "]",
  "u",
);

/**
 * Decodes chat text from a protocol 1 peer by section 2.3 of the protocol: invalid UTF-8 becomes
 * U+FFFD, and control characters except newline and tab are removed.
 */
export function decodeChatText(payload: Uint8Array): string {
  return decoder.decode(payload).replace(/\r\n?/g, "\n").replace(CONTROLS, "");
}

/**
 * Checks a chat message of protocol 2 against section 3.9 of the protocol.
 *
 * @throws {RequestError} `bad-request`, with the reason
 */
export function checkChatText(text: string): void {
  if (text === "") throw badMessage("message-empty", "it is empty");
  if (text.length > LIMITS.messageBytes || utf8Length(text) > LIMITS.messageBytes) {
    throw badMessage("message-long", `it has more than ${LIMITS.messageBytes} bytes`);
  }
  checkCharacters(text);
}

function checkCharacters(text: string): void {
  if (text.search(CONTROLS) !== -1 || !text.isWellFormed()) {
    throw badMessage("message-characters", "it holds a control character or is not valid Unicode");
  }
}

/**
 * Checks a topic or a text of AWAY against section 3.9 of the protocol.
 *
 * @returns the text without what is not seen; `""` if nothing else is left
 * @throws {RequestError} `bad-request`, with the reason
 */
export function checkStatus(text: string): DisplayText {
  const { statusBytes: limit } = LIMITS;
  if (text.length > limit || utf8Length(text) > limit) {
    throw new RequestError("bad-request", `Cannot set the text: it has more than ${limit} bytes`, {
      reason: "status-long",
    });
  }
  checkCharacters(text);
  if (/[\n\t]/.test(text)) throw badMessage("message-characters", "it is not one line");
  return cleanLine(cleanLine(text).trim());
}

declare const IS_CLEAN: unique symbol;

/**
 * Text that is safe for a terminal. Only {@link cleanText}, {@link cleanLine}, {@link isClean} and
 * {@link display} make it: a view that demands it never shows raw text of a peer.
 */
export type DisplayText = string & { readonly [IS_CLEAN]: true };

/**
 * Makes text from a peer safe for a terminal and for columns: of all control and invisible
 * characters, only newlines and tabs stay.
 *
 * Beside control characters, Unicode's Default_Ignorable_Code_Points are removed (direction marks,
 * fillers, tags, invisible operators), the line and paragraph separators, and interlinear
 * annotation. Characters that writing needs stay:
 *
 * - a single zero-width joiner or non-joiner beside a letter of a script that joins letters, such
 *   as Persian and Hindi, or before an emoji;
 * - a single variation selector: emoji, rare Han characters, Mongolian;
 * - the tags of the three flags made of tags: England, Scotland, Wales.
 *
 * Of the combining marks on one base, the first four stay: enough for languages, too few for
 * towers.
 */
export function cleanText(text: string): DisplayText {
  const clean = PLAIN.test(text)
    ? text
    : text.replace(INVISIBLE_OR_FLAG, "$1").replace(COMBINING, limitCombining);
  return clean as DisplayText;
}

/** The same on one line, for names, log lines and titles: newlines and tabs become spaces. */
export function cleanLine(text: string): DisplayText {
  return cleanText(text).replace(/[\n\t]+/g, " ") as DisplayText;
}

/** Whether a text is safe as it is, on one line. */
export function isClean(text: string): text is DisplayText {
  return cleanLine(text) === text;
}

/** A template whose parameters are safe, as its literal parts are. */
export function display(
  parts: TemplateStringsArray,
  ...values: readonly (DisplayText | number)[]
): DisplayText {
  return String.raw({ raw: parts }, ...values) as DisplayText;
}

/** Joins texts that are safe. */
export function joinTexts(texts: readonly DisplayText[], separator: DisplayText): DisplayText {
  return texts.join(separator) as DisplayText;
}

/** Splits text into pieces of at most `maxBytes` of UTF-8, never inside a character. */
export function splitText(text: string, maxBytes: number = LIMITS.messageBytes): string[] {
  const bytes = encoder.encode(text);
  if (bytes.length <= maxBytes) return [text];
  const pieces: string[] = [];
  for (let start = 0; start < bytes.length;) {
    let end = Math.min(start + maxBytes, bytes.length);
    while (end < bytes.length && isContinuation(bytes[end])) end--;
    pieces.push(decoder.decode(bytes.subarray(start, end)));
    start = end;
  }
  return pieces;
}

/** The length of a text in UTF-8, in bytes. */
export function utf8Length(text: string): number {
  return encoder.encode(text).length;
}

/**
 * Limits the marks, selectors and joiners that follow a base. `offset` is their position in `text`.
 */
function limitCombining(combining: string, offset: number, text: string): string {
  const mayJoin = joinsAt(text, offset, offset + combining.length);
  const left = { marks: MAX_MARKS, selectors: 1, joiners: mayJoin ? 1 : 0 };
  return Array.from(combining).filter((character) => left[kindOf(character)]-- > 0).join("");
}

function kindOf(character: string): "marks" | "selectors" | "joiners" {
  if (JOINER.test(character)) return "joiners";
  return SELECTOR.test(character) ? "selectors" : "marks";
}

/** Whether a joiner between the two positions has something to join. */
function joinsAt(text: string, start: number, end: number): boolean {
  const [after = ""] = text.slice(end, end + 2);
  return EMOJI.test(after) || JOINING_SCRIPT.test(after) ||
    JOINING_SCRIPT.test(lastCharacter(text, start));
}

/** The character that ends at a position; `""` at the beginning of the text. */
function lastCharacter(text: string, end: number): string {
  return Array.from(text.slice(Math.max(0, end - 2), end)).at(-1) ?? "";
}

function badMessage(reason: RequestErrorReason, detail: string): RequestError {
  return new RequestError("bad-request", `Cannot send the message: ${detail}`, { reason });
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** Whether a text is all ASCII, and so has a single Unicode spelling. */
export function isAscii(text: string): boolean {
  // deno-lint-ignore no-control-regex -- control characters are ASCII, too
  return /^[\u0000-\u007f]*$/.test(text);
}
