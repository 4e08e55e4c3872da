import { assert, assertEquals, assertThrows } from "@std/assert";
import { DirectoryStore } from "../../lib/files/directory_store.ts";
import { PathResolver } from "../../lib/files/path_resolver.ts";
import { makeServedFolder } from "../../lib/files/new_folder.ts";
import type { ServedFolder } from "../../lib/files/served_folder.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const onUnix = { ignore: Deno.build.os === "windows" };

/** A served folder `root`, and a resolver that counts its lookups. */
async function setUp(...files: string[]) {
  const stack = new DisposableStack();
  const temp = stack.use(new TempDir());
  Deno.mkdirSync(temp.join("root"));
  for (const path of files) temp.write(path, path);
  const served = (await DirectoryStore.open(temp.join("root"))).folder;
  const count = { lookups: 0 };
  const resolver = new PathResolver((path) => {
    count.lookups++;
    return Deno.lstatSync(path);
  });
  return { temp, served, count, resolver, [Symbol.dispose]: () => stack.dispose() };
}

/** The code with which a path is refused, or null if nothing is there. */
function refusal(resolver: PathResolver, served: ServedFolder, path: string): string | null {
  try {
    assertEquals(resolver.resolve(served, path).info, null);
    return null;
  } catch (error) {
    assert(error instanceof RequestError, String(error));
    return error.code;
  }
}

/** Lookups for a chain of nested folders, each made by itself, and a new file in each. */
async function lookupsAtDepth(depth: number): Promise<number> {
  using fixture = await setUp();
  using _ = new FakeClock(); // Within the time for which folders are trusted
  const { served, resolver, count } = fixture;
  let path = "d";
  for (let i = 0; i < depth; i++, path += "/d") {
    assertEquals(makeServedFolder(resolver, served, path, path).isMade, true);
    assertEquals(resolver.resolve(served, `${path}/file`).info, null);
  }
  return count.lookups;
}

Deno.test("PathResolver: looks up nested folders a number of times that grows with their number", async () => {
  const [shallow, deep] = [await lookupsAtDepth(50), await lookupsAtDepth(200)];
  assert(deep <= 4 * shallow, `${shallow} lookups for 50 folders, ${deep} for 200`);
  assert(deep <= 10 * 200, `${deep} lookups for 200 folders`);
});

Deno.test("PathResolver.resolve: looks at each folder once, and at all again after 200 ms", async () => {
  using fixture = await setUp("root/a/b/c/d/file");
  using clock = new FakeClock();
  const { served, resolver, count } = fixture;
  const lookups = () => {
    count.lookups = 0;
    assertEquals(resolver.resolve(served, "a/b/c/d/file").info?.size, 17);
    return count.lookups;
  };
  assertEquals(lookups(), 6); // The root, its folders and the file
  assertEquals(lookups(), 2); // The last folder and the file
  clock.advance(199);
  assertEquals(lookups(), 2);
  clock.advance(1);
  assertEquals(lookups(), 6);
});

Deno.test({
  name: "PathResolver.resolve: does not follow a link that takes the place of a trusted folder",
  ...onUnix,
  fn: async () => {
    using _ = new FakeClock();
    // The folder itself, and one above it
    for (const replaced of ["a/b/c", "a/b", "a"]) {
      using fixture = await setUp("root/a/b/c/file", "out/b/c/file", "out/c/file", "out/file");
      const { temp, served, resolver } = fixture;
      assertEquals(resolver.resolve(served, "a/b/c/file").info?.isFile, true);
      Deno.renameSync(temp.join(`root/${replaced}`), temp.join("moved"));
      Deno.symlinkSync(temp.join("out"), temp.join(`root/${replaced}`));
      const path = "a/b/c/file";
      assertEquals(refusal(resolver, served, path), "bad-path", replaced);
      assertThrows(
        () => makeServedFolder(resolver, served, "a/b/c/new", "a/b/c/new"),
        RequestError,
      );
      assertThrows(() => resolver.checkFolder(served, temp.join("root/a/b/c")), RequestError);
    }
  },
});

Deno.test({
  name:
    "PathResolver.resolve: does not enter a folder of the programs that takes the place of another",
  ...onUnix,
  fn: async () => {
    using _ = new FakeClock();
    using temp = new TempDir();
    temp.write("root/a/b/file", "file");
    temp.write("state/b/file", "secret");
    const store = await DirectoryStore.open(temp.join("root"), [temp.join("state")]);
    const resolver = new PathResolver();
    assertEquals(resolver.resolve(store.folder, "a/b/file").info?.size, 4);
    Deno.renameSync(temp.join("root/a"), temp.join("moved"));
    Deno.renameSync(temp.join("state"), temp.join("root/a"));
    for (const path of ["a", "a/b", "a/b/file", "a/new"]) {
      assertEquals(refusal(resolver, store.folder, path), "bad-path", path);
    }
  },
});

Deno.test({
  name:
    "PathResolver.resolve: follows links in the root, and tells of the deepest folder that exists",
  ...onUnix,
  fn: async () => {
    using fixture = await setUp("root/a/b/file");
    const { temp, served, resolver } = fixture;
    Deno.symlinkSync("a", temp.join("root/link"));
    Deno.symlinkSync("link/b", temp.join("root/chain"));
    Deno.symlinkSync("nothing", temp.join("root/dead"));
    const root = temp.join("root");
    const found = (path: string) => {
      const { realPath, existing, info, isBlocked } = resolver.resolve(served, path);
      const [real, folder] = [realPath, existing.path].map((each) => each.slice(root.length));
      return [real, folder, info !== null, isBlocked];
    };
    assertEquals(found(""), ["", "", true, false]);
    assertEquals(found("link/b/file"), ["/a/b/file", "/a/b", true, false]);
    assertEquals(found("chain"), ["/a/b", "/a", true, false]);
    assertEquals(found("chain/new/deep"), ["/a/b/new/deep", "/a/b", false, false]);
    assertEquals(found("a/b/file/x"), ["/a/b/file/x", "/a/b", false, true]);
    assertEquals(found("dead/x"), ["/dead/x", "", false, false]);
  },
});
