import { assert, assertEquals, assertRejects } from "@std/assert";
import { downloadAll } from "../../lib/client/download_all.ts";
import { planDownload } from "../../lib/client/plan_download.ts";
import { checkSpace } from "../../lib/files/check_space.ts";
import { DiskError } from "../../lib/files/disk_error.ts";
import { makeWorkFolder } from "../../lib/files/work_folder.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { TestClient } from "../helpers/clients.ts";
import { startServer } from "../helpers/servers.ts";
import { mountSmall, resizeSmall } from "../helpers/small_disk.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { writeZeros } from "../helpers/zero_file.ts";

const MIB = 1024 * 1024;
const FILES = [{ localPath: "a.bin", sizeBytes: 12 * MIB }, {
  localPath: "b.bin",
  sizeBytes: 8 * MIB,
}];

/** Runs a test in a folder on a disk of that size, where this process may mount one. */
async function onDisk(size: string, test: (folder: TempDir) => Promise<void>): Promise<void> {
  using folder = new TempDir();
  using disk = mountSmall(folder.path);
  if (disk === null) {
    console.log("Skipped: this process may not mount.");
    return;
  }
  resizeSmall(folder.path, size);
  await test(folder);
}

const ignore = Deno.build.os !== "linux";

Deno.test({
  name:
    "downloadAll: fails before it asks for a file if there is no room for all, and names both sizes",
  ignore,
  fn: () =>
    onDisk("18m", async (folder) => {
      await using server = await startServer();
      for (const { localPath, sizeBytes } of FILES) {
        writeZeros(server.root.join(localPath), sizeBytes);
      }
      await using client = await TestClient.connect(server.port, { protocol: 2 });
      const options = { directory: folder.path };
      const { files, failures } = await downloadAll(client.client, ["*.bin"], options);
      assertEquals([files.length, failures.map(({ path }) => path)], [0, ["a.bin", "b.bin"]]);
      const [error] = failures.map(({ error }) => error);
      assert(error instanceof DiskError && error.space !== null);
      assertEquals([error.code, error.space.needed], ["no-space", 20 * MIB]);
      assert(error.space.free > 17 * MIB && error.space.free <= 18 * MIB);
      const { message, exitCode } = makeLocale("en").failure(error);
      const sizes = "21 MB are needed, 18.9 MB are free";
      assertEquals([message, exitCode], [`Not enough space in ${folder.path}: ${sizes}`, 7]);
      assertEquals([folder.list(), server.eventsOf("download")], [[], []]);
      const plan = await planDownload(client.client, ["*.bin"], options);
      const planned = plan.failures.map(({ path, error }) => [path, String(error)]);
      assertEquals(planned, [["a.bin", String(error)]]);
      resizeSmall(folder.path, "32m");
      const { failures: none } = await downloadAll(client.client, ["*.bin"], options);
      assertEquals([none, folder.list()], [[], ["a.bin", "b.bin"]]);
      const again = await downloadAll(client.client, ["*.bin"], options);
      assertEquals(again.files.map(({ skipped }) => skipped), [true, true], "they need no room");
    }),
});

Deno.test({
  name: "checkSpace: counts what is there, and parts of what is not",
  ignore,
  fn: () =>
    onDisk("19m", async (folder) => {
      await assertRejects(() => checkSpace(folder.path, FILES), DiskError);
      await assertRejects(() => checkSpace(folder.join("new", "er"), FILES), DiskError);
      writeZeros(`${makeWorkFolder(folder.path)}/a.bin.part`, 2 * MIB);
      await checkSpace(folder.path, FILES);
      Deno.removeSync(folder.join(".tcp-chat", "a.bin.part"));
      folder.write("b.bin", "another");
      await assertRejects(() => checkSpace(folder.path, FILES), DiskError);
      writeZeros(folder.join("b (1).bin"), 8 * MIB);
      await checkSpace(folder.path, FILES);
    }),
});

Deno.test({
  name: "checkSpace: does not look at less than 16 MiB, which may turn out to fit",
  ignore,
  fn: () =>
    onDisk("1m", async (folder) => {
      const localPath = "a.bin";
      await checkSpace(folder.path, [{ localPath, sizeBytes: 16 * MIB - 1 }]);
      await checkSpace(folder.path, [{ localPath, sizeBytes: null }]);
      const large = [{ localPath, sizeBytes: 16 * MIB }];
      await assertRejects(() => checkSpace(folder.path, large), DiskError);
    }),
});
