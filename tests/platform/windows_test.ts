/** What we rely on in Windows. */
import { assertEquals, assertThrows } from "@std/assert";
import { TempDir } from "../helpers/temp_dir.ts";

const ignore = Deno.build.os !== "windows";

Deno.test({
  name: "Deno.FsFile.lockSync: on Windows keeps other handles from reading, and not from listing",
  ignore,
  fn() {
    using temp = new TempDir();
    const path = temp.write("file.part", "content");
    using file = Deno.openSync(path, { read: true, write: true });
    file.lockSync(true);
    assertThrows(() => Deno.readFileSync(path));
    assertEquals(Deno.statSync(path).size, 7);
    assertEquals(temp.list(), ["file.part"]);
    const content = new Uint8Array(7);
    assertEquals(file.readSync(content), 7); // The handle with the lock hashes what it wrote
    assertEquals(new TextDecoder().decode(content), "content");
  },
});

Deno.test({
  name: "Deno.writeFileSync: on Windows takes absolute paths of more than 260 characters",
  ignore,
  fn() {
    using temp = new TempDir();
    const folder = temp.join(...Array.from({ length: 6 }, () => "a".repeat(50)));
    Deno.mkdirSync(folder, { recursive: true });
    Deno.writeTextFileSync(`${folder}\\file.txt`, "deep");
    assertEquals(Deno.readTextFileSync(`${folder}\\file.txt`), "deep");
  },
});
