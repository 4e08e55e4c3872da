import { assert, assertEquals, assertMatch } from "@std/assert";
import { ClusterServers } from "../helpers/cluster_servers.ts";
import { NatsCluster, NEEDS_NATS } from "../helpers/nats.ts";
import { run } from "../helpers/program.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";

/** Runs `tcp-chat-server cluster …` for the cluster of the tests. */
function runCluster(nats: NatsCluster, ...args: readonly string[]) {
  return run("server", [
    ...["cluster", ...args],
    ...["--cluster", nats.urls.join(","), "--cluster-name", "test"],
  ]);
}

Deno.test(
  "cluster status, cluster forget: prove that all servers hold the same, once one that is gone is forgotten",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using servers = await ClusterServers.start(3, nats.urls, { uploads: true, copies: 1 });
    using ana = await Protocol2Peer.connect(servers.ports[0]!);
    await ana.put("a.txt", new Uint8Array(1_000));
    await ana.done(await ana.ask("SEND", { room: "lobby", text: "hello" }));
    const all = await runCluster(nats, "status");
    assertEquals([all.code, all.stderr], [0, ""]);
    assertEquals(
      all.stdout.match(/^ {2}[a-z2-7]{8} .* in step .* \d clients?(,.*)?$/gm)?.length,
      3,
    );
    const checked = all.stdout.match(/ 1 client, all files checked since \d{4}-\d\d-\d\d$/gm);
    assertEquals(checked?.length, 1, all.stdout); // Of the one that holds the file
    assertMatch(
      all.stdout,
      /^The same on all 3 servers: at record \d+, their chain is [0-9a-f]{16}\.$/m,
    );

    await servers.servers[2]!.server.stop();
    const without = await runCluster(nats, "status", "--json");
    const status = JSON.parse(without.stdout);
    assertEquals([without.code, status.same, status.servers.length], [1, false, 3]);
    const away = status.servers.filter(({ there }: { there: boolean }) => !there);
    const present = status.servers.filter(({ there }: { there: boolean }) => there);
    assertEquals(
      [away.length, new Set(present.map(({ chain }: { chain: string }) => chain)).size],
      [1, 1],
    );
    const checks = status.servers.map((each: Record<string, unknown>) => [
      ...[each.damagedFiles, each.wrongFiles, typeof each.checked],
    ]).toSorted();
    assertEquals(checks, [[null, null, "object"], [0, 0, "number"], [0, 0, "object"]]);
    const plain = await runCluster(nats, "status");
    assert(plain.stdout.endsWith("Not proven to be the same: 1 server is not there.\n"));

    const busy = await runCluster(nats, "forget", present[0].server);
    assertEquals([busy.code, busy.stderr], [
      1,
      `The server ${present[0].server} is there: stop it first\n`,
    ]);
    const forgotten = await runCluster(nats, "forget", away[0].server);
    assertEquals([forgotten.code, forgotten.stdout], [
      0,
      `The server ${away[0].server} is forgotten.\n`,
    ]);
    assertEquals((await runCluster(nats, "status")).code, 0);
    const unknown = await runCluster(nats, "forget", away[0].server);
    assertEquals([unknown.code, unknown.stdout], [1, ""]);
  },
);

Deno.test("cluster status: fails where there is no cluster, or no option says where", async () => {
  const nothing = await run("server", ["cluster", "status"]);
  assertEquals([nothing.code, nothing.stdout], [2, ""]);
  assertMatch(nothing.stderr, /needs --cluster/);
  const args = ["cluster", "status", "--cluster", "nats://127.0.0.1:1"];
  const unreachable = await run("server", args);
  assertEquals([unreachable.code, unreachable.stdout], [3, ""]);
  const wrong = await run("server", ["cluster", "forget", "x", ...args.slice(2)]);
  assertEquals([wrong.code, wrong.stdout], [2, ""]);
});

Deno.test(
  "cluster status: says that NATS has no log of the cluster, and what that may mean",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    const { code, stdout, stderr } = await runCluster(nats, "status");
    assertEquals([code, stdout], [3, ""]);
    assertMatch(stderr, /^tcp-chat-server: NATS has no log of the cluster test: .*cluster seed/);
  },
);
