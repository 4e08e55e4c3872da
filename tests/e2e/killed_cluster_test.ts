/** Three real servers, one of which is killed every few seconds, and a chat that moves among them. */
import { assert, assertEquals } from "@std/assert";
import type { ChatUpdate } from "../../lib/client/chat_update.ts";
import { connect } from "../../lib/client/connect.ts";
import { ReconnectingChat } from "../../lib/client/reconnecting_chat.ts";
import { NatsCluster, NEEDS_NATS } from "../helpers/nats.ts";
import { ClusterPrograms } from "../helpers/cluster_programs.ts";
import { until } from "../helpers/serves_on.ts";

/** How often a server is killed. */
const KILLS = 3;

Deno.test(
  "tcp-chat: a chat among three servers, one killed at a time, loses and repeats nothing",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using servers = new ClusterPrograms(nats.urls);
    for (let at = 0; at < 3; at++) await servers.start(at);
    const updates: ChatUpdate[] = [];
    let here = servers.programs[0]!.port;
    const chat = await ReconnectingChat.start({
      hostname: "127.0.0.1",
      port: here,
      nick: "ana",
      onUpdate: (update) => void updates.push(update),
    }, (options) => {
      return connect(options).then((client) => {
        here = options.port;
        return client;
      });
    });
    const told = () =>
      updates.flatMap((update) =>
        update.kind === "event" && update.event.event === "message" && "seq" in update.event
          ? [update.event]
          : []
      );
    let count = 0;
    const say = () => chat.say(`message ${++count}`, { room: "lobby" });
    const waits: number[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      await Promise.all([say(), say(), say()]);
      const under = say();
      const at = await servers.kill(here);
      const killedMs = performance.now();
      const others = [under, say()];
      await until(() => chat.isOnline && here !== 0, "another server");
      await Promise.all(others);
      waits.push(performance.now() - killedMs);
      assertEquals(chat.client.chat.nick, "ana");
      await servers.start(at);
      await until(() => chat.client.chat.cluster?.peers.length === 3, "all three again");
    }
    await until(() => told().length >= count, "all messages");
    assertEquals(told().map(({ text }) => text).toSorted(), texts(count).toSorted());
    assertEquals(told().map(({ seq }) => seq), Array.from({ length: count }, (_, i) => i + 1));
    assertEquals(updates.filter(({ kind }) => kind === "missed"), []);
    assert(waits.every((ms) => ms < 4_000), `${waits.map(Math.round)} ms`);
    await chat.quit();
  },
);

function texts(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `message ${i + 1}`);
}
