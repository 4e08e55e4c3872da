import { assert, assertEquals } from "@std/assert";
import { connect } from "../../lib/client/connect.ts";
import type { ChatUpdate } from "../../lib/client/chat_update.ts";
import { ReconnectingChat } from "../../lib/client/reconnecting_chat.ts";
import { ClusterServers } from "../helpers/cluster_servers.ts";
import { NatsCluster, NEEDS_NATS } from "../helpers/nats.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { Proxy } from "../helpers/proxy.ts";
import { until } from "../helpers/serves_on.ts";

Deno.test(
  "HELO: names the cluster and its servers, and an event tells of others",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using cluster = await ClusterServers.start(1, nats.urls);
    const [port] = cluster.ports;
    const client = await connect({ hostname: "127.0.0.1", port: port! });
    const own = { host: "127.0.0.1", port: port!, fingerprint: null };
    assertEquals(client.features.includes("cluster"), true);
    assertEquals(client.chat.cluster?.peers, [own]);
    const other = await cluster.add(nats.urls);
    const isTold = () => client.chat.cluster?.peers.length === 2;
    await until(isTold, "the event about the other server");
    assertEquals(client.chat.cluster?.peers, [own, { ...own, port: other.port }]);
    const second = await connect({ hostname: "127.0.0.1", port: other.port });
    assertEquals(second.chat.cluster?.name, "test");
    assertEquals(second.chat.cluster?.history, client.chat.cluster?.history);
    assert(/^[0-9a-f]{8}$/.test(client.chat.cluster?.history ?? ""));
    await second.quit();
    await client.quit();
  },
);

Deno.test(
  "NICK: takes over the nick of a session of another server, and ends that",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using cluster = await ClusterServers.start(2, nats.urls);
    const [first, second] = await Promise.all(
      cluster.ports.map((port) => Protocol2Peer.connect(port)),
    );
    await first!.request("NICK", { nick: "ana" });
    const { session } = first!.hello.you as { session: string };
    assertEquals(await second!.refusal("NICK", { nick: "ana" }), "exists");
    assertEquals((await second!.request("NICK", { nick: "ana", session })).nick, "ana");
    await first!.raw.ended();
    for (const wrong of ["", "x", "aaaaaaaa-" + "0".repeat(32), session, session.slice(0, -1)]) {
      assertEquals((await second!.request("NICK", { nick: "ana", session: wrong })).nick, "ana");
    }
    first![Symbol.dispose]();
    second![Symbol.dispose]();
  },
);

Deno.test(
  "ReconnectingChat: is at another real server within 2 s, with its nick, and misses nothing",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using cluster = await ClusterServers.start(3, nats.urls, { chatPerSecond: 0 });
    const [, second] = cluster.ports;
    using bob = await Protocol2Peer.connect(second!);
    await using proxy = await Proxy.start(cluster.ports[0]!);
    const updates: ChatUpdate[] = [];
    const chat = await ReconnectingChat.start({
      hostname: "127.0.0.1",
      port: proxy.port,
      nick: "ana",
      onUpdate: (update) => void updates.push(update),
    }, connect);
    const told = () =>
      updates.flatMap((update) =>
        update.kind === "event" && update.event.event === "message" && "seq" in update.event
          ? [update.event.text]
          : []
      );
    await chat.say("first", { room: "lobby" });
    for (let i = 1; i <= 3; i++) await bob.request("SEND", { room: "lobby", text: `${i}` });
    await until(() => told().length === 4, "what bob has said");
    const startedMs = performance.now();
    proxy.refuse();
    proxy.cutAll("reset");
    const said = chat.say("second", { room: "lobby" });
    for (let i = 4; i <= 6; i++) await bob.request("SEND", { room: "lobby", text: `${i}` });
    await said;
    const passedMs = performance.now() - startedMs;
    assert(passedMs < 2_000, `${passedMs} ms`);
    await until(() => told().length >= 8, "all that was said");
    assertEquals(told().filter((text) => text !== "second"), [
      "first",
      "1",
      "2",
      "3",
      "4",
      "5",
      "6",
    ]);
    assertEquals(told().filter((text) => text === "second").length, 1);
    assertEquals(chat.client.chat.nick, "ana");
    await chat.quit();
  },
);
