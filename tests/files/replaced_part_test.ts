import { assertEquals, assertThrows } from "@std/assert";
import { DiskError } from "../../lib/files/disk_error.ts";
import { PartFile } from "../../lib/files/part_file.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { detailsOf, targetIn } from "../helpers/targets.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const CONTENT = patternedBytes(10_000);
const OTHER = patternedBytes(10_000, 2);

Deno.test("PartFile: commit fails when another file has the place of the part, which it leaves", () => {
  using temp = new TempDir();
  const part = new PartFile(targetIn(temp.path));
  part.begin(detailsOf(CONTENT));
  part.write(CONTENT);
  Deno.renameSync(temp.join(".tcp-chat/a.bin.part"), temp.join("moved"));
  temp.write(".tcp-chat/a.bin.part", OTHER);
  assertThrows(() => part.commit(sha256Of(CONTENT)), DiskError);
  assertEquals(temp.list(), [".tcp-chat/a.bin.part", "moved"]);
  assertEquals(Deno.readFileSync(temp.join(".tcp-chat/a.bin.part")), OTHER);
});
