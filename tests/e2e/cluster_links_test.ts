/** Links of a cluster, made and taken back beside its servers. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { freePort } from "../helpers/free_port.ts";
import { LinkCluster } from "../helpers/link_cluster.ts";
import { logInByLink } from "../helpers/links.ts";
import { NEEDS_NATS } from "../helpers/nats.ts";
import { jsonLines, run } from "../helpers/program.ts";
import type { Json } from "../helpers/protocol2_peer.ts";

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
