import { assertEquals, assertThrows } from "@std/assert";
import { DiskError } from "../../lib/files/disk_error.ts";
import { openLocked } from "../../lib/files/locked_file.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const onUnix = { ignore: Deno.build.os === "windows" };

Deno.test("openLocked: creates the file, but no folder", () => {
  using temp = new TempDir();
  openLocked(temp.join("a")).close();
  assertThrows(() => openLocked(temp.join("x/a")), Deno.errors.NotFound);
  assertEquals(temp.list(), ["a"]);
});

Deno.test("openLocked: keeps the content of the file, for reading and writing", () => {
  using temp = new TempDir();
  const path = temp.write("a", "hello");
  {
    using file = openLocked(path);
    const into = new Uint8Array(10);
    assertEquals(file.readSync(into), 5);
    file.writeSync(new TextEncoder().encode(" you"));
  }
  assertEquals(Deno.readTextFileSync(path), "hello you");
});

Deno.test("openLocked: is busy until the holder of the lock closes the file", () => {
  using temp = new TempDir();
  const path = temp.write("a", "hello");
  const first = openLocked(path);
  for (let i = 0; i < 3; i++) {
    const error = assertThrows(() => openLocked(path), DiskError);
    assertEquals([error.code, error.path], ["busy", path]);
  }
  first.close();
  openLocked(path).close();
});

Deno.test("openLocked: creates a new file when the locked one has been renamed", () => {
  using temp = new TempDir();
  const path = temp.join("a");
  using first = openLocked(path);
  Deno.renameSync(path, temp.join("b"));
  using second = openLocked(path);
  second.writeSync(new TextEncoder().encode("mine"));
  assertEquals([first.statSync().size, second.statSync().size], [0, 4]);
});

Deno.test({
  name: "openLocked: opens again when the file is renamed between opening and locking",
  ...onUnix,
  fn: () => {
    using temp = new TempDir();
    const path = temp.write("a", "old");
    const open = Deno.openSync;
    let opened = 0;
    // Between opening and locking, another download renames the file
    Deno.openSync = ((...args: Parameters<typeof open>) => {
      const file = open(...args);
      if (opened++ === 0) Deno.renameSync(path, temp.join("b"));
      return file;
    }) as typeof open;
    try {
      using file = openLocked(path);
      assertEquals(file.statSync().ino, Deno.statSync(path).ino);
      assertEquals(opened, 2);
    } finally {
      Deno.openSync = open;
    }
    assertEquals(Deno.readTextFileSync(temp.join("b")), "old");
  },
});

Deno.test({
  name: "openLocked: refuses folders, FIFOs and all links",
  ...onUnix,
  fn: async () => {
    using temp = new TempDir();
    temp.write("folder/x", "x");
    Deno.symlinkSync(temp.write("victim", "precious"), temp.join("link"));
    Deno.symlinkSync(temp.join("nothing"), temp.join("dead"));
    await new Deno.Command("mkfifo", { args: [temp.join("pipe")] }).output();
    for (const name of ["folder", "link", "dead", "pipe"]) {
      const error = assertThrows(() => openLocked(temp.join(name)), DiskError, "regular file");
      assertEquals(error.code, "exists");
    }
    assertEquals(temp.list(), ["dead", "folder", "link", "pipe", "victim"]);
  },
});
