import { join } from "@std/path";
import { type Client, connect, type ConnectOptions } from "../client/client.ts";
import { ConnectionError } from "../protocol/errors.ts";
import { checkPath, lastComponent } from "../protocol/path.ts";
import { EXIT, type Failure } from "./failure.ts";
import { writeOutBytes } from "./output.ts";
import { Reporter, type ReportFormat } from "./reporter.ts";

/** Requests that are sent ahead on a connection, so that it never waits between small files. */
const REQUESTS_AHEAD = 8;
/** Rather than let this much come in for nothing, the connection is made anew. */
const UNWANTED_BYTES = 1024 * 1024;

/** What `get` is to do. */
export interface GetOptions {
  readonly connection: ConnectOptions;
  readonly paths: readonly string[];
  /** Folder for the files. */
  readonly directory: string;
  readonly replace: boolean;
  /** Connections that share the work. */
  readonly jobs: number;
  /** Accept only this content, in hex; for one path. */
  readonly sha256?: string;
  /** Write the file to standard output instead; for one path. */
  readonly toStdout: boolean;
  readonly signal: AbortSignal;
  readonly format: ReportFormat;
}

/** Files that get the same name, which is why they must come one after the other. */
interface Task {
  readonly index: number;
  readonly path: string;
  readonly name: string;
}

/** Fetches files and returns the exit code: that of the first path that failed. */
export async function get(options: GetOptions): Promise<number> {
  if (!options.toStdout) return await fetchAll(options);
  const directory = await Deno.makeTempDir({ prefix: "tcp-chat-" });
  try {
    const exitCode = await fetchAll({ ...options, directory, replace: true });
    if (exitCode === EXIT.done) await copyToStdout(directory);
    return exitCode;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function fetchAll(options: GetOptions): Promise<number> {
  const reporter = new Reporter(options.format, options.paths.length);
  const failures: Array<{ index: number; failure: Failure }> = [];
  const fail = (index: number, path: string, error: unknown) => {
    failures.push({ index, failure: reporter.onError(path, error) });
  };
  const tasks = makeTasks(options.paths, fail);
  const queues = shareOut(tasks, options.jobs);
  await Promise.all(queues.map((queue) => new Fetcher(options, queue, reporter, fail).run()));
  reporter.onEnd(failures.length);
  failures.sort((a, b) => a.index - b.index);
  return failures[0]?.failure.exitCode ?? EXIT.done;
}

function makeTasks(
  paths: readonly string[],
  fail: (index: number, path: string, error: unknown) => void,
): Task[] {
  return paths.flatMap((path, index) => {
    try {
      return [{ index, path, name: lastComponent(checkPath(path.trim())) }];
    } catch (error) {
      fail(index, path, error);
      return [];
    }
  });
}

/** A queue for each connection. Tasks of the same name are in the same queue. */
function shareOut(tasks: readonly Task[], jobs: number): Task[][] {
  const byName = Map.groupBy(tasks, ({ name }) => name.toLowerCase());
  const queues: Task[][] = Array.from({ length: Math.min(jobs, byName.size) }, () => []);
  let next = 0;
  for (const group of byName.values()) queues[next++ % queues.length]?.push(...group);
  return queues;
}

/** Works off a queue over one connection, made anew when it was lost or is not worth keeping. */
class Fetcher {
  readonly #options: GetOptions;
  readonly #queue: Task[];
  readonly #reporter: Reporter;
  readonly #fail: (index: number, path: string, error: unknown) => void;

  constructor(
    options: GetOptions,
    queue: Task[],
    reporter: Reporter,
    fail: (index: number, path: string, error: unknown) => void,
  ) {
    this.#options = options;
    this.#queue = queue;
    this.#reporter = reporter;
    this.#fail = fail;
  }

  async run(): Promise<void> {
    while (this.#queue.length > 0) {
      try {
        const client = await connect(this.#options.connection);
        await this.#work(client);
      } catch (error) {
        for (const { index, path } of this.#queue.splice(0)) this.#fail(index, path, error);
      }
    }
  }

  async #work(client: Client): Promise<void> {
    const active = new Map<Task, Promise<void>>();
    let abandoned = false;
    for (;;) {
      while (!client.isClosed && active.size < REQUESTS_AHEAD) {
        const task = this.#queue.shift();
        if (task === undefined) break;
        const fetched = this.#fetch(client, task).catch((error) => {
          if (abandoned && error instanceof ConnectionError) this.#queue.unshift(task);
          else this.#fail(task.index, task.path, error);
        });
        active.set(task, fetched.finally(() => active.delete(task)));
      }
      if (active.size === 0) break;
      await Promise.race(active.values());
      if (client.unwantedBytes > UNWANTED_BYTES || this.#options.signal.aborted) {
        abandoned = !this.#options.signal.aborted;
        client.close();
      }
    }
    if (!client.isClosed) await client.quit();
  }

  async #fetch(client: Client, { path, name }: Task): Promise<void> {
    const { directory, replace, sha256, signal } = this.#options;
    const startedMs = performance.now();
    const result = await client.download(path, {
      directory,
      name,
      replace,
      signal,
      ...(sha256 !== undefined && { sha256 }),
      onProgress: (bytes, total) => this.#reporter.onProgress(path, bytes, total),
    });
    this.#reporter.onDone(path, result, (performance.now() - startedMs) / 1000);
  }
}

/** The one file in the folder, verified before its first byte leaves. */
async function copyToStdout(directory: string): Promise<void> {
  for await (const { name } of Deno.readDir(directory)) {
    using file = await Deno.open(join(directory, name));
    const buffer = new Uint8Array(256 * 1024);
    for (let count = await file.read(buffer); count !== null; count = await file.read(buffer)) {
      writeOutBytes(buffer.subarray(0, count));
    }
  }
}
