import { assertEquals, assertStringIncludes } from "@std/assert";
import { startClientFolder } from "../helpers/client_folder.ts";

/** SHA-256 of "a". */
const A = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
/** SHA-256 of "b". */
const B = "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d";

const hasSha256sum = Deno.build.os === "linux";

/** The exit code of `sha256sum -c` in a folder. */
async function check(list: string, cwd: string): Promise<number> {
  const { code } = await new Deno.Command("sha256sum", {
    args: ["--strict", "-c", list],
    cwd,
    stdout: "null",
  }).output();
  return code;
}

Deno.test({
  name: "get --sums: writes what sha256sum -c accepts, and no more than is in place",
  ignore: !hasSha256sum,
  fn: async () => {
    await using fixture = await startClientFolder({ "x/f/a": "a", "x/f/g/b ç*": "b", "c": "c" });
    const { folder, client } = fixture;
    const { code } = await client("get", "x/f", "nothing", "--sums", "sums");
    assertEquals(code, 4);
    assertEquals(Deno.readTextFileSync(folder.join("sums")), `${A}  f/a\n${B}  f/g/b ç*\n`);
    assertEquals(await check("../sums", folder.join("client_downloads")), 0);
    folder.write("client_downloads/f/a", "A");
    assertEquals(await check("../sums", folder.join("client_downloads")), 1);
    // What is numbered is listed under its own name, what is there already as well
    assertEquals((await client("get", "x/f", "--sums", "sums")).code, 0);
    assertEquals(Deno.readTextFileSync(folder.join("sums")), `${A}  f/a (1)\n${B}  f/g/b ç*\n`);
    assertEquals(await check("../sums", folder.join("client_downloads")), 0);
  },
});

Deno.test({
  name: "put --sums: lists the paths on the server, for sha256sum there and get --from-sums",
  ignore: !hasSha256sum,
  fn: async () => {
    await using fixture = await startClientFolder();
    const { server, folder, client } = fixture;
    folder.write("f/a", "a");
    folder.write("f/b", "b");
    assertEquals((await client("put", "f", "--to", "in", "--sums", "sums")).code, 0);
    assertEquals(Deno.readTextFileSync(folder.join("sums")), `${A}  in/f/a\n${B}  in/f/b\n`);
    assertEquals(await check(folder.join("sums"), server.root.path), 0);
    assertEquals((await client("get", "--from-sums", "sums")).code, 0);
    assertEquals(await check("../sums", folder.join("client_downloads")), 0);
  },
});

Deno.test("get --from-sums: fetches what is listed, and accepts no other content", async () => {
  await using fixture = await startClientFolder({ "x/a": "a", "x/f/b": "not b", "x/c": "c" });
  const { folder, client } = fixture;
  folder.write("sums", `${A} *./a\n${B}  f/b\n${B}  nothing\n`);
  const { code, stderr } = await client("get", "x/", "--from-sums", "sums");
  assertEquals(code, 5, stderr);
  assertStringIncludes(stderr, "x/f/b");
  assertStringIncludes(stderr, "x/nothing");
  assertEquals(folder.list("client_downloads"), ["a"]);
  // A file that is there with the listed content is not fetched again
  folder.write("sums", `${A}  a\n`);
  const again = await client("get", "x", "--from-sums", "sums", "--json");
  const [done = "{}"] = again.stdout.split("\n");
  assertEquals([again.code, JSON.parse(done).skipped], [0, true]);
});

Deno.test("get --from-sums: refuses a list that leads elsewhere, and fetches nothing", async () => {
  await using fixture = await startClientFolder({ "a": "a" });
  const { folder, client } = fixture;
  for (const path of ["../a", "/a", "f/../../a", "a"]) {
    folder.write("sums", `${A}  a\n${A}  ${path}\n`);
    const { code, stderr } = await client("get", "--from-sums", "sums");
    assertEquals(code, 2, stderr);
    assertStringIncludes(stderr, "ine 2 of the sums");
  }
  assertEquals(folder.list(), ["sums"]);
  assertEquals((await client("get", "--from-sums", "nothing")).code, 4);
  for (const more of [["--stdout"], ["--sha256", A], ["b"]]) {
    assertEquals((await client("get", "a", "--from-sums", "sums", ...more)).code, 2);
  }
  folder.write("sums", `${A}  a\n`);
  const old = await client("get", "--from-sums", "sums", "--protocol", "1");
  assertEquals(old.code, 1);
  assertStringIncludes(old.stderr, "protocol 1");
});

Deno.test("get --sums: names a place that cannot be written before anything is fetched", async () => {
  await using fixture = await startClientFolder({ "a": "a" });
  const { code } = await fixture.client("get", "a", "--sums", "no/sums");
  assertEquals(code, 4);
  assertEquals(fixture.folder.list(), []);
});

Deno.test("get --sums: keeps the list of an earlier command where no file is verified, and says so", async () => {
  await using fixture = await startClientFolder({ a: "a" });
  const { folder, client } = fixture;
  folder.write("sums", `${A}  a\n`);
  const { code, stderr } = await client("get", "nothing", "--sums", "sums");
  assertEquals(code, 4);
  assertStringIncludes(stderr, "sums was not written: no file is verified\n");
  assertEquals(Deno.readTextFileSync(folder.join("sums")), `${A}  a\n`);
});
