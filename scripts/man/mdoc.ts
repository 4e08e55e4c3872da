/** Text for a line of mdoc(7) that is shown as it is. */
export function escapeText(text: string): string {
  const escaped = text.replaceAll("\\", "\\e")
    .replaceAll(/\P{ASCII}/gu, (character) => {
      const code = character.codePointAt(0) ?? 0;
      return `\\[u${code.toString(16).toUpperCase().padStart(4, "0")}]`;
    });
  return escaped.replace(/^[.']/, "\\&$&");
}

/** The same for an argument of a macro: no word of it is taken for a macro. */
export function escapeArgument(text: string): string {
  const words = escapeText(text).replaceAll('"', "\\(dq").split(" ");
  return words.map((word) =>
    /^(?:[A-Z][a-z]|%[A-Z]|[.,:;()[\]?!|]$)/.test(word) ? `\\&${word}` : word
  )
    .join(" ");
}

/** The longest line of text, as mandoc(1) advises. */
const LINE_BYTES = 78;

/** Text as lines of mdoc, each sentence on lines of its own. */
export function textLines(text: string): string[] {
  return text.split("\n").flatMap((line) => line.split(/(?<=[.:!?]) (?=\p{Lu})/u)).flatMap(wrap);
}

function wrap(sentence: string): string[] {
  const lines: string[] = [];
  for (const word of sentence.split(" ").map(escapeText)) {
    const longer = `${lines.at(-1) ?? ""} ${word}`;
    if (lines.length > 0 && longer.length <= LINE_BYTES) lines.splice(-1, 1, longer);
    else lines.push(word);
  }
  return lines;
}

/** Lines that are shown as they are, in a font for code. */
export function codeLines(lines: readonly string[]): string[] {
  const code = lines.map((line) =>
    escapeText(line).replaceAll("-", "\\-").replaceAll("'", "\\(aq")
  );
  return [".Bd -literal -offset indent", ...code, ".Ed"];
}
