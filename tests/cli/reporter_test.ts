import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import stringWidth from "string-width";
import { EXIT } from "../../lib/cli/texts/failure.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import type { TransferResult } from "../../lib/cli/view/describe_result.ts";
import { Reporter, type ReportFormat } from "../../lib/cli/view/reporter.ts";
import { ConnectionError, RequestError } from "../../lib/protocol/errors.ts";
import { within } from "../helpers/deadline.ts";
import { FakeClock, flushTasks } from "../helpers/fake_clock.ts";
import { CapturedOutput } from "../helpers/output.ts";
import { StuckSink } from "../helpers/stuck_sink.ts";

const HASH = "0123456789abcdef".repeat(4);
const RESULT: TransferResult = {
  file: "downloads/b.txt",
  sizeBytes: 1_500,
  sha256: HASH,
  skipped: false,
  resumedFrom: 0,
};
const FORMAT: ReportFormat = { locale: makeLocale("en"), json: false, quiet: false, bar: false };
const INTERRUPTED = new DOMException("stop", "AbortError");

Deno.test("Reporter: measures the terminal that the results go to", async () => {
  const texts: string[] = [];
  const sink = {
    write: (bytes: Uint8Array) => {
      texts.push(new TextDecoder().decode(bytes));
      return Promise.resolve(bytes.length);
    },
  };
  const columns = (to: "out" | "err") => to === "err" ? 80 : Infinity;
  for (const toStandardError of [false, true]) {
    const format = { ...FORMAT, toStandardError };
    const reporter = new Reporter(format, "get", { out: sink, err: sink, columns });
    reporter.onDone("b.txt", RESULT, 0);
    await reporter.printed(new AbortController().signal);
  }
  assertEquals(texts, [
    `downloads/b.txt: 1.5 kB, SHA-256 verified (${HASH})\n`,
    `b.txt: 1.5 kB, SHA-256 verified\n  ${HASH}\n`,
  ]);
});

Deno.test("Reporter: writes a line per completed file, with the local path for get, the remote path for put", () => {
  for (const [direction, name] of [["get", "downloads/b.txt"], ["put", "there/b.txt"]] as const) {
    using output = new CapturedOutput();
    const reporter = new Reporter(FORMAT, direction);
    reporter.expect(1, 1_500);
    reporter.onDone("there/b.txt", RESULT, 0.5);
    reporter.onEnd(0);
    assert(output.out.startsWith(`${name}: `), output.out);
    assertEquals(output.out.split("\n").length, 2);
    assertEquals(output.err, "");
  }
});

Deno.test("Reporter: writes results to standard error with toStandardError", () => {
  using output = new CapturedOutput();
  const reporter = new Reporter({ ...FORMAT, toStandardError: true });
  reporter.onDone("there/b.txt", RESULT, 0.5);
  assertEquals(output.out, "");
  assert(output.err.startsWith("there/b.txt: "), output.err);
});

Deno.test("Reporter: writes only failures with quiet", () => {
  using output = new CapturedOutput();
  const reporter = new Reporter({ ...FORMAT, quiet: true });
  reporter.onDone("a", RESULT, 0.5);
  reporter.onError("b", new RequestError("not-found"));
  assertEquals([output.out, output.err], ["", "b: File not found\n"]);
});

Deno.test("Reporter: writes all members of a completed file with json", async () => {
  using output = new CapturedOutput();
  const reporter = new Reporter({ ...FORMAT, json: true });
  reporter.onDone("there/b.txt", { ...RESULT, resumedFrom: 7 }, 1.23456);
  reporter.onDone("there/c.txt", { ...RESULT, skipped: true }, 0);
  await flushTasks();
  const common = { event: "done", file: "downloads/b.txt", bytes: 1_500, sha256: HASH };
  assertEquals(output.json, [
    { ...common, path: "there/b.txt", seconds: 1.235, resumedFrom: 7 },
    { ...common, path: "there/c.txt", seconds: 0, resumedFrom: 0, skipped: true },
  ]);
});

Deno.test("Reporter: writes the progress of each file at most twice a second with json", async () => {
  using output = new CapturedOutput();
  using clock = new FakeClock();
  const reporter = new Reporter({ ...FORMAT, json: true });
  reporter.onProgress("a", 1, 100);
  reporter.onProgress("b", 1, 200);
  clock.advance(499);
  reporter.onProgress("a", 2, 100);
  clock.advance(1);
  reporter.onProgress("a", 3, 100);
  reporter.onProgress("b", 3, 200);
  reporter.onProgress("a", 4, 100);
  const progress = (path: string, bytes: number, total: number) => ({
    event: "progress",
    path,
    bytes,
    total,
  });
  await flushTasks();
  const first = [progress("a", 1, 100), progress("b", 1, 200)];
  assertEquals(output.json, [...first, progress("a", 3, 100), progress("b", 3, 200)]);
  assertEquals(output.err, "");
});

Deno.test("Reporter.onError: writes a failure as text and as JSON, and returns its exit code", () => {
  using output = new CapturedOutput();
  const reporter = new Reporter({ ...FORMAT, json: true });
  const failure = reporter.onError("a/b", new RequestError("exists"));
  assertEquals([failure.exitCode, failure.code], [EXIT.other, "exists"]);
  const message = "The file exists already";
  assertEquals(output.json, [{ event: "error", code: "exists", message, path: "a/b" }]);
  assertEquals(output.err, `a/b: ${message}\n--replace replaces it, if you have the right to.\n`);
});

Deno.test("Reporter: removes control characters of a path from text, and keeps them in JSON", () => {
  using output = new CapturedOutput();
  const path = "a\x1b[2J\n\u202eb";
  new Reporter({ ...FORMAT, json: true }).onError(path, new RequestError("not-found"));
  assertEquals(output.err, "a[2J b: File not found\n");
  assertEquals(output.json[0]?.path, path);
});

Deno.test("Reporter.onEnd: writes the number of failures if there are several files", () => {
  for (const [files, failed, isWritten] of [[2, 1, true], [2, 0, false], [1, 1, false]] as const) {
    using output = new CapturedOutput();
    const reporter = new Reporter(FORMAT);
    reporter.expect(files, 0);
    reporter.onEnd(failed);
    assertEquals(output.err, isWritten ? "1 of 2 files failed\n" : "");
  }
});

Deno.test("Reporter: writes an interruption once, at the end", () => {
  using output = new CapturedOutput();
  const reporter = new Reporter(FORMAT);
  reporter.expect(3, 0);
  for (const path of ["a", "b", "c"]) {
    assertEquals(reporter.onError(path, INTERRUPTED).exitCode, EXIT.interrupted);
  }
  assertEquals(output.err, "");
  reporter.onEnd(3);
  assertEquals(output.err.match(/Interrupted/g)?.length, 1);
  assertEquals([output.err.split("\n").length, output.out], [2, ""]);
});

Deno.test("Reporter: writes 20 failures of a lost connection as text, and all as JSON", async () => {
  using output = new CapturedOutput();
  const reporter = new Reporter({ ...FORMAT, json: true });
  const lost = new ConnectionError("lost", "gone");
  for (let i = 0; i < 30; i++) reporter.onError(`file-${i}`, lost);
  await flushTasks();
  assertEquals(output.err.match(/^file-/gm)?.length, 20);
  assertEquals(output.json.length, 30); // JSON has all of them
  reporter.onError("other", new RequestError("not-found"));
  await flushTasks();
  assertStringIncludes(output.err, "other: ");
});

/** Sets the width of the terminal until disposal. */
class FakeTerminal implements Disposable {
  readonly #original = Deno.consoleSize;

  constructor(columns: number) {
    Deno.consoleSize = () => ({ columns, rows: 24 });
  }

  [Symbol.dispose](): void {
    Deno.consoleSize = this.#original;
  }
}

const CLEAR = "\r\x1b[K";

Deno.test("Reporter: draws the bar at most ten times a second, and clears it for a result", async () => {
  using output = new CapturedOutput();
  using clock = new FakeClock();
  using _terminal = new FakeTerminal(80);
  const reporter = new Reporter({ ...FORMAT, bar: true });
  reporter.expect(2, 3_000);
  reporter.onProgress("b.txt", 0, 1_500);
  assert(output.err.startsWith(`${CLEAR}b.txt  `), output.err);
  const first = output.err;
  await flushTasks();
  clock.advance(99);
  reporter.onProgress("b.txt", 700, 1_500);
  assertEquals(output.err, first);
  clock.advance(1);
  reporter.onProgress("b.txt", 750, 1_500);
  assertStringIncludes(output.err.slice(first.length), "25 %  750 B / 3 kB");
  const second = output.err;
  await flushTasks();
  reporter.onDone("b.txt", RESULT, 1);
  assertEquals(output.err, second + CLEAR);
  reporter.onEnd(0);
  await reporter.printed(new AbortController().signal);
  const summary = "1 file, 1.5 kB in 0.1 s (15 kB/s)\n";
  assertEquals(output.err, second + CLEAR + summary); // There is no bar to clear
  assertEquals(output.out.split("\n").length, 2);
});

Deno.test("Reporter: fits the bar to the terminal, and draws no bar with json or quiet", () => {
  for (const columns of [10, 40]) {
    using output = new CapturedOutput();
    using _clock = new FakeClock();
    using _terminal = new FakeTerminal(columns);
    new Reporter({ ...FORMAT, bar: true }).onProgress("a long name \u{1f600}", 1, 2);
    assertEquals(stringWidth(output.err.slice(CLEAR.length)), columns - 1);
  }
  for (const format of [{ bar: false }, { bar: true, json: true }, { bar: true, quiet: true }]) {
    using output = new CapturedOutput();
    new Reporter({ ...FORMAT, ...format }).onProgress("a", 1, 2);
    assertEquals(output.err, "");
  }
});

Deno.test("Reporter: clears the bar on the screen before it prints a result", async () => {
  using _terminal = new FakeTerminal(80);
  const screen = new StuckSink();
  const out = {
    write: (bytes: Uint8Array) => {
      screen.text += new TextDecoder().decode(bytes);
      return Promise.resolve(bytes.length);
    },
  };
  const reporter = new Reporter({ ...FORMAT, bar: true }, "get", { out, err: screen });
  reporter.onProgress("a", 1, 100);
  reporter.onDone("a", RESULT, 0);
  await flushTasks();
  screen.open();
  await reporter.printed(new AbortController().signal);
  const [, bar = "", result] = screen.text.split(CLEAR);
  assert(bar.startsWith("a  "), screen.text);
  assertEquals(result, `downloads/b.txt: 1.5 kB, SHA-256 verified (${HASH})\n`);
});

Deno.test("Reporter: keeps all results for a reader that takes nothing, and makes further files wait", async () => {
  const [out, err] = [new StuckSink(), new StuckSink()];
  const reporter = new Reporter({ ...FORMAT, json: true }, "get", { out, err });
  const { signal } = new AbortController();
  let isRoom = true;
  let files = 0;
  for (; isRoom && files < 10_000; files++) {
    reporter.onDone(`${files}`, RESULT, 0);
    isRoom = await Promise.race([reporter.room(signal).then(() => true), flushTasks()]) === true;
  }
  assert(files > 100 && files < 1_000, `${files} files`);
  reporter.onProgress("a", 1, 100);
  out.open();
  err.open();
  await reporter.room(signal);
  await reporter.printed(signal);
  const paths = out.text.trimEnd().split("\n").map((line) => JSON.parse(line).path);
  assertEquals(paths, Array.from({ length: files }, (_, file) => `${file}`));
});

Deno.test("Reporter: waits for a reader that takes nothing no longer than a second after Ctrl-C", async () => {
  const [out, err] = [new StuckSink(), new StuckSink()];
  const reporter = new Reporter({ ...FORMAT, bar: true }, "get", { out, err });
  reporter.onProgress("a", 1, 100);
  reporter.onDone("a", RESULT, 0);
  await within(reporter.printed(AbortSignal.abort()), "the end");
  out.open();
  err.open();
});

Deno.test("Reporter.room: rejects with the reason of its signal", async () => {
  const [out, err] = [new StuckSink(), new StuckSink()];
  const reporter = new Reporter(FORMAT, "get", { out, err });
  for (let i = 0; i < 1_000; i++) reporter.onDone(`${i}`, RESULT, 0);
  const stop = new AbortController();
  const waiting = assertRejects(() => reporter.room(stop.signal), DOMException, "stop");
  stop.abort(INTERRUPTED);
  await waiting;
  out.open();
  await reporter.printed(stop.signal);
});
