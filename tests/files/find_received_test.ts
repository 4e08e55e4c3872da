import { assertEquals, assertThrows } from "@std/assert";
import { DiskError } from "../../lib/files/disk_error.ts";
import { findReceived, hashFileSync, type WantedFile } from "../../lib/files/find_received.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const CONTENT = patternedBytes(10_000);
const OTHER = patternedBytes(10_000, 2);
const onUnix = { ignore: Deno.build.os === "windows" };

function wanted(temp: TempDir, overrides: Partial<WantedFile> = {}): WantedFile {
  return {
    directory: temp.path,
    name: "a.bin",
    sizeBytes: CONTENT.length,
    sha256: sha256Of(CONTENT),
    numbered: true,
    ...overrides,
  };
}

Deno.test("findReceived: finds an existing file under its name or a numbered one", () => {
  using temp = new TempDir();
  assertEquals(findReceived(wanted(temp)), null);
  assertEquals(findReceived(wanted(temp, { directory: temp.join("nowhere") })), null);
  temp.write("a.bin", OTHER);
  temp.write("a (1).bin", CONTENT.subarray(1));
  assertEquals(findReceived(wanted(temp)), null);
  temp.write("a (2).bin", CONTENT);
  assertEquals(findReceived(wanted(temp)), temp.join("a (2).bin"));
  assertEquals(findReceived(wanted(temp, { numbered: false })), null);
  temp.write("a.bin", CONTENT);
  assertEquals(findReceived(wanted(temp)), temp.join("a.bin"));
  assertEquals(findReceived(wanted(temp, { numbered: false })), temp.join("a.bin"));
});

Deno.test("findReceived: stops at the first free number, and skips folders", () => {
  using temp = new TempDir();
  Deno.mkdirSync(temp.join("a.bin"));
  temp.write("a (2).bin", CONTENT);
  assertEquals(findReceived(wanted(temp)), null);
  temp.write("a (1).bin", CONTENT);
  assertEquals(findReceived(wanted(temp)), temp.join("a (1).bin"));
});

Deno.test("findReceived: compares the content, not only the size", () => {
  using temp = new TempDir();
  temp.write("a.bin", OTHER);
  assertEquals(Deno.statSync(temp.join("a.bin")).size, CONTENT.length);
  assertEquals(findReceived(wanted(temp)), null);
});

Deno.test("findReceived: finds an empty file", () => {
  using temp = new TempDir();
  temp.write("a.bin", "");
  const empty = wanted(temp, { sizeBytes: 0, sha256: sha256Of("") });
  assertEquals(findReceived(empty), temp.join("a.bin"));
});

Deno.test({
  name: "findReceived: opens no FIFO, and fails when the folder cannot be read",
  ...onUnix,
  fn: async () => {
    using temp = new TempDir();
    await new Deno.Command("mkfifo", { args: [temp.join("a.bin")] }).output();
    const empty = wanted(temp, { sizeBytes: 0, sha256: sha256Of("") });
    assertEquals(findReceived(empty), null); // Opening it would wait for a writer
    temp.write("file", "");
    const blocked = wanted(temp, { directory: temp.join("file") });
    assertThrows(() => findReceived(blocked), DiskError);
  },
});

Deno.test("hashFileSync: hashes files of any size", () => {
  using temp = new TempDir();
  for (const size of [0, 1, 1_024 * 1_024, 1_024 * 1_024 + 1]) {
    const content = patternedBytes(size);
    assertEquals(hashFileSync(temp.write("x", content)), sha256Of(content));
  }
});
