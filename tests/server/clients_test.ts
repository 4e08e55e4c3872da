import { assert, assertEquals } from "@std/assert";
import { textOf } from "../helpers/raw_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { writeZeros } from "../helpers/zero_file.ts";

Deno.test("Server.clients: lists clients oldest first, with number, nick, address and time", async () => {
  await using server = await startServer();
  const beforeMs = Date.now();
  using _first = await server.connect();
  await server.waitFor("connected");
  using _second = await server.connect();
  await server.waitFor("connected", ({ client }) => client === 2);
  const clients = server.server.clients.map(({ id, nick, address }) => ({ id, nick, address }));
  assertEquals(clients, [
    { id: 1, nick: "guest-1", address: "127.0.0.1" },
    { id: 2, nick: "guest-2", address: "127.0.0.1" },
  ]);
  for (const { sinceMs } of server.server.clients) {
    assert(sinceMs >= beforeMs && sinceMs <= Date.now());
  }
});

Deno.test("Server.clients: omits a client that has left, and never uses its number again", async () => {
  await using server = await startServer();
  using first = await server.connect();
  await first.sendFrame("QUIT");
  await server.waitFor("disconnected");
  assertEquals(server.server.clients, []);
  using _second = await server.connect();
  assertEquals((await server.waitFor("connected", ({ client }) => client !== 1)).client, 2);
});

Deno.test("Server.stats: counts connections, files, bytes, messages and refusals", async () => {
  await using server = await startServer({}, { "a.txt": "12345", "empty.txt": "" });
  const beforeMs = server.server.stats.startedMs;
  using peer = await server.connect();
  await peer.sendFrame("FILE", "a.txt");
  await peer.sendFrame("FILE", "empty.txt");
  await peer.sendFrame("FILE", "missing");
  await peer.sendFrame("CHAT", "one");
  await peer.sendFrame("CHAT", "two");
  await server.waitFor("refused");
  await server.waitFor("chat", ({ text }) => text === "two");
  assertEquals(server.server.stats, {
    startedMs: beforeMs,
    connections: 1,
    downloads: 2,
    downloadBytes: 5,
    uploads: 0,
    uploadBytes: 0,
    fetchedBytes: 0,
    scrubbedBytes: 0,
    damagedFiles: 0,
    messages: 2,
    refusals: 1,
    refusalsByCode: { "not-found": 1 },
    transfers: 0,
  });
});

Deno.test("server: logs a download with client, path, bytes and seconds", async () => {
  await using server = await startServer({}, { "folder/a.txt": "12345" });
  using peer = await server.connect();
  await peer.sendFrame("FILE", " folder/a.txt ");
  const { seconds, ...event } = await server.waitFor("download");
  assertEquals(event, { event: "download", client: 1, path: "folder/a.txt", bytes: 5 });
  assert(seconds >= 0 && seconds < 10);
});

Deno.test("Server.announce: sends CHAT from the server to all clients", async () => {
  await using server = await startServer();
  using first = await server.connect();
  using second = await server.connect();
  await server.waitFor("connected", ({ client }) => client === 2);
  server.server.announce("olá");
  for (const peer of [first, second]) {
    assertEquals(textOf(await peer.expect("CHAT")), "[SERVER]: olá");
  }
});

Deno.test("CHAT: reaches all other clients, with the nick of the sender", async () => {
  await using server = await startServer();
  using first = await server.connect();
  using second = await server.connect();
  await server.waitFor("connected", ({ client }) => client === 2);
  await first.sendFrame("CHAT", "hello");
  assertEquals(textOf(await second.expect("CHAT")), "[guest-1]: hello");
  server.server.announce("marker");
  assertEquals(textOf(await first.expect("CHAT")), "[SERVER]: marker");
  const { event: _, ...chat } = await server.waitFor("chat");
  assertEquals(chat, { client: 1, nick: "guest-1", room: "lobby", text: "hello" });
});

Deno.test("Server.kick: sends the text to the client, closes its connection, and no other", async () => {
  await using server = await startServer();
  using first = await server.connect();
  await server.waitFor("connected");
  using second = await server.connect();
  await server.waitFor("connected", ({ client }) => client === 2);
  assertEquals(server.server.kick("guest-1", "go"), true);
  assertEquals(textOf(await first.expect("CHAT")), "[SERVER]: go");
  await first.ended();
  const { client, reason } = await server.waitFor("disconnected");
  assertEquals([client, reason], [1, "kicked"]);
  server.server.announce("marker");
  assertEquals(textOf(await second.expect("CHAT")), "[SERVER]: marker");
});

Deno.test("Server.kick: breaks off a download", async () => {
  await using server = await startServer();
  const size = 64 * 1024 * 1024;
  writeZeros(server.root.join("large.bin"), size);
  using peer = await server.connect();
  await peer.sendFrame("FILE", "large.bin");
  await peer.expect("FDAT");
  assertEquals(server.server.kick("1", "go"), true);
  const frames = await peer.readToEnd();
  const bytes = frames.filter(({ type }) => type === "FDAT")
    .reduce((sum, { payload }) => sum + payload.length, 0);
  assert(bytes < size - 8192, `${bytes} bytes came`);
  assertEquals((await server.waitFor("disconnected")).reason, "kicked");
});

Deno.test("Server.kick: finds a nick in any case", async () => {
  await using server = await startServer();
  using _peer = await server.connect();
  await server.waitFor("connected");
  assertEquals(server.server.kick("GUEST-1", "go"), true);
  assertEquals((await server.waitFor("disconnected")).reason, "kicked");
});

Deno.test("Server.kick: returns false for an unknown name or number", async () => {
  await using server = await startServer();
  using _peer = await server.connect();
  await server.waitFor("connected");
  for (const name of ["2", "guest-2", "", "01"]) {
    assertEquals(server.server.kick(name, "go"), false, name);
  }
});

Deno.test("Server.files: lists the files that clients can download, without links", async () => {
  await using server = await startServer({}, {
    "a.txt": "1",
    "folder/b.txt": "22",
    ".tcp-chat/secret": "no",
  });
  if (Deno.build.os !== "windows") {
    Deno.symlinkSync(server.root.join("a.txt"), server.root.join("link.txt"));
  }
  const files = await Array.fromAsync(server.server.files());
  const found = files.map(({ path, stamp }) => [path, stamp.sizeBytes] as const);
  assertEquals(found.sort(), [["a.txt", 1], ["folder/b.txt", 2]]);
});
