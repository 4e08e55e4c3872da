/** A crash between `link` and `remove` leaves a file with its final name and that of its part. */
import { assertEquals } from "@std/assert";
import { serve } from "../../lib/server/serve.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { TestClient } from "../helpers/clients.ts";
import { startServer } from "../helpers/servers.ts";
import { until } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const ignore = Deno.build.os === "windows"; // Link counts are not reported there
const OLD = patternedBytes(300_000, 1);
const NEW = patternedBytes(200_000, 2);

/** A folder as such a crash leaves it. */
function foldersWithBoth(): TempDir {
  const folder = new TempDir();
  folder.write("file.bin", OLD);
  Deno.mkdirSync(folder.join(".tcp-chat"));
  Deno.linkSync(folder.join("file.bin"), folder.join(".tcp-chat/file.bin.part"));
  return folder;
}

for (const protocol of [1, 2] as const) {
  Deno.test({
    name: `Client.download: removes the second name of an existing file, protocol ${protocol}`,
    ignore,
    async fn() {
      using folder = foldersWithBoth();
      await using server = await startServer({}, { "file.bin": OLD });
      await using peer = await TestClient.connect(server.port, { protocol });
      const target = { directory: folder.path, name: "file.bin" };
      assertEquals((await peer.client.download("file.bin", target)).skipped, true);
      assertEquals(folder.list(), ["file.bin"]);
      assertEquals(sha256Of(Deno.readFileSync(folder.join("file.bin"))), sha256Of(OLD));
    },
  });

  Deno.test({
    name:
      `Client.download: leaves the file unchanged when the content differs, protocol ${protocol}`,
    ignore,
    async fn() {
      using folder = foldersWithBoth();
      await using server = await startServer({}, { "file.bin": NEW });
      await using peer = await TestClient.connect(server.port, { protocol });
      const target = { directory: folder.path, name: "file.bin" };
      const { file } = await peer.client.download("file.bin", target);
      assertEquals(file, folder.join("file (1).bin"));
      assertEquals(folder.list(), ["file (1).bin", "file.bin"]);
      assertEquals(sha256Of(Deno.readFileSync(folder.join("file.bin"))), sha256Of(OLD));
      assertEquals(sha256Of(Deno.readFileSync(file)), sha256Of(NEW));
    },
  });
}

Deno.test("Client.download: removes an empty part of an existing file", async () => {
  using folder = new TempDir();
  folder.write("file.bin", OLD);
  folder.write(".tcp-chat/file.bin.part", "");
  folder.write(".tcp-chat/file.bin.part.version", "x");
  await using server = await startServer({}, { "file.bin": OLD });
  await using peer = await TestClient.connect(server.port, { protocol: 2 });
  const target = { directory: folder.path, name: "file.bin" };
  assertEquals((await peer.client.download("file.bin", target)).skipped, true);
  assertEquals(folder.list(), ["file.bin"]);
});

Deno.test({
  name: "server start: removes the part of an upload that has its final name",
  ignore,
  async fn() {
    using root = new TempDir();
    const key = "0".repeat(64);
    root.write("file.bin", OLD);
    root.write(`.tcp-chat/${"1".repeat(64)}.upload`, NEW);
    Deno.linkSync(root.join("file.bin"), root.join(`.tcp-chat/${key}.upload`));
    const server = await serve({ hostname: "127.0.0.1", port: 0, root: root.path, uploads: true });
    await until(() => root.list(".tcp-chat").length === 1, "the part to be removed")
      .finally(() => server.stop());
    assertEquals(root.list(".tcp-chat"), [`${"1".repeat(64)}.upload`]);
    assertEquals(sha256Of(Deno.readFileSync(root.join("file.bin"))), sha256Of(OLD));
  },
});
