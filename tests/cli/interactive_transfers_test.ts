import { assertEquals, assertStringIncludes } from "@std/assert";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { TestClient } from "../helpers/clients.ts";
import { startSession } from "../helpers/interactive_fixture.ts";
import { until } from "../helpers/serves_on.ts";

const isUnix = Deno.build.os !== "windows";

Deno.test("get --delete: makes a folder here the same as that of the server", async () => {
  await using fixture = await startSession();
  const { server, input, output, folder } = fixture;
  for (const name of ["1", "2", "3"]) server.root.write(`f/${name}`, name);
  folder.write("got/f/old", "old");
  folder.write("got/f/sums", "of an earlier command");
  const get = `get f -o ${folder.path}/got --sums ${folder.path}/got/f/sums`;
  await input.enter(`${get} --replace --delete`);
  await until(() => output.out.includes("1 file is not on the server; --yes deletes"), "that");
  assertEquals(folder.list("got/f").includes("old"), true);
  await input.enter(`${get} --replace --delete -y -n`);
  await until(() => output.out.includes("delete"), "the plan");
  assertEquals(folder.list("got/f").includes("old"), true);
  await input.enter(`${get} --replace --delete -y`);
  await until(() => output.out.includes("1 file was deleted"), "the end");
  assertEquals(folder.list("got/f"), ["1", "2", "3", "sums"]);
});

Deno.test("get --delete: deletes nothing without --replace, and of several folders", async () => {
  await using fixture = await startSession();
  const { server, input, output, folder } = fixture;
  for (const name of ["f/1", "g/1"]) server.root.write(name, "");
  folder.write("got/f/old", "old");
  const to = `-o ${folder.path}/got`;
  await input.enter(`get f ${to} --delete -y`);
  await until(
    () => output.out.includes("--delete needs --replace, and exactly one"),
    "the refusal",
  );
  await input.enter(`get f g ${to} --replace --delete -y`);
  await until(() => output.out.includes("--delete takes exactly one folder"), "the refusal");
  assertEquals([folder.list("got"), folder.list("got/f")], [["f"], ["old"]]);
});

Deno.test("get, put: refuse an option without the one that it needs, and those of the other", async () => {
  await using fixture = await startSession({ uploads: true }, { a: "a" });
  const { input, output, leave } = fixture;
  for (const line of ["get a -y", "get a --max-delete 3", "put a --checksum", "put a --delete"]) {
    await input.enter(line);
  }
  await leave();
  assertStringIncludes(output.out, "--yes needs --delete");
  assertStringIncludes(output.out, "--max-delete needs --delete");
  assertStringIncludes(output.out, "--checksum needs --dry-run");
  assertStringIncludes(output.out, "--delete");
  assertEquals(fixture.server.root.list(), ["a"]);
});

Deno.test("get --sums, --from-sums: list what is verified, and accept nothing else", async () => {
  await using fixture = await startSession({}, { "f/a": "a", "f/b": "b" });
  const { server, input, output, folder } = fixture;
  const sums = folder.join("sums");
  await input.enter(`get f -o ${folder.path}/got --sums ${sums}`);
  await until(() => output.out.includes("f: 2 files"), "the files");
  await until(() => folder.list().includes("sums"), "the list");
  assertEquals(
    Deno.readTextFileSync(sums),
    `${sha256Of("a")}  f/a\n${sha256Of("b")}  f/b\n`,
  );
  server.root.write("f/b", "changed");
  await input.enter(`get --from-sums ${sums} -o ${folder.path}/again`);
  await until(() => output.out.includes("; 1 file failed"), "the refusal");
  assertEquals(folder.list("again/f").filter((name) => !name.startsWith(".")), ["a"]);
});

Deno.test("put --sums: says that it wrote no list where no file is verified", async () => {
  await using fixture = await startSession({ uploads: true }, { a: "other" });
  const { input, output, folder } = fixture;
  folder.write("a", "a");
  folder.write("sums", "of an earlier command");
  await input.enter(`put ${folder.path}/a --sums ${folder.path}/sums`);
  await until(() => output.out.includes("sums was not written: no file is verified"), "that");
  assertEquals(Deno.readTextFileSync(folder.join("sums")), "of an earlier command");
});

Deno.test({
  name: "get, put --no-exec: leave out that a file may be executed",
  ignore: !isUnix,
  fn: async () => {
    await using fixture = await startSession({}, { "run.sh": "#" });
    const { server, input, output, folder } = fixture;
    Deno.chmodSync(server.root.join("run.sh"), 0o755);
    const mode = (name: string) => (Deno.statSync(folder.join(name)).mode ?? 0) & 0o111;
    await input.enter(`get run.sh -o ${folder.path}/a`);
    await input.enter(`get run.sh -o ${folder.path}/b --no-exec`);
    await until(() => output.out.split("verified").length === 3, "both");
    assertEquals([mode("a/run.sh") !== 0, mode("b/run.sh")], [true, 0]);
  },
});

Deno.test("put --known: lets the server copy what it has elsewhere", async () => {
  const content = patternedBytes(1_000_000);
  await using fixture = await startSession({ uploads: true }, { "there.bin": content });
  const { server, input, output, folder } = fixture;
  folder.write("f/here.bin", content);
  await input.enter(`put ${folder.path}/f --known`);
  await until(() => output.out.includes("1 file sent"), "the copy");
  assertEquals(sha256Of(Deno.readFileSync(server.root.join("f/here.bin"))), sha256Of(content));
});

Deno.test("put: announces a named file, and none of a folder beside it", async () => {
  await using fixture = await startSession({ uploads: true });
  const { server, input, output, folder } = fixture;
  for (const name of ["f/1", "f/2", "single"]) folder.write(name, name);
  await input.enter(`put ${folder.path}/f ${folder.path}/single`);
  await until(() => output.out.includes("f: 2 files sent"), "the folder");
  await until(() => server.eventsOf("chat").length === 1, "the message");
  await using ana = await TestClient.connect(server.port, { protocol: 2 });
  const told = await ana.client.chat.history("lobby");
  assertEquals(told.map((each) => "path" in each ? each.path : "a message"), [
    ...["single", "a message"],
  ]);
  assertEquals(server.root.list("f"), ["1", "2"]);
});
