import type { DownloadOptions } from "../../transfer/download_options.ts";
import { KeyedMutex } from "../../async/keyed_mutex.ts";
import { type Client } from "../../client/client.ts";
import { connect } from "../../client/connect.ts";
import { isLateHello } from "../../client/late_hello.ts";
import { FileSet } from "../../files/file_set.ts";
import { toLocalPath } from "../../files/local_name.ts";
import { ConnectionError, RequestError } from "../../protocol/errors.ts";
import { checkPath, lastComponent, pathKey } from "../../protocol/path.ts";
import { defined } from "../options/defined.ts";
import { isPattern } from "../../protocol/is_pattern.ts";
import type { Failure } from "../texts/failure.ts";
import type { Reporter } from "../view/reporter.ts";
import { downloadOnce } from "../../client/made_paths.ts";
import type { TransferCommandOptions } from "./transfer_command.ts";

/** Requests that are sent ahead on a connection, so that it never waits between small files. */
const REQUESTS_AHEAD = 8;
/** The client reconnects rather than receive this many bytes of files that it gave up. */
const UNWANTED_BYTES = 1024 * 1024;

/** A file to fetch. Those of the same name come one after the other. */
interface Task {
  readonly index: number;
  readonly path: string;
  readonly name: string;
}

/** Options of {@link getByProtocol1}. */
interface Protocol1GetOptions
  extends Pick<TransferCommandOptions, "connection" | "paths" | "replace" | "jobs" | "signal"> {
  readonly directory: string;
  /** Accept only this content, in hex; for one path. */
  readonly sha256?: string | undefined;
  readonly reporter: Reporter;
}

/**
 * Fetches files from a server of protocol 1, which does not list them and cannot stop in the middle
 * of a file.
 *
 * @param client already connected, for the first of the connections
 * @returns the failures in the order of the paths
 * @throws {ConnectionError} `late-hello` when the server speaks protocol 2; nothing is fetched then
 */
export async function getByProtocol1(
  client: Client,
  options: Protocol1GetOptions,
): Promise<Failure[]> {
  const failures: Array<{ index: number; failure: Failure }> = [];
  const fail = (index: number, path: string, error: unknown) => {
    failures.push({ index, failure: options.reporter.onError(path, error) });
  };
  const tasks = makeTasks(options.paths, fail);
  const queues = shareOut(tasks, options.jobs);
  const spare: Client[] = [client];
  const fetchers = queues.map((queue) => new Fetcher(options, queue, spare, fail));
  // The first connection finds out whether the server is one of protocol 1
  await Promise.all(fetchers.map(async (fetcher, index) => {
    if (index > 0) await client.protocolSettled;
    await fetcher.run();
  }));
  for (const unused of spare) await unused.quit();
  failures.sort((a, b) => a.index - b.index);
  return failures.map(({ failure }) => failure);
}

function makeTasks(
  paths: readonly string[],
  fail: (index: number, path: string, error: unknown) => void,
): Task[] {
  return paths.flatMap((path, index) => {
    try {
      if (isPattern(path)) {
        throw new RequestError("unsupported", undefined, { reason: "protocol-1" });
      }
      return [{ index, path, name: toLocalPath(lastComponent(checkPath(path.trim()))) }];
    } catch (error) {
      fail(index, path, error);
      return [];
    }
  });
}

/** A queue for each connection. Tasks of the same name are in the same queue. */
function shareOut(tasks: readonly Task[], jobs: number): Task[][] {
  const byName = Map.groupBy(tasks, ({ name }) => pathKey(name));
  const queues: Task[][] = Array.from({ length: Math.min(jobs, byName.size) }, () => []);
  let next = 0;
  for (const group of byName.values()) queues[next++ % queues.length]?.push(...group);
  return queues;
}

/** Works off a queue over one connection, and reconnects when it is lost or given up. */
class Fetcher {
  readonly #options: Protocol1GetOptions;
  readonly #queue: Task[];
  /** Connections that are there already, for the first fetchers. */
  readonly #spare: Client[];
  readonly #fail: (index: number, path: string, error: unknown) => void;
  /** Tasks of the same name run one after the other. */
  readonly #names = new KeyedMutex<string>();
  /** What this command has made of the queue's names: it replaces none of it. */
  readonly #made = new FileSet();

  constructor(
    options: Protocol1GetOptions,
    queue: Task[],
    spare: Client[],
    fail: (index: number, path: string, error: unknown) => void,
  ) {
    this.#options = options;
    this.#queue = queue;
    this.#spare = spare;
    this.#fail = fail;
  }

  async run(): Promise<void> {
    while (this.#queue.length > 0) {
      try {
        const client = this.#spare.pop() ?? await connect(this.#options.connection);
        await this.#work(client);
      } catch (error) {
        if (isLateHello(error)) throw error;
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
        const fetching = this.#names.run(pathKey(task.name), () => this.#fetch(client, task));
        const fetched = fetching.catch((error) => {
          if (isLateHello(error)) throw error;
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
    const { directory, replace, sha256, signal, reporter } = this.#options;
    await reporter.room(signal);
    const startedMs = performance.now();
    const result = await downloadOnce(client, path, this.#made, {
      directory,
      name,
      replace,
      signal,
      ...defined<DownloadOptions>({ sha256 }),
      onProgress: (bytes, total) => reporter.onProgress(path, bytes, total),
    });
    reporter.onDone(path, result, (performance.now() - startedMs) / 1000);
  }
}
