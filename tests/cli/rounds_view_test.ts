import { assertEquals, assertMatch } from "@std/assert";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { Reporter, type ReportFormat } from "../../lib/cli/view/reporter.ts";
import { describeRound } from "../../lib/cli/view/transfer_summary.ts";
import { ConnectionError } from "../../lib/protocol/errors.ts";
import { flushTasks } from "../helpers/fake_clock.ts";
import { CapturedOutput } from "../helpers/output.ts";

const FORMAT: ReportFormat = {
  locale: makeLocale("en"),
  json: false,
  quiet: false,
  bar: false,
  inRounds: true,
};
const RESULT = {
  file: "a",
  sizeBytes: 5,
  sha256: "0".repeat(64),
  skipped: false,
  resumedFrom: 0,
};
const END = { round: 1, failed: 0, deleted: 0, exitCode: 0 };

Deno.test("describeRound: has the time, and what was moved and deleted; nothing without change", () => {
  const figures = { files: 2, bytes: 5_000, skipped: 7, failed: 0, seconds: 2, deleted: 0 };
  const nowMs = new Date(2026, 0, 31, 17, 5, 9).getTime();
  const text = (change: Partial<typeof figures>, language: "en" | "pt-BR" = "en") =>
    describeRound({ ...figures, ...change }, nowMs, makeLocale(language));
  assertEquals(text({}), "17:05:09 2 files, 5 kB in 2.0 s (2.5 kB/s)");
  assertEquals(
    text({ deleted: 1 }),
    "17:05:09 2 files, 5 kB in 2.0 s (2.5 kB/s), 1 file was deleted here",
  );
  assertEquals(text({ files: 0, deleted: 3 }), "17:05:09 3 files were deleted here");
  assertEquals(
    text({ files: 0, deleted: 3 }, "pt-BR"),
    "17:05:09 3 arquivos foram apagados aqui",
  );
  assertEquals(text({ files: 0 }), null);
});

Deno.test("Reporter.onRound: counts each round anew, and writes no line for each file", async () => {
  using output = new CapturedOutput();
  const reporter = new Reporter(FORMAT);
  reporter.expect(1, 5);
  reporter.onDone("a", RESULT, 0);
  reporter.onEnd(0);
  reporter.onRound(END);
  reporter.beginRound();
  reporter.expect(1, 5);
  reporter.onDone("a", { ...RESULT, skipped: true }, 0);
  reporter.onEnd(0);
  reporter.onRound({ ...END, round: 2 });
  await flushTasks();
  assertMatch(output.out, /^\d\d:\d\d:\d\d 1 file, 5 B in 0\.\d s\n$/);
  assertEquals(output.err, "");
});

Deno.test("Reporter.onRound: writes an event for each round with json, and nothing with quiet", async () => {
  using output = new CapturedOutput();
  const reporter = new Reporter({ ...FORMAT, json: true });
  reporter.onDone("a", { ...RESULT, skipped: true }, 0);
  reporter.onEnd(0);
  reporter.onRound(END);
  await flushTasks();
  const figures = { files: 0, bytes: 0, skipped: 1, failed: 0, seconds: 0 };
  assertEquals(output.json, [{
    event: "round",
    ...figures,
    omitted: 0,
    round: 1,
    deleted: 0,
    exitCode: 0,
  }]);
  const quiet = new Reporter({ ...FORMAT, quiet: true });
  quiet.onDone("a", RESULT, 0);
  quiet.onRound(END);
  await flushTasks();
  assertEquals(output.out.split("\n").length, 2);
});

Deno.test("Reporter.onOmitted: tells in the next round only what is new", async () => {
  using output = new CapturedOutput();
  const reporter = new Reporter(FORMAT);
  const omit = (...names: string[]) => {
    const paths = names.map((path) => ({ path, reason: "link" as const }));
    reporter.onOmitted({ count: paths.length, paths });
    reporter.onEnd(0);
    const code = reporter.exitCode(0);
    reporter.beginRound();
    return code;
  };
  assertEquals(omit("a"), 8);
  await flushTasks();
  const first = output.err;
  assertEquals([omit("a"), omit("a")], [8, 8]);
  await flushTasks();
  assertEquals(output.err, first);
  omit("a", "b");
  await flushTasks();
  assertEquals(output.err.slice(first.length).match(/^b\b/gm)?.length, 1);
  assertEquals(output.err.slice(first.length).match(/^a\b/gm), null);
  assertEquals(omit(), 0);
  const before = output.err.length;
  omit("a");
  await flushTasks();
  assertMatch(output.err.slice(before), /^a\b/m);
});

Deno.test("Reporter.onRoundError: writes the failure of a round, and returns its exit code", async () => {
  using output = new CapturedOutput();
  const reporter = new Reporter({ ...FORMAT, json: true });
  const { exitCode } = reporter.onRoundError(new ConnectionError("lost", "gone"));
  assertEquals(exitCode, 3);
  assertEquals(reporter.onRoundError(new DOMException("stop", "AbortError")).exitCode, 130);
  await flushTasks();
  assertEquals(output.json.map(({ event, code }) => [event, code]), [["error", "lost"]]);
  assertMatch(output.err, /^tcp-chat: /);
});

Deno.test("Reporter.onRepeat: tells people at a terminal that the command goes on", async () => {
  for (const [format, isTold] of [[{ bar: true }, true], [{}, false]] as const) {
    using output = new CapturedOutput();
    new Reporter({ ...FORMAT, ...format }).onRepeat(30_000);
    await flushTasks();
    const text = "The same again 30 s after each end; Ctrl-C stops.\n";
    assertEquals(output.err, isTold ? text : "");
  }
});
