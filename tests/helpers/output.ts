/** Captures standard output and standard error until disposal. */
export class CapturedOutput implements Disposable {
  /** Standard output so far. */
  out = "";
  /** Standard error so far. */
  err = "";
  readonly #originals = [Deno.stdout.writeSync, Deno.stderr.writeSync] as const;
  readonly #asyncOriginals = [Deno.stdout.write, Deno.stderr.write] as const;

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
    Deno.stdout.write = (bytes) => Promise.resolve(Deno.stdout.writeSync(bytes));
    Deno.stderr.write = (bytes) => Promise.resolve(Deno.stderr.writeSync(bytes));
  }

  /** The lines of standard output, parsed as JSON. */
  get json(): Array<Record<string, unknown>> {
    return this.out.split("\n").slice(0, -1).map((line) => JSON.parse(line));
  }

  [Symbol.dispose](): void {
    [Deno.stdout.writeSync, Deno.stderr.writeSync] = this.#originals;
    [Deno.stdout.write, Deno.stderr.write] = this.#asyncOriginals;
  }
}
