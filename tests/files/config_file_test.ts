import { assert, assertEquals, assertRejects } from "@std/assert";
import { DiskError } from "../../lib/files/disk_error.ts";
import { stampOf } from "../../lib/files/file_stamp.ts";
import { readConfigFile, statConfigFile } from "../../lib/files/config_file.ts";
import { TempDir } from "../helpers/temp_dir.ts";

Deno.test("lookAtFile tells the state of a file", async () => {
  using temp = new TempDir();
  const path = temp.write("file", "abc");
  assertEquals(await statConfigFile(path), stampOf(Deno.statSync(path)));
});

Deno.test("lookAtFile tells that a file, or its folder, is not there", async () => {
  using temp = new TempDir();
  temp.write("file", "");
  for (const path of ["none", "none/none", "file/none"]) {
    assertEquals(await statConfigFile(temp.join(path)), null);
  }
});

Deno.test("lookAtFile refuses what is no regular file, and waits for none", async () => {
  using temp = new TempDir();
  await assertRejects(() => statConfigFile(temp.path), DiskError, "not a regular file");
  if (Deno.build.os === "windows") return;
  await new Deno.Command("mkfifo", { args: [temp.join("fifo")] }).output();
  await assertRejects(() => statConfigFile(temp.join("fifo")), DiskError, "not a regular file");
});

Deno.test({
  name: "lookAtFile follows a link, and refuses one that leads nowhere",
  ignore: Deno.build.os === "windows",
  async fn() {
    using temp = new TempDir();
    temp.write("target", "abc");
    Deno.symlinkSync("target", temp.join("link"));
    assertEquals((await statConfigFile(temp.join("link")))?.sizeBytes, 3);
    Deno.symlinkSync("nowhere", temp.join("dangling"));
    await assertRejects(() => statConfigFile(temp.join("dangling")), DiskError, "dangling");
    Deno.symlinkSync("loop", temp.join("loop"));
    await assertRejects(() => statConfigFile(temp.join("loop")), DiskError);
  },
});

Deno.test("readSmallFile reads a file, and one byte more than it may have at the most", async () => {
  using temp = new TempDir();
  for (const length of [0, 1, 9, 10, 11, 12, 1_000]) {
    const path = temp.write(`${length}`, "x".repeat(length));
    const bytes = await readConfigFile(path, 10);
    assertEquals(bytes.length, Math.min(length, 11));
    assert(bytes.every((byte) => byte === 0x78));
  }
});

Deno.test("readSmallFile fails for what is not there", async () => {
  using temp = new TempDir();
  await assertRejects(() => readConfigFile(temp.join("none"), 10), DiskError);
});
