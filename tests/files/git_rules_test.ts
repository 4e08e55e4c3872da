import { assert, assertEquals } from "@std/assert";
import { walkLocal } from "../../lib/files/local_tree.ts";
import { DiskError } from "../../lib/files/disk_error.ts";
import type { ExcludeOptions } from "../../lib/files/git_rules.ts";
import type { OwnPlaces } from "../../lib/files/served_folder.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const onUnix = { ignore: Deno.build.os === "windows" };
const NONE: OwnPlaces = { ownPaths: [], ownFolders: new Set(), ownFiles: new Map() };

/** The paths that a walk finds, but the first; what is excluded begins with `-`. */
async function find(path: string, options: ExcludeOptions): Promise<string[]> {
  const found: string[] = [];
  for await (const { type, remotePath } of walkLocal(path, "", { ...options, own: NONE })) {
    found.push(`${type === "excluded" ? "-" : ""}${remotePath.replace(/^[^/]*\/?/, "")}`);
  }
  return found.slice(1);
}

Deno.test("walkLocal: leaves out what patterns match, seen from the folder, and does not look into it", async () => {
  using temp = new TempDir();
  for (const path of ["a.log", "build/x", "sub/build/x", "sub/A.LOG", "sub/k.log", "z"]) {
    temp.write(`top/${path}`, "x");
  }
  const exclude = ["*.log", "/build", "!k.log"];
  assertEquals(await find(temp.join("top"), { exclude }), [
    "-a.log",
    "-build",
    "sub",
    "sub/A.LOG",
    "sub/build",
    "sub/build/x",
    "sub/k.log",
    "z",
  ]);
});

Deno.test("walkLocal: leaves out what is named itself where a pattern matches its name", async () => {
  using temp = new TempDir();
  temp.write("node_modules/x", "x");
  temp.write("a.log", "x");
  const type = async (path: string, exclude: string[]) => {
    const options = { exclude, own: NONE };
    const items = await Array.fromAsync(walkLocal(temp.join(path), "to", options));
    return items.map(({ type, remotePath }) => `${type} ${remotePath}`);
  };
  assertEquals(await type("node_modules", ["node_modules/"]), ["excluded to/node_modules"]);
  assertEquals(await type("a.log", ["*.log"]), ["excluded to/a.log"]);
  assertEquals(await type("a.log", ["a.log/", "/b"]), ["file to/a.log"]);
});

Deno.test({
  name: "walkLocal: does not read an excluded folder, nor follow an excluded link",
  ...onUnix,
  fn: async () => {
    using temp = new TempDir();
    temp.write("top/secret/x", "x");
    Deno.symlinkSync("/etc", temp.join("top/link"));
    Deno.chmodSync(temp.join("top/secret"), 0o000);
    const found = await find(temp.join("top"), { exclude: ["secret", "link"] });
    Deno.chmodSync(temp.join("top/secret"), 0o700);
    assertEquals(found, ["-link", "-secret"]);
  },
});

Deno.test("walkLocal: with gitignore, leaves out .git and what the files of the tree say", async () => {
  using temp = new TempDir();
  temp.write("top/.git/config", "x");
  temp.write("top/.gitignore", "*.o\n/dist\n");
  temp.write("top/sub/.gitignore", "!k.o\n/only\n");
  for (const path of ["a.o", "dist/x", "only", "sub/a.o", "sub/k.o", "sub/only", "sub/dist/x"]) {
    temp.write(`top/${path}`, "x");
  }
  const found = await find(temp.join("top"), { gitignore: true });
  assertEquals(found.filter((path) => !path.startsWith("-")), [
    ".gitignore",
    "only",
    "sub",
    "sub/.gitignore",
    "sub/dist",
    "sub/dist/x",
    "sub/k.o",
  ]);
  assertEquals((await find(temp.join("top"), {})).includes(".git/config"), true);
});

Deno.test("walkLocal: with gitignore, counts the files above the folder up to the top of its repository", async () => {
  using temp = new TempDir();
  temp.write(".gitignore", "a.txt\n");
  temp.write("repo/.git/HEAD", "x");
  temp.write("repo/.gitignore", "node_modules\n/packages/web/out\n/packages/web/dist\n");
  temp.write("repo/packages/.gitignore", "*.tmp\n");
  for (const path of ["a.txt", "b.tmp", "node_modules/x", "out/x", "sub/out"]) {
    temp.write(`repo/packages/web/${path}`, "x");
  }
  temp.write("repo/packages/web/dist/x", "x");
  const found = await find(temp.join("repo/packages/web"), { gitignore: true, exclude: ["/sub"] });
  assertEquals(found, ["a.txt", "-b.tmp", "-dist", "-node_modules", "-out", "-sub"]);
  // A folder that is named is meant, even if the repository leaves it out
  assertEquals(await find(temp.join("repo/packages/web/dist"), { gitignore: true }), ["x"]);
});

Deno.test({
  name: "walkLocal: sends nothing of a folder whose .gitignore file cannot be read",
  ignore: Deno.build.os === "windows" || Deno.uid() === 0,
  fn: async () => {
    using temp = new TempDir();
    temp.write("top/secret", "x");
    Deno.chmodSync(temp.write("top/.gitignore", "secret\n"), 0o000);
    const options = { gitignore: true, own: NONE };
    const items = await Array.fromAsync(walkLocal(temp.join("top"), "", options));
    assertEquals(items.map(({ type }) => type), ["folder", "unsendable"]);
    assert(items[1]?.type === "unsendable" && items[1].error instanceof DiskError);
  },
});
