import { assertEquals, assertRejects } from "@std/assert";
import { PartFile } from "../../lib/files/part_file.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { sha256Of } from "../helpers/bytes.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { detailsOf, pathOf } from "../helpers/targets.ts";
import { UploadFixture } from "../helpers/upload_fixture.ts";

const onUnix = { ignore: Deno.build.os === "windows" };

Deno.test("UploadStore.place: returns the folder and name of a path, in existing and missing folders", async () => {
  using fixture = new UploadFixture("root/sub/x");
  for (const path of ["a", "sub/a", "new/a", "sub/new/deep/a"]) {
    assertEquals(await fixture.place(path), path);
    assertEquals(await fixture.place(path, true), path);
  }
  assertEquals(fixture.temp.list("root"), ["sub"]); // Nothing was created
});

Deno.test("UploadStore.place: refuses an existing file, or returns its path with replace", async () => {
  using fixture = new UploadFixture("root/a", "root/sub/b");
  for (const path of ["a", "sub/b"]) {
    await fixture.assertRefused(path, "exists");
    assertEquals(await fixture.place(path, true), path);
  }
});

Deno.test("UploadStore.resolveNew: reuses the lookup of a folder for 200 ms", async () => {
  using fixture = new UploadFixture("root/sub/x", "root/other/x");
  using clock = new FakeClock();
  const uploads = await fixture.uploads();
  const folderOf = async (path: string) => {
    const { directory, name } = await uploads.resolveNew(path);
    assertEquals(path.endsWith(name), true);
    return directory.slice(fixture.root.length);
  };
  assertEquals(await folderOf("a"), "");
  assertEquals(await folderOf("sub/x"), "/sub"); // Not checked for existence
  assertEquals(await folderOf("new/deep/a"), "/new/deep");
  assertEquals(await folderOf("sub/a"), "/sub");
  Deno.removeSync(`${fixture.root}/sub`, { recursive: true });
  Deno.symlinkSync("other", `${fixture.root}/sub`);
  clock.advance(199);
  assertEquals(await folderOf("sub/b"), "/sub");
  clock.advance(1);
  assertEquals(await folderOf("sub/b"), "/other");
  await assertRejects(() => uploads.resolveNew("other/x/y"), RequestError);
});

Deno.test("UploadStore.place: refuses folders, and paths below a file", async () => {
  using fixture = new UploadFixture("root/a", "root/sub/b");
  for (const replace of [false, true]) {
    for (const path of ["sub", "a/b", "a/b/c"]) {
      await fixture.assertRefused(path, "not-a-file", replace);
    }
  }
});

Deno.test({
  name: "UploadStore.place: follows links inside the root, to replace their targets",
  ...onUnix,
  fn: async () => {
    using fixture = new UploadFixture("root/a", "root/sub/b", "outside/secret");
    const links = {
      file: "sub/b",
      folder: "sub",
      dead: "nothing",
      out: fixture.temp.join("outside"),
      outFile: "../outside/secret",
      private: ".tcp-chat",
    };
    for (const [name, to] of Object.entries(links)) Deno.symlinkSync(to, `${fixture.root}/${name}`);
    await fixture.assertRefused("file", "exists");
    assertEquals(await fixture.place("file", true), "sub/b");
    assertEquals(await fixture.place("folder/new"), "sub/new");
    assertEquals(await fixture.place("folder/new/deep"), "sub/new/deep");
    for (const replace of [false, true]) {
      for (const path of ["out/new", "out/secret", "outFile", "outFile/x", "out/new/deep"]) {
        await fixture.assertRefused(path, "bad-path", replace);
      }
      await fixture.assertRefused("folder", "not-a-file", replace);
    }
  },
});

Deno.test({
  name: "UploadStore: creates nothing outside the root through a dangling link",
  ...onUnix,
  fn: async () => {
    using fixture = new UploadFixture();
    Deno.symlinkSync("../outside", fixture.temp.join("root/dead"));
    const uploads = await fixture.uploads();
    for (const path of ["dead/a", "dead/b/a"]) {
      const final = await uploads.resolve(path, false);
      const part = new PartFile(await uploads.target(final, false, null));
      part.begin(detailsOf(new Uint8Array(0)));
      let committed: string | null = null;
      try {
        committed = pathOf(part.commit(sha256Of("")));
      } catch {
        // As expected
      }
      assertEquals(committed, null);
      await assertRejects(() => fixture.makeFolder(path), RequestError);
    }
    assertEquals(fixture.temp.list(), ["root"]);
    assertEquals(fixture.parts, []);
  },
});

Deno.test({
  name: "UploadStore: replaces a dangling link when asked to",
  ...onUnix,
  fn: async () => {
    using fixture = new UploadFixture();
    Deno.symlinkSync("../outside", fixture.temp.join("root/dead"));
    const uploads = await fixture.uploads();
    for (const [replace, result] of [[false, "taken"], [true, fixture.temp.join("root/dead")]]) {
      const final = await uploads.resolve("dead", replace === true);
      const part = new PartFile(await uploads.target(final, replace === true, null));
      part.begin(detailsOf(new Uint8Array(0)));
      assertEquals(pathOf(part.commit(sha256Of(""))), result);
    }
    assertEquals(fixture.temp.list(), ["root"]);
  },
});

Deno.test("UploadStore.place: finds names that the disk stores decomposed", async () => {
  using fixture = new UploadFixture("root/e\u0301/u\u0308.txt");
  await fixture.assertRefused("\u00e9/\u00fc.txt", "exists");
  if (Deno.build.os !== "linux") return; // Elsewhere both spellings are one name
  assertEquals(await fixture.place("\u00e9/\u00fc.txt", true), "e\u0301/u\u0308.txt");
  assertEquals(await fixture.place("\u00e9/new"), "e\u0301/new");
});

Deno.test("makeServedFolder: creates a folder and its parents, and accepts existing ones", async () => {
  using fixture = new UploadFixture("root/file");
  await fixture.makeFolder("");
  await fixture.makeFolder("a/b/c");
  await fixture.makeFolder("a/b");
  await fixture.makeFolder("a/b/d");
  assertEquals(fixture.temp.list("root/a/b"), ["c", "d"]);
  for (const path of ["file", "file/x", "file/x/y"]) {
    const error = await assertRejects(() => fixture.makeFolder(path), RequestError);
    assertEquals(error.code, "not-a-file", path);
  }
});

Deno.test({
  name: "makeServedFolder: follows links inside the root, and creates nothing outside",
  ...onUnix,
  fn: async () => {
    using fixture = new UploadFixture("root/sub/x", "outside/x");
    Deno.symlinkSync("sub", fixture.temp.join("root/in"));
    Deno.symlinkSync("../outside", fixture.temp.join("root/out"));
    await fixture.makeFolder("in/new", "sub/new");
    const elsewhere = await fixture.makeFolder("in/other");
    assertEquals([elsewhere.isMade, elsewhere.realPath], [false, `${fixture.root}/sub/other`]);
    assertEquals(fixture.temp.list("root/sub"), ["new", "x"]);
    for (const path of ["out", "out/new", "out/new/deep"]) {
      const error = await assertRejects(() => fixture.makeFolder(path), RequestError);
      assertEquals(error.code, "bad-path", path);
    }
    assertEquals(fixture.temp.list("outside"), ["x"]);
  },
});
