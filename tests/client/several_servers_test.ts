import { assert, assertEquals, assertRejects } from "@std/assert";
import type { ChatUpdate } from "../../lib/client/chat_update.ts";
import { connect } from "../../lib/client/connect.ts";
import { ReconnectingChat } from "../../lib/client/reconnecting_chat.ts";
import type { ReconnectingChatOptions } from "../../lib/client/reconnecting_chat_options.ts";
import { ReconnectingClient } from "../../lib/client/reconnecting_client.ts";
import { ConnectionError } from "../../lib/protocol/errors.ts";
import { concatBytes } from "../../lib/protocol/frames.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { freePort } from "../helpers/free_port.ts";
import { jsonFrame, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import {
  type Rewrite,
  ScriptedCluster,
  type ScriptedClusterOptions,
} from "../helpers/scripted_cluster.ts";
import { until } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { through } from "../helpers/through.ts";

/** The payload of a whole frame. */
function textIn(frame: Uint8Array): string {
  return new TextDecoder().decode(frame.subarray(12));
}

/** A chat in a cluster, what it tells, and bob, connected to the server itself. */
async function setUp(
  options: ScriptedClusterOptions = {},
  chatOptions: Partial<ReconnectingChatOptions> = {},
) {
  const stack = new AsyncDisposableStack();
  const cluster = stack.use(await ScriptedCluster.start(options));
  const bob = await Protocol2Peer.connect(cluster.server.port);
  stack.defer(() => bob.raw.close());
  const updates: ChatUpdate[] = [];
  const chat = await ReconnectingChat.start({
    hostname: "127.0.0.1",
    port: cluster.at(0).port,
    protocol: 2,
    onUpdate: (update) => void updates.push(update),
    ...chatOptions,
  }, connect);
  stack.defer(async () => {
    chat.close();
    await chat.ended.catch(() => {});
  });
  const told = () =>
    updates.flatMap((update) => {
      if (update.kind === "missed") return [-update.count];
      return update.kind === "event" && "seq" in update.event ? [update.event.seq] : [];
    });
  const bobSays = async (count: number) => {
    let seq = 0;
    for (let i = 0; i < count; i++) {
      seq = Number((await bob.request("SEND", { room: "lobby", text: "hi" })).seq);
    }
    return seq;
  };
  return {
    cluster,
    chat,
    updates,
    told,
    bobSays,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

Deno.test("ReconnectingChat: is at another server within 2 s, and misses nothing", async () => {
  await using fixture = await setUp({}, { nick: "ana" });
  const { cluster, chat, updates, told, bobSays } = fixture;
  await until(() => chat.isOnline, "the first connection");
  await bobSays(3);
  await until(() => told().length === 3, "what bob says");
  const startedMs = performance.now();
  cluster.at(0).kill();
  await bobSays(4);
  await until(() => updates.filter(({ kind }) => kind === "online").length === 2, "another server");
  assert(performance.now() - startedMs < 2_000, `${performance.now() - startedMs} ms`);
  await bobSays(2);
  await until(() => told().length >= 9, "all that bob has said");
  assertEquals(told(), through(1, 9));
  assertEquals(chat.client.chat.nick, "ana");
});

Deno.test("ReconnectingChat: names the session that it has lost with NICK, also as a guest", async () => {
  for (const nick of ["ana", undefined]) {
    await using fixture = await setUp({ size: 2 }, nick === undefined ? {} : { nick });
    const { cluster, chat } = fixture;
    const before = chat.client.chat.nick;
    cluster.at(0).kill();
    await until(() => chat.isOnline && cluster.at(1).sent("NICK").length > 0, "the other server");
    const [request] = cluster.at(1).sent("NICK");
    assertEquals(request?.nick, before);
    assertEquals(/^[0-9a-f]{32}$/.test(String(request?.session)), true);
    assertEquals(cluster.at(0).sent("NICK").every(({ session }) => session === undefined), true);
  }
});

Deno.test("ReconnectingChat: goes through all servers of a cluster as they die", async () => {
  await using fixture = await setUp({ size: 5 });
  const { cluster, chat, told, bobSays } = fixture;
  let last = 0;
  for (let left = 5; left > 1; left--) {
    last = await bobSays(2);
    await until(() => told().at(-1) === last, "what bob says");
    const isHere = ({ proxy, isDead }: (typeof cluster.members)[number]) =>
      !isDead && proxy.links.length > 0;
    cluster.members.find(isHere)?.kill();
    await until(() => chat.isOnline, "another server");
  }
  last = await bobSays(2);
  await until(() => told().at(-1) === last, "what bob says at the end");
  assertEquals(told(), through(1, last));
});

Deno.test("ReconnectingChat: comes back to the same server where only the connection is lost", async () => {
  await using fixture = await setUp({}, { retry: () => 0 });
  const { cluster, updates } = fixture;
  for (let i = 2; i <= 6; i++) {
    cluster.at(0).proxy.cutAll("reset");
    const online = () => updates.filter(({ kind }) => kind === "online").length;
    await until(() => online() === i, "the connection again");
  }
  assertEquals(cluster.members.map(({ proxy }) => proxy.links.length), [6, 0, 0]);
});

Deno.test("ReconnectingChat: tries the hosts of its options where no peer is there", async () => {
  await using other = await ScriptedCluster.start({ size: 1 });
  const hosts = [{ hostname: "127.0.0.1", port: other.at(0).port }];
  await using fixture = await setUp({ size: 2 }, { hosts });
  const { cluster, updates } = fixture;
  for (const member of cluster.members) member.kill();
  await until(() => updates.filter(({ kind }) => kind === "online").length === 2, "another host");
  assertEquals(other.at(0).proxy.links.length, 1);
});

Deno.test("ReconnectingChat: says again what the former server has not stored, and nothing twice", async () => {
  for (const cut of ["SEND", "DONE"] as const) {
    let isArmed = false;
    const kill: (() => void)[] = [];
    await using fixture = await setUp({
      size: 2,
      rewrite: () => (frame, type) => {
        if (cut !== "DONE" || !isArmed || type !== "DONE") return frame;
        isArmed = false;
        kill.forEach((each) => each());
        return null;
      },
    });
    const { cluster, chat, told } = fixture;
    kill.push(() => cluster.at(0).kill());
    await chat.say("first", { room: "lobby" });
    isArmed = true;
    const said = chat.say("second", { room: "lobby" });
    if (cut === "SEND") cluster.at(0).kill();
    assertEquals((await said).seq, 2);
    assertEquals((await chat.say("third", { room: "lobby" })).seq, 3);
    await until(() => told().length >= 3, "all three");
    assertEquals(told(), [1, 2, 3]);
  }
});

/** A server that has only the first two of five messages when it is asked, and tells the others later. */
function lagging(lags: number) {
  const events: Uint8Array[] = [];
  const state = { left: lags };
  const rewrite = (member: number): Rewrite => (frame, type) => {
    if (member === 0 && type === "EVNT") events.push(frame.slice());
    if (member === 0 || state.left === 0) return frame;
    if (type === "EVNT" && textIn(frame).includes('"seq":6')) {
      return concatBytes([...events.slice(-3), frame]);
    }
    const answer = type === "DONE" ? JSON.parse(textIn(frame)) : {};
    if (answer.messages !== undefined) {
      const messages = answer.messages.filter(({ seq }: { seq: number }) => seq <= 2);
      return jsonFrame("DONE", { ...answer, messages });
    }
    if (answer.members === undefined) return frame;
    state.left--;
    return jsonFrame("DONE", { ...answer, seq: 2 });
  };
  return { rewrite, state };
}

for (const lags of [3, Infinity]) {
  Deno.test(`ReconnectingChat: takes ${lags} lower numbers for the lag of a server`, async () => {
    const { rewrite, state } = lagging(lags);
    await using fixture = await setUp({ size: 2, rewrite });
    const { cluster, updates, told, bobSays } = fixture;
    await bobSays(5);
    await until(() => told().length === 5, "what bob says");
    cluster.at(0).kill();
    const entered = () => updates.filter(({ kind }) => kind === "entered").length;
    await until(() => entered() === 2, "the other server");
    await bobSays(1);
    await until(() => told().at(-1) === 6, "what bob says later");
    assertEquals(told(), through(1, 6));
    assertEquals(state.left, lags === Infinity ? Infinity : 0);
  });
}

Deno.test("ReconnectingChat: passes over a server that takes connections and is silent", async () => {
  await using fixture = await setUp({ size: 3 });
  const { cluster, chat, updates } = fixture;
  await until(() => chat.isOnline, "the first connection");
  for (const { proxy } of cluster.members.slice(0, 2)) {
    proxy.target = new Promise(() => {});
    proxy.cutAll("reset");
  }
  await until(
    () => updates.filter(({ kind }) => kind === "online").length === 2,
    "the third server",
  );
  assertEquals(cluster.at(2).proxy.links.length, 1);
});

Deno.test("connect: takes the first of several hosts that is there", async () => {
  await using cluster = await ScriptedCluster.start({ size: 1 });
  const { port } = cluster.at(0);
  const hostname = "127.0.0.1";
  await using client = await connect({
    hostname,
    port: await freePort(),
    hosts: [{ hostname, port: await freePort() }, { hostname, port }],
  });
  assertEquals(client.chat.cluster?.peers, [{ host: hostname, port, fingerprint: null }]);
  await assertRejects(
    async () => await connect({ hostname, port: await freePort(), hosts: [{ hostname, port: 1 }] }),
    ConnectionError,
    "nothing listens there",
  );
  await assertRejects(
    () => connect({ hostname, port, hosts: [{ hostname, port: 0 }] }),
    RangeError,
    "port must be from 1 to 65535",
  );
});

Deno.test("ReconnectingClient: a download goes on at another server of the cluster", async () => {
  const content = patternedBytes(24_000_000, 7);
  let passed = 0;
  const kill: (() => void)[] = [];
  await using cluster = await ScriptedCluster.start({
    size: 2,
    rewrite: (member) => (frame, type) => {
      if (type === "FDAT" && member === 0) {
        passed += frame.length;
        if (passed > 8_000_000) kill.forEach((each) => each());
      }
      return frame;
    },
  });
  kill.push(() => cluster.at(0).kill());
  cluster.server.root.write("big.bin", content);
  using local = new TempDir();
  const client = await ReconnectingClient.connect({
    hostname: "127.0.0.1",
    port: cluster.at(0).port,
  });
  let reached = 0;
  const result = await client.run(
    (client) =>
      client.download("big.bin", { directory: local.path, onProgress: (bytes) => reached = bytes }),
    () => reached,
  );
  assertEquals([result.sha256, result.sizeBytes], [sha256Of(content), content.length]);
  assert(result.resumedFrom > 0, "it began anew");
  await client.quit();
});

Deno.test("ReconnectingClient: goes elsewhere at once when its server says that it stops", async () => {
  await using cluster = await ScriptedCluster.start({
    size: 2,
    rewrite: (member) => (frame, type) => {
      if (type !== "DONE" || member !== 0) return frame;
      return concatBytes([jsonFrame("EVNT", { event: "shutdown" }), frame]);
    },
  });
  const client = await ReconnectingClient.connect({
    hostname: "127.0.0.1",
    port: cluster.at(0).port,
  });
  const { chat } = await client.client;
  await chat.members();
  assertEquals(chat.isServerStopping, true);
  cluster.at(0).proxy.cutAll("close");
  await (await client.client).closed;
  await client.run((client) => client.chat.members(), () => 0);
  assertEquals(cluster.members.map(({ proxy }) => proxy.links.length), [1, 1]);
  await client.quit();
});
