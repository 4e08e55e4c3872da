import {
  assertEquals,
  assertNotStrictEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { DirectoryStore } from "../../lib/files/directory_store.ts";
import type { ListedFile } from "../../lib/files/served_walk.ts";
import { isInside } from "../../lib/files/served_folder.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { within } from "../helpers/deadline.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const onUnix = { ignore: Deno.build.os === "windows" };

async function assertRefused(store: DirectoryStore, path: string, code: string): Promise<void> {
  const finding = within(store.find(path), `find to answer for ${path}`);
  assertEquals((await assertRejects(() => finding, RequestError)).code, code, path);
}

async function walk(store: DirectoryStore): Promise<ListedFile[]> {
  const files = await Array.fromAsync(store.walk());
  return files.sort((a, b) => a.path < b.path ? -1 : 1);
}

Deno.test("DirectoryStore.open: creates the folder and its parents", async () => {
  using temp = new TempDir();
  const store = await DirectoryStore.open(temp.join("a/b/c"));
  assertEquals(store.root, temp.join("a/b/c"));
  assertEquals(temp.list("a/b"), ["c"]);
  assertEquals((await DirectoryStore.open(temp.join("a/b/c"))).root, store.root);
});

Deno.test("DirectoryStore.open: refuses a root that is a file", async () => {
  using temp = new TempDir();
  const file = temp.write("a.txt", "a");
  await assertRejects(() => DirectoryStore.open(file));
});

Deno.test("DirectoryStore.folder: is the same object until it is looked at again", async () => {
  using temp = new TempDir();
  const store = await DirectoryStore.open(temp.path, [temp.join("own")]);
  const { folder } = store;
  assertStrictEquals(store.folder, folder);
  temp.write("own/a.txt", "a");
  await store.refreshOwn();
  assertNotStrictEquals(store.folder, folder);
  assertEquals(store.folder.ownFolders.size, 1);
  await store.checkRoot();
  assertEquals(store.folder.servedRoot, folder.servedRoot);
});

Deno.test("DirectoryStore.find: returns the real path and the stamp of a file", async () => {
  using temp = new TempDir();
  const path = temp.write("sub/a.txt", "hello");
  const info = Deno.statSync(path);
  const store = await DirectoryStore.open(temp.path);
  assertEquals(await store.find("sub/a.txt"), {
    realPath: path,
    stamp: {
      sizeBytes: 5,
      modifiedMs: info.mtime!.getTime(),
      changedMs: info.ctime!.getTime(),
      inode: info.ino!,
    },
  });
});

Deno.test("DirectoryStore.find: answers not-found for missing files", async () => {
  using temp = new TempDir();
  temp.write("a.txt", "a");
  const store = await DirectoryStore.open(temp.path);
  for (const path of ["b.txt", "a.txt/b", "sub/a.txt", "é", "é/a", "x".repeat(255)]) {
    await assertRefused(store, path, "not-found");
  }
  await assertRefused(store, "a/".repeat(2_000) + "a", "not-found"); // Too long for the system
});

Deno.test("DirectoryStore.find: refuses folders", async () => {
  using temp = new TempDir();
  temp.write("folder/a.txt", "a");
  const store = await DirectoryStore.open(temp.path);
  await assertRefused(store, "folder", "not-a-file");
});

Deno.test({
  name: "DirectoryStore.find: refuses FIFOs and devices without opening them",
  ...onUnix,
  fn: async () => {
    using temp = new TempDir();
    const { success } = await new Deno.Command("mkfifo", { args: [temp.join("pipe")] }).output();
    assertEquals(success, true);
    Deno.symlinkSync(temp.join("pipe"), temp.join("link"));
    const store = await DirectoryStore.open(temp.path);
    await assertRefused(store, "pipe", "not-a-file"); // Opening it would wait for a writer
    await assertRefused(store, "link", "not-a-file");
    assertEquals((await walk(store)).length, 0);
  },
});

Deno.test({
  name: "DirectoryStore.find: follows links inside the root, and refuses links that lead out of it",
  ...onUnix,
  fn: async () => {
    using temp = new TempDir();
    const inside = temp.write("root/sub/a.txt", "inside");
    const outside = temp.write("secret/b.txt", "outside");
    temp.write("root-b/c.txt", "a neighbour whose name begins like the root's");
    const links: Record<string, string> = {
      file: inside,
      relative: "sub/a.txt",
      folder: temp.join("root/sub"),
      self: temp.join("root"),
      out: outside,
      up: "..",
      away: temp.join("secret"),
      neighbour: temp.join("root-b/c.txt"),
      dangling: temp.join("nothing"),
      loop: "loop",
      chain: "out",
      system: "/etc/passwd",
    };
    for (const [name, target] of Object.entries(links)) {
      Deno.symlinkSync(target, temp.join("root", name));
    }
    const store = await DirectoryStore.open(temp.join("root"));
    for (const path of ["file", "relative", "folder/a.txt", "self/self/sub/a.txt"]) {
      assertEquals((await store.find(path)).realPath, inside, path);
    }
    for (const path of ["out", "up/secret/b.txt", "away/b.txt", "neighbour", "chain", "system"]) {
      await assertRefused(store, path, "bad-path");
    }
    for (const path of ["folder", "self"]) await assertRefused(store, path, "not-a-file");
    for (const path of ["up", "away"]) await assertRefused(store, path, "bad-path");
    for (const path of ["dangling", "loop", "loop/a"]) {
      await assertRefused(store, path, "not-found");
    }
  },
});

Deno.test({
  name: "DirectoryStore.find: refuses files of the private folder, also through a link",
  ...onUnix,
  fn: async () => {
    using temp = new TempDir();
    const secret = temp.write(".tcp-chat/upload.part", "unfinished");
    Deno.symlinkSync(secret, temp.join("link"));
    Deno.symlinkSync(temp.join(".tcp-chat"), temp.join("folder"));
    const store = await DirectoryStore.open(temp.path);
    for (const path of ["link", "folder/upload.part", ".tcp-chat/upload.part"]) {
      await assertRefused(store, path, "bad-path");
    }
    assertEquals(await walk(store), []);
  },
});

Deno.test({
  name: "DirectoryStore.open: follows a root that is a link",
  ...onUnix,
  fn: async () => {
    using temp = new TempDir();
    const path = temp.write("real/a.txt", "a");
    Deno.symlinkSync(temp.join("real"), temp.join("link"));
    const store = await DirectoryStore.open(temp.join("link"));
    assertEquals((await store.find("a.txt")).realPath, path);
  },
});

Deno.test({
  name: "DirectoryStore.find: finds names that the disk stores decomposed",
  ...onUnix,
  fn: async () => {
    using temp = new TempDir();
    const path = temp.write("cafe\u0301/re\u0301sume\u0301.txt", "decomposed");
    const store = await DirectoryStore.open(temp.path);
    assertEquals((await store.find("caf\u00e9/r\u00e9sum\u00e9.txt")).realPath, path);
    await assertRefused(store, "caf\u00e9/r\u00e9sum\u00e9.tx", "not-found");
    await assertRefused(store, "cafe/resume.txt", "not-found");
    assertEquals((await walk(store)).map((file) => file.path), ["caf\u00e9/r\u00e9sum\u00e9.txt"]);
  },
});

Deno.test("DirectoryStore.lookUp: finds files, folders and the root, links followed", async () => {
  using temp = new TempDir();
  const file = temp.write("sub/a.txt", "hello");
  const store = await DirectoryStore.open(temp.path);
  assertEquals((await store.lookUp("")).realPath, temp.path);
  assertEquals((await store.lookUp("sub")).info.isDirectory, true);
  const found = await store.lookUp("sub/a.txt");
  assertEquals([found.realPath, found.info.isFile, found.info.size], [file, true, 5]);
  for (const path of ["nothing", "sub/a.txt/b"]) {
    const error = await assertRejects(() => store.lookUp(path), RequestError);
    assertEquals(error.code, "not-found");
  }
  if (Deno.build.os === "windows") return;
  Deno.symlinkSync(temp.path, temp.join("self"));
  Deno.symlinkSync("sub", temp.join("link"));
  Deno.symlinkSync("/", temp.join("out"));
  assertEquals((await store.lookUp("self")).realPath, temp.path);
  assertEquals((await store.lookUp("link")).realPath, temp.join("sub"));
  const error = await assertRejects(() => store.lookUp("out"), RequestError);
  assertEquals([error.code, error.reason], ["bad-path", "path-outside"]);
});

Deno.test("isInside: accepts the root and paths below it, but not the private folder", async () => {
  using temp = new TempDir();
  const store = await DirectoryStore.open(temp.join("root"));
  for (const path of ["root", "root/a", "root/.tcp-chat2", "root/a/x.tcp-chat"]) {
    assertEquals(isInside(store.folder, temp.join(path)), true, path);
  }
  for (
    const path of [
      "",
      "root2",
      "other/root",
      "root/.tcp-chat",
      "root/.tcp-chat/x",
      "root/a/.TCP-Chat",
      "root/a/.tcp-chat-1000/x",
    ]
  ) {
    assertEquals(isInside(store.folder, temp.join(path)), false, path);
  }
});

Deno.test("DirectoryStore: checkReadable and checkListable accept entries that can be opened", async () => {
  using temp = new TempDir();
  temp.write("sub/a.txt", "hello");
  const store = await DirectoryStore.open(temp.path);
  const file = await store.find("sub/a.txt");
  await Promise.all(Array.from({ length: 100 }, () => store.checkReadable(file)));
  await store.checkListable(temp.join("sub"));
  await store.checkListable(temp.path);
  Deno.removeSync(temp.join("sub"), { recursive: true });
  for (
    const check of [() => store.checkReadable(file), () => store.checkListable(temp.join("sub"))]
  ) {
    assertEquals((await assertRejects(check, RequestError)).code, "not-found");
  }
});

Deno.test("DirectoryStore.walk: lists every regular file with its stamp, and follows no link", async () => {
  using temp = new TempDir();
  temp.write("b.txt", "b");
  temp.write("sub/deep/a.txt", "aaa");
  temp.write(".tcp-chat/x", "private");
  Deno.mkdirSync(temp.join("empty"));
  if (Deno.build.os !== "windows") {
    Deno.symlinkSync(temp.path, temp.join("loop"));
    Deno.symlinkSync(temp.join("b.txt"), temp.join("link"));
  }
  const store = await DirectoryStore.open(temp.path);
  const files = await walk(store);
  assertEquals(files.map(({ path }) => path), ["b.txt", "sub/deep/a.txt"]);
  for (const { path, realPath, stamp } of files) {
    assertEquals(await store.find(path), { realPath, stamp });
  }
});

Deno.test("DirectoryStore.walk: lists nothing when the root is gone", async () => {
  using temp = new TempDir();
  temp.write("root/a.txt", "a");
  const store = await DirectoryStore.open(temp.join("root"));
  Deno.removeSync(temp.join("root"), { recursive: true });
  assertEquals(await walk(store), []);
});
