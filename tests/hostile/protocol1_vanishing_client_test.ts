import { assertEquals } from "@std/assert";
import { ChildProcess } from "../helpers/child_process.ts";
import { rawFrame } from "../helpers/raw_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { assertAllGone, assertServesOn } from "../helpers/serves_on.ts";
import { writeZeros } from "../helpers/zero_file.ts";

const SIZE = 256 * 1024 * 1024;

Deno.test("vanishing client: the server leaves nothing of a download after a reset", async () => {
  await using server = await startServer();
  writeZeros(server.root.join("big.bin"), SIZE);
  using peer = await server.connect();
  await peer.sendFrame("FILE", "big.bin");
  await peer.expect("FDAT");
  peer.close(); // Unread data make the system send a reset
  assertEquals((await server.waitFor("disconnected")).reason, "lost");
  assertEquals(server.eventsOf("download"), []);
  assertEquals(server.eventsOf("error"), []);
  await assertServesOn(server);
  await assertAllGone(server);
});

Deno.test("vanishing client: the server leaves nothing of a download after a half-close and an end", async () => {
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

Deno.test("vanishing client: the server drops all its pending requests", async () => {
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

Deno.test("vanishing client: the server closes the connection while it hashes the file", async () => {
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
  name: "vanishing client: the server leaves nothing of a download of a killed process",
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
  name: "vanishing client: the server notices that the process of an idle client is killed",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using server = await startServer();
    // Of the announcement the child reads one byte; the rest makes its system send a reset
    await using child = new ChildProcess("mute_child.ts", [String(server.port), "", "1"]);
    await server.waitFor("connected");
    server.server.announce("this stays unread");
    await child.waitFor("connected");
    child.kill();
    assertEquals((await server.waitFor("disconnected")).reason, "lost");
    await assertAllGone(server);
  },
});

Deno.test({
  name: "vanishing client: the server drops a killed process from the queue for a worker",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using server = await startServer({ maxWorkers: 1 });
    writeZeros(server.root.join("big.bin"), SIZE);
    server.root.write("other.bin", "other");
    using holder = await server.connect();
    await holder.sendFrame("FILE", "big.bin");
    await holder.expect("FDAT");
    await using child = new ChildProcess("mute_child.ts", [String(server.port), "other.bin", "1"]);
    // Of FROK the child reads one byte; the rest makes its system send a reset
    await child.waitFor("connected");
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

Deno.test("vanishing client: the server leaves nothing of 50 clients that vanish at different moments", async () => {
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
