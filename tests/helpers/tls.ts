import { encodeFrame } from "../../lib/protocol/frames.ts";
import { acceptConnections } from "../../lib/stream/listener.ts";
import type { Socket } from "../../lib/stream/socket.ts";
import { listenTls, TlsListener, type TlsListenerOptions } from "../../lib/stream/tls/listener.ts";
import { issue, type TestCertificate } from "./certificates.ts";
import { within } from "./deadline.ts";
import { connectedPair } from "./raw_peer.ts";

const HOSTNAME = "127.0.0.1";
/** The answer to a peer without TLS in tests. */
export const PLAINTEXT_ANSWER: Uint8Array = encodeFrame("FERR", "TLS only");

interface FixtureOptions extends Partial<TlsListenerOptions> {
  /** Default: a free port. */
  readonly port?: number;
}

/**
 * A TLS listener on a free port, with the connections it accepts and refuses. Disposal closes them.
 */
export class TlsFixture implements AsyncDisposable {
  readonly refusals: unknown[] = [];
  readonly #sockets: Socket[] = [];
  readonly #all: Socket[] = [];
  readonly #listener: TlsListener;
  readonly #accepting: Promise<void>;
  #onChange: () => void = () => {};

  private constructor(
    readonly certificate: TestCertificate,
    serve: ((socket: Socket) => void) | null,
    { port = 0, ...options }: FixtureOptions,
  ) {
    this.#listener = listenTls({ hostname: HOSTNAME, port }, certificate, {
      plaintextAnswer: () => PLAINTEXT_ANSWER,
      onRefused: (_address, error) => {
        this.refusals.push(error);
        this.#onChange();
      },
      ...options,
    });
    this.#accepting = acceptConnections(this.#listener, (socket) => {
      this.#all.push(socket);
      if (serve !== null) return serve(socket);
      this.#sockets.push(socket);
      this.#onChange();
    }, (error) => this.refusals.push(error));
  }

  /** @param serve handles each connection; by default `next` returns them */
  static async open(
    serve: ((socket: Socket) => void) | null = null,
    options: FixtureOptions & { certificate?: TestCertificate } = {},
  ): Promise<TlsFixture> {
    const { certificate = await issue(), ...others } = options;
    return new TlsFixture(certificate, serve, others);
  }

  /** All accepted connections so far. */
  get accepted(): readonly Socket[] {
    return this.#all;
  }

  get listener(): TlsListener {
    return this.#listener;
  }

  get port(): number {
    return this.#listener.address.port;
  }

  get endpoint() {
    return { hostname: HOSTNAME, port: this.port };
  }

  /** The next accepted connection. */
  async next(): Promise<Socket> {
    await this.#until(() => this.#sockets.length > 0, "a connection");
    return this.#sockets.shift()!;
  }

  /** The reason of the next refused connection. */
  async nextRefusal(): Promise<unknown> {
    await this.#until(() => this.refusals.length > 0, "a refusal");
    return this.refusals.shift();
  }

  /** Connects a client that trusts the listener's certificate, with the runtime's own TLS. */
  async connect(): Promise<Deno.TlsConn> {
    const tcp = await Deno.connect(this.endpoint);
    tcp.setNoDelay(true);
    const conn = await Deno.startTls(tcp, {
      hostname: "localhost",
      caCerts: [this.certificate.certificate],
    });
    await within(conn.handshake(), "the handshake", () => conn.close());
    return conn;
  }

  /** Both ends of a connection. */
  async pair(): Promise<{ server: Socket; client: Deno.TlsConn }> {
    const [client, server] = await Promise.all([this.connect(), this.next()]);
    return { server, client };
  }

  async #until(holds: () => boolean, what: string): Promise<void> {
    while (!holds()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onChange = resolve;
      await within(promise, what);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const socket of this.#all) socket.close();
    await within(this.#accepting, "the accept loop to end");
  }
}

/** Connects a client through a relay that can be cut, so that close_notify does not get through. */
export async function connectThroughRelay(
  endpoint: { hostname: string; port: number },
  { certificate }: TestCertificate,
): Promise<{ client: Deno.TlsConn; cut: () => void }> {
  const [inner, outer] = await connectedPair();
  const tcp = await Deno.connect(endpoint);
  inner.readable.pipeTo(tcp.writable).catch(() => {});
  tcp.readable.pipeTo(inner.writable).catch(() => {});
  const client = await Deno.startTls(outer, { hostname: "localhost", caCerts: [certificate] });
  await client.handshake();
  const cut = () => {
    tcp.close();
    client.close();
  };
  return { client, cut };
}

/** Reads to the end; returns the number of bytes. */
export async function drain(socket: Pick<Socket, "read">, size = 256 * 1024): Promise<number> {
  const sink = new Uint8Array(size);
  let total = 0;
  for (let count = await socket.read(sink); count !== null; count = await socket.read(sink)) {
    total += count;
  }
  return total;
}

/** Reads to the end; returns all bytes. */
export async function readAllBytes(socket: Pick<Socket, "read">): Promise<Uint8Array> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  const buffer = new Uint8Array(70_000);
  for (let count = await socket.read(buffer); count !== null; count = await socket.read(buffer)) {
    chunks.push(buffer.slice(0, count));
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

/** Writes all bytes. */
export async function writeAll(socket: Pick<Socket, "write">, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length;) {
    offset += await socket.write(bytes.subarray(offset));
  }
}
