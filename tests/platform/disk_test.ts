import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { createHash } from "node:crypto";
import { TempDir } from "../helpers/temp_dir.ts";

const onUnix = { ignore: Deno.build.os === "windows" };

Deno.test("Deno.linkSync: fails when the name is taken, while Deno.renameSync replaces the file", () => {
  using temp = new TempDir();
  const from = temp.write("from", "new");
  const to = temp.write("to", "old");
  assertThrows(() => Deno.linkSync(from, to), Deno.errors.AlreadyExists);
  assertEquals(Deno.readTextFileSync(to), "old");
  Deno.renameSync(from, to);
  assertEquals(Deno.readTextFileSync(to), "new");
});

Deno.test({
  name: "Deno.linkSync: fails when a dangling link has the name",
  ...onUnix,
  fn: () => {
    using temp = new TempDir();
    const from = temp.write("from", "new");
    Deno.symlinkSync(temp.join("nothing"), temp.join("to"));
    assertThrows(() => Deno.linkSync(from, temp.join("to")), Deno.errors.AlreadyExists);
  },
});

Deno.test("Deno.FsFile.tryLockSync: locks per handle, in the same process too, until it is closed", () => {
  using temp = new TempDir();
  const path = temp.write("a", "a");
  const first = Deno.openSync(path, { write: true });
  using second = Deno.openSync(path, { write: true });
  assertEquals(first.tryLockSync(true), true);
  assertEquals(second.tryLockSync(true), false);
  first.close();
  assertEquals(second.tryLockSync(true), true);
});

Deno.test("Deno.stat: reports the inode, and a ctime that utime does not set", async () => {
  using temp = new TempDir();
  const path = temp.write("a", "a");
  Deno.utimeSync(path, 1_000, 1_000);
  const before = Deno.statSync(path);
  using file = Deno.openSync(path);
  assertEquals((await file.stat()).ino, before.ino);
  assertEquals(file.statSync().ctime, before.ctime);
  assertEquals(before.mtime!.getTime(), 1_000_000);
  if (Deno.build.os === "windows") return;
  assert(before.ino! > 0);
  assert(Math.abs(before.ctime!.getTime() - Date.now()) < 60_000);
  Deno.renameSync(temp.write("b", "a"), path);
  assertNotEquals(Deno.statSync(path).ino, before.ino);
  assertEquals(file.statSync().ino, before.ino);
});

Deno.test({
  name: "Deno.FsFile.syncSync: syncs a folder",
  ...onUnix,
  fn: () => {
    using temp = new TempDir();
    using folder = Deno.openSync(temp.path);
    folder.syncSync();
  },
});

Deno.test("Deno.errors: carry the system's code", () => {
  using temp = new TempDir();
  const path = temp.write("a", "a");
  const codeOf = (fn: () => unknown) => (assertThrows(fn) as { code?: string }).code;
  assertEquals(codeOf(() => Deno.statSync(temp.join("nothing"))), "ENOENT");
  assertEquals(codeOf(() => Deno.mkdirSync(path)), "EEXIST");
  if (Deno.build.os === "windows") return;
  assertEquals(codeOf(() => Deno.statSync(path + "/b")), "ENOTDIR");
  assertEquals(codeOf(() => Deno.statSync(temp.join("x".repeat(300)))), "ENAMETOOLONG");
  Deno.symlinkSync("loop", temp.join("loop"));
  assertEquals(codeOf(() => Deno.statSync(temp.join("loop"))), "ELOOP");
});

Deno.test("node:crypto createHash: hashes pieces like the whole", () => {
  const hash = createHash("sha256");
  for (const piece of ["a", "", "bc"]) hash.update(new TextEncoder().encode(piece));
  assertEquals(
    hash.digest("hex"),
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});
