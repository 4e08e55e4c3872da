import { assert, assertEquals, assertRejects } from "@std/assert";
import { RequestError } from "../../lib/protocol/errors.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { TestClient } from "../helpers/clients.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const CONTENT = patternedBytes(3 * 1024 * 1024 + 5);

/** A server with some files, a client, and a folder for what it gets. */
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
  Deno.test(`by protocol ${protocol}, a download tells where the file is, its size and its hash`, async () => {
    await using scene = await setUp(protocol);
    const result = await scene.client.download("file.bin", scene.target);
    const sha256 = sha256Of(CONTENT);
    const file = scene.folder.join("file.bin");
    const bytes = CONTENT.length;
    assertEquals(result, { file, bytes, sha256, skipped: false, resumedFrom: 0 });
    assertEquals(Deno.readFileSync(file), CONTENT);
    assertEquals(scene.folder.list(), ["file.bin"]);
  });

  Deno.test(`by protocol ${protocol}, a file of no bytes is downloaded like any other`, async () => {
    await using scene = await setUp(protocol);
    const result = await scene.client.download("empty.txt", { ...scene.target, name: "e" });
    assertEquals([result.bytes, result.sha256], [0, sha256Of("")]);
    assertEquals(scene.folder.list(), ["e"]);
  });

  Deno.test(`by protocol ${protocol}, a file in a folder gets the name that it is to have`, async () => {
    await using scene = await setUp(protocol);
    const { file } = await scene.client.download("folder/deep.txt", {
      ...scene.target,
      name: "x.txt",
    });
    assertEquals(file, scene.folder.join("x.txt"));
    assertEquals(Deno.readTextFileSync(file), "deep");
  });

  Deno.test(`by protocol ${protocol}, the folder for the file is made when it is not there`, async () => {
    await using scene = await setUp(protocol);
    const directory = scene.folder.join("not", "yet");
    const { file } = await scene.client.download("file.bin", { directory, name: "file.bin" });
    assertEquals(Deno.statSync(file).size, CONTENT.length);
  });

  Deno.test(`by protocol ${protocol}, a file that is there already is left alone and counts as done`, async () => {
    await using scene = await setUp(protocol);
    const path = scene.folder.write("file.bin", CONTENT);
    const before = Deno.statSync(path);
    const result = await scene.client.download("file.bin", scene.target);
    assertEquals([result.file, result.skipped], [path, true]);
    const after = Deno.statSync(path);
    assertEquals([after.ino, after.mtime], [before.ino, before.mtime]);
    assertEquals(scene.folder.list(), ["file.bin"]);
  });

  Deno.test(`by protocol ${protocol}, another file of that name is kept, and the new one gets a number`, async () => {
    await using scene = await setUp(protocol);
    scene.folder.write("file.bin", "mine");
    const first = await scene.client.download("file.bin", scene.target);
    assertEquals([first.file, first.skipped], [scene.folder.join("file (1).bin"), false]);
    const again = await scene.client.download("file.bin", scene.target);
    assertEquals([again.file, again.skipped], [scene.folder.join("file (1).bin"), true]);
    assertEquals(Deno.readTextFileSync(scene.folder.join("file.bin")), "mine");
  });

  Deno.test(`by protocol ${protocol}, with replace, another file of that name is replaced`, async () => {
    await using scene = await setUp(protocol);
    scene.folder.write("file.bin", "mine");
    const result = await scene.client.download("file.bin", { ...scene.target, replace: true });
    assertEquals([result.file, result.skipped], [scene.folder.join("file.bin"), false]);
    assertEquals(scene.folder.list(), ["file.bin"]);
    assertEquals(Deno.readFileSync(result.file), CONTENT);
  });

  Deno.test(`by protocol ${protocol}, with replace, the same file is still left alone`, async () => {
    await using scene = await setUp(protocol);
    scene.folder.write("file.bin", CONTENT);
    const result = await scene.client.download("file.bin", { ...scene.target, replace: true });
    assertEquals(result.skipped, true);
  });

  Deno.test(`by protocol ${protocol}, a file of the hash that is wanted is accepted`, async () => {
    await using scene = await setUp(protocol);
    const sha256 = sha256Of(CONTENT);
    const result = await scene.client.download("file.bin", { ...scene.target, sha256 });
    assertEquals(result.sha256, sha256);
  });

  Deno.test(`by protocol ${protocol}, a file of another hash than the one that is wanted is not, and nothing is left`, async () => {
    await using scene = await setUp(protocol);
    const sha256 = sha256Of("another");
    const error = await assertRejects(
      () => scene.client.download("file.bin", { ...scene.target, sha256 }),
      RequestError,
    );
    assertEquals(error.code, "integrity");
    assertEquals(scene.folder.list(), []);
    const next = await scene.client.download("folder/deep.txt", scene.target);
    assertEquals(next.bytes, 4);
  });

  Deno.test(`by protocol ${protocol}, the progress rises to the whole, and tells the whole from the start`, async () => {
    await using scene = await setUp(protocol);
    const readings: Array<[bytes: number, total: number]> = [];
    await scene.client.download("file.bin", {
      ...scene.target,
      onProgress: (bytes, total) => readings.push([bytes, total]),
    });
    assert(readings.length > 1);
    assertEquals(new Set(readings.map(([, total]) => total)), new Set([CONTENT.length]));
    const counts = readings.map(([bytes]) => bytes);
    assertEquals(counts, counts.toSorted((a, b) => a - b));
    assertEquals(counts.at(-1), CONTENT.length);
  });

  Deno.test(`by protocol ${protocol}, a file that the server does not have is not found, and leaves nothing`, async () => {
    await using scene = await setUp(protocol);
    const error = await assertRejects(
      () => scene.client.download("missing", scene.target),
      RequestError,
    );
    assertEquals([error.code, error.isFromPeer], ["not-found", true]);
    assertEquals(scene.folder.list(), []);
  });

  Deno.test(`by protocol ${protocol}, a name that leads out of the folder is refused by the server`, async () => {
    await using scene = await setUp(protocol);
    for (const path of ["../secret", "/etc/passwd", "a\\b", "CON"]) {
      const error = await assertRejects(
        () => scene.client.download(path, scene.target),
        RequestError,
      );
      assertEquals(error.code, "bad-path", path);
    }
  });
}
