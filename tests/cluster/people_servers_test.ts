import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { ClusterServers } from "../helpers/cluster_servers.ts";
import { within } from "../helpers/deadline.ts";
import { NatsCluster, NEEDS_NATS } from "../helpers/nats.ts";
import { type Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { ServerProcess } from "../helpers/server_process.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** Clients at servers of one cluster, each at another one. */
async function withPeers(
  count: number,
  work: (peers: readonly Protocol2Peer[], cluster: ClusterServers) => Promise<void>,
): Promise<void> {
  await using nats = await NatsCluster.start(1);
  await using cluster = await ClusterServers.start(count, nats.urls);
  const peers = await Promise.all(cluster.ports.map((port) => Protocol2Peer.connect(port)));
  try {
    await work(peers, cluster);
  } finally {
    for (const peer of peers) peer[Symbol.dispose]();
  }
}

/** The fields of DONE, or the code and the reason of FAIL. */
async function answer(peer: Protocol2Peer, type: string, fields: Json): Promise<Json> {
  await peer.ask(type, fields);
  const message = await within(peer.read(), `an answer to ${type}`);
  const { id: _, ...json } = message!.json;
  return json;
}

async function rename(peer: Protocol2Peer, nick: string): Promise<unknown> {
  const { nick: got, code } = await answer(peer, "NICK", { nick });
  return got ?? code;
}

function nickOf(peer: Protocol2Peer): string {
  return String((peer.hello.you as Json).nick);
}

async function nicksIn(peer: Protocol2Peer, room?: string): Promise<string[]> {
  const { members } = await answer(peer, "WHOS", room === undefined ? {} : { room });
  return (members as Json[]).map(({ nick }) => String(nick)).toSorted();
}

/** Resolves once a client sees members with the nicks, in a room or anywhere. */
async function sees(peer: Protocol2Peer, nicks: readonly string[], room?: string): Promise<void> {
  const wanted = JSON.stringify(nicks.toSorted());
  const look = async () => {
    while (JSON.stringify(await nicksIn(peer, room)) !== wanted) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  await within(look(), `${nicks} at ${nickOf(peer)}`);
}

const eventOf = (peer: Protocol2Peer, fits: (event: Json) => boolean, what: string) =>
  within(peer.event(fits), what);

Deno.test(
  "cluster: members of all servers see each other come, take nicks, speak and leave, in that order",
  NEEDS_NATS,
  async () => {
    await withPeers(3, async ([ana, bob, eva], cluster) => {
      const nicks = [ana!, bob!, eva!].map(nickOf);
      assertEquals(new Set(nicks).size, 3);
      for (const peer of [ana!, bob!, eva!]) await sees(peer, nicks, "lobby");
      assertEquals(await rename(ana!, "Ana"), "Ana");
      for (const peer of [bob!, eva!]) {
        const event = await eventOf(peer, (event) => event.event === "nick", "a nick");
        assertEquals([event.old, event.nick], [nicks[0], "Ana"]);
        await sees(peer, ["Ana", nicks[1]!, nicks[2]!]);
      }
      for (const nick of ["ANA", "ａｎａ", "аna"]) assertEquals(await rename(bob!, nick), "exists");
      using dan = await Protocol2Peer.connect(cluster.ports[2]!);
      await answer(dan, "SEND", { room: "lobby", text: "hi" });
      dan[Symbol.dispose]();
      const left = (event: Json) => event.event === "left" && event.nick === nickOf(dan);
      await eventOf(bob!, left, "left");
      const seen = bob!.events.filter(({ nick, from }) => [nick, from].includes(nickOf(dan)))
        .map(({ event }) => event);
      assertEquals(seen, ["joined", "message", "left"]);
    });
  },
);

Deno.test(
  "cluster: one of many that claim a nick on three servers at once has it",
  NEEDS_NATS,
  async () => {
    await withPeers(3, async (first, cluster) => {
      const more = await Promise.all(
        Array.from({ length: 27 }, (_, i) => Protocol2Peer.connect(cluster.ports[i % 3]!)),
      );
      try {
        const peers = [...first, ...more];
        const got = await Promise.all(peers.map((peer) => rename(peer, "Paul")));
        assertEquals(got.filter((nick) => nick === "Paul").length, 1);
        assertEquals(got.filter((code) => code === "exists").length, peers.length - 1);
      } finally {
        for (const peer of more) peer[Symbol.dispose]();
      }
    });
  },
);

Deno.test(
  "cluster: joins, lists and topics of a room hold on all servers",
  NEEDS_NATS,
  async () => {
    await withPeers(2, async ([ana, bob]) => {
      await answer(ana!, "JOIN", { room: "ops" });
      await answer(bob!, "JOIN", { room: "ops" });
      for (const peer of [ana!, bob!]) await sees(peer, [ana!, bob!].map(nickOf), "ops");
      await eventOf(ana!, ({ event, room }) => event === "joined" && room === "ops", "joined");
      const { topic } = await answer(ana!, "TOPC", { room: "ops", text: "on call" });
      const told = await eventOf(bob!, ({ event }) => event === "topic", "a topic");
      const { text, from, time } = told;
      assertEquals({ text, from, time }, topic as Json);
      await answer(ana!, "PART", { room: "ops" });
      await eventOf(bob!, ({ event, room }) => event === "left" && room === "ops", "left");
      const { rooms } = await answer(ana!, "ROOM", {});
      const sizes = (rooms as Json[]).map(({ room, members }) => `${room} ${members}`);
      assertEquals(sizes.toSorted(), ["lobby 2", "ops 1"]);
    });
  },
);

Deno.test(
  "cluster: a private message arrives at a member of another server, whose text while away is told",
  NEEDS_NATS,
  async () => {
    await withPeers(2, async ([ana, bob]) => {
      await sees(ana!, [ana!, bob!].map(nickOf));
      await answer(bob!, "AWAY", { text: "lunch" });
      const sent = await answer(ana!, "SEND", { to: nickOf(bob!), text: "psst" });
      assertEquals(sent.away, "lunch");
      const fits = ({ to }: Json) => to === nickOf(bob!);
      for (const peer of [ana!, bob!]) {
        const { from, text } = await eventOf(peer, fits, "a private message");
        assertEquals([from, text], [nickOf(ana!), "psst"]);
      }
      const { code, reason } = await answer(ana!, "SEND", { to: "nobody", text: "psst" });
      assertEquals([code, reason], ["not-found", "nick-unknown"]);
    });
  },
);

Deno.test(
  "cluster: a message that is kept on one server is delivered on another, once",
  NEEDS_NATS,
  async () => {
    await withPeers(2, async ([ana], cluster) => {
      const resume = "r".repeat(32);
      const bob = await Protocol2Peer.connect(cluster.ports[1]!, { resume });
      assertEquals(await rename(bob, "Bob"), "Bob");
      await eventOf(ana!, ({ nick }) => nick === "Bob", "Bob");
      const sending = answer(ana!, "SEND", { to: "Bob", text: "are you there?" });
      await bob.raw.readUntil("PING"); // Not answered
      bob[Symbol.dispose]();
      const sent = await sending;
      assert(Number(sent.kept) > Date.now());
      using back = await Protocol2Peer.connect(cluster.ports[0]!, { resume });
      const message = await eventOf(back, ({ to }) => to === "Bob", "the kept message");
      assertEquals([message.from, message.text], [nickOf(ana!), "are you there?"]);
      assertNotEquals(message.id, undefined);
    });
  },
);

Deno.test(
  "cluster: a server that stops takes its members with it, whose nicks are free then",
  NEEDS_NATS,
  async () => {
    await withPeers(2, async ([ana, bob], cluster) => {
      assertEquals(await rename(bob!, "Bob"), "Bob");
      await sees(ana!, [nickOf(ana!), "Bob"]);
      await cluster.servers[1]!.server.stop();
      await eventOf(ana!, ({ event, nick }) => event === "left" && nick === "Bob", "left");
      await sees(ana!, [nickOf(ana!)]);
      assertEquals(await rename(ana!, "Bob"), "Bob");
    });
  },
);

Deno.test(
  "cluster: a notice of the console reaches the clients of all servers",
  NEEDS_NATS,
  async () => {
    await withPeers(2, async ([ana, bob], cluster) => {
      cluster.servers[0]!.server.announce("tea at five");
      for (const peer of [ana!, bob!]) {
        const { text } = await eventOf(peer, ({ event }) => event === "notice", "a notice");
        assertEquals(text, "tea at five");
      }
    });
  },
);

Deno.test("Server.kickOther: has the server of a client disconnect it", NEEDS_NATS, async () => {
  await withPeers(2, async ([ana, bob], cluster) => {
    const [here] = cluster.servers.map(({ server }) => server);
    assertEquals(await rename(bob!, "Bob"), "Bob");
    await sees(ana!, [nickOf(ana!), "Bob"]);
    assertEquals(here!.otherClients.map(({ nick, user }) => [nick, user]), [["Bob", null]]);
    assertEquals(await here!.kickOther("Robert", "Out"), false);
    assertEquals(await here!.kickOther("BOB", "Out"), true);
    await eventOf(bob!, ({ event, text }) => event === "notice" && text === "Out", "a notice");
    await eventOf(ana!, ({ event, nick }) => event === "left" && nick === "Bob", "left");
    await sees(ana!, [nickOf(ana!)]);
    await within(bob!.raw.readToEnd(), "the end of the connection");
  });
});

/** Starts the program of a server of the cluster on NATS at `urls`. */
async function startProgram(temp: TempDir, name: string, urls: readonly string[]) {
  const folders = { root: temp.join(`${name}-root`), data: temp.join(`${name}-data`) };
  Deno.mkdirSync(folders.root);
  const program = await ServerProcess.start(folders, ["--cluster", urls.join(",")]);
  while (Number.isNaN(program.port)) {
    const { value = "", done } = await within(program.output.read(), "the port");
    if (done) throw new Error("The server has ended");
    program.port = Number(/, port (\d+)/.exec(value)?.[1]);
  }
  return program;
}

Deno.test(
  "cluster: members of a server that is killed leave, and their nicks are free",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    using temp = new TempDir();
    await using one = await startProgram(temp, "one", nats.urls);
    await using other = await startProgram(temp, "other", nats.urls);
    using ana = await Protocol2Peer.connect(one.port);
    using bob = await Protocol2Peer.connect(other.port);
    assertEquals(await rename(bob, "Bob"), "Bob");
    await eventOf(ana, ({ nick }) => nick === "Bob", "Bob");
    assertEquals(await rename(ana, "Bob"), "exists");
    other.process.kill("SIGKILL");
    await eventOf(ana, ({ event, nick }) => event === "left" && nick === "Bob", "left");
    assertEquals(await rename(ana, "Bob"), "Bob");
  },
);
