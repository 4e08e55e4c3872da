import { assertEquals } from "@std/assert";
import { formatSize } from "../../lib/cli/texts/format_size.ts";

Deno.test("formatSize: rounds to a tenth of the unit, in each language", () => {
  const cases: Array<[bytes: number, en: string, pt: string]> = [
    [0, "0 B", "0 B"],
    [999, "999 B", "999 B"],
    [1_000, "1 kB", "1 kB"],
    [1_049, "1 kB", "1 kB"],
    [1_050, "1.1 kB", "1,1 kB"],
    [999_949, "999.9 kB", "999,9 kB"],
    [999_950, "1 MB", "1 MB"],
    [12_345_678, "12.3 MB", "12,3 MB"],
    [Number.MAX_SAFE_INTEGER, "9 PB", "9 PB"],
  ];
  for (let round = 0; round < 2; round++) {
    for (const [bytes, en, pt] of cases) {
      assertEquals([formatSize(bytes, "en"), formatSize(bytes, "pt-BR")], [en, pt]);
    }
  }
});
