import type { MeteredServer } from "./metered_server.ts";
import { Protocol2Peer } from "./protocol2_peer.ts";

const ROOM = "quiet";

/** How long messages wait at a server, in milliseconds. */
export interface MessageWaits {
  readonly median: number;
  /** The 99th percentile: the longest of fewer than 200. */
  readonly p99: number;
}

/** Two clients in a room of their own. */
export class QuietPair implements Disposable {
  readonly #server: MeteredServer;
  readonly #from: Protocol2Peer;
  readonly #to: Protocol2Peer;

  private constructor(server: MeteredServer, from: Protocol2Peer, to: Protocol2Peer) {
    this.#server = server;
    this.#from = from;
    this.#to = to;
  }

  /** Connects to a server that does not limit the rate of chat. */
  static async connect(server: MeteredServer): Promise<QuietPair> {
    const from = await Protocol2Peer.connect(server.port);
    const to = await Protocol2Peer.connect(server.port);
    for (const peer of [from, to]) await peer.request("JOIN", { room: ROOM });
    return new QuietPair(server, from, to);
  }

  /**
   * Sends messages, one after the other has arrived. What counts is the CPU time of the server's main
   * isolate between sending and receiving: on a machine that does nothing else, and a server that is
   * busy, that is the time that passes.
   */
  async say(count: number): Promise<MessageWaits> {
    const waits: number[] = [];
    for (let i = 0; i < count; i++) {
      const text = crypto.randomUUID();
      const beforeMs = this.#server.usedMs;
      const id = await this.#from.ask("SEND", { room: ROOM, text });
      await heard(this.#to, text);
      waits.push(this.#server.usedMs - beforeMs);
      await this.#from.done(id);
    }
    waits.sort((a, b) => a - b);
    const at = (part: number) => waits[Math.min(count - 1, Math.floor(part * count))]!;
    return { median: at(0.5), p99: at(0.99) };
  }

  [Symbol.dispose](): void {
    this.#from[Symbol.dispose]();
    this.#to[Symbol.dispose]();
  }
}

/** Reads up to a message, and answers PING. */
async function heard(peer: Protocol2Peer, text: string): Promise<void> {
  for (;;) {
    const frame = await peer.raw.readFrame();
    const json = JSON.parse(new TextDecoder().decode(frame?.payload));
    if (frame?.type === "PING") await peer.send("PONG", json);
    if (json.text === text) return;
  }
}
