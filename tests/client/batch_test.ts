import { assert, assertEquals } from "@std/assert";
import { Batch, type BatchWork, type ProgressListener } from "../../lib/client/batch.ts";
import { exitCodeOf, listenerOf } from "../../lib/cli/commands/report_batch.ts";
import { EXIT } from "../../lib/cli/texts/failure.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import type { TransferResult } from "../../lib/cli/view/describe_result.ts";
import { Reporter } from "../../lib/cli/view/reporter.ts";
import type { Client } from "../../lib/client/client.ts";
import { ReconnectingClient } from "../../lib/client/reconnecting_client.ts";
import { ConnectionError, RequestError } from "../../lib/protocol/errors.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { flushTasks } from "../helpers/fake_clock.ts";
import { CapturedOutput } from "../helpers/output.ts";
import { startServer } from "../helpers/servers.ts";

const RESULT: TransferResult = {
  file: "x",
  sizeBytes: 1,
  sha256: "0".repeat(64),
  skipped: false,
  resumedFrom: 0,
};

/** A task that a test controls. */
interface TestTask {
  readonly path: string;
  readonly sizeBytes: number;
  readonly place: string;
  readonly run: (client: Client, onProgress: ProgressListener) => Promise<TransferResult>;
}

const WORK: BatchWork<TestTask> = {
  pathOf: ({ path }) => path,
  sizeOf: ({ sizeBytes }) => sizeBytes,
  placeOf: ({ place }) => place,
  move: (client, { run }, onProgress) => run(client, onProgress),
};

/** A batch with a real connection, and tasks that the test controls. */
class Fixture implements AsyncDisposable {
  readonly output = new CapturedOutput();
  readonly controller: AbortController;
  readonly batch: Batch;
  readonly #reporter = new Reporter({
    locale: makeLocale("en"),
    json: true,
    quiet: false,
    bar: false,
  });
  /** The paths of the started tasks, in order. */
  readonly started: string[] = [];
  readonly #clients: ReconnectingClient;
  readonly #stack: AsyncDisposableStack;

  private constructor(
    clients: ReconnectingClient,
    jobs: number,
    controller: AbortController,
    stack: AsyncDisposableStack,
  ) {
    this.#clients = clients;
    this.controller = controller;
    this.#stack = stack;
    this.batch = new Batch({
      clients,
      listener: listenerOf(this.#reporter),
      jobs,
      signal: this.controller.signal,
    });
  }

  static async start(jobs = 1): Promise<Fixture> {
    const stack = new AsyncDisposableStack();
    const { port } = stack.use(await startServer());
    const controller = new AbortController();
    const { signal } = controller;
    const clients = await ReconnectingClient.connect({ hostname: "127.0.0.1", port, signal });
    stack.defer(() => clients.quit());
    return new Fixture(clients, jobs, controller, stack);
  }

  /** The exit code of the program. */
  get exitCode(): number {
    return exitCodeOf(this.batch.result.failures, makeLocale("en"));
  }

  /** The number of failures. */
  get failed(): number {
    return this.batch.result.failures.length;
  }

  /** A task that succeeds at once, unless `overrides.run` does something else. */
  task(path: string, overrides: Partial<TestTask> = {}): TestTask {
    const run = overrides.run ?? (() => Promise.resolve(RESULT));
    return {
      path,
      sizeBytes: 0,
      place: path,
      ...overrides,
      run: (...args) => {
        this.started.push(path);
        return run(...args);
      },
    };
  }

  /** Closes the connection, and throws the error of a lost connection. */
  async loseConnection(): Promise<never> {
    await this.#clients.close();
    throw new ConnectionError("lost", "gone");
  }

  /** The paths of all reports of an event. */
  reported(event: "done" | "error"): unknown[] {
    return this.output.json.filter((line) => line.event === event).map(({ path }) => path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reporter.printed(new AbortController().signal); // Else the rest goes to standard output
    this.output[Symbol.dispose]();
    await this.#stack.disposeAsync();
  }
}

Deno.test("Batch: starts the largest tasks first, and tasks of the same size in their order", async () => {
  await using fixture = await Fixture.start();
  const sizes = { a: 5, b: 100, c: 5, d: 0, e: 100 };
  const tasks = Object.entries(sizes).map(([path, sizeBytes]) => fixture.task(path, { sizeBytes }));
  await fixture.batch.run(tasks, WORK);
  assertEquals(fixture.started, ["b", "e", "a", "c", "d"]);
  assertEquals(fixture.reported("done").sort(), ["a", "b", "c", "d", "e"]);
  assertEquals([fixture.exitCode, fixture.failed], [EXIT.done, 0]);
});

Deno.test("Batch: succeeds without tasks", async () => {
  await using fixture = await Fixture.start();
  await fixture.batch.run<TestTask>([], WORK);
  assertEquals([fixture.exitCode, fixture.output.out], [EXIT.done, ""]);
});

Deno.test("Batch: runs 32 tasks per connection, and starts the next when a task ends", async () => {
  for (const jobs of [1, 2]) {
    await using fixture = await Fixture.start(jobs);
    const pending = Array.from({ length: 80 }, () => Promise.withResolvers<TransferResult>());
    const tasks = pending.map(({ promise }, i) => fixture.task(`${i}`, { run: () => promise }));
    const running = fixture.batch.run(tasks, WORK);
    await flushTasks();
    assertEquals(fixture.started.length, 32 * jobs);
    pending[3]!.resolve(RESULT);
    await flushTasks();
    assertEquals(fixture.started.length, 32 * jobs + 1);
    for (const { resolve } of pending) resolve(RESULT);
    await running;
    assertEquals(fixture.started.length, 80);
  }
});

Deno.test("Batch: runs tasks of the same place in turn, even after a failure", async () => {
  await using fixture = await Fixture.start();
  const pending = [0, 1, 2].map(() => Promise.withResolvers<TransferResult>());
  const tasks = ["a", "b", "c"].map((path, i) =>
    fixture.task(path, { place: "same", run: () => pending[i]!.promise })
  );
  const running = fixture.batch.run([...tasks, fixture.task("other")], WORK);
  await flushTasks();
  assertEquals(fixture.started, ["a", "other"]);
  pending[0]!.reject(new RequestError("not-found"));
  await flushTasks();
  assertEquals(fixture.started, ["a", "other", "b"]);
  pending[1]!.resolve(RESULT);
  await flushTasks();
  assertEquals(fixture.started, ["a", "other", "b", "c"]);
  pending[2]!.resolve(RESULT);
  await running;
  assertEquals(fixture.reported("error"), ["a"]);
});

Deno.test("Batch: continues after a failure, and has the exit code of the first failed task in order", async () => {
  await using fixture = await Fixture.start();
  const fail = (code: "denied" | "not-found" | "integrity") => () =>
    Promise.reject(new RequestError(code));
  await fixture.batch.run([
    fixture.task("a"),
    fixture.task("b", { run: fail("denied"), sizeBytes: 1 }),
    fixture.task("c", { run: fail("not-found"), sizeBytes: 100 }), // Fails first
    fixture.task("d", { run: fail("integrity"), sizeBytes: 50 }),
    fixture.task("e"),
  ], WORK);
  assertEquals([fixture.exitCode, fixture.failed], [EXIT.denied, 3]);
  assertEquals(fixture.reported("error"), ["c", "d", "b"]);
  assertEquals(fixture.reported("done"), ["a", "e"]);
  fixture.batch.fail(-1, "x", new RequestError("integrity")); // Ranks before all tasks
  assertEquals([fixture.exitCode, fixture.failed], [EXIT.integrity, 4]);
});

Deno.test("Batch: reports the progress of a transfer", async () => {
  await using fixture = await Fixture.start();
  const task = fixture.task("a", {
    run: (_client, onProgress) => {
      onProgress(5, 10);
      return Promise.resolve(RESULT);
    },
  });
  await fixture.batch.run([task], WORK);
  assertEquals(fixture.output.json[0], { event: "progress", path: "a", bytes: 5, total: 10 });
});

Deno.test("Batch: repeats a task that lost its connection, as long as it makes progress", async () => {
  await using fixture = await Fixture.start();
  let tries = 0;
  const task = fixture.task("a", {
    run: async (client, onProgress) => {
      onProgress(++tries, 10);
      if (tries < 8) {
        client.close();
        await client.closed;
        throw new ConnectionError("lost", "gone");
      }
      return RESULT;
    },
  });
  await fixture.batch.run([task], WORK);
  assertEquals([tries, fixture.reported("done")], [8, ["a"]]);
});

Deno.test("Batch: fails all remaining tasks when the server is lost, without starting them", async () => {
  await using fixture = await Fixture.start();
  const losing = Array.from(
    { length: 32 },
    (_, i) =>
      fixture.task(`losing-${i}`, {
        sizeBytes: 10,
        run: () => Promise.reject(new ConnectionError("lost", "gone")),
      }),
  );
  const rest = Array.from({ length: 40 }, (_, i) => fixture.task(`rest-${i}`));
  await fixture.batch.run([...losing, ...rest], WORK);
  assertEquals(fixture.started.filter((path) => path.startsWith("rest")), []);
  assertEquals([fixture.failed, fixture.exitCode], [72, EXIT.connection]);
  assertEquals(fixture.reported("error").length, 72);
});

Deno.test("Batch: starts no task after Ctrl-C, and counts unfinished tasks as interrupted", async () => {
  await using fixture = await Fixture.start();
  const gate = Promise.withResolvers<TransferResult>();
  const tasks = [
    fixture.task("a", { sizeBytes: 5, run: () => gate.promise, place: "same" }),
    fixture.task("b", { place: "same" }),
    fixture.task("done", { sizeBytes: 9 }),
  ];
  const running = fixture.batch.run(tasks, WORK);
  await flushTasks();
  fixture.controller.abort(new DOMException("stop", "AbortError"));
  gate.reject(new ConnectionError("lost", "hung up"));
  await running;
  assertEquals(fixture.started, ["done", "a"]);
  assertEquals([fixture.failed, fixture.exitCode], [2, EXIT.interrupted]);
  assertEquals(fixture.reported("error"), []); // The interruption is reported once, at the end
});

Deno.test("Batch: keeps the result of a task that ended before the connection was lost", async () => {
  await using fixture = await Fixture.start();
  await fixture.batch.run([
    fixture.task("first", { sizeBytes: 9 }),
    fixture.task("second", { sizeBytes: 5, run: () => fixture.loseConnection() }),
  ], WORK);
  // The client reconnects at once, since the server still runs
  assert(fixture.reported("done").includes("first"));
  assertEquals(fixture.reported("error"), ["second"]);
});

Deno.test("Batch.omit: keeps the names of 10,000 omissions, and counts the others", async () => {
  await using fixture = await Fixture.start();
  const { batch } = fixture;
  const limit = LIMITS.omissionsKept;
  const paths = Array.from(
    { length: limit - 1 },
    (_, i) => ({ path: `${i}`, reason: "link" as const }),
  );
  batch.omit({ count: paths.length, paths });
  const sums = ["last", "one more", "last", "another"].map((path) => {
    batch.omit({ count: 1, paths: [{ path, reason: "link" }] });
    return [batch.result.omitted.count, batch.result.omitted.paths.length];
  });
  assertEquals(sums, [[limit, limit], [limit + 1, limit], [limit + 1, limit], [limit + 2, limit]]);
});
