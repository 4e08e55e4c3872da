import { assert, assertEquals, assertThrows } from "@std/assert";
import { DiskError } from "../../lib/files/disk_error.ts";
import { dropPart } from "../../lib/files/open_part.ts";
import { PartFile } from "../../lib/files/part_file.ts";
import { findPart, versionPath } from "../../lib/files/part_names.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { mountSmall } from "../helpers/small_disk.ts";
import { detailsOf, partIn, partPathOf, pathOf, targetIn } from "../helpers/targets.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const CONTENT = patternedBytes(10_000);
const SHA256 = sha256Of(CONTENT);

/** A folder in which an earlier download has left a part. */
class Fixture implements Disposable {
  readonly temp = new TempDir();

  constructor(left: Uint8Array | null = CONTENT.subarray(0, 4_000), version: string | null = "v1") {
    if (left !== null) this.temp.write(".tcp-chat/a.bin.part", left);
    if (left !== null && version !== null) this.temp.write(".tcp-chat/a.bin.part.version", version);
  }

  open(keepBytes = CONTENT.length): PartFile {
    return new PartFile(targetIn(this.temp.path, { keepBytes }));
  }

  [Symbol.dispose](): void {
    this.temp[Symbol.dispose]();
  }
}

/** Hashes all kept bytes, and returns the number of slices. */
function hashAll(part: PartFile, sliceBytes: number): number {
  let slices = 1;
  while (!part.hashKept(sliceBytes)) slices++;
  return slices;
}

function assertDiskError(fn: () => unknown, reason: string): void {
  assertThrows(fn, DiskError, reason);
}

Deno.test("PartFile: hashes the kept bytes in slices of any size, and continues behind them", () => {
  for (const [sliceBytes, slices] of [[1_500, 3], [3_999, 2], [4_000, 1], [1e9, 1], [1, 4_000]]) {
    using fixture = new Fixture();
    const part = fixture.open();
    assertEquals(part.lengthBytes, 4_000);
    assertEquals(hashAll(part, sliceBytes!), slices);
    part.begin(detailsOf(CONTENT, { offset: 4_000 }));
    part.write(CONTENT.subarray(4_000, 9_000));
    part.write(CONTENT.subarray(9_000));
    assertEquals(pathOf(part.commit(SHA256)), fixture.temp.join("a.bin"));
    assertEquals(Deno.readFileSync(fixture.temp.join("a.bin")), CONTENT);
  }
});

Deno.test("PartFile: hashes the kept bytes in slices that end inside a large read buffer", () => {
  const content = patternedBytes(3 * 1024 * 1024 + 7);
  for (const sliceBytes of [1024 * 1024 - 1, 1024 * 1024, 1024 * 1024 + 1]) {
    using fixture = new Fixture(content);
    const part = fixture.open(content.length);
    assertEquals(hashAll(part, sliceBytes), Math.ceil(content.length / sliceBytes));
    part.begin(detailsOf(content, { offset: content.length }));
    assertEquals(pathOf(part.commit(sha256Of(content))), fixture.temp.join("a.bin"));
  }
});

Deno.test("PartFile: needs a single call to hash an empty part", () => {
  using fixture = new Fixture(null);
  const part = fixture.open();
  assertEquals(part.lengthBytes, 0);
  assert(part.hashKept(1));
  part.discard();
});

Deno.test("PartFile: removes a part whose kept bytes are wrong", () => {
  using fixture = new Fixture(patternedBytes(4_000, 2));
  const part = fixture.open();
  hashAll(part, 1e9);
  part.begin(detailsOf(CONTENT, { offset: 4_000, version: "v1" }));
  part.write(CONTENT.subarray(4_000));
  assertEquals(part.commit(SHA256), "wrong");
  assertEquals(fixture.temp.list(), []);
});

Deno.test("PartFile: begin at 0 drops the kept bytes, however many of them are hashed", () => {
  for (const hashedBytes of [0, 1_000, 4_000]) {
    using fixture = new Fixture();
    const part = fixture.open();
    if (hashedBytes > 0) part.hashKept(hashedBytes);
    part.begin(detailsOf(CONTENT));
    assertEquals(part.lengthBytes, 0);
    assertEquals(Deno.statSync(fixture.temp.join(".tcp-chat/a.bin.part")).size, 0);
    part.write(CONTENT);
    assertEquals(pathOf(part.commit(SHA256)), fixture.temp.join("a.bin"));
    assertEquals(Deno.readFileSync(fixture.temp.join("a.bin")), CONTENT);
    assertEquals(fixture.temp.list(), ["a.bin"]);
  }
});

Deno.test("PartFile: begin fails unless the offset is the end of the kept and hashed bytes", () => {
  for (
    const [hashedBytes, offset] of [[0, 4_000], [3_999, 4_000], [4_000, 3_999], [4_000, 4_001]]
  ) {
    using fixture = new Fixture();
    const part = fixture.open();
    if (hashedBytes! > 0) part.hashKept(hashedBytes!);
    assertDiskError(() => part.begin(detailsOf(CONTENT, { offset: offset! })), "not what it was");
    part.close();
    assertEquals(fixture.temp.list(), [".tcp-chat/a.bin.part", ".tcp-chat/a.bin.part.version"]);
  }
});

Deno.test("PartFile: keeps a part of at most keepBytes, and empties a longer one", () => {
  for (const [keepBytes, length] of [[4_001, 4_000], [4_000, 4_000], [3_999, 0], [0, 0]]) {
    using fixture = new Fixture();
    const part = fixture.open(keepBytes!);
    assertEquals(part.lengthBytes, length);
    assertEquals(Deno.statSync(fixture.temp.join(".tcp-chat/a.bin.part")).size, length);
    assertEquals(findPart(partIn(fixture.temp.path))?.version ?? null, length ? "v1" : null);
    part.close();
    assertEquals(fixture.temp.list().length, length ? 2 : 0);
  }
});

Deno.test("PartFile: throws a DiskError when the part shrinks while it is hashed", () => {
  for (const left of [0, 999, 2_000]) {
    using fixture = new Fixture();
    const part = fixture.open();
    part.hashKept(1_000);
    Deno.truncateSync(fixture.temp.join(".tcp-chat/a.bin.part"), left);
    assertDiskError(() => hashAll(part, 1e9), "shorter");
    part.discard();
  }
});

Deno.test("PartFile: keeps the version beside the part until the file is committed, wrong or discarded", () => {
  for (const end of ["commit", "wrong", "discard", "close"] as const) {
    using fixture = new Fixture(null);
    const part = fixture.open();
    part.begin(detailsOf(CONTENT, { version: "v2" }));
    const partPath = fixture.temp.join(".tcp-chat/a.bin.part");
    assertEquals(Deno.readTextFileSync(partPath + ".version"), "v2");
    part.write(CONTENT);
    assertEquals(findPart(partIn(fixture.temp.path)), { sizeBytes: CONTENT.length, version: "v2" });
    if (end === "commit") part.commit(SHA256);
    else if (end === "wrong") part.commit(sha256Of("other"));
    else part[end]();
    const left = { commit: ["a.bin"], wrong: [], discard: [] };
    const wanted = end === "close"
      ? [".tcp-chat/a.bin.part", ".tcp-chat/a.bin.part.version"]
      : left[end];
    assertEquals(fixture.temp.list(), wanted);
  }
});

Deno.test("PartFile: close of an empty part removes its version, too", () => {
  using fixture = new Fixture(null);
  const part = fixture.open();
  part.begin(detailsOf(CONTENT, { version: "v2" }));
  part.close();
  assertEquals(fixture.temp.list(), []);
});

Deno.test("PartFile: begin stores the version, new or the same", () => {
  for (const [offset, version] of [[0, "v2"], [4_000, "v1"]] as const) {
    using fixture = new Fixture();
    const part = fixture.open();
    hashAll(part, 1e9);
    part.begin(detailsOf(CONTENT, { offset, version }));
    assertEquals(Deno.readTextFileSync(fixture.temp.join(".tcp-chat/a.bin.part.version")), version);
    part.discard();
    assertEquals(fixture.temp.list(), []);
  }
});

Deno.test("PartFile: stores part and version under a hash when the name is too long for them", () => {
  for (const length of [241, 242, 250, 251, 255]) {
    using temp = new TempDir();
    const name = "x".repeat(length);
    const target = targetIn(temp.path, { name, keepBytes: CONTENT.length });
    const part = new PartFile(target);
    part.begin(detailsOf(CONTENT, { version: "v1" }));
    part.write(CONTENT.subarray(0, 10));
    part.close();
    assertEquals(findPart(target), { sizeBytes: 10, version: "v1" });
    const [first, second] = temp.list().map((other) => temp.join(other));
    assertEquals(
      [first, second].sort(),
      [partPathOf(target), versionPath(partPathOf(target))].sort(),
    );
    const again = new PartFile(target);
    again.hashKept(1e9);
    again.begin(detailsOf(CONTENT, { offset: 10, version: "v1" }));
    again.write(CONTENT.subarray(10));
    assertEquals(pathOf(again.commit(SHA256)), temp.join(name));
    assertEquals(temp.list(), [name]);
  }
});

Deno.test("PartFile: keeps or removes the part on a full disk, as staysOnError says", () => {
  const big = patternedBytes(3 * 1024 * 1024);
  for (const [staysOnError, left] of [[true, [".tcp-chat/a.bin.part"]], [false, []]] as const) {
    using temp = new TempDir();
    using disk = mountSmall(temp.path);
    if (disk === null) {
      console.log("This process may not mount anything");
      return;
    }
    const part = new PartFile(targetIn(temp.path, { staysOnError }));
    part.begin(detailsOf(big));
    const error = assertThrows(() => part.write(big), DiskError);
    assertEquals([error.code, error.path], ["no-space", temp.join("a.bin")]);
    part.giveUp();
    assertEquals(temp.list(), [...left]);
  }
});

Deno.test("dropPart: removes a part and its version", () => {
  using fixture = new Fixture();
  dropPart(partIn(fixture.temp.path));
  assertEquals(fixture.temp.list(), []);
  dropPart(partIn(fixture.temp.path)); // Nothing is left to remove
  dropPart(partIn(fixture.temp.join("nowhere")));
  assertEquals(fixture.temp.list(), []);
});

Deno.test("dropPart: removes a version alone, an empty part, and a part with another hard link", () => {
  using temp = new TempDir();
  const path = temp.join(".tcp-chat/a.bin.part");
  temp.write(".tcp-chat/a.bin.part.version", "v1");
  dropPart(partIn(temp.path));
  temp.write(".tcp-chat/a.bin.part", "");
  dropPart(partIn(temp.path));
  assertEquals(temp.list(), []);
  if (Deno.build.os === "windows") return; // Link counts are not reported there
  Deno.mkdirSync(temp.join(".tcp-chat"));
  Deno.linkSync(temp.write("a.bin", CONTENT), path);
  dropPart(partIn(temp.path));
  assertEquals(temp.list(), ["a.bin"]);
  assertEquals(Deno.readFileSync(temp.join("a.bin")), CONTENT);
});

Deno.test("dropPart: keeps a folder with the name of a part, and locked parts", () => {
  using folder = new TempDir();
  folder.write(".tcp-chat/a.bin.part/x", "x");
  folder.write(".tcp-chat/a.bin.part.version", "v1");
  dropPart(partIn(folder.path));
  assertEquals(folder.list(), [".tcp-chat/a.bin.part", ".tcp-chat/a.bin.part.version"]);

  using fixture = new Fixture();
  const part = fixture.open();
  dropPart(partIn(fixture.temp.path));
  assertEquals(fixture.temp.list(), [".tcp-chat/a.bin.part", ".tcp-chat/a.bin.part.version"]);
  part.close();
});

Deno.test({
  name: "PartFile: does not continue a part with another hard link, and leaves that file unchanged",
  ignore: Deno.build.os === "windows",
  fn: () => {
    using fixture = new Fixture();
    Deno.linkSync(fixture.temp.join(".tcp-chat/a.bin.part"), fixture.temp.join("b.bin"));
    const part = fixture.open();
    assertEquals(part.lengthBytes, 0);
    part.begin(detailsOf(CONTENT));
    part.write(CONTENT);
    assertEquals(pathOf(part.commit(SHA256)), fixture.temp.join("a.bin"));
    assertEquals(Deno.readFileSync(fixture.temp.join("b.bin")), CONTENT.slice(0, 4_000));
  },
});

Deno.test({
  name: "PartFile: commit fails when another file has replaced the part",
  ignore: Deno.build.os === "windows", // An open file cannot be replaced there
  fn() {
    using fixture = new Fixture(null);
    const { temp } = fixture;
    const part = fixture.open();
    part.begin(detailsOf(CONTENT));
    part.write(CONTENT);
    Deno.renameSync(temp.write("other", "other"), temp.join(".tcp-chat/a.bin.part"));
    assertThrows(() => part.commit(SHA256), DiskError);
    assertEquals(temp.list(), [".tcp-chat/a.bin.part"]);
    assertEquals(Deno.readTextFileSync(temp.join(".tcp-chat/a.bin.part")), "other");
  },
});
