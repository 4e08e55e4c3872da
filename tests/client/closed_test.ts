import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConnectionError, describeFailure, ProtocolError } from "../../lib/protocol/errors.ts";
import { TestClient } from "../helpers/clients.ts";
import { rawFrame } from "../helpers/raw_peer.ts";
import { ScriptedServer } from "../helpers/protocol1_scripted_server.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** A client of a server that follows a script. */
async function clientOf(script: ConstructorParameters<typeof ScriptedServer>[0]) {
  const server = new ScriptedServer(script);
  return { server, client: await TestClient.connect(server.port) };
}

Deno.test("after quit there is no reason, on either side", async () => {
  await using server = await startServer();
  await using client = await TestClient.connect(server.port);
  assertEquals(client.client.isClosed, false);
  assertEquals(await client.client.quit(), null);
  assertEquals(await client.closed(), null);
  assertEquals(client.client.isClosed, true);
  assertEquals((await server.waitFor("disconnected")).reason, "quit");
});

Deno.test("after close there is no reason either", async () => {
  await using server = await startServer();
  await using client = await TestClient.connect(server.port);
  client.client.close();
  client.client.close();
  assertEquals(await client.closed(), null);
});

Deno.test("everything said before quit reaches the server", async () => {
  await using server = await startServer({ chatPerSecond: 0 });
  await using client = await TestClient.connect(server.port);
  for (let i = 1; i <= 50; i++) await client.client.sendChat(`message ${i}`);
  assertEquals(await client.client.quit(), null);
  assertEquals(server.eventsOf("chat").length, 50);
});

Deno.test("a server that hangs up is a lost connection", async () => {
  const { server, client } = await clientOf(() => Promise.resolve());
  await using _server = server;
  const reason = await client.closed();
  assert(reason instanceof ConnectionError);
  assertEquals(reason.code, "lost");
});

Deno.test("a server that hangs up inside a frame is a lost connection", async () => {
  const { server, client } = await clientOf((peer) =>
    peer.send(rawFrame("CHAT", "hello").subarray(0, 14))
  );
  await using _server = server;
  const reason = await client.closed();
  assert(reason instanceof ConnectionError);
  assertEquals(reason.code, "lost");
});

Deno.test("a server that says why it hangs up is quoted", async () => {
  await using server = await startServer({ maxClients: 1 });
  await using _first = await TestClient.connect(server.port);
  await server.waitFor("connected");
  await using second = await TestClient.connect(server.port);
  const reason = await second.closed();
  assert(reason instanceof ConnectionError);
  assertEquals([reason.code, reason.message], ["rejected", describeFailure("server-full", "en")]);
});

Deno.test("who is turned away hears so, even when it takes leave at once", async () => {
  await using server = await startServer({ maxClients: 1 });
  await using _first = await TestClient.connect(server.port);
  await server.waitFor("connected");
  await using second = await TestClient.connect(server.port);
  const reason = await second.client.quit();
  assert(reason instanceof ConnectionError);
  assertEquals(reason.code, "rejected");
});

Deno.test("a server that breaks the protocol is told as such", async () => {
  for (const type of ["FROK", "FMTA", "FHSH", "FDAT"]) {
    const { server, client } = await clientOf(async (peer) => {
      await peer.sendFrame(type, "x");
      await peer.ended();
    });
    await using _server = server;
    const reason = await client.closed();
    assert(reason instanceof ProtocolError, type);
    assertEquals(reason.code, "bad-sequence");
  }
});

Deno.test("frames of unknown types are no end", async () => {
  const { server, client } = await clientOf(async (peer) => {
    await peer.sendFrame("HELO", "{}");
    await peer.sendFrame("\0\0\0\0");
    await peer.sendFrame("CHAT", "still here");
    await peer.expect("QUIT");
  });
  await using _server = server;
  assertEquals(await client.client.quit(), null);
  assertEquals(client.heard, ["still here"]);
});

Deno.test("the server's last words come before the end", async () => {
  const { server, client } = await clientOf((peer) => peer.sendFrame("CHAT", "goodbye"));
  await using _server = server;
  await client.closed();
  assertEquals(client.heard, ["goodbye"]);
});

Deno.test("a server that is stopped says so, and then the connection is lost", async () => {
  await using server = await startServer();
  await using client = await TestClient.connect(server.port);
  await server.waitFor("connected");
  await server.server.stop();
  assertEquals((await client.closed() as ConnectionError).code, "lost");
  assertEquals(client.heard, [`[SERVER]: ${describeFailure("shutting-down", "en")}`]);
});

Deno.test("asking for a file after the end fails with the reason of the end", async () => {
  using folder = new TempDir();
  const target = { directory: folder.path, name: "a.txt" };
  const { server, client } = await clientOf((peer) => peer.sendFrame("FERR", "no room for you"));
  await using _server = server;
  await client.closed();
  const error = await assertRejects(
    () => client.client.download("a.txt", target),
    ConnectionError,
    "no room for you",
  );
  assertEquals(error.code, "rejected");
});

Deno.test("asking for a file after quit fails, too", async () => {
  using folder = new TempDir();
  const target = { directory: folder.path, name: "a.txt" };
  await using server = await startServer();
  await using client = await TestClient.connect(server.port);
  await client.client.quit();
  await assertRejects(() => client.client.download("a.txt", target), ConnectionError);
  assertEquals(folder.list(), []);
});

Deno.test("a server that does not hang up after QUIT is hung up on", async () => {
  const released = Promise.withResolvers<void>();
  const { server, client } = await clientOf(() => released.promise);
  await using _server = server;
  const reason = await client.client.quit();
  assert(reason instanceof ConnectionError);
  assertEquals(reason.code, "timeout");
  released.resolve();
});
