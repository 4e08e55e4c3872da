import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { type FileStamp, isSameStamp, stampOf, versionTag } from "../../lib/files/file_stamp.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const IDENTITY: FileStamp = { sizeBytes: 5, modifiedMs: 6, changedMs: 7, inode: 8 };

Deno.test("every part of an identity makes it another one, with another version", () => {
  assert(isSameStamp(IDENTITY, { ...IDENTITY }));
  assertEquals(versionTag(IDENTITY), versionTag({ ...IDENTITY }));
  for (const key of ["sizeBytes", "modifiedMs", "changedMs", "inode"] as const) {
    for (const value of [0, 1, 58, -5, 2 ** 53 - 1, 2 ** 63 - 2 ** 11]) {
      const other = { ...IDENTITY, [key]: value };
      assert(!isSameStamp(IDENTITY, other));
      assertNotEquals(versionTag(other), versionTag(IDENTITY));
    }
  }
});

Deno.test("identities whose parts read the same side by side have different versions", () => {
  const all = [
    { sizeBytes: 1, modifiedMs: 11, changedMs: 1, inode: 1 },
    { sizeBytes: 11, modifiedMs: 1, changedMs: 1, inode: 1 },
    { sizeBytes: 1, modifiedMs: 1, changedMs: 11, inode: 1 },
    { sizeBytes: 1, modifiedMs: 1, changedMs: 1, inode: 11 },
    { sizeBytes: 1, modifiedMs: -1, changedMs: 1, inode: 1 },
    { sizeBytes: 1, modifiedMs: 1, changedMs: -1, inode: 1 },
  ];
  assertEquals(new Set(all.map(versionTag)).size, all.length);
});

Deno.test("a version is short, and holds nothing that a path may not", () => {
  const largest = Number.MAX_SAFE_INTEGER;
  const version = versionTag({
    sizeBytes: largest,
    modifiedMs: -largest,
    changedMs: largest,
    inode: 2 ** 63,
  });
  assert(/^[0-9a-z-]{1,100}$/.test(version), version);
});

Deno.test("a file that is written, replaced or touched has another version", () => {
  using temp = new TempDir();
  const path = temp.write("a", "12345");
  const versions = new Set<string>();
  const look = () => versions.add(versionTag(stampOf(Deno.statSync(path))));
  look();
  Deno.utimeSync(path, 1_000, 1_000);
  look();
  Deno.writeTextFileSync(path, "123456");
  look();
  Deno.renameSync(temp.write("b", "123456"), path);
  look();
  assertEquals(versions.size, 4);
});
