import { pause } from "./pause.ts";

/** Wakes a loop from its pauses. What happens while the loop works cuts its next pause short. */
export class Waker {
  #waking = new AbortController();

  /** A turn of the loop begins: it sees to all that has woken it before. */
  begin(): void {
    this.#waking = new AbortController();
  }

  /** Ends the pause of this turn, also one that has not begun. */
  wake(): void {
    this.#waking.abort();
  }

  /** Resolves after `ms`, or as soon as the loop is woken, or `signal` fires; to whether it was woken. */
  async pause(ms: number, signal: AbortSignal): Promise<boolean> {
    const { signal: woken } = this.#waking;
    await pause(ms, AbortSignal.any([signal, woken]));
    return woken.aborted;
  }
}
