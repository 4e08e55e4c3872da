import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { type Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { assertServesOn } from "../helpers/serves_on.ts";
import { writeZeros } from "../helpers/zero_file.ts";

const CONTENT = patternedBytes(1_000_000);

Deno.test("data connection: has the nick and the session of its client", async () => {
  await using server = await startServer();
  using main = await Protocol2Peer.connect(server.port);
  await main.request("NICK", { nick: "ana" });
  using data = await main.attach(server.port);
  assertEquals(data.hello.you, { nick: "ana", session: main.session });
  const { agent: _, ...logged } = await server.waitFor("hello", ({ client }) => client === 2);
  assertEquals(logged, { event: "hello", client: 2, protocol: 2, of: 1 });
});

Deno.test("data connection: transfers files in the name of its client", async () => {
  await using server = await startServer({ uploads: true }, { "a.bin": CONTENT });
  using main = await Protocol2Peer.connect(server.port);
  using first = await main.attach(server.port);
  using second = await main.attach(server.port);
  for (const [i, peer] of [first, second, main].entries()) {
    assertEquals(sha256Of((await peer.get("a.bin")).bytes), sha256Of(CONTENT));
    await peer.put(`${i}.bin`, CONTENT);
    assertEquals((await peer.request("STAT", { path: `${i}.bin` })).size, CONTENT.length);
    await peer.request("MKDR", { path: `${i}` });
    assert(((await peer.request("LIST", { path: "" })).entries as Json[]).length > 0);
  }
  for (const name of ["download", "upload"] as const) {
    assertEquals(server.eventsOf(name).map(({ client }) => client), [1, 1, 1]);
  }
});

Deno.test("data connection: transfers files while the client's other connections do", async () => {
  await using server = await startServer({}, { "small.bin": CONTENT });
  writeZeros(server.root.join("big.bin"), 64 * 1024 * 1024);
  using main = await Protocol2Peer.connect(server.port);
  using first = await main.attach(server.port);
  using second = await main.attach(server.port);
  for (const peer of [first, main]) {
    await peer.ask("FGET", { path: "big.bin" });
    await peer.expect("FMET"); // And reads no data
  }
  assertEquals(sha256Of((await second.get("small.bin")).bytes), sha256Of(CONTENT));
});

Deno.test("data connection: is not listed as a client, and causes no events", async () => {
  await using server = await startServer();
  using observer = await Protocol2Peer.connect(server.port);
  using main = await Protocol2Peer.connect(server.port);
  using data = await main.attach(server.port);
  const nicks = async () =>
    ((await observer.request("WHOS")).members as Json[]).map(({ nick }) => nick);
  assertEquals(await nicks(), ["guest-1", "guest-2"]);
  assertEquals(server.server.clients.map(({ nick }) => nick), ["guest-1", "guest-2"]);
  const { rooms } = await observer.request("ROOM");
  assertEquals((rooms as Json[]).map(({ members }) => members), [2]);
  await data.quit();
  assertEquals(await nicks(), ["guest-1", "guest-2"]);
  await main.request("SEND", { room: "lobby", text: "marker" });
  await observer.event(({ event }) => event === "message");
  const seen = observer.events.map(({ event, nick, from }) => [event, nick ?? from]);
  assertEquals(seen, [["joined", "guest-2"], ["message", "guest-2"]]);
});

Deno.test("data connection: receives no events of the chat", async () => {
  await using server = await startServer({}, { "a.bin": CONTENT });
  using main = await Protocol2Peer.connect(server.port);
  using data = await main.attach(server.port);
  using other = await Protocol2Peer.connect(server.port);
  await other.request("NICK", { nick: "ana" });
  await other.request("SEND", { room: "lobby", text: "for all" });
  await other.request("SEND", { to: "guest-1", text: "private" });
  server.server.announce("from the console");
  await main.event(({ text }) => text === "from the console");
  await data.get("a.bin");
  await data.assertLives();
  assertEquals(data.events, []);
  assertEquals(main.events.filter(({ event }) => event === "message").length, 2);
});

Deno.test("data connection: cannot chat", async () => {
  await using server = await startServer();
  using main = await Protocol2Peer.connect(server.port);
  using data = await main.attach(server.port);
  using other = await Protocol2Peer.connect(server.port);
  for (
    const [type, fields] of [
      ["SEND", { room: "lobby", text: "hello" }],
      ["SEND", { to: "guest-1", text: "hello" }],
      ["NICK", { nick: "ana" }],
      ["JOIN", { room: "other" }],
      ["HIST", { room: "lobby" }],
      ["WHOS", { room: "lobby" }],
    ] as Array<[string, Json]>
  ) {
    const code = await data.refusal(type, fields);
    assert(["denied", "unsupported"].includes(code), `${type}: ${code}`);
  }
  await data.assertLives();
  await other.request("SEND", { room: "lobby", text: "marker" });
  await main.event(({ event }) => event === "message");
  assertEquals(main.events.filter(({ event }) => event === "message").length, 1);
  assertEquals(server.eventsOf("chat").length, 1);
});

for (const token of ["", "unknown", "0".repeat(32), "__proto__"]) {
  Deno.test(`HELO: with the unknown session ${JSON.stringify(token)} is unauthenticated, and ends`, async () => {
    await using server = await startServer();
    using main = await Protocol2Peer.connect(server.port);
    using peer = new Protocol2Peer(await server.connect());
    await peer.send("HELO", { protocol: 2, attach: token });
    assertEquals(await peer.failsAndEnds(), "unauthenticated");
    assertEquals((await server.waitFor("disconnected")).client, 2);
    await main.assertLives();
  });
}

Deno.test("HELO: makes the server ignore requests sent after a refused attachment", async () => {
  await using server = await startServer({ uploads: true });
  using peer = new Protocol2Peer(await server.connect());
  await peer.send("HELO", { protocol: 2, attach: "unknown" });
  await peer.send("MKDR", { id: 1, path: "a" }).catch(() => {}); // May be closed already
  assertEquals(await peer.failsAndEnds(), "unauthenticated");
  await server.waitFor("disconnected");
  assertEquals(server.root.list(), []);
});

Deno.test("HELO: cannot attach to a session after the end of its control connection", async () => {
  await using server = await startServer();
  using main = await Protocol2Peer.connect(server.port);
  const { session } = main;
  await main.quit();
  await server.waitFor("disconnected");
  using peer = new Protocol2Peer(await server.connect());
  await peer.send("HELO", { protocol: 2, attach: session });
  assertEquals(await peer.failsAndEnds(), "unauthenticated");
  using again = await Protocol2Peer.connect(server.port);
  assertNotEquals(again.session, session);
});

Deno.test("data connection: has a session that attaches to the same client", async () => {
  await using server = await startServer({}, { "a.bin": CONTENT });
  using main = await Protocol2Peer.connect(server.port);
  using data = await main.attach(server.port);
  using another = await data.attach(server.port);
  await another.get("a.bin");
  assertEquals((await server.waitFor("download")).client, 1);
  await data.quit(); // Not the control connection
  await another.get("a.bin");
});

for (const how of ["by QUIT", "by closing", "by being kicked"]) {
  Deno.test(`data connection: ends when its client leaves ${how}`, async () => {
    await using server = await startServer();
    writeZeros(server.root.join("big.bin"), 64 * 1024 * 1024);
    using main = await Protocol2Peer.connect(server.port);
    using busy = await main.attach(server.port);
    using idle = await main.attach(server.port);
    using stranger = await Protocol2Peer.connect(server.port);
    await busy.ask("FGET", { path: "big.bin" });
    await busy.expect("FMET");
    if (how === "by QUIT") await main.quit();
    else if (how === "by closing") main.raw.close();
    else server.server.kick("guest-1", "go");
    await busy.raw.ended();
    await idle.raw.ended();
    for (const client of [2, 3]) {
      const { reason } = await server.waitFor("disconnected", (event) => event.client === client);
      assertEquals(reason, "session-ended");
    }
    await stranger.assertLives();
    await assertServesOn(server);
  });
}

Deno.test("data connection: ends without ending its client or other data connections", async () => {
  await using server = await startServer({}, { "a.bin": CONTENT });
  writeZeros(server.root.join("big.bin"), 64 * 1024 * 1024);
  using main = await Protocol2Peer.connect(server.port);
  using lost = await main.attach(server.port);
  using other = await main.attach(server.port);
  await lost.ask("FGET", { path: "big.bin" });
  await lost.expect("FMET");
  lost.raw.close();
  await server.waitFor("disconnected", ({ client }) => client === 2);
  await main.assertLives();
  await other.get("a.bin");
  using fresh = await main.attach(server.port);
  await fresh.get("a.bin");
});

Deno.test("data connection: counts as a connection of its address", async () => {
  await using server = await startServer({ maxPerAddress: 2 });
  using main = await Protocol2Peer.connect(server.port);
  using _data = await main.attach(server.port);
  using refused = await server.connect();
  assertEquals((await refused.readToEnd()).map(({ type }) => type), ["FERR"]);
});

Deno.test("FCAN: cancels requests of its own connection only", async () => {
  await using server = await startServer();
  writeZeros(server.root.join("big.bin"), 64 * 1024 * 1024);
  using main = await Protocol2Peer.connect(server.port);
  using data = await main.attach(server.port);
  await data.send("FGET", { id: 7, path: "big.bin" });
  await data.expect("FMET");
  await main.send("FCAN", { id: 7 });
  await main.assertLives();
  await data.send("FCAN", { id: 7 });
  let message = await data.read();
  while (message?.type === "FDAT") message = await data.read();
  assertEquals([message?.type, message?.json.code], ["FAIL", "cancelled"]);
});
