import { basename } from "../../files/path.ts";

/** A command under way. */
interface RunningCommand {
  /** What it names, as it was typed. */
  readonly path: string;
  readonly cancel: AbortController;
}

/** Options of {@link RunningCommands}. */
interface RunningOptions {
  /** A command has failed. */
  readonly onError: (error: unknown, path: string) => void;
  /** The last command has ended. */
  readonly onIdle: () => void;
}

/** Commands that run beside each other, each of which can be cancelled. */
export class RunningCommands {
  readonly #options: RunningOptions;
  /** By their ends. */
  readonly #running = new Map<Promise<void>, RunningCommand>();

  /** Has none yet. */
  constructor(options: RunningOptions) {
    this.#options = options;
  }

  /** Whether a command is running. */
  get isBusy(): boolean {
    return this.#running.size > 0;
  }

  /** Runs a command. @param path what it names */
  run(path: string, work: (cancelled: AbortSignal) => Promise<void>): void {
    const cancel = new AbortController();
    const { onError, onIdle } = this.#options;
    const { signal } = cancel;
    const onFailure = (error: unknown) => {
      if (!signal.aborted || error !== signal.reason) onError(error, path);
    };
    const ended = work(signal).catch(onFailure).finally(() => {
      this.#running.delete(ended);
      if (!this.isBusy) onIdle();
    });
    this.#running.set(ended, { path, cancel });
  }

  /**
   * Cancels the commands that name a file, among others or alone, by its path or by its last name, as the
   * status line shows it; all for `""`.
   *
   * @returns whether there are any
   */
  cancel(name: string): boolean {
    const isNamed = (typed: string) => typed === name || basename(typed) === name;
    const chosen = [...this.#running.values()].filter(({ path }) =>
      name === "" || [path, ...path.split(/\s+/)].some(isNamed)
    );
    for (const { cancel } of chosen) cancel.abort();
    return chosen.length > 0;
  }

  /** Resolves when no command is running. */
  async finished(): Promise<void> {
    while (this.isBusy) await Promise.all(this.#running.keys());
  }
}
