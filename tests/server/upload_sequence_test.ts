import { assertEquals } from "@std/assert";
import { zstdCompressSync } from "node:zlib";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { dataFrames, type Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";
import { assertServesOn, until } from "../helpers/serves_on.ts";
import { underWay } from "../helpers/under_way.ts";

const MIB = 1024 * 1024;

/** Checks that nothing of an upload is left. */
async function assertNothingLeft(server: TestServer): Promise<void> {
  await until(() => underWay(server).length === 0, "the part to be removed");
  assertEquals(server.root.list().filter((name) => name !== ".tcp-chat"), []);
  assertEquals(server.eventsOf("upload"), []);
}

for (const key of [undefined, "key"]) {
  const named = key === undefined ? "without" : "with";
  for (const size of [1, 1_000, 2 * MIB]) {
    Deno.test(`FEND: with a wrong hash of ${size} bytes ${named} a key fails with integrity`, async () => {
      await using server = await startServer({ uploads: true });
      using peer = await Protocol2Peer.connect(server.port);
      const content = patternedBytes(size);
      const id = await peer.ask("FPUT", { path: "a.bin", size, key });
      await peer.expect("REDY");
      await peer.raw.send(...dataFrames(content));
      await peer.send("FEND", { id, sha256: sha256Of("another") });
      assertEquals(await peer.fail(id), "integrity");
      // The data were dropped: the same upload starts from 0
      const again = await peer.ask("FPUT", { path: "b.bin", size, key });
      assertEquals(await peer.expect("REDY"), { id: again, offset: 0 });
      await peer.send("FCAN", { id: again });
      assertEquals(await peer.fail(again), "cancelled");
      await assertNothingLeft(server);
    });

    Deno.test(`FEND: one byte before the size of ${size} ${named} a key fails with integrity`, async () => {
      await using server = await startServer({ uploads: true });
      using peer = await Protocol2Peer.connect(server.port);
      const content = patternedBytes(size - 1);
      const id = await peer.ask("FPUT", { path: "a.bin", size, key });
      await peer.expect("REDY");
      await peer.sendContent(id, content);
      assertEquals(await peer.fail(id), "integrity");
      await peer.assertLives();
      await assertNothingLeft(server);
    });
  }
}

for (const [size, sent] of [[0, 1], [10, 11], [65_536, 65_537], [MIB, MIB + 1], [1, 2 * MIB]]) {
  Deno.test(`FDAT: of ${sent} bytes for an upload of ${size} ends the connection`, async () => {
    await using server = await startServer({ uploads: true });
    using peer = await Protocol2Peer.connect(server.port);
    await peer.ask("FPUT", { path: "a.bin", size });
    await peer.expect("REDY");
    await peer.raw.send(...dataFrames(patternedBytes(sent!)));
    assertEquals(await peer.failsAndEnds(), "bad-request");
    assertEquals((await server.waitFor("disconnected")).reason, "violation");
    await assertNothingLeft(server);
    if (size === 0) await assertServesOn(server);
  });
}

const OUT_OF_SEQUENCE: Record<string, (peer: Protocol2Peer) => Promise<void>> = {
  "data without an upload": (peer) => peer.raw.sendFrame("FDAT", "data"),
  "compressed data without an upload": (peer) =>
    peer.raw.sendFrame("FZST", zstdCompressSync("data")),
  "FEND without an upload": (peer) => peer.send("FEND", { id: 1, sha256: sha256Of("") }),
  "FEND of another upload": async (peer) => {
    const id = await peer.ask("FPUT", { path: "a.bin", size: 0 });
    await peer.expect("REDY");
    await peer.send("FEND", { id: id + 1, sha256: sha256Of("") });
  },
  "FEND twice": async (peer) => {
    await peer.put("a.bin", "a", { replace: true });
    await peer.send("FEND", { id: 1, sha256: sha256Of("a") });
  },
  "data after FEND": async (peer) => {
    await peer.put("a.bin", "a", { replace: true });
    await peer.raw.sendFrame("FDAT", "more");
  },
  "data after FCAN": async (peer) => {
    const id = await peer.ask("FPUT", { path: "a.bin", size: 5 });
    await peer.expect("REDY");
    await peer.send("FCAN", { id });
    await peer.fail(id);
    await peer.raw.sendFrame("FDAT", "hello");
  },
};

for (const [what, send] of Object.entries(OUT_OF_SEQUENCE)) {
  Deno.test(`server: ends the connection after ${what}`, async () => {
    await using server = await startServer({ uploads: true });
    using peer = await Protocol2Peer.connect(server.port);
    await send(peer);
    assertEquals(await peer.failsAndEnds(), "bad-request");
    assertEquals((await server.waitFor("disconnected")).reason, "violation");
  });
}

Deno.test("FEND: of a later upload ends the connection, and neither file is stored", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  await peer.ask("FPUT", { path: "a.bin", size: 5 });
  const second = await peer.ask("FPUT", { path: "b.bin", size: 5 });
  await peer.expect("REDY");
  await peer.sendContent(second, "hello");
  assertEquals(await peer.failsAndEnds(), "bad-request");
  await assertNothingLeft(server);
});

const BAD_ENDS: Json[] = [{}, { sha256: 5 }, { sha256: "" }, { sha256: "0".repeat(63) }];

Deno.test("FEND: with a malformed hash fails with bad-request, and the upload continues", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  const id = await peer.ask("FPUT", { path: "a.bin", size: 5 });
  await peer.expect("REDY");
  await peer.raw.send(...dataFrames("hello"));
  for (const fields of [...BAD_ENDS, { sha256: "g".repeat(64) }]) {
    await peer.send("FEND", { id, ...fields });
    const { code } = await peer.expect("FAIL");
    assertEquals(code, "bad-request");
  }
  await peer.send("FEND", { id, sha256: sha256Of("hello") });
  assertEquals((await peer.done(id)).path, "a.bin");
});

for (const key of [undefined, "key"]) {
  const named = key === undefined ? "without" : "with";
  Deno.test(`FCAN: ends an upload ${named} a key, and ${key ? "keeps" : "removes"} its part`, async () => {
    await using server = await startServer({ uploads: true });
    using peer = await Protocol2Peer.connect(server.port);
    const content = patternedBytes(2 * MIB);
    const fields = { path: "a.bin", size: content.length, key };
    const id = await peer.ask("FPUT", fields);
    await peer.expect("REDY");
    await peer.raw.send(...dataFrames(content.subarray(0, MIB)));
    if (key !== undefined) await until(() => keptBytes(server) === MIB, "the data to be written");
    await peer.send("FCAN", { id });
    assertEquals(await peer.fail(id), "cancelled");
    const again = await peer.ask("FPUT", fields);
    const offset = key === undefined ? 0 : MIB;
    assertEquals(await peer.expect("REDY"), { id: again, offset });
    await peer.sendContent(again, content, offset);
    assertEquals((await peer.done(again)).sha256, sha256Of(content));
    assertEquals(underWay(server), []);
  });

  Deno.test(`FCAN: cancels an upload ${named} a key that waits for its turn`, async () => {
    await using server = await startServer({ uploads: true });
    using peer = await Protocol2Peer.connect(server.port);
    const first = await peer.ask("FPUT", { path: "a.bin", size: 5 });
    const second = await peer.ask("FPUT", { path: "b.bin", size: 5, key });
    const third = await peer.ask("FPUT", { path: "c.bin", size: 5 });
    await peer.send("FCAN", { id: second });
    await peer.sendContent(first, "first");
    await peer.sendContent(third, "third");
    assertEquals((await peer.expect("REDY")).id, first);
    await peer.done(first);
    assertEquals(await peer.fail(second), "cancelled");
    assertEquals((await peer.expect("REDY")).id, third);
    await peer.done(third);
    assertEquals(server.root.list(), ["a.bin", "c.bin"]);
  });
}

Deno.test("FCAN: is ignored after FEND", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  const id = await peer.ask("FPUT", { path: "a.bin", size: 5 });
  await peer.sendContent(id, "hello");
  await peer.expect("REDY");
  await peer.done(id);
  await peer.send("FCAN", { id });
  await peer.assertLives();
  assertEquals(Deno.readTextFileSync(server.root.join("a.bin")), "hello");
});

Deno.test("FCAN: of a refused upload gets no answer", async () => {
  await using server = await startServer({ uploads: true }, { "a.bin": "a" });
  using peer = await Protocol2Peer.connect(server.port);
  for (const key of [undefined, "key"]) {
    const id = await peer.ask("FPUT", { path: "a.bin", size: 5, key });
    assertEquals(await peer.fail(id), "exists");
    await peer.send("FCAN", { id });
    await peer.assertLives();
  }
});

function keptBytes(server: TestServer): number {
  const [name] = underWay(server);
  return name === undefined ? 0 : Deno.statSync(server.root.join(".tcp-chat", name)).size;
}
