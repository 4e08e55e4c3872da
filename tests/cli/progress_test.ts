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

Deno.test("renderProgress: shows a bar, the bytes, the speed and the time left", () => {
  assertEquals(
    render({}),
    "file.bin  ██████████░░░░░░░░░░   50 %  7.5 MB / 15 MB  1.3 MB/s  00:06",
  );
});

Deno.test("renderProgress: shortens the bar, then the name, so that the time left is within the screen", () => {
  const state = { ...HALF, name: "exercises/film.mp4", files: { done: 2, total: 13 } };
  for (
    const [columns, head] of [[90, "exercises/film.mp4  ███████░░░░░░░░ "], [
      70,
      "exercis…  ██░░░",
    ]] as const
  ) {
    const line = renderProgress(state, makeLocale("en"), columns);
    assertEquals(line.length, columns, line);
    assertStringIncludes(line, head);
    assertStringIncludes(line, "1.3 MB/s  00:06");
  }
});

Deno.test("renderProgress: formats numbers for the language", () => {
  assertStringIncludes(renderProgress(HALF, makeLocale("pt-BR")), "7,5 MB / 15 MB  1,3 MB/s");
});

Deno.test("renderProgress: shows 100 % for an empty file", () => {
  const line = render({ bytes: 0, totalBytes: 0 });
  assertStringIncludes(line, `${"█".repeat(20)}  100 %  0 B / 0 B`);
});

Deno.test("renderProgress: shows an empty bar at 0 bytes", () => {
  assertStringIncludes(render({ bytes: 0 }), `${"░".repeat(20)}    0 %`);
});

Deno.test("renderProgress: shows 99 % until the last byte", () => {
  const line = render({ bytes: 14_999_999 });
  assertStringIncludes(line, `${"█".repeat(19)}░   99 %`);
});

Deno.test("renderProgress: shows a full bar and 00:00 at the last byte", () => {
  const line = render({ bytes: 15_000_000 });
  assertStringIncludes(line, `${"█".repeat(20)}  100 %`);
  assert(line.endsWith("00:00"));
});

Deno.test("renderProgress: shows 100 % beyond the total", () => {
  assertStringIncludes(render({ bytes: 20_000_000 }), `${"█".repeat(20)}  100 %`);
});

Deno.test("renderProgress: shows --:-- as the time left while the speed is 0", () => {
  assert(render({ bytesPerSecond: 0 }).endsWith("0 B/s  --:--"));
});

for (
  const [seconds, text] of [[59, "00:59"], [60, "01:00"], [3599, "59:59"], [3600, "1:00:00"], [
    360_000,
    "100:00:00",
  ]] as const
) {
  Deno.test(`renderProgress: shows ${seconds} s left as ${text}`, () => {
    const line = render({ bytes: 0, totalBytes: seconds * 1000, bytesPerSecond: 1000 });
    assert(line.endsWith(`  ${text}`), line);
  });
}

Deno.test("renderProgress: shows the number of completed files if there are several", () => {
  for (const language of LANGUAGES) {
    const line = renderProgress({ ...HALF, files: { done: 2, total: 5 } }, makeLocale(language));
    assertMatch(line, language === "en" ? / {2}2 of 5 files$/ : / {2}2 de 5 arquivos$/);
  }
  assert(!render({ files: { done: 0, total: 1 } }).includes("of 1"));
});

Deno.test("renderProgress: cuts a long name between characters", () => {
  const line = render({ name: "🎵".repeat(40) });
  assert(line.startsWith(`${"🎵".repeat(31)}…  `), line);
});

Deno.test("renderProgress: removes control characters from the name", () => {
  assert(render({ name: "a\x1b[2J\r\n\u202eb" }).startsWith("a[2J b  "));
});

Deno.test("renderProgress: fits in 80 columns for a usual name", () => {
  const line = render({ bytes: 1.5e12, totalBytes: 1.5e12, bytesPerSecond: 1.5e9 });
  assert(stringWidth(line) <= 80, `${stringWidth(line)} columns: ${line}`);
});

Deno.test("SpeedMeter: measures the last seconds only", () => {
  const meter = new SpeedMeter();
  for (let second = 0; second <= 10; second++) meter.update(second * 1000, second * 1000);
  for (let second = 11; second <= 20; second++) meter.update(10_000, second * 1000);
  assertEquals(meter.update(10_000, 21_000), 0);
});

Deno.test("SpeedMeter: is steady for a steady transfer", () => {
  const meter = new SpeedMeter();
  meter.update(0, 5_000);
  for (let tick = 1; tick <= 100; tick++) {
    assertEquals(meter.update(tick * 100, 5_000 + tick * 100), 1000);
  }
});

Deno.test("SpeedMeter: returns 0 at the first reading", () => {
  assertEquals(new SpeedMeter().update(1000, 5_000), 0);
});

Deno.test("SpeedMeter: returns 0 if no time has passed", () => {
  const meter = new SpeedMeter();
  meter.update(0, 5_000);
  assertEquals(meter.update(1000, 5_000), 0);
});

/** The totals without the speed. */
function totalsOf(totals: ProgressTotals): [bytes: number, total: number, files: string] {
  const { bytes, totalBytes, files } = totals.state("a", 1_000);
  return [bytes, totalBytes, `${files?.done} of ${files?.total}`];
}

Deno.test("ProgressTotals: adds up all expected files", () => {
  const totals = new ProgressTotals();
  assertEquals(totalsOf(totals), [0, 0, "0 of 0"]);
  totals.expect(2, 300);
  totals.expect(1, 50);
  assertEquals([totalsOf(totals), totals.files], [[0, 350, "0 of 3"], 3]);
  totals.update("a", 10, 100);
  totals.update("b", 20, 200);
  totals.update("a", 60, 100);
  assertEquals(totalsOf(totals), [80, 350, "0 of 3"]);
  totals.finish("a", 100);
  assertEquals(totalsOf(totals), [120, 350, "1 of 3"]);
  totals.finish("b", 200);
  totals.finish("c", 50);
  assertEquals(totalsOf(totals), [350, 350, "3 of 3"]);
});

Deno.test("ProgressTotals: counts a failed file as completed, and drops its bytes", () => {
  const totals = new ProgressTotals();
  totals.expect(2, 300);
  totals.update("a", 90, 100);
  totals.finish("a", 0);
  assertEquals(totalsOf(totals), [0, 300, "1 of 2"]);
});

Deno.test("ProgressTotals: adds an unknown size to the total once it is known", () => {
  const totals = new ProgressTotals();
  totals.expect(2, 0);
  totals.update("a", 10, 100);
  assertEquals(totalsOf(totals), [10, 100, "0 of 2"]);
  totals.finish("a", 100);
  totals.update("b", 0, 50);
  assertEquals(totalsOf(totals), [100, 150, "1 of 2"]);
});

Deno.test("ProgressTotals.state: has the given name", () => {
  assertEquals(new ProgressTotals().state("x", 0).name, "x");
});

Deno.test("ProgressTotals: measures the speed of all files together, without resumed bytes", () => {
  const totals = new ProgressTotals();
  totals.expect(2, 10_000);
  totals.state("a", 1_000);
  totals.update("a", 5_000, 6_000); // Kept from an earlier download
  totals.update("b", 0, 4_000);
  assertEquals(totals.state("a", 1_000).bytesPerSecond, 0);
  totals.update("a", 5_500, 6_000);
  totals.update("b", 500, 4_000);
  assertEquals(totals.state("a", 2_000).bytesPerSecond, 1_000);
  totals.finish("a", 6_000);
  totals.update("b", 1_000, 4_000);
  assertEquals(totals.state("b", 2_500).bytesPerSecond, 1_000);
});

Deno.test("ProgressTotals: does not count bytes backwards when a file starts over", () => {
  const totals = new ProgressTotals();
  totals.expect(1, 1_000);
  totals.update("a", 0, 1_000);
  totals.state("a", 1_000);
  totals.update("a", 800, 1_000);
  totals.update("a", 0, 1_000);
  assertEquals(totalsOf(totals).slice(0, 2), [0, 1_000]);
  assertEquals(totals.state("a", 2_000).bytesPerSecond, 800);
});

Deno.test("clipColumns: cuts a line between characters so that it fits", () => {
  assertEquals(clipColumns("abc", 3), "abc");
  assertEquals(clipColumns("abcd", 3), "abc");
  assertEquals(clipColumns("é█░d", 3), "é█░");
  assertEquals(clipColumns("名前.txt", 4), "名前");
  assertEquals(clipColumns("名前.txt", 3), "名");
  assertEquals(clipColumns("a🙂b", 2), "a");
  assertEquals(clipColumns("a", 0), "");
});
