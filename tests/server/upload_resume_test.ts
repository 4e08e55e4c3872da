import { assert, assertEquals } from "@std/assert";
import { zstdCompressSync } from "node:zlib";
import { serve } from "../../lib/server/serve.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { dataFrames, type Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";
import { until } from "../helpers/serves_on.ts";
import { underWay } from "../helpers/under_way.ts";

const MIB = 1024 * 1024;
const CONTENT = patternedBytes(3 * MIB + 5);
const FIELDS: Json = { path: "f/a.bin", size: CONTENT.length, key: "of this file" };

/** The path of the only part, once it has `bytes` bytes. */
async function partOf(server: TestServer, bytes: number): Promise<string> {
  const path = () => server.root.join(".tcp-chat", underWay(server)[0]!);
  await until(
    () => underWay(server).length === 1 && Deno.statSync(path()).size === bytes,
    `${bytes} bytes to be written`,
  );
  return path();
}

/** Starts the upload, and closes the connection after `bytes` bytes. */
async function cutAfter(server: TestServer, bytes: number): Promise<void> {
  using peer = await Protocol2Peer.connect(server.port);
  const id = await peer.ask("FPUT", FIELDS);
  assertEquals(await peer.expect("REDY"), { id, offset: 0 });
  await peer.raw.send(...dataFrames(CONTENT.subarray(0, bytes)));
  if (bytes > 0) await partOf(server, bytes);
  peer.raw.close();
  await server.waitFor("disconnected");
}

/** Finishes the upload, and returns the offset that the server has requested. */
async function finish(server: TestServer, fields: Json = FIELDS): Promise<unknown> {
  using peer = await Protocol2Peer.connect(server.port);
  const id = await peer.ask("FPUT", fields);
  const { offset } = await peer.expect("REDY");
  await peer.sendContent(id, CONTENT, Number(offset));
  assertEquals((await peer.done(id)).sha256, sha256Of(CONTENT));
  assertEquals(sha256Of(Deno.readFileSync(server.root.join("f/a.bin"))), sha256Of(CONTENT));
  assertEquals(underWay(server), []);
  return offset;
}

for (const bytes of [0, 1, 65_536, MIB, 2 * MIB + 1, CONTENT.length - 1, CONTENT.length]) {
  Deno.test(`FPUT: resumes an upload cut after ${bytes} bytes`, async () => {
    await using server = await startServer({ uploads: true });
    await cutAfter(server, bytes);
    assertEquals(await finish(server), bytes);
    assertEquals(server.eventsOf("upload").length, 1);
  });
}

Deno.test("FPUT: resumes an upload after a restart of the server", async () => {
  await using server = await startServer({ uploads: true });
  await cutAfter(server, MIB);
  await server.server.stop();
  const options = { hostname: "127.0.0.1", port: 0, uploads: true, root: server.root.path };
  const again = await serve(options);
  try {
    using peer = await Protocol2Peer.connect(again.port);
    const id = await peer.ask("FPUT", FIELDS);
    assertEquals(await peer.expect("REDY"), { id, offset: MIB });
    await peer.sendContent(id, CONTENT, MIB);
    assertEquals((await peer.done(id)).sha256, sha256Of(CONTENT));
    await peer.quit();
  } finally {
    await again.stop();
  }
});

Deno.test("FPUT: resumes an upload cut twice where it was cut last", async () => {
  await using server = await startServer({ uploads: true });
  await cutAfter(server, MIB);
  using peer = await Protocol2Peer.connect(server.port);
  const id = await peer.ask("FPUT", FIELDS);
  assertEquals(await peer.expect("REDY"), { id, offset: MIB });
  await peer.raw.send(...dataFrames(CONTENT.subarray(MIB, 2 * MIB)));
  await partOf(server, 2 * MIB);
  peer.raw.close();
  assertEquals(await finish(server), 2 * MIB);
});

const OTHERS: Record<string, Json> = {
  "another key": { ...FIELDS, key: "of another file" },
  "another size": { ...FIELDS, size: CONTENT.length + 1 },
  "another path": { ...FIELDS, path: "f/b.bin" },
  "no key": { path: FIELDS.path, size: FIELDS.size },
};

for (const [what, fields] of Object.entries(OTHERS)) {
  Deno.test(`FPUT: with ${what} starts from 0, and keeps the part of the cut upload`, async () => {
    await using server = await startServer({ uploads: true });
    await cutAfter(server, MIB);
    using peer = await Protocol2Peer.connect(server.port);
    const id = await peer.ask("FPUT", fields);
    assertEquals(await peer.expect("REDY"), { id, offset: 0 });
    await peer.send("FCAN", { id });
    assertEquals(await peer.fail(id), "cancelled");
    assertEquals(await finish(server), MIB);
  });
}

Deno.test("FPUT: hashes a part again, and fails with integrity if it was changed", async () => {
  await using server = await startServer({ uploads: true });
  await cutAfter(server, MIB);
  const part = await partOf(server, MIB);
  const changed = Deno.readFileSync(part);
  changed[MIB / 2]! ^= 1;
  Deno.writeFileSync(part, changed);
  using peer = await Protocol2Peer.connect(server.port);
  const id = await peer.ask("FPUT", FIELDS);
  assertEquals(await peer.expect("REDY"), { id, offset: MIB });
  await peer.sendContent(id, CONTENT, MIB);
  assertEquals(await peer.fail(id), "integrity");
  assertEquals(underWay(server), []);
  assertEquals(await finish(server), 0);
});

Deno.test("FPUT: starts from 0 if the part is longer than the file", async () => {
  await using server = await startServer({ uploads: true });
  await cutAfter(server, MIB);
  const part = await partOf(server, MIB);
  Deno.writeFileSync(part, new Uint8Array(3 * MIB), { append: true });
  assertEquals(await finish(server), 0);
});

Deno.test("FPUT: resumes a shortened part at its end", async () => {
  await using server = await startServer({ uploads: true });
  await cutAfter(server, MIB);
  Deno.truncateSync(await partOf(server, MIB), 1_000);
  assertEquals(await finish(server), 1_000);
});

Deno.test("FPUT: starts from 0 with the key of a finished upload", async () => {
  await using server = await startServer({ uploads: true });
  await cutAfter(server, MIB);
  assertEquals(await finish(server), MIB);
  assertEquals(await finish(server, { ...FIELDS, replace: true }), 0);
});

Deno.test("FPUT: removes the part of a cut upload without a key", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  await peer.ask("FPUT", { path: "a.bin", size: CONTENT.length });
  await peer.expect("REDY");
  await peer.raw.send(...dataFrames(CONTENT.subarray(0, MIB)));
  await partOf(server, MIB);
  peer.raw.close();
  await server.waitFor("disconnected");
  await until(() => underWay(server).length === 0, "the part to be removed");
  assertEquals(server.root.list(), []);
});

Deno.test("FPUT: counts FZST by its uncompressed bytes when it resumes", async () => {
  await using server = await startServer({ uploads: true });
  const zeros = new Uint8Array(2 * MIB);
  const fields = { path: "f/z.bin", size: zeros.length, key: "zeros" };
  using peer = await Protocol2Peer.connect(server.port);
  await peer.ask("FPUT", fields);
  await peer.expect("REDY");
  const piece = new Uint8Array(zstdCompressSync(zeros.subarray(0, MIB)));
  assert(piece.length < 1_000);
  await peer.raw.sendFrame("FZST", piece);
  await partOf(server, MIB);
  peer.raw.close();
  using again = await Protocol2Peer.connect(server.port);
  const id = await again.ask("FPUT", fields);
  assertEquals(await again.expect("REDY"), { id, offset: MIB });
  await again.raw.sendFrame("FZST", piece);
  await again.send("FEND", { id, sha256: sha256Of(zeros) });
  assertEquals((await again.done(id)).size, zeros.length);
});
