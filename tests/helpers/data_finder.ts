const HEADER_BYTES = 12;
const DATA_TYPES: ReadonlySet<string> = new Set(["FDAT", "FZST"]);

/** Finds the payloads of data frames in a stream of frames, without code of the project. */
export class DataFinder {
  readonly #header = new Uint8Array(HEADER_BYTES);
  #headerBytes = 0;
  #payloadLeft = 0;

  /** The parts of a chunk that are file data, as views into it. */
  *find(chunk: Uint8Array): Generator<Uint8Array> {
    for (let at = 0; at < chunk.length;) {
      if (this.#payloadLeft > 0) {
        const payload = chunk.subarray(at, at + this.#payloadLeft);
        this.#payloadLeft -= payload.length;
        at += payload.length;
        if (this.#isData) yield payload;
      } else {
        at += this.#readHeader(chunk.subarray(at));
      }
    }
  }

  get #isData(): boolean {
    return DATA_TYPES.has(String.fromCharCode(...this.#header.subarray(8)));
  }

  #readHeader(bytes: Uint8Array): number {
    const part = bytes.subarray(0, HEADER_BYTES - this.#headerBytes);
    this.#header.set(part, this.#headerBytes);
    this.#headerBytes += part.length;
    if (this.#headerBytes === HEADER_BYTES) {
      this.#headerBytes = 0;
      this.#payloadLeft = Number(new DataView(this.#header.buffer).getBigUint64(0));
    }
    return part.length;
  }
}
