/** The length of a text in UTF-8, in bytes, for one of thousands of texts: encoding them costs much. */
export function countUtf8(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const point = text.codePointAt(i) ?? 0;
    if (point > 0x7f) bytes++;
    if (point > 0x7ff) bytes++;
    if (point > 0xffff) i++; // Two units, four bytes
  }
  return bytes;
}
