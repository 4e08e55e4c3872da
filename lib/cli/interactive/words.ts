/** A word of a command's argument. */
export interface Word {
  readonly text: string;
  /** Whether it is in quotes, or has an escaped blank or quote: it stands for itself. */
  readonly isQuoted: boolean;
}

/** The word that is being typed at the end of an argument. */
export interface TypedWord {
  /** As it stands there, with its quote and escapes. */
  readonly raw: string;
  readonly text: string;
  /** The quote that it begins with, or `""`. */
  readonly quote: string;
}

// In double quotes, in single quotes, or bare; in a bare word \ escapes a blank or a quote
const WORD = /\s*(?:"([^"]*)"|'([^']*)'(?=\s|$)|((?:\\[\s"']|\S)+))/gy;
const ESCAPE = /\\([\s"'])/g;
/** What a bare word cannot hold: blanks, and quotes where they would begin one or be escaped. */
const TO_ESCAPE = /\s|^["']|(?<=\\)["']/g;
/** What means something else without quotes: options, and the number of a message. */
const SPECIAL = /^(?:--?\w[\w-]*|\d+)$/;

/** Splits a text at spaces outside quotes; `null` if a double quote is not closed. */
export function splitWords(text: string): Word[] | null {
  const matches = [...text.trimEnd().matchAll(WORD)];
  if (matches.some(([, , , bare]) => bare?.startsWith('"'))) return null;
  return matches.map(toWord);
}

/** Splits an argument into the word that is being typed and those before it. */
export function splitTyped(
  argument: string,
): { readonly before: Word[]; readonly typed: TypedWord } {
  const matches = [...argument.matchAll(WORD)];
  const open = matches.findIndex(([, , , bare]) => /^["']/.test(bare ?? ""));
  if (open >= 0) {
    const raw = argument.slice(matches[open]?.index).trimStart();
    return {
      before: matches.slice(0, open).map(toWord),
      typed: { raw, text: raw.slice(1), quote: raw.slice(0, 1) },
    };
  }
  const last = matches.at(-1);
  const isEnded = last === undefined || last.index + last[0].length < argument.length;
  if (isEnded) return { before: matches.map(toWord), typed: { raw: "", text: "", quote: "" } };
  const raw = last[0].trimStart();
  const quote = last[3] === undefined ? raw.slice(0, 1) : "";
  return {
    before: matches.slice(0, -1).map(toWord),
    typed: { raw, text: toWord(last).text, quote },
  };
}

/**
 * A name as it is typed: in the quotes that the user began with, else with blanks escaped. The name of
 * a folder, which ends in `/`, leaves them open.
 */
export function encodeName(name: string, quote: string): string {
  if (quote === "" && SPECIAL.test(name)) return `"${name}"`;
  if (quote === "" || name.includes(quote)) return name.replace(TO_ESCAPE, "\\$&");
  return name.endsWith("/") ? `${quote}${name}` : `${quote}${name}${quote}`;
}

/** An argument that is one name: in quotes, with escaped blanks, or all of it. */
export function parseName(argument: string): string {
  const [word, ...others] = splitWords(argument) ?? [];
  return word === undefined || others.length > 0 ? argument.trim() : word.text;
}

/** A text without the quotes around it, if there are any. */
export function unquote(text: string): string {
  const trimmed = text.trim();
  const [, double, single] = /^(?:"([^"]*)"|'([^']*)')$/.exec(trimmed) ?? [];
  return (double ?? single ?? trimmed).trim();
}

function toWord([, double, single, bare]: RegExpExecArray): Word {
  const text = double ?? single ?? bare?.replace(ESCAPE, "$1") ?? "";
  return { text, isQuoted: text !== bare };
}
