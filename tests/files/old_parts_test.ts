import { assertEquals } from "@std/assert";
import { sweepOldParts } from "../../lib/files/old_parts.ts";
import { partName, versionPath } from "../../lib/files/part_names.ts";
import { PartFile } from "../../lib/files/part_file.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { ShiftedClock } from "../helpers/shifted_clock.ts";
import { detailsOf, targetIn } from "../helpers/targets.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const CONTENT = patternedBytes(1_000);
const LONG = "x".repeat(254);

/** A folder with parts that broke off now. */
function setUp() {
  const temp = new TempDir();
  for (const name of ["a", "b", LONG]) {
    const path = temp.write(`.tcp-chat/${partName(name)}`, "half");
    Deno.writeTextFileSync(versionPath(path), "v1");
  }
  temp.write(".tcp-chat/gone.part.version", "v1"); // Its part is gone
  return temp;
}

const names = (temp: TempDir) => temp.list(".tcp-chat");

Deno.test("sweepOldParts: removes parts and their versions at the limit, and none before", () => {
  using temp = setUp();
  const before = names(temp);
  const { ctime } = Deno.statSync(temp.join(".tcp-chat/a.part"));
  const limitMs = ctime!.getTime() + LIMITS.unfinishedDownloadMs;
  sweepOldParts(temp.join(".tcp-chat"), limitMs - 1_000);
  assertEquals(names(temp), before);
  sweepOldParts(temp.join(".tcp-chat"), limitMs + 1_000);
  assertEquals(names(temp), []);
});

Deno.test("sweepOldParts: removes nothing that is locked, and nothing without the name of a part", () => {
  using temp = setUp();
  for (const name of ["notes.txt", "x.upload", "y.once", "part", "d.part/z"]) {
    temp.write(`.tcp-chat/${name}`, "mine");
  }
  if (Deno.build.os !== "windows") Deno.symlinkSync("notes.txt", temp.join(".tcp-chat/link.part"));
  using held = Deno.openSync(temp.join(".tcp-chat/b.part"), { read: true, write: true });
  assertEquals(held.tryLockSync(true), true);
  sweepOldParts(temp.join(".tcp-chat"), Date.now() + 2 * LIMITS.unfinishedDownloadMs);
  const left = ["b.part", "b.part.version", "d.part", "notes.txt", "part", "x.upload", "y.once"];
  assertEquals(names(temp).filter((name) => name !== "link.part"), left);
  assertEquals(names(temp).length, left.length + (Deno.build.os === "windows" ? 0 : 1));
});

Deno.test("sweepOldParts: removes the parts of batches at once, unless locked", () => {
  using temp = new TempDir();
  for (const name of ["a.batch", "b.batch", "c.part"]) temp.write(`.tcp-chat/${name}`, "x");
  using held = Deno.openSync(temp.join(".tcp-chat/b.batch"), { read: true, write: true });
  assertEquals(held.tryLockSync(true), true);
  sweepOldParts(temp.join(".tcp-chat"), Date.now());
  assertEquals(names(temp), ["b.batch", "c.part"]);
});

Deno.test("PartFile: removes old parts of other files beside its own, which it goes on with", () => {
  using temp = new TempDir();
  temp.write(".tcp-chat/a.bin.part", CONTENT.subarray(0, 400));
  temp.write(".tcp-chat/other.part", "half");
  using _ = new ShiftedClock(2 * LIMITS.unfinishedDownloadMs);
  const part = new PartFile(targetIn(temp.path, { keepBytes: CONTENT.length }));
  assertEquals([part.lengthBytes, names(temp)], [400, ["a.bin.part"]]);
  part.hashKept(400);
  part.begin(detailsOf(CONTENT, { offset: 400 }));
  part.write(CONTENT.subarray(400));
  part.commit(sha256Of(CONTENT));
  assertEquals(temp.list(), ["a.bin"]);
});
