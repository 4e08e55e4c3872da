import { assert, assertEquals, assertRejects } from "@std/assert";
import { editConfigFile, readConfigFile, statConfigFile } from "../../lib/files/config_file.ts";
import { DiskError } from "../../lib/files/disk_error.ts";
import { isMarkedFolder } from "../../lib/files/own_marks.ts";
import { stampOf } from "../../lib/files/file_stamp.ts";
import { TempDir } from "../helpers/temp_dir.ts";

Deno.test("statConfigFile: returns the stamp of a file", async () => {
  using temp = new TempDir();
  const path = temp.write("file", "abc");
  assertEquals(await statConfigFile(path), stampOf(Deno.statSync(path)));
});

Deno.test("statConfigFile: returns null when the file or its folder is missing", async () => {
  using temp = new TempDir();
  temp.write("file", "");
  for (const path of ["none", "none/none", "file/none"]) {
    assertEquals(await statConfigFile(temp.join(path)), null);
  }
});

Deno.test("statConfigFile: refuses all but regular files, without opening them", async () => {
  using temp = new TempDir();
  await assertRejects(() => statConfigFile(temp.path), DiskError, "not a regular file");
  if (Deno.build.os === "windows") return;
  await new Deno.Command("mkfifo", { args: [temp.join("fifo")] }).output();
  await assertRejects(() => statConfigFile(temp.join("fifo")), DiskError, "not a regular file");
});

Deno.test({
  name: "statConfigFile: follows a link, and refuses a dangling one",
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

Deno.test("readConfigFile: reads at most one byte more than the limit", async () => {
  using temp = new TempDir();
  for (const length of [0, 1, 9, 10, 11, 12, 1_000]) {
    const path = temp.write(`${length}`, "x".repeat(length));
    const bytes = await readConfigFile(path, 10);
    assertEquals(bytes.length, Math.min(length, 11));
    assert(bytes.every((byte) => byte === 0x78));
  }
});

Deno.test("readConfigFile: fails when the file is missing", async () => {
  using temp = new TempDir();
  await assertRejects(() => readConfigFile(temp.join("none"), 10), DiskError);
});

Deno.test("editConfigFile: marks the folder of the settings, and none of the user's own", async () => {
  using temp = new TempDir();
  const { signal } = new AbortController();
  for (const [folder, isOurs] of [["settings/tcp-chat", true], ["mine", false]] as const) {
    await editConfigFile(temp.join(`${folder}/client.toml`), () => Promise.resolve("a"), signal);
    assertEquals(Deno.readTextFileSync(temp.join(`${folder}/client.toml`)), "a");
    assertEquals(isMarkedFolder(temp.join(folder)), isOurs, folder);
  }
});
