import { HttpConnection, type Responder } from "../../lib/web/http_connection.ts";
import type { WebPageOptions } from "../../lib/web/page_options.ts";
import { webPage } from "../../lib/web/web_page.ts";
import { within } from "./deadline.ts";
import { connectedPair, type RawFrame, RawPeer, textOf } from "./raw_peer.ts";
import { TempDir } from "./temp_dir.ts";
import { startServer, type TestServer, type TestServerOptions } from "./servers.ts";

/** An answer of HTTP, as received. */
export interface RawAnswer {
  readonly status: number;
  /** By their names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Starts a server with a web page. */
export function startWebServer(
  options: TestServerOptions = {},
  files: Record<string, string | Uint8Array> = {},
  page: WebPageOptions = {},
  root: TempDir = new TempDir(),
): Promise<TestServer> {
  return startServer({ web: webPage(page), ...options }, files, root);
}

/** Lets a responder answer the requests of a peer, which has sent the first. The caller closes the peer. */
export async function connectHttp(responder: Responder, text: string) {
  const [client, socket] = await connectedPair();
  const taken = { id: -1, socket, first: new TextEncoder().encode(text) };
  return { peer: new RawPeer(client), running: new HttpConnection(taken, responder).run() };
}

/** A request line with headers; Host is added unless one is given. */
export function requestText(line: string, headers: Record<string, string> = {}): string {
  const all = { Host: "127.0.0.1", ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${line} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

/** Reads an answer whose length its head tells, or that ends with the connection. */
export async function readAnswer(peer: RawPeer, hasBody = true): Promise<RawAnswer> {
  const { status, headers } = await readAnswerHead(peer);
  const length = headers.get("content-length");
  if (!hasBody || status === 304 || status < 200) return { status, headers, body: await none() };
  if (headers.get("transfer-encoding") === "chunked") {
    return { status, headers, body: await readChunks(peer) };
  }
  const body = await peer.readBytes(length === undefined ? 1 << 24 : Number(length));
  return { status, headers, body };
}

/** Reads the head of an answer. */
export async function readAnswerHead(
  peer: RawPeer,
): Promise<Pick<RawAnswer, "status" | "headers">> {
  let text = "";
  while (!text.endsWith("\r\n\r\n")) {
    const byte = await peer.readBytes(1);
    if (byte.length === 0) throw new Error(`The connection ended inside a head: ${text}`);
    text += String.fromCharCode(byte[0]!);
  }
  const [line = "", ...lines] = text.trimEnd().split("\r\n");
  const headers = new Map(lines.map((each) => {
    const at = each.indexOf(":");
    return [each.slice(0, at).toLowerCase(), each.slice(at + 1).trim()];
  }));
  return { status: Number(line.split(" ")[1]), headers };
}

async function readChunks(peer: RawPeer): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (;;) {
    let line = "";
    while (!line.endsWith("\r\n")) line += String.fromCharCode((await peer.readBytes(1))[0] ?? 10);
    const size = parseInt(line, 16);
    const chunk = await peer.readBytes(size);
    await peer.readBytes(2);
    if (size === 0) break;
    parts.push(chunk);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** Sends one request over a connection of its own, and reads the answer. */
export async function request(
  port: number,
  line: string,
  headers: Record<string, string> = {},
): Promise<RawAnswer> {
  using peer = await RawPeer.connect(port);
  await peer.send(requestText(line, { ...headers, Connection: "close" }));
  return await readAnswer(peer, !line.startsWith("HEAD "));
}

/** The body of an answer as text. */
export function bodyText({ body }: Pick<RawAnswer, "body">): string {
  return new TextDecoder().decode(body);
}

/** Opens a WebSocket of the runtime, whose messages are read as one stream of bytes. */
export class WsPeer implements AsyncDisposable {
  readonly socket: WebSocket;
  readonly closed: Promise<CloseEvent>;
  #received = new Uint8Array();
  #arrived = Promise.withResolvers<void>();

  /** Takes ownership of an open WebSocket. */
  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => this.#add(new Uint8Array(data));
    this.closed = new Promise((resolve) =>
      socket.onclose = (event) => {
        resolve(event);
        this.#wake();
      }
    );
  }

  /** Connects. */
  static async connect(port: number): Promise<WsPeer> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, ["tcp-chat.2"]);
    const peer = new WsPeer(socket);
    const opened = new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onerror = () => reject(new Error("The WebSocket does not open"));
    });
    await within(opened, "the WebSocket to open");
    return peer;
  }

  /** Sends bytes as one message. */
  send(bytes: Uint8Array): void {
    this.socket.send(bytes.slice());
  }

  /** Reads the next frame of the protocol. */
  async readFrame(): Promise<RawFrame> {
    const header = await this.#take(12);
    const payload = await this.#take(new DataView(header.buffer).getUint32(4));
    const type = String.fromCharCode(...header.subarray(8));
    return { type, payload };
  }

  /** Reads the next frame of a type, and skips all others. */
  async expect(type: string): Promise<Record<string, unknown>> {
    for (;;) {
      const frame = await this.readFrame();
      if (frame.type === type) return JSON.parse(textOf(frame));
      if (frame.type === "FAIL") throw new Error(`Got FAIL: ${textOf(frame)}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.close();
    await within(this.closed, "the WebSocket to close");
  }

  async #take(count: number): Promise<Uint8Array<ArrayBuffer>> {
    while (this.#received.length < count) {
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error("The WebSocket is closed");
      await within(this.#arrived.promise, "bytes of the WebSocket");
    }
    const bytes = this.#received.slice(0, count);
    this.#received = this.#received.subarray(count);
    return bytes;
  }

  #add(bytes: Uint8Array): void {
    const joined = new Uint8Array(this.#received.length + bytes.length);
    joined.set(this.#received);
    joined.set(bytes, this.#received.length);
    this.#received = joined;
    this.#wake();
  }

  #wake(): void {
    const { resolve } = this.#arrived;
    this.#arrived = Promise.withResolvers();
    resolve();
  }
}

/** The header of a frame of a WebSocket as a client sends it, with a mask. */
export function maskedFrame(
  opcode: number,
  payload: Uint8Array,
  { final = true, mask = [0x37, 0xfa, 0x21, 0x3d] } = {},
): Uint8Array<ArrayBuffer> {
  const { length } = payload;
  const size = length < 126
    ? [0x80 | length]
    : length < 65_536
    ? [0x80 | 126, length >> 8, length & 255]
    : [
      0x80 | 127,
      0,
      0,
      0,
      0,
      length >>> 24,
      (length >> 16) & 255,
      (length >> 8) & 255,
      length & 255,
    ];
  const masked = payload.map((byte, at) => byte ^ mask[at % 4]!);
  return new Uint8Array([(final ? 0x80 : 0) | opcode, ...size, ...mask, ...masked]);
}

/** Opens a WebSocket by hand; what follows are frames. */
export async function openRawWebSocket(
  port: number,
  headers: Record<string, string> = {},
): Promise<RawPeer> {
  const peer = await RawPeer.connect(port);
  await peer.send(requestText("GET /ws", {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  }));
  return peer;
}

async function none(): Promise<Uint8Array<ArrayBuffer>> {
  return await Promise.resolve(new Uint8Array());
}
