import { assertEquals } from "@std/assert";
import { hashFound } from "../../lib/files/hash_found.ts";
import { SMALL_FILE_BYTES } from "../../lib/files/small_bytes.ts";
import { sha256Of } from "../helpers/bytes.ts";
import { TempDir } from "../helpers/temp_dir.ts";

Deno.test("hashFound: hashes files of the size that they were found with, and no others", () => {
  using temp = new TempDir();
  const largest = new Uint8Array(SMALL_FILE_BYTES).fill(7);
  const paths = [
    temp.write("empty", ""),
    temp.write("a", "abc"),
    temp.write("longer", "abcd"),
    temp.write("shorter", "ab"),
    temp.write("emptied", ""),
    temp.write("filled", "a"),
    temp.join("gone"),
    temp.path,
    temp.write("largest", largest),
  ];
  const sizes = [0, 3, 3, 3, 3, 0, 3, 3, largest.length];
  const wanted = [sha256Of(""), sha256Of("abc"), ...Array(6).fill(null), sha256Of(largest)];
  assertEquals(hashFound({ paths, sizes }), wanted);
});

Deno.test({
  name: "hashFound: does not wait for a pipe that has taken the place of a file",
  ignore: Deno.build.os === "windows", // It has none in folders
  fn: () => {
    using temp = new TempDir();
    const path = temp.join("pipe");
    new Deno.Command("mkfifo", { args: [path] }).outputSync();
    assertEquals(hashFound({ paths: [path], sizes: [3] }), [null]);
  },
});
