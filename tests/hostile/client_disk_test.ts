import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Client } from "../../lib/client/client.ts";
import { connect } from "../../lib/client/connect.ts";
import { DiskError } from "../../lib/files/disk_error.ts";
import { patternedBytes } from "../helpers/bytes.ts";
import { ChildProcess } from "../helpers/child_process.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";
import { mountSmall } from "../helpers/small_disk.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { unprivilegedPrefix } from "../helpers/unprivileged.ts";

const ignore = Deno.build.os === "windows";
const MIB = 1024 * 1024;
const FILES = { "big.bin": patternedBytes(3 * MIB), "small.txt": "small" };

/** Checks that the connection still works: another download succeeds. */
async function assertLives(client: Client): Promise<void> {
  using folder = new TempDir();
  const target = { directory: folder.path, name: "small.txt" };
  const { file } = await client.download("small.txt", target);
  assertEquals(Deno.readTextFileSync(file), "small");
}

async function connectTo(server: TestServer): Promise<Client> {
  return await connect({ hostname: "127.0.0.1", port: server.port });
}

Deno.test({
  name: "Client.download: fails with no-space on a full disk, and keeps the connection",
  ignore,
  async fn() {
    using folder = new TempDir();
    using disk = mountSmall(folder.path);
    if (disk === null) {
      console.log(
        "Skipped: this process may not mount. The test of the file size limit covers this.",
      );
      return;
    }
    await using server = await startServer({}, FILES);
    const client = await connectTo(server);
    const target = { directory: folder.path, name: "big.bin" };
    const error = await assertRejects(() => client.download("big.bin", target), DiskError);
    assertEquals([error.code, error.path], ["no-space", folder.join("big.bin")]);
    assertEquals(folder.list(), [".tcp-chat/big.bin.part", ".tcp-chat/big.bin.part.version"]);
    await assertLives(client);
    // Without the part, there is room again
    for (const name of folder.list()) Deno.removeSync(folder.join(name));
    const small = { directory: folder.path, name: "small.txt" };
    assertEquals((await client.download("small.txt", small)).sizeBytes, 5);
    await client.quit();
    assertEquals(folder.list(), ["small.txt"]);
  },
});

Deno.test({
  name: "Client.download: fails with no-space at the file size limit of the process",
  ignore,
  async fn() {
    using folder = new TempDir();
    await using server = await startServer({}, FILES);
    await using child = new ChildProcess(
      "download_child.ts",
      [String(server.port), "big.bin", folder.path],
      "trap '' XFSZ; ulimit -f 2048; exec",
    );
    const { error, code } = await child.waitFor("failed");
    assertEquals([error, code], ["DiskError", "no-space"]);
    assertEquals(folder.list(), [".tcp-chat/big.bin.part", ".tcp-chat/big.bin.part.version"]);
    // The child has sent QUIT; a connection for data may have ended before
    await server.waitFor("disconnected", ({ reason }) => reason === "quit");
  },
});

Deno.test({
  name:
    "Client.download: fails with denied in a folder without permission, and the client still quits",
  ignore: unprivilegedPrefix() === null,
  async fn() {
    using folder = new TempDir();
    Deno.mkdirSync(folder.join("locked"));
    Deno.chmodSync(folder.join("locked"), 0o500);
    await using server = await startServer({}, FILES);
    for (const directory of [folder.join("locked"), folder.join("locked", "new")]) {
      await using child = new ChildProcess(
        "download_child.ts",
        [String(server.port), "big.bin", directory],
        unprivilegedPrefix()!,
      );
      const { error, code, message } = await child.waitFor("failed");
      assertEquals([error, code], ["DiskError", "denied"]);
      assert(String(message).includes(directory), String(message));
    }
    assertEquals(folder.list("locked"), []);
    const reasons = [1, 2].map((id) =>
      server.waitFor("disconnected", ({ client }) => client === id)
    );
    assertEquals((await Promise.all(reasons)).map(({ reason }) => reason), ["quit", "quit"]);
  },
});

/** Obstacles at the target of the download; its folder is `folder/downloads`. */
const OBSTACLES: Record<string, (folder: TempDir) => void> = {
  "the folder is a file": (folder) => void folder.write("downloads", "I am a file"),
  "the folder is a dangling link": (folder) => {
    Deno.symlinkSync("nowhere/at/all", folder.join("downloads"));
  },
  "the part is a folder": (folder) => void folder.write("downloads/.tcp-chat/big.bin.part/x", "x"),
  "the part is a link to another file": (folder) => {
    folder.write("downloads/.tcp-chat/x", "x");
    Deno.symlinkSync(folder.join("canary.txt"), folder.join("downloads/.tcp-chat/big.bin.part"));
  },
  "the part is a FIFO": (folder) => {
    folder.write("downloads/.tcp-chat/x", "x");
    const args = [folder.join("downloads/.tcp-chat/big.bin.part")];
    new Deno.Command("mkfifo", { args }).outputSync();
  },
};

for (const [what, place] of Object.entries(OBSTACLES)) {
  Deno.test({
    name: `Client.download: fails if ${what}, and keeps the connection`,
    ignore,
    async fn() {
      using folder = new TempDir();
      folder.write("canary.txt", "canary");
      place(folder);
      await using server = await startServer({}, FILES);
      const client = await connectTo(server);
      const target = { directory: folder.join("downloads"), name: "big.bin" };
      const error = await assertRejects(() => client.download("big.bin", target), DiskError);
      assert(error.message.includes(folder.join("downloads")), error.message);
      assertEquals(Deno.readTextFileSync(folder.join("canary.txt")), "canary");
      await assertLives(client);
      await client.quit();
    },
  });
}

Deno.test({
  name: "Client.download: leaves an existing link of the name and its target untouched",
  ignore,
  async fn() {
    using folder = new TempDir();
    folder.write("canary.txt", "canary");
    folder.write("downloads/.tcp-chat/x", "x");
    Deno.symlinkSync(folder.join("canary.txt"), folder.join("downloads/small.txt"));
    await using server = await startServer({}, FILES);
    const client = await connectTo(server);
    const target = { directory: folder.join("downloads"), name: "small.txt" };
    const { file } = await client.download("small.txt", target);
    await client.quit();
    assertEquals(file, folder.join("downloads/small (1).txt"));
    assertEquals(Deno.readTextFileSync(folder.join("canary.txt")), "canary");
    assert(Deno.lstatSync(folder.join("downloads/small.txt")).isSymlink);
  },
});

Deno.test("Client.download: keeps downloads of two clients to the same name apart", async () => {
  using folder = new TempDir();
  await using server = await startServer({}, FILES);
  const clients = [await connectTo(server), await connectTo(server)];
  const target = { directory: folder.path, name: "big.bin" };
  const results = await Promise.allSettled(
    clients.map((client) => client.download("big.bin", target)),
  );
  for (const result of results) {
    if (result.status === "fulfilled") {
      assertEquals(Deno.readFileSync(result.value.file), FILES["big.bin"]);
    } else {
      assertEquals([result.reason.name, result.reason.code], ["DiskError", "busy"]);
    }
  }
  assert(results.some(({ status }) => status === "fulfilled"));
  for (const client of clients) await assertLives(client);
  for (const client of clients) await client.quit();
  assert(!folder.list().includes(".tcp-chat/big.bin.part"));
});
