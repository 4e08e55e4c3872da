import { assertEquals, assertThrows } from "@std/assert";
import { DiskError } from "../../lib/files/disk_error.ts";
import {
  findWorkFolder,
  makeWorkFolder,
  removeWorkFolder,
  workFolderPaths,
} from "../../lib/files/work_folder.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const onUnix = { ignore: Deno.build.os === "windows" };
const modeOf = (path: string) => Deno.statSync(path).mode! & 0o777;

Deno.test("makeWorkFolder: makes one folder, which find returns and remove takes if it is empty", () => {
  using temp = new TempDir();
  assertEquals(findWorkFolder(temp.path), null);
  const path = makeWorkFolder(temp.path);
  assertEquals([path, makeWorkFolder(temp.path)], [temp.join(".tcp-chat"), path]);
  assertEquals(findWorkFolder(temp.path), path);
  temp.write(".tcp-chat/1.once", "under way");
  removeWorkFolder(path);
  assertEquals(temp.list(".tcp-chat"), ["1.once"]);
  Deno.removeSync(temp.join(".tcp-chat/1.once"));
  removeWorkFolder(path);
  assertEquals(temp.list(), []);
});

Deno.test({
  name: "makeWorkFolder: closes the folder to other users, also one that is open to them",
  ...onUnix,
  fn() {
    using temp = new TempDir();
    const path = makeWorkFolder(temp.path);
    assertEquals(modeOf(path), 0o700);
    Deno.chmodSync(path, 0o777);
    makeWorkFolder(temp.path);
    assertEquals(modeOf(path), 0o700);
  },
});

Deno.test({
  name: "makeWorkFolder: uses neither a link nor a file, but the folder with the user's number",
  ...onUnix,
  fn() {
    using temp = new TempDir();
    Deno.mkdirSync(temp.join("elsewhere"));
    Deno.symlinkSync("elsewhere", temp.join(".tcp-chat"));
    const own = `${temp.join(".tcp-chat")}-${Deno.uid()}`;
    assertEquals(findWorkFolder(temp.path), null);
    assertEquals(makeWorkFolder(temp.path), own);
    assertEquals(findWorkFolder(temp.path), own);
    assertEquals(workFolderPaths(temp.path), [temp.join(".tcp-chat"), own]);

    Deno.removeSync(own);
    temp.write(`.tcp-chat-${Deno.uid()}`, "a file");
    const error = assertThrows(() => makeWorkFolder(temp.path), DiskError);
    assertEquals([error.code, temp.list("elsewhere")], ["exists", []]);
  },
});
