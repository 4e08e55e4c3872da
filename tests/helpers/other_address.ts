import net from "node:net";

/** Whether a process can use this local address; Linux allows all of 127/8. */
export const HAS_OTHER_ADDRESS: boolean = Deno.build.os === "linux";

/** The source address of connections through a {@link Detour}. */
export const OTHER_ADDRESS = "127.0.0.2";

/**
 * A relay to a port of this machine whose connections come from {@link OTHER_ADDRESS}. Disposal
 * closes it and all its connections.
 */
export class Detour implements AsyncDisposable {
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();

  private constructor(server: net.Server) {
    this.#server = server;
  }

  /** @param targetPort of the server that sees {@link OTHER_ADDRESS} */
  static async open(targetPort: number): Promise<Detour> {
    const server = net.createServer({ allowHalfOpen: true });
    const detour = new Detour(server);
    server.on("connection", (client) => detour.#relay(client, targetPort));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return detour;
  }

  /** The port to connect to. */
  get port(): number {
    return (this.#server.address() as net.AddressInfo).port;
  }

  #relay(client: net.Socket, port: number): void {
    const target = { port, host: "127.0.0.1", localAddress: OTHER_ADDRESS, allowHalfOpen: true };
    const onward = net.connect(target);
    for (const [from, to] of [[client, onward], [onward, client]] as const) {
      this.#sockets.add(from);
      from.setNoDelay(true);
      from.on("error", () => to.destroy());
      from.on("close", () => this.#sockets.delete(from));
      from.pipe(to);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
