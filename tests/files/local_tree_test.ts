import { assert, assertEquals, assertRejects } from "@std/assert";
import { DiskError } from "../../lib/files/disk_error.ts";
import { stampOf } from "../../lib/files/file_stamp.ts";
import { findLocalFile } from "../../lib/files/local_file.ts";
import { type FoundItem, walkLocal } from "../../lib/files/local_tree.ts";
import { OwnFiles } from "../../lib/files/own_files.ts";
import type { OwnPlaces } from "../../lib/files/served_folder.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const onUnix = { ignore: Deno.build.os === "windows" };

const NONE: OwnPlaces = { ownPaths: [], ownFolders: new Set(), ownFiles: new Map() };

function walk(path: string, to = "", own = NONE): Promise<FoundItem[]> {
  return Array.fromAsync(walkLocal(path, to, { own }));
}

/** Each item as `type remotePath`; an unsendable one with the class and code of its error. */
async function plan(path: string, to = "", own = NONE): Promise<string[]> {
  return (await walk(path, to, own)).map((item) => {
    if (item.type === "omitted") return `omitted ${item.reason} ${item.remotePath}`;
    if (item.type !== "unsendable") return `${item.type} ${item.remotePath}`;
    const { error } = item;
    assert(error instanceof RequestError || error instanceof DiskError, String(error));
    return `${error.name} ${error.code} ${item.remotePath}`;
  });
}

Deno.test("walkLocal: maps a file to its name, in the root or in a folder", async () => {
  using temp = new TempDir();
  const path = temp.write("sub/a.bin", "12345");
  for (const [to, remotePath] of [["", "a.bin"], ["x/y", "x/y/a.bin"]] as const) {
    const modifiedMs = Deno.statSync(path).mtime!.getTime();
    const item = { path, remotePath, type: "file", sizeBytes: 5, modifiedMs } as const;
    assertEquals(await walk(path, to), [item]);
  }
});

Deno.test("walkLocal: maps a folder with its contents, sorted, each folder before its contents", async () => {
  using temp = new TempDir();
  for (const path of ["top/b/x", "top/a.txt", "top/b/a/y", "top/B"]) temp.write(path, "x");
  Deno.mkdirSync(temp.join("top/empty"));
  assertEquals(await plan(temp.join("top")), [
    "folder top",
    "file top/B",
    "file top/a.txt",
    "folder top/b",
    "folder top/b/a",
    "file top/b/a/y",
    "file top/b/x",
    "folder top/empty",
  ]);
  assertEquals((await plan(temp.join("top"), "to"))[1], "file to/top/B");
});

Deno.test("walkLocal: maps a folder to its name for any spelling of its path", async () => {
  using temp = new TempDir();
  temp.write("top/sub/a", "x");
  for (const path of ["top/", "top/.", "top/sub/.."]) {
    assertEquals((await plan(`${temp.path}/${path}`))[0], "folder top");
  }
  assertEquals(await plan(temp.join("top/sub/../sub/a")), ["file a"]);
});

Deno.test("walkLocal: yields a missing path, and one that is neither file nor folder, as unsendable", async () => {
  using temp = new TempDir();
  const [missing] = await walk(temp.join("nothing"));
  assert(missing?.type === "unsendable");
  assert(missing.error instanceof DiskError);
  assertEquals([missing.path, missing.remotePath], [temp.join("nothing"), "nothing"]);
  if (Deno.build.os === "windows") return;
  await new Deno.Command("mkfifo", { args: [temp.join("pipe")] }).output();
  assertEquals(await plan(temp.join("pipe")), ["RequestError not-a-file pipe"]);
  assertEquals(await plan("/dev/null"), ["RequestError not-a-file null"]);
});

Deno.test({
  name: "walkLocal: omits special files and dangling links in a folder",
  ...onUnix,
  fn: async () => {
    using temp = new TempDir();
    temp.write("top/z", "x");
    await new Deno.Command("mkfifo", { args: [temp.join("top/pipe")] }).output();
    Deno.symlinkSync("nothing", temp.join("top/dead"));
    assertEquals(await plan(temp.join("top")), [
      "folder top",
      "omitted link top/dead",
      "omitted special top/pipe",
      "file top/z",
    ]);
  },
});

Deno.test({
  name: "walkLocal: yields names that the path rules forbid as unsendable, and continues",
  ...onUnix,
  fn: async () => {
    using temp = new TempDir();
    for (const name of ["a\\b", "a\u0001b", "what?", "ok"]) temp.write(`top/${name}`, "x");
    temp.write("top/bad\\/x", "x");
    assertEquals(await plan(temp.join("top")), [
      "folder top",
      "RequestError bad-path top/a\u0001b",
      "RequestError bad-path top/a\\b",
      "RequestError bad-path top/bad\\",
      "file top/ok",
      "file top/what?",
    ]);
    assertEquals(await plan(temp.join("top/a\\b")), ["RequestError bad-path a\\b"]);
    assertEquals(await plan("/"), ["RequestError bad-path /"]);
  },
});

Deno.test("walkLocal: yields a folder that cannot be read as unsendable, and continues", async () => {
  using temp = new TempDir();
  for (const path of ["top/a/x", "top/b"]) temp.write(path, "x");
  const items: string[] = [];
  for await (const { type, remotePath } of walkLocal(temp.join("top"), "", { own: NONE })) {
    items.push(`${type} ${remotePath}`);
    // Removed before the walk reads it
    if (remotePath === "top/a" && type === "folder") {
      Deno.removeSync(temp.join("top/a"), { recursive: true });
    }
  }
  assertEquals(items, ["folder top", "folder top/a", "unsendable top/a", "file top/b"]);
});

Deno.test("walkLocal: omits private folders", async () => {
  using temp = new TempDir();
  temp.write("top/.tcp-chat/x", "x");
  temp.write("top/a", "x");
  const omitted = "omitted own top/.tcp-chat";
  assertEquals(await plan(temp.join("top")), ["folder top", omitted, "file top/a"]);
  assertEquals(await plan(temp.join("top/.tcp-chat")), ["RequestError bad-path .tcp-chat"]);
});

Deno.test({
  name: "walkLocal: omits the programs' own files, whatever leads to them",
  ...onUnix,
  fn: async () => {
    using temp = new TempDir();
    for (const path of ["state/key", "state/servers/a/key", "a", "pins/hosts"]) {
      temp.write(`top/${path}`, "x");
    }
    temp.write("top/.tcp-chat/part", "x");
    const own = await OwnFiles.find([temp.join("top/state"), temp.join("top/pins")]);
    Deno.symlinkSync("state/key", temp.join("top/link"));
    Deno.symlinkSync("state/servers/a/key", temp.join("top/deep"));
    Deno.symlinkSync(".tcp-chat/part", temp.join("top/part"));
    Deno.linkSync(temp.join("top/state/key"), temp.join("top/hard"));
    Deno.renameSync(temp.join("top/pins"), temp.join("top/moved"));
    Deno.symlinkSync(temp.join("top/state"), temp.join("away"));
    assertEquals(await plan(temp.join("top"), "", own), [
      "folder top",
      "omitted own top/.tcp-chat",
      "file top/a",
      "omitted own top/deep",
      "omitted own top/hard",
      "omitted own top/link",
      "omitted own top/moved",
      "omitted own top/part",
      "omitted own top/state",
    ]);
    for (const path of ["top/state", "top/state/key", "top/state/servers/a", "away", "top/link"]) {
      const [refused, ...rest] = await plan(temp.join(path), "", own);
      const name = path.slice(path.lastIndexOf("/") + 1);
      assertEquals([refused, ...rest], [`RequestError bad-path ${name}`]);
    }
  },
});

Deno.test({
  name: "walkLocal: maps decomposed names to NFC",
  ...onUnix,
  fn: async () => {
    using temp = new TempDir();
    const path = temp.write("e\u0301/u\u0308", "x");
    const [, file] = await walk(temp.join("e\u0301"));
    assertEquals([file?.path, file?.remotePath], [path, "\u00e9/\u00fc"]);
  },
});

Deno.test("findLocalFile: finds a file with its stamp, links followed", async () => {
  using temp = new TempDir();
  const path = temp.write("a", "12345");
  const found = { realPath: path, stamp: stampOf(Deno.statSync(path)) };
  assertEquals(await findLocalFile(path), found);
  if (Deno.build.os === "windows") return;
  Deno.symlinkSync(path, temp.join("link"));
  assertEquals(await findLocalFile(temp.join("link")), found);
});

Deno.test("findLocalFile: fails for folders, special files and missing files", async () => {
  using temp = new TempDir();
  temp.write("folder/x", "x");
  const folder = await assertRejects(() => findLocalFile(temp.join("folder")), RequestError);
  assertEquals(folder.code, "not-a-file");
  const path = temp.join("nothing");
  const missing = await assertRejects(() => findLocalFile(path), DiskError);
  assertEquals(missing.path, path);
  if (Deno.build.os === "windows") return;
  await new Deno.Command("mkfifo", { args: [temp.join("pipe")] }).output();
  await assertRejects(() => findLocalFile(temp.join("pipe")), RequestError);
});

Deno.test({
  name: "walkLocal: omits the state of any server and user, whatever leads to it",
  ...onUnix,
  async fn() {
    using temp = new TempDir();
    for (const name of ["rules", "tls-key.pem", "tcp-chat.db"]) temp.write(`top/old/${name}`, "x");
    temp.write("top/new/.tcp-chat", "mark");
    temp.write("top/new/tls-key.pem", "x");
    temp.write("top/new/b/file.txt", "x");
    temp.write("top/tls-key.pem", "x");
    temp.write("top/home/.config/tcp-chat/known_hosts", "x");
    Deno.symlinkSync("new/tls-key.pem", temp.join("top/link"));
    Deno.symlinkSync("new/b/file.txt", temp.join("top/deep"));
    temp.write("settings/client.toml", "x");
    temp.write("linked/.config/other", "x");
    Deno.symlinkSync(temp.join("settings"), temp.join("linked/.config/tcp-chat"));
    assertEquals(await plan(temp.join("top")), [
      "folder top",
      "omitted own top/deep",
      "folder top/home",
      "folder top/home/.config",
      "omitted own top/home/.config/tcp-chat",
      "omitted own top/link",
      "omitted own top/new",
      "omitted own top/old",
      "file top/tls-key.pem",
    ]);
    const own = ["top/new", "top/new/tls-key.pem", "top/old/tcp-chat.db", "top/old/rules"];
    const linked = ["linked/.config/tcp-chat", "linked/.config/tcp-chat/client.toml"];
    for (const path of [...own, ...linked, "top/home/.config/tcp-chat/known_hosts"]) {
      const [refused, ...rest] = await plan(temp.join(path));
      assertEquals([refused?.split(" ").slice(0, 2), rest], [["RequestError", "bad-path"], []]);
    }
    assertEquals(await plan(temp.join("top/new/b")), ["folder b", "file b/file.txt"]);
  },
});
