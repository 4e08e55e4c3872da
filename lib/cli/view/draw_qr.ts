/** Light modules around the code: without them, cameras do not find it. */
const QUIET_MODULES = 2;
/** Black on white, whatever the colours of the terminal are. */
const BLACK_ON_WHITE = "\x1b[30;107m";
const RESET = "\x1b[0m";

/** A QR code as lines for a terminal, two modules in each cell, and the cells that a line takes. */
export async function drawQr(
  text: string,
): Promise<{ readonly lines: string[]; readonly width: number }> {
  const { encode } = await import("uqr"); // A start without a terminal does not load it
  const { data, size } = encode(text, { border: QUIET_MODULES });
  const isDark = (x: number, y: number) => data[y]?.[x] === true;
  const lines = Array.from({ length: Math.ceil(size / 2) }, (_, row) => {
    const cells = Array.from(
      { length: size },
      (_, x) => CELLS[Number(isDark(x, 2 * row)) * 2 + Number(isDark(x, 2 * row + 1))]!,
    );
    return `${BLACK_ON_WHITE}${cells.join("")}${RESET}`;
  });
  return { lines, width: size };
}

/** By the upper and the lower module: both light, lower dark, upper dark, both dark. */
const CELLS = [" ", "▄", "▀", "█"];
