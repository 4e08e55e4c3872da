import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { DiskError } from "../../lib/files/disk_error.ts";
import { KnownHosts } from "../../lib/files/known_hosts.ts";
import { writeLineHistory } from "../../lib/files/line_history.ts";
import { lockDataFolder } from "../../lib/files/server_state.ts";
import { serve } from "../../lib/server/serve.ts";
import { webPage } from "../../lib/web/web_page.ts";
import { refusalOf, startManaged } from "../helpers/managed_server.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const FILES = ["tls-key.pem", "tcp-chat.db", "rules"];

/** Makes a data folder as another server leaves it. */
function writeDataFolder(temp: TempDir, path: string): void {
  lockDataFolder(temp.join(path))?.close();
  for (const name of FILES.filter((name) => name !== "tcp-chat.db")) {
    temp.write(`${path}/${name}`, "secret");
  }
}

/** Checks that no request can use a folder, or a file in it. */
async function assertHidden(server: TestServer, folder: string, file = "tls-key.pem") {
  using peer = await Protocol2Peer.connect(server.port);
  for (const path of [folder, `${folder}/${file}`]) {
    for (const type of ["STAT", "LIST", "FGET"]) {
      assertEquals(await peer.refusal(type, { path }), "bad-path", `${type} ${path}`);
    }
  }
  for (const path of [`${folder}/new`, `${folder}/${file}`]) {
    const put = { path, size: 1, key: "k", replace: true };
    assertEquals(await peer.refusal("FPUT", put), "bad-path", path);
  }
  assertEquals(await peer.refusal("MKDR", { path: `${folder}/sub` }), "bad-path");
}

async function listAll(server: TestServer): Promise<string[]> {
  using peer = await Protocol2Peer.connect(server.port);
  const { entries } = await peer.request("LIST", { path: "", recursive: true });
  return (entries as { path: string }[]).map(({ path }) => path);
}

Deno.test("server: hides the data folder of another server, which is not running", async () => {
  const root = new TempDir();
  writeDataFolder(root, "a/daté");
  root.write("a/x", "x");
  await using server = await startServer({ uploads: true }, {}, root);
  await assertHidden(server, "a/daté");
  assertEquals(await listAll(server), ["a", "a/x"]);
  const files = await Array.fromAsync(server.server.files(), ({ path }) => path);
  assertEquals(files, ["a/x"]);
});

Deno.test("server: hides the data folder of a server from before the mark", async () => {
  const root = new TempDir();
  for (const name of FILES) root.write(`old/${name}`, "secret");
  await using server = await startServer({ uploads: true }, {}, root);
  await assertHidden(server, "old");
  assertEquals(await listAll(server), []);
});

Deno.test("server: hides the data folder of a server that starts beside it, wherever that moves", async () => {
  const root = new TempDir();
  root.write("a/x", "x");
  await using server = await startServer({ uploads: true }, {}, root);
  assertEquals(await listAll(server), ["a", "a/x"]);
  using elsewhere = new TempDir();
  const dataDirectory = root.join("a/data");
  await using _ = await serve({ port: 0, root: elsewhere.path, dataDirectory, tls: "own" });
  await assertHidden(server, "a/data");
  if (Deno.build.os !== "windows") {
    Deno.renameSync(dataDirectory, root.join("moved"));
    Deno.symlinkSync("moved", root.join("link"));
    await assertHidden(server, "moved");
    await assertHidden(server, "link");
  }
  assertEquals((await listAll(server)).filter((path) => !path.startsWith("link")), ["a", "a/x"]);
});

Deno.test("server: hides the state and the settings of any client, also where they are new", async () => {
  const root = new TempDir();
  root.write("bob/.config/tcp-chat/known_hosts", "pins");
  root.write("bob/.local/state/tcp-chat/client_history", "typed");
  writeLineHistory(root.join("x/tcp-chat/client_history"), ["typed"]);
  const pins = new KnownHosts(root.join("y/tcp-chat/known_hosts"));
  await pins.remember({ hostname: "h", port: 1 }, {
    fingerprint: "0".repeat(64),
    certificate: null,
  });
  await using server = await startServer({ uploads: true }, {}, root);
  const folders = ["bob/.config/tcp-chat", "bob/.local/state/tcp-chat", "ana/.config/tcp-chat"];
  for (const folder of [...folders, "x/tcp-chat", "y/tcp-chat"]) {
    await assertHidden(server, folder, folder.startsWith("x") ? "client_history" : "known_hosts");
  }
  assertEquals(await listAll(server), [
    "bob",
    "bob/.config",
    "bob/.local",
    "bob/.local/state",
    "x",
    "y",
  ]);
});

Deno.test("server: lets no client make a folder look like one of the programs' own", async () => {
  await using server = await startServer({ uploads: true }, { "a/x": "x", "a/.tcp-chat/y": "y" });
  using peer = await Protocol2Peer.connect(server.port);
  for (const name of ["tcp-chat.db", "TCP-Chat.DB", "tcp-chat.db-wal", ".tcp-chat"]) {
    for (const path of [`a/${name}`, `a/${name}/x`, name]) {
      const put = { path, size: 1, key: "k" };
      assertEquals(await peer.refusal("FPUT", put), "bad-path", path);
      assertEquals(await peer.refusal("MKDR", { path }), "bad-path", path);
    }
  }
  for (const name of ["rules", "tls-key.pem", "server.lock", "tcp-chat/known_hosts"]) {
    server.root.write(`a/${name}`, "x");
  }
  assertEquals((await listAll(server)).slice(0, 2), ["a", "a/rules"]);
});

Deno.test("server: neither moves nor removes the data folder of another server with what it lies in", async () => {
  const data = "a/b/c/data";
  await using fixture = await startManaged({ "a/x": "x", "d/e/f": "f" });
  const { peer, server: { root } } = fixture;
  writeDataFolder(root, data);
  for (const to of ["moved", "A", "d/a"]) {
    const refusal = await refusalOf(peer, "MOVE", { path: "a", to });
    assertEquals(refusal, { code: "bad-path", reason: "path-reserved" }, to);
  }
  await peer.request("MOVE", { path: "d", to: "moved" });
  const { omitted } = await peer.request("DELE", { path: "a", recursive: true });
  assertEquals(omitted, { count: 1, paths: [{ path: "a/b/c", reason: "not-empty" }] });
  assertEquals(root.list(data).filter((name) => FILES.includes(name)), ["rules", "tls-key.pem"]);
  assertEquals(root.list(), ["a", "moved"]);
});

Deno.test("GET /files: gives nothing of another server's data folder", async () => {
  const root = new TempDir();
  writeDataFolder(root, "data");
  root.write("x", "x");
  await using server = await startServer({ web: webPage() }, {}, root);
  const statusOf = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${server.port}/files/${path}`);
    await answer.body?.cancel();
    return answer.status;
  };
  assertEquals(await statusOf("x"), 200);
  for (const path of ["data", "data/tls-key.pem"]) assert(await statusOf(path) >= 400, path);
});

Deno.test("serve: refuses another server's data folder as root", async () => {
  using folder = new TempDir();
  writeDataFolder(folder, "data");
  const root = folder.join("data");
  const error = await assertRejects(() => serve({ port: 0, root }), DiskError);
  assertEquals([error.code, error.path], ["own", root]);
  assertStringIncludes(error.message, root);
});
