import { assert, assertEquals } from "@std/assert";
import { concatBytes } from "../../lib/protocol/frames.ts";
import { AbusedServer, SETTINGS } from "../helpers/abused_server.ts";
import { type Json, jsonFrame, type Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { until } from "../helpers/serves_on.ts";

const MIB = 1024 * 1024;
const AT_ONCE = 200;

/** The floods, and whether the peer logs in first. */
const FLOODS: Array<[type: string, fields: Json, isIn: boolean]> = [
  ["HELO", { protocol: 2 }, false],
  ["XXXX", {}, true],
];

/** Sends requests in batches until the server closes, and never reads. */
async function flood(peer: Protocol2Peer, type: string, fields: Json): Promise<void> {
  for (let id = 1;; id += AT_ONCE) {
    const frames = Array.from(
      { length: AT_ONCE },
      (_, i) => jsonFrame(type, { id: id + i, ...fields }),
    );
    const piece = concatBytes(frames);
    for (let offset = 0; offset < piece.length;) {
      offset += await peer.raw.conn.write(piece.subarray(offset));
    }
  }
}

for (const where of ["without TLS, for all", "under TLS, for accounts"]) {
  Deno.test(`unread answers: the server closes peers that flood and never read, ${where}`, async () => {
    const limits = { stalledMs: 500 };
    await using abused = await AbusedServer.start(SETTINGS[where]!, { limits });
    using observer = await abused.connectAndLogIn();
    const before = Deno.memoryUsage().rss;
    const peers: Protocol2Peer[] = [];
    for (const [, , isIn] of FLOODS) {
      peers.push(await (isIn ? abused.connectAndLogIn() : abused.greet()));
    }
    const flooding = Promise.allSettled(
      FLOODS.map(([type, fields], i) => flood(peers[i]!, type, fields)),
    );
    const { server } = abused.server;
    await until(
      () => server.clients.length === 1,
      "the server to close all peers but the observer",
    );
    const grown = Deno.memoryUsage().rss - before;
    await observer.assertLives();
    for (const peer of peers) peer.raw.close();
    await flooding;
    assert(grown < 150 * MIB, `memory grew by ${grown} bytes`);
    const reasons = abused.server.eventsOf("disconnected").map(({ reason }) => reason);
    assertEquals([...new Set(reasons)], ["slow-consumer"]);
    await observer.quit();
    await abused.assertServesOn();
    await abused.assertNothingLeft();
  });
}
