import { FrameSplitter, typeOf } from "./frame_splitter.ts";
import { type Direction, Proxy, type ProxyLink, type Tap } from "./proxy.ts";
import { type Json, jsonFrame } from "./protocol2_peer.ts";
import { startServer, type TestServer } from "./servers.ts";

/** A server of a {@link ScriptedCluster}: a way to the one that all of them are in truth. */
export interface ScriptedMember extends AsyncDisposable {
  readonly port: number;
  /** Whether it was killed. */
  readonly isDead: boolean;
  /** Dies: its connections are reset, and no other is taken. */
  kill(): void;
  /** The payloads of the frames of a type that clients have sent to it. */
  sent(type: string): Json[];
  readonly proxy: Proxy;
}

/** What a tap makes of a frame: other bytes in its place, none, or the same. */
export type Rewrite = (frame: Uint8Array, type: string, link: ProxyLink) => Uint8Array | null;

/** How a {@link ScriptedCluster} begins. */
export interface ScriptedClusterOptions {
  /** How many servers. Default 3. */
  readonly size?: number;
  readonly server?: Parameters<typeof startServer>[0];
  /** Changes frames from a server, numbered from 0, to a client. */
  readonly rewrite?: (member: number) => Rewrite;
}

/**
 * Several servers that are one, as far as a client sees: a real server behind several proxies, which tell of
 * each other in HELO.
 */
export class ScriptedCluster implements AsyncDisposable {
  /** What names the numbering. */
  history = "00c0ffee";

  private constructor(readonly server: TestServer, readonly members: ScriptedMember[]) {}

  /** Starts all of it. */
  static async start(options: ScriptedClusterOptions = {}): Promise<ScriptedCluster> {
    const { size = 3, rewrite = () => (frame) => frame } = options;
    const server = await startServer({ chatPerSecond: 0, ...options.server });
    const cluster = new ScriptedCluster(server, []);
    for (let i = 0; i < size; i++) {
      const member = await startMember(server.port, (frame, type, link) => {
        const told = type === "HELO" ? cluster.#tellPeers(frame, i) : frame;
        return rewrite(i)(told, type, link);
      });
      cluster.members.push(member);
    }
    return cluster;
  }

  /** The server with a number from 0. */
  at(index: number): ScriptedMember {
    return this.members[index]!;
  }

  /** Stops all of it. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const member of this.members) await member[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
  }

  #tellPeers(frame: Uint8Array, index: number): Uint8Array {
    const hello = JSON.parse(new TextDecoder().decode(frame.subarray(12)));
    const own = this.at(index);
    const others = this.members.filter((each) => each !== own && !each.isDead);
    const peers = [own, ...others].map(({ port }) => ({ host: "127.0.0.1", port }));
    const cluster = { name: "scripted", history: this.history };
    return jsonFrame("HELO", { ...hello, cluster, peers });
  }
}

async function startMember(target: number, rewrite: Rewrite): Promise<ScriptedMember> {
  const sent: { readonly type: string; readonly json: Json }[] = [];
  const splitters = new WeakMap<ProxyLink, Record<Direction, FrameSplitter>>();
  const tap: Tap = async (chunk, { link, direction }, next) => {
    const both = splitters.get(link) ?? { up: new FrameSplitter(), down: new FrameSplitter() };
    splitters.set(link, both);
    for (const frame of both[direction].add(chunk)) {
      const type = typeOf(frame);
      if (direction === "up" && type === "NICK") {
        sent.push({ type, json: JSON.parse(new TextDecoder().decode(frame.subarray(12))) });
      }
      const bytes = direction === "up" ? frame : rewrite(frame, type, link);
      if (bytes !== null) await next(bytes);
    }
  };
  const proxy = await Proxy.start(target, [tap]);
  const { port } = proxy;
  let isDead = false;
  return {
    port,
    proxy,
    get isDead() {
      return isDead;
    },
    kill() {
      isDead = true;
      proxy.refuse();
      proxy.cutAll("reset");
    },
    sent: (type) => sent.filter((each) => each.type === type).map(({ json }) => json),
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  };
}
