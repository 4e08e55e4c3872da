import { assertEquals } from "@std/assert";
import { rawFrame } from "../helpers/raw_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { assertAllGone, assertServesOn } from "../helpers/serves_on.ts";

const FRAME = rawFrame("FILE", "file.txt");

for (let cut = 1; cut < FRAME.length; cut++) {
  const what = cut < 12 ? `header cut after byte ${cut}` : `name cut after byte ${cut - 12}`;
  Deno.test(`cut frame: the server closes the connection as truncated, ${what}`, async () => {
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

Deno.test("cut frame: the server answers, and closes as ended, after an end between two frames", async () => {
  await using server = await startServer({}, { "file.txt": "content" });
  using peer = await server.connect();
  await peer.send(FRAME);
  await peer.closeWrite();
  assertEquals((await peer.readToEnd()).length, 4);
  assertEquals((await server.waitFor("disconnected")).reason, "ended");
});

Deno.test("cut frame: the server reads a frame that arrives byte by byte", async () => {
  await using server = await startServer({}, { "file.txt": "content" });
  using peer = await server.connect();
  for (const byte of FRAME) await peer.send(new Uint8Array([byte]));
  await peer.expect("FDAT");
});

Deno.test("cut frame: the server leaves nothing of connections that are cut at every byte", async () => {
  await using server = await startServer();
  for (let cut = 0; cut <= FRAME.length; cut++) {
    using peer = await server.connect();
    await peer.send(FRAME.subarray(0, cut));
  }
  await server.waitFor("disconnected", ({ client }) => client === FRAME.length + 1);
  await assertServesOn(server);
  await assertAllGone(server);
});
