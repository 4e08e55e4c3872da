import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type Client,
  ConnectionError,
  downloadAll,
  RequestError,
  type TransferAllResult,
  uploadAll,
} from "../../mod.ts";
import { patternedBytes } from "../helpers/bytes.ts";
import { LibraryFixture } from "../helpers/library_fixture.ts";

/** Paths of what is in place, in order; of what failed, with codes; and of what is left out. */
function outlineOf({ files, failures, omitted }: TransferAllResult) {
  const codeOf = (error: unknown) => error instanceof RequestError ? error.code : `${error}`;
  return {
    files: files.map(({ path }) => path).sort(),
    failures: failures.map(({ path, error }) => `${path}: ${codeOf(error)}`),
    omitted: omitted.paths.map(({ path, reason }) => `${path}: ${reason}`),
    count: omitted.count,
  };
}

Deno.test("downloadAll: fetches files, folders and patterns, and tells all that is missing", async () => {
  await using fixture = await LibraryFixture.start();
  const { root, folder, client } = fixture;
  root.write("a.txt", "a");
  root.write("docs/b.txt", "b");
  root.write("docs/deep/c.txt", "c");
  root.write("x.pdf", patternedBytes(100_000));
  root.write("y.pdf", "y");
  Deno.symlinkSync(folder.path, root.join("docs/elsewhere"));
  const result = await downloadAll(client, ["a.txt", "docs", "missing", "*.pdf", "none/*"], {
    directory: folder.path,
  });
  assertEquals(outlineOf(result), {
    files: ["a.txt", "docs/b.txt", "docs/deep/c.txt", "x.pdf", "y.pdf"],
    failures: ["missing: not-found", "none/*: not-found"],
    omitted: ["docs/elsewhere: link"],
    count: 1,
  });
  for (const { path, file } of result.files) {
    assertEquals(file, folder.join(path));
    assertEquals(Deno.readFileSync(file), Deno.readFileSync(root.join(path)));
  }
  const again = await downloadAll(client, ["docs"], { directory: folder.path });
  assert(again.files.length === 2 && again.files.every(({ skipped }) => skipped));
});

Deno.test("downloadAll: tells of each file as it moves", async () => {
  await using fixture = await LibraryFixture.start();
  const { root, folder, client } = fixture;
  root.write("f/a.bin", patternedBytes(3_000_000));
  root.write("f/b.bin", patternedBytes(10));
  const found: number[] = [];
  const last = new Map<string, number>();
  const done: string[] = [];
  await downloadAll(client, ["f", "missing"], {
    directory: folder.path,
    onFound: (files, bytes) => found.push(files, bytes),
    onProgress: (path, bytes, totalBytes) => {
      assert(bytes <= totalBytes && bytes >= (last.get(path) ?? 0));
      last.set(path, bytes);
    },
    onDone: (path, { sizeBytes }) => done.push(`${path} ${sizeBytes}`),
    onError: (path) => done.push(`${path} failed`),
  });
  assertEquals(found, [1, 0, 2, 3_000_010]); // What is missing counts, too
  assertEquals(Object.fromEntries(last), { "f/a.bin": 3_000_000, "f/b.bin": 10 });
  assertEquals(done.sort(), ["f/a.bin 3000000", "f/b.bin 10", "missing failed"]);
});

Deno.test("downloadAll: moves many files over the data connections of the client", async () => {
  await using fixture = await LibraryFixture.start({ connections: 2 });
  const { root, folder, client } = fixture;
  const names = Array.from({ length: 150 }, (_, i) => `many/${i}.txt`);
  for (const name of names) root.write(name, name);
  assertEquals(client.connections, 2);
  const { files, failures } = await downloadAll(client, ["many"], { directory: folder.path });
  assertEquals([files.length, failures], [names.length, []]);
  assertEquals(folder.list("many").length, names.length);
});

Deno.test("uploadAll: sends files and folders, and tells all that is missing", async () => {
  await using fixture = await LibraryFixture.start();
  const { root, folder, client } = fixture;
  folder.write("top/a.txt", "a");
  folder.write("top/deep/b.txt", "b");
  folder.write("top/secret.txt", "s");
  folder.write("c.txt", "c");
  root.write("inbox/c.txt", "another");
  Deno.symlinkSync(root.path, folder.join("top/elsewhere"));
  const paths = [folder.join("top"), folder.join("c.txt"), folder.join("missing")];
  const result = await uploadAll(client, paths, {
    to: "inbox",
    ownPaths: [folder.join("top/secret.txt")],
  });
  const { files, failures, omitted } = outlineOf(result);
  assertEquals(files, ["inbox/top/a.txt", "inbox/top/deep/b.txt"]);
  assertEquals(failures[0], "inbox/c.txt: exists");
  assert(failures[1]?.startsWith(`${folder.join("missing")}: DiskError`), failures[1]);
  const names = omitted.map((text) => text.replace(/^.*\//, "")).sort();
  assertEquals(names, ["elsewhere: link", "secret.txt: own"]);
  assertEquals(Deno.readTextFileSync(root.join("inbox/top/deep/b.txt")), "b");
  assertEquals(Deno.readTextFileSync(root.join("inbox/c.txt")), "another");
});

for (
  const [name, move] of Object.entries({
    downloadAll: (client: Client, paths: string[], options: object) =>
      downloadAll(client, paths, options),
    uploadAll: (client: Client, paths: string[], options: object) =>
      uploadAll(client, paths, options),
  })
) {
  Deno.test(`${name}: rejects with the reason of its signal, and checks its arguments`, async () => {
    await using fixture = await LibraryFixture.start();
    const { root, folder, client } = fixture;
    root.write("f/a.bin", patternedBytes(20_000_000));
    folder.write("f/b.bin", patternedBytes(20_000_000));
    const controller = new AbortController();
    const options = {
      ...(name === "downloadAll" && { directory: folder.path }),
      signal: controller.signal,
      onProgress: () => controller.abort(new Error("enough")),
    };
    const paths = [name === "downloadAll" ? "f" : folder.join("f")];
    await assertRejects(() => move(client, paths, options), Error, "enough");
    await assertRejects(() => move(client, paths, options), Error, "enough");
    await assertRejects(() => move(client, [""], {}), TypeError, "a path must be a text");
    await client.chat.say("The client goes on");
  });
}

Deno.test("downloadAll: fails each path when the connection is lost", async () => {
  await using fixture = await LibraryFixture.start();
  fixture.client.close();
  await fixture.client.closed;
  const { files, failures } = await downloadAll(fixture.client, ["a", "b"]);
  assertEquals([files, failures.map(({ path }) => path)], [[], ["a", "b"]]);
  assert(failures.every(({ error }) => error instanceof ConnectionError));
});
