/** HTTP connections without a request give their places to those that need one. */
import { assertEquals } from "@std/assert";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import type { RawPeer } from "../helpers/raw_peer.ts";
import type { TestServer } from "../helpers/servers.ts";
import { until } from "../helpers/serves_on.ts";
import {
  openRawWebSocket,
  readAnswer,
  readAnswerHead,
  request,
  requestText,
  startWebServer,
} from "../helpers/web.ts";

/** A connection that has got an answer, and asks for nothing more. */
async function idlePeer(server: TestServer): Promise<RawPeer> {
  const peer = await server.connect();
  await peer.send(requestText("HEAD /"));
  await readAnswer(peer, false);
  return peer;
}

/** Whether a connection is open: it answers a further request. */
async function answers(peer: RawPeer): Promise<boolean> {
  try {
    await peer.send(requestText("HEAD /"));
    return (await readAnswer(peer, false)).status === 200;
  } catch {
    return false;
  }
}

const FULL = [["maxClients", 3], ["maxPerAddress", 3]] as const;

for (const [option, most] of FULL) {
  Deno.test(`${option}: the longest idle HTTP connection gives its place at the limit, and none below it`, async () => {
    await using server = await startWebServer({ [option]: most });
    using first = await idlePeer(server);
    using second = await idlePeer(server);
    using third = await idlePeer(server); // At the limit
    assertEquals(await answers(first), true); // So that the second is the longest idle one
    using one = await Protocol2Peer.connect(server.port); // Above it
    await second.ended();
    assertEquals([await answers(first), await answers(third)], [true, true]);
    using two = await Protocol2Peer.connect(server.port);
    using three = await Protocol2Peer.connect(server.port);
    for (const peer of [first, third]) await peer.ended();
    using refused = await server.connect();
    assertEquals((await refused.readFrame())?.type, "FERR");
    for (const client of [one, two, three]) await client.assertLives();
  });

  Deno.test(`${option}: a place that was given is not free once more when its connection has ended`, async () => {
    await using server = await startWebServer({ [option]: most });
    for (let round = 0; round < 5; round++) {
      const idle = [];
      while (idle.length < most) idle.push(await idlePeer(server));
      using one = await Protocol2Peer.connect(server.port);
      using two = await Protocol2Peer.connect(server.port);
      using three = await Protocol2Peer.connect(server.port);
      for (const peer of idle) await peer.ended();
      await until(() => server.server.gauges(0).httpConnections === 0, "the end of the idle ones");
      assertEquals((await request(server.port, "GET /")).status, 503);
      for (const client of [one, two, three]) {
        await client.assertLives();
        client[Symbol.dispose]();
      }
      for (const peer of idle) peer.close();
      await until(() => server.server.clients.length === 0, "the end of the clients");
    }
  });
}

Deno.test("maxClients: a request under way, and a WebSocket, keep their places", async () => {
  await using server = await startWebServer({ maxClients: 2 }, { large: new Uint8Array(1 << 26) });
  using busy = await server.connect();
  await busy.send(requestText("GET /files/large"));
  assertEquals((await readAnswerHead(busy)).status, 200);
  const protocol = { "Sec-WebSocket-Protocol": "tcp-chat.2" };
  using socket = await openRawWebSocket(server.port, protocol);
  assertEquals((await readAnswerHead(socket)).status, 101);
  assertEquals((await request(server.port, "GET /")).status, 503);
  assertEquals((await busy.readBytes(1 << 26)).length, 1 << 26);
});
