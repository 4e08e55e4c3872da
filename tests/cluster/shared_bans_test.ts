import { assertEquals } from "@std/assert";
import { Bans } from "../../lib/chat/bans.ts";
import { openDatabase } from "../../lib/files/database.ts";
import { ClusterServers } from "../helpers/cluster_servers.ts";
import { NatsCluster, NEEDS_NATS } from "../helpers/nats.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { until } from "../helpers/serves_on.ts";

Deno.test(
  "Server.ban: holds on all servers of a cluster, and each removes its own clients",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using cluster = await ClusterServers.start(2, nats.urls);
    const [first, second] = cluster.servers;
    using ana = await Protocol2Peer.connect(second!.port);
    using bob = await Protocol2Peer.connect(second!.port);
    await ana.request("NICK", { nick: "ana" });
    const { ban, kicked } = await first!.server.ban("ANA", "bye", { reason: "loud" });
    assertEquals([ban.kind, ban.subject, ban.reason, kicked], ["nick", "ana", "loud", []]);
    await ana.event(({ event, text }) => event === "notice" && text === "bye");
    await second!.waitFor("disconnected", ({ reason }) => reason === "kicked");
    await bob.assertLives();
    assertEquals(await bob.refusal("NICK", { nick: "ana" }), "denied");
    assertEquals(second!.server.bans(), first!.server.bans());
    const other = await cluster.add(nats.urls);
    await until(() => other.server.bans().length === 1, "the ban on a server that comes later");
    assertEquals(await second!.server.unban("ana"), true);
    assertEquals(await first!.server.unban("ana"), false);
    assertEquals((await bob.request("NICK", { nick: "ana" })).nick, "ana");
  },
);

Deno.test(
  "Server.ban: of an address is in the database of each server of a cluster",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using cluster = await ClusterServers.start(2, nats.urls);
    await cluster.servers[1]!.server.ban("10.1.0.0/16", "bye", { durationMs: 60_000 });
    await until(() => cluster.servers.every(({ server }) => server.bans().length === 1), "the ban");
    const rows = cluster.folders.map((folder) => {
      using database = openDatabase(folder.join("tcp-chat.db"));
      return new Bans(database).findAddress("10.1.2.3");
    });
    assertEquals(rows[0]?.subject, "10.1.0.0/16");
    assertEquals(rows[0], rows[1]!);
  },
);
