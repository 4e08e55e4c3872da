import { assert } from "@std/assert";
import { PATIENCE } from "../helpers/deadline.ts";
import { MeteredServer } from "../helpers/metered_server.ts";
import { jsonFrame, Protocol2Peer } from "../helpers/protocol2_peer.ts";

/** Without shares, the frames of one read are handled in one turn: seconds for eight connections. */
const MAX_TURN_MS = 150;
const MAX_WAIT_MS = 400 * PATIENCE;
const CONNECTIONS = 8;

const FLOODS: Readonly<Record<string, Uint8Array>> = {
  "malformed LIST": jsonFrame("LIST", { id: 1, path: 5 }),
  "PING": jsonFrame("PING", { id: 1 }),
};

/** Sends a frame over and over, and drops the answers, until the peer is closed. */
async function flood(peer: Protocol2Peer, frame: Uint8Array): Promise<void> {
  const block = new Uint8Array(frame.length * 1_000);
  for (let i = 0; i < 1_000; i++) block.set(frame, i * frame.length);
  const { conn } = peer.raw;
  const sink = new Uint8Array(256 * 1024);
  const drain = async () => {
    while (await conn.read(sink) !== null);
  };
  const send = async () => {
    for (;;) for (let at = 0; at < block.length;) at += await conn.write(block.subarray(at));
  };
  await Promise.allSettled([drain(), send()]);
}

for (const [what, frame] of Object.entries(FLOODS)) {
  Deno.test(`request flood: ${CONNECTIONS} connections of ${what} do not keep others waiting`, async () => {
    await using server = await MeteredServer.start();
    const peers: Protocol2Peer[] = [];
    for (let i = 0; i < CONNECTIONS; i++) peers.push(await Protocol2Peer.connect(server.port));
    using quiet = await Protocol2Peer.connect(server.port);
    const floods = peers.map((peer) => flood(peer, frame));
    try {
      await server.measure();
      const waits: number[] = [];
      for (let i = 0; i < 20; i++) {
        const startedMs = performance.now();
        await quiet.assertLives();
        waits.push(performance.now() - startedMs);
      }
      const { turnMs, events } = await server.measure();
      assert(turnMs < MAX_TURN_MS, `a turn took ${turnMs} ms`);
      const median = waits.sort((a, b) => a - b)[10]!;
      assert(median < MAX_WAIT_MS, `others wait ${median} ms`);
      assert(events < 100, `${events} events were logged`);
    } finally {
      for (const peer of peers) peer[Symbol.dispose]();
      await Promise.all(floods);
    }
  });
}
