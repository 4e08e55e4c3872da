import { assertEquals, assertRejects } from "@std/assert";
import { describeFailure } from "../../lib/protocol/errors.ts";
import type { WebFront, WebPage } from "../../lib/server/web_page.ts";
import { sha256Of } from "../helpers/bytes.ts";
import { within } from "../helpers/deadline.ts";
import { dataFrames, jsonFrame, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { type RawFrame, rawFrame, RawPeer, textOf } from "../helpers/raw_peer.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";
import { requestText } from "../helpers/web.ts";
import { writeZeros } from "../helpers/zero_file.ts";

const SIZE = 64 * 1024 * 1024;

/** Starts the download of a large file, and reads up to FHSH. */
async function startTransfer(server: TestServer, ...more: Uint8Array[]): Promise<RawPeer> {
  writeZeros(server.root.join("large.bin"), SIZE);
  const peer = await server.connect();
  await peer.send(rawFrame("FILE", "large.bin"), ...more);
  await peer.expect("FHSH");
  return peer;
}

const dataBytes = (frames: RawFrame[]) =>
  frames.filter(({ type }) => type === "FDAT")
    .reduce((sum, { payload }) => sum + payload.length, 0);

Deno.test("Server.stop: sends CHAT to the clients, and closes their connections", async () => {
  await using server = await startServer();
  using first = await server.connect();
  using second = await server.connect();
  await server.waitFor("connected", ({ client }) => client === 2);
  const stopped = server.server.stop();
  for (const peer of [first, second]) {
    const texts = (await peer.readToEnd()).map(textOf);
    assertEquals(texts, [`[SERVER]: ${describeFailure("shutting-down", "en")}`]);
    peer.close();
  }
  await within(stopped, "the server to stop");
  const reasons = server.eventsOf("disconnected").map(({ reason }) => reason);
  assertEquals(reasons, ["shutting-down", "shutting-down"]);
  assertEquals(server.server.clients, []);
});

Deno.test("Server.stop: sends the given text", async () => {
  await using server = await startServer();
  using peer = await server.connect();
  await server.waitFor("connected");
  const stopped = server.server.stop("back at ten");
  assertEquals(textOf(await peer.expect("CHAT")), "[SERVER]: back at ten");
  peer.close();
  await stopped;
});

Deno.test("Server.stop: logs stopped last, and once", async () => {
  await using server = await startServer({ maxClients: 100 });
  await Promise.all([server.server.stop(), server.server.stop()]);
  await server.server.stop();
  assertEquals(server.events.map(({ event }) => event), ["listening", "stopped"]);
});

Deno.test("Server.stop: accepts no further clients", async () => {
  await using server = await startServer();
  using peer = await startTransfer(server);
  const { port } = server;
  const stopped = server.server.stop();
  using late = await RawPeer.connect(port).catch(() => null);
  await late?.ended(); // The system may have accepted the connection before the stop
  peer.close();
  await stopped;
  assertEquals(server.eventsOf("connected").length, 1);
});

Deno.test("Server.stop: finishes a running download, and refuses the next request", async () => {
  await using server = await startServer({}, { "small.txt": "small" });
  using peer = await startTransfer(server, rawFrame("FILE", "small.txt"));
  const stopped = server.server.stop();
  const frames = await peer.readToEnd();
  peer.close();
  assertEquals(dataBytes(frames), SIZE);
  assertEquals(frames.at(-1)!.type, "FERR");
  assertEquals(textOf(frames.at(-1)!), describeFailure("shutting-down", "en"));
  await within(stopped, "the server to stop");
  assertEquals((await server.waitFor("download")).bytes, SIZE);
  assertEquals((await server.waitFor("refused")).code, "shutting-down");
});

Deno.test("Server.stop: finishes a batch of uploads that is under way, and refuses the next", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  const head = { path: "", names: "a\nb", sizes: [1, 1], mtimes: [0, 0] };
  const sha256 = sha256Of("a") + sha256Of("b");
  const [first, second] = [peer.newId(), peer.newId()];
  await peer.raw.send(jsonFrame("MPUT", { id: first, ...head, sha256 }), ...dataFrames("a"));
  await peer.assertLives(); // The server has taken what is before
  const stopped = server.server.stop();
  await peer.raw.send(
    ...dataFrames("b"),
    jsonFrame("FEND", { id: first }),
    jsonFrame("MPUT", { id: second, ...head, names: "c\nd", sha256 }),
    ...dataFrames("ab"),
    jsonFrame("FEND", { id: second }),
  );
  assertEquals(await peer.done(first), {});
  assertEquals(await peer.fail(second), "shutting-down");
  await stopped;
  assertEquals(server.root.list(), ["a", "b"]);
});

Deno.test("Server.stop: waits for the same download at a second call", async () => {
  await using server = await startServer();
  using peer = await startTransfer(server);
  server.server.stop();
  let hasStopped = false;
  const second = server.server.stop().then(() => hasStopped = true);
  // The server sends this data after the second call, which would have resolved by now
  for (let bytes = 0; bytes < SIZE / 2;) bytes += (await peer.expect("FDAT")).payload.length;
  assertEquals(hasStopped, false);
  assertEquals(dataBytes(await peer.readToEnd()) > 0, true);
  peer.close();
  await within(second, "the second stop");
});

Deno.test("Server.stop: breaks off a download after ten seconds", async () => {
  await using server = await startServer();
  using peer = await startTransfer(server);
  const grace = interceptTimer(() => server.server.stop());
  assertEquals(grace.ms, 10_000);
  grace.fire();
  await within(server.server.stop(), "the server to stop");
  assertEquals((await server.waitFor("disconnected")).reason, "shutting-down");
  assertEquals(server.eventsOf("download"), []);
  peer.close();
});

Deno.test("Server.stop: breaks off a download after the time that it is given", async () => {
  await using server = await startServer();
  using peer = await startTransfer(server);
  const grace = interceptTimer(() => server.server.stop(undefined, { graceMs: 4_000 }));
  assertEquals(grace.ms, 4_000);
  grace.fire();
  await within(server.server.stop(), "the server to stop");
  peer.close();
});

Deno.test("Server.stop: breaks off a hash after ten seconds", async () => {
  await using server = await startServer();
  writeZeros(server.root.join("huge.bin"), 16 * 1024 ** 3);
  using peer = await server.connect();
  await peer.sendFrame("FILE", "huge.bin");
  await peer.expect("FMTA"); // Its hash takes seconds
  interceptTimer(() => server.server.stop()).fire();
  await within(server.server.stop(), "the server to stop");
  assertEquals(server.server.gauges(0).workersBusy, 0);
});

Deno.test("Server.stop: says so where not all is closed in time", async () => {
  const [begun, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const nothing = () => {};
  const front: WebFront = {
    count: 1,
    serve: async () => {
      begun.resolve();
      await over.promise; // As a request for a file on a disk that does not answer
    },
    checkDeadlines: nothing,
    closeAddresses: nothing,
    closeLongestIdle: () => null,
    stop: nothing,
    close: nothing,
  };
  const web: WebPage = {
    urls: () => [],
    open: () => Promise.resolve(front),
    redirectToTls: () => null,
    refuse: () => null,
  };
  const server = await startServer({ web });
  using peer = await server.connect();
  await peer.send(requestText("GET /"));
  await begun.promise;
  const stopped = server.server.stop(undefined, { graceMs: 5, closeMs: 5 });
  const error = await assertRejects(() => stopped, DOMException, "Cannot close everything in time");
  assertEquals([error.name, server.eventsOf("stopped")], ["TimeoutError", []]);
  await assertRejects(() => server[Symbol.asyncDispose](), DOMException);
  over.resolve();
  await server.waitFor("stopped");
});

/** Runs `act`, and returns the first timer that it starts, which only `fire` runs. */
function interceptTimer(act: () => unknown): { ms: number | undefined; fire: () => void } {
  const original = globalThis.setTimeout;
  const timers: Array<{ fire: () => void; ms: number | undefined }> = [];
  globalThis.setTimeout = ((fire: () => void, ms?: number) => {
    timers.push({ fire, ms });
    return 0;
  }) as unknown as typeof setTimeout;
  try {
    act();
  } finally {
    globalThis.setTimeout = original;
  }
  return timers[0]!;
}
