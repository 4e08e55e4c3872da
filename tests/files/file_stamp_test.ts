import { assert, assertEquals, assertNotEquals } from "@std/assert";
import {
  type FileStamp,
  isSameStamp,
  packStamps,
  stampAt,
  stampOf,
  versionTag,
} from "../../lib/files/file_stamp.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const STAMP: FileStamp = { sizeBytes: 5, modifiedMs: 6, changedMs: 7, inode: 8 };

Deno.test("isSameStamp, versionTag: every field of a stamp counts", () => {
  assert(isSameStamp(STAMP, { ...STAMP }));
  assertEquals(versionTag(STAMP), versionTag({ ...STAMP }));
  for (const key of ["sizeBytes", "modifiedMs", "changedMs", "inode"] as const) {
    for (const value of [0, 1, 58, -5, 2 ** 53 - 1, 2 ** 63 - 2 ** 11]) {
      const other = { ...STAMP, [key]: value };
      assert(!isSameStamp(STAMP, other));
      assertNotEquals(versionTag(other), versionTag(STAMP));
    }
  }
});

Deno.test("versionTag: differs for stamps whose fields concatenate to the same digits", () => {
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

Deno.test("versionTag: is at most 100 characters of [0-9a-z-]", () => {
  const largest = Number.MAX_SAFE_INTEGER;
  const tag = versionTag({
    sizeBytes: largest,
    modifiedMs: -largest,
    changedMs: largest,
    inode: 2 ** 63,
  });
  assert(/^[0-9a-z-]{1,100}$/.test(tag), tag);
});

Deno.test("versionTag: changes when the file is written, replaced or touched", () => {
  using temp = new TempDir();
  const path = temp.write("a", "12345");
  const tags = new Set<string>();
  const addTag = () => tags.add(versionTag(stampOf(Deno.statSync(path))));
  addTag();
  Deno.utimeSync(path, 1_000, 1_000);
  addTag();
  Deno.writeTextFileSync(path, "123456");
  addTag();
  Deno.renameSync(temp.write("b", "123456"), path);
  addTag();
  assertEquals(tags.size, 4);
});

Deno.test("packStamps, stampAt: keep each stamp and each gap in its place", () => {
  const largest = {
    sizeBytes: 2 ** 53 - 1,
    modifiedMs: -8.64e15,
    changedMs: 8.64e15,
    inode: 2 ** 63,
  };
  const zero = { sizeBytes: 0, modifiedMs: 0, changedMs: 0, inode: 0 };
  const stamps = [STAMP, null, largest, zero, null];
  const packed = packStamps(stamps);
  assertEquals(stamps.map((_, i) => stampAt(packed, i)), stamps);
  assertEquals(stampAt(packed, stamps.length), null);
});
