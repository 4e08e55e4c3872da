/** Peers that hold connections of HTTP, or leave while the server works for them. */
import { assertEquals } from "@std/assert";
import { LIMITS } from "../../lib/protocol/limits.ts";
import type { ServerGauges } from "../../lib/server/monitoring/metrics.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { RawPeer } from "../helpers/raw_peer.ts";
import { until } from "../helpers/serves_on.ts";
import { readAnswer, requestText, startWebServer } from "../helpers/web.ts";

const IDLE = 1_000;
const AT_ONCE = 50;
/** It takes minutes to hash. */
const ENDLESS_BYTES = 256 * 1024 ** 3;

Deno.test("HTTP: 1,000 idle connections are served and closed in time, and clients join beside them", async () => {
  using clock = new FakeClock();
  await using server = await startWebServer({ maxPerAddress: 0 }, { a: "a" });
  const peers: RawPeer[] = [];
  try {
    while (peers.length < IDLE) {
      const some = await Promise.all(
        Array.from({ length: AT_ONCE }, () => RawPeer.connect(server.port)),
      );
      peers.push(...some);
      await Promise.all(some.map(async (peer) => {
        await peer.send(requestText("GET /files/a"));
        assertEquals((await readAnswer(peer)).status, 200);
      }));
    }
    assertEquals(server.server.gauges(0).httpConnections, IDLE);
    using _one = await Protocol2Peer.connect(server.port);
    using _two = await Protocol2Peer.connect(server.port);
    clock.advance(LIMITS.httpIdleMs + 1);
    await until(
      () => server.server.gauges(0).httpConnections === 0,
      "the end of the idle connections",
    );
    for (const peer of peers) assertEquals((await peer.readBytes(1)).length, 0);
  } finally {
    for (const peer of peers) peer.close();
  }
});

Deno.test("GET ?sha256: ends at once when the peer leaves", async () => {
  await using server = await startWebServer();
  // Files that are there at the start are hashed for their own sake
  await until(() => !server.server.gauges(0).isIndexing, "the first pass over the files");
  const file = server.root.join("endless");
  server.root.write("endless", "");
  Deno.truncateSync(file, ENDLESS_BYTES);
  const peer = await server.connect();
  await peer.send(requestText("GET /files/endless?sha256"));
  await until(() => server.server.gauges(0).jobs === 1, "the hash");
  peer.close();
  const isOver = ({ jobs, httpConnections }: ServerGauges) => jobs + httpConnections === 0;
  await until(() => isOver(server.server.gauges(0)), "the end of the hash and of the connection");
});
