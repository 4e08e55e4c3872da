import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Client } from "../../lib/client/client.ts";
import { findRemote, type RemoteItem } from "../../lib/client/remote_paths.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { TestClient } from "../helpers/clients.ts";
import { startServer } from "../helpers/servers.ts";

const onUnix = { ignore: Deno.build.os === "windows" };
const FILES = {
  "a.txt": "12345",
  "b.iso": "1",
  "c.iso": "12",
  "docs/a.txt": "1",
  "docs/deep/a.txt": "12",
  "docs/deep/b.iso": "123",
  "docs2/a.txt": "1",
};

/** A server with files, and a client of it. */
class Fixture implements AsyncDisposable {
  readonly #stack: AsyncDisposableStack;

  private constructor(readonly client: Client, readonly root: string, stack: AsyncDisposableStack) {
    this.#stack = stack;
  }

  static async start(files: Record<string, string> = FILES): Promise<Fixture> {
    const stack = new AsyncDisposableStack();
    const server = stack.use(await startServer({}, files));
    const { client } = stack.use(await TestClient.connect(server.port, { protocol: 2 }));
    return new Fixture(client, server.root.path, stack);
  }

  find(text: string): Promise<RemoteItem[]> {
    return findRemote(this.client, text);
  }

  /** The found items as `path > localPath`, folders with a slash at the end. */
  async paths(text: string): Promise<string[]> {
    return (await this.find(text)).map(({ path, localPath, type }) =>
      `${path} > ${localPath}${type === "folder" ? "/" : ""}`
    );
  }

  async assertRefused(text: string, code: string): Promise<void> {
    const error = await assertRejects(() => this.find(text), RequestError, undefined, text);
    assertEquals(error.code, code, text);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

const DOCS = [
  "docs > docs/",
  "docs/a.txt > docs/a.txt",
  "docs/deep > docs/deep/",
  "docs/deep/a.txt > docs/deep/a.txt",
  "docs/deep/b.iso > docs/deep/b.iso",
];

Deno.test("findRemote: returns a file with its size, its time and its name as the local path", async () => {
  await using fixture = await Fixture.start();
  const { mtime } = Deno.statSync(`${fixture.root}/docs/deep/b.iso`);
  assertEquals(await fixture.find("docs/deep/b.iso"), [{
    path: "docs/deep/b.iso",
    localPath: "b.iso",
    type: "file",
    sizeBytes: 3,
    modifiedMs: mtime!.getTime(),
  }]);
  assertEquals(await fixture.paths("  a.txt "), ["a.txt > a.txt"]);
});

Deno.test("findRemote: returns a folder with its content and its own time", async () => {
  await using fixture = await Fixture.start();
  Deno.utimeSync(`${fixture.root}/docs`, 1_000, 2_000);
  for (const text of ["docs", "docs/", "docs//"]) assertEquals(await fixture.paths(text), DOCS);
  const [docs] = await fixture.find("docs");
  assertEquals([docs?.sizeBytes, docs?.modifiedMs], [0, 2_000_000]);
  assertEquals(await fixture.paths("docs/deep"), [
    "docs/deep > deep/",
    "docs/deep/a.txt > deep/a.txt",
    "docs/deep/b.iso > deep/b.iso",
  ]);
});

Deno.test("findRemote: throws not-found for missing paths, and bad-path for forbidden paths", async () => {
  await using fixture = await Fixture.start();
  for (const text of ["nothing", "a.txt/b", "docs/nothing", "*.zip", "nothing/*", "x[1].txt"]) {
    await fixture.assertRefused(text, "not-found");
  }
  for (const text of ["", "/", "..", "../a.txt", "/a.txt", "../*.txt", "/*", ".tcp-chat"]) {
    await fixture.assertRefused(text, "bad-path");
  }
});

Deno.test("findRemote: matches * and ? within a name", async () => {
  await using fixture = await Fixture.start();
  assertEquals(await fixture.paths("*.iso"), ["b.iso > b.iso", "c.iso > c.iso"]);
  assertEquals(await fixture.paths("?.txt"), ["a.txt > a.txt"]);
  assertEquals(await fixture.paths("docs/*.txt"), ["docs/a.txt > a.txt"]);
  assertEquals(await fixture.paths("docs*/a.txt"), [
    "docs/a.txt > docs/a.txt",
    "docs2/a.txt > docs2/a.txt",
  ]);
  assertEquals(await fixture.paths("*/*/b.*"), ["docs/deep/b.iso > docs/deep/b.iso"]);
  assertEquals(await fixture.paths("docs/dee?/a*"), ["docs/deep/a.txt > deep/a.txt"]);
});

Deno.test("findRemote: returns a matching folder with its content, each path once", async () => {
  await using fixture = await Fixture.start();
  assertEquals(await fixture.paths("doc?"), DOCS);
  assertEquals(await fixture.paths("*"), [
    "a.txt > a.txt",
    "b.iso > b.iso",
    "c.iso > c.iso",
    ...DOCS,
    "docs2 > docs2/",
    "docs2/a.txt > docs2/a.txt",
  ]);
  assertEquals(
    await fixture.paths("docs/*"),
    DOCS.slice(1).map((line) => line.replace("> docs/", "> ")),
  );
});

Deno.test("findRemote: matches ** with any number of folders", async () => {
  await using fixture = await Fixture.start();
  assertEquals(await fixture.paths("**/a.txt"), [
    "a.txt > a.txt",
    "docs/a.txt > docs/a.txt",
    "docs/deep/a.txt > docs/deep/a.txt",
    "docs2/a.txt > docs2/a.txt",
  ]);
  assertEquals(await fixture.paths("docs/**/*.iso"), ["docs/deep/b.iso > deep/b.iso"]);
  assertEquals((await fixture.paths("**")).length, 10);
  assertEquals(new Set(await fixture.paths("**")), new Set(await fixture.paths("*")));
});

Deno.test("findRemote: does not list a matching tree again for each of its folders", async () => {
  await using fixture = await Fixture.start({ "a/b/c/d/e/f": "x" });
  const { client } = fixture;
  let lists = 0;
  const list = client.list.bind(client);
  client.list = (...args) => {
    lists++;
    return list(...args);
  };
  assertEquals((await fixture.paths("**")).length, 6);
  assert(lists <= 2, `${lists} listings`);
});

Deno.test({
  name: "findRemote: reads [ ] and { } as a name first, and as a pattern if no file has that name",
  ...onUnix,
  fn: async () => {
    await using fixture = await Fixture.start({
      "a[1].txt": "x",
      "a1.txt": "x",
      "{x,y}": "x",
      "x": "x",
      "y": "x",
      "b1": "x",
      "b2": "x",
    });
    assertEquals(await fixture.paths("a[1].txt"), ["a[1].txt > a[1].txt"]);
    assertEquals(await fixture.paths("{x,y}"), ["{x,y} > {x,y}"]);
    assertEquals(await fixture.paths("b[12]"), ["b1 > b1", "b2 > b2"]);
    assertEquals(await fixture.paths("{b1,y}"), ["b1 > b1", "y > y"]);
    assertEquals(await fixture.paths("[!b]1.*"), ["a1.txt > a1.txt"]);
  },
});

Deno.test("findRemote: accepts decomposed paths and patterns", async () => {
  await using fixture = await Fixture.start({ "\u00e9/\u00fc.txt": "x", "\u00e9/x.txt": "x" });
  assertEquals(await fixture.paths("e\u0301/u\u0308.txt"), ["\u00e9/\u00fc.txt > \u00fc.txt"]);
  assertEquals(await fixture.paths("e\u0301/*.txt"), [
    "\u00e9/x.txt > x.txt",
    "\u00e9/\u00fc.txt > \u00fc.txt",
  ]);
  assertEquals(await fixture.paths("e\u0301*"), [
    "\u00e9 > \u00e9/",
    "\u00e9/x.txt > \u00e9/x.txt",
    "\u00e9/\u00fc.txt > \u00e9/\u00fc.txt",
  ]);
});

Deno.test("findRemote: matches a leading dot like any character", async () => {
  await using fixture = await Fixture.start({ ".hidden": "x", "a": "x" });
  assertEquals(await fixture.paths("*"), [".hidden > .hidden", "a > a"]);
});
