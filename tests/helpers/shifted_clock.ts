/**
 * Sets the clock of this process, `Date.now()`, forward until it is disposed of. A file that was
 * just written has then been there for so long, as far as the hash index can tell.
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
