import { batch, signal } from "@preact/signals-core";
import type { Transfer, TransferState } from "../model/page_model.ts";
import type { KeptJob } from "../transfer/kept_jobs.ts";
import type { PickedPlace } from "./picked_files.ts";
import type { MoverProgress, MoverResult } from "../transfer/mover_messages.ts";

/** The time over which a speed is measured. */
const SPEED_MS = 3_000;

/** States in which a transfer needs nobody: it goes on, or will. */
const ACTIVE: ReadonlySet<TransferState> = new Set(["waiting", "moving", "checking", "offline"]);

/** What a transfer is about. */
export interface TransferJob {
  readonly id: string;
  readonly direction: "upload" | "download";
  /** Whether an upload is a folder that has no files. Default: no. */
  readonly isFolder?: boolean;
  readonly name: string;
  /** On the server. */
  path: string;
  /** In bytes. */
  size: number;
  /** Of an upload: milliseconds since 1970; 0 if it was never opened, and of others. */
  lastModified: number;
  /** The conversation that an upload is offered in. */
  readonly offerIn: string | null;
  replace: boolean;
  /** Of an upload: the file; `null` until the browser lets the page open it. */
  file: File | null;
  /** What opens the file again after a reload. */
  readonly handle: FileSystemHandle | null;
  readonly inner: string;
  /** Of a download: its part in the private files; `null` where it goes elsewhere. */
  part: string | null;
  /** Of a download: the file in a folder that the person has picked. */
  readonly picked: PickedPlace | null;
}

/** A transfer in the list. */
export class TransferRow implements Transfer {
  readonly state = signal<TransferState>("waiting");
  readonly done = signal(0);
  readonly resumedAt = signal(0);
  readonly speed = signal(0);
  readonly sha256 = signal<string | null>(null);
  readonly error = signal<unknown>(null);
  /** Ends the run under way. */
  stop = new AbortController();
  /** Resolves when no run is under way: the next one goes on with what that has left. */
  idle: Promise<void> = Promise.resolve();
  #samples: { readonly ms: number; readonly done: number }[] = [];

  constructor(readonly job: TransferJob) {}

  get id(): string {
    return this.job.id;
  }

  get direction(): "upload" | "download" {
    return this.job.direction;
  }

  get name(): string {
    return this.job.name;
  }

  get path(): string {
    return this.job.path;
  }

  get size(): number {
    return this.job.size;
  }

  /** Whether it goes on by itself. */
  get isActive(): boolean {
    return ACTIVE.has(this.state.value);
  }

  /** Begins a run. @returns what ends it */
  begin(): AbortSignal {
    this.stop.abort();
    this.stop = new AbortController();
    this.#samples = [];
    batch(() => {
      this.state.value = "waiting";
      this.error.value = null;
      this.speed.value = 0;
    });
    return this.stop.signal;
  }

  /** Takes what a mover tells. */
  onProgress({ done, phase, resumedAt, size }: MoverProgress): void {
    if (size !== null) this.job.size = size;
    const nowMs = performance.now();
    if (done < (this.#samples.at(-1)?.done ?? 0)) this.#samples = [];
    this.#samples = [...this.#samples.filter(({ ms }) => nowMs - ms < SPEED_MS), {
      ms: nowMs,
      done,
    }];
    batch(() => {
      this.state.value = phase;
      this.done.value = done;
      this.resumedAt.value = resumedAt;
    });
  }

  /** Measures the speed: while nothing comes, it falls. */
  measure(): void {
    const [first] = this.#samples;
    const last = this.#samples.at(-1);
    const ms = first === undefined ? 0 : performance.now() - first.ms;
    const isMoving = this.state.value === "moving" && first !== undefined && last !== undefined;
    this.speed.value = isMoving && ms > 0 && ms < 2 * SPEED_MS
      ? (last.done - first.done) * 1000 / ms
      : 0;
  }

  /** Every byte was hashed, and is the server's. */
  verified({ sha256, size }: MoverResult): void {
    this.job.size = size;
    batch(() => {
      this.sha256.value = sha256;
      this.done.value = size;
      this.speed.value = 0;
      this.state.value = "verified";
    });
  }

  /** Ends the run in a state. */
  end(state: TransferState, error: unknown = null): void {
    batch(() => {
      this.error.value = error;
      this.speed.value = 0;
      this.state.value = state;
    });
  }

  /** As it is kept for the next page. */
  kept(tab: string): KeptJob {
    const { id, direction, isFolder = false, name, path, size, ...job } = this.job;
    const { lastModified, replace, part, handle, inner } = job;
    return {
      id,
      tab,
      direction,
      isFolder,
      name,
      path,
      size,
      lastModified,
      replace,
      part,
      handle,
      inner,
      room: this.job.offerIn,
      isPaused: this.state.value === "paused",
    };
  }
}
