import { assert, assertEquals, assertRejects } from "@std/assert";
import { DirectoryStore } from "../../lib/files/directory_store.ts";
import { Listing, type ListingOptions, toListedEntry } from "../../lib/files/listing.ts";
import type { ListedEntry } from "../../lib/protocol/answers.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { ChildProcess } from "../helpers/child_process.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { unprivilegedPrefix } from "../helpers/unprivileged.ts";

const onUnix = { ignore: Deno.build.os === "windows" };

interface ListRequest {
  readonly folder?: string;
  readonly recursive?: boolean;
  readonly after?: string | null;
}

async function list(root: string, request: ListRequest = {}): Promise<ListedEntry[]> {
  const { folder = "", recursive = false, after = null } = request;
  const store = await DirectoryStore.open(root);
  return await Array.fromAsync(new Listing(store, folder, { recursive, after }));
}

/** The paths of a listing, folders with a trailing slash. */
async function paths(root: string, request: ListRequest = {}): Promise<string[]> {
  const entries = await list(root, request);
  return entries.map(({ path, type }) => type === "folder" ? `${path}/` : path);
}

Deno.test("Listing: lists files and folders with sizes and times, sorted", async () => {
  using temp = new TempDir();
  temp.write("b.txt", "12345");
  temp.write("sub/deep/x", "x");
  temp.write("a.txt", "");
  Deno.utimeSync(temp.join("b.txt"), 1_000, new Date(1_700_000_000_123));
  Deno.utimeSync(temp.join("sub"), 1_000, 2_000);
  const [a, b, sub, ...more] = await list(temp.path);
  assertEquals([a?.path, a?.type, a?.size], ["a.txt", "file", 0]);
  assertEquals(b, { path: "b.txt", type: "file", size: 5, mtime: 1_700_000_000_123 });
  assertEquals(sub, { path: "sub", type: "folder", size: 0, mtime: 2_000_000 });
  assertEquals(more, []);
});

Deno.test("toListedEntry: returns the same entries as a listing", async () => {
  using temp = new TempDir();
  temp.write("a.txt", "12345");
  temp.write("sub/x", "x");
  const entries = ["a.txt", "sub"].map((path) =>
    toListedEntry(path, Deno.statSync(temp.join(path)))
  );
  assertEquals(await list(temp.path), entries);
});

Deno.test("Listing: is empty for an empty folder", async () => {
  using temp = new TempDir();
  assertEquals(await list(temp.path), []);
  assertEquals(await list(temp.path, { recursive: true, after: "a" }), []);
});

Deno.test("Listing: lists each folder before its contents, in the order of names, when recursive", async () => {
  using temp = new TempDir();
  for (const path of ["a/z", "a/b/c", "a.txt", "a-b", "A", "b", "é", "z/z", "a b/x"]) {
    temp.write(path, "x");
  }
  Deno.mkdirSync(temp.join("c"));
  const all = ["A", "a/", "a/b/", "a/b/c", "a/z", "a b/", "a b/x", "a-b", "a.txt", "b", "c/"];
  assertEquals(await paths(temp.path, { recursive: true }), [...all, "z/", "z/z", "é"]);
  assertEquals(await paths(temp.path), ["A", "a/", "a b/", "a-b", "a.txt", "b", "c/", "z/", "é"]);
});

Deno.test("Listing: lists a folder with paths from the root", async () => {
  using temp = new TempDir();
  temp.write("a/b/c", "x");
  temp.write("a/d", "x");
  assertEquals(await paths(temp.path, { folder: "a" }), ["a/b/", "a/d"]);
  assertEquals(await paths(temp.path, { folder: "a/b", recursive: true }), ["a/b/c"]);
});

Deno.test("Listing: fails for a missing folder, and is empty for a file", async () => {
  using temp = new TempDir();
  temp.write("a", "x");
  const error = await assertRejects(() => list(temp.path, { folder: "nothing" }), RequestError);
  assertEquals(error.code, "not-found");
  assertEquals(await list(temp.path, { folder: "a" }), []);
});

Deno.test("Listing: continues after any path, even one that does not exist any more", async () => {
  using temp = new TempDir();
  for (const path of ["a/b/c", "a/d", "e", "f/g"]) temp.write(path, "x");
  const cases: Array<[after: string, left: string[]]> = [
    ["", ["a/", "a/b/", "a/b/c", "a/d", "e", "f/", "f/g"]],
    ["a", ["a/b/", "a/b/c", "a/d", "e", "f/", "f/g"]],
    ["a/b", ["a/b/c", "a/d", "e", "f/", "f/g"]],
    ["a/b/c", ["a/d", "e", "f/", "f/g"]],
    ["a/b/c/x", ["a/d", "e", "f/", "f/g"]], // The file was a folder at that time
    ["a/b/a", ["a/b/c", "a/d", "e", "f/", "f/g"]],
    ["a/c", ["a/d", "e", "f/", "f/g"]],
    ["a/z/z", ["e", "f/", "f/g"]],
    ["b/c", ["e", "f/", "f/g"]],
    ["e", ["f/", "f/g"]],
    ["e/x", ["f/", "f/g"]],
    ["f/g", []],
    ["z", []],
  ];
  for (const [after, left] of cases) {
    assertEquals(await paths(temp.path, { recursive: true, after }), left, after);
    const inFolder = { folder: "a", recursive: true, after };
    const leftInA = left.filter((path) => path.startsWith("a/") && path !== "a/");
    if (after.startsWith("a/")) assertEquals(await paths(temp.path, inFolder), leftInA, after);
  }
});

Deno.test("Listing: continues after any path when not recursive", async () => {
  using temp = new TempDir();
  for (const path of ["a/b", "c", "d/e"]) temp.write(path, "x");
  for (
    const [after, left] of [
      ["", ["a/", "c", "d/"]],
      ["a", ["c", "d/"]],
      ["a/z", ["c", "d/"]],
      ["b", ["c", "d/"]],
      ["c", ["d/"]],
      ["d", []],
    ] as const
  ) assertEquals(await paths(temp.path, { after }), [...left], after);
});

/** What a listing leaves out, as `reason path`. */
async function omitted(root: string, options: Partial<ListingOptions> = {}): Promise<string[]> {
  const store = await DirectoryStore.open(root);
  const listing = new Listing(store, "", { recursive: true, after: null, ...options });
  await Array.fromAsync(listing);
  const { count, paths } = listing.takeOmitted();
  assertEquals(count, paths.length);
  return paths.map(({ path, reason }) => `${reason} ${path}`);
}

Deno.test("Listing: leaves out names that clients may not request, and tells them", async () => {
  using temp = new TempDir();
  temp.write(".tcp-chat/1.upload", "unfinished");
  temp.write("sub/.tcp-chat/x", "x");
  temp.write("ok", "x");
  if (Deno.build.os !== "windows") {
    for (const name of ["a\\b", "a\u001b[2J", "b\\/x"]) temp.write(name, "x");
    assertEquals(await omitted(temp.path), ["name a\u001b[2J", "name a\\b", "name b\\"]);
  }
  assertEquals(await paths(temp.path, { recursive: true }), ["ok", "sub/"]);
});

Deno.test({
  name: "Listing: lists names that only Windows cannot store, where they are asked for",
  ...onUnix,
  fn: async () => {
    using temp = new TempDir();
    for (const name of ["a:b", "con", "a.", "what?", "nul/x", "ok"]) temp.write(name, "x");
    const all = ["a.", "a:b", "con", "nul/", "nul/x", "ok", "what?"];
    assertEquals(await paths(temp.path, { recursive: true }), all);
    assertEquals(await omitted(temp.path), []);
    const unportable = ["name a.", "name a:b", "name con", "name nul", "name what?"];
    assertEquals(await omitted(temp.path, { names: false }), unportable);
  },
});

Deno.test({
  name:
    "Listing: tells names that are not UTF-8, and of two spellings of a name the one not listed",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    using temp = new TempDir();
    temp.write("\u00e9", "composed");
    temp.write("e\u0301", "decomposed");
    temp.write("a\ufffd", "the character itself");
    Deno.mkdirSync(temp.join("c"));
    const names = ["b\\377", "b\\376", "c/\\377d"].map((name) => `"$(printf '${name}')"`);
    const command = { args: ["-c", `touch ${names.join(" ")}`], cwd: temp.path };
    assert((await new Deno.Command("sh", command).output()).success);
    assertEquals(await paths(temp.path, { recursive: true }), ["a\ufffd", "c/", "\u00e9"]);
    const notUtf8 = ["unicode b\ufffd", "unicode b\ufffd", "unicode c/\ufffdd"];
    assertEquals(await omitted(temp.path), [...notUtf8, "same-name e\u0301"]);
  },
});

Deno.test({
  name: "Listing: names at most the limit of what it leaves out, and counts the rest",
  ...onUnix,
  fn: async () => {
    using temp = new TempDir();
    const { omissionsNamed } = LIMITS;
    for (let i = 0; i <= omissionsNamed; i++) temp.write(`${i}\\`, "");
    const store = await DirectoryStore.open(temp.path);
    const listing = new Listing(store, "", { recursive: false, after: null });
    assertEquals(await listing.peek(), null);
    const { count, paths } = listing.takeOmitted();
    assertEquals([count, paths.length], [omissionsNamed + 1, omissionsNamed]);
    assertEquals(listing.takeOmitted(), { count: 0, paths: [] });
  },
});

Deno.test({
  name: "Listing: tells nothing of what is hidden: by its own path, or by where a link leads",
  ...onUnix,
  fn: async () => {
    using temp = new TempDir();
    temp.write("private/a", "x");
    temp.write("private/b\\", "x");
    temp.write("public/c", "x");
    Deno.symlinkSync("../private", temp.join("public/folder"));
    Deno.symlinkSync("../private/a", temp.join("public/file"));
    Deno.symlinkSync("nothing", temp.join("private/dead"));
    Deno.symlinkSync("private/dead", temp.join("dead"));
    const isVisible = (path: string) => !path.startsWith("private");
    const store = await DirectoryStore.open(temp.path);
    const pathsIn = async (folder: string) => {
      const listing = new Listing(store, folder, { recursive: true, after: null, isVisible });
      return (await Array.fromAsync(listing)).map(({ path }) => path);
    };
    assertEquals(await pathsIn(""), ["public", "public/c"]);
    assertEquals(await pathsIn("public/folder"), []);
    assertEquals(await omitted(temp.path, { isVisible }), ["link dead"]);
  },
});

Deno.test({
  name: "Listing: follows links inside the root, but descends into none",
  ...onUnix,
  fn: async () => {
    using temp = new TempDir();
    temp.write("root/folder/file", "12345");
    temp.write("outside/secret", "secret");
    temp.write("root/.tcp-chat/x", "private");
    const root = temp.join("root");
    const links = {
      toFile: "folder/file",
      toFolder: "folder",
      toRoot: ".",
      loop: "loop",
      dead: "nothing",
      out: temp.join("outside"),
      outFile: temp.join("outside/secret"),
      private: ".tcp-chat/x",
    };
    for (const [name, target] of Object.entries(links)) Deno.symlinkSync(target, `${root}/${name}`);
    const all = ["folder/", "folder/file", "toFile", "toFolder/", "toRoot/"];
    assertEquals(await paths(root, { recursive: true }), all);
    const dead = ["link dead", "link loop", "link out", "link outFile", "link private"];
    assertEquals(await omitted(root), dead);
    const toFile = (await list(root)).find(({ path }) => path === "toFile");
    assertEquals([toFile?.type, toFile?.size, toFile?.link], ["file", 5, true]);
    // A request for the link itself lists its target, under the requested path
    assertEquals(await paths(root, { folder: "toFolder" }), ["toFolder/file"]);
    assertEquals(await paths(root, { folder: "toFolder", after: "toFolder/file" }), []);
    await assertRejects(() => list(root, { folder: "out" }), RequestError);
  },
});

Deno.test({
  name: "Listing: leaves out FIFOs and sockets without opening them, and tells them",
  ...onUnix,
  fn: async () => {
    using temp = new TempDir();
    await new Deno.Command("mkfifo", { args: [temp.join("pipe")] }).output();
    Deno.symlinkSync("pipe", temp.join("link"));
    using _socket = Deno.listen({ transport: "unix", path: temp.join("socket") });
    temp.write("ok", "x");
    assertEquals(await paths(temp.path, { recursive: true }), ["ok"]);
    assertEquals(await omitted(temp.path), ["link link", "special pipe", "special socket"]);
  },
});

Deno.test({
  name: "Listing: lists decomposed names in NFC, sorted by their NFC form",
  ...onUnix,
  fn: async () => {
    using temp = new TempDir();
    for (const path of ["e\u0301/e\u0301.txt", "e\u0301/f", "f", "z"]) temp.write(path, "x");
    const all = ["f", "z", "é/", "é/f", "é/é.txt"].map((path) => path.normalize("NFC"));
    assertEquals(await paths(temp.path, { recursive: true }), all);
    const folder = "\u00e9";
    assertEquals(await paths(temp.path, { folder }), all.slice(3));
    for (const form of ["NFC", "NFD"]) {
      const after = "\u00e9/f".normalize(form);
      assertEquals(await paths(temp.path, { recursive: true, after }), all.slice(4));
      assertEquals(await paths(temp.path, { folder, after }), all.slice(4));
    }
  },
});

Deno.test({
  name: "Listing: lists only the NFC spelling of a name that exists in two",
  ...onUnix,
  fn: async () => {
    using temp = new TempDir();
    temp.write("e\u0301", "decomposed");
    temp.write("\u00e9", "composed, and longer");
    temp.write("u\u0308/decomposed", "x");
    temp.write("\u00fc/composed", "x");
    temp.write("\u00fc/o\u0308", "decomposed in a composed folder");
    const store = await DirectoryStore.open(temp.path);
    const entries = await list(temp.path, { recursive: true });
    assertEquals(entries.map(({ path }) => path), [
      "\u00e9",
      "\u00fc",
      "\u00fc/composed",
      "\u00fc/\u00f6",
    ]);
    for (const { path, size, type } of entries) {
      const { info } = await store.lookUp(path);
      if (type === "file") assertEquals(info.size, size);
    }
  },
});

Deno.test("Listing: lists 10,000 files completely, and continues after any of them", async () => {
  using temp = TempDir.inMemory();
  const names = Array.from({ length: 10_000 }, (_, i) => `file-${i}.txt`).sort();
  for (const name of names) {
    Deno.openSync(temp.join(name), { write: true, createNew: true }).close();
  }
  assertEquals(await paths(temp.path), names);
  for (const at of [63, 9_998, 9_999]) {
    assertEquals(await paths(temp.path, { after: names[at]! }), names.slice(at + 1));
  }
});

Deno.test("Listing: reads a folder only when it is reached", async () => {
  using temp = new TempDir();
  temp.write("a/x", "x");
  temp.write("b/x", "x");
  const store = await DirectoryStore.open(temp.path);
  const listing = new Listing(store, "", { recursive: true, after: null });
  const entries = listing[Symbol.asyncIterator]();
  assertEquals((await entries.next()).value?.path, "a");
  temp.write("a/y", "y"); // Still listed, since `a` has not been read yet
  assertEquals((await entries.next()).value?.path, "a/x");
  assertEquals((await entries.next()).value?.path, "a/y");
  assert((await entries.return(undefined)).done);
});

Deno.test("Listing: continues when a folder is removed during the listing", async () => {
  using temp = new TempDir();
  for (const path of ["a/x", "b/x", "c"]) temp.write(path, "x");
  const store = await DirectoryStore.open(temp.path);
  const seen: string[] = [];
  for await (const { path } of new Listing(store, "", { recursive: true, after: null })) {
    seen.push(path);
    if (path === "a/x") Deno.removeSync(temp.join("b"), { recursive: true });
  }
  assertEquals(seen, ["a", "a/x", "b", "c"]);
});

Deno.test({
  name: "Listing: lists a folder without read permission, but not its contents",
  ignore: unprivilegedPrefix() === null,
  fn: async () => {
    using temp = new TempDir();
    for (const path of ["locked/x", "blind/x", "open/x"]) temp.write(path, "x");
    Deno.chmodSync(temp.join("locked"), 0o000);
    Deno.chmodSync(temp.join("blind"), 0o600); // Names can be read, files not examined
    try {
      await using child = new ChildProcess(
        "list_child.ts",
        [temp.path],
        unprivilegedPrefix()!,
      );
      const { paths } = await child.waitFor("listed");
      assertEquals(paths, ["blind", "locked", "open", "open/x"]);
    } finally {
      for (const name of ["locked", "blind"]) Deno.chmodSync(temp.join(name), 0o700);
    }
  },
});
