import { assert, assertEquals } from "@std/assert";
import { Batch, type TransferTask } from "../../lib/cli/commands/batch.ts";
import { EXIT } from "../../lib/cli/texts/failure.ts";
import { Reporter, type TransferResult } from "../../lib/cli/view/reporter.ts";
import { LastingClient } from "../../lib/client/lasting_client.ts";
import { ConnectionError, RequestError } from "../../lib/protocol/errors.ts";
import { settled } from "../helpers/fake_clock.ts";
import { CapturedOutput } from "../helpers/output.ts";
import { startServer } from "../helpers/servers.ts";

const RESULT: TransferResult = {
  file: "x",
  bytes: 1,
  sha256: "0".repeat(64),
  skipped: false,
  resumedFrom: 0,
};

/** A batch over a real connection, whose tasks do what the test says. */
class Scene implements AsyncDisposable {
  readonly output = new CapturedOutput();
  readonly controller: AbortController;
  readonly batch: Batch;
  /** The paths of the tasks that were begun, in their order. */
  readonly begun: string[] = [];
  readonly #lasting: LastingClient;
  readonly #stack: AsyncDisposableStack;

  private constructor(
    lasting: LastingClient,
    jobs: number,
    controller: AbortController,
    stack: AsyncDisposableStack,
  ) {
    this.#lasting = lasting;
    this.controller = controller;
    this.#stack = stack;
    this.batch = new Batch({
      lasting,
      reporter: new Reporter({ language: "en", json: true, quiet: false, bar: false }),
      jobs,
      signal: this.controller.signal,
    });
  }

  static async start(jobs = 1): Promise<Scene> {
    const stack = new AsyncDisposableStack();
    const { port } = stack.use(await startServer());
    const controller = new AbortController();
    const { signal } = controller;
    const lasting = await LastingClient.connect({ hostname: "127.0.0.1", port, signal });
    stack.defer(() => lasting.quit());
    return new Scene(lasting, jobs, controller, stack);
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
    await this.#lasting.close();
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
  await using scene = await Scene.start();
  const sizes = { a: 5, b: 100, c: 5, d: 0, e: 100 };
  const tasks = Object.entries(sizes).map(([path, sizeBytes]) => scene.task(path, { sizeBytes }));
  await scene.batch.run(tasks);
  assertEquals(scene.begun, ["b", "e", "a", "c", "d"]);
  assertEquals(scene.told("done").sort(), ["a", "b", "c", "d", "e"]);
  assertEquals([scene.batch.exitCode, scene.batch.failed], [EXIT.done, 0]);
});

Deno.test("nothing to do is done", async () => {
  await using scene = await Scene.start();
  await scene.batch.run([]);
  assertEquals([scene.batch.exitCode, scene.output.out], [EXIT.done, ""]);
});

Deno.test("32 are begun for each connection, the next one when one is done", async () => {
  for (const jobs of [1, 2]) {
    await using scene = await Scene.start(jobs);
    const gates = Array.from({ length: 80 }, () => Promise.withResolvers<TransferResult>());
    const tasks = gates.map(({ promise }, i) => scene.task(`${i}`, { run: () => promise }));
    const running = scene.batch.run(tasks);
    await settled();
    assertEquals(scene.begun.length, 32 * jobs);
    gates[3]!.resolve(RESULT);
    await settled();
    assertEquals(scene.begun.length, 32 * jobs + 1);
    for (const { resolve } of gates) resolve(RESULT);
    await running;
    assertEquals(scene.begun.length, 80);
  }
});

Deno.test("tasks of one place go one after the other, be the first one a failure", async () => {
  await using scene = await Scene.start();
  const gates = [0, 1, 2].map(() => Promise.withResolvers<TransferResult>());
  const tasks = ["a", "b", "c"].map((path, i) =>
    scene.task(path, { place: "same", run: () => gates[i]!.promise })
  );
  const running = scene.batch.run([...tasks, scene.task("other")]);
  await settled();
  assertEquals(scene.begun, ["a", "other"]);
  gates[0]!.reject(new RequestError("not-found"));
  await settled();
  assertEquals(scene.begun, ["a", "other", "b"]);
  gates[1]!.resolve(RESULT);
  await settled();
  assertEquals(scene.begun, ["a", "other", "b", "c"]);
  gates[2]!.resolve(RESULT);
  await running;
  assertEquals(scene.told("error"), ["a"]);
});

Deno.test("a failure does not stop the others, and the code is that of the first in the order of asking", async () => {
  await using scene = await Scene.start();
  const fail = (code: "denied" | "not-found" | "integrity") => () =>
    Promise.reject(new RequestError(code));
  await scene.batch.run([
    scene.task("a"),
    scene.task("b", { run: fail("denied"), sizeBytes: 1 }),
    scene.task("c", { run: fail("not-found"), sizeBytes: 100 }), // It fails first
    scene.task("d", { run: fail("integrity"), sizeBytes: 50 }),
    scene.task("e"),
  ]);
  assertEquals([scene.batch.exitCode, scene.batch.failed], [EXIT.denied, 3]);
  assertEquals(scene.told("error"), ["c", "d", "b"]);
  assertEquals(scene.told("done"), ["a", "e"]);
  scene.batch.fail(-1, "x", new RequestError("integrity")); // It had stood before all of them
  assertEquals([scene.batch.exitCode, scene.batch.failed], [EXIT.integrity, 4]);
});

Deno.test("progress is told while a file moves", async () => {
  await using scene = await Scene.start();
  const task = scene.task("a", {
    run: (_client, onProgress) => {
      onProgress(5, 10);
      return Promise.resolve(RESULT);
    },
  });
  await scene.batch.run([task]);
  assertEquals(scene.output.json[0], { event: "progress", path: "a", bytes: 5, total: 10 });
});

Deno.test("what lost its connection is done again, as long as it gets further", async () => {
  await using scene = await Scene.start();
  let tries = 0;
  const task = scene.task("a", {
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
  await scene.batch.run([task]);
  assertEquals([tries, scene.told("done")], [8, ["a"]]);
});

Deno.test("the loss of the server fails all that is left, and begins none of it", async () => {
  await using scene = await Scene.start();
  const losing = Array.from(
    { length: 32 },
    (_, i) =>
      scene.task(`losing-${i}`, {
        sizeBytes: 10,
        run: () => Promise.reject(new ConnectionError("lost", "gone")),
      }),
  );
  const rest = Array.from({ length: 40 }, (_, i) => scene.task(`rest-${i}`));
  await scene.batch.run([...losing, ...rest]);
  assertEquals(scene.begun.filter((path) => path.startsWith("rest")), []);
  assertEquals([scene.batch.failed, scene.batch.exitCode], [72, EXIT.connection]);
  assertEquals(scene.told("error").length, 72);
});

Deno.test("after Ctrl-C nothing is begun, and what was is interrupted", async () => {
  await using scene = await Scene.start();
  const gate = Promise.withResolvers<TransferResult>();
  const tasks = [
    scene.task("a", { sizeBytes: 5, run: () => gate.promise, place: "same" }),
    scene.task("b", { place: "same" }),
    scene.task("done", { sizeBytes: 9 }),
  ];
  const running = scene.batch.run(tasks);
  await settled();
  scene.controller.abort(new DOMException("stop", "AbortError"));
  gate.reject(new ConnectionError("lost", "hung up"));
  await running;
  assertEquals(scene.begun, ["done", "a"]);
  assertEquals([scene.batch.failed, scene.batch.exitCode], [2, EXIT.interrupted]);
  assertEquals(scene.told("error"), []); // It is told once, at the end
});

Deno.test("what was done before the loss stays done", async () => {
  await using scene = await Scene.start();
  await scene.batch.run([
    scene.task("first", { sizeBytes: 9 }),
    scene.task("second", { sizeBytes: 5, run: () => scene.lose() }),
  ]);
  // The client connects again at once, since the server is there
  assert(scene.told("done").includes("first"));
  assertEquals(scene.told("error"), ["second"]);
});
