import { OWN_NAME } from "../../lib/stream/tls/certificate.ts";
import { issue, type TestCertificate } from "./certificates.ts";
import { type RawFrame, rawFrame, RawPeer } from "./raw_peer.ts";

/** Changes frames of either direction on their way. */
export type Tamper = (frame: RawFrame) => RawFrame;

/**
 * A machine between client and server that ends TLS on both sides: it shows clients a certificate of
 * its own, and passes on what it reads.
 */
export class TlsRelay implements AsyncDisposable {
  /** The types of the frames of clients, in order. */
  readonly sent: string[] = [];
  readonly #listener: Deno.TlsListener;
  readonly #conns = new Set<Deno.TlsConn>();
  readonly #work: Promise<void>;
  #isCut = false;
  readonly #tamper: Tamper;

  private constructor(
    readonly certificate: TestCertificate,
    server: { readonly port: number; readonly certificate: string },
    tamper: Tamper,
  ) {
    const { certificate: cert, key } = certificate;
    this.#tamper = tamper;
    this.#listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
    this.#work = this.#run(server);
  }

  /**
   * Starts on a free port.
   *
   * @param server the port and the certificate, in PEM, of a server with a self-made certificate
   */
  static async start(
    server: { readonly port: number; readonly certificate: string },
    options: { readonly tamper?: Tamper; readonly certificate?: TestCertificate } = {},
  ): Promise<TlsRelay> {
    const { tamper = (frame) => frame, certificate = await issue({ names: [OWN_NAME] }) } = options;
    return new TlsRelay(certificate, server, tamper);
  }

  get port(): number {
    return (this.#listener.addr as Deno.NetAddr).port;
  }

  async #run(server: { readonly port: number; readonly certificate: string }): Promise<void> {
    const links: Promise<void>[] = [];
    for (;;) {
      const conn = await this.#listener.accept().catch(() => null);
      if (conn === null) break;
      links.push(this.#relay(conn, server).catch(() => {}));
    }
    await Promise.all(links);
  }

  async #relay(
    conn: Deno.TlsConn,
    { port, certificate }: { readonly port: number; readonly certificate: string },
  ): Promise<void> {
    using client = new RawPeer(conn);
    this.#conns.add(conn);
    await conn.handshake();
    const tcp = await Deno.connect({ hostname: "127.0.0.1", port });
    using server = new RawPeer(
      await Deno.startTls(tcp, { hostname: OWN_NAME, caCerts: [certificate] }),
    );
    await Promise.race([
      this.#pass(client, server, (type) => this.sent.push(type)),
      this.#pass(server, client, () => {}),
    ]);
  }

  async #pass(from: RawPeer, to: RawPeer, onFrame: (type: string) => void): Promise<void> {
    for (let frame = await from.readFrame(); frame !== null; frame = await from.readFrame()) {
      onFrame(frame.type);
      const { type, payload } = this.#tamper(frame);
      await to.send(rawFrame(type, payload));
    }
  }

  /** Closes all connections, and takes no more. */
  cut(): void {
    if (!this.#isCut) this.#listener.close();
    this.#isCut = true;
    for (const conn of this.#conns) {
      try {
        conn.close();
      } catch {
        // It is closed
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isCut) this.#listener.close();
    this.#isCut = true;
    await this.#work;
  }
}
