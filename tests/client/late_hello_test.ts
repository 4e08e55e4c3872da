import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import type { ChatUpdate } from "../../lib/client/chat_update.ts";
import { connect } from "../../lib/client/connect.ts";
import { ReconnectingChat } from "../../lib/client/reconnecting_chat.ts";
import { ReconnectingClient } from "../../lib/client/reconnecting_client.ts";
import { Protocol2Servers } from "../../lib/files/protocol2_servers.ts";
import { KnownHosts } from "../../lib/files/known_hosts.ts";
import { ConnectionError, RequestError } from "../../lib/protocol/errors.ts";
import { OriginalServer } from "../helpers/original_server.ts";
import { ScriptedServer } from "../helpers/protocol1_scripted_server.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { SERVER_HELLO, untilQuit } from "../helpers/protocol2_scripted_server.ts";
import { Proxy } from "../helpers/proxy.ts";
import { longLine } from "../helpers/proxy_taps.ts";
import type { RawPeer } from "../helpers/raw_peer.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const HOSTNAME = "127.0.0.1";

/** A server that answers HELO once `late` resolves, and then follows the script. */
function lateServer(late: Promise<void>, script: (peer: RawPeer) => Promise<void>): ScriptedServer {
  return new ScriptedServer(async (peer) => {
    await peer.expect("HELO");
    await late;
    await peer.sendFrame("HELO", JSON.stringify(SERVER_HELLO));
    await script(peer);
  });
}

/** A server behind a line on which what it sends waits for `late`. */
async function startLate(server: TestServer, late: Promise<void>) {
  return await Proxy.start(server.port, [
    async (chunk, { direction }, next) => {
      if (direction === "down") await late;
      await next(chunk);
    },
  ]);
}

Deno.test("Client: speaks protocol 2 once HELO has come after the guess", async () => {
  const late = Promise.withResolvers<void>();
  await using server = lateServer(late.promise, (peer) => untilQuit(new Protocol2Peer(peer)));
  const upgraded = Promise.withResolvers<void>();
  const client = await connect({
    hostname: HOSTNAME,
    port: server.port,
    handshakeMs: 20,
    onUpgrade: upgraded.resolve,
  });
  assertEquals([client.protocol, client.chat.nick], [1, null]);
  late.resolve();
  await upgraded.promise;
  await client.protocolSettled;
  assertEquals([client.protocol, client.chat.nick], [2, "guest-1"]);
  assertEquals(await client.quit(), null);
});

Deno.test("Client: ends with late-hello when something of protocol 1 was sent before HELO", async () => {
  using folder = new TempDir();
  const target = { directory: folder.path, name: "a.txt" };
  for (const act of ["say", "download"] as const) {
    const late = Promise.withResolvers<void>();
    await using server = lateServer(late.promise, (peer) => peer.ended());
    const client = await connect({ hostname: HOSTNAME, port: server.port, handshakeMs: 20 });
    const done = act === "say" ? client.chat.say("hi") : client.download("a.txt", target);
    done.catch(() => {}); // It ends with the connection
    late.resolve();
    const reason = await client.closed;
    assertInstanceOf(reason, ConnectionError);
    assertEquals(reason.code, "late-hello");
  }
  assertEquals(folder.list(), []);
});

Deno.test("Client: waits for a late HELO before a request that needs protocol 2", async () => {
  await using server = await startServer({ uploads: true }, { "a.txt": "a" });
  const late = Promise.withResolvers<void>();
  await using proxy = await startLate(server, late.promise);
  const options = { hostname: HOSTNAME, port: proxy.port, handshakeMs: 5 };
  const client = await connect(options);
  assertEquals(client.protocol, 1);
  late.resolve();
  const entries = await Array.fromAsync(client.list());
  assertEquals(entries.map(({ path }) => path), ["a.txt"]);
  assertEquals(client.protocol, 2);
  await client.quit();
});

Deno.test("Client: throws unsupported once an original server has had its time for HELO", async () => {
  await using server = new OriginalServer({});
  const options = { hostname: HOSTNAME, port: server.port, handshakeMs: 5, timeoutMs: 100 };
  const client = await connect(options);
  const error = await assertRejects(() => client.stat("a.txt"), RequestError);
  assertEquals([error.code, error.reason], ["unsupported", "protocol-1"]);
  await client.quit();
});

Deno.test("ReconnectingClient.run: repeats work in protocol 2 after a late HELO", async () => {
  await using server = await startServer({}, { "a.txt": "a" });
  const late = Promise.withResolvers<void>();
  await using proxy = await startLate(server, late.promise);
  using folder = new TempDir();
  const options = { hostname: HOSTNAME, port: proxy.port, handshakeMs: 5 };
  const clients = await ReconnectingClient.connect(options);
  late.resolve();
  const target = { directory: folder.path, name: "a.txt" };
  await clients.run((client) => client.download("a.txt", target), () => 0);
  assertEquals((await clients.client).protocol, 2);
  assertEquals(folder.list(), ["a.txt"]);
  await clients.quit();
});

/** Starts a chat behind a late server; `online` resolves at the first update of that kind. */
async function startChat(port: number, updates: ChatUpdate[], nick?: string) {
  const entered = Promise.withResolvers<void>();
  const chat = await ReconnectingChat.start({
    hostname: HOSTNAME,
    port,
    handshakeMs: 5,
    ...(nick !== undefined && { nick }),
    retry: () => 0,
    onUpdate: (update) => {
      updates.push(update);
      if (update.kind === "entered") entered.resolve();
    },
  }, connect);
  return { chat, entered: entered.promise };
}

Deno.test("ReconnectingChat: takes its nick and its rooms over the same connection after a late HELO", async () => {
  await using server = await startServer();
  const late = Promise.withResolvers<void>();
  await using proxy = await startLate(server, late.promise);
  const updates: ChatUpdate[] = [];
  const { chat, entered } = await startChat(proxy.port, updates, "ana");
  assertEquals(chat.client.protocol, 1);
  late.resolve();
  await entered;
  assertEquals(chat.client.chat.nick, "ana");
  assertEquals(updates.map(({ kind }) => kind).filter((kind) => kind !== "event"), [
    "online",
    "nick",
    "entered",
  ]);
  assertEquals(server.eventsOf("connected").length, 1);
  await chat.quit();
});

Deno.test("ReconnectingChat.say: sends again what was said before a late HELO, once", async () => {
  await using server = await startServer();
  const late = Promise.withResolvers<void>();
  await using proxy = await startLate(server, late.promise);
  const updates: ChatUpdate[] = [];
  const { chat, entered } = await startChat(proxy.port, updates);
  await chat.say("early", { room: "lobby" });
  late.resolve();
  await entered;
  await chat.say("later", { room: "lobby" });
  const said = (await chat.client.chat.history("lobby")).map((event) =>
    event.event === "message" ? event.text : null
  );
  await chat.quit();
  assertEquals(said, ["early", "later"]);
});

Deno.test("connect: waits for HELO from a server that is known to speak protocol 2", async () => {
  await using server = await startServer();
  const late = Promise.withResolvers<void>();
  await using proxy = await startLate(server, late.promise);
  using folder = new TempDir();
  const protocol2Servers = new Protocol2Servers(`${folder.path}/state/servers`);
  const options = { hostname: HOSTNAME, port: proxy.port, handshakeMs: 5, protocol2Servers };
  const first = await connect(options);
  assertEquals(first.protocol, 1);
  late.resolve();
  await first.protocolSettled;
  await first.quit();
  await using second = await connect(options);
  assertEquals(second.protocol, 2);
});

Deno.test("connect: takes a known server for one of protocol 1 after its time, until it proves to be one", async () => {
  await using server = new OriginalServer({ "a.txt": "a" });
  using folder = new TempDir();
  const protocol2Servers = new Protocol2Servers(`${folder.path}/servers`);
  const endpoint = { hostname: HOSTNAME, port: server.port };
  await protocol2Servers.add(endpoint);
  const client = await connect({ ...endpoint, protocol2Servers, handshakeMs: 5, timeoutMs: 200 });
  assertEquals(client.protocol, 1);
  assertEquals(await protocol2Servers.has(endpoint), true);
  await client.download("a.txt", { directory: folder.path, name: "a.txt" });
  await client.quit();
  while (await protocol2Servers.has(endpoint)); // It is removed in the background
});

Deno.test("connect: never speaks protocol 1 over TLS unless told to", async () => {
  using folder = new TempDir();
  await using server = await startServer({ tls: "own", dataDirectory: `${folder.path}/data` });
  const line = longLine({ oneWayMs: 60, lateShare: 0, lateMs: 0, seed: 1 }); // TLS has to pass, too
  await using proxy = await Proxy.start(server.port, [line]);
  const knownHosts = new KnownHosts(`${folder.path}/known_hosts`);
  const tls = { knownHosts, accept: () => true };
  const options = { hostname: HOSTNAME, port: proxy.port, tls, handshakeMs: 1 };
  await using client = await connect(options);
  assertEquals(client.protocol, 2);
});
