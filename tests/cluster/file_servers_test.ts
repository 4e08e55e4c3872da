import { assert, assertEquals } from "@std/assert";
import { connect } from "../../lib/client/connect.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { ClusterServers } from "../helpers/cluster_servers.ts";
import { within } from "../helpers/deadline.ts";
import { NatsCluster, NEEDS_NATS } from "../helpers/nats.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import type { TestServer } from "../helpers/servers.ts";
import { until } from "../helpers/serves_on.ts";

const LARGE = patternedBytes(3_000_000, 4);
const SMALL = patternedBytes(2_000, 5);

/** The servers of a cluster whose served folder has a file. */
function holdersOf(servers: readonly TestServer[], path: string): number[] {
  const names = (server: TestServer) => server.root.list(".");
  return servers.flatMap((server, i) => names(server).includes(path) ? [i] : []);
}

/** Resolves once at least so many servers have a file in their folders. */
async function copied(servers: readonly TestServer[], path: string, count: number): Promise<void> {
  await until(() => holdersOf(servers, path).length >= count, `${count} copies of ${path}`);
}

Deno.test(
  "several servers: a file sent to one is fetched from each, and kept by more than one",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using cluster = await ClusterServers.start(3, nats.urls, { uploads: true });
    const { servers, ports } = cluster;
    using first = await Protocol2Peer.connect(ports[0]!);
    for (const [path, bytes] of [["large.bin", LARGE], ["small.bin", SMALL]] as const) {
      await within(first.put(path, bytes), "the upload");
      const versions = new Set<unknown>();
      for (const port of ports) {
        using peer = await Protocol2Peer.connect(port);
        const { bytes: fetched, head } = await within(peer.get(path), "the download");
        assertEquals(sha256Of(fetched), sha256Of(bytes), `${path} from ${port}`);
        versions.add(head.version);
      }
      assertEquals(versions.size, 1);
      await copied(servers, path, 2);
    }
  },
);

Deno.test(
  "several servers: all keep all with --copies all, and a lone one has what is needed",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using cluster = await ClusterServers.start(2, nats.urls, {
      uploads: true,
      copies: "all",
    });
    using first = await Protocol2Peer.connect(cluster.ports[0]!);
    await within(first.put("a.bin", LARGE), "the upload");
    await copied(cluster.servers, "a.bin", 2);
    const [, second] = cluster.servers;
    assertEquals(sha256Of(Deno.readFileSync(second!.root.join("a.bin"))), sha256Of(LARGE));
    await cluster.servers.shift()![Symbol.asyncDispose]();
    using peer = await Protocol2Peer.connect(second!.port);
    assertEquals(
      sha256Of((await within(peer.get("a.bin"), "the download")).bytes),
      sha256Of(LARGE),
    );
  },
);

Deno.test(
  "several servers: a client's download of what another server has is verified",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using cluster = await ClusterServers.start(2, nats.urls, { uploads: true, copies: 1 });
    using peer = await Protocol2Peer.connect(cluster.ports[0]!);
    await within(peer.put("a.bin", LARGE), "the upload");
    await using client = await connect({ hostname: "127.0.0.1", port: cluster.ports[1]! });
    const directory = cluster.folders[0]!.join("got");
    const { file, sha256 } = await within(client.download("a.bin", { directory }), "the download");
    assertEquals([sha256, sha256Of(Deno.readFileSync(file))], [sha256Of(LARGE), sha256Of(LARGE)]);
    const [first, second] = cluster.servers.map(({ server }) => server);
    assert(cluster.servers[1]!.eventsOf("download").length === 1);
    await until(() => second!.cluster?.peers.length === 1, "a heartbeat");
    assertEquals([first!.cluster?.fetchedBytes, second!.cluster?.fetchedBytes], [0, LARGE.length]);
    assert(second!.cluster!.peers[0]!.freeBytes! > 0);
    assertEquals([second!.cluster?.conflicts, second!.cluster?.copiesMissing], [0, 0]);
    await peer.request("NICK", { nick: "ana" });
    await until(() => second!.cluster?.remoteMembers === 1, "the other member");
  },
);
