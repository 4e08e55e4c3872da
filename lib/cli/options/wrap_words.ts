/** The columns that the right of two texts needs at least: in fewer it is not wrapped. */
const LEAST_COLUMNS = 20;

/** Texts in two columns; what a line of the screen has no room for goes on below its right one. */
export function wrapColumns(
  rows: readonly (readonly [left: string, right: string])[],
  width: number,
  columns: number,
): string[] {
  const room = columns - width < LEAST_COLUMNS ? Infinity : columns - width;
  return rows.flatMap(([left, right]) =>
    wrapWords(right, room).map((text, line) => (line === 0 ? left : "").padEnd(width) + text)
  );
}

/** Breaks a text at blanks into lines of so many characters; a longer word has a line of its own. */
export function wrapWords(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && longer.length <= columns) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
