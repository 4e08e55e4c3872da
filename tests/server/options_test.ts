import { assert, assertEquals, assertRejects } from "@std/assert";
import type { GrantableRight } from "../../lib/accounts/rights.ts";
import { ConnectionError, describeFailure } from "../../lib/protocol/errors.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { withDefaults } from "../../lib/server/config/options.ts";
import { serve } from "../../lib/server/serve.ts";
import { RawPeer, textOf } from "../helpers/raw_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

Deno.test("withDefaults: has the defaults of the contract", () => {
  const { onEvent, onHealable: _, ...settings } = withDefaults({});
  assertEquals(settings, {
    hostname: "0.0.0.0",
    port: 5555,
    root: "server_files",
    alone: false,
    announce: null,
    cluster: null,
    openEngine: null,
    dataDirectory: null,
    hasPage: false,
    ownPaths: [],
    chat: true,
    files: true,
    uploads: false,
    maxUploadBytes: null,
    maxUnfinishedBytes: 32 * 1024 ** 3,
    maxClients: 10_000,
    maxPerAddress: 256,
    maxWorkers: 32,
    chatPerSecond: 10,
    rateLimits: {},
    historyMessages: 10_000,
    requireAccount: false,
    withoutDatabase: false,
    guestRights: new Set<GrantableRight>(["read", "chat"]),
    tls: null,
    onCommand: null,
    language: "en",
    limits: {},
  });
  onEvent({ event: "stopped" });
});

Deno.test("withDefaults: lets guests write if uploads are allowed", () => {
  assertEquals(
    withDefaults({ uploads: true }).guestRights,
    new Set<GrantableRight>(["read", "write", "chat"]),
  );
});

Deno.test("withDefaults: takes its limits from LIMITS", () => {
  const settings = withDefaults({});
  assertEquals(settings.maxClients, LIMITS.clients);
  assertEquals(settings.maxPerAddress, LIMITS.clientsPerAddress);
  assertEquals(settings.maxWorkers, LIMITS.workers);
  assertEquals(settings.chatPerSecond, LIMITS.chatPerSecond);
});

Deno.test("withDefaults: prefers given values", () => {
  assertEquals(withDefaults({ port: 0, chat: false }).port, 0);
  assertEquals(withDefaults({ dataDirectory: "x" }).dataDirectory, "x");
  assertEquals(withDefaults({ uploads: true, guestRights: new Set() }).guestRights, new Set());
});

Deno.test("serve: logs its address and root first", async () => {
  await using server = await startServer();
  assertEquals(server.events[0], {
    event: "listening",
    host: "127.0.0.1",
    port: server.port,
    tls: false,
    root: server.root.path,
  });
  assert(server.port > 0);
});

Deno.test("serve: creates a missing root", async () => {
  using folder = new TempDir();
  const root = folder.join("not", "yet");
  const server = await serve({ hostname: "127.0.0.1", port: 0, root });
  assert(Deno.statSync(root).isDirectory);
  await server.stop();
});

Deno.test("serve: throws for a root that is a file", async () => {
  using folder = new TempDir();
  const root = folder.write("file", "");
  await assertRejects(() => serve({ hostname: "127.0.0.1", port: 0, root }));
});

Deno.test("serve: throws for a port in use, and names it", async () => {
  await using first = await startServer();
  using folder = new TempDir();
  const error = await assertRejects(
    () => serve({ hostname: "127.0.0.1", port: first.port, root: folder.path }),
    ConnectionError,
    `Cannot listen on 127.0.0.1:${first.port}`,
  );
  assertEquals(error.code, "in-use");
});

Deno.test({
  name: "serve: accepts IPv4 clients on ::, and logs their IPv4 address",
  ignore: !hasIpv6(),
  fn: reachByIpv4,
});

async function reachByIpv4(): Promise<void> {
  using folder = new TempDir();
  const connected = Promise.withResolvers<string>();
  const server = await serve({
    hostname: "::",
    port: 0,
    root: folder.path,
    onEvent: (event) => event.event === "connected" && connected.resolve(event.address),
  });
  using peer = await RawPeer.connect(server.port);
  assertEquals(await connected.promise, "127.0.0.1");
  peer.close();
  await server.stop();
}

function hasIpv6(): boolean {
  try {
    Deno.listen({ hostname: "::", port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}

Deno.test("FERR: is in the language of the server", async () => {
  await using server = await startServer({ language: "pt-BR" });
  using peer = await server.connect();
  await peer.sendFrame("FILE", "missing");
  assertEquals(textOf(await peer.expect("FERR")), describeFailure("not-found", "pt-BR"));
});

Deno.test("server: refuses a client beyond maxClients with FERR, and keeps the others", async () => {
  await using server = await startServer({ maxClients: 1 });
  using first = await server.connect();
  await server.waitFor("connected");
  using second = await server.connect();
  assertEquals(textOf(await second.expect("FERR")), describeFailure("server-full", "en"));
  await second.ended();
  const { client, address, code } = await server.waitFor("refused");
  assertEquals([client, address, code], [null, "127.0.0.1", "server-full"]);
  await first.sendFrame("CHAT", "still here");
  assertEquals((await server.waitFor("chat")).client, 1);
});

Deno.test("server: refuses a connection beyond maxPerAddress with FERR", async () => {
  await using server = await startServer({ maxPerAddress: 2 });
  using first = await server.connect();
  using second = await server.connect();
  await server.waitFor("connected", ({ client }) => client === 2);
  using third = await server.connect();
  const frames = (await third.readToEnd()).map((frame) => [frame.type, textOf(frame)]);
  assertEquals(frames, [["FERR", "This address has too many connections"]]);
  const refused = server.eventsOf("refused").map((
    { client, code, reason },
  ) => [client, code, reason]);
  assertEquals(refused, [[null, "server-full", "address-full"]]);
  for (const peer of [first, second]) await peer.sendFrame("CHAT", "still here");
  await server.waitFor("chat", ({ client }) => client === 2);
});

Deno.test("server: accepts another client after a client has left", async () => {
  await using server = await startServer({ maxPerAddress: 1 });
  using first = await server.connect();
  await server.waitFor("connected");
  await first.sendFrame("QUIT");
  await first.ended();
  await server.waitFor("disconnected");
  using second = await server.connect();
  await second.sendFrame("CHAT", "hello");
  assertEquals((await server.waitFor("chat")).client, 2);
});

Deno.test("server: accepts more than 256 connections of an address if maxPerAddress is 0", async () => {
  await using server = await startServer({ maxPerAddress: 0 });
  const peers = await Promise.all(Array.from({ length: 257 }, () => server.connect()));
  await server.waitFor("connected", ({ client }) => client === 257);
  for (const peer of peers) peer.close();
});
