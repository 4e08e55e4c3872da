/**
 * Sets `Date.now()` of this process forward until disposal. For the hash index, a file that was
 * just written then has an older modification time.
 */
export class ShiftedClock implements Disposable {
  readonly #original = Date.now;

  constructor(ms = 60_000) {
    const original = this.#original;
    Date.now = () => original() + ms;
  }

  [Symbol.dispose](): void {
    Date.now = this.#original;
  }
}
