import { assertEquals, assertThrows } from "@std/assert";
import { RealPaths } from "../../lib/files/real_paths.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const onUnix = { ignore: Deno.build.os === "windows" };

Deno.test({
  name: "RealPaths.lookAt: finds what realpath finds, links on the way and at the end followed",
  ...onUnix,
  fn: () => {
    using temp = new TempDir();
    temp.write("a/b/c", "c");
    Deno.symlinkSync("b", temp.join("a/to-b"));
    Deno.symlinkSync("../a/to-b/c", temp.join("a/to-c"));
    Deno.symlinkSync(temp.join("a"), temp.join("to-a"));
    const paths = new RealPaths();
    for (const path of ["a/b/c", "a/to-b/c", "a/to-c", "to-a/to-b/c", "to-a/to-c", "a", "to-a"]) {
      const { realPath, info } = paths.lookAt(temp.join(path));
      assertEquals(realPath, Deno.realPathSync(temp.join(path)));
      assertEquals(info.ino, Deno.statSync(temp.join(path)).ino);
    }
    assertThrows(() => paths.lookAt(temp.join("a/none/c")), Deno.errors.NotFound);
    assertEquals(paths.lookAt("/").realPath, "/");
  },
});

Deno.test({
  name: "RealPaths.isReal: denies a path with a link in it, and one that is not there",
  ...onUnix,
  fn: () => {
    using temp = new TempDir();
    temp.write("a/b/c", "c");
    Deno.symlinkSync("a", temp.join("to-a"));
    const top = Deno.realPathSync(temp.path);
    const isReal = (path: string) => new RealPaths().isReal(`${top}/${path}`);
    assertEquals([isReal("a/b"), isReal("to-a"), isReal("to-a/b"), isReal("none")], [
      ...[true, false, false, false],
    ]);
  },
});

Deno.test("RealPaths: looks at each folder of a chain once", () => {
  using temp = new TempDir();
  const depth = 200;
  const folders = Array.from({ length: depth }, (_, i) => `${temp.path}/${"d/".repeat(i + 1)}`);
  Deno.mkdirSync(folders.at(-1)!, { recursive: true });
  let looks = 0;
  const paths = new RealPaths((path) => {
    looks++;
    return Deno.lstatSync(path);
  });
  const above = temp.path.split(/[\\/]/).length;
  for (const folder of folders) Deno.writeTextFileSync(`${folder}f`, "");
  for (const folder of folders) paths.lookAt(`${folder}f`);
  assertEquals(looks <= 2 * depth + above, true, `${looks} looks`);
});
