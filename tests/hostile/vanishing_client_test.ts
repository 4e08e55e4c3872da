import { assertEquals } from "@std/assert";
import { ChildProcess } from "../helpers/child_process.ts";
import { rawFrame } from "../helpers/raw_peer.ts";
import { assertAllGone, assertServesOn } from "../helpers/serves_on.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";
import { writeZeros } from "../helpers/zero_file.ts";

const SIZE = 256 * 1024 * 1024;

/** A newcomer is answered, so whatever came before has been dealt with. */
async function assertRoundTrip(server: TestServer): Promise<void> {
  using peer = await server.connect();
  await peer.sendFrame("FILE", "missing");
  await peer.expect("FERR");
}

Deno.test("a client that resets the connection in mid-transfer leaves nothing behind", async () => {
  await using server = await startServer();
  writeZeros(server.root.join("big.bin"), SIZE);
  using peer = await server.connect();
  await peer.sendFrame("FILE", "big.bin");
  await peer.expect("FDAT");
  peer.close(); // With unread data waiting the system sends a reset
  assertEquals((await server.waitFor("disconnected")).reason, "lost");
  assertEquals(server.eventsOf("download"), []);
  assertEquals(server.eventsOf("error"), []);
  await assertServesOn(server);
  await assertAllGone(server);
});

Deno.test("a client that shuts down and then vanishes in mid-transfer does neither", async () => {
  await using server = await startServer();
  writeZeros(server.root.join("big.bin"), SIZE);
  using peer = await server.connect();
  await peer.sendFrame("FILE", "big.bin");
  await peer.closeWrite();
  await peer.expect("FDAT");
  peer.close();
  await server.waitFor("disconnected");
  assertEquals(server.eventsOf("download"), []);
  await assertServesOn(server);
  await assertAllGone(server);
});

Deno.test("a client that vanishes with many requests open takes them all along", async () => {
  await using server = await startServer();
  writeZeros(server.root.join("big.bin"), SIZE);
  using peer = await server.connect();
  await peer.send(...Array.from({ length: 60 }, () => rawFrame("FILE", "big.bin")));
  await peer.expect("FDAT");
  peer.close();
  assertEquals((await server.waitFor("disconnected")).reason, "lost");
  await assertServesOn(server);
  assertEquals(server.eventsOf("download").map(({ path }) => path), ["still-here.bin"]);
  assertEquals(server.eventsOf("refused"), []);
  await assertAllGone(server);
});

Deno.test("a client that vanishes while its file is hashed does not hold a place for long", async () => {
  await using server = await startServer();
  writeZeros(server.root.join("big.bin"), SIZE);
  using peer = await server.connect();
  await peer.sendFrame("FILE", "big.bin");
  await peer.expect("FMTA");
  peer.close();
  await server.waitFor("disconnected");
  await assertServesOn(server);
  await assertAllGone(server);
});

Deno.test({
  name: "a client process that is killed in mid-transfer leaves nothing behind",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using server = await startServer();
    writeZeros(server.root.join("big.bin"), SIZE);
    const args = [String(server.port), "big.bin", "10000"];
    await using child = new ChildProcess("mute_child.ts", args);
    await child.waitFor("connected");
    child.kill();
    assertEquals((await server.waitFor("disconnected")).reason, "lost");
    assertEquals(server.eventsOf("error"), []);
    await assertServesOn(server);
    await assertAllGone(server);
  },
});

Deno.test({
  name: "an idle client whose process is killed is noticed",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using server = await startServer();
    await using child = new ChildProcess("mute_child.ts", [String(server.port), "", "0"]);
    await child.waitFor("connected");
    await server.waitFor("connected");
    server.server.announce("this stays unread, so that the system sends a reset");
    child.kill();
    assertEquals((await server.waitFor("disconnected")).reason, "lost");
    await assertAllGone(server);
  },
});

Deno.test({
  name: "a client that is killed while it waits for a worker gives up its turn",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using server = await startServer({ maxWorkers: 1 });
    writeZeros(server.root.join("big.bin"), SIZE);
    server.root.write("other.bin", "other");
    using holder = await server.connect();
    await holder.sendFrame("FILE", "big.bin");
    await holder.expect("FDAT");
    await using child = new ChildProcess("mute_child.ts", [String(server.port), "other.bin", "0"]);
    await child.waitFor("connected");
    await server.waitFor("connected", ({ client }) => client === 2);
    // Its FROK is unread, so that the system sends a reset
    await assertRoundTrip(server);
    child.kill();
    assertEquals(
      (await server.waitFor("disconnected", ({ client }) => client === 2)).reason,
      "lost",
    );
    assertEquals(server.eventsOf("disconnected").some(({ client }) => client === 1), false);
    holder.close();
    await assertServesOn(server);
    await assertAllGone(server);
  },
});

Deno.test("fifty clients that vanish at different moments leave nothing behind", async () => {
  await using server = await startServer({ maxWorkers: 4 });
  writeZeros(server.root.join("big.bin"), 8 * 1024 * 1024);
  await Promise.all(Array.from({ length: 50 }, async (_, i) => {
    using peer = await server.connect();
    await peer.sendFrame("FILE", "big.bin");
    await peer.readBytes(i * i * 500);
  }));
  await server.waitFor("disconnected", ({ client }) => client === 50);
  await assertServesOn(server);
  await assertAllGone(server);
});
