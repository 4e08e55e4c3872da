import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { RequestError } from "../../lib/protocol/errors.ts";
import { UploadLocks } from "../../lib/server/context/upload_locks.ts";
import { flushTasks } from "../helpers/fake_clock.ts";
import { targetIn } from "../helpers/targets.ts";

/** An upload that holds its claim until it is told to end, or of its own accord. */
class Upload {
  isRunning = false;
  /** For how long nothing has come of it. */
  stalledMs = 0;
  /** What it was told when it had to give way. */
  readonly takeOvers: RequestError[] = [];
  readonly outcome: Promise<unknown>;
  readonly #end = Promise.withResolvers<string>();

  /**
   * @param key names the upload
   * @param isObedient ends when another takes its place
   */
  constructor(claims: UploadLocks, name: string, key: string, isObedient = true) {
    const target = targetIn("/root", { name, partPath: `/root/.tcp-chat/${key}` });
    const cancel = new AbortController();
    cancel.signal.addEventListener("abort", () => {
      this.takeOvers.push(cancel.signal.reason);
      if (isObedient) this.#end.reject(cancel.signal.reason);
    });
    this.outcome = claims.withLock(target, cancel, () => this.stalledMs, async () => {
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

Deno.test("an upload to a path of its own runs at once, and is told what it came to", async () => {
  const claims = new UploadLocks();
  const first = new Upload(claims, "a", "1");
  const second = new Upload(claims, "b", "2");
  await flushTasks();
  assertEquals([first.isRunning, second.isRunning], [true, true]);
  const error = new Error("the upload's own");
  await Promise.all([first.end(), second.end(error)]);
  assertEquals(await first.outcome, "done");
  assertStrictEquals(await second.outcome, error);
});

Deno.test("another upload to the same path is busy, until the first is over", async () => {
  const claims = new UploadLocks();
  for (const failure of [undefined, new Error("failed")]) {
    const first = new Upload(claims, "a", "1");
    const second = new Upload(claims, "a", "2");
    const error = await second.outcome;
    assert(error instanceof RequestError);
    assertEquals([error.code, first.takeOvers.length], ["busy", 0]);
    await first.end(failure);
    const third = new Upload(claims, "a", "2");
    await flushTasks();
    assertEquals(third.isRunning, true);
    await third.end();
  }
});

Deno.test("an upload that has stood still for 30 seconds gives way to another one, not before", async () => {
  const claims = new UploadLocks();
  const first = new Upload(claims, "a", "1");
  first.stalledMs = 29_999;
  const early = await new Upload(claims, "a", "2").outcome;
  assert(early instanceof RequestError);
  assertEquals([early.code, first.isRunning], ["busy", true]);
  first.stalledMs = 30_000;
  const second = new Upload(claims, "a", "2");
  await flushTasks();
  assertEquals([first.isRunning, second.isRunning], [false, true]);
  assertEquals(first.takeOvers.map(({ code }) => code), ["busy"]);
  await second.end();
  assertEquals(await second.outcome, "done");
});

Deno.test("the same upload, come again, takes the place of the former once that is over", async () => {
  const claims = new UploadLocks();
  const first = new Upload(claims, "a", "1", false);
  const second = new Upload(claims, "a", "1");
  await flushTasks();
  assertEquals(first.takeOvers.map(({ code }) => code), ["busy"]);
  assertEquals([first.isRunning, second.isRunning], [true, false]);
  await first.end();
  assertEquals([await first.outcome, second.isRunning], ["done", true]);
  await second.end();
  assertEquals(await second.outcome, "done");
});

Deno.test("of many that come again, one runs at a time, and the last comes through", async () => {
  const claims = new UploadLocks();
  const uploads = Array.from({ length: 5 }, () => new Upload(claims, "a", "1"));
  await flushTasks();
  const running = uploads.filter(({ isRunning }) => isRunning);
  assertEquals(running.length, 1);
  assertEquals(running[0]!.takeOvers.length, 0);
  for (const upload of uploads.filter((upload) => upload !== running[0])) {
    const error = await upload.outcome;
    assert(error instanceof RequestError && error.code === "busy");
    assert(upload.takeOvers.length >= 1);
  }
  await running[0]!.end();
  assertEquals(await running[0]!.outcome, "done");
});

Deno.test("another upload is busy while one takes the place of the former", async () => {
  const claims = new UploadLocks();
  const first = new Upload(claims, "a", "1", false);
  const again = new Upload(claims, "a", "1");
  const other = new Upload(claims, "a", "2");
  await first.end();
  assertEquals(again.isRunning, true);
  assert(await other.outcome instanceof RequestError);
  const late = new Upload(claims, "a", "2");
  assert(await late.outcome instanceof RequestError);
  await again.end();
});

Deno.test("the same name in another folder is another path", async () => {
  const claims = new UploadLocks();
  const hold = (directory: string) =>
    claims.withLock(
      targetIn(directory),
      new AbortController(),
      () => 0,
      () => Promise.resolve(directory),
    );
  const running = claims.withLock(targetIn("/a"), new AbortController(), () => 0, async () => {
    assertEquals(await hold("/b"), "/b");
    await assertRejects(() =>
      claims.withLock(
        targetIn("/a", { partPath: "/elsewhere" }),
        new AbortController(),
        () => 0,
        () => Promise.resolve(),
      ), RequestError);
    return "done";
  });
  assertEquals(await running, "done");
});

Deno.test("endStalled ends those that have stood still for 30 s, once, and no others", async () => {
  const claims = new UploadLocks();
  const cases = [0, 29_999, 30_000, 30_001].map((stalledMs) => {
    const upload = new Upload(claims, `${stalledMs}`, `${stalledMs}`, stalledMs !== 30_001);
    upload.stalledMs = stalledMs;
    return upload;
  });
  await flushTasks();
  claims.cancelStalled();
  claims.cancelStalled();
  await flushTasks();
  assertEquals(cases.map(({ takeOvers }) => takeOvers.length), [0, 0, 1, 1]);
  assertEquals(cases.map(({ isRunning }) => isRunning), [true, true, false, true]);
  assertEquals(cases[2]!.takeOvers[0]!.code, "busy");
  for (const upload of cases) await upload.end();
});
