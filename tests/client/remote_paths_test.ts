import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Client } from "../../lib/client/client.ts";
import { findRemote, type RemoteItem } from "../../lib/client/remote_paths.ts";
import type { ListedEntry } from "../../lib/protocol/answers.ts";
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

/** What a search with patterns finds, and what these leave out. */
async function findWithout(client: Client, text: string, ...exclude: string[]) {
  const excluded: string[] = [];
  const onExcluded = ({ path, type }: ListedEntry) =>
    void excluded.push(path + (type === "folder" ? "/" : ""));
  const items = await findRemote(client, text, { exclude, onExcluded });
  return { found: items.map(({ path }) => path), excluded };
}

Deno.test("findRemote: leaves out what patterns match, seen from the folder that is named", async () => {
  await using fixture = await Fixture.start({
    "p/a.o": "1",
    "p/sub/top/x": "1",
    "p/sub/K.o": "1",
    "p/sub/k.o": "1",
    "p/top/deep/x": "1",
  });
  assertEquals(await findWithout(fixture.client, "p", "*.o", "/top", "!k.o"), {
    found: ["p", "p/sub", "p/sub/k.o", "p/sub/top", "p/sub/top/x"],
    excluded: ["p/a.o", "p/sub/K.o", "p/top/"],
  });
});

Deno.test("findRemote: sees patterns from the folder before the first wildcard", async () => {
  await using fixture = await Fixture.start({ "p/a/x": "1", "p/b/x": "1", "p/b/a/y": "1" });
  assertEquals(await findWithout(fixture.client, "p/*", "/a"), {
    found: ["p/b", "p/b/a", "p/b/a/y", "p/b/x"],
    excluded: ["p/a/"],
  });
  assertEquals(await findWithout(fixture.client, "p/**/x", "b"), {
    found: ["p/a/x"],
    excluded: [],
  });
  assertEquals(await findWithout(fixture.client, "p/*", "*"), {
    found: [],
    excluded: ["p/a/", "p/b/"],
  });
  await assertRejects(() => findWithout(fixture.client, "p/*.o", "*"), RequestError);
});

Deno.test("findRemote: leaves out what is named itself where a pattern matches its name", async () => {
  await using fixture = await Fixture.start();
  const { client } = fixture;
  assertEquals(await findWithout(client, "docs", "docs/"), { found: [], excluded: ["docs/"] });
  assertEquals(await findWithout(client, "docs/a.txt", "*.txt"), {
    found: [],
    excluded: ["docs/a.txt"],
  });
  const { found } = await findWithout(client, "a.txt", "a.txt/");
  assertEquals(found, ["a.txt"]);
  await assertRejects(() => findWithout(client, "nothing", "nothing"), RequestError);
});

Deno.test({
  name: "findRemote: does not tell what is left out, where patterns exclude it, too",
  ...onUnix,
  fn: async () => {
    await using fixture = await Fixture.start({ "p/a": "1", "p/x/b": "1" });
    for (const path of ["p/dead", "p/x/dead", "p/gone"]) {
      Deno.symlinkSync("nowhere", `${fixture.root}/${path}`);
    }
    const omitted: string[] = [];
    await findRemote(fixture.client, "p", {
      exclude: ["x", "dead"],
      onOmitted: ({ paths }) => void omitted.push(...paths.map(({ path }) => path)),
    });
    assertEquals(omitted, ["p/gone"]);
  },
});
