import { assertEquals, assertThrows } from "@std/assert";
import { DiskError } from "../../lib/files/disk_error.ts";
import { PartFile } from "../../lib/files/part_file.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { detailsOf, targetIn } from "../helpers/targets.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { UploadFixture } from "../helpers/upload_fixture.ts";

const CONTENT = patternedBytes(10_000);
const OTHER = patternedBytes(10_000, 2);

Deno.test("PartFile: commit fails when another file has the place of the part, which it leaves", () => {
  using temp = new TempDir();
  const part = new PartFile(targetIn(temp.path));
  part.begin(detailsOf(CONTENT));
  part.write(CONTENT);
  Deno.renameSync(temp.join(".tcp-chat/a.bin.part"), temp.join("moved"));
  temp.write(".tcp-chat/a.bin.part", OTHER);
  const error = assertThrows(() => part.commit(sha256Of(CONTENT)), DiskError);
  assertEquals([error.code, error.path], ["replaced", temp.join("a.bin")]);
  assertEquals(temp.list(), [".tcp-chat/a.bin.part", "moved"]);
  assertEquals(Deno.readFileSync(temp.join(".tcp-chat/a.bin.part")), OTHER);
});

Deno.test({
  name: "PartFile: writes nothing where a link has taken the place of the folder that was found",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    for (const when of ["before it opens", "before it commits"]) {
      using fixture = new UploadFixture("root/sub/x", "out/x");
      const uploads = await fixture.uploads();
      const target = await uploads.target(await uploads.resolveNew("sub/new/a"), false, null);
      const replace = () => {
        Deno.renameSync(`${fixture.root}/sub`, fixture.temp.join("moved"));
        Deno.symlinkSync("../out", `${fixture.root}/sub`);
      };
      if (when === "before it opens") replace();
      const receive = () => {
        const part = new PartFile(target);
        part.begin(detailsOf(CONTENT));
        part.write(CONTENT);
        if (when === "before it commits") replace();
        part.commit(sha256Of(CONTENT));
      };
      assertThrows(receive, DiskError, undefined, when);
      assertEquals(fixture.temp.list("out"), ["x"], when);
    }
  },
});
