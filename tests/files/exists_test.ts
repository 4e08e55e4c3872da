import { assertEquals } from "@std/assert";
import { exists } from "../../lib/files/exists.ts";
import { TempDir } from "../helpers/temp_dir.ts";

Deno.test({
  name: "exists: is true for files, folders and links to them, false for a dangling link",
  ignore: Deno.build.os === "windows",
  fn: () => {
    using temp = new TempDir();
    temp.write("file", "");
    temp.write("folder/x", "");
    Deno.symlinkSync(temp.join("file"), temp.join("link"));
    Deno.symlinkSync(temp.join("nothing"), temp.join("dead"));
    assertEquals(
      ["file", "folder", "link", "dead", "nothing", "file/x"].map((name) =>
        exists(temp.join(name))
      ),
      [true, true, true, false, false, false],
    );
  },
});
