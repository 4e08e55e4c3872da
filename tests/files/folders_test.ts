import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { DiskError } from "../../lib/files/disk_error.ts";
import {
  checkFolderSync,
  makeBelowSync,
  makeFolder,
  makeMissingSync,
  setFolderTime,
} from "../../lib/files/folders.ts";
import { FreeSpace } from "../../lib/files/free_space.ts";
import { RealPaths } from "../../lib/files/real_paths.ts";
import { folderIdentity } from "../../lib/files/served_folder.ts";
import { freeBytes } from "../../lib/files/system.ts";
import { mountSmall } from "../helpers/small_disk.ts";
import { until } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";

Deno.test("makeFolder: creates a folder and its parents, and accepts an existing one", async () => {
  using temp = new TempDir();
  await makeFolder(temp.join("a/b"));
  await makeFolder(temp.join("a/b"));
  assertEquals(temp.list("a"), ["b"]);
  temp.write("file", "x");
  const error = await assertRejects(() => makeFolder(temp.join("file/x")), DiskError);
  assertEquals([error.code, error.path], ["is-a-file", temp.join("file")]);
});

Deno.test("makeFolder: survives concurrent creation of the same folder", async () => {
  using temp = new TempDir();
  const path = temp.join("a/b/c");
  await Promise.all(Array.from({ length: 20 }, () => makeFolder(path)));
  makeMissingSync(path);
  makeMissingSync(temp.join("a/d/e"));
  assertEquals([temp.list("a"), temp.list("a/b")], [["b", "d"], ["c"]]);
  temp.write("file", "x");
  assertThrows(() => makeMissingSync(temp.join("file")));
  assertThrows(() => makeMissingSync(temp.join("file/x")));
});

Deno.test("setFolderTime: sets the time of modification of a folder", async () => {
  using temp = new TempDir();
  await makeFolder(temp.join("a"));
  for (const ms of [1_700_000_000_123, -1_000]) {
    await setFolderTime(temp.join("a"), ms);
    assertEquals(Deno.statSync(temp.join("a")).mtime?.getTime(), ms);
  }
  await assertRejects(() => setFolderTime(temp.join("nothing"), 0), DiskError);
});

Deno.test({
  name: "FreeSpace: tells what was measured last, and measures again after each call",
  sanitizeOps: false, // The last call starts a measurement, too
  async fn() {
    using temp = new TempDir();
    const space = await FreeSpace.of(temp.path);
    assert(space.bytes! > 0);
    Deno.removeSync(temp.path);
    await until(() => space.bytes === null, "the next measurement");
    Deno.mkdirSync(temp.path);
    await until(() => space.bytes !== null, "the one after that");
  },
});

Deno.test("freeBytes: returns the free bytes of a disk, null for a missing folder", async () => {
  using temp = new TempDir();
  assert((await freeBytes(temp.path))! > 0);
  assertEquals(await freeBytes(temp.join("nothing")), null);
  using disk = mountSmall(temp.path);
  if (disk === null) {
    console.log("This process may not mount anything");
    return;
  }
  const free = (await freeBytes(temp.path))!;
  assert(free > 900 * 1024 && free <= 1024 * 1024, `${free} bytes`);
  temp.write("a", new Uint8Array(512 * 1024));
  assertEquals(await freeBytes(temp.path), free - 512 * 1024);
});

Deno.test("makeBelowSync: creates the folders below an existing one, and accepts existing ones", () => {
  using temp = new TempDir();
  temp.write("a/file", "x");
  for (const path of ["a/b/c", "a/b/d", "a/b", "a"]) makeBelowSync(temp.path, temp.join(path));
  makeBelowSync(temp.join("a"), temp.join("a"));
  assertEquals(temp.list("a/b"), ["c", "d"]);
  for (const path of ["a/file", "a/file/x"]) {
    assertThrows(() => makeBelowSync(temp.join("a"), temp.join(path)), Error, undefined, path);
  }
});

Deno.test("makeBelowSync: makes a folder of earlier calls no second time, as long as it is the same", () => {
  using temp = new TempDir();
  const made = new Map<string, string | null>();
  const make = (path: string) => makeBelowSync(temp.path, temp.join(path), made);
  make("a/b/c");
  make("a/b/d");
  make("a/b");
  assertEquals([...made.keys()], ["a", "a/b", "a/b/c", "a/b/d"].map((path) => temp.join(path)));
  assertEquals(temp.list("a/b"), ["c", "d"]);
  Deno.renameSync(temp.join("a/b"), temp.join("moved"));
  temp.write("a/b/x", "x");
  assertThrows(() => make("a/b/e"), DiskError);
  assertEquals([temp.list("a/b"), temp.list("moved")], [["x"], ["c", "d"]]);
});

Deno.test({
  name: "makeBelowSync: follows no link",
  ignore: Deno.build.os === "windows",
  fn: () => {
    using temp = new TempDir();
    temp.write("root/x", "x");
    temp.write("out/x", "x");
    Deno.symlinkSync("../out", temp.join("root/link"));
    for (const path of ["root/link", "root/link/new"]) {
      assertThrows(
        () => makeBelowSync(temp.join("root"), temp.join(path)),
        Deno.errors.AlreadyExists,
      );
    }
    assertEquals(temp.list("out"), ["x"]);
  },
});

Deno.test({
  name:
    "checkFolderSync: refuses a folder that was moved with the one above it, and is reached by a link in its place",
  ignore: Deno.build.os !== "linux",
  fn: () => {
    using temp = new TempDir();
    temp.write("root/above/folder/x", "x");
    const path = temp.join("root/above/folder");
    const found = { path, identity: folderIdentity(Deno.lstatSync(path)) };
    checkFolderSync(found);
    Deno.renameSync(temp.join("root/above"), temp.join("out"));
    assertEquals(assertThrows(() => checkFolderSync(found), DiskError).code, "replaced");
    Deno.symlinkSync(temp.join("out"), temp.join("root/above"));
    assertEquals(assertThrows(() => checkFolderSync(found), DiskError).code, "replaced");
  },
});

Deno.test("makeBelowSync: looks at each folder of a chain as often, however deep it lies", () => {
  using temp = new TempDir();
  let looks = 0;
  const realPaths = new RealPaths((path) => {
    looks++;
    return Deno.lstatSync(path);
  });
  const made = new Map<string, string | null>();
  const looksFor = Array.from({ length: 40 }, (_, depth) => {
    const before = looks;
    makeBelowSync(temp.path, temp.join(...Array(depth + 1).fill("d")), made, realPaths);
    return looks - before;
  });
  assertEquals(new Set(looksFor.slice(2)), new Set([1]));
});
