import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { DirectoryStore } from "../../lib/files/directory_store.ts";
import { PartFile } from "../../lib/files/part_file.ts";
import { describeRoot } from "../../lib/files/served_root.ts";
import { UploadParts } from "../../lib/files/upload_parts.ts";
import { type UploadKey, UploadStore } from "../../lib/files/upload_store.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { detailsOf } from "../helpers/targets.ts";
import { UploadFixture } from "../helpers/upload_fixture.ts";

const onUnix = { ignore: Deno.build.os === "windows" };
const DAY_MS = 24 * 60 * 60 * 1000;
const KEY: UploadKey = { user: null, path: "a.bin", sizeBytes: 10, key: "k" };

Deno.test("UploadStore.target: refuses or replaces, and keeps no bytes without a key", async () => {
  using fixture = new UploadFixture();
  const uploads = await fixture.uploads();
  const final = await uploads.resolve("a.bin", true);
  for (const replace of [false, true]) {
    const { partName, ...target } = await uploads.target(final, replace, null);
    assertEquals(target, {
      directory: fixture.root,
      name: "a.bin",
      existing: final.existing,
      partBase: fixture.root,
      root: describeRoot(fixture.root, Deno.statSync(fixture.root)),
      ifTaken: replace ? "replace" : "refuse",
      keepBytes: 0,
      staysOnError: false,
    });
    assert(partName.endsWith(".once"));
    assertNotEquals((await uploads.target(final, replace, null)).partName, partName);
  }
});

Deno.test("UploadStore.target: derives one part name from each upload key", async () => {
  using fixture = new UploadFixture();
  const uploads = await fixture.uploads();
  const final = await uploads.resolve("a.bin", true);
  const partOf = async (key: UploadKey) => (await uploads.target(final, false, key)).partName;
  assertEquals(await partOf(KEY), await partOf({ ...KEY }));
  assertEquals((await uploads.target(final, true, KEY)).partName, await partOf(KEY));
  assertEquals((await uploads.target(final, true, KEY)).keepBytes, 10);
  assert(/^[0-9a-f]{64}\.upload$/.test(await partOf(KEY)));
  const others: UploadKey[] = [
    { ...KEY, user: "ana" },
    { ...KEY, user: "null" },
    { ...KEY, path: "b.bin" },
    { ...KEY, sizeBytes: 11 },
    { ...KEY, key: "l" },
    // Equal to KEY if the fields were only concatenated
    { ...KEY, path: "a", key: ".bin10k" },
    { user: null, path: 'a.bin",10,"k', sizeBytes: 10, key: "" },
  ];
  const all = await Promise.all([KEY, ...others].map(partOf));
  assertEquals(new Set(all).size, all.length);
});

Deno.test("UploadStore: hides an upload until it is committed", async () => {
  using fixture = new UploadFixture();
  const store = await DirectoryStore.open(fixture.root);
  const uploads = new UploadStore(store);
  const content = patternedBytes(10);
  const final = await uploads.resolve("sub/a.bin", false);
  const part = new PartFile(await uploads.target(final, false, { ...KEY, path: "sub/a.bin" }));
  part.begin(detailsOf(content));
  part.write(content);
  assertEquals(await Array.fromAsync(store.walk()), []);
  part.commit(sha256Of(content));
  assertEquals((await Array.fromAsync(store.walk())).map(({ path }) => path), ["sub/a.bin"]);
  assertEquals(fixture.parts, []);
  await fixture.assertRefused("sub/a.bin", "exists");
});

Deno.test("UploadParts.sweep: removes keyed parts after a day, and unkeyed ones at once", async () => {
  using fixture = new UploadFixture("root/.tcp-chat/1.upload", "root/.tcp-chat/1.once");
  const uploads = await fixture.uploads();
  const { ctime, mtime } = Deno.statSync(fixture.temp.join("root/.tcp-chat/1.upload"));
  const changedMs = (ctime ?? mtime)!.getTime();
  await uploads.parts.sweep(changedMs - 5_000);
  assertEquals(fixture.parts, ["1.once", "1.upload"]);
  await uploads.parts.sweep(changedMs + DAY_MS - 1_000);
  assertEquals(fixture.parts, ["1.upload"]);
  await uploads.parts.sweep(changedMs + DAY_MS);
  assertEquals(fixture.parts, []);
});

Deno.test({
  name:
    "UploadParts.sweep: uses the time of writing, not the modification time that the client sent",
  ...onUnix,
  fn: async () => {
    using fixture = new UploadFixture("root/.tcp-chat/1.upload", "root/.tcp-chat/1.once");
    const uploads = await fixture.uploads();
    const [keyed, unkeyed] = ["1.upload", "1.once"].map((n) =>
      fixture.temp.join("root/.tcp-chat", n)
    );
    Deno.utimeSync(keyed!, 0, new Date(Date.now() - 10 * DAY_MS));
    Deno.utimeSync(unkeyed!, 0, new Date(Date.now() + 10 * DAY_MS));
    await uploads.parts.sweep(Date.now());
    assertEquals(fixture.parts, ["1.upload"]);
    Deno.utimeSync(keyed!, 0, new Date(Date.now() + 10 * DAY_MS));
    await uploads.parts.sweep(Date.now() + 2 * DAY_MS);
    assertEquals(fixture.parts, []);
  },
});

Deno.test("UploadParts.sweep: keeps at most the limit of all parts together", async () => {
  for (const [limitBytes, left] of [[29, 2], [30, 3], [31, 3], [0, 0]] as const) {
    using fixture = new UploadFixture();
    for (const name of ["1", "2", "3"]) {
      fixture.temp.write(`root/.tcp-chat/${name}.upload`, "0123456789");
    }
    const { parts } = new UploadStore(await DirectoryStore.open(fixture.root), limitBytes);
    await parts.sweep(Date.now());
    assertEquals([fixture.parts.length, parts.totalBytes], [left, 10 * left], `${limitBytes}`);
  }
});

Deno.test("UploadParts.sweep: keeps locked parts", async () => {
  using fixture = new UploadFixture();
  const uploads = await fixture.uploads();
  const final = await uploads.resolve("a.bin", true);
  const nowMs = Date.now() + 2 * DAY_MS;
  for (const key of [KEY, null]) {
    const part = new PartFile(await uploads.target(final, false, key));
    await uploads.parts.sweep(nowMs);
    assertEquals(fixture.parts.length, 1);
    part.begin(detailsOf(patternedBytes(10)));
    part.write(patternedBytes(5));
    part.close();
    await uploads.parts.sweep(nowMs);
    assertEquals(fixture.parts, []);
  }
});

Deno.test({
  name: "UploadParts.sweep: removes at once a part that has its final name, too",
  ...onUnix,
  fn: async () => {
    using fixture = new UploadFixture("root/a");
    Deno.mkdirSync(fixture.temp.join("root/.tcp-chat"));
    Deno.linkSync(fixture.temp.join("root/a"), fixture.temp.join("root/.tcp-chat/1.upload"));
    await (await fixture.uploads()).parts.sweep(Date.now());
    assertEquals(fixture.parts, []);
    assertEquals(Deno.readTextFileSync(fixture.temp.join("root/a")), "root/a");
  },
});

Deno.test("UploadParts.sweep: keeps files that are no parts", async () => {
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
  const before = fixture.parts;
  await (await fixture.uploads()).parts.sweep(Date.now() + 10 * DAY_MS);
  assertEquals(fixture.parts, before);
  assertEquals(Deno.readTextFileSync(fixture.temp.join("victim")), "victim");
});

Deno.test("UploadParts.sweep: does nothing without a private folder", async () => {
  using fixture = new UploadFixture();
  await (await fixture.uploads()).parts.sweep(Date.now());
  assertEquals(fixture.temp.list("root"), []);
});

Deno.test("UploadParts.sweep: removes the oldest parts beyond the limit, except locked ones", async () => {
  for (
    const [limitBytes, left] of [[31, "123"], [30, "123"], [29, "23"], [19, "3"], [0, ""]] as const
  ) {
    using fixture = new UploadFixture();
    for (const name of ["2", "1", "3"]) {
      const path = fixture.temp.write(`root/.tcp-chat/${name}.upload`, "0123456789");
      Deno.utimeSync(path, 0, new Date(Number(name) * 1_000));
    }
    const parts = new UploadParts(fixture.root, limitBytes);
    await parts.sweep(Date.now());
    assertEquals(fixture.parts, [...left].map((name) => `${name}.upload`));
    assertEquals(parts.totalBytes, 10 * left.length);
  }
  using fixture = new UploadFixture("root/sub/.tcp-chat/1.upload", "root/.tcp-chat/2.upload");
  const parts = new UploadParts(fixture.root, 0);
  await parts.discover(new AbortController().signal);
  using file = Deno.openSync(fixture.temp.join("root/sub/.tcp-chat/1.upload"), { write: true });
  file.tryLockSync(true);
  await parts.sweep(Date.now());
  assertEquals([fixture.parts, fixture.temp.list("root/sub")], [[], [".tcp-chat/1.upload"]]);
});

Deno.test("UploadParts.moved: finds the parts in a folder that has another path", async () => {
  using fixture = new UploadFixture();
  const parts = new UploadParts(fixture.root, 1_000_000);
  Deno.mkdirSync(`${fixture.root}/a/b/.tcp-chat`, { recursive: true });
  Deno.writeTextFileSync(`${fixture.root}/a/b/.tcp-chat/x.upload`, "12345");
  await parts.baseOf(`${fixture.root}/a/b`, "x.upload", true);
  Deno.renameSync(`${fixture.root}/a`, `${fixture.root}/c`);
  parts.moved(`${fixture.root}/a`, `${fixture.root}/c`);
  await parts.sweep(Date.now());
  assertEquals(parts.totalBytes, 5);
  await parts.sweep(Date.now() + 2 * DAY_MS);
  assertEquals([...Deno.readDirSync(`${fixture.root}/c/b`)], []);
});
