import { assert, assertEquals } from "@std/assert";
import { encode } from "uqr";
import { drawQr } from "../../lib/cli/view/draw_qr.ts";

const URL = "http://192.168.0.10:5555/";
const UPPER = "▀█";
const LOWER = "▄█";

Deno.test("drawQr: the modules of the code, two in each cell, with a quiet zone", async () => {
  const { lines, width } = await drawQr(URL);
  const cells = lines.map((line) => {
    // deno-lint-ignore no-control-regex
    const [, text] = /^\x1b\[30;107m([ ▄▀█]*)\x1b\[0m$/.exec(line)!;
    return [...text!];
  });
  const { data, size } = encode(URL, { border: 2 });
  assertEquals(cells.map((row) => row.length), lines.map(() => size));
  assertEquals(width, size);
  for (let y = 0; y < size; y++) {
    const half = y % 2 === 0 ? UPPER : LOWER;
    assertEquals(cells[Math.floor(y / 2)]!.map((cell) => half.includes(cell)), data[y]);
  }
  assert(cells.every((row) => row[0] === " " && row[1] === " " && row.at(-1) === " "));
});
