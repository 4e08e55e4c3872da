import { assert, assertEquals, assertThrows } from "@std/assert";
import { DiskError } from "../../lib/files/disk_error.ts";
import { stampOf } from "../../lib/files/file_stamp.ts";
import { type FileTarget, PartFile } from "../../lib/files/part_file.ts";
import { ProtocolError } from "../../lib/protocol/errors.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { detailsOf, pathOf, targetIn } from "../helpers/targets.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const CONTENT = patternedBytes(10_000);
const SHA256 = sha256Of(CONTENT);
const OTHER = patternedBytes(10_000, 2);
const onUnix = { ignore: Deno.build.os === "windows" };

function target(temp: TempDir, overrides: Partial<FileTarget> = {}): FileTarget {
  return targetIn(temp.path, overrides);
}

/** Opens a part for {@link CONTENT}. */
function begin(target: FileTarget, details = detailsOf(CONTENT)): PartFile {
  const part = new PartFile(target);
  part.begin(details);
  return part;
}

function receive(
  target: FileTarget,
  content: Uint8Array = CONTENT,
  details = detailsOf(CONTENT),
): string | null {
  const part = begin(target, details);
  for (let at = 0; at < content.length; at += 3_000) part.write(content.subarray(at, at + 3_000));
  return pathOf(part.commit(SHA256));
}

function assertDiskError(fn: () => unknown, code: string): void {
  assertEquals(assertThrows(fn, DiskError).code, code);
}

Deno.test("PartFile: commit moves a whole and verified file to its final name", () => {
  using temp = new TempDir();
  assertEquals(receive(target(temp)), temp.join("a.bin"));
  assertEquals(temp.list(), ["a.bin"]);
  assertEquals(Deno.readFileSync(temp.join("a.bin")), CONTENT);
});

Deno.test("PartFile: commit returns the stamp of the committed file", () => {
  using temp = new TempDir();
  const part = begin(target(temp), detailsOf(CONTENT, { modifiedMs: 1_234_567_890_123 }));
  part.write(CONTENT);
  const path = temp.join("a.bin");
  assertEquals(part.commit(SHA256), { path, stamp: stampOf(Deno.statSync(path)) });
});

Deno.test("PartFile: commit moves an empty file to its final name", () => {
  using temp = new TempDir();
  const empty = new Uint8Array(0);
  const part = begin(target(temp), detailsOf(empty));
  assertEquals(pathOf(part.commit(sha256Of(empty))), temp.join("a.bin"));
  assertEquals(temp.list(), ["a.bin"]);
});

Deno.test("PartFile: creates no final name before commit", () => {
  using temp = new TempDir();
  const part = begin(target(temp));
  part.write(CONTENT);
  assertEquals(temp.list(), [".tcp-chat/a.bin.part"]);
  part.commit(SHA256);
});

Deno.test("PartFile: commit removes a file that is wrong or too short", () => {
  for (const content of [OTHER, CONTENT.subarray(1), new Uint8Array(0)]) {
    using temp = new TempDir();
    assertEquals(receive(target(temp), content), "wrong");
    assertEquals(temp.list(), []);
  }
});

Deno.test("PartFile: commit removes a file with the right hash but the wrong size", () => {
  for (const sizeBytes of [CONTENT.length + 1, 2 * CONTENT.length]) {
    using temp = new TempDir();
    assertEquals(receive(target(temp), CONTENT, detailsOf(CONTENT, { sizeBytes })), "wrong");
    assertEquals(temp.list(), []);
  }
});

Deno.test("PartFile: write accepts the announced size, and not a byte more", () => {
  using temp = new TempDir();
  const part = begin(target(temp));
  part.write(CONTENT.subarray(0, 9_999));
  assertEquals(part.lengthBytes, 9_999);
  const error = assertThrows(() => part.write(CONTENT.subarray(0, 2)), ProtocolError, "10000");
  assertEquals(error.code, "bad-sequence");
  part.write(CONTENT.subarray(9_999)); // Nothing of the last write was accepted
  assertEquals(pathOf(part.commit(SHA256)), temp.join("a.bin"));
  assertEquals(Deno.readFileSync(temp.join("a.bin")), CONTENT);
});

Deno.test("PartFile: write accepts nothing before begin", () => {
  using temp = new TempDir();
  const part = new PartFile(target(temp));
  assertThrows(() => part.write(new Uint8Array(1)), ProtocolError);
  part.close();
  assertEquals(temp.list(), []);
});

Deno.test("PartFile: commit uses the next free number, and replaces no file", () => {
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
  name: "PartFile: commit treats the name of a folder or a dangling link as taken",
  ...onUnix,
  fn: () => {
    using temp = new TempDir();
    Deno.mkdirSync(temp.join("a.bin"));
    Deno.symlinkSync(temp.join("nothing"), temp.join("a (1).bin"));
    assertEquals(receive(target(temp)), temp.join("a (2).bin"));
    assertEquals(temp.list(), ["a (1).bin", "a (2).bin", "a.bin"]);
  },
});

Deno.test("PartFile: commit with replace swaps the files in one step", () => {
  using temp = new TempDir();
  temp.write("a.bin", OTHER);
  using reader = Deno.openSync(temp.join("a.bin"));
  assertEquals(receive(target(temp, { ifTaken: "replace" })), temp.join("a.bin"));
  assertEquals(temp.list(), ["a.bin"]);
  assertEquals(Deno.readFileSync(temp.join("a.bin")), CONTENT);
  const before = new Uint8Array(OTHER.length);
  assertEquals(reader.readSync(before), OTHER.length); // Still the whole old file
  assertEquals(before, OTHER);
});

Deno.test("PartFile: commit with replace keeps the old file when the new one is wrong", () => {
  using temp = new TempDir();
  temp.write("a.bin", OTHER);
  assertEquals(receive(target(temp, { ifTaken: "replace" }), new Uint8Array(10_000)), "wrong");
  assertEquals(Deno.readFileSync(temp.join("a.bin")), OTHER);
});

Deno.test("PartFile: commit with refuse keeps the old file, and the part if staysOnError is set", () => {
  const kept = [".tcp-chat/a.bin.part", "a.bin"];
  for (const [staysOnError, left] of [[true, kept], [false, ["a.bin"]]] as const) {
    using temp = new TempDir();
    temp.write("a.bin", OTHER);
    assertEquals(receive(target(temp, { ifTaken: "refuse", staysOnError })), "taken");
    assertEquals(temp.list(), [...left]);
    assertEquals(Deno.readFileSync(temp.join("a.bin")), OTHER);
  }
});

Deno.test("PartFile: commit fails when the rename fails, and keeps the part if staysOnError is set", () => {
  const kept = [".tcp-chat/a.bin.part", "a.bin"];
  for (const [staysOnError, left] of [[true, kept], [false, ["a.bin"]]] as const) {
    using temp = new TempDir();
    Deno.mkdirSync(temp.join("a.bin"));
    assertDiskError(() => receive(target(temp, { ifTaken: "replace", staysOnError })), "exists");
    assertEquals(temp.list(), [...left]);
    if (staysOnError) assertEquals(Deno.readFileSync(temp.join(".tcp-chat/a.bin.part")), CONTENT);
  }
});

Deno.test("PartFile: locks the part against another download", () => {
  using temp = new TempDir();
  const first = begin(target(temp));
  first.write(CONTENT);
  assertDiskError(() => new PartFile(target(temp)), "busy");
  const other = new PartFile(target(temp, { name: "b.bin" })); // Another part is free
  other.discard();
  assertEquals(pathOf(first.commit(SHA256)), temp.join("a.bin"));
  assertEquals(Deno.readFileSync(temp.join("a.bin")), CONTENT); // Not emptied
  assertEquals(receive(target(temp)), temp.join("a (1).bin"));
});

Deno.test("PartFile: overwrites an earlier part when keepBytes is 0", () => {
  using temp = new TempDir();
  temp.write(".tcp-chat/a.bin.part", new Uint8Array(20_000));
  assertEquals(receive(target(temp)), temp.join("a.bin"));
  assertEquals(Deno.readFileSync(temp.join("a.bin")), CONTENT);
  assertEquals(temp.list(), ["a.bin"]);
});

Deno.test("PartFile: close leaves a part with data behind, discard removes it", () => {
  using temp = new TempDir();
  const kept = begin(target(temp));
  kept.write(CONTENT.subarray(0, 10));
  kept.close();
  begin(target(temp, { name: "empty.bin" })).close();
  const dropped = begin(target(temp, { name: "b.bin" }));
  dropped.write(CONTENT);
  dropped.discard();
  assertEquals(temp.list(), [".tcp-chat/a.bin.part"]);
  assertEquals(Deno.readFileSync(temp.join(".tcp-chat/a.bin.part")), CONTENT.slice(0, 10));
});

Deno.test("PartFile: giveUp leaves a part with data behind if staysOnError is set", () => {
  using temp = new TempDir();
  for (const [name, staysOnError] of [["a.bin", true], ["b.bin", false]] as const) {
    const part = begin(target(temp, { name, staysOnError }));
    part.write(CONTENT);
    part.giveUp();
  }
  assertEquals(temp.list(), [".tcp-chat/a.bin.part"]);
});

Deno.test("PartFile: discard succeeds and commit fails when the part has been removed", () => {
  using temp = new TempDir();
  const dropped = begin(target(temp));
  Deno.removeSync(temp.join(".tcp-chat/a.bin.part"));
  dropped.discard();
  const part = begin(target(temp));
  part.write(CONTENT);
  Deno.removeSync(temp.join(".tcp-chat/a.bin.part"));
  assertThrows(() => part.commit(SHA256), DiskError);
  assertEquals(temp.list(), []);
});

Deno.test({
  name: "PartFile: refuses a part that is a link, a folder or a FIFO, and leaves it unchanged",
  ...onUnix,
  fn: async () => {
    using temp = new TempDir();
    const victim = temp.write("victim", "precious");
    Deno.mkdirSync(temp.join(".tcp-chat"));
    Deno.symlinkSync(victim, temp.join(".tcp-chat/link.part"));
    Deno.symlinkSync(temp.join("nowhere"), temp.join(".tcp-chat/dead.part"));
    Deno.mkdirSync(temp.join(".tcp-chat/folder.part"));
    await new Deno.Command("mkfifo", { args: [temp.join(".tcp-chat/pipe.part")] }).output();
    const before = temp.list();
    for (const name of ["link", "dead", "folder", "pipe"]) {
      assertDiskError(() => new PartFile(target(temp, { name })), "exists");
    }
    assertEquals(Deno.readTextFileSync(victim), "precious");
    assertEquals(temp.list(), before);
  },
});

Deno.test("PartFile: creates the folder, and throws a DiskError when it cannot", () => {
  using temp = new TempDir();
  const deep = targetIn(temp.join("x/y"));
  assertEquals(receive(deep), temp.join("x/y/a.bin"));
  temp.write("file", "");
  assertThrows(() => new PartFile(targetIn(temp.join("file/x"))), DiskError);
});

Deno.test("PartFile: creates the folders of the part and of the file", () => {
  using temp = new TempDir();
  const away = target(temp, {
    directory: temp.join("x/y"),
    partBase: temp.path,
    partName: "1.once",
  });
  const part = begin(away);
  assertEquals(temp.list(), [".tcp-chat/1.once"]); // The other one is created by commit
  part.write(CONTENT);
  assertEquals(pathOf(part.commit(SHA256)), temp.join("x/y/a.bin"));
  assertEquals(temp.list(), ["x"]);
});

Deno.test("PartFile: receives names of 255 bytes repeatedly", () => {
  using temp = new TempDir();
  const name = "x".repeat(251) + ".bin";
  assertEquals(receive(target(temp, { name })), temp.join(name));
  assertEquals(receive(target(temp, { name })), temp.join("x".repeat(247) + " (1).bin"));
  const allExtension = "x." + "y".repeat(253);
  for (let i = 0; i < 3; i++) assert(receive(target(temp, { name: allExtension })) !== null);
  assertEquals(temp.list().length, 5);
});

Deno.test("PartFile: commit sets the time of modification, to the millisecond", () => {
  using temp = new TempDir();
  for (const modifiedMs of [0, 1, 1_700_000_000_123, -86_400_000, 4_102_444_800_000]) {
    const path = receive(
      target(temp, { ifTaken: "replace" }),
      CONTENT,
      detailsOf(CONTENT, { modifiedMs }),
    );
    assertEquals(Deno.statSync(path!).mtime!.getTime(), modifiedMs);
  }
});

Deno.test("PartFile: commit keeps the time of writing when modifiedMs is null", () => {
  using temp = new TempDir();
  const before = Date.now();
  const path = receive(target(temp));
  // The clock of a file system may be some ticks behind
  assert(Deno.statSync(path!).mtime!.getTime() >= before - 100);
});
