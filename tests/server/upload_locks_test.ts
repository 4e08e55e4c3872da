import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { RequestError } from "../../lib/protocol/errors.ts";
import { UploadLocks } from "../../lib/server/context/upload_locks.ts";
import { flushTasks } from "../helpers/fake_clock.ts";
import { targetIn } from "../helpers/targets.ts";

/** An upload that holds its lock until `end`, or until it is preempted. */
class Upload {
  isRunning = false;
  /** How long the upload has waited for data. */
  stalledMs = 0;
  /** The reasons of its preemptions. */
  readonly preemptions: RequestError[] = [];
  readonly outcome: Promise<unknown>;
  readonly #end = Promise.withResolvers<string>();

  /** @param endsOnPreemption if not, the upload continues until `end` */
  constructor(locks: UploadLocks, name: string, key: string, endsOnPreemption = true) {
    const target = targetIn("/root", { name, partName: key });
    const cancel = new AbortController();
    cancel.signal.addEventListener("abort", () => {
      this.preemptions.push(cancel.signal.reason);
      if (endsOnPreemption) this.#end.reject(cancel.signal.reason);
    });
    this.outcome = locks.withLock(target, cancel, () => this.stalledMs, async () => {
      this.isRunning = true;
      return await this.#end.promise.finally(() => this.isRunning = false);
    }).catch((error) => error);
  }

  async end(error?: Error): Promise<void> {
    if (error === undefined) this.#end.resolve("done");
    else this.#end.reject(error);
    await this.outcome;
    await flushTasks();
  }
}

Deno.test("UploadLocks.withLock: runs uploads to different paths at once, with their own outcomes", async () => {
  const locks = new UploadLocks();
  const first = new Upload(locks, "a", "1");
  const second = new Upload(locks, "b", "2");
  await flushTasks();
  assertEquals([first.isRunning, second.isRunning], [true, true]);
  const error = new Error("the upload's own");
  await Promise.all([first.end(), second.end(error)]);
  assertEquals(await first.outcome, "done");
  assertStrictEquals(await second.outcome, error);
});

Deno.test("UploadLocks.withLock: fails with busy while another upload has the lock", async () => {
  const locks = new UploadLocks();
  for (const failure of [undefined, new Error("failed")]) {
    const first = new Upload(locks, "a", "1");
    const second = new Upload(locks, "a", "2");
    const error = await second.outcome;
    assert(error instanceof RequestError);
    assertEquals([error.code, first.preemptions.length], ["busy", 0]);
    await first.end(failure);
    const third = new Upload(locks, "a", "2");
    await flushTasks();
    assertEquals(third.isRunning, true);
    await third.end();
  }
});

Deno.test("UploadLocks.withLock: preempts another upload that has stalled for 30 seconds", async () => {
  const locks = new UploadLocks();
  const first = new Upload(locks, "a", "1");
  first.stalledMs = 29_999;
  const early = await new Upload(locks, "a", "2").outcome;
  assert(early instanceof RequestError);
  assertEquals([early.code, first.isRunning], ["busy", true]);
  first.stalledMs = 30_000;
  const second = new Upload(locks, "a", "2");
  await flushTasks();
  assertEquals([first.isRunning, second.isRunning], [false, true]);
  assertEquals(first.preemptions.map(({ code }) => code), ["busy"]);
  await second.end();
  assertEquals(await second.outcome, "done");
});

Deno.test("UploadLocks.withLock: preempts the same upload, and waits for its end", async () => {
  const locks = new UploadLocks();
  const first = new Upload(locks, "a", "1", false);
  const second = new Upload(locks, "a", "1");
  await flushTasks();
  assertEquals(first.preemptions.map(({ code }) => code), ["busy"]);
  assertEquals([first.isRunning, second.isRunning], [true, false]);
  await first.end();
  assertEquals([await first.outcome, second.isRunning], ["done", true]);
  await second.end();
  assertEquals(await second.outcome, "done");
});

Deno.test("UploadLocks.withLock: runs a single upload at a time of five attempts of the same upload", async () => {
  const locks = new UploadLocks();
  const uploads = Array.from({ length: 5 }, () => new Upload(locks, "a", "1"));
  await flushTasks();
  const running = uploads.filter(({ isRunning }) => isRunning);
  assertEquals(running.length, 1);
  assertEquals(running[0]!.preemptions.length, 0);
  for (const upload of uploads.filter((upload) => upload !== running[0])) {
    const error = await upload.outcome;
    assert(error instanceof RequestError && error.code === "busy");
    assert(upload.preemptions.length >= 1);
  }
  await running[0]!.end();
  assertEquals(await running[0]!.outcome, "done");
});

Deno.test("UploadLocks.withLock: fails with busy during the preemption by the same upload", async () => {
  const locks = new UploadLocks();
  const first = new Upload(locks, "a", "1", false);
  const again = new Upload(locks, "a", "1");
  const other = new Upload(locks, "a", "2");
  await first.end();
  assertEquals(again.isRunning, true);
  assert(await other.outcome instanceof RequestError);
  const late = new Upload(locks, "a", "2");
  assert(await late.outcome instanceof RequestError);
  await again.end();
});

Deno.test("UploadLocks.withLock: separates the same name in two folders", async () => {
  const locks = new UploadLocks();
  const hold = (directory: string) =>
    locks.withLock(
      targetIn(directory),
      new AbortController(),
      () => 0,
      () => Promise.resolve(directory),
    );
  const running = locks.withLock(targetIn("/a"), new AbortController(), () => 0, async () => {
    assertEquals(await hold("/b"), "/b");
    await assertRejects(() =>
      locks.withLock(
        targetIn("/a", { partName: "elsewhere" }),
        new AbortController(),
        () => 0,
        () => Promise.resolve(),
      ), RequestError);
    return "done";
  });
  assertEquals(await running, "done");
});

Deno.test("UploadLocks.cancelStalled: cancels uploads stalled for 30 seconds, once, and no others", async () => {
  const locks = new UploadLocks();
  const cases = [0, 29_999, 30_000, 30_001].map((stalledMs) => {
    const upload = new Upload(locks, `${stalledMs}`, `${stalledMs}`, stalledMs !== 30_001);
    upload.stalledMs = stalledMs;
    return upload;
  });
  await flushTasks();
  locks.cancelStalled();
  locks.cancelStalled();
  await flushTasks();
  assertEquals(cases.map(({ preemptions }) => preemptions.length), [0, 0, 1, 1]);
  assertEquals(cases.map(({ isRunning }) => isRunning), [true, true, false, true]);
  assertEquals(cases[2]!.preemptions[0]!.code, "busy");
  for (const upload of cases) await upload.end();
});

Deno.test("UploadLocks.storing: paths are in use until the last one has stored them, and not locked", () => {
  const locks = new UploadLocks();
  const one = locks.storing(["/a", "/b"]);
  {
    using _ = locks.storing(["/a"]);
    assertEquals(["/a", "/b", "/c"].map((path) => locks.isInUse(path)), [true, true, false]);
    assertEquals(locks.isLocked("/a"), false);
  }
  assertEquals(locks.isInUse("/a"), true);
  one[Symbol.dispose]();
  assertEquals(["/a", "/b"].map((path) => locks.isInUse(path)), [false, false]);
});
