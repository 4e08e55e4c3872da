import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import stringWidth from "string-width";
import { LANGUAGES } from "../../lib/cli/language.ts";
import { type ProgressState, renderProgress, SpeedMeter } from "../../lib/cli/progress.ts";

const HALF: ProgressState = {
  name: "file.bin",
  bytes: 7_500_000,
  totalBytes: 15_000_000,
  bytesPerSecond: 1_250_000,
};
const render = (state: Partial<ProgressState>) => renderProgress({ ...HALF, ...state }, "en");

Deno.test("half a file is half a bar, with bytes, speed and time left", () => {
  assertEquals(
    render({}),
    "file.bin  ██████████░░░░░░░░░░   50 %  7.5 MB / 15 MB  1.3 MB/s  00:06",
  );
});

Deno.test("numbers are written as the language has them", () => {
  assertStringIncludes(renderProgress(HALF, "pt-BR"), "7,5 MB / 15 MB  1,3 MB/s");
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
    const line = renderProgress({ ...HALF, files: { done: 2, total: 5 } }, language);
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
