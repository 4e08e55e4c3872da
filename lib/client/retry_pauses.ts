import { pause } from "../async/pause.ts";
import { ConnectionError } from "../protocol/errors.ts";
import type { RetryPolicy } from "./backoff.ts";

/** A connection that has lasted for this long was no failure. */
const LASTING_MS = 30_000;

/** Called before each pause with the last failure. */
export type PauseListener = (error: unknown, retryMs: number) => void;

/**
 * The attempts to connect again after each loss of a connection. The pauses before them grow until a
 * connection has lasted or was of use: one that is reset as soon as it is made counts like one that
 * could not be made.
 */
export class RetryPauses {
  readonly #policy: RetryPolicy;
  readonly #signal: AbortSignal | undefined;
  #failures = 0;
  /** When the connection was made, a reading of `performance.now()`. */
  #connectedMs = performance.now();

  /** Begins with a connection that is just made. @param signal ends the attempts */
  constructor(policy: RetryPolicy, signal: AbortSignal | undefined) {
    this.#policy = policy;
    this.#signal = signal;
  }

  /** The connection has been of use: its loss counts as the first failure. */
  onUsed(): void {
    this.#failures = 0;
  }

  /**
   * Connects again, in as many attempts as the policy allows.
   *
   * @throws {ConnectionError} `loss` when the policy gives up; another error of `connect`; the reason
   * of the signal
   */
  async connectAgain<T>(
    loss: unknown,
    connect: () => Promise<T>,
    onPause: PauseListener = () => {},
  ): Promise<T> {
    if (performance.now() - this.#connectedMs >= LASTING_MS) this.#failures = 0;
    for (let error = loss;;) {
      const retryMs = this.#policy(this.#failures++, error);
      if (retryMs === null) throw error instanceof ConnectionError ? loss : error;
      onPause(error, retryMs);
      await pause(retryMs, this.#signal);
      this.#signal?.throwIfAborted();
      try {
        const connected = await connect();
        this.#connectedMs = performance.now();
        return connected;
      } catch (failure) {
        error = failure;
      }
    }
  }
}
