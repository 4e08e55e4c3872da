import { assert, assertEquals } from "@std/assert";
import { DirectoryStore } from "../../lib/files/directory_store.ts";
import { PathResolver } from "../../lib/files/path_resolver.ts";
import {
  storeUploads,
  type UploadedFile,
  type UploadedResult,
} from "../../lib/files/upload_batch.ts";
import { sha256Of } from "../helpers/bytes.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const onUnix = { ignore: Deno.build.os === "windows" };

/**
 * Stores files, whose contents are their paths, and counts the looks at what is there.
 *
 * @param onLooked called after each look at an entry
 */
async function store(
  temp: TempDir,
  paths: readonly string[],
  { replace = false, onLooked = (_path: string) => {} } = {},
) {
  let looks = 0;
  const resolver = new PathResolver((path) => {
    looks++;
    try {
      return Deno.lstatSync(path);
    } finally {
      onLooked(path);
    }
  });
  const { folder } = await DirectoryStore.open(temp.join("root"));
  const { results } = storeUploads(resolver, folder, paths.map(uploaded), replace);
  return { results, looks };
}

function uploaded(path: string): UploadedFile {
  const bytes = new TextEncoder().encode(path);
  return { path, bytes, sha256: sha256Of(bytes), modifiedMs: null, isReadable: true };
}

Deno.test("storeUploads: looks at a folder once, however many files go there", async () => {
  using temp = new TempDir();
  temp.write("root/d/e/old", "old");
  const folders = ["d/e", "new/deep", ""];
  const looksFor = async (count: number) => {
    const paths = folders.flatMap((folder) =>
      Array.from({ length: count }, (_, i) => `${folder}/${count}-${i}`.replace(/^\//, ""))
    );
    const { results, looks } = await store(temp, paths);
    assertEquals(new Set(results), new Set<UploadedResult>(["stored"]));
    for (const path of paths) assertEquals(Deno.readTextFileSync(temp.join(`root/${path}`)), path);
    return looks;
  };
  const first = await looksFor(1);
  assert(first > 3, `${first}`);
  const [few, many] = [await looksFor(2), await looksFor(8)];
  assertEquals(many, few);
});

Deno.test({
  name: "storeUploads: decides of what is there by itself, behind files that are new in its folder",
  ...onUnix,
  async fn() {
    using temp = new TempDir();
    temp.write("root/d/same", "d/same");
    temp.write("root/d/other", "not that");
    temp.write("root/d/folder/inside", "");
    temp.write("outside", "outside");
    Deno.symlinkSync(temp.join("nowhere"), temp.join("root/d/dangling"));
    Deno.symlinkSync(temp.join("outside"), temp.join("root/d/linked"));
    const names = ["new", "same", "other", "folder", "dangling", "linked", "tcp-chat.db", "new2"];
    const { results } = await store(temp, names.map((name) => `d/${name}`));
    assertEquals(results, ["stored", "same", null, null, null, null, null, "stored"]);
    assertEquals(Deno.readTextFileSync(temp.join("root/d/other")), "not that");
    assertEquals(Deno.readTextFileSync(temp.join("outside")), "outside");
    assertEquals(Deno.readLinkSync(temp.join("root/d/dangling")), temp.join("nowhere"));
    assertEquals(temp.list("root/d").includes("tcp-chat.db"), false);
  },
});

Deno.test("storeUploads: replaces what is there behind files that are new in its folder", async () => {
  using temp = new TempDir();
  temp.write("root/d/other", "not that");
  const { results } = await store(temp, ["d/new", "d/other", "d/újabb"], { replace: true });
  assertEquals(results, ["stored", "stored", "stored"]);
  for (const name of ["new", "other", "újabb"]) {
    assertEquals(Deno.readTextFileSync(temp.join(`root/d/${name}`)), `d/${name}`);
  }
});

Deno.test({
  name: "storeUploads: follows no link that takes the place of a folder after the look at it",
  ...onUnix,
  async fn() {
    for (const folder of ["d", "new"]) {
      using temp = new TempDir();
      temp.write("root/d/old", "old");
      temp.write("outside/there", "there");
      const path = temp.join(`root/${folder}`);
      const last = folder === "d" ? `${path}/1` : path; // The first file is looked at then
      let swaps = 0;
      const onLooked = (looked: string) => {
        if (looked !== last || swaps++ > 0) return;
        if (folder === "d") Deno.renameSync(path, temp.join("moved"));
        Deno.symlinkSync(temp.join("outside"), path);
      };
      const paths = ["1", "2", "there"].map((name) => `${folder}/${name}`);
      const { results } = await store(temp, paths, { replace: true, onLooked });
      assert(swaps > 0);
      assertEquals(results, [null, null, null]);
      assertEquals(temp.list("outside"), ["there"]);
      assertEquals(Deno.readTextFileSync(temp.join("outside/there")), "there");
    }
  },
});
