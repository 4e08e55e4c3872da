import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { DiskError } from "../../lib/files/disk_error.ts";
import { findServerState, lockDataFolder } from "../../lib/files/server_state.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const FILES = ["rules", "tcp-chat.db", "tls-key.pem"];

function withShared(): TempDir {
  const temp = new TempDir();
  for (const name of FILES) temp.write(`state/${name}`, name);
  temp.write("state/client_history", "typed");
  return temp;
}

Deno.test("findServerState: names one folder for each served folder, by its real path", async () => {
  using temp = new TempDir();
  temp.write("a/files/x", "");
  temp.write("b/files/x", "");
  const folderOf = async (root: string) =>
    (await findServerState(temp.join("state"), temp.join(root))).folder;
  const a = await folderOf("a/files");
  assert(/\/state\/servers\/files-[0-9a-f]{12}$/.test(a), a);
  assertEquals(await folderOf("a/files"), a);
  assertEquals(await folderOf("a/../a/files/"), a);
  assertNotEquals(await folderOf("b/files"), a);
  const missing = await folderOf("c/not yet/é");
  assert(/\/_-[0-9a-f]{12}$/.test(missing), missing);
  Deno.mkdirSync(temp.join("c/not yet/é"), { recursive: true });
  assertEquals(await folderOf("c/not yet/é"), missing);
  if (Deno.build.os === "windows") return;
  Deno.symlinkSync("a", temp.join("link"));
  assertEquals(await folderOf("link/files"), a);
});

Deno.test("findServerState: moves the state that all servers shared once, and tells later ones where", async () => {
  using temp = withShared();
  const state = temp.join("state");
  const first = await findServerState(state, temp.join("first"));
  assertEquals([first.movedFrom, first.sharedWentTo], [state, null]);
  for (const name of FILES) {
    assertEquals(Deno.readTextFileSync(`${first.folder}/${name}`), name);
  }
  assertEquals(temp.list("state").filter((name) => FILES.includes(name)), []);
  assertEquals(Deno.readTextFileSync(temp.join("state/client_history")), "typed");
  const again = await findServerState(state, temp.join("first"));
  assertEquals(again, { folder: first.folder, movedFrom: null, sharedWentTo: null });
  const second = await findServerState(state, temp.join("second"));
  assertNotEquals(second.folder, first.folder);
  assertEquals([second.movedFrom, second.sharedWentTo], [null, first.folder]);
});

Deno.test("findServerState: goes on where a crash has stopped the move", async () => {
  using temp = withShared();
  const { folder } = await findServerState(temp.join("elsewhere"), temp.join("root"));
  const halfway = folder.replace(temp.join("elsewhere"), temp.join("state")) + ".new";
  Deno.mkdirSync(halfway, { recursive: true });
  Deno.renameSync(temp.join("state/rules"), `${halfway}/rules`);
  const state = await findServerState(temp.join("state"), temp.join("root"));
  assertEquals(state.movedFrom, temp.join("state"));
  for (const name of FILES) assertEquals(Deno.readTextFileSync(`${state.folder}/${name}`), name);
});

Deno.test("findServerState: leaves state alone that a server uses, and moves it for one of two callers", async () => {
  using temp = withShared();
  const state = temp.join("state");
  const lock = lockDataFolder(state);
  await findServerState(state, temp.join("root")).then(
    () => assert(false),
    (error) => assertEquals([error.code, error.path], ["in-use", state]),
  );
  assertEquals(temp.list("state").filter((name) => FILES.includes(name)), FILES);
  lock?.close();
  const found = await Promise.all(
    ["a", "b", "c"].map((root) => findServerState(state, temp.join(root))),
  );
  assertEquals(found.filter(({ movedFrom }) => movedFrom !== null).length, 1);
});

Deno.test("lockDataFolder: refuses a second server until the first has closed it", () => {
  using temp = new TempDir();
  const folder = temp.join("not/yet");
  const first = lockDataFolder(folder);
  const error = assertThrows(() => lockDataFolder(folder), DiskError);
  assertEquals([error.code, error.path], ["in-use", folder]);
  first?.close();
  lockDataFolder(folder)?.close();
  assertEquals(lockDataFolder(temp.write("file", "x")), null);
});
