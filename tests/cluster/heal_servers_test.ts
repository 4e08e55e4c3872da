import { assert, assertEquals } from "@std/assert";
import { pause } from "../../lib/async/pause.ts";
import { DatabaseSync } from "node:sqlite";
import { LastingServer, type StartServer } from "../../lib/cli/server/lasting_server.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { connect } from "../../lib/client/connect.ts";
import { ReconnectingChat } from "../../lib/client/reconnecting_chat.ts";
import { exists } from "../../lib/files/exists.ts";
import type { ServerEvent } from "../../lib/server/config/events.ts";
import { serve } from "../../lib/server/serve.ts";
import { ClusterServers } from "../helpers/cluster_servers.ts";
import { NatsCluster, NEEDS_NATS } from "../helpers/nats.ts";
import { type Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { Proxy } from "../helpers/proxy.ts";
import { until } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { trimLog } from "../helpers/trim_log.ts";

/** A server of a program, with its folders. Disposal stops it. */
class HealedServer implements AsyncDisposable {
  readonly events: ServerEvent[] = [];
  readonly data = new TempDir();
  readonly #root = new TempDir();
  #lasting: LastingServer | null = null;

  /** @param nats where it finds NATS */
  static async start(nats: string): Promise<HealedServer> {
    const healed = new HealedServer();
    const log = (event: ServerEvent) => void healed.events.push(event);
    const open: StartServer = (more) =>
      serve({
        hostname: "127.0.0.1",
        port: 0,
        root: healed.#root.path,
        dataDirectory: healed.data.path,
        cluster: { servers: [nats], name: "test", host: "127.0.0.1" },
        chatPerSecond: 0,
        onEvent: log,
        ...more,
      });
    const locale = makeLocale("en");
    healed.#lasting = await LastingServer.start(open, { log, locale, cluster: "test" });
    return healed;
  }

  get port(): number {
    return this.#lasting?.current?.port ?? 0;
  }

  get states(): string[] {
    return this.events.flatMap((event) => event.event === "cluster" ? [event.state] : []);
  }

  /** Resolves once it is in step after it was started again. */
  async untilHealed(): Promise<void> {
    await until(() => this.states.includes("restarting") && this.port !== 0, "the restart");
    await until(() => this.states.at(-1) === "in-step", "a server in step");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lasting?.stop();
    for (const folder of [this.data, this.#root]) folder[Symbol.dispose]();
  }
}

async function say(peer: Protocol2Peer, text: string): Promise<void> {
  await peer.request("SEND", { room: "lobby", text });
}

async function textsAt(port: number): Promise<unknown[]> {
  using peer = await Protocol2Peer.connect(port);
  const { messages } = await peer.done(await peer.ask("HIST", { room: "lobby", limit: 1_000 }));
  return (messages as Json[]).map(({ text }) => text);
}

Deno.test(
  "serve: a server that was away for longer than the log reaches heals while its program runs",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using others = await ClusterServers.start(2, nats.urls);
    await using proxy = await Proxy.start(nats.nodes[0]!.port);
    await using healed = await HealedServer.start(`nats://127.0.0.1:${proxy.port}`);
    const { port } = healed;
    using ana = await Protocol2Peer.connect(others.ports[0]!);
    await say(ana, "before");
    const back = Promise.withResolvers<number>();
    proxy.target = back.promise;
    proxy.cutAll("reset");
    await say(ana, "while it was away");
    await say(ana, "and this");
    await trimLog(nats.urls);
    back.resolve(nats.nodes[0]!.port);
    await healed.untilHealed();
    assert(healed.states.includes("log-lost"));
    assertEquals(healed.port, port);
    const expected = ["before", "while it was away", "and this"];
    assertEquals(await textsAt(port), expected);
    using bob = await Protocol2Peer.connect(port);
    await say(bob, "healed");
    assertEquals(await textsAt(others.ports[1]!), [...expected, "healed"]);
  },
);

Deno.test(
  "serve: a server that holds something else than most takes their state while its program runs, and its clients lose nothing",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using others = await ClusterServers.start(2, nats.urls);
    await using healed = await HealedServer.start(nats.urls[0]!);
    const { port } = healed;
    const chat = await ReconnectingChat.start(
      { hostname: "127.0.0.1", port, nick: "ana", onUpdate: () => {} },
      connect,
    );
    await chat.say("before", { room: "lobby" });
    for (const other of others.ports) assertEquals(await textsAt(other), ["before"]);
    {
      using database = new DatabaseSync(healed.data.join("tcp-chat.db"));
      database.exec(
        `UPDATE cluster SET chain = zeroblob(32);
         UPDATE chains SET chain = '0000000000000000';
         UPDATE messages SET event = replace(event, 'before', 'forged')`,
      );
    }
    await healed.untilHealed();
    assert(healed.states.includes("diverged"));
    assertEquals(await textsAt(port), ["before"]);
    assert(exists(healed.data.join("tcp-chat.db.old")));
    await chat.say("after", { room: "lobby" });
    for (const each of [port, ...others.ports]) {
      assertEquals(await textsAt(each), ["before", "after"]);
    }
    assertEquals(chat.client.chat.nick, "ana");
    await chat.quit();
  },
);

Deno.test(
  "ReconnectingChat.say: what is said while its server heals is stored once",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using others = await ClusterServers.start(2, nats.urls, { chatPerSecond: 0 });
    await using proxy = await Proxy.start(nats.nodes[0]!.port);
    await using healed = await HealedServer.start(`nats://127.0.0.1:${proxy.port}`);
    using ana = await Protocol2Peer.connect(others.ports[0]!);
    const chat = await ReconnectingChat.start(
      { hostname: "127.0.0.1", port: healed.port, nick: "bob", onUpdate: () => {} },
      connect,
    );
    const stored: string[] = [];
    const failed: string[] = [];
    const sayNext = async (text: string) => {
      await chat.say(text, { room: "lobby" }).then(
        () => stored.push(text),
        (error) => failed.push(`${text}: ${error.code} ${error.reason}`),
      );
    };
    const ending = new AbortController();
    const saying = (async () => {
      const said: Promise<void>[] = [];
      for (let i = 1; !ending.signal.aborted; i++) {
        said.push(sayNext(`bob ${i}`));
        await pause(20);
      }
      await Promise.all(said);
    })();
    await until(() => stored.length >= 5, "the first messages");
    await until(() => chat.client.chat.cluster?.peers.length === 3, "all servers");
    const back = Promise.withResolvers<number>();
    proxy.target = back.promise;
    proxy.cutAll("reset");
    for (const text of ["away", "away, too"]) await say(ana, text);
    await trimLog(nats.urls);
    back.resolve(nats.nodes[0]!.port);
    await healed.untilHealed();
    const before = stored.length;
    await until(() => stored.length > before + 5, "messages after the restart");
    ending.abort();
    await saying;
    const texts = await textsAt(others.ports[1]!);
    const own = texts.filter((text) => String(text).startsWith("bob "));
    assertEquals(own, [...new Set(own)]);
    assertEquals([own.toSorted(), failed], [stored.toSorted(), []]);
    assertEquals(await textsAt(healed.port), texts);
    await chat.quit();
  },
);
