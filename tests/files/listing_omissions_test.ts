import { assert, assertEquals, assertRejects } from "@std/assert";
import { DirectoryStore } from "../../lib/files/directory_store.ts";
import { Listing, type ListingOptions } from "../../lib/files/listing.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { list, paths } from "../helpers/listings.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const onUnix = { ignore: Deno.build.os === "windows" };

/** What a listing leaves out, as `reason path`. */
async function omitted(root: string, options: Partial<ListingOptions> = {}): Promise<string[]> {
  const store = await DirectoryStore.open(root);
  const listing = new Listing(store, "", { recursive: true, after: null, ...options });
  await Array.fromAsync(listing);
  const { count, paths } = listing.takeOmitted();
  assertEquals(count, paths.length);
  return paths.map(({ path, reason }) => `${reason} ${path}`);
}

Deno.test("Listing: leaves out names that clients may not request, and tells them", async () => {
  using temp = new TempDir();
  temp.write(".tcp-chat/1.upload", "unfinished");
  temp.write("sub/.tcp-chat/x", "x");
  temp.write("ok", "x");
  if (Deno.build.os !== "windows") {
    for (const name of ["a\\b", "a\u001b[2J", "b\\/x"]) temp.write(name, "x");
    assertEquals(await omitted(temp.path), ["name a\u001b[2J", "name a\\b", "name b\\"]);
  }
  assertEquals(await paths(temp.path, { recursive: true }), ["ok", "sub/"]);
});

Deno.test({
  name: "Listing: lists names that only Windows cannot store, where they are asked for",
  ...onUnix,
  fn: async () => {
    using temp = new TempDir();
    for (const name of ["a:b", "con", "a.", "what?", "nul/x", "ok"]) temp.write(name, "x");
    const all = ["a.", "a:b", "con", "nul/", "nul/x", "ok", "what?"];
    assertEquals(await paths(temp.path, { recursive: true }), all);
    assertEquals(await omitted(temp.path), []);
    const unportable = ["name a.", "name a:b", "name con", "name nul", "name what?"];
    assertEquals(await omitted(temp.path, { names: false }), unportable);
  },
});

Deno.test({
  name:
    "Listing: tells names that are not UTF-8, and of two spellings of a name the one not listed",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    using temp = new TempDir();
    temp.write("\u00e9", "composed");
    temp.write("e\u0301", "decomposed");
    temp.write("a\ufffd", "the character itself");
    Deno.mkdirSync(temp.join("c"));
    const names = ["b\\377", "b\\376", "c/\\377d"].map((name) => `"$(printf '${name}')"`);
    const links = `ln -s ${names[0]} link && mkdir d && ln -s ../${names[2]} d/link`;
    const command = { args: ["-c", `touch ${names.join(" ")} && ${links}`], cwd: temp.path };
    assert((await new Deno.Command("sh", command).output()).success);
    assertEquals(await paths(temp.path, { recursive: true }), ["a\ufffd", "c/", "d/", "\u00e9"]);
    const notUtf8 = ["unicode b\ufffd", "unicode b\ufffd", "unicode c/\ufffdd"];
    const others = ["link d/link", "link link", "same-name e\u0301"];
    assertEquals(await omitted(temp.path), [...notUtf8, ...others]);
    const isVisible = (path: string) => path === "d" || path.normalize("NFD") === path;
    assertEquals(await omitted(temp.path, { isVisible }), [...notUtf8, "link d/link", "link link"]);
    await assertRejects(() => list(temp.path, { folder: "link" }), RequestError, "not found");
  },
});

Deno.test({
  name: "Listing: names at most the limit of what it leaves out, and counts the rest",
  ...onUnix,
  fn: async () => {
    using temp = new TempDir();
    const { omissionsNamed } = LIMITS;
    for (let i = 0; i <= omissionsNamed; i++) temp.write(`${i}\\`, "");
    const store = await DirectoryStore.open(temp.path);
    const listing = new Listing(store, "", { recursive: false, after: null });
    assertEquals(await listing.peek(), null);
    const { count, paths } = listing.takeOmitted();
    assertEquals([count, paths.length], [omissionsNamed + 1, omissionsNamed]);
    assertEquals(listing.takeOmitted(), { count: 0, paths: [] });
  },
});

Deno.test({
  name: "Listing: tells nothing of what is hidden: by its own path, or by where a link leads",
  ...onUnix,
  fn: async () => {
    using temp = new TempDir();
    temp.write("private/a", "x");
    temp.write("private/b\\", "x");
    temp.write("public/c", "x");
    Deno.symlinkSync("../private", temp.join("public/folder"));
    Deno.symlinkSync("../private/a", temp.join("public/file"));
    Deno.symlinkSync("nothing", temp.join("private/dead"));
    Deno.symlinkSync("private/dead", temp.join("dead"));
    const isVisible = (path: string) => !path.startsWith("private");
    const store = await DirectoryStore.open(temp.path);
    const pathsIn = async (folder: string) => {
      const listing = new Listing(store, folder, { recursive: true, after: null, isVisible });
      return (await Array.fromAsync(listing)).map(({ path }) => path);
    };
    assertEquals(await pathsIn(""), ["public", "public/c"]);
    assertEquals(await pathsIn("public/folder"), []);
    assertEquals(await omitted(temp.path, { isVisible }), ["link dead"]);
    const listing = new Listing(store, "public/folder", {
      recursive: true,
      after: null,
      isVisible,
    });
    await Array.fromAsync(listing);
    assertEquals(listing.takeOmitted().count, 0);
  },
});

Deno.test({
  name: "Listing: follows links inside the root, but descends into none",
  ...onUnix,
  fn: async () => {
    using temp = new TempDir();
    temp.write("root/folder/file", "12345");
    temp.write("outside/secret", "secret");
    temp.write("root/.tcp-chat/x", "private");
    const root = temp.join("root");
    const links = {
      toFile: "folder/file",
      toFolder: "folder",
      toRoot: ".",
      loop: "loop",
      dead: "nothing",
      out: temp.join("outside"),
      outFile: temp.join("outside/secret"),
      private: ".tcp-chat/x",
    };
    for (const [name, target] of Object.entries(links)) Deno.symlinkSync(target, `${root}/${name}`);
    const all = ["folder/", "folder/file", "toFile", "toFolder/", "toRoot/"];
    assertEquals(await paths(root, { recursive: true }), all);
    const dead = ["link dead", "link loop", "link out", "link outFile", "link private"];
    assertEquals(await omitted(root), dead);
    const toFile = (await list(root)).find(({ path }) => path === "toFile");
    assertEquals([toFile?.type, toFile?.size, toFile?.link], ["file", 5, true]);
    // A request for the link itself lists its target, under the requested path
    assertEquals(await paths(root, { folder: "toFolder" }), ["toFolder/file"]);
    assertEquals(await paths(root, { folder: "toFolder", after: "toFolder/file" }), []);
    await assertRejects(() => list(root, { folder: "out" }), RequestError);
  },
});

Deno.test({
  name: "Listing: leaves out FIFOs and sockets without opening them, and tells them",
  ...onUnix,
  fn: async () => {
    using temp = new TempDir();
    await new Deno.Command("mkfifo", { args: [temp.join("pipe")] }).output();
    Deno.symlinkSync("pipe", temp.join("link"));
    using _socket = Deno.listen({ transport: "unix", path: temp.join("socket") });
    temp.write("ok", "x");
    assertEquals(await paths(temp.path, { recursive: true }), ["ok"]);
    assertEquals(await omitted(temp.path), ["link link", "special pipe", "special socket"]);
  },
});
