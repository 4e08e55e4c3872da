import { closeSocket, shutDownAndDrain, type Socket } from "../../stream/framed_connection.ts";
import type { Capacity } from "./capacity.ts";

/** Keeps count of who is in, and turns away whoever is too many. */
export class Admission {
  readonly #capacity: Capacity;
  readonly #maxPerAddress: number;
  readonly #perAddress = new Map<string, number>();
  #clients = 0;
  #refusals = 0;

  /** @param maxPerAddress 0 for no limit */
  constructor(capacity: Capacity, maxPerAddress: number) {
    this.#capacity = capacity;
    this.#maxPerAddress = maxPerAddress;
  }

  /** Lets a client in, who must `leave` some day; `false` when there is no room. */
  enter(address: string): boolean {
    const fromThere = this.#perAddress.get(address) ?? 0;
    if (this.#clients >= this.#capacity.clients) return false;
    if (this.#maxPerAddress > 0 && fromThere >= this.#maxPerAddress) return false;
    this.#clients++;
    this.#perAddress.set(address, fromThere + 1);
    return true;
  }

  /** A client from there is gone. */
  leave(address: string): void {
    this.#clients--;
    const left = (this.#perAddress.get(address) ?? 1) - 1;
    if (left === 0) this.#perAddress.delete(address);
    else this.#perAddress.set(address, left);
  }

  /** Closes a connection with a last frame, or without when too many are being told already. */
  async refuse(conn: Socket, frame: Uint8Array): Promise<void> {
    if (this.#refusals >= this.#capacity.refusals) return closeSocket(conn);
    this.#refusals++;
    try {
      await conn.write(frame);
      await shutDownAndDrain(conn);
    } catch {
      // Gone before it could be told
    } finally {
      this.#refusals--;
      closeSocket(conn);
    }
  }
}
