import { assertEquals } from "@std/assert";
import { ClusterPrograms } from "../helpers/cluster_programs.ts";
import { NatsCluster, NEEDS_NATS } from "../helpers/nats.ts";
import { type Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { Proxy } from "../helpers/proxy.ts";
import { trimLog } from "../helpers/trim_log.ts";

Deno.test(
  "tcp-chat-server: a program that was frozen for longer than the log reaches heals by itself",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using proxy = await Proxy.start(nats.nodes[0]!.port);
    const name = ["--cluster-name", "test"];
    await using others = new ClusterPrograms(nats.urls, name);
    await using frozen = new ClusterPrograms([`nats://127.0.0.1:${proxy.port}`], name);
    const first = await others.start(0);
    const second = await frozen.start(0);
    using ana = await Protocol2Peer.connect(first.port);
    await ana.request("SEND", { room: "lobby", text: "before" });
    second.kill("SIGSTOP");
    proxy.cutAll("reset"); // As NATS does after a while
    await ana.request("SEND", { room: "lobby", text: "while it was frozen" });
    await ana.request("SEND", { room: "lobby", text: "and this" });
    await trimLog(nats.urls);
    second.kill("SIGCONT");
    await second.stdout.waitFor("This server restarts by itself");
    const starts = () => second.stdout.text.split(`port ${second.port}`).length - 1;
    await second.stdout.waitUntil(() => starts() === 2, "the second start");
    using bob = await Protocol2Peer.connect(second.port);
    await bob.request("SEND", { room: "lobby", text: "healed" });
    const { messages } = await bob.done(await bob.ask("HIST", { room: "lobby" }));
    assertEquals(
      (messages as Json[]).map(({ text }) => text),
      ["before", "while it was frozen", "and this", "healed"],
    );
  },
);
