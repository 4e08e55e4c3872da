/** A command line for bash up to the cursor, in words. Nothing in it is expanded. */
export interface BashLine {
  /** The words before the one at the cursor, without their quotes. */
  readonly words: readonly string[];
  /** The word at the cursor, without its quotes. */
  readonly current: string;
  /** The same as it is typed. */
  readonly raw: string;
  /** The quote that is open at the cursor, or `""`. */
  readonly quote: BashQuote;
}

/** A quote of bash that is open, or none. */
export type BashQuote = "" | "'" | '"';

/** Splits a line as bash does, without expanding anything. */
export function readBashLine(line: string): BashLine {
  const words: string[] = [];
  let [current, raw, quote]: [string, string, BashQuote] = ["", "", ""];
  const take = (characters: string, value: string) => {
    raw += characters;
    current += value;
  };
  for (let at = 0; at < line.length; at++) {
    const character = line[at] ?? "";
    if (character === quote) {
      take(character, "");
      quote = "";
    } else if (quote === "" && (character === "'" || character === '"')) {
      take(character, "");
      quote = character;
    } else if (character === "\\" && quote !== "'") {
      const next = line[++at] ?? "";
      const isKept = quote === '"' && !/["\\$`]/.test(next);
      take(character + next, isKept ? character + next : next);
    } else if (quote === "" && /\s/.test(character)) {
      if (raw !== "") words.push(current);
      [current, raw] = ["", ""];
    } else {
      take(character, character);
    }
  }
  return { words, current, raw, quote };
}

/** Text for bash that stands for a value, inside of an open quote or outside of any. */
export function quoteForBash(value: string, quote: BashQuote): string {
  if (quote === "'") return value.replaceAll("'", `'\\''`);
  // No backslash stops the history expansion of ! inside of double quotes
  if (quote === '"') return value.replaceAll(/["\\$`]/g, "\\$&").replaceAll("!", `"'!'"`);
  return value.replaceAll(/[^\p{L}\p{M}\p{N}_.,:=/@%+-]/gu, "\\$&");
}
