import { assertEquals } from "@std/assert";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { dataFrames, type Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { underWay } from "../helpers/under_way.ts";

const MIB = 1024 * 1024;

/** Sends an upload without waiting for its refusal, and checks that the connection lives. */
async function refusalOf(peer: Protocol2Peer, path: string, fields: Json = {}): Promise<string> {
  const content = patternedBytes(100_000);
  const id = await peer.ask("FPUT", { path, size: content.length, ...fields });
  await peer.sendContent(id, content);
  const code = await peer.fail(id);
  await peer.assertLives();
  return code;
}

Deno.test("FPUT: works after a refused FPUT", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  assertEquals(await refusalOf(peer, "../x"), "bad-path");
  await peer.put("good.txt", "good");
  assertEquals([server.root.list(), underWay(server)], [["good.txt"], []]);
});

/** A path for each rule of section 5 of the protocol. */
const BAD_PATHS: Record<string, string> = {
  "that is empty": "",
  "that is absolute": "/etc/cron.d/x",
  "that is a slash": "/",
  "with an empty component": "a//b",
  "that ends in a slash": "a/",
  "with a dot": "a/./b",
  "that is a dot": ".",
  "that climbs": "../x",
  "that climbs in the middle": "a/../../x",
  "longer than 4096 bytes": `${"a/".repeat(2_048)}b`,
  "longer than 4096 bytes in UTF-8": `${"ã/".repeat(1_400)}b`,
  "with a component longer than 255 bytes": `a/${"b".repeat(256)}`,
  "with a component longer than 255 bytes in UTF-8": "ã".repeat(128),
  "into the private folder": ".tcp-chat/x",
  "of the private folder in capitals": ".TCP-CHAT/x",
  "of a private folder further down": "a/.tcp-chat",
  "with a NUL": "a\0b",
  "with a newline": "a\nb",
  "with an escape": "a\x1b[2Jb",
  "with DEL": "a\x7fb",
  "with a control character of C1": "a\u0085b",
  "with a backslash": "..\\x",
};

for (const [what, path] of Object.entries(BAD_PATHS)) {
  Deno.test(`FPUT: refuses a path ${what}, and writes nothing`, async () => {
    await using server = await startServer({ uploads: true });
    using peer = await Protocol2Peer.connect(server.port);
    assertEquals(await refusalOf(peer, path), "bad-path");
    assertEquals(await peer.refusal("FPUT", { path, size: 1, key: "key" }), "bad-path");
    assertEquals(server.root.list(), []);
  });
}

Deno.test("FPUT: accepts paths that only resemble forbidden paths", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  const paths = [
    "...a",
    ".hidden",
    "a..b",
    "console.txt",
    "com0",
    " a",
    ".tcp-chat2/x",
    "b".repeat(255),
    "ação/日本語 (1).txt",
    "a'b;c&d$e%f#g@h!i~j`k{l}m[n]o^p+q=r,s",
  ];
  for (const path of paths) {
    assertEquals((await peer.put(path, "x")).path, path);
    assertEquals(Deno.readTextFileSync(server.root.join(path)), "x");
  }
});

Deno.test("FPUT: is denied without uploads", async () => {
  await using server = await startServer({ uploads: false }, { "a.txt": "mine" });
  using peer = await Protocol2Peer.connect(server.port);
  for (const path of ["a.txt", "new.txt"]) {
    assertEquals(await refusalOf(peer, path, { replace: true }), "denied");
    assertEquals(await peer.refusal("FPUT", { path, size: 1, key: "key" }), "denied");
  }
  assertEquals(server.root.list(), ["a.txt"]);
  assertEquals(Deno.readTextFileSync(server.root.join("a.txt")), "mine");
});

Deno.test("FPUT: is unsupported without files", async () => {
  await using server = await startServer({ uploads: true, files: false });
  using peer = await Protocol2Peer.connect(server.port);
  assertEquals(await refusalOf(peer, "a.txt"), "unsupported");
});

Deno.test("FPUT: fails with too-large for more than maxUploadBytes", async () => {
  await using server = await startServer({ uploads: true, maxUploadBytes: 70_000 });
  using peer = await Protocol2Peer.connect(server.port);
  for (const size of [0, 69_999, 70_000]) await peer.put(`${size}.bin`, patternedBytes(size));
  for (const size of [70_001, 2 ** 40, 2 ** 53 - 1]) {
    const id = await peer.ask("FPUT", { path: "big.bin", size });
    assertEquals(await peer.fail(id), "too-large");
    await peer.send("FCAN", { id });
  }
  assertEquals(await refusalOf(peer, "big.bin"), "too-large");
  const id = await peer.ask("FPUT", { path: "big.bin", size: 70_001 });
  const { reason, limit } = await peer.expect("FAIL");
  assertEquals([reason, limit], ["upload-large", 70_000]);
  await peer.send("FCAN", { id });
  assertEquals(server.root.list(), ["0.bin", "69999.bin", "70000.bin"]);
});

Deno.test("FPUT: fails with no-space, before any data, for more bytes than the disk has free", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  for (const key of [undefined, "key"]) {
    const id = await peer.ask("FPUT", { path: "big.bin", size: 2 ** 52, key });
    assertEquals(await peer.fail(id), "no-space");
    await peer.send("FCAN", { id });
  }
  await peer.put("small.txt", "small");
  assertEquals(underWay(server), []);
});

Deno.test("FPUT: fails with not-a-file if the path is a folder, or a parent is a file", async () => {
  await using server = await startServer({ uploads: true }, { "f/a.txt": "a" });
  using peer = await Protocol2Peer.connect(server.port);
  for (const path of ["f", "f/a.txt/b", "f/a.txt/b/c"]) {
    for (const replace of [false, true]) {
      assertEquals(await refusalOf(peer, path, { replace }), "not-a-file", path);
    }
  }
  assertEquals(Deno.readTextFileSync(server.root.join("f/a.txt")), "a");
});

Deno.test({
  name: "FPUT: follows links inside the root, but not out of it",
  ignore: Deno.build.os === "windows",
  async fn() {
    using outside = new TempDir();
    outside.write("secret.txt", "secret");
    await using server = await startServer({ uploads: true }, { "f/a.txt": "a" });
    const { root } = server;
    Deno.symlinkSync("f", root.join("folder-in"));
    Deno.symlinkSync("f/a.txt", root.join("file-in"));
    Deno.symlinkSync(outside.path, root.join("folder-out"));
    Deno.symlinkSync(outside.join("secret.txt"), root.join("file-out"));
    Deno.symlinkSync(outside.join("new.txt"), root.join("dangling-out"));
    root.write(".tcp-chat/other", "");
    Deno.symlinkSync(".tcp-chat", root.join("private"));
    using peer = await Protocol2Peer.connect(server.port);
    await peer.put("folder-in/b.txt", "b");
    assertEquals(Deno.readTextFileSync(root.join("f/b.txt")), "b");
    // The target of a link is replaced
    await peer.put("file-in", "new", { replace: true });
    assertEquals(Deno.readTextFileSync(root.join("f/a.txt")), "new");
    for (const path of ["folder-out/x", "file-out", "private/x"]) {
      assertEquals(await refusalOf(peer, path, { replace: true }), "bad-path", path);
    }
    const dangling = await refusalOf(peer, "dangling-out", { replace: true }).catch(() => "done");
    assertEquals(outside.list(), ["secret.txt"], `dangling: ${dangling}`);
    assertEquals(Deno.readTextFileSync(outside.join("secret.txt")), "secret");
  },
});

Deno.test({
  name: "FPUT: never writes to a FIFO or a device",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using server = await startServer({ uploads: true });
    new Deno.Command("mkfifo", { args: [server.root.join("fifo")] }).outputSync();
    Deno.symlinkSync("/dev/null", server.root.join("null"));
    using peer = await Protocol2Peer.connect(server.port);
    assertEquals(await refusalOf(peer, "fifo", { replace: true }), "not-a-file");
    assertEquals(await refusalOf(peer, "null", { replace: true }), "bad-path");
    assertEquals(Deno.lstatSync(server.root.join("fifo")).isFile, false);
  },
});

const LONGEST_KEYS = ["k".repeat(200), "🙂".repeat(200), "../../x", "a\0b", " "];

Deno.test("FPUT: accepts a key of up to 200 characters of any kind", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  for (const [i, key] of LONGEST_KEYS.entries()) await peer.put(`${i}.txt`, "x", { key });
  assertEquals(server.root.list(), ["0.txt", "1.txt", "2.txt", "3.txt", "4.txt"]);
});

Deno.test("FPUT: drops data after a failure up to FEND, and accepts the next upload", async () => {
  await using server = await startServer({ uploads: true }, { "there.txt": "x" });
  using peer = await Protocol2Peer.connect(server.port);
  const content = patternedBytes(3 * MIB);
  const failing = await peer.ask("FPUT", { path: "there.txt", size: content.length });
  assertEquals(await peer.fail(failing), "exists");
  await peer.raw.send(...dataFrames(content)); // As if FAIL had not arrived yet
  await peer.raw.send(...dataFrames(content)); // Even more than announced
  await peer.send("FEND", { id: failing, sha256: sha256Of(content) });
  assertEquals((await peer.put("next.bin", content)).sha256, sha256Of(content));
});

Deno.test("FPUT: drops data after a failure up to FCAN, and accepts the next upload", async () => {
  await using server = await startServer({ uploads: true }, { "there.txt": "x" });
  using peer = await Protocol2Peer.connect(server.port);
  const content = patternedBytes(MIB);
  const failing = await peer.ask("FPUT", { path: "there.txt", size: content.length });
  assertEquals(await peer.fail(failing), "exists");
  await peer.raw.send(...dataFrames(content));
  await peer.send("FCAN", { id: failing });
  assertEquals((await peer.put("next.bin", content)).sha256, sha256Of(content));
  assertEquals(server.eventsOf("refused").length, 1);
});

Deno.test("FPUT: answers pipelined uploads independently of failures between them", async () => {
  await using server = await startServer({ uploads: true }, { "there.txt": "x" });
  using peer = await Protocol2Peer.connect(server.port);
  const paths = ["a.txt", "there.txt", "b.txt", "../x", "c.txt", "there.txt", "d.txt"];
  const ids: number[] = [];
  for (const path of paths) {
    ids.push(await peer.ask("FPUT", { path, size: path.length }));
    await peer.sendContent(ids.at(-1)!, path);
  }
  const outcomes: unknown[] = [];
  while (outcomes.length < ids.length) {
    const { type, json } = (await peer.read())!;
    if (type !== "REDY") outcomes.push([json.id, type === "DONE" ? json.path : json.code]);
  }
  const codes: Record<string, string> = { "there.txt": "exists", "../x": "bad-path" };
  assertEquals(outcomes, paths.map((path, i) => [ids[i], codes[path] ?? path]));
  for (const path of ["a.txt", "b.txt", "c.txt", "d.txt"]) {
    assertEquals(Deno.readTextFileSync(server.root.join(path)), path);
  }
  assertEquals(Deno.readTextFileSync(server.root.join("there.txt")), "x");
});
