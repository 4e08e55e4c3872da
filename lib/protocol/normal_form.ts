/**
 * Whether the NFC of a text may have at most `maxBytes` bytes of UTF-8: in Unicode, no character
 * takes more than one and a half UTF-16 code units for each byte of its NFC.
 *
 * To be asked before a peer's text is normalised: the time of that grows with the square of a run
 * of combining marks, and a frame full of them takes a second.
 */
export function mayFitInNfc(text: string, maxBytes: number): boolean {
  return text.length <= 1.5 * maxBytes;
}

/** The NFC of a text; `null` if the text is too long for an NFC of `maxBytes` bytes. */
export function toBoundedNfc(text: string, maxBytes: number): string | null {
  return mayFitInNfc(text, maxBytes) ? text.normalize("NFC") : null;
}
