import { assertEquals, assertRejects } from "@std/assert";
import { RequestError, verifyAll, type VerifyAllOptions } from "../../mod.ts";
import { LibraryFixture } from "../helpers/library_fixture.ts";
import { startServer } from "../helpers/servers.ts";
import { connect } from "../../mod.ts";

/** Others may take the spellings of a name for one. */
const onLinux = { ignore: Deno.build.os !== "linux" };
const onUnix = { ignore: Deno.build.os === "windows" };

/** What is told of each file, in its order. */
async function compare(fixture: LibraryFixture, path: string, options: VerifyAllOptions = {}) {
  const told: string[] = [];
  const { same, different, missing, extra, failures, omitted } = await verifyAll(
    fixture.client,
    path,
    {
      directory: fixture.folder.path,
      ...options,
      onCompared: (path, comparison) => told.push(`${comparison} ${path}`),
    },
  );
  const counts = [same, different.length, missing.length, extra.length];
  const named = omitted.paths.map(({ path, reason }) => `${reason} ${path}`);
  return { told, counts, failures: failures.map(({ path }) => path), named };
}

Deno.test("verifyAll: tells what is the same, different, missing and extra, in the order of the listing", async () => {
  await using fixture = await LibraryFixture.start();
  for (const path of ["f/a", "f/b", "f/c", "f/g/d"]) fixture.root.write(path, "content");
  fixture.folder.write("f/a", "content");
  fixture.folder.write("f/b", "CONTENT"); // Of the same size
  fixture.folder.write("f/g/d", "content!");
  fixture.folder.write("f/g/é", "");
  assertEquals(await compare(fixture, "f"), {
    told: ["same f/a", "different f/b", "missing f/c", "different f/g/d", "extra f/g/é"],
    counts: [1, 2, 1, 1],
    failures: [],
    named: [],
  });
});

Deno.test("verifyAll: compares another place, the root, and a single file", async () => {
  await using fixture = await LibraryFixture.start();
  fixture.root.write("f/a", "content");
  fixture.root.write("b", "b");
  fixture.folder.write("copy/a", "content");
  const place = fixture.folder.join("copy");
  assertEquals((await compare(fixture, "f", { place })).told, ["same f/a"]);
  assertEquals((await compare(fixture, "f/a", { place })).told, ["same f/a"]);
  const file = fixture.folder.join("copy/a");
  assertEquals((await compare(fixture, "f/a", { place: file })).told, ["same f/a"]);
  assertEquals((await compare(fixture, "b", { place: file })).told, ["different b"]);
  assertEquals((await compare(fixture, "f", { place: file })).told, ["missing f/a"]);
  assertEquals((await compare(fixture, "f")).told, ["missing f/a"]);
  Deno.mkdirSync(fixture.folder.join("f/a"), { recursive: true });
  assertEquals((await compare(fixture, "f")).told, ["missing f/a"]);
  assertEquals((await compare(fixture, "")).told, ["missing b", "missing f/a", "extra copy/a"]);
});

Deno.test({
  name: "verifyAll: follows links that stand for what the server has, and names the others",
  ...onUnix,
  fn: async () => {
    await using fixture = await LibraryFixture.start();
    for (const path of ["f/a", "f/g/b", "f/g/c"]) fixture.root.write(path, "content");
    fixture.folder.write("elsewhere/b", "content");
    fixture.folder.write("a", "content");
    Deno.mkdirSync(fixture.folder.join("f"));
    Deno.symlinkSync("../a", fixture.folder.join("f/a"));
    Deno.symlinkSync("../elsewhere", fixture.folder.join("f/g"));
    Deno.symlinkSync("../elsewhere", fixture.folder.join("f/h"));
    assertEquals(await compare(fixture, "f"), {
      told: ["same f/a", "same f/g/b", "missing f/g/c"],
      counts: [2, 0, 1, 0],
      failures: [],
      named: ["link f/h"],
    });
  },
});

Deno.test("verifyAll: leaves the programs' own files out, and counts what no server takes as extra", async () => {
  await using fixture = await LibraryFixture.start();
  fixture.root.write("f/a", "content");
  fixture.folder.write("f/a", "content");
  fixture.folder.write("f/.tcp-chat/part", "x");
  if (Deno.build.os !== "windows") fixture.folder.write("f/b\\c", "x");
  const { told, named } = await compare(fixture, "f");
  const extra = Deno.build.os === "windows" ? [] : ["extra f/b\\c"];
  assertEquals([told, named], [["same f/a", ...extra], []]);
});

Deno.test({
  name: "verifyAll: names the file that differs from another one only in its Unicode spelling",
  ...onLinux,
  fn: async () => {
    await using fixture = await LibraryFixture.start();
    fixture.root.write("f/\u00e9", "NFC");
    fixture.folder.write("f/\u00e9", "NFC");
    fixture.folder.write("f/e\u0301", "NFD");
    const named = ["same-name f/e\u0301"];
    const told = { told: ["same f/\u00e9"], counts: [1, 0, 0, 0], failures: [], named };
    for (const place of ["f", "f/", "f/.", "./f"]) {
      assertEquals(await compare(fixture, "f", { place: fixture.folder.path + "/" + place }), told);
    }
    fixture.folder.write("f/o\u0308\u0323", "one");
    fixture.folder.write("f/o\u0323\u0308", "two");
    const { told: others, counts } = await compare(fixture, "f");
    assertEquals([others, counts], [["same f/\u00e9", "extra f/\u1ecd\u0308"], [1, 0, 0, 1]]);
  },
});

Deno.test("verifyAll: compares what takes several calls, and tells it in order", async () => {
  await using fixture = await LibraryFixture.start();
  const names = Array.from({ length: 300 }, (_, at) => String(at).padStart(3, "0"));
  for (const name of names) {
    fixture.root.write(`f/${name}`, `content ${name}`);
    fixture.folder.write(`f/${name}`, `content ${name}`);
  }
  fixture.root.write("f/150", new Uint8Array(20 * 1024 * 1024));
  fixture.folder.write("f/150", new Uint8Array(20 * 1024 * 1024).fill(1, -1));
  fixture.folder.write("f/151", "content 15!");
  const { told } = await compare(fixture, "f");
  const differs = ["150", "151"];
  assertEquals(
    told,
    names.map((each) => `${differs.includes(each) ? "different" : "same"} f/${each}`),
  );
});

Deno.test("verifyAll: ends by its signal, and rejects for a path that is not there", async () => {
  await using fixture = await LibraryFixture.start();
  fixture.root.write("f/a", "content");
  fixture.folder.write("f/a", "content");
  const stop = new AbortController();
  const { path: directory } = fixture.folder;
  const stopped = verifyAll(fixture.client, "f", {
    directory,
    signal: stop.signal,
    onFound: () => stop.abort(new Error("enough")),
  });
  await assertRejects(() => stopped, Error, "enough");
  await assertRejects(() => verifyAll(fixture.client, "g", { directory }), RequestError);
  await assertRejects(() => verifyAll(fixture.client, "../f", { directory }), RequestError);
  await assertRejects(() => verifyAll(fixture.client, "f", { directory: "" }), TypeError);
});

Deno.test({
  name: "verifyAll: tells what it cannot read beside the others",
  ...onUnix,
  fn: async () => {
    await using fixture = await LibraryFixture.start();
    for (const path of ["f/a", "f/b"]) fixture.root.write(path, "content");
    fixture.folder.write("f/b", "content");
    Deno.symlinkSync("a", fixture.folder.join("f/a")); // It leads to itself
    const { told, failures } = await compare(fixture, "f");
    assertEquals([told, failures], [["same f/b"], ["f/a"]]);
  },
});

Deno.test("verifyAll: needs protocol 2", async () => {
  await using server = await startServer({}, { "a": "a" });
  await using client = await connect({ hostname: "127.0.0.1", port: server.port, protocol: 1 });
  const error = await assertRejects(() => verifyAll(client, "a"), RequestError);
  assertEquals(error.code, "unsupported");
});
