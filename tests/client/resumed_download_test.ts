import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Client } from "../../lib/client/client.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import type { DownloadOptions } from "../../lib/transfer/download_options.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { TestClient } from "../helpers/clients.ts";
import { dataFrames, type Json, jsonFrame } from "../helpers/protocol2_peer.ts";
import {
  goodFile,
  headOf,
  Protocol2ScriptedServer,
  serving,
} from "../helpers/protocol2_scripted_server.ts";
import type { Content } from "../helpers/raw_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const CONTENT = patternedBytes(2_000_000);
const SIZE = CONTENT.length;
const KEPT = 700_000;

/** A server of `content` that records requests; `answers` replace its first answers to FGET. */
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
  /** The requests so far, without their ids. */
  const queries = () => asked.map(({ id: _, ...query }) => query);
  return { folder, get, queries, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

function download(client: Client, folder: TempDir, options: Partial<DownloadOptions>) {
  return client.download("a.bin", { directory: folder.path, name: "a.bin", ...options });
}

/** Writes the part of an interrupted download. */
function writePart(folder: TempDir, content: Uint8Array, version: string | null = "v1"): void {
  folder.write(".tcp-chat/a.bin.part", content);
  if (version !== null) folder.write(".tcp-chat/a.bin.part.version", version);
}

const FROM_START = { type: "FGET", path: "a.bin" };
const FROM_KEPT = { type: "FGET", path: "a.bin", offset: KEPT, version: "v1" };

Deno.test("Client.download: resumes behind the part, with its version", async () => {
  await using fixture = await setUp();
  writePart(fixture.folder, CONTENT.subarray(0, KEPT));
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

Deno.test("Client.download: needs no data for a complete part, only the hash of the server", async () => {
  await using fixture = await setUp();
  writePart(fixture.folder, CONTENT);
  const result = await fixture.get();
  assertEquals([result.resumedFrom, result.sizeBytes], [SIZE, SIZE]);
  assertEquals(fixture.folder.list(), ["a.bin"]);
});

Deno.test("Client.download: drops the part if the server starts at offset 0", async () => {
  await using fixture = await setUp();
  writePart(fixture.folder, patternedBytes(KEPT, 5), "v0");
  const result = await fixture.get();
  assertEquals(result.resumedFrom, 0);
  assertEquals(fixture.queries(), [{ ...FROM_KEPT, version: "v0" }]);
  assertEquals(sha256Of(Deno.readFileSync(result.file)), sha256Of(CONTENT));
  assertEquals(fixture.folder.list(), ["a.bin"]);
});

Deno.test("Client.download: starts over if the hash shows that the part is wrong", async () => {
  await using fixture = await setUp();
  writePart(fixture.folder, patternedBytes(KEPT, 5));
  const result = await fixture.get();
  assertEquals(result.resumedFrom, 0);
  assertEquals(fixture.queries(), [FROM_KEPT, FROM_START]);
  assertEquals(sha256Of(Deno.readFileSync(result.file)), sha256Of(CONTENT));
  assertEquals(fixture.folder.list(), ["a.bin"]);
});

Deno.test("Client.download: starts over only once if the hash stays wrong", async () => {
  const lie = (request: Json) => [
    ...goodFile(CONTENT, request).slice(0, -1),
    jsonFrame("FEND", { id: request.id, sha256: sha256Of("lie") }),
  ];
  await using fixture = await setUp(CONTENT, [lie, lie, lie, lie]);
  writePart(fixture.folder, CONTENT.subarray(0, KEPT));
  const error = await assertRejects(() => fixture.get(), RequestError);
  assertEquals(error.code, "integrity");
  assertEquals(fixture.queries(), [FROM_KEPT, FROM_START]);
  assertEquals(fixture.folder.list(), []);
});

Deno.test("Client.download: resumes a part without a version, and starts over if the hash is wrong", async () => {
  for (const kept of [CONTENT.subarray(0, KEPT), patternedBytes(KEPT, 5)]) {
    await using fixture = await setUp();
    writePart(fixture.folder, kept, null);
    const result = await fixture.get();
    const isRight = kept.buffer === CONTENT.buffer;
    assertEquals(result.resumedFrom, isRight ? KEPT : 0);
    const asked = [{ type: "STAT", path: "a.bin" }, FROM_KEPT, ...(isRight ? [] : [FROM_START])];
    assertEquals(fixture.queries(), asked);
    assertEquals(sha256Of(Deno.readFileSync(result.file)), sha256Of(CONTENT));
  }
});

Deno.test("Client.download: drops a part that is longer than the file", async () => {
  await using fixture = await setUp();
  writePart(fixture.folder, patternedBytes(SIZE + 1));
  const result = await fixture.get();
  assertEquals(result.resumedFrom, 0);
  assertEquals(fixture.folder.list(), ["a.bin"]);
});

Deno.test("Client.download: drops the part without resume", async () => {
  await using fixture = await setUp();
  writePart(fixture.folder, CONTENT.subarray(0, KEPT));
  const result = await fixture.get({ resume: false });
  assertEquals(result.resumedFrom, 0);
  assertEquals(fixture.queries(), [FROM_START]);
  assertEquals(fixture.folder.list(), ["a.bin"]);
});

Deno.test("Client.download: ignores an empty part", async () => {
  await using fixture = await setUp();
  writePart(fixture.folder, new Uint8Array(0));
  assertEquals((await fixture.get()).resumedFrom, 0);
  assertEquals(fixture.queries(), [FROM_START]);
});

Deno.test("Client.download: keeps the part of an interrupted download, and resumes it", async () => {
  const breakOff = (request: Json) => [
    jsonFrame("FMET", headOf(CONTENT, request)),
    ...dataFrames(CONTENT.subarray(0, KEPT)),
    jsonFrame("FAIL", { id: request.id, code: "internal", message: "The disk is gone" }),
  ];
  await using fixture = await setUp(CONTENT, [breakOff]);
  await assertRejects(() => fixture.get(), RequestError, "The disk is gone");
  assertEquals(fixture.folder.list(), [".tcp-chat/a.bin.part", ".tcp-chat/a.bin.part.version"]);
  assertEquals(Deno.readTextFileSync(fixture.folder.join(".tcp-chat/a.bin.part.version")), "v1");
  const result = await fixture.get();
  assertEquals(result.resumedFrom, KEPT);
  assertEquals(fixture.queries(), [FROM_START, FROM_KEPT]);
  assertEquals(sha256Of(Deno.readFileSync(result.file)), sha256Of(CONTENT));
});

Deno.test("Client.download: numbers the name of a resumed download if another file has it", async () => {
  await using fixture = await setUp();
  writePart(fixture.folder, CONTENT.subarray(0, KEPT));
  fixture.folder.write("a.bin", "mine");
  const result = await fixture.get();
  assertEquals([result.file, result.resumedFrom], [fixture.folder.join("a (1).bin"), KEPT]);
  assertEquals(Deno.readTextFileSync(fixture.folder.join("a.bin")), "mine");
  assertEquals(fixture.folder.list(), ["a (1).bin", "a.bin"]);
});

Deno.test("Client.download: does not keep a version that is too long", async () => {
  const version = "v".repeat(10_000);
  const breakOff = (request: Json) => [
    jsonFrame("FMET", { ...headOf(CONTENT, request), version }),
    ...dataFrames(CONTENT.subarray(0, KEPT)),
    jsonFrame("FAIL", { id: request.id, code: "internal", message: "No" }),
  ];
  await using fixture = await setUp(CONTENT, [breakOff]);
  await assertRejects(() => fixture.get(), RequestError);
  assertEquals(fixture.folder.list(), [".tcp-chat/a.bin.part"]);
  await fixture.get();
  assertEquals(fixture.folder.list(), ["a.bin"]);
});

Deno.test("Client.download: resumes from a real server at any offset", async () => {
  await using server = await startServer({}, { "a.bin": CONTENT });
  await using client = await TestClient.connect(server.port, { protocol: 2 });
  const { version } = await client.client.stat("a.bin");
  for (const kept of [1, LIMITS.protocol2DataBytes, SIZE - 1, SIZE]) {
    using folder = new TempDir();
    writePart(folder, CONTENT.subarray(0, kept), version);
    const result = await download(client.client, folder, { zstd: kept === 1 });
    assertEquals([result.resumedFrom, result.sha256], [kept, sha256Of(CONTENT)]);
    assertEquals(folder.list(), ["a.bin"]);
  }
  const sent = server.eventsOf("download").map(({ bytes }) => bytes);
  assertEquals(sent, [SIZE - 1, SIZE - LIMITS.protocol2DataBytes, 1, 0]);
});

Deno.test("Client.download: starts over on a real server if the file has changed", async () => {
  await using server = await startServer({}, { "a.bin": patternedBytes(SIZE, 5) });
  await using client = await TestClient.connect(server.port, { protocol: 2 });
  const { version } = await client.client.stat("a.bin");
  using folder = new TempDir();
  writePart(folder, patternedBytes(SIZE, 5).subarray(0, KEPT), version);
  server.root.write("a.bin", CONTENT);
  const result = await download(client.client, folder, {});
  assertEquals([result.resumedFrom, result.sha256], [0, sha256Of(CONTENT)]);
});

Deno.test("Client.download: pipelines small files on at most two data connections", async () => {
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
  assert(server.eventsOf("hello").length <= 3, "more than two data connections");
});
