import { assert, assertEquals, assertRejects } from "@std/assert";
import { abortable } from "@std/async/abortable";
import { DirectoryStore } from "../../lib/files/directory_store.ts";
import { toListedEntry } from "../../lib/files/inspect_names.ts";
import { Listing } from "../../lib/files/listing.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { ChildProcess } from "../helpers/child_process.ts";
import { list, paths } from "../helpers/listings.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { unprivilegedPrefix } from "../helpers/unprivileged.ts";

const onUnix = { ignore: Deno.build.os === "windows" };

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

Deno.test("Listing.peek: stops reading a folder when its signal fires, and rejects with the reason", async () => {
  using temp = new TempDir();
  temp.write("a", "x");
  const store = await DirectoryStore.open(temp.path);
  const started = Promise.withResolvers<void>();
  const listing = new Listing(store, "", {
    recursive: false,
    after: null,
    reader: {
      resolve: store.resolve,
      readNames: (_path, _first, signal) => {
        started.resolve();
        return abortable(new Promise(() => {}), signal!);
      },
      inspect: () => Promise.resolve([]),
    },
  });
  const abort = new AbortController();
  const peeking = listing.peek(abort.signal);
  await started.promise;
  const reason = new RequestError("cancelled");
  abort.abort(reason);
  assert(await assertRejects(() => peeking) === reason);
});
