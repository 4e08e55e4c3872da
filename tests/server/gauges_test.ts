import { encodeJsonFrame } from "../../lib/protocol/frames.ts";
import { assert, assertEquals } from "@std/assert";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { readAnswer, requestText, startWebServer, WsPeer } from "../helpers/web.ts";
import { startServer } from "../helpers/servers.ts";
import { until } from "../helpers/serves_on.ts";

Deno.test("Server.gauges: shows for how long the event loop was blocked", async () => {
  await using server = await startServer();
  const lag = () => server.server.gauges(0).lagMaxMs;
  const startMs = performance.now();
  while (performance.now() - startMs < 300); // Blocks it
  await until(() => lag() >= 150, "the lag to show");
  assert(server.server.gauges(0).lagMeanMs > 0);
});

Deno.test("Server.gauges: shows the bytes that wait for a client that does not read", async () => {
  await using server = await startServer({ chatPerSecond: 0 });
  using reader = await Protocol2Peer.connect(server.port);
  await reader.assertLives();
  const queued = () => server.server.gauges(0).queuedBytes;
  assertEquals(queued(), 0);
  const text = "x".repeat(LIMITS.messageBytes);
  // The buffers of the system take some megabytes first
  let announced = 0;
  for (; queued() < 100_000; announced++) {
    assert(announced < 10_000, "40 MB were sent, and nothing waits");
    server.server.announce(text);
    if (announced % 8 === 0) await new Promise((resolve) => setTimeout(resolve));
  }
  assert(queued() < LIMITS.outboundBytes);
  const isNotice = ({ event }: Record<string, unknown>) => event === "notice";
  while (reader.events.filter(isNotice).length < announced) {
    const before = reader.events.length;
    await reader.event((event) => isNotice(event) && reader.events.length > before);
  }
  await until(() => queued() === 0, "nothing to wait");
});

Deno.test("Server.gauges: counts clients, data connections and rooms apart", async () => {
  await using server = await startServer();
  using peer = await Protocol2Peer.connect(server.port);
  using data = await peer.attach(server.port);
  await peer.request("JOIN", { room: "a" });
  const { clients, dataConnections, rooms, memoryBytes } = server.server.gauges(7);
  assertEquals([clients, dataConnections, rooms, memoryBytes], [1, 1, 2, 7]);
  await data.quit();
  await until(() => server.server.gauges(7).dataConnections === 0, "the end of the connection");
});

Deno.test("Server.gauges: counts browsers' connections apart, until a client has them", async () => {
  await using server = await startWebServer();
  using browser = await server.connect();
  await browser.send(requestText("HEAD /"));
  await readAnswer(browser, false);
  const counts = () => {
    const { clients, httpConnections } = server.server.gauges(0);
    return [clients, httpConnections];
  };
  assertEquals(counts(), [0, 1]);
  await using web = await WsPeer.connect(server.port);
  web.send(encodeJsonFrame("HELO", { protocol: 2 }));
  await web.expect("HELO");
  assertEquals(counts(), [1, 1]);
  browser.close();
  await until(() => server.server.gauges(0).httpConnections === 0, "the end of the connection");
});
