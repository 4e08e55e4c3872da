import { assert, assertEquals, assertRejects } from "@std/assert";
import { DiskError } from "../../lib/files/disk_error.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import type { UploadOptions } from "../../lib/transfer/upload_options.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { TestClient } from "../helpers/clients.ts";
import { startServer } from "../helpers/servers.ts";
import { until } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { underWay } from "../helpers/under_way.ts";

const MIB = 1024 * 1024;
const CONTENT = patternedBytes(3 * MIB + 5);
const MTIME = Date.UTC(2020, 1, 29, 12, 34, 56, 789);

/** A server that accepts uploads, a client, and a folder with a file to send. */
async function setUp(options: Parameters<typeof startServer>[0] = {}) {
  const stack = new AsyncDisposableStack();
  const server = stack.use(await startServer({ uploads: true, ...options }));
  const folder = stack.use(new TempDir());
  const { client } = stack.use(await TestClient.connect(server.port, { protocol: 2 }));
  folder.write("a.bin", CONTENT);
  const put = (name = "a.bin", more: UploadOptions = {}) => client.upload(folder.join(name), more);
  const stored = (path: string) => sha256Of(Deno.readFileSync(server.root.join(path)));
  return { server, client, folder, put, stored, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

for (const size of [0, 1, 65_536, 65_537, MIB - 1, MIB, 3 * MIB + 5]) {
  Deno.test(`Client.upload: sends a file of ${size} bytes, and returns its path, size and hash`, async () => {
    await using fixture = await setUp();
    const content = patternedBytes(size);
    fixture.folder.write("b.bin", content);
    const result = await fixture.put("b.bin", { path: "f/b.bin" });
    assertEquals(result, {
      path: "f/b.bin",
      sizeBytes: size,
      sha256: sha256Of(content),
      skipped: false,
      resumedFrom: 0,
    });
    assertEquals(fixture.stored("f/b.bin"), sha256Of(content));
    assertEquals(underWay(fixture.server), []);
  });
}

Deno.test("Client.upload: keeps the mtime of the file, and its name unless a path is given", async () => {
  await using fixture = await setUp();
  Deno.utimeSync(fixture.folder.join("a.bin"), new Date(MTIME), new Date(MTIME));
  assertEquals((await fixture.put()).path, "a.bin");
  assertEquals((await fixture.put("a.bin", { path: "b.bin" })).path, "b.bin");
  for (const path of ["a.bin", "b.bin"]) {
    assertEquals(Deno.statSync(fixture.server.root.join(path)).mtime?.getTime(), MTIME);
  }
});

Deno.test("Client.upload: skips a file that the server has, with replace and without", async () => {
  await using fixture = await setUp();
  await fixture.put();
  const before = Deno.statSync(fixture.server.root.join("a.bin"));
  for (const more of [{}, { replace: true }, { exists: true }, { isThere: false }]) {
    const result = await fixture.put("a.bin", more);
    assertEquals(result, {
      path: "a.bin",
      sizeBytes: CONTENT.length,
      sha256: sha256Of(CONTENT),
      skipped: true,
      resumedFrom: 0,
    });
  }
  assertEquals(Deno.statSync(fixture.server.root.join("a.bin")).ino, before.ino);
  assertEquals(fixture.server.eventsOf("upload").length, 1);
  await fixture.put("a.bin", { path: "b.bin" }); // The skipped uploads leave no request behind
  assertEquals(underWay(fixture.server), []);
});

Deno.test("Client.upload: throws exists for another file of the same or another size, without replace", async () => {
  await using fixture = await setUp();
  for (const mine of ["mine", CONTENT.with(5, CONTENT[5]! ^ 1)]) {
    fixture.server.root.write("a.bin", mine);
    for (const more of [{}, { exists: true }, { resume: false }]) {
      const error = await assertRejects(() => fixture.put("a.bin", more), RequestError);
      assertEquals([error.code, error.isFromPeer], ["exists", true]);
    }
    assertEquals(fixture.stored("a.bin"), sha256Of(mine));
  }
  assertEquals((await fixture.put("a.bin", { replace: true })).skipped, false);
  assertEquals(fixture.stored("a.bin"), sha256Of(CONTENT));
});

Deno.test("Client.upload: throws the code of a refusal, and keeps the connection", async () => {
  await using fixture = await setUp({ maxUploadBytes: 4 * MIB });
  fixture.server.root.write("file.txt", "a");
  const refusals: Array<[path: string, code: string]> = [
    ["../x", "bad-path"],
    ["a\\b", "bad-path"],
    ["file.txt/x", "not-a-file"],
  ];
  for (const [path, code] of refusals) {
    const error = await assertRejects(() => fixture.put("a.bin", { path }), RequestError);
    assertEquals(error.code, code, path);
  }
  fixture.folder.write("big.bin", new Uint8Array(4 * MIB + 1));
  const error = await assertRejects(() => fixture.put("big.bin"), RequestError);
  assertEquals(error.code, "too-large");
  assertEquals((await fixture.put()).sizeBytes, CONTENT.length);
  assertEquals(fixture.server.eventsOf("hello").length, 2);
});

Deno.test("Client.upload: throws denied if the server accepts no uploads", async () => {
  await using fixture = await setUp({ uploads: false });
  for (const more of [{}, { resume: false }, { replace: true }]) {
    const error = await assertRejects(() => fixture.put("a.bin", more), RequestError);
    assertEquals(error.code, "denied");
  }
  await assertRejects(() => fixture.client.makeFolder("a"), RequestError);
});

Deno.test("Client.upload: throws for a missing file and a folder, and sends nothing", async () => {
  await using fixture = await setUp();
  await assertRejects(() => fixture.put("missing"), DiskError);
  const error = await assertRejects(() => fixture.client.upload(fixture.folder.path), RequestError);
  assertEquals(error.code, "not-a-file");
  assertEquals(fixture.server.eventsOf("hello").length, 1);
});

Deno.test("Client.upload: throws changed if the file changes while it is sent", async () => {
  await using fixture = await setUp();
  const size = 64 * MIB;
  Deno.truncateSync(fixture.folder.write("big.bin", ""), size);
  let changed = false;
  const onProgress = () => {
    if (!changed) Deno.truncateSync(fixture.folder.join("big.bin"), size - 1);
    changed = true;
  };
  const error = await assertRejects(() => fixture.put("big.bin", { onProgress }), RequestError);
  assertEquals(error.code, "changed");
  assertEquals(fixture.server.root.list().includes("big.bin"), false);
  assertEquals((await fixture.put()).sizeBytes, CONTENT.length);
});

Deno.test("Client.upload: reports rising progress, and the total from the start", async () => {
  await using fixture = await setUp();
  const readings: Array<[bytes: number, total: number]> = [];
  await fixture.put("a.bin", { onProgress: (bytes, total) => readings.push([bytes, total]) });
  assert(readings.length > 1);
  assertEquals(new Set(readings.map(([, total]) => total)), new Set([CONTENT.length]));
  const counts = readings.map(([bytes]) => bytes);
  assertEquals(counts, counts.toSorted((a, b) => a - b));
  assertEquals(counts.at(-1), CONTENT.length);
});

Deno.test("Client.upload: stores the same content with zstd, compressible or not", async () => {
  await using fixture = await setUp();
  fixture.folder.write("text.txt", "all work and no play makes jack a dull boy\n".repeat(70_000));
  for (const name of ["text.txt", "a.bin"]) {
    const { sha256 } = await fixture.put(name, { zstd: true });
    assertEquals(fixture.stored(name), sha256);
    assertEquals(sha256, sha256Of(Deno.readFileSync(fixture.folder.join(name))));
  }
});

Deno.test("Client.upload: sends many files at once over at most four data connections", async () => {
  await using fixture = await setUp();
  const sizes = Array.from({ length: 60 }, (_, i) => (i % 20 === 0 ? 2 * MIB : i * 100));
  for (const [i, size] of sizes.entries()) fixture.folder.write(`${i}`, patternedBytes(size, i));
  const results = await Promise.all(sizes.map((_, i) => fixture.put(`${i}`, { path: `f/${i}` })));
  for (const [i, { sha256 }] of results.entries()) {
    assertEquals(sha256, sha256Of(patternedBytes(sizes[i]!, i)));
    assertEquals(fixture.stored(`f/${i}`), sha256);
  }
  assertEquals(underWay(fixture.server), []);
  assert(fixture.server.eventsOf("hello").length <= 5, "four data connections at the most");
});

Deno.test("Client.upload: fails alone beside other uploads", async () => {
  await using fixture = await setUp();
  fixture.server.root.write("f/5", "mine");
  for (let i = 0; i < 10; i++) fixture.folder.write(`${i}`, `text ${i}`);
  const outcomes = await Promise.allSettled(
    Array.from({ length: 10 }, (_, i) => fixture.put(`${i}`, { path: `f/${i}` })),
  );
  const failed = outcomes.flatMap(({ status }, i) => status === "rejected" ? [i] : []);
  assertEquals(failed, [5]);
  assertEquals(Deno.readTextFileSync(fixture.server.root.join("f/5")), "mine");
});

Deno.test("Client.upload: resumes an aborted upload", async () => {
  await using fixture = await setUp();
  const size = 64 * MIB;
  Deno.truncateSync(fixture.folder.write("big.bin", ""), size);
  const controller = new AbortController();
  const reason = new Error("changed my mind");
  const onProgress = (bytes: number) => bytes > size / 4 && controller.abort(reason);
  const { signal } = controller;
  assertEquals(
    await fixture.put("big.bin", { onProgress, signal }).catch((error) => error),
    reason,
  );
  const refused = await fixture.server.waitFor("refused");
  assertEquals([refused.code, refused.path], ["cancelled", "big.bin"]);
  const first: number[] = [];
  const { resumedFrom, sizeBytes } = await fixture.put("big.bin", {
    onProgress: (bytes) => first.push(bytes),
  });
  assertEquals(sizeBytes, size);
  assert(resumedFrom > 0 && resumedFrom < size, `${resumedFrom}`);
  assert(first[0]! >= resumedFrom);
  assertEquals(underWay(fixture.server), []);
});

Deno.test("Client.upload: leaves nothing when aborted without resume", async () => {
  await using fixture = await setUp();
  const size = 64 * MIB;
  Deno.truncateSync(fixture.folder.write("big.bin", ""), size);
  const controller = new AbortController();
  const onProgress = (bytes: number) => bytes > size / 4 && controller.abort();
  const options = { onProgress, signal: controller.signal, resume: false };
  await assertRejects(() => fixture.put("big.bin", options), DOMException);
  await fixture.server.waitFor("refused");
  await until(() => underWay(fixture.server).length === 0, "the part to be removed");
  assertEquals((await fixture.put("big.bin")).resumedFrom, 0);
});

Deno.test("Client.upload: starts over if the mtime of the file has changed", async () => {
  await using fixture = await setUp();
  const size = 32 * MIB;
  Deno.truncateSync(fixture.folder.write("big.bin", ""), size);
  const controller = new AbortController();
  const onProgress = (bytes: number) => bytes > size / 4 && controller.abort();
  await assertRejects(() => fixture.put("big.bin", { onProgress, signal: controller.signal }));
  await fixture.server.waitFor("refused");
  Deno.utimeSync(fixture.folder.join("big.bin"), new Date(MTIME), new Date(MTIME));
  assertEquals((await fixture.put("big.bin")).resumedFrom, 0);
});
