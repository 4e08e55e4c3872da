import net from "node:net";

/** The direction of bytes: `up` from client to server, `down` back. */
export type Direction = "up" | "down";

/** How a connection is cut: cleanly, or as if a side had crashed. */
export type Ending = "close" | "reset";

/** The direction and the connection of bytes. */
export interface Flow {
  readonly direction: Direction;
  readonly link: ProxyLink;
  /** Bytes that a tap hands on after its call is over; the end of the stream follows them. */
  underWay: Promise<void>;
}

/** Passes bytes on. Rejects once the connection is closed. */
export type Forward = (bytes: Uint8Array) => Promise<void>;

/**
 * Receives bytes, and passes them on to `next`, delayed or changed if it wants. Called again once
 * the previous call is over.
 */
export type Tap = (chunk: Uint8Array, flow: Flow, next: Forward) => Promise<void>;

/** A connection through a {@link Proxy}. */
export class ProxyLink {
  /** Resolves once both sides are closed. */
  readonly ended: Promise<void>;
  readonly #client: net.Socket;
  readonly #server: net.Socket;
  readonly #taps: readonly Tap[];

  /** Takes ownership of the client's side, and connects to the server. */
  constructor(client: net.Socket, targetPort: number, taps: readonly Tap[]) {
    this.#client = client;
    this.#server = net.connect({ port: targetPort, host: "127.0.0.1", allowHalfOpen: true });
    this.#taps = taps;
    for (const socket of [client, this.#server]) socket.on("error", () => this.cut("reset"));
    const closed = (socket: net.Socket) => new Promise((resolve) => socket.once("close", resolve));
    this.ended = Promise.all([closed(client), closed(this.#server)]).then(() => {});
    this.#pump(client, this.#server, "up");
    this.#pump(this.#server, client, "down");
  }

  /** Closes the connection on both sides at once. */
  cut(how: Ending): void {
    for (const socket of [this.#client, this.#server]) {
      if (socket.destroyed) continue;
      if (how === "reset") socket.resetAndDestroy();
      else socket.destroy();
    }
  }

  async #pump(from: net.Socket, to: net.Socket, direction: Direction): Promise<void> {
    from.setNoDelay(true);
    const flow = { direction, link: this, underWay: Promise.resolve() };
    try {
      for await (const chunk of from.iterator({ destroyOnReturn: false })) {
        await this.#pass(chunk, flow, to, 0);
      }
      await flow.underWay;
      to.end();
    } catch {
      this.cut("reset"); // Passes the loss of one side on to the other
    }
  }

  #pass(chunk: Uint8Array, flow: Flow, to: net.Socket, at: number): Promise<void> {
    const tap = this.#taps[at];
    if (tap === undefined) return write(to, chunk);
    return tap(chunk, flow, (bytes) => this.#pass(bytes, flow, to, at + 1));
  }
}

function write(to: net.Socket, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    to.write(bytes, (error) => error ? reject(error) : resolve());
  });
}

/** A proxy between clients and a server of this machine, which tampers with their connections. */
export class Proxy implements AsyncDisposable {
  /** All connections so far. */
  readonly links: ProxyLink[] = [];
  /** The port of the server. While it is a promise, new connections wait. */
  target: number | Promise<number>;
  readonly #listener = net.createServer({ allowHalfOpen: true });
  readonly #taps: readonly Tap[];
  #isRefusing = false;

  private constructor(target: number, taps: readonly Tap[]) {
    this.target = target;
    this.#taps = taps;
    this.#listener.on("connection", (socket) => this.#onConnection(socket));
  }

  /** Starts the proxy on a free port. All bytes pass through the taps in order. */
  static async start(target: number, taps: readonly Tap[] = []): Promise<Proxy> {
    const proxy = new Proxy(target, taps);
    await new Promise<void>((resolve) => proxy.#listener.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  /** The port that the proxy listens on. */
  get port(): number {
    return (this.#listener.address() as net.AddressInfo).port;
  }

  /** Cuts all connections. */
  cutAll(how: Ending): void {
    for (const link of this.links) link.cut(how);
  }

  /** Refuses connections from now on, as if no server were there. */
  refuse(): void {
    if (!this.#isRefusing) this.#listener.close();
    this.#isRefusing = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.refuse();
    this.cutAll("close");
    await Promise.all(this.links.map(({ ended }) => ended));
  }

  async #onConnection(socket: net.Socket): Promise<void> {
    socket.on("error", () => {}); // Ignored until there is a link
    const target = await this.target;
    this.links.push(new ProxyLink(socket, target, this.#taps));
  }
}
