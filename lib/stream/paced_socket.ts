import type { Bandwidth } from "./bandwidth.ts";
import type { PacedFlow } from "./paced_flow.ts";
import { setUpSocket, type Socket } from "./socket.ts";

/** Paces all bytes of a socket, which it owns: for connections that carry nothing but file data. */
export class PacedSocket implements Socket {
  readonly #socket: Socket;
  readonly #bandwidth: Bandwidth;
  readonly #sent: PacedFlow;
  readonly #received: PacedFlow;
  /** Bytes that were read, and are paid before the next ones are. */
  #owedBytes = 0;
  /** Bytes that were paid, and not taken by the system yet. */
  #paidBytes = 0;

  /** @param client names the client whose rates these are */
  constructor(socket: Socket, bandwidth: Bandwidth, client = "") {
    setUpSocket(socket);
    this.#socket = socket;
    this.#bandwidth = bandwidth;
    this.#sent = bandwidth.sent.open(client);
    this.#received = bandwidth.received.open(client);
  }

  get remoteAddr(): Deno.Addr {
    return this.#socket.remoteAddr;
  }

  get serverEndPoint(): Uint8Array | null | undefined {
    return this.#socket.serverEndPoint;
  }

  /** Reads what has come; waits first until what was read before has its time. */
  async read(into: Uint8Array): Promise<number | null> {
    if (this.#owedBytes > 0) await this.#received.passed(this.#owedBytes);
    this.#owedBytes = 0;
    const { isLimited, frameBytes } = this.#bandwidth.received;
    const count = await this.#socket.read(isLimited ? into.subarray(0, frameBytes) : into);
    this.#owedBytes = count ?? 0;
    return count;
  }

  /** Writes at most a frame of a limited rate. */
  async write(bytes: Uint8Array): Promise<number> {
    const { isLimited, frameBytes } = this.#bandwidth.sent;
    const piece = isLimited ? bytes.subarray(0, frameBytes) : bytes;
    const missing = piece.length - this.#paidBytes;
    if (missing > 0) await this.#sent.passed(missing);
    const count = await this.#socket.write(piece);
    this.#paidBytes = Math.max(this.#paidBytes, piece.length) - count;
    return count;
  }

  closeWrite(): Promise<void> {
    return this.#socket.closeWrite();
  }

  close(): void {
    this.#sent.close();
    this.#received.close();
    this.#socket.close();
  }
}
