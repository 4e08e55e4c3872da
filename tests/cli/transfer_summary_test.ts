import { assertEquals } from "@std/assert";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { formatElapsed } from "../../lib/cli/view/format_time.ts";
import { Reporter, type ReportFormat } from "../../lib/cli/view/reporter.ts";
import { describeFigures, TransferSummary } from "../../lib/cli/view/transfer_summary.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { CapturedOutput } from "../helpers/output.ts";

const EN = makeLocale("en");
const PT = makeLocale("pt-BR");
const FORMAT: ReportFormat = { locale: EN, json: false, quiet: false, bar: false };
const RESULT = { file: "b", sizeBytes: 1_500, sha256: "00", skipped: false, resumedFrom: 0 };

Deno.test("formatElapsed: shows two units at the most", () => {
  const texts = [0, 2.14, 59.4, 59.5, 200, 3_599, 3_900].map((seconds) =>
    formatElapsed(seconds, EN)
  );
  assertEquals(texts, [
    "0.0 s",
    "2.1 s",
    "59.4 s",
    "1 min 0 s",
    "3 min 20 s",
    "59 min 59 s",
    "1 h 5 min",
  ]);
  assertEquals(formatElapsed(2.14, PT), "2,1 s");
});

Deno.test("TransferSummary: counts what was moved, and not what was there before", () => {
  using clock = new FakeClock();
  const summary = new TransferSummary();
  clock.advance(5_000);
  summary.begin();
  clock.advance(1_000);
  summary.begin();
  summary.add({ sizeBytes: 3_000, skipped: false, resumedFrom: 1_000 });
  summary.add({ sizeBytes: 9_000, skipped: true, resumedFrom: 0 });
  clock.advance(1_000);
  const figures = { files: 1, bytes: 2_000, skipped: 1, failed: 2, seconds: 2 };
  assertEquals(summary.figures(2), figures);
  assertEquals(
    describeFigures(figures, EN),
    "1 file, 2 kB in 2.0 s (1 kB/s), 1 file was there already",
  );
  assertEquals(
    describeFigures({ ...figures, files: 2, skipped: 3 }, PT),
    "2 arquivos, 2 kB em 2,0 s (1 kB/s), 3 arquivos já estavam lá",
  );
  assertEquals(describeFigures({ ...figures, skipped: 0 }, EN), "1 file, 2 kB in 2.0 s (1 kB/s)");
  assertEquals(describeFigures({ ...figures, files: 0 }, EN), "1 file was there already");
  assertEquals(describeFigures({ ...figures, files: 0, skipped: 0 }, EN), null);
});

Deno.test("TransferSummary: tells no speed of what took no time", () => {
  const figures = { files: 2, bytes: 2_000, skipped: 0, failed: 0, seconds: 0.049 };
  assertEquals(describeFigures(figures, EN), "2 files, 2 kB in 0.0 s");
  assertEquals(describeFigures({ ...figures, bytes: 0, seconds: 9 }, EN), "2 files, 0 B in 9.0 s");
});

async function report(
  format: Partial<ReportFormat>,
  files: number,
): Promise<{ readonly out: string; readonly err: string }> {
  using clock = new FakeClock();
  using output = new CapturedOutput();
  const reporter = new Reporter({ ...FORMAT, ...format });
  reporter.expect(files, 1_500);
  clock.advance(1_000);
  reporter.onDone("a", RESULT, 1);
  if (files > 1) reporter.onError("c", new RequestError("not-found"));
  reporter.onEnd(files - 1);
  await reporter.printed(new AbortController().signal);
  return { out: output.out, err: output.err };
}

Deno.test("Reporter: ends with a summary of several files", async () => {
  const { err } = await report({}, 2);
  assertEquals(err.split("\n").slice(1), [
    "1 file, 1.5 kB in 1.0 s (1.5 kB/s)",
    "1 of 2 files failed",
    "",
  ]);
});

Deno.test("Reporter: tells people of several files, and leaves a script's log empty", async () => {
  for (const bar of [true, false]) {
    using output = new CapturedOutput();
    const reporter = new Reporter({ ...FORMAT, bar });
    reporter.expect(2, 3_000);
    reporter.onDone("a", { ...RESULT, skipped: true }, 1);
    reporter.onDone("b", { ...RESULT, skipped: true }, 1);
    reporter.onEnd(0);
    await reporter.printed(new AbortController().signal);
    assertEquals(output.err, bar ? "2 files were there already\n" : "");
  }
});

Deno.test("Reporter: has no summary of a single file, and none with quiet", async () => {
  assertEquals((await report({}, 1)).err, "");
  assertEquals((await report({ quiet: true }, 2)).err, "c: File not found\n1 of 2 files failed\n");
});

Deno.test("Reporter: ends with a summary with json", async () => {
  const { out, err } = await report({ json: true }, 2);
  const last = JSON.parse(out.trim().split("\n").at(-1)!);
  const summary = { files: 1, bytes: 1_500, skipped: 0, failed: 1, seconds: 1 };
  assertEquals(last, { event: "summary", ...summary });
  assertEquals(err, "c: File not found\n1 of 2 files failed\n");
});
