import { assertEquals } from "@std/assert";
import { ClusterServers, startClusterServer } from "../helpers/cluster_servers.ts";
import { NatsCluster, NEEDS_NATS } from "../helpers/nats.ts";
import { type Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { through } from "../helpers/through.ts";

/** Sends a message to the lobby. Resolves to its number. */
async function say(peer: Protocol2Peer, text: string): Promise<number> {
  return Number((await peer.done(await peer.ask("SEND", { room: "lobby", text }))).seq);
}

async function textsAt(port: number): Promise<unknown[]> {
  using peer = await Protocol2Peer.connect(port);
  const { messages } = await peer.done(await peer.ask("HIST", { room: "lobby" }));
  return (messages as Json[]).map(({ text }) => text);
}

Deno.test(
  "serve: a new server of a cluster has the history from before there was one",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    using data = new TempDir();
    {
      await using alone = await startServer({ dataDirectory: data.path });
      using ana = await Protocol2Peer.connect(alone.port);
      await say(ana, "alone");
    }
    await using first = await startClusterServer(nats.urls, { data });
    using ana = await Protocol2Peer.connect(first.port);
    for (const i of through(1, 3)) await say(ana, `${i} of two`);
    await using others = await ClusterServers.start(2, nats.urls);
    using bob = await Protocol2Peer.connect(others.ports[1]!);
    assertEquals(await say(bob, "from the last one"), 5);
    const expected = ["alone", "1 of two", "2 of two", "3 of two", "from the last one"];
    for (const port of [first.port, ...others.ports]) {
      assertEquals(await textsAt(port), expected);
    }
  },
);
