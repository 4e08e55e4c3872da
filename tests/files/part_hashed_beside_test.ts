import { assertEquals, assertThrows } from "@std/assert";
import { PartFile } from "../../lib/files/part_file.ts";
import { ProtocolError } from "../../lib/protocol/errors.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { detailsOf, pathOf, targetIn } from "../helpers/targets.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const CONTENT = patternedBytes(9_000);
const SHA256 = sha256Of(CONTENT);
const OTHER = sha256Of(patternedBytes(9_000, 2));

function begin(temp: TempDir): PartFile {
  const part = new PartFile(targetIn(temp.path));
  part.begin(detailsOf(CONTENT));
  return part;
}

function writeAll(part: PartFile): void {
  for (let at = 0; at < CONTENT.length; at += 3_000) {
    part.writeHashed(CONTENT.subarray(at, at + 3_000), at);
  }
}

Deno.test("PartFile: commits what another thread has hashed, if its hash is the right one", () => {
  for (const [hashedAs, isRight] of [[SHA256, true], [OTHER, false], [undefined, false]] as const) {
    using temp = new TempDir();
    const part = begin(temp);
    writeAll(part);
    const result = part.commit(SHA256, hashedAs);
    assertEquals(pathOf(result), isRight ? temp.join("a.bin") : "wrong");
    assertEquals(temp.list(), isRight ? ["a.bin"] : []);
  }
});

Deno.test("PartFile: commit takes no hash for what it has hashed itself", () => {
  using temp = new TempDir();
  const part = begin(temp);
  part.write(patternedBytes(9_000, 2));
  assertEquals(part.commit(SHA256, SHA256), "wrong");
  assertEquals(temp.list(), []);
});

Deno.test("PartFile.writeHashed: takes bytes only where the last ones ended, and none too many", () => {
  using temp = new TempDir();
  const part = begin(temp);
  part.writeHashed(CONTENT.subarray(0, 3_000), 0);
  for (const position of [0, 2_999, 3_001]) {
    assertThrows(
      () => part.writeHashed(CONTENT.subarray(0, 1), position),
      Error,
      "Cannot write at",
    );
  }
  const tooMany = new Uint8Array(6_001);
  assertThrows(() => part.writeHashed(tooMany, 3_000), ProtocolError);
  part.writeHashed(CONTENT.subarray(3_000), 3_000);
  assertEquals(pathOf(part.commit(SHA256, SHA256)), temp.join("a.bin"));
});

Deno.test("PartFile.writeHashed: refuses to go on with bytes that the part has hashed", () => {
  using temp = new TempDir();
  const part = begin(temp);
  part.write(CONTENT.subarray(0, 3_000));
  assertThrows(() => part.writeHashed(CONTENT.subarray(3_000), 3_000), Error, "Cannot write at");
  part.discard();
});

Deno.test("PartFile: bytes that are hashed in neither way make no file", () => {
  using temp = new TempDir();
  const part = begin(temp);
  part.writeHashed(CONTENT.subarray(0, 3_000), 0);
  part.write(CONTENT.subarray(3_000));
  assertEquals(part.commit(SHA256, sha256Of(CONTENT.subarray(0, 3_000))), "wrong");
  assertEquals(temp.list(), []);
});
