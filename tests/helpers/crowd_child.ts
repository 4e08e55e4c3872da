/**
 * A child process with many hostile peers of a server, so that they cost the process of the test
 * nothing. The argument is a {@link Crowd} in JSON. It prints `ready` once all of them are at work,
 * and ends at the end of standard input.
 *
 * @module
 */
import { jsonFrame, Protocol2Peer } from "./protocol2_peer.ts";
import { rawFrame } from "./raw_peer.ts";

/** The peers of a {@link ChildProcess} that runs this script. */
export interface Crowd {
  readonly port: number;
  readonly count: number;
  readonly kind: keyof typeof KINDS;
}

const PAUSE_MS = 1_000;
const LARGE_BYTES = 64 * 1024 * 1024;

/** Joins the frames of an endless flood. */
function block(frameOf: (i: number) => Uint8Array): Uint8Array {
  const frames = Array.from({ length: 1_000 }, (_, i) => frameOf(i));
  return new Uint8Array(frames.flatMap((frame) => [...frame]));
}

/** Sends a block over and over, and drops the answers, until the server closes. */
async function flood({ raw: { conn } }: Protocol2Peer, bytes: Uint8Array): Promise<void> {
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
  unknown: (peer: Protocol2Peer) => flood(peer, block((i) => jsonFrame("XXXX", { id: i + 1 }))),
  slowDownload: async (peer: Protocol2Peer) => {
    await peer.ask("FGET", { path: "large.bin" });
    const bytes = new Uint8Array(16 * 1024);
    await trickle(() => peer.raw.conn.read(bytes));
  },
  slowUpload: async (peer: Protocol2Peer, n: number) => {
    await peer.ask("FPUT", { path: `slow-${n}.bin`, size: LARGE_BYTES });
    const bytes = rawFrame("FDAT", new Uint8Array(1_024));
    await trickle(() => peer.raw.send(bytes));
  },
} as const;

/** A slow peer does not take part in the chat, as a transfer of the programs does not. */
function helloOf(kind: Crowd["kind"]): Record<string, unknown> {
  return kind.startsWith("slow") ? { present: false } : {};
}

if (import.meta.main) {
  const { port, count, kind }: Crowd = JSON.parse(Deno.args[0]!);
  const peers: Protocol2Peer[] = [];
  for (let i = 0; i < count; i++) peers.push(await Protocol2Peer.connect(port, helloOf(kind)));
  for (const [i, peer] of peers.entries()) KINDS[kind](peer, i).catch(() => {}); // Closed
  console.log(JSON.stringify({ event: "ready" }));
  await Deno.stdin.readable.pipeTo(new WritableStream());
  Deno.exit(0);
}
