import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { readLocal } from "../../lib/files/batch_source.ts";
import { findLocalFile } from "../../lib/files/local_file.ts";
import { type FoundItem, type LinkMode, walkLocal } from "../../lib/files/local_tree.ts";
import type { OwnPlaces } from "../../lib/files/served_folder.ts";
import { openSmallLocal } from "../../lib/files/small_content.ts";
import { RealPaths } from "../../lib/files/real_paths.ts";
import { isRealPath, SourceFile } from "../../lib/files/source_file.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const onUnix = { ignore: Deno.build.os === "windows" };
const NONE: OwnPlaces = { ownPaths: [], ownFolders: new Set(), ownFiles: new Map() };

function walk(path: string, links: LinkMode): Promise<FoundItem[]> {
  return Array.fromAsync(walkLocal(path, "", { own: NONE, links }));
}

/** Each item as `type remotePath`. */
async function plan(path: string, links: LinkMode = "skip"): Promise<string[]> {
  return (await walk(path, links)).map((item) => {
    const reason = item.type === "omitted" ? ` ${item.reason}` : "";
    return `${item.type}${reason} ${item.remotePath}`;
  });
}

/** A folder with links of every kind, and a link to it. */
function linkedFolder(): TempDir {
  const temp = new TempDir();
  temp.write("real/a", "12345");
  temp.write("top/x", "x");
  temp.write("top/sub/a", "12345");
  Deno.symlinkSync("sub/a", temp.join("top/file"));
  Deno.symlinkSync("sub", temp.join("top/folder"));
  Deno.symlinkSync(temp.join("real"), temp.join("top/outFolder"));
  Deno.symlinkSync("/etc/passwd", temp.join("top/outFile"));
  Deno.symlinkSync("..", temp.join("top/up"));
  Deno.symlinkSync("..", temp.join("top/sub/loop"));
  Deno.symlinkSync("loop/sub/../file", temp.join("top/sub/round"));
  Deno.symlinkSync("self", temp.join("top/self"));
  Deno.symlinkSync("/dev/null", temp.join("top/device"));
  Deno.symlinkSync("top", temp.join("link"));
  return temp;
}

Deno.test({
  name:
    "walkLocal: follows a link at the given path, and omits those below it, each with its reason",
  ...onUnix,
  fn: async () => {
    using temp = linkedFolder();
    assertEquals(await plan(temp.join("link")), [
      "folder link",
      "omitted link link/device",
      "omitted link-skipped link/file",
      "omitted link-skipped link/folder",
      "omitted link link/outFile",
      "omitted link link/outFolder",
      "omitted link link/self",
      "folder link/sub",
      "file link/sub/a",
      "omitted link-skipped link/sub/loop",
      "omitted link-skipped link/sub/round",
      "omitted link link/up",
      "file link/x",
    ]);
    assertEquals(await plan(temp.join("top/file")), ["file file"]);
  },
});

Deno.test({
  name: "walkLocal: on request follows links that stay in the folder, but into no folder it is in",
  ...onUnix,
  fn: async () => {
    using temp = linkedFolder();
    const items = await walk(temp.join("link"), "follow");
    assertEquals(items.find(({ remotePath }) => remotePath === "link/file"), {
      path: temp.join("link/file"),
      remotePath: "link/file",
      type: "file",
      sizeBytes: 5,
      modifiedMs: Deno.statSync(temp.join("top/sub/a")).mtime!.getTime(),
      within: temp.join("top"),
    });
    assertEquals(await plan(temp.join("link"), "follow"), [
      "folder link",
      "omitted link link/device",
      "file link/file",
      "folder link/folder",
      "file link/folder/a",
      "omitted link-loop link/folder/loop",
      "file link/folder/round",
      "omitted link link/outFile",
      "omitted link link/outFolder",
      "omitted link link/self",
      "folder link/sub",
      "file link/sub/a",
      "omitted link-loop link/sub/loop",
      "file link/sub/round",
      "omitted link link/up",
      "file link/x",
    ]);
  },
});

Deno.test({
  name: "walkLocal: ends where links lead from one folder into the other and back",
  ...onUnix,
  fn: async () => {
    using temp = new TempDir();
    for (const path of ["top/a/x", "top/b/y"]) temp.write(path, "x");
    Deno.symlinkSync("../b", temp.join("top/a/b"));
    Deno.symlinkSync("../a", temp.join("top/b/a"));
    assertEquals(await plan(temp.join("top"), "follow"), [
      "folder top",
      "folder top/a",
      "folder top/a/b",
      "omitted link-loop top/a/b/a",
      "file top/a/b/y",
      "file top/a/x",
      "folder top/b",
      "folder top/b/a",
      "omitted link-loop top/b/a/b",
      "file top/b/a/x",
      "file top/b/y",
    ]);
  },
});

Deno.test({
  name: "walkLocal: does not go into a link that has taken the place of a folder or a file",
  ...onUnix,
  fn: async () => {
    using temp = new TempDir();
    for (const path of ["top/a/x", "top/b/x", "top/c", "out/secret"]) temp.write(path, "x");
    const items: string[] = [];
    for await (const item of walkLocal(temp.join("top"), "", { own: NONE })) {
      const { type, remotePath } = item;
      items.push(`${type} ${remotePath}`);
      if (remotePath !== "top/a" || type !== "folder") continue;
      // Swapped after it was looked at, and before it is read
      Deno.removeSync(temp.join("top/a"), { recursive: true });
      Deno.symlinkSync("../out", temp.join("top/a"));
      // Swapped before they are looked at
      Deno.removeSync(temp.join("top/b"), { recursive: true });
      Deno.symlinkSync("../out", temp.join("top/b"));
      Deno.removeSync(temp.join("top/c"));
      Deno.symlinkSync("../out/secret", temp.join("top/c"));
    }
    assertEquals(items, [
      "folder top",
      "folder top/a",
      "unsendable top/a",
      "omitted top/b",
      "omitted top/c",
    ]);
  },
});

Deno.test({
  name: "findLocalFile, openSmallLocal: refuse a file that a link outside of its folder stands for",
  ...onUnix,
  fn: async () => {
    using temp = new TempDir();
    const path = temp.write("top/sub/a", "x");
    Deno.utimeSync(path, new Date(), new Date(0));
    Deno.symlinkSync("sub/a", temp.join("top/link"));
    Deno.utimeSync(temp.write("out/a", "x"), new Date(), new Date(0));
    const within = temp.join("top");
    for (const file of [path, temp.join("top/link")]) {
      const found = await findLocalFile(file, within);
      assertEquals([found.realPath, found.isConfined], [path, true]);
      const small = openSmallLocal(file, within);
      assertEquals(small?.file, found);
      small?.source.close();
    }
    const found = await findLocalFile(path, within);
    Deno.removeSync(temp.join("top/sub"), { recursive: true });
    Deno.symlinkSync("../out", temp.join("top/sub"));
    const error = await assertRejects(() => findLocalFile(path, within), RequestError);
    assertEquals([error.code, openSmallLocal(path, within)], ["changed", null]);
    // The same file, whose folder has become a link since
    const { stamp } = await findLocalFile(temp.join("out/a"));
    const swapped = { ...found, stamp };
    assertEquals(assertThrows(() => new SourceFile(swapped), RequestError).code, "changed");
    new SourceFile({ ...swapped, isConfined: false }).close();
  },
});

Deno.test({
  name: "isRealPath: denies a path with a link in it, and one that is not there",
  ...onUnix,
  fn: () => {
    using temp = new TempDir();
    temp.write("top/sub/a", "x");
    Deno.symlinkSync("top", temp.join("link"));
    Deno.symlinkSync("a", temp.join("top/sub/b"));
    const paths = ["top/sub", "top/sub/a", "link/sub", "top/sub/b", "none"];
    assertEquals(paths.map((path) => isRealPath(temp.join(path))), [
      true,
      true,
      false,
      false,
      false,
    ]);
  },
});

Deno.test({
  name:
    "readLocal: reads a file in its folder, tells that, and none that a link outside stands for",
  ...onUnix,
  fn: () => {
    using temp = new TempDir();
    const path = temp.write("top/sub/a", "x");
    Deno.utimeSync(path, new Date(), new Date(0));
    Deno.utimeSync(temp.write("out/a", "y"), new Date(), new Date(0));
    Deno.symlinkSync("../out", temp.join("top/link"));
    const into = new Uint8Array(10);
    const within = temp.join("top");
    assertEquals(
      readLocal(path, within, { into, realPaths: new RealPaths() })?.folder,
      temp.join("top/sub"),
    );
    assertEquals(
      readLocal(path, null, { into, realPaths: new RealPaths() })?.folder,
      null,
    );
    assertEquals(
      readLocal(temp.join("top/link/a"), within, {
        into,
        realPaths: new RealPaths(),
      }),
      null,
    );
    assertEquals(
      readLocal(temp.join("top/link/a"), null, {
        into,
        realPaths: new RealPaths(),
      })?.stamp
        .sizeBytes,
      1,
    );
  },
});
