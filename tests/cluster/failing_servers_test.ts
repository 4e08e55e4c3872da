import { assert, assertEquals } from "@std/assert";
import { ClusterServers, startClusterServer } from "../helpers/cluster_servers.ts";
import { NatsCluster, NEEDS_NATS } from "../helpers/nats.ts";
import { connectEngine } from "../helpers/nats_engines.ts";
import { type Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { until } from "../helpers/serves_on.ts";
import type { TestServer } from "../helpers/servers.ts";
import { mountSmall, resizeSmall } from "../helpers/small_disk.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const OUT_OF_STEP =
  "This server is not in step with the others and takes no messages: connect to another one";

const stateOf = (server: TestServer) => server.eventsOf("cluster").at(-1)?.state;

const isOutOfStep = ({ text }: Json) => String(text).includes(OUT_OF_STEP);

/** The numbers of the last messages, as many as an answer holds, and the first word of each. */
async function wordsAt(peer: Protocol2Peer): Promise<[number, string][]> {
  const { messages } = await peer.request("HIST", { room: "lobby", limit: 1_000 });
  return (messages as Json[]).map(({ seq, text }) => [Number(seq), String(text).split(" ")[0]!]);
}

Deno.test(
  "serve: a server of a cluster whose disk is full tells its clients, and catches up once there is room",
  NEEDS_NATS,
  async () => {
    using data = new TempDir();
    using disk = mountSmall(data.path);
    if (disk === null) return; // Only root may mount
    resizeSmall(data.path, "3m");
    await using nats = await NatsCluster.start(1);
    await using full = await startClusterServer(nats.urls, { data });
    await using others = await ClusterServers.start(1, nats.urls, { chatPerSecond: 0 });
    using ana = await Protocol2Peer.connect(full.port);
    using bob = await Protocol2Peer.connect(others.ports[0]!);
    let said = 0;
    while (stateOf(full) !== "no-space") {
      await bob.request("SEND", { room: "lobby", text: `${++said} `.padEnd(4_000, "-") });
    }
    await ana.event(isOutOfStep);
    assertEquals(await ana.refusal("SEND", { room: "lobby", text: "no" }), "no-space");
    const early = await wordsAt(ana); // Reading goes on
    assertEquals(early, early.map(([seq]) => [seq, `${seq}`]));
    assert(early.length > 0);
    resizeSmall(data.path, "64m");
    await until(() => stateOf(full) === "in-step", "a server in step");
    await ana.request("SEND", { room: "lobby", text: "again" });
    const words = await wordsAt(ana);
    assertEquals(await wordsAt(bob), words);
    assertEquals(words.splice(-1), [[said + 1, "again"]]);
    assertEquals(words, words.map(([seq]) => [seq, `${seq}`]));
  },
);

Deno.test(
  "serve: a server of a cluster that meets entries of a newer version says so, and takes no messages",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using servers = await ClusterServers.start(1, nats.urls);
    using ana = await Protocol2Peer.connect(servers.ports[0]!);
    await ana.request("SEND", { room: "lobby", text: "before" });
    await using newer = await connectEngine(nats.urls);
    const record = { v: 99, inc: "zzzzzzzz.1", n: 1, entries: [] };
    await newer.log.append(
      new TextEncoder().encode(JSON.stringify(record)),
      AbortSignal.timeout(10_000),
    );
    const [server] = servers.servers as [TestServer];
    await until(() => stateOf(server) === "newer", "the newer entry");
    await ana.event(isOutOfStep);
    const { message } = server.eventsOf("cluster").at(-1)!;
    assertEquals(
      message,
      "The log of the cluster test has entries of a newer version: update this server",
    );
    assertEquals(await ana.refusal("SEND", { room: "lobby", text: "no" }), "busy");
    assertEquals(await wordsAt(ana), [[1, "before"]]);
  },
);

Deno.test(
  "serve: the servers of a cluster fill a log that has come back from an old disk, and go on",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    const [node] = nats.nodes;
    await using cluster = await ClusterServers.start(2, nats.urls, { chatPerSecond: 0 });
    using ana = await Protocol2Peer.connect(cluster.ports[0]!);
    using bob = await Protocol2Peer.connect(cluster.ports[1]!);
    const say = (peer: Protocol2Peer, text: string) =>
      peer.request("SEND", { room: "lobby", text });
    await say(ana, "1");
    await node!.stop();
    node!.backUp();
    await node!.start();
    for (let i = 2; i <= 30; i++) await say(ana, `${i}`);
    const has = async (peer: Protocol2Peer, count: number) =>
      await until(async () => (await wordsAt(peer)).length === count, `${count} messages`);
    await has(bob, 30);
    await node!.stop();
    node!.restore();
    await node!.start();
    // Nobody says anything for a while: the log must not be believed to be lost
    await using engine = await connectEngine(nats.urls);
    const lastOf = async () => (await engine.log.extent()).last;
    await until(async () => await lastOf() > 30, "the places of the lost records");
    await say(bob, "31");
    const expected = Array.from({ length: 31 }, (_, i) => [i + 1, `${i + 1}`]);
    const late = await cluster.add(nats.urls);
    using eve = await Protocol2Peer.connect(late.port);
    for (const peer of [ana, bob, eve]) {
      await has(peer, 31);
      assertEquals(await wordsAt(peer), expected);
    }
    const states = cluster.servers.flatMap((server) => server.eventsOf("cluster"));
    assertEquals(states.filter(({ state }) => state === "log-lost"), []);
  },
);
