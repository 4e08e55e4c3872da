import { assert, assertEquals } from "@std/assert";
import { PATIENCE } from "../helpers/deadline.ts";
import { MeteredServer } from "../helpers/metered_server.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const ENTRIES = 30_000;
const CONNECTIONS = 4;
const REQUESTS = 32;
/** Reading, normalising and sorting all names on the main isolate takes seconds at a time. */
const MAX_WAIT_MS = 2_000 * PATIENCE;
/** The goal is 20 ms; measured 4 to 6 ms. Other processes of the machine make turns longer. */
const MAX_TURN_MS = 60;

Deno.test("listing flood: listings of a large folder do not keep others waiting", async () => {
  const root = TempDir.inMemory();
  for (let i = 0; i < ENTRIES; i++) root.write(`large/file number ${i} é`, "");
  await using server = await MeteredServer.start({}, { root });
  using quiet = await Protocol2Peer.connect(server.port);
  const peers: Protocol2Peer[] = [];
  try {
    for (let i = 0; i < CONNECTIONS; i++) {
      const peer = await Protocol2Peer.connect(server.port);
      peers.push(peer);
      for (let j = 0; j < REQUESTS; j++) await peer.ask("LIST", { path: "large" });
    }
    const waits: number[] = [];
    for (let i = 0; i < 10; i++) {
      const startedMs = performance.now();
      await quiet.assertLives();
      waits.push(performance.now() - startedMs);
    }
    assert(Math.max(...waits) < MAX_WAIT_MS, `others wait ${waits} ms`);
    const { turnMs } = await server.measure();
    assert(turnMs < MAX_TURN_MS, `a turn took ${turnMs} ms`);
  } finally {
    for (const peer of peers) peer[Symbol.dispose]();
  }
  // The listings end with their clients
  const startedMs = performance.now();
  const { entries } = await quiet.request("LIST", { path: "" });
  assertEquals((entries as unknown[]).length, 1);
  assert(performance.now() - startedMs < MAX_WAIT_MS);
});
