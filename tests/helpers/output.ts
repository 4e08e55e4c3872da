/** Keeps what is written to standard output and standard error, until it is disposed of. */
export class CapturedOutput implements Disposable {
  /** What came out so far. */
  out = "";
  /** What came out on standard error so far. */
  err = "";
  readonly #originals = [Deno.stdout.writeSync, Deno.stderr.writeSync] as const;

  constructor() {
    const decoder = new TextDecoder();
    Deno.stdout.writeSync = (bytes) => {
      this.out += decoder.decode(bytes);
      return bytes.length;
    };
    Deno.stderr.writeSync = (bytes) => {
      this.err += decoder.decode(bytes);
      return bytes.length;
    };
  }

  /** Standard output, line by line, as JSON. */
  get json(): Array<Record<string, unknown>> {
    return this.out.split("\n").slice(0, -1).map((line) => JSON.parse(line));
  }

  [Symbol.dispose](): void {
    [Deno.stdout.writeSync, Deno.stderr.writeSync] = this.#originals;
  }
}
