import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { DirectoryStore } from "../../lib/files/directory_store.ts";
import { PartFile } from "../../lib/files/part_file.ts";
import { type UploadKey, UploadStore } from "../../lib/files/upload_store.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { detailsOf } from "../helpers/targets.ts";
import { UploadFixture } from "../helpers/upload_fixture.ts";

const onUnix = { ignore: Deno.build.os === "windows" };
const DAY_MS = 24 * 60 * 60 * 1000;
const KEY: UploadKey = { user: null, path: "a.bin", sizeBytes: 10, key: "k" };

Deno.test("a target is refused or replaced, and keeps nothing of an upload without a key", async () => {
  using fixture = new UploadFixture();
  const uploads = await fixture.uploads();
  const place = { directory: fixture.root, name: "a.bin" };
  for (const replace of [false, true]) {
    const { partPath, ...target } = uploads.target(place, replace, null);
    assertEquals(target, {
      ...place,
      ifTaken: replace ? "replace" : "refuse",
      keepBytes: 0,
      staysOnError: false,
    });
    assert(partPath.startsWith(fixture.temp.join("root/.tcp-chat") + "/"));
    assert(partPath.endsWith(".once"));
    assertNotEquals(uploads.target(place, replace, null).partPath, partPath);
  }
});

Deno.test("an upload with a key has a part of its own, the same when it comes again", async () => {
  using fixture = new UploadFixture();
  const uploads = await fixture.uploads();
  const place = { directory: fixture.root, name: "a.bin" };
  const partOf = (key: UploadKey) => uploads.target(place, false, key).partPath;
  assertEquals(partOf(KEY), partOf({ ...KEY }));
  assertEquals(uploads.target(place, true, KEY).partPath, partOf(KEY));
  assertEquals(uploads.target(place, true, KEY).keepBytes, 10);
  assert(/\/\.tcp-chat\/[0-9a-f]{64}\.upload$/.test(partOf(KEY)));
  const others: UploadKey[] = [
    { ...KEY, user: "ana" },
    { ...KEY, user: "null" },
    { ...KEY, path: "b.bin" },
    { ...KEY, sizeBytes: 11 },
    { ...KEY, key: "l" },
    // What would be the same if the parts were only put side by side
    { ...KEY, path: "a", key: ".bin10k" },
    { user: null, path: 'a.bin",10,"k', sizeBytes: 10, key: "" },
  ];
  const all = [KEY, ...others].map(partOf);
  assertEquals(new Set(all).size, all.length);
});

Deno.test("an upload is out of sight until it is whole, and then is in its place", async () => {
  using fixture = new UploadFixture();
  const store = await DirectoryStore.open(fixture.root);
  const uploads = new UploadStore(store);
  const content = patternedBytes(10);
  const place = await uploads.place("sub/a.bin", false);
  const part = new PartFile(uploads.target(place, false, { ...KEY, path: "sub/a.bin" }));
  part.begin(detailsOf(content));
  part.write(content);
  assertEquals(await Array.fromAsync(store.walk()), []);
  part.commit(sha256Of(content));
  assertEquals((await Array.fromAsync(store.walk())).map(({ path }) => path), ["sub/a.bin"]);
  assertEquals(fixture.temp.list("root/.tcp-chat"), []);
  await fixture.assertRefused("sub/a.bin", "exists");
});

Deno.test("sweep removes what broke off a day ago or earlier, and what has no key at once", async () => {
  using fixture = new UploadFixture("root/.tcp-chat/1.upload", "root/.tcp-chat/1.once");
  const uploads = await fixture.uploads();
  const { ctime, mtime } = Deno.statSync(fixture.temp.join("root/.tcp-chat/1.upload"));
  const changedMs = (ctime ?? mtime)!.getTime();
  await uploads.sweep(changedMs - 5_000);
  assertEquals(fixture.temp.list("root/.tcp-chat"), ["1.once", "1.upload"]);
  await uploads.sweep(changedMs + DAY_MS - 1_000);
  assertEquals(fixture.temp.list("root/.tcp-chat"), ["1.upload"]);
  await uploads.sweep(changedMs + DAY_MS);
  assertEquals(fixture.temp.list("root/.tcp-chat"), []);
});

Deno.test({
  name: "sweep goes by when a part was written, not by the time that its client gave it",
  ...onUnix,
  fn: async () => {
    using fixture = new UploadFixture("root/.tcp-chat/1.upload", "root/.tcp-chat/1.once");
    const uploads = await fixture.uploads();
    const [keyed, unkeyed] = ["1.upload", "1.once"].map((n) =>
      fixture.temp.join("root/.tcp-chat", n)
    );
    Deno.utimeSync(keyed!, 0, new Date(Date.now() - 10 * DAY_MS));
    Deno.utimeSync(unkeyed!, 0, new Date(Date.now() + 10 * DAY_MS));
    await uploads.sweep(Date.now());
    assertEquals(fixture.temp.list("root/.tcp-chat"), ["1.upload"]);
    Deno.utimeSync(keyed!, 0, new Date(Date.now() + 10 * DAY_MS));
    await uploads.sweep(Date.now() + 2 * DAY_MS);
    assertEquals(fixture.temp.list("root/.tcp-chat"), []);
  },
});

Deno.test("sweep leaves alone what somebody is writing", async () => {
  using fixture = new UploadFixture();
  const uploads = await fixture.uploads();
  const place = { directory: fixture.root, name: "a.bin" };
  const nowMs = Date.now() + 2 * DAY_MS;
  for (const key of [KEY, null]) {
    const part = new PartFile(uploads.target(place, false, key));
    await uploads.sweep(nowMs);
    assertEquals(fixture.temp.list("root/.tcp-chat").length, 1);
    part.begin(detailsOf(patternedBytes(10)));
    part.write(patternedBytes(5));
    part.close();
    await uploads.sweep(nowMs);
    assertEquals(fixture.temp.list("root/.tcp-chat"), []);
  }
});

Deno.test({
  name: "sweep removes what has its final name, too, at once",
  ...onUnix,
  fn: async () => {
    using fixture = new UploadFixture("root/a");
    Deno.mkdirSync(fixture.temp.join("root/.tcp-chat"));
    Deno.linkSync(fixture.temp.join("root/a"), fixture.temp.join("root/.tcp-chat/1.upload"));
    await (await fixture.uploads()).sweep(Date.now());
    assertEquals(fixture.temp.list("root/.tcp-chat"), []);
    assertEquals(Deno.readTextFileSync(fixture.temp.join("root/a")), "root/a");
  },
});

Deno.test("sweep leaves alone what is not its own", async () => {
  using fixture = new UploadFixture(
    "root/.tcp-chat/note.txt",
    "root/.tcp-chat/folder.upload/x",
    "victim",
  );
  for (const name of ["upload", "x.upload.bak", "once", ".upload2"]) {
    fixture.temp.write(`root/.tcp-chat/${name}`, "x");
  }
  if (Deno.build.os !== "windows") {
    Deno.symlinkSync(fixture.temp.join("victim"), fixture.temp.join("root/.tcp-chat/link.once"));
  }
  const before = fixture.temp.list("root/.tcp-chat");
  await (await fixture.uploads()).sweep(Date.now() + 10 * DAY_MS);
  assertEquals(fixture.temp.list("root/.tcp-chat"), before);
  assertEquals(Deno.readTextFileSync(fixture.temp.join("victim")), "victim");
});

Deno.test("sweep has nothing to do where nothing was uploaded", async () => {
  using fixture = new UploadFixture();
  await (await fixture.uploads()).sweep(Date.now());
  assertEquals(fixture.temp.list("root"), []);
});
