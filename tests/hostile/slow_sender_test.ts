import { assert, assertEquals } from "@std/assert";
import { rawFrame, type RawPeer, textOf } from "../helpers/raw_peer.ts";
import { assertAllGone, assertServesOn } from "../helpers/serves_on.ts";
import { startServer } from "../helpers/servers.ts";

/**
 * Sends a byte now, and the rest so that the last one leaves after that time; `false` if the
 * server hung up meanwhile.
 */
async function trickle(peer: RawPeer, bytes: Uint8Array, overMs: number): Promise<boolean> {
  const startedMs = performance.now();
  try {
    for (const [index, byte] of bytes.entries()) {
      const dueMs = startedMs + overMs * index / (bytes.length - 1);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - performance.now())));
      await peer.send(new Uint8Array([byte]));
    }
    return true;
  } catch {
    return false;
  }
}

Deno.test("a frame that comes byte after byte for too long ends the connection", async () => {
  await using server = await startServer({ limits: { controlFrameMs: 300 } });
  using peer = await server.connect();
  const sending = trickle(peer, rawFrame("FILE", "x".repeat(30)), 10_000);
  const { reason } = await server.waitFor("disconnected");
  assertEquals(reason, "too-slow");
  await peer.ended();
  peer.close();
  await sending;
  await assertServesOn(server);
});

Deno.test("a header that is begun and never ended ends the connection", async () => {
  await using server = await startServer({ limits: { controlFrameMs: 300 } });
  using peer = await server.connect();
  await peer.send(rawFrame("FILE").subarray(0, 1));
  assertEquals((await server.waitFor("disconnected")).reason, "too-slow");
  await peer.ended();
  await assertAllGone(server);
});

Deno.test("data that comes byte after byte ends the connection", async () => {
  const limits = { dataWindowMs: 300, dataWindowBytes: 1024 };
  await using server = await startServer({ limits });
  using peer = await server.connect();
  const sending = trickle(peer, rawFrame("FDAT", new Uint8Array(500)), 20_000);
  assertEquals((await server.waitFor("disconnected")).reason, "too-slow");
  await peer.ended();
  peer.close();
  await sending;
});

Deno.test("the time of a frame counts from the first byte of its header", async () => {
  await using server = await startServer({ limits: { controlFrameMs: 1_500 } }, { "a.txt": "a" });
  using peer = await server.connect();
  const frame = rawFrame("FILE", " ".repeat(15) + "a.txt");
  // Header and payload are each in time, the whole is not
  await trickle(peer, frame.subarray(0, 12), 1_400);
  const sending = trickle(peer, frame.subarray(12), 1_400);
  const { reason } = await server.waitFor("disconnected");
  assertEquals(reason, "too-slow");
  assertEquals(server.eventsOf("download"), []);
  peer.close();
  await sending;
});

Deno.test("a slow client whose every frame is in time is served", async () => {
  await using server = await startServer({ limits: { controlFrameMs: 1_500 } }, { "a.txt": "a" });
  using peer = await server.connect();
  const frame = rawFrame("FILE", " ".repeat(15) + "a.txt");
  await peer.send(frame.subarray(0, 12));
  await trickle(peer, frame.subarray(12), 1_400);
  assertEquals(textOf(await peer.expect("FDAT")), "a");
  // The header of this one comes slowly, right after a slow payload
  assert(await trickle(peer, frame.subarray(0, 12), 1_400), "the server hung up");
  await peer.send(frame.subarray(12));
  assertEquals(textOf(await peer.expect("FDAT")), "a");
});

Deno.test("a client may say nothing between two frames for as long as it likes", async () => {
  await using server = await startServer({ limits: { controlFrameMs: 100, stalledMs: 100 } });
  using peer = await server.connect();
  await peer.sendFrame("WHAT");
  await new Promise((resolve) => setTimeout(resolve, 2_200));
  await peer.sendFrame("FILE", "missing");
  await peer.expect("FERR");
});
