import { assertEquals } from "@std/assert";
import { ClusterServers } from "../helpers/cluster_servers.ts";
import { NatsCluster, NEEDS_NATS } from "../helpers/nats.ts";
import { PageFixture } from "../helpers/page_fixture.ts";
import { until } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";

Deno.test(
  "page: leads to the other servers while its own does not answer",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using others = await ClusterServers.start(1, nats.urls);
    using data = new TempDir();
    const cluster = { servers: nats.urls, name: "test", host: "127.0.0.1" };
    await using fixture = await PageFixture.start({ cluster, dataDirectory: data.path });
    await until(() => fixture.server.server.cluster?.peers.length === 1, "a heartbeat");
    const { elsewhere } = await fixture.open();
    assertEquals(elsewhere.value, []);
    fixture.proxy.refuse();
    fixture.proxy.cutAll("reset");
    await until(() => elsewhere.value.length > 0, "the other server");
    assertEquals(elsewhere.value, [
      { host: "127.0.0.1", port: others.ports[0]!, fingerprint: null },
    ]);
  },
);
