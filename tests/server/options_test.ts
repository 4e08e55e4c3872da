import { assert, assertEquals, assertRejects } from "@std/assert";
import type { GrantableRight } from "../../lib/accounts/rights.ts";
import { ConnectionError, describeFailure } from "../../lib/protocol/errors.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { withDefaults } from "../../lib/server/config/options.ts";
import { serve } from "../../lib/server/serve.ts";
import { RawPeer, textOf } from "../helpers/raw_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

Deno.test("what is not said has the default of the contract", () => {
  const { onEvent, ...settings } = withDefaults({});
  assertEquals(settings, {
    hostname: "0.0.0.0",
    port: 5555,
    root: "server_files",
    dataDirectory: null,
    chat: true,
    files: true,
    uploads: false,
    maxUploadBytes: null,
    maxClients: 10_000,
    maxPerAddress: 256,
    maxWorkers: 32,
    chatPerSecond: 10,
    historyMessages: 10_000,
    requireAccount: false,
    guestRights: new Set<GrantableRight>(["read", "chat"]),
    tls: null,
    onCommand: null,
    language: "en",
    limits: {},
  });
  onEvent({ event: "stopped" });
});

Deno.test("where uploads are let in, so are those of guests", () => {
  assertEquals(
    withDefaults({ uploads: true }).guestRights,
    new Set<GrantableRight>(["read", "write", "chat"]),
  );
});

Deno.test("the defaults are those of the table of limits", () => {
  const settings = withDefaults({});
  assertEquals(settings.maxClients, LIMITS.clients);
  assertEquals(settings.maxPerAddress, LIMITS.clientsPerAddress);
  assertEquals(settings.maxWorkers, LIMITS.workers);
  assertEquals(settings.chatPerSecond, LIMITS.chatPerSecond);
});

Deno.test("what is said comes before the default", () => {
  assertEquals(withDefaults({ port: 0, chat: false }).port, 0);
  assertEquals(withDefaults({ dataDirectory: "x" }).dataDirectory, "x");
  assertEquals(withDefaults({ uploads: true, guestRights: new Set() }).guestRights, new Set());
});

Deno.test("the first event tells where the server listens and what it serves", async () => {
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

Deno.test("the folder to serve is made when it is not there", async () => {
  using folder = new TempDir();
  const root = folder.join("not", "yet");
  const server = await serve({ hostname: "127.0.0.1", port: 0, root });
  assert(Deno.statSync(root).isDirectory);
  await server.stop();
});

Deno.test("a folder to serve that is a file is an error", async () => {
  using folder = new TempDir();
  const root = folder.write("file", "");
  await assertRejects(() => serve({ hostname: "127.0.0.1", port: 0, root }));
});

Deno.test("a port in use is an error that names it", async () => {
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
  name: "a server on :: is reached by IPv4, and tells the address as such",
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

Deno.test("refusals are in the language of the server", async () => {
  await using server = await startServer({ language: "pt-BR" });
  using peer = await server.connect();
  await peer.sendFrame("FILE", "missing");
  assertEquals(textOf(await peer.expect("FERR")), describeFailure("not-found", "pt-BR"));
});

Deno.test("who is one too many is told that the server is full, and others stay", async () => {
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

Deno.test("when somebody leaves, there is room again", async () => {
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

Deno.test("without a limit per address, one address may have more than 256", async () => {
  await using server = await startServer({ maxPerAddress: 0 });
  const peers = await Promise.all(Array.from({ length: 257 }, () => server.connect()));
  await server.waitFor("connected", ({ client }) => client === 257);
  for (const peer of peers) peer.close();
});
