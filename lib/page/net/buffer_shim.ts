/** What SASLprep's library uses of the `Buffer` of Node, for which it is written. */
class BufferShim extends Uint8Array<ArrayBuffer> {
  /** Base64 only. */
  static fromBase64Text(text: string): BufferShim {
    return new BufferShim(Uint8Array.fromBase64(text).buffer);
  }

  static isBuffer(value: unknown): boolean {
    return value instanceof BufferShim;
  }

  static alloc(size: number): BufferShim {
    return new BufferShim(new ArrayBuffer(size));
  }

  readUInt32BE(offset: number): number {
    return new DataView(this.buffer, this.byteOffset).getUint32(offset);
  }

  /** Shares the memory, as that of Node does. */
  override slice(start?: number, end?: number): BufferShim {
    return this.subarray(start, end) as BufferShim;
  }

  copy(target: Uint8Array, at = 0, start = 0, end = this.length): number {
    target.set(this.subarray(start, end), at);
    return end - start;
  }
}

/** Installs it, where there is no `Buffer`. */
export function installBuffer(): void {
  const { isBuffer, alloc, fromBase64Text: from } = BufferShim;
  const scope = globalThis as { Buffer?: unknown };
  scope.Buffer ??= { isBuffer, alloc, allocUnsafe: alloc, from };
}
