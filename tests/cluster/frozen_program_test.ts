import { assertEquals } from "@std/assert";
import { connect } from "../../lib/client/connect.ts";
import { ReconnectingChat } from "../../lib/client/reconnecting_chat.ts";
import { ClusterPrograms } from "../helpers/cluster_programs.ts";
import { within } from "../helpers/deadline.ts";
import { NatsCluster, NEEDS_NATS } from "../helpers/nats.ts";
import { type Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { until } from "../helpers/serves_on.ts";

/** The client leaves a server that says nothing for 6 s. */
const MOVE_MS = 30_000;

Deno.test(
  "tcp-chat-server: what a guest has said to a program that was frozen is stored once",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using servers = new ClusterPrograms(nats.urls);
    await servers.startAll(2);
    const [frozen] = servers.programs;
    const chat = await ReconnectingChat.start(
      { hostname: "127.0.0.1", port: frozen!.port, onUpdate: () => {} },
      connect,
    );
    await chat.say("before", { room: "lobby" });
    await until(() => chat.client.chat.cluster?.peers.length === 2, "the other server's heartbeat");
    frozen!.kill("SIGSTOP");
    await within(chat.say("while it is frozen", { room: "lobby" }), "the move", () => {}, MOVE_MS);
    frozen!.kill("SIGCONT");
    using peer = await Protocol2Peer.connect(frozen!.port);
    await peer.request("SEND", { room: "lobby", text: "after" }); // Behind all that it has read before
    const { messages } = await peer.done(await peer.ask("HIST", { room: "lobby" }));
    await chat.quit();
    assertEquals(
      (messages as Json[]).map(({ text }) => text),
      ["before", "while it is frozen", "after"],
    );
  },
);
