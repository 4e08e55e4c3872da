import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { exists } from "../../lib/files/exists.ts";
import { isSeed } from "../../lib/files/cluster_tables.ts";
import { openStateDatabase } from "../../lib/files/open_state_database.ts";
import { ClusterError } from "../../lib/protocol/cluster_error.ts";
import { startClusterServer } from "../helpers/cluster_servers.ts";
import { addAccounts, CLAIM, LinkServer, MEMBERS_SHARE, OTHER_CLAIM } from "../helpers/links.ts";
import { NatsCluster, NEEDS_NATS } from "../helpers/nats.ts";
import { run } from "../helpers/program.ts";
import { type Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { TempDir } from "../helpers/temp_dir.ts";

async function say(port: number, text: string): Promise<void> {
  using peer = await Protocol2Peer.connect(port);
  await peer.done(await peer.ask("SEND", { room: "lobby", text }));
}

async function textsAt(port: number): Promise<unknown[]> {
  using peer = await Protocol2Peer.connect(port);
  const { messages } = await peer.done(await peer.ask("HIST", { room: "lobby" }));
  return (messages as Json[]).map(({ text }) => text);
}

/** Shares a file that only the second server has: a link of which one claim of two is taken, and one taken back. */
async function shareFile(one: LinkServer, two: LinkServer) {
  using alice = await two.member();
  await alice.request("MKDR", { path: "docs" });
  await alice.put("docs/a.txt", "a");
  const [shared, revoked] = [await one.share("docs", { count: 2 }), await one.share("docs")];
  await alice.request("UNLK", { link: revoked.link });
  using receiver = await one.receiver(shared, CLAIM);
  await receiver.get("docs/a.txt");
  return { shared, revoked };
}

/** How many claims a link has left, as a server lists it. */
async function leftAt(server: LinkServer, id: string): Promise<unknown> {
  using alice = await server.member();
  const { links } = await alice.request("LNKS");
  return (links as Json[]).find(({ link }) => link === id)?.left;
}

/** The code of the error that keeps a server from starting. */
async function refusal(nats: NatsCluster, data: TempDir): Promise<string> {
  const start = () => startClusterServer(nats.urls, { data });
  return (await assertRejects(start, ClusterError)).code;
}

function runSeed(nats: NatsCluster, data: TempDir) {
  const cluster = ["--cluster", nats.urls.join(","), "--cluster-name", "test"];
  return run("server", ["cluster", "seed", ...cluster, "--data", data.path]);
}

Deno.test(
  "cluster seed, cluster rejoin: make a log anew that NATS has lost, and lose no message, file or link",
  NEEDS_NATS,
  async () => {
    using first = new TempDir();
    using second = new TempDir();
    using served = new TempDir();
    await addAccounts(first);
    first.write("rules", MEMBERS_SHARE);
    const firstOptions = { data: first, uploads: true, copies: 1 };
    const secondOptions = { data: second, root: served, uploads: true, copies: 1 };
    let links;
    {
      await using nats = await NatsCluster.start(1);
      await using one = await startClusterServer(nats.urls, firstOptions);
      const two = await startClusterServer(nats.urls, secondOptions);
      await using _stopped = two.server; // Its files stay
      await say(one.port, "before");
      links = await shareFile(new LinkServer(one, first), new LinkServer(two, second));
      await one.server.stop();
      const whole = await runSeed(nats, first);
      assertEquals([whole.code, whole.stdout], [1, ""]);
      assertMatch(whole.stderr, /^The log of the cluster is there/);
    }
    await using nats = await NatsCluster.start(1);
    assertEquals(await refusal(nats, first), "log-lost");
    const seeded = await runSeed(nats, first);
    assertEquals([seeded.code, seeded.stderr], [0, ""]);
    await using one = await startClusterServer(nats.urls, firstOptions);
    await say(one.port, "after");

    assertEquals(await refusal(nats, second), "other-log");
    const others = await runSeed(nats, second);
    assertEquals([others.code, others.stdout], [1, ""]);
    assertEquals(others.stderr, "1 server of the cluster runs: stop it first\n");
    const rejoined = await run("server", ["cluster", "rejoin", "--data", second.path]);
    assertEquals([rejoined.code, rejoined.stderr], [0, ""]);
    assert(exists(second.join("tcp-chat.db.old")));
    const two = await startClusterServer(nats.urls, secondOptions);
    await using _stopped = two.server;
    await say(two.port, "from the other");
    assertEquals(await textsAt(two.port), ["before", "after", "from the other"]);
    assertEquals(await textsAt(one.port), ["before", "after", "from the other"]);
    const servers = [new LinkServer(one, first), new LinkServer(two, second)];
    for (const [at, claim] of [CLAIM, OTHER_CLAIM].entries()) {
      using receiver = await servers[at]!.receiver(links.shared, claim);
      assertEquals(new TextDecoder().decode((await receiver.get("docs/a.txt")).bytes), "a");
      await assertRejects(() => servers[at]!.receiver(links.revoked), Error, "link-revoked");
      for (const server of servers) assertEquals(await leftAt(server, links.shared.link), 1 - at);
    }
  },
);

Deno.test(
  "cluster rejoin: leaves a folder of no cluster, and one in use, as it is",
  NEEDS_NATS,
  async () => {
    using alone = new TempDir();
    const args = ["cluster", "rejoin", "--data"];
    const unknown = await run("server", [...args, alone.path]);
    assertEquals([unknown.code, unknown.stderr], [1, "The data folder belongs to no cluster\n"]);
    await using nats = await NatsCluster.start(1);
    using data = new TempDir();
    await using server = await startClusterServer(nats.urls, { data });
    await say(server.port, "one");
    const used = await run("server", [...args, data.path]);
    assertEquals([used.code, used.stdout], [7, ""]);
    assertEquals(await textsAt(server.port), ["one"]);
  },
);

Deno.test("cluster rejoin: a server that was to begin the log takes the state of another", async () => {
  using data = new TempDir();
  using database = openStateDatabase(data.path);
  database.exec("INSERT INTO servers VALUES ('aaaaaaaa', 'a', 1, NULL, 1)");
  assertEquals(isSeed(database), true);
  const rejoined = await run("server", ["cluster", "rejoin", "--data", data.path]);
  assertEquals([rejoined.code, rejoined.stderr], [0, ""]);
  assertEquals([isSeed(database), exists(data.join("tcp-chat.db.old"))], [false, true]);
});
