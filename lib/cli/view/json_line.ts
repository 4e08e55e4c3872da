/** Characters that a terminal carries out or hides (see `cleanText`), which JSON leaves as they are. */
export const UNSAFE = /[\u007f-\u009f\p{DI}\p{Cf}\u2028\u2029]/gu;

const NOT_ASCII = /[\u007f-\u{10ffff}]/gu;
let escaped = UNSAFE;

/** Whether {@link jsonLine} escapes all that is not ASCII: some pipes are not read as UTF-8. */
export function setUpJson(isAscii: boolean): void {
  escaped = isAscii ? NOT_ASCII : UNSAFE;
}

/** A value as one line of JSON. What `cleanText` would remove is escaped: programs lose nothing. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(escaped, escapeUnits);
}

function escapeUnits(character: string): string {
  return Array.from(
    { length: character.length },
    (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`,
  ).join("");
}
