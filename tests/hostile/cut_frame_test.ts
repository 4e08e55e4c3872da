import { assertEquals } from "@std/assert";
import { rawFrame } from "../helpers/raw_peer.ts";
import { assertAllGone, assertServesOn } from "../helpers/serves_on.ts";
import { startServer } from "../helpers/servers.ts";

const FRAME = rawFrame("FILE", "file.txt");

for (let cut = 1; cut < FRAME.length; cut++) {
  const what = cut < 12 ? `header cut after byte ${cut}` : `name cut after byte ${cut - 12}`;
  Deno.test(`a ${what} ends that connection only`, async () => {
    await using server = await startServer({}, { "file.txt": "content" });
    using peer = await server.connect();
    await peer.send(FRAME.subarray(0, cut));
    await peer.closeWrite();
    assertEquals(await peer.readToEnd(), []);
    assertEquals((await server.waitFor("disconnected")).reason, "truncated");
    assertEquals(server.eventsOf("error"), []);
    await assertAllGone(server);
  });
}

Deno.test("a connection that ends between two frames ends well", async () => {
  await using server = await startServer({}, { "file.txt": "content" });
  using peer = await server.connect();
  await peer.send(FRAME);
  await peer.closeWrite();
  assertEquals((await peer.readToEnd()).length, 4);
  assertEquals((await server.waitFor("disconnected")).reason, "ended");
});

Deno.test("a frame that comes byte by byte is read all the same", async () => {
  await using server = await startServer({}, { "file.txt": "content" });
  using peer = await server.connect();
  for (const byte of FRAME) await peer.send(new Uint8Array([byte]));
  await peer.expect("FDAT");
});

Deno.test("connections cut at every byte at once leave nothing behind", async () => {
  await using server = await startServer();
  for (let cut = 0; cut <= FRAME.length; cut++) {
    using peer = await server.connect();
    await peer.send(FRAME.subarray(0, cut));
  }
  await server.waitFor("disconnected", ({ client }) => client === FRAME.length + 1);
  await assertServesOn(server);
  await assertAllGone(server);
});
