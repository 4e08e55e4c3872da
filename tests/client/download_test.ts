import { assert, assertEquals, assertRejects } from "@std/assert";
import { RequestError } from "../../lib/protocol/errors.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { TestClient } from "../helpers/clients.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const CONTENT = patternedBytes(3 * 1024 * 1024 + 5);

/** A server with files, a client, and a folder for the downloads. */
async function setUp(protocol: 1 | 2) {
  const server = await startServer({}, {
    "file.bin": CONTENT,
    "empty.txt": "",
    "folder/deep.txt": "deep",
  });
  const stack = new AsyncDisposableStack();
  stack.use(server);
  const folder = stack.use(new TempDir());
  const client = stack.use(await TestClient.connect(server.port, { protocol }));
  const target = { directory: folder.path, name: "file.bin" };
  return {
    server,
    client: client.client,
    folder,
    target,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

for (const protocol of [1, 2] as const) {
  Deno.test(`Client.download: returns the path, size and hash of the file, protocol ${protocol}`, async () => {
    await using fixture = await setUp(protocol);
    const result = await fixture.client.download("file.bin", fixture.target);
    const sha256 = sha256Of(CONTENT);
    const file = fixture.folder.join("file.bin");
    const sizeBytes = CONTENT.length;
    assertEquals(result, { file, sizeBytes, sha256, skipped: false, resumedFrom: 0 });
    assertEquals(Deno.readFileSync(file), CONTENT);
    assertEquals(fixture.folder.list(), ["file.bin"]);
  });

  Deno.test(`Client.download: downloads an empty file, protocol ${protocol}`, async () => {
    await using fixture = await setUp(protocol);
    const result = await fixture.client.download("empty.txt", { ...fixture.target, name: "e" });
    assertEquals([result.sizeBytes, result.sha256], [0, sha256Of("")]);
    assertEquals(fixture.folder.list(), ["e"]);
  });

  Deno.test(`Client.download: stores the file under the given name, protocol ${protocol}`, async () => {
    await using fixture = await setUp(protocol);
    const { file } = await fixture.client.download("folder/deep.txt", {
      ...fixture.target,
      name: "x.txt",
    });
    assertEquals(file, fixture.folder.join("x.txt"));
    assertEquals(Deno.readTextFileSync(file), "deep");
  });

  Deno.test(`Client.download: creates the folder of the file, protocol ${protocol}`, async () => {
    await using fixture = await setUp(protocol);
    const directory = fixture.folder.join("not", "yet");
    const { file } = await fixture.client.download("file.bin", { directory, name: "file.bin" });
    assertEquals(Deno.statSync(file).size, CONTENT.length);
  });

  Deno.test(`Client.download: skips a file that exists with the same content, protocol ${protocol}`, async () => {
    await using fixture = await setUp(protocol);
    const path = fixture.folder.write("file.bin", CONTENT);
    const before = Deno.statSync(path);
    const result = await fixture.client.download("file.bin", fixture.target);
    assertEquals([result.file, result.skipped], [path, true]);
    const after = Deno.statSync(path);
    assertEquals([after.ino, after.mtime], [before.ino, before.mtime]);
    assertEquals(fixture.folder.list(), ["file.bin"]);
  });

  Deno.test(`Client.download: numbers the name if another file has it, protocol ${protocol}`, async () => {
    await using fixture = await setUp(protocol);
    fixture.folder.write("file.bin", "mine");
    const first = await fixture.client.download("file.bin", fixture.target);
    assertEquals([first.file, first.skipped], [fixture.folder.join("file (1).bin"), false]);
    const again = await fixture.client.download("file.bin", fixture.target);
    assertEquals([again.file, again.skipped], [fixture.folder.join("file (1).bin"), true]);
    assertEquals(Deno.readTextFileSync(fixture.folder.join("file.bin")), "mine");
  });

  Deno.test(`Client.download: replaces another file of the name with replace, protocol ${protocol}`, async () => {
    await using fixture = await setUp(protocol);
    fixture.folder.write("file.bin", "mine");
    const result = await fixture.client.download("file.bin", { ...fixture.target, replace: true });
    assertEquals([result.file, result.skipped], [fixture.folder.join("file.bin"), false]);
    assertEquals(fixture.folder.list(), ["file.bin"]);
    assertEquals(Deno.readFileSync(result.file), CONTENT);
  });

  Deno.test(`Client.download: skips the same file even with replace, protocol ${protocol}`, async () => {
    await using fixture = await setUp(protocol);
    fixture.folder.write("file.bin", CONTENT);
    const result = await fixture.client.download("file.bin", { ...fixture.target, replace: true });
    assertEquals(result.skipped, true);
  });

  Deno.test(`Client.download: accepts a file with the wanted hash, protocol ${protocol}`, async () => {
    await using fixture = await setUp(protocol);
    const sha256 = sha256Of(CONTENT);
    const result = await fixture.client.download("file.bin", { ...fixture.target, sha256 });
    assertEquals(result.sha256, sha256);
  });

  Deno.test(`Client.download: rejects a file without the wanted hash, and leaves nothing, protocol ${protocol}`, async () => {
    await using fixture = await setUp(protocol);
    const sha256 = sha256Of("another");
    const error = await assertRejects(
      () => fixture.client.download("file.bin", { ...fixture.target, sha256 }),
      RequestError,
    );
    assertEquals(error.code, "integrity");
    assertEquals(fixture.folder.list(), []);
    const next = await fixture.client.download("folder/deep.txt", fixture.target);
    assertEquals(next.sizeBytes, 4);
  });

  Deno.test(`Client.download: reports rising progress, and the total from the start, protocol ${protocol}`, async () => {
    await using fixture = await setUp(protocol);
    const readings: Array<[bytes: number, total: number]> = [];
    await fixture.client.download("file.bin", {
      ...fixture.target,
      onProgress: (bytes, total) => readings.push([bytes, total]),
    });
    assert(readings.length > 1);
    assertEquals(new Set(readings.map(([, total]) => total)), new Set([CONTENT.length]));
    const counts = readings.map(([bytes]) => bytes);
    assertEquals(counts, counts.toSorted((a, b) => a - b));
    assertEquals(counts.at(-1), CONTENT.length);
  });

  Deno.test(`Client.download: throws not-found for a missing file, and leaves nothing, protocol ${protocol}`, async () => {
    await using fixture = await setUp(protocol);
    const error = await assertRejects(
      () => fixture.client.download("missing", fixture.target),
      RequestError,
    );
    assertEquals([error.code, error.isFromPeer], ["not-found", true]);
    assertEquals(fixture.folder.list(), []);
  });

  Deno.test(`Client.download: throws bad-path for a path outside the root, protocol ${protocol}`, async () => {
    await using fixture = await setUp(protocol);
    for (const path of ["../secret", "/etc/passwd", "a\\b"]) {
      const error = await assertRejects(
        () => fixture.client.download(path, fixture.target),
        RequestError,
      );
      assertEquals(error.code, "bad-path", path);
    }
  });
}
