import { assert, assertEquals, assertThrows } from "@std/assert";
import { DiskError } from "../../lib/files/disk_error.ts";
import { type FileTarget, findReceived, hashFile, PartFile } from "../../lib/files/part_file.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const CONTENT = patternedBytes(10_000);
const OTHER = patternedBytes(10_000, 2);
const onUnix = { ignore: Deno.build.os === "windows" };

function target(temp: TempDir, overrides: Partial<FileTarget> = {}): FileTarget {
  return {
    directory: temp.path,
    name: "a.bin",
    sizeBytes: CONTENT.length,
    sha256: sha256Of(CONTENT),
    replace: false,
    ...overrides,
  };
}

function receive(target: FileTarget, content: Uint8Array = CONTENT): string | null {
  const part = new PartFile(target);
  for (let at = 0; at < content.length; at += 3_000) part.write(content.subarray(at, at + 3_000));
  return part.commit();
}

function assertDiskError(fn: () => unknown, code: string): void {
  assertEquals(assertThrows(fn, DiskError).code, code);
}

Deno.test("commit gives a file that is whole and right its name", () => {
  using temp = new TempDir();
  assertEquals(receive(target(temp)), temp.join("a.bin"));
  assertEquals(temp.list(), ["a.bin"]);
  assertEquals(Deno.readFileSync(temp.join("a.bin")), CONTENT);
});

Deno.test("commit gives an empty file its name", () => {
  using temp = new TempDir();
  const empty = new Uint8Array(0);
  const wanted = target(temp, { sizeBytes: 0, sha256: sha256Of(empty) });
  assertEquals(receive(wanted, empty), temp.join("a.bin"));
  assertEquals(temp.list(), ["a.bin"]);
});

Deno.test("a file has no name before it is committed", () => {
  using temp = new TempDir();
  const part = new PartFile(target(temp));
  part.write(CONTENT);
  assertEquals(temp.list(), ["a.bin.part"]);
  part.commit();
});

Deno.test("commit leaves nothing of a file that is wrong, short or long", () => {
  for (const content of [OTHER, CONTENT.subarray(1), new Uint8Array(10_001), new Uint8Array(0)]) {
    using temp = new TempDir();
    assertEquals(receive(target(temp), content), null);
    assertEquals(temp.list(), []);
  }
});

Deno.test("commit replaces nothing unasked: the next free number is taken", () => {
  using temp = new TempDir();
  temp.write("a.bin", "mine");
  temp.write("a (2).bin", "mine too");
  assertEquals(receive(target(temp)), temp.join("a (1).bin"));
  assertEquals(receive(target(temp)), temp.join("a (3).bin"));
  assertEquals(temp.list(), ["a (1).bin", "a (2).bin", "a (3).bin", "a.bin"]);
  assertEquals(Deno.readTextFileSync(temp.join("a.bin")), "mine");
  assertEquals(Deno.readTextFileSync(temp.join("a (2).bin")), "mine too");
});

Deno.test({
  name: "a name that a folder or a dead link has is taken, too",
  ...onUnix,
  fn: () => {
    using temp = new TempDir();
    Deno.mkdirSync(temp.join("a.bin"));
    Deno.symlinkSync(temp.join("nothing"), temp.join("a (1).bin"));
    assertEquals(receive(target(temp)), temp.join("a (2).bin"));
    assertEquals(temp.list(), ["a (1).bin", "a (2).bin", "a.bin"]);
  },
});

Deno.test("commit with replace takes the place of what is there, in one step", () => {
  using temp = new TempDir();
  temp.write("a.bin", OTHER);
  using reader = Deno.openSync(temp.join("a.bin"));
  assertEquals(receive(target(temp, { replace: true })), temp.join("a.bin"));
  assertEquals(temp.list(), ["a.bin"]);
  assertEquals(Deno.readFileSync(temp.join("a.bin")), CONTENT);
  const before = new Uint8Array(OTHER.length);
  assertEquals(reader.readSync(before), OTHER.length); // The old file is whole for who has it open
  assertEquals(before, OTHER);
});

Deno.test("commit with replace leaves what is there alone when the new file is wrong", () => {
  using temp = new TempDir();
  temp.write("a.bin", OTHER);
  assertEquals(receive(target(temp, { replace: true }), new Uint8Array(10_000)), null);
  assertEquals(Deno.readFileSync(temp.join("a.bin")), OTHER);
});

Deno.test("commit fails when it cannot give the name, and keeps the part", () => {
  using temp = new TempDir();
  Deno.mkdirSync(temp.join("a.bin"));
  assertDiskError(() => receive(target(temp, { replace: true })), "io");
  assertEquals(temp.list(), ["a.bin", "a.bin.part"]);
  assertEquals(Deno.readFileSync(temp.join("a.bin.part")), CONTENT);
});

Deno.test("a part belongs to one download at a time", () => {
  using temp = new TempDir();
  const first = new PartFile(target(temp));
  first.write(CONTENT);
  assertDiskError(() => new PartFile(target(temp)), "busy");
  const other = new PartFile(target(temp, { name: "b.bin" })); // Another name is free
  other.discard();
  assertEquals(first.commit(), temp.join("a.bin"));
  assertEquals(Deno.readFileSync(temp.join("a.bin")), CONTENT); // The second has not emptied it
  assertEquals(receive(target(temp)), temp.join("a (1).bin"));
});

Deno.test("a part of before is written anew", () => {
  using temp = new TempDir();
  temp.write("a.bin.part", new Uint8Array(20_000));
  assertEquals(receive(target(temp)), temp.join("a.bin"));
  assertEquals(Deno.readFileSync(temp.join("a.bin")), CONTENT);
  assertEquals(temp.list(), ["a.bin"]);
});

Deno.test("close leaves a part with data behind, discard leaves none", () => {
  using temp = new TempDir();
  const kept = new PartFile(target(temp));
  kept.write(CONTENT.subarray(0, 10));
  kept.close();
  new PartFile(target(temp, { name: "empty.bin" })).close();
  const dropped = new PartFile(target(temp, { name: "b.bin" }));
  dropped.write(CONTENT);
  dropped.discard();
  assertEquals(temp.list(), ["a.bin.part"]);
  assertEquals(Deno.readFileSync(temp.join("a.bin.part")), CONTENT.slice(0, 10));
});

Deno.test("discard and commit do with a part that somebody has removed", () => {
  using temp = new TempDir();
  const dropped = new PartFile(target(temp));
  Deno.removeSync(temp.join("a.bin.part"));
  dropped.discard();
  const part = new PartFile(target(temp));
  part.write(CONTENT);
  Deno.removeSync(temp.join("a.bin.part"));
  assertThrows(() => part.commit(), DiskError);
  assertEquals(temp.list(), []);
});

Deno.test({
  name: "a part that is a link, a folder or a FIFO is refused and left alone",
  ...onUnix,
  fn: async () => {
    using temp = new TempDir();
    const victim = temp.write("victim", "precious");
    Deno.symlinkSync(victim, temp.join("link.part"));
    Deno.symlinkSync(temp.join("nowhere"), temp.join("dead.part"));
    Deno.mkdirSync(temp.join("folder.part"));
    await new Deno.Command("mkfifo", { args: [temp.join("pipe.part")] }).output();
    const before = temp.list();
    for (const name of ["link", "dead", "folder", "pipe"]) {
      assertDiskError(() => new PartFile(target(temp, { name })), "exists");
    }
    assertEquals(Deno.readTextFileSync(victim), "precious");
    assertEquals(temp.list(), before);
  },
});

Deno.test("the folder is made, and one that cannot be made is an error of the disk", () => {
  using temp = new TempDir();
  assertEquals(receive(target(temp, { directory: temp.join("x/y") })), temp.join("x/y/a.bin"));
  temp.write("file", "");
  assertThrows(() => new PartFile(target(temp, { directory: temp.join("file/x") })), DiskError);
});

Deno.test("names of 255 bytes can be received, again and again", () => {
  using temp = new TempDir();
  const name = "x".repeat(251) + ".bin";
  assertEquals(receive(target(temp, { name })), temp.join(name));
  assertEquals(receive(target(temp, { name })), temp.join("x".repeat(247) + " (1).bin"));
  const allExtension = "x." + "y".repeat(253);
  for (let i = 0; i < 3; i++) assert(receive(target(temp, { name: allExtension })) !== null);
  assertEquals(temp.list().length, 5);
});

Deno.test("findReceived finds a file that is there, under its name or a numbered one", () => {
  using temp = new TempDir();
  assertEquals(findReceived(target(temp)), null);
  assertEquals(findReceived(target(temp, { directory: temp.join("nowhere") })), null);
  temp.write("a.bin", OTHER);
  temp.write("a (1).bin", CONTENT.subarray(1));
  assertEquals(findReceived(target(temp)), null);
  temp.write("a (2).bin", CONTENT);
  assertEquals(findReceived(target(temp)), temp.join("a (2).bin"));
  assertEquals(findReceived(target(temp, { replace: true })), null);
  temp.write("a.bin", CONTENT);
  assertEquals(findReceived(target(temp)), temp.join("a.bin"));
  assertEquals(findReceived(target(temp, { replace: true })), temp.join("a.bin"));
});

Deno.test("findReceived stops at the first free number, and passes over folders", () => {
  using temp = new TempDir();
  Deno.mkdirSync(temp.join("a.bin"));
  temp.write("a (2).bin", CONTENT);
  assertEquals(findReceived(target(temp)), null);
  temp.write("a (1).bin", CONTENT);
  assertEquals(findReceived(target(temp)), temp.join("a (1).bin"));
});

Deno.test("findReceived trusts the content, not the size alone", () => {
  using temp = new TempDir();
  temp.write("a.bin", OTHER);
  assertEquals(Deno.statSync(temp.join("a.bin")).size, CONTENT.length);
  assertEquals(findReceived(target(temp)), null);
});

Deno.test("hashFile hashes files of any size", () => {
  using temp = new TempDir();
  for (const size of [0, 1, 1_024 * 1_024, 1_024 * 1_024 + 1]) {
    const content = patternedBytes(size);
    assertEquals(hashFile(temp.write("x", content)), sha256Of(content));
  }
});
