import { sha256Of } from "./bytes.ts";
import { originalMetadata } from "./original_server.ts";
import { bytesOf, type Content, rawFrame, RawPeer } from "./raw_peer.ts";

/** A server that follows its script with every client, and then closes the connection. */
export class ScriptedServer implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #script: (peer: RawPeer) => Promise<void>;
  readonly #peers: RawPeer[] = [];
  readonly #running: Promise<void>[] = [];

  constructor(script: (peer: RawPeer) => Promise<void>) {
    this.#script = script;
    this.#running.push(this.#accept());
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const peer of this.#peers) peer.close();
    await Promise.all(this.#running);
  }

  async #accept(): Promise<void> {
    try {
      for (;;) {
        const peer = new RawPeer(await this.#listener.accept());
        this.#peers.push(peer);
        this.#running.push(this.#run(peer));
      }
    } catch {
      // The listener was closed
    }
  }

  async #run(peer: RawPeer): Promise<void> {
    try {
      await this.#script(peer);
    } catch {
      // The client may close the connection at any point of the script
    }
    peer.close();
  }
}

/** The frames with which a correct server answers FILE; tests replace some of them. */
export function goodAnswer(name: string, content: Content): Uint8Array[] {
  const bytes = bytesOf(content);
  const frames = [
    rawFrame("FROK"),
    rawFrame("FMTA", originalMetadata(name, bytes.length)),
    rawFrame("FHSH", Uint8Array.fromHex(sha256Of(bytes))),
  ];
  for (let offset = 0; offset < bytes.length; offset += 8192) {
    frames.push(rawFrame("FDAT", bytes.subarray(offset, offset + 8192)));
  }
  return frames;
}
