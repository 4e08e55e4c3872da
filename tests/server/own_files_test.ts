import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { DiskError } from "../../lib/files/disk_error.ts";
import { OwnFiles } from "../../lib/files/own_files.ts";
import { SMALL_FILE_BYTES } from "../../lib/files/small_bytes.ts";
import type { ServerSetup } from "../../lib/server/config/options.ts";
import { serve } from "../../lib/server/serve.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { RawPeer, textOf } from "../helpers/raw_peer.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";
import { mountAgain } from "../helpers/small_disk.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** A server whose data folder lies in its served folder, with a key that is large or small. */
async function startInside(
  options: Omit<ServerSetup, "root"> = {},
  key: string | Uint8Array = "secret key",
): Promise<TestServer> {
  const root = new TempDir();
  const dataDirectory = root.join("home/state");
  root.write("home/state/tls-key.pem", key);
  Deno.utimeSync(root.join("home/state/tls-key.pem"), 0, 0);
  root.write("home/a.txt", "hello");
  return await startServer({ uploads: true, ...options, dataDirectory }, {}, root);
}

/** A server whose data folder is `state` in `data`, outside its served folder. */
async function startOutside(data: TempDir, files: Record<string, string>): Promise<TestServer> {
  data.write("state/tls-key.pem", "secret key");
  return await startServer({ uploads: true, dataDirectory: data.join("state") }, files);
}

/** Checks that a folder of the server's own can be used by no request. */
async function assertHidden(server: TestServer, folder: string): Promise<void> {
  using peer = await Protocol2Peer.connect(server.port);
  for (const path of [folder, `${folder}/tls-key.pem`, `${folder}/tcp-chat.db`]) {
    for (const type of ["STAT", "LIST", "FGET"]) {
      assertEquals(await peer.refusal(type, { path }), "bad-path", `${type} ${path}`);
    }
    assertEquals(await peer.refusal("FGET", { path, offset: 1 }), "bad-path", path);
  }
  for (const path of [`${folder}/rules`, `${folder}/new/rules`, `${folder}/tls-key.pem`]) {
    const refused = await peer.refusal("FPUT", { path, size: 3, key: "k", replace: true });
    assertEquals(refused, "bad-path", path);
  }
  assertEquals(await peer.refusal("MKDR", { path: `${folder}/new` }), "bad-path");
  using old = await RawPeer.connect(server.port);
  await old.sendFrame("FILE", `${folder}/tls-key.pem`);
  assertEquals(textOf(await old.expect("FERR")), "This name is not allowed");
}

async function listAll(server: TestServer, path = ""): Promise<string[]> {
  using peer = await Protocol2Peer.connect(server.port);
  const { entries } = await peer.request("LIST", { path, recursive: true });
  return (entries as { path: string }[]).map((entry) => entry.path);
}

const onUnix = { ignore: Deno.build.os === "windows" };

Deno.test("server: hides a data folder in the served folder from every request, and warns", async () => {
  for (const key of ["secret key", new Uint8Array(SMALL_FILE_BYTES + 1)]) {
    await using server = await startInside({}, key);
    const { message } = await server.waitFor("warning");
    assertStringIncludes(message, server.root.join("home/state"));
    await assertHidden(server, "home/state");
    assertEquals(await listAll(server), ["home", "home/a.txt"]);
    assertEquals(await listAll(server, "home"), ["home/a.txt"]);
    const files = await Array.fromAsync(server.server.files(), ({ path }) => path);
    assertEquals(files, ["home/a.txt"]);
    assert(!server.root.list("home/state").includes("rules"));
  }
});

Deno.test("server: does not warn about a data folder elsewhere", async () => {
  using data = new TempDir();
  await using server = await startServer({ dataDirectory: data.path }, { "a.txt": "a" });
  assertEquals(await listAll(server), ["a.txt"]);
  assertEquals(server.eventsOf("warning"), []);
});

Deno.test({
  name: "server: hides its data folder behind links, hard links and parents that are links",
  ...onUnix,
  async fn() {
    await using server = await startInside();
    const { root } = server;
    Deno.symlinkSync("home/state", root.join("folder"));
    Deno.symlinkSync("home", root.join("parent"));
    Deno.symlinkSync("home/state/tls-key.pem", root.join("key"));
    Deno.linkSync(root.join("home/state/tls-key.pem"), root.join("same"));
    await assertHidden(server, "folder");
    await assertHidden(server, "parent/state");
    assertEquals(await listAll(server), ["home", "home/a.txt", "parent"]);
    using peer = await Protocol2Peer.connect(server.port);
    for (const path of ["key", "same"]) {
      assertEquals(await peer.refusal("FGET", { path }), "bad-path", path);
      assertEquals(await peer.refusal("STAT", { path }), "bad-path", path);
      const put = { path, size: 1, key: "k", replace: true };
      assertEquals(await peer.refusal("FPUT", put), "bad-path", path);
    }
  },
});

Deno.test({
  name: "server: hides its data folder that is moved into the served folder later",
  ...onUnix,
  async fn() {
    using data = new TempDir();
    await using server = await startOutside(data, { "a/b.txt": "b" });
    assertEquals(await listAll(server), ["a", "a/b.txt"]);
    Deno.renameSync(data.join("state"), server.root.join("a/moved"));
    await assertHidden(server, "a/moved");
    assertEquals(await listAll(server), ["a", "a/b.txt"]);
  },
});

Deno.test({
  name:
    "server: hides a folder of the programs without a mark that is moved into the served folder",
  ...onUnix,
  async fn() {
    using data = new TempDir();
    data.write("pins/known", "pins");
    await using server = await startServer({ ownPaths: [data.join("pins")] }, { "a/b.txt": "b" });
    Deno.renameSync(data.join("pins"), server.root.join("a/moved"));
    using peer = await Protocol2Peer.connect(server.port);
    assertEquals(await peer.refusal("STAT", { path: "a/moved/known" }), "bad-path");
    assertEquals(await listAll(server), ["a", "a/b.txt"]);
  },
});

Deno.test({
  name: "server: hides its data folder that is mounted into the served folder later",
  ...onUnix,
  async fn() {
    using data = new TempDir();
    await using server = await startOutside(data, { "a/b.txt": "b", "above/x": "x" });
    Deno.mkdirSync(server.root.join("a/mount"));
    using mount = mountAgain(data.join("state"), server.root.join("a/mount"));
    using above = mountAgain(data.path, server.root.join("above"));
    if (mount === null || above === null) return; // Only root may mount
    await assertHidden(server, "a/mount");
    await assertHidden(server, "above/state");
    assertEquals(await listAll(server), ["a", "a/b.txt", "above"]);
  },
});

Deno.test("server: hides other files and folders of the programs' own", async () => {
  const root = new TempDir();
  root.write("state/client_history", "typed");
  root.write("tls/key.pem", "key");
  root.write("tls/cert.pem", "cert");
  const ownPaths = [root.join("state"), root.join("tls/key.pem"), root.join("later/pins")];
  await using server = await startServer({ uploads: true, ownPaths }, {}, root);
  using peer = await Protocol2Peer.connect(server.port);
  root.write("later/pins", "pins");
  for (const path of ["state", "state/client_history", "tls/key.pem", "later/pins"]) {
    assertEquals(await peer.refusal("STAT", { path }), "bad-path", path);
  }
  assertEquals(await listAll(server), ["later", "tls", "tls/cert.pem"]);
});

Deno.test("serve: refuses the data folder, and what is in a folder of the programs' own, as root", async () => {
  using folder = new TempDir();
  folder.write("state/servers/a/rules", "");
  for (const root of [folder.join("state"), folder.join("state/servers/a")]) {
    for (const options of [{ dataDirectory: root }, { ownPaths: [folder.join("state")] }]) {
      const error = await assertRejects(() => serve({ port: 0, root, ...options }), DiskError);
      assertEquals([error.code, error.path], ["own", root]);
    }
  }
});

Deno.test("serve: serves a folder in the data folder, without the files around it", async () => {
  const root = new TempDir();
  root.write("files/a.txt", "a");
  const dataDirectory = root.path;
  await using server = await serve({ port: 0, root: root.join("files"), dataDirectory });
  using _ = root;
  using peer = await Protocol2Peer.connect(server.port);
  const { entries } = await peer.request("LIST", { path: "", recursive: true });
  assertEquals((entries as { path: string }[]).map(({ path }) => path), ["a.txt"]);
  assertEquals(new TextDecoder().decode((await peer.get("a.txt")).bytes), "a");
});

Deno.test({
  name: "server: hides the folders for files under way at every depth, also behind links",
  ...onUnix,
  async fn() {
    await using server = await startServer(
      { uploads: true },
      { "a/.tcp-chat/x.part": "x", "b/.TCP-Chat-1000/y.part": "y" },
    );
    Deno.symlinkSync("../a/.tcp-chat", server.root.join("b/link"));
    Deno.symlinkSync("../b/.TCP-Chat-1000/y.part", server.root.join("a/file"));
    using peer = await Protocol2Peer.connect(server.port);
    const paths = [
      "a/.tcp-chat",
      "a/.tcp-chat/x.part",
      "b/link/.tcp-chat/x.part",
      "b/link",
      "a/file",
    ];
    for (const path of [...paths, "b/.tcp-chat-1000/y.part", "A/.TCP-CHAT/x"]) {
      assertEquals(await peer.refusal("STAT", { path }), "bad-path", path);
    }
    assertEquals(await listAll(server), ["a", "b"]);
  },
});

Deno.test({
  name: "server: serves a new file that has the identity of a deleted file of its own",
  ...onUnix,
  async fn() {
    using data = new TempDir();
    data.write("state/old", "");
    await using server = await startOutside(data, {});
    // A system that gives the identity of a deleted file to the next one does the same
    Deno.renameSync(data.join("state/old"), server.root.join("new"));
    using peer = await Protocol2Peer.connect(server.port);
    assertEquals((await peer.request("STAT", { path: "new" })).size, 0);
    assertEquals(await listAll(server), ["new"]);
  },
});

Deno.test("OwnFiles: finds the state that another server keeps in the served folder itself", async () => {
  using root = new TempDir();
  for (const name of ["rules", "a.txt"]) root.write(name, "x");
  const own = new OwnFiles([], root.path);
  await own.refresh();
  assertEquals(own.found.ownPaths, []);
  root.write(".tcp-chat", "mark");
  await own.refresh();
  assert(own.found.ownPaths.some((path) => path.endsWith("/rules") || path.endsWith("\\rules")));
});

Deno.test("OwnFiles.refresh: never waits for the disk in its thread, which may not answer", async () => {
  using root = new TempDir();
  root.write(".tcp-chat", "mark");
  const own = new OwnFiles([root.join("state")], root.path);
  const { statSync, lstatSync } = Deno;
  const looks: unknown[] = [];
  Deno.statSync = (path) => (looks.push(path), statSync(path));
  Deno.lstatSync = (path) => (looks.push(path), lstatSync(path));
  try {
    await own.refresh();
  } finally {
    Object.assign(Deno, { statSync, lstatSync });
  }
  assertEquals(looks, []);
  assert(own.found.ownPaths.length > 1);
});
