import { assert, assertEquals, assertRejects } from "@std/assert";
import { ExcludeRules } from "../../lib/files/exclude_rules.ts";
import { findExtraFiles, removeExtraFiles } from "../../lib/files/extra_files.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const onUnix = { ignore: Deno.build.os === "windows" };
const NEVER = new AbortController().signal;

/** The extra files and folders of a folder `top`, as paths in it, and those that stay after a removal. */
async function mirror(temp: TempDir, wanted: string[], exclude: string[] = []) {
  const options = { paths: new Set(wanted), rules: ExcludeRules.of(exclude) };
  const extra = await findExtraFiles(temp.join("top"), options);
  assert(extra !== null);
  const removed: string[] = [];
  await removeExtraFiles(extra, NEVER, ({ inFolder }) => void removed.push(inFolder));
  return {
    files: extra.files.map(({ inFolder }) => inFolder).toSorted(),
    folders: extra.folders.map(({ inFolder }) => inFolder).toSorted(),
    removed: removed.toSorted(),
    wantedCount: extra.wantedCount,
  };
}

Deno.test("findExtraFiles: finds what is not wanted, and removeExtraFiles removes it with empty folders", async () => {
  using temp = new TempDir();
  for (const path of ["a", "b", "sub/a", "sub/b", "old/deep/x", "old/y"]) {
    temp.write(`top/${path}`, "");
  }
  Deno.mkdirSync(temp.join("top/empty"));
  assertEquals(await mirror(temp, ["a", "sub", "sub/a"]), {
    files: ["b", "old/deep/x", "old/y", "sub/b"],
    folders: ["empty", "old", "old/deep"],
    removed: ["b", "empty", "old", "old/deep", "old/deep/x", "old/y", "sub/b"],
    wantedCount: 2,
  });
  assertEquals([temp.list("top"), temp.list("top/sub")], [["a", "sub"], ["a"]]);
});

Deno.test("findExtraFiles: keeps what is excluded, with the folders above it", async () => {
  using temp = new TempDir();
  for (const path of ["a.o", "old/keep.o", "old/x", "cache/x"]) temp.write(`top/${path}`, "");
  const { removed } = await mirror(temp, [], ["*.o", "cache"]);
  assertEquals(removed, ["old/x"]);
  assertEquals([temp.list("top"), temp.list("top/old")], [["a.o", "cache", "old"], ["keep.o"]]);
});

Deno.test("findExtraFiles: keeps files under way, and what the programs keep for themselves", async () => {
  using temp = new TempDir();
  for (const path of [".tcp-chat/part", "sub/.tcp-chat/part", "state/.tcp-chat", "state/key"]) {
    temp.write(`top/${path}`, "");
  }
  temp.write("top/tcp-chat.db", "");
  const { files, removed } = await mirror(temp, []);
  assertEquals([files, removed], [[], []]);
});

Deno.test({
  name: "findExtraFiles: removes links, but nothing through them, and keeps what is no file",
  ...onUnix,
  fn: async () => {
    using temp = new TempDir();
    temp.write("out/precious", "x");
    temp.write("top/a", "");
    Deno.symlinkSync("../out", temp.join("top/folder"));
    Deno.symlinkSync("../out/precious", temp.join("top/file"));
    Deno.symlinkSync("../out", temp.join("top/wanted"));
    await new Deno.Command("mkfifo", { args: [temp.join("top/pipe")] }).output();
    const { removed } = await mirror(temp, ["a", "wanted", "wanted/precious"]);
    assertEquals(removed, ["file", "folder"]);
    assertEquals([temp.list("top"), temp.list("out")], [["a", "pipe", "wanted"], ["precious"]]);
    Deno.symlinkSync("out", temp.join("link"));
    const options = { paths: new Set<string>(), rules: ExcludeRules.none };
    assertEquals(await findExtraFiles(temp.join("link"), options), null);
    assertEquals(await findExtraFiles(temp.join("none"), options), null);
  },
});

Deno.test({
  name: "removeExtraFiles: keeps what is another file by now, or behind a link",
  ...onUnix,
  fn: async () => {
    using temp = new TempDir();
    for (const path of ["top/new", "top/sub/x", "out/x"]) temp.write(path, "");
    Deno.linkSync(temp.join("top/sub/x"), temp.join("hard"));
    const options = { paths: new Set<string>(), rules: ExcludeRules.none };
    const extra = await findExtraFiles(temp.join("top"), options);
    assert(extra !== null);
    temp.write("other", "");
    Deno.renameSync(temp.join("other"), temp.join("top/new"));
    // The folder becomes a link to one that holds the very file
    Deno.removeSync(temp.join("out/x"));
    Deno.renameSync(temp.join("hard"), temp.join("out/x"));
    Deno.removeSync(temp.join("top/sub"), { recursive: true });
    Deno.symlinkSync("../out", temp.join("top/sub"));
    const removed: string[] = [];
    await removeExtraFiles(extra, NEVER, ({ inFolder }) => void removed.push(inFolder));
    assertEquals(removed, []);
    assertEquals([temp.list("top"), temp.list("out")], [["new", "sub"], ["x"]]);
  },
});

Deno.test("removeExtraFiles: stops by its signal", async () => {
  using temp = new TempDir();
  temp.write("top/a", "");
  const options = { paths: new Set<string>(), rules: ExcludeRules.none };
  const extra = await findExtraFiles(temp.join("top"), options);
  assert(extra !== null);
  const signal = AbortSignal.abort(new RangeError("enough"));
  await assertRejects(() => removeExtraFiles(extra, signal, () => {}), RangeError);
  assertEquals(temp.list("top"), ["a"]);
});
