import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { runConsoleLine } from "../../lib/cli/server/server_console.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { ClusterError } from "../../lib/protocol/cluster_error.ts";
import { ClusterServers, startClusterServer } from "../helpers/cluster_servers.ts";
import { within } from "../helpers/deadline.ts";
import { freePort } from "../helpers/free_port.ts";
import { NatsCluster, NEEDS_NATS } from "../helpers/nats.ts";
import { type Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { rawFrame, RawPeer, textOf } from "../helpers/raw_peer.ts";
import { until } from "../helpers/serves_on.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { through } from "../helpers/through.ts";

/** Sends a message to a room. Resolves to its number. */
async function say(peer: Protocol2Peer, text: string, room = "lobby"): Promise<number> {
  return Number((await peer.done(await peer.ask("SEND", { room, text }))).seq);
}

/** The numbers and texts of a room, as HIST tells them. */
async function historyOf(peer: Protocol2Peer, room = "lobby"): Promise<string[]> {
  const { messages } = await peer.done(await peer.ask("HIST", { room }));
  return (messages as Json[]).map(({ seq, text }) => `${seq} ${text}`);
}

/** The code of the error that keeps a server from starting. */
async function refusal(starting: Promise<AsyncDisposable>): Promise<string> {
  return (await within(assertRejects(() => starting, ClusterError), "a refusal")).code;
}

Deno.test("serve: three servers on NATS share rooms, numbers and history", NEEDS_NATS, async () => {
  await using nats = await NatsCluster.start(1);
  await using cluster = await ClusterServers.start(3, nats.urls);
  const peers = await Promise.all(cluster.ports.map((port) => Protocol2Peer.connect(port)));
  try {
    const seqs = [];
    for (const round of through(1, 3)) {
      for (const [at, peer] of peers.entries()) seqs.push(await say(peer, `${round} of ${at}`));
    }
    assertEquals(seqs, through(1, 9));
    for (const peer of peers) {
      const last = await within(peer.event(({ seq }) => seq === 9), "the last message");
      assertEquals(last.text, "3 of 2");
    }
    const histories = await Promise.all(peers.map((peer) => historyOf(peer)));
    assertEquals(histories[0]!.length, 9);
    assertEquals(histories, [histories[0], histories[0], histories[0]]);
    const many = await within(
      Promise.all(peers.map((peer, at) => say(peer, `at once ${at}`))),
      "three at once",
    );
    assertEquals(many.toSorted((a, b) => a - b), [10, 11, 12]);
    const [first] = cluster.servers;
    await until(() => first!.server.cluster?.peers.length === 2, "the other servers");
    const { lines } = await runConsoleLine(first!.server, "/cluster", makeLocale("en"));
    assertMatch(
      lines[0]!,
      /^cluster test: in step · this server: [a-z2-7]{8}, record \d+ · others: 2$/,
    );
    assertMatch(lines[1]!, /^[a-z2-7]{8} {2}127\.0\.0\.1:\d+ {2}record \d+ {2}clients: [01]$/);
  } finally {
    for (const peer of peers) peer[Symbol.dispose]();
  }
});

Deno.test("serve: a server that starts again has what was said meanwhile", NEEDS_NATS, async () => {
  await using nats = await NatsCluster.start(1);
  using data = new TempDir();
  await using one = await ClusterServers.start(1, nats.urls);
  const first = await startClusterServer(nats.urls, { data });
  await first[Symbol.asyncDispose]();
  using ana = await Protocol2Peer.connect(one.ports[0]!);
  await say(ana, "while it was away");
  await using again = await startClusterServer(nats.urls, { data });
  using bob = await Protocol2Peer.connect(again.port);
  assertEquals(await historyOf(bob), ["1 while it was away"]);
  assertEquals(await say(bob, "back"), 2);
});

Deno.test(
  "serve: the first server makes the log out of its history, and no other history joins it",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    using data = new TempDir();
    using other = new TempDir();
    for (const folder of [data, other]) {
      await using alone = await startServer({ dataDirectory: folder.path });
      using ana = await Protocol2Peer.connect(alone.port);
      assertEquals(await say(ana, "from before"), 1);
    }
    {
      await using first = await startClusterServer(nats.urls, { data });
      using ana = await Protocol2Peer.connect(first.port);
      assertEquals(await say(ana, "then"), 2);
      assertEquals(await historyOf(ana), ["1 from before", "2 then"]);
      assertEquals(await refusal(startClusterServer(nats.urls, { data: other })), "own-history");
    }
    assertEquals(await refusal(startServer({ dataDirectory: data.path })), "in-cluster");
    const name = "another";
    assertEquals(await refusal(startClusterServer(nats.urls, { data, name })), "other-cluster");
    await using alone = await startServer({ dataDirectory: data.path, alone: true });
    assertEquals(alone.eventsOf("warning").length, 1);
    using ana = await Protocol2Peer.connect(alone.port);
    assertEquals(await historyOf(ana), ["1 from before", "2 then"]);
    assertEquals(await say(ana, "alone"), 3);
    await alone.server.stop();
    assertEquals(await refusal(startClusterServer(nats.urls, { data })), "own-history");
  },
);

Deno.test(
  "serve: waits for NATS before its port is open, and gives up after its time",
  NEEDS_NATS,
  async () => {
    using data = new TempDir();
    const port = freePort();
    const events: string[] = [];
    const starting = startServer({
      dataDirectory: data.path,
      cluster: { servers: [`nats://127.0.0.1:${port}`], name: "test", host: "a", waitMs: 700 },
      onEvent: ({ event }) => events.push(event),
    });
    assertEquals(await refusal(starting), "unreachable");
    assertEquals(events, ["cluster"]);
  },
);

Deno.test("serve: needs a data folder for a cluster", async () => {
  const cluster = { servers: ["nats://127.0.0.1:1"], name: "test", host: "a" };
  assertEquals(await refusal(startServer({ cluster })), "no-folder");
});

Deno.test(
  "serve: tells its clients that messages wait while NATS is away, and loses none",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using cluster = await ClusterServers.start(1, nats.urls);
    const [server] = cluster.servers;
    using ana = await Protocol2Peer.connect(server!.port);
    await server!.waitFor("cluster", ({ state }) => state === "in-step");
    const [node] = nats.nodes;
    await node!.stop("SIGKILL");
    const asked = await ana.ask("SEND", { room: "lobby", text: "waits" });
    await server!.waitFor("cluster", ({ state }) => state === "cut-off");
    const notice = await ana.event(({ event }) => event === "notice");
    assertEquals(notice.text, "Messages wait: the cluster cannot be reached");
    using late = await Protocol2Peer.connect(server!.port);
    assertEquals((await late.event(({ event }) => event === "notice")).text, notice.text);
    using original = await RawPeer.connect(server!.port);
    await original.send(rawFrame("CHAT", "waits, too"));
    let line = "";
    while (!line.includes(String(notice.text))) line = textOf(await original.expect("CHAT"));
    await node!.start();
    await server!.waitFor("cluster", ({ state }) => state === "in-step");
    assertEquals((await ana.done(asked)).seq, 1);
    await ana.event(({ text }) => text === "The cluster is back: messages go on");
  },
);

Deno.test(
  "serve: refuses a copy of the data folder of a server that runs",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    using data = new TempDir();
    using copy = new TempDir();
    await using first = await startClusterServer(nats.urls, { data });
    using ana = await Protocol2Peer.connect(first.port);
    await say(ana, "hi");
    for (const name of ["server-id", "tcp-chat.db", "tcp-chat.db-wal", "tcp-chat.db-shm"]) {
      copy.write(name, Deno.readFileSync(data.join(name)));
    }
    assertEquals(await refusal(startClusterServer(nats.urls, { data: copy })), "copied-folder");
  },
);

Deno.test(
  "Server.stop: ends while NATS answers nothing, although messages wait",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using cluster = await ClusterServers.start(1, nats.urls);
    const [{ server }] = cluster.servers as [TestServer];
    using ana = await Protocol2Peer.connect(server.port);
    const [node] = nats.nodes;
    node!.freeze();
    try {
      await ana.ask("SEND", { room: "lobby", text: "into the void" });
      await ana.assertLives(); // The server has the message
      await within(server.stop(undefined, { graceMs: 10 }), "the end of the server");
    } finally {
      node!.thaw();
    }
  },
);
