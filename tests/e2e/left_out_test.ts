import { assertEquals, assertStringIncludes } from "@std/assert";
import { startClientFolder } from "../helpers/client_folder.ts";
import { jsonLines, run } from "../helpers/program.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const onUnix = { ignore: Deno.build.os === "windows" };

/** The events of `--json`, of one kind. */
function eventsOf(stdout: string, event: string): Record<string, unknown>[] {
  return jsonLines(stdout).filter((each) => each.event === event);
}

Deno.test({
  name: "get: names and counts what is left out, exits with 8, and fetches the others",
  ...onUnix,
  fn: async () => {
    await using fixture = await startClientFolder({
      "f/real/a.txt": "a",
      "f/what?.txt": "?",
      "f/a\\b": "b",
    });
    await new Deno.Command("mkfifo", { args: [fixture.server.root.join("f/pipe")] }).output();
    Deno.symlinkSync("real", fixture.server.root.join("f/folder"));
    Deno.symlinkSync("nothing", fixture.server.root.join("f/dead"));
    Deno.symlinkSync("real/a.txt", fixture.server.root.join("f/link"));
    for (const path of ["f", "f/**", "**"]) {
      using target = new TempDir();
      const { code, stdout, stderr } = await fixture.client("get", path, "-o", target.path);
      assertEquals(code, 8, stderr);
      assertEquals(stderr.split("\n").slice(0, -1).toSorted(), [
        "4 items were left out",
        "f/a\\b: left out: the name is not allowed",
        "f/dead: left out: a link that leads nowhere, or out of the folder",
        "f/folder: left out: a link to a folder; name it to follow it",
        "f/pipe: left out: neither a file nor a folder",
      ]);
      assertEquals(stdout.trim().split("\n").length, 3);
      const names = target.list(path === "f/**" ? "" : "f");
      assertEquals(names, ["link", "real", "what?.txt"]);
    }
    const { code, stdout } = await fixture.client("get", "f", "--json");
    assertEquals(code, 8);
    assertEquals(eventsOf(stdout, "omitted").map(({ path, reason }) => [path, reason]).toSorted(), [
      ["f/a\\b", "name"],
      ["f/dead", "link"],
      ["f/folder", "folder-link"],
      ["f/pipe", "special"],
    ]);
    assertEquals(eventsOf(stdout, "omissions"), [{ event: "omissions", count: 4 }]);
    assertEquals((await fixture.client("get", "f/folder")).code, 0);
  },
});

Deno.test({
  name: "ls: names and counts what the server leaves out, and exits with 8",
  ...onUnix,
  fn: async () => {
    await using fixture = await startClientFolder({
      "f/a.txt": "a",
      "f/a\\b": "b",
      "f/g/c\\d": "d",
      "top": "",
    });
    await new Deno.Command("mkfifo", { args: [fixture.server.root.join("f/pipe")] }).output();
    const named = ["f/a\\b: left out: the name is not allowed"];
    const pipe = "f/pipe: left out: neither a file nor a folder";
    const plain = await fixture.client("ls", "f");
    assertEquals([plain.code, plain.stdout], [8, "f/a.txt\nf/g/\n"]);
    assertEquals(plain.stderr, [...named, pipe, "2 items were left out\n"].join("\n"));
    const deep = await fixture.client("ls", "-R", "--json");
    assertEquals(deep.code, 8);
    assertEquals(eventsOf(deep.stdout, "omitted"), [
      { event: "omitted", path: "f/a\\b", reason: "name" },
      { event: "omitted", path: "f/g/c\\d", reason: "name" },
      { event: "omitted", path: "f/pipe", reason: "special" },
    ]);
    assertEquals(eventsOf(deep.stdout, "omissions"), [{ event: "omissions", count: 3 }]);
    assertEquals(eventsOf(deep.stdout, "entry").length, 4);
    assertEquals((await fixture.client("ls", "f/a.txt")).code, 0);
    assertEquals((await fixture.client("ls")).code, 0);
  },
});

Deno.test({
  name: "put: names and counts what is left out, sends no link out of the folder, exits with 8",
  ...onUnix,
  fn: async () => {
    await using fixture = await startClientFolder();
    fixture.folder.write("top/a|b", "x");
    Deno.symlinkSync("/etc/passwd", fixture.folder.join("top/x"));
    Deno.symlinkSync(".", fixture.folder.join("top/self"));
    Deno.symlinkSync("a|b", fixture.folder.join("top/y"));
    await new Deno.Command("mkfifo", { args: [fixture.folder.join("top/pipe")] }).output();
    const { code, stderr } = await fixture.client("put", "top");
    assertEquals(code, 8);
    assertStringIncludes(stderr, "top/x: left out: a link that leads nowhere, or out of");
    assertStringIncludes(stderr, "top/self: left out: a link; --links follow follows it");
    assertStringIncludes(stderr, "top/y: left out: a link; --links follow follows it");
    assertStringIncludes(stderr, "top/pipe: left out: neither a file nor a folder");
    assertStringIncludes(stderr, "4 items were left out\n");
    assertEquals(fixture.server.root.list("top"), ["a|b"]);
    const followed = await fixture.client("put", "top", "--links", "follow");
    assertEquals(followed.code, 8);
    assertStringIncludes(followed.stderr, "top/self: left out: a link to a folder that it is in");
    assertStringIncludes(followed.stderr, "3 items were left out\n");
    assertEquals(fixture.server.root.list("top"), ["a|b", "y"]);
  },
});

Deno.test("put: sends nothing that the programs keep for themselves, and names it", async () => {
  await using fixture = await startClientFolder();
  const { folder, server } = fixture;
  const env = { XDG_STATE_HOME: folder.join("home/s"), XDG_CONFIG_HOME: folder.join("home/c") };
  folder.write("home/s/tcp-chat/client_history", "secret");
  folder.write("home/s/tcp-chat/servers/a/tls-key.pem", "secret");
  folder.write("home/c/tcp-chat/known_hosts", "secret");
  folder.write("home/c/other", "");
  folder.write("home/.tcp-chat/part", "half");
  const put = (...args: string[]) =>
    run("client", ["put", `127.0.0.1:${server.port}`, ...args], { cwd: folder.path, env });
  const { code, stderr } = await put("home");
  assertEquals(code, 8);
  assertEquals(stderr.split("\n").slice(0, -1).toSorted(), [
    "3 items were left out",
    "home/.tcp-chat: left out: kept by tcp-chat for itself",
    "home/c/tcp-chat: left out: kept by tcp-chat for itself",
    "home/s/tcp-chat: left out: kept by tcp-chat for itself",
  ]);
  assertEquals([server.root.list("home"), server.root.list("home/c")], [["c", "s"], ["other"]]);
  const direct = await put("home/s/tcp-chat/servers/a", "home/c/tcp-chat/known_hosts");
  assertEquals([direct.code, server.root.list()], [4, ["home"]]);
});

Deno.test("get --replace: replaces nothing that it made itself", async () => {
  await using fixture = await startClientFolder({ "a/x": "first", "b/x": "second" });
  fixture.folder.write("client_downloads/x", "old");
  const { code, stdout } = await fixture.client("get", "a/x", "b/x", "--replace", "--json");
  assertEquals(code, 1);
  const [error] = eventsOf(stdout, "error");
  assertEquals([error?.code, error?.path], ["exists", "b/x"]);
  assertEquals(Deno.readTextFileSync(fixture.folder.join("client_downloads/x")), "first");
});

Deno.test({
  name: "put --replace: replaces nothing that it made itself",
  ...onUnix,
  fn: async () => {
    await using fixture = await startClientFolder({ "x": "old" });
    fixture.folder.write("a/x", "first");
    fixture.folder.write("b/x", "second");
    const { code, stdout } = await fixture.client("put", "a/x", "b/x", "--replace", "--json");
    assertEquals(code, 1);
    assertEquals(eventsOf(stdout, "error").map(({ code, path }) => [code, path]), [[
      "exists",
      "x",
    ]]);
    assertEquals(eventsOf(stdout, "done").length, 1);
    assertEquals(Deno.readTextFileSync(fixture.server.root.join("x")), "first");
  },
});

Deno.test({
  name: "put --replace: replaces nothing that it made itself under a name in another letter case",
  ...onUnix,
  fn: async () => {
    await using fixture = await startClientFolder({ "a.txt": "old", "b.txt": "old" });
    // To a system that ignores case, this is what the second name leads to
    Deno.symlinkSync("a.txt", fixture.server.root.join("A.txt"));
    fixture.server.root.write("B.txt", "old");
    fixture.folder.write("1/a.txt", "first");
    fixture.folder.write("2/A.txt", "second, and longer");
    fixture.folder.write("1/b.txt", "first");
    fixture.folder.write("2/B.txt", "second");
    const paths = ["1/a.txt", "2/A.txt", "1/b.txt", "2/B.txt"];
    const { code, stdout } = await fixture.client("put", ...paths, "--replace", "--json");
    assertEquals(code, 1);
    assertEquals(eventsOf(stdout, "error").map(({ code, path }) => [code, path]), [[
      "exists",
      "A.txt",
    ]]);
    const { root } = fixture.server;
    const contents = ["a.txt", "A.txt", "b.txt", "B.txt"].map((name) =>
      Deno.readTextFileSync(root.join(name))
    );
    assertEquals(contents, ["first", "first", "first", "second"]);
  },
});

Deno.test("get --protocol 1 --replace: replaces nothing that it made itself", async () => {
  await using fixture = await startClientFolder({
    "a/x": "first",
    "b/x": "second",
    "c/X": "third",
  });
  fixture.folder.write("client_downloads/x", "old");
  const args = ["a/x", "b/x", "c/X", "--replace", "--json", "--protocol", "1"];
  const { code, stdout } = await fixture.client("get", ...args);
  assertEquals(code, 1);
  assertEquals(eventsOf(stdout, "error").map(({ code, path }) => [code, path]), [[
    "exists",
    "b/x",
  ]]);
  assertEquals(Deno.readTextFileSync(fixture.folder.join("client_downloads/x")), "first");
  assertEquals(Deno.readTextFileSync(fixture.folder.join("client_downloads/X")), "third");
});

Deno.test("get: fetches the others where a folder cannot be made, and names it", async () => {
  await using fixture = await startClientFolder({
    "a.txt": "a",
    "dir/b.txt": "b",
    "dir/c/d.txt": "d",
  });
  fixture.folder.write("client_downloads/dir", "in the way");
  const { code, stdout, stderr } = await fixture.client("get", "a.txt", "dir", "--json");
  assertEquals(code, 7);
  assertEquals(stderr.match(/client_downloads/g)?.length, 1, stderr); // Once, for all below it
  assertEquals(eventsOf(stdout, "done").map(({ path }) => path), ["a.txt"]);
  assertEquals(eventsOf(stdout, "error").map(({ path }) => path).toSorted(), [
    "dir",
    "dir/b.txt",
    "dir/c",
    "dir/c/d.txt",
  ]);
  assertEquals(Deno.readTextFileSync(fixture.folder.join("client_downloads/dir")), "in the way");
});

Deno.test("stat: names every path that is not there", async () => {
  await using setting = await startClientFolder({ "there.txt": "x" });
  const { code, stdout, stderr } = await setting.client("stat", "a", "there.txt", "b", "c");
  assertEquals(stderr, "a: File not found\nb: File not found\nc: File not found\n");
  assertEquals([code, stdout.startsWith("there.txt\n")], [4, true]);
});
