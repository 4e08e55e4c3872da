import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { ErrorOutput } from "../../lib/cli/view/error_output.ts";
import { OmissionReport } from "../../lib/cli/view/omission_report.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { within } from "../helpers/deadline.ts";
import { StuckSink } from "../helpers/stuck_sink.ts";

const ENGLISH = makeLocale("en");

Deno.test("ErrorOutput: keeps texts for a sink that takes nothing up to a limit, and counts the others", async () => {
  const sink = new StuckSink();
  const output = new ErrorOutput(ENGLISH, sink);
  const line = `${"x".repeat(1023)}\n`;
  const kept = LIMITS.logQueueBytes / line.length;
  for (let i = 0; i < kept + 2; i++) output.write(line);
  assertEquals(output.isIdle, false);
  await within(output.written(), "the end of the wait for the sink"); // Which takes nothing
  sink.open();
  await output.written();
  const lines = sink.text.trimEnd().split("\n");
  assertEquals(lines.slice(0, -1), Array(kept).fill(line.trimEnd()));
  assertEquals(lines.at(-1), ENGLISH.t("unreadDropped", { count: 2 }));
});

Deno.test("OmissionReport: counts also what a stuck output cannot name", async () => {
  const sink = new StuckSink();
  const output = new ErrorOutput(ENGLISH, sink);
  const tell = (text: string) => output.write(text);
  const report = new OmissionReport({ locale: ENGLISH, printJson: null, tell });
  const paths = Array.from({ length: 20_000 }, (_, i) => (
    { path: `${i}${"n".repeat(100)}`, reason: "name" } as const
  ));
  report.add({ count: paths.length, paths });
  sink.open();
  await output.written();
  report.end();
  await output.written();
  assert(sink.text.length < 2 * LIMITS.logQueueBytes, `${sink.text.length} bytes`);
  assertStringIncludes(sink.text, ENGLISH.t("leftOutCount", { count: paths.length }));
});
