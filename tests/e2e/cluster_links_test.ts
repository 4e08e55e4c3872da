/** Links of a cluster, made and taken back beside its servers. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parseTarget } from "../../lib/stream/target.ts";
import { ClusterServers } from "../helpers/cluster_servers.ts";
import { freePort } from "../helpers/free_port.ts";
import { LinkCluster } from "../helpers/link_cluster.ts";
import { logInByLink } from "../helpers/links.ts";
import { NatsCluster, NEEDS_NATS } from "../helpers/nats.ts";
import { jsonLines, run } from "../helpers/program.ts";
import type { Json } from "../helpers/protocol2_peer.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** Makes a link to the served folder beside servers of a cluster, and returns its address. */
async function addressOf(
  nats: NatsCluster,
  data: TempDir,
  ...args: readonly string[]
): Promise<ReturnType<typeof parseTarget>> {
  const there = ["--cluster", nats.urls.join(","), "--cluster-name", "test"];
  const options = ["--data", data.path, ...there, ...args, "--json"];
  const { code, stdout, stderr } = await run("server", ["link", "add", ".", ...options]);
  assertEquals(code, 0, stderr);
  return parseTarget(JSON.parse(stdout).address);
}

Deno.test(
  "tcp-chat-server link: with --cluster, changes the links of all servers while they run",
  NEEDS_NATS,
  async () => {
    await using cluster = await LinkCluster.start();
    const [first, second] = cluster.servers;
    await cluster.fill(["docs"], { "docs/a.txt": "a" });
    const data = ["--data", second!.data.path];
    const there = ["--cluster", cluster.nats.urls.join(","), "--cluster-name", "test"];
    const link = (...args: string[]) => run("server", ["link", ...args, ...data, ...there]);
    const made = await link("add", "/docs/", "--count", "1", "--note", "for Bob", "--json");
    assertEquals(made.code, 0, made.stderr);
    const { link: id, address, type, path, count } = JSON.parse(made.stdout);
    assertEquals([type, path, count], ["folder", "docs", 1]);
    const [, secret = ""] = /\.([\w-]{20})$/.exec(address) ?? [];
    for (const server of cluster.servers) {
      using peer = await server.guest();
      assertEquals((await logInByLink(peer, `link:${id}`, secret)).role, "link");
    }
    using root = await first!.member("root");
    const [listed] = (await root.request("LNKS")).links as Json[];
    assertEquals([listed!.link, listed!.user, listed!.note], [id, undefined, "for Bob"]);
    const list = await run("server", ["link", "list", ...data]);
    assertStringIncludes(list.stdout, id);

    const removed = await link("remove", "aaaaaaaa", id, "--json");
    assertEquals([removed.code, removed.stderr.includes("aaaaaaaa")], [4, true]);
    assertEquals(jsonLines(removed.stdout)[1], { event: "link", link: id, ended: "revoked" });
    assertEquals(((await root.request("LNKS")).links as Json[])[0]!.ended, "revoked");
    assertEquals((await link("add", "none")).code, 4);
    assertEquals((await link("add", "docs/a.txt", "--upload")).code, 2);
    const shown = await link("add", "docs/a.txt");
    assertEquals(shown.code, 0);
    const [, typed = ""] = /link remove ([a-z2-7]{8} .*)\n/.exec(shown.stderr) ?? [];
    const revoked = await run("server", ["link", "remove", ...typed.split(" ")]);
    assertEquals(revoked.code, 0, revoked.stderr);
    assertEquals((await link("add", ".", "--upload", "--size", "10")).code, 0);
  },
);

Deno.test(
  "tcp-chat-server link: without --cluster, or without NATS, changes no link of a cluster and says why",
  NEEDS_NATS,
  async () => {
    await using cluster = await LinkCluster.start();
    await cluster.fill(["docs"], {});
    const data = ["--data", cluster.servers[0]!.data.path];
    const away = ["--cluster", `127.0.0.1:${freePort()}`, "--cluster-name", "test"];
    for (const args of [["add", "docs"], ["remove", "aaaaaaaa"]]) {
      const alone = await run("server", ["link", ...args, ...data]);
      assertEquals(alone.code, 2);
      assertStringIncludes(alone.stderr, "The links are those of the cluster test");
      const failed = await run("server", ["link", ...args, ...data, ...away]);
      assert(failed.code !== 0);
      assertStringIncludes(failed.stderr, "The cluster cannot be reached");
    }
    const list = await run("server", ["link", "list", ...data, "--json"]);
    assertEquals([list.code, list.stdout], [0, ""]);
  },
);

Deno.test(
  "tcp-chat-server link add: names the servers that are alive, that of the data folder first",
  NEEDS_NATS,
  async () => {
    await using cluster = await LinkCluster.start();
    await cluster.fill([], { "a.txt": "a" });
    const { nats, servers: [first, second] } = cluster;
    const serverOf = (port: number) => ({ hostname: "127.0.0.1", port });
    for (const [own, other] of [[first!, second!], [second!, first!]] as const) {
      const { hostname, port, hosts, tls } = await addressOf(nats, own.data);
      assertEquals({ hostname, port }, serverOf(own.server.port));
      assertEquals([hosts, tls], [[serverOf(other.server.port)], false]);
    }
    const typed = await addressOf(nats, first!.data, "-p", "7001");
    assertEquals([typed.port, typed.hosts], [7_001, []]);
    assert((await addressOf(nats, first!.data, "--tls")).fingerprint !== null);

    using folder = new TempDir();
    folder.write("server.toml", 'host = "127.0.0.2"\nport = 7002\n');
    const ofStart = ["--config", folder.join("server.toml")];
    const shown = await addressOf(nats, second!.data, ...ofStart);
    assertEquals([shown.hostname, shown.port], ["127.0.0.1", second!.server.port]);

    await second!.server.server.stop();
    const { link, ...alive } = await addressOf(nats, second!.data);
    assertEquals([alive.port, alive.hosts], [first!.server.port, []]);
    const address = `tcp-chat://127.0.0.1:${alive.port}/a.txt?link=${link!.id}.${link!.secret}`;
    const got = await run("client", ["get", address, "-o", folder.path]);
    assertEquals(got.code, 0, got.stderr);
    assertEquals(Deno.readTextFileSync(folder.join("a.txt")), "a");

    await first!.server.server.stop();
    const there = ["--cluster", nats.urls.join(","), "--cluster-name", "test"];
    const data = ["--data", first!.data.path];
    const { code, stdout, stderr } = await run("server", ["link", "add", ".", ...data, ...there]);
    assertEquals([code, stdout], [3, ""]);
    assertStringIncludes(stderr, "The cluster cannot be reached");
  },
);

Deno.test(
  "tcp-chat-server link add: with TLS, names the server of the data folder with its key, and no server of another",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using cluster = await ClusterServers.start(2, nats.urls, { tls: "own" });
    for (const [at, server] of cluster.servers.entries()) {
      const { fingerprint } = await server.waitFor("listening");
      const address = await addressOf(nats, cluster.folders[at]!);
      assertEquals([address.port, address.hosts], [server.port, []]);
      assertEquals(address.fingerprint, fingerprint);
    }
  },
);
