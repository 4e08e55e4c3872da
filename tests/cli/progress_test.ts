import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import stringWidth from "string-width";
import { LANGUAGES } from "../../lib/cli/texts/language.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import {
  clipColumns,
  type ProgressState,
  ProgressTotals,
  renderProgress,
  SpeedMeter,
} from "../../lib/cli/view/progress.ts";

const HALF: ProgressState = {
  name: "file.bin",
  bytes: 7_500_000,
  totalBytes: 15_000_000,
  bytesPerSecond: 1_250_000,
};
const render = (state: Partial<ProgressState>) =>
  renderProgress({ ...HALF, ...state }, makeLocale("en"));

Deno.test("half a file is half a bar, with bytes, speed and time left", () => {
  assertEquals(
    render({}),
    "file.bin  ██████████░░░░░░░░░░   50 %  7.5 MB / 15 MB  1.3 MB/s  00:06",
  );
});

Deno.test("numbers are written as the language has them", () => {
  assertStringIncludes(renderProgress(HALF, makeLocale("pt-BR")), "7,5 MB / 15 MB  1,3 MB/s");
});

Deno.test("a file of no bytes is done", () => {
  const line = render({ bytes: 0, totalBytes: 0 });
  assertStringIncludes(line, `${"█".repeat(20)}  100 %  0 B / 0 B`);
});

Deno.test("nothing of a file is an empty bar", () => {
  assertStringIncludes(render({ bytes: 0 }), `${"░".repeat(20)}    0 %`);
});

Deno.test("all but the last byte is not a hundred percent", () => {
  const line = render({ bytes: 14_999_999 });
  assertStringIncludes(line, `${"█".repeat(19)}░   99 %`);
});

Deno.test("all of a file is a full bar with no time left", () => {
  const line = render({ bytes: 15_000_000 });
  assertStringIncludes(line, `${"█".repeat(20)}  100 %`);
  assert(line.endsWith("00:00"));
});

Deno.test("more than all of a file is not more than a full bar", () => {
  assertStringIncludes(render({ bytes: 20_000_000 }), `${"█".repeat(20)}  100 %`);
});

Deno.test("the time left is unknown while the speed is", () => {
  assert(render({ bytesPerSecond: 0 }).endsWith("0 B/s  --:--"));
});

for (
  const [seconds, text] of [[59, "00:59"], [60, "01:00"], [3599, "59:59"], [3600, "1:00:00"], [
    360_000,
    "100:00:00",
  ]] as const
) {
  Deno.test(`${seconds} seconds left are shown as ${text}`, () => {
    const line = render({ bytes: 0, totalBytes: seconds * 1000, bytesPerSecond: 1000 });
    assert(line.endsWith(`  ${text}`), line);
  });
}

Deno.test("of several files, it tells how many are done", () => {
  for (const language of LANGUAGES) {
    const line = renderProgress({ ...HALF, files: { done: 2, total: 5 } }, makeLocale(language));
    assertMatch(line, language === "en" ? / {2}2 of 5 files$/ : / {2}2 de 5 arquivos$/);
  }
  assert(!render({ files: { done: 0, total: 1 } }).includes("of 1"));
});

Deno.test("a long name is cut, and never inside a character", () => {
  const line = render({ name: "🎵".repeat(40) });
  assert(line.startsWith(`${"🎵".repeat(31)}…  `), line);
});

Deno.test("a name with escape sequences does not steer the terminal", () => {
  assert(render({ name: "a\x1b[2J\r\n\u202eb" }).startsWith("a[2J b  "));
});

Deno.test("the line of a usual name fits a usual terminal", () => {
  const line = render({ bytes: 1.5e12, totalBytes: 1.5e12, bytesPerSecond: 1.5e9 });
  assert(stringWidth(line) <= 80, `${stringWidth(line)} columns: ${line}`);
});

Deno.test("the speed is that of the last seconds, not of the whole", () => {
  const meter = new SpeedMeter();
  for (let second = 0; second <= 10; second++) meter.update(second * 1000, second * 1000);
  for (let second = 11; second <= 20; second++) meter.update(10_000, second * 1000);
  assertEquals(meter.update(10_000, 21_000), 0);
});

Deno.test("the speed of a steady transfer is steady", () => {
  const meter = new SpeedMeter();
  meter.update(0, 5_000);
  for (let tick = 1; tick <= 100; tick++) {
    assertEquals(meter.update(tick * 100, 5_000 + tick * 100), 1000);
  }
});

Deno.test("one reading tells no speed", () => {
  assertEquals(new SpeedMeter().update(1000, 5_000), 0);
});

Deno.test("a speed is a number, even where no time has passed", () => {
  const meter = new SpeedMeter();
  meter.update(0, 5_000);
  assertEquals(meter.update(1000, 5_000), 0);
});

/** How the totals stand, without the speed. */
function standing(totals: ProgressTotals): [bytes: number, total: number, files: string] {
  const { bytes, totalBytes, files } = totals.state("a", 1_000);
  return [bytes, totalBytes, `${files?.done} of ${files?.total}`];
}

Deno.test("the totals are those of all files that are expected", () => {
  const totals = new ProgressTotals();
  assertEquals(standing(totals), [0, 0, "0 of 0"]);
  totals.expect(2, 300);
  totals.expect(1, 50);
  assertEquals([standing(totals), totals.files], [[0, 350, "0 of 3"], 3]);
  totals.update("a", 10, 100);
  totals.update("b", 20, 200);
  totals.update("a", 60, 100);
  assertEquals(standing(totals), [80, 350, "0 of 3"]);
  totals.finish("a", 100);
  assertEquals(standing(totals), [120, 350, "1 of 3"]);
  totals.finish("b", 200);
  totals.finish("c", 50);
  assertEquals(standing(totals), [350, 350, "3 of 3"]);
});

Deno.test("a file that failed is done, and what it had is no more", () => {
  const totals = new ProgressTotals();
  totals.expect(2, 300);
  totals.update("a", 90, 100);
  totals.finish("a", 0);
  assertEquals(standing(totals), [0, 300, "1 of 2"]);
});

Deno.test("the total grows with files whose size nobody knew", () => {
  const totals = new ProgressTotals();
  totals.expect(2, 0);
  totals.update("a", 10, 100);
  assertEquals(standing(totals), [10, 100, "0 of 2"]);
  totals.finish("a", 100);
  totals.update("b", 0, 50);
  assertEquals(standing(totals), [100, 150, "1 of 2"]);
});

Deno.test("the name is that of the file that moved last", () => {
  assertEquals(new ProgressTotals().state("x", 0).name, "x");
});

Deno.test("the speed is that of all files together, without what had been there before", () => {
  const totals = new ProgressTotals();
  totals.expect(2, 10_000);
  totals.state("a", 1_000);
  totals.update("a", 5_000, 6_000); // Left by an earlier download
  totals.update("b", 0, 4_000);
  assertEquals(totals.state("a", 1_000).bytesPerSecond, 0);
  totals.update("a", 5_500, 6_000);
  totals.update("b", 500, 4_000);
  assertEquals(totals.state("a", 2_000).bytesPerSecond, 1_000);
  totals.finish("a", 6_000);
  totals.update("b", 1_000, 4_000);
  assertEquals(totals.state("b", 2_500).bytesPerSecond, 1_000);
});

Deno.test("a file that starts over moves nothing backwards", () => {
  const totals = new ProgressTotals();
  totals.expect(1, 1_000);
  totals.update("a", 0, 1_000);
  totals.state("a", 1_000);
  totals.update("a", 800, 1_000);
  totals.update("a", 0, 1_000);
  assertEquals(standing(totals).slice(0, 2), [0, 1_000]);
  assertEquals(totals.state("a", 2_000).bytesPerSecond, 800);
});

Deno.test("clipColumns cuts a line to what surely fits, between characters", () => {
  assertEquals(clipColumns("abc", 3), "abc");
  assertEquals(clipColumns("abcd", 3), "abc");
  assertEquals(clipColumns("é█░d", 3), "é█░");
  assertEquals(clipColumns("名前.txt", 4), "名前");
  assertEquals(clipColumns("名前.txt", 3), "名");
  assertEquals(clipColumns("a🙂b", 2), "a");
  assertEquals(clipColumns("a", 0), "");
});
