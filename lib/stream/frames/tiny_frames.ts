/** A data frame with fewer bytes costs more than its bytes do. */
const TINY_BYTES = 64;
/** Such frames that may come one behind the other; a transfer ends with one. */
const MAX_TINY = 16;

/**
 * Notices a flood of frames with few bytes or none. The system has the next bytes of a flood ready at
 * once, so that reading them one after the other leaves no turn of the event loop to others.
 */
export class TinyFrames {
  #count = 0;

  /** Counts a frame. */
  add(payloadBytes: number): void {
    if (payloadBytes < TINY_BYTES) this.#count++;
  }

  /** Whether there was a flood since the last call: let others have a turn, and read less at once. */
  takeFlood(): boolean {
    const isFlood = this.#count > MAX_TINY;
    this.#count = 0;
    return isFlood;
  }
}
