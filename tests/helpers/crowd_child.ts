/**
 * A child process with many hostile peers of a server, so that they cost the process of the test
 * nothing. The argument is a {@link Crowd} in JSON. It prints `ready` once all of them are at work,
 * and ends at the end of standard input.
 *
 * @module
 */
import { zstdCompressSync } from "node:zlib";
import { jsonFrame, Protocol2Peer } from "./protocol2_peer.ts";
import { rawFrame, RawPeer } from "./raw_peer.ts";
import { maskedFrame, openRawWebSocket, readAnswerHead, requestText } from "./web.ts";

/** The peers of a {@link ChildProcess} that runs this script. */
export interface Crowd {
  readonly port: number;
  readonly count: number;
  readonly kind:
    | keyof typeof KINDS
    | keyof typeof OTHER_KINDS
    | keyof typeof REPEATED_KINDS
    | keyof typeof HTTP_REQUESTS;
}

const PAUSE_MS = 1_000;
const LARGE_BYTES = 64 * 1024 * 1024;
/** Hundreds of uploads of this size fit on the disk together. */
const SLOW_UPLOAD_BYTES = 8 * 1024 * 1024;
const NO_BYTES = new Uint8Array();
/** A zstd frame of a few bytes that inflates to a byte more than a data frame may hold. */
const BOMB = new Uint8Array(zstdCompressSync(new Uint8Array(1024 * 1024 + 1)));

/** Joins the frames of an endless flood. */
function block(frameOf: (i: number) => Uint8Array): Uint8Array {
  const frames = Array.from({ length: 1_000 }, (_, i) => frameOf(i));
  return new Uint8Array(frames.flatMap((frame) => [...frame]));
}

/** Sends a block over and over, and drops the answers, until the server closes. */
async function flood(
  { raw: { conn } }: Pick<Protocol2Peer, "raw">,
  bytes: Uint8Array,
): Promise<void> {
  const sink = new Uint8Array(256 * 1024);
  const drain = async () => {
    while (await conn.read(sink) !== null);
  };
  const send = async () => {
    for (;;) for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
  };
  await Promise.all([drain(), send()]);
}

/** Does a bit of work now and then. */
async function trickle(step: () => Promise<unknown>): Promise<void> {
  for (;;) {
    await step();
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** Requests with ids of their own. */
function requests(type: string, fieldsOf: (i: number) => Record<string, unknown>): Uint8Array {
  return block((i) => jsonFrame(type, { id: i + 1, ...fieldsOf(i) }));
}

/** What each kind of peer sends after HELO. Endless, or ends with the connection. */
const KINDS = {
  ping: (peer: Protocol2Peer) => flood(peer, block(() => jsonFrame("PING", { id: 1 }))),
  badList: (peer: Protocol2Peer) => flood(peer, block(() => jsonFrame("LIST", { id: 1, path: 5 }))),
  joinPart: (peer: Protocol2Peer, n: number) =>
    flood(
      peer,
      block((i) =>
        jsonFrame(i % 2 ? "PART" : "JOIN", { id: i + 1, room: `r${n}-${(i >> 1) % 8}` })
      ),
    ),
  nick: (peer: Protocol2Peer, n: number) =>
    flood(peer, block((i) => jsonFrame("NICK", { id: i + 1, nick: `n${n}-${i}` }))),
  history: (peer: Protocol2Peer) =>
    flood(peer, block((i) => jsonFrame("HIST", { id: i + 1, room: "lobby" }))),
  login: (peer: Protocol2Peer) =>
    flood(peer, block((i) => jsonFrame("AUTH", { id: i + 1, data: btoa(`n,,n=u${i},r=abc`) }))),
  list: (peer: Protocol2Peer) => flood(peer, requests("LIST", () => ({ path: "many" }))),
  stat: (peer: Protocol2Peer) => flood(peer, requests("STAT", () => ({ path: "small.txt" }))),
  makeFolder: (peer: Protocol2Peer, n: number) =>
    flood(peer, requests("MKDR", (i) => ({ path: `made/${n}-${i}` }))),
  download: (peer: Protocol2Peer) => flood(peer, requests("FGET", () => ({ path: "small.txt" }))),
  unknown: (peer: Protocol2Peer) => flood(peer, block((i) => jsonFrame("XXXX", { id: i + 1 }))),
  emptyData: (peer: Protocol2Peer) => flood(peer, block(() => rawFrame("FDAT"))),
  tinyData: async (peer: Protocol2Peer, n: number) => {
    await peer.ask("FPUT", { path: `tiny-${n}.bin`, size: LARGE_BYTES });
    await flood(peer, block(() => rawFrame("FDAT", "x")));
  },
  slowDownload: async (peer: Protocol2Peer) => {
    await peer.ask("FGET", { path: "large.bin" });
    const bytes = new Uint8Array(16 * 1024);
    await trickle(() => peer.raw.conn.read(bytes));
  },
  slowUpload: async (peer: Protocol2Peer, n: number) => {
    await peer.ask("FPUT", { path: `slow-${n}.bin`, size: SLOW_UPLOAD_BYTES });
    const bytes = rawFrame("FDAT", new Uint8Array(1_024));
    await trickle(() => peer.raw.send(bytes));
  },
} as const;

/** The requests of HTTP that a peer repeats without waiting for the answers. */
const HTTP_REQUESTS = {
  httpGet: requestText("GET /files/small.txt"),
  httpList: requestText("GET /files/many?json"),
  httpHash: requestText("GET /files/small.txt?sha256"),
  httpMissing: requestText("GET /files/nothing"),
  httpNoPage: requestText("GET /nothing"),
  httpConfig: requestText("GET /config.json"),
  httpBadHost: requestText("GET /", { Host: "elsewhere.example" }),
  httpBadHead: "GET / HTTP/1.1\r\nHost: a\r\nb c\r\n\r\n",
} as const;

/** Requests on one connection: the server closes it after so many. */
const HTTP_REQUESTS_AT_ONCE = 1_000;

/** Sends a request over and over; connects again when the server has closed. */
async function floodHttp(port: number, kind: keyof typeof HTTP_REQUESTS): Promise<void> {
  const isOnce = kind === "httpBadHead"; // It ends its connection
  const text = HTTP_REQUESTS[kind].repeat(isOnce ? 1 : HTTP_REQUESTS_AT_ONCE);
  const bytes = new TextEncoder().encode(text);
  const sink = new Uint8Array(256 * 1024);
  for (;;) {
    try {
      using conn = await Deno.connect({ hostname: "127.0.0.1", port });
      const send = async () => {
        for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
      };
      const drain = async () => {
        while (await conn.read(sink) !== null);
      };
      await Promise.all([send(), drain()]);
    } catch {
      // The server has closed first
    }
  }
}

/** What peers do that send no HELO. */
const OTHER_KINDS = {
  wsPing: (port: number) => floodWebSocket(port, block(() => maskedFrame(9, NO_BYTES))),
  wsEmpty: (port: number) => floodWebSocket(port, block(() => maskedFrame(2, NO_BYTES))),
  protocol1: async (port: number) => {
    const peer = await RawPeer.connect(port);
    return () => flood({ raw: peer }, block(() => rawFrame("FILE", "small.txt")));
  },
  emptyLines: async (port: number) => {
    const peer = await RawPeer.connect(port);
    await peer.send(requestText("GET /config.json"));
    return () => flood({ raw: peer }, block(() => new TextEncoder().encode("\r\n")));
  },
} as const;

/** Connections that come one after the other: a peer of each `kind` begins anew whenever it has ended. */
const REPEATED_KINDS = {
  /** Waits for the server: else those that follow wait in the system. */
  connect: async (port: number) => {
    using peer = await RawPeer.connect(port);
    await peer.closeWrite();
    await peer.ended();
  },
  greet: async (port: number) => (await Protocol2Peer.connect(port)).raw.close(),
  zstdBomb: async (port: number, n: number) => {
    using peer = await Protocol2Peer.connect(port, { present: false });
    await peer.ask("FPUT", { path: `bomb-${n}.bin`, size: LARGE_BYTES });
    await peer.expect("REDY");
    await peer.raw.sendFrame("FZST", BOMB);
    await peer.raw.ended();
  },
} as const;

/** Opens a WebSocket; returns what floods it. */
async function floodWebSocket(port: number, bytes: Uint8Array): Promise<() => Promise<void>> {
  const peer = await openRawWebSocket(port);
  await readAnswerHead(peer);
  return () => flood({ raw: peer }, bytes);
}

function isHttpKind(kind: string): kind is keyof typeof HTTP_REQUESTS {
  return kind in HTTP_REQUESTS;
}

/** A slow peer does not take part in the chat, as a transfer of the programs does not. */
function helloOf(kind: Crowd["kind"]): Record<string, unknown> {
  return kind.startsWith("slow") ? { present: false } : {};
}

/** Connects a peer; returns what starts its work. */
async function connect(port: number, kind: Crowd["kind"], n: number): Promise<() => Promise<void>> {
  if (kind in REPEATED_KINDS) {
    const once = REPEATED_KINDS[kind as keyof typeof REPEATED_KINDS];
    await once(port, n);
    return async () => {
      for (;;) await once(port, n).catch(() => {}); // Closed, or refused
    };
  }
  if (isHttpKind(kind)) return () => floodHttp(port, kind);
  if (kind in OTHER_KINDS) return await OTHER_KINDS[kind as keyof typeof OTHER_KINDS](port);
  const peer = await Protocol2Peer.connect(port, helloOf(kind));
  return () => KINDS[kind as keyof typeof KINDS](peer, n);
}

if (import.meta.main) {
  const { port, count, kind }: Crowd = JSON.parse(Deno.args[0]!);
  const starts: (() => Promise<void>)[] = [];
  for (let i = 0; i < count; i++) starts.push(await connect(port, kind, i));
  for (const start of starts) start().catch(() => {}); // Closed
  console.log(JSON.stringify({ event: "ready" }));
  await Deno.stdin.readable.pipeTo(new WritableStream());
  Deno.exit(0);
}
