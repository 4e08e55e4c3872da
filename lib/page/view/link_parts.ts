/** A piece of a text: plain, or an address of the web. */
export interface TextPart {
  readonly text: string;
  readonly isLink: boolean;
}

const ADDRESS = /\bhttps?:\/\/[^\s<>"'`]+/gi;
/** Marks that end a sentence rather than an address. */
const TRAILING = /[.,;:!?*_~\])}]+$/;

/** Splits a text at its web addresses. */
export function splitLinks(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  const push = (piece: string, isLink: boolean) => {
    if (piece !== "") parts.push({ text: piece, isLink });
  };
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    const address = trimAddress(found);
    if (!URL.canParse(address)) continue;
    push(text.slice(end, index), false);
    push(address, true);
    end = index + address.length;
  }
  push(text.slice(end), false);
  return parts;
}

/** Without the marks after it; a bracket that it opens itself is its own. */
function trimAddress(found: string): string {
  const [marks = ""] = TRAILING.exec(found) ?? [];
  const address = found.slice(0, found.length - marks.length);
  const isOpen = marks.startsWith(")") && address.includes("(");
  return isOpen ? `${address})` : address;
}
