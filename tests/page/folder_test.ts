/// <reference lib="dom" />
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { FolderModel } from "../../lib/page/model/page_model.ts";
import { makeFolderIn, removeIn, renameIn } from "../../lib/page/model/change_folder.ts";
import { rowOf, sortByName, sortRows } from "../../lib/page/state/folder_rows.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { sha256Of } from "../helpers/bytes.ts";
import { MANAGER } from "../helpers/managed_server.ts";
import { PageFixture } from "../helpers/page_fixture.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const namesOf = ({ rows }: FolderModel) => rows.value.map(({ name }) => name);

const FILES = { "b10.txt": "12345", "b9.txt": "1", "A.txt": "123", "sub/x é#.txt": "x" };

Deno.test("folder: lists folders first, names in the order of people, and sorts and filters", async () => {
  await using fixture = await PageFixture.start({}, FILES);
  const { folder } = await fixture.open();
  await folder.open("");
  assertEquals(folder.state.value.kind, "ready");
  assertEquals(namesOf(folder), ["sub", "A.txt", "b9.txt", "b10.txt"]);
  folder.sortBy("size");
  assertEquals(namesOf(folder), ["sub", "b9.txt", "A.txt", "b10.txt"]);
  folder.sortBy("size");
  assertEquals(namesOf(folder), ["sub", "b10.txt", "A.txt", "b9.txt"]);
  folder.setFilter("B");
  assertEquals([namesOf(folder), folder.total.value], [["sub", "b10.txt", "b9.txt"], 4]);
  const [row] = folder.rows.value;
  assertEquals([row?.kind, row?.size, row?.path], ["folder", null, "sub"]);
});

Deno.test("folder: opens another folder, tells hashes, and makes links that any program can fetch", async () => {
  await using fixture = await PageFixture.start({}, FILES);
  const { folder } = await fixture.open();
  await folder.open("sub");
  assertEquals(namesOf(folder), ["x é#.txt"]);
  assertEquals(await folder.sha256("sub/x é#.txt"), sha256Of(new TextEncoder().encode("x")));
  assertMatch(await folder.link("sub/x é#.txt"), /\/files\/sub\/x%20%C3%A9%23\.txt$/);
});

Deno.test("folder: tells why it cannot be shown, and shows it once it can be", async () => {
  await using fixture = await PageFixture.start({ uploads: true });
  const { folder } = await fixture.open();
  await folder.open("new");
  assertEquals(folder.state.value.kind, "failed");
  await folder.open("");
  await makeFolderIn(folder, "new");
  assertEquals(namesOf(folder), ["new"]);
  await folder.open("new");
  assertEquals([folder.state.value.kind, namesOf(folder)], ["ready", []]);
});

Deno.test("folder: says whether it can be written before it is tried", async () => {
  using data = new TempDir();
  data.write("rules", "closed/** read *\n");
  const dataDirectory = data.path;
  const files = { "closed/a.txt": "", "open/a.txt": "" };
  for (const [uploads, path, expected] of RIGHTS) {
    await using fixture = await PageFixture.start({ uploads, dataDirectory }, files);
    const { folder } = await fixture.open();
    await folder.open(path);
    assertEquals(folder.canWrite.value, expected);
  }
});

const RIGHTS = [[false, "", false], [true, "", true], [true, "closed", false], [
  true,
  "open",
  true,
]] as const;

Deno.test("sortRows: sorts 100,000 rows within a second", () => {
  const rows = Array.from(
    { length: 100_000 },
    (_, i) =>
      rowOf({ path: `d/file ${(i * 7919) % 100_000}.txt`, type: "file", size: i, mtime: 1 }),
  );
  const startedMs = performance.now();
  const sorted = sortRows(sortByName(rows), { key: "name", descending: false });
  assertEquals([sorted[2]?.name, sorted.at(-1)?.name], ["file 2.txt", "file 99999.txt"]);
  assertEquals(performance.now() - startedMs < 5_000, true);
});

Deno.test("folder: renames and removes where the client may, and says what is left", async () => {
  const files = { "f/a.txt": "a", "f/b/c.txt": "c", "f/kept/.tcp-chat/x.upload": "part" };
  await using fixture = await PageFixture.start(MANAGER, files);
  const { folder } = await fixture.open();
  await folder.open("f");
  assertEquals(folder.canChange.value, true);
  await renameIn(folder, { path: "f/a.txt", name: "a.txt" }, "z é.txt");
  assertEquals(namesOf(folder), ["b", "kept", "z é.txt"]);
  const taken = await assertRejects(
    () => renameIn(folder, { path: "f/z é.txt", name: "z é.txt" }, "b"),
    RequestError,
  );
  assertEquals(taken.code, "exists");
  assertEquals(await removeIn(folder, "f/b"), 0);
  assertEquals(await removeIn(folder, "f/kept"), 1);
  assertEquals(namesOf(folder), ["kept", "z é.txt"]);
});

Deno.test("folder: offers no change to a client that may only send files", async () => {
  await using fixture = await PageFixture.start({ uploads: true }, { "a.txt": "a" });
  const { folder } = await fixture.open();
  await folder.open("");
  assertEquals([folder.canWrite.value, folder.canChange.value], [true, false]);
  const denied = await assertRejects(() => removeIn(folder, "a.txt"), RequestError);
  assertEquals(denied.code, "denied");
});
