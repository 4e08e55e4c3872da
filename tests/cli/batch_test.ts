import { assert, assertEquals } from "@std/assert";
import { Batch, type TransferTask } from "../../lib/cli/commands/batch.ts";
import { EXIT } from "../../lib/cli/texts/failure.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { Reporter, type TransferResult } from "../../lib/cli/view/reporter.ts";
import { ReconnectingClient } from "../../lib/client/reconnecting_client.ts";
import { ConnectionError, RequestError } from "../../lib/protocol/errors.ts";
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

/** A batch over a real connection, whose tasks do what the test says. */
class Fixture implements AsyncDisposable {
  readonly output = new CapturedOutput();
  readonly controller: AbortController;
  readonly batch: Batch;
  /** The paths of the tasks that were begun, in their order. */
  readonly begun: string[] = [];
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
      reporter: new Reporter({ locale: makeLocale("en"), json: true, quiet: false, bar: false }),
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

  /** A task that does `work`, or is done at once. */
  task(path: string, overrides: Partial<TransferTask> = {}): TransferTask {
    const run = overrides.run ?? (() => Promise.resolve(RESULT));
    return {
      path,
      sizeBytes: 0,
      place: path,
      ...overrides,
      run: (...args) => {
        this.begun.push(path);
        return run(...args);
      },
    };
  }

  /** Hangs up, as when the server goes. */
  async lose(): Promise<never> {
    await this.#clients.close();
    throw new ConnectionError("lost", "gone");
  }

  /** The paths that were told as done, or as failed. */
  told(event: "done" | "error"): unknown[] {
    return this.output.json.filter((line) => line.event === event).map(({ path }) => path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.output[Symbol.dispose]();
    await this.#stack.disposeAsync();
  }
}

Deno.test("the largest are begun first, those of one size in the order of asking", async () => {
  await using fixture = await Fixture.start();
  const sizes = { a: 5, b: 100, c: 5, d: 0, e: 100 };
  const tasks = Object.entries(sizes).map(([path, sizeBytes]) => fixture.task(path, { sizeBytes }));
  await fixture.batch.run(tasks);
  assertEquals(fixture.begun, ["b", "e", "a", "c", "d"]);
  assertEquals(fixture.told("done").sort(), ["a", "b", "c", "d", "e"]);
  assertEquals([fixture.batch.exitCode, fixture.batch.failed], [EXIT.done, 0]);
});

Deno.test("nothing to do is done", async () => {
  await using fixture = await Fixture.start();
  await fixture.batch.run([]);
  assertEquals([fixture.batch.exitCode, fixture.output.out], [EXIT.done, ""]);
});

Deno.test("32 are begun for each connection, the next one when one is done", async () => {
  for (const jobs of [1, 2]) {
    await using fixture = await Fixture.start(jobs);
    const gates = Array.from({ length: 80 }, () => Promise.withResolvers<TransferResult>());
    const tasks = gates.map(({ promise }, i) => fixture.task(`${i}`, { run: () => promise }));
    const running = fixture.batch.run(tasks);
    await flushTasks();
    assertEquals(fixture.begun.length, 32 * jobs);
    gates[3]!.resolve(RESULT);
    await flushTasks();
    assertEquals(fixture.begun.length, 32 * jobs + 1);
    for (const { resolve } of gates) resolve(RESULT);
    await running;
    assertEquals(fixture.begun.length, 80);
  }
});

Deno.test("tasks of one place go one after the other, be the first one a failure", async () => {
  await using fixture = await Fixture.start();
  const gates = [0, 1, 2].map(() => Promise.withResolvers<TransferResult>());
  const tasks = ["a", "b", "c"].map((path, i) =>
    fixture.task(path, { place: "same", run: () => gates[i]!.promise })
  );
  const running = fixture.batch.run([...tasks, fixture.task("other")]);
  await flushTasks();
  assertEquals(fixture.begun, ["a", "other"]);
  gates[0]!.reject(new RequestError("not-found"));
  await flushTasks();
  assertEquals(fixture.begun, ["a", "other", "b"]);
  gates[1]!.resolve(RESULT);
  await flushTasks();
  assertEquals(fixture.begun, ["a", "other", "b", "c"]);
  gates[2]!.resolve(RESULT);
  await running;
  assertEquals(fixture.told("error"), ["a"]);
});

Deno.test("a failure does not stop the others, and the code is that of the first in the order of asking", async () => {
  await using fixture = await Fixture.start();
  const fail = (code: "denied" | "not-found" | "integrity") => () =>
    Promise.reject(new RequestError(code));
  await fixture.batch.run([
    fixture.task("a"),
    fixture.task("b", { run: fail("denied"), sizeBytes: 1 }),
    fixture.task("c", { run: fail("not-found"), sizeBytes: 100 }), // It fails first
    fixture.task("d", { run: fail("integrity"), sizeBytes: 50 }),
    fixture.task("e"),
  ]);
  assertEquals([fixture.batch.exitCode, fixture.batch.failed], [EXIT.denied, 3]);
  assertEquals(fixture.told("error"), ["c", "d", "b"]);
  assertEquals(fixture.told("done"), ["a", "e"]);
  fixture.batch.fail(-1, "x", new RequestError("integrity")); // It had stood before all of them
  assertEquals([fixture.batch.exitCode, fixture.batch.failed], [EXIT.integrity, 4]);
});

Deno.test("progress is told while a file moves", async () => {
  await using fixture = await Fixture.start();
  const task = fixture.task("a", {
    run: (_client, onProgress) => {
      onProgress(5, 10);
      return Promise.resolve(RESULT);
    },
  });
  await fixture.batch.run([task]);
  assertEquals(fixture.output.json[0], { event: "progress", path: "a", bytes: 5, total: 10 });
});

Deno.test("what lost its connection is done again, as long as it gets further", async () => {
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
  await fixture.batch.run([task]);
  assertEquals([tries, fixture.told("done")], [8, ["a"]]);
});

Deno.test("the loss of the server fails all that is left, and begins none of it", async () => {
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
  await fixture.batch.run([...losing, ...rest]);
  assertEquals(fixture.begun.filter((path) => path.startsWith("rest")), []);
  assertEquals([fixture.batch.failed, fixture.batch.exitCode], [72, EXIT.connection]);
  assertEquals(fixture.told("error").length, 72);
});

Deno.test("after Ctrl-C nothing is begun, and what was is interrupted", async () => {
  await using fixture = await Fixture.start();
  const gate = Promise.withResolvers<TransferResult>();
  const tasks = [
    fixture.task("a", { sizeBytes: 5, run: () => gate.promise, place: "same" }),
    fixture.task("b", { place: "same" }),
    fixture.task("done", { sizeBytes: 9 }),
  ];
  const running = fixture.batch.run(tasks);
  await flushTasks();
  fixture.controller.abort(new DOMException("stop", "AbortError"));
  gate.reject(new ConnectionError("lost", "hung up"));
  await running;
  assertEquals(fixture.begun, ["done", "a"]);
  assertEquals([fixture.batch.failed, fixture.batch.exitCode], [2, EXIT.interrupted]);
  assertEquals(fixture.told("error"), []); // It is told once, at the end
});

Deno.test("what was done before the loss stays done", async () => {
  await using fixture = await Fixture.start();
  await fixture.batch.run([
    fixture.task("first", { sizeBytes: 9 }),
    fixture.task("second", { sizeBytes: 5, run: () => fixture.lose() }),
  ]);
  // The client connects again at once, since the server is there
  assert(fixture.told("done").includes("first"));
  assertEquals(fixture.told("error"), ["second"]);
});
