import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConnectionError, describeFailure, ProtocolError } from "../../lib/protocol/errors.ts";
import { TestClient } from "../helpers/clients.ts";
import { ScriptedServer } from "../helpers/protocol1_scripted_server.ts";
import { rawFrame } from "../helpers/raw_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** Connects a client to a server that follows the script. */
async function clientOf(script: ConstructorParameters<typeof ScriptedServer>[0]) {
  const server = new ScriptedServer(script);
  return { server, client: await TestClient.connect(server.port) };
}

Deno.test("Client.closed: is null after quit, and the server gets QUIT", async () => {
  await using server = await startServer();
  await using client = await TestClient.connect(server.port);
  assertEquals(client.client.isClosed, false);
  assertEquals(await client.client.quit(), null);
  assertEquals(await client.closed(), null);
  assertEquals(client.client.isClosed, true);
  assertEquals((await server.waitFor("disconnected")).reason, "quit");
});

Deno.test("Client.closed: is null after close", async () => {
  await using server = await startServer();
  await using client = await TestClient.connect(server.port);
  client.client.close();
  client.client.close();
  assertEquals(await client.closed(), null);
});

Deno.test("Client.quit: sends all chat before QUIT", async () => {
  await using server = await startServer({ chatPerSecond: 0 });
  await using client = await TestClient.connect(server.port);
  for (let i = 1; i <= 50; i++) await client.client.chat.say(`message ${i}`);
  assertEquals(await client.client.quit(), null);
  assertEquals(server.eventsOf("chat").length, 50);
});

Deno.test("Client.closed: is lost when the server closes", async () => {
  const { server, client } = await clientOf(() => Promise.resolve());
  await using _server = server;
  const reason = await client.closed();
  assert(reason instanceof ConnectionError);
  assertEquals(reason.code, "lost");
});

Deno.test("Client.closed: is lost when the server closes inside a frame", async () => {
  const { server, client } = await clientOf((peer) =>
    peer.send(rawFrame("CHAT", "hello").subarray(0, 14))
  );
  await using _server = server;
  const reason = await client.closed();
  assert(reason instanceof ConnectionError);
  assertEquals(reason.code, "lost");
});

Deno.test("Client.closed: is rejected with the text of FERR when the server is full", async () => {
  await using server = await startServer({ maxClients: 1 });
  await using _first = await TestClient.connect(server.port);
  await server.waitFor("connected");
  await using second = await TestClient.connect(server.port);
  const reason = await second.closed();
  assert(reason instanceof ConnectionError);
  assertEquals([reason.code, reason.message], ["rejected", describeFailure("server-full", "en")]);
});

Deno.test("Client.quit: returns rejected when the server is full", async () => {
  await using server = await startServer({ maxClients: 1 });
  await using _first = await TestClient.connect(server.port);
  await server.waitFor("connected");
  await using second = await TestClient.connect(server.port);
  const reason = await second.client.quit();
  assert(reason instanceof ConnectionError);
  assertEquals(reason.code, "rejected");
});

Deno.test("Client.closed: is bad-sequence when the server sends a frame out of sequence", async () => {
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

Deno.test("Client: ignores frames of unknown types", async () => {
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

Deno.test("Client: reports the last chat before closed resolves", async () => {
  const { server, client } = await clientOf((peer) => peer.sendFrame("CHAT", "goodbye"));
  await using _server = server;
  await client.closed();
  assertEquals(client.heard, ["goodbye"]);
});

Deno.test("Client.closed: is lost when the server stops, after its notice", async () => {
  await using server = await startServer();
  await using client = await TestClient.connect(server.port);
  await server.waitFor("connected");
  await server.server.stop();
  assertEquals((await client.closed() as ConnectionError).code, "lost");
  assertEquals(client.heard, [`[SERVER]: ${describeFailure("shutting-down", "en")}`]);
});

Deno.test("Client.download: fails after the end with the error of closed", async () => {
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

Deno.test("Client.download: fails after quit", async () => {
  using folder = new TempDir();
  const target = { directory: folder.path, name: "a.txt" };
  await using server = await startServer();
  await using client = await TestClient.connect(server.port);
  await client.client.quit();
  await assertRejects(() => client.client.download("a.txt", target), ConnectionError);
  assertEquals(folder.list(), []);
});

Deno.test("Client.quit: closes after the time limit if the server does not", async () => {
  const released = Promise.withResolvers<void>();
  const { server, client } = await clientOf(() => released.promise);
  await using _server = server;
  const reason = await client.client.quit();
  assert(reason instanceof ConnectionError);
  assertEquals(reason.code, "timeout");
  released.resolve();
});
