import { assert } from "@std/assert";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { ThreadWatch } from "../helpers/workers.ts";

const PEERS = 32;
/** Each start blocks the main isolate for 15 to 40 ms: a thread for each download, for a second. */
const MAX_THREADS = Math.max(4, navigator.hardwareConcurrency);

Deno.test(`thread starts: ${PEERS} downloads at once start no thread for each of them`, async () => {
  using threads = new ThreadWatch();
  await using server = await startServer({ maxWorkers: PEERS }, { "large.bin": "" });
  Deno.truncateSync(server.root.join("large.bin"), 32 * 1024 * 1024);
  const peers: Protocol2Peer[] = [];
  try {
    for (let i = 0; i < PEERS; i++) peers.push(await Protocol2Peer.connect(server.port));
    await Promise.all(peers.map((peer) => peer.ask("FGET", { path: "large.bin" })));
    for (const peer of peers) await peer.expect("FMET");
    assert(threads.count <= MAX_THREADS, `${threads.count} threads were started`);
  } finally {
    for (const peer of peers) peer[Symbol.dispose]();
  }
});
