import type { SpaceReservation } from "../../files/reserved_space.ts";

/** How much of an upload is here, and the space that the rest has to itself. */
export class ArrivedBytes implements Disposable {
  /** The bytes of the upload that are here. */
  bytes = 0;
  #space: SpaceReservation | null = null;

  /** @param offset what was kept of an earlier attempt. Owns the space */
  begin(offset: number, space: SpaceReservation | null): void {
    this.bytes = offset;
    this.#space = space;
  }

  /** Counts bytes that have arrived. */
  add(bytes: number): void {
    this.bytes += bytes;
    this.#space?.fill(bytes);
  }

  /** Frees the space. */
  [Symbol.dispose](): void {
    this.#space?.[Symbol.dispose]();
  }
}
