import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Client } from "../../lib/client/client.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import type { DownloadOptions } from "../../lib/transfer/download.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { TestClient } from "../helpers/clients.ts";
import type { Content } from "../helpers/raw_peer.ts";
import { dataFrames, type Json, jsonFrame } from "../helpers/protocol2_peer.ts";
import {
  goodFile,
  headOf,
  Protocol2ScriptedServer,
  serving,
} from "../helpers/protocol2_scripted_server.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const CONTENT = patternedBytes(2_000_000);
const SIZE = CONTENT.length;
const KEPT = 700_000;

/** A server that serves `content`, keeps what it was asked for, and may answer its FGET otherwise. */
async function setUp(
  content: Content = CONTENT,
  answers: Array<(request: Json) => Uint8Array[]> = [],
) {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(new TempDir());
  const asked: Json[] = [];
  const server = stack.use(
    new Protocol2ScriptedServer({
      data: async (peer) => {
        const serve = serving({ "a.bin": content });
        const read = peer.read.bind(peer);
        peer.read = async () => {
          for (;;) {
            const message = await read();
            const { type, json } = message ?? { type: "", json: {} };
            if (type === "FGET" || type === "STAT") asked.push({ type, ...json });
            const answer = type === "FGET" ? answers.shift() : undefined;
            if (answer === undefined) return message;
            await peer.raw.send(...answer(json));
          }
        };
        await serve(peer, 1);
      },
    }),
  );
  const { client } = stack.use(await TestClient.connect(server.port, { protocol: 2 }));
  const get = (options: Partial<DownloadOptions> = {}) => download(client, folder, { ...options });
  /** What was asked for, without the numbers. */
  const queries = () => asked.map(({ id: _, ...query }) => query);
  return { folder, get, queries, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

function download(client: Client, folder: TempDir, options: Partial<DownloadOptions>) {
  return client.download("a.bin", { directory: folder.path, name: "a.bin", ...options });
}

/** Leaves a part behind, as a download that broke off does. */
function leavePart(folder: TempDir, content: Uint8Array, version: string | null = "v1"): void {
  folder.write("a.bin.part", content);
  if (version !== null) folder.write("a.bin.part.version", version);
}

const FROM_START = { type: "FGET", path: "a.bin" };
const FROM_KEPT = { type: "FGET", path: "a.bin", offset: KEPT, version: "v1" };

Deno.test("a download goes on behind what an earlier one left, with the version of that", async () => {
  await using fixture = await setUp();
  leavePart(fixture.folder, CONTENT.subarray(0, KEPT));
  const readings: number[] = [];
  const result = await fixture.get({ onProgress: (bytes) => readings.push(bytes) });
  assertEquals(result, {
    file: fixture.folder.join("a.bin"),
    sizeBytes: SIZE,
    sha256: sha256Of(CONTENT),
    skipped: false,
    resumedFrom: KEPT,
  });
  assertEquals(fixture.queries(), [FROM_KEPT]);
  assertEquals(sha256Of(Deno.readFileSync(result.file)), sha256Of(CONTENT));
  assertEquals(fixture.folder.list(), ["a.bin"]);
  assertEquals([readings[0], readings.at(-1)], [KEPT, SIZE]);
  assertEquals(Deno.statSync(result.file).mtime?.getTime(), 1_600_000_000_000);
});

Deno.test("a part that is whole already needs no data, only the server's word on its hash", async () => {
  await using fixture = await setUp();
  leavePart(fixture.folder, CONTENT);
  const result = await fixture.get();
  assertEquals([result.resumedFrom, result.sizeBytes], [SIZE, SIZE]);
  assertEquals(fixture.folder.list(), ["a.bin"]);
});

Deno.test("where the server begins anew, what was left is dropped", async () => {
  await using fixture = await setUp();
  leavePart(fixture.folder, patternedBytes(KEPT, 5), "v0");
  const result = await fixture.get();
  assertEquals(result.resumedFrom, 0);
  assertEquals(fixture.queries(), [{ ...FROM_KEPT, version: "v0" }]);
  assertEquals(sha256Of(Deno.readFileSync(result.file)), sha256Of(CONTENT));
  assertEquals(fixture.folder.list(), ["a.bin"]);
});

Deno.test("a part that is not what it seems is found out by the hash, and the download starts over", async () => {
  await using fixture = await setUp();
  leavePart(fixture.folder, patternedBytes(KEPT, 5));
  const result = await fixture.get();
  assertEquals(result.resumedFrom, 0);
  assertEquals(fixture.queries(), [FROM_KEPT, FROM_START]);
  assertEquals(sha256Of(Deno.readFileSync(result.file)), sha256Of(CONTENT));
  assertEquals(fixture.folder.list(), ["a.bin"]);
});

Deno.test("a server that lies about the hash is not asked again and again", async () => {
  const lie = (request: Json) => [
    ...goodFile(CONTENT, request).slice(0, -1),
    jsonFrame("FEND", { id: request.id, sha256: sha256Of("lie") }),
  ];
  await using fixture = await setUp(CONTENT, [lie, lie, lie, lie]);
  leavePart(fixture.folder, CONTENT.subarray(0, KEPT));
  const error = await assertRejects(() => fixture.get(), RequestError);
  assertEquals(error.code, "integrity");
  assertEquals(fixture.queries(), [FROM_KEPT, FROM_START]);
  assertEquals(fixture.folder.list(), []);
});

Deno.test("a part whose version is not known is one of the present version, or is found out", async () => {
  for (const kept of [CONTENT.subarray(0, KEPT), patternedBytes(KEPT, 5)]) {
    await using fixture = await setUp();
    leavePart(fixture.folder, kept, null);
    const result = await fixture.get();
    const isRight = kept.buffer === CONTENT.buffer;
    assertEquals(result.resumedFrom, isRight ? KEPT : 0);
    const asked = [{ type: "STAT", path: "a.bin" }, FROM_KEPT, ...(isRight ? [] : [FROM_START])];
    assertEquals(fixture.queries(), asked);
    assertEquals(sha256Of(Deno.readFileSync(result.file)), sha256Of(CONTENT));
  }
});

Deno.test("a part that is longer than the file is dropped", async () => {
  await using fixture = await setUp();
  leavePart(fixture.folder, patternedBytes(SIZE + 1));
  const result = await fixture.get();
  assertEquals(result.resumedFrom, 0);
  assertEquals(fixture.folder.list(), ["a.bin"]);
});

Deno.test("without resume what was left is dropped", async () => {
  await using fixture = await setUp();
  leavePart(fixture.folder, CONTENT.subarray(0, KEPT));
  const result = await fixture.get({ resume: false });
  assertEquals(result.resumedFrom, 0);
  assertEquals(fixture.queries(), [FROM_START]);
  assertEquals(fixture.folder.list(), ["a.bin"]);
});

Deno.test("a part that is empty is no part", async () => {
  await using fixture = await setUp();
  leavePart(fixture.folder, new Uint8Array(0));
  assertEquals((await fixture.get()).resumedFrom, 0);
  assertEquals(fixture.queries(), [FROM_START]);
});

Deno.test("a download that breaks off keeps what came, for the next one to go on with", async () => {
  const breakOff = (request: Json) => [
    jsonFrame("FMET", headOf(CONTENT, request)),
    ...dataFrames(CONTENT.subarray(0, KEPT)),
    jsonFrame("FAIL", { id: request.id, code: "internal", message: "The disk is gone" }),
  ];
  await using fixture = await setUp(CONTENT, [breakOff]);
  await assertRejects(() => fixture.get(), RequestError, "The disk is gone");
  assertEquals(fixture.folder.list(), ["a.bin.part", "a.bin.part.version"]);
  assertEquals(Deno.readTextFileSync(fixture.folder.join("a.bin.part.version")), "v1");
  const result = await fixture.get();
  assertEquals(result.resumedFrom, KEPT);
  assertEquals(fixture.queries(), [FROM_START, FROM_KEPT]);
  assertEquals(sha256Of(Deno.readFileSync(result.file)), sha256Of(CONTENT));
});

Deno.test("a download that goes on under a name that is taken gets a number", async () => {
  await using fixture = await setUp();
  leavePart(fixture.folder, CONTENT.subarray(0, KEPT));
  fixture.folder.write("a.bin", "mine");
  const result = await fixture.get();
  assertEquals([result.file, result.resumedFrom], [fixture.folder.join("a (1).bin"), KEPT]);
  assertEquals(Deno.readTextFileSync(fixture.folder.join("a.bin")), "mine");
  assertEquals(fixture.folder.list(), ["a (1).bin", "a.bin"]);
});

Deno.test("a version that goes on and on is not kept, and nobody goes on by it", async () => {
  const version = "v".repeat(10_000);
  const breakOff = (request: Json) => [
    jsonFrame("FMET", { ...headOf(CONTENT, request), version }),
    ...dataFrames(CONTENT.subarray(0, KEPT)),
    jsonFrame("FAIL", { id: request.id, code: "internal", message: "No" }),
  ];
  await using fixture = await setUp(CONTENT, [breakOff]);
  await assertRejects(() => fixture.get(), RequestError);
  assertEquals(fixture.folder.list(), ["a.bin.part"]);
  await fixture.get();
  assertEquals(fixture.folder.list(), ["a.bin"]);
});

Deno.test("a download from our server goes on, however little or much is there", async () => {
  await using server = await startServer({}, { "a.bin": CONTENT });
  await using client = await TestClient.connect(server.port, { protocol: 2 });
  const { version } = await client.client.stat("a.bin");
  for (const kept of [1, LIMITS.protocol2DataBytes, SIZE - 1, SIZE]) {
    using folder = new TempDir();
    leavePart(folder, CONTENT.subarray(0, kept), version);
    const result = await download(client.client, folder, { zstd: kept === 1 });
    assertEquals([result.resumedFrom, result.sha256], [kept, sha256Of(CONTENT)]);
    assertEquals(folder.list(), ["a.bin"]);
  }
  const sent = server.eventsOf("download").map(({ bytes }) => bytes);
  assertEquals(sent, [SIZE - 1, SIZE - LIMITS.protocol2DataBytes, 1, 0]);
});

Deno.test("a download from our server of a file that has changed since begins anew", async () => {
  await using server = await startServer({}, { "a.bin": patternedBytes(SIZE, 5) });
  await using client = await TestClient.connect(server.port, { protocol: 2 });
  const { version } = await client.client.stat("a.bin");
  using folder = new TempDir();
  leavePart(folder, patternedBytes(SIZE, 5).subarray(0, KEPT), version);
  server.root.write("a.bin", CONTENT);
  const result = await download(client.client, folder, {});
  assertEquals([result.resumedFrom, result.sha256], [0, sha256Of(CONTENT)]);
});

Deno.test("many small files come over one connection, each asked for before the last has come", async () => {
  const files = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`${i}.txt`, `text ${i}`]));
  await using server = await startServer({}, files);
  await using client = await TestClient.connect(server.port, { protocol: 2 });
  using folder = new TempDir();
  await Promise.all(
    Object.entries(files).map(async ([name, text]) => {
      const options = { directory: folder.path, name, sizeBytes: text.length };
      const { file } = await client.client.download(name, options);
      assertEquals(Deno.readTextFileSync(file), text);
    }),
  );
  assert(server.eventsOf("hello").length <= 3, "a connection for 32 files at least");
});
