import { assertEquals } from "@std/assert";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { textOf } from "../helpers/raw_peer.ts";
import { startServer } from "../helpers/servers.ts";

/** The server checks once a second: it sends PING before `silenceMs` have passed. */
const LIMITS = { pingAfterMs: 300, silenceMs: 1_700 };

Deno.test("PING: is sent to a silent client; without an answer, the connection ends", async () => {
  await using server = await startServer({ limits: LIMITS }, { "a.txt": "a" });
  using original = await server.connect();
  using silent = await Protocol2Peer.connect(server.port);
  using lively = await Protocol2Peer.connect(server.port);
  const { id, ...rest } = JSON.parse(textOf(await silent.raw.expect("PING")));
  assertEquals([Number.isInteger(id) && id >= 1 && id < 2 ** 31, rest], [true, {}]);
  const answering = lively.read(); // Answers PING, and waits for another frame
  // The server sends PING once, and then closes
  assertEquals((await silent.raw.readToEnd()).filter(({ type }) => type !== "EVNT"), []);
  silent.raw.close();
  assertEquals((await server.waitFor("disconnected")).reason, "silent");
  await lively.send("STAT", { id: 1, path: "a.txt" });
  assertEquals((await answering)?.type, "DONE");
  // Clients of protocol 1 get no PING
  await original.sendFrame("FILE", "a.txt");
  assertEquals((await original.readFrame())?.type, "FROK");
  assertEquals(server.eventsOf("disconnected").map(({ client }) => client), [2]);
});

Deno.test("PING: is sent to a silent data connection", async () => {
  await using server = await startServer({ limits: LIMITS });
  using main = await Protocol2Peer.connect(server.port);
  using data = await main.attach(server.port);
  assertEquals((await data.raw.readFrame())?.type, "PING");
  assertEquals((await main.raw.readFrame())?.type, "PING");
});
