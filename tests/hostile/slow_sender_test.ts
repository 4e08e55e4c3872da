import { assert, assertEquals } from "@std/assert";
import { rawFrame, type RawPeer, textOf } from "../helpers/raw_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { assertAllGone, assertServesOn } from "../helpers/serves_on.ts";

/**
 * Sends the bytes at even intervals, the last after `overMs`; returns `false` if the server closes
 * meanwhile.
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

Deno.test("slow sender: the server closes on a control frame that takes longer than controlFrameMs", async () => {
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

Deno.test("slow sender: the server closes on a header that is never completed", async () => {
  await using server = await startServer({ limits: { controlFrameMs: 300 } });
  using peer = await server.connect();
  await peer.send(rawFrame("FILE").subarray(0, 1));
  assertEquals((await server.waitFor("disconnected")).reason, "too-slow");
  await peer.ended();
  await assertAllGone(server);
});

Deno.test("slow sender: the server closes on data below dataWindowBytes per dataWindowMs", async () => {
  const limits = { dataWindowMs: 300, dataWindowBytes: 1024 };
  await using server = await startServer({ limits });
  using peer = await server.connect();
  const sending = trickle(peer, rawFrame("FDAT", new Uint8Array(500)), 20_000);
  assertEquals((await server.waitFor("disconnected")).reason, "too-slow");
  await peer.ended();
  peer.close();
  await sending;
});

Deno.test("slow sender: the server counts the time of a frame from the first byte of its header", async () => {
  await using server = await startServer({ limits: { controlFrameMs: 1_500 } }, { "a.txt": "a" });
  using peer = await server.connect();
  const frame = rawFrame("FILE", " ".repeat(15) + "a.txt");
  // Header and payload are each in time, the frame is not
  await trickle(peer, frame.subarray(0, 12), 1_400);
  const sending = trickle(peer, frame.subarray(12), 1_400);
  const { reason } = await server.waitFor("disconnected");
  assertEquals(reason, "too-slow");
  assertEquals(server.eventsOf("download"), []);
  peer.close();
  await sending;
});

Deno.test("slow sender: the server serves a slow client whose frames are all in time", async () => {
  await using server = await startServer({ limits: { controlFrameMs: 1_500 } }, { "a.txt": "a" });
  using peer = await server.connect();
  const frame = rawFrame("FILE", " ".repeat(15) + "a.txt");
  await peer.send(frame.subarray(0, 12));
  await trickle(peer, frame.subarray(12), 1_400);
  assertEquals(textOf(await peer.expect("FDAT")), "a");
  // A slow header right after a slow payload
  assert(await trickle(peer, frame.subarray(0, 12), 1_400), "the server closed");
  await peer.send(frame.subarray(12));
  assertEquals(textOf(await peer.expect("FDAT")), "a");
});

Deno.test("slow sender: the server allows any pause between two frames", async () => {
  await using server = await startServer({ limits: { controlFrameMs: 100, stalledMs: 100 } });
  using peer = await server.connect();
  await peer.sendFrame("WHAT");
  await server.waitFor("refused"); // The server has read the frame
  // The server looks for slow frames twice, and closes a slow client each time
  for (const client of [2, 3]) {
    using slow = await server.connect();
    await slow.send(rawFrame("WHAT").subarray(0, 5));
    await server.waitFor("disconnected", (event) => event.client === client);
  }
  await peer.sendFrame("FILE", "missing");
  await peer.expect("FERR");
});
