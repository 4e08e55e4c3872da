import { sha256Of } from "./bytes.ts";
import { bytesOf, type Content, type RawFrame, rawFrame, RawPeer, textOf } from "./raw_peer.ts";

/** The size of its data frames. */
const PIECE_BYTES = 8192;

/**
 * A server that behaves exactly like that of the original system, without code of the project.
 *
 * It serves `files`: the content by name, or `null` for a folder.
 */
export class OriginalServer implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #clients = new Set<OriginalServersClient>();
  readonly #running: Promise<void>[] = [];
  /** Chat from clients, which it shows on its console and never relays. */
  readonly console: string[] = [];
  /** Unknown types, which it ignored. */
  readonly ignored: string[] = [];
  /** The number of QUIT frames. */
  quits = 0;

  constructor(readonly files: Readonly<Record<string, Content | null>>) {
    this.#running.push(this.#accept());
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  /** Sends a line typed on its console to all clients. */
  async broadcast(text: string): Promise<void> {
    const frame = rawFrame("CHAT", `[SERVIDOR]: ${text}`);
    await Promise.all([...this.#clients].map((client) => client.send(frame)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const client of this.#clients) client.peer.close();
    await Promise.all(this.#running);
  }

  async #accept(): Promise<void> {
    try {
      for (;;) {
        const client = new OriginalServersClient(new RawPeer(await this.#listener.accept()));
        this.#clients.add(client);
        this.#running.push(this.#serve(client));
      }
    } catch {
      // The listener was closed
    }
  }

  async #serve(client: OriginalServersClient): Promise<void> {
    try {
      for (
        let frame = await client.peer.readFrame();
        frame;
        frame = await client.peer.readFrame()
      ) {
        if (frame.type === "QUIT") {
          this.quits++;
          break;
        }
        await this.#handle(client, frame);
      }
    } catch {
      // The client left; the original server prints that and continues
    }
    this.#clients.delete(client);
    client.peer.close();
  }

  async #handle(client: OriginalServersClient, frame: RawFrame): Promise<void> {
    if (frame.type === "CHAT") this.console.push(textOf(frame));
    else if (frame.type === "FILE") await this.#sendFile(client, textOf(frame));
    else this.ignored.push(frame.type);
  }

  async #sendFile(client: OriginalServersClient, name: string): Promise<void> {
    const content = this.files[name];
    if (content === undefined) {
      return await client.send(rawFrame("FERR", "Arquivo não encontrado"));
    }
    await client.send(rawFrame("FROK"));
    if (content === null) {
      return await client.send(rawFrame("FERR", `[Errno 21] Is a directory: '${name}'`));
    }
    const bytes = bytesOf(content);
    const hash = sha256Of(bytes);
    await client.send(rawFrame("FMTA", originalMetadata(name, bytes.length)));
    await client.send(rawFrame("FHSH", Uint8Array.fromHex(hash)));
    for (let offset = 0; offset < bytes.length; offset += PIECE_BYTES) {
      await client.send(rawFrame("FDAT", bytes.subarray(offset, offset + PIECE_BYTES)));
    }
  }
}

/** The payload of FMTA for the last component of `path`. */
export function originalMetadata(path: Content, sizeBytes: number | bigint): Uint8Array {
  const bytes = bytesOf(path);
  const name = bytes.subarray(bytes.lastIndexOf(0x2f) + 1);
  const payload = new Uint8Array(4 + name.length + 8);
  const view = new DataView(payload.buffer);
  view.setUint32(0, name.length);
  payload.set(name, 4);
  view.setBigUint64(4 + name.length, BigInt(sizeBytes));
  return payload;
}

/** A client whose frames are sent whole and in turn, even by concurrent senders. */
class OriginalServersClient {
  #sent: Promise<void> = Promise.resolve();

  constructor(readonly peer: RawPeer) {}

  send(frame: Uint8Array): Promise<void> {
    const sent = this.#sent.then(() => this.peer.send(frame));
    this.#sent = sent.catch(() => {});
    return sent;
  }
}
