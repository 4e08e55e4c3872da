import { fetchFile } from "./fetch_file.ts";
import { hashFile } from "./hash_file.ts";
import { type JobControl, type Link, type LinkContext, openFileLink } from "./link.ts";
import type {
  FromMover,
  MoverJob,
  MoverProgress,
  MoverResult,
  PlacedSession,
  ToMover,
} from "./mover_messages.ts";
import { sendFile } from "./send_file.ts";
import { encodeError } from "./sent_error.ts";

/** Between two words of progress: the page draws each, and has no eyes for more. */
const PROGRESS_MS = 100;

/** What a {@link Mover} uses of its worker. */
export interface MoverOptions extends LinkContext {
  /** Sends messages to the page. */
  readonly post: (message: FromMover) => void;
}

/** Moves files over one connection, in a worker. */
export class Mover {
  readonly #options: MoverOptions;
  readonly #jobs = new Map<number, AbortController>();
  /** The connection of a session, once it is opened. */
  #link: { readonly session: string; readonly opened: Promise<Link> } | null = null;

  constructor(options: MoverOptions) {
    this.#options = options;
  }

  /** Handles a message of the page. */
  onMessage(message: ToMover): void {
    if (message.kind === "cancel") this.#jobs.get(message.id)?.abort();
    else void this.#run(message.id, message.session, message.job);
  }

  /** Ends the jobs, and the connection. */
  async close(): Promise<void> {
    for (const job of this.#jobs.values()) job.abort();
    const link = await this.#link?.opened.catch(() => null);
    link?.connection.close();
    await link?.connection.closed;
  }

  async #run(id: number, session: PlacedSession | null, job: MoverJob): Promise<void> {
    const stop = new AbortController();
    this.#jobs.set(id, stop);
    const control: JobControl = { signal: stop.signal, onProgress: this.#teller(id) };
    try {
      const result = await this.#do(job, session, control);
      this.#options.post({ kind: "done", id, result });
    } catch (error) {
      this.#options.post({ kind: "failed", id, error: encodeError(error) });
    } finally {
      this.#jobs.delete(id);
    }
  }

  /** Tells the page of a job's progress, but of each phase at once. */
  #teller(id: number): JobControl["onProgress"] {
    let toldMs = -Infinity;
    let phase: MoverProgress["phase"] | null = null;
    return (progress) => {
      const nowMs = performance.now();
      if (progress.phase === phase && nowMs - toldMs < PROGRESS_MS) return;
      toldMs = nowMs;
      phase = progress.phase;
      this.#options.post({ kind: "progress", id, progress });
    };
  }

  async #do(
    job: MoverJob,
    session: PlacedSession | null,
    control: JobControl,
  ): Promise<MoverResult> {
    if (job.kind === "hash" || session === null) {
      if (job.kind !== "hash") throw new Error("Cannot move a file: there is no session");
      const { size } = job.file;
      return { sha256: await hashFile(job.file, control), size, blob: null };
    }
    const link = await this.#linkOf(session);
    control.signal.throwIfAborted();
    return job.kind === "upload"
      ? await sendFile(link, job, control)
      : await fetchFile(link, job, control);
  }

  /** The connection of a session: a former one ends with its session. */
  #linkOf(placed: PlacedSession): Promise<Link> {
    const { session } = placed;
    if (this.#link?.session === session) return this.#link.opened;
    this.#link?.opened.then(({ connection }) => connection.close(), () => {});
    const opened = openFileLink(this.#options, placed);
    const link = this.#link = { session, opened };
    const forget = () => {
      if (this.#link === link) this.#link = null;
    };
    opened.then(({ connection }) => connection.closed.then(forget), forget);
    return opened;
  }
}
