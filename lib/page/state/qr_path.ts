import { encode } from "uqr";

/** The QR code of a text as an SVG path, one square a dark module, and its modules a side. */
export function qrPath(text: string): { readonly size: number; readonly path: string } {
  const { data, size } = encode(text, { ecc: "M", border: 2 });
  const squares = data.flatMap((row, y) =>
    row.flatMap((isDark, x) => isDark ? [`M${x} ${y}h1v1h-1z`] : [])
  );
  return { size, path: squares.join("") };
}
